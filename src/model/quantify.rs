//! The prevalence estimator of each head, fitted on what cross-validation left: out-of-fold posteriors and labels.

use ndarray::Array2;

use super::{Model, TrainReport, store};
use crate::error::{Error, Kind, Result};
use crate::estimate::{CvPosteriors, Params, Quantifier};
use crate::labels::LabelledCollection;

/// Fits and stores the quantifier of every head of a model that was just trained.
///
/// Only out-of-fold posteriors are used, none of informative rows where there are others. Articles are the clusters that are resampled and held out whole; a row
/// without an article of its own (none named, or the name of its source) is a cluster by itself.
///
/// # Errors
/// As [`Quantifier::aggregation_fit`]; never for a report that [`super::train`] made of these labels.
pub fn quantify(
    model: &mut Model,
    labelled: &LabelledCollection,
    report: &TrainReport,
    seed: u64,
) -> Result<()> {
    for (h, head) in report.heads.iter().enumerate() {
        quantify_head(model, labelled, h, &head.oof, seed)?;
    }
    store::seal(model);
    Ok(())
}

/// Fits and stores the quantifier of one labelled head from out-of-fold posteriors; the caller seals the model.
pub(super) fn quantify_head(
    model: &mut Model,
    labelled: &LabelledCollection,
    h: usize,
    oof: &[Option<Vec<f64>>],
    seed: u64,
) -> Result<()> {
    let head = &labelled.heads[h];
    // Rows drawn for the model's doubt are not like the others; without others the whole has to do.
    let everything = labelled.rows.iter().all(|r| r.informative || r.y[h].is_none());
    let mut p = Vec::new();
    let mut y = Vec::new();
    let mut articles = Vec::new();
    for (row, posterior) in labelled.rows.iter().zip(oof) {
        if let (Some(posterior), Some(class), true) = (posterior, row.y[h], everything || !row.informative) {
            articles.push(row.own_article().to_owned());
            p.extend_from_slice(posterior);
            y.push(class);
        }
    }
    let p = Array2::from_shape_vec((y.len(), head.classes.len()), p)
        .map_err(|e| Error::new(Kind::Internal, e.to_string()))?;
    let known = articles.iter().any(|a| !a.is_empty());
    let cv = CvPosteriors::new(head.classes.clone(), p, y, known.then_some(&articles[..]))?;
    let quantifier = Quantifier::aggregation_fit(&cv, &Params::default(), seed)?;
    let value = serde_json::to_value(&quantifier).map_err(|e| Error::new(Kind::Internal, e.to_string()))?;
    model.set_quantifier(&head.name, value);
    Ok(())
}
