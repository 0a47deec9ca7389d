//! model + labels -> evaluation: classification, calibration, quantification, baselines.
//!
//! Everything here is computed from posteriors and labels ([`Scored`]); where they come from (cross-validation
//! grouped by article, or a model and labels it has not seen) is the caller's business.

pub mod calibration;
pub mod classification;
pub mod protocols;
pub mod quantification;
mod view;

use serde::Serialize;

use crate::error::Result;
use crate::estimate::{CvPosteriors, Quantifier};
use crate::labels::LabelledCollection;
use crate::labels::agreement::Alpha;

pub use view::text;

/// Labelled comments with the posteriors a classifier gave them.
#[derive(Debug, Clone, Default)]
pub struct Scored {
    /// Name of the head.
    pub head: String,
    /// Class names, in column order.
    pub classes: Vec<String>,
    /// Labels as class indices.
    pub y: Vec<usize>,
    /// Posteriors, one row per comment.
    pub p: Vec<Vec<f64>>,
    /// Class the classifier named.
    pub named: Vec<usize>,
    /// Language of each comment.
    pub lang: Vec<String>,
    /// Words of each comment.
    pub n_words: Vec<usize>,
    /// Article of each comment; empty where it has none of its own.
    pub article: Vec<String>,
    /// Class counts of the training set, for the baselines.
    pub train_counts: Vec<usize>,
}

/// Everything there is to say about one head.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluation {
    /// Name of the head.
    pub head: String,
    /// Class names.
    pub classes: Vec<String>,
    /// Number of comments.
    pub n: usize,
    /// Number of articles; 0 where they are not known.
    pub n_articles: usize,
    /// How the posteriors were made.
    pub how: String,
    /// Named classes against labels.
    pub classification: classification::Classification,
    /// Posteriors against labels.
    pub calibration: calibration::Report,
    /// Shares of groups against their composition.
    pub quantification: Vec<quantification::Cell>,
    /// Agreement of the coders, the ceiling; `None` where no comment has two.
    pub coders: Option<Alpha>,
}

impl Scored {
    /// The rows of label column `h` that have a label, a posterior and a named class; those drawn for a model's doubt
    /// ([`Labelled::informative`](crate::labels::Labelled)) are left out. `posteriors` and `named` are in the order
    /// of the collection's rows, classes in that of `classes`.
    pub fn of(
        labelled: &LabelledCollection,
        h: usize,
        classes: &[String],
        posteriors: &[Option<Vec<f64>>],
        named: impl Fn(usize) -> Option<usize>,
        counts: &[usize],
    ) -> Self {
        let mut out = Scored {
            head: labelled.heads[h].name.clone(),
            classes: classes.to_vec(),
            train_counts: counts.to_vec(),
            ..Scored::default()
        };
        for (i, row) in labelled.rows.iter().enumerate() {
            let (Some(y), Some(p), Some(named)) = (row.y[h], &posteriors[i], named(i)) else { continue };
            if row.informative {
                continue;
            }
            out.y.push(y);
            out.p.push(p.clone());
            out.named.push(named);
            let lang = row.lang.as_deref().or_else(|| crate::tokens::language::detect(&row.text));
            out.lang.push(lang.unwrap_or("und").to_owned());
            out.n_words.push(row.text.split_whitespace().count());
            out.article.push(row.own_article().to_owned());
        }
        out
    }

    /// Number of comments.
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.y.is_empty()
    }

    /// Indices of the comments of each article; a comment without one stands for itself.
    pub fn clusters(&self) -> Vec<Vec<usize>> {
        let mut out: Vec<Vec<usize>> = Vec::new();
        let mut index = std::collections::HashMap::new();
        for (i, a) in self.article.iter().enumerate() {
            if a.is_empty() {
                out.push(vec![i]);
                continue;
            }
            let at = *index.entry(a.as_str()).or_insert_with(|| {
                out.push(Vec::new());
                out.len() - 1
            });
            out[at].push(i);
        }
        out
    }

    /// The rows as what a quantifier is fitted on.
    ///
    /// # Errors
    /// As [`CvPosteriors::new`].
    pub fn posteriors(&self, rows: &[usize]) -> Result<CvPosteriors> {
        let k = self.classes.len();
        let flat: Vec<f64> = rows.iter().flat_map(|&i| self.p[i].iter().copied()).collect();
        let p = ndarray::Array2::from_shape_vec((rows.len(), k), flat)
            .map_err(|e| crate::error::Error::new(crate::error::Kind::Internal, e.to_string()))?;
        let y = rows.iter().map(|&i| self.y[i]).collect();
        let articles: Vec<String> = rows.iter().map(|&i| self.article[i].clone()).collect();
        let known = articles.iter().any(|a| !a.is_empty());
        CvPosteriors::new(self.classes.clone(), p, y, known.then_some(&articles[..]))
    }
}

/// Evaluates one head.
///
/// `quantifier`: the model's, for labels it has not seen; `None` fits one on half of the articles and tests it on
/// the other half, both ways.
///
/// # Errors
/// What fitting a quantifier refuses.
pub fn evaluate(
    scored: &Scored,
    quantifier: Option<&Quantifier>,
    coders: Option<Alpha>,
    how: &str,
    seed: u64,
) -> Result<Evaluation> {
    let articles: std::collections::HashSet<&str> =
        scored.article.iter().map(String::as_str).filter(|a| !a.is_empty()).collect();
    Ok(Evaluation {
        head: scored.head.clone(),
        classes: scored.classes.clone(),
        n: scored.len(),
        n_articles: articles.len(),
        how: how.to_owned(),
        classification: classification::classify(scored, seed),
        calibration: calibration::report(scored),
        quantification: quantification::quantify(scored, quantifier, seed)?,
        coders,
    })
}
