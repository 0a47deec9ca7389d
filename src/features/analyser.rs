//! text -> term ids, through a cache from surface forms: a chunk that was seen before costs one lookup.

use super::Recipe;
use super::embedding::{Embedding, group};
use super::table::{Table, hash_bytes};
use crate::tokens::language::{Evidence, OfChunk, guessed_part};
use crate::tokens::stem::Stemming;
use crate::tokens::{char_ngrams, for_each_chunk, normalise, words};

/// Gives ids to terms; a growing one in training, a fixed one in scoring.
pub(crate) trait Lexicon {
    /// Id of a (stemmed) word.
    fn word(&mut self, word: &str) -> Option<u32>;
    /// Id of a character n-gram.
    fn chars(&mut self, gram: &str) -> Option<u32>;
    /// Ids of pairs of adjoining words, in their order; `slots` is room to work in.
    fn bigrams(&mut self, pairs: &[(u32, u32)], slots: &mut Vec<(u64, u64)>, f: impl FnMut(u32));
}

/// Kinds of terms, as indices.
pub(crate) const WORDS: usize = 0;
pub(crate) const BIGRAMS: usize = 1;
pub(crate) const CHARS: usize = 2;

/// Terms of one kind in one comment: how often each occurs, in order of first occurrence.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Vec<u8>,
    touched: Vec<u32>,
}

/// A term frequency is counted up to this.
pub(crate) const MAX_TF: usize = 255;

impl Tally {
    #[inline]
    fn add(&mut self, id: u32) {
        let i = id as usize;
        if i >= self.counts.len() {
            self.counts.resize((i + 1).next_power_of_two(), 0);
        }
        let count = &mut self.counts[i];
        if *count == 0 {
            self.touched.push(id);
        }
        *count = count.saturating_add(1);
    }

    /// Hands out each term with its frequency and forgets them.
    #[inline]
    pub fn drain(&mut self, mut f: impl FnMut(u32, u8)) {
        for id in self.touched.drain(..) {
            f(id, std::mem::take(&mut self.counts[id as usize]));
        }
    }
}

/// What is known of a comment beside its terms.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Facts {
    /// Language, where the text tells.
    pub lang: Option<&'static str>,
    /// Number of words.
    pub n_words: u32,
    /// Number of words the lexicon does not know.
    pub n_unknown: u32,
    /// Number of chunks; 0 for a text without anything to read.
    pub n_chunks: u32,
}

/// A word the lexicon does not know; it breaks bigrams.
const UNKNOWN: u32 = u32::MAX;

/// One chunk as remembered: what it says about the language, and its term ids under one stemming.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// All 64 bits tell chunks apart: two of a million share them once in 30 million runs.
    hash: u64,
    evidence: OfChunk,
    /// Ids of words begin here, then come those of character n-grams, then those of vectors.
    start: u32,
    n_words: u16,
    n_chars: u16,
    /// Ids of words in the tables of word vectors follow.
    n_vectors: u16,
    stemming: Stemming,
    /// Whether the ids are filled for `stemming`.
    known: bool,
}

/// The cache is emptied when it grows beyond these; what is said of a comment does not depend on it.
const MAX_IDS: usize = 1 << 20;
const MAX_ENTRIES: usize = 1 << 16;
/// Longer chunks are worked out anew each time, in pieces of this many bytes.
const MAX_CHUNK: usize = 1 << 10;

/// Places for marks of chunks met once.
const N_ONCE: usize = 1 << 15;

/// A chunk of the comment at hand.
#[derive(Debug, Clone, Copy)]
struct Seen {
    hash: u64,
    /// First slot of the table for the hash.
    slot: u64,
    /// Where it lies in the text.
    start: u32,
    len: u32,
    /// Its entry.
    index: u32,
}

/// Bit of an index into [`Analyser::fresh`].
const FRESH: u32 = 1 << 31;
/// Most vector ids of one chunk.
const MAX_VECTORS: usize = 64;

/// Entries and their ids.
#[derive(Default)]
struct Arena {
    entries: Vec<Entry>,
    ids: Vec<u32>,
}

impl Arena {
    fn clear(&mut self) {
        self.entries.clear();
        self.ids.clear();
    }
}

/// What is known of one word.
#[derive(Debug, Clone, Copy)]
struct Known {
    id: u32,
    /// Ids in the tables of word vectors.
    vectors: [u32; 2],
}

/// Words and what is known of them: chunks differ by punctuation and capitals, their words do not, and a stemmer
/// costs more than a lookup.
struct Stems {
    table: Table,
    words: Vec<(u64, Known)>,
}

impl Default for Stems {
    fn default() -> Self {
        Stems { table: Table::with_capacity(1 << 10), words: Vec::new() }
    }
}

