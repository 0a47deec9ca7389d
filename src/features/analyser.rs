//! text -> term ids, through a cache from surface forms: a chunk that was seen before costs one lookup.

use super::Recipe;
use super::table::{Table, hash_bytes};
use crate::tokens::language::Evidence;
use crate::tokens::stem::Stemming;
use crate::tokens::{char_ngrams, for_each_chunk, normalise, words};

/// Gives ids to terms; a growing one in training, a fixed one in scoring.
pub(crate) trait Lexicon {
    /// Id of a (stemmed) word.
    fn word(&mut self, word: &str) -> Option<u32>;
    /// Id of a character n-gram.
    fn chars(&mut self, gram: &str) -> Option<u32>;
    /// Id of two adjoining words.
    fn bigram(&mut self, a: u32, b: u32) -> Option<u32>;
    /// Number of ids of each kind now: words, bigrams, character n-grams.
    fn sizes(&self) -> [usize; 3];
}

/// Kinds of terms, in the order of [`Lexicon::sizes`].
pub(crate) const WORDS: usize = 0;
pub(crate) const BIGRAMS: usize = 1;
pub(crate) const CHARS: usize = 2;

/// Terms of one kind in one comment: how often each occurs, in order of first occurrence.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Vec<u8>,
    touched: Vec<u32>,
}

/// A term frequency is counted up to this.
pub(crate) const MAX_TF: usize = 255;

impl Tally {
    #[inline]
    fn add(&mut self, id: u32) {
        let i = id as usize;
        if i >= self.counts.len() {
            self.counts.resize((i + 1).next_power_of_two(), 0);
        }
        let count = &mut self.counts[i];
        if *count == 0 {
            self.touched.push(id);
        }
        *count = count.saturating_add(1);
    }

    /// Hands out each term with its frequency and forgets them.
    #[inline]
    pub fn drain(&mut self, mut f: impl FnMut(u32, u8)) {
        for id in self.touched.drain(..) {
            f(id, std::mem::take(&mut self.counts[id as usize]));
        }
    }
}

/// What is known of a comment beside its terms.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Facts {
    /// Language, where the text tells.
    pub lang: Option<&'static str>,
    /// Number of words.
    pub n_words: u32,
    /// Number of words the lexicon does not know.
    pub n_unknown: u32,
    /// Number of chunks; 0 for a text without anything to read.
    pub n_chunks: u32,
}

/// A word the lexicon does not know; it breaks bigrams.
const UNKNOWN: u32 = u32::MAX;

/// One chunk as remembered: what it says about the language, and its term ids under one stemming.
#[derive(Debug, Clone, Copy)]
struct Entry {
    key: (u32, u32),
    evidence: Evidence,
    stemming: Stemming,
    /// Whether `words` and `chars` are filled for `stemming`.
    known: bool,
    words: (u32, u32),
    chars: (u32, u32),
}

/// The cache is emptied when it grows beyond these; what is said of a comment does not depend on it.
const MAX_KEYS: usize = 3 << 20;
const MAX_IDS: usize = 2 << 20;
const MAX_ENTRIES: usize = 1 << 17;
/// Longer chunks are worked out anew each time.
const MAX_CHUNK: usize = 96;

/// Turns comments into tallies of term ids.
pub(crate) struct Analyser<L> {
    pub lexicon: L,
    recipe: Recipe,
    table: Table,
    keys: Vec<u8>,
    entries: Vec<Entry>,
    ids: Vec<u32>,
    /// Entries of the comment at hand.
    row: Vec<u32>,
    /// Word 1-grams, word 2-grams, character n-grams of the comment at hand.
    pub tallies: [Tally; 3],
}

impl<L: Lexicon> Analyser<L> {
    pub fn new(lexicon: L, recipe: &Recipe) -> Self {
        Analyser {
            lexicon,
            recipe: recipe.clone(),
            table: Table::with_capacity(1 << 12),
            keys: Vec::new(),
            entries: Vec::new(),
            ids: Vec::new(),
            row: Vec::new(),
            tallies: Default::default(),
        }
    }

