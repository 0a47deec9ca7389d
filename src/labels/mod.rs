//! Labelled CSV <-> [`LabelledCollection`]; agreement of coders; splits grouped by article.

pub mod agreement;
mod check;
pub mod csv;
pub mod field;
mod folds;
mod read;
pub mod sample;

use std::collections::BTreeMap;

pub use check::check;
pub(crate) use check::warnings;
pub use folds::{Folds, folds};
pub use read::{ReadOptions, read};

/// One hand-labelled comment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Labelled {
    /// Id of the row, unique within its file.
    pub id: String,
    /// Article or thread it belongs to: the unit that never stands on both sides of a split.
    pub article: String,
    /// Outlet or data set, where the file names it.
    pub source: Option<String>,
    /// The comment's body.
    pub text: String,
    /// Id of the comment it answers.
    pub parent: Option<String>,
    /// The parent's text, where the parent is not a row of the collection.
    pub parent_text: Option<String>,
    /// Headline of the article.
    pub headline: Option<String>,
    /// Language code where the file names it.
    pub lang: Option<String>,
    /// Coder.
    pub coder: Option<String>,
    /// Weight by the coder's confidence: high 1, medium .7, low .3; 1 where none is given.
    pub weight: f64,
    /// Whether `stance sample` drew it for the model's doubt (column `part`): it teaches, but shares and figures
    /// are not to be taken from it.
    pub informative: bool,
    /// Class index per head, in the order of [`LabelledCollection::heads`]; `None` where not labelled.
    pub y: Vec<Option<usize>>,
    /// Where the row stands: file index and line.
    pub place: (usize, u64),
}

impl Labelled {
    /// The article, or nothing where its name only repeats the source or the row itself.
    pub fn own_article(&self) -> &str {
        // A row without an article was given the name of its file and its id.
        let own_row = self.article.strip_suffix(self.id.as_str()).is_some_and(|a| a.ends_with('#'));
        let repeats = self.source.as_ref() == Some(&self.article) || own_row;
        if repeats { "" } else { &self.article }
    }
}

/// A label column and its classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Name of the column.
    pub name: String,
    /// Class names, sorted, each at its index.
    pub classes: Vec<String>,
}

/// Hand-labelled comments with the files they came from.
#[derive(Debug, Clone, Default)]
pub struct LabelledCollection {
    /// Label columns.
    pub heads: Vec<Head>,
    /// Rows, in file order.
    pub rows: Vec<Labelled>,
    /// Rows that were left out because they hold no text, by file index and line.
    pub without_text: Vec<(usize, u64)>,
    /// SHA-256 of each file by its name, for the model's header.
    pub hashes: BTreeMap<String, String>,
}
