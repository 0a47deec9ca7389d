//! text -> term ids, through a cache from surface forms: a chunk that was seen before costs one lookup.

use super::Recipe;
use super::embedding::{Embedding, group};
use super::memo::{Arena, Chunks, Entry, Known, NO_VECTOR, Words};
use super::table::hash_bytes;
use crate::tokens::language::{Evidence, OfChunk, guessed_part};
use crate::tokens::plain::Plain;
use crate::tokens::stem::Stemming;
use crate::tokens::{PaddedPart, for_each_chunk, function_words, is_address, is_mention, normalise};

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
    /// Appends the pairs of adjoining words that are known to `out`, in their order: which it is, and its id; `slots` is
    /// room to work in.
    fn bigrams(&mut self, pairs: &[(u32, u32)], slots: &mut Slots, out: &mut Vec<(u32, u32)>);
}

/// Hashes, and what they are of.
pub(crate) type Slots = Vec<(u64, u32)>;

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

/// Comments that are best read at one time.
pub(crate) const AT_ONCE: usize = 16;

/// Longer chunks are read in pieces of this many bytes.
const MAX_CHUNK: usize = 1 << 10;

/// A chunk of a comment at hand.
#[derive(Debug, Clone, Copy)]
struct Seen {
    hash: u64,
    /// Where it lies in the text.
    start: u32,
    len: u32,
    /// Its entry.
    index: u32,
}

/// A comment at hand.
#[derive(Debug, Clone, Copy)]
struct Row {
    lang: Option<&'static str>,
    /// Its first chunk, word and known pair, and those of the next comment.
    start: [usize; 3],
    end: [usize; 3],
}

/// A chunk that is not remembered and has to be read.
#[derive(Debug, Clone, Copy)]
struct Unread {
    /// The chunk.
    seen: usize,
    /// What its letters say about the language; of a plain chunk, its words are still to be asked.
    evidence: OfChunk,
    plain: bool,
    /// End of its words and its text in the room for them.
    words_end: usize,
    text_end: usize,
}

