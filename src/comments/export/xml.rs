//! A flat walk over XML: what opens, what it says, what closes. No entity but the five of XML and numbers is
//! resolved, so no bomb can grow.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::markup;
use crate::error::{Error, Result};
use crate::page::Document;

/// One step of the walk.
pub(super) enum Step<'a> {
    /// An element opens: its name with prefix, and the attribute that ends in `id`, if there is one.
    Open(&'a str, Option<String>),
    /// The element closes; its own text, without that of the elements inside.
    Close(&'a str, String),
}

/// Elements inside each other; more is no export.
const MAX_DEPTH: usize = 64;

/// Walks the document.
///
/// # Errors
/// Markup that is not well formed, nested too deep, or cut short; what `each` returns.
pub(super) fn walk(document: &Document, text: &str, mut each: impl FnMut(Step<'_>)) -> Result<()> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<(String, String)> = Vec::new();
    loop {
        let at = reader.buffer_position();
        let fault = |what: String| {
            let line = text
                .as_bytes()
                .iter()
                .take(usize::try_from(at).unwrap_or(0))
                .filter(|&&b| b == b'\n')
                .count();
            Error::input(what)
                .file(&document.source)
                .line(line as u64 + 1)
                .hint("export or download the file again")
        };
        let event = reader.read_event().map_err(|e| fault(format!("the XML cannot be read: {e}")))?;
        match event {
            Event::Start(ref e) | Event::Empty(ref e) => {
                let name = e.name().as_ref().to_owned();
                let id = e.attributes().flatten().find(|a| {
                    let key: &str = a.key.as_ref();
                    key == "id" || key.ends_with(":id")
                });
                let id = id.map(|a| {
                    let mut out = String::new();
                    markup::unescape(&mut out, &a.value);
                    out
                });
                each(Step::Open(&name, id));
                if matches!(event, Event::Empty(_)) {
                    each(Step::Close(&name, String::new()));
                } else {
                    if open.len() == MAX_DEPTH {
                        return Err(fault(format!("more than {MAX_DEPTH} elements inside each other")));
                    }
                    open.push((name, String::new()));
                }
            }
            Event::End(_) => {
                if let Some((name, text)) = open.pop() {
                    each(Step::Close(&name, text));
                }
            }
            Event::Text(e) => {
                if let Some((_, text)) = open.last_mut() {
                    text.push_str(&e.xml10_content());
                }
            }
            Event::CData(e) => {
                if let Some((_, text)) = open.last_mut() {
                    text.push_str(&e.into_inner());
                }
            }
            Event::GeneralRef(e) => {
                if let Some((_, text)) = open.last_mut() {
                    markup::unescape(text, &format!("&{};", e.into_inner()));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match open.last() {
        None => Ok(()),
        Some((name, _)) => Err(Error::input(format!("the XML ends inside <{name}>; the file is cut short"))
            .file(&document.source)
            .hint("export or download the file again")),
    }
}
