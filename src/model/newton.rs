//! Text stage: sparse multinomial logistic regression by Newton's method with conjugate gradients.

use ndarray::Array2;
use rayon::prelude::*;

use crate::error::{Error, Kind, Result};
use crate::features::sparse::Design;

/// Settings of the text stage.
///
/// Minimises `sum_i s_i (-ln p(y_i | x_i)) + alpha / 2 ||W||^2` over the weights `W` (`n_terms` x `n_classes`)
/// and an intercept per class that is not penalised, with `p = softmax(x W + b)`. `alpha` is one over
/// scikit-learn's `C`; the sum over rows is not divided by their number.
///
/// Stops when the Euclidean norm of the gradient falls to `tolerance` times its norm at zero.
///
/// # Example
/// ```
/// use commentariat::features::sparse::SparseRows;
/// use commentariat::model::newton::NewtonCg;
/// use linfa::{DatasetBase, traits::{Fit, Predict}};
/// use ndarray::array;
/// let x = SparseRows::from_dense(&array![[1.0, 0.0], [0.0, 1.0], [1.0, 0.2], [0.1, 1.0]])?;
/// let fitted = NewtonCg { alpha: 0.1, ..NewtonCg::default() }
///     .fit(&DatasetBase::new(x.clone(), array![0_usize, 1, 0, 1]))?;
/// assert_eq!(fitted.predict(&x), array![0, 1, 0, 1]);
/// # Ok::<(), commentariat::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewtonCg {
    /// Strength of the L2 penalty. Default 1.
    pub alpha: f64,
    /// Relative gradient norm to stop at. Default 1e-4.
    pub tolerance: f64,
    /// Most Newton steps. Default 60.
    pub max_iterations: usize,
}

impl Default for NewtonCg {
    fn default() -> Self {
        NewtonCg { alpha: 1.0, tolerance: 1e-4, max_iterations: 60 }
    }
}

/// Why the solver stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The gradient is small enough.
    Gradient,
    /// No step lowers the objective: the precision of the numbers is used up.
    Precision,
    /// The permitted number of steps is used up.
    Iterations,
}

/// How the solver fared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Convergence {
    /// Newton steps taken.
    pub n_iterations: usize,
    /// Products with the Hessian.
    pub n_products: usize,
    /// Gradient norm over its norm at zero.
    pub gradient: f64,
    /// Objective reached.
    pub objective: f64,
    /// Why it stopped.
    pub reason: Reason,
}

/// A fitted text stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// Weights, `n_terms` x `n_classes`.
    pub weights: Array2<f32>,
    /// Intercept per class, centred.
    pub intercept: Vec<f64>,
    /// How the solver fared.
    pub convergence: Convergence,
}

/// Rows to learn from.
pub(crate) struct Problem<'a, D> {
    pub x: &'a D,
    /// Class of each row.
    pub y: &'a [u32],
    /// Weight of each row; 0 leaves it out.
    pub weights: &'a [f32],
    /// Part of each row's target that is spread evenly over the classes; empty for none.
    pub softening: &'a [f32],
    pub n_classes: usize,
}

impl<D> Problem<'_, D> {
    fn softening(&self, i: usize) -> f32 {
        self.softening.get(i).copied().unwrap_or_default()
    }
}

impl NewtonCg {
    /// Solves, from `start` where there is one.
    pub(crate) fn solve<D: Design>(
        &self,
        problem: &Problem<'_, D>,
        start: Option<&Linear>,
    ) -> Result<Linear> {
        match problem.n_classes {
            0 | 1 => Err(Error::input("one class only: there is nothing to tell apart")),
            2 => self.run::<D, 2>(problem, start),
            3..=4 => self.run::<D, 4>(problem, start),
            5..=8 => self.run::<D, 8>(problem, start),
            9..=16 => self.run::<D, 16>(problem, start),
            17..=64 => self.run::<D, 64>(problem, start),
            n => Err(Error::input(format!("{n} classes are more than the 64 a head may have"))),
        }
    }

