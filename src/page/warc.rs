//! WARC records -> documents, one record in memory at a time.

use std::io::{self, BufRead, Read};

use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};

use super::source::{broken, too_large};
use super::{Document, Kind, Limits};
use crate::error::{Error, Result};

/// Bytes of a record's header before it is given up.
const MAX_HEADER: usize = 64 << 10;

/// Reads a WARC (already unpacked) record by record.
///
/// Records of type `response`, `resource` and `conversion` (WET) whose type is HTML, plain text, JSON or XML
/// become documents; answers other than 2xx do not. A record whose length is wrong is cut at the next
/// record's header, and the reading goes on there.
pub(super) struct Warc {
    window: Window,
    name: String,
    limits: Limits,
    done: bool,
    n_records: u64,
}

/// What a record's header says.
#[derive(Default)]
struct Header {
    kind: String,
    uri: Option<String>,
    date: Option<String>,
    content_type: String,
    length: Option<u64>,
}

/// The stream with the bytes that were looked at and not yet taken.
struct Window {
    reader: Box<dyn BufRead + Send>,
    buf: Vec<u8>,
    pos: usize,
}

impl Window {
    /// Up to `n` bytes from here on, fewer at the end of the stream.
    fn want(&mut self, n: usize) -> io::Result<&[u8]> {
        if self.buf.len() - self.pos < n {
            // Moved only when more than half is spent, so a byte is moved a bounded number of times.
            if self.pos > self.buf.len() / 2 {
                self.buf.drain(..self.pos);
                self.pos = 0;
            }
            let missing = n - (self.buf.len() - self.pos);
            self.reader.by_ref().take(missing as u64).read_to_end(&mut self.buf)?;
        }
        Ok(&self.buf[self.pos..self.buf.len().min(self.pos + n)])
    }

    fn skip(&mut self, n: usize) {
        self.pos = (self.pos + n).min(self.buf.len());
    }

    /// One line with its end, at most [`MAX_HEADER`] bytes of it; empty at the end.
    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut size = 512;
        loop {
            let seen = self.want(size)?;
            let end = memchr::memchr(b'\n', seen).map(|at| at + 1);
            if let Some(end) = end.or((seen.len() < size || size >= MAX_HEADER).then_some(seen.len())) {
                let line = seen[..end].to_vec();
                self.skip(end);
                return Ok(line);
            }
            size *= 4;
        }
    }

    /// Passes over `n` bytes without keeping them.
    fn pass(&mut self, n: u64) -> io::Result<()> {
        let held = (self.buf.len() - self.pos) as u64;
        if held >= n {
            self.skip(usize::try_from(n).unwrap_or(usize::MAX));
            return Ok(());
        }
        self.buf = Vec::new();
        self.pos = 0;
        io::copy(&mut self.reader.by_ref().take(n - held), &mut io::sink())?;
        Ok(())
    }
}

impl Warc {
    pub(super) fn new(reader: Box<dyn BufRead + Send>, name: String, limits: Limits) -> Self {
        let window = Window { reader, buf: Vec::new(), pos: 0 };
        Warc { window, name, limits, done: false, n_records: 0 }
    }

    /// Goes to the next `WARC/` line; `false` at the end.
    fn seek(&mut self) -> io::Result<bool> {
        let mut at_start = true;
        loop {
            let line = self.window.line()?;
            if line.is_empty() {
                return Ok(false);
            }
            if at_start && line.starts_with(b"WARC/") {
                return Ok(true);
            }
            at_start = line.ends_with(b"\n");
        }
    }

    fn header(&mut self) -> io::Result<Option<Header>> {
        let mut header = Header::default();
        let mut n = 0;
        loop {
            let line = self.window.line()?;
            n += line.len();
            if line.is_empty() || n > MAX_HEADER {
                return Ok(None);
            }
            let line = String::from_utf8_lossy(&line);
            let line = line.trim();
            if line.is_empty() {
                return Ok(Some(header));
            }
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "warc-type" => header.kind = value.to_ascii_lowercase(),
                "warc-target-uri" => {
                    header.uri = Some(value.trim_matches(['<', '>']).to_owned()).filter(|u| !u.is_empty());
                }
                "warc-date" => header.date = Some(value.to_owned()),
                "content-type" => header.content_type = value.to_ascii_lowercase(),
                "content-length" => header.length = value.parse().ok(),
                _ => {}
            }
        }
    }

    /// The record's bytes, or `None` where they exceed the limit and were passed over.
    fn content(&mut self, length: Option<u64>) -> io::Result<Option<Vec<u8>>> {
        let most = usize::try_from(self.limits.max_size).unwrap_or(usize::MAX).saturating_add(MAX_HEADER);
        let declared = length.and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
        // A few bytes more show whether a record or the end follows.
        let seen = self.window.want(declared.saturating_add(16).min(most))?;
        if declared <= seen.len() && at_boundary(&seen[declared..]) {
            let bytes = seen[..declared].to_vec();
            self.window.skip(declared);
            return Ok(Some(bytes));
        }
        // The length is wrong, or the file ends here: the next record may lie inside.
        let inside = &seen[..seen.len().min(declared)];
        let end = next_record(inside).or((inside.len() < most).then_some(inside.len()));
        if let Some(end) = end {
            let bytes = inside[..end].to_vec();
            self.window.skip(end);
            return Ok(Some(bytes));
        }
        self.window.pass(length.unwrap_or(most as u64))?;
        Ok(None)
    }

    fn document(&mut self) -> io::Result<Option<Result<Document>>> {
        loop {
            if !self.seek()? {
                return Ok(None);
            }
            self.n_records += 1;
            let Some(header) = self.header()? else { continue };
            let address = header.uri.clone().unwrap_or_else(|| format!("record-{}", self.n_records));
            let source = format!("{}#{address}", self.name);
            let wanted = matches!(header.kind.as_str(), "response" | "resource" | "conversion");
            let Some(content) = self.content(header.length)? else {
                if wanted {
                    return Ok(Some(Err(too_large(&source, "the record", self.limits))));
                }
                continue;
            };
            if !wanted {
                continue;
            }
            if let Some(document) = read_record(header, content, source, self.limits) {
                return Ok(Some(document));
            }
        }
    }
}

