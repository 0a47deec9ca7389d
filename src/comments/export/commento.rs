//! Commento: its JSON export, one thread per page.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::build::{Build, Entry};
use super::{json, markup};
use crate::comments::Thread;
use crate::error::Result;
use crate::page::Document;

#[derive(Deserialize)]
struct Export {
    comments: Vec<Item>,
    commenters: Vec<Commenter>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Item {
    comment_hex: String,
    domain: Option<String>,
    path: Option<String>,
    url: Option<String>,
    commenter_hex: String,
    markdown: Option<String>,
    html: Option<String>,
    parent_hex: Option<String>,
    state: Option<String>,
    creation_date: Option<String>,
    deleted: bool,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Commenter {
    commenter_hex: String,
    name: Option<String>,
}

pub(super) fn threads(document: &Document, text: &str) -> Result<Vec<Thread>> {
    let export: Export = json(document, text)?;
    let names: FxHashMap<String, Option<String>> =
        export.commenters.into_iter().map(|c| (c.commenter_hex, c.name)).collect();
    let mut order: Vec<Build> = Vec::new();
    let mut by_page: BTreeMap<String, usize> = BTreeMap::new();
    for c in export.comments {
        let page = format!("{}{}", c.domain.unwrap_or_default(), c.path.or(c.url).unwrap_or_default());
        let place = *by_page.entry(page.clone()).or_insert_with(|| {
            order.push(Build::new(document, "commento", Some(page)));
            order.len() - 1
        });
        let out = match c.state.as_deref() {
            _ if c.deleted => Some("deleted"),
            Some("unapproved") => Some("not approved"),
            Some("flagged") => Some("spam"),
            _ => None,
        };
        let text = match (c.markdown, c.html) {
            (Some(markdown), _) if !markdown.is_empty() => markdown,
            (_, html) => markup::text(&html.unwrap_or_default()),
        };
        order[place].add(Entry {
            id: c.comment_hex,
            parent: c.parent_hex.filter(|p| p != "root"),
            author: names.get(&c.commenter_hex).cloned().flatten(),
            time: c.creation_date,
            text,
            out,
        });
    }
    if order.is_empty() {
        order.push(Build::new(document, "commento", None));
    }
    Ok(order.into_iter().map(Build::finish).collect())
}
