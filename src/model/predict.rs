//! Items -> posteriors, in one pass over the text.

use std::ops::Range;

use prefetch_index::prefetch_index;
use rayon::prelude::*;

use super::context::{Told, agrees, extend_inputs, own_words};
use super::quantised::Column;
use super::{Head, Item, Model, Posteriors};
use crate::features::analyser::{AT_ONCE, Analyser, BIGRAMS, CHARS, Facts, WORDS};
use crate::features::counts::{INDEX_BITS, INDEX_MASK};
use crate::features::tfidf::{SUBLINEAR, Vectoriser, idf};
use crate::features::vocabulary::Vocabulary;

/// Integers in a block of [`Records`].
const LANES: usize = 8;
/// Weights in a term's first block; the idf takes the place of the other two.
const FIRST: usize = LANES - 2;

/// What scoring reads per term, side by side: the weights of every class of every head as stored, and the idf.
#[derive(Debug, Clone, Default)]
pub(crate) struct Records {
    /// Blocks per term.
    stride: usize,
    blocks: Vec<[i16; LANES]>,
    /// Value of one step, per class of every head.
    scales: Vec<f32>,
    /// Weights on the components of the word vectors, side by side too; none where there are too many classes.
    dense: Vec<[f32; LANES]>,
}

/// Weights on the word vectors of all heads, which fit a block.
fn dense(heads: &[Head]) -> Vec<[f32; LANES]> {
    let n_components = heads.iter().find_map(|h| h.dense.as_ref()).map_or(0, |(w, _)| w.nrows());
    let of_component = |j: usize| {
        let mut block = [0.0; LANES];
        let weights = heads.iter().filter_map(|h| h.dense.as_ref()).flat_map(|(w, _)| w.row(j).to_vec());
        block.iter_mut().zip(weights).for_each(|(b, w)| *b = w);
        block
    };
    (0..n_components).map(of_component).collect()
}

impl Records {
    pub fn new(vectoriser: &Vectoriser, heads: &[Head]) -> Self {
        let columns: Vec<&Column> = heads.iter().flat_map(|h| h.weights.columns()).collect();
        let Vectoriser { df, n_docs, .. } = vectoriser;
        let stride = if columns.len() <= FIRST { 1 } else { 1 + (columns.len() - FIRST).div_ceil(LANES) };
        let mut blocks = vec![[0; LANES]; stride * df.len()];
        // Terms with the same df stand together.
        let (mut last, mut bits) = (0, [0; 2]);
        for (record, &df) in blocks.chunks_exact_mut(stride).zip(df) {
            if df != last {
                let b = (idf(*n_docs, df) as f32).to_le_bytes();
                bits = [i16::from_le_bytes([b[0], b[1]]), i16::from_le_bytes([b[2], b[3]])];
                last = df;
            }
            record[0][FIRST..].copy_from_slice(&bits);
        }
        for (c, column) in columns.iter().enumerate() {
            let (block, lane) =
                if c < FIRST { (0, c) } else { (1 + (c - FIRST) / LANES, (c - FIRST) % LANES) };
            for (record, q) in blocks.chunks_exact_mut(stride).zip(column.integers()) {
                record[block][lane] = i16::from_le_bytes(*q);
            }
        }
        let dense = if columns.len() <= LANES { dense(heads) } else { Vec::new() };
        Records { stride, blocks, scales: columns.iter().map(|c| c.scale).collect(), dense }
    }
}

#[inline]
fn idf_of(block: &[i16; LANES]) -> f32 {
    let ([a, b], [c, d]) = (block[FIRST].to_le_bytes(), block[FIRST + 1].to_le_bytes());
    f32::from_le_bytes([a, b, c, d])
}

/// A text that was read.
#[derive(Debug, Clone)]
struct Row {
    facts: Facts,
    /// Its words and 2-grams, and its character n-grams.
    blocks: [Range<usize>; 2],
}

/// Scores texts with one model, remembering chunks it has seen. One per thread.
pub(crate) struct Scorer<'m> {
    model: &'m Model,
    analyser: Analyser<'m, &'m Vocabulary>,
    sublinear: [f32; 256],
    /// The texts that were read, their terms with frequencies, and their logits by word vectors.
    rows: Vec<Row>,
    terms: Vec<u32>,
    dense: Vec<f64>,
    sums: Vec<f32>,
    vector: Vec<f32>,
    /// Inputs of a thread stage.
    inputs: Vec<f64>,
}

impl<'m> Scorer<'m> {
    pub fn new(model: &'m Model) -> Self {
        Scorer {
            model,
            analyser: model.vectoriser.analyser(),
            sublinear: std::array::from_fn(|tf| SUBLINEAR[tf] as f32),
            rows: Vec::new(),
            terms: Vec::new(),
            dense: Vec::new(),
            sums: Vec::new(),
            vector: Vec::new(),
            inputs: Vec::new(),
        }
    }

