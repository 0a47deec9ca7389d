//! Words of another comment inside a comment, and whom it answers.
//!
//! A parent is told only from evidence: words of the other comment in quotation marks (or as a quoted line),
//! or its author addressed by name. Page order is not order in time, so the quoted comment may stand below.

use rustc_hash::FxHashMap;

use super::{Comment, Evidence, Span, Thread};
use crate::tokens::{is_letter, lower_letter};

/// Words in a row that two comments must share before it is a quotation.
const RUN: usize = 4;
/// Places that are kept of one run of words; more common runs say nothing.
const MAX_PLACES: usize = 16;

/// What sites call those who gave no name.
pub(super) const NOBODY: &[&str] = &[
    "guest",
    "anonymous",
    "anon",
    "admin",
    "user",
    "author",
    "editor",
    "moderator",
    "гость",
    "аноним",
    "анонимно",
    "админ",
    "автор",
    "редакция",
    "модератор",
    "гість",
    "анонім",
    "қонақ",
    "mehmon",
    "меҳмон",
    "gast",
    "anonym",
    "invité",
    "anonyme",
    "deleted",
    "unknown",
];

/// A word of a comment: hash of its folded letters, and its bytes.
#[derive(Clone, Copy)]
struct Word {
    hash: u64,
    start: usize,
    end: usize,
}

/// Marks quotations, names and parents in a thread.
pub(super) fn mark(thread: &mut Thread) {
    let stretches: Vec<Vec<Span>> = thread.comments.iter().map(|c| stretches(&c.text)).collect();
    // Most threads quote nothing: their words need not be looked at.
    let long = |(c, s): (&Comment, &Vec<Span>)| {
        s.iter().any(|s| s.end - s.start >= 3 * RUN && words(&c.text[s.start..s.end]).len() >= RUN)
    };
    let quoting = thread.comments.len() > 1 && thread.comments.iter().zip(&stretches).any(long);
    let words: Vec<Vec<Word>> =
        thread.comments.iter().map(|c| if quoting { words(&c.text) } else { Vec::new() }).collect();
    let index = index(&words, &stretches);
    let authors = authors(&thread.comments);
    let capitals = capitals(&authors);
    let nested = thread.comments.iter().any(|c| c.parent.is_some());
    let mut found = Vec::new();
    for (i, comment) in thread.comments.iter().enumerate() {
        let mut quotes = Vec::new();
        let mut parent = None;
        for stretch in &stretches[i] {
            if let Some(j) = source(&words, &index, i, *stretch) {
                quotes.push(*stretch);
                parent = parent.or(Some((j, Evidence::Quotation)));
            }
        }
        let (names, addressed) = mentions(comment, &authors, &capitals);
        let addressed = addressed.and_then(|at: &Vec<usize>| writer(at, i));
        parent = parent.or(addressed.map(|j| (j, Evidence::Mention)));
        found.push((quotes, names, parent));
    }
    for (i, (quotes, names, parent)) in found.into_iter().enumerate() {
        // Where the page nests its replies, what is not nested answers the article.
        if let Some((j, evidence)) = parent.filter(|_| !nested)
            && !leads_to(&thread.comments, j, i)
        {
            let no = thread.comments[j].no;
            let comment = &mut thread.comments[i];
            comment.parent = Some(no);
            comment.evidence = Some(evidence);
        }
        let comment = &mut thread.comments[i];
        comment.quotes = quotes;
        comment.names = names;
    }
}

/// Depths from parents, for dumps: what the page indented is lost there, and whom a comment answers is all that tells.
pub(super) fn depths(comments: &mut [Comment]) {
    // No page shows more, and the walk stays short.
    const MOST: u32 = 64;
    for i in 0..comments.len() {
        if matches!(comments[i].evidence, None | Some(Evidence::Nesting)) {
            continue;
        }
        let (mut depth, mut at) = (0, i);
        while let Some(no) = comments[at].parent.filter(|&no| no > 0 && no as usize <= comments.len()) {
            depth += 1;
            at = no as usize - 1;
            if depth == MOST {
                break;
            }
        }
        comments[i].depth = depth;
    }
}

/// Would `i` answer itself if it answered `j`? (`no` is the place plus one.)
fn leads_to(comments: &[Comment], mut j: usize, i: usize) -> bool {
    for _ in 0..=comments.len() {
        if j == i {
            return true;
        }
        match comments[j].parent {
            Some(no) if no as usize <= comments.len() && no > 0 => j = no as usize - 1,
            _ => return false,
        }
    }
    true
}

