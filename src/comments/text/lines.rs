//! Lines of a dump and what each one is.

use super::byline::{self, Byline};
use super::section::{self, Heading};
use crate::comments::rules::table::Table;
use crate::comments::rules::text::furniture::{T_ACTIONS, T_ENDS, T_FURNITURE, T_REPLY};
use crate::comments::rules::text::times::T_MONTHS;
use crate::tokens::{is_letter, lower_letter};

/// Lines longer than this are body without a look.
const MAX_SHORT: usize = 240;

/// Lines of a dump that are looked at: no page has as many, and each takes memory.
pub(super) const MAX_LINES: usize = 2_000_000;

/// What a line is, told from its own words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Class<'a> {
    /// Nothing on it.
    Blank,
    /// Words of somebody.
    Text,
    /// Heading of a comment section.
    Heading(Heading),
    /// A byline: author, time, or both.
    Byline(Byline<'a>),
    /// A link that answers a comment.
    Reply,
    /// Another link or label around a comment.
    Action,
    /// A score, a bullet, a lone mark.
    Mark,
    /// The form, or what stands below a thread.
    End,
    /// Rules, sorting, labels of the form.
    Furniture,
}

/// One line.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    /// The line without white space around it and without its bullet.
    pub(super) text: &'a str,
    /// Columns before the bullet or the first letter.
    pub(super) indent: usize,
    /// A bullet or a list number stood before the text.
    pub(super) bullet: bool,
    /// What it is.
    pub(super) class: Class<'a>,
}

impl Line<'_> {
    /// Is it of that class, whatever the class holds?
    pub(super) fn is(&self, class: &Class<'_>) -> bool {
        std::mem::discriminant(&self.class) == std::mem::discriminant(class)
    }

    /// May it be an author's name: short, a few words, no end of a sentence?
    pub(super) fn is_name(&self) -> bool {
        matches!(self.class, Class::Text) && is_name(self.text)
    }
}

/// See [`Line::is_name`].
pub(super) fn is_name(text: &str) -> bool {
    if text.len() > 80 || text.ends_with(['!', '?', '…', ':', ';', ',']) {
        return false;
    }
    let (mut n_chars, mut has_letter) = (0, false);
    for c in text.chars() {
        n_chars += 1;
        if matches!(c, '"' | '«' | '»' | '„' | '“' | '”' | '?' | '!') {
            return false;
        }
        has_letter = has_letter || is_letter(c);
    }
    let n_words = text.split_whitespace().count();
    n_chars <= 40
        && has_letter
        && (1..=5).contains(&n_words)
        // A full stop ends an initial ("Anna B.") or a sentence.
        && (!text.ends_with('.') || text.rsplit(' ').next().is_some_and(|w| w.chars().count() <= 3 && n_words > 1))
        && !text.contains("://")
}

/// Cuts a text into lines and classifies each.
pub(super) fn read(text: &str) -> Vec<Line<'_>> {
    let mut lower = String::new();
    let n = memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1;
    let mut lines = Vec::with_capacity(n.min(MAX_LINES));
    lines.extend(text.lines().take(MAX_LINES).map(|raw| line(raw, &mut lower)));
    lines
}

fn line<'a>(raw: &'a str, lower: &mut String) -> Line<'a> {
    let trimmed = raw.trim();
    let indent = if trimmed.is_empty() { 0 } else { columns(raw) };
    let (text, bullet) = unbullet(trimmed);
    // Numbers of one list are set flush right; what follows them stands in one column.
    let indent = indent + trimmed[..trimmed.len() - text.len()].chars().count();
    if text.is_empty() {
        let class = if trimmed.is_empty() { Class::Blank } else { Class::Mark };
        return Line { text: trimmed, indent, bullet: false, class };
    }
    let class = if trimmed.len() > MAX_SHORT { Class::Text } else { classify(trimmed, text, lower) };
    // A numbered sentence keeps its number.
    let text = if bullet && class == Class::Text && !is_name(text) { trimmed } else { text };
    Line { text, indent, bullet, class }
}

fn columns(raw: &str) -> usize {
    let mut n = 0;
    for c in raw.chars() {
        match c {
            '\t' => n += 8,
            c if c.is_whitespace() => n += 1,
            _ => break,
        }
    }
    n
}

/// A line without its bullet: `*`, `+`, `o`, `-`, `•`, `12.`.
pub(super) fn unbullet(line: &str) -> (&str, bool) {
    let mut chars = line.chars();
    if matches!(chars.next(), Some('*' | '+' | 'o' | '-' | '•' | '–' | '·' | '§' | '#'))
        && let Some(rest) = chars.as_str().strip_prefix(' ')
    {
        return (rest.trim_start(), true);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=4).contains(&digits)
        && let Some(rest) = line[digits..].strip_prefix(". ").or_else(|| line[digits..].strip_prefix(") "))
    {
        let rest = rest.trim_start();
        // "14. 01. 2020" and "3. Mai 2021" are dates.
        let more = rest.bytes().take_while(u8::is_ascii_digit).count();
        let word: String = rest.chars().take_while(|c| c.is_alphabetic()).collect();
        if !(more > 0 && rest[more..].starts_with('.') || T_MONTHS.contains(&word.to_lowercase())) {
            return (rest, true);
        }
    }
    (line, false)
}

