//! From posteriors to the class that is named: offsets that serve the mean of the classes' F1.

use rayon::prelude::*;

use super::dummy::f1_per_class;
use super::newton::argmax;

/// Offsets that are tried, in steps of a tenth.
const STEPS: std::ops::RangeInclusive<i32> = -12..=12;
/// What an offset of one costs, in macro-F1: without it, chance would move offsets that gain nothing.
const COST: f64 = 0.002;
/// More rows than this do not sharpen the choice.
const MAX_ROWS: usize = 20_000;

/// Class with the largest `ln p + offset`.
pub(crate) fn named_class(posterior: &[f64], offsets: &[f64]) -> usize {
    argmax(posterior.iter().zip(offsets).map(|(p, d)| p.max(1e-300).ln() + d))
}

/// Offsets with the best macro-F1 on labelled posteriors, by coordinate search in two rounds; the middle class
/// keeps 0.
///
/// A model that maximises likelihood names rare classes too seldom for the mean of the classes' F1.
pub(crate) fn best_decision(posteriors: &[Vec<f64>], y: &[usize], k: usize) -> Vec<f64> {
    let step = y.len().div_ceil(MAX_ROWS).max(1);
    let y: Vec<usize> = y.iter().copied().step_by(step).collect();
    let logs: Vec<Vec<f64>> =
        posteriors.iter().step_by(step).map(|p| p.iter().map(|p| p.max(1e-300).ln()).collect()).collect();
    let worth = |offsets: &[f64]| {
        let named: Vec<usize> =
            logs.iter().map(|l| argmax(l.iter().zip(offsets).map(|(l, o)| l + o))).collect();
        let size: f64 = offsets.iter().map(|o| o.abs()).sum();
        f1_per_class(&y, &named, k).iter().sum::<f64>() / k as f64 - COST * size
    };
    let mut offsets = vec![0.0; k];
    for _ in 0..2 {
        for c in (0..k).filter(|c| *c != k / 2) {
            let tried: Vec<f64> = STEPS
                .into_par_iter()
                .map(|s| {
                    let mut offsets = offsets.clone();
                    offsets[c] = f64::from(s) / 10.0;
                    worth(&offsets)
                })
                .collect();
            offsets[c] = f64::from(STEPS.clone().nth(argmax(tried)).unwrap_or(0)) / 10.0;
        }
    }
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_class_is_named_more_readily() {
        // One in ten is of class 1; its posterior never exceeds one half but tells.
        let y: Vec<usize> = (0..200).map(|i| usize::from(i % 10 == 0)).collect();
        let p: Vec<Vec<f64>> =
            y.iter().map(|y| if *y == 1 { vec![0.6, 0.4] } else { vec![0.9, 0.1] }).collect();
        let offsets = best_decision(&p, &y, 2);
        assert!(offsets[0] < 0.0 && offsets[1] == 0.0);
        assert!(p.iter().zip(&y).all(|(p, y)| named_class(p, &offsets) == *y));
    }
}