    /// Tallies the terms of `text` (the tallies must be empty, as [`Tally::drain`] leaves them).
    pub fn analyse(&mut self, text: &str) -> Facts {
        if self.keys.len() > MAX_KEYS || self.ids.len() > MAX_IDS || self.entries.len() > MAX_ENTRIES {
            self.table = Table::with_capacity(1 << 12);
            self.keys.clear();
            self.entries.clear();
            self.ids.clear();
        }
        self.row.clear();
        let mut evidence = Evidence::default();
        for_each_chunk(text, |chunk| {
            let index = self.entry(chunk);
            evidence.add(&self.entries[index as usize].evidence);
            self.row.push(index);
        });
        // A long guess is paid for only where function words leave a text of some length open.
        let lang = evidence.decide(|| {
            let cut = text.floor_char_boundary(300);
            text[..cut].to_owned()
        });
        let mut facts = Facts { lang, n_chunks: self.row.len() as u32, ..Facts::default() };
        let stemming = if self.recipe.stem { Some(Stemming::of(lang)) } else { None };
        let mut before = UNKNOWN;
        let row = std::mem::take(&mut self.row);
        for &index in &row {
            let entry = self.resolve(index, stemming);
            for i in entry.words.0..entry.words.1 {
                let word = self.ids[i as usize];
                facts.n_words += 1;
                if word == UNKNOWN {
                    facts.n_unknown += 1;
                } else {
                    self.tallies[WORDS].add(word);
                    if before != UNKNOWN
                        && self.recipe.word_ngrams >= 2
                        && let Some(pair) = self.lexicon.bigram(before, word)
                    {
                        self.tallies[BIGRAMS].add(pair);
                    }
                }
                before = word;
            }
            for i in entry.chars.0..entry.chars.1 {
                self.tallies[CHARS].add(self.ids[i as usize]);
            }
        }
        self.row = row;
        facts
    }

    /// The entry of a chunk, made if need be.
    #[inline]
    fn entry(&mut self, chunk: &str) -> u32 {
        let hash = hash_bytes(chunk.as_bytes());
        let found = self.table.find(hash, |i| {
            let (start, end) = self.entries[i as usize].key;
            &self.keys[start as usize..end as usize] == chunk.as_bytes()
        });
        if let Some(index) = found {
            return index;
        }
        let start = self.keys.len() as u32;
        self.keys.extend_from_slice(chunk.as_bytes());
        let entry = Entry {
            key: (start, self.keys.len() as u32),
            evidence: Evidence::of(chunk),
            stemming: Stemming::of(None),
            known: false,
            words: (0, 0),
            chars: (0, 0),
        };
        let index = self.entries.len() as u32;
        self.entries.push(entry);
        if chunk.len() <= MAX_CHUNK {
            self.table.insert(hash, index);
        }
        index
    }

    /// The entry with its term ids under `stemming`.
    #[inline]
    fn resolve(&mut self, index: u32, stemming: Option<Stemming>) -> Entry {
        let entry = self.entries[index as usize];
        if entry.known && stemming.is_none_or(|s| s == entry.stemming) {
            return entry;
        }
        self.fill(index, stemming)
    }

    fn fill(&mut self, index: u32, stemming: Option<Stemming>) -> Entry {
        let mut entry = self.entries[index as usize];
        let raw = self.keys[entry.key.0 as usize..entry.key.1 as usize].to_vec();
        let raw = String::from_utf8(raw).unwrap_or_default();
        let chunk = normalise(&raw, self.recipe.placeholders);
        let start = self.ids.len() as u32;
        for word in words(&chunk) {
            let stem = stemming.and_then(|s| s.stem(word));
            let id = self.lexicon.word(stem.as_deref().unwrap_or(word));
            self.ids.push(id.unwrap_or(UNKNOWN));
        }
        entry.words = (start, self.ids.len() as u32);
        if !entry.known {
            if let Some((min_n, max_n)) = self.recipe.chars {
                let (lexicon, ids) = (&mut self.lexicon, &mut self.ids);
                char_ngrams(&chunk, min_n.into(), max_n.into(), |gram| ids.extend(lexicon.chars(gram)));
            }
            entry.chars = (entry.words.1, self.ids.len() as u32);
        }
        entry.known = true;
        if let Some(stemming) = stemming {
            entry.stemming = stemming;
        }
        self.entries[index as usize] = entry;
        entry
    }
}
