//! A file or standard input -> its documents, streamed where the container allows.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::sniff::{self, Container};
use super::warc::Warc;
use super::{Document, Kind, Limits};
use crate::error::{Error, Kind as ErrorKind, Result};

/// Bytes of a block of JSON lines: whole lines, at least this many bytes where the file has them.
const BLOCK: usize = 16 << 20;

/// Bytes of output before the ratio of a compressed input is looked at.
const RATIO_FROM: u64 = 64 << 20;

/// What [`documents`] hands out.
pub type Documents = Box<dyn Iterator<Item = Result<Document>> + Send>;

/// The documents of the file at `path`, or of standard input for `None`, one by one.
///
/// A WARC gives a document per record that holds a page, lines of JSON give blocks of whole lines, any other
/// file gives one document. Gzip is unpacked on the way. An item is an error where a file or record cannot be
/// read; the documents after it still come, as far as the container can be followed.
///
/// # Errors
/// As items: no such file, a folder, a named pipe, no permission, a file, record or line over
/// [`Limits::max_size`], compressed data over [`Limits::max_ratio`] or cut short.
///
/// # Example
/// ```
/// use commentariat::page::{Limits, documents};
/// let mut docs = documents(Some("Cargo.toml".as_ref()), &Limits::default());
/// assert_eq!(docs.next().unwrap().unwrap().source, "Cargo.toml");
/// assert!(docs.next().is_none());
/// ```
pub fn documents(path: Option<&Path>, limits: &Limits) -> Documents {
    documents_counted(path, limits, &Arc::default())
}

/// As [`documents`]; adds the bytes read from the file, before decompression, to `n_bytes`.
pub fn documents_counted(path: Option<&Path>, limits: &Limits, n_bytes: &Arc<AtomicU64>) -> Documents {
    let name = path.map_or_else(|| "-".to_owned(), |p| p.display().to_string());
    match open(path, &name).and_then(|file| read(file, &name, *limits, n_bytes)) {
        Ok(documents) => documents,
        Err(e) => Box::new(std::iter::once(Err(e))),
    }
}

/// As [`documents`], from any reader; `name` is the source of its documents.
pub fn documents_in(reader: Box<dyn Read + Send>, name: &str, limits: &Limits) -> Documents {
    read(reader, name, *limits, &Arc::default()).unwrap_or_else(|e| Box::new(std::iter::once(Err(e))))
}

#[expect(clippy::disallowed_methods, reason = "page/ is where inputs are opened")]
fn open(path: Option<&Path>, name: &str) -> Result<Box<dyn Read + Send>> {
    let Some(path) = path else { return Ok(Box::new(io::stdin())) };
    let meta = std::fs::metadata(path).map_err(|e| Error::io(name, e))?;
    if meta.is_dir() {
        return Err(Error::input("is a folder where a file is meant")
            .file(name)
            .hint("name the folder itself to read all files in it"));
    }
    if waits_forever(path, &meta) {
        return Err(Error::input("is a named pipe or socket, which may never end")
            .file(name)
            .hint(format!("feed it to standard input: stance ... - < {name}")));
    }
    Ok(Box::new(File::open(path).map_err(|e| Error::io(name, e))?))
}

/// Named pipes and sockets, save those the shell hands over as `/dev/fd/N`.
#[cfg(unix)]
fn waits_forever(path: &Path, meta: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let kind = meta.file_type();
    (kind.is_fifo() || kind.is_socket()) && !path.starts_with("/dev") && !path.starts_with("/proc")
}

#[cfg(not(unix))]
fn waits_forever(_: &Path, _: &std::fs::Metadata) -> bool {
    false
}

