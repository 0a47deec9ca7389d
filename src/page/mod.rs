//! bytes -> page: files, folders, archives and exports become [`Document`]s.
//!
//! A document is bytes with a source and what was declared about them; nothing in it is trusted.
//! [`documents`] reads one file (or standard input) and hands out its documents one by one, so that an
//! archive of any size needs the memory of its largest record.

pub mod decode;
mod sniff;
mod source;
mod warc;

pub use decode::{Decoded, decode};
pub use source::{Documents, documents, documents_counted, documents_in};

pub(crate) mod html;

/// What a document's bytes hold, as far as its name, its record header or its first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// An HTML page.
    Html,
    /// A plain-text dump of a page (saved by hand, WET record, reader view).
    Text,
    /// A comment export: JSON, XML or CSV of a comment system.
    Export,
    /// Comments that were split before: threads as JSONL, or a row per comment as JSONL or CSV.
    Rows,
}

/// One document of the outside world, before anything is read from it.
#[derive(Debug, Clone)]
pub struct Document {
    /// Where it came from: the path as given, or `path#record-address` inside a WARC; `-` for standard input.
    pub source: String,
    /// The raw bytes.
    pub bytes: Vec<u8>,
    /// What the bytes hold.
    pub kind: Kind,
    /// Character set declared outside the bytes (HTTP header of a WARC record).
    pub declared_charset: Option<String>,
    /// Address of the page where the container names it.
    pub url: Option<String>,
    /// Time of capture where the container names it (ISO 8601), the base of relative times.
    pub captured: Option<String>,
}

impl Document {
    /// A document of `bytes`, its kind told from the name of `source` and the first bytes.
    ///
    /// # Example
    /// ```
    /// use commentariat::page::{Document, Kind};
    /// assert_eq!(Document::new("a.html", b"<!doctype html><p>x".to_vec()).kind, Kind::Html);
    /// assert_eq!(Document::new("a.txt", b"A headline\n\n2 comments\n".to_vec()).kind, Kind::Text);
    /// ```
    pub fn new(source: impl Into<String>, bytes: Vec<u8>) -> Self {
        let source = source.into();
        let kind = sniff::kind(&source, &bytes);
        Document { source, bytes, kind, declared_charset: None, url: None, captured: None }
    }
}

/// Bounds on what is read. What exceeds one is refused or left out, and told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest document in bytes, after decompression.
    ///
    /// Default: 256 MiB.
    pub max_size: u64,
    /// Largest ratio of decompressed to compressed bytes, checked once 64 MiB have come out.
    ///
    /// Default: 300; deflate itself ends at 1032.
    pub max_ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_size: 256 << 20, max_ratio: 300 }
    }
}
