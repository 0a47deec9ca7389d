//! Author and time of a comment: where they stand, and what of them is kept.

use crate::comments::dates::Clock;
use crate::comments::rules::html as rules;
use crate::page::html::select::Selector;
use crate::page::html::text::{Visit, Writer};
use crate::page::html::{Dom, Id};

/// A selector, and the attribute to take instead of the text.
#[derive(Debug)]
pub(crate) struct Field {
    selector: Selector,
    attr: Option<&'static str>,
}

/// Longest name of an author, in characters: longer is a sentence.
const MAX_NAME: usize = 80;

impl Field {
    pub(crate) fn new(text: &'static str) -> Self {
        match text.rsplit_once('@') {
            Some((selector, attr)) => Field { selector: Selector::new(selector), attr: Some(attr) },
            None => Field { selector: Selector::new(text), attr: None },
        }
    }

    fn matches(&self, dom: &Dom, id: Id) -> bool {
        self.selector.matches(dom, id)
    }

    fn value(&self, dom: &Dom, id: Id) -> Option<String> {
        match self.attr {
            Some(attr) => dom.attr(id, attr).map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned),
            None => Some(line(dom, id)).filter(|v| !v.is_empty()),
        }
    }
}

/// The text of an element on one line.
pub(crate) fn line(dom: &Dom, id: Id) -> String {
    let mut writer = Writer::default();
    writer.node(dom, id, &mut |_| Visit::Read);
    writer.finish().replace('\n', " ")
}

/// The first author among `nodes`, best field first.
pub(crate) fn author(dom: &Dom, fields: &[Field], nodes: &[Id]) -> Option<(Id, String)> {
    fields.iter().find_map(|field| {
        nodes
            .iter()
            .filter(|&&id| field.matches(dom, id))
            .find_map(|&id| Some((id, name(&field.value(dom, id)?)?)))
    })
}

/// `text` as a name: without "says:", "von", avatar captions; `None` when it is no name.
pub(crate) fn name(text: &str) -> Option<String> {
    // "Posted by: X | date", "date — X (not verified)"
    let mut parts = text.split(" | ").flat_map(|part| part.split(" — ")).map(str::trim);
    let mut text = parts.next().unwrap_or("");
    if is_date(text)
        && let Some(after) = parts.next().filter(|part| !is_date(part) && !has_clock(part))
    {
        text = after;
    }
    text = ADDED.iter().find_map(|mark| text.strip_suffix(mark)).unwrap_or(text);
    // "12345 (profile deleted) Guest"
    text = text.strip_suffix(" Gast").filter(|name| name.ends_with(')')).unwrap_or(text);
    text = without_number(text);
    loop {
        let before = text;
        let lower = text.to_lowercase();
        // Cutting by length needs the lower case to be as long; it is for all but a few letters.
        if lower.len() == text.len() {
            if let Some(end) = rules::SAYS.iter().find_map(|says| {
                let at = lower.find(says)?;
                let end_of_word =
                    lower[at + says.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric());
                end_of_word.then_some(at)
            }) {
                text = &text[..end];
            }
            if let Some(by) = rules::BY.iter().find(|by| lower.starts_with(**by)) {
                text = text.get(by.len()..).unwrap_or("");
            }
        }
        text =
            text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | '|' | '•' | '·' | '—'));
        if text == before {
            break;
        }
    }
    let n_chars = text.chars().count();
    // A link that is a date stands where a name should be.
    (n_chars > 0 && n_chars <= MAX_NAME && !is_date(text) && !rules::is_button(text)).then(|| text.to_owned())
}

/// Is there a time of day in it?
fn has_clock(text: &str) -> bool {
    text.as_bytes().windows(3).any(|w| w[0].is_ascii_digit() && w[1] == b':' && w[2].is_ascii_digit())
}

/// What Drupal adds to the name of whoever was not logged in.
const ADDED: &[&str] =
    &[" (not verified)", " (nicht überprüft)", " (non vérifié)", " (не проверено)", " (не перевірено)"];

fn is_date(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit()) && Clock::default().read(text).is_some()
}

/// `text` without the comment's number before it: "3. X", "#3 X"; "50 Cent" is a name.
fn without_number(text: &str) -> &str {
    let bare = text.trim_start_matches('#');
    let rest = bare.trim_start_matches(|c: char| c.is_ascii_digit());
    let name = rest.trim_start_matches(['.', ')', ':']);
    let marked = bare.len() < text.len() || name.len() < rest.len();
    let trimmed = name.trim_start();
    if marked && rest.len() < bare.len() && trimmed.len() < name.len() && !trimmed.is_empty() {
        trimmed
    } else {
        text
    }
}

/// The first time among `nodes`, best field first, as ISO 8601 where it can be read, else as printed.
pub(crate) fn time(dom: &Dom, fields: &[Field], nodes: &[Id], clock: &Clock) -> Option<(Id, String)> {
    let mut printed = None;
    for field in fields {
        for &id in nodes.iter().filter(|&&id| field.matches(dom, id)) {
            let tried = match field.attr {
                Some(_) => vec![field.value(dom, id)],
                None => ["datetime", "title", "content", "data-time", "data-timestamp", "data-utime"]
                    .iter()
                    .map(|a| dom.attr(id, a).map(str::to_owned))
                    .chain([field.value(dom, id)])
                    .collect(),
            };
            for value in tried.into_iter().flatten() {
                if let Some(iso) = clock.read(&value) {
                    return Some((id, iso));
                }
                if printed.is_none() && value.len() <= 80 && value.bytes().any(|b| b.is_ascii_digit()) {
                    printed = Some((id, value));
                }
            }
        }
    }
    printed
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn names_are_found_among_dates_and_numbers() {
        for (text, found) in [
            ("Posted by: Anna Berg | May 3, 2012 at 09:57 AM", Some("Anna Berg")),
            ("October 11, 2012 | Eve", Some("Eve")),
            ("ola77 wrote on October 11, 2012 | 1:23 pm", Some("ola77")),
            ("12345 (Profil gelöscht) Gast", Some("12345 (Profil gelöscht)")),
            ("Tue, 03/02/2010 - 08:15 — Halvard (not verified)", Some("Halvard")),
            ("3. Ruth", Some("Ruth")),
            ("#12 Ruth", Some("Ruth")),
            ("50 Cent", Some("50 Cent")),
            ("May 3, 2012", None),
            ("Reply", None),
        ] {
            assert_eq!(name(text).as_deref(), found, "{text}");
        }
    }
}
