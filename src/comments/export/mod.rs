//! Comment exports -> [`Thread`]s, one file per format.
//!
//! All of a format's comments come through, but for those its own fields call deleted, spam, pending or a
//! pingback: these are left out and counted in a warning. Parents and depth are the export's own.

mod build;
mod commento;
mod discourse;
mod disqus;
mod fourcat;
mod markup;
mod reddit;
mod telegram;
mod vk;
mod wordpress;
mod xml;
mod youtube;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Thread;
use crate::error::{Error, Result};
use crate::page::Document;

/// The keys that tell one export from another.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Keys {
    kind: Option<serde_json::Value>,
    post_stream: Option<IgnoredAny>,
    response: Option<IgnoredAny>,
    items: Option<IgnoredAny>,
    comments: Option<IgnoredAny>,
    commenters: Option<IgnoredAny>,
    messages: Option<IgnoredAny>,
    chats: Option<IgnoredAny>,
    data: Option<IgnoredAny>,
}

/// Reads an export.
///
/// # Errors
/// A format that is not known, or a file that is cut short or otherwise not well formed.
pub(super) fn threads(document: &Document, text: &str) -> Result<Vec<Thread>> {
    let text = text.trim_start_matches('\u{feff}').trim();
    match text.as_bytes().first() {
        Some(b'{') => object(document, text),
        Some(b'[') => reddit::threads(document, text),
        Some(b'<') if text.contains("<disqus") => disqus::threads(document, text),
        Some(b'<') if text.contains("<rss") => wordpress::threads(document, text),
        Some(b'<') => Err(unknown(document, "XML")),
        _ => fourcat::threads(document, text),
    }
}

fn object(document: &Document, text: &str) -> Result<Vec<Thread>> {
    let keys: Keys = json(document, text)?;
    let kind = keys.kind.as_ref().and_then(serde_json::Value::as_str).unwrap_or("");
    if kind.starts_with("youtube#") {
        youtube::threads(document, text)
    } else if kind == "Listing" && keys.data.is_some() {
        reddit::threads(document, text)
    } else if keys.post_stream.is_some() {
        discourse::threads(document, text)
    } else if keys.response.is_some() || keys.items.is_some() {
        vk::threads(document, text, keys.response.is_some())
    } else if keys.messages.is_some() || keys.chats.is_some() {
        telegram::threads(document, text, keys.chats.is_some())
    } else if keys.comments.is_some() && keys.commenters.is_some() {
        commento::threads(document, text)
    } else {
        Err(unknown(document, "JSON"))
    }
}

/// Parses JSON; a fault names its line.
fn json<'a, T: Deserialize<'a>>(document: &Document, text: &'a str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| {
        let what = if e.is_eof() {
            "the JSON ends early; the file is cut short".to_owned()
        } else {
            format!("the JSON cannot be read: {e}")
        };
        Error::input(what)
            .file(&document.source)
            .line(e.line() as u64)
            .hint("export or download the file again")
    })
}

fn unknown(document: &Document, format: &str) -> Error {
    Error::input(format!("{format} of an unknown kind")).file(&document.source).hint(
        "known exports: YouTube, Reddit, Discourse, VK, Commento, Telegram (JSON), Disqus, WordPress (XML), 4CAT (CSV)",
    )
}
