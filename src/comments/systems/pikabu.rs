//! Pikabu.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "pikabu",
    item: "div.comment[data-id], div.comment[id^=comment_]",
    needs: ".comment__content, .comment__children, .comment__user, .b-comment__content",
    skip: ".comment_hidden-stub, .comments__main .comment-toggle-children",
    body: &[".comment__content", ".b-comment__content"],
    drop: ".comment__tools, .comment__controls, .comment-external-link, .comment__hidden-user",
    author: &[
        ".comment__user@data-name",
        ".comment__user .user__nick",
        ".user__nick",
        ".comment__user",
        ".b-comment__user",
    ],
    time: &["time", ".comment__datetime"],
    depth: Depth::Nested,
    ..System::BASE
}];
