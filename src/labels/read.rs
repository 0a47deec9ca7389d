//! Labelled CSV -> [`LabelledCollection`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::csv::Records;
use super::{Head, Labelled, LabelledCollection};
use crate::error::{Error, Result};

/// How labelled files are read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Label columns; empty for `stance` and, where it is there, `sentiment`.
    pub labels: Vec<String>,
    /// Names of columns in the files: meant name to name found (`text` to `comment_body`).
    pub columns: BTreeMap<String, String>,
    /// Labels renamed while reading: label found to label meant.
    pub map: BTreeMap<String, String>,
    /// Classes a head may have, where a base model fixes them.
    pub classes: BTreeMap<String, Vec<String>>,
}

/// Classes of the heads that the codebook defines; other label columns have the classes they are found with.
const CODEBOOK: [(&str, [&str; 3]); 2] = [
    ("stance", ["anti-Kremlin", "neutral", "pro-Kremlin"]),
    ("sentiment", ["negative", "neutral", "positive"]),
];

/// Marks of a row that the coder left out on purpose.
const SKIP: [&str; 2] = ["skip", "unreadable"];

/// Reads labelled CSV files. Rows whose label fields are empty or `skip` are kept without a class; rows
/// without text are left out.
///
/// # Errors
/// A file that cannot be read, is a folder, is not UTF-8 or holds no row; a missing column (the message names
/// those found); a label outside the classes of the codebook (with line and count); a broken CSV record.
pub fn read(paths: &[impl AsRef<Path>], options: &ReadOptions) -> Result<LabelledCollection> {
    let mut out = LabelledCollection::default();
    for path in paths {
        let path = path.as_ref();
        let name = path.display().to_string();
        if path.is_dir() {
            return Err(Error::input("is a folder where a labelled CSV file is meant")
                .file(&name)
                .hint(format!("name the files: {name}/*.csv")));
        }
        #[expect(clippy::disallowed_methods, reason = "labels/ reads label files")]
        let bytes = std::fs::read(path).map_err(|e| Error::io(&name, e))?;
        read_bytes(&name, bytes, options, &mut out)?;
    }
    if options.labels.is_empty() {
        drop_empty_sentiment(&mut out);
    }
    finish(&mut out)?;
    out.rows.shrink_to_fit();
    Ok(out)
}

/// A file drawn for labelling has a column for sentiment that need not be filled.
fn drop_empty_sentiment(out: &mut LabelledCollection) {
    let Some(h) = out.heads.iter().position(|h| h.name == "sentiment") else { return };
    if out.rows.iter().all(|r| r.y[h].is_none()) {
        out.heads.remove(h);
        out.rows.iter_mut().for_each(|r| _ = r.y.remove(h));
    }
}

/// Reads one labelled file from memory; [`finish`] must follow.
fn read_bytes(name: &str, bytes: Vec<u8>, options: &ReadOptions, out: &mut LabelledCollection) -> Result<()> {
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = memchr::memchr_iter(b'\n', &e.as_bytes()[..at]).count() as u64 + 1;
        Error::input("is not UTF-8")
            .file(name)
            .line(line)
            .hint("save the file as UTF-8 (CSV UTF-8 in a spreadsheet)")
    })?;
    let file_name = Path::new(name).file_name().map_or(name.to_owned(), |n| n.to_string_lossy().into_owned());
    let file = out.hashes.len();
    let digest = Sha256::digest(text.as_bytes());
    out.hashes.insert(file_name, digest.iter().map(|b| format!("{b:02x}")).collect());
    Reader { name, options, file }.read(&text, out)
}

struct Reader<'a> {
    name: &'a str,
    options: &'a ReadOptions,
    file: usize,
}

/// Positions of the columns that are not labels.
struct Columns {
    text: usize,
    rest: BTreeMap<&'static str, usize>,
    labels: Vec<(usize, usize)>,
}

const OPTIONAL: [&str; 9] =
    ["article", "id", "parent", "parent_text", "headline", "lang", "coder", "confidence", "part"];

