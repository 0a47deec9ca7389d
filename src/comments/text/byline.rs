//! Bylines: lines that hold a comment's author, its time, or both, and nothing else.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::lines::strip_links;
use super::when::{self, When};
use crate::comments::rules::text::bylines::{BY, SAYS, T_JOINTS, T_SAYS};

/// What a byline holds and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Form {
    /// "X says:".
    Says,
    /// Author, then time.
    AuthorTime,
    /// Time first, the author after it or not at all.
    Time,
    /// "Posted by X".
    By,
}

/// A byline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Byline<'a> {
    /// Order.
    pub(super) form: Form,
    /// Author as printed.
    pub(super) author: Option<&'a str>,
    /// Whom it answers, as printed.
    pub(super) answers: Option<&'a str>,
    /// Time as printed.
    pub(super) time: Option<&'a str>,
    /// The time names a moment, not only a day.
    pub(super) exact: bool,
    /// It begins with "Posted by" or the like.
    pub(super) by: bool,
    /// The comment's number in the thread, where the byline gives it.
    pub(super) number: Option<u32>,
}

/// Most letters of an author's name.
const MAX_NAME: usize = 60;

/// The byline that the line is; `lower` is `text` in lower case, byte for byte.
pub(super) fn find<'a>(text: &'a str, lower: &str) -> Option<Byline<'a>> {
    match when::find(lower) {
        Some(when) => timed(text, lower, when),
        None => says(text, lower).or_else(|| by(text, lower)),
    }
}

fn timed<'a>(text: &'a str, lower: &str, when: When) -> Option<Byline<'a>> {
    let Before { name: prefix, answers, is_by, said } = before(text, lower, when.start);
    let suffix = after(text, lower, when.end);
    if prefix.chars().count() > MAX_NAME || prefix.split_whitespace().count() > 7 {
        return None;
    }
    let n_after = suffix.split_whitespace().count();
    if suffix.chars().count() > 40 || n_after > 5 {
        return None;
    }
    let has_prefix = prefix.chars().any(char::is_alphanumeric);
    // Words on both sides: a sentence, unless it opens as a byline does.
    if has_prefix && n_after > 0 && !(is_by || said) && !(when.exact && n_after <= 2) {
        return None;
    }
    // A day alone, after words: most such lines are sentences or datelines.
    if has_prefix && !when.exact && text.ends_with(['.', '!', '?']) && !is_by {
        return None;
    }
    let time = Some(&text[when.start..when.end]);
    let (form, name) = if has_prefix { (Form::AuthorTime, prefix) } else { (Form::Time, suffix) };
    let author = Some(name).filter(|s| s.chars().any(char::is_alphanumeric));
    // "X wrote on 2010-05-24" is as sure as a time of day.
    let exact = when.exact || (said && has_prefix);
    Some(Byline { form, author, answers, time, exact, by: is_by, number: number(lower) })
}

/// The comment's number: "1 Name ...", "... #1".
fn number(lower: &str) -> Option<u32> {
    let digits = |s: &str| s.len() - s.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let lead = lower.trim_start_matches('#');
    let n = digits(lead);
    if n > 0 && lead[n..].starts_with([' ', '.', ')']) {
        return lead[..n].parse().ok();
    }
    let (_, tail) = lower.rsplit_once('#')?;
    let n = digits(tail);
    if n == tail.len() { tail.parse().ok() } else { None }
}

/// What stands before a time.
struct Before<'a> {
    name: &'a str,
    /// The name after "replying to".
    answers: Option<&'a str>,
    /// "Posted by" or the like stood before the name.
    is_by: bool,
    /// "wrote" or the like stood after it.
    said: bool,
}

/// Phrases between an author and whom the author answers.
const ANSWERS: &[&str] = &[
    " replying to a comment from ",
    " replying to ",
    " in reply to ",
    " in response to ",
    " отвечает ",
    " в ответ на ",
    " в ответ ",
    " ответил ",
    " antwortet auf ",
    " als antwort auf ",
    " en réponse à ",
    " у відповідь ",
];

