//! rows -> posteriors (`n_comments` x `n_classes`), by a text stage and a thread stage.

mod adapt;
mod by_word;
pub(crate) mod context;
mod contrast;
mod decision;
mod diagnose;
pub mod dummy;
mod explain;
mod info;
mod map;
pub mod newton;
pub(crate) mod predict;
mod quantify;
pub(crate) mod quantised;
pub mod store;
mod strongest;
pub mod thread;
mod train;
mod traits;
mod weights;

pub use adapt::{AdaptReport, AdaptedHead, adapt};
pub use diagnose::{Diagnosis, LeftOut};
pub use explain::{Contribution, Explanation};
pub use info::{ALL, Figures, Info};
pub use quantify::quantify;
pub use strongest::StrongTerm;
pub use train::{HeadReport, TrainParams, TrainReport, train};

use crate::comments::{Span, Thread};
use crate::features::tfidf::Vectoriser;

/// One comment as the model sees it: its text and the context it stands in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Item<'a> {
    /// The comment's body.
    pub text: &'a str,
    /// Spans of `text` that are another's words; they are not counted.
    pub quotes: &'a [Span],
    /// Index, in the same slice of items, of the comment this one answers.
    pub parent: Option<usize>,
    /// The parent's text where the parent itself is not in the slice.
    pub parent_text: Option<&'a str>,
    /// Headline of the article.
    pub headline: Option<&'a str>,
    /// Language code where the caller knows it.
    pub lang: Option<&'a str>,
}

/// The comments of a thread as items, parents resolved to indices.
pub fn items(thread: &Thread) -> Vec<Item<'_>> {
    let index: std::collections::HashMap<u32, usize> =
        thread.comments.iter().enumerate().map(|(i, c)| (c.no, i)).collect();
    thread
        .comments
        .iter()
        .map(|c| Item {
            text: &c.text,
            quotes: &c.quotes,
            parent: c.parent.and_then(|p| index.get(&p).copied()),
            parent_text: None,
            headline: thread.title.as_deref(),
            lang: (c.lang != "und").then_some(c.lang.as_str()),
        })
        .collect()
}

/// Posteriors of one head for a slice of items.
#[derive(Debug, Clone, PartialEq)]
pub struct Posteriors {
    /// Name of the head (the label column: `stance`, `sentiment`, ...).
    pub head: String,
    /// Class names, in column order.
    pub classes: Vec<String>,
    /// One row per item, on the simplex; `None` for an empty or unreadable text, which never gets a class.
    pub rows: Vec<Option<Vec<f64>>>,
}

/// One label column the model predicts: its classes, the fitted stages and how they did.
#[derive(Debug, Clone)]
pub struct Head {
    /// Name of the label column.
    pub name: String,
    /// Class names, in the order of posteriors.
    pub classes: Vec<String>,
    /// Weights of the text stage, `n_terms` x `n_classes`.
    pub(crate) weights: quantised::Quantised,
    /// Intercept of the text stage per class.
    pub(crate) intercept: Vec<f64>,
    /// Weights and intercept on the comment's word vectors, `n_components` x `n_classes`.
    pub(crate) dense: Option<(ndarray::Array2<f32>, Vec<f64>)>,
    /// The thread stage.
    pub thread: thread::ThreadStage,
    /// What is added to the log posteriors before a class is named: what gave the best macro-F1 out of fold.
    pub decision: Vec<f64>,
    /// Class counts of the training rows.
    pub counts: Vec<usize>,
    /// Cross-validated macro-F1 of the model and of the better baseline.
    pub macro_f1: [f64; 2],
    /// The prevalence estimator fitted on the out-of-fold posteriors, as it serialises itself.
    pub quantifier: Option<serde_json::Value>,
}

impl Head {
    /// Index of the class that is named for a posterior.
    pub fn decide(&self, posterior: &[f64]) -> usize {
        decision::named_class(posterior, &self.decision)
    }
}

static SHIPPED: &[u8] = include_bytes!("../../models/shipped.stance");
/// As `sha256sum` writes it: the checksum, then the name.
static SHIPPED_SHA256: &str = include_str!("../../models/shipped.sha256");

/// The model that is shipped with the program, read once.
///
/// # Errors
/// The embedded bytes are not a model of this version: a fault of the build.
pub fn shipped() -> crate::Result<&'static Model> {
    static MODEL: std::sync::OnceLock<Model> = std::sync::OnceLock::new();
    if let Some(model) = MODEL.get() {
        return Ok(model);
    }
    let model = store::embedded(SHIPPED, SHIPPED_SHA256.split(' ').next().unwrap_or_default())?;
    Ok(MODEL.get_or_init(|| model))
}

/// The model of a file, or the shipped one where none is named.
///
/// # Errors
/// As [`store::read`] and [`shipped`].
pub fn or_shipped(path: Option<&std::path::Path>) -> crate::Result<std::borrow::Cow<'static, Model>> {
    match path {
        Some(path) => store::read(path).map(std::borrow::Cow::Owned),
        None => shipped().map(std::borrow::Cow::Borrowed),
    }
}

/// A trained model: vocabulary, text stage and thread stage for each head.
#[derive(Debug, Clone)]
pub struct Model {
    pub(crate) vectoriser: Vectoriser,
    pub(crate) heads: Vec<Head>,
    pub(crate) records: predict::Records,
    info: Info,
    /// SHA-256 of the file it is, or would be, stored as.
    sha256: String,
}

impl Model {
    pub(crate) fn assemble(vectoriser: Vectoriser, heads: Vec<Head>, info: Info) -> Self {
        let records = predict::Records::new(&vectoriser, &heads);
        Model { vectoriser, heads, records, info, sha256: String::new() }
    }

    /// The heads, in the order of [`Model::predict`].
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// The head of this name.
    pub fn head(&self, name: &str) -> Option<&Head> {
        self.heads.iter().find(|h| h.name == name)
    }

    /// Terms, document frequencies and recipe.
    pub fn vectoriser(&self) -> &Vectoriser {
        &self.vectoriser
    }

    /// What it was made from.
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// SHA-256 of the stored model, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Attaches a prevalence estimator to a head; false if there is no such head.
    pub fn set_quantifier(&mut self, head: &str, quantifier: serde_json::Value) -> bool {
        let Some(head) = self.heads.iter_mut().find(|h| h.name == head) else { return false };
        head.quantifier = Some(quantifier);
        true
    }
}
