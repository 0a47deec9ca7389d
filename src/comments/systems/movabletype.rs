//! Movable Type 4 and after, and Melody.

use super::System;

/// The default templates, which no other program has; read before TypePad, whose classes they share.
pub(super) static DEFAULT: &[System] = &[System {
    item: "div.comment[id^=comment-]",
    needs: ".comment .comment-header .asset-meta .byline",
    ..SYSTEMS[0]
}];

pub(super) static SYSTEMS: &[System] = &[System {
    name: "movabletype",
    item: "div.comment[id^=comment-], div[id^=comment-], li[id^=comment-], div.comment, div.commentbox",
    needs: ".comment-content, .comment-header, .asset-meta, .comments-content, .comment-inner",
    skip: ".trackback, .widget-recent-comments .comment, .widget .comment",
    body: &[".comment-content", ".comment-body", ".comment-text"],
    drop: ".comment-header, .comment-footer, .asset-meta, .comment-meta",
    author: &[
        ".vcard.author",
        ".author .fn",
        ".byline .vcard",
        ".vcard",
        ".comment-author",
        ".author",
        ".byline",
        ".comment-header a",
        ".comment-footer a",
    ],
    time: &[
        "abbr.published",
        ".byline abbr",
        ".comment-date",
        ".comment-header",
        ".comment-footer",
        ".byline",
    ],
    ..System::BASE
}];
