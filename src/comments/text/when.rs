//! Times inside a line: where they stand, and whether they name a moment or only a day.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::comments::rules::text::times::{AGO, T_AGO_BEFORE, T_MONTHS, T_NEAR_DAYS, T_NOW, T_UNITS};
use crate::tokens::is_letter;

/// Where a time stands in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct When {
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// Names a moment (date with time of day, or a time ago), not only a day.
    pub(super) exact: bool,
}

/// Longest line that is looked at, in bytes.
const MAX_LINE: usize = 240;
/// Most tokens of a line that are looked at.
const MAX_TOKENS: usize = 64;

#[derive(Clone, Copy)]
struct Token {
    start: usize,
    end: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number(u32, u8),
    Word,
    Mark(char),
}

/// The first time in `lower`, a line in lower case (whose bytes are those of the line itself).
pub(super) fn find(lower: &str) -> Option<When> {
    if lower.len() > MAX_LINE {
        return None;
    }
    if !has_digit(lower) {
        return now(lower);
    }
    let mut tokens = [Token { start: 0, end: 0, kind: Kind::Word }; MAX_TOKENS];
    let n = tokenize(lower, &mut tokens);
    let line = Line { text: lower, tokens: &tokens[..n] };
    (0..n).filter(|&i| line.may_open(i)).find_map(|i| line.at(i)).or_else(|| now(lower))
}

/// Is there a digit? Looks at all bytes, as that takes fewer steps than looking for the first.
pub(super) fn has_digit(text: &str) -> bool {
    text.bytes().fold(false, |any, b| any | b.is_ascii_digit())
}

/// Letters that one of the phrases without a number ends in.
const NOW_MARKS: &[&str] = &[
    "ago",
    "now",
    "назад",
    "тому",
    "только",
    "щойно",
    "eben",
    "einer",
    "einem",
    "instant",
    "une heure",
    "un jour",
    "ғана",
    "hozir",
    "ҳозир",
];

static NOW_FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(NOW_MARKS).ok());

/// "an hour ago" and the like, as whole words.
fn now(lower: &str) -> Option<When> {
    if lower.len() > 120 || !NOW_FINDER.as_ref().is_some_and(|marks| marks.is_match(lower)) {
        return None;
    }
    let mut tokens = [Token { start: 0, end: 0, kind: Kind::Word }; MAX_TOKENS];
    let n = tokenize(lower, &mut tokens);
    let tokens = &tokens[..n];
    // Word by word: the spaces between may be of any kind.
    let ends = |i: usize, phrase: &str| {
        let mut at = i;
        for word in phrase.split(' ') {
            let t = tokens.get(at).filter(|t| t.kind == Kind::Word)?;
            if lower[t.start..t.end] != *word {
                return None;
            }
            at += 1;
        }
        Some(tokens[at - 1].end)
    };
    (0..n).find_map(|i| {
        let end = T_NOW.near(&lower[tokens[i].start..]).find_map(|phrase| ends(i, phrase))?;
        Some(When { start: tokens[i].start, end, exact: true })
    })
}

fn tokenize(lower: &str, out: &mut [Token; MAX_TOKENS]) -> usize {
    let mut n = 0;
    let mut chars = lower.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if n == MAX_TOKENS {
            break;
        }
        if c.is_whitespace() {
            continue;
        }
        let mut end = start + c.len_utf8();
        let kind = if let Some(first) = c.to_digit(10) {
            let (mut value, mut len) = (first, 1u8);
            while let Some(&(i, c)) = chars.peek() {
                let Some(d) = c.to_digit(10) else { break };
                value = value.saturating_mul(10).saturating_add(d);
                len = len.saturating_add(1);
                end = i + c.len_utf8();
                chars.next();
            }
            Kind::Number(value, len)
        } else if is_letter(c) {
            while let Some(&(i, c)) = chars.peek() {
                if !(is_letter(c) || matches!(c, '\'' | '’' | '‘' | 'ʻ')) {
                    break;
                }
                end = i + c.len_utf8();
                chars.next();
            }
            Kind::Word
        } else {
            Kind::Mark(c)
        };
        out[n] = Token { start, end, kind };
        n += 1;
    }
    n
}

struct Line<'a> {
    text: &'a str,
    tokens: &'a [Token],
}