    /// Reads a few texts, [`AT_ONCE`] at best: whatever has to wait for memory is asked for early and waited for together.
    pub fn read(&mut self, texts: &[&str]) {
        self.analyser.read(texts);
        self.rows.clear();
        self.terms.clear();
        self.dense.clear();
        let offsets = self.model.vectoriser.vocabulary.offsets();
        let records = &self.model.records;
        for row in 0..texts.len() {
            let facts = self.analyser.tally(row);
            let start = self.terms.len();
            let mut split = start;
            for kind in [WORDS, BIGRAMS, CHARS] {
                if kind == CHARS {
                    split = self.terms.len();
                }
                self.analyser.tallies[kind].drain(|id, tf| {
                    let term = offsets[kind] + id;
                    prefetch_index(&records.blocks, term as usize * records.stride);
                    self.terms.push(u32::from(tf) << INDEX_BITS | term);
                });
            }
            self.rows.push(Row { facts, blocks: [start..split, split..self.terms.len()] });
            self.add_dense(&facts);
        }
    }

    /// As [`Scorer::logits`], of one text.
    pub fn logits_of(&mut self, text: &str, out: &mut Vec<f64>) -> Facts {
        self.read(&[text]);
        self.logits(0, out)
    }

    /// Of one of the texts that were read: the text logits of every class of every head, one after the other, into
    /// `out`; then, where the model has word vectors, the logits by these.
    pub fn logits(&mut self, row: usize, out: &mut Vec<f64>) -> Facts {
        out.clear();
        let n_logits = self.model.records.scales.len();
        if self.model.records.stride == 1 {
            self.narrow(row, out);
        } else {
            out.resize(n_logits, 0.0);
            self.wide(row, out);
        }
        let heads = &self.model.heads;
        out.iter_mut().zip(heads.iter().flat_map(|h| &h.intercept)).for_each(|(z, b)| *z += b);
        let n_dense = self.dense.len() / self.rows.len();
        out.extend_from_slice(&self.dense[row * n_dense..][..n_dense]);
        self.rows[row].facts
    }

    /// Logits by word vectors of the text tallied last, where the model has them.
    fn add_dense(&mut self, facts: &Facts) {
        let Some(embedding) = &self.model.vectoriser.embedding else { return };
        self.vector.clear();
        let group = self.analyser.embed(facts, &mut self.vector);
        if let Some(group) = group {
            embedding.finish(group, &mut self.vector);
        }
        let first = group.map_or(0, |g| embedding.offset(g));
        let start = self.dense.len();
        let of_heads = || self.model.heads.iter().filter_map(|h| h.dense.as_ref());
        self.dense.extend(of_heads().flat_map(|(_, intercept)| intercept));
        let out = &mut self.dense[start..];
        if let Some(weights) = self.model.records.dense.get(first..).filter(|w| !w.is_empty()) {
            let mut sums = [0.0_f32; LANES];
            for (x, w) in self.vector.iter().zip(weights) {
                for c in 0..LANES {
                    sums[c] += x * w[c];
                }
            }
            out.iter_mut().zip(sums).for_each(|(z, s)| *z += f64::from(s));
        } else {
            for (j, x) in self.vector.iter().enumerate() {
                let weights = of_heads().flat_map(|(w, _)| w.row(first + j));
                out.iter_mut().zip(weights).for_each(|(z, w)| *z += f64::from(x * w));
            }
        }
    }

    /// Text logits without intercept, of up to six classes.
    fn narrow(&self, row: usize, out: &mut Vec<f64>) {
        let records = &self.model.records;
        let mut total = [0.0_f32; LANES];
        for block in &self.rows[row].blocks {
            let mut sums = [0.0_f32; LANES];
            let mut square = 0.0_f32;
            for entry in &self.terms[block.clone()] {
                let record = &records.blocks[(entry & INDEX_MASK) as usize];
                let x = self.sublinear[(entry >> INDEX_BITS) as usize] * idf_of(record);
                square += x * x;
                for c in 0..LANES {
                    sums[c] += x * f32::from(record[c]);
                }
            }
            if square > 0.0 {
                let scale = 1.0 / square.sqrt();
                for c in 0..LANES {
                    total[c] += sums[c] * scale;
                }
            }
        }
        out.extend(total.iter().zip(&records.scales).map(|(z, s)| f64::from(z * s)));
    }

