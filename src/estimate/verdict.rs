//! When an interval may be shown. The limits are judgement, not measurement.

use std::fmt;

use serde::Serialize;

use super::quantifier::Quantifier;

/// Fewer comments than this say too little about an article.
pub const MIN_COMMENTS: usize = 20;
/// An interval wider than this (in shares) tells nothing that a reader could use.
pub const MAX_WIDTH: f64 = 0.60;
/// A class with fewer training labels than this is not known to the classifier.
pub const MIN_CLASS_LABELS: usize = 30;
/// The classifier must beat the class shares by this fraction of their log-loss.
pub const MIN_LOG_LOSS_GAIN: f64 = 0.02;
/// Beyond this the confusion matrix cannot be undone without blowing up noise.
pub const MAX_CONDITION: f64 = 10.0;

/// How far an interval is to be trusted.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "status", content = "reasons", rename_all = "snake_case")]
pub enum Verdict {
    /// Held-out articles showed that intervals hold the truth as often as they claim.
    Verified,
    /// There were too few labelled articles to show it.
    Unverified,
    /// Only counts are to be shown, for these reasons.
    CountsOnly(Vec<Reason>),
}

/// Why only counts are shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// Fewer than [`MIN_COMMENTS`] comments.
    FewComments {
        /// Number of comments.
        n: usize,
    },
    /// An interval is wider than [`MAX_WIDTH`].
    Wide {
        /// The class with the widest interval.
        class: String,
        /// Its width.
        width: f64,
    },
    /// A class has fewer than [`MIN_CLASS_LABELS`] training labels.
    FewLabels {
        /// The class.
        class: String,
        /// Its number of labels.
        n: usize,
    },
    /// Cross-validated log-loss is hardly better than that of the class shares.
    WeakClassifier {
        /// The gain, as a fraction.
        gain: f64,
    },
    /// The confusion matrix is nearly singular.
    IllConditioned {
        /// Its condition number; `None` if singular.
        condition: Option<f64>,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::FewComments { n } => write!(f, "{n} comments, {MIN_COMMENTS} are needed"),
            Reason::Wide { class, width } => {
                write!(f, "the interval of {class} is {:.0} points wide", 100.0 * width)
            }
            Reason::FewLabels { class, n } => {
                write!(f, "{class} has {n} training labels, {MIN_CLASS_LABELS} are needed")
            }
            Reason::WeakClassifier { gain } => {
                write!(f, "the classifier beats the class shares by {:.1} % only", 100.0 * gain)
            }
            Reason::IllConditioned { condition: Some(c) } => {
                write!(f, "the classifier mixes classes up too much (condition number {c:.0})")
            }
            Reason::IllConditioned { condition: None } => {
                write!(f, "the classifier cannot tell two classes apart")
            }
        }
    }
}

impl Quantifier {
    /// Reasons that hold for every article of this classifier; empty where it is good enough.
    pub fn weaknesses(&self) -> Vec<Reason> {
        let mut out = Vec::new();
        let summary = &self.summary;
        let rarest = summary.class_counts.iter().enumerate().min_by_key(|(_, n)| **n);
        if let Some((y, &n)) = rarest.filter(|(_, n)| **n < MIN_CLASS_LABELS) {
            out.push(Reason::FewLabels { class: self.classes[y].clone(), n });
        }
        if summary.log_loss_gain < MIN_LOG_LOSS_GAIN {
            out.push(Reason::WeakClassifier { gain: summary.log_loss_gain });
        }
        if summary.condition_number.is_none_or(|c| c > MAX_CONDITION) {
            out.push(Reason::IllConditioned { condition: summary.condition_number });
        }
        out
    }

    /// The verdict on an article of `n` comments; one labelled by hand throughout needs no classifier.
    pub(super) fn verdict(&self, n: usize, n_known: usize, lo: &[f64], hi: &[f64]) -> Verdict {
        let mut reasons = Vec::new();
        if n < MIN_COMMENTS {
            reasons.push(Reason::FewComments { n });
        }
        let widths = lo.iter().zip(hi).map(|(l, h)| h - l);
        let (y, width) = widths.enumerate().fold((0, 0.0), |best, it| if it.1 > best.1 { it } else { best });
        if width > MAX_WIDTH {
            reasons.push(Reason::Wide { class: self.classes[y].clone(), width });
        }
        if n_known < n {
            reasons.extend(self.weaknesses());
        }
        match (reasons.is_empty(), self.verified || n_known == n) {
            (false, _) => Verdict::CountsOnly(reasons),
            (true, true) => Verdict::Verified,
            (true, false) => Verdict::Unverified,
        }
    }
}
