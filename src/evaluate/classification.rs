//! Named classes against labels: accuracy, F1, confusion; by language and by length; baselines beside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Scored;
use crate::estimate::random::{Stream, floor};

/// Bootstrap resamples (of whole articles) behind the interval of macro-F1.
pub const N_BOOTSTRAP: usize = 500;
/// Upper ends of the length classes, in words.
const LENGTHS: [(usize, &str); 4] = [(5, "1-5"), (15, "6-15"), (40, "16-40"), (usize::MAX, "41+")];

/// Precision, recall and F1 of one class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct ClassFigures {
    /// Share of the comments named so that are so.
    pub precision: f64,
    /// Share of the comments that are so that are named so.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
    /// Number of comments that are so.
    pub n: usize,
}

/// Accuracy and macro-F1 of some comments.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// Number of comments.
    pub n: usize,
    /// Share of them that are named right.
    pub accuracy: f64,
    /// Mean F1 of the classes that occur among their labels.
    pub macro_f1: f64,
}

/// Figures of a classifier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Classification {
    /// Share of comments that are named right.
    pub accuracy: f64,
    /// Mean F1 of all classes.
    pub macro_f1: f64,
    /// 95 % bootstrap interval of macro-F1, articles resampled whole.
    pub macro_f1_interval: (f64, f64),
    /// By class name.
    pub per_class: BTreeMap<String, ClassFigures>,
    /// `confusion[y][named]`, in class order.
    pub confusion: Vec<Vec<usize>>,
    /// By language.
    pub per_language: BTreeMap<String, Slice>,
    /// By length in words, short first.
    pub per_length: Vec<(String, Slice)>,
    /// Naming the largest class of the training set always.
    pub most_frequent: Slice,
    /// Naming classes at random by their shares in the training set (expected figures).
    pub stratified: Slice,
}

/// `confusion[y][named]` of the rows.
pub fn confusion(y: &[usize], named: &[usize], k: usize) -> Vec<Vec<usize>> {
    let mut out = vec![vec![0; k]; k];
    y.iter().zip(named).for_each(|(y, n)| out[*y][*n] += 1);
    out
}

/// Precision, recall and F1 of each class of a confusion matrix; 0 where a denominator is 0 (as scikit-learn).
///
/// # Example
/// ```
/// use commentariat::evaluate::classification::per_class;
/// let f = per_class(&[vec![2, 1], vec![0, 1]]);
/// assert!((f[0].f1 - 0.8).abs() < 1e-12 && (f[1].f1 - 2.0 / 3.0).abs() < 1e-12);
/// ```
pub fn per_class(confusion: &[Vec<usize>]) -> Vec<ClassFigures> {
    let ratio = |a: usize, b: usize| if b == 0 { 0.0 } else { a as f64 / b as f64 };
    (0..confusion.len())
        .map(|y| {
            let hits = confusion[y][y];
            let n: usize = confusion[y].iter().sum();
            let named: usize = confusion.iter().map(|row| row[y]).sum();
            ClassFigures {
                precision: ratio(hits, named),
                recall: ratio(hits, n),
                f1: ratio(2 * hits, n + named),
                n,
            }
        })
        .collect()
}

fn macro_f1(confusion: &[Vec<usize>]) -> f64 {
    let each = per_class(confusion);
    each.iter().map(|f| f.f1).sum::<f64>() / each.len().max(1) as f64
}

fn slice(scored: &Scored, rows: &[usize]) -> Slice {
    let k = scored.classes.len();
    let y: Vec<usize> = rows.iter().map(|&i| scored.y[i]).collect();
    let named: Vec<usize> = rows.iter().map(|&i| scored.named[i]).collect();
    let each = per_class(&confusion(&y, &named, k));
    let there: Vec<f64> = each.iter().filter(|f| f.n > 0).map(|f| f.f1).collect();
    let hits = y.iter().zip(&named).filter(|(a, b)| a == b).count();
    Slice {
        n: rows.len(),
        accuracy: hits as f64 / rows.len().max(1) as f64,
        macro_f1: there.iter().sum::<f64>() / there.len().max(1) as f64,
    }
}

/// Figures by language, and by length in words, short first.
pub fn slices(scored: &Scored) -> (BTreeMap<String, Slice>, Vec<(String, Slice)>) {
    let mut by_language: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut by_length: Vec<Vec<usize>> = vec![Vec::new(); LENGTHS.len()];
    for i in 0..scored.len() {
        by_language.entry(scored.lang[i].clone()).or_default().push(i);
        let at = LENGTHS.iter().position(|l| scored.n_words[i] <= l.0).unwrap_or(LENGTHS.len() - 1);
        by_length[at].push(i);
    }
    let lengths = by_length.iter().zip(LENGTHS).filter(|(rows, _)| !rows.is_empty());
    (
        by_language.into_iter().map(|(l, rows)| (l, slice(scored, &rows))).collect(),
        lengths.map(|(rows, l)| (l.1.to_owned(), slice(scored, rows))).collect(),
    )
}

/// All figures of classification.
pub fn classify(scored: &Scored, seed: u64) -> Classification {
    let k = scored.classes.len();
    let matrix = confusion(&scored.y, &scored.named, k);
    let hits: usize = (0..k).map(|y| matrix[y][y]).sum();
    let (per_language, per_length) = slices(scored);
    let base = |m: crate::model::dummy::Metrics| Slice {
        n: scored.len(),
        accuracy: m.accuracy,
        macro_f1: m.macro_f1,
    };
    Classification {
        accuracy: hits as f64 / scored.len().max(1) as f64,
        macro_f1: macro_f1(&matrix),
        macro_f1_interval: bootstrap(scored, seed),
        per_class: scored.classes.iter().cloned().zip(per_class(&matrix)).collect(),
        confusion: matrix,
        per_language,
        per_length,
        most_frequent: base(crate::model::dummy::most_frequent(&scored.y, &scored.train_counts)),
        stratified: base(crate::model::dummy::stratified(&scored.y, &scored.train_counts)),
    }
}

fn bootstrap(scored: &Scored, seed: u64) -> (f64, f64) {
    let k = scored.classes.len();
    let clusters = scored.clusters();
    if clusters.is_empty() {
        return (0.0, 1.0);
    }
    let mut rng = Stream::named(seed, &["macro-F1"]);
    let mut draws: Vec<f64> = (0..N_BOOTSTRAP)
        .map(|_| {
            let mut matrix = vec![vec![0; k]; k];
            for _ in 0..clusters.len() {
                for &i in &clusters[rng.index(clusters.len())] {
                    matrix[scored.y[i]][scored.named[i]] += 1;
                }
            }
            macro_f1(&matrix)
        })
        .collect();
    draws.sort_unstable_by(f64::total_cmp);
    let at = |q: f64| draws[floor(q * draws.len() as f64).min(draws.len() - 1)];
    (at(0.025), at(0.975))
}
