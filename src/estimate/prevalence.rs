//! [`Prevalence`]: shares that lie on the simplex by construction.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};

/// Shares of the classes: each in [0, 1], together 1.
///
/// There is no way to build one that is off the simplex: [`Prevalence::from_weights`] divides by the sum,
/// reading one from a file checks it.
///
/// # Example
/// ```
/// use commentariat::estimate::Prevalence;
/// let p = Prevalence::from_weights(&[3.0, 1.0, 0.0]).unwrap();
/// assert_eq!(p.as_slice(), [0.75, 0.25, 0.0]);
/// assert!(Prevalence::from_weights(&[0.0, 0.0]).is_err());
/// assert!(Prevalence::from_weights(&[f64::NAN, 1.0]).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f64>", into = "Vec<f64>")]
pub struct Prevalence(Vec<f64>);

impl Prevalence {
    /// `w / sum(w)`.
    ///
    /// # Errors
    /// No weight, a negative or non-finite weight, or all weights 0.
    pub fn from_weights(w: &[f64]) -> Result<Self> {
        let sum: f64 = w.iter().sum();
        if w.iter().any(|v| !v.is_finite() || *v < 0.0) || !(sum > 0.0 && sum.is_finite()) {
            return Err(Error::new(Kind::Input, "shares must be finite, not negative and not all 0"));
        }
        Ok(Prevalence(w.iter().map(|v| v / sum).collect()))
    }

    /// `1 / n_classes` for each class; one class at least.
    pub fn uniform(n_classes: usize) -> Self {
        let k = n_classes.max(1);
        Prevalence(vec![1.0 / k as f64; k])
    }

    /// For sums this module has made itself; falls back on uniform where nothing was summed.
    pub(super) fn normalised(w: &[f64]) -> Self {
        let clipped: Vec<f64> = w.iter().map(|v| if v.is_finite() { v.max(0.0) } else { 0.0 }).collect();
        Prevalence::from_weights(&clipped).unwrap_or_else(|_| Prevalence::uniform(w.len()))
    }

    /// The shares, in class order.
    pub fn as_slice(&self) -> &[f64] {
        &self.0
    }

    /// Mean absolute error against `truth`, QuaPy's `ae`: `sum |p - t| / n_classes`.
    pub fn absolute_error(&self, truth: &[f64]) -> f64 {
        let sum: f64 = self.0.iter().zip(truth).map(|(a, b)| (a - b).abs()).sum();
        sum / self.0.len() as f64
    }
}

impl std::ops::Index<usize> for Prevalence {
    type Output = f64;
    fn index(&self, y: usize) -> &f64 {
        &self.0[y]
    }
}

impl From<Prevalence> for Vec<f64> {
    fn from(p: Prevalence) -> Self {
        p.0
    }
}

impl TryFrom<Vec<f64>> for Prevalence {
    type Error = Error;
    fn try_from(v: Vec<f64>) -> Result<Self> {
        let sum: f64 = v.iter().sum();
        if (sum - 1.0).abs() > 1e-6 {
            return Err(Error::new(Kind::Input, format!("shares sum to {sum}, not to 1")));
        }
        Prevalence::from_weights(&v)
    }
}
