//! schema.org comments in `application/ld+json`: of the article, or a discussion posting's.

use serde_json::Value;

use super::engine::{Found, Page};
use crate::comments::rules::html as rules;
use crate::page::html::text::whole;
use crate::page::html::{Dom, tag};

/// Objects looked into, so that a page of nested lists stays cheap.
const MAX_OBJECTS: usize = 20_000;

/// The JSON values in the page's `ld+json` scripts; broken ones are left out.
pub(crate) fn values(dom: &Dom) -> Vec<Value> {
    (1..dom.len())
        .filter(|&id| {
            dom.name(id) == tag::SCRIPT && dom.attr_of(id, tag::TYPE).is_some_and(|t| t.contains("ld+json"))
        })
        .filter_map(|id| {
            let text: String = dom.inside(id).map(|n| dom.text(n)).collect();
            serde_json::from_str(text.trim().trim_end_matches(';')).ok()
        })
        .collect()
}

/// Comments, each before its replies.
pub(crate) fn read(page: &Page<'_>, values: &[Value]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut left = MAX_OBJECTS;
    for value in values {
        walk(page, value, None, &mut found, &mut left);
    }
    found
}

/// Depth of the JSON is bounded by its parser (128 levels).
fn walk(page: &Page<'_>, value: &Value, parent: Option<usize>, found: &mut Vec<Found>, left: &mut usize) {
    if *left == 0 {
        return;
    }
    *left -= 1;
    match value {
        Value::Array(list) => list.iter().for_each(|v| walk(page, v, parent, found, left)),
        Value::Object(object) => {
            let mut at = parent;
            if is_comment(value)
                && let Some(comment) = comment(page, value, parent, found)
            {
                found.push(comment);
                at = Some(found.len() - 1);
            }
            for key in [
                "comment",
                "comments",
                "@graph",
                "mainEntity",
                "suggestedAnswer",
                "acceptedAnswer",
                "hasPart",
            ] {
                if let Some(inner) = object.get(key) {
                    walk(page, inner, at, found, left);
                }
            }
        }
        _ => {}
    }
}

fn is_comment(value: &Value) -> bool {
    let named = |v: &Value| {
        v.as_str()
            .is_some_and(|t| matches!(t.rsplit('/').next(), Some("Comment" | "UserComments" | "Answer")))
    };
    match &value["@type"] {
        Value::Array(list) => list.iter().any(named),
        one => named(one),
    }
}

fn comment(page: &Page<'_>, value: &Value, parent: Option<usize>, found: &[Found]) -> Option<Found> {
    let text =
        ["text", "commentText", "articleBody", "description"].iter().find_map(|k| value[*k].as_str())?;
    // Some write the text as HTML.
    let text = if text.contains(['<', '&']) { whole(&Dom::parse(text), 0) } else { text.to_owned() };
    let text = rules::tidy(&text);
    if !text.chars().any(char::is_alphanumeric) {
        return None;
    }
    let person = if value["author"].is_null() { &value["creator"] } else { &value["author"] };
    let person = person.get(0).unwrap_or(person);
    let author = person["name"].as_str().or_else(|| person.as_str()).map(str::trim).filter(|a| !a.is_empty());
    let time = ["dateCreated", "datePublished", "commentTime"].iter().find_map(|k| value[*k].as_str());
    let depth = parent.map_or(0, |p| found[p].depth + 1);
    Some(Found {
        node: 0,
        id: value["@id"].as_str().or_else(|| value["identifier"].as_str()).unwrap_or("").to_owned(),
        depth,
        parent,
        author: author.map(str::to_owned),
        time: time.map(|t| page.clock.read(t).unwrap_or_else(|| t.to_owned())),
        text,
    })
}