fn read(file: Box<dyn Read + Send>, name: &str, limits: Limits, n: &Arc<AtomicU64>) -> Result<Documents> {
    let counted = Counted { inner: file, n: Arc::clone(n), total: 0 };
    let mut raw = BufReader::with_capacity(1 << 16, counted);
    let packed = fill(&mut raw, name)?.starts_with(b"\x1f\x8b");
    let mut reader: Box<dyn BufRead + Send> = if packed {
        Box::new(BufReader::with_capacity(
            1 << 16,
            Inflated { inner: MultiGzDecoder::new(raw), out: 0, limits },
        ))
    } else {
        Box::new(raw)
    };
    let head = fill(&mut reader, name)?;
    match sniff::container(name, &head[..head.len().min(sniff::HEAD)]) {
        Container::Warc => Ok(Box::new(Warc::new(reader, name.to_owned(), limits))),
        Container::JsonLines => {
            Ok(Box::new(Lines { reader, name: name.to_owned(), limits, line: 0, done: false }))
        }
        Container::Plain => {
            let mut bytes = Vec::new();
            reader.take(limits.max_size + 1).read_to_end(&mut bytes).map_err(|e| broken(name, e))?;
            if bytes.len() as u64 > limits.max_size {
                return Err(too_large(name, "the file", limits));
            }
            Ok(Box::new(std::iter::once(Ok(Document::new(name, bytes)))))
        }
    }
}

/// The first bytes, without taking them; more than one read where the source is slow.
fn fill<'a>(reader: &'a mut (impl BufRead + ?Sized), name: &str) -> Result<&'a [u8]> {
    reader.fill_buf().map_err(|e| broken(name, e))
}

/// An error of reading, in words a user can act on.
pub(super) fn broken(name: &str, e: io::Error) -> Error {
    match e.kind() {
        io::ErrorKind::UnexpectedEof => Error::input("the compressed data ends early; the file is cut short")
            .file(name)
            .hint("fetch the file again; what came before the cut was read where it was whole"),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            Error::input(format!("the compressed data is damaged: {e}")).file(name)
        }
        io::ErrorKind::FileTooLarge => Error::input(e.to_string())
            .file(name)
            .hint("if the file is sound, raise the limit with --max-ratio"),
        _ => Error::io(name, e),
    }
}

/// A file, record or line over the limit.
pub(super) fn too_large(name: &str, what: &str, limits: Limits) -> Error {
    Error::new(ErrorKind::Input, format!("{what} is larger than {} bytes", limits.max_size))
        .file(name)
        .hint("raise the limit with --max-size if the memory is there")
}

/// Counts what is read from the file.
struct Counted<R> {
    inner: R,
    n: Arc<AtomicU64>,
    total: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.total += n as u64;
        self.n.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// Unpacks, and stops at a ratio no page reaches.
struct Inflated<R> {
    inner: MultiGzDecoder<BufReader<Counted<R>>>,
    out: u64,
    limits: Limits,
}

impl<R: Read> Read for Inflated<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.out += n as u64;
        let packed = self.inner.get_ref().get_ref().total;
        if self.out > RATIO_FROM && self.out / self.limits.max_ratio > packed {
            let ratio = self.out / packed.max(1);
            let what =
                format!("{packed} compressed bytes gave {} ({ratio} times): a decompression bomb", self.out);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
        }
        Ok(n)
    }
}

/// Blocks of whole lines of JSON.
struct Lines {
    reader: Box<dyn BufRead + Send>,
    name: String,
    limits: Limits,
    line: u64,
    done: bool,
}

impl Iterator for Lines {
    type Item = Result<Document>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let mut bytes = Vec::new();
        let first = self.line;
        while bytes.len() < BLOCK {
            let before = bytes.len();
            let most = self.limits.max_size;
            match self.reader.by_ref().take(most + 1).read_until(b'\n', &mut bytes) {
                Ok(0) => self.done = true,
                Ok(_) => self.line += 1,
                Err(e) => {
                    self.done = true;
                    return Some(Err(broken(&self.name, e)));
                }
            }
            if (bytes.len() - before) as u64 > most {
                self.done = true;
                return Some(Err(too_large(&self.name, "a line", self.limits).line(self.line)));
            }
            if self.done {
                break;
            }
        }
        if bytes.is_empty() && first > 0 {
            return None;
        }
        Some(Ok(Document {
            source: self.name.clone(),
            bytes,
            kind: Kind::Rows,
            declared_charset: None,
            url: None,
            captured: None,
        }))
    }
}
