//! text -> tokens with offsets: normalise, language, stem, n-grams.
//!
//! A text is cut at white space into chunks; a chunk is what the surface cache of [`crate::features`] knows by
//! heart. Within a chunk, words are runs of letters, digits and `_`: scikit-learn's `token_pattern=r"\w+"`.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

pub(crate) mod function_words;
pub mod language;
pub(crate) mod plain;
pub mod stem;

/// Stands for any web address.
pub const URL: &str = "xurl";
/// Stands for any `@name`.
pub const MENTION: &str = "xuser";

/// A piece of a text: white space, or a run without any. Joined, the segments equal the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The piece.
    pub text: &'a str,
    /// Its first byte in the text.
    pub start: usize,
    /// Whether it is white space.
    pub space: bool,
}

/// Cuts `text` into segments.
///
/// # Example
/// ```
/// use commentariat::tokens::segments;
/// let text = "Why, though?  No idea.";
/// let parts: Vec<_> = segments(text).collect();
/// assert_eq!(parts.iter().map(|s| s.text).collect::<String>(), text);
/// assert_eq!(parts.iter().filter(|s| !s.space).count(), 4);
/// ```
pub fn segments(text: &str) -> impl Iterator<Item = Segment<'_>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = &text[start..];
        let space = rest.chars().next()?.is_whitespace();
        let len = rest.find(|c: char| c.is_whitespace() != space).unwrap_or(rest.len());
        let segment = Segment { text: &rest[..len], start, space };
        start += len;
        Some(segment)
    })
}

/// Calls `f` with every chunk of `text` (its segments that are not white space).
#[inline]
pub(crate) fn for_each_chunk<'a>(text: &'a str, mut f: impl FnMut(&'a str)) {
    let bytes = text.as_bytes();
    // Where the chunk begins, and where to look for its end.
    let (mut start, mut from) = (0, 0);
    loop {
        let at = next_stop(bytes, from);
        let Some(&b) = bytes.get(at) else { break };
        let len = if b < 0x80 {
            usize::from(b == b' ' || (9..=13).contains(&b))
        } else {
            text[at..].chars().next().filter(|c| c.is_whitespace()).map_or(0, char::len_utf8)
        };
        if len == 0 {
            from = at + 1;
            continue;
        }
        if start < at {
            f(&text[start..at]);
        }
        start = at + len;
        from = start;
    }
    if start < bytes.len() {
        f(&text[start..]);
    }
}

/// Index of the next byte from `from` on that may begin white space: ASCII up to the space, or one of the bytes
/// that begin U+0085, U+00A0, U+1680, U+2000 to U+205F and U+3000; the length where there is none.
#[inline]
fn next_stop(bytes: &[u8], from: usize) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // High bits of the bytes below `n`, exact up to the first of them.
    let below = |x: u64, n: u64| x.wrapping_sub(ONES * n) & !x & HIGH;
    let mut at = from;
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let x = u64::from_le_bytes(*eight);
        let stops = below(x, 0x21) | below(x ^ (ONES * 0xc2), 1) | below(x ^ (ONES * 0xe0), 4);
        if stops != 0 {
            return at + (stops.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let is_stop = |b: &u8| *b < 0x21 || *b == 0xc2 || (0xe0..=0xe3).contains(b);
    bytes[at..].iter().position(is_stop).map_or(bytes.len(), |n| at + n)
}

/// Normalises one chunk: NFC, lower case, `ё` as `е`. With `fold`, what differs without meaning anything is
/// folded too: web addresses become [`URL`] (the target of a Markdown link goes), `@name` becomes [`MENTION`],
/// hashtags are taken apart at capitals and `_`, apostrophes are one character, accents and invisible characters
/// go, three and more of a letter become two, a digit run becomes one to four zeros. Folding may leave spaces
/// between parts of a chunk.
///
/// # Example
/// ```
/// use commentariat::tokens::normalise;
/// assert_eq!(normalise("Всё-ТАКИ", true), "все-таки");
/// assert_eq!(normalise("(https://example.org/a?b)", true), "( xurl");
/// assert_eq!(normalise("@somebody,", true), "xuser ,");
/// assert_eq!(normalise("#NoMoreWar", true), "no more war");
/// assert_eq!(normalise("Нееееет!!! 2022", true), "неет!!! 0000");
/// assert_eq!(normalise("@somebody,", false), "@somebody,");
/// ```
pub fn normalise(chunk: &str, fold: bool) -> Cow<'_, str> {
    let lowered = if fold { lower(&unwrap(chunk)).into_owned().into() } else { lower(chunk) };
    if fold && needs_folding(&lowered) { Cow::Owned(fold_characters(&lowered)) } else { lowered }
}

