//! text -> term ids, through a cache from surface forms: a chunk that was seen before costs one lookup.

use super::Recipe;
use super::embedding::{Embedding, group};
use super::memo::{Arena, Chunks, Entry, Known, NO_VECTOR, Words};
use super::table::hash_bytes;
use crate::tokens::language::{Evidence, OfChunk, guessed_part};
use crate::tokens::plain::Plain;
use crate::tokens::stem::Stemming;
use crate::tokens::{PaddedPart, for_each_chunk, function_words, normalise, words};

/// Bits of a term's id.
pub(crate) const ID_BITS: u32 = 24;
/// Bits of an id from [`Lexicon::word`]: the word begins, or ends, a 2-gram that the lexicon may know.
pub(crate) const BEGINS: u32 = 1 << ID_BITS;
pub(crate) const ENDS: u32 = 1 << (ID_BITS + 1);
/// The id itself.
const ID: u32 = (1 << ID_BITS) - 1;
/// A word the lexicon does not know; it breaks bigrams.
const UNKNOWN: u32 = ID;

/// Gives ids to terms; a growing one in training, a fixed one in scoring.
pub(crate) trait Lexicon {
    /// Id of a (stemmed) word, with the bits [`BEGINS`] and [`ENDS`].
    fn word(&mut self, word: &str) -> Option<u32>;
    /// Appends the ids of the character n-grams of a part to `out`; `slots` is room to work in.
    fn chars(&mut self, part: &PaddedPart, lengths: (u8, u8), slots: &mut Slots, out: &mut Vec<u32>);
    /// Ids of pairs of adjoining words, in their order; `slots` is room to work in.
    fn bigrams(&mut self, pairs: &[(u32, u32)], slots: &mut Slots, f: impl FnMut(u32));
}

/// Hashes and the first slots they lead to.
pub(crate) type Slots = Vec<(u64, u64)>;

/// Kinds of terms, as indices.
pub(crate) const WORDS: usize = 0;
pub(crate) const BIGRAMS: usize = 1;
pub(crate) const CHARS: usize = 2;

/// A term frequency is counted up to this.
pub(crate) const MAX_TF: usize = 255;

/// Terms of one kind in one comment: how often each occurs, in order of first occurrence.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Vec<u8>,
    /// The terms, the first `n` of them.
    touched: Vec<u32>,
    n: usize,
}

impl Tally {
    #[inline]
    fn add(&mut self, ids: &[u32]) {
        if self.touched.len() < self.n + ids.len() {
            self.touched.resize((self.n + ids.len()).next_power_of_two(), 0);
        }
        for &id in ids {
            let i = id as usize;
            if i >= self.counts.len() {
                self.counts.resize((i + 1).next_power_of_two(), 0);
            }
            // Always written and counted if new: whether it is cannot be guessed ahead.
            let count = self.counts[i];
            self.touched[self.n] = id;
            self.n += usize::from(count == 0);
            self.counts[i] = count.saturating_add(1);
        }
    }

    /// Hands out each term with its frequency and forgets them.
    #[inline]
    pub fn drain(&mut self, mut f: impl FnMut(u32, u8)) {
        for &id in &self.touched[..self.n] {
            f(id, std::mem::take(&mut self.counts[id as usize]));
        }
        self.n = 0;
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

/// Longer chunks are read in pieces of this many bytes.
const MAX_CHUNK: usize = 1 << 10;

/// A chunk of the comment at hand.
#[derive(Debug, Clone, Copy)]
struct Seen {
    hash: u64,
    /// Where it lies in the text.
    start: u32,
    len: u32,
    /// The slot its hash leads to first.
    slot: u32,
    /// Its entry.
    index: u32,
}

/// Bit of an index into the entries of this comment alone.
const FRESH: u32 = 1 << 31;
/// With more words than this an index of the word vectors is worth making.
const MANY_WORDS: usize = 4000;
/// Most vector ids of one chunk.
const MAX_VECTORS: usize = 64;
/// Bit of a vector id that tells the group.
const GROUP: u32 = 1 << 31;

/// Turns comments into tallies of term ids.
pub(crate) struct Analyser<'e, L> {
    pub lexicon: L,
    embedding: Option<&'e Embedding>,
    recipe: Recipe,
    /// The stemming of most comments; chunks are read under it before the language is known.
    usual: Option<Stemming>,
    chunks: Chunks,
    words: Words,
    /// Chunks of the comment at hand that are not remembered.
    fresh: Arena,
    /// The chunks of the comment at hand.
    row: Vec<Seen>,
    /// Vector ids of the comment at hand.
    vector_ids: Vec<u32>,
    /// Words of the comment at hand, those of them that are known, and pairs of adjoining ones.
    row_words: Vec<u32>,
    known: Vec<u32>,
    pairs: Vec<(u32, u32)>,
    slots: Slots,
    plain: Plain,
    part: PaddedPart,
    /// Word 1-grams, word 2-grams, character n-grams of the comment at hand.
    pub tallies: [Tally; 3],
}

impl<'e, L: Lexicon> Analyser<'e, L> {
    pub fn new(lexicon: L, recipe: &Recipe, embedding: Option<&'e Embedding>) -> Self {
        Analyser {
            lexicon,
            embedding,
            recipe: recipe.clone(),
            usual: recipe.stem.then(|| Stemming::of(None)),
            chunks: Chunks::default(),
            words: Words::new(embedding.is_some()),
            fresh: Arena::default(),
            row: Vec::new(),
            vector_ids: Vec::new(),
            row_words: Vec::new(),
            known: Vec::new(),
            pairs: Vec::new(),
            slots: Vec::new(),
            plain: Plain::default(),
            part: PaddedPart::default(),
            tallies: Default::default(),
        }
    }

