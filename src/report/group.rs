//! A [`Group`] from a thread, and groups from groups.

use std::collections::BTreeMap;

use super::Group;
use super::rows::{CommentRow, Cross};
use crate::comments::{Status, Thread};
use crate::model::Model;

/// The outlet of a thread: host of its canonical address, else the folder of its file.
pub(super) fn outlet(thread: &Thread) -> String {
    let host = thread.url.as_deref().and_then(|u| u.split_once("://")).map(|(_, rest)| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        host.strip_prefix("www.").unwrap_or(host).to_owned()
    });
    host.filter(|h| !h.is_empty()).unwrap_or_else(|| {
        let folder = std::path::Path::new(&thread.source).parent().and_then(|p| p.file_name());
        folder.map_or_else(|| "-".to_owned(), |f| f.to_string_lossy().into_owned())
    })
}

impl Group {
    pub(super) fn empty(key: &str, source: &str) -> Self {
        Group {
            key: key.to_owned(),
            title: None,
            date: None,
            sources: vec![source.to_owned()],
            status: "found".to_owned(),
            host: None,
            declared: None,
            n_comments: 0,
            n_scored: 0,
            languages: BTreeMap::new(),
            unknown_words: None,
            heads: Vec::new(),
            cross: None,
            comments: Vec::new(),
            warnings: Vec::new(),
        }
    }

    pub(super) fn of_thread(thread: &Thread) -> Self {
        let mut languages = BTreeMap::new();
        for c in &thread.comments {
            *languages.entry(c.lang.clone()).or_insert(0) += 1;
        }
        let status = match thread.status {
            Status::Found => "found",
            Status::None => "none",
            Status::Elsewhere => "elsewhere",
            Status::Empty => "empty",
        };
        Group {
            title: thread.title.clone(),
            date: thread.date.clone(),
            status: status.to_owned(),
            host: thread.host.clone(),
            declared: thread.declared,
            n_comments: thread.comments.len(),
            languages,
            warnings: thread.warnings.clone(),
            ..Group::empty(&thread.article, &thread.source)
        }
    }

    /// Takes in another article's counts.
    pub(super) fn join(&mut self, other: Group) {
        for s in other.sources {
            if !self.sources.contains(&s) {
                self.sources.push(s);
            }
        }
        if other.n_comments > 0 {
            self.status = "found".to_owned();
        }
        let (a, b) = (self.n_comments as f64, other.n_comments as f64);
        self.unknown_words = match (self.unknown_words, other.unknown_words) {
            (Some(x), Some(y)) if a + b > 0.0 => Some((x * a + y * b) / (a + b)),
            (x, y) => x.or(y),
        };
        self.n_comments += other.n_comments;
        self.n_scored += other.n_scored;
        for (l, n) in other.languages {
            *self.languages.entry(l).or_insert(0) += n;
        }
        match (&mut self.cross, other.cross) {
            (Some(a), Some(b)) => {
                a.n.iter_mut().flatten().zip(b.n.into_iter().flatten()).for_each(|(x, y)| *x += y);
            }
            (none, cross) => *none = none.take().or(cross),
        }
        let article = other.key;
        self.comments.extend(other.comments.into_iter().map(|row| CommentRow {
            article: row.article.or_else(|| (article != self.key).then(|| article.clone())),
            ..row
        }));
    }
}

/// How many comments got which pair of classes of the first two heads; `None` for a model with one head.
pub(super) fn cross(model: &Model, rows: &[Vec<Option<Vec<f64>>>]) -> Option<Cross> {
    let [a, b] = model.heads().get(..2)? else { return None };
    let mut n = vec![vec![0; b.classes.len()]; a.classes.len()];
    for (p, q) in rows.first()?.iter().zip(rows.get(1)?) {
        if let (Some(p), Some(q)) = (p, q) {
            n[a.decide(p)][b.decide(q)] += 1;
        }
    }
    Some(Cross {
        rows: a.name.clone(),
        columns: b.name.clone(),
        row_classes: a.classes.clone(),
        column_classes: b.classes.clone(),
        n,
    })
}
