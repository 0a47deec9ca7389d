//! Row weights: the coder's confidence, no lesson from a source's class share, classes balanced.

use std::collections::HashMap;

use crate::features::Recipe;
use crate::labels::LabelledCollection;

/// Strength, in comments, with which a source's class shares are pulled to those of all rows.
const SMOOTHING: f64 = 5.0;

/// Weight of each row of a head; 0 for rows without a class and those that `keep` does not name.
///
/// `s_i = confidence_i * (p(y_i) / p(y_i | source_i))^a`, then scaled per class so that classes weigh the same;
/// the weights of the kept rows sum to their number. Each factor only where the recipe has it.
pub(crate) fn row_weights(
    labelled: &LabelledCollection,
    h: usize,
    recipe: &Recipe,
    keep: impl Fn(usize) -> bool,
) -> Vec<f32> {
    let k = labelled.heads[h].classes.len();
    let rows: Vec<(usize, usize)> = (0..labelled.rows.len())
        .filter(|i| keep(*i))
        .filter_map(|i| Some((i, labelled.rows[i].y[h]?)))
        .collect();
    let mut weights = vec![0.0_f64; labelled.rows.len()];
    for &(i, _) in &rows {
        weights[i] = if recipe.confidence { labelled.rows[i].weight } else { 1.0 };
    }
    if recipe.balance_sources > 0.0 {
        balance_sources(labelled, &rows, k, recipe.balance_sources, &mut weights);
    }
    if recipe.balance_classes {
        let mut totals = vec![0.0; k];
        rows.iter().for_each(|(i, y)| totals[*y] += weights[*i]);
        for &(i, y) in &rows {
            weights[i] /= totals[y].max(1e-12);
        }
    }
    let sum: f64 = rows.iter().map(|(i, _)| weights[*i]).sum();
    let scale = if sum > 0.0 { rows.len() as f64 / sum } else { 0.0 };
    weights.into_iter().map(|w| (w * scale) as f32).collect()
}

/// Part of each row's target that is spread evenly over the classes: what the recipe has for an unsure coder, less
/// the surer the coder is.
pub(crate) fn softening(labelled: &LabelledCollection, recipe: &Recipe) -> Vec<f32> {
    labelled.rows.iter().map(|r| (recipe.soften * (1.0 - r.weight)) as f32).collect()
}

/// Power of the source weights in the thread stage.
const THREAD_POWER: f64 = 0.5;

/// Weight of each of `rows` in the thread stage: confidence and source, classes as they are.
pub(crate) fn thread_weights(labelled: &LabelledCollection, h: usize, rows: &[usize]) -> Vec<f64> {
    let k = labelled.heads[h].classes.len();
    let pairs: Vec<(usize, usize)> =
        rows.iter().filter_map(|i| Some((*i, labelled.rows[*i].y[h]?))).collect();
    let mut weights: Vec<f64> = labelled.rows.iter().map(|r| r.weight).collect();
    balance_sources(labelled, &pairs, k, THREAD_POWER, &mut weights);
    rows.iter().map(|i| weights[*i]).collect()
}

fn balance_sources(
    labelled: &LabelledCollection,
    rows: &[(usize, usize)],
    k: usize,
    power: f64,
    weights: &mut [f64],
) {
    let source = |i: usize| labelled.rows[i].source.as_deref().map(family);
    let mut counts: HashMap<Option<&str>, Vec<f64>> = HashMap::new();
    let mut totals = vec![0.0; k];
    for &(i, y) in rows {
        counts.entry(source(i)).or_insert_with(|| vec![0.0; k])[y] += weights[i];
        totals[y] += weights[i];
    }
    if counts.len() < 2 {
        return;
    }
    let all: f64 = totals.iter().sum();
    for &(i, y) in rows {
        let of_source = &counts[&source(i)];
        let p = totals[y] / all;
        let n: f64 = of_source.iter().sum();
        let within = (of_source[y] + SMOOTHING * p) / (n + SMOOTHING);
        weights[i] *= (p / within).powf(power);
    }
}

/// The outlet a source belongs to: what stands before the first `/`.
pub(crate) fn family(source: &str) -> &str {
    source.split('/').next().unwrap_or(source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::{Head, Labelled};

    #[test]
    fn classes_weigh_the_same_and_a_source_s_share_teaches_nothing() {
        let row = |source: &str, y: usize| Labelled {
            source: Some(source.to_owned()),
            weight: 1.0,
            y: vec![Some(y)],
            ..Labelled::default()
        };
        let mut rows = Vec::new();
        for (source, n0, n1) in [("a/x", 90, 10), ("b", 10, 90)] {
            rows.extend((0..n0).map(|_| row(source, 0)));
            rows.extend((0..n1).map(|_| row(source, 1)));
        }
        let heads = vec![Head { name: "h".into(), classes: vec!["n".into(), "y".into()] }];
        let labelled = LabelledCollection { heads, rows, ..LabelledCollection::default() };
        let w = row_weights(&labelled, 0, &Recipe { balance_sources: 1.0, ..Recipe::default() }, |_| true);
        assert!((w.iter().sum::<f32>() - 200.0).abs() < 1e-3);
        // A "no" from the outlet full of them counts for much less than one from the other.
        assert!(w[100] / w[0] > 4.0, "{} {}", w[0], w[100]);
        let plain = Recipe { balance_sources: 0.0, balance_classes: false, ..Recipe::default() };
        assert!(row_weights(&labelled, 0, &plain, |i| i > 0)[1..].iter().all(|w| (w - 1.0).abs() < 1e-6));
    }
}
