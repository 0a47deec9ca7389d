//! Draws of an article's shares, given likelihood ratios: an independence Metropolis sampler on the marginal
//! posterior of the shares, then one draw of the labels.
//!
//! Gibbs sampling (labels given shares, shares given labels) moves by one step of `1/sqrt(n)` at a time and, for
//! a weak classifier and 500 comments, needs hundreds of sweeps to forget where it started. With K classes the
//! marginal posterior
//!
//! ```text
//! f(pi) = prod_y pi_y^(alpha_y + known_y - 1) * prod_i sum_y pi_y L_iy
//! ```
//!
//! lives in K - 1 dimensions and is nearly normal on the logit scale, so proposals from a t distribution at its
//! mode are accepted most of the time, and a few steps apart draws are all but independent.

use super::linear::{back_substitute, cholesky, solve_spd};
use super::random::Stream;

/// Steps before the first draw is kept; the chain starts at the mode.
const BURN_IN: usize = 8;
/// Steps from one kept draw to the next.
const THIN: usize = 2;
/// Expectation-maximisation steps before Newton's.
const EM_STEPS: usize = 12;
/// Newton steps to the mode.
const NEWTON_STEPS: usize = 6;
/// The proposal is this much wider than the normal approximation, so that it covers the tails.
const PROPOSAL_SCALE: f64 = 1.15;
/// Degrees of freedom of the proposal: 4 has a closed form for its chi-square.
const PROPOSAL_DF: f64 = 4.0;
/// Smallest likelihood of a comment: eight of them still multiply to a normal number.
const FLOOR: f64 = 1e-30;
/// Comments whose likelihoods are multiplied side by side before a logarithm is taken.
const LANES: usize = 8;

/// Likelihood ratios of an article's comments, column after column, each comment's largest one being 1.
#[derive(Debug, Clone, Default)]
pub(super) struct Likelihood {
    n: usize,
    k: usize,
    columns: Vec<f64>,
    /// How many comments share the row; empty where each row is one comment.
    weight: Vec<u32>,
}

impl Likelihood {
    /// Takes its size and weights; the ratios are set by [`Likelihood::set`].
    pub fn new(k: usize, n: usize, weight: Vec<u32>) -> Self {
        Likelihood { n, k, columns: vec![0.0; n * k], weight }
    }

    /// Ratios `exp(a c_iy + shift_y)`, rescaled row by row.
    pub fn set(&mut self, centred: &[f64], a: f64, shift: &[f64]) {
        let (n, k) = (self.n, self.k);
        let mut z = [0.0; 16];
        let mut long = Vec::new();
        let z = if k <= 16 {
            &mut z[..k]
        } else {
            long.resize(k, 0.0);
            &mut long[..]
        };
        for (i, row) in centred.chunks_exact(k).enumerate() {
            let mut max = f64::NEG_INFINITY;
            for ((z, c), b) in z.iter_mut().zip(row).zip(shift) {
                *z = a * c + b;
                max = max.max(*z);
            }
            for (y, z) in z.iter().enumerate() {
                self.columns[y * n + i] = (z - max).exp();
            }
        }
    }

    fn total_weight(&self) -> f64 {
        if self.weight.is_empty() { self.n as f64 } else { self.weight.iter().map(|w| f64::from(*w)).sum() }
    }

    /// `sum_i w_i ln sum_y pi_y L_iy`.
    fn log_likelihood(&self, pi: &[f64]) -> f64 {
        let n = self.n;
        if !self.weight.is_empty() {
            return (0..n)
                .map(|i| {
                    let s: f64 = pi.iter().enumerate().map(|(y, p)| p * self.columns[y * n + i]).sum();
                    f64::from(self.weight[i]) * s.max(FLOOR).ln()
                })
                .sum();
        }
        if let ([a, b, c], true) = (pi, n > 0) {
            let (x, rest) = self.columns.split_at(n);
            let (y, z) = rest.split_at(n);
            return log_product(n, |i| a * x[i] + b * y[i] + c * z[i]);
        }
        log_product(n, |i| pi.iter().enumerate().map(|(y, p)| p * self.columns[y * n + i]).sum())
    }

