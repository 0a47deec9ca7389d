//! Texts -> vocabulary and term counts, in parallel, with a result that does not depend on how the work was cut.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::Recipe;
use super::analyser::{AT_ONCE, Analyser, BIGRAMS, CHARS, Facts, ID_BITS, WORDS};
use super::embedding::Embedding;
use super::texts::Texts;
use super::vocabulary::{Growing, Vocabulary};
use crate::error::{Error, Kind, Result};

/// Low bits of an entry hold the index, high bits the frequency.
pub(crate) const INDEX_BITS: u32 = ID_BITS;
pub(crate) const INDEX_MASK: u32 = (1 << INDEX_BITS) - 1;

/// Term counts of comments, row by row and column by column. An entry packs term (or row) and frequency.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub n_rows: usize,
    pub n_terms: usize,
    /// Number of single words: the ids below it.
    pub n_words: u32,
    /// First entry of each row, `n_rows + 1` long.
    pub starts: Vec<u32>,
    /// First entry of each row's second block (character n-grams).
    pub splits: Vec<u32>,
    /// First id of the second block.
    pub split_id: u32,
    pub entries: Vec<u32>,
    /// First entry of each column, `n_terms + 1` long.
    pub column_starts: Vec<u32>,
    pub column_entries: Vec<u32>,
    pub facts: Vec<Facts>,
    /// Each row as word vectors, uncentred, where the recipe has them.
    pub embedded: Vec<(Option<usize>, Vec<f32>)>,
}

impl Counts {
    pub fn row(&self, r: usize) -> [&[u32]; 2] {
        let (start, split, end) = (self.starts[r], self.splits[r], self.starts[r + 1]);
        [&self.entries[start as usize..split as usize], &self.entries[split as usize..end as usize]]
    }

    pub fn column(&self, j: usize) -> &[u32] {
        &self.column_entries[self.column_starts[j] as usize..self.column_starts[j + 1] as usize]
    }

    fn transpose(&mut self, df: &[u32]) {
        let mut next = Vec::with_capacity(self.n_terms + 1);
        let mut sum = 0;
        for d in df {
            next.push(sum);
            sum += d;
        }
        next.push(sum);
        self.column_starts.clone_from(&next);
        self.column_entries = vec![0; sum as usize];
        for r in 0..self.n_rows {
            for &e in &self.entries[self.starts[r] as usize..self.starts[r + 1] as usize] {
                let at = &mut next[(e & INDEX_MASK) as usize];
                self.column_entries[*at as usize] = (e & !INDEX_MASK) | r as u32;
                *at += 1;
            }
        }
    }
}

/// Rows of one piece of the texts, with ids of the piece's own.
struct Piece {
    terms: Growing,
    /// Document frequency within the piece, per kind.
    df: [Vec<u32>; 3],
    rows: Vec<[u32; 3]>,
    entries: Vec<u32>,
    facts: Vec<Facts>,
    embedded: Vec<(Option<usize>, Vec<f32>)>,
}

fn read_piece(texts: &[&str], recipe: &Recipe, embedding: Option<&Embedding>) -> Piece {
    let mut analyser = Analyser::new(Growing::default(), recipe, embedding);
    let mut embedded = Vec::new();
    let mut df: [Vec<u32>; 3] = Default::default();
    let (mut rows, mut entries, mut facts) = (Vec::new(), Vec::new(), Vec::new());
    for texts in texts.chunks(AT_ONCE) {
        analyser.read(texts);
        for row in 0..texts.len() {
            let known = analyser.tally(row);
            if embedding.is_some() {
                let mut row = Vec::new();
                embedded.push((analyser.embed(&known, &mut row), row));
            }
            facts.push(known);
            let mut ends = [0; 3];
            for kind in [WORDS, BIGRAMS, CHARS] {
                let df = &mut df[kind];
                analyser.tallies[kind].drain(|id, tf| {
                    if id as usize >= df.len() {
                        df.resize(id as usize + 1, 0);
                    }
                    df[id as usize] += 1;
                    entries.push(u32::from(tf) << INDEX_BITS | id);
                });
                ends[kind] = entries.len() as u32;
            }
            rows.push(ends);
        }
    }
    Piece { terms: analyser.lexicon, df, rows, entries, facts, embedded }
}

