//! Rows of comments -> scored rows: a reader, workers, and a writer that keeps the order, in bounded memory.

use std::borrow::Cow;
use std::io::{Read, Write};
use std::sync::mpsc;

use super::Context;
use super::input::{self, Input};
use super::output::Output;
use super::progress::Progress;
use super::why::{self, Why};
use crate::error::{Error, Kind, Result};
use crate::features::analyser::{AT_ONCE, Facts};
use crate::labels::csv::{Records, write_field};
use crate::model::predict::Scorer;
use crate::model::{Item, Model};

/// Bytes of a block that a worker scores at one time.
const BLOCK: usize = 1 << 18;
/// Longest row: a block grows until it holds the end of one.
const MAX_ROW: usize = 64 << 20;

/// How many comments may still be written.
#[derive(Debug)]
pub(super) struct Limit(Option<u64>);

impl Limit {
    pub fn new(n: Option<u64>) -> Self {
        Limit(n)
    }

    pub fn reached(&self) -> bool {
        self.0 == Some(0)
    }

    /// Takes up to `n` comments from what is left; how many may be written.
    pub fn take(&mut self, n: usize) -> usize {
        let Some(left) = &mut self.0 else { return n };
        let n = n.min(*left as usize);
        *left -= n as u64;
        n
    }
}

/// The header line of scored rows.
pub(super) fn header(model: &Model, why: Option<Why>, out: &mut impl Write) -> Result<()> {
    let mut line = b"article,id".to_vec();
    for head in model.heads() {
        line.push(b',');
        write_field(&mut line, &head.name);
        for class in &head.classes {
            line.push(b',');
            write_field(&mut line, &format!("p_{class}"));
        }
        for column in why.iter().flat_map(|_| why::columns(&head.name)) {
            line.push(b',');
            write_field(&mut line, &column);
        }
    }
    line.push(b'\n');
    out.write_all(&line).map_err(write_error)
}

fn write_error(e: std::io::Error) -> Error {
    Error::io("the output", e)
}

/// A piece of an input that ends where a row ends.
struct Block {
    bytes: Vec<u8>,
    /// Line the block begins at.
    line: u64,
}

/// How rows are written down in an input.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    Jsonl,
    Csv(Columns),
}

/// Columns of a CSV input.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Columns {
    n: usize,
    separator: u8,
    text: usize,
    article: Option<usize>,
    id: Option<usize>,
    parent_text: Option<usize>,
}

/// Scores one input.
pub(super) fn score(
    model: &Model,
    why: Option<Why>,
    input: &Input,
    limit: &mut Limit,
    out: &mut Output,
    ctx: &Context,
) -> Result<()> {
    let name = match input {
        Input::Stdin => "standard input".to_owned(),
        Input::File(path) => path.display().to_string(),
    };
    let mut source: Box<dyn Read + Send> = match input {
        Input::Stdin => Box::new(std::io::stdin()),
        Input::File(path) => {
            #[expect(clippy::disallowed_methods, reason = "cli/ reads inputs")]
            let file = std::fs::File::open(path).map_err(|e| Error::io(&name, e))?;
            Box::new(file)
        }
    };
    let progress = Progress::bytes(ctx, input::len(input));
    let mut cutter = Cutter { source: &mut source, rest: Vec::new(), line: 1, quotes: false, done: false };
    let first = cutter.peek().map_err(|e| e.file(&name))?;
    let shape = shape(&first).map_err(|e| e.file(&name))?;
    cutter.quotes = matches!(shape, Shape::Csv(_));
    let stem =
        std::path::Path::new(&name).file_stem().map_or(String::new(), |s| s.to_string_lossy().into_owned());
    let done = pipeline((model, why), &shape, &stem, cutter, limit, out, &progress);
    progress.finish();
    done.map_err(|e| e.file(name))
}

/// Tells JSONL from CSV by the first line.
fn shape(first: &[u8]) -> Result<Shape> {
    let bytes = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    let Some(start) = bytes.iter().position(|b| !b.is_ascii_whitespace()) else {
        return Err(
            Error::input("is empty").hint("rows of comments are needed: JSONL or CSV with a column text")
        );
    };
    if bytes[start] == b'{' {
        return Ok(Shape::Jsonl);
    }
    let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |n| start + n + 1);
    let line = std::str::from_utf8(&bytes[start..end]).map_err(|_| {
        Error::input("is neither JSONL nor CSV in UTF-8")
            .hint("save the file as UTF-8; pages go through stance split")
    })?;
    let mut records = Records::new(line);
    let mut fields = Vec::new();
    records.next_into(&mut fields)?;
    let find = |name: &str| fields.iter().position(|f| f.trim().eq_ignore_ascii_case(name));
    let Some(text) = find("text") else {
        let found = fields.iter().take(20).map(|f| format!("{f:?}")).collect::<Vec<_>>().join(", ");
        return Err(Error::input(format!("no column \"text\"; columns found: {found}"))
            .line(1)
            .hint("name the column that holds the comments text"));
    };
    Ok(Shape::Csv(Columns {
        n: fields.len(),
        separator: records.separator(),
        text,
        article: find("article"),
        id: find("id"),
        parent_text: find("parent_text"),
    }))
}

