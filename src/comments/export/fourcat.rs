//! 4CAT: the CSV of a data set (`thread_id`, `id`, `timestamp`, `body`, `author`, `subject`).
//!
//! A row whose id is its thread's is the thread's first post: the article, not a comment.

use rustc_hash::FxHashMap;

use super::build::{Build, Entry, from_unix};
use crate::comments::Thread;
use crate::error::{Error, Result};
use crate::page::Document;

pub(super) fn threads(document: &Document, text: &str) -> Result<Vec<Thread>> {
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text.as_bytes());
    let place = |e: &csv::Error| {
        let line = e.position().map_or(1, csv::Position::line);
        Error::input(format!("the CSV cannot be read: {e}")).file(&document.source).line(line)
    };
    let names: Vec<String> =
        reader.headers().map_err(|e| place(&e))?.iter().map(|n| n.trim().to_lowercase()).collect();
    let column = |wanted: &[&str]| wanted.iter().find_map(|w| names.iter().position(|n| n == w));
    let (Some(body), Some(id)) = (column(&["body"]), column(&["id"])) else {
        return Err(Error::input(format!(
            "no `text` column (or 4CAT's `id` and `body`) among: {}",
            names.join(", ")
        ))
        .file(&document.source)
        .hint("rename the column that holds the comments to `text`"));
    };
    let thread_id = column(&["thread_id"]);
    let (subject, author) = (column(&["subject", "thread_subject"]), column(&["author", "username"]));
    let time = column(&["unix_timestamp", "timestamp_unix", "timestamp"]);
    let parent = column(&["reply_to", "parent", "parent_id", "in_reply_to", "reply_to_id"]);
    let mut order: Vec<(Build, Option<String>)> = Vec::new();
    let mut by_thread: FxHashMap<String, usize> = FxHashMap::default();
    for record in reader.records() {
        let record = record.map_err(|e| place(&e))?;
        let get = |i: Option<usize>| {
            i.and_then(|i| record.get(i)).map(|s| s.trim().to_owned()).filter(|s| !s.is_empty())
        };
        let thread = get(thread_id).unwrap_or_default();
        let at = *by_thread.entry(thread.clone()).or_insert_with(|| {
            order.push((Build::new(document, "4cat", Some(thread.clone())), None));
            order.len() - 1
        });
        let own = get(Some(id)).unwrap_or_default();
        let text = record.get(body).unwrap_or("").to_owned();
        let title = get(subject);
        if thread_id.is_some() && own == thread {
            order[at].1 = title.or_else(|| text.lines().next().map(str::to_owned));
            continue;
        }
        let time =
            get(time).map(|t| t.parse().ok().and_then(from_unix).unwrap_or_else(|| t.replacen(' ', "T", 1)));
        let out = matches!(text.trim(), "[deleted]" | "[removed]").then_some("deleted");
        order[at].0.add(Entry { id: own, parent: get(parent), author: get(author), time, text, out });
    }
    Ok(order.into_iter().map(|(build, title)| build.title(title).finish()).collect())
}