    fn run<D: Design, const K: usize>(&self, p: &Problem<'_, D>, start: Option<&Linear>) -> Result<Linear> {
        let n_cols = p.x.n_cols();
        let mut state = State::<D, K>::new(p, self.alpha as f32);
        let mut w = vec![[0.0_f32; K]; n_cols + 1];
        // All logits are zero here: no product to ask for.
        state.settle(&w);
        let norm_at_zero = dot(&state.rest, &state.rest).sqrt();
        if let Some(start) = start {
            for (w, s) in w.iter_mut().zip(start.weights.rows()) {
                w.iter_mut().zip(s).for_each(|(a, b)| *a = *b);
            }
            w[n_cols].iter_mut().zip(&start.intercept).for_each(|(a, b)| *a = *b as f32);
            state.evaluate(&w);
        }
        let mut convergence = Convergence {
            n_iterations: 0,
            n_products: 0,
            gradient: 1.0,
            objective: state.objective,
            reason: Reason::Iterations,
        };
        loop {
            let norm = dot(&state.rest, &state.rest).sqrt();
            convergence.gradient = if norm_at_zero > 0.0 { norm / norm_at_zero } else { 0.0 };
            if !norm.is_finite() {
                return Err(Error::new(Kind::Internal, "the gradient is not finite"));
            }
            if convergence.gradient <= self.tolerance {
                convergence.reason = Reason::Gradient;
                break;
            }
            if convergence.n_iterations == self.max_iterations {
                break;
            }
            convergence.n_iterations += 1;
            // Looser far from the optimum, but never tighter than what the end asks for.
            let end = 0.5 * self.tolerance / convergence.gradient;
            let forcing = convergence.gradient.powf(FORCING).min(0.3).max(end);
            let slope = state.newton_step(forcing, &mut convergence.n_products);
            if !state.line_search(&mut w, slope) {
                convergence.reason = Reason::Precision;
                break;
            }
        }
        convergence.objective = state.objective;
        drop(state);
        let k = p.n_classes;
        let mean = w[n_cols][..k].iter().map(|x| f64::from(*x)).sum::<f64>() / k as f64;
        let intercept = w[n_cols][..k].iter().map(|x| f64::from(*x) - mean).collect();
        w.truncate(n_cols);
        let weights = Array2::from_shape_fn((n_cols, k), |(j, c)| w[j][c]);
        Ok(Linear { weights, intercept, convergence })
    }
}

/// The point the solver stands at. Vectors are `(n_cols + 1) x K`, the intercept last, unused classes zero. All room is
/// taken once: fresh memory costs more than the sums that are put into it.
struct State<'a, D, const K: usize> {
    p: &'a Problem<'a, D>,
    alpha: f32,
    /// Logits of each row.
    z: Vec<[f32; K]>,
    /// Probabilities of each row, and those of the step that is tried.
    prob: Vec<[f32; K]>,
    tried: Vec<[f32; K]>,
    /// The gradient; while a step is sought, what it leaves of the gradient, negative.
    rest: Vec<[f32; K]>,
    objective: f64,
    /// Room for a product per row.
    u: Vec<[f32; K]>,
    /// What the step adds to the logits.
    dz: Vec<[f32; K]>,
    /// Room for [`Design::forward`].
    room: Vec<[f32; K]>,
    /// One over the diagonal of the Hessian.
    inverse: Vec<[f32; K]>,
    /// Conjugate gradients: the step so far, the direction and the Hessian times it.
    step: Vec<[f32; K]>,
    direction: Vec<[f32; K]>,
    product: Vec<[f32; K]>,
}

/// Rows per partial sum; fixed, so that sums do not depend on the number of threads.
const STRETCH: usize = 4096;

/// Sum of the products of two vectors.
fn dot<const K: usize>(a: &[[f32; K]], b: &[[f32; K]]) -> f64 {
    let parts: Vec<f64> = a
        .par_chunks(STRETCH)
        .zip(b.par_chunks(STRETCH))
        .map(|(a, b)| {
            let mut sum = [0.0_f64; K];
            for (a, b) in a.iter().zip(b) {
                for c in 0..K {
                    sum[c] += f64::from(a[c]) * f64::from(b[c]);
                }
            }
            sum.iter().sum::<f64>()
        })
        .collect();
    parts.iter().sum()
}

/// `a += factor * b`.
fn add<const K: usize>(a: &mut [[f32; K]], factor: f32, b: &[[f32; K]]) {
    a.par_chunks_mut(STRETCH).zip(b.par_chunks(STRETCH)).for_each(|(a, b)| {
        for (a, b) in a.iter_mut().zip(b) {
            *a = std::array::from_fn(|c| a[c] + factor * b[c]);
        }
    });
}

/// Sums of `u` over rows, per class.
fn column_sums<const K: usize>(u: &[[f32; K]]) -> [f32; K] {
    let parts: Vec<[f64; K]> = u
        .par_chunks(STRETCH)
        .map(|u| {
            let mut sum = [0.0; K];
            for u in u {
                for c in 0..K {
                    sum[c] += f64::from(u[c]);
                }
            }
            sum
        })
        .collect();
    std::array::from_fn(|c| parts.iter().map(|p| p[c]).sum::<f64>() as f32)
}