/// Cuts a stream into blocks at row ends.
struct Cutter<'a> {
    source: &'a mut (dyn Read + Send),
    rest: Vec<u8>,
    line: u64,
    /// Whether line ends within quotation marks do not end a row.
    quotes: bool,
    done: bool,
}

impl Cutter<'_> {
    /// Reads until `size` bytes are there, or all.
    fn fill(&mut self, size: usize) -> Result<()> {
        let missing = size.saturating_sub(self.rest.len());
        if missing > 0 && !self.done {
            let n = (&mut self.source).take(missing as u64).read_to_end(&mut self.rest).map_err(|e| {
                Error::new(
                    if e.kind() == std::io::ErrorKind::IsADirectory { Kind::Input } else { Kind::Io },
                    e.to_string(),
                )
            })?;
            self.done = n < missing;
        }
        Ok(())
    }

    /// The beginning of the stream.
    fn peek(&mut self) -> Result<Vec<u8>> {
        self.fill(BLOCK)?;
        Ok(self.rest.clone())
    }

    fn next(&mut self) -> Result<Option<Block>> {
        let mut size = BLOCK;
        loop {
            self.fill(size)?;
            if self.rest.is_empty() {
                return Ok(None);
            }
            let cut = if self.done { Some(self.rest.len()) } else { self.last_row_end() };
            if let Some(cut) = cut {
                let tail = self.rest.split_off(cut);
                let bytes = std::mem::replace(&mut self.rest, tail);
                let line = self.line;
                self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
                return Ok(Some(Block { bytes, line }));
            }
            size *= 2;
            if size > MAX_ROW {
                return Err(Error::input("a row is longer than 64 MB")
                    .line(self.line)
                    .hint("look for a quotation mark that is not closed"));
            }
        }
    }

    fn last_row_end(&self) -> Option<usize> {
        if !self.quotes {
            return memchr::memrchr(b'\n', &self.rest).map(|n| n + 1);
        }
        let mut inside = false;
        let mut end = None;
        for at in memchr::memchr2_iter(b'\n', b'"', &self.rest) {
            if self.rest[at] == b'"' {
                inside = !inside;
            } else if !inside {
                end = Some(at + 1);
            }
        }
        end
    }
}

/// Reader, workers and writer; the order of blocks is kept by a queue of promises.
fn pipeline(
    (model, why): (&Model, Option<Why>),
    shape: &Shape,
    stem: &str,
    mut cutter: Cutter<'_>,
    limit: &mut Limit,
    out: &mut Output,
    progress: &Progress,
) -> Result<()> {
    let n_workers = rayon::current_num_threads();
    let (to_workers, blocks) =
        mpsc::sync_channel::<(Block, bool, mpsc::Sender<Result<Scored>>)>(n_workers * 2);
    let blocks = std::sync::Mutex::new(blocks);
    std::thread::scope(|scope| {
        let (to_writer, results) = mpsc::sync_channel::<mpsc::Receiver<Result<Scored>>>(n_workers * 3);
        for _ in 0..n_workers {
            scope.spawn(|| {
                let scorer = Scorer::new(model);
                let (read, posteriors) = (vec![Default::default(); AT_ONCE], Vec::new());
                let mut worker = Worker { model, why, scorer, shape, stem, read, posteriors };
                loop {
                    // The lock is held only while a block is taken.
                    let next = match blocks.lock() {
                        Ok(blocks) => blocks.recv(),
                        Err(_) => return,
                    };
                    let Ok((block, first, reply)) = next else { return };
                    // A writer that gave up does not want the answer.
                    let _ = reply.send(worker.score(&block, first));
                }
            });
        }
        let reader = scope.spawn(move || -> Result<()> {
            let mut first = true;
            while let Some(block) = cutter.next()? {
                let (reply, result) = mpsc::channel();
                if to_writer.send(result).is_err() || to_workers.send((block, first, reply)).is_err() {
                    break;
                }
                first = false;
            }
            Ok(())
        });
        let mut n_bytes = 0;
        for result in results {
            let Ok(scored) = result.recv() else { continue };
            let scored = scored?;
            n_bytes += scored.n_bytes as u64;
            progress.set(n_bytes);
            let n = limit.take(scored.ends.len());
            let end = if n == 0 { 0 } else { scored.ends[n - 1] };
            out.write_all(&scored.bytes[..end]).map_err(write_error)?;
            if limit.reached() {
                break;
            }
        }
        match reader.join() {
            Ok(result) => result,
            Err(_) => Err(Error::new(Kind::Internal, "the reader failed")),
        }
    })
}