impl Stems {
    /// What is known of a word under a stemming; `find` is asked, with its stem, where that is not known yet.
    fn get(&mut self, word: &str, stemming: Option<Stemming>, find: impl FnOnce(&str) -> Known) -> Known {
        let hash = hash_bytes(word.as_bytes()).wrapping_add(stemming.map_or(0, Stemming::code));
        if let Some(i) = self.table.find(hash, |i| self.words[i as usize].0 == hash) {
            return self.words[i as usize].1;
        }
        let stem = stemming.and_then(|s| s.stem(word));
        let known = find(stem.as_deref().unwrap_or(word));
        if self.words.len() > MAX_ENTRIES {
            *self = Stems::default();
        }
        self.table.insert(hash, self.words.len() as u32);
        self.words.push((hash, known));
        known
    }
}

/// Bit of a vector id that tells the group.
const GROUP: u32 = 1 << 31;

/// Turns comments into tallies of term ids.
pub(crate) struct Analyser<'e, L> {
    pub lexicon: L,
    embedding: Option<&'e Embedding>,
    /// Vector ids of the comment at hand.
    vector_ids: Vec<u32>,
    /// Pairs of adjoining words of the comment at hand.
    pairs: Vec<(u32, u32)>,
    slots: Vec<(u64, u64)>,
    recipe: Recipe,
    /// Chunks that are remembered, and where to find them by hash.
    kept: Arena,
    table: Table,
    /// Chunks of the comment at hand that are not.
    fresh: Arena,
    stems: Stems,
    /// The chunks of the comment at hand.
    row: Vec<Seen>,
    /// Marks, by hash, of chunks met once: only those met again are remembered, so that what occurs once in
    /// millions of comments does not push the rest out of the processor's caches.
    once: Vec<u32>,
    /// Word 1-grams, word 2-grams, character n-grams of the comment at hand.
    pub tallies: [Tally; 3],
}

impl<'e, L: Lexicon> Analyser<'e, L> {
    pub fn new(lexicon: L, recipe: &Recipe, embedding: Option<&'e Embedding>) -> Self {
        Analyser {
            lexicon,
            embedding,
            vector_ids: Vec::new(),
            pairs: Vec::new(),
            slots: Vec::new(),
            recipe: recipe.clone(),
            kept: Arena::default(),
            table: Table::with_capacity(1 << 12),
            fresh: Arena::default(),
            stems: Stems::default(),
            row: Vec::new(),
            once: vec![0; N_ONCE],
            tallies: Default::default(),
        }
    }

    /// Tallies the terms of `text` (the tallies must be empty, as [`Tally::drain`] leaves them).
    pub fn analyse(&mut self, text: &str) -> Facts {
        if self.kept.ids.len() > MAX_IDS || self.kept.entries.len() > MAX_ENTRIES {
            self.kept.clear();
            self.table = Table::with_capacity(1 << 12);
        }
        self.fresh.clear();
        let mut row = std::mem::take(&mut self.row);
        row.clear();
        let mut push = |chunk: &str| {
            let start = chunk.as_ptr() as usize - text.as_ptr() as usize;
            let hash = hash_bytes(chunk.as_bytes());
            row.push(Seen { hash, slot: 0, start: start as u32, len: chunk.len() as u32, index: 0 });
        };
        for_each_chunk(text, |mut chunk| {
            while chunk.len() > MAX_CHUNK {
                let (head, tail) = chunk.split_at(chunk.floor_char_boundary(MAX_CHUNK));
                push(head);
                chunk = tail;
            }
            push(chunk);
        });
        // The first slots are fetched in a loop of their own, so that waiting for memory overlaps.
        for seen in &mut row {
            seen.slot = self.table.first_slot(seen.hash);
        }
        let mut evidence = Evidence::default();
        for seen in &mut row {
            let chunk = &text[seen.start as usize..(seen.start + seen.len) as usize];
            seen.index = self.entry(seen, chunk);
            evidence.add(&self.arena(seen.index).entries[(seen.index & !FRESH) as usize].evidence);
        }
        let lang = evidence.decide(|| guessed_part(text).to_owned());
        let mut facts = Facts { lang, n_chunks: row.len() as u32, ..Facts::default() };
        let stemming = if self.recipe.stem { Some(Stemming::of(lang)) } else { None };
        let mut before = UNKNOWN;
        self.vector_ids.clear();
        self.pairs.clear();
        for seen in &row {
            let chunk = &text[seen.start as usize..(seen.start + seen.len) as usize];
            let entry = self.resolve(seen.index, chunk, stemming);
            let ids = if seen.index & FRESH == 0 { &self.kept.ids } else { &self.fresh.ids };
            let split = entry.start + u32::from(entry.n_words);
            for &word in &ids[entry.start as usize..split as usize] {
                facts.n_words += 1;
                if word == UNKNOWN {
                    facts.n_unknown += 1;
                } else {
                    self.tallies[WORDS].add(word);
                    if before != UNKNOWN && self.recipe.word_ngrams >= 2 {
                        self.pairs.push((before, word));
                    }
                }
                before = word;
            }
            let end = (split + u32::from(entry.n_chars)) as usize;
            for &gram in &ids[split as usize..end] {
                self.tallies[CHARS].add(gram);
            }
            self.vector_ids.extend_from_slice(&ids[end..end + usize::from(entry.n_vectors)]);
        }
        self.row = row;
        let tally = &mut self.tallies[BIGRAMS];
        self.lexicon.bigrams(&self.pairs, &mut self.slots, |id| tally.add(id));
        facts
    }

