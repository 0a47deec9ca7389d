//! Thread stage: a small dense logistic regression (linfa-logistic) from out-of-fold text scores and the
//! comment's context to the final posteriors.

use linfa::prelude::*;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Ix1, concatenate};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};
use crate::estimate::linear::{back_substitute, cholesky};

/// A fitted thread stage: `p = softmax(T x + b)` for the inputs `x` of a comment (see [`super::context`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThreadStage {
    /// One row of coefficients per class.
    pub coefficients: Vec<Vec<f64>>,
    /// Intercept per class.
    pub intercept: Vec<f64>,
}

/// Strength of the penalty on the summed loss.
const ALPHA: f64 = 1.0;
/// More rows than this teach the few dozen coefficients nothing new; they are thinned out.
const MAX_ROWS: usize = 8000;
/// Norm of the gradient to stop at, per root of the number of rows: a hundredth of what chance makes of it.
const TOLERANCE: f64 = 1e-2;
/// Most steps of the solver.
const MAX_ITERATIONS: u64 = 200;

impl ThreadStage {
    /// The stage that changes nothing: posteriors are the softmax of the text logits.
    pub fn identity(n_classes: usize, n_inputs: usize) -> Self {
        let row = |c| (0..n_inputs).map(|j| f64::from(u8::from(j == c))).collect();
        ThreadStage { coefficients: (0..n_classes).map(row).collect(), intercept: vec![0.0; n_classes] }
    }

    /// Fits rows of inputs (`n` x `n_inputs`, finite and bounded) to class indices, from `start` where there is one.
    ///
    /// linfa-logistic ignores weights, so rows are drawn by them: systematically, in the given order, each as
    /// often as its weight asks for.
    ///
    /// # Errors
    /// A solver that refuses the data.
    pub fn fit(
        x: ArrayView2<'_, f64>,
        y: &[usize],
        weights: &[f64],
        n_classes: usize,
        start: Option<&ThreadStage>,
    ) -> Result<Self> {
        let kept = systematic(weights, x.nrows().min(MAX_ROWS));
        let x = x.select(Axis(0), &kept);
        let y: Vec<usize> = kept.iter().map(|i| y[*i]).collect();
        let mut seen = vec![false; n_classes];
        y.iter().for_each(|c| seen[*c] = true);
        let identity = Self::identity(n_classes, x.ncols());
        // linfa-logistic numbers only the classes it sees; a class no row has cannot be fitted.
        if seen.contains(&false) {
            return Ok(identity);
        }
        let tolerance = TOLERANCE * (y.len() as f64).sqrt();
        let start = start.unwrap_or(&identity).params();
        let start = match Whitened::of(&x, &y, n_classes) {
            Some(whitened) => whitened.solve(&start, tolerance)?,
            None => start,
        };
        // As a rule no step is left to take.
        let data = Dataset::new(x, Array1::from(y));
        let fitted = MultiLogisticRegression::default()
            .alpha(ALPHA)
            .max_iterations(MAX_ITERATIONS)
            .gradient_tolerance(tolerance)
            .initial_params(start)
            .fit(&data)
            .map_err(|e| refused(&e))?;
        let params: &Array2<f64> = fitted.params();
        let stage = ThreadStage {
            coefficients: (0..n_classes).map(|c| params.column(c).to_vec()).collect(),
            intercept: fitted.intercept().to_vec(),
        };
        // The solver says Ok whatever happened; the objective tells.
        let reached = stage.objective(&data);
        Ok(if reached.is_finite() && reached <= identity.objective(&data) { stage } else { identity })
    }

