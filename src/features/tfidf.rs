//! TF-IDF as scikit-learn defines it, and counts seen as a TF-IDF matrix without ever storing one.

use std::sync::LazyLock;

use rayon::prelude::*;

use super::Recipe;
use super::analyser::{Analyser, Facts, MAX_TF};
use super::counts::{self, Counts, INDEX_BITS, INDEX_MASK};
use super::embedding::Embedding;
use super::sparse::Design;
use super::vocabulary::Vocabulary;
use crate::error::Result;

/// `1 + ln tf`; 0 for 0.
pub(crate) static SUBLINEAR: LazyLock<[f64; MAX_TF + 1]> =
    LazyLock::new(|| std::array::from_fn(|tf| if tf == 0 { 0.0 } else { 1.0 + (tf as f64).ln() }));

/// `ln((1 + n) / (1 + df)) + 1`: smooth inverse document frequency.
pub(crate) fn idf(n_docs: u32, df: u32) -> f64 {
    ((1.0 + f64::from(n_docs)) / (1.0 + f64::from(df))).ln() + 1.0
}

/// Vocabulary and document frequencies of a training set: turns texts into TF-IDF rows.
///
/// `x_t = (1 + ln tf) (ln((1 + n_docs) / (1 + df)) + 1)`, each block divided by its Euclidean length; a term
/// frequency counts up to 255. Rows are sparse: `(term, x)`, words and 2-grams first, then character n-grams.
/// Equal to scikit-learn's `TfidfVectorizer(sublinear_tf=True)` per block.
///
/// # Example
/// ```
/// use commentariat::features::{Recipe, Vectoriser};
/// let texts = ["no war", "war is over", "over and over"];
/// let vectoriser = Vectoriser::fit(&texts, &Recipe { chars: None, bigram_min_df: 1, ..Recipe::default() })?;
/// let row = &vectoriser.transform(&["no war"])[0];
/// let length: f64 = row.iter().map(|(_, x)| x * x).sum();
/// assert!((length - 1.0).abs() < 1e-12);
/// # Ok::<(), commentariat::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Vectoriser {
    pub(crate) recipe: Recipe,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) df: Vec<u32>,
    pub(crate) n_docs: u32,
    pub(crate) embedding: Option<Embedding>,
}

impl Vectoriser {
    /// Learns terms and document frequencies.
    ///
    /// # Errors
    /// More than 16 million texts or terms.
    pub fn fit(texts: &[&str], recipe: &Recipe) -> Result<Self> {
        Ok(Self::fit_counts(texts, recipe)?.0)
    }

    pub(crate) fn fit_counts(texts: &[&str], recipe: &Recipe) -> Result<(Self, Counts)> {
        let embedding = if recipe.vectors { Some(Embedding::new()?) } else { None };
        let (vocabulary, df, counts) = counts::read(texts, recipe, embedding.as_ref())?;
        let n_docs = texts.len() as u32;
        let v = Vectoriser { recipe: recipe.clone(), vocabulary, df, n_docs, embedding };
        Ok((v, counts))
    }

    /// The terms and their ids.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Inverse document frequency of every term.
    pub fn idf(&self) -> Vec<f64> {
        self.df.iter().map(|&df| idf(self.n_docs, df)).collect()
    }

    /// TF-IDF rows of texts, in double precision.
    pub fn transform(&self, texts: &[&str]) -> Vec<Vec<(u32, f64)>> {
        let idf = self.idf();
        texts
            .par_chunks(256)
            .flat_map_iter(|texts| {
                let mut analyser = self.analyser();
                let idf = &idf;
                texts
                    .iter()
                    .map(move |t| self.row(&mut analyser, t, |term| idf[term as usize]).0)
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    pub(crate) fn analyser(&self) -> Analyser<'_, &Vocabulary> {
        Analyser::new(&self.vocabulary, &self.recipe, self.embedding.as_ref())
    }

    /// One row, and what else is known of the text.
    pub(crate) fn row(
        &self,
        analyser: &mut Analyser<'_, &Vocabulary>,
        text: &str,
        idf: impl Fn(u32) -> f64,
    ) -> (Vec<(u32, f64)>, Facts) {
        analyser.read(&[text]);
        let facts = analyser.tally(0);
        let offsets = self.vocabulary.offsets();
        let mut row = Vec::new();
        for kinds in [0..2, 2..3] {
            let start = row.len();
            for kind in kinds {
                analyser.tallies[kind].drain(|id, tf| {
                    let term = offsets[kind] + id;
                    row.push((term, SUBLINEAR[tf as usize] * idf(term)));
                });
            }
            let length = row[start..].iter().map(|(_, x)| x * x).sum::<f64>().sqrt();
            if length > 0.0 {
                row[start..].iter_mut().for_each(|(_, x)| *x /= length);
            }
        }
        (row, facts)
    }
}

/// Counts seen as a TF-IDF matrix: the frequencies as stored, scaled by a factor per column (idf) and one per
/// row and block (length). Another training part needs other factors only.
pub(crate) struct TfIdf<'a> {
    counts: &'a Counts,
    idf: Vec<f32>,
    /// Per row, one over the length of each block.
    scales: Vec<[f32; 2]>,
    sublinear: [f32; MAX_TF + 1],
}

impl<'a> TfIdf<'a> {
    /// The matrix with idf from `df` (0 drops a term) of `n_docs` documents.
    pub fn new(counts: &'a Counts, df: &[u32], n_docs: u32) -> Self {
        let idf: Vec<f32> =
            df.iter().map(|&df| if df == 0 { 0.0 } else { self::idf(n_docs, df) as f32 }).collect();
        let sublinear = std::array::from_fn(|tf| SUBLINEAR[tf] as f32);
        let one_over_length = |block: &[u32]| {
            let squares = block.iter().map(|e| {
                let x = sublinear[(e >> INDEX_BITS) as usize] * idf[(e & INDEX_MASK) as usize];
                f64::from(x) * f64::from(x)
            });
            let length = squares.sum::<f64>().sqrt();
            if length > 0.0 { (1.0 / length) as f32 } else { 0.0 }
        };
        let scales = (0..counts.n_rows).into_par_iter().map(|r| counts.row(r).map(one_over_length)).collect();
        TfIdf { counts, idf, scales, sublinear }
    }

