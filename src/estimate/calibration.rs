//! Calibration of posteriors: temperature scaling, with or without a bias per class.

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use super::linear::solve_spd;
use super::posteriors::centre_log;

/// With fewer labels than this only the temperature is fitted: K biases more would be fitted to noise.
pub const MIN_LABELS_FOR_BIAS: usize = 500;

/// Newton needs about 8 steps; the bound is for classes without any label, whose bias drifts.
const MAX_STEPS: usize = 60;

/// `q = softmax(e^t c + b)` on centred log-posteriors `c = ln p - mean(ln p)`.
///
/// Source: Guo et al. 2017 (temperature); Alexandari, Kundaje, Shrikumar 2020 (bias-corrected).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// `t`: logarithm of the inverse temperature.
    pub log_scale: f64,
    /// `b`: one bias per class.
    pub bias: Vec<f64>,
    /// `rho`: mean calibrated posterior on the rows it was fitted on.
    pub mean: Vec<f64>,
}

/// What is fitted, and how strongly it is held near `t = 0`, `b = 0`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    /// Fit the biases too.
    pub bias: bool,
    /// Penalty `ridge * (t^2 + |b|^2)` on the mean log-loss.
    pub ridge: f64,
}

/// Rows that a calibration is fitted on, each once with how often it was drawn.
pub(super) struct Sample {
    /// Centred log-posteriors, row after row.
    c: Vec<f64>,
    y: Vec<usize>,
    weight: Vec<f64>,
    k: usize,
}

impl Sample {
    /// Takes the `drawn` rows, repeated ones counted, from all rows `c` (`y.len()` x `k`).
    pub(super) fn of(mut drawn: Vec<usize>, c: &[f64], y: &[usize], k: usize) -> Self {
        drawn.sort_unstable();
        let mut out = Sample { c: Vec::with_capacity(drawn.len() * k), y: vec![], weight: vec![], k };
        for same in drawn.chunk_by(|a, b| a == b) {
            let i = same[0];
            out.c.extend_from_slice(&c[i * k..(i + 1) * k]);
            out.y.push(y[i]);
            out.weight.push(same.len() as f64);
        }
        out
    }
}

impl Calibration {
    /// Fits by Newton's method with Levenberg damping, minimising the weighted mean log-loss and the penalty, from
    /// `start` where there is one; the optimum is the same.
    pub(super) fn fit(sample: &Sample, fit: Fit, start: Option<&Calibration>) -> Self {
        let k = sample.k;
        let d = if fit.bias { k + 1 } else { 1 };
        let mut x = vec![0.0; k + 1];
        if let Some(start) = start {
            x[0] = start.log_scale;
            x[1..].copy_from_slice(&start.bias);
        }
        let mut damping = 1e-6;
        let (mut f, mut g, mut h) = objective(sample, &x, fit);
        for _ in 0..MAX_STEPS {
            if g.iter().all(|v| v.abs() < 1e-10) {
                break;
            }
            let mut m = h.clone();
            (0..d).for_each(|i| m[i * d + i] += damping);
            let Some(step) = solve_spd(&m, &g, d) else {
                damping = (damping * 10.0).max(1e-3);
                continue;
            };
            let mut trial = x.clone();
            // A step of more than 3 in the log-scale is outside the region where the quadratic means anything.
            let longest = step.iter().fold(0.0f64, |a, v| a.max(v.abs()));
            let shrink = (3.0 / longest).min(1.0);
            trial.iter_mut().zip(&step).for_each(|(a, s)| *a -= shrink * s);
            let next = objective(sample, &trial, fit);
            // Near the optimum rounding exceeds the decrease; the full step is right there.
            if next.0 <= f + 1e-13 * f.abs() {
                let gain = f - next.0;
                x = trial;
                (f, g, h) = next;
                damping = (damping * 0.1).max(1e-12);
                if gain < 1e-14 && longest < 1e-7 {
                    break;
                }
            } else {
                damping *= 10.0;
                if damping > 1e6 {
                    break;
                }
            }
        }
        let mut out = Calibration { log_scale: x[0], bias: x[1..].to_vec(), mean: vec![0.0; k] };
        let a = out.log_scale.exp();
        let mut q = vec![0.0; k];
        for (row, w) in sample.c.chunks_exact(k).zip(&sample.weight) {
            softmax_into(row.iter().zip(&out.bias).map(|(c, b)| a * c + b), &mut q);
            out.mean.iter_mut().zip(&q).for_each(|(m, q)| *m += w * q);
        }
        let total = sample.weight.iter().sum::<f64>().max(1.0);
        out.mean.iter_mut().for_each(|m| *m /= total);
        out
    }