/// Log of the sum of exponentials of the first `k` logits, and the softmax.
fn softmax<const K: usize>(z: &[f32; K], k: usize) -> (f64, [f32; K]) {
    let max = z[..k].iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut e = [0.0_f32; K];
    let mut sum = 0.0_f64;
    for c in 0..k {
        e[c] = match z[c] - max {
            // The largest; no need to ask.
            0.0 => 1.0,
            below => below.exp(),
        };
        sum += f64::from(e[c]);
    }
    let scale = (1.0 / sum) as f32;
    (f64::from(max) + sum.ln(), e.map(|x| x * scale))
}

impl<'a, D: Design, const K: usize> State<'a, D, K> {
    fn new(p: &'a Problem<'a, D>, alpha: f32) -> Self {
        let (rows, columns) = (vec![[0.0; K]; p.x.n_rows()], vec![[0.0; K]; p.x.n_cols() + 1]);
        State {
            p,
            alpha,
            z: rows.clone(),
            prob: rows.clone(),
            tried: rows.clone(),
            objective: f64::INFINITY,
            u: rows.clone(),
            dz: rows,
            room: Vec::new(),
            inverse: columns.clone(),
            step: columns.clone(),
            rest: columns.clone(),
            direction: columns.clone(),
            product: columns,
        }
    }

    /// Loss of logits `z + t * dz`; leaves the probabilities in `tried`.
    fn loss(&mut self, dz: &[[f32; K]], t: f32) -> f64 {
        let (p, z) = (self.p, &self.z);
        let k = p.n_classes;
        let stretches = self.tried.par_chunks_mut(STRETCH).enumerate();
        let parts: Vec<f64> = stretches
            .map(|(at, tried)| {
                let loss = |(i, tried): (usize, &mut [f32; K])| {
                    let s = p.weights[i];
                    if s == 0.0 {
                        *tried = [0.0; K];
                        return 0.0;
                    }
                    let z: [f32; K] = std::array::from_fn(|c| z[i][c] + t * dz[i][c]);
                    let (lse, prob) = softmax(&z, k);
                    *tried = prob;
                    let soft = p.softening(i);
                    let own = (1.0 - soft) * z[p.y[i] as usize];
                    let spread = soft / k as f32 * z[..k].iter().sum::<f32>();
                    f64::from(s) * (lse - f64::from(own + spread))
                };
                (at * STRETCH..).zip(tried).map(loss).sum::<f64>()
            })
            .collect();
        parts.iter().sum()
    }

    /// Logits, probabilities, gradient and objective at `w`.
    fn evaluate(&mut self, w: &[[f32; K]]) {
        let n_cols = self.p.x.n_cols();
        self.p.x.forward(&w[..n_cols], &mut self.room, &mut self.z);
        let b = w[n_cols];
        self.z.par_chunks_mut(STRETCH).for_each(|z| {
            for z in z {
                for c in 0..K {
                    z[c] += b[c];
                }
            }
        });
        self.settle(w);
    }

    /// Probabilities, gradient and objective at the logits `z` of `w`.
    fn settle(&mut self, w: &[[f32; K]]) {
        let dz = std::mem::take(&mut self.dz);
        let loss = self.loss(&dz, 0.0);
        self.dz = dz;
        self.objective = loss + self.penalty(w);
        self.refresh(w);
    }

    fn penalty(&self, w: &[[f32; K]]) -> f64 {
        let w = &w[..self.p.x.n_cols()];
        0.5 * f64::from(self.alpha) * dot(w, w)
    }

    /// Takes over the probabilities that were tried; the gradient there.
    fn refresh(&mut self, w: &[[f32; K]]) {
        std::mem::swap(&mut self.prob, &mut self.tried);
        let p = self.p;
        let k = p.n_classes;
        let rows = self.u.par_iter_mut().zip(&self.prob).enumerate();
        rows.with_min_len(1024).for_each(|(i, (u, prob))| {
            let s = p.weights[i];
            let soft = p.softening(i);
            let spread = soft / k as f32;
            *u = std::array::from_fn(|c| if c < k { s * (prob[c] - spread) } else { 0.0 });
            u[p.y[i] as usize] -= s * (1.0 - soft);
        });
        let n_cols = p.x.n_cols();
        p.x.transposed(&self.u, &mut self.rest[..n_cols]);
        add(&mut self.rest[..n_cols], self.alpha, &w[..n_cols]);
        self.rest[n_cols] = column_sums(&self.u);
    }

