//! LiveJournal: the site scheme, the old S2 layouts and the flat mobile page.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[
    System {
        name: "livejournal",
        item: "div.b-leaf, article.b-leaf",
        skip: ".b-leaf-collapsed, .b-leaf-deleted, .b-leaf-seemore, .b-leaf-promo",
        body: &[".b-leaf-article", ".b-leaf-content"],
        drop: ".b-leaf-actions, .b-leaf-header, .b-leaf-footer, .b-leaf-edited",
        title: ".b-leaf-subject",
        author: &[
            ".b-leaf-username .i-ljuser-username",
            ".i-ljuser-username",
            ".ljuser a b",
            ".ljuser@data-ljuser",
            ".ljuser",
            ".b-leaf-username-name",
            ".b-leaf-username",
        ],
        time: &[".b-leaf-createdtime", "time", ".b-leaf-meta"],
        depth: Depth::Class("b-leaf-depth-", 1),
        ..System::BASE
    },
    System {
        name: "livejournal",
        item: ".comment-wrap, .ljcmt_full, div[id^=ljcmt], .mdspost-comment, .b-tree-twig > .comment, div.comment[id^=t]",
        needs: ".ljuser, .i-ljuser, [id^=ljcmt]",
        skip: ".collapsed-comment, [id^=ljcmtbar], [id^=ljcmtxt]",
        body: &[
            ".comment-text",
            ".comment-body",
            ".comment_body",
            ".mdspost-comment__text",
            "[id^=cmtbody]",
            "[id^=ljcmtxt]",
        ],
        drop: ".comment-links, .comment-head, .comment-menu, .comment-meta, .comment-poster",
        title: ".comment-subject, .comment_title, .mdspost-comment__subject",
        author: &[
            ".i-ljuser-username",
            ".ljuser@lj:user",
            ".ljuser",
            ".comment-poster",
            ".mdspost-comment__author",
        ],
        time: &[
            ".comment-datetime",
            ".comment-date",
            ".datetime",
            "time",
            ".comment-head",
            ".mdspost-comment__time",
        ],
        depth: Depth::Nested,
        ..System::BASE
    },
];
