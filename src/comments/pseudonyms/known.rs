//! The names of a thread and the forms in which they stand in a text.

use rustc_hash::{FxHashMap, FxHashSet};

use super::words::{COMMON, NO_PERSON};
use crate::comments::Thread;
use crate::comments::quotes::NOBODY;
use crate::tokens::lower_letter;

/// Fewest letters of a name that is looked for by itself.
const MIN_LETTERS: usize = 3;
/// Endings of Russian and Ukrainian names, after the stem.
const ENDINGS: &[&str] = &[
    "", "а", "я", "у", "ю", "е", "є", "и", "ы", "і", "ї", "о", "ь", "й", "ой", "ей", "ою", "ею", "ем", "ом",
    "ым", "им", "ам", "ям", "ого", "его", "ому", "ему", "ові", "еві", "ую", "ая", "ий", "ый",
];
/// Longest of the endings, in letters.
const MAX_ENDING: usize = 3;

/// What is found under a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    /// Index of the person; `None` where several persons of the thread share the word.
    pub person: Option<usize>,
    /// Whether the word can be nothing but a name: digits, `_` or capitals inside it.
    pub sure: bool,
}

/// The names of a thread.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Persons by the names they are printed under.
    pub persons: Vec<String>,
    /// Single words, folded.
    words: FxHashMap<String, Hit>,
    /// Stems of Cyrillic words, folded.
    stems: FxHashMap<String, Hit>,
    /// Names of several words by their first, folded: the words, and the person.
    sequences: FxHashMap<String, Vec<(Vec<String>, usize)>>,
}

/// Lower case, `ё` as `е`.
pub(super) fn fold(word: &str, out: &mut String) {
    out.clear();
    out.extend(word.chars().map(lower_letter).map(|c| if c == 'ё' { 'е' } else { c }));
}

fn folded(word: &str) -> String {
    let mut out = String::new();
    fold(word, &mut out);
    out
}

/// Words of a name with their bytes: runs of letters, digits and `_`.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(crate::tokens::is_word)?;
        let end = text[start..].find(|c| !crate::tokens::is_word(c)).map_or(text.len(), |n| start + n);
        at = end;
        Some((start, &text[start..end]))
    })
}

pub(super) fn is_cyrillic(word: &str) -> bool {
    word.chars().all(|c| ('\u{400}'..='\u{4ff}').contains(&c))
}

/// The part of a Cyrillic word that its endings leave alone; `None` where too little would be left.
fn stem(word: &str) -> Option<&str> {
    let cut = |ends: &[char]| word.strip_suffix(ends).unwrap_or(word);
    let adjective = ["ский", "цкий", "ой", "ый", "ая", "ський", "ська"].iter().any(|e| word.ends_with(e));
    let stem = if adjective {
        cut(&['й', 'я', 'а']).strip_suffix(['и', 'а', 'ь', 'о', 'ы']).unwrap_or(word)
    } else {
        cut(&['а', 'я', 'о', 'е', 'є', 'ь', 'й', 'у', 'ю', 'и', 'ы', 'і', 'ї'])
    };
    (is_cyrillic(word) && stem.chars().count() >= MIN_LETTERS).then_some(stem)
}

impl Known {
    /// The names of commenters and of the article's author.
    pub fn of(thread: &Thread) -> Self {
        let mut out = Known::default();
        let mut seen: FxHashSet<String> = FxHashSet::default();
        let authors = thread.comments.iter().filter_map(|c| c.author.as_deref());
        for name in authors.chain(thread.byline.iter().map(String::as_str).filter(|n| is_person(n))) {
            let name = name.trim();
            if seen.insert(folded(name)) {
                out.add(name);
            }
        }
        out
    }

    pub fn is_empty(&self) -> bool {
        self.persons.is_empty()
    }

    fn add(&mut self, name: &str) {
        let parts: Vec<&str> = words(name).map(|(_, w)| w).collect();
        let all: String = parts.iter().map(|p| folded(p)).collect();
        if NOBODY.contains(&all.as_str()) || all.chars().count() < MIN_LETTERS {
            return;
        }
        let person = self.persons.len();
        self.persons.push(name.to_owned());
        if parts.len() > 1 {
            let list: Vec<String> = parts.iter().map(|p| folded(p)).collect();
            self.sequences.entry(list[0].clone()).or_default().push((list, person));
        }
        for part in &parts {
            let sure = part.chars().count() > MIN_LETTERS && is_made_up(part);
            let letters = part.chars().filter(|c| c.is_alphabetic()).count();
            // Of a longer name, "von" and "the" are no names.
            let is_name = parts.len() == 1 || part.chars().next().is_some_and(char::is_uppercase);
            let key = folded(part);
            let common = COMMON.contains(&key.as_str()) || NOBODY.contains(&key.as_str());
            if !sure && (letters < MIN_LETTERS || !is_name || common) {
                continue;
            }
            if !sure && let Some(stem) = stem(&key) {
                insert(&mut self.stems, stem.to_owned(), Hit { person: Some(person), sure });
            }
            insert(&mut self.words, key, Hit { person: Some(person), sure });
        }
    }

    /// The name of one word that `key`, folded, is or is a form of; with it the letters that all its forms share.
    pub fn word<'k>(&self, key: &'k str) -> Option<(&'k str, Hit)> {
        if let Some(hit) = self.words.get(key) {
            return Some((stem(key).unwrap_or(key), *hit));
        }
        if self.stems.is_empty() {
            return None;
        }
        let ends = key.char_indices().map(|(i, _)| i).rev().take(MAX_ENDING);
        std::iter::once(key.len()).chain(ends).find_map(|end| {
            let hit = self.stems.get(&key[..end])?;
            ENDINGS.contains(&&key[end..]).then_some((&key[..end], *hit))
        })
    }

    /// Names of several words that begin with `key`.
    pub fn sequences(&self, key: &str) -> &[(Vec<String>, usize)] {
        self.sequences.get(key).map_or(&[], Vec::as_slice)
    }
}

/// Whether what follows a stem is an ending.
pub(super) fn is_ending(rest: &str) -> bool {
    ENDINGS.contains(&rest)
}

/// A word two persons share names neither.
fn insert(map: &mut FxHashMap<String, Hit>, key: String, hit: Hit) {
    map.entry(key)
        .and_modify(|old| {
            if old.person != hit.person {
                old.person = None;
            }
            old.sure |= hit.sure;
        })
        .or_insert(hit);
}

/// Digits, `_` or a capital after a small letter: a name somebody made up.
fn is_made_up(word: &str) -> bool {
    let mut small = false;
    word.chars().any(|c| {
        let inner = c.is_ascii_digit() || c == '_' || (small && c.is_uppercase());
        small |= c.is_lowercase();
        inner
    }) && word.chars().any(char::is_alphabetic)
}

/// Whether a page's author is a person: two or three capitalised words, none of them of an office.
fn is_person(name: &str) -> bool {
    let parts: Vec<&str> = name.split_whitespace().collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|p| {
            let key = folded(p);
            let key = key.trim_matches('.');
            p.chars().next().is_some_and(char::is_uppercase)
                && p.chars().all(|c| c.is_alphabetic() || ".'’-".contains(c))
                && !NO_PERSON.contains(&key)
                && !NOBODY.contains(&key)
                && !COMMON.contains(&key)
        })
}
