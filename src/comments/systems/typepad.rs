//! TypePad, and Movable Type where it looks the same.

use super::{Around, Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "typepad",
    item: "div.comment, li.comment",
    needs: ".comment-footer, .comment-footer-inner, .comments-content, .comment-byline",
    skip: ".module-content .comment, .trackback",
    body: &[".comment-content", ".comment-body", ".comment-text"],
    drop: ".comment-footer, .comment-header, .comment-byline",
    author: &[
        ".comment-byline a",
        ".comment-footer a",
        ".comment-author",
        ".comment-header a",
        ".comment-footer",
        ".comment-header",
    ],
    time: &[
        "abbr.published",
        ".comment-footer a[href*='#comment']",
        ".comment-footer",
        ".comment-byline",
        ".comment-header",
    ],
    around: Around::Inside,
    depth: Depth::Nested,
    ..System::BASE
}];
