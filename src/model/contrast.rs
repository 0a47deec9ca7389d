//! Terms that tell classes apart cost less: a scale per term, learned from the training rows.

use rayon::prelude::*;

use super::newton::Linear;
use crate::features::counts::{Counts, INDEX_MASK};
use crate::features::sparse::Design;

/// Scale of a term that is as frequent in every class.
const LEAST: f64 = 0.5;
/// Largest log ratio that counts.
const MOST: f64 = 2.0;
/// Rows added to either side, with and without the term.
const SMOOTHING: f64 = 1.0;

/// Scale of each term: `1/2 + min(2, max_c |ln(p(t | c) / p(t | not c))|)`, the shares of rows that hold the term
/// counted by `weights` (0 leaves a row out) and smoothed by a row on each side.
///
/// A column scaled by `s` and weighted by `w / s` says the same at `1 / s^2` of the penalty: a term whose frequency
/// differs between classes is learned from fewer rows. Delta idf (Martineau and Finin 2009) in place of a
/// weight in the features, which stay those of every head.
pub(super) fn scales(counts: &Counts, y: &[u32], weights: &[f32], k: usize) -> Vec<f32> {
    let mut totals = vec![0.0_f64; k];
    y.iter().zip(weights).for_each(|(y, w)| totals[*y as usize] += f64::from(*w));
    let all: f64 = totals.iter().sum();
    let scale = |j: usize| {
        let mut sums = vec![0.0_f64; k];
        for e in counts.column(j) {
            let i = (e & INDEX_MASK) as usize;
            sums[y[i] as usize] += f64::from(weights[i]);
        }
        let n: f64 = sums.iter().sum();
        let share = |n: f64, of: f64| (n.max(0.0) + SMOOTHING) / (of + 2.0 * SMOOTHING);
        let ratios =
            (0..k).map(|c| (share(sums[c], totals[c]) / share(n - sums[c], all - totals[c])).ln().abs());
        (LEAST + ratios.fold(0.0, f64::max).min(MOST)) as f32
    };
    (0..counts.n_terms).into_par_iter().with_min_len(256).map(scale).collect()
}

/// A matrix with a factor per column.
pub(super) struct Scaled<'a, D> {
    pub x: &'a D,
    pub scales: Vec<f32>,
}

impl<D> Scaled<'_, D> {
    /// The weights that say on the scaled matrix what `linear` says on the plain one.
    pub fn divided(&self, linear: &Linear) -> Linear {
        let mut out = linear.clone();
        out.weights.rows_mut().into_iter().zip(&self.scales).for_each(|(mut w, s)| w /= *s);
        out
    }

    /// The weights that say on the plain matrix what `linear` says on the scaled one.
    pub fn multiplied(&self, mut linear: Linear) -> Linear {
        linear.weights.rows_mut().into_iter().zip(&self.scales).for_each(|(mut w, s)| w *= *s);
        linear
    }
}

impl<D: Design> Design for Scaled<'_, D> {
    fn n_rows(&self) -> usize {
        self.x.n_rows()
    }

    fn n_cols(&self) -> usize {
        self.x.n_cols()
    }

    fn forward<const K: usize>(&self, w: &[[f32; K]], room: &mut Vec<[f32; K]>, out: &mut [[f32; K]]) {
        let w: Vec<[f32; K]> = w.par_iter().zip(&self.scales).map(|(w, s)| w.map(|w| w * s)).collect();
        self.x.forward(&w, room, out);
    }

    fn transposed<const K: usize>(&self, u: &[[f32; K]], out: &mut [[f32; K]]) {
        self.x.transposed(u, out);
        out.par_iter_mut().zip(&self.scales).for_each(|(out, s)| out.iter_mut().for_each(|o| *o *= s));
    }

    fn transposed_squares<const K: usize>(&self, u: &[[f32; K]], out: &mut [[f32; K]]) {
        self.x.transposed_squares(u, out);
        out.par_iter_mut().zip(&self.scales).for_each(|(out, s)| out.iter_mut().for_each(|o| *o *= s * s));
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::features::Recipe;
    use crate::features::sparse::SparseRows;
    use crate::features::tfidf::Vectoriser;
    use crate::model::newton::{NewtonCg, Problem};

    #[test]
    fn a_term_of_one_class_has_the_larger_scale_and_rows_left_out_say_nothing() {
        let texts = ["glory today", "glory now", "shame today", "shame now", "glory never"];
        let recipe = Recipe { chars: None, word_ngrams: 1, vectors: false, ..Recipe::default() };
        let (v, counts) = Vectoriser::fit_counts(&texts, &recipe).unwrap();
        let s = scales(&counts, &[0, 0, 1, 1, 1], &[1.0, 1.0, 1.0, 1.0, 0.0], 2);
        let of = |word: &str| s[(0..s.len()).find(|i| v.vocabulary().term(*i as u32) == word).unwrap()];
        // Both rows of its class and none of the other: (2 + 1) / (2 + 2) against 1 / 4.
        assert!((of("glori") - (0.5 + 3.0_f32.ln())).abs() < 1e-6);
        assert!((of("now") - 0.5).abs() < 1e-6 && (of("never") - 0.5).abs() < 1e-6);
    }

    #[test]
    fn the_optimum_is_that_of_scaled_columns_said_in_plain_ones() {
        let x = SparseRows::from_dense(&array![[1.0, 0.0], [0.0, 1.0], [1.0, 0.5], [0.2, 1.0]]).unwrap();
        let scaled = Scaled { x: &x, scales: vec![2.0, 0.5] };
        let by_hand =
            SparseRows::from_dense(&array![[2.0, 0.0], [0.0, 0.5], [2.0, 0.25], [0.4, 0.5]]).unwrap();
        let (y, weights) = ([0, 1, 0, 1], [1.0; 4]);
        let solver = NewtonCg { tolerance: 1e-6, ..NewtonCg::default() };
        let problem = Problem { x: &scaled, y: &y, weights: &weights, softening: &[], n_classes: 2 };
        let found = solver.solve(&problem, None).unwrap();
        let problem = Problem { x: &by_hand, y: &y, weights: &weights, softening: &[], n_classes: 2 };
        let expected = solver.solve(&problem, None).unwrap();
        let near =
            |a: &Linear, b: &Linear| a.weights.iter().zip(&b.weights).all(|(a, b)| (a - b).abs() < 1e-4);
        assert!(near(&found, &expected));
        let plain = scaled.multiplied(found.clone());
        let (a, b) = (plain.decision_function(&x), expected.decision_function(&by_hand));
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-3));
        assert!(near(&scaled.divided(&plain), &found));
    }
}
