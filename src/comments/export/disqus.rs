//! Disqus: its XML export, one thread per page.

use rustc_hash::FxHashMap;

use super::build::{Build, Entry};
use super::markup;
use super::xml::{Step, walk};
use crate::comments::Thread;
use crate::error::Result;
use crate::page::Document;

#[derive(Default)]
struct Page {
    link: String,
    title: String,
    date: String,
}

#[derive(Default)]
struct Post {
    id: String,
    thread: String,
    parent: Option<String>,
    message: String,
    date: String,
    name: String,
    username: String,
    deleted: bool,
    spam: bool,
}

pub(super) fn threads(document: &Document, text: &str) -> Result<Vec<Thread>> {
    let mut pages: FxHashMap<String, Page> = FxHashMap::default();
    let mut order: Vec<String> = Vec::new();
    let mut posts: Vec<Post> = Vec::new();
    let mut page: Option<(String, Page)> = None;
    let mut post: Option<Post> = None;
    walk(document, text, |step| match step {
        Step::Open("post", id) => post = Some(Post { id: id.unwrap_or_default(), ..Post::default() }),
        Step::Open("thread", id) => match &mut post {
            Some(post) => post.thread = id.unwrap_or_default(),
            None => page = Some((id.unwrap_or_default(), Page::default())),
        },
        Step::Open("parent", id) => {
            if let Some(post) = &mut post {
                post.parent = id;
            }
        }
        Step::Close("post", _) => posts.extend(post.take()),
        Step::Close("thread", _) => {
            if let Some((id, page)) = page.take() {
                order.push(id.clone());
                pages.insert(id, page);
            }
        }
        Step::Close(name, text) => match (&mut post, &mut page) {
            (Some(post), _) => match name {
                "message" => post.message = text,
                "createdAt" => post.date = text.trim().to_owned(),
                "isDeleted" => post.deleted = text.trim() == "true",
                "isSpam" => post.spam = text.trim() == "true",
                "name" => post.name = text,
                "username" => post.username = text,
                _ => {}
            },
            (None, Some((_, page))) => match name {
                "link" => page.link = text.trim().to_owned(),
                "title" => page.title = text,
                "createdAt" => page.date = text.trim().to_owned(),
                _ => {}
            },
            _ => {}
        },
        Step::Open(..) => {}
    })?;
    let mut builds: Vec<Build> = Vec::new();
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    let mut made = |id: &str, builds: &mut Vec<Build>| {
        *places.entry(id.to_owned()).or_insert_with(|| {
            let page = pages.remove(id).unwrap_or_default();
            let article = if page.link.is_empty() { id.to_owned() } else { page.link.clone() };
            let build = Build::new(document, "disqus-xml", Some(article));
            builds.push(build.title(Some(page.title)).url(Some(page.link)).date(Some(page.date)));
            builds.len() - 1
        })
    };
    // Pages in the order of the file, those that are only referred to after them.
    let used: rustc_hash::FxHashSet<&str> = posts.iter().map(|p| p.thread.as_str()).collect();
    for id in order.iter().filter(|id| used.contains(id.as_str())) {
        made(id, &mut builds);
    }
    for p in posts {
        let place = made(&p.thread, &mut builds);
        let out = if p.deleted { Some("deleted") } else { p.spam.then_some("spam") };
        builds[place].add(Entry {
            id: p.id,
            parent: p.parent,
            author: Some(if p.name.is_empty() { p.username } else { p.name }),
            time: Some(p.date),
            text: markup::text(&p.message),
            out,
        });
    }
    if builds.is_empty() {
        builds.push(Build::new(document, "disqus-xml", None));
    }
    Ok(builds.into_iter().map(Build::finish).collect())
}
