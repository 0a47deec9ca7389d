//! YouTube Data API: `commentThreadListResponse` and `commentListResponse`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::build::{Build, Entry};
use super::{json, markup};
use crate::comments::Thread;
use crate::error::Result;
use crate::page::Document;

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    id: String,
    snippet: Option<Snippet>,
    replies: Option<Replies>,
}

#[derive(Deserialize)]
struct Replies {
    #[serde(default)]
    comments: Vec<Item>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Snippet {
    video_id: Option<String>,
    top_level_comment: Option<Box<Item>>,
    total_reply_count: Option<u32>,
    parent_id: Option<String>,
    author_display_name: Option<String>,
    text_original: Option<String>,
    text_display: Option<String>,
    published_at: Option<String>,
    moderation_status: Option<String>,
}

/// One thread per video, in the order of first sight.
pub(super) fn threads(document: &Document, text: &str) -> Result<Vec<Thread>> {
    let list: List = json(document, text)?;
    let mut order: Vec<Build> = Vec::new();
    let mut by_video: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for item in list.items {
        let snippet = item.snippet.unwrap_or_default();
        let top = snippet.top_level_comment.is_some();
        let video = snippet.video_id.clone();
        let place = *by_video.entry(video.clone()).or_insert_with(|| {
            order.push(Build::new(document, "youtube", video));
            order.len() - 1
        });
        let build = &mut order[place];
        if !top {
            build.add(entry(item.id, snippet, None));
            continue;
        }
        let Some(comment) = snippet.top_level_comment else { continue };
        let id = comment.id.clone();
        build.add(entry(comment.id, comment.snippet.unwrap_or_default(), None));
        let replies = item.replies.map(|r| r.comments).unwrap_or_default();
        build.leave_out(
            "replies not in the export",
            (snippet.total_reply_count.unwrap_or(0) as usize).saturating_sub(replies.len()),
        );
        for reply in replies {
            build.add(entry(reply.id, reply.snippet.unwrap_or_default(), Some(&id)));
        }
    }
    if order.is_empty() {
        order.push(Build::new(document, "youtube", None));
    }
    Ok(order.into_iter().map(Build::finish).collect())
}

fn entry(id: String, s: Snippet, parent: Option<&str>) -> Entry {
    let text = s.text_original.unwrap_or_else(|| markup::text(&s.text_display.unwrap_or_default()));
    let held = s.moderation_status.as_deref().is_some_and(|m| m != "published");
    Entry {
        id,
        parent: s.parent_id.or_else(|| parent.map(str::to_owned)),
        author: s.author_display_name,
        time: s.published_at,
        text,
        out: held.then_some("held for review"),
    }
}