impl Reader<'_> {
    fn read(&self, text: &str, out: &mut LabelledCollection) -> Result<()> {
        let mut records = Records::new(text);
        let mut fields = Vec::new();
        let Some(_) = records.next_into(&mut fields).map_err(|e| e.file(self.name))? else {
            return Err(Error::input("is empty")
                .file(self.name)
                .hint("a header line and labelled rows are needed"));
        };
        let header: Vec<String> = fields.iter().map(|f| f.trim().to_owned()).collect();
        let columns = self.columns(&header, out)?;
        let mut unknown: BTreeMap<(usize, String), (u64, usize)> = BTreeMap::new();
        let before = out.rows.len();
        let mut n_records = 0;
        while let Some(line) = records.next_into(&mut fields).map_err(|e| e.file(self.name))? {
            n_records += 1;
            if fields.len() != header.len() {
                let what = format!("{} fields where the header has {}", fields.len(), header.len());
                return Err(Error::input(what)
                    .file(self.name)
                    .line(line)
                    .hint("quote fields that hold a separator"));
            }
            if let Some(row) = self.row(&fields, &columns, line, out, &mut unknown) {
                out.rows.push(row);
            }
        }
        if let Some(((head, label), (line, n))) = unknown.into_iter().min_by_key(|(_, (line, _))| *line) {
            let head = &out.heads[head];
            let classes = head.classes.join(", ");
            let what = format!("{} {label:?} ({n} rows) is not one of the classes {classes}", head.name);
            let target = head.classes.get(1).or(head.classes.first()).cloned().unwrap_or_default();
            return Err(Error::input(what)
                .file(self.name)
                .line(line)
                .hint(format!("rename it with --map \"{label}={target}\", or clear the field")));
        }
        if n_records == 0 {
            return Err(Error::input("has a header but no rows").file(self.name).hint("add labelled rows"));
        }
        if out.rows.len() == before {
            return Err(Error::input("no row has a text")
                .file(self.name)
                .hint("check that --column text=NAME is right"));
        }
        Ok(())
    }

    fn find(&self, header: &[String], meant: &str) -> Option<usize> {
        let found = self.options.columns.get(meant).map_or(meant, String::as_str);
        header.iter().position(|h| h.eq_ignore_ascii_case(found))
    }

    fn missing(&self, header: &[String], meant: &str) -> Error {
        let found = header.iter().take(30).map(|h| format!("{h:?}")).collect::<Vec<_>>().join(", ");
        let (what, hint) = match self.options.columns.get(meant) {
            Some(name) => (
                format!("no column {name:?} (asked for as {meant}); columns found: {found}"),
                format!("use one of them: --column {meant}=NAME"),
            ),
            None => (
                format!("no column {meant:?}; columns found: {found}"),
                if meant == "stance" {
                    "name the label column: --column stance=NAME, or --label NAME for labels of another kind"
                        .to_owned()
                } else {
                    format!("name the column that holds it: --column {meant}=NAME")
                },
            ),
        };
        Error::input(what).file(self.name).line(1).hint(hint)
    }

    fn columns(&self, header: &[String], out: &mut LabelledCollection) -> Result<Columns> {
        let text = self.find(header, "text").ok_or_else(|| self.missing(header, "text"))?;
        let wanted: Vec<(String, bool)> = if self.options.labels.is_empty() {
            vec![("stance".to_owned(), true), ("sentiment".to_owned(), false)]
        } else {
            self.options.labels.iter().map(|l| (l.clone(), true)).collect()
        };
        let mut labels = Vec::new();
        for (name, required) in wanted {
            match self.find(header, &name) {
                Some(at) => labels.push((self.head(&name, out), at)),
                None if required => return Err(self.missing(header, &name)),
                None => {}
            }
        }
        let mut rest = BTreeMap::new();
        for name in OPTIONAL {
            match self.find(header, name) {
                Some(at) => _ = rest.insert(name, at),
                None if self.options.columns.contains_key(name) => return Err(self.missing(header, name)),
                None => {}
            }
        }
        if let Some(at) = self.find(header, "source") {
            rest.insert("source", at);
        }
        Ok(Columns { text, rest, labels })
    }

    /// Index of the head, made if it is new.
    fn head(&self, name: &str, out: &mut LabelledCollection) -> usize {
        if let Some(i) = out.heads.iter().position(|h| h.name == name) {
            return i;
        }
        let codebook = CODEBOOK.iter().find(|(n, _)| *n == name).map(|(_, c)| c.map(str::to_owned).to_vec());
        let classes = self.options.classes.get(name).cloned().or(codebook).unwrap_or_default();
        out.heads.push(Head { name: name.to_owned(), classes });
        for row in &mut out.rows {
            row.y.push(None);
        }
        out.heads.len() - 1
    }

    fn row(
        &self,
        fields: &[Cow<'_, str>],
        columns: &Columns,
        line: u64,
        out: &mut LabelledCollection,
        unknown: &mut BTreeMap<(usize, String), (u64, usize)>,
    ) -> Option<Labelled> {
        let get = |name: &str| {
            let value = fields[*columns.rest.get(name)?].trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        let text = fields[columns.text].trim();
        let mut y = vec![None; out.heads.len()];
        for &(head, at) in &columns.labels {
            let found = fields[at].trim();
            let label = self.options.map.get(found).map_or(found, String::as_str);
            if label.is_empty() || SKIP.contains(&label) {
                continue;
            }
            let fixed = self.options.classes.contains_key(&out.heads[head].name)
                || CODEBOOK.iter().any(|(n, _)| *n == out.heads[head].name);
            let classes = &mut out.heads[head].classes;
            y[head] = classes.iter().position(|c| c == label);
            if y[head].is_none() && fixed {
                unknown.entry((head, label.to_owned())).or_insert((line, 0)).1 += 1;
            } else if y[head].is_none() {
                classes.push(label.to_owned());
                y[head] = Some(classes.len() - 1);
            }
        }
        if text.is_empty() {
            if y.iter().any(Option::is_some) {
                out.without_text.push((self.file, line));
            }
            return None;
        }
        let id = get("id").unwrap_or_else(|| line.to_string());
        let weight = match get("confidence").as_deref() {
            Some("low") => 0.3,
            Some("medium") => 0.7,
            _ => 1.0,
        };
        Some(Labelled {
            article: get("article").unwrap_or_else(|| format!("{}#{id}", self.name)),
            id,
            source: get("source"),
            text: text.to_owned(),
            parent: get("parent"),
            parent_text: get("parent_text"),
            headline: get("headline"),
            lang: get("lang"),
            coder: get("coder"),
            weight,
            informative: get("part").as_deref() == Some("informative"),
            y,
            place: (self.file, line),
        })
    }
}

/// Most classes of one head.
const MAX_CLASSES: usize = 64;

/// Puts found classes in alphabetical order and checks that every head has something to learn.
fn finish(out: &mut LabelledCollection) -> Result<()> {
    if out.rows.is_empty() {
        return Err(Error::input("no labelled rows").hint("name at least one labelled CSV file"));
    }
    for h in 0..out.heads.len() {
        let head = &out.heads[h];
        if head.classes.len() > MAX_CLASSES {
            let what = format!("column {:?} holds {} different labels", head.name, head.classes.len());
            return Err(
                Error::input(what).hint("name a column of labels with --label, not one of text or ids")
            );
        }
        let mut order: Vec<usize> = (0..head.classes.len()).collect();
        order.sort_by(|a, b| head.classes[*a].cmp(&head.classes[*b]));
        let mut new = vec![0; order.len()];
        for (i, old) in order.iter().enumerate() {
            new[*old] = i;
        }
        let classes = order.iter().map(|i| head.classes[*i].clone()).collect();
        out.heads[h].classes = classes;
        for row in &mut out.rows {
            row.y[h] = row.y[h].map(|y| new[y]);
        }
    }
    Ok(())
}
