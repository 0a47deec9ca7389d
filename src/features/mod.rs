//! tokens -> sparse TF-IDF rows (`n_comments` x `n_terms`).
//!
//! Terms are of two kinds, each a block of its own: stemmed words with their 1- and 2-grams, and character
//! n-grams within chunks (scikit-learn's `char_wb`). A term's weight in a comment is
//! `(1 + ln tf) (ln((1 + n) / (1 + df)) + 1)`, scikit-learn's sublinear tf and smooth idf; each block of a
//! row is divided by its Euclidean length, then the blocks are joined. Beside them a comment is seen as the mean
//! of its words' [`vectors`].

pub(crate) mod analyser;
pub(crate) mod counts;
pub(crate) mod embedding;
pub(crate) mod index;
mod memo;
pub mod sparse;
pub(crate) mod table;
pub(crate) mod texts;
pub(crate) mod tfidf;
pub mod vectors;
pub(crate) mod vocabulary;

use serde::{Deserialize, Serialize};

pub use tfidf::Vectoriser;

/// Settings of features and training; all of them are kept in the model file.
///
/// # Example
/// ```
/// use commentariat::features::Recipe;
/// let words_only = Recipe::words();
/// assert!(words_only.chars.is_none());
/// assert!(Recipe::default().chars.is_some());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recipe {
    /// Longest word n-gram: 1 or 2. Default 2.
    pub word_ngrams: u8,
    /// Whether words are cut to their stems. Default yes.
    pub stem: bool,
    /// Whether addresses, names, numbers and stretched words are folded (see [`crate::tokens::normalise`]).
    /// Default yes.
    pub fold: bool,
    /// Number of comments a single word must occur in. Default 1.
    pub word_min_df: u32,
    /// Number of comments a word 2-gram must occur in. Default 1.
    pub bigram_min_df: u32,
    /// Shortest and longest character n-gram, or none. Default (1, 4).
    pub chars: Option<(u8, u8)>,
    /// Number of comments a character n-gram must occur in. Default 2.
    pub char_min_df: u32,
    /// Whether word vectors learned from unlabelled comments are used beside the terms. Default yes.
    pub vectors: bool,
    /// Whether rows are weighted by the coder's confidence. Default yes.
    pub confidence: bool,
    /// Whether terms that tell classes apart are penalised less. Default yes.
    pub contrast: bool,
    /// Part of a row's target that is spread evenly over the classes where the coder had no confidence at all; in
    /// proportion to the lack of it elsewhere. Default .4: .12 at medium and .28 at low confidence.
    pub soften: f64,
    /// Power of the row weights `(p(class) / p(class | source))^a`: at 1 a source's class share teaches nothing,
    /// at 0 all. Default .5.
    pub balance_sources: f64,
    /// Whether classes are weighted to equal shares. Default yes.
    pub balance_classes: bool,
    /// Inverse strength of the L2 penalty of the text stage; `None` for the best of the grid by
    /// cross-validation. Default `None`.
    pub c: Option<f64>,
}

impl Default for Recipe {
    fn default() -> Self {
        Recipe {
            word_ngrams: 2,
            stem: true,
            fold: true,
            word_min_df: 1,
            bigram_min_df: 1,
            chars: Some((1, 4)),
            char_min_df: 2,
            vectors: true,
            confidence: true,
            contrast: true,
            soften: 0.4,
            balance_sources: 0.5,
            balance_classes: true,
            c: None,
        }
    }
}

impl Recipe {
    /// Whether the settings are within what the analysis is built for.
    pub(crate) fn is_sane(&self) -> bool {
        (1..=2).contains(&self.word_ngrams)
            && self.chars.is_none_or(|(a, b)| 1 <= a && a <= b && b <= 8)
            && self.balance_sources.is_finite()
            && (0.0..=1.0).contains(&self.soften)
    }

    /// Word 1–2-grams only, those pairs that occur twice, unweighted rows: what a plain bag-of-words classifier sees.
    pub fn words() -> Self {
        Recipe {
            // Pairs that occur once are most of the columns and bring this plain setting next to nothing.
            bigram_min_df: 2,
            chars: None,
            vectors: false,
            contrast: false,
            soften: 0.0,
            balance_sources: 0.0,
            balance_classes: false,
            ..Recipe::default()
        }
    }
}