static ANSWERS_FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(ANSWERS).ok());

/// The name before a time, without "Posted by" and "on".
fn before<'a>(text: &'a str, lower: &str, end: usize) -> Before<'a> {
    let mut start = 0;
    let mut is_by = false;
    let lead =
        |s: &str| s.len() - s.trim_start_matches(|c: char| !c.is_alphanumeric() && !"@-_".contains(c)).len();
    start += lead(&lower[start..end]);
    if let Some(by) = longest(&lower[start..end], BY) {
        start += by.len();
        is_by = true;
        start += lead(&lower[start..end]);
    }
    let (mut end, mut said, mut answers) = (end, false, None);
    loop {
        let kept =
            lower[start..end].trim_end_matches(|c: char| !c.is_alphanumeric() && !")!_*@\"".contains(c));
        end = start + kept.len();
        let found = ANSWERS_FINDER
            .as_ref()
            .filter(|phrases| phrases.is_match(kept))
            .and_then(|_| ANSWERS.iter().find_map(|p| kept.find(p).map(|at| (at, at + p.len()))));
        if let Some((at, to)) = found {
            answers = Some(&text[start + to..end]);
            end = start + at;
            said = true;
            continue;
        }
        let word_at = kept
            .rfind(|c: char| c.is_whitespace() || "|•,/(".contains(c))
            .map_or(0, |i| i + kept[i..].chars().next().map_or(1, char::len_utf8));
        let word = &kept[word_at..];
        let verb = T_SAYS.contains(word);
        let number = word_at > 0 && word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit());
        let joint = !word.is_empty() && T_JOINTS.contains(word) && (word_at > 0 || word.len() > 2 || is_by);
        // A name may end in a word that is a joint elsewhere; alone it is none.
        if !(verb || joint || number) || kept.is_empty() {
            break;
        }
        said |= verb;
        end = start + word_at;
    }
    let mut name = &text[start..end];
    if let Some(at) = name.find("http") {
        name = name[..at].trim_end();
    }
    Before { name: name.trim(), answers, is_by, said }
}

/// What stands after a time: another time, zone, links and numbers taken off.
fn after<'a>(text: &'a str, lower: &str, start: usize) -> &'a str {
    let mut start = start;
    loop {
        let rest = &lower[start..];
        let from =
            start + (rest.len() - rest.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '@').len());
        let rest = &lower[from..];
        let (left, _, n) = strip_links(rest);
        if n > 0 {
            start = lower.len() - left.len();
            continue;
        }
        if let Some(when) = when::find(rest).filter(|w| w.start == 0) {
            start = from + when.end;
            continue;
        }
        let word = rest.split(|c: char| c.is_whitespace() || ",|()".contains(c)).next().unwrap_or("");
        let number = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
        // "The" and "El" begin names.
        let begins_name =
            text[from..].starts_with(char::is_uppercase) && matches!(word, "the" | "el" | "le" | "of");
        let joint = T_JOINTS.contains(word) && word.len() > 1 && !begins_name;
        if !word.is_empty() && (number || joint) {
            start = from + word.len();
            continue;
        }
        let kept = text[from..].trim_end_matches(|c: char| !c.is_alphanumeric() && !")!_*@\"".contains(c));
        return kept;
    }
}

/// "X says:", "X said...".
fn says<'a>(text: &'a str, lower: &str) -> Option<Byline<'a>> {
    let kept = lower.trim_end_matches(['.', '…', ':', ' ']);
    let marked = lower[kept.len()..].contains([':', '…']) || lower[kept.len()..].contains("..");
    if !marked || kept.len() > 2 * MAX_NAME + 20 {
        return None;
    }
    let verb = SAYS.iter().filter(|v| kept.ends_with(*v)).max_by_key(|v| v.len())?;
    let name = &kept[..kept.len() - verb.len()];
    if !name.ends_with(' ') {
        return None;
    }
    let (start, is_by) = match longest(name, BY) {
        Some(by) => (by.len(), true),
        None => (0, false),
    };
    let name = text[start..name.len()].trim();
    let fits = !name.is_empty() && name.chars().count() <= MAX_NAME && name.split_whitespace().count() <= 6;
    // "As the old saying, he said:" is prose.
    let prose = name.contains([',', ';', '"', '«', '“'])
        || name.starts_with(char::is_lowercase) && name.split(' ').count() > 2;
    let author = Some(name);
    (fits && !prose).then_some(Byline {
        form: Form::Says,
        author,
        answers: None,
        time: None,
        exact: false,
        by: is_by,
        number: None,
    })
}

