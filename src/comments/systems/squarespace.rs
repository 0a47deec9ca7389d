//! Squarespace 5 and 7.

use super::{Around, Depth, System};

pub(super) static SYSTEMS: &[System] = &[
    System {
        name: "squarespace",
        item: "div.comment-wrapper, div.comment[id^=comment]:not([id^=comment-])",
        needs: ".comment-wrapper, .journal-comment-area, .comment-area",
        body: &["div.body", ".body"],
        drop: ".signature, .comment-links",
        author: &[".signature .name", ".signature a", ".author", ".signature"],
        time: &[".signature .date", ".signature", ".posted-on"],
        around: Around::After,
        depth: Depth::Nested,
        ..System::BASE
    },
    System {
        name: "squarespace",
        item: "div.comment[id^=comment-]",
        needs: ".squarespace-comments",
        body: &[".comment-body"],
        drop: ".comment-header, .comment-footer",
        author: &[".comment-header .author", ".comment-meta .author", ".author"],
        time: &[".comment-header .date", ".date", "time"],
        depth: Depth::Nested,
        ..System::BASE
    },
];
