//! Document -> [`Thread`]: the article's head and its reader comments. Any bytes in, never a panic.

use serde::{Deserialize, Serialize};

mod dates;
mod elsewhere;
pub mod html;
mod rules;
mod systems;

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
    /// Author as printed, hashed or dropped (see `--authors`).
    pub author: Option<String>,
    /// Time as ISO 8601 where it could be parsed, else as printed.
    pub time: Option<String>,
    /// Language code, or `und` where the text does not tell.
    pub lang: String,
    /// The body only.
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
