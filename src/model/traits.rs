//! linfa's traits for the text stage.

use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::Array1;

use super::newton::{Linear, NewtonCg, Problem, argmax};
use crate::error::{Error, Kind, Result};
use crate::features::sparse::SparseRows;

impl From<linfa::Error> for Error {
    fn from(e: linfa::Error) -> Self {
        Error::new(Kind::Internal, e.to_string())
    }
}

/// A dataset of sparse rows and class indices; weights of the dataset are the rows' weights.
impl Fit<SparseRows, Array1<usize>, Error> for NewtonCg {
    type Object = Linear;

    fn fit(&self, dataset: &DatasetBase<SparseRows, Array1<usize>>) -> Result<Linear> {
        let (x, y) = (&dataset.records, &dataset.targets);
        if x.n_rows() != y.len() {
            return Err(Error::input(format!("{} rows but {} labels", x.n_rows(), y.len())));
        }
        let y: Vec<u32> = y.iter().map(|y| *y as u32).collect();
        let weights = dataset.weights().map_or_else(|| vec![1.0; y.len()], <[f32]>::to_vec);
        let n_classes = y.iter().max().map_or(0, |m| *m as usize + 1);
        self.solve(&Problem { x, y: &y, weights: &weights, softening: &[], n_classes }, None)
    }
}

impl Predict<&SparseRows, Array1<usize>> for Linear {
    fn predict(&self, x: &SparseRows) -> Array1<usize> {
        let z = self.decision_function(x);
        z.rows().into_iter().map(|r| argmax(r.iter().copied())).collect()
    }
}

impl linfa::dataset::Records for SparseRows {
    type Elem = f64;

    fn nsamples(&self) -> usize {
        self.n_rows()
    }

    fn nfeatures(&self) -> usize {
        self.n_cols()
    }
}