    /// The mean of two stages' coefficients: close to what the rows of both would give.
    pub(super) fn mean(a: &Self, b: &Self) -> Self {
        let mean = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| 0.5 * (a + b)).collect::<Vec<_>>();
        let rows = a.coefficients.iter().zip(&b.coefficients);
        ThreadStage {
            coefficients: rows.map(|(a, b)| mean(a, b)).collect(),
            intercept: mean(&a.intercept, &b.intercept),
        }
    }

    /// As the solver has them: a column per class, the last row for the intercept.
    fn params(&self) -> Array2<f64> {
        let n_inputs = self.coefficients.first().map_or(0, Vec::len);
        Array2::from_shape_fn((n_inputs + 1, self.intercept.len()), |(j, c)| {
            self.coefficients[c].get(j).copied().unwrap_or(self.intercept[c])
        })
    }

    /// `sum -ln p(y | x) + ALPHA / 2 ||T||^2`.
    fn objective(&self, data: &Dataset<f64, usize, Ix1>) -> f64 {
        let params = self.params();
        let (coefficients, intercept) = params.view().split_at(Axis(0), params.nrows() - 1);
        let scores = data.records.dot(&coefficients) + intercept;
        let loss = |(z, y): (ArrayView1<'_, f64>, &usize)| {
            let max = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            max + z.iter().map(|z| (z - max).exp()).sum::<f64>().ln() - z[*y]
        };
        let loss: f64 = scores.rows().into_iter().zip(&data.targets).map(loss).sum();
        loss + 0.5 * ALPHA * coefficients.iter().map(|w| w * w).sum::<f64>()
    }

    /// Scores of each class: `T x + b`.
    pub fn scores(&self, x: &[f64]) -> impl Iterator<Item = f64> {
        let dot = move |w: &[f64]| w.iter().zip(x).map(|(w, x)| w * x).sum::<f64>();
        self.coefficients.iter().zip(&self.intercept).map(move |(w, b)| dot(w) + b)
    }

    /// Posterior of each class.
    pub fn posterior(&self, x: &[f64]) -> Vec<f64> {
        let mut out = Vec::with_capacity(self.intercept.len());
        self.extend_posterior(x, &mut out);
        out
    }

    /// Appends the posterior of each class to `out`.
    pub(crate) fn extend_posterior(&self, x: &[f64], out: &mut Vec<f64>) {
        let start = out.len();
        out.extend(self.scores(x));
        softmax_in_place(&mut out[start..]);
    }
}

/// The rows in coordinates in which the solver sees all directions curved alike. Inputs as they come differ a
/// hundredfold, and L-BFGS takes 60 to 90 steps where it takes about 10 here.
///
/// In these coordinates the solver's own penalty would be another one, so it is left out and ours is put in as rows:
/// for each input a row of size `s` on it alone, once for every class, adds `s^2 / 2` times the squares of the input's
/// coefficients, as long as these are not large; [`ThreadStage::fit`] goes on from here with the penalty itself.
struct Whitened {
    /// Centred rows and those of the penalty, times `factor`; the last column is the intercept's.
    data: Dataset<f64, usize, Ix1>,
    mean: Array1<f64>,
    /// `n_inputs` x `n_inputs`: coefficients on plain inputs from those on the inputs of `data`.
    factor: Array2<f64>,
    /// What the intercept's column holds.
    one: f64,
    /// Largest factor between a gradient here and the same on plain inputs.
    widest: f64,
}

/// Rows of the penalty per input and class: more are closer to it.
const N_REPEATED: usize = 4;

impl Whitened {
    /// Nothing where the penalty would need more rows than there can be of the other kind.
    fn of(x: &Array2<f64>, y: &[usize], n_classes: usize) -> Option<Self> {
        let (n, d) = x.dim();
        let n_added = d * n_classes * N_REPEATED;
        if n_added > MAX_ROWS {
            return None;
        }
        let mean = x.mean_axis(Axis(0))?;
        let centred = x - &mean;
        let size = (ALPHA / N_REPEATED as f64).sqrt();
        let mut gram = centred.t().dot(&centred);
        gram.diag_mut().map_inplace(|g| *g += size * size * (n_classes * N_REPEATED) as f64);
        let lower = cholesky(gram.as_standard_layout().as_slice()?, d)?;
        // At even odds each direction then has curvature 1, and the first step is of the right length.
        let even = (n_classes as f64).sqrt();
        let mut factor = Array2::zeros((d, d));
        for j in 0..d {
            let mut column = vec![0.0; d];
            column[j] = even;
            back_substitute(&lower, &mut column, d);
            factor.column_mut(j).assign(&Array1::from(column));
        }
        let one = even / (n as f64).sqrt();
        let inputs = concatenate![Axis(1), centred.dot(&factor), Array2::from_elem((n, 1), one)];
        let input = |i: usize| i / (n_classes * N_REPEATED);
        let added = |(i, j): (usize, usize)| if j < d { factor[[input(i), j]] * size } else { 0.0 };
        let rows = concatenate![Axis(0), inputs, Array2::from_shape_fn((n_added, d + 1), added)];
        let y: Vec<usize> = y.iter().copied().chain((0..n_added).map(|i| i % n_classes)).collect();
        let widest = ((x.iter().map(|x| x * x).sum::<f64>() + n as f64) / n_classes as f64).sqrt();
        Some(Whitened { data: Dataset::new(rows, Array1::from(y)), mean, factor, one, widest })
    }