/// Scored rows as CSV, and where each ends.
struct Scored {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Length of the block they come from.
    n_bytes: usize,
}

struct Worker<'m> {
    model: &'m Model,
    why: Option<Why>,
    scorer: Scorer<'m>,
    shape: &'m Shape,
    stem: &'m str,
    /// Logits and facts of the rows at hand.
    read: Vec<(Vec<f64>, Facts)>,
    posteriors: Vec<f64>,
}

/// A comment to score.
struct Row<'a> {
    article: Cow<'a, str>,
    id: Cow<'a, str>,
    line: u64,
    text: Cow<'a, str>,
    parent_text: Cow<'a, str>,
}

/// A row of JSONL; borrowed where nothing is escaped.
#[derive(serde::Deserialize)]
struct JsonRow<'a> {
    #[serde(borrow, default)]
    article: Scalar<'a>,
    #[serde(borrow, default, alias = "no")]
    id: Scalar<'a>,
    #[serde(borrow, default)]
    text: Option<Scalar<'a>>,
    #[serde(borrow, default)]
    parent_text: Scalar<'a>,
}

/// A string, or a number or null taken as one.
#[derive(Default)]
struct Scalar<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Scalar<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a string or a number")
            }
            fn visit_borrowed_str<E>(self, s: &'de str) -> std::result::Result<Self::Value, E> {
                Ok(Scalar(s.into()))
            }
            fn visit_str<E>(self, s: &str) -> std::result::Result<Self::Value, E> {
                Ok(Scalar(s.to_owned().into()))
            }
            fn visit_u64<E>(self, n: u64) -> std::result::Result<Self::Value, E> {
                Ok(Scalar(n.to_string().into()))
            }
            fn visit_i64<E>(self, n: i64) -> std::result::Result<Self::Value, E> {
                Ok(Scalar(n.to_string().into()))
            }
            fn visit_f64<E>(self, n: f64) -> std::result::Result<Self::Value, E> {
                Ok(Scalar(n.to_string().into()))
            }
            fn visit_unit<E>(self) -> std::result::Result<Self::Value, E> {
                Ok(Scalar::default())
            }
        }
        d.deserialize_any(Visitor)
    }
}

