//! Viafoura, as rendered.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "viafoura",
    item: "article.vf-comment, .vf-comment-container, .vf-comment, vf-comment, .vf3-comment",
    skip: ".vf-comment--deleted, .vf-comment-form, .vf-comment-disabled",
    body: &[
        ".vf-comment-html__content",
        ".vf-comment__content",
        ".vf-comment-html",
        ".vf-comment-body",
        ".vf3-comment__text",
        ".vf-content-text",
    ],
    drop: ".vf-comment-actions, .vf-comment-header, .vf-comment__actions, .vf-read-more",
    author: &[
        ".vf-comment-header__name",
        ".vf-comment-header__username",
        ".vf-commenter-name",
        ".vf-username",
        ".vf-comment-header a",
        ".vf3-comment__author",
    ],
    time: &["time", ".vf-comment-header__date", ".vf-date", ".vf-comment-header .vf-time"],
    depth: Depth::Nested,
    ..System::BASE
}];