    /// Tallies the terms of `text` (the tallies must be empty, as [`Tally::drain`] leaves them).
    pub fn analyse(&mut self, text: &str) -> Facts {
        self.chunks.make_room();
        self.fresh.clear();
        let mut row = std::mem::take(&mut self.row);
        cut(text, &mut row);
        // The first slots are fetched in a loop of their own, so that waiting for memory overlaps.
        for seen in &mut row {
            seen.slot = self.chunks.first_slot(seen.hash);
        }
        let mut evidence = Evidence::default();
        for seen in &mut row {
            seen.index = self.entry(seen, text, self.usual);
            evidence.add(self.arena(seen.index).evidence(seen.index & !FRESH));
        }
        let lang = evidence.decide(|| guessed_part(text));
        let stemming = self.recipe.stem.then(|| Stemming::of(lang));
        if let Some(code) = stemming.filter(|_| stemming != self.usual).map(Stemming::code) {
            for seen in &mut row {
                seen.hash = seen.hash.wrapping_add(code);
                seen.slot = self.chunks.first_slot(seen.hash);
                seen.index = self.entry(seen, text, stemming);
            }
        }
        let mut facts = Facts { lang, n_chunks: row.len() as u32, ..Facts::default() };
        self.tally(&row, &mut facts);
        self.row = row;
        facts
    }

    fn tally(&mut self, row: &[Seen], facts: &mut Facts) {
        self.vector_ids.clear();
        self.row_words.clear();
        let [words, bigrams, chars] = &mut self.tallies;
        for seen in row {
            let arena = if seen.index & FRESH == 0 { &self.chunks.arena } else { &self.fresh };
            let entry = arena.entry(seen.index & !FRESH);
            if entry.single {
                self.row_words.push(entry.start);
                continue;
            }
            let ids = &arena.ids[entry.start as usize..];
            let (of_words, ids) = ids.split_at(usize::from(entry.n_words));
            let (of_chars, ids) = ids.split_at(usize::from(entry.n_chars));
            self.row_words.extend_from_slice(of_words);
            chars.add(of_chars);
            self.vector_ids.extend_from_slice(&ids[..usize::from(entry.n_vectors)]);
        }
        // Always written and counted if wanted: whether a word is known cannot be guessed ahead.
        let n_words = self.row_words.len();
        self.known.resize(n_words, 0);
        let mut n = 0;
        for word in &self.row_words {
            self.known[n] = word & ID;
            n += usize::from(*word != UNKNOWN);
        }
        words.add(&self.known[..n]);
        (facts.n_words, facts.n_unknown) = (n_words as u32, (n_words - n) as u32);
        if self.recipe.word_ngrams >= 2 {
            // Most pairs are none of the vocabulary, and most of these are told by their words.
            self.pairs.resize(n_words, (0, 0));
            let mut n = 0;
            for pair in self.row_words.windows(2) {
                self.pairs[n] = (pair[0] & ID, pair[1] & ID);
                n += usize::from(pair[0] & BEGINS != 0 && pair[1] & ENDS != 0);
            }
            self.lexicon.bigrams(&self.pairs[..n], &mut self.slots, |id| bigrams.add(&[id]));
        }
    }

    /// The comment analysed last as word vectors: its language group, and the weighted mean of its words'
    /// vectors, as it comes from the table, in `out`.
    pub fn embed(&self, facts: &Facts, out: &mut Vec<f32>) -> Option<usize> {
        let embedding = self.embedding?;
        let group = group(facts.lang)?;
        let table = embedding.tables[group];
        out.resize(table.dim(), 0.0);
        let of_group = self.vector_ids.iter().filter(|i| usize::from(*i & GROUP != 0) == group);
        table.embed(of_group.map(|i| (i & !GROUP) - 1), out);
        Some(group)
    }

