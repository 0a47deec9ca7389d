//! What is remembered of chunks and words that were seen before. What is said of a comment does not depend on it.

use prefetch_index::prefetch_index;
use rustc_hash::FxHashMap;

use super::analyser::ID_BITS;
use crate::tokens::language::OfChunk;

/// One chunk under one stemming: its term ids, and what it says about the language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// All 64 bits tell chunks apart: two of a million share them once in 30 million runs.
    pub hash: u64,
    /// Where the ids begin: those of words, of character n-grams, of vectors. The id itself where there is but one.
    pub start: u32,
    pub n_words: u16,
    pub n_chars: u16,
    pub n_vectors: u8,
    /// Whether the chunk is one word and nothing else is known of it.
    pub single: bool,
    /// Index of the evidence.
    pub evidence: u32,
}

/// Entries, their ids and their evidence.
#[derive(Default)]
pub(super) struct Arena {
    entries: Vec<Entry>,
    pub ids: Vec<u32>,
    evidence: Vec<OfChunk>,
    /// Where to find evidence that was met before: chunks differ more than what they say about the language.
    known: FxHashMap<OfChunk, u32>,
}

impl Arena {
    pub fn clear(&mut self) {
        self.entries.clear();
        self.ids.clear();
        self.evidence.clear();
        self.known.clear();
    }

    #[inline]
    pub fn entry(&self, index: u32) -> &Entry {
        &self.entries[index as usize]
    }

    #[inline]
    pub fn evidence(&self, index: u32) -> &OfChunk {
        &self.evidence[self.entry(index).evidence as usize]
    }

    /// Asks for the first ids of an entry.
    #[inline]
    pub fn prefetch_ids(&self, entry: &Entry) {
        prefetch_index(&self.ids, entry.start as usize);
    }

    /// Adds an entry with evidence of its own; its index.
    pub fn push(&mut self, entry: Entry, evidence: OfChunk) -> u32 {
        self.evidence.push(evidence);
        self.entries.push(Entry { evidence: (self.evidence.len() - 1) as u32, ..entry });
        (self.entries.len() - 1) as u32
    }

    /// Adds an entry whose evidence may be that of another; its index.
    fn push_shared(&mut self, entry: Entry, evidence: OfChunk) -> u32 {
        let next = self.evidence.len() as u32;
        let found = *self.known.entry(evidence).or_insert(next);
        if found == next {
            self.evidence.push(evidence);
        }
        self.entries.push(Entry { evidence: found, ..entry });
        (self.entries.len() - 1) as u32
    }
}

/// Most chunks that are remembered, and most ids; beyond them all are forgotten.
const MAX_CHUNKS: usize = (1 << 16) - 2;
const MAX_IDS: usize = 1 << 20;
/// Places for marks of chunks met once.
const N_ONCE: usize = 1 << 15;

/// Chunks that are remembered, by hash.
pub(super) struct Chunks {
    pub arena: Arena,
    /// 16 bits of the hash and the index plus one; 0 is free. Small, so that most of it stays in the processor's cache.
    slots: Vec<u32>,
    /// Marks, by hash, of chunks met once: only those met again are remembered, so that what occurs once in
    /// millions of comments does not push the rest out.
    once: Vec<u32>,
}

impl Default for Chunks {
    fn default() -> Self {
        Chunks { arena: Arena::default(), slots: vec![0; 1 << 9], once: vec![0; N_ONCE] }
    }
}

impl Chunks {
    /// Forgets all when there are too many; between comments, as indices die.
    pub fn make_room(&mut self) {
        if self.arena.ids.len() > MAX_IDS || self.arena.entries.len() > MAX_CHUNKS * 15 / 16 {
            self.arena.clear();
            self.slots.fill(0);
        }
    }

    #[inline]
    fn place(&self, hash: u64) -> usize {
        (hash >> 16) as usize & (self.slots.len() - 1)
    }

    /// Asks for the slot a hash leads to first.
    #[inline]
    pub fn prefetch(&self, hash: u64) {
        prefetch_index(&self.slots, self.place(hash));
    }

    /// Asks for the entry that the slot a hash leads to first is of.
    #[inline]
    pub fn prefetch_entry(&self, hash: u64) {
        // Of a free slot it is one that is not there, which asks for nothing.
        let slot = self.slots[self.place(hash)];
        prefetch_index(&self.arena.entries, (slot & 0xffff).wrapping_sub(1) as usize);
    }

