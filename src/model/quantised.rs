//! Weights as they are stored: 16-bit integers and a scale per class, in memory of their own or in place.

use std::borrow::Cow;

use ndarray::Array2;

/// Weights of a head, `n_terms` x `n_classes`: `w = q * scale`.
#[derive(Debug, Clone)]
pub(crate) struct Quantised {
    n_terms: usize,
    columns: Vec<Column>,
}

/// Weights of one class.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// Value of one step.
    pub scale: f32,
    /// Two bytes a term, low byte first.
    bytes: Cow<'static, [u8]>,
}

impl Column {
    /// A stored column; the scale must be finite.
    pub fn new(scale: f32, bytes: Cow<'static, [u8]>) -> Self {
        Column { scale, bytes }
    }

    /// The integers of all terms.
    #[inline]
    pub fn integers(&self) -> &[[u8; 2]] {
        self.bytes.as_chunks().0
    }

    /// As stored.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Quantised {
    /// Rounds weights to what is stored. A scale is a power of two, so that rounding twice changes nothing.
    pub fn of(weights: &Array2<f32>) -> Self {
        let column = |column: ndarray::ArrayView1<'_, f32>| {
            let max = column.iter().fold(0.0_f32, |m, w| m.max(w.abs()));
            let scale = if max == 0.0 { 1.0 } else { (max / 32767.0).log2().ceil().exp2() };
            let integer = |w: &f32| (w / scale).round().clamp(-32767.0, 32767.0) as i16;
            let bytes: Vec<u8> = column.iter().flat_map(|w| integer(w).to_le_bytes()).collect();
            Column { scale, bytes: bytes.into() }
        };
        Quantised { n_terms: weights.nrows(), columns: weights.columns().into_iter().map(column).collect() }
    }

    /// Weights of stored columns, each of `n_terms`.
    pub fn from_columns(n_terms: usize, columns: Vec<Column>) -> Self {
        Quantised { n_terms, columns }
    }

    /// Weights of each class.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Weights of a term, class by class.
    ///
    /// # Panics
    /// There are not so many terms.
    pub fn row(&self, term: u32) -> impl Iterator<Item = f32> {
        let integer = move |c: &Column| f32::from(i16::from_le_bytes(c.integers()[term as usize]));
        self.columns.iter().map(move |c| integer(c) * c.scale)
    }

    /// All weights, `n_terms` x `n_classes`.
    pub fn to_array(&self) -> Array2<f32> {
        let mut out = Array2::zeros((self.n_terms, self.columns.len()));
        for (mut out, column) in out.columns_mut().into_iter().zip(&self.columns) {
            let integers = column.integers().iter().map(|b| i16::from_le_bytes(*b));
            out.iter_mut().zip(integers).for_each(|(w, q)| *w = f32::from(q) * column.scale);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::Quantised;

    #[test]
    fn rounding_twice_changes_nothing() {
        let w = array![[0.1_f32, -3.0, 0.0], [1e-6, 2.999, 0.0]];
        let once = Quantised::of(&w).to_array();
        assert!((&once - &w).iter().all(|d| d.abs() < 1e-4));
        assert_eq!(Quantised::of(&once).to_array(), once);
        assert_eq!(Quantised::of(&w).row(0).collect::<Vec<_>>(), once.row(0).to_vec());
    }
}
