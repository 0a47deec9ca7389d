//! Launchpad's bugs.

use super::System;

pub(super) static SYSTEMS: &[System] = &[System {
    name: "launchpad",
    item: "div.boardComment",
    skip: ".boardComment.adminHiddenComment",
    body: &[".comment-text", ".boardCommentBody"],
    drop: ".boardCommentFooter, .boardCommentDetails, .sprite.retry",
    author: &[".boardCommentDetails a.person", "[itemprop=creator]", ".boardCommentDetails a"],
    time: &["time", ".boardCommentDetails"],
    ..System::BASE
}];
