//! Tables of phrases, searched by how a text begins.

use rustc_hash::{FxHashMap, FxHashSet};

/// A table of phrases, found by their first two letters.
///
/// Nearly all that is looked up begins as no phrase does, so a set of hashed beginnings is asked first.
pub(crate) struct Table {
    by_first: FxHashMap<(char, char), Vec<&'static str>>,
    /// Phrases of one letter.
    single: Vec<&'static str>,
    beginnings: Beginnings,
    whole: FxHashSet<&'static str>,
    whole_beginnings: Beginnings,
    max_len: usize,
}

/// A set of hashed beginnings.
#[derive(Default)]
struct Beginnings([u64; 32]);

impl Beginnings {
    fn insert(&mut self, first: (char, char)) {
        let (slot, bit) = place(first);
        self.0[slot] |= bit;
    }

    fn has(&self, first: (char, char)) -> bool {
        let (slot, bit) = place(first);
        self.0[slot] & bit != 0
    }
}

impl Table {
    pub(crate) fn new(phrases: &[&'static str]) -> Self {
        let mut table = Table {
            by_first: FxHashMap::default(),
            single: Vec::new(),
            beginnings: Beginnings::default(),
            whole: phrases.iter().copied().collect(),
            whole_beginnings: Beginnings::default(),
            max_len: phrases.iter().map(|p| p.len()).max().unwrap_or(0),
        };
        for phrase in phrases {
            if let Some(first) = beginning(phrase) {
                table.whole_beginnings.insert(first);
            }
            let phrase = phrase.trim_start_matches(|c: char| !c.is_alphanumeric());
            match beginning(phrase) {
                Some(first) => {
                    table.beginnings.insert(first);
                    table.by_first.entry(first).or_default().push(phrase);
                }
                None => table.single.push(phrase),
            }
        }
        table
    }

    /// Phrases that may be how `text` begins.
    pub(crate) fn near<'t>(&'t self, text: &'t str) -> impl Iterator<Item = &'static str> + Clone + 't {
        let found = beginning(text).filter(|&first| self.beginnings.has(first));
        let found = found.and_then(|first| self.by_first.get(&first)).map_or(&[][..], Vec::as_slice);
        let single = self.single.iter().filter(|p| text.starts_with(**p));
        found.iter().chain(single).copied()
    }

    /// Is `text` one of the phrases?
    pub(crate) fn contains(&self, text: &str) -> bool {
        text.len() <= self.max_len
            && beginning(text).is_none_or(|first| self.whole_beginnings.has(first))
            && self.whole.contains(text)
    }
}

/// The first two letters; any space is one space. `None` for a text of one letter.
fn beginning(text: &str) -> Option<(char, char)> {
    let mut chars = text.chars();
    let (first, second) = (chars.next()?, chars.next()?);
    Some((first, if second.is_whitespace() { ' ' } else { second }))
}

fn place((first, second): (char, char)) -> (usize, u64) {
    let hash = (first as u32).wrapping_mul(37).wrapping_add(second as u32) & 2047;
    ((hash / 64) as usize, 1 << (hash % 64))
}
