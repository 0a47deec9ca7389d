//! Blogs on IBM Domino (the `DominoBlog` template): a list of one entry per comment.

use super::System;

pub(super) static SYSTEMS: &[System] = &[System {
    name: "domino",
    item: "li.commentpost, li.authorpost",
    drop: "li > strong, li > a, small",
    author: &["li > strong", "strong"],
    time: &[".commentmetadata", "small"],
    ..System::BASE
}];
