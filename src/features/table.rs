//! A compact hash table from strings (or pairs) to ids that are kept elsewhere.

/// Hash of a byte string: eight bytes at a time, folded multiplication. Never reaches an output.
#[inline]
pub(crate) fn hash_bytes(bytes: &[u8]) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut h = bytes.len() as u64 ^ 0x51_7c_c1_b7_27_22_0a_95;
    let mut chunks = bytes.chunks_exact(8);
    for c in &mut chunks {
        let word = u64::from_le_bytes([c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]]);
        h = fold(h ^ word, K);
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        h = fold(h ^ u64::from_le_bytes(last), K);
    }
    fold(h, K)
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

    /// The first slot a hash leads to.
    #[inline]
    pub fn first_slot(&self, hash: u64) -> u64 {
        self.slots[((hash >> 32) >> self.shift) as usize & (self.slots.len() - 1)]
    }

    /// The id in a slot, if its part of the hash is that of `hash`.
    #[inline]
    pub fn id_in(slot: u64, hash: u64) -> Option<u32> {
        (slot != 0 && slot >> 32 == hash >> 32).then(|| slot as u32 - 1)
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
    /// Room for `n` strings, as far as memory asked for in advance goes.
    pub fn with_capacity(n: usize) -> Self {
        Strings { arena: String::new(), ends: Vec::new(), table: Table::with_capacity(n.min(1 << 20)) }
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    #[inline]
    pub fn get(&self, id: u32) -> &str {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] as usize };
        &self.arena[start..self.ends[id] as usize]
    }

    #[inline]
    pub fn find(&self, s: &str) -> Option<u32> {
        self.table.find(hash_bytes(s.as_bytes()), |id| self.get(id) == s)
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
    /// Room for `n` pairs, as far as memory asked for in advance goes.
    pub fn with_capacity(n: usize) -> Self {
        Pairs { pairs: Vec::new(), table: Table::with_capacity(n.min(1 << 20)) }
    }

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

/// Pairs to ids for reading only: one memory access for most answers.
///
/// A slot holds 40 bits of the pair's hash and the id; with those of its place, 60 bits or so tell pairs apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct PairIndex {
    /// `hash >> 24 << 24 | id + 1`; 0 is free.
    slots: Vec<u64>,
}

const ID_BITS: u32 = 24;
const ID_MASK: u64 = (1 << ID_BITS) - 1;

impl PairIndex {
    /// An index of all `pairs`; fewer than 2^24.
    pub fn new(pairs: &Pairs) -> Self {
        let mut slots = vec![0_u64; (pairs.len().max(8) * 2).next_power_of_two()];
        let mask = slots.len() - 1;
        for (id, &(a, b)) in pairs.pairs.iter().enumerate() {
            let hash = hash_pair(a, b);
            let mut at = hash as usize & mask;
            while slots[at] != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = hash & !ID_MASK | (id as u64 + 1);
        }
        PairIndex { slots }
    }

    /// The first slot of a pair's hash; the first half of a lookup, apart so that waiting for memory overlaps.
    #[inline]
    pub fn first_slot(&self, hash: u64) -> u64 {
        self.slots[hash as usize & (self.slots.len() - 1)]
    }

    /// The id of the pair with this hash, whose first slot was fetched.
    #[inline]
    pub fn find(&self, hash: u64, first_slot: u64) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let (mut at, mut slot) = (hash as usize & mask, first_slot);
        while slot != 0 {
            if (slot ^ hash) >> ID_BITS == 0 {
                return Some((slot & ID_MASK) as u32 - 1);
            }
            at = (at + 1) & mask;
            slot = self.slots[at];
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{PairIndex, Pairs, Strings, hash_pair};

    #[test]
    fn ids_are_found_again_after_growth() {
        let mut strings = Strings::default();
        let mut pairs = Pairs::default();
        for i in 0..5000_u32 {
            assert_eq!(strings.intern(&format!("word{i}")), i);
            assert_eq!(pairs.intern(i % 71, i), i);
        }
        let index = PairIndex::new(&pairs);
        let find = |a, b| index.find(hash_pair(a, b), index.first_slot(hash_pair(a, b)));
        assert_eq!(find(70, 5000), None);
        for i in 0..5000_u32 {
            assert_eq!(strings.find(&format!("word{i}")), Some(i));
            assert_eq!(strings.get(i), format!("word{i}"));
            assert_eq!(find(i % 71, i), Some(i));
            assert_eq!(pairs.intern(i % 71, i), i);
        }
        assert_eq!(strings.find("word5000"), None);
        assert_eq!(strings.intern("word17"), 17);
    }
}
