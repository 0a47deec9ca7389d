//! Labels kept without their texts: `strip` takes the texts out, `join` puts them back from a local copy.
//!
//! A stripped file names each row by data set and id and holds the SHA-256 of its text, so that labels can be
//! published where texts cannot, and whoever has the texts gets the same labelled rows back, in the same order.

use std::collections::HashMap;
use std::io::{Read, Write};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Columns of a stripped file, in order.
pub const FIELD_COLUMNS: [&str; 9] =
    ["source", "id", "article", "lang", "sha256", "stance", "sentiment", "confidence", "coders"];
/// Columns of a joined file, in order; [`super::read`] takes it as it is.
pub const JOINED_COLUMNS: [&str; 11] = [
    "source",
    "id",
    "article",
    "lang",
    "parent_text",
    "headline",
    "text",
    "stance",
    "sentiment",
    "confidence",
    "coders",
];

/// Largest number of single problems that are named before the rest is only counted.
const N_NAMED: usize = 5;

/// What a join did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Joined {
    /// Rows written.
    pub n_joined: usize,
    /// Rows of the stripped file for which no text was found.
    pub missing: Vec<String>,
    /// Rows whose text is there and is not the text that was labelled.
    pub altered: Vec<String>,
}

impl Joined {
    /// One line a problem, the first five ids named; empty if all rows were joined.
    pub fn problems(&self) -> Vec<String> {
        let name = |ids: &[String], what: &str| {
            let more = if ids.len() > N_NAMED { ", ..." } else { "" };
            let first: Vec<&str> = ids.iter().take(N_NAMED).map(String::as_str).collect();
            format!("{} rows {what}: {}{more}", ids.len(), first.join(", "))
        };
        let mut out = Vec::new();
        if !self.altered.is_empty() {
            out.push(name(&self.altered, "have another text than the one that was labelled (left out)"));
        }
        if !self.missing.is_empty() {
            out.push(name(&self.missing, "have no text in the files given (left out)"));
        }
        out
    }
}

/// Hexadecimal SHA-256 of `bytes`.
///
/// # Example
/// ```
/// assert!(commentariat::labels::field::sha256(b"").starts_with("e3b0c44298fc1c14"));
/// ```
pub fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut s, b| {
        let _ = write!(s, "{b:02x}");
        s
    })
}

struct Table<R> {
    reader: ::csv::Reader<R>,
    columns: HashMap<String, usize>,
    name: String,
}

impl<R: Read> Table<R> {
    fn new(name: &str, reader: R, needed: &[&str]) -> Result<Self> {
        let mut reader = ::csv::ReaderBuilder::new().flexible(false).from_reader(reader);
        let header = reader.headers().map_err(|e| bad_csv(name, &e))?.clone();
        let columns: HashMap<String, usize> = header
            .iter()
            .enumerate()
            .map(|(i, h)| (h.trim_start_matches('\u{feff}').trim().to_owned(), i))
            .collect();
        for n in needed {
            if !columns.contains_key(*n) {
                return Err(Error::input(format!(
                    "no column {n:?}; found {}",
                    header.iter().collect::<Vec<_>>().join(", ")
                ))
                .file(name)
                .line(1)
                .hint(format!("the file needs the columns {}", needed.join(", "))));
            }
        }
        Ok(Table { reader, columns, name: name.to_owned() })
    }

    fn get<'r>(&self, row: &'r ::csv::StringRecord, column: &str) -> &'r str {
        self.columns.get(column).and_then(|&i| row.get(i)).unwrap_or("")
    }

    fn next(&mut self, row: &mut ::csv::StringRecord) -> Result<bool> {
        self.reader.read_record(row).map_err(|e| bad_csv(&self.name, &e))
    }
}

fn bad_csv(name: &str, e: &::csv::Error) -> Error {
    let err = Error::input(match e.kind() {
        ::csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields where the header has {expected_len}")
        }
        ::csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
        _ => e.to_string(),
    })
    .file(name)
    .hint("save the file as CSV in UTF-8, with quotes around texts that hold commas or line ends");
    match e.position() {
        Some(p) => err.line(p.line()),
        None => err,
    }
}

/// Writes `labels` without its texts.
///
/// An article id is replaced by the first 16 hexadecimal digits of its SHA-256, since ids can hold headlines;
/// equal articles stay equal. Where it only repeats the source no thread is known, and the field is left empty:
/// a reader would take the hash for one large thread.
///
/// # Errors
/// A missing column, broken CSV, a writer that refuses.
pub fn strip(name: &str, labels: impl Read, out: impl Write) -> Result<usize> {
    let mut table = Table::new(name, labels, &["id", "text", "stance"])?;
    let mut w = ::csv::Writer::from_writer(out);
    let write = |e: ::csv::Error| Error::io("output", e.into());
    w.write_record(FIELD_COLUMNS).map_err(write)?;
    let mut row = ::csv::StringRecord::new();
    let mut n = 0;
    while table.next(&mut row)? {
        let article = table.get(&row, "article");
        let known = !article.is_empty() && article != table.get(&row, "source");
        let article = if known { sha256(article.as_bytes()) } else { String::new() };
        let hash = sha256(table.get(&row, "text").as_bytes());
        w.write_record([
            table.get(&row, "source"),
            table.get(&row, "id"),
            article.get(..16).unwrap_or_default(),
            table.get(&row, "lang"),
            &hash,
            table.get(&row, "stance"),
            table.get(&row, "sentiment"),
            table.get(&row, "confidence"),
            table.get(&row, "coders"),
        ])
        .map_err(write)?;
        n += 1;
    }
    w.flush().map_err(|e| Error::io("output", e))?;
    Ok(n)
}

