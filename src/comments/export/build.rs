//! Entries of an export -> a thread: parents by id, depth, what was left out.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::comments::{Comment, Evidence, Status, Thread};
use crate::page::Document;

/// One entry of an export.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) id: String,
    /// Id of the entry it answers.
    pub(super) parent: Option<String>,
    pub(super) author: Option<String>,
    pub(super) time: Option<String>,
    pub(super) text: String,
    /// Why it is no comment: "deleted", "spam"; none where it is one.
    pub(super) out: Option<&'static str>,
}

/// A thread in the making.
pub(super) struct Build {
    thread: Thread,
    entries: Vec<Entry>,
    left_out: BTreeMap<&'static str, usize>,
}

impl Build {
    /// A thread of `document`, read as `system`, about `article` where the export names it.
    pub(super) fn new(document: &Document, system: &str, article: Option<String>) -> Self {
        let mut thread = Thread::new(document);
        thread.system = Some(system.to_owned());
        if let Some(article) = article.filter(|a| !a.is_empty()) {
            thread.article = article;
        }
        Build { thread, entries: Vec::new(), left_out: BTreeMap::new() }
    }

    /// Headline.
    pub(super) fn title(mut self, title: Option<String>) -> Self {
        self.thread.title = title.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
        self
    }

    /// Address of the article.
    pub(super) fn url(mut self, url: Option<String>) -> Self {
        self.thread.url = url.filter(|u| !u.is_empty());
        self
    }

    /// Date of the article.
    pub(super) fn date(mut self, date: Option<String>) -> Self {
        self.thread.date = date.filter(|d| !d.is_empty());
        self
    }

    /// Number of comments the export says there are.
    pub(super) fn declared(mut self, n: Option<u32>) -> Self {
        self.thread.declared = n;
        self
    }

    pub(super) fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Something that is there and is no entry: folded replies, service messages.
    pub(super) fn leave_out(&mut self, why: &'static str, n: usize) {
        if n > 0 {
            *self.left_out.entry(why).or_default() += n;
        }
    }

    pub(super) fn finish(mut self) -> Thread {
        let by_id: FxHashMap<&str, usize> =
            self.entries.iter().enumerate().map(|(i, e)| (e.id.as_str(), i)).collect();
        let parents: Vec<Option<usize>> = self
            .entries
            .iter()
            .enumerate()
            .map(|(i, e)| e.parent.as_deref().and_then(|p| by_id.get(p).copied()).filter(|&p| p != i))
            .collect();
        let depths = depths(&parents);
        let mut numbers: Vec<Option<u32>> = Vec::with_capacity(self.entries.len());
        let mut n = 0;
        for entry in &mut self.entries {
            if entry.out.is_none() && !entry.text.chars().any(|c| !c.is_whitespace()) {
                entry.out = Some("without text");
            }
            if let Some(why) = entry.out {
                *self.left_out.entry(why).or_default() += 1;
                numbers.push(None);
            } else {
                n += 1;
                numbers.push(Some(n));
            }
        }
        for (i, entry) in self.entries.into_iter().enumerate() {
            let Some(no) = numbers[i] else { continue };
            let parent = parents[i].and_then(|p| numbers[p]);
            self.thread.comments.push(Comment {
                no,
                id: if entry.id.is_empty() { no.to_string() } else { entry.id },
                parent,
                evidence: parent.map(|_| Evidence::Nesting),
                depth: depths[i],
                author: entry.author.map(|a| a.trim().to_owned()).filter(|a| !a.is_empty()),
                time: entry.time.filter(|t| !t.is_empty()),
                text: entry.text.trim().to_owned(),
                ..Comment::default()
            });
        }
        self.thread.status = if self.thread.comments.is_empty() { Status::Empty } else { Status::Found };
        if !self.left_out.is_empty() {
            let parts: Vec<String> = self.left_out.iter().map(|(why, n)| format!("{n} {why}")).collect();
            self.thread.warnings.push(format!("left out: {}", parts.join(", ")));
        }
        self.thread
    }
}

/// Depth of each entry; those of a ring of parents count as top.
fn depths(parents: &[Option<usize>]) -> Vec<u32> {
    let mut depths: Vec<Option<u32>> = vec![None; parents.len()];
    let mut path = Vec::new();
    for start in 0..parents.len() {
        let mut at = start;
        path.clear();
        // A path longer than the list would be a ring.
        while depths[at].is_none() && path.len() <= parents.len() {
            path.push(at);
            match parents[at] {
                Some(p) => at = p,
                None => break,
            }
        }
        let ring = path.len() > parents.len();
        let mut depth = depths[at];
        for &i in path.iter().rev() {
            let d = if ring { 0 } else { depth.map_or(0, |d| d + 1) };
            depths[i].get_or_insert(d);
            depth = depths[i];
        }
    }
    depths.into_iter().map(Option::unwrap_or_default).collect()
}

/// Seconds since 1970 as ISO 8601.
pub(super) fn from_unix(seconds: f64) -> Option<String> {
    if !seconds.is_finite() || seconds <= 0.0 {
        return None;
    }
    jiff::Timestamp::from_second(seconds as i64).ok().map(|t| t.to_string())
}

/// A number or a string, as exports write ids and times.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(untagged)]
pub(super) enum Scalar {
    Whole(i64),
    Float(f64),
    Flag(bool),
    Text(String),
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Scalar::Whole(n) => write!(f, "{n}"),
            Scalar::Float(x) => write!(f, "{x}"),
            Scalar::Flag(b) => write!(f, "{b}"),
            Scalar::Text(s) => f.write_str(s),
        }
    }
}

impl Scalar {
    /// As a number.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Scalar::Whole(n) => Some(*n as f64),
            Scalar::Float(x) => Some(*x),
            Scalar::Flag(_) => None,
            Scalar::Text(s) => s.trim().parse().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::depths;

    #[test]
    fn depths_of_chains_and_rings() {
        assert_eq!(depths(&[None, Some(0), Some(1), None]), [0, 1, 2, 0]);
        // The answer may stand before what it answers.
        assert_eq!(depths(&[Some(1), None]), [1, 0]);
        assert_eq!(depths(&[Some(1), Some(0)]), [0, 0]);
    }
}
