//! Truncated singular value decomposition of a large sparse matrix, for [`super::learn`] alone.

use ndarray::{Array2, ArrayViewMut1, Axis};
use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

/// Sparse square matrix by rows.
pub(super) struct Square {
    pub n: usize,
    pub starts: Vec<usize>,
    pub cols: Vec<u32>,
    pub values: Vec<f32>,
}

impl Square {
    /// `self * x`, or `self' * x` through `transposed`, which must be the transpose.
    fn times(&self, x: &Array2<f64>) -> Array2<f64> {
        let mut y = Array2::zeros((self.n, x.ncols()));
        // Every row is summed in its own order, so the result does not depend on the thread count.
        y.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(
            |(i, mut row): (usize, ArrayViewMut1<f64>)| {
                for k in self.starts[i]..self.starts[i + 1] {
                    row.scaled_add(f64::from(self.values[k]), &x.row(self.cols[k] as usize));
                }
            },
        );
        y
    }

    fn transposed(&self) -> Self {
        let mut starts = vec![0usize; self.n + 1];
        for &c in &self.cols {
            starts[c as usize + 1] += 1;
        }
        for i in 0..self.n {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let (mut cols, mut values) = (vec![0u32; self.cols.len()], vec![0f32; self.cols.len()]);
        for i in 0..self.n {
            for k in self.starts[i]..self.starts[i + 1] {
                let at = &mut next[self.cols[k] as usize];
                cols[*at] = i as u32;
                values[*at] = self.values[k];
                *at += 1;
            }
        }
        Square { n: self.n, starts, cols, values }
    }
}

/// Left singular vectors (`n x dim`) and singular values of `m`, by subspace iteration from a random start
/// (Halko, Martinsson and Tropp 2011, algorithm 4.4).
pub(super) fn svd(
    m: &Square,
    dim: usize,
    n_oversamples: usize,
    n_iter: usize,
    seed: u64,
) -> (Array2<f64>, Vec<f64>) {
    let k = (dim + n_oversamples).min(m.n);
    let t = m.transposed();
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let start = Array2::from_shape_simple_fn((m.n, k), || StandardNormal.sample(&mut rng));
    let mut q = orthonormal(m.times(&start));
    for _ in 0..n_iter {
        let z = orthonormal(t.times(&q));
        q = orthonormal(m.times(&z));
    }
    let b = t.times(&q); // (Q' M)'
    let (values, vectors) = eigen(b.t().dot(&b));
    let dim = dim.min(k);
    let u = q.dot(&vectors.slice_axis(Axis(1), (..dim).into()));
    (u, values[..dim].iter().map(|v| v.max(0.0).sqrt()).collect())
}

/// Columns made orthonormal by modified Gram-Schmidt, twice.
fn orthonormal(y: Array2<f64>) -> Array2<f64> {
    // Columns become rows, so that each is contiguous.
    let mut r = y.reversed_axes().as_standard_layout().into_owned();
    for _ in 0..2 {
        for i in 0..r.nrows() {
            let (mut head, mut tail) = r.view_mut().split_at(Axis(0), i + 1);
            let mut v = head.row_mut(i);
            let norm = v.dot(&v).sqrt();
            if norm > 1e-12 {
                v /= norm;
            } else {
                v.fill(0.0);
            }
            let v = v.view();
            tail.axis_iter_mut(Axis(0)).into_par_iter().for_each(|mut w| {
                let d = w.dot(&v);
                w.scaled_add(-d, &v);
            });
        }
    }
    r.reversed_axes().as_standard_layout().into_owned()
}

/// Eigenvalues (falling) and eigenvectors (columns) of a symmetric matrix, by cyclic Jacobi rotations.
fn eigen(mut a: Array2<f64>) -> (Vec<f64>, Array2<f64>) {
    let n = a.nrows();
    let mut v = Array2::eye(n);
    for _ in 0..60 {
        let off: f64 = (0..n).map(|i| (0..i).map(|j| a[[i, j]] * a[[i, j]]).sum::<f64>()).sum();
        let diagonal: f64 = a.diag().iter().map(|x| x * x).sum();
        if off <= 1e-24 * diagonal {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut v, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| a[[j, j]].total_cmp(&a[[i, i]]));
    (order.iter().map(|&i| a[[i, i]]).collect(), v.select(Axis(1), &order))
}

fn rotate(a: &mut Array2<f64>, v: &mut Array2<f64>, p: usize, q: usize) {
    let apq = a[[p, q]];
    if apq == 0.0 {
        return;
    }
    let theta = (a[[q, q]] - a[[p, p]]) / (2.0 * apq);
    let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    for i in 0..a.nrows() {
        let (x, y) = (a[[i, p]], a[[i, q]]);
        a[[i, p]] = c * x - s * y;
        a[[i, q]] = s * x + c * y;
    }
    for i in 0..a.nrows() {
        let (x, y) = (a[[p, i]], a[[q, i]]);
        a[[p, i]] = c * x - s * y;
        a[[q, i]] = s * x + c * y;
        let (x, y) = (v[[i, p]], v[[i, q]]);
        v[[i, p]] = c * x - s * y;
        v[[i, q]] = s * x + c * y;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn eigenvectors_rebuild_the_matrix() {
        let a = array![[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 2.0]];
        let (w, v) = eigen(a.clone());
        let back = v.dot(&Array2::from_diag(&ndarray::Array1::from(w))).dot(&v.t());
        assert!((back - a).iter().all(|d| d.abs() < 1e-10));
    }

    #[test]
    fn singular_values_of_a_diagonal_matrix() {
        let m = Square {
            n: 5,
            starts: (0..=5).collect(),
            cols: (0..5).collect(),
            values: vec![1.0, 5.0, 3.0, 2.0, 4.0],
        };
        let (u, s) = svd(&m, 3, 2, 3, 7);
        assert!(s.iter().zip([5.0, 4.0, 3.0]).all(|(a, b)| (a - b).abs() < 1e-8), "{s:?}");
        assert!((u[[1, 0]].abs() - 1.0).abs() < 1e-8);
    }
}