    /// The comment analysed last as word vectors: its language group, and the weighted mean of its words'
    /// vectors, as it comes from the table, in `out`.
    pub fn embed(&self, facts: &Facts, out: &mut Vec<f32>) -> Option<usize> {
        let embedding = self.embedding?;
        let group = group(facts.lang)?;
        let table = embedding.tables[group];
        out.resize(table.dim(), 0.0);
        let of_group = self.vector_ids.iter().filter(|i| usize::from(*i & GROUP != 0) == group);
        table.embed(of_group.map(|i| i & !GROUP), out);
        Some(group)
    }

    fn arena(&self, index: u32) -> &Arena {
        if index & FRESH == 0 { &self.kept } else { &self.fresh }
    }

    /// Index of the chunk's entry, made if need be.
    #[inline]
    fn entry(&mut self, seen: &Seen, chunk: &str) -> u32 {
        let hash = seen.hash;
        let entries = &self.kept.entries;
        // The table may have changed since the slot was fetched; an entry never moves.
        let known = Table::id_in(seen.slot, hash).filter(|i| entries[*i as usize].hash == hash);
        known
            .or_else(|| self.table.find(hash, |i| entries[i as usize].hash == hash))
            .unwrap_or_else(|| self.add(hash, chunk))
    }

    #[cold]
    fn add(&mut self, hash: u64, chunk: &str) -> u32 {
        let entry = Entry {
            hash,
            evidence: OfChunk::new(chunk),
            start: 0,
            n_words: 0,
            n_chars: 0,
            n_vectors: 0,
            stemming: Stemming::of(None),
            known: false,
        };
        let once = &mut self.once[hash as usize % N_ONCE];
        if std::mem::replace(once, (hash >> 32) as u32) == (hash >> 32) as u32 {
            let index = self.kept.entries.len() as u32;
            self.kept.entries.push(entry);
            self.table.insert(hash, index);
            index
        } else {
            self.fresh.entries.push(entry);
            FRESH | (self.fresh.entries.len() - 1) as u32
        }
    }

    /// The entry with its term ids under `stemming`.
    #[inline]
    fn resolve(&mut self, index: u32, chunk: &str, stemming: Option<Stemming>) -> Entry {
        let entry = self.arena(index).entries[(index & !FRESH) as usize];
        if entry.known && stemming.is_none_or(|s| s == entry.stemming) {
            return entry;
        }
        self.fill(index, entry, chunk, stemming)
    }

    #[cold]
    fn fill(&mut self, index: u32, mut entry: Entry, chunk: &str, stemming: Option<Stemming>) -> Entry {
        let arena = if index & FRESH == 0 { &mut self.kept } else { &mut self.fresh };
        let ids = &mut arena.ids;
        let chunk = normalise(chunk, self.recipe.fold);
        let start = ids.len();
        let mut vectors = [0; MAX_VECTORS];
        let mut n_vectors = 0;
        for word in words(&chunk) {
            let known = self.stems.get(word, stemming, |stem| Known {
                id: self.lexicon.word(stem).unwrap_or(UNKNOWN),
                vectors: [0, 1].map(|g: usize| {
                    let found = self.embedding.and_then(|e| e.tables[g].get(stem));
                    found.map_or(UNKNOWN, |i| i | if g == 1 { GROUP } else { 0 })
                }),
            });
            ids.push(known.id);
            for v in known.vectors {
                if v != UNKNOWN && n_vectors < MAX_VECTORS {
                    vectors[n_vectors] = v;
                    n_vectors += 1;
                }
            }
        }
        let split = ids.len();
        if entry.known {
            // The characters are the same under any stemming.
            let from = entry.start as usize + usize::from(entry.n_words);
            ids.extend_from_within(from..from + usize::from(entry.n_chars));
        } else if let Some((min_n, max_n)) = self.recipe.chars {
            let lexicon = &mut self.lexicon;
            char_ngrams(&chunk, min_n.into(), max_n.into(), |gram| ids.extend(lexicon.chars(gram)));
        }
        entry.n_words = (split - start) as u16;
        entry.n_chars = (ids.len() - split) as u16;
        entry.n_vectors = n_vectors as u16;
        ids.extend_from_slice(&vectors[..n_vectors]);
        entry.start = start as u32;
        entry.known = true;
        if let Some(stemming) = stemming {
            entry.stemming = stemming;
        }
        arena.entries[(index & !FRESH) as usize] = entry;
        entry
    }
}
