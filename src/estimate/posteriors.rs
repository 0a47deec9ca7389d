//! Posteriors as they come from a classifier, checked: [`CvPosteriors`] and single rows.

use ndarray::{Array2, ArrayView1};

use crate::error::{Error, Result};

/// Posteriors below this are raised to it, so that their logarithm is finite; the row is renormalised.
pub const MIN_POSTERIOR: f64 = 1e-9;

/// How far the sum of a row may be from 1 before the row is refused (rounding in a CSV stays far below).
pub const SUM_TOLERANCE: f64 = 1e-3;

/// Out-of-fold posteriors of the training set with its labels: all that the quantifier learns from.
///
/// Shapes: `p` is `n_rows` x `n_classes`, each row on the simplex; `y` holds `n_rows` class indices;
/// `articles`, where known, `n_rows` article ids (the clusters that are resampled and held out whole); an empty id
/// is a row that stands for itself.
#[derive(Debug, Clone)]
pub struct CvPosteriors {
    classes: Vec<String>,
    p: Array2<f64>,
    y: Vec<usize>,
    articles: Option<Vec<Option<usize>>>,
    n_articles: usize,
}

impl CvPosteriors {
    /// Checks and takes over posteriors and labels.
    ///
    /// Rows are renormalised; 0 and 1 become [`MIN_POSTERIOR`] and its complement.
    ///
    /// # Errors
    /// Fewer than two classes, no rows, lengths that differ, a label outside the classes, a row with NaN, an
    /// infinite or negative value, or a sum that is not 1 within [`SUM_TOLERANCE`]; the message names the row
    /// (from 1).
    ///
    /// # Example
    /// ```
    /// use commentariat::estimate::CvPosteriors;
    /// use ndarray::array;
    /// let classes = vec!["anti".into(), "pro".into()];
    /// let cv = CvPosteriors::new(classes.clone(), array![[0.7, 0.3], [0.2, 0.8]], vec![0, 1], None).unwrap();
    /// assert_eq!(cv.n_rows(), 2);
    /// let e = CvPosteriors::new(classes, array![[0.7, 0.3], [0.2, f64::NAN]], vec![0, 1], None).unwrap_err();
    /// assert!(e.to_string().contains("row 2"));
    /// ```
    pub fn new(
        classes: Vec<String>,
        mut p: Array2<f64>,
        y: Vec<usize>,
        articles: Option<&[String]>,
    ) -> Result<Self> {
        let k = classes.len();
        if k < 2 {
            return Err(Error::input("the estimator needs at least two classes"));
        }
        if p.nrows() == 0 {
            return Err(Error::input("there is no labelled row to calibrate on"));
        }
        if p.ncols() != k || p.nrows() != y.len() || articles.is_some_and(|a| a.len() != y.len()) {
            return Err(Error::input(format!(
                "posteriors are {} x {}, labels {}, classes {k}: the sizes differ",
                p.nrows(),
                p.ncols(),
                y.len()
            )));
        }
        p = check_rows(p)?;
        if let Some(i) = y.iter().position(|&y| y >= k) {
            return Err(Error::input(format!("row {}: label {} is not one of {k} classes", i + 1, y[i])));
        }
        let mut index = std::collections::HashMap::new();
        let articles: Option<Vec<Option<usize>>> = articles.map(|names| {
            let mut number = |name: &str| {
                let next = index.len();
                *index.entry(name.to_owned()).or_insert(next)
            };
            names.iter().map(|name| (!name.is_empty()).then(|| number(name))).collect()
        });
        let n_articles = index.len();
        Ok(CvPosteriors { classes, p, y, articles, n_articles })
    }

    /// Class names, in column order.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.classes.len()
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.y.len()
    }

    /// Number of distinct articles; 0 where they are not known.
    pub fn n_articles(&self) -> usize {
        self.n_articles
    }

    /// Posteriors, `n_rows` x `n_classes`.
    pub fn p(&self) -> &Array2<f64> {
        &self.p
    }

    /// Labels as class indices.
    pub fn y(&self) -> &[usize] {
        &self.y
    }

    /// Number of rows of each class.
    pub fn class_counts(&self) -> Vec<usize> {
        let mut n = vec![0; self.n_classes()];
        self.y.iter().for_each(|&y| n[y] += 1);
        n
    }

    /// Row indices of each cluster: the articles where known, else every row for itself.
    pub fn clusters(&self) -> Vec<Vec<usize>> {
        match &self.articles {
            None => (0..self.n_rows()).map(|i| vec![i]).collect(),
            Some(a) => {
                let mut out = vec![Vec::new(); self.n_articles];
                for (i, a) in a.iter().enumerate() {
                    match a {
                        Some(a) => out[*a].push(i),
                        None => out.push(vec![i]),
                    }
                }
                out
            }
        }
    }

    /// Centred log-posteriors, `n_rows` x `n_classes`, row after row.
    pub(super) fn centred(&self) -> Vec<f64> {
        let mut out = Vec::with_capacity(self.p.len());
        self.p.rows().into_iter().for_each(|row| centre_log(row.iter().copied(), &mut out));
        out
    }
}

/// Appends `ln p - mean(ln p)` to `out`.
pub(super) fn centre_log(p: impl Iterator<Item = f64>, out: &mut Vec<f64>) {
    let start = out.len();
    out.extend(p.map(f64::ln));
    let mean = out[start..].iter().sum::<f64>() / (out.len() - start) as f64;
    out[start..].iter_mut().for_each(|v| *v -= mean);
}

/// Rows of posteriors checked, clipped to [`MIN_POSTERIOR`] and renormalised.
///
/// # Errors
/// A row with NaN, an infinite or negative value, or a sum that is not 1; the message names the row (from 1).
pub fn check_rows(mut p: Array2<f64>) -> Result<Array2<f64>> {
    for (i, mut row) in p.rows_mut().into_iter().enumerate() {
        let checked = check_row(row.view(), i + 1)?;
        row.iter_mut().zip(checked).for_each(|(a, b)| *a = b);
    }
    Ok(p)
}

/// One posterior row, checked, clipped and renormalised; `row` is its number (from 1) for the message.
pub(super) fn check_row(p: ArrayView1<'_, f64>, row: usize) -> Result<Vec<f64>> {
    if let Some(v) = p.iter().find(|v| !v.is_finite()) {
        return Err(Error::input(format!("row {row}: posterior is {v}, not a number from 0 to 1"))
            .hint("leave the row out, or score the comment again"));
    }
    let sum: f64 = p.iter().sum();
    if p.iter().any(|&v| v < -SUM_TOLERANCE) || (sum - 1.0).abs() > SUM_TOLERANCE {
        return Err(Error::input(format!("row {row}: posteriors sum to {sum}, not to 1"))
            .hint("give probabilities, one column p_<class> per class"));
    }
    let clipped: Vec<f64> = p.iter().map(|v| v.max(MIN_POSTERIOR)).collect();
    let sum: f64 = clipped.iter().sum();
    Ok(clipped.into_iter().map(|v| v / sum).collect())
}
