//! The fast lane: a chunk of Latin and Russian letters with plain punctuation, as most are, is normalised and cut
//! into words in one pass over its bytes.

use std::ops::Range;

use super::language::{CYRILLIC_BITS, OfChunk};

/// Chunks as [`super::normalise`] leaves them, folded or not, and their words. Room that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct Plain {
    /// The chunks, normalised, one after the other.
    text: Vec<u8>,
    words: Vec<Word>,
}

/// A word of a plain chunk, and what its letters say about the language.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Word {
    start: usize,
    end: usize,
    n_latin: usize,
    n_cyrillic: usize,
    seen: u32,
}

impl Word {
    /// Adds the word's evidence; `votes` are the languages that have it as a function word.
    pub fn add_to(&self, evidence: &mut OfChunk, votes: u8) {
        evidence.add_word(self.n_latin, self.n_cyrillic, self.seen, votes);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Ascii {
    Letter,
    Mark,
    /// What normalising may change, or what language detection reads in a way of its own.
    Other,
}

const ASCII: [Ascii; 128] = {
    let mut table = [Ascii::Mark; 128];
    let mut b = 0;
    while b < 128 {
        let c = b as u8;
        if c.is_ascii_alphabetic() {
            table[b] = Ascii::Letter;
        } else if c.is_ascii_digit() || matches!(c, b'_' | b'\'' | b'@' | b'#' | b':' | b']') {
            table[b] = Ascii::Other;
        }
        b += 1;
    }
    table
};

impl Plain {
    /// Forgets all chunks.
    pub fn clear(&mut self) {
        self.text.clear();
        self.words.clear();
    }

    /// Number of words, and length of the text, so far.
    pub fn ends(&self) -> (usize, usize) {
        (self.words.len(), self.text.len())
    }

    /// Reads one more chunk; false, and nothing is changed, if it is not plain.
    pub fn read(&mut self, chunk: &str) -> bool {
        let (words, text) = self.ends();
        let plain = self.try_read(chunk);
        if !plain {
            self.words.truncate(words);
            self.text.truncate(text);
        }
        plain
    }

    /// Adds a chunk that another has normalised.
    pub fn push(&mut self, normal: &str) {
        let before = self.text.len();
        self.text.extend_from_slice(normal.as_bytes());
        let start = |word: &str| before + (word.as_ptr() as usize - normal.as_ptr() as usize);
        self.words.extend(super::words(normal).map(|word| {
            let start = start(word);
            Word { start, end: start + word.len(), ..Word::default() }
        }));
    }

    fn try_read(&mut self, chunk: &str) -> bool {
        let bytes = chunk.as_bytes();
        let mut word = Word { start: self.text.len(), ..Word::default() };
        // Three of a letter are no plain word.
        let (mut last, mut run) = (0, 0);
        let mut i = 0;
        while let Some(&b) = bytes.get(i) {
            let next = bytes.get(i + 1).copied().unwrap_or(0);
            let letter = match b {
                0..=0x7f => {
                    i += 1;
                    match ASCII[b as usize] {
                        Ascii::Letter => {
                            self.text.push(b | 0x20);
                            word.n_latin += 1;
                            u32::from(b | 0x20)
                        }
                        Ascii::Mark => {
                            self.text.push(b);
                            0
                        }
                        Ascii::Other => return false,
                    }
                }
                0xd0 | 0xd1 => {
                    i += 2;
                    let c = u32::from(b & 0x1f) << 6 | u32::from(next & 0x3f);
                    let lower = match c {
                        0x400..=0x40f => c + 0x50,
                        0x410..=0x42f => c + 0x20,
                        0x430..=0x45f => c,
                        _ => return false,
                    };
                    if lower == 'ё' as u32 {
                        return false;
                    }
                    self.text.extend_from_slice(&[0xc0 | (lower >> 6) as u8, 0x80 | (lower & 0x3f) as u8]);
                    word.n_cyrillic += 1;
                    word.seen |= CYRILLIC_BITS[(lower - 0x430) as usize];
                    lower
                }
                // « and »
                0xc2 if matches!(next, 0xab | 0xbb) => {
                    self.text.extend_from_slice(&[b, next]);
                    i += 2;
                    0
                }
                // – — “ ” „ …
                0xe2 if next == 0x80
                    && matches!(bytes.get(i + 2), Some(0x93 | 0x94 | 0x9c..=0x9e | 0xa6)) =>
                {
                    self.text.extend_from_slice(&bytes[i..i + 3]);
                    i += 3;
                    0
                }
                _ => return false,
            };
            if letter == 0 {
                self.end(&mut word);
                (last, run) = (0, 0);
                continue;
            }
            run = if letter == last { run + 1 } else { 1 };
            last = letter;
            if run == 3 {
                return false;
            }
            word.end = self.text.len();
        }
        self.end(&mut word);
        true
    }

    fn end(&mut self, word: &mut Word) {
        if word.end > word.start {
            self.words.push(*word);
        }
        *word = Word { start: self.text.len(), ..Word::default() };
    }

    /// A part of the text.
    pub fn text(&self, range: Range<usize>) -> &str {
        std::str::from_utf8(&self.text[range]).unwrap_or_default()
    }

    /// All words.
    pub fn words(&self) -> impl Iterator<Item = (&[u8], &Word)> {
        self.words.iter().map(|w| (&self.text[w.start..w.end], w))
    }

    /// Some of the words.
    pub fn words_of(&self, range: Range<usize>) -> impl Iterator<Item = (&str, &Word)> {
        let text = |w: &Word| std::str::from_utf8(&self.text[w.start..w.end]).unwrap_or_default();
        self.words[range].iter().map(move |w| (text(w), w))
    }
}

#[cfg(test)]
mod tests {
    use super::Plain;
    use crate::tokens::language::OfChunk;
    use crate::tokens::{function_words, normalise, words};

    fn check(chunk: &str) -> bool {
        let mut plain = Plain::default();
        if !plain.read(chunk) {
            return false;
        }
        let mut evidence = OfChunk::default();
        for (word, of) in plain.words() {
            of.add_to(&mut evidence, function_words::languages(std::str::from_utf8(word).unwrap()));
        }
        assert_eq!(evidence, OfChunk::new(chunk), "{chunk}");
        for fold in [true, false] {
            let normal = normalise(chunk, fold);
            assert_eq!(plain.text(0..plain.ends().1), normal, "{chunk}");
            let found: Vec<&[u8]> = plain.words().map(|(w, _)| w).collect();
            assert_eq!(found, words(&normal).map(str::as_bytes).collect::<Vec<_>>(), "{chunk}");
        }
        true
    }

    #[test]
    fn the_fast_lane_leads_where_the_other_leads() {
        for chunk in ["Нет,", "«Что-то»", "USA/Russia…", "(Это", "—", "the.", "Їжа", "", "[так"]
        {
            assert!(check(chunk), "{chunk}");
        }
        for chunk in
            ["её", "don't", "нееет", "www.x", "a_b", "2022", "@я", "#я", "қазақ", "a\u{301}", "[a](http"]
        {
            assert!(!check(chunk), "{chunk}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_plain_chunk_is_read_as_the_slow_lane_reads_it(
            chunk in "[a-zA-Zа-яА-ЯіїєІЇёјѐЏ.,!?()\\[\\]/«»—–…“”„’'@#:_0-9ә-]{0,14}",
        ) {
            check(&chunk);
        }
    }
}
