//! Sparse rows, and what the text stage asks of any matrix of features.

use rayon::prelude::*;

use crate::error::{Error, Result};

/// Products that an iterative solver needs, with dense matrices of `k` interleaved columns (`x[i * k + c]`).
///
/// Sums run in a fixed order, so results do not depend on the number of threads.
pub trait Design: Sync {
    /// Number of rows.
    fn n_rows(&self) -> usize;
    /// Number of columns.
    fn n_cols(&self) -> usize;
    /// `out = X w`: `w` is `n_cols` x `K`, `out` is `n_rows` x `K`; `room` is memory to work in, kept between calls.
    fn forward<const K: usize>(&self, w: &[[f32; K]], room: &mut Vec<[f32; K]>, out: &mut [[f32; K]]);
    /// `out = X' u`: `u` is `n_rows` x `K`, `out` is `n_cols` x `K`.
    fn transposed<const K: usize>(&self, u: &[[f32; K]], out: &mut [[f32; K]]);
    /// As [`Design::transposed`] with every entry of `X` squared.
    fn transposed_squares<const K: usize>(&self, u: &[[f32; K]], out: &mut [[f32; K]]);
}

/// A sparse matrix of single-precision numbers, by rows and by columns.
///
/// # Example
/// ```
/// use commentariat::features::sparse::SparseRows;
/// let x = SparseRows::from_rows(3, &[vec![(0, 1.0), (2, -0.5)], vec![]]).unwrap();
/// assert_eq!((x.n_rows(), x.n_cols(), x.n_entries()), (2, 3, 2));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SparseRows {
    n_cols: usize,
    rows: Compressed,
    columns: Compressed,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Compressed {
    starts: Vec<usize>,
    entries: Vec<(u32, f32)>,
}

impl Compressed {
    fn get(&self, i: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[i]..self.starts[i + 1]]
    }
}

impl SparseRows {
    /// A matrix of `n_cols` columns from rows of (column, value).
    ///
    /// # Errors
    /// A column at or beyond `n_cols`, or a value that is not finite.
    pub fn from_rows(n_cols: usize, rows: &[Vec<(u32, f32)>]) -> Result<Self> {
        let mut by_row = Compressed { starts: vec![0], entries: Vec::new() };
        let mut by_column: Vec<Vec<(u32, f32)>> = vec![Vec::new(); n_cols];
        for (i, row) in rows.iter().enumerate() {
            for &(j, x) in row {
                if j as usize >= n_cols || !x.is_finite() {
                    return Err(Error::input(format!(
                        "row {i} holds column {j} = {x}; columns run to {n_cols}"
                    )));
                }
                by_column[j as usize].push((i as u32, x));
            }
            by_row.entries.extend_from_slice(row);
            by_row.starts.push(by_row.entries.len());
        }
        let mut columns = Compressed { starts: vec![0], entries: Vec::new() };
        for column in by_column {
            columns.entries.extend(column);
            columns.starts.push(columns.entries.len());
        }
        Ok(SparseRows { n_cols, rows: by_row, columns })
    }

    /// A matrix from a dense one; zeros are left out.
    ///
    /// # Errors
    /// A value that is not finite.
    pub fn from_dense(x: &ndarray::Array2<f64>) -> Result<Self> {
        let rows: Vec<Vec<(u32, f32)>> = x
            .rows()
            .into_iter()
            .map(|r| {
                let cells = r.iter().enumerate().filter(|(_, v)| **v != 0.0);
                cells.map(|(j, v)| (j as u32, *v as f32)).collect()
            })
            .collect();
        Self::from_rows(x.ncols(), &rows)
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.rows.starts.len() - 1
    }

    /// Number of columns.
    pub fn n_cols(&self) -> usize {
        self.n_cols
    }

    /// Number of entries that are kept.
    pub fn n_entries(&self) -> usize {
        self.rows.entries.len()
    }
}

/// `out[i] = sum over the entries of line i of f(value) * m[index]`.
fn product<const K: usize>(
    a: &Compressed,
    m: &[[f32; K]],
    out: &mut [[f32; K]],
    f: impl Fn(f32) -> f32 + Sync,
) {
    out.par_iter_mut().enumerate().with_min_len(256).for_each(|(i, out)| {
        let mut sum = [0.0_f64; K];
        for &(j, x) in a.get(i) {
            let x = f(x);
            for (s, v) in sum.iter_mut().zip(&m[j as usize]) {
                *s += f64::from(x) * f64::from(*v);
            }
        }
        *out = sum.map(|s| s as f32);
    });
}

impl Design for SparseRows {
    fn n_rows(&self) -> usize {
        SparseRows::n_rows(self)
    }

    fn n_cols(&self) -> usize {
        self.n_cols
    }

    fn forward<const K: usize>(&self, w: &[[f32; K]], _: &mut Vec<[f32; K]>, out: &mut [[f32; K]]) {
        product(&self.rows, w, out, |x| x);
    }

    fn transposed<const K: usize>(&self, u: &[[f32; K]], out: &mut [[f32; K]]) {
        product(&self.columns, u, out, |x| x);
    }

    fn transposed_squares<const K: usize>(&self, u: &[[f32; K]], out: &mut [[f32; K]]) {
        product(&self.columns, u, out, |x| x * x);
    }
}