    /// One over the diagonal of the Hessian.
    fn precondition(&mut self) {
        let p = self.p;
        let rows = self.u.par_iter_mut().zip(&self.prob).zip(p.weights);
        rows.with_min_len(1024).for_each(|((u, q), s)| {
            *u = q.map(|q| s * q * (1.0 - q));
        });
        let n_cols = p.x.n_cols();
        let (terms, intercept) = self.inverse.split_at_mut(n_cols);
        p.x.transposed_squares(&self.u, terms);
        let alpha = self.alpha;
        terms.par_iter_mut().with_min_len(STRETCH).for_each(|d| *d = d.map(|x| 1.0 / (x + alpha)));
        intercept[0] = column_sums(&self.u).map(|x| 1.0 / x.max(1e-6));
    }

    /// Hessian times `direction`, in `product`, and the logits' change along it, in `u`; the curvature, which is the
    /// product of direction and product.
    fn hessian(&mut self) -> f64 {
        let n_cols = self.p.x.n_cols();
        self.p.x.forward(&self.direction[..n_cols], &mut self.room, &mut self.u);
        let b = self.direction[n_cols];
        // Nothing is being tried meanwhile.
        let rows = self.u.par_iter_mut().zip(&mut self.tried).zip(self.prob.par_iter().zip(self.p.weights));
        rows.with_min_len(1024).for_each(|((u, weighted), (q, s))| {
            let z: [f32; K] = std::array::from_fn(|c| u[c] + b[c]);
            *u = z;
            let mut mean = 0.0;
            for c in 0..K {
                mean += q[c] * z[c];
            }
            *weighted = std::array::from_fn(|c| s * q[c] * (z[c] - mean));
        });
        self.p.x.transposed(&self.tried, &mut self.product[..n_cols]);
        self.product[n_cols] = column_sums(&self.tried);
        let alpha = self.alpha;
        let stretches = self.product.par_chunks_mut(STRETCH).zip(self.direction.par_chunks(STRETCH));
        let parts: Vec<f64> = stretches
            .enumerate()
            .map(|(at, (product, d))| {
                let mut sum = [0.0_f64; K];
                let n_terms = n_cols.saturating_sub(at * STRETCH);
                for (j, (product, d)) in product.iter_mut().zip(d).enumerate() {
                    let alpha = if j < n_terms { alpha } else { 0.0 };
                    let p: [f32; K] = std::array::from_fn(|c| product[c] + alpha * d[c]);
                    *product = p;
                    for c in 0..K {
                        sum[c] += f64::from(d[c]) * f64::from(p[c]);
                    }
                }
                sum.iter().sum::<f64>()
            })
            .collect();
        parts.iter().sum()
    }

    /// Goes `t` along `direction`: the step and what is left of the gradient. Squares of the rest, plain and
    /// preconditioned.
    fn advance(&mut self, t: f32) -> (f64, f64) {
        let vectors = self.step.par_chunks_mut(STRETCH).zip(self.rest.par_chunks_mut(STRETCH));
        let known = self.direction.par_chunks(STRETCH).zip(self.product.par_chunks(STRETCH));
        let parts: Vec<(f64, f64)> = vectors
            .zip(known)
            .zip(self.inverse.par_chunks(STRETCH))
            .map(|(((step, rest), (d, product)), inverse)| {
                let (mut plain, mut scaled) = ([0.0_f64; K], [0.0_f64; K]);
                let known = d.iter().zip(product).zip(inverse);
                for ((step, rest), ((d, product), inverse)) in step.iter_mut().zip(rest).zip(known) {
                    *step = std::array::from_fn(|c| step[c] + t * d[c]);
                    // A copy, so that the compiler takes all classes at once.
                    let r: [f32; K] = std::array::from_fn(|c| rest[c] - t * product[c]);
                    let y: [f32; K] = std::array::from_fn(|c| r[c] * inverse[c]);
                    *rest = r;
                    for c in 0..K {
                        plain[c] += f64::from(r[c]) * f64::from(r[c]);
                        scaled[c] += f64::from(r[c]) * f64::from(y[c]);
                    }
                }
                (plain.iter().sum::<f64>(), scaled.iter().sum::<f64>())
            })
            .collect();
        (parts.iter().map(|p| p.0).sum(), parts.iter().map(|p| p.1).sum())
    }