impl Iterator for Warc {
    type Item = Result<Document>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        match self.document() {
            Ok(Some(document)) => Some(document),
            Ok(None) => {
                self.done = true;
                None
            }
            Err(e) => {
                self.done = true;
                Some(Err(broken(&self.name, e)))
            }
        }
    }
}

/// Do empty lines and then a record, or the end, follow?
fn at_boundary(rest: &[u8]) -> bool {
    let rest = rest.trim_ascii_start();
    rest.starts_with(&b"WARC/"[..rest.len().min(5)])
}

/// Start of the next record's header inside a record that is too long.
fn next_record(bytes: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(bytes, b"\nWARC/1.").map(|at| at + 1).find(|&at| {
        let head = &bytes[at..bytes.len().min(at + 400)];
        memchr::memmem::find(head, b"WARC-").is_some()
    })
}

/// A record's content as a document; `None` where it holds no page.
fn read_record(header: Header, content: Vec<u8>, source: String, limits: Limits) -> Option<Result<Document>> {
    let mut content_type = header.content_type;
    let mut bytes = content;
    if content_type.starts_with("application/http") {
        let at = memchr::memmem::find(&bytes, b"\r\n\r\n").map(|at| (at, at + 4));
        let (end, body) = at.or_else(|| memchr::memmem::find(&bytes, b"\n\n").map(|at| (at, at + 2)))?;
        let http = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let field = |name: &str| {
            let found = http
                .lines()
                .filter_map(|l| l.split_once(':'))
                .find(|(k, _)| k.trim().eq_ignore_ascii_case(name));
            found.map(|(_, v)| v.trim().to_ascii_lowercase()).unwrap_or_default()
        };
        let status = http.split_ascii_whitespace().nth(1).unwrap_or("");
        if !status.starts_with('2') {
            return None;
        }
        content_type = field("content-type");
        bytes.drain(..body);
        if field("transfer-encoding").contains("chunked")
            && let Some(joined) = dechunk(&bytes)
        {
            bytes = joined;
        }
        match unpack(&bytes, &field("content-encoding"), &source, limits) {
            Ok(Some(unpacked)) => bytes = unpacked,
            Ok(None) => {}
            Err(e) => return Some(Err(e)),
        }
    }
    let mut document = Document::new(source, bytes);
    let mime = content_type.split(';').next().unwrap_or("").trim();
    document.kind = match mime {
        "text/html" | "application/xhtml+xml" => Kind::Html,
        "text/plain" => Kind::Text,
        "application/json" | "application/xml" | "text/xml" | "application/rss+xml" | "" => document.kind,
        _ => return None,
    };
    let charset = content_type.split("charset=").nth(1).map(|c| c.split(';').next().unwrap_or("").trim());
    document.declared_charset =
        charset.map(|c| c.trim_matches(['"', '\'']).to_owned()).filter(|c| !c.is_empty());
    // WET records are UTF-8 by definition; their header does not say so.
    document.url = header.uri;
    document.captured = header.date;
    Some(Ok(document))
}

/// The body of a `Content-Encoding`; `None` where there is none or the body was stored unpacked.
fn unpack(bytes: &[u8], encoding: &str, source: &str, limits: Limits) -> Result<Option<Vec<u8>>> {
    let reader: Box<dyn Read> = match encoding {
        "gzip" | "x-gzip" if bytes.starts_with(b"\x1f\x8b") => Box::new(GzDecoder::new(bytes)),
        "deflate" if bytes.first().is_some_and(|b| b & 0x0f == 8) => Box::new(ZlibDecoder::new(bytes)),
        "deflate" if !bytes.starts_with(b"<") => Box::new(DeflateDecoder::new(bytes)),
        "br" | "zstd" if !bytes.trim_ascii_start().starts_with(b"<") => {
            return Err(Error::input(format!("the record is packed with {encoding}, which is not read"))
                .file(source)
                .hint("store the pages unpacked (wget and warcio do so by default)"));
        }
        _ => return Ok(None),
    };
    let mut out = Vec::new();
    reader.take(limits.max_size + 1).read_to_end(&mut out).map_err(|e| broken(source, e))?;
    if out.len() as u64 > limits.max_size {
        return Err(too_large(source, "the unpacked record", limits));
    }
    Ok(Some(out))
}

/// Joins the chunks of a chunked body; `None` where the body is not in chunks.
fn dechunk(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    loop {
        let end = memchr::memchr(b'\n', &bytes[..bytes.len().min(1024)])?;
        let size = std::str::from_utf8(&bytes[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        bytes = &bytes[end + 1..];
        if size == 0 {
            return Some(out);
        }
        if size >= bytes.len() {
            // Cut short: what is there still counts.
            out.extend_from_slice(bytes);
            return Some(out);
        }
        out.extend_from_slice(&bytes[..size]);
        bytes = bytes[size..].trim_ascii_start();
    }
}