fn classify<'a>(trimmed: &str, text: &'a str, lower: &mut String) -> Class<'a> {
    if !text.chars().any(is_alphanumeric) || is_score(trimmed) {
        return Class::Mark;
    }
    if !fold(text, lower) {
        return Class::Text;
    }
    let with_spaces;
    // Tables are written with plain spaces; places in the line are needed for bylines alone.
    let plain: &str = if lower.contains('\u{a0}') {
        with_spaces = lower.replace('\u{a0}', " ");
        &with_spaces
    } else {
        lower
    };
    if let Some(class) = links(plain) {
        return class;
    }
    if let Some(heading) = section::heading(plain) {
        return Class::Heading(heading);
    }
    if let Some(byline) = byline::find(text, lower) {
        return Class::Byline(byline);
    }
    if begins(plain, &T_ENDS) {
        return Class::End;
    }
    if begins(plain, &T_FURNITURE) {
        return Class::Furniture;
    }
    Class::Text
}

/// Lower case into `out`, byte for byte as long; `false` where a letter changes its length.
fn fold(text: &str, out: &mut String) -> bool {
    out.clear();
    if text.is_ascii() {
        out.push_str(text);
        out.make_ascii_lowercase();
        return true;
    }
    out.reserve(text.len());
    for c in text.chars() {
        let low = match c {
            '\0'..='\x7f' | '\u{400}'..='\u{45f}' => lower_letter(c),
            _ => {
                let mut low = c.to_lowercase();
                match (low.next(), low.next()) {
                    (Some(l), None) if l.len_utf8() == c.len_utf8() => l,
                    _ => return false,
                }
            }
        };
        out.push(low);
    }
    true
}

/// As of the standard library; without a table for the commonest.
pub(super) fn is_alphanumeric(c: char) -> bool {
    is_letter(c) || c.is_numeric()
}

/// "+12", "−3", "0", "17 / 2": a score or a count.
fn is_score(text: &str) -> bool {
    text.len() <= 12
        && text.chars().any(|c| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || " +-−–—/()|•#.,".contains(c))
        && text.bytes().filter(u8::is_ascii_digit).count() <= 5
}

/// Does the line begin with a phrase of the table, up to the end of a word?
fn begins(lower: &str, table: &Table) -> bool {
    let lower = lower.trim_start_matches(|c: char| !is_alphanumeric(c));
    table.near(lower).any(|p| {
        lower.strip_prefix(p).is_some_and(|rest| {
            // A short phrase must be most of the line: "related" may open a sentence.
            !rest.starts_with(char::is_alphanumeric)
                && rest.chars().count() <= if p.chars().count() < 12 { 24 } else { 90 }
        })
    })
}

/// A line of nothing but links and counts.
fn links(lower: &str) -> Option<Class<'static>> {
    let (rest, reply, n) = strip_links(lower);
    if n == 0 || rest.chars().any(is_letter) {
        return None;
    }
    Some(if reply { Class::Reply } else { Class::Action })
}

/// Takes links from the start of a line: what is left, whether one of them answers, how many there were.
pub(super) fn strip_links(lower: &str) -> (&str, bool, usize) {
    let (mut rest, mut reply, mut n) = (lower, false, 0);
    loop {
        let from = rest.trim_start_matches(|c: char| !is_letter(c));
        let hit = |table: &Table| {
            // Links may follow each other without a space: "ReplyDelete". A name may begin like a link.
            let fits = |p: &&str| from.starts_with(*p) && follows(&from[p.len()..]);
            table.near(from).filter(fits).map(str::len).max().unwrap_or(0)
        };
        let (a, b) = (hit(&T_REPLY), hit(&T_ACTIONS));
        let len = a.max(b);
        if len == 0 {
            return (rest, reply, n);
        }
        reply |= a == len;
        n += 1;
        rest = &from[len..];
        // "Reply to Name" and "(Comment number 391)" belong to the link.
        if let Some(inside) = rest.trim_start().strip_prefix('(')
            && let Some(end) = inside.find(')').filter(|&end| end <= 40)
        {
            rest = &inside[end + 1..];
        }
    }
}

/// After a link stands its end, no letter, or another link.
fn follows(rest: &str) -> bool {
    match rest.chars().next() {
        Some(c) if c.is_alphabetic() => {
            let link = |p: &&str| {
                p.len() > 4 && rest.starts_with(*p) && !rest[p.len()..].starts_with(char::is_alphabetic)
            };
            T_REPLY.near(rest).any(|p| link(&p)) || T_ACTIONS.near(rest).any(|p| link(&p))
        }
        _ => true,
    }
}
