//! Bytes -> text: the encoding from a byte-order mark, a declaration, the bytes' own validity, or a guess.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{Document, Kind};

/// A document's text and how its encoding was found.
#[derive(Debug, Clone)]
pub struct Decoded<'a> {
    /// The text, without byte-order mark and without NUL characters.
    pub text: Cow<'a, str>,
    /// Name of the encoding.
    pub encoding: &'static str,
    /// What the user should know: a guessed encoding, bytes that do not fit it.
    pub warning: Option<String>,
}

/// Decodes a document.
///
/// In this order: byte-order mark; UTF-8 that is valid and not plain ASCII; UTF-16 told from its zero bytes;
/// the charset of the record's header, then of a `<meta>` or XML declaration; UTF-8 with a few broken places;
/// a guess from the bytes (told in a warning). A file whose lines are partly UTF-8 and partly something else
/// is decoded line by line.
///
/// # Example
/// ```
/// use commentariat::page::{Document, decode};
/// let doc = Document::new("a.txt", b"\xff\xfe\x3f\x04\x40\x04".to_vec());
/// let decoded = decode(&doc);
/// assert_eq!((&*decoded.text, decoded.encoding), ("пр", "UTF-16LE"));
/// ```
pub fn decode(doc: &Document) -> Decoded<'_> {
    let mut out = find(doc);
    if memchr::memchr(0, out.text.as_bytes()).is_some() {
        out.text = Cow::Owned(out.text.replace('\0', ""));
        out.warning.get_or_insert_with(|| "the file holds NUL bytes; they were left out".to_owned());
    }
    out
}

fn find(doc: &Document) -> Decoded<'_> {
    let bytes = &doc.bytes[..];
    if let Some((encoding, n)) = Encoding::for_bom(bytes) {
        return with(encoding, &bytes[n..], "its byte-order mark");
    }
    if let Some(encoding) = utf16(&bytes[..bytes.len().min(1 << 16)]) {
        let mut out = with(encoding, bytes, "its zero bytes");
        out.warning.get_or_insert_with(|| guessed(encoding.name()));
        return out;
    }
    let declared = declared(doc);
    if let Ok(text) = std::str::from_utf8(bytes) {
        // Plain ASCII may still be an escape-coded encoding that was declared.
        match declared {
            Some(e) if !e.is_ascii_compatible() && text.is_ascii() => {
                return with(e, bytes, "its declaration");
            }
            _ => return Decoded { text: Cow::Borrowed(text), encoding: "UTF-8", warning: None },
        }
    }
    if let Some(e) = declared.filter(|&e| e != UTF_8) {
        return with(e, bytes, "its declaration");
    }
    undeclared(doc, declared.is_some())
}

/// Not valid UTF-8 and nothing else declared.
fn undeclared(doc: &Document, said_utf8: bool) -> Decoded<'_> {
    let bytes = &doc.bytes[..];
    let (mut good, mut bad) = (0usize, 0usize);
    for line in bytes.split(|&b| b == b'\n') {
        if !line.is_ascii() {
            if std::str::from_utf8(line).is_ok() { good += 1 } else { bad += 1 }
        }
    }
    // One broken place among many sound lines: cut in the middle of a letter, or a stray byte.
    if (bad <= 1 && good > 0) || bad * 50 <= good || (said_utf8 && bad <= good) {
        let text = String::from_utf8_lossy(bytes);
        let warning = format!(
            "{bad} of {} lines with letters beyond ASCII are not valid UTF-8; the broken bytes were replaced",
            good + bad
        );
        return Decoded { text, encoding: "UTF-8", warning: Some(warning) };
    }
    let tld = doc.url.as_deref().and_then(top_level);
    if good > 0 {
        return mixed(bytes, tld, good, bad);
    }
    let encoding = guess(bytes, tld);
    let mut out = with(encoding, bytes, "a guess");
    out.warning.get_or_insert_with(|| {
        if said_utf8 {
            format!(
                "the bytes are not UTF-8, which is declared; read as {} by a guess, check the letters",
                encoding.name()
            )
        } else {
            guessed(encoding.name())
        }
    });
    out
}

