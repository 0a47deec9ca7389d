//! Reddit: the pair of listings that `.json` after a thread's address gives, or the listing of comments alone.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::build::{Build, Entry, Scalar, from_unix};
use super::{json, markup};
use crate::comments::Thread;
use crate::error::{Error, Result};
use crate::page::Document;

#[derive(Deserialize)]
#[serde(untagged)]
enum Export {
    Pair(Vec<Listing>),
    One(Listing),
}

#[derive(Deserialize)]
struct Listing {
    data: Children,
}

#[derive(Deserialize)]
struct Children {
    #[serde(default)]
    children: Vec<Thing>,
}

#[derive(Deserialize)]
struct Thing {
    kind: String,
    data: Data,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Data {
    id: String,
    title: Option<String>,
    permalink: Option<String>,
    num_comments: Option<u32>,
    author: Option<String>,
    body: Option<String>,
    created_utc: Option<Scalar>,
    parent_id: Option<String>,
    count: Option<u32>,
    replies: Option<Replies>,
}

/// A listing, or an empty string where there are none.
#[derive(Deserialize)]
#[serde(untagged)]
enum Replies {
    Some(Listing),
    None(IgnoredAny),
}

pub(super) fn threads(document: &Document, text: &str) -> Result<Vec<Thread>> {
    let listings = match json::<Export>(document, text) {
        Ok(Export::Pair(listings)) => listings,
        Ok(Export::One(listing)) => vec![listing],
        // A fault of the JSON itself is told as it is; a list of something else is of an unknown kind.
        Err(_) => {
            json::<IgnoredAny>(document, text)?;
            return Err(super::unknown(document, "JSON"));
        }
    };
    let mut build: Option<Build> = None;
    for listing in listings {
        let mut stack: Vec<Thing> = listing.data.children.into_iter().rev().collect();
        while let Some(thing) = stack.pop() {
            let d = thing.data;
            match thing.kind.as_str() {
                "t3" => {
                    let url = d.permalink.map(|p| format!("https://www.reddit.com{p}"));
                    let made = Build::new(document, "reddit", Some(format!("t3_{}", d.id)));
                    let date = d.created_utc.and_then(|t| t.number()).and_then(from_unix);
                    build = Some(made.title(d.title).url(url).date(date).declared(d.num_comments));
                }
                "t1" => {
                    let build = build.get_or_insert_with(|| Build::new(document, "reddit", None));
                    let mut text = String::new();
                    markup::unescape(&mut text, d.body.as_deref().unwrap_or(""));
                    let out = matches!(text.trim(), "[deleted]" | "[removed]").then_some("deleted");
                    build.add(Entry {
                        id: d.id,
                        parent: d.parent_id.and_then(|p| p.strip_prefix("t1_").map(str::to_owned)),
                        author: d.author,
                        time: d.created_utc.and_then(|t| t.number()).and_then(from_unix),
                        text,
                        out,
                    });
                    if let Some(Replies::Some(listing)) = d.replies {
                        stack.extend(listing.data.children.into_iter().rev());
                    }
                }
                "more" => {
                    let build = build.get_or_insert_with(|| Build::new(document, "reddit", None));
                    build.leave_out("behind \"load more\"", d.count.unwrap_or(0) as usize);
                }
                _ => {}
            }
        }
    }
    let build =
        build.ok_or_else(|| Error::input("a listing without a thread or comments").file(&document.source))?;
    Ok(vec![build.finish()])
}
