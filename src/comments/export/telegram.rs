//! Telegram Desktop: `result.json` of one chat or of all.
//!
//! In a discussion group the posts of its channel are the articles: what answers a post, directly or through
//! other messages, is its thread. Messages under no post are the chat's own thread.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::build::{Build, Entry, Scalar};
use super::json;
use crate::comments::Thread;
use crate::error::Result;
use crate::page::Document;

#[derive(Deserialize)]
struct All {
    chats: Chats,
}

#[derive(Deserialize)]
struct Chats {
    #[serde(default)]
    list: Vec<Chat>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Chat {
    name: Option<String>,
    id: Option<Scalar>,
    messages: Vec<Message>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Message {
    id: i64,
    #[serde(rename = "type")]
    kind: String,
    date: Option<String>,
    from: Option<String>,
    from_id: Option<Scalar>,
    reply_to_message_id: Option<i64>,
    text: Text,
}

/// A string, or pieces of which some have a type.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Plain(String),
    Pieces(Vec<Piece>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Piece {
    Plain(String),
    Typed { text: String },
}

impl Default for Text {
    fn default() -> Self {
        Text::Plain(String::new())
    }
}

impl Text {
    fn join(self) -> String {
        match self {
            Text::Plain(s) => s,
            Text::Pieces(pieces) => pieces
                .into_iter()
                .map(|p| match p {
                    Piece::Plain(s) | Piece::Typed { text: s } => s,
                })
                .collect(),
        }
    }
}

pub(super) fn threads(document: &Document, text: &str, all: bool) -> Result<Vec<Thread>> {
    let chats =
        if all { json::<All>(document, text)?.chats.list } else { vec![json::<Chat>(document, text)?] };
    Ok(chats.into_iter().flat_map(|chat| chat_threads(document, chat)).collect())
}

fn chat_threads(document: &Document, chat: Chat) -> Vec<Thread> {
    let id = chat.id.map_or_else(|| "chat".to_owned(), |id| id.to_string());
    let is_post = |m: &Message| {
        m.kind != "service"
            && m.reply_to_message_id.is_none()
            && m.from_id.as_ref().is_some_and(|f| f.to_string().starts_with("channel"))
    };
    let replies = chat.messages.iter().any(|m| m.reply_to_message_id.is_some());
    // Without answers a channel's own posts are what was asked for.
    let posts = replies && chat.messages.iter().any(&is_post);
    let mut builds: Vec<Build> = vec![Build::new(document, "telegram", Some(id.clone())).title(chat.name)];
    // Thread of each message; answers stand after what they answer.
    let mut place: FxHashMap<i64, usize> = FxHashMap::default();
    for message in chat.messages {
        if message.kind == "service" {
            builds[0].leave_out("service messages", 1);
            continue;
        }
        let post = posts && is_post(&message);
        let text = message.text.join();
        if post {
            let title = text.lines().find(|l| !l.trim().is_empty()).map(|l| l.chars().take(200).collect());
            place.insert(message.id, builds.len());
            let build = Build::new(document, "telegram", Some(format!("{id}/{}", message.id)));
            builds.push(build.title(title).date(message.date));
            continue;
        }
        let at = message.reply_to_message_id.and_then(|p| place.get(&p).copied()).unwrap_or(0);
        place.insert(message.id, at);
        builds[at].add(Entry {
            id: message.id.to_string(),
            parent: message.reply_to_message_id.map(|p| p.to_string()),
            author: message.from,
            time: message.date,
            text,
            out: None,
        });
    }
    let mut threads: Vec<Thread> = builds.into_iter().map(Build::finish).collect();
    // The chat's own thread is shown where it holds something, or there is no other.
    if threads.len() > 1 && threads[0].comments.is_empty() && threads[0].warnings.is_empty() {
        threads.remove(0);
    }
    threads
}
