//! Agreement of coders: Krippendorff's alpha for nominal labels, with a bootstrap interval.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::estimate::random::{Stream, floor};

/// Bootstrap resamples of units behind an interval.
pub const N_BOOTSTRAP: usize = 1000;
/// Fewer units than this give no interval worth the name.
const MIN_UNITS_FOR_INTERVAL: usize = 2;

/// One comment and what each coder made of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Unit {
    /// Id of the comment.
    pub id: String,
    /// Language, where known.
    pub lang: Option<String>,
    /// Version of the codebook it was coded by, where known.
    pub codebook: Option<String>,
    /// Pairs of coder and class, as indices.
    pub values: Vec<(usize, usize)>,
}

/// All codings of one label column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Codings {
    /// Class names.
    pub classes: Vec<String>,
    /// Coder names.
    pub coders: Vec<String>,
    /// The comments.
    pub units: Vec<Unit>,
}

/// Alpha with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Alpha {
    /// Krippendorff's alpha; `None` where every value is the same, so that chance explains all.
    pub alpha: Option<f64>,
    /// Lower and upper end of the bootstrap interval.
    pub interval: Option<(f64, f64)>,
    /// Number of comments with two codings or more.
    pub n_units: usize,
    /// Share of pairs of codings that agree.
    pub observed: Option<f64>,
}

/// Agreement on one label column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    /// All classes together.
    pub overall: Alpha,
    /// Each class against the rest.
    pub per_class: BTreeMap<String, Alpha>,
    /// By language.
    pub per_language: BTreeMap<String, Alpha>,
    /// By version of the codebook.
    pub per_codebook: BTreeMap<String, Alpha>,
    /// `confusion[a][b]`: pairs of codings, first coder `a`, second `b`, in the order of coders.
    pub confusion: Vec<Vec<usize>>,
    /// Most disputed comments, the most disputed first: index into the units and share of pairs that differ.
    pub disputed: Vec<(usize, f64)>,
}

/// Sums from which alpha is computed: one unit's share of the coincidence matrix.
#[derive(Debug, Clone)]
struct Tally {
    /// Values per class.
    n: Vec<f64>,
    /// Disagreeing pairs, each weighted by `1 / (m - 1)`.
    disagree: f64,
}

impl Tally {
    fn new(k: usize) -> Self {
        Tally { n: vec![0.0; k], disagree: 0.0 }
    }

    fn of(values: impl Iterator<Item = usize>, k: usize) -> Option<Self> {
        let mut t = Tally::new(k);
        values.for_each(|v| t.n[v] += 1.0);
        let m: f64 = t.n.iter().sum();
        if m < 2.0 {
            return None;
        }
        let same: f64 = t.n.iter().map(|c| c * (c - 1.0)).sum();
        t.disagree = (m * (m - 1.0) - same) / (m - 1.0);
        Some(t)
    }

    fn add(&mut self, other: &Tally) {
        self.n.iter_mut().zip(&other.n).for_each(|(a, b)| *a += b);
        self.disagree += other.disagree;
    }

    /// `1 - (n - 1) * observed / expected`.
    fn alpha(&self) -> Option<f64> {
        let n: f64 = self.n.iter().sum();
        let expected = n * n - self.n.iter().map(|c| c * c).sum::<f64>();
        (expected > 0.0).then(|| 1.0 - (n - 1.0) * self.disagree / expected)
    }
}

/// Krippendorff's alpha of some units: `1 - D_observed / D_expected` for nominal values, missing values allowed.
///
/// The interval is the 2.5 and 97.5 % quantile over [`N_BOOTSTRAP`] resamples of units. Source: Krippendorff,
/// Computing Krippendorff's Alpha-Reliability (2011).
///
/// # Example
/// ```
/// use commentariat::labels::agreement::{Unit, alpha};
/// // Two coders, ten units, binary: Krippendorff 2011, example A, alpha = 0.095.
/// let a = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0];
/// let b = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0];
/// let units: Vec<Unit> = a.iter().zip(b)
///     .map(|(a, b)| Unit { values: vec![(0, *a), (1, b)], ..Unit::default() }).collect();
/// let got = alpha(&units.iter().collect::<Vec<_>>(), 2, 0).alpha.unwrap();
/// assert!((got - 0.095).abs() < 5e-4);
/// ```
pub fn alpha(units: &[&Unit], n_classes: usize, seed: u64) -> Alpha {
    let tallies: Vec<Tally> =
        units.iter().filter_map(|u| Tally::of(u.values.iter().map(|v| v.1), n_classes)).collect();
    from_tallies(&tallies, n_classes, seed)
}