/// Writes the rows of `field` with the texts found in `texts`, in the order of `field`.
///
/// A row is joined by its id; its text must have the SHA-256 that `field` states.
///
/// # Errors
/// A missing column, broken CSV, two different texts under one id, a writer that refuses.
pub fn join<R: Read>(
    field: (&str, impl Read),
    texts: impl IntoIterator<Item = Result<(String, R)>>,
    out: impl Write,
) -> Result<Joined> {
    let mut by_id: HashMap<String, [String; 3]> = HashMap::new();
    let mut row = ::csv::StringRecord::new();
    for source in texts {
        let (name, reader) = source?;
        let mut table = Table::new(&name, reader, &["id", "text"])?;
        while table.next(&mut row)? {
            let value = ["text", "parent_text", "headline"].map(|c| table.get(&row, c).to_owned());
            let id = table.get(&row, "id");
            if let Some(old) = by_id.get(id)
                && old[0] != value[0]
            {
                let line = row.position().map_or(0, ::csv::Position::line);
                return Err(Error::input(format!("id {id:?} stands for two different texts"))
                    .file(&name)
                    .line(line)
                    .hint("give one file per data set, or make the ids unique"));
            }
            by_id.insert(id.to_owned(), value);
        }
    }
    let mut table = Table::new(field.0, field.1, &["id", "sha256", "stance"])?;
    let mut w = ::csv::Writer::from_writer(out);
    let write = |e: ::csv::Error| Error::io("output", e.into());
    w.write_record(JOINED_COLUMNS).map_err(write)?;
    let mut done = Joined::default();
    while table.next(&mut row)? {
        let id = table.get(&row, "id");
        let Some([text, parent_text, headline]) = by_id.get(id) else {
            done.missing.push(id.to_owned());
            continue;
        };
        if sha256(text.as_bytes()) != table.get(&row, "sha256") {
            done.altered.push(id.to_owned());
            continue;
        }
        w.write_record([
            table.get(&row, "source"),
            id,
            table.get(&row, "article"),
            table.get(&row, "lang"),
            parent_text,
            headline,
            text,
            table.get(&row, "stance"),
            table.get(&row, "sentiment"),
            table.get(&row, "confidence"),
            table.get(&row, "coders"),
        ])
        .map_err(write)?;
        done.n_joined += 1;
    }
    w.flush().map_err(|e| Error::io("output", e))?;
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABELS: &str = "id,source,article,lang,text,stance\n1,blog,a,en,first one,neutral\n2,blog,a,en,\"second, here\",pro-Kremlin\n";

    fn joined(texts: &str) -> (String, Joined) {
        let mut field = Vec::new();
        assert_eq!(strip("labels", LABELS.as_bytes(), &mut field).unwrap(), 2);
        assert!(!String::from_utf8(field.clone()).unwrap().contains("second, here"));
        let mut out = Vec::new();
        let done = join(("field", field.as_slice()), [Ok(("texts".to_owned(), texts.as_bytes()))], &mut out)
            .unwrap();
        (String::from_utf8(out).unwrap(), done)
    }

    #[test]
    fn strip_then_join_gives_the_rows_back() {
        let (out, done) = joined("id,text\n2,\"second, here\"\n1,first one\n");
        assert_eq!(done, Joined { n_joined: 2, ..Joined::default() });
        assert!(out.lines().nth(1).unwrap().contains("first one"));
        assert!(out.lines().nth(2).unwrap().contains("\"second, here\",pro-Kremlin"));
    }

    #[test]
    fn an_article_that_repeats_the_source_is_no_article() {
        let mut field = Vec::new();
        let labels = "id,source,article,text,stance\n1,blog,blog,one,neutral\n2,blog,t7,two,neutral\n";
        strip("labels", labels.as_bytes(), &mut field).unwrap();
        let field = String::from_utf8(field).unwrap();
        let articles: Vec<&str> = field.lines().skip(1).map(|l| l.split(',').nth(2).unwrap()).collect();
        assert_eq!((articles[0], articles[1].len()), ("", 16));
    }

    #[test]
    fn an_altered_text_is_left_out_and_told() {
        let (out, done) = joined("id,text\n1,first one!\n");
        assert_eq!(done.altered, ["1"]);
        assert_eq!(done.missing, ["2"]);
        assert_eq!(done.problems().len(), 2);
        assert_eq!(out.lines().count(), 1);
    }
}
