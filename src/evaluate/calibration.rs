//! Posteriors against labels: log-loss, Brier score, expected calibration error, reliability table.

use serde::{Deserialize, Serialize};

use super::Scored;
use crate::estimate::argmax;
use crate::estimate::random::floor;

/// Bins of the reliability table, equally wide in confidence.
pub const N_BINS: usize = 10;

/// One line of the reliability table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Lower end of the confidences, inclusive; the last bin includes 1.
    pub from: f64,
    /// Number of comments.
    pub n: usize,
    /// Mean confidence: the largest posterior.
    pub confidence: f64,
    /// Share of the comments whose most probable class is right.
    pub accuracy: f64,
}

/// Figures of calibration.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Mean of `-ln p(y)`, in nats.
    pub log_loss: f64,
    /// Log-loss of the training set's class shares.
    pub log_loss_prior: f64,
    /// Mean of `sum_k (p_k - [y = k])^2`, from 0 to 2.
    pub brier: f64,
    /// Brier score of the training set's class shares.
    pub brier_prior: f64,
    /// Expected calibration error: mean gap between confidence and accuracy over the bins, weighted by comments.
    pub ece: f64,
    /// The bins that hold comments.
    pub reliability: Vec<Bin>,
}

fn log_loss<'a>(rows: impl Iterator<Item = (&'a [f64], usize)>) -> f64 {
    let (sum, n) = rows.fold((0.0, 0), |(s, n), (p, y)| (s - p[y].max(1e-15).ln(), n + 1));
    sum / f64::from(n.max(1))
}

fn brier<'a>(rows: impl Iterator<Item = (&'a [f64], usize)>) -> f64 {
    let one = |p: &[f64], y: usize| -> f64 {
        p.iter().enumerate().map(|(k, p)| (p - f64::from(u8::from(k == y))).powi(2)).sum()
    };
    let (sum, n) = rows.fold((0.0, 0), |(s, n), (p, y)| (s + one(p, y), n + 1));
    sum / f64::from(n.max(1))
}

/// All figures of calibration, baselines beside them.
pub fn report(scored: &Scored) -> Report {
    let rows = || scored.p.iter().map(Vec::as_slice).zip(scored.y.iter().copied());
    let total: usize = scored.train_counts.iter().sum();
    let shares: Vec<f64> = scored.train_counts.iter().map(|n| *n as f64 / total.max(1) as f64).collect();
    let prior = || scored.y.iter().map(|y| (shares.as_slice(), *y));
    let mut bins = [(0usize, 0.0, 0usize); N_BINS];
    for (p, y) in rows() {
        let top = argmax(p.iter().copied());
        let bin = floor(p[top] * N_BINS as f64).min(N_BINS - 1);
        bins[bin].0 += 1;
        bins[bin].1 += p[top];
        bins[bin].2 += usize::from(top == y);
    }
    let reliability: Vec<Bin> = bins
        .iter()
        .enumerate()
        .filter(|(_, b)| b.0 > 0)
        .map(|(i, b)| Bin {
            from: i as f64 / N_BINS as f64,
            n: b.0,
            confidence: b.1 / b.0 as f64,
            accuracy: b.2 as f64 / b.0 as f64,
        })
        .collect();
    let gap = |b: &Bin| b.n as f64 * (b.confidence - b.accuracy).abs();
    Report {
        log_loss: log_loss(rows()),
        log_loss_prior: log_loss(prior()),
        brier: brier(rows()),
        brier_prior: brier(prior()),
        ece: reliability.iter().map(gap).sum::<f64>() / scored.len().max(1) as f64,
        reliability,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_small_case_by_hand() {
        let scored = Scored {
            classes: vec!["a".into(), "b".into()],
            y: vec![0, 1, 1, 0],
            p: vec![vec![0.9, 0.1], vec![0.9, 0.1], vec![0.25, 0.75], vec![0.75, 0.25]],
            train_counts: vec![1, 1],
            ..Scored::default()
        };
        let r = report(&scored);
        let loss = -(0.9f64.ln() + 0.1f64.ln() + 2.0 * 0.75f64.ln()) / 4.0;
        assert!((r.log_loss - loss).abs() < 1e-12);
        assert!((r.log_loss_prior - 2.0f64.ln()).abs() < 1e-12 && (r.brier_prior - 0.5).abs() < 1e-12);
        assert!((r.brier - (0.02 + 1.62 + 0.125 + 0.125) / 4.0).abs() < 1e-12);
        // Two bins: .9 with one right of two, .75 with two right of two.
        assert!((r.ece - (0.5 * 0.4 + 0.5 * 0.25)).abs() < 1e-12);
        assert_eq!(r.reliability.len(), 2);
    }
}
