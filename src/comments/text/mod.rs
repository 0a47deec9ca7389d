//! Plain-text dumps of pages -> [`Thread`].

use super::{Comment, Status, Thread};
use crate::page::Document;

/// Reads a dump.
pub fn text_thread(document: &Document, text: &str) -> Thread {
    let mut thread = Thread::new(document);
    thread.system = Some("text".to_owned());
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    thread.title = lines.iter().find(|l| !l.is_empty()).map(|l| (*l).to_owned());
    thread.lang = crate::tokens::language::detect(text).map(str::to_owned);
    let declared = |l: &str| -> Option<u32> {
        let (n, rest) = l.split_once(' ')?;
        (rest.eq_ignore_ascii_case("comments") || rest == "Comment(s)").then(|| n.parse().ok())?
    };
    let Some((start, n)) = lines.iter().enumerate().rev().find_map(|(i, l)| declared(l).map(|n| (i, n)))
    else {
        if text.contains("comments powered by Disqus") {
            thread.status = Status::Elsewhere;
            thread.host = Some("Disqus".to_owned());
        }
        return thread;
    };
    thread.declared = Some(n);
    let body = lines[start + 1..]
        .iter()
        .filter(|l| !l.is_empty() && **l != "Reply" && !l.starts_with("Comment Policy"));
    for line in body {
        let no = thread.comments.len() as u32 + 1;
        thread.comments.push(Comment {
            no,
            id: no.to_string(),
            text: (*line).to_owned(),
            ..Comment::default()
        });
    }
    thread.status = if thread.comments.is_empty() { Status::Empty } else { Status::Found };
    thread
}
