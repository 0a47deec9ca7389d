//! Plain-text dumps of pages -> [`Thread`].
//!
//! Lines are classified by their own words ([`lines`]), then every heading of a section is tried with every kind
//! of separator that occurs ([`segment`]). The number that the page declares is the checksum: a cut that yields
//! it wins; else the most regular separator; else empty lines, with a warning. All passes are linear in the text.

mod answers;
mod boilerplate;
mod byline;
mod lines;
mod section;
mod segment;
mod when;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use lines::{Class, Line};
use section::Heading;
use segment::{Candidate, Segment, Separator};

use super::dates::Clock;
use super::rules::text::elsewhere::{HOSTS, SCRIPT};
use super::{Comment, Evidence, Status, Thread};
use crate::page::Document;

/// Headings that are tried; the first and the last ones of a page that has more.
const MAX_HEADINGS: usize = 12;

/// Reads a dump: headline, language, status and the comments with author, time and depth where the text tells.
///
/// Never fails; what was not found is in the status and the warnings.
///
/// # Example
/// ```
/// use commentariat::comments::{Status, text::text_thread};
/// use commentariat::page::Document;
/// let dump = "New bridge opens\n\n2 comments\n\nTimur says:\nMay 3, 2021 at 10:15\n\nFinally.\n\nReply\n\n\
///             Aigul says:\nMay 3, 2021 at 11:40\n\nAnd who pays for it?\n\nReply\n";
/// let thread = text_thread(&Document::new("bridge.txt", dump.into()), dump);
/// assert_eq!(thread.status, Status::Found);
/// assert_eq!(thread.comments[1].author.as_deref(), Some("Aigul"));
/// assert_eq!(thread.comments[1].text, "And who pays for it?");
/// ```
pub fn text_thread(document: &Document, text: &str) -> Thread {
    let lines = lines::read(text);
    let mut thread = Thread::new(document);
    if lines.len() == lines::MAX_LINES {
        thread.warnings.push(format!(
            "only the first {} lines were looked at; cut the file into its pages",
            lines::MAX_LINES
        ));
    }
    thread.system = Some("text".to_owned());
    thread.title = title(&lines);
    thread.lang = super::language::of(&sample(&lines)).map(str::to_owned);
    let headings = headings(&lines);
    let cut = cut(&lines, &headings);
    thread.declared = declared(&headings, cut.as_ref().and_then(|b| b.heading));
    match cut {
        Some(candidate) => {
            thread.comments = comments(&lines, &candidate.segments);
            answers::resolve(&mut thread.comments, &candidate.segments);
            let clock = Clock::new(document.captured.as_deref(), None, thread.lang.as_deref());
            for time in thread.comments.iter_mut().filter_map(|c| c.time.as_mut()) {
                if let Some(iso) = clock.read(time) {
                    *time = iso;
                }
            }
            thread.status = Status::Found;
            warn(&mut thread, &candidate);
        }
        None => absent(&mut thread, &lines, &headings),
    }
    thread
}

/// What a line of a dump was taken as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Heading of the comment section.
    Heading,
    /// Author or time of the comment with this number.
    Byline(u32),
    /// Body of the comment with this number.
    Body(u32),
    /// A link, a score, the form, a rule.
    Furniture,
    /// Nothing of the comments.
    Other,
}

/// What each line of a dump is taken as, one entry per line of `text`: the reasons for what [`text_thread`] finds.
///
/// # Example
/// ```
/// use commentariat::comments::text::{Role, roles};
/// let dump = "A long headline here\n\n1 comment\n\nTimur says:\n\nFinally.\n\nReply";
/// let roles = roles(dump);
/// assert_eq!((roles[2], roles[6], roles[8]), (Role::Heading, Role::Body(1), Role::Furniture));
/// ```
pub fn roles(text: &str) -> Vec<Role> {
    let lines = lines::read(text);
    let mut roles: Vec<Role> = lines
        .iter()
        .map(|l| match l.class {
            Class::Reply | Class::Action | Class::Mark | Class::End | Class::Furniture => Role::Furniture,
            _ => Role::Other,
        })
        .collect();
    if let Some(candidate) = cut(&lines, &headings(&lines)) {
        if let Some(heading) = candidate.heading {
            roles[heading] = Role::Heading;
        }
        for (no, segment) in (1..).zip(&candidate.segments) {
            segment.byline.iter().for_each(|&i| roles[i] = Role::Byline(no));
            segment.body.iter().for_each(|&i| roles[i] = Role::Body(no));
        }
    }
    if roles.len() == lines::MAX_LINES {
        roles.resize(text.lines().count(), Role::Other);
    }
    roles
}

/// The best cut, with what the page repeats taken off the bodies.
fn cut<'a>(lines: &[Line<'a>], headings: &[(usize, Heading)]) -> Option<Candidate<'a>> {
    let mut candidate = best(lines, headings)?;
    boilerplate::strip(lines, &mut candidate.segments);
    answers::unjoin(&mut candidate.segments);
    Some(candidate)
}