    /// Calibrated posterior of a row of centred log-posteriors.
    pub(super) fn softmax(&self, c: &[f64], q: &mut [f64]) {
        let a = self.log_scale.exp();
        softmax_into(c.iter().zip(&self.bias).map(|(c, b)| a * c + b), q);
    }

    /// Calibrated posterior of one checked row of posteriors.
    pub fn apply(&self, p: ArrayView1<'_, f64>) -> Vec<f64> {
        let mut c = Vec::with_capacity(p.len());
        centre_log(p.iter().map(|v| v.max(super::posteriors::MIN_POSTERIOR)), &mut c);
        let mut q = vec![0.0; c.len()];
        self.softmax(&c, &mut q);
        q
    }
}

/// Softmax of logits; the logarithm of the sum of their exponentials.
#[inline]
fn softmax_into(z: impl Iterator<Item = f64>, q: &mut [f64]) -> f64 {
    let mut max = f64::NEG_INFINITY;
    for (q, z) in q.iter_mut().zip(z) {
        *q = z;
        max = max.max(z);
    }
    let mut sum = 0.0;
    for q in q.iter_mut() {
        *q = match *q - max {
            // The largest; no need to ask.
            0.0 => 1.0,
            below => below.exp(),
        };
        sum += *q;
    }
    q.iter_mut().for_each(|q| *q /= sum);
    max + sum.ln()
}

/// Mean log-loss with penalty, its gradient and Hessian in (t, b).
fn objective(sample: &Sample, x: &[f64], fit: Fit) -> (f64, Vec<f64>, Vec<f64>) {
    // The loops over the classes unrolled where these are few.
    match sample.k {
        2 => objective_of(sample, 2, x, fit),
        3 => objective_of(sample, 3, x, fit),
        4 => objective_of(sample, 4, x, fit),
        k => objective_of(sample, k, x, fit),
    }
}

#[expect(clippy::inline_always, reason = "each call is for a number of classes of its own")]
#[inline(always)]
fn objective_of(sample: &Sample, k: usize, x: &[f64], fit: Fit) -> (f64, Vec<f64>, Vec<f64>) {
    let d = if fit.bias { k + 1 } else { 1 };
    let a = x[0].exp();
    let mut f = 0.0;
    let mut g = vec![0.0; d];
    let mut h = vec![0.0; d * d];
    let mut q = vec![0.0; k];
    for ((row, &y), &w) in sample.c.chunks_exact(k).zip(&sample.y).zip(&sample.weight) {
        let z = |i: usize| a * row[i] + x[i + 1];
        f += w * (softmax_into((0..k).map(z), &mut q) - z(y));
        let mean: f64 = q.iter().zip(row).map(|(q, c)| q * c).sum();
        let square: f64 = q.iter().zip(row).map(|(q, c)| q * c * c).sum();
        let slope = mean - row[y];
        // d/dt = a d/da, d2/dt2 = a^2 d2/da2 + a d/da; the second term may be negative and is damped.
        g[0] += w * a * slope;
        h[0] += w * (a * a * (square - mean * mean) + a * slope);
        if fit.bias {
            for i in 0..k {
                g[i + 1] += w * (q[i] - f64::from(u8::from(i == y)));
                h[i + 1] += w * a * q[i] * (row[i] - mean);
                for j in 0..=i {
                    let same = if i == j { q[i] } else { 0.0 };
                    h[(i + 1) * d + j + 1] += w * (same - q[i] * q[j]);
                }
            }
        }
    }
    let scale = 1.0 / sample.weight.iter().sum::<f64>().max(1.0);
    f *= scale;
    g.iter_mut().for_each(|v| *v *= scale);
    h.iter_mut().for_each(|v| *v *= scale);
    for i in 0..d {
        f += fit.ridge * x[i] * x[i];
        g[i] += 2.0 * fit.ridge * x[i];
        h[i * d + i] += 2.0 * fit.ridge;
        if fit.bias && i > 0 {
            h[i * d] = h[i];
            (1..i).for_each(|j| h[j * d + i] = h[i * d + j]);
        }
    }
    (f, g, h)
}
