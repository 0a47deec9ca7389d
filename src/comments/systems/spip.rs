//! SPIP: forum of an article.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "spip",
    item: "li.forum-fil, li.comment-item, li.forum-message, li.comment-li, .comments-items > li, ul.forum > li, ul.forum ul > li, .forum-fil li",
    needs: ".forum-texte, .comment-texte, .forum-message, .comment-content, .forum-chapo",
    body: &[".forum-texte", ".comment-texte", ".comment-content", ".forum-message .texte"],
    drop: ".forum-repondre-message, .repondre, .hyperlien, .comment-reply, .comment-meta, .forum-chapo",
    title: ".forum-titre, .comment-titre, .comment-title",
    author: &[
        ".comment-meta .fn",
        ".forum-auteur",
        ".comment-fn",
        ".vcard .fn",
        ".fn",
        ".forum-chapo .vcard",
        ".comment-meta [class*=name]",
        ".auteur",
        ".forum-chapo",
    ],
    time: &[
        "abbr.dtreviewed",
        "abbr",
        "time",
        ".comment-date",
        ".date",
        ".forum-chapo small",
        ".comment-meta",
        ".forum-chapo",
    ],
    depth: Depth::Nested,
    ..System::BASE
}];
