//! Discourse: `/t/ID.json`. Post 1 is the article: who answers it is at the top.

use serde::Deserialize;

use super::build::{Build, Entry};
use super::{json, markup};
use crate::comments::Thread;
use crate::error::Result;
use crate::page::Document;

#[derive(Deserialize)]
struct Topic {
    post_stream: Stream,
    id: Option<u64>,
    title: Option<String>,
    slug: Option<String>,
    posts_count: Option<u32>,
    created_at: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    #[serde(default)]
    posts: Vec<Post>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
#[expect(clippy::struct_field_names, reason = "the export's own names")]
struct Post {
    username: Option<String>,
    created_at: Option<String>,
    cooked: Option<String>,
    post_number: Option<u32>,
    reply_to_post_number: Option<u32>,
    hidden: bool,
    deleted_at: Option<String>,
    user_deleted: bool,
}

pub(super) fn threads(document: &Document, text: &str) -> Result<Vec<Thread>> {
    let topic: Topic = json(document, text)?;
    let article = topic.id.map(|id| format!("{}/{id}", topic.slug.as_deref().unwrap_or("t")));
    let declared = topic.posts_count.map(|n| n.saturating_sub(1));
    let mut build = Build::new(document, "discourse", article)
        .title(topic.title)
        .date(topic.created_at)
        .declared(declared);
    for post in topic.post_stream.posts {
        let number = post.post_number.unwrap_or(0);
        if number == 1 {
            continue;
        }
        let gone = post.hidden || post.user_deleted || post.deleted_at.is_some();
        build.add(Entry {
            id: number.to_string(),
            parent: post.reply_to_post_number.map(|n| n.to_string()),
            author: post.username,
            time: post.created_at,
            text: markup::text(&post.cooked.unwrap_or_default()),
            out: gone.then_some("deleted"),
        });
    }
    Ok(vec![build.finish()])
}