/// The best way to cut the text, if any is believable.
fn best<'a>(lines: &[Line<'a>], headings: &[(usize, Heading)]) -> Option<Candidate<'a>> {
    let separators = separators(lines);
    let heads = headings.iter().filter(|(_, h)| h.n != Some(0)).map(|&(i, h)| (Some(i), h.n));
    // Where the form stands above the thread, it may be all that marks its start.
    let forms =
        lines.iter().enumerate().filter(|(_, l)| matches!(l.class, Class::End) && asks_for_comments(l.text));
    let mut tried: Vec<(Option<usize>, Option<u32>)> =
        heads.chain(forms.map(|(i, _)| (Some(i), None)).take(4)).collect();
    tried.sort_unstable();
    let skip = tried.len().saturating_sub(MAX_HEADINGS);
    let ends = tried.iter().take(MAX_HEADINGS / 2).chain(tried.iter().skip(skip.max(MAX_HEADINGS / 2)));
    let mut best: Option<Candidate<'a>> = None;
    let mut keep = |candidate: Option<Candidate<'a>>| {
        if let Some(c) = candidate
            && best.as_ref().is_none_or(|b| c.score > b.score)
        {
            best = Some(c);
        }
    };
    for &(heading, n) in ends.chain(std::iter::once(&(None, None))) {
        for (&separator, anchors) in &separators {
            keep(segment::candidate(
                lines,
                heading,
                separator,
                anchors,
                n.or_else(|| declared(headings, heading)),
            ));
        }
        if let (Some(at), Some(n)) = (heading, n)
            && matches!(lines[at].class, Class::Heading(h) if !h.aside)
            && is_late(lines, at)
        {
            keep(segment::by_gaps(lines, at, n));
        }
    }
    best
}

