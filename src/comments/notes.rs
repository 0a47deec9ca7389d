//! Translator's notes: explanations in brackets are lifted out of the text, completions stay.
//!
//! A translator's brackets either complete the sentence ("[because]"), and then they are the comment's words,
//! or explain it ("[a play on words ...]"), and then they are nobody's opinion.

use super::Comment;

/// Words that only an explanation uses, by their beginnings, lower case.
const CUES: &[&str] = &[
    "wordplay",
    "word play",
    "play on words",
    "plays on words",
    "pun on",
    "a pun",
    "paraphras",
    "translat",
    "the author",
    "author corrects",
    "author refers",
    "author quotes",
    "author's",
    "commenter",
    "commentator",
    "editor",
    "ed. note",
    "ed.:",
    "note:",
    "reference to",
    "refers to",
    "referring to",
    "alludes",
    "allusion",
    "literally",
    "lit.",
    "a quote from",
    "a quotation from",
    "quotes the",
    "a line from",
    "a proverb",
    "a saying",
    "a slang",
    "slang for",
    "derogatory",
    "is russian for",
    "in russian, ",
    "a term for",
    "a nickname",
    "abbreviation",
    "acronym",
    "original spelling",
    "spelling in original",
    "sic!",
    "typo in",
    "misspell",
    "прим.",
    "примеч",
    "игра слов",
    "имеется в виду",
    "имеются в виду",
    "перев.",
    "переводчик",
    "автор комм",
    "автор цитирует",
    "автор перефраз",
    "автор исправл",
    "отсылка к",
    "цитата из",
    "дословно",
    "от ред",
    "ред.",
    "букв.",
    "пер. с",
    "гра слів",
    "мається на увазі",
    "anm. d",
    "anm.:",
    "anmerkung",
    "wortspiel",
    "jeu de mots",
    "n.d.l.r",
    "ndlr",
    "ndt",
    "n.d.t",
];

/// Marks without which round brackets are the writer's own.
const SIGNED: &[&str] = &[
    "translator's note",
    "translator’s note",
    "editor's note",
    "editor’s note",
    "ed. note",
    "прим. пер",
    "прим. ред",
    "примечание ред",
    "примечание пер",
    "anm. d",
    "ndlr",
    "n.d.l.r",
    "n.d.t",
];

/// Bytes of a bracket that is looked at; longer ones are the comment itself.
const MAX_NOTE: usize = 600;

/// Moves explanations from the text to the notes.
pub(super) fn lift(comment: &mut Comment) {
    if !comment.text.contains(['[', '(']) {
        return;
    }
    let mut kept = String::with_capacity(comment.text.len());
    let mut rest = comment.text.as_str();
    let mut notes = Vec::new();
    while let Some(at) = rest.find(['[', '(']) {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        match closing(from) {
            Some(end) if is_note(&from[1..end], from.as_bytes()[0]) => {
                notes.push(from[1..end].trim().to_owned());
                rest = join(&mut kept, &from[end + 1..]);
            }
            _ => {
                kept.push_str(&from[..1]);
                rest = &from[1..];
            }
        }
    }
    if notes.is_empty() {
        return;
    }
    kept.push_str(rest);
    let text = kept.trim();
    // A comment that is nothing but a bracket is its writer's own.
    if text.chars().any(char::is_alphanumeric) {
        comment.text = text.to_owned();
        comment.notes.append(&mut notes);
    }
}

/// Place of the bracket that closes the first one.
fn closing(from: &str) -> Option<usize> {
    let bytes = from.as_bytes();
    let (open, close) = if bytes[0] == b'[' { (b'[', b']') } else { (b'(', b')') };
    let mut depth = 0usize;
    for (i, &b) in bytes.iter().enumerate().take(MAX_NOTE) {
        if b == open {
            depth += 1;
        } else if b == close {
            depth -= 1;
            if depth == 0 {
                return Some(i);
            }
        }
    }
    None
}

fn is_note(inside: &str, bracket: u8) -> bool {
    let lower = inside.to_lowercase();
    let lower = lower.trim();
    if bracket == b'(' {
        return SIGNED.iter().any(|s| lower.contains(s));
    }
    // One or two words complete a sentence, whatever they say.
    lower.split_whitespace().count() > 2 && CUES.iter().any(|cue| starts_a_word(lower, cue))
        || SIGNED.iter().any(|s| lower.contains(s))
}

fn starts_a_word(text: &str, cue: &str) -> bool {
    text.match_indices(cue).any(|(at, _)| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric))
}

/// Closes the gap that the note leaves: one space, no doubled full stop.
fn join<'a>(kept: &mut String, after: &'a str) -> &'a str {
    let ended = kept.trim_end().trim_end_matches(['"', '”', '»', '“', '\'', '’', ')']);
    let stop = ended.ends_with(['.', '!', '?', '…']);
    let after =
        if stop && !after.starts_with("..") { after.strip_prefix('.').unwrap_or(after) } else { after };
    if after.starts_with([' ', '.', ',', ';', ':', '!', '?', '\n']) || after.is_empty() {
        kept.truncate(kept.trim_end_matches(' ').len());
    }
    after
}
