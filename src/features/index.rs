//! Hashes to ids for reading only: one memory access for most answers.

/// Open addressing with linear probing. A slot holds 40 bits of the key's hash and the id; with those of its place,
/// 57 bits or more tell keys apart, so the keys themselves are not looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    /// `hash >> 24 << 24 | id + 1`; 0 is free.
    slots: Vec<u64>,
}

const ID_BITS: u32 = 24;
const ID_MASK: u64 = (1 << ID_BITS) - 1;

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

    /// The first slot of a hash; the first half of a lookup, apart so that waiting for memory overlaps.
    #[inline]
    pub fn first_slot(&self, hash: u64) -> u64 {
        self.slots[hash as usize & (self.slots.len() - 1)]
    }

    /// The id of the key with this hash, whose first slot was fetched.
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

    /// The id of the key with this hash.
    #[inline]
    pub fn get(&self, hash: u64) -> Option<u32> {
        if self.slots.is_empty() { None } else { self.find(hash, self.first_slot(hash)) }
    }
}

#[cfg(test)]
mod tests {
    use super::Index;
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
}