/// Agreement on the comments of a collection that two coders labelled (the same id and article, another coder), for
/// label column `h`; `None` where there is no such comment.
pub fn of_collection(labelled: &super::LabelledCollection, h: usize, seed: u64) -> Option<Alpha> {
    let mut units: BTreeMap<(&str, &str), Unit> = BTreeMap::new();
    let mut names: Vec<&str> = Vec::new();
    for row in &labelled.rows {
        let (Some(y), Some(coder)) = (row.y[h], row.coder.as_deref()) else { continue };
        let coder = names.iter().position(|n| *n == coder).unwrap_or_else(|| {
            names.push(coder);
            names.len() - 1
        });
        let unit = units.entry((&row.article, &row.id)).or_default();
        if unit.values.iter().all(|v| v.0 != coder) {
            unit.values.push((coder, y));
        }
    }
    let double: Vec<&Unit> = units.values().filter(|u| u.values.len() > 1).collect();
    (!double.is_empty()).then(|| alpha(&double, labelled.heads[h].classes.len(), seed))
}

fn from_tallies(tallies: &[Tally], k: usize, seed: u64) -> Alpha {
    let mut sum = Tally::new(k);
    tallies.iter().for_each(|t| sum.add(t));
    let total: f64 = sum.n.iter().sum();
    let mut draws = Vec::with_capacity(N_BOOTSTRAP);
    if tallies.len() >= MIN_UNITS_FOR_INTERVAL {
        let mut rng = Stream::named(seed, &["agreement"]);
        for _ in 0..N_BOOTSTRAP {
            let mut one = Tally::new(k);
            (0..tallies.len()).for_each(|_| one.add(&tallies[rng.index(tallies.len())]));
            draws.extend(one.alpha());
        }
    }
    draws.sort_unstable_by(f64::total_cmp);
    let at = |q: f64| draws[floor(q * draws.len() as f64).min(draws.len() - 1)];
    Alpha {
        alpha: sum.alpha(),
        interval: (!draws.is_empty() && sum.alpha().is_some()).then(|| (at(0.025), at(0.975))),
        n_units: tallies.len(),
        observed: (total > 0.0).then(|| 1.0 - sum.disagree / total),
    }
}

