//! rows -> posteriors (`n_comments` x `n_classes`), by a text stage and a thread stage.

use crate::comments::{Span, Thread};

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
