//! Drupal 6 to 10.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "drupal",
    item: "div.comment, article.comment, article[typeof~='schema:Comment'], div[typeof~='sioc:Post'], div.ajax-comment-wrapper, \
           div.comment-wrapper[id^=comment], article[data-comment-user-id], .js-comment, [about^='/comment/'], li.comment, article.comment-item",
    needs: ".submitted, .username, .field-name-comment-body, .field--name-comment-body, .comment__content, [property^='schema:text'], [typeof~='sioc:Post'], .indented, .links.comment_add, .comment__submitted, a.permalink, .ajax-comment-wrapper, [data-comment-user-id]",
    skip: ".block .comment.teaser, .comment-preview, .comment-unpublished.stub",
    body: &[
        ".field-name-comment-body",
        ".field--name-comment-body",
        "[property~='schema:text']",
        "[property~='content:encoded']",
        ".comment__content .text-formatted",
        ".comment-body",
        ".comment__body",
        ".comment-text .content",
        ".comment-content",
        "div.content",
        ".comment__content",
        ".comment-text",
        ".content",
    ],
    drop: ".submitted, .links, .user-signature, .comment__meta, .comment-submitted, .comment-title, h3, .picture, .user-picture, \
           .comment__links, ul.inline, .field__label, .comment__author, .comment__time, .new, .comment-footer, .comment-header, \
           .rate-widget, .vud-widget, .fivestar-widget, .submitter, .comment__submitted, .comment-links",
    title: ".comment-title, .titre, h3.title, .comment > h3, .comment__title, .comment h3, h3.comment__title",
    author: &[
        ".username",
        "[property~='schema:name']",
        ".comment-author",
        ".author",
        ".comment__author",
        ".submitted a",
        ".submitted strong",
        ".submitted em",
        ".comment-name",
        ".metas b",
        ".comment__submitted span",
        ".submitted span",
        ".submitted",
    ],
    time: &[
        "time",
        "[property~='schema:dateCreated']",
        "[property~='dc:date']",
        ".comment__time",
        ".comment-date",
        ".comment-time",
        ".date",
        ".datetime",
        ".metas",
        ".submitted",
        ".comment__submitted",
    ],
    depth: Depth::Count(".indented"),
    ..System::BASE
}];
