//! Names of the thread's commenters and of the article's author inside its texts, replaced by pseudonyms.
//!
//! What counts as a name of a commenter:
//! - the whole name (`Ivan Petrov`), as printed or with every word capitalised;
//! - each of its capitalised words of three letters or more, capitalised in the text; a Cyrillic one also with the case
//!   endings of Russian and Ukrainian names (`Петрову`);
//! - a nickname with digits or `_`, in any case, or with capitals inside, capitalised;
//! - any of these after `@`, or at the head of a comment before a comma, a colon or a line's end, in any case.
//!
//! Left alone are the names of nobody (Guest, Аноним), the words of [`words`] (countries, public figures, common
//! nicknames), a single word that in this thread stands more often in lower case than as a name (Мир, мир), and one
//! beside another capitalised word that is not of the same name (`Vladimir Putin` is not the commenter Vladimir). A
//! name written in lower case amid a sentence is not found.
//!
//! A name becomes `@` and the pseudonym that its owner has as an author, which the model reads as it reads any `@name`:
//! scores do not depend on the salt.

mod known;
mod words;

use rustc_hash::FxHashMap;

use super::{Comment, Span, Thread};
use known::{Known, fold, is_cyrillic, is_ending, words as words_of};

/// Stands for a name whose owner is not told.
const SOMEBODY: &str = "@commenter";

/// A name in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    span: Span,
    person: Option<usize>,
    /// Letters that all forms of the word share, where it could be an ordinary word.
    doubtful: Option<String>,
    /// Whether it stands where an ordinary word would be in lower case.
    amid: bool,
}

/// Replaces the names in the texts and notes of all comments; `pseudonym` gives that of a person by number, from 1 in the
/// order of their first comments, and name.
pub(super) fn apply(thread: &mut Thread, pseudonym: impl Fn(usize, &str) -> String) {
    let known = Known::of(thread);
    if known.is_empty() {
        return;
    }
    let found: Vec<Vec<Found>> = thread.comments.iter().map(|c| find(&c.text, &known)).collect();
    let ordinary = ordinary(&thread.comments, &found);
    let of_person: Vec<String> =
        (1..).zip(&known.persons).map(|(no, name)| format!("@{}", pseudonym(no, name))).collect();
    let keep = |f: &Found| f.doubtful.as_ref().is_none_or(|stem| !ordinary.contains(stem));
    for (comment, found) in thread.comments.iter_mut().zip(found) {
        let found: Vec<Found> = found.into_iter().filter(&keep).collect();
        replace(&mut comment.text, &mut comment.quotes, &found, &of_person);
        for note in &mut comment.notes {
            let found: Vec<Found> = find(note, &known).into_iter().filter(&keep).collect();
            replace(note, &mut [], &found, &of_person);
        }
    }
}

/// The names in a text, in order, none within another.
fn find(text: &str, known: &Known) -> Vec<Found> {
    let list: Vec<(usize, &str)> = words_of(text).collect();
    let mut out: Vec<Found> = Vec::new();
    let mut key = String::new();
    let mut i = 0;
    while i < list.len() {
        let (start, word) = list[i];
        let called = text[..start].ends_with('@');
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        let made_up = word.bytes().any(|b| b.is_ascii_digit() || b == b'_');
        // The rest are words in lower case: most of a text.
        if !(called || capital || made_up || i == 0) {
            i += 1;
            continue;
        }
        fold(word, &mut key);
        if let Some((n, person)) = sequence(text, &list[i..], known, &key, called || i == 0) {
            let (last, end) = list[i + n - 1];
            let span = Span { start, end: last + end.len() };
            out.push(Found { span, person: Some(person), doubtful: None, amid: true });
            i += n;
            continue;
        }
        if let Some((stem, hit)) = known.word(&key) {
            let span = Span { start, end: start + word.len() };
            let addressed = i == 0 && is_addressed(text, span);
            let plain = capital && !beside_another(text, &list, i);
            if hit.sure || called || addressed || plain {
                let doubtful = !(hit.sure || called);
                out.push(Found {
                    span,
                    person: hit.person,
                    doubtful: doubtful.then(|| stem.to_owned()),
                    amid: addressed || !begins_sentence(text, start),
                });
            }
        }
        i += 1;
    }
    out
}