    #[inline]
    fn arena(&self, index: u32) -> &Arena {
        if index & FRESH == 0 { &self.chunks.arena } else { &self.fresh }
    }

    /// Index of the chunk's entry under a stemming, made if need be.
    #[inline]
    fn entry(&mut self, seen: &Seen, text: &str, stemming: Option<Stemming>) -> u32 {
        match self.chunks.find(seen.hash, seen.slot) {
            Some(index) => index,
            // The table may have changed since the slot was fetched.
            None => self.read(seen, text, stemming),
        }
    }

    /// Reads a chunk that is not remembered, or was not when its slot was fetched.
    #[inline(never)]
    fn read(&mut self, seen: &Seen, text: &str, stemming: Option<Stemming>) -> u32 {
        let hash = seen.hash;
        if let Some(index) = self.chunks.find(hash, self.chunks.first_slot(hash)) {
            return index;
        }
        let keep = self.chunks.is_worth_it(hash);
        let mut ids = std::mem::take(if keep { &mut self.chunks.arena.ids } else { &mut self.fresh.ids });
        let start = ids.len();
        let mut evidence = OfChunk::default();
        let mut vectors = [0; MAX_VECTORS];
        let mut n_vectors = 0;
        let mut add = |word: &[u8]| {
            let hash = hash_bytes(word).wrapping_add(stemming.map_or(0, Stemming::code));
            let many = self.words.len() > MANY_WORDS;
            let embedding = self.embedding.map(|e| (e, many));
            let known = self.words.get(hash, || look_up(&mut self.lexicon, embedding, word, stemming));
            ids.push(known.id);
            for v in known.vectors {
                if v != NO_VECTOR && n_vectors < MAX_VECTORS {
                    vectors[n_vectors] = v;
                    n_vectors += 1;
                }
            }
            if known.votes { function_words::languages(std::str::from_utf8(word).unwrap_or_default()) } else { 0 }
        };
        let chunk = &text[seen.start as usize..(seen.start + seen.len) as usize];
        let normal = if self.plain.read(chunk) {
            for (word, letters) in self.plain.words() {
                letters.add_to(&mut evidence, add(word));
            }
            if self.recipe.chars.is_some() { self.plain.text() } else { "" }.into()
        } else {
            evidence = OfChunk::new(chunk);
            let normal = normalise(chunk, self.recipe.fold);
            words(&normal).for_each(|word| _ = add(word.as_bytes()));
            normal
        };
        let n_words = ids.len() - start;
        if let Some(lengths) = self.recipe.chars {
            for part in normal.split_whitespace() {
                self.part.set(part);
                self.lexicon.chars(&self.part, lengths, &mut self.slots, &mut ids);
            }
        }
        let n_chars = ids.len() - start - n_words;
        ids.extend_from_slice(&vectors[..n_vectors]);
        let single = ids.len() - start == 1 && n_words == 1;
        let entry = Entry {
            hash,
            start: if single { ids.pop().unwrap_or(UNKNOWN) } else { start as u32 },
            n_words: n_words as u16,
            n_chars: n_chars as u16,
            n_vectors: n_vectors as u8,
            single,
            evidence: 0,
        };
        if keep {
            self.chunks.arena.ids = ids;
            self.chunks.insert(entry, evidence)
        } else {
            self.fresh.ids = ids;
            FRESH | self.fresh.push(entry, evidence)
        }
    }
}

/// Cuts a text into chunks.
fn cut(text: &str, row: &mut Vec<Seen>) {
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
}

/// What the lexicon, the word vectors and the function words know of a word.
fn look_up(
    lexicon: &mut impl Lexicon,
    embedding: Option<(&Embedding, bool)>,
    word: &[u8],
    stemming: Option<Stemming>,
) -> Known {
    let word = std::str::from_utf8(word).unwrap_or_default();
    let stem = stemming.and_then(|s| s.stem(word));
    let stem = stem.as_deref().unwrap_or(word);
    Known {
        id: lexicon.word(stem).unwrap_or(UNKNOWN),
        vectors: [0, 1].map(|g: usize| {
            let found = embedding.and_then(|(e, many)| e.find(g, stem, many));
            found.map_or(NO_VECTOR, |i| (i + 1) | if g == 1 { GROUP } else { 0 })
        }),
        votes: function_words::languages(word) != 0,
    }
}
