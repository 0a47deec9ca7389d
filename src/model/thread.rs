//! Thread stage: a small dense logistic regression (linfa-logistic) from out-of-fold text scores and the
//! comment's context to the final posteriors.

use linfa::prelude::*;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};

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

impl ThreadStage {
    /// The stage that changes nothing: posteriors are the softmax of the text logits.
    pub fn identity(n_classes: usize, n_inputs: usize) -> Self {
        let row = |c| (0..n_inputs).map(|j| f64::from(u8::from(j == c))).collect();
        ThreadStage { coefficients: (0..n_classes).map(row).collect(), intercept: vec![0.0; n_classes] }
    }

    /// Fits rows of inputs (`n` x `n_inputs`, finite and bounded) to class indices.
    ///
    /// linfa-logistic ignores weights, so rows are drawn by them: systematically, in the given order, each as
    /// often as its weight asks for.
    ///
    /// # Errors
    /// A solver that refuses the data.
    pub fn fit(x: ArrayView2<'_, f64>, y: &[usize], weights: &[f64], n_classes: usize) -> Result<Self> {
        let kept = systematic(weights, x.nrows().min(MAX_ROWS));
        let x = x.select(ndarray::Axis(0), &kept);
        let y: Vec<usize> = kept.iter().map(|i| y[*i]).collect();
        let mut seen = vec![false; n_classes];
        y.iter().for_each(|c| seen[*c] = true);
        let identity = Self::identity(n_classes, x.ncols());
        // linfa-logistic numbers only the classes it sees; a class no row has cannot be fitted.
        if seen.contains(&false) {
            return Ok(identity);
        }
        let data = Dataset::new(x.clone(), Array1::from(y.clone()));
        // Close to where it ends: the scores as they are, and one row for the intercept.
        let start = Array2::from_shape_fn((x.ncols() + 1, n_classes), |(j, c)| f64::from(u8::from(j == c)));
        let fitted = MultiLogisticRegression::default()
            .alpha(ALPHA)
            .max_iterations(200)
            .gradient_tolerance(1e-2 * (y.len() as f64).sqrt())
            .initial_params(start)
            .fit(&data)
            .map_err(|e| Error::new(Kind::Internal, format!("thread stage: {e}")))?;
        let params: &Array2<f64> = fitted.params();
        let stage = ThreadStage {
            coefficients: (0..n_classes).map(|c| params.column(c).to_vec()).collect(),
            intercept: fitted.intercept().to_vec(),
        };
        // The solver says Ok whatever happened; the objective tells.
        let reached = stage.objective(&x, &y);
        Ok(if reached.is_finite() && reached <= identity.objective(&x, &y) { stage } else { identity })
    }

    /// `sum -ln p(y | x) + ALPHA / 2 ||T||^2`.
    fn objective(&self, x: &Array2<f64>, y: &[usize]) -> f64 {
        let loss: f64 = x.rows().into_iter().zip(y).map(|(x, y)| -self.posterior(&x.to_vec())[*y].ln()).sum();
        loss + 0.5 * ALPHA * self.coefficients.iter().flatten().map(|w| w * w).sum::<f64>()
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
        let p = ThreadStage::fit(x.view(), &y, &[1.0; 500], 2).unwrap().posterior(&[2.0, -2.0]);
        assert!((p[0] - 0.8).abs() < 0.02, "{p:?}");
    }

    #[test]
    fn a_class_no_row_has_leaves_the_scores_as_they_are() {
        let x = Array2::from_shape_fn((10, 3), |(i, c)| (i * c) as f64 / 10.0);
        let stage = ThreadStage::fit(x.view(), &[0, 1, 0, 1, 0, 1, 0, 1, 0, 1], &[1.0; 10], 3).unwrap();
        assert_eq!(stage, ThreadStage::identity(3, 3));
    }
}
