//! Point methods as QuaPy 0.2.3 defines them: CC, PCC, ACC, PACC and EMQ. They carry no interval and stand beside
//! the default for comparison.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::calibration::Calibration;
use super::prevalence::Prevalence;
use super::quantifier::Quantifier;

/// EM stops when the mean absolute change falls below this (QuaPy's `EMQ.EPSILON`).
const EM_EPSILON: f64 = 1e-4;
/// Most EM steps (QuaPy's `EMQ.MAX_ITER`).
const EM_MAX_STEPS: usize = 1000;
/// EM never stops before this many steps (QuaPy: `s > 10`).
const EM_MIN_STEPS: usize = 10;

/// A method that gives a point and no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Method {
    /// Classify and count: shares of the most probable class. Biased whenever the classifier errs.
    #[serde(rename = "CC")]
    Cc,
    /// Probabilistic classify and count: mean posterior.
    #[serde(rename = "PCC")]
    Pcc,
    /// Adjusted classify and count: the shares that would give these counts through the confusion matrix.
    #[serde(rename = "ACC")]
    Acc,
    /// Probabilistic ACC: the same with mean posteriors (Bella et al. 2010).
    #[serde(rename = "PACC")]
    Pacc,
    /// Expectation maximisation (Saerens, Latinne, Decaestecker 2002) on posteriors as they are.
    #[serde(rename = "EMQ")]
    Emq,
    /// EMQ after temperature scaling.
    #[serde(rename = "EMQ-ts")]
    EmqTs,
    /// EMQ after bias-corrected temperature scaling (Alexandari, Kundaje, Shrikumar 2020).
    #[serde(rename = "EMQ-bcts")]
    EmqBcts,
}

impl Method {
    /// Every method, in the order they are printed.
    pub const ALL: [Method; 7] =
        [Method::Cc, Method::Pcc, Method::Acc, Method::Pacc, Method::Emq, Method::EmqTs, Method::EmqBcts];

    /// QuaPy's name.
    pub fn name(self) -> &'static str {
        match self {
            Method::Cc => "CC",
            Method::Pcc => "PCC",
            Method::Acc => "ACC",
            Method::Pacc => "PACC",
            Method::Emq => "EMQ",
            Method::EmqTs => "EMQ-ts",
            Method::EmqBcts => "EMQ-bcts",
        }
    }
}

/// Index of the largest value, the first of equals (numpy's `argmax`).
pub fn argmax(p: impl IntoIterator<Item = f64>) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (i, v) in p.into_iter().enumerate() {
        if v > best.1 {
            best = (i, v);
        }
    }
    best.0
}

impl Quantifier {
    /// The prevalence of a group by a point method.
    ///
    /// `p`: `n_comments` x `n_classes`, checked rows; no comment gives uniform shares.
    pub fn point(&self, method: Method, p: ArrayView2<'_, f64>) -> Prevalence {
        let k = self.n_classes();
        let n = p.nrows();
        if n == 0 {
            return Prevalence::uniform(k);
        }
        match method {
            Method::Cc | Method::Acc => {
                let mut counts = vec![0.0; k];
                p.rows().into_iter().for_each(|row| counts[argmax(row.iter().copied())] += 1.0);
                let counted = Prevalence::normalised(&counts);
                if method == Method::Cc { counted } else { adjust(&self.acc, &counted) }
            }
            Method::Pcc | Method::Pacc => {
                let mean: Vec<f64> = p.columns().into_iter().map(|c| c.sum()).collect();
                let counted = Prevalence::normalised(&mean);
                if method == Method::Pcc { counted } else { adjust(&self.pacc, &counted) }
            }
            Method::Emq => {
                let q: Vec<f64> = p.iter().copied().collect();
                expectation_maximisation(&q, &self.label_shares())
            }
            Method::EmqTs => calibrated_em(&self.temperature, p),
            Method::EmqBcts => calibrated_em(&self.bias_corrected, p),
        }
    }
}

fn adjust(rates: &[f64], counted: &Prevalence) -> Prevalence {
    Prevalence::normalised(&super::adjust::least_squares(rates, counted.as_slice()))
}

fn calibrated_em(calibration: &Calibration, p: ArrayView2<'_, f64>) -> Prevalence {
    let q: Vec<f64> = p.rows().into_iter().flat_map(|row| calibration.apply(row)).collect();
    expectation_maximisation(&q, &calibration.mean)
}

/// QuaPy's `EMQ.EM`: starts from the training prevalence, stops on a small change.
fn expectation_maximisation(q: &[f64], train: &[f64]) -> Prevalence {
    let k = train.len();
    let n = q.len() / k;
    let mut train = train.to_vec();
    if train.contains(&0.0) {
        train.iter_mut().for_each(|v| *v += EM_EPSILON);
        let sum: f64 = train.iter().sum();
        train.iter_mut().for_each(|v| *v /= sum);
    }
    let mut pi = train.clone();
    let mut next = vec![0.0; k];
    let mut r = vec![0.0; k];
    for step in 0..EM_MAX_STEPS {
        next.iter_mut().for_each(|v| *v = 0.0);
        for row in q.chunks_exact(k) {
            let mut sum = 0.0;
            for y in 0..k {
                r[y] = pi[y] / train[y] * row[y];
                sum += r[y];
            }
            (0..k).for_each(|y| next[y] += r[y] / sum);
        }
        next.iter_mut().for_each(|v| *v /= n as f64);
        let change = next.iter().zip(&pi).map(|(a, b)| (a - b).abs()).sum::<f64>() / k as f64;
        std::mem::swap(&mut pi, &mut next);
        // QuaPy does not compare the first step with the start.
        if step > EM_MIN_STEPS && change < EM_EPSILON {
            break;
        }
    }
    Prevalence::normalised(&pi)
}