    /// The matrix with idf from the rows that `keep` names, as if the other rows had never been seen. Also
    /// tells which share of a row's words those rows do not know.
    pub fn of_rows(counts: &'a Counts, keep: impl Fn(usize) -> bool + Sync) -> Self {
        let kept: Vec<bool> = (0..counts.n_rows).map(keep).collect();
        let df: Vec<u32> = (0..counts.n_terms)
            .into_par_iter()
            .map(|j| counts.column(j).iter().filter(|e| kept[(*e & INDEX_MASK) as usize]).count() as u32)
            .collect();
        let n_docs = kept.iter().filter(|k| **k).count() as u32;
        Self::new(counts, &df, n_docs)
    }

    /// Whether the term is known to the rows the factors come from.
    pub fn knows(&self, term: u32) -> bool {
        self.idf[term as usize] > 0.0
    }

    fn by_column<const K: usize, const SQUARED: bool>(&self, u: &[[f32; K]], out: &mut [[f32; K]]) {
        let split = self.counts.split_id as usize;
        // The row factors are put into the right-hand side once per block.
        let scaled = |block: usize| -> Vec<[f32; K]> {
            let scale = |s: f32| if SQUARED { s * s } else { s };
            u.par_iter().zip(&self.scales).map(|(u, s)| u.map(|x| x * scale(s[block]))).collect()
        };
        let (words, chars) = out.split_at_mut(split);
        for (block, first, out) in [(0, 0, words), (1, split, chars)] {
            if out.is_empty() {
                continue;
            }
            let u = scaled(block);
            out.par_iter_mut().enumerate().with_min_len(64).for_each(|(j, out)| {
                let j = first + j;
                let idf = self.idf[j];
                *out = if idf == 0.0 { [0.0; K] } else { self.column::<K, SQUARED>(j, &u, idf) };
            });
        }
    }

    #[inline]
    fn column<const K: usize, const SQUARED: bool>(&self, j: usize, u: &[[f32; K]], idf: f32) -> [f32; K] {
        let column = self.counts.column(j);
        let factor = if SQUARED { idf * idf } else { idf };
        let value = |tf: u32| {
            let tf = self.sublinear[tf as usize];
            if SQUARED { tf * tf } else { tf }
        };
        let sum_of = |stretch: &[u32]| product_sum(stretch, u, value);
        // Single precision within a stretch, double across: as fast as the one, nearly as exact as the other.
        // Most columns are one stretch.
        if column.len() <= 64 {
            return sum_of(column).map(|s| s * factor);
        }
        let mut total = [0.0_f64; K];
        for stretch in column.chunks(64) {
            total.iter_mut().zip(sum_of(stretch)).for_each(|(t, s)| *t += f64::from(s));
        }
        total.map(|t| (t * f64::from(factor)) as f32)
    }
}

/// `sum value(frequency) * m[index]` over entries. Two sums side by side: one would wait for each addition to end.
#[inline]
fn product_sum<const K: usize>(entries: &[u32], m: &[[f32; K]], value: impl Fn(u32) -> f32) -> [f32; K] {
    let mut sums = [[0.0_f32; K]; 2];
    let mut pairs = entries.chunks_exact(2);
    for pair in &mut pairs {
        for (sum, e) in sums.iter_mut().zip(pair) {
            let x = value(e >> INDEX_BITS);
            let v = &m[(e & INDEX_MASK) as usize];
            for c in 0..K {
                sum[c] += x * v[c];
            }
        }
    }
    let [mut sum, other] = sums;
    for c in 0..K {
        sum[c] += other[c];
    }
    for e in pairs.remainder() {
        let x = value(e >> INDEX_BITS);
        let v = &m[(e & INDEX_MASK) as usize];
        for c in 0..K {
            sum[c] += x * v[c];
        }
    }
    sum
}

impl Design for TfIdf<'_> {
    fn n_rows(&self) -> usize {
        self.counts.n_rows
    }

    fn n_cols(&self) -> usize {
        self.counts.n_terms
    }

    fn forward<const K: usize>(&self, w: &[[f32; K]], room: &mut Vec<[f32; K]>, out: &mut [[f32; K]]) {
        let scaled = w.par_iter().zip(&self.idf).with_min_len(4096);
        scaled.map(|(w, idf)| w.map(|x| x * idf)).collect_into_vec(room);
        let w = &*room;
        out.par_iter_mut().enumerate().with_min_len(128).for_each(|(r, out)| {
            let mut total = [0.0; K];
            for (block, scale) in self.counts.row(r).into_iter().zip(self.scales[r]) {
                let sum = product_sum(block, w, |tf| self.sublinear[tf as usize]);
                for c in 0..K {
                    total[c] += sum[c] * scale;
                }
            }
            *out = total;
        });
    }

    fn transposed<const K: usize>(&self, u: &[[f32; K]], out: &mut [[f32; K]]) {
        self.by_column::<K, false>(u, out);
    }

    fn transposed_squares<const K: usize>(&self, u: &[[f32; K]], out: &mut [[f32; K]]) {
        self.by_column::<K, true>(u, out);
    }
}
