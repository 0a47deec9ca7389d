//! The platform of vc.ru, TJ and DTF, old and new.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "cmtt",
    item: "div.comments__item, div.comment[data-id]",
    needs: ".comments__item__text, .comment__text, .comments__item, .comment__content, .comment__break",
    skip: ".comments__item--deleted, .comment--removed",
    body: &[".comments__item__text", ".comment__text", ".comment__content .text"],
    drop: ".comments__item__reply, .comment__action, .comment__media",
    author: &[
        ".comments__item__user__name",
        ".comments__item__user-name",
        ".comment__author",
        ".comment-author__name",
        ".user_name",
        ".author__name",
        ".comments__item__user a",
    ],
    time: &["time", ".comments__item__date", ".comment__date"],
    depth: Depth::Nested,
    ..System::BASE
}];
