//! Comments that `stance score` wrote, read back for a report.

use crate::error::{Error, Result};
use crate::model::Model;

/// Scored comments of one article.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scored {
    /// Article id.
    pub article: String,
    /// Comment ids.
    pub ids: Vec<String>,
    /// Posteriors per head of the model, one row per comment; `None` where the comment has none.
    pub rows: Vec<Vec<Option<Vec<f64>>>>,
}

/// Whether a document is what `stance score` writes: columns `article`, `id`, posteriors, and no text.
pub fn is_scored(bytes: &[u8]) -> bool {
    let head = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let line = head.split(|&b| b == b'\n' || b == b'\r').next().unwrap_or_default();
    line.starts_with(b"article,id,")
        && line.windows(3).any(|w| w == b",p_")
        && !line.split(|&b| b == b',').any(|c| c == b"text")
}

/// Reads scored comments, articles in the order of their first comment.
///
/// # Errors
/// Broken CSV; a head or class that is not the model's; a posterior that is no number, named by its line.
pub fn read(name: &str, bytes: &[u8], model: &Model) -> Result<Vec<Scored>> {
    let mut reader = ::csv::Reader::from_reader(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let broken = |e: ::csv::Error| {
        let line = e.position().map_or(1, ::csv::Position::line);
        Error::input(format!("the CSV cannot be read: {e}")).file(name).line(line)
    };
    let header = reader.headers().map_err(broken)?.clone();
    // Class columns follow the column of their head: two heads may have a class of the same name.
    let mut columns = Vec::new();
    for head in model.heads() {
        let at = header.iter().position(|c| c == head.name).ok_or_else(|| {
            Error::input(format!("there is no column {:?}", head.name))
                .file(name)
                .line(1)
                .hint("report with the model that scored the comments: -m MODEL")
        })?;
        for (k, class) in head.classes.iter().enumerate() {
            if header.get(at + 1 + k) != Some(&format!("p_{class}")) {
                return Err(Error::input(format!("column {} is not p_{class}", at + 2 + k))
                    .file(name)
                    .line(1)
                    .hint("report with the model that scored the comments: -m MODEL"));
            }
        }
        columns.push(at + 1..at + 1 + head.classes.len());
    }
    let mut out: Vec<Scored> = Vec::new();
    let mut index = std::collections::HashMap::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let line = record.position().map_or(0, ::csv::Position::line);
        let article = record.get(0).unwrap_or_default();
        let at = *index.entry(article.to_owned()).or_insert_with(|| {
            out.push(Scored {
                article: article.to_owned(),
                rows: vec![Vec::new(); columns.len()],
                ..Scored::default()
            });
            out.len() - 1
        });
        out[at].ids.push(record.get(1).unwrap_or_default().to_owned());
        for (h, range) in columns.iter().enumerate() {
            let cells: Vec<&str> = range.clone().map(|c| record.get(c).unwrap_or_default()).collect();
            let row = if cells.iter().all(|c| c.is_empty()) {
                None
            } else {
                let p: Vec<f64> = cells
                    .iter()
                    .map(|c| c.parse().ok().filter(|p: &f64| (0.0..=1.0).contains(p)))
                    .collect::<Option<_>>()
                    .ok_or_else(|| {
                        Error::input("a posterior is not a number from 0 to 1").file(name).line(line)
                    })?;
                // Printed posteriors are rounded.
                let sum: f64 = p.iter().sum();
                if (sum - 1.0).abs() > 0.01 {
                    return Err(Error::input(format!("posteriors sum to {sum}")).file(name).line(line));
                }
                Some(p.iter().map(|v| v / sum).collect())
            };
            out[at].rows[h].push(row);
        }
    }
    Ok(out)
}
