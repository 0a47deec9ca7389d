//! Blogger: the classic templates (three siblings are one comment) and the threaded ones.

use super::{Around, Depth, System};

pub(super) static SYSTEMS: &[System] = &[
    System {
        name: "blogger",
        item: ".comments li.comment, li.comment[id^=c]:not([id^=comment])",
        needs: ".comment-block",
        body: &[".comment-content"],
        drop: ".comment-actions, .datetime",
        author: &["cite.user", ".comment-header cite", "cite"],
        time: &[".datetime", ".comment-timestamp"],
        ..System::BASE
    },
    System {
        name: "blogger",
        item: "dd.comment-body, .comments-block .comment-body",
        body: &[],
        needs: ".comment-author, .comment-footer, .comment-timestamp",
        drop: ".comment-footer, .comment-author, .comment-timestamp",
        author: &[".comment-author"],
        time: &[".comment-timestamp", ".comment-footer"],
        around: Around::Both,
        depth: Depth::Count(".comment-replies"),
        ..System::BASE
    },
];
