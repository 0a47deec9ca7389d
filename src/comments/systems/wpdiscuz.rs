//! wpDiscuz, a plug-in of WordPress: versions 3 to 7.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "wpdiscuz",
    item: "div.wc-comment, div.wpd-comment",
    skip: ".wpd-comment-last-edited, .wc-trackback, .wc_pingback",
    body: &[".wc-comment-text", ".wpd-comment-text"],
    drop: ".wpd-comment-last-edited, .wc-comment-last-edited, .wpdiscuz-readmore, .wc-read-more",
    author: &[".wc-comment-author", ".wpd-comment-author"],
    time: &[".wc-comment-date", ".wpd-comment-date", "time"],
    depth: Depth::Class("wc_comment_level-", 1),
    ..System::BASE
}];