    /// Index of the chunk with this hash.
    #[inline]
    pub fn find(&self, hash: u64) -> Option<u32> {
        let mut at = self.place(hash);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return None;
            }
            let index = (slot & 0xffff) - 1;
            if slot >> 16 == (hash >> 48) as u32 && self.arena.entry(index).hash == hash {
                return Some(index);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// Whether a chunk is worth remembering; marks it as met.
    pub fn is_worth_it(&mut self, hash: u64) -> bool {
        let mark = (hash >> 32) as u32 | 1;
        let met = std::mem::replace(&mut self.once[hash as usize % N_ONCE], mark) == mark;
        met && self.arena.entries.len() < MAX_CHUNKS
    }

    /// Remembers a chunk that is not known; its index.
    pub fn insert(&mut self, entry: Entry, evidence: OfChunk) -> u32 {
        if (self.arena.entries.len() + 1) * 2 > self.slots.len() {
            self.slots = vec![0; self.slots.len() * 4];
            for index in 0..self.arena.entries.len() as u32 {
                self.link(self.arena.entry(index).hash, index);
            }
        }
        let index = self.arena.push_shared(entry, evidence);
        self.link(entry.hash, index);
        index
    }

    fn link(&mut self, hash: u64, index: u32) {
        let mut at = self.place(hash);
        while self.slots[at] != 0 {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = ((hash >> 48) as u32) << 16 | (index + 1);
    }
}

/// What is known of one word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Known {
    /// Its id and flags, as [`super::analyser::Lexicon::word`] gives them.
    pub id: u32,
    /// Ids in the tables of word vectors, plus one; [`NO_VECTOR`] where there is none.
    pub vectors: [u32; 2],
    /// Whether some language has it as a function word.
    pub votes: bool,
}

/// A word without a vector.
pub(super) const NO_VECTOR: u32 = 0;

/// Pairs of slots at first, for an article or two, and where there is more to read.
const FEW_PAIRS: usize = 1 << 12;
const MANY_PAIRS: usize = 1 << 17;
/// Bits of a slot that hold what is known: id and flags, then the vote.
const KNOWN_BITS: u32 = ID_BITS + 3;
const VOTES: u64 = 1 << (KNOWN_BITS - 1);
const KNOWN: u64 = (1 << KNOWN_BITS) - 1;

/// Words under a stemming, by hash, and what is known of them: chunks differ by punctuation and capitals, their words
/// do not, and a stemmer costs more than a lookup. Of the words that share a pair of slots the last two stay.
pub(super) struct Words {
    /// The hash's upper 37 bits and what is known; 0 is free. With the bits of the place 54 tell words apart.
    pairs: Vec<[u64; 2]>,
    /// Ids in the tables of word vectors, slot by slot; none without vectors.
    vectors: Vec<[[u32; 2]; 2]>,
    n_used: usize,
}

impl Words {
    /// With or without room for ids of word vectors.
    pub fn new(with_vectors: bool) -> Self {
        let vectors = if with_vectors { vec![[[NO_VECTOR; 2]; 2]; FEW_PAIRS] } else { Vec::new() };
        Words { pairs: vec![[0; 2]; FEW_PAIRS], vectors, n_used: 0 }
    }

    /// Number of words that were remembered so far.
    pub fn len(&self) -> usize {
        self.n_used
    }

    /// Takes more room where there is too little. What was known is forgotten: it is little, and the place of a word
    /// cannot be told from its slot.
    pub fn make_room(&mut self) {
        if self.n_used > FEW_PAIRS && self.pairs.len() == FEW_PAIRS {
            self.pairs = vec![[0; 2]; MANY_PAIRS];
            if !self.vectors.is_empty() {
                self.vectors = vec![[[NO_VECTOR; 2]; 2]; MANY_PAIRS];
            }
        }
    }

    #[inline]
    fn place(&self, hash: u64) -> usize {
        (hash >> 8) as usize & (self.pairs.len() - 1)
    }

    /// Asks for the memory that [`Words::get`] will look at.
    #[inline]
    pub fn prefetch(&self, hash: u64) {
        prefetch_index(&self.pairs, self.place(hash));
        if !self.vectors.is_empty() {
            prefetch_index(&self.vectors, self.place(hash));
        }
    }

    /// What is known of the word with this hash; what `find` says of it where nothing is.
    #[inline]
    pub fn get(&mut self, hash: u64, find: impl FnOnce() -> Known) -> Known {
        let at = self.place(hash);
        let pair = &mut self.pairs[at];
        if let Some(i) = pair.iter().position(|slot| slot & !KNOWN == hash & !KNOWN && *slot != 0) {
            let vectors = self.vectors.get(at).map_or([NO_VECTOR; 2], |v| v[i]);
            return Known { id: (pair[i] & (VOTES - 1)) as u32, vectors, votes: pair[i] & VOTES != 0 };
        }
        let known = find();
        self.n_used += usize::from(pair[1] == 0);
        let votes = if known.votes { VOTES } else { 0 };
        *pair = [hash & !KNOWN | votes | u64::from(known.id), pair[0]];
        if let Some(vectors) = self.vectors.get_mut(at) {
            *vectors = [known.vectors, vectors[0]];
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_met_twice_is_found_and_a_word_is_asked_for_once() {
        let mut chunks = Chunks::default();
        let hash = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for i in 1..3000 {
            assert!(!chunks.is_worth_it(hash(i)));
            assert!(chunks.is_worth_it(hash(i)));
            let entry = Entry {
                hash: hash(i),
                start: i as u32,
                n_words: 1,
                n_chars: 0,
                n_vectors: 0,
                single: true,
                evidence: 0,
            };
            chunks.insert(entry, OfChunk::default());
        }
        for i in 1..3000 {
            let found = chunks.find(hash(i)).unwrap();
            assert_eq!(u64::from(chunks.arena.entry(found).start), i);
        }
        assert_eq!(chunks.find(hash(3000)), None);

        let mut words = Words::new(true);
        for i in 1..200_000 {
            words.make_room();
            let told =
                |i: u64| Known { id: i as u32, vectors: [i as u32, NO_VECTOR], votes: i.is_multiple_of(3) };
            words.get(hash(i), || told(i));
            let again = words.get(hash(i), || unreachable!("it was just told"));
            assert_eq!(again, told(i));
        }
    }
}