fn lower(chunk: &str) -> Cow<'_, str> {
    if chunk.is_ascii() {
        return if chunk.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(chunk.to_ascii_lowercase())
        } else {
            Cow::Borrowed(chunk)
        };
    }
    // Combining marks begin with these bytes, as does everything from U+0800 on; Latin and Cyrillic letters
    // beside them are composed already and change one by one.
    if !chunk.bytes().any(|b| matches!(b, 0xcc..=0xcf) || b >= 0xd4) {
        return Cow::Owned(chunk.chars().map(lower_letter).map(|c| if c == 'ё' { 'е' } else { c }).collect());
    }
    let composed = match is_nfc_quick(chunk.chars()) {
        IsNormalized::Yes => Cow::Borrowed(chunk),
        _ => Cow::Owned(chunk.nfc().collect::<String>()),
    };
    let lower = composed.to_lowercase();
    Cow::Owned(if lower.contains('ё') { lower.replace('ё', "е") } else { lower })
}

/// Lower case of a letter whose lower case is one letter; without a table for the commonest.
#[inline]
pub(crate) fn lower_letter(c: char) -> char {
    match c {
        '\0'..='\x7f' => c.to_ascii_lowercase(),
        'А'..='Я' => char::from_u32(c as u32 + 0x20).unwrap_or(c),
        'Ѐ'..='Џ' => char::from_u32(c as u32 + 0x50).unwrap_or(c),
        'а'..='џ' => c,
        _ => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(l), None) => l,
                _ => c,
            }
        }
    }
}

/// Whether `c` is a letter; without a table for the commonest.
#[inline]
pub(crate) fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphabetic(),
        '\u{400}'..='\u{481}' => true,
        _ => c.is_alphabetic(),
    }
}

/// Puts placeholders for addresses and names, and takes hashtags apart.
fn unwrap(chunk: &str) -> Cow<'_, str> {
    if !chunk.bytes().any(|b| matches!(b, b'@' | b'#' | b':')) && !chunk.starts_with(['w', 'W', '(', '[']) {
        return Cow::Borrowed(chunk);
    }
    if let Some(at) = memchr::memchr(b']', chunk.as_bytes()).filter(|at| chunk[*at..].starts_with("](http")) {
        let tail = &chunk[at + 2..];
        let after = tail.find(')').map_or("", |end| &tail[end + 1..]);
        return Cow::Owned(format!("{} {after}", chunk[..at].trim_start_matches('[')).trim().to_owned());
    }
    if let Some(at) = address(chunk) {
        return Cow::Owned(format!("{} {URL}", &chunk[..at]).trim().to_owned());
    }
    let mut out = String::new();
    let mut before = ' ';
    let mut chars = chunk.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        if c != '@' && c != '#' {
            out.push(c);
            before = c;
            continue;
        }
        let name = &chunk[i + 1..];
        let len = name.find(|c| !is_word(c)).unwrap_or(name.len());
        if c == '@' && len > 0 && !is_word(before) {
            out.extend([" ", MENTION, " "]);
        } else if c == '#' && len > 0 {
            out.push(' ');
            take_apart(&name[..len], &mut out);
            out.push(' ');
        } else {
            out.push(c);
            before = c;
            continue;
        }
        while chars.next_if(|(j, _)| *j < i + 1 + len).is_some() {}
        before = ' ';
    }
    Cow::Owned(out.trim().to_owned())
}