/// Bit of an index into the entries of the comments at hand alone.
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
    /// Chunks of the comments at hand that are not remembered.
    fresh: Arena,
    /// The comments at hand and their chunks.
    rows: Vec<Row>,
    seen: Vec<Seen>,
    /// Chunks that have to be read, what they are made of, and the hash of each of their words.
    unread: Vec<Unread>,
    plain: Plain,
    hashes: Vec<u64>,
    /// Words of the comments at hand, pairs of adjoining ones that may be known, and those that are.
    row_words: Vec<u32>,
    pairs: Vec<(u32, u32)>,
    bigrams: Vec<(u32, u32)>,
    /// Known words and 2-grams, and vector ids, of the comment tallied last.
    known: Vec<u32>,
    vector_ids: Vec<u32>,
    slots: Slots,
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
            rows: Vec::new(),
            seen: Vec::new(),
            unread: Vec::new(),
            plain: Plain::default(),
            hashes: Vec::new(),
            row_words: Vec::new(),
            pairs: Vec::new(),
            bigrams: Vec::new(),
            known: Vec::new(),
            vector_ids: Vec::new(),
            slots: Vec::new(),
            part: PaddedPart::default(),
            tallies: Default::default(),
        }
    }

    /// Reads comments, a few at a time: whatever has to wait for memory is asked for early and waited for together.
    pub fn read(&mut self, texts: &[&str]) {
        self.chunks.make_room();
        self.words.make_room();
        self.fresh.clear();
        self.seen.clear();
        self.rows.clear();
        for text in texts {
            let start = self.seen.len();
            cut(text, self.recipe.fold, |seen| {
                self.chunks.prefetch(seen.hash);
                self.seen.push(seen);
            });
            let row = Row { lang: None, start: [start, 0, 0], end: [self.seen.len(), 0, 0] };
            self.rows.push(row);
        }
        self.find(0..texts.len(), texts, self.usual);
        for (i, text) in texts.iter().enumerate() {
            let chunks = self.rows[i].start[0]..self.rows[i].end[0];
            let mut evidence = Evidence::default();
            for seen in &self.seen[chunks.clone()] {
                let arena = arena(&self.chunks, &self.fresh, seen.index);
                evidence.add(arena.evidence(seen.index & !FRESH));
            }
            let lang = evidence.decide(|| guessed_part(text));
            self.rows[i].lang = lang;
            let stemming = self.recipe.stem.then(|| Stemming::of(lang));
            if let Some(code) = stemming.filter(|_| stemming != self.usual).map(Stemming::code) {
                self.seen[chunks].iter_mut().for_each(|s| s.hash = s.hash.wrapping_add(code));
                self.find(i..i + 1, texts, stemming);
            }
        }
        self.gather();
    }

    /// Words and 2-grams of the comments at hand.
    fn gather(&mut self) {
        self.row_words.clear();
        self.pairs.clear();
        self.bigrams.clear();
        for row in &mut self.rows {
            let first = self.row_words.len();
            for seen in &self.seen[row.start[0]..row.end[0]] {
                let arena = arena(&self.chunks, &self.fresh, seen.index);
                let entry = arena.entry(seen.index & !FRESH);
                if entry.single {
                    self.row_words.push(entry.start);
                    continue;
                }
                let (of_words, ids) = arena.ids[entry.start as usize..].split_at(usize::from(entry.n_words));
                self.row_words.extend_from_slice(of_words);
                if let Some(embedding) = self.embedding {
                    for v in &ids[usize::from(entry.n_chars)..][..usize::from(entry.n_vectors)] {
                        embedding.tables[usize::from(v & GROUP != 0)].prefetch((v & !GROUP) - 1);
                    }
                }
            }
            (row.start[1], row.end[1]) = (first, self.row_words.len());
            if self.recipe.word_ngrams >= 2 {
                // Most pairs are none of the vocabulary, and most of these are told by their words. Always written and
                // counted if it may be known: whether it may cannot be guessed ahead.
                let words = &self.row_words[first..];
                let mut n = self.pairs.len();
                self.pairs.resize(n + words.len(), (0, 0));
                for pair in words.windows(2) {
                    self.pairs[n] = (pair[0] & ID, pair[1] & ID);
                    n += usize::from(pair[0] & BEGINS != 0 && pair[1] & ENDS != 0);
                }
                self.pairs.truncate(n);
            }
            row.end[2] = self.pairs.len();
        }
        self.lexicon.bigrams(&self.pairs, &mut self.slots, &mut self.bigrams);
        let mut at = 0;
        for row in &mut self.rows {
            row.start[2] = at;
            at += self.bigrams[at..].iter().take_while(|(pair, _)| (*pair as usize) < row.end[2]).count();
            row.end[2] = at;
        }
    }

    /// Tallies the terms of one of the comments that were read (the tallies must be empty, as [`Tally::drain`] leaves
    /// them).
    pub fn tally(&mut self, row: usize) -> Facts {
        let Row { lang, start, end } = self.rows[row];
        let [words, bigrams, chars] = &mut self.tallies;
        self.vector_ids.clear();
        if self.recipe.chars.is_some() || self.embedding.is_some() {
            for seen in &self.seen[start[0]..end[0]] {
                let arena = arena(&self.chunks, &self.fresh, seen.index);
                let entry = arena.entry(seen.index & !FRESH);
                if !entry.single {
                    let ids = &arena.ids[entry.start as usize + usize::from(entry.n_words)..];
                    let (of_chars, ids) = ids.split_at(usize::from(entry.n_chars));
                    chars.add(of_chars);
                    self.vector_ids.extend_from_slice(&ids[..usize::from(entry.n_vectors)]);
                }
            }
        }
        // As with the pairs.
        let of_row = &self.row_words[start[1]..end[1]];
        self.known.resize(of_row.len(), 0);
        let mut n = 0;
        for word in of_row {
            self.known[n] = word & ID;
            n += usize::from(*word != UNKNOWN);
        }
        words.add(&self.known[..n]);
        let n_unknown = (of_row.len() - n) as u32;
        self.known.clear();
        self.known.extend(self.bigrams[start[2]..end[2]].iter().map(|(_, id)| *id));
        bigrams.add(&self.known);
        Facts { lang, n_words: of_row.len() as u32, n_unknown, n_chunks: (end[0] - start[0]) as u32 }
    }

    /// The comment tallied last as word vectors: its language group, and the weighted mean of its words'
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

    /// Finds the entries of the comments' chunks under a stemming; makes those that are not remembered.
    fn find(&mut self, rows: std::ops::Range<usize>, texts: &[&str], stemming: Option<Stemming>) {
        let of_rows = &self.rows[rows.clone()];
        let (Some(first), Some(last)) = (of_rows.first(), of_rows.last()) else { return };
        for seen in &self.seen[first.start[0]..last.end[0]] {
            self.chunks.prefetch_entry(seen.hash);
        }
        self.unread.clear();
        self.plain.clear();
        for (row, text) in of_rows.iter().zip(&texts[rows]) {
            for i in row.start[0]..row.end[0] {
                let seen = &mut self.seen[i];
                if let Some(index) = self.chunks.find(seen.hash) {
                    seen.index = index;
                    let entry = self.chunks.arena.entry(index);
                    if !entry.single {
                        self.chunks.arena.prefetch_ids(entry);
                    }
                    continue;
                }
                let chunk = &text[seen.start as usize..(seen.start + seen.len) as usize];
                let plain = self.plain.read(chunk);
                let mut evidence = OfChunk::default();
                if !plain {
                    evidence = OfChunk::new(chunk);
                    self.plain.push(&normalise(chunk, self.recipe.fold));
                }
                let (words_end, text_end) = self.plain.ends();
                self.unread.push(Unread { seen: i, evidence, plain, words_end, text_end });
            }
        }
        self.hashes.clear();
        let code = stemming.map_or(0, Stemming::code);
        self.hashes.extend(self.plain.words().map(|(word, _)| hash_bytes(word).wrapping_add(code)));
        for hash in &self.hashes {
            self.words.prefetch(*hash);
        }
        let (mut words_start, mut text_start) = (0, 0);
        for i in 0..self.unread.len() {
            let unread = self.unread[i];
            self.seen[unread.seen].index = self.make(&unread, words_start, text_start, stemming);
            (words_start, text_start) = (unread.words_end, unread.text_end);
        }
    }

    /// Makes the entry of a chunk; its index.
    fn make(&mut self, unread: &Unread, words: usize, text: usize, stemming: Option<Stemming>) -> u32 {
        let hash = self.seen[unread.seen].hash;
        // It may have been made a moment ago.
        if let Some(index) = self.chunks.find(hash) {
            return index;
        }
        let keep = self.chunks.is_worth_it(hash);
        let mut ids = std::mem::take(if keep { &mut self.chunks.arena.ids } else { &mut self.fresh.ids });
        let start = ids.len();
        let mut evidence = unread.evidence;
        let mut vectors = [0; MAX_VECTORS];
        let mut n_vectors = 0;
        let of_chunk = words..unread.words_end;
        for ((word, letters), hash) in self.plain.words_of(of_chunk.clone()).zip(&self.hashes[of_chunk]) {
            let many = self.words.len() > MANY_WORDS;
            let embedding = self.embedding.map(|e| (e, many));
            let known = self.words.get(*hash, || look_up(&mut self.lexicon, embedding, word, stemming));
            ids.push(known.id);
            for v in known.vectors {
                if v != NO_VECTOR && n_vectors < MAX_VECTORS {
                    vectors[n_vectors] = v;
                    n_vectors += 1;
                }
            }
            if unread.plain {
                let votes = if known.votes { function_words::languages(word) } else { 0 };
                letters.add_to(&mut evidence, votes);
            }
        }
        let n_words = ids.len() - start;
        if let Some(lengths) = self.recipe.chars {
            for part in self.plain.text(text..unread.text_end).split_whitespace() {
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

/// Where the entry with an index of the comments at hand lies.
#[inline]
fn arena<'a>(chunks: &'a Chunks, fresh: &'a Arena, index: u32) -> &'a Arena {
    if index & FRESH == 0 { &chunks.arena } else { fresh }
}

/// Cuts a text into chunks.
#[inline]
fn cut(text: &str, fold: bool, mut f: impl FnMut(Seen)) {
    let mut push = |chunk: &str| {
        let start = chunk.as_ptr() as usize - text.as_ptr() as usize;
        // Addresses and names of users are folded into one, so that none needs to be read after the first.
        let hash = match chunk.as_bytes().first() {
            Some(b'h') if fold && is_address(chunk) => hash_bytes(b"https://"),
            Some(b'@') if fold && is_mention(chunk) => hash_bytes(b"@name"),
            _ => hash_bytes(chunk.as_bytes()),
        };
        f(Seen { hash, start: start as u32, len: chunk.len() as u32, index: 0 });
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
    word: &str,
    stemming: Option<Stemming>,
) -> Known {
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
