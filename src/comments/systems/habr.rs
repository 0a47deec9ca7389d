//! Habr and Geektimes, old (2012) to new (2023).

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "habr",
    item: "div.comment[id^=comment_], article.tm-comment-thread__comment, section.tm-comment-thread, div.comment_item",
    needs: ".js-comment, .comment__message, .tm-comment-thread__comment, .comment_item, .comment__head",
    skip: "",
    body: &[
        ".comment__message",
        ".tm-comment__body-content",
        ".comment__content .message",
        "div.message",
        ".tm-comment__body-content_v2",
    ],
    drop: ".comment__footer, .comment__head, .tm-comment__footer, .comment__reply-form",
    author: &[
        ".user-info__nickname",
        ".tm-user-info__username",
        ".comment-item__username",
        ".comment__username",
        ".username",
        ".user-info",
    ],
    time: &["time", ".comment__date-time", ".tm-comment-thread__comment-link"],
    depth: Depth::Count(
        "ul.content-list_nested-comments, ul.js-comment-children, .tm-comment-thread__children, .reply_comments",
    ),
    ..System::BASE
}];