    /// `direction = inverse * rest + beta * direction`.
    fn turn(&mut self, beta: f32) {
        let vectors = self.direction.par_chunks_mut(STRETCH).zip(self.rest.par_chunks(STRETCH));
        vectors.zip(self.inverse.par_chunks(STRETCH)).for_each(|((d, rest), inverse)| {
            for ((d, rest), inverse) in d.iter_mut().zip(rest).zip(inverse) {
                *d = std::array::from_fn(|c| rest[c] * inverse[c] + beta * d[c]);
            }
        });
    }

    /// Newton step by preconditioned conjugate gradients, to a residual of `forcing` times the gradient, in whose place
    /// the residual is kept. The objective's slope along the step.
    fn newton_step(&mut self, forcing: f64, n_products: &mut usize) -> f64 {
        self.precondition();
        self.rest.par_iter_mut().with_min_len(STRETCH).for_each(|r| *r = r.map(|x| -x));
        for v in [&mut self.step, &mut self.direction, &mut self.product, &mut self.dz] {
            v.fill([0.0; K]);
        }
        let (square, mut scaled) = self.advance(0.0);
        self.turn(0.0);
        let target = forcing * square.sqrt();
        let mut slope = 0.0;
        for _ in 0..MAX_INNER {
            let curvature = self.hessian();
            *n_products += 1;
            if curvature <= 0.0 || !curvature.is_finite() {
                break;
            }
            let t = (scaled / curvature) as f32;
            let (square, next) = self.advance(t);
            add(&mut self.dz, t, &self.u);
            // Directions are conjugate: the gradient along this one is what the residual still says of it.
            slope -= f64::from(t) * scaled;
            if square.sqrt() <= target {
                break;
            }
            self.turn((next / scaled) as f32);
            scaled = next;
        }
        slope
    }

    /// Moves `w` along `step` as far as the objective falls enough; false if it does not.
    fn line_search(&mut self, w: &mut [[f32; K]], slope: f64) -> bool {
        let n_cols = self.p.x.n_cols();
        let dz = std::mem::take(&mut self.dz);
        let terms = &self.step[..n_cols];
        let (ws, ss) = (dot(&w[..n_cols], terms), dot(terms, terms));
        let penalty = self.penalty(w);
        let mut t = 1.0_f64;
        let mut found = false;
        for _ in 0..20 {
            let objective =
                self.loss(&dz, t as f32) + penalty + f64::from(self.alpha) * (t * ws + 0.5 * t * t * ss);
            // Near the optimum rounding exceeds the decrease; the full step is right there.
            let slack = 1e-9 * self.objective.abs();
            if objective <= self.objective + 1e-4 * t * slope + slack && slope < 0.0 {
                add(w, t as f32, &self.step);
                add(&mut self.z, t as f32, &dz);
                self.objective = objective;
                found = true;
                break;
            }
            t *= 0.5;
        }
        self.dz = dz;
        if found {
            self.refresh(w);
        }
        found
    }
}

/// Power of the relative gradient that a Newton step is solved to: with one half, steps from a start that was made for
/// other rows were solved far better than the quadratic they solve is true (76 products where 48 do).
const FORCING: f64 = 0.3;

/// Most conjugate-gradient steps within a Newton step.
const MAX_INNER: usize = 60;

impl Linear {
    /// Logits of every row, `n_rows` x `n_classes`.
    pub fn decision_function<D: Design>(&self, x: &D) -> Array2<f64> {
        match self.intercept.len() {
            0..=4 => self.decide::<D, 4>(x),
            5..=16 => self.decide::<D, 16>(x),
            _ => self.decide::<D, 64>(x),
        }
    }

    fn decide<D: Design, const K: usize>(&self, x: &D) -> Array2<f64> {
        let k = self.intercept.len();
        let pad =
            |row: ndarray::ArrayView1<'_, f32>| std::array::from_fn(|c| if c < k { row[c] } else { 0.0 });
        let w: Vec<[f32; K]> = self.weights.rows().into_iter().map(pad).collect();
        let mut z = vec![[0.0; K]; x.n_rows()];
        x.forward(&w, &mut Vec::new(), &mut z);
        Array2::from_shape_fn((x.n_rows(), k), |(i, c)| f64::from(z[i][c]) + self.intercept[c])
    }
}

/// Index of the largest; the first of equals.
pub(crate) fn argmax(x: impl IntoIterator<Item = f64>) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (i, x) in x.into_iter().enumerate() {
        if x > best.1 {
            best = (i, x);
        }
    }
    best.0
}