impl Worker<'_> {
    fn score(&mut self, block: &Block, first: bool) -> Result<Scored> {
        let text = simdutf8::compat::from_utf8(&block.bytes).map_err(|e| {
            let line =
                block.line + memchr::memchr_iter(b'\n', &block.bytes[..e.valid_up_to()]).count() as u64;
            Error::input("is not UTF-8").line(line).hint("save the file as UTF-8")
        })?;
        let n_bytes = block.bytes.len();
        let mut out = Scored { bytes: Vec::with_capacity(n_bytes / 2), ends: Vec::new(), n_bytes };
        match self.shape {
            Shape::Jsonl => self.jsonl(text, block.line, &mut out)?,
            Shape::Csv(columns) => self.csv(text, columns, block.line, first, &mut out)?,
        }
        Ok(out)
    }

    fn jsonl(&mut self, text: &str, line: u64, out: &mut Scored) -> Result<()> {
        let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut rows = Vec::with_capacity(AT_ONCE);
        for i in 0.. {
            if rest.is_empty() {
                break;
            }
            let end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            let row = &rest[..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            if row.bytes().all(|b| b.is_ascii_whitespace()) {
                continue;
            }
            let line = line + i;
            let row: JsonRow<'_> = serde_json::from_str(row).map_err(|e| {
                Error::input(format!("not a JSON object with a text: {e}"))
                    .line(line)
                    .hint("one object per line")
            })?;
            let Some(text) = row.text else {
                return Err(Error::input("the object has no \"text\"")
                    .line(line)
                    .hint("name the comment's body text"));
            };
            let (article, id, parent_text) = (row.article.0, row.id.0, row.parent_text.0);
            self.add(Row { article, id, line, text: text.0, parent_text }, &mut rows, out);
        }
        self.rows(&rows, out);
        Ok(())
    }

    fn csv(&mut self, text: &str, c: &Columns, line: u64, first: bool, out: &mut Scored) -> Result<()> {
        let mut records = Records::with_separator(text, c.separator, line);
        let mut fields = Vec::new();
        let mut rows = Vec::with_capacity(AT_ONCE);
        if first {
            records.next_into(&mut fields)?;
        }
        while let Some(line) = records.next_into(&mut fields)? {
            if fields.len() != c.n {
                let what = format!("{} fields where the header has {}", fields.len(), c.n);
                return Err(Error::input(what).line(line).hint("quote fields that hold a separator"));
            }
            let mut get = |i: Option<usize>| i.map_or(Cow::Borrowed(""), |i| std::mem::take(&mut fields[i]));
            let (article, id, parent_text) = (get(c.article), get(c.id), get(c.parent_text));
            self.add(Row { article, id, line, text: get(Some(c.text)), parent_text }, &mut rows, out);
        }
        self.rows(&rows, out);
        Ok(())
    }

    /// Takes a row; scores and writes what has gathered.
    fn add<'a>(&mut self, row: Row<'a>, rows: &mut Vec<Row<'a>>, out: &mut Scored) {
        rows.push(row);
        if rows.len() == AT_ONCE {
            self.rows(rows, out);
            rows.clear();
        }
    }

    fn rows(&mut self, rows: &[Row<'_>], out: &mut Scored) {
        self.scorer.read(&rows.iter().map(|r| r.text.as_ref()).collect::<Vec<_>>());
        for (i, (z, facts)) in self.read.iter_mut().enumerate().take(rows.len()) {
            *facts = self.scorer.logits(i, z);
        }
        for (row, (z, facts)) in rows.iter().zip(&self.read) {
            let bytes = &mut out.bytes;
            write_field(bytes, if row.article.is_empty() { self.stem } else { &row.article });
            bytes.push(b',');
            if row.id.is_empty() {
                bytes.extend_from_slice(row.line.to_string().as_bytes());
            } else {
                write_field(bytes, &row.id);
            }
            let parent_text = (!row.parent_text.is_empty()).then_some(row.parent_text.as_ref());
            let item = Item { text: &row.text, parent_text, ..Item::default() };
            let readable = facts.n_chunks > 0;
            if readable {
                self.scorer.posteriors(&item, z, facts, None, &mut self.posteriors);
            }
            let why = self.why.map_or_else(Vec::new, |w| w.cells(self.model, &[item], 0));
            write_classes(self.model, readable.then_some(&self.posteriors), &why, bytes);
            out.ends.push(bytes.len());
        }
    }
}

/// Writes the named class and the posteriors of every head, which stand one head after the other, and ends the row; an
/// empty or unreadable text has neither. `why` are the cells of [`Why::cells`], or none.
pub(super) fn write_classes(model: &Model, posteriors: Option<&[f64]>, why: &[Vec<u8>], out: &mut Vec<u8>) {
    let Some(posteriors) = posteriors else {
        let n = model.heads().iter().map(|h| h.classes.len() + 1).sum::<usize>() + 2 * why.len();
        out.extend(std::iter::repeat_n(b',', n));
        out.push(b'\n');
        return;
    };
    let mut rest = posteriors;
    for (h, head) in model.heads().iter().enumerate() {
        let (p, others) = rest.split_at(head.classes.len());
        rest = others;
        out.push(b',');
        write_field(out, &head.classes[head.decide(p)]);
        for p in p {
            out.push(b',');
            write_probability(out, *p);
        }
        out.extend(why.get(h).into_iter().flatten());
    }
    out.push(b'\n');
}

/// Six decimals, rounded.
fn write_probability(out: &mut Vec<u8>, p: f64) {
    #[expect(clippy::cast_sign_loss, reason = "probabilities are not negative")]
    let n = (p * 1e6 + 0.5) as u32;
    out.push(b'0' + (n / 1_000_000) as u8);
    out.push(b'.');
    let mut digits = [b'0'; 6];
    let mut rest = n % 1_000_000;
    for d in digits.iter_mut().rev() {
        *d = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits);
}

#[cfg(test)]
mod tests {
    use super::write_probability;

    #[test]
    fn probabilities_have_six_decimals() {
        for (p, text) in
            [(0.0, "0.000000"), (1.0, "1.000000"), (0.123_456_7, "0.123457"), (0.999_999_9, "1.000000")]
        {
            let mut out = Vec::new();
            write_probability(&mut out, p);
            assert_eq!(out, text.as_bytes());
        }
    }
}