    /// Adds the expected class counts at `pi` to `counts` and, where asked, `sum_i w_i r_i r_i^T` to `outer`.
    fn responsibilities(&self, pi: &[f64], counts: &mut [f64], mut outer: Option<&mut [f64]>, r: &mut [f64]) {
        let (n, k) = (self.n, self.k);
        for i in 0..n {
            let mut s = 0.0;
            for y in 0..k {
                r[y] = pi[y] * self.columns[y * n + i];
                s += r[y];
            }
            let w = if self.weight.is_empty() { 1.0 } else { f64::from(self.weight[i]) };
            let scale = 1.0 / s.max(FLOOR);
            for y in 0..k {
                r[y] *= scale;
                counts[y] += w * r[y];
            }
            if let Some(m) = outer.as_deref_mut() {
                for y in 0..k {
                    for x in 0..=y {
                        m[y * k + x] += w * r[y] * r[x];
                    }
                }
            }
        }
    }

    /// Draws a label for each comment and adds the class counts to `counts`.
    fn draw_labels(&self, pi: &[f64], rng: &mut Stream, counts: &mut [u64]) {
        let (n, k) = (self.n, self.k);
        if k == 3 && self.weight.is_empty() {
            let (x, rest) = self.columns.split_at(n);
            let (y, z) = rest.split_at(n);
            let (mut n1, mut n2) = (0, 0);
            for i in 0..n {
                let (a, b) = (pi[0] * x[i], pi[1] * y[i]);
                let u = rng.uniform() * (a + b + pi[2] * z[i]);
                n1 += u64::from(u >= a);
                n2 += u64::from(u >= a + b);
            }
            counts[0] += n as u64 - n1;
            counts[1] += n1 - n2;
            counts[2] += n2;
            return;
        }
        for i in 0..n {
            let mut left = if self.weight.is_empty() { 1 } else { u64::from(self.weight[i]) };
            let mut mass: f64 = (0..k).map(|y| pi[y] * self.columns[y * n + i]).sum();
            for (y, share) in pi.iter().enumerate() {
                let p = share * self.columns[y * n + i];
                let hits = if y + 1 == k { left } else { rng.binomial(left, p / mass.max(FLOOR)) };
                counts[y] += hits;
                left -= hits;
                mass -= p;
                if left == 0 {
                    break;
                }
            }
        }
    }

    /// Draws the label of comment `i` alone.
    pub fn draw_label(&self, i: usize, pi: &[f64], rng: &mut Stream) -> usize {
        let n = self.n;
        let mass: f64 = (0..self.k).map(|y| pi[y] * self.columns[y * n + i]).sum();
        let mut u = rng.uniform() * mass;
        for (y, share) in pi.iter().enumerate() {
            u -= share * self.columns[y * n + i];
            if u < 0.0 {
                return y;
            }
        }
        self.k - 1
    }
}

/// `sum_i ln f(i)` with one logarithm for eight factors.
fn log_product(n: usize, f: impl Fn(usize) -> f64) -> f64 {
    let mut sum = 0.0;
    let mut lanes = [1.0; LANES];
    let mut depth = 0;
    let full = n - n % LANES;
    let mut i = 0;
    while i < full {
        for (lane, product) in lanes.iter_mut().enumerate() {
            *product *= f(i + lane).max(FLOOR);
        }
        i += LANES;
        depth += 1;
        if depth == LANES {
            sum += lanes.iter().map(|v| v.ln()).sum::<f64>();
            lanes = [1.0; LANES];
            depth = 0;
        }
    }
    for i in full..n {
        sum += f(i).max(FLOOR).ln();
    }
    if depth > 0 {
        // At most seven factors a lane; all eight lanes together could underflow.
        sum += lanes.iter().map(|v| v.ln()).sum::<f64>();
    }
    sum
}

