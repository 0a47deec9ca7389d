//! Comments that were split before: threads as JSONL, or a row per comment as JSONL or CSV.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::{Comment, Evidence, Status, Thread};
use crate::error::{Error, Result};
use crate::page::Document;

/// What a thread made of rows says it was read by.
pub(super) const SYSTEM: &str = "rows";

/// A row of one comment. Other columns (labels, say) are passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    article: Option<Scalar>,
    id: Option<Scalar>,
    no: Option<Scalar>,
    parent: Option<Scalar>,
    depth: Option<Scalar>,
    author: Option<String>,
    time: Option<Scalar>,
    lang: Option<String>,
    headline: Option<String>,
    text: Option<String>,
}

/// Ids are written as numbers or as strings.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Scalar {
    Whole(i64),
    Float(f64),
    Text(String),
}

impl Scalar {
    fn text(&self) -> Option<String> {
        match self {
            Scalar::Whole(n) => Some(n.to_string()),
            Scalar::Float(x) => Some(x.to_string()),
            Scalar::Text(s) => Some(s.trim().to_owned()).filter(|s| !s.is_empty()),
        }
    }
}

/// The threads of a block of rows: rows of one article are one thread, in the order of first sight.
///
/// # Errors
/// A line that is no JSON object, a CSV that cannot be parsed or has no `text` column.
pub(super) fn threads(document: &Document, text: &str) -> Result<Vec<Thread>> {
    let mut rows = Rows { document, threads: Vec::new(), by_article: FxHashMap::default(), ids: Vec::new() };
    if text.trim_start().starts_with('{') {
        rows.json_lines(text)?;
    } else {
        rows.csv(text)?;
    }
    Ok(rows.finish())
}

struct Rows<'a> {
    document: &'a Document,
    threads: Vec<Thread>,
    by_article: FxHashMap<String, usize>,
    /// Parent ids as written, per thread and comment, until all rows are known.
    ids: Vec<Vec<Option<String>>>,
}

impl Rows<'_> {
    fn json_lines(&mut self, text: &str) -> Result<()> {
        for (n, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let place = |e: serde_json::Error| {
                Error::input(format!("not a thread or a comment in JSON: {e}"))
                    .file(&self.document.source)
                    .line(n as u64 + 1)
                    .hint("a line is one object with `text` (and `article`, `id`), or a thread as `stance split` writes it")
            };
            let is_thread = line.contains("\"comments\"") && line.contains("\"status\"");
            if is_thread && let Ok(thread) = serde_json::from_str::<Thread>(line) {
                self.threads.push(thread);
                self.ids.push(Vec::new());
                continue;
            }
            let row: Row = serde_json::from_str(line).map_err(place)?;
            if row.text.is_none() {
                return Err(place(serde::de::Error::missing_field("text")));
            }
            self.add(row);
        }
        Ok(())
    }

    fn csv(&mut self, text: &str) -> Result<()> {
        let source = &self.document.source;
        let header = text.lines().next().unwrap_or("");
        let delimiter = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|&d| (header.bytes().filter(|&b| b == d).count(), u8::MAX - d));
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter.unwrap_or(b',')).from_reader(text.as_bytes());
        let place = |e: &csv::Error| {
            let line = e.position().map_or(1, csv::Position::line);
            Error::input(format!("not a CSV of comments: {e}")).file(source).line(line)
        };
        let names: Vec<String> =
            reader.headers().map_err(|e| place(&e))?.iter().map(|n| n.trim().to_lowercase()).collect();
        if !names.iter().any(|n| n == "text") {
            return Err(Error::input(format!("no `text` column among: {}", names.join(", ")))
                .file(source)
                .hint("rename the column that holds the comments to `text`"));
        }
        let at = |name: &str| names.iter().position(|n| n == name);
        let columns =
            ["article", "id", "no", "parent", "depth", "author", "time", "lang", "headline", "text"].map(at);
        for record in reader.records() {
            let record = record.map_err(|e| place(&e))?;
            let get = |i: usize| columns[i].and_then(|c| record.get(c)).map(str::to_owned);
            let scalar = |i: usize| get(i).map(Scalar::Text);
            self.add(Row {
                article: scalar(0),
                id: scalar(1),
                no: scalar(2),
                parent: scalar(3),
                depth: scalar(4),
                author: get(5),
                time: scalar(6),
                lang: get(7),
                headline: get(8),
                text: get(9),
            });
        }
        Ok(())
    }

    fn add(&mut self, row: Row) {
        let article = row.article.as_ref().and_then(Scalar::text);
        let key = article.clone().unwrap_or_default();
        let place = *self.by_article.entry(key).or_insert_with(|| {
            let mut thread = Thread::new(self.document);
            thread.system = Some(SYSTEM.to_owned());
            if let Some(article) = article {
                thread.article = article;
            }
            self.threads.push(thread);
            self.ids.push(Vec::new());
            self.threads.len() - 1
        });
        let thread = &mut self.threads[place];
        let some = |s: Option<String>| s.filter(|s| !s.trim().is_empty());
        if thread.title.is_none() {
            thread.title = some(row.headline);
        }
        let no = thread.comments.len() as u32 + 1;
        let text = |s: &Option<Scalar>| s.as_ref().and_then(Scalar::text);
        let id = text(&row.id).or_else(|| text(&row.no)).unwrap_or_else(|| no.to_string());
        thread.comments.push(Comment {
            no,
            id,
            depth: text(&row.depth).and_then(|d| d.parse().ok()).unwrap_or(0),
            author: some(row.author),
            time: text(&row.time),
            lang: some(row.lang).unwrap_or_default(),
            text: row.text.unwrap_or_default(),
            ..Comment::default()
        });
        self.ids[place].push(text(&row.parent));
    }

    fn finish(mut self) -> Vec<Thread> {
        for (thread, parents) in self.threads.iter_mut().zip(self.ids) {
            if parents.iter().any(Option::is_some) {
                let by_id: FxHashMap<String, u32> =
                    thread.comments.iter().map(|c| (c.id.clone(), c.no)).collect();
                for (comment, parent) in thread.comments.iter_mut().zip(parents) {
                    comment.parent =
                        parent.and_then(|p| by_id.get(&p).copied()).filter(|&no| no != comment.no);
                    comment.evidence = comment.parent.map(|_| Evidence::Nesting);
                }
            }
            if !thread.comments.is_empty() {
                thread.status = Status::Found;
            }
        }
        self.threads
    }
}