/// The folded words of a text with their places.
fn words(text: &str) -> Vec<Word> {
    const SEED: u64 = 0xcbf2_9ce4_8422_2325;
    let mut out = Vec::with_capacity(text.len() / 8);
    let (mut start, mut hash) = (usize::MAX, SEED);
    for (i, c) in text.char_indices() {
        if is_letter(c) || c == '\u{301}' || c.is_numeric() {
            if start == usize::MAX {
                (start, hash) = (i, SEED);
            }
            let low = lower_letter(c);
            let low = u64::from(u32::from(if low == 'ё' { 'е' } else { low }));
            hash = (hash ^ low).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
        } else if start != usize::MAX {
            out.push(Word { hash, start, end: i });
            start = usize::MAX;
        }
    }
    if start != usize::MAX {
        out.push(Word { hash, start, end: text.len() });
    }
    out
}

fn run_hash(run: &[Word]) -> u64 {
    run.iter().fold(0, |h: u64, w| (h.rotate_left(17) ^ w.hash).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// The words of a stretch.
fn within(words: &[Word], stretch: Span) -> &[Word] {
    let from = words.partition_point(|w| w.start < stretch.start);
    let to = words.partition_point(|w| w.end <= stretch.end);
    words.get(from..to).unwrap_or(&[])
}

/// Where each run of [`RUN`] words that a stretch holds stands.
fn index(words: &[Vec<Word>], stretches: &[Vec<Span>]) -> FxHashMap<u64, Vec<(u32, u32)>> {
    let mut index: FxHashMap<u64, Vec<(u32, u32)>> = FxHashMap::default();
    for (list, spans) in words.iter().zip(stretches) {
        for run in spans.iter().flat_map(|s| within(list, *s).windows(RUN)) {
            index.entry(run_hash(run)).or_default();
        }
    }
    if index.is_empty() {
        return index;
    }
    let mut beginnings = [0u64; 64];
    for hash in index.keys() {
        beginnings[(hash >> 6 & 63) as usize] |= 1 << (hash & 63);
    }
    for (i, list) in words.iter().enumerate() {
        for (at, run) in list.windows(RUN).enumerate() {
            let hash = run_hash(run);
            if beginnings[(hash >> 6 & 63) as usize] >> (hash & 63) & 1 == 1
                && let Some(places) = index.get_mut(&hash)
                && places.len() < MAX_PLACES
            {
                places.push((i as u32, at as u32));
            }
        }
    }
    index
}

/// The other comment that most of the stretch's words stand in, in a row.
fn source(
    words: &[Vec<Word>],
    index: &FxHashMap<u64, Vec<(u32, u32)>>,
    i: usize,
    stretch: Span,
) -> Option<usize> {
    let quoted = within(&words[i], stretch);
    let mut best: Option<(usize, usize)> = None;
    for (at, run) in quoted.windows(RUN).enumerate() {
        for &(j, place) in index.get(&run_hash(run)).into_iter().flatten() {
            let (j, place) = (j as usize, place as usize);
            if j == i {
                continue;
            }
            let other = &words[j][place..];
            let n = quoted[at..].iter().zip(other).take_while(|(a, b)| a.hash == b.hash).count();
            // Among equals, the earlier comment: a third one may quote the same words.
            if best.is_none_or(|(len, _)| n > len) {
                best = Some((n, j));
            }
        }
    }
    best.filter(|&(n, _)| n >= RUN && n * 10 >= quoted.len() * 6).map(|(_, j)| j)
}

/// Stretches of a text that may be another's words: in quotation marks, or a line marked with `>`.
fn stretches(text: &str) -> Vec<Span> {
    let mut out = Vec::new();
    // The marks, or their first bytes.
    if !text.bytes().fold(false, |any, b| any | matches!(b, b'>' | b'"' | 0xc2 | 0xe2)) {
        return out;
    }
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end();
        let lead = body.len() - body.trim_start().len();
        if body.trim_start().starts_with('>') && body.len() > lead + 1 {
            out.push(Span { start: offset + lead, end: offset + body.len() });
        } else {
            in_marks(line, offset, &mut out);
        }
        offset += line.len();
    }
    out
}

fn in_marks(line: &str, offset: usize, out: &mut Vec<Span>) {
    let mut rest = 0;
    while let Some((at, open)) = line[rest..].char_indices().find(|(_, c)| matches!(c, '"' | '«' | '“' | '„'))
    {
        let start = rest + at;
        let inside = start + open.len_utf8();
        let close: &[char] = match open {
            '«' => &['»'],
            '„' => &['“', '”', '"'],
            '“' => &['”', '"'],
            _ => &['"', '”'],
        };
        let Some(end) = line[inside..].find(close) else {
            rest = inside;
            continue;
        };
        let end = inside + end;
        let after = end + line[end..].chars().next().map_or(0, char::len_utf8);
        out.push(Span { start: offset + start, end: offset + after });
        rest = after;
    }
}

/// A name without spaces and marks, folded.
fn fold(name: &str) -> String {
    let mut out = String::new();
    fold_into(name, &mut out);
    out
}

fn fold_into(name: &str, out: &mut String) {
    out.clear();
    for c in name.chars().filter(|c| is_word(*c)) {
        out.push(lower_letter(c));
    }
}

/// Comments by folded author name; names of fewer than three letters say nothing.
fn authors(comments: &[Comment]) -> FxHashMap<String, (String, Vec<usize>)> {
    let mut out: FxHashMap<String, (String, Vec<usize>)> = FxHashMap::default();
    for (i, comment) in comments.iter().enumerate() {
        let Some(author) = &comment.author else { continue };
        let folded = fold(author);
        if folded.chars().count() >= 3 && !NOBODY.contains(&folded.as_str()) {
            out.entry(folded).or_insert_with(|| (author.clone(), Vec::new())).1.push(i);
        }
    }
    out
}

type ByAuthor = FxHashMap<String, (String, Vec<usize>)>;

/// The first two letters that folded names of authors begin with, a bit per hash.
fn capitals(authors: &ByAuthor) -> Capitals {
    let mut set = [0; 16];
    for name in authors.keys() {
        let mut chars = name.chars();
        if let (Some(a), Some(b)) = (chars.next(), chars.next()) {
            let (slot, bit) = pair(a, b);
            set[slot] |= bit;
        }
    }
    set
}

type Capitals = [u64; 16];

fn pair(a: char, b: char) -> (usize, u64) {
    let hash = (a as u32).wrapping_mul(37).wrapping_add(b as u32) & 1023;
    ((hash / 64) as usize, 1 << (hash % 64))
}

/// Names of commenters in the text, and the comments of the one who is addressed.
fn mentions<'a>(
    comment: &Comment,
    authors: &'a ByAuthor,
    capitals: &Capitals,
) -> (Vec<String>, Option<&'a Vec<usize>>) {
    let (mut names, mut addressed): (Vec<String>, _) = (Vec::new(), None);
    if authors.is_empty() {
        return (names, addressed);
    }
    let text = &comment.text;
    let own = comment.author.as_deref().map(fold);
    let mut tell = |folded: &str, is_address: bool| {
        let Some((name, places)) = authors.get(folded).filter(|_| own.as_deref() != Some(folded)) else {
            return false;
        };
        if !names.contains(name) {
            names.push(name.clone());
        }
        if is_address && addressed.is_none() {
            addressed = Some(places);
        }
        true
    };
    // "Name, ..." or "Name: ..." at the start addresses.
    if let Some(at) = text.find([',', ':', '\n']).filter(|&at| at <= 60) {
        tell(&fold(text[..at].trim_start_matches('@')), true);
    }
    // A name is up to three words; longest first.
    let mut before = ' ';
    let mut n_spots = 0;
    let mut folded = String::new();
    for (i, c) in text.char_indices() {
        let (is_address, is_capital) = (c == '@', is_upper(c) && before != '@' && !is_word(before));
        before = c;
        if !(is_address || is_capital) {
            continue;
        }
        n_spots += 1;
        if n_spots > 200 {
            break;
        }
        if is_capital && let Some(next) = text[i + c.len_utf8()..].chars().next().filter(|&c| is_word(c)) {
            let (slot, bit) = pair(lower_letter(c), lower_letter(next));
            if capitals[slot] & bit == 0 {
                continue;
            }
        }
        let rest = if is_address { &text[i + 1..] } else { &text[i..] };
        let (mut ends, mut n_ends) = ([0; 3], 0);
        for (i, c) in rest.char_indices().skip(1).take(80) {
            if c.is_whitespace() || matches!(c, ',' | ':' | ';' | '!' | '?' | '(' | ')' | '"') {
                ends[n_ends] = i;
                n_ends += 1;
                if n_ends == ends.len() || !c.is_whitespace() {
                    break;
                }
            }
        }
        if n_ends == 0 && rest.len() <= 80 {
            (ends[0], n_ends) = (rest.len(), 1);
        }
        for &end in ends[..n_ends].iter().rev() {
            let name = rest[..end].trim_end_matches(['.', '\'', '’']);
            fold_into(name, &mut folded);
            if tell(&folded, is_address) {
                break;
            }
        }
    }
    (names, addressed)
}

/// As of the standard library; without a table for the commonest.
fn is_upper(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_uppercase(),
        '\u{400}'..='\u{42f}' => true,
        '\u{430}'..='\u{45f}' => false,
        _ => c.is_uppercase(),
    }
}

/// As `char::is_alphanumeric`; without a table for the commonest.
fn is_word(c: char) -> bool {
    is_letter(c) || c.is_numeric()
}

/// The nearest earlier comment of the addressed author; else the only later one.
fn writer(places: &[usize], i: usize) -> Option<usize> {
    let earlier = places.iter().copied().rev().find(|&j| j < i);
    earlier.or_else(|| if places.len() == 1 { places.first().copied().filter(|&j| j != i) } else { None })
}
