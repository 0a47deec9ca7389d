//! bytes -> page: files, folders, archives and exports become [`Document`]s.
//!
//! A document is bytes with a source and what was declared about them; nothing in it is trusted.

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
