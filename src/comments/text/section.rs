//! Headings of comment sections and the number of comments they declare.

use super::lines::is_alphanumeric;
use super::when::has_digit;
use crate::comments::rules::text::headings::{T_BARE, T_NOT_HEADING, T_NOUNS, T_ZERO};

/// A line that names a comment section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heading {
    /// The number it declares.
    pub(super) n: Option<u32>,
    /// Only part of a line of other things, or a link: it tells the number, not the place.
    pub(super) aside: bool,
}

/// Words that may stand before the count or the noun.
const BEFORE: &[&str] = &[
    "all",
    "reader",
    "readers",
    "user",
    "there",
    "are",
    "total",
    "of",
    "all",
    "the",
    "все",
    "всего",
    "усі",
    "всі",
    "alle",
    "tous",
    "les",
    "leser",
    "bisher",
    "барлық",
    "barcha",
    "number",
    "jump",
    "to",
];
/// Words that make the line a link.
const LINKS: &[&str] = &[
    "see",
    "show",
    "view",
    "add",
    "read",
    "post",
    "показать",
    "посмотреть",
    "смотреть",
    "читать",
    "zeige",
    "zeigen",
    "voir",
    "afficher",
    "lire",
    "go",
    "full",
    "открыть",
];
/// Words after "N comments" in a heading that goes on.
const AFTER: &[&str] = &[
    "to", "on", "for", "about", "in", "so", "read", "leave", "comment", "from", "zu", "für", "auf", "bisher",
    "sur", "à", "pour", "к", "на", "по", "до", "про", "to:", "add", "de", "au", "aux", "en", "posted",
    "have", "below",
];

/// The heading that the line (in lower case) is.
pub(super) fn heading(lower: &str) -> Option<Heading> {
    let line = lower.trim_matches(|c: char| !is_alphanumeric(c) && !matches!(c, '(' | ')' | '[' | ']'));
    let line = line.trim_start_matches(['(', '[']);
    if line.is_empty() || T_NOT_HEADING.near(line).any(|p| line.starts_with(p)) {
        return None;
    }
    let whole = line.trim_matches(|c: char| !is_alphanumeric(c));
    if T_ZERO.contains(whole) {
        return Some(Heading { n: Some(0), aside: false });
    }
    if T_BARE.contains(line) || T_BARE.contains(whole) {
        return Some(Heading { n: None, aside: false });
    }
    if !has_digit(lower) {
        return None;
    }
    let mut parts = line.split(['|', '•', '·', '—']).map(str::trim).filter(|p| !p.is_empty());
    let first = counted(parts.next()?);
    let rest: Vec<Option<Heading>> = parts.map(counted).collect();
    if rest.is_empty() {
        return first;
    }
    let n = first.or_else(|| rest.into_iter().flatten().next())?.n;
    Some(Heading { n, aside: true })
}

/// "N comments ...", "comments (N)".
fn counted(part: &str) -> Option<Heading> {
    let mut words: [&str; 24] = [""; 24];
    let mut n_words = 0;
    let mut more = false;
    for w in part.split(divides).filter(|w| !w.is_empty()) {
        if n_words == words.len() {
            more = true;
            break;
        }
        words[n_words] =
            w.trim_start_matches('(').trim_end_matches(|c: char| c == ')' && !w.ends_with("(s)"));
        n_words += 1;
    }
    let words = &words[..n_words];
    let noun = |w: &str| T_NOUNS.contains(w) || w.strip_suffix(')').is_some_and(|w| T_NOUNS.contains(w));
    let at = words.iter().position(|w| noun(w))?;
    let number = |i: usize| words.get(i).and_then(|w| parse(w));
    let link = words[..at].iter().any(|w| LINKS.contains(w));
    let before_ok =
        |from: &[&str]| from.len() <= 4 && from.iter().all(|w| BEFORE.contains(w) || LINKS.contains(w));
    let rest = |i: usize| &words[i.min(words.len())..];
    // N noun; N and the noun may have one word between ("3 reader comments").
    for gap in [1, 2] {
        let Some(i) = at.checked_sub(gap) else { continue };
        if gap == 2 && !BEFORE.contains(&words[at - 1]) && !words[at - 1].chars().all(char::is_alphabetic) {
            continue;
        }
        if let Some(n) = number(i).filter(|_| before_ok(&words[..i])) {
            let after = rest(at + 1);
            let goes_on =
                after.first().is_none_or(|w| AFTER.contains(w) || parse(w).is_some()) || after.len() <= 2;
            let short = !more || goes_on;
            return (goes_on && short).then_some(Heading { n: Some(n), aside: link || after.len() == 1 });
        }
    }
    // Noun N.
    let n = number(at + 1).filter(|_| before_ok(&words[..at]))?;
    let after = rest(at + 2);
    // "Comments 5 of 11" is a page of a thread, "Comment 5" with more words a sentence.
    (after.len() <= 1 && after.first() != Some(&"of")).then_some(Heading { n: Some(n), aside: link })
}

/// Stands between the words of a heading.
fn divides(c: char) -> bool {
    let mark = matches!(
        c,
        ':' | '.' | '…' | '[' | ']' | '{' | '}' | '“' | '”' | '"' | '«' | '»' | ',' | ';' | '/' | '#' | '&'
    );
    mark || c.is_whitespace()
}

/// A count with its thousands marks.
fn parse(word: &str) -> Option<u32> {
    let digits: String = word.chars().filter(|c| !matches!(c, '(' | ')' | '\u{a0}' | '\'')).collect();
    if digits.is_empty() || digits.len() > 7 {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Heading, heading};

    #[test]
    fn headings_declare() {
        for (line, n) in [
            ("17 comment(s)", Some(17)),
            ("comments (8)", Some(8)),
            ("2 responses to “an evening”", Some(2)),
            ("{ 7 comments… read them below or add one }", Some(7)),
            ("комментарии 11", Some(11)),
            ("75 комментариев 75 комм.", Some(75)),
            ("все комментарии (18)", Some(18)),
            ("6 commentaires", Some(6)),
            ("12 antworten zu ein jahr im dorf", Some(12)),
            ("4 comments . leave new", Some(4)),
            ("пікірлер (3)", Some(3)),
            ("izohlar: 4", Some(4)),
            ("comments", None),
            ("обсуждение", None),
            ("no comments yet", Some(0)),
        ] {
            assert_eq!(heading(line).map(|h| (h.n, h.aside)), Some((n, false)), "{line}");
        }
    }

    #[test]
    fn asides_and_others() {
        assert_eq!(heading("blue sky | 14 comments | share"), Some(Heading { n: Some(14), aside: true }));
        assert_eq!(heading("see all comments (32)"), Some(Heading { n: Some(32), aside: true }));
        for line in [
            "recent comments",
            "last 5 comments",
            "she made 3 comments that everyone in the town remembers",
            "comments 5 of 11",
        ] {
            assert_eq!(heading(line), None, "{line}");
        }
    }
}
