//! What a report and a card say about a model: every number that decides how far it is to be trusted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::estimate::Quantifier;
use crate::model::{Figures, Model};

/// A model in numbers; kept in each report, so that the report can be read without the model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelFacts {
    /// SHA-256 of the model file.
    pub sha256: String,
    /// Version of the package that trained it.
    pub version: String,
    /// SHA-256 of each label file by its name.
    pub labels: BTreeMap<String, String>,
    /// Number of labelled comments.
    pub n_labels: usize,
    /// Labelled comments per language, those of the model it was adapted from among them.
    pub languages: BTreeMap<String, usize>,
    /// Labelled comments per source.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, usize>,
    /// Share of words unknown out of fold, per language and for `all`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown_words: BTreeMap<String, f64>,
    /// Words, word pairs and character n-grams it knows.
    pub n_terms: [usize; 3],
    /// SHA-256 of the model it was adapted from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The label columns it predicts.
    pub heads: Vec<HeadFacts>,
}

/// One label column of a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HeadFacts {
    /// Name of the column.
    pub head: String,
    /// Class names and the number of labels of each.
    pub classes: Vec<(String, usize)>,
    /// Macro-F1, cross-validated by article.
    pub macro_f1: f64,
    /// Macro-F1 of the better baseline on the same folds.
    pub baseline_f1: f64,
    /// Whether it did no better than the baseline and was kept by `--force`.
    pub not_better: bool,
    /// Figures by language, length and source; `None` where the model does not hold them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
    /// The interval's facts; `None` where the model holds no calibration data.
    pub interval: Option<IntervalFacts>,
}

/// How the intervals of one head were made and checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntervalFacts {
    /// Prior strength `s`, in comments.
    pub prior_strength: f64,
    /// Article effect `tau`, a standard deviation on the logit scale.
    pub article_effect: f64,
    /// Whether held-out articles showed that the intervals hold.
    pub verified: bool,
    /// Number of labelled articles.
    pub n_articles: usize,
    /// Share of held-out articles whose 95 % interval held the truth.
    pub coverage: Option<f64>,
    /// Mean width of those intervals, in points.
    pub width: Option<f64>,
    /// Number of articles they were measured on.
    pub n_held_out: usize,
    /// Gain in log-loss over always saying the class shares, a fraction.
    pub log_loss_gain: f64,
}

impl ModelFacts {
    /// The facts of `model`.
    pub fn of(model: &Model) -> Self {
        let info = model.info();
        let heads = model.heads().iter().map(|head| HeadFacts {
            head: head.name.clone(),
            classes: head.classes.iter().cloned().zip(head.counts.iter().copied()).collect(),
            macro_f1: head.macro_f1[0],
            baseline_f1: head.macro_f1[1],
            not_better: info.not_better.contains(&head.name),
            figures: info.figures.get(&head.name).cloned(),
            interval: Quantifier::from_stored(head.quantifier.as_ref()).ok().map(|q| IntervalFacts::of(&q)),
        });
        ModelFacts {
            sha256: model.sha256().to_owned(),
            version: info.version.clone(),
            labels: info.labels.clone(),
            n_labels: info.all_languages().values().sum(),
            languages: info.all_languages(),
            sources: info.sources.clone(),
            unknown_words: info.unknown_words.clone(),
            n_terms: model.vectoriser().vocabulary().sizes(),
            base: info.base.clone(),
            heads: heads.collect(),
        }
    }

    /// Short id: the first 12 hexadecimal digits of the checksum.
    pub fn id(&self) -> &str {
        self.sha256.get(..12).unwrap_or(&self.sha256)
    }
}

impl IntervalFacts {
    fn of(q: &Quantifier) -> Self {
        let summary = q.summary();
        IntervalFacts {
            prior_strength: q.prior_strength(),
            article_effect: q.article_effect(),
            verified: q.verified(),
            n_articles: summary.n_articles,
            coverage: summary.held_out_coverage,
            width: summary.held_out_width.map(|w| 100.0 * w),
            n_held_out: summary.n_held_out,
            log_loss_gain: summary.log_loss_gain,
        }
    }
}
