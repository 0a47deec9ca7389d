//! Pluck, as the Guardian and USA Today had it.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "pluck",
    item: "ul.comment[id^=comment-], li.comment, div.pluck-comm-single-comment-main, div.d-comment, .comment-container",
    needs: "ul.comment > .comment-author, .pluck-comm-single-comment-main, .comment-contributor, #comments-pluck, .pluck-app, .d-comment",
    body: &[".comment-body", ".pluck-comm-body", ".d-comment__body", ".comment-content"],
    drop: ".comment-tools, .recommend, .comment-contributor",
    author: &[
        ".comment-contributor",
        ".pluck-comm-username-display",
        ".d-comment__author",
        ".profile a",
        ".comment-author",
        ".author",
    ],
    time: &["time", ".comment-date", ".pluck-comm-timestamp", ".d-comment__timestamp", ".date"],
    depth: Depth::Nested,
    ..System::BASE
}];