impl Piece {
    /// Gives the entries new ids, by kind and old id, and leaves out those that have none.
    fn rename(&mut self, ids: &[Vec<u32>; 3], offsets: [u32; 3]) {
        let (mut at, mut kept) = (0, 0);
        for ends in &mut self.rows {
            for kind in [WORDS, BIGRAMS, CHARS] {
                for i in at..ends[kind] as usize {
                    let e = self.entries[i];
                    let new = ids[kind][(e & INDEX_MASK) as usize];
                    if new != u32::MAX {
                        self.entries[kept] = (e & !INDEX_MASK) | (offsets[kind] + new);
                        kept += 1;
                    }
                }
                at = ends[kind] as usize;
                ends[kind] = kept as u32;
            }
        }
        self.entries.truncate(kept);
    }
}

/// Order of the kept terms: ids by falling document frequency, ties by the term itself.
fn rank<K: Ord + Send>(df: &[u32], min_df: u32, key: impl Fn(u32) -> K) -> Vec<u32> {
    let kept = (0..df.len() as u32).filter(|&i| df[i as usize] >= min_df.max(1));
    // The keys beside the ids: looked up in the middle of sorting they would have to come from all over the memory.
    let mut kept: Vec<(Reverse<u32>, K, u32)> = kept.map(|i| (Reverse(df[i as usize]), key(i), i)).collect();
    kept.par_sort_unstable();
    kept.into_iter().map(|(_, _, i)| i).collect()
}

fn invert(order: &[u32], n: usize) -> Vec<u32> {
    let mut new_id = vec![u32::MAX; n];
    for (new, &old) in order.iter().enumerate() {
        new_id[old as usize] = new as u32;
    }
    new_id
}

fn add_df(total: &mut Vec<u32>, map: &[u32], df: &[u32]) {
    for (local, d) in df.iter().enumerate() {
        let global = map[local] as usize;
        if global >= total.len() {
            total.resize(global + 1, 0);
        }
        total[global] += d;
    }
}

fn too_many_terms() -> Error {
    Error::input("more than 16 million different terms, which is more than a model holds")
        .hint("train on fewer comments")
}