/// Whether a chunk is a web address and nothing else, and so folded to [`URL`] alone.
pub(crate) fn is_address(chunk: &str) -> bool {
    address(chunk) == Some(0) && !chunk.contains(']')
}

/// Whether a chunk is an `@name` and nothing else, and so folded to [`MENTION`] alone.
pub(crate) fn is_mention(chunk: &str) -> bool {
    chunk.len() > 1 && chunk.strip_prefix('@').is_some_and(|name| name.chars().all(is_word))
}

/// Where a web address begins.
fn address(chunk: &str) -> Option<usize> {
    let bytes = chunk.as_bytes();
    // The rare byte of each is looked for first: most chunks with a dot are the ends of sentences.
    let scheme = memchr::memchr_iter(b':', bytes).find_map(|at| {
        let before = &chunk[..at];
        let start = before.strip_suffix("https").or(before.strip_suffix("http"))?.len();
        bytes[at..].starts_with(b"://").then_some(start)
    });
    let www = memchr::memchr_iter(b'.', bytes).find_map(|at| Some(chunk[..at].strip_suffix("www")?.len()));
    scheme.into_iter().chain(www).min()
}

fn take_apart(tag: &str, out: &mut String) {
    let mut was_lower = false;
    for c in tag.chars() {
        if c == '_' {
            out.push(' ');
        } else {
            if was_lower && c.is_uppercase() {
                out.push(' ');
            }
            out.push(c);
        }
        was_lower = c.is_lowercase();
    }
}

fn needs_folding(chunk: &str) -> bool {
    let bytes = chunk.as_bytes();
    // A repeated character repeats its bytes, two at most for the letters that matter.
    let repeats = bytes.windows(3).any(|w| w[0] == w[1] && w[1] == w[2])
        || bytes
            .windows(6)
            .any(|w| w[0] >= 0x80 && w[0] == w[2] && w[2] == w[4] && w[1] == w[3] && w[3] == w[5]);
    repeats || bytes.iter().any(|b| b.is_ascii_digit() || matches!(b, 0xca | 0xcc | 0xc2 | 0xe2 | 0xef))
}

fn fold_characters(chunk: &str) -> String {
    let mut out = String::with_capacity(chunk.len());
    let (mut last, mut run) = ('\0', 0);
    for c in chunk.chars() {
        let c = match c {
            '\u{301}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{fe0f}' => continue,
            '’' | 'ʼ' => '\'',
            '0'..='9' => '0',
            c => c,
        };
        run = if c == last { run + 1 } else { 1 };
        last = c;
        let most = if c == '0' {
            4
        } else if is_word(c) {
            2
        } else {
            usize::MAX
        };
        if run <= most {
            out.push(c);
        }
    }
    out
}

/// Whether `c` is part of a word.
#[inline]
pub fn is_word(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric() || c == '_',
        '\u{400}'..='\u{481}' => true,
        _ => c.is_alphanumeric(),
    }
}

/// The words of a normalised chunk: runs of [`is_word`] characters.
///
/// # Example
/// ```
/// let words: Vec<_> = commentariat::tokens::words("«не-так», a b2").collect();
/// assert_eq!(words, ["не", "так", "a", "b2"]);
/// ```
pub fn words(chunk: &str) -> impl Iterator<Item = &str> {
    chunk.split(|c| !is_word(c)).filter(|w| !w.is_empty())
}

/// Calls `f` with the character n-grams of the parts of one normalised chunk, each padded with a space on both sides, as
/// scikit-learn's `analyzer="char_wb"` makes them; a chunk shorter than `n` counts once.
pub fn char_ngrams(chunk: &str, min_n: usize, max_n: usize, mut f: impl FnMut(&str)) {
    let mut part = PaddedPart::default();
    for text in chunk.split_whitespace() {
        part.set(text);
        part.for_each_ngram(min_n, max_n, |start, end| f(&part.text[start..end]));
    }
}