    /// As [`Scorer::narrow`], of any number of classes; `out` is as long as there are.
    fn wide(&mut self, row: usize, out: &mut [f64]) {
        let records = &self.model.records;
        for block in &self.rows[row].blocks {
            self.sums.clear();
            self.sums.resize(out.len(), 0.0);
            let mut square = 0.0_f32;
            for entry in &self.terms[block.clone()] {
                let at = (entry & INDEX_MASK) as usize * records.stride;
                let record = &records.blocks[at..][..records.stride];
                let x = self.sublinear[(entry >> INDEX_BITS) as usize] * idf_of(&record[0]);
                square += x * x;
                let weights = record[0][..FIRST].iter().chain(record[1..].iter().flatten());
                self.sums.iter_mut().zip(weights).for_each(|(s, q)| *s += x * f32::from(*q));
            }
            if square > 0.0 {
                let scale = 1.0 / square.sqrt();
                let terms = self.sums.iter().zip(&records.scales);
                out.iter_mut().zip(terms).for_each(|(z, (s, step))| *z += f64::from(s * scale * step));
            }
        }
    }

    /// Posteriors of every head for one item, given its text logits, one head after the other into `out`.
    pub fn posteriors(
        &mut self,
        item: &Item<'_>,
        z: &[f64],
        facts: &Facts,
        parent: Option<&[f64]>,
        out: &mut Vec<f64>,
    ) {
        let reply = parent.is_some() || item.parent_text.is_some();
        let agrees = reply && agrees(item.text);
        let mut from_text = Vec::new();
        let mut parent = parent;
        if agrees
            && parent.is_none()
            && let Some(text) = item.parent_text
        {
            self.logits_of(text, &mut from_text);
            parent = Some(&from_text);
        }
        let mut at = 0;
        out.clear();
        let n_logits: usize = self.model.heads.iter().map(|h| h.classes.len()).sum();
        for head in &self.model.heads {
            let range = at..at + head.classes.len();
            at = range.end;
            let told = Told {
                z: &z[range.clone()],
                vectors: z.get(n_logits + range.start..n_logits + range.end),
                parent: parent.map(|p| &p[range]),
                agrees,
                reply,
                facts,
            };
            self.inputs.clear();
            extend_inputs(&told, &mut self.inputs);
            head.thread.extend_posterior(&self.inputs, out);
        }
    }
}

/// Items per piece of work; large enough to make the scorer's memory of chunks worth its while.
const PIECE: usize = 2048;

impl Model {
    /// Posteriors of every head for every item; rows are in the items' order and do not depend on the number
    /// of threads. An item without anything to read has no row.
    ///
    /// # Example
    /// ```
    /// # use commentariat::model::{Item, Model};
    /// # fn f(model: &Model) {
    /// let items = [Item { text: "What a day", ..Item::default() }, Item::default()];
    /// let posteriors = &model.predict(&items)[0];
    /// assert!(posteriors.rows[1].is_none());
    /// # }
    /// ```
    pub fn predict(&self, items: &[Item<'_>]) -> Vec<Posteriors> {
        let piece = PIECE.min(items.len().div_ceil(rayon::current_num_threads())).max(64);
        let texts: Vec<(Vec<f64>, Facts)> =
            items.par_chunks(piece).flat_map_iter(|items| self.logits(items)).collect();
        let rows: Vec<Option<Vec<f64>>> = items
            .par_iter()
            .zip(&texts)
            .map_init(
                || Scorer::new(self),
                |scorer, (item, (z, facts))| {
                    let parent = item.parent.and_then(|p| texts.get(p)).map(|(z, _)| z.as_slice());
                    (facts.n_chunks > 0).then(|| {
                        let mut out = Vec::new();
                        scorer.posteriors(item, z, facts, parent, &mut out);
                        out
                    })
                },
            )
            .collect();
        let mut at = 0;
        let posteriors = |head: &Head| {
            let range = at..at + head.classes.len();
            at = range.end;
            let rows = rows.iter().map(|r| r.as_ref().map(|r| r[range.clone()].to_vec())).collect();
            Posteriors { head: head.name.clone(), classes: head.classes.clone(), rows }
        };
        self.heads.iter().map(posteriors).collect()
    }

    /// Of each item's words: how many no training comment held, and how many there are.
    pub fn unknown_words(&self, items: &[Item<'_>]) -> Vec<(u32, u32)> {
        items
            .par_chunks(PIECE)
            .flat_map_iter(|items| self.logits(items))
            .map(|(_, facts)| (facts.n_unknown, facts.n_words))
            .collect()
    }

    /// [`Scorer::logits`] of the items' own words.
    fn logits(&self, items: &[Item<'_>]) -> Vec<(Vec<f64>, Facts)> {
        let mut scorer = Scorer::new(self);
        let mut out = Vec::with_capacity(items.len());
        for items in items.chunks(AT_ONCE) {
            let own: Vec<_> = items.iter().map(own_words).collect();
            scorer.read(&own.iter().map(AsRef::as_ref).collect::<Vec<_>>());
            for row in 0..own.len() {
                let mut z = Vec::new();
                let facts = scorer.logits(row, &mut z);
                out.push((z, facts));
            }
        }
        out
    }
}
