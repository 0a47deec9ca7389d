//! WordPress: its export (WXR), one thread per post.

use super::build::{Build, Entry};
use super::markup;
use super::xml::{Step, walk};
use crate::comments::Thread;
use crate::error::Result;
use crate::page::Document;

#[derive(Default)]
struct Item {
    title: String,
    link: String,
    date: String,
    kind: String,
    comments: Vec<Comment>,
}

#[derive(Default)]
struct Comment {
    id: String,
    author: String,
    date: String,
    date_gmt: String,
    content: String,
    approved: String,
    kind: String,
    parent: String,
}

pub(super) fn threads(document: &Document, text: &str) -> Result<Vec<Thread>> {
    let mut threads: Vec<Thread> = Vec::new();
    let mut item: Option<Item> = None;
    let mut comment: Option<Comment> = None;
    walk(document, text, |step| match step {
        Step::Open("item", _) => item = Some(Item::default()),
        Step::Open("wp:comment", _) => comment = Some(Comment::default()),
        Step::Open(..) => {}
        Step::Close("wp:comment", _) => {
            if let (Some(item), Some(comment)) = (&mut item, comment.take()) {
                item.comments.push(comment);
            }
        }
        Step::Close("item", _) => threads.extend(item.take().and_then(|item| thread(document, item))),
        Step::Close(name, text) => {
            let trimmed = || text.trim().to_owned();
            match (&mut comment, &mut item) {
                (Some(c), _) => match name {
                    "wp:comment_id" => c.id = trimmed(),
                    "wp:comment_author" => c.author = trimmed(),
                    "wp:comment_date" => c.date = trimmed(),
                    "wp:comment_date_gmt" => c.date_gmt = trimmed(),
                    "wp:comment_content" => c.content = text,
                    "wp:comment_approved" => c.approved = trimmed(),
                    "wp:comment_type" => c.kind = trimmed(),
                    "wp:comment_parent" => c.parent = trimmed(),
                    _ => {}
                },
                (None, Some(i)) => match name {
                    "title" => i.title = text,
                    "link" => i.link = trimmed(),
                    "wp:post_date" => i.date = trimmed(),
                    "wp:post_type" => i.kind = trimmed(),
                    _ => {}
                },
                _ => {}
            }
        }
    })?;
    Ok(threads)
}

/// The post's thread; none for attachments, menus and the like without comments.
fn thread(document: &Document, item: Item) -> Option<Thread> {
    let page = matches!(item.kind.as_str(), "" | "post" | "page");
    if item.comments.is_empty() && !page {
        return None;
    }
    let article = if item.link.is_empty() { None } else { Some(item.link.clone()) };
    let build = Build::new(document, "wordpress-xml", article);
    let mut build = build.title(Some(item.title)).url(Some(item.link)).date(iso(&item.date, ""));
    for c in item.comments {
        let out = match (c.kind.as_str(), c.approved.as_str()) {
            ("pingback" | "trackback", _) => Some("pingbacks"),
            (_, "spam") => Some("spam"),
            (_, "trash" | "post-trashed") => Some("deleted"),
            (_, "0" | "hold") => Some("not approved"),
            _ => None,
        };
        build.add(Entry {
            id: c.id,
            parent: Some(c.parent).filter(|p| !p.is_empty() && p != "0"),
            author: Some(c.author),
            time: iso(&c.date_gmt, "Z").or_else(|| iso(&c.date, "")),
            text: markup::text(&c.content),
            out,
        });
    }
    Some(build.finish())
}

/// "2014-01-14 17:32:12" as ISO 8601.
fn iso(date: &str, zone: &str) -> Option<String> {
    (date.len() == 19 && !date.starts_with("0000")).then(|| format!("{}{zone}", date.replacen(' ', "T", 1)))
}
