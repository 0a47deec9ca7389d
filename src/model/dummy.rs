//! Baselines, as scikit-learn's `DummyClassifier` has them: the largest class, and the class shares.

use super::newton::argmax;

/// Accuracy, macro-F1 and mean log loss of predictions on labelled rows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Metrics {
    /// Share of rows that are right.
    pub accuracy: f64,
    /// Mean of the classes' F1.
    pub macro_f1: f64,
    /// Mean of `-ln p(y)`, in nats.
    pub log_loss: f64,
}

/// F1 of every class from true and named classes: `2 tp / (2 tp + fp + fn)`, 0 where there is none of either.
pub fn f1_per_class(y: &[usize], named: &[usize], n_classes: usize) -> Vec<f64> {
    // Per class: rows of it that are named so, and rows of it plus rows named so.
    let mut counts = vec![(0_usize, 0_usize); n_classes];
    for (&y, &named) in y.iter().zip(named) {
        counts[y].1 += 1;
        counts[named].1 += 1;
        counts[y].0 += usize::from(y == named);
    }
    let f1 =
        |(hits, either): (usize, usize)| if either == 0 { 0.0 } else { 2.0 * hits as f64 / either as f64 };
    counts.into_iter().map(f1).collect()
}

impl Metrics {
    /// Of named classes and posteriors against true classes.
    pub fn of(y: &[usize], named: &[usize], posteriors: &[Vec<f64>]) -> Self {
        let n_classes = posteriors.first().map_or(0, Vec::len);
        let n = y.len().max(1) as f64;
        let f1 = f1_per_class(y, named, n_classes);
        Metrics {
            accuracy: y.iter().zip(named).filter(|(y, n)| y == n).count() as f64 / n,
            macro_f1: f1.iter().sum::<f64>() / n_classes.max(1) as f64,
            log_loss: y.iter().zip(posteriors).map(|(y, p)| -p[*y].max(1e-15).ln()).sum::<f64>() / n,
        }
    }
}

/// The baseline that names the largest class of `counts` for every row; its posteriors are the class shares.
pub fn most_frequent(y: &[usize], counts: &[usize]) -> Metrics {
    let named = vec![argmax(counts.iter().map(|c| *c as f64)); y.len()];
    Metrics::of(y, &named, &vec![shares(counts); y.len()])
}

/// The baseline that names classes at random by their shares: expected figures.
///
/// With shares `q` in training and `r` among the rows, class `c` has `F1 = 2 q_c r_c / (q_c + r_c)`.
pub fn stratified(y: &[usize], counts: &[usize]) -> Metrics {
    let q = shares(counts);
    let n = y.len().max(1) as f64;
    let r: Vec<f64> = (0..q.len()).map(|c| y.iter().filter(|y| **y == c).count() as f64 / n).collect();
    let f1 = q.iter().zip(&r).map(|(q, r)| if q + r > 0.0 { 2.0 * q * r / (q + r) } else { 0.0 });
    let log_loss = q.iter().zip(&r).map(|(q, r)| -r * q.max(1e-15).ln()).sum();
    Metrics {
        accuracy: q.iter().zip(&r).map(|(q, r)| q * r).sum(),
        macro_f1: f1.sum::<f64>() / q.len().max(1) as f64,
        log_loss,
    }
}

fn shares(counts: &[usize]) -> Vec<f64> {
    let n = counts.iter().sum::<usize>().max(1) as f64;
    counts.iter().map(|c| *c as f64 / n).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_small_case_by_hand() {
        let (y, named) = ([0, 0, 1, 2], [0, 1, 1, 1]);
        let f1 = f1_per_class(&y, &named, 3);
        assert!((f1[0] - 2.0 / 3.0).abs() < 1e-12 && (f1[1] - 0.5).abs() < 1e-12 && f1[2] == 0.0);
        let base = most_frequent(&y, &[2, 1, 1]);
        assert!((base.accuracy - 0.5).abs() < 1e-12 && (base.macro_f1 - 2.0 / 9.0).abs() < 1e-12);
        let random = stratified(&y, &[2, 1, 1]);
        assert!((random.macro_f1 - (0.5 + 0.25 + 0.25) / 3.0).abs() < 1e-12);
    }
}
