//! Coral (Talk), versions 4 to 8, as rendered.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "coral",
    item: "[id^=comment-].coral-comment, .coral-comment, [data-testid^='comment-']:not([data-testid*=content]), .talk-stream-comment, div.talk-stream-comment-wrapper",
    needs: ".coral-comment, .talk-stream-comment, .coral-comment-content, #coral-container",
    skip: ".coral-tombstone, .talk-comment-tombstone",
    body: &[
        ".coral-comment-content",
        "[data-testid=comment-content]",
        ".talk-stream-comment-content",
        ".talk-slot-comment-content",
        ".coral-comment-body",
    ],
    drop: ".coral-comment-edited, .coral-comment-timestamp, .coral-username, .coral-userTag, .coral-comment-inReplyTo, .coral-comment-actionBar",
    author: &[
        ".coral-comment-username",
        ".coral-username",
        ".talk-stream-comment-user-name",
        ".talk-slot-comment-author-name",
        "[data-testid=comment-username]",
    ],
    time: &["time", ".coral-timestamp", ".talk-stream-comment-published-date", ".CommentTimestamp"],
    depth: Depth::Class("coral-indent-", 0),
    ..System::BASE
}];
