//! Hacker News: a table row per comment, the depth as an indent.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "hackernews",
    item: "tr.athing.comtr, tr.athing",
    needs: ".comhead, span.comment, .commtext",
    skip: "tr.athing.submission, tr.athing.coll",
    body: &[".commtext", "span.comment"],
    drop: ".reply, .navs",
    author: &[".hnuser", ".comhead a[href^=user]"],
    time: &[".age", ".comhead a[href^=item]"],
    depth: Depth::Attr("td.ind img, .ind img", "width", 40),
    ..System::BASE
}];
