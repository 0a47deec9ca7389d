//! Parts of a [`super::Report`] beside the shares: cross-tables, comments, coverage of languages.

use serde::{Deserialize, Serialize};

/// Two heads together: how many comments got which pair of classes. Counted, so biased whenever the classifier errs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cross {
    /// Name of the head in the rows.
    pub rows: String,
    /// Name of the head in the columns.
    pub columns: String,
    /// Classes of the rows.
    pub row_classes: Vec<String>,
    /// Classes of the columns.
    pub column_classes: Vec<String>,
    /// Number of comments, a list per row class.
    pub n: Vec<Vec<usize>>,
}

/// How much of a comment the report may hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quotes {
    /// Numbers and classes only.
    None,
    /// The few words that decided: enough to judge a class, too little to search for.
    #[default]
    Words,
    /// The whole text.
    Full,
}

/// One scored comment of a group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CommentRow {
    /// Number in page order, from 1.
    pub no: u32,
    /// Article it stands under, where the group is not that article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// Time, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Language code, or `und`.
    pub lang: String,
    /// Posterior per head and class, in the order of the group's heads; empty for a comment nothing was read from.
    pub posteriors: Vec<Vec<f32>>,
    /// Index of the named class per head.
    pub named: Vec<u8>,
    /// The words that decided the first head's class, strongest first, with what each adds to that class's score
    /// over the mean of the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<(String, f32)>,
    /// The text, only with [`Quotes::Full`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// One language: how many comments are in it, and how well the model knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LanguageCoverage {
    /// Language code, or `und`.
    pub lang: String,
    /// Comments of the report in it.
    pub n_comments: usize,
    /// Labelled comments in it that the model was trained on.
    pub n_labels: usize,
    /// Share of words of these comments that the model never saw; `None` where nothing was read.
    pub unknown_words: Option<f64>,
    /// That share out of fold in training, where the model holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_in_training: Option<f64>,
}
