//! Hashes to ids for reading only: one memory access for most answers.

use prefetch_index::prefetch_index;

/// Open addressing with linear probing. A slot holds 40 bits of the key's hash and the id; with those of its place,
/// 57 bits or more tell keys apart, so the keys themselves are not looked at.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    /// `hash >> 24 << 24 | id + 1`; 0 is free.
    slots: Vec<u64>,
}

const ID_BITS: u32 = 24;
const ID_MASK: u64 = (1 << ID_BITS) - 1;

impl Default for Index {
    fn default() -> Self {
        Index::with_capacity(0)
    }
}

impl Index {
    /// Room for `n` keys, fewer than 2^24.
    pub fn with_capacity(n: usize) -> Self {
        Index { slots: vec![0; (n.max(8) * 3 / 2).next_power_of_two()] }
    }

    /// Adds a key; false if there is one with this hash. No more than were made room for.
    pub fn insert(&mut self, hash: u64, id: u32) -> bool {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 {
            if (self.slots[at] ^ hash) >> ID_BITS == 0 {
                return false;
            }
            at = (at + 1) & mask;
        }
        self.slots[at] = hash & !ID_MASK | (u64::from(id) + 1);
        true
    }

    /// Asks for the memory that [`Index::get`] will look at.
    #[inline]
    pub fn prefetch(&self, hash: u64) {
        prefetch_index(&self.slots, hash as usize & (self.slots.len() - 1));
    }

    /// The id of the key with this hash.
    #[inline]
    pub fn get(&self, hash: u64) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return None;
            }
            if (slot ^ hash) >> ID_BITS == 0 {
                return Some((slot & ID_MASK) as u32 - 1);
            }
            at = (at + 1) & mask;
        }
    }
}

/// A bit for each hash that was set, and now and then for another: small enough for the processor's cache, so that
/// most keys that are not there cost no wait.
#[derive(Debug, Clone)]
pub(crate) struct Marks {
    words: Vec<u64>,
}

impl Default for Marks {
    fn default() -> Self {
        Marks::with_capacity(0)
    }
}

impl Marks {
    /// Marks of `n` hashes; one in sixteen or fewer others passes.
    pub fn with_capacity(n: usize) -> Self {
        Marks { words: vec![0; (n.max(4) * 16).next_power_of_two() / 64] }
    }

    #[inline]
    fn place(&self, hash: u64) -> (usize, u64) {
        ((hash >> 38) as usize & (self.words.len() - 1), 1 << (hash >> 32 & 63))
    }

    /// Asks for the memory that [`Marks::may_hold`] will look at.
    #[inline]
    pub fn prefetch(&self, hash: u64) {
        prefetch_index(&self.words, self.place(hash).0);
    }

    /// Sets the mark of a hash.
    pub fn set(&mut self, hash: u64) {
        let (at, bit) = self.place(hash);
        self.words[at] |= bit;
    }

    /// Whether a hash may have been set.
    #[inline]
    pub fn may_hold(&self, hash: u64) -> bool {
        let (at, bit) = self.place(hash);
        self.words[at] & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::{Index, Marks};
    use crate::features::table::hash_pair;

    #[test]
    fn ids_are_found_by_their_hash_and_no_hash_twice() {
        let mut index = Index::with_capacity(5000);
        for i in 0..5000 {
            assert!(index.insert(hash_pair(i % 71, i), i));
        }
        assert!(!index.insert(hash_pair(0, 0), 7));
        for i in 0..5000 {
            assert_eq!(index.get(hash_pair(i % 71, i)), Some(i));
        }
        assert_eq!(index.get(hash_pair(70, 5000)), None);
        assert_eq!(Index::default().get(1), None);
    }

    #[test]
    fn a_hash_that_was_set_is_marked_and_few_others_are() {
        let mut marks = Marks::with_capacity(1000);
        (0..1000).for_each(|i| marks.set(hash_pair(1, i)));
        assert!((0..1000).all(|i| marks.may_hold(hash_pair(1, i))));
        assert!((0..1000).filter(|i| marks.may_hold(hash_pair(2, *i))).count() < 130);
    }
}
