//! What a document's bytes hold, from its name and its first bytes.

use super::Kind;
use crate::page::decode;

/// Bytes of a document that are looked at.
pub(super) const HEAD: usize = 4096;

/// How a file is packed, before a [`Kind`] can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// The file is one document.
    Plain,
    /// The file is a WARC.
    Warc,
    /// Lines of JSON, streamed in blocks.
    JsonLines,
}

/// Tells the container from the first (decompressed) bytes.
pub(super) fn container(name: &str, head: &[u8]) -> Container {
    if head.starts_with(b"WARC/") {
        return Container::Warc;
    }
    let name = stem(name);
    let lines = name.ends_with(".jsonl") || name.ends_with(".ndjson") || is_json_rows(head);
    if lines { Container::JsonLines } else { Container::Plain }
}

/// Kind of a whole document.
pub(super) fn kind(name: &str, bytes: &[u8]) -> Kind {
    let head = &bytes[..bytes.len().min(HEAD)];
    // Wide encodings hide every tag; look at what they decode to.
    if let Some(wide) = decode::utf16(head) {
        let (text, _) = wide.decode_without_bom_handling(head);
        return kind_of_text(name, text.trim_start_matches('\u{feff}').as_bytes());
    }
    let kind = kind_of_text(name, head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
    // A dump may begin with a stray line of JSON.
    if kind == Kind::Export
        && matches!(head.trim_ascii_start().first(), Some(b'{' | b'['))
        && !stem(name).ends_with(".json")
        && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_err()
    {
        return Kind::Text;
    }
    kind
}

fn kind_of_text(name: &str, head: &[u8]) -> Kind {
    let name = stem(name);
    let head = head.trim_ascii_start();
    if is_json_rows(head) || name.ends_with(".jsonl") || name.ends_with(".ndjson") {
        return Kind::Rows;
    }
    let lower = head.to_ascii_lowercase();
    let has = |what: &[u8]| memchr::memmem::find(&lower, what).is_some();
    match head.first() {
        Some(b'{') => return Kind::Export,
        Some(b'[') if name.ends_with(".json") || starts_json_list(head) => return Kind::Export,
        Some(b'<') => {
            let xml = has(b"<disqus") || has(b"<rss") || name.ends_with(".xml");
            if xml && !has(b"<html") {
                return Kind::Export;
            }
            // A page begins with a tag, a doctype or a comment; prose that opens with `<` does not.
            if lower[1..].first().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, b'!' | b'?' | b'/'))
            {
                return Kind::Html;
            }
        }
        _ => {}
    }
    if name.ends_with(".csv") {
        return if csv_is_rows(head) { Kind::Rows } else { Kind::Export };
    }
    let html_name = [".html", ".htm", ".xhtml", ".mhtml"].iter().any(|e| name.ends_with(e));
    if html_name || has(b"<html") || has(b"<!doctype html") || has(b"<body") {
        return Kind::Html;
    }
    if !name.ends_with(".txt") && csv_is_rows(head) {
        return Kind::Rows;
    }
    Kind::Text
}

/// The lower-cased name without `.gz`.
fn stem(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    lower.strip_suffix(".gz").unwrap_or(&lower).to_owned()
}

/// A first line that is one JSON object with the keys of a thread or of a comment.
fn is_json_rows(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    if !head.starts_with(b"{") {
        return false;
    }
    let line = head.split(|&b| b == b'\n').next().unwrap_or(head);
    match serde_json::from_slice::<serde_json::Value>(line) {
        Ok(v) => {
            let thread = v.get("comments").is_some() && v.get("status").is_some();
            // Exports of one comment per line are rows too.
            thread || v.get("text").is_some_and(serde_json::Value::is_string)
        }
        // The line is longer than the head: our own threads open with these keys.
        Err(e) => e.is_eof() && line.len() == head.len() && opens_like_thread(head),
    }
}

fn opens_like_thread(head: &[u8]) -> bool {
    let has = |what: &[u8]| memchr::memmem::find(head, what).is_some();
    head.starts_with(b"{\"article\":") && ((has(b"\"source\":") && has(b"\"status\":")) || has(b"\"text\":"))
}

fn starts_json_list(head: &[u8]) -> bool {
    head[1..].trim_ascii_start().starts_with(b"{")
}

/// A header line that names a `text` column besides another column of ours.
fn csv_is_rows(head: &[u8]) -> bool {
    let line = head.split(|&b| b == b'\n').next().unwrap_or(head).trim_ascii();
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let names: Vec<String> =
        line.split([',', ';', '\t']).map(|n| n.trim().trim_matches('"').to_lowercase()).collect();
    let has = |n: &str| names.iter().any(|m| m == n);
    has("text") && ["article", "id", "no", "stance", "sentiment", "lang", "author"].iter().any(|n| has(n))
}
