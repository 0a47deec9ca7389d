//! Several articles: totals that respect articles as clusters, differences, and many comparisons at once.

use serde::Serialize;

use super::aggregate::{AggregateOptions, Draws, Estimate, interval_of};
use super::quantifier::Quantifier;
use super::random::Stream;
use crate::error::{Error, Kind, Result};

/// Difference of two estimates, `a - b`, class by class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Mean differences.
    pub difference: Vec<f64>,
    /// Lower ends of their intervals.
    pub lo: Vec<f64>,
    /// Upper ends.
    pub hi: Vec<f64>,
    /// Two-sided tail probabilities of no difference; never below one over the number of draws.
    pub p_value: Vec<f64>,
}

fn draws(e: &Estimate) -> Result<&Draws> {
    e.draws.as_ref().ok_or_else(|| Error::new(Kind::Internal, "the estimate was made without keep_draws"))
}

impl Quantifier {
    /// The total of several articles: a corpus, a source, a period.
    ///
    /// Draw `d` of the total adds up draw `d` of every article, all made with the same calibration, so that what
    /// the calibration does not know is not averaged away; article effects are independent and are. With
    /// `resample` each draw takes as many articles with replacement, whole: the total then speaks of articles like
    /// these, not of these alone. For [`super::Target::Comments`] of a closed corpus leave it off; for periods and
    /// for comparisons of outlets turn it on.
    ///
    /// `parts` must come from this quantifier with `keep_draws`; the result keeps its draws.
    ///
    /// # Errors
    /// No article, or one without draws; settings out of range.
    pub fn total(
        &self,
        parts: &[&Estimate],
        resample: bool,
        stream: &str,
        options: &AggregateOptions,
    ) -> Result<Estimate> {
        options.check()?;
        let k = self.n_classes();
        let all: Vec<&Draws> = parts.iter().map(|e| draws(e)).collect::<Result<_>>()?;
        let all: Vec<&Draws> = all.into_iter().filter(|d| d.n_comments > 0).collect();
        let Some(n_draws) = all.iter().map(|d| d.n_draws()).min() else {
            return Err(Error::input("there is no article with comments to add up"));
        };
        if all.iter().any(|d| d.n_classes != k) {
            return Err(Error::new(Kind::Internal, "estimates of different quantifiers cannot be added"));
        }
        let n: usize = all.iter().map(|d| d.n_comments).sum();
        let mut out = Draws { n_comments: n, n_classes: k, counts: Vec::new(), shares: Vec::new() };
        let mut rng = Stream::named(options.seed, &["total", stream]);
        let mut row = vec![(0.0, 0.0); k];
        for d in 0..n_draws {
            row.iter_mut().for_each(|r| *r = (0.0, 0.0));
            let mut drawn = 0.0;
            for a in 0..all.len() {
                let one = all[if resample { rng.index(all.len()) } else { a }];
                let weight = one.n_comments as f64;
                drawn += weight;
                for (y, r) in row.iter_mut().enumerate() {
                    r.0 += one.counts[d * k + y];
                    r.1 += weight * one.shares[d * k + y];
                }
            }
            out.counts.extend(row.iter().map(|r| r.0 / drawn * n as f64));
            out.shares.extend(row.iter().map(|r| r.1 / drawn));
        }
        let mut counts = vec![0; k];
        parts.iter().for_each(|e| counts.iter_mut().zip(&e.counts).for_each(|(a, b)| *a += b));
        let n_known = parts.iter().map(|e| e.n_known).sum();
        let keep = AggregateOptions { keep_draws: true, ..*options };
        let mut total = self.summarise(out, counts, n_known, 0, &keep);
        // What the articles tell adds up, but for what they all owe to the same calibration.
        total.worth = total.worth.min(parts.iter().map(|e| e.worth).sum());
        Ok(total)
    }
}

/// `a - b`: two articles, groups or periods of the same quantifier, both with draws.
///
/// Draws are subtracted index by index, so they share the calibration and its error cancels where it can.
///
/// # Errors
/// An estimate without draws, or of another number of classes.
pub fn compare(a: &Estimate, b: &Estimate) -> Result<Difference> {
    let (da, db) = (draws(a)?, draws(b)?);
    if da.n_classes != db.n_classes {
        return Err(Error::new(Kind::Internal, "estimates of different quantifiers cannot be compared"));
    }
    let k = da.n_classes;
    let (va, vb) = (da.of(a.target), db.of(b.target));
    let n = (va.len().min(vb.len()) / k).max(1);
    let mut out = Difference { difference: vec![], lo: vec![], hi: vec![], p_value: vec![] };
    for y in 0..k {
        let column = |v: &[f64]| v.iter().skip(y).step_by(k).take(n).copied().collect::<Vec<f64>>();
        let mut d: Vec<f64> = column(&va).iter().zip(column(&vb)).map(|(a, b)| a - b).collect();
        let mean = d.iter().sum::<f64>() / n as f64;
        let ties = 0.5 * d.iter().filter(|v| **v == 0.0).count() as f64;
        let above = (ties + d.iter().filter(|v| **v > 0.0).count() as f64) / n as f64;
        let (lo, hi) = interval_of(&mut d, a.interval);
        out.difference.push(mean);
        out.lo.push(lo.min(mean));
        out.hi.push(hi.max(mean));
        out.p_value.push((2.0 * above.min(1.0 - above)).clamp(1.0 / n as f64, 1.0));
    }
    Ok(out)
}

/// Benjamini and Hochberg's adjusted p-values: those below `q` keep the share of false discoveries below `q`.
///
/// # Example
/// ```
/// use commentariat::estimate::benjamini_hochberg;
/// let q = benjamini_hochberg(&[0.01, 0.04, 0.03, 0.5]);
/// assert!((q[0] - 0.04).abs() < 1e-12);
/// assert!((q[1] - 0.16 / 3.0).abs() < 1e-12 && (q[2] - 0.16 / 3.0).abs() < 1e-12);
/// assert!((q[3] - 0.5).abs() < 1e-12);
/// ```
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let m = p.len();
    let mut order: Vec<usize> = (0..m).collect();
    order.sort_by(|a, b| p[*b].total_cmp(&p[*a]));
    let mut out = vec![1.0; m];
    let mut smallest = 1.0f64;
    for (i, &at) in order.iter().enumerate() {
        smallest = smallest.min(p[at] * m as f64 / (m - i) as f64);
        out[at] = smallest;
    }
    out
}