impl Line<'_> {
    fn word(&self, i: usize) -> Option<&str> {
        let t = self.tokens.get(i).filter(|t| t.kind == Kind::Word)?;
        Some(&self.text[t.start..t.end])
    }

    fn number(&self, i: usize) -> Option<(u32, u8)> {
        match self.tokens.get(i)?.kind {
            Kind::Number(v, len) => Some((v, len)),
            _ => None,
        }
    }

    fn mark(&self, i: usize, marks: &str) -> bool {
        matches!(self.tokens.get(i), Some(Token { kind: Kind::Mark(c), .. }) if marks.contains(*c))
    }

    /// Do tokens `i` and `i + 1` touch?
    fn touch(&self, i: usize) -> bool {
        self.tokens.get(i + 1).is_some_and(|next| next.start == self.tokens[i].end)
    }

    fn month(&self, i: usize) -> bool {
        self.word(i).is_some_and(|w| T_MONTHS.contains(w))
    }

    fn year(&self, i: usize) -> bool {
        self.number(i).is_some_and(|(v, len)| len == 4 && (1990..=2100).contains(&v))
    }

    fn day(&self, i: usize) -> bool {
        self.number(i).is_some_and(|(v, len)| len <= 2 && (1..=31).contains(&v))
    }

    /// May a time begin at token `i`? What [`Line::at`] looks for, told at once for nearly all words.
    fn may_open(&self, i: usize) -> bool {
        match self.tokens[i].kind {
            Kind::Number(..) => true,
            Kind::Mark(_) => false,
            Kind::Word => {
                let rest = &self.text[self.tokens[i].start..];
                let word = &self.text[self.tokens[i].start..self.tokens[i].end];
                T_MONTHS.contains(word)
                    || T_NEAR_DAYS.contains(word)
                    || T_AGO_BEFORE.near(rest).next().is_some()
            }
        }
    }

    /// A time that begins at token `i`.
    fn at(&self, i: usize) -> Option<When> {
        let start = self.tokens[i].start;
        let made = |end: usize, exact: bool| When { start, end: self.tokens[end - 1].end, exact };
        if let Some(end) = self.ago(i) {
            return Some(made(end, true));
        }
        if self.word(i).is_some_and(|w| T_NEAR_DAYS.contains(w)) {
            let end = self.clock_after(i + 1)?;
            return Some(made(end, true));
        }
        if let Some((end, dated)) = self.date(i) {
            return match self.clock_after(end) {
                Some(end) => Some(made(end, true)),
                None => dated.then(|| made(end, false)),
            };
        }
        // The time of day first: "13:39, 28 July 2019".
        let end = self.clock(i)?;
        let at = self.joints(end);
        let (end, _) = self.date(at).filter(|d| d.1)?;
        Some(made(end, true))
    }

    /// "3 hours ago", "vor 3 Stunden", "3h".
    fn ago(&self, i: usize) -> Option<usize> {
        let unit = |i: usize| {
            self.word(i).is_some_and(|w| {
                T_UNITS.near(w).any(|u| w.starts_with(u) && (u.len() > 2 || w == u || w.len() <= u.len() + 2))
            })
        };
        let ago = |i: usize| self.word(i).is_some_and(|w| AGO.contains(&w));
        if let Some((v, len)) = self.number(i) {
            if len > 3 || v > 500 {
                return None;
            }
            if unit(i + 1) {
                if ago(i + 2) {
                    return Some(i + 3);
                }
                // "2 hours 5 minutes ago"
                if self.number(i + 2).is_some() && unit(i + 3) && ago(i + 4) {
                    return Some(i + 5);
                }
                let alone = i == 0 && self.tokens.len() == 2 && self.touch(i);
                return alone.then_some(i + 2);
            }
            return None;
        }
        let rest = &self.text[self.tokens[i].start..];
        let open =
            T_AGO_BEFORE.near(rest).find(|a| rest.starts_with(a) && rest[a.len()..].starts_with(' '))?;
        let from = self.tokens[i].start + open.len();
        let next = (i..self.tokens.len()).find(|&j| self.tokens[j].start >= from)?;
        (self.number(next).is_some() && unit(next + 1)).then_some(next + 2)
    }

    /// A date at token `i`: one past its end, and whether it stands without a time of day.
    fn date(&self, i: usize) -> Option<(usize, bool)> {
        if self.month(i) && self.day(i + 1) {
            let mut end = i + 2;
            if self.word(end).is_some_and(|w| matches!(w, "st" | "nd" | "rd" | "th")) {
                end += 1;
            }
            let year = if self.mark(end, ",.") { end + 1 } else { end };
            return Some(if self.year(year) { (year + 1, true) } else { (end, true) });
        }
        if self.month(i) && self.year(i + 1) {
            return Some((i + 2, true));
        }
        let (value, len) = self.number(i)?;
        if self.day(i) {
            let mut month = i + 1;
            while self.mark(month, ".-/")
                || self.word(month).is_some_and(|w| matches!(w, "st" | "nd" | "rd" | "th" | "er" | "de"))
            {
                month += 1;
            }
            if self.month(month) {
                let mut end = month + 1;
                while self.mark(end, ".,-/") && end < month + 3 {
                    end += 1;
                }
                return Some(if self.year(end) { (end + 1, true) } else { (month + 1, true) });
            }
        }
        // Three numbers with the same mark between.
        let mark = |i: usize, c: char| {
            self.mark(
                i,
                match c {
                    '.' => ".",
                    '/' => "/",
                    _ => "-",
                },
            )
        };
        for c in ['.', '/', '-'] {
            if !(mark(i + 1, c) && mark(i + 3, c)) {
                continue;
            }
            let (Some((b, _)), Some((z, z_len))) = (self.number(i + 2), self.number(i + 4)) else {
                return None;
            };
            let year_first = len == 4 && (1990..=2100).contains(&value) && b <= 12 && z <= 31;
            let year_last =
                value <= 31 && b <= 31 && (z_len == 2 || (z_len == 4 && (1990..=2100).contains(&z)));
            return (year_first || year_last).then_some((i + 5, true));
        }
        // "23.04 20:30"
        (self.mark(i + 1, "./")
            && self.touch(i)
            && value <= 31
            && self.number(i + 2).is_some_and(|(m, l)| m <= 12 && l == 2))
        .then_some((i + 3, false))
    }

    /// Words and marks between date and time of day: at most four tokens.
    fn joints(&self, mut i: usize) -> usize {
        let from = i;
        while i < from + 4 {
            let joint = self.mark(i, ",|/·•-–—@.()t")
                || self.word(i).is_some_and(|w| {
                    matches!(
                        w,
                        "at" | "um"
                            | "à"
                            | "a"
                            | "в"
                            | "во"
                            | "о"
                            | "у"
                            | "on"
                            | "the"
                            | "г"
                            | "года"
                            | "року"
                            | "р"
                            | "ж"
                            | "t"
                            | "le"
                            | "de"
                            | "saat"
                            | "soat"
                            | "сағат"
                            | "соат"
                            | "саат"
                            | "соати"
                    )
                });
            if !joint {
                break;
            }
            i += 1;
        }
        i
    }

    fn clock_after(&self, i: usize) -> Option<usize> {
        self.clock(self.joints(i))
    }

    /// "20:51", "8h07", "2:57 pm", "13:39:46.12+02:00": one past its end.
    fn clock(&self, i: usize) -> Option<usize> {
        let (hour, len) = self.number(i)?;
        if hour > 24 || len > 2 {
            return None;
        }
        let half = |i: usize| self.word(i).is_some_and(|w| matches!(w, "am" | "pm" | "a" | "p" | "uhr"));
        let minute = |i: usize| self.number(i).is_some_and(|(m, len)| m < 60 && len == 2);
        let divided = self.mark(i + 1, ":.") || self.word(i + 1).is_some_and(|w| w == "h" || w == "ч");
        if !(divided && minute(i + 2)) {
            return (half(i + 1) && self.word(i + 1) != Some("a")).then_some(i + 2);
        }
        let mut end = i + 3;
        if self.mark(end, ":") && minute(end + 1) {
            end += 2;
            if self.mark(end, ".") && self.number(end + 1).is_some() {
                end += 2;
            }
        }
        if half(end) {
            end += 1;
            while self.mark(end, ".") || self.word(end) == Some("m") {
                end += 1;
            }
        }
        if self.mark(end, "+-") && self.number(end + 1).is_some_and(|(_, len)| len >= 2) && self.touch(end) {
            end += 2;
            if self.mark(end, ":") && minute(end + 1) {
                end += 2;
            }
        }
        Some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    fn cut(line: &str) -> Option<(String, bool)> {
        let lower = line.to_lowercase();
        find(&lower).map(|w| (lower[w.start..w.end].to_owned(), w.exact))
    }

    #[test]
    fn moments() {
        for (line, time) in [
            ("Posted 10/18/2012 at 2:57 pm | Permalink", "10/18/2012 at 2:57 pm"),
            ("Ivan, 22.04.18 в 20:51", "22.04.18 в 20:51"),
            ("29. Mai 2019 um 17:39", "29. mai 2019 um 17:39"),
            ("Par Anne, le mercredi 15 mai 2019 à 08h07", "15 mai 2019 à 08h07"),
            ("14. 01. 2020, 13:47", "14. 01. 2020, 13:47"),
            ("Olga • 10 часов назад", "10 часов назад"),
            ("Сегодня, 14:02", "сегодня, 14:02"),
            ("vor 3 Stunden", "vor 3 stunden"),
            ("il y a 2 heures", "il y a 2 heures"),
            ("2019-07-28T13:39:46+02:00", "2019-07-28t13:39:46+02:00"),
            ("Do 9 Apr 2020 / 08:34 Antworten", "9 apr 2020 / 08:34"),
            ("24th July 2012 - 19:58", "24th july 2012 - 19:58"),
            ("13:39, 28 июля 2019", "13:39, 28 июля 2019"),
            ("5 күн бұрын", "5 күн бұрын"),
        ] {
            assert_eq!(cut(line), Some((time.to_owned(), true)), "{line}");
        }
    }

    #[test]
    fn days_and_no_times() {
        assert_eq!(cut("October 11, 2012 | Eve"), Some(("october 11, 2012".to_owned(), false)));
        assert_eq!(cut("Март 2018"), Some(("март 2018".to_owned(), false)));
        for line in ["I paid 3.5 for 2", "Chapter 12", "we met at 10:30", "version 1.2.3 is out", ""] {
            assert_eq!(cut(line).map(|t| t.1), None, "{line}");
        }
    }
}