/// What the sampler is asked for.
pub(super) struct Target<'a> {
    /// Likelihood ratios of the comments without a hand label.
    pub likelihood: &'a Likelihood,
    /// Parameters of the Dirichlet prior.
    pub alpha: &'a [f64],
    /// Number of comments with a hand label, per class.
    pub known: &'a [u64],
}

/// Scratch space, so that nothing is allocated from draw to draw.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    weights: Vec<f64>,
    pi: Vec<f64>,
    trial: Vec<f64>,
    theta: Vec<f64>,
    mode: Vec<f64>,
    step: Vec<f64>,
    counts: Vec<f64>,
    outer: Vec<f64>,
    labels: Vec<u64>,
}

impl Target<'_> {
    /// Runs one chain and hands `n_draws` pairs of shares and label counts (hand labels included) to `keep`.
    pub fn sample(
        &self,
        n_draws: usize,
        rng: &mut Stream,
        s: &mut Scratch,
        mut keep: impl FnMut(&[f64], &[u64], &mut Stream),
    ) {
        let k = self.alpha.len();
        let d = k - 1;
        s.weights.clear();
        s.weights.extend(self.alpha.iter().zip(self.known).map(|(a, n)| a + *n as f64));
        s.labels.resize(k, 0);
        if self.likelihood.n == 0 {
            // Nothing but hand labels: the posterior is the Dirichlet itself.
            s.pi.resize(k, 0.0);
            for _ in 0..n_draws {
                dirichlet(&s.weights, rng, &mut s.pi);
                s.labels.copy_from_slice(self.known);
                keep(&s.pi, &s.labels, rng);
            }
            return;
        }
        let factor = self.find_mode(s);
        s.theta.clone_from(&s.mode);
        softmax(&s.theta, &mut s.pi);
        let mut density = self.log_density(&s.pi, &s.weights);
        let mut distance = 0.0;
        s.step.resize(d, 0.0);
        for t in 0..BURN_IN + n_draws * THIN {
            s.step.iter_mut().for_each(|v| *v = rng.normal());
            let normal: f64 = s.step.iter().map(|v| v * v).sum();
            let chi = -2.0 * (rng.uniform_open() * rng.uniform_open()).ln();
            let stretch = PROPOSAL_DF / chi.max(1e-12);
            let far = normal * stretch;
            back_substitute(&factor, &mut s.step, d);
            let scale = PROPOSAL_SCALE * stretch.sqrt();
            let theta = s.mode.iter().zip(&s.step).map(|(m, v)| (m + scale * v).clamp(-300.0, 300.0));
            s.theta.clear();
            s.theta.extend(theta);
            softmax(&s.theta, &mut s.trial);
            let next = self.log_density(&s.trial, &s.weights);
            // ln of the proposal's density, up to a constant: -(df + d)/2 ln(1 + r^2/df).
            let log_q = |r2: f64| -0.5 * (PROPOSAL_DF + d as f64) * (1.0 + r2 / PROPOSAL_DF).ln();
            if rng.uniform_open().ln() < next - density + log_q(distance) - log_q(far) {
                std::mem::swap(&mut s.pi, &mut s.trial);
                density = next;
                distance = far;
            }
            if t >= BURN_IN && (t - BURN_IN) % THIN == THIN - 1 {
                s.labels.copy_from_slice(self.known);
                self.likelihood.draw_labels(&s.pi, rng, &mut s.labels);
                keep(&s.pi, &s.labels, rng);
            }
        }
    }

    /// Density of the logits: the Dirichlet's exponent is `alpha`, not `alpha - 1`, by the change of variable.
    fn log_density(&self, pi: &[f64], weights: &[f64]) -> f64 {
        let prior: f64 = weights.iter().zip(pi).map(|(w, p)| w * p.max(1e-300).ln()).sum();
        prior + self.likelihood.log_likelihood(pi)
    }

    /// Sets `s.mode` (logits against the last class) and returns the Cholesky factor of the information there.
    fn find_mode(&self, s: &mut Scratch) -> Vec<f64> {
        let k = self.alpha.len();
        let d = k - 1;
        let total = self.likelihood.total_weight() + s.weights.iter().sum::<f64>();
        s.pi.clear();
        s.pi.resize(k, 1.0 / k as f64);
        s.trial.resize(k, 0.0);
        s.counts.resize(k, 0.0);
        s.outer.resize(k * k, 0.0);
        for _ in 0..EM_STEPS {
            s.counts.clone_from(&s.weights);
            self.likelihood.responsibilities(&s.pi, &mut s.counts, None, &mut s.trial);
            s.pi.iter_mut().zip(&s.counts).for_each(|(p, c)| *p = c / total);
        }
        s.mode.clear();
        let last = s.pi[d].max(1e-300).ln();
        s.mode.extend(s.pi[..d].iter().map(|p| p.max(1e-300).ln() - last));
        let mut density = self.log_density(&s.pi, &s.weights);
        let mut information = vec![0.0; d * d];
        for round in 0..=NEWTON_STEPS {
            s.counts.clone_from(&s.weights);
            s.outer.iter_mut().for_each(|v| *v = 0.0);
            self.likelihood.responsibilities(&s.pi, &mut s.counts, Some(&mut s.outer), &mut s.trial);
            let gradient: Vec<f64> = (0..d).map(|y| s.counts[y] - total * s.pi[y]).collect();
            self.information(s, total, 1.0, &mut information);
            // Away from the mode the curvature may have the wrong sign; that of complete data never has.
            if cholesky(&information, d).is_none() {
                self.information(s, total, 0.0, &mut information);
            }
            let steepest = gradient.iter().fold(0.0f64, |a, v| a.max(v.abs()));
            if round == NEWTON_STEPS || steepest < 1e-3 {
                break;
            }
            let Some(step) = solve_spd(&information, &gradient, d) else { break };
            let mut scale = 1.0;
            let mut moved = false;
            while scale > 0.05 {
                s.theta.clear();
                s.theta.extend(s.mode.iter().zip(&step).map(|(m, v)| m + scale * v));
                softmax(&s.theta, &mut s.trial);
                let next = self.log_density(&s.trial, &s.weights);
                if next >= density {
                    density = next;
                    std::mem::swap(&mut s.mode, &mut s.theta);
                    std::mem::swap(&mut s.pi, &mut s.trial);
                    moved = true;
                    break;
                }
                scale *= 0.5;
            }
            if !moved {
                break;
            }
        }
        cholesky(&information, d)
            .unwrap_or_else(|| (0..d * d).map(|i| if i % (d + 1) == 0 { 1.0 } else { 0.0 }).collect())
    }

    /// Minus the Hessian of the log-density in the logits: complete-data information less `missing` times what the
    /// unknown labels take away.
    fn information(&self, s: &Scratch, total: f64, missing: f64, out: &mut [f64]) {
        let k = self.alpha.len();
        let d = k - 1;
        for y in 0..d {
            for x in 0..=y {
                let same = f64::from(u8::from(x == y));
                let complete = total * (same * s.pi[y] - s.pi[y] * s.pi[x]);
                let lost = same * (s.counts[y] - s.weights[y]) - s.outer[y * k + x];
                let v = complete - missing * lost;
                out[y * d + x] = v;
                out[x * d + y] = v;
            }
        }
    }
}

fn softmax(theta: &[f64], pi: &mut Vec<f64>) {
    pi.clear();
    let max = theta.iter().fold(0.0f64, |a, v| a.max(*v));
    pi.extend(theta.iter().map(|t| (t - max).exp()));
    pi.push((-max).exp());
    let sum: f64 = pi.iter().sum();
    pi.iter_mut().for_each(|p| *p /= sum);
}

/// A draw from a Dirichlet distribution.
pub(super) fn dirichlet(alpha: &[f64], rng: &mut Stream, pi: &mut [f64]) {
    let mut sum = 0.0;
    for (p, a) in pi.iter_mut().zip(alpha) {
        *p = rng.gamma(*a);
        sum += *p;
    }
    // Shapes near 0 can underflow all together.
    let k = pi.len() as f64;
    pi.iter_mut().for_each(|p| *p = if sum > 0.0 { *p / sum } else { 1.0 / k });
}