/// A name of several words that begins here: how many words, and whose.
fn sequence(
    text: &str,
    list: &[(usize, &str)],
    known: &Known,
    key: &str,
    any_case: bool,
) -> Option<(usize, usize)> {
    let mut folded = String::new();
    known
        .sequences(key)
        .iter()
        .filter(|(words, _)| {
            words.len() <= list.len()
                && words.iter().zip(list).all(|(w, (_, found))| {
                    fold(found, &mut folded);
                    folded == *w
                })
                && list[..words.len()].windows(2).all(|pair| {
                    let between = &text[pair[0].0 + pair[0].1.len()..pair[1].0];
                    between.len() <= 2 && between.chars().all(|c| " .-'’".contains(c))
                })
                && (any_case
                    || list[..words.len()].iter().all(|(_, w)| !w.starts_with(|c: char| c.is_lowercase())))
        })
        .map(|(words, person)| (words.len(), *person))
        .max()
}

/// Whether the word at the head of a text addresses somebody.
fn is_addressed(text: &str, span: Span) -> bool {
    text[span.end..].starts_with([',', ':', '!', '\n'])
}

/// Whether a word begins a sentence, so that its capital says nothing.
fn begins_sentence(text: &str, start: usize) -> bool {
    let before = text[..start].trim_end_matches([' ', '"', '«', '“', '„', '(', '\'']);
    before.is_empty() || before.ends_with(['.', '!', '?', '…', '\n', '-', '—', '–', ':', '>'])
}

/// Whether another capitalised word stands beside: a first name and the surname of somebody else.
fn beside_another(text: &str, list: &[(usize, &str)], i: usize) -> bool {
    let (start, word) = list[i];
    let is_capital = |w: &str| w.chars().next().is_some_and(char::is_uppercase) && w.chars().count() > 1;
    let next = list.get(i + 1).is_some_and(|(at, w)| &text[start + word.len()..*at] == " " && is_capital(w));
    let before = i > 0 && {
        let (at, w) = list[i - 1];
        &text[at + w.len()..start] == " " && is_capital(w) && !begins_sentence(text, at)
    };
    next || before
}

/// Stems that in this thread are ordinary words rather than names.
fn ordinary(comments: &[Comment], found: &[Vec<Found>]) -> Vec<String> {
    let mut as_name: FxHashMap<&str, usize> = FxHashMap::default();
    for f in found.iter().flatten() {
        if let Some(stem) = &f.doubtful {
            *as_name.entry(stem).or_default() += usize::from(f.amid);
        }
    }
    let n_lower = |stem: &str| -> usize {
        let finder = memchr::memmem::Finder::new(stem);
        let cyrillic = is_cyrillic(stem);
        let is_form = |text: &str, at: usize| {
            let rest = &text[at + stem.len()..];
            let end = rest.find(|c| !crate::tokens::is_word(c)).unwrap_or(rest.len());
            let whole = rest[..end].is_empty() || (cyrillic && is_ending(&rest[..end]));
            let before = text[..at].chars().next_back();
            whole && before.is_none_or(|c| !crate::tokens::is_word(c) && c != '@')
        };
        let of = |text: &str| finder.find_iter(text.as_bytes()).filter(|&at| is_form(text, at)).count();
        comments.iter().map(|c| of(&c.text)).sum()
    };
    let mut out: Vec<String> =
        as_name.iter().filter(|(stem, n)| n_lower(stem) > **n).map(|(stem, _)| (*stem).to_owned()).collect();
    out.sort_unstable();
    out
}

