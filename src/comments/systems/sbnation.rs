//! SB Nation and other sites of Vox Media.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "sbnation",
    item: "div.comment, div.c-comments__comment, div.comment_master",
    needs: ".cbody, .comment_body, .c-comments__comment, .comments-body",
    body: &[".cbody", ".comment_body", ".c-comments__comment-body"],
    drop: ".sig, .by, .citation, .actions, .cactions, .comment_controls",
    title: ".ctitle, .comment_title",
    author: &[".by a.poster", ".by a", ".citation a", ".poster", ".byline a", ".comment-author"],
    time: &[".by .time", ".by .date", ".by", ".citation", ".time"],
    depth: Depth::Nested,
    ..System::BASE
}];
