//! Reddit: the old site, the one of 2018 and the one of 2023.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[
    System {
        name: "reddit",
        item: "div.thing.comment, .commentarea div.thing",
        skip: ".thing.morechildren, .thing.morerecursion, .thing.link, .thing.deleted.stub",
        body: &[".usertext-body .md", ".usertext-body", ".md"],
        drop: ".flat-list, .tagline",
        author: &[".tagline .author", ".author"],
        time: &[".tagline time", "time", ".live-timestamp"],
        depth: Depth::Nested,
        ..System::BASE
    },
    System {
        name: "reddit",
        item: "shreddit-comment",
        body: &["[slot=comment]", "[id$=-comment-rtjson-content]", ".md"],
        author: &["shreddit-comment@author", "[slot=commentMeta] a"],
        time: &["shreddit-comment@created", "time", "faceplate-timeago@ts"],
        depth: Depth::Attr("shreddit-comment", "depth", 1),
        ..System::BASE
    },
    System {
        name: "reddit",
        item: "div.Comment, div[data-testid=comment-top-level]",
        body: &["[data-testid=comment]", ".RichTextJSON-root"],
        author: &[
            "[data-testid=comment_author_link]",
            "[data-testid=comment_author_icon]@alt",
            "a[href^='/user/']",
        ],
        time: &["[data-testid=comment_timestamp]", "a[data-click-id=timestamp]"],
        depth: Depth::Nested,
        ..System::BASE
    },
];