/// Reads texts into a vocabulary, its document frequencies and the counts.
///
/// # Errors
/// More than 2^24 texts or terms.
pub(crate) fn read(
    texts: &[&str],
    recipe: &Recipe,
    embedding: Option<&Embedding>,
) -> Result<(Vocabulary, Vec<u32>, Counts)> {
    if texts.len() > INDEX_MASK as usize {
        return Err(Error::input("more than 16 million labelled comments")
            .hint("train on a part of them; a hundred thousand teach as much"));
    }
    // The cut changes nothing in the result: terms are put in an order of their own at the end.
    // A piece per thread: terms of several pieces have to be put together.
    let size = texts.len().div_ceil(rayon::current_num_threads()).max(256);
    let mut pieces: Vec<Piece> = texts.par_chunks(size).map(|t| read_piece(t, recipe, embedding)).collect();

    let mut all = Growing::default();
    let mut df: [Vec<u32>; 3] = Default::default();
    let mut maps: Vec<[Vec<u32>; 3]> = Vec::with_capacity(pieces.len());
    for (i, piece) in pieces.iter_mut().enumerate() {
        let terms = std::mem::take(&mut piece.terms);
        let sizes = [terms.words.len(), terms.bigrams.len(), terms.chars.len()];
        if sizes.into_iter().any(|n| n >= INDEX_MASK as usize) {
            return Err(too_many_terms());
        }
        if i == 0 {
            // The first piece's ids are those of all.
            maps.push(sizes.map(|n| (0..n as u32).collect()));
            df = std::mem::take(&mut piece.df);
            all = terms;
            continue;
        }
        let words: Vec<u32> =
            (0..terms.words.len() as u32).map(|i| all.words.intern(terms.words.get(i))).collect();
        let bigrams: Vec<u32> = (0..terms.bigrams.len() as u32)
            .map(|i| terms.bigrams.get(i))
            .map(|(a, b)| all.bigrams.intern(words[a as usize], words[b as usize]))
            .collect();
        let chars: Vec<u32> =
            (0..terms.chars.len() as u32).map(|i| all.chars.intern(terms.chars.get(i))).collect();
        add_df(&mut df[WORDS], &words, &piece.df[WORDS]);
        add_df(&mut df[BIGRAMS], &bigrams, &piece.df[BIGRAMS]);
        add_df(&mut df[CHARS], &chars, &piece.df[CHARS]);
        maps.push([words, bigrams, chars]);
    }

    let words = rank(&df[WORDS], recipe.word_min_df, |i| all.words.get(i));
    let word_ids = invert(&words, df[WORDS].len());
    let pair = |i| {
        let (a, b) = all.bigrams.get(i);
        (word_ids[a as usize], word_ids[b as usize])
    };
    // A pair cannot be rarer than kept while one of its words is dropped, as long as words are kept from a
    // lower frequency on.
    let bigrams = rank(&df[BIGRAMS], recipe.bigram_min_df.max(recipe.word_min_df), pair);
    let chars = rank(&df[CHARS], recipe.char_min_df, |i| all.chars.get(i));
    let n_terms = words.len() + bigrams.len() + chars.len();
    if n_terms > INDEX_MASK as usize {
        return Err(too_many_terms());
    }

    let mut vocabulary_words = Texts::default();
    let mut vocabulary_pairs = Vec::with_capacity(bigrams.len());
    let mut vocabulary_chars = Texts::default();
    let mut frequencies = Vec::with_capacity(n_terms);
    for &i in &words {
        vocabulary_words.push(all.words.get(i));
        frequencies.push(df[WORDS][i as usize]);
    }
    for &i in &bigrams {
        vocabulary_pairs.push(pair(i));
        frequencies.push(df[BIGRAMS][i as usize]);
    }
    for &i in &chars {
        vocabulary_chars.push(all.chars.get(i));
        frequencies.push(df[CHARS][i as usize]);
    }
    let new_ids = [word_ids, invert(&bigrams, df[BIGRAMS].len()), invert(&chars, df[CHARS].len())];
    drop(all);
    let vocabulary = Vocabulary::new(vocabulary_words, vocabulary_pairs, vocabulary_chars)
        .ok_or_else(|| Error::new(Kind::Internal, "two terms share a hash"))?;
    let offsets = vocabulary.offsets();

    let mut counts = Counts {
        n_rows: texts.len(),
        n_terms,
        n_words: offsets[BIGRAMS],
        split_id: offsets[CHARS],
        ..Counts::default()
    };
    pieces.par_iter_mut().zip(maps).for_each(|(piece, map)| {
        let ids = [WORDS, BIGRAMS, CHARS].map(|kind| {
            let new_id = |i: &u32| new_ids[kind].get(*i as usize).copied().unwrap_or(u32::MAX);
            map[kind].iter().map(new_id).collect()
        });
        piece.rename(&ids, offsets);
    });
    counts.starts.push(0);
    for piece in pieces {
        let first = counts.entries.len() as u32;
        counts.splits.extend(piece.rows.iter().map(|ends| first + ends[BIGRAMS]));
        counts.starts.extend(piece.rows.iter().map(|ends| first + ends[CHARS]));
        if counts.entries.is_empty() {
            counts.entries = piece.entries;
        } else {
            counts.entries.extend_from_slice(&piece.entries);
        }
        counts.facts.extend(piece.facts);
        counts.embedded.extend(piece.embedded);
    }
    counts.entries.shrink_to_fit();
    counts.transpose(&frequencies);
    Ok((vocabulary, frequencies, counts))
}