/// A part of a chunk between spaces. Room that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct PaddedPart {
    text: String,
    /// Where each character begins, and the length.
    starts: Vec<u32>,
}

impl PaddedPart {
    /// Takes a part without white space.
    pub fn set(&mut self, part: &str) {
        self.text.clear();
        self.text.extend([" ", part, " "]);
        self.starts.clear();
        let boundaries = self.text.bytes().enumerate().filter(|(_, b)| b & 0xc0 != 0x80);
        self.starts.extend(boundaries.map(|(i, _)| i as u32));
        self.starts.push(self.text.len() as u32);
    }

    /// The padded part.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Calls `f` with the bounds of each n-gram.
    #[inline]
    pub fn for_each_ngram(&self, min_n: usize, max_n: usize, mut f: impl FnMut(usize, usize)) {
        let len = self.starts.len() - 1;
        for n in min_n..=max_n {
            if n >= len {
                f(0, self.text.len());
                break;
            }
            for (start, end) in self.starts.iter().zip(&self.starts[n..]) {
                f(*start as usize, *end as usize);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(text: &str) -> Vec<&str> {
        let mut out = Vec::new();
        for_each_chunk(text, |c| out.push(c));
        out
    }

    proptest::proptest! {
        #[test]
        fn joined_segments_equal_the_text(text in ".{0,60}") {
            let joined: String = segments(&text).map(|s| s.text).collect();
            proptest::prop_assert_eq!(&joined, &text);
            let from_segments: Vec<&str> = segments(&text).filter(|s| !s.space).map(|s| s.text).collect();
            proptest::prop_assert_eq!(chunks(&text), from_segments);
        }

        #[test]
        fn chunks_are_cut_at_any_white_space(text in "[ab\u{2}я«—\u{85}\u{a0}\u{1680}\u{2003}\u{205f}\u{3000} \t\n]{0,40}") {
            let split: Vec<&str> = text.split_whitespace().collect();
            proptest::prop_assert_eq!(chunks(&text), split);
        }

        #[test]
        fn normalising_twice_changes_nothing(text in "[a-zA-Zа-яА-ЯёЁіїҚ@.:/-]{1,20}") {
            let once = normalise(&text, false).into_owned();
            proptest::prop_assert_eq!(normalise(&once, false).into_owned(), once.clone());
        }
    }

    #[test]
    fn character_ngrams_are_those_of_char_wb() {
        let mut out = Vec::new();
        char_ngrams("abc", 2, 4, |g| out.push(g.to_owned()));
        assert_eq!(out, [" a", "ab", "bc", "c ", " ab", "abc", "bc ", " abc", "abc "]);
        out.clear();
        char_ngrams("a", 2, 5, |g| out.push(g.to_owned()));
        assert_eq!(out, [" a", "a ", " a "]);
    }

    proptest::proptest! {
        #[test]
        fn addresses_and_mentions_are_all_one(chunk in "(https?://|@|h)[a-zA-Zя0-9_@:.,#/\\]\\[()-]{0,9}") {
            use super::language::OfChunk;
            for (is_it, folded) in [(is_address(&chunk), URL), (is_mention(&chunk), MENTION)] {
                if is_it {
                    proptest::prop_assert_eq!(normalise(&chunk, true), folded);
                    proptest::prop_assert_eq!(OfChunk::new(&chunk), OfChunk::default());
                }
            }
        }
    }

    #[test]
    fn composed_and_decomposed_letters_are_one() {
        assert_eq!(normalise("мои\u{306}", true), "мой");
        assert_eq!(chunks("a\u{a0}b\u{2003}c\u{3000}d\u{85}e—f"), ["a", "b", "c", "d", "e—f"]);
    }
}