/// Puts the pseudonyms in, and moves the spans along.
fn replace(text: &mut String, spans: &mut [Span], found: &[Found], of_person: &[String]) {
    if found.is_empty() {
        return;
    }
    let mut out = String::with_capacity(text.len() + 16 * found.len());
    // Old and new place of each name's end.
    let mut moved: Vec<(Span, Span)> = Vec::with_capacity(found.len());
    let mut at = 0;
    for f in found {
        out.push_str(&text[at..f.span.start]);
        let start = out.len();
        let name = f.person.and_then(|p| of_person.get(p)).map_or(SOMEBODY, String::as_str);
        out.push_str(if out.ends_with('@') { &name[1..] } else { name });
        moved.push((f.span, Span { start, end: out.len() }));
        at = f.span.end;
    }
    out.push_str(&text[at..]);
    let place = |old: usize, is_end: bool| -> usize {
        match moved.iter().rev().find(|(from, _)| from.start < old || (!is_end && from.start == old)) {
            None => old,
            Some((from, to)) if old >= from.end => old - from.end + to.end,
            Some((_, to)) => {
                if is_end {
                    to.end
                } else {
                    to.start
                }
            }
        }
    };
    for span in spans {
        *span = Span { start: place(span.start, false), end: place(span.end, true) };
    }
    *text = out;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Document;

    fn thread(comments: &[(&str, &str)]) -> Thread {
        let mut thread = Thread::new(&Document::new("page.txt", Vec::new()));
        thread.comments = comments
            .iter()
            .map(|(author, text)| Comment {
                author: Some((*author).to_owned()),
                text: (*text).to_owned(),
                ..Comment::default()
            })
            .collect();
        thread
    }

    /// Texts after names were replaced by the first letters of their owners.
    fn replaced(comments: &[(&str, &str)]) -> Vec<String> {
        let mut thread = thread(comments);
        apply(&mut thread, |_, name| format!("_{}_", &name[..name.floor_char_boundary(2)]));
        thread.comments.into_iter().map(|c| c.text).collect()
    }

    #[test]
    fn names_are_found_whole_in_parts_and_addressed() {
        let texts = replaced(&[
            ("Timur Askarov", "I was there."),
            ("kot_bayun42", "Timur Askarov is right, Askarov always is."),
            ("Ola", "timur, you forgot the price. @KOT_Bayun42 knows it, and kot_bayun42's list too."),
        ]);
        assert_eq!(texts[1], "@_Ti_ is right, @_Ti_ always is.");
        assert_eq!(texts[2], "@_Ti_, you forgot the price. @_ko_ knows it, and @_ko_'s list too.");
    }

    #[test]
    fn russian_case_endings_are_names_and_other_words_are_not() {
        let texts = replaced(&[
            ("Андрей Кузнецов", "Первый"),
            ("Марина", "Отдайте Андрею и Кузнецову. Андреевка тут ни при чём."),
            (
                "Гость",
                "Мариной доволен каждый гость, и Гость тоже; Марин не знаю. Маринованные огурцы люблю.",
            ),
        ]);
        assert_eq!(texts[1], "Отдайте @_А_ и @_А_. Андреевка тут ни при чём.");
        assert_eq!(
            texts[2],
            "@_М_ доволен каждый гость, и Гость тоже; @_М_ не знаю. Маринованные огурцы люблю."
        );
    }

    #[test]
    fn ordinary_words_and_other_people_are_left() {
        let texts = replaced(&[
            ("Мир", "Мир лучше войны"),
            ("Rocket", "A rocket is a rocket. Rocket fuel is poison."),
            ("Vladimir", "Vladimir Putin said so, and President Vladimir Vladimirovich nodded."),
            ("Li", "Li and the others"),
            ("Putin", "Stop Putin now"),
        ]);
        for (text, expected) in texts.iter().zip([
            "Мир лучше войны",
            "A rocket is a rocket. Rocket fuel is poison.",
            "Vladimir Putin said so, and President Vladimir Vladimirovich nodded.",
            "Li and the others",
            "Stop Putin now",
        ]) {
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn a_shared_first_name_is_nobody_s_and_spans_move_along() {
        let mut t = thread(&[("Anna Lind", "first"), ("Anna Berg", "Anna: \"Berg said so\" and Lind left")]);
        let text = t.comments[1].text.clone();
        let start = text.find('"').unwrap();
        t.comments[1].quotes = vec![Span { start, end: text.rfind('"').unwrap() + 1 }];
        t.comments[1].notes = vec!["Berg is a mountain".to_owned()];
        apply(&mut t, |_, name| name.split(' ').nth(1).unwrap().to_uppercase());
        let c = &t.comments[1];
        assert_eq!(c.text, "@commenter: \"@BERG said so\" and @LIND left");
        assert_eq!(&c.text[c.quotes[0].start..c.quotes[0].end], "\"@BERG said so\"");
        assert_eq!(c.notes, ["@BERG is a mountain"]);
    }

    #[test]
    fn the_article_s_author_is_a_person_or_nobody() {
        let mut t = thread(&[("Ola", "Nothing new from Nadia Orlova. Example News agrees with Orlova.")]);
        t.byline = vec!["Nadia Orlova".to_owned(), "Example News".to_owned()];
        apply(&mut t, |no, _| format!("commenter{no}"));
        assert_eq!(t.comments[0].text, "Nothing new from @commenter2. Example News agrees with @commenter2.");
    }

    proptest::proptest! {
        #[test]
        fn any_names_and_texts_keep_spans_on_characters(
            names in proptest::collection::vec("[A-Za-zА-Яа-я_0-9 @.]{0,12}", 1..4),
            texts in proptest::collection::vec("[A-Za-zА-Яа-я_0-9 @.,\"«»ß]{0,40}", 1..4),
        ) {
            let pairs: Vec<(&str, &str)> =
                texts.iter().enumerate().map(|(i, t)| (names[i % names.len()].as_str(), t.as_str())).collect();
            let mut t = thread(&pairs);
            for c in &mut t.comments {
                c.text = format!("{} {}", names[0], c.text);
                c.quotes = vec![Span { start: 0, end: names[0].len() }];
            }
            apply(&mut t, |_, _| "0123".to_owned());
            for c in &t.comments {
                proptest::prop_assert!(c.text.get(c.quotes[0].start..c.quotes[0].end).is_some());
            }
        }
    }
}
