//! Document -> [`Thread`]: the article's head and its reader comments. Any bytes in, never a panic.
//!
//! [`split`] sends a document to the reader of its kind and finishes what comes back in the same way for all:
//! translator's notes are lifted out, quotations marked, parents told where there is evidence, languages named,
//! authors hashed.

use serde::{Deserialize, Serialize};

mod authors;
mod dates;
mod elsewhere;
mod export;
pub mod html;
mod language;
mod notes;
mod pseudonyms;
mod quotes;
mod rows;
mod rules;
mod systems;
pub mod text;

pub use authors::{Authors, Salt};

use crate::error::Result;
use crate::page::{Document, Kind, decode};

/// What was found where the comments should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Comments are in the file and were read.
    Found,
    /// The page has no comment section.
    None,
    /// The comments are served by another host ([`Thread::host`]) and are not in the file.
    Elsewhere,
    /// A comment section is there and holds no comment in this file.
    Empty,
}

/// Why a comment is said to answer another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// Nested inside its parent, or named by it in the export or markup.
    Nesting,
    /// It quotes words of the parent.
    Quotation,
    /// It addresses the parent's author by `@name`.
    Mention,
}

/// Half-open byte range of a comment's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// One reader comment: one contribution under the article.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// Number in page order, from 1.
    pub no: u32,
    /// The page's own id where it has one, else the number.
    pub id: String,
    /// `no` of the comment this one answers; only with evidence.
    pub parent: Option<u32>,
    /// What the parent was told from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<Evidence>,
    /// Depth in the thread, 0 at the top.
    pub depth: u32,
    /// Author as printed, hashed or dropped (see [`Authors`]).
    pub author: Option<String>,
    /// Time as ISO 8601 where it could be parsed, else as printed.
    pub time: Option<String>,
    /// Language code, or `und` where the text does not tell.
    pub lang: String,
    /// The body only; names of commenters in it are as [`Authors`] says.
    pub text: String,
    /// Translator's explanations lifted out of the text.
    pub notes: Vec<String>,
    /// Spans of `text` that are another's words (quotations of an earlier comment): not the writer's voice.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub quotes: Vec<Span>,
    /// Names of the thread's commenters that the text mentions.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub names: Vec<String>,
}

/// An article and its comments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// Article id: canonical address where the page names it, else the file's stem.
    pub article: String,
    /// Where the document came from.
    pub source: String,
    /// Headline.
    pub title: Option<String>,
    /// Language of the article.
    pub lang: Option<String>,
    /// Canonical address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<String>,
    /// Date of the article (ISO 8601).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub date: Option<String>,
    /// Names of the article's author in the page's head, so that they are found in the comments; never written.
    #[serde(skip)]
    pub byline: Vec<String>,
    /// What was found.
    pub status: Status,
    /// Number of comments the page says it has.
    pub declared: Option<u32>,
    /// Who serves the comments, for [`Status::Elsewhere`].
    pub host: Option<String>,
    /// Name of the rule that read the page (`wordpress`, `generic`, `text`, `youtube`, ...).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub system: Option<String>,
    /// The comments, in page order.
    pub comments: Vec<Comment>,
    /// What the user should know, each with what to do.
    pub warnings: Vec<String>,
}

/// How [`split`] works.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What becomes of authors' names, as authors and inside the texts.
    ///
    /// Default: hashed.
    pub authors: Authors,
    /// Salt of the hashes.
    ///
    /// Default: random and another for each article, so that hashes of two runs, or of one person under two articles,
    /// have nothing in common.
    pub salt: Salt,
}

/// Splits a document into its threads: one for a page or dump, one per article for exports and rows.
///
/// # Errors
/// An export of an unknown kind or one that cannot be parsed. Pages and dumps never fail.
///
/// # Example
/// ```
/// use commentariat::comments::{Options, Status, split};
/// use commentariat::page::Document;
/// let page = "Harvest begins\n\nThe village starts today.\n\n2 Comments\n\nAt last!\n\nReply\n\nToo late.\n\nReply\n";
/// let threads = split(&Document::new("harvest.txt", page.into()), &Options::default()).unwrap();
/// assert_eq!((threads[0].status, threads[0].declared), (Status::Found, Some(2)));
/// assert_eq!(threads[0].comments[1].text, "Too late.");
/// ```
pub fn split(document: &Document, options: &Options) -> Result<Vec<Thread>> {
    let decoded = decode(document);
    let text = &*decoded.text;
    let mut threads = match document.kind {
        Kind::Html => vec![html::html_thread(document, text, html::Rules::All)],
        Kind::Text => vec![text::text_thread(document, text)],
        Kind::Export => export::threads(document, text)?,
        Kind::Rows => rows::threads(document, text)?,
    };
    for thread in &mut threads {
        if document.kind != Kind::Rows {
            for comment in &mut thread.comments {
                notes::lift(comment);
            }
            quotes::mark(thread);
        }
        if document.kind == Kind::Text {
            quotes::depths(&mut thread.comments);
        }
        languages(thread);
        // Threads that were split before have had their names treated then.
        if document.kind != Kind::Rows || thread.system.as_deref() == Some(rows::SYSTEM) {
            authors::apply(thread, options);
        }
        thread.warnings.extend(decoded.warning.clone());
    }
    Ok(threads)
}

/// Names the language of the comments that have none.
fn languages(thread: &mut Thread) {
    for comment in thread.comments.iter_mut().filter(|c| c.lang.is_empty()) {
        comment.lang = language::of(&comment.text).unwrap_or("und").to_owned();
    }
}

impl Thread {
    /// A thread without comments, for a reader to fill in.
    pub(crate) fn new(document: &Document) -> Self {
        Thread {
            article: document.url.clone().unwrap_or_else(|| stem(&document.source)),
            source: document.source.clone(),
            title: None,
            lang: None,
            url: document.url.clone(),
            date: None,
            byline: Vec::new(),
            status: Status::None,
            declared: None,
            host: None,
            system: None,
            comments: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

/// The name of a file without folders and ending.
fn stem(source: &str) -> String {
    let name = source.rsplit(['/', '\\']).next().unwrap_or(source);
    let name = name.strip_suffix(".gz").unwrap_or(name);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem.to_owned(),
        _ => name.to_owned(),
    }
}
