//! What the pooled figures hide: how a head does on an outlet it has not seen, and what more labels would bring.

use std::collections::BTreeMap;

use ndarray::Array2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::dummy::{most_frequent, stratified};
use super::newton::argmax;
use super::weights::family;
use crate::error::Result;
use crate::labels::LabelledCollection;

/// Fewest labels of a source that is left out.
const MIN_SOURCE: usize = 100;
/// Parts of the training rows that the learning curve is measured at, in eighths.
const EIGHTHS: [u64; 3] = [2, 4, 8];

/// Macro-F1 on one source by a text stage that was taught by the other sources alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The outlet or data set: what stands before the first `/` of the column source.
    pub source: String,
    /// Its labelled comments.
    pub n: usize,
    /// The text stage.
    pub macro_f1: f64,
    /// The better of the baselines: its own largest class, or its own class shares.
    pub baseline: f64,
}

/// Figures of one head by its text stage alone, each from a fit that has not seen the rows it is judged by.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diagnosis {
    /// Number of labels learned from, and macro-F1 on the first fold; rising numbers, at equal settings.
    pub learning_curve: Vec<(usize, f64)>,
    /// Sources left out, in alphabetical order; empty where there are not two with a hundred labels.
    pub sources: Vec<LeftOut>,
}

impl Diagnosis {
    /// Mean macro-F1 over the sources left out; `None` without sources.
    pub fn mean(&self) -> Option<f64> {
        let n = self.sources.len();
        (n > 0).then(|| self.sources.iter().map(|s| s.macro_f1).sum::<f64>() / n as f64)
    }
}

/// Diagnoses head `h`. `fit` learns from the rows that are named to it, from where another fit ended if there is one,
/// and gives text logits of all rows and where it ended.
pub(super) fn diagnose<S>(
    labelled: &LabelledCollection,
    h: usize,
    of_fold: &[usize],
    fit: impl Fn(&(dyn Fn(usize) -> bool + Sync), Option<&S>) -> Result<(Array2<f64>, S)> + Sync,
) -> Result<Diagnosis> {
    let k = labelled.heads[h].classes.len();
    let y = |i: &usize| labelled.rows[*i].y[h];
    let judge = |rows: &[usize], z: &Array2<f64>| {
        let truth: Vec<usize> = rows.iter().filter_map(y).collect();
        let named: Vec<usize> =
            rows.iter().filter(|i| y(i).is_some()).map(|i| argmax(z.row(*i).iter().copied())).collect();
        (super::dummy::f1_per_class(&truth, &named, k).iter().sum::<f64>() / k as f64, truth)
    };
    let mut out = Diagnosis::default();
    let held: Vec<usize> = (0..of_fold.len()).filter(|i| of_fold[*i] == 0).collect();
    // Each part holds the one before, and none the fold that judges: a fit may start from the last.
    let mut start = None;
    for part in EIGHTHS {
        // A multiplicative hash of the row number: parts that grow, the same on every machine.
        let kept = |i: usize| (i as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 61 < part;
        let keep = |i: usize| of_fold[i] != 0 && kept(i);
        let (z, end) = fit(&keep, start.as_ref())?;
        let n = (0..of_fold.len()).filter(|i| keep(*i) && y(i).is_some()).count();
        out.learning_curve.push((n, judge(&held, &z).0));
        start = Some(end);
    }
    let mut by_source: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, row) in labelled.rows.iter().enumerate() {
        if let (Some(source), Some(_)) = (&row.source, row.y[h]) {
            by_source.entry(family(source)).or_default().push(i);
        }
    }
    by_source.retain(|_, rows| rows.len() >= MIN_SOURCE);
    if by_source.len() < 2 {
        return Ok(out);
    }
    let left_out = by_source.into_par_iter().map(|(source, rows)| {
        let of_source = |i: usize| labelled.rows[i].source.as_deref().map(family) == Some(source);
        let (z, _) = fit(&|i: usize| !of_source(i), None)?;
        let (macro_f1, truth) = judge(&rows, &z);
        let mut counts = vec![0; k];
        truth.iter().for_each(|y| counts[*y] += 1);
        let baseline = most_frequent(&truth, &counts).macro_f1.max(stratified(&truth, &counts).macro_f1);
        Ok(LeftOut { source: source.to_owned(), n: truth.len(), macro_f1, baseline })
    });
    out.sources = left_out.collect::<Result<_>>()?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::{Head, Labelled};

    #[test]
    fn a_source_is_judged_by_what_the_others_teach() {
        let row = |i: usize| Labelled {
            source: Some(if i < 100 { "a/x" } else { "b" }.to_owned()),
            y: vec![Some(i % 2)],
            ..Labelled::default()
        };
        let heads = vec![Head { name: "h".into(), classes: vec!["n".into(), "y".into()] }];
        let labelled =
            LabelledCollection { heads, rows: (0..250).map(row).collect(), ..LabelledCollection::default() };
        let of_fold: Vec<usize> = (0..250).map(|i| i / 2 % 5).collect();
        // A learner that is right about every row it was shown, and wrong about the others.
        let fit = |keep: &(dyn Fn(usize) -> bool + Sync), _: Option<&()>| {
            let says = |(i, c): (usize, usize)| f64::from(u8::from((i % 2 == c) == keep(i)));
            Ok((Array2::from_shape_fn((250, 2), says), ()))
        };
        let d = diagnose(&labelled, 0, &of_fold, fit).unwrap();
        let names: Vec<(&str, usize)> = d.sources.iter().map(|s| (s.source.as_str(), s.n)).collect();
        assert_eq!(names, [("a", 100), ("b", 150)]);
        assert_eq!(d.mean(), Some(0.0));
        assert!(d.learning_curve.is_sorted_by_key(|p| p.0) && d.learning_curve[2].0 == 200);
    }
}