/// "Posted by X".
fn by<'a>(text: &'a str, lower: &str) -> Option<Byline<'a>> {
    let by = longest(lower, &BY[..5])?;
    let name = text[by.len()..].trim_matches(|c: char| c.is_whitespace() || ":|-–".contains(c));
    let fits = super::lines::is_name(name);
    let author = Some(name);
    fits.then_some(Byline {
        form: Form::By,
        author,
        answers: None,
        time: None,
        exact: false,
        by: true,
        number: None,
    })
}

/// The longest phrase of the table that the line begins with, up to the end of a word.
fn longest<'t>(lower: &str, table: &[&'t str]) -> Option<&'t str> {
    let fits = |p: &&&str| lower.starts_with(**p) && !lower[p.len()..].starts_with(char::is_alphanumeric);
    table.iter().filter(fits).max_by_key(|p| p.len()).copied()
}

#[cfg(test)]
mod tests {
    use super::{Form, find};

    fn read(line: &str) -> Option<(Form, String, String)> {
        let b = find(line, &line.to_lowercase())?;
        Some((b.form, b.author.unwrap_or_default().to_owned(), b.time.unwrap_or_default().to_owned()))
    }

    #[test]
    fn forms() {
        for (line, form, author, time) in [
            (
                "Posted by: Anna Berg | May 3, 2012 at 09:57 AM",
                Form::AuthorTime,
                "Anna Berg",
                "May 3, 2012 at 09:57 AM",
            ),
            ("1 Timur May 8, 2012 at 10:10 AM", Form::AuthorTime, "1 Timur", "May 8, 2012 at 10:10 AM"),
            (
                "Par Luc Morin, le mardi 14 mai 2019 à 08h07",
                Form::AuthorTime,
                "Luc Morin",
                "14 mai 2019 à 08h07",
            ),
            ("May 11, 2012 | Tina", Form::Time, "Tina", "May 11, 2012"),
            ("Ola 3/8/12 2:59 PM", Form::AuthorTime, "Ola", "3/8/12 2:59 PM"),
            (
                "Написал vostok сегодня в 11:49сегодня в 11:49ответитьсохранить",
                Form::AuthorTime,
                "vostok",
                "сегодня в 11:49",
            ),
            ("Мария пишет:", Form::Says, "Мария", ""),
            (
                "by skater on Aug 9, 2012 9:38 AM EDT reply actions",
                Form::AuthorTime,
                "skater",
                "Aug 9, 2012 9:38 AM",
            ),
            (
                "Jonas Weber, Do 9 Apr 2020 / 08:34 Antworten",
                Form::AuthorTime,
                "Jonas Weber",
                "9 Apr 2020 / 08:34",
            ),
            ("kolya 0 23.04.18 | 20:31 |", Form::AuthorTime, "kolya", "23.04.18 | 20:31"),
            ("12 November 2012 11:08PM", Form::Time, "", "12 November 2012 11:08PM"),
            (
                "Ruth replying to a comment from Sven / May 13, 2012 at 03:16 pm",
                Form::AuthorTime,
                "Ruth",
                "May 13, 2012 at 03:16 pm",
            ),
        ] {
            assert_eq!(read(line), Some((form, author.to_owned(), time.to_owned())), "{line}");
        }
    }

    #[test]
    fn prose_is_no_byline() {
        for line in [
            "The village was founded by settlers on May 3, 1920 and has grown since then",
            "On May 3, 2012 the council met for the first time in the new hall",
            "What he said:nothing",
            "It was a fine day",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
