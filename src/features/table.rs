//! A compact hash table from strings (or pairs) to ids that are kept elsewhere.

const K: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hash of a byte string: eight bytes at a time, folded multiplication. Never reaches an output.
#[inline]
pub(crate) fn hash_bytes(bytes: &[u8]) -> u64 {
    let n = bytes.len();
    let h = (n as u64).wrapping_mul(0xd6e8_feb8_6659_fd93) ^ 0x51_7c_c1_b7_27_22_0a_95;
    if n >= 8 {
        let word = |at: usize| bytes[at..].first_chunk().map_or(0, |w| u64::from_le_bytes(*w));
        let (mut h, mut at) = (h, 0);
        while at + 8 < n {
            h = fold(h ^ word(at), K);
            at += 8;
        }
        // The last eight bytes, some of them seen before: no remainder to copy.
        return fold(fold(h ^ word(n - 8), K), K);
    }
    let short = if n >= 4 {
        let half = |at: usize| bytes[at..].first_chunk().map_or(0, |w| u32::from_le_bytes(*w));
        u64::from(half(0)) | u64::from(half(n - 4)) << 32
    } else if n > 0 {
        u64::from(bytes[0]) | u64::from(bytes[n / 2]) << 8 | u64::from(bytes[n - 1]) << 16
    } else {
        0
    };
    fold(fold(h ^ short, K), K)
}

/// Hash of a pair of ids.
#[inline]
pub(crate) fn hash_pair(a: u32, b: u32) -> u64 {
    fold(u64::from(a) << 32 | u64::from(b), 0xd6e8_feb8_6659_fd93)
}

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    (wide as u64) ^ (wide >> 64) as u64
}

/// Open addressing with linear probing; a slot is 8 bytes: 32 bits of the hash and the id.
///
/// The slot's place comes from the same 32 bits, so the table grows without asking for the keys again.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// `hash << 32 | id + 1`; 0 is free.
    slots: Vec<u64>,
    shift: u32,
    len: usize,
}

impl Table {
    /// An empty table with room for `n` keys.
    pub fn with_capacity(n: usize) -> Self {
        let bits = (n.max(8) * 2).next_power_of_two().trailing_zeros();
        Table { slots: vec![0; 1 << bits], shift: 32 - bits.min(32), len: 0 }
    }

    /// The id whose key has this hash and satisfies `eq`.
    #[inline]
    pub fn find(&self, hash: u64, eq: impl Fn(u32) -> bool) -> Option<u32> {
        let tag = hash >> 32;
        let mask = self.slots.len() - 1;
        let mut at = (tag >> self.shift) as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return None;
            }
            if slot >> 32 == tag {
                let id = slot as u32 - 1;
                if eq(id) {
                    return Some(id);
                }
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a key that is not there yet.
    pub fn insert(&mut self, hash: u64, id: u32) {
        if (self.len + 1) * 8 > self.slots.len() * 5 {
            self.grow();
        }
        self.place((hash >> 32) << 32 | u64::from(id + 1));
        self.len += 1;
    }

    fn place(&mut self, slot: u64) {
        let mask = self.slots.len() - 1;
        let mut at = ((slot >> 32) >> self.shift) as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }

    fn grow(&mut self) {
        let bigger = vec![0; self.slots.len() * 2];
        let old = std::mem::replace(&mut self.slots, bigger);
        self.shift = self.shift.saturating_sub(1);
        for slot in old.into_iter().filter(|s| *s != 0) {
            self.place(slot);
        }
    }
}

/// Strings with ids in the order they were first seen.
#[derive(Debug, Clone)]
pub(crate) struct Strings {
    arena: String,
    ends: Vec<u32>,
    table: Table,
}

impl Default for Strings {
    fn default() -> Self {
        Strings { arena: String::new(), ends: Vec::new(), table: Table::with_capacity(0) }
    }
}

impl Strings {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    #[inline]
    pub fn get(&self, id: u32) -> &str {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] as usize };
        &self.arena[start..self.ends[id] as usize]
    }

    /// The id of `s`, given one if it has none.
    #[inline]
    pub fn intern(&mut self, s: &str) -> u32 {
        let hash = hash_bytes(s.as_bytes());
        if let Some(id) = self.table.find(hash, |id| self.get(id) == s) {
            return id;
        }
        let id = self.ends.len() as u32;
        self.arena.push_str(s);
        self.ends.push(self.arena.len() as u32);
        self.table.insert(hash, id);
        id
    }
}

/// Pairs of ids with ids in the order they were first seen.
#[derive(Debug, Clone)]
pub(crate) struct Pairs {
    pairs: Vec<(u32, u32)>,
    table: Table,
}

impl Default for Pairs {
    fn default() -> Self {
        Pairs { pairs: Vec::new(), table: Table::with_capacity(0) }
    }
}

impl Pairs {
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    pub fn get(&self, id: u32) -> (u32, u32) {
        self.pairs[id as usize]
    }

    #[inline]
    pub fn intern(&mut self, a: u32, b: u32) -> u32 {
        let hash = hash_pair(a, b);
        if let Some(id) = self.table.find(hash, |id| self.pairs[id as usize] == (a, b)) {
            return id;
        }
        let id = self.pairs.len() as u32;
        self.pairs.push((a, b));
        self.table.insert(hash, id);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::{Pairs, Strings, hash_bytes};

    #[test]
    fn ids_are_found_again_after_growth() {
        let mut strings = Strings::default();
        let mut pairs = Pairs::default();
        for i in 0..5000_u32 {
            assert_eq!(strings.intern(&format!("word{i}")), i);
            assert_eq!(pairs.intern(i % 71, i), i);
        }
        for i in 0..5000_u32 {
            assert_eq!(strings.get(i), format!("word{i}"));
            assert_eq!(strings.intern(&format!("word{i}")), i);
            assert_eq!(pairs.intern(i % 71, i), i);
        }
    }

    #[test]
    fn short_strings_that_share_bytes_have_hashes_of_their_own() {
        let mut seen = std::collections::HashSet::new();
        for n in 0..40 {
            for first in [b'a', b'b', 0] {
                for last in [b'a', b'b', 0] {
                    let mut s = vec![b'a'; n];
                    s.first_mut().into_iter().for_each(|b| *b = first);
                    s.last_mut().into_iter().for_each(|b| *b = last);
                    seen.insert((s.clone(), hash_bytes(&s)));
                }
            }
        }
        let hashes: std::collections::HashSet<u64> = seen.iter().map(|(_, h)| *h).collect();
        assert_eq!(hashes.len(), seen.len());
    }
}