impl Codings {
    /// Agreement overall, per class, per language and per version of the codebook.
    pub fn agreement(&self, seed: u64) -> Agreement {
        let k = self.classes.len();
        let all: Vec<&Unit> = self.units.iter().collect();
        let class = |c: usize| {
            let binary = |u: &&Unit| Tally::of(u.values.iter().map(|v| usize::from(v.1 == c)), 2);
            from_tallies(&all.iter().filter_map(binary).collect::<Vec<_>>(), 2, seed)
        };
        let by = |key: fn(&Unit) -> Option<&String>| {
            let mut parts: BTreeMap<String, Vec<&Unit>> = BTreeMap::new();
            for u in self.units.iter().filter(|u| u.values.len() > 1) {
                if let Some(name) = key(u) {
                    parts.entry(name.clone()).or_default().push(u);
                }
            }
            parts.into_iter().map(|(name, units)| (name, alpha(&units, k, seed))).collect()
        };
        let mut confusion = vec![vec![0; k]; k];
        let mut disputed = Vec::new();
        for (i, u) in self.units.iter().enumerate() {
            let (mut pairs, mut differ) = (0, 0);
            for (at, a) in u.values.iter().enumerate() {
                for b in &u.values[at + 1..] {
                    let (first, second) = if a.0 <= b.0 { (a.1, b.1) } else { (b.1, a.1) };
                    confusion[first][second] += 1;
                    pairs += 1;
                    differ += usize::from(first != second);
                }
            }
            if differ > 0 {
                disputed.push((i, differ as f64 / f64::from(pairs)));
            }
        }
        disputed.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        Agreement {
            overall: alpha(&all, k, seed),
            per_class: self.classes.iter().enumerate().map(|(c, name)| (name.clone(), class(c))).collect(),
            per_language: by(|u| u.lang.as_ref()),
            per_codebook: by(|u| u.codebook.as_ref()),
            confusion,
            disputed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(rows: &[&[Option<usize>]]) -> Vec<Unit> {
        let n = rows[0].len();
        (0..n)
            .map(|i| Unit {
                id: i.to_string(),
                values: rows.iter().enumerate().filter_map(|(c, r)| r[i].map(|v| (c, v))).collect(),
                ..Unit::default()
            })
            .collect()
    }

    fn nominal(rows: &[&[Option<usize>]], k: usize) -> Alpha {
        let u = units(rows);
        alpha(&u.iter().collect::<Vec<_>>(), k, 0)
    }

    /// Codes `a`, `b`, ... as classes, `.` as missing.
    fn codes(s: &str) -> Vec<Option<usize>> {
        s.bytes().map(|b| (b != b'.').then(|| usize::from(b - b'a'))).collect()
    }

    /// Krippendorff 2011, example B: two coders, twelve units, nominal, alpha = 0.692.
    #[test]
    fn two_coders_nominal_from_the_literature() {
        let got = nominal(&[&codes("aabbdcccedda"), &codes("babbbccceddd")], 5);
        assert!((got.alpha.unwrap() - 0.692).abs() < 5e-4, "{got:?}");
    }

    /// Krippendorff 2011, example C: four coders, missing values, nominal, alpha = 0.743.
    #[test]
    fn four_coders_with_missing_values_from_the_literature() {
        let rows = ["abccbadab...", "abccbbdabe.c", ".cccbcdbbea.", "abccbddabea."].map(codes);
        let refs: Vec<&[Option<usize>]> = rows.iter().map(Vec::as_slice).collect();
        let got = nominal(&refs, 5);
        assert!((got.alpha.unwrap() - 0.743).abs() < 5e-4, "{got:?}");
    }

    #[test]
    fn extremes() {
        let same: Vec<Option<usize>> = (0..30).map(|i| Some(i % 3)).collect();
        assert!((nominal(&[&same, &same], 3).alpha.unwrap() - 1.0).abs() < 1e-12);
        let one = vec![Some(0); 30];
        assert_eq!(nominal(&[&one, &one], 3).alpha, None);
        assert_eq!(nominal(&[&same], 3).n_units, 0);
    }

    #[test]
    fn the_interval_holds_alpha_and_narrows() {
        let a: Vec<Option<usize>> = (0..400).map(|i| Some(i % 3)).collect();
        let b: Vec<Option<usize>> =
            (0..400).map(|i| Some(if i % 7 == 0 { (i + 1) % 3 } else { i % 3 })).collect();
        let width = |n: usize| {
            let got = nominal(&[&a[..n], &b[..n]], 3);
            let (lo, hi) = got.interval.unwrap();
            assert!(lo <= got.alpha.unwrap() && got.alpha.unwrap() <= hi);
            hi - lo
        };
        assert!(width(400) < 0.7 * width(60));
    }

    #[test]
    fn disputed_comments_come_first_and_the_confusion_counts_pairs() {
        let c = Codings {
            classes: vec!["a".into(), "b".into()],
            coders: vec!["x".into(), "y".into()],
            units: units(&[&[Some(0), Some(1), Some(0)], &[Some(0), Some(0), Some(0)]]),
        };
        let got = c.agreement(0);
        assert_eq!(got.disputed, vec![(1, 1.0)]);
        assert_eq!(got.confusion, vec![vec![2, 0], vec![1, 0]]);
    }
}