/// Lines that are valid UTF-8 stay; the others are decoded with what they look like together.
fn mixed<'a>(bytes: &'a [u8], tld: Option<&[u8]>, good: usize, bad: usize) -> Decoded<'a> {
    let is_bad = |line: &&[u8]| std::str::from_utf8(line).is_err();
    let foreign: Vec<u8> =
        bytes.split_inclusive(|&b| b == b'\n').filter(is_bad).flatten().copied().take(1 << 20).collect();
    let encoding = guess(&foreign, tld);
    let mut text = String::with_capacity(bytes.len() * 2);
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        match std::str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            Err(_) => text.push_str(&encoding.decode_without_bom_handling(line).0),
        }
    }
    let warning = format!(
        "mixed encodings: {good} lines are UTF-8, {bad} were read as {} by a guess; check the letters",
        encoding.name()
    );
    Decoded { text: Cow::Owned(text), encoding: encoding.name(), warning: Some(warning) }
}

fn guessed(name: &str) -> String {
    format!("no encoding is declared; read as {name} by a guess, check the letters")
}

fn with<'a>(encoding: &'static Encoding, bytes: &'a [u8], from: &str) -> Decoded<'a> {
    let (text, malformed) = encoding.decode_without_bom_handling(bytes);
    let warning = malformed.then(|| {
        format!("some bytes are not {} (the encoding by {from}); they were replaced", encoding.name())
    });
    Decoded { text, encoding: encoding.name(), warning }
}

/// UTF-16 without a mark: of pairs of bytes, one side is nearly always the same small page number.
pub(super) fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    if let Some((e, _)) = Encoding::for_bom(head) {
        return (e != UTF_8).then_some(e);
    }
    // A zero byte never stands in a text of another encoding, save by damage.
    let zeros = memchr::memchr_iter(0, head).count();
    if head.len() < 8 || zeros * 20 < head.len() {
        return None;
    }
    let n = head.len() / 2;
    let page = |at: usize| head.iter().skip(at).step_by(2).filter(|&&b| b == 0 || b == 4).count();
    let (even, odd) = (page(0), page(1));
    if odd * 10 >= n * 9 && even * 4 < odd {
        Some(UTF_16LE)
    } else if even * 10 >= n * 9 && odd * 4 < even {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The declared encoding: header of the record, then `<meta charset>`, `http-equiv` or XML declaration.
fn declared(doc: &Document) -> Option<&'static Encoding> {
    let header = doc.declared_charset.as_deref().and_then(|c| Encoding::for_label(c.as_bytes()));
    header.or_else(|| if doc.kind == Kind::Text { None } else { in_markup(&doc.bytes) })
}

fn in_markup(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes[..bytes.len().min(8192)].to_ascii_lowercase();
    // Both spellings, and the XML declaration, end in `<word>=<label>`.
    for word in [&b"charset"[..], b"encoding"] {
        for at in memchr::memmem::find_iter(&head, word) {
            let rest = head[at + word.len()..].trim_ascii_start();
            let Some(rest) = rest.strip_prefix(b"=") else { continue };
            let rest = rest.trim_ascii_start();
            let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
            let end = rest
                .iter()
                .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.')))
                .unwrap_or(rest.len());
            if let Some(e) = Encoding::for_label(&rest[..end]) {
                // A file that could be read as far as this word is not UTF-16.
                return Some(if e.is_ascii_compatible() { e } else { UTF_8 });
            }
        }
    }
    None
}

fn guess(bytes: &[u8], tld: Option<&[u8]>) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(1 << 20)], true);
    detector.guess(tld, chardetng::Utf8Detection::Deny)
}

/// The last label of an address's host.
fn top_level(url: &str) -> Option<&[u8]> {
    let host = url.split("://").nth(1)?.split(['/', '?', '#', ':']).next()?;
    let tld = host.rsplit('.').next()?;
    let plain = !tld.is_empty() && tld.bytes().all(|b| b.is_ascii_lowercase());
    plain.then_some(tld.as_bytes())
}