/// Does the heading stand below the article rather than above it?
fn is_late(lines: &[Line<'_>], heading: usize) -> bool {
    let size =
        |part: &[Line<'_>]| part.iter().filter(|l| l.text.len() > 80).map(|l| l.text.len()).sum::<usize>();
    size(&lines[..heading]) > 0
}

fn headings(lines: &[Line<'_>]) -> Vec<(usize, Heading)> {
    let heading = |(i, l): (usize, &Line<'_>)| match l.class {
        Class::Heading(h) => Some((i, h)),
        _ => None,
    };
    lines.iter().enumerate().filter_map(heading).collect()
}

/// Lines of each separator that occurs.
fn separators(lines: &[Line<'_>]) -> BTreeMap<Separator, Vec<usize>> {
    let mut out: BTreeMap<Separator, Vec<usize>> = BTreeMap::new();
    for (i, line) in lines.iter().enumerate() {
        let separator = match &line.class {
            Class::Byline(b) => Separator::Byline { form: b.form, exact: b.exact },
            Class::Reply => Separator::Reply,
            _ => continue,
        };
        out.entry(separator).or_default().push(i);
    }
    out
}

/// The number the page declares for a section: by its heading, else by the nearest line above, else by what the
/// few lines with a number agree on.
fn declared(headings: &[(usize, Heading)], section: Option<usize>) -> Option<u32> {
    let own = section.and_then(|at| headings.iter().find(|h| h.0 == at)).and_then(|h| h.1.n);
    let above = || section.and_then(|at| headings.iter().rev().filter(|h| h.0 < at).find_map(|h| h.1.n));
    let agreed = || {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for n in headings.iter().filter_map(|h| h.1.n) {
            *counts.entry(n).or_default() += 1;
        }
        // Many different numbers are a list of other articles.
        if counts.len() > 3 {
            return None;
        }
        counts.into_iter().max_by_key(|&(n, count)| (count, n)).map(|c| c.0)
    };
    own.or_else(above).or_else(agreed)
}

/// The first line that reads like a headline.
fn title(lines: &[Line<'_>]) -> Option<String> {
    let mut some = lines.iter().filter(|l| !matches!(l.class, Class::Blank)).take(40);
    let headline = |l: &&Line<'_>| {
        let words = l.text.split_whitespace().filter(|w| w.chars().any(char::is_alphanumeric));
        matches!(l.class, Class::Text)
            && (15..=240).contains(&l.text.len())
            && words.count() >= 3
            && !is_breadcrumb(l.text)
    };
    let first = some.clone().next().map(|l| l.text.to_owned());
    some.find(headline).map(|l| l.text.to_owned()).or(first)
}

/// "News / Society / Region": the way to the page, short names between the same marks.
fn is_breadcrumb(text: &str) -> bool {
    let short = |part: &str| (1..=3).contains(&part.split_whitespace().count());
    let divides = |mark: &str| text.contains(mark) && text.split(mark).all(short);
    !text.ends_with(['.', '!', '?', '…'])
        && [" / ", " > ", " » ", " › ", " → ", " :: "].into_iter().any(divides)
}

/// Some long lines, which are prose: what the page is written in.
fn sample(lines: &[Line<'_>]) -> String {
    let mut out = String::new();
    let prose = |l: &&Line<'_>| matches!(l.class, Class::Text) && l.text.len() > 100;
    for line in lines.iter().filter(prose) {
        out.push_str(line.text);
        out.push('\n');
        if out.len() > 1 << 13 {
            break;
        }
    }
    if out.is_empty() {
        lines.iter().filter(|l| matches!(l.class, Class::Text)).take(50).for_each(|l| {
            out.push_str(l.text);
            out.push('\n');
        });
    }
    out
}

fn comments(lines: &[Line<'_>], segments: &[Segment<'_>]) -> Vec<Comment> {
    let mut out: Vec<Comment> = Vec::with_capacity(segments.len());
    // Columns of the comments that the next one may answer.
    let mut open: Vec<(usize, u32)> = Vec::new();
    for (i, segment) in segments.iter().enumerate() {
        let no = i as u32 + 1;
        while open.last().is_some_and(|&(column, _)| column + 1 >= segment.indent) {
            open.pop();
        }
        let parent = open.last().map(|o| o.1);
        let depth = open.len() as u32;
        open.push((segment.indent, no));
        out.push(Comment {
            no,
            id: no.to_string(),
            parent,
            evidence: parent.map(|_| Evidence::Nesting),
            depth,
            author: segment.author.filter(|a| !a.is_empty()).map(str::to_owned),
            time: segment.time.map(str::to_owned),
            text: body(lines, &segment.body),
            ..Comment::default()
        });
    }
    out
}

/// The body's lines, empty lines between paragraphs kept as one.
fn body(lines: &[Line<'_>], numbers: &[usize]) -> String {
    let mut text = String::new();
    let mut gap = false;
    for &i in numbers {
        let line = &lines[i];
        if matches!(line.class, Class::Blank) {
            gap = true;
            continue;
        }
        if !text.is_empty() {
            text.push_str(if gap { "\n\n" } else { "\n" });
        }
        gap = false;
        text.push_str(line.text);
    }
    text
}

/// Says where declared and found differ, and why that may be.
fn warn(thread: &mut Thread, candidate: &Candidate<'_>) {
    let n = thread.comments.len() as u32;
    if matches!(candidate.separator, Separator::Gap(_)) && thread.declared != Some(n) {
        thread.warnings.push(format!(
            "comments were told apart by empty lines alone ({n} found, {} declared): read them with --show-lines",
            thread.declared.unwrap_or(0)
        ));
        return;
    }
    if let Some(declared) = thread.declared.filter(|&d| d != n) {
        let reason = if n < declared {
            "the rest may be on other pages, folded away, pingbacks or without words"
        } else {
            "the count may leave out replies, or a quoted byline was taken for a comment"
        };
        thread.warnings.push(format!("{declared} comments declared, {n} found: {reason}"));
    }
}

/// Finds what pages say whose comments are elsewhere: the phrases of [`HOSTS`], then those of [`SCRIPT`].
static ABSENT: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(HOSTS.iter().map(|h| h.0).chain(SCRIPT.iter().copied())).ok());

/// Nothing was found: says whether the section is missing, empty or elsewhere.
fn absent(thread: &mut Thread, lines: &[Line<'_>], headings: &[(usize, Heading)]) {
    let mut short = String::new();
    for line in lines.iter().filter(|l| l.text.len() <= 200 && !matches!(l.class, Class::Blank)) {
        short.push_str(&line.text.to_lowercase());
        short.push('\n');
    }
    // Of the phrases that occur, the first of the table counts.
    let first = ABSENT
        .as_ref()
        .and_then(|phrases| phrases.find_overlapping_iter(&short).map(|m| m.pattern().as_usize()).min());
    if let Some((_, host)) = first.and_then(|i| HOSTS.get(i)) {
        thread.status = Status::Elsewhere;
        thread.host = Some((*host).to_owned());
        return;
    }
    if first.is_some() {
        thread.status = Status::Elsewhere;
        thread
            .warnings
            .push("the page loads its comments by script; save it after they are shown".to_owned());
        return;
    }
    let form = || lines.iter().any(|l| matches!(l.class, Class::End) && asks_for_comments(l.text));
    if let Some(n) = thread.declared.filter(|&n| n > 0) {
        thread.status = Status::Empty;
        thread.warnings.push(format!(
            "{n} comments declared, none found: they may be loaded by script or on another page; save it with the comments shown"
        ));
    } else if headings.iter().any(|h| !h.1.aside) || form() {
        thread.status = Status::Empty;
    }
}

/// Is the line of the form a form for comments?
fn asks_for_comments(text: &str) -> bool {
    const ROOTS: &[&str] = &[
        "comment",
        "reply",
        "kommentar",
        "réponse",
        "коммент",
        "комент",
        "отзыв",
        "пікір",
        "пикир",
        "izoh",
        "изоҳ",
        "шарҳ",
    ];
    let lower = text.to_lowercase();
    let other = ["recent", "latest", "most", "последние", "останні", "соңғы", "letzte", "derniers"];
    ROOTS.iter().any(|r| lower.contains(r)) && !other.iter().any(|o| lower.starts_with(o))
}