    /// Coefficients on plain inputs, where the gradient is at most `tolerance`, from a start on plain inputs.
    fn solve(&self, start: &Array2<f64>, tolerance: f64) -> Result<Array2<f64>> {
        let d = self.mean.len();
        let (plain, intercept) = start.view().split_at(Axis(0), d);
        let mut inner = Array2::zeros(start.raw_dim());
        inner.row_mut(d).assign(&((self.mean.dot(&plain) + intercept.row(0)) / self.one));
        // The factor is upper triangular: solved from below.
        for c in 0..start.ncols() {
            for j in (0..d).rev() {
                let known: f64 = (j + 1..d).map(|t| self.factor[[j, t]] * inner[[t, c]]).sum();
                inner[[j, c]] = (plain[[j, c]] - known) / self.factor[[j, j]];
            }
        }
        let fitted = MultiLogisticRegression::default()
            .alpha(0.0)
            .with_intercept(false)
            .max_iterations(MAX_ITERATIONS)
            .gradient_tolerance(tolerance / self.widest)
            .initial_params(inner)
            .fit(&self.data)
            .map_err(|e| refused(&e))?;
        let inner: &Array2<f64> = fitted.params();
        let (inner, at_mean) = inner.view().split_at(Axis(0), d);
        let plain = self.factor.dot(&inner);
        let intercept = &at_mean * self.one - self.mean.dot(&plain);
        let mut found = concatenate![Axis(0), plain, intercept];
        // What is common to all classes changes no posterior, so only the penalty itself would bring it down.
        found.rows_mut().into_iter().for_each(|mut row| row -= row.sum() / row.len() as f64);
        Ok(found)
    }
}

fn refused(e: &linfa_logistic::error::Error) -> Error {
    Error::new(Kind::Internal, format!("thread stage: {e}"))
}

/// `n` indices drawn systematically by weight: row `i` comes `n w_i / sum w` times, rounded up or down.
fn systematic(weights: &[f64], n: usize) -> Vec<usize> {
    let total: f64 = weights.iter().sum();
    let step = total / n.max(1) as f64;
    let mut out = Vec::with_capacity(n);
    let (mut reached, mut next) = (0.0, step / 2.0);
    for (i, w) in weights.iter().enumerate() {
        reached += w;
        while next < reached && out.len() < n {
            out.push(i);
            next += step;
        }
    }
    out
}

/// Softmax of logits.
pub(crate) fn softmax(z: &[f64]) -> Vec<f64> {
    let mut out = z.to_vec();
    softmax_in_place(&mut out);
    out
}

fn softmax_in_place(z: &mut [f64]) {
    let max = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    z.iter_mut().for_each(|z| *z = (*z - max).exp());
    let sum: f64 = z.iter().sum();
    z.iter_mut().for_each(|z| *z /= sum);
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::ThreadStage;

    #[test]
    fn overconfident_scores_are_brought_down() {
        // Logits of +-4 (98 %) that are right four times in five.
        let y: Vec<usize> = (0..500).map(|i| i % 2).collect();
        let x = Array2::from_shape_fn((500, 2), |(i, c)| {
            let said = if i % 5 == 0 { 1 - y[i] } else { y[i] };
            if c == said { 2.0 } else { -2.0 }
        });
        let p = ThreadStage::fit(x.view(), &y, &[1.0; 500], 2, None).unwrap().posterior(&[2.0, -2.0]);
        assert!((p[0] - 0.8).abs() < 0.02, "{p:?}");
    }

    #[test]
    fn a_class_no_row_has_leaves_the_scores_as_they_are() {
        let x = Array2::from_shape_fn((10, 3), |(i, c)| (i * c) as f64 / 10.0);
        let stage = ThreadStage::fit(x.view(), &[0, 1, 0, 1, 0, 1, 0, 1, 0, 1], &[1.0; 10], 3, None).unwrap();
        assert_eq!(stage, ThreadStage::identity(3, 3));
    }
}
