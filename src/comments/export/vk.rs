//! VK: the answer of `wall.getComments`, whole or its `response` alone.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::build::{Build, Entry, from_unix};
use super::json;
use crate::comments::Thread;
use crate::error::Result;
use crate::page::Document;

#[derive(Deserialize)]
struct Whole {
    response: Response,
}

#[derive(Deserialize)]
struct Response {
    count: Option<u32>,
    #[serde(default)]
    items: Vec<Item>,
    #[serde(default)]
    profiles: Vec<Profile>,
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Item {
    id: i64,
    from_id: i64,
    date: f64,
    text: String,
    post_id: Option<i64>,
    owner_id: Option<i64>,
    deleted: Option<bool>,
    reply_to_comment: Option<i64>,
    parents_stack: Vec<i64>,
    thread: Option<Inner>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Inner {
    count: Option<u32>,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Profile {
    id: i64,
    first_name: Option<String>,
    last_name: Option<String>,
}

#[derive(Deserialize)]
struct Group {
    id: i64,
    name: Option<String>,
}

pub(super) fn threads(document: &Document, text: &str, wrapped: bool) -> Result<Vec<Thread>> {
    let response =
        if wrapped { json::<Whole>(document, text)?.response } else { json::<Response>(document, text)? };
    let mut names: FxHashMap<i64, String> = FxHashMap::default();
    for p in response.profiles {
        let name = [p.first_name, p.last_name].into_iter().flatten().collect::<Vec<_>>().join(" ");
        names.insert(p.id, name);
    }
    // Groups write under their negative number.
    names.extend(response.groups.into_iter().filter_map(|g| g.name.map(|n| (-g.id, n))));
    let first = response.items.first();
    let article = first.and_then(|i| i.post_id.map(|p| format!("wall{}_{p}", i.owner_id.unwrap_or(0))));
    let mut build = Build::new(document, "vk", article).declared(response.count);
    let author = |id: i64| names.get(&id).cloned().or_else(|| (id != 0).then(|| format!("id{id}")));
    for item in response.items {
        let id = item.id;
        let inner = item.thread.unwrap_or_default();
        let parent = item.reply_to_comment.or(item.parents_stack.last().copied());
        build.add(Entry {
            id: id.to_string(),
            parent: parent.map(|p| p.to_string()),
            author: author(item.from_id),
            time: from_unix(item.date),
            text: mentions(&item.text),
            out: item.deleted.unwrap_or(false).then_some("deleted"),
        });
        build.leave_out(
            "replies not in the export",
            (inner.count.unwrap_or(0) as usize).saturating_sub(inner.items.len()),
        );
        for reply in inner.items {
            let parent = reply.reply_to_comment.or(reply.parents_stack.last().copied()).unwrap_or(id);
            build.add(Entry {
                id: reply.id.to_string(),
                parent: Some(parent.to_string()),
                author: author(reply.from_id),
                time: from_unix(reply.date),
                text: mentions(&reply.text),
                out: reply.deleted.unwrap_or(false).then_some("deleted"),
            });
        }
    }
    Ok(vec![build.finish()])
}

/// `[id12|Anna]` and `[club3|A group]` are shown as the name.
fn mentions(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let inside = rest.find(']').map(|end| (&rest[1..end], end));
        let link = inside.and_then(|(link, end)| link.split_once('|').map(|(to, name)| (to, name, end)));
        match link {
            Some((to, name, end)) if ["id", "club", "public"].iter().any(|p| to.starts_with(p)) => {
                out.push_str(name);
                rest = &rest[end + 1..];
            }
            _ => {
                out.push('[');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}
