//! IntenseDebate, rendered or served through WordPress.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "intensedebate",
    item: ".idc-c, .idc-comment, div[id^=IDComment]:not([id*=Text])",
    needs: ".idc-c, .idc-comment, [id^=IDComment]",
    skip: "[id^=IDCommentsHead], [id^=IDCommentNew], [id^=IDCommentPost], [id^=IDCommentsNewThread]",
    body: &[".idc-c-t-inner", ".idc-c-t", "[id^=IDCommentText]", ".idc-text"],
    drop: ".idc-c-m, .idc-c-h, .idc-c-b, .idc-v, .idc-r",
    author: &[".idc-c-h-inner a.idc-a", ".idc-c-h a", ".idc-a", ".idc-name"],
    time: &[".idc-time", ".idc-c-h-inner .idc-i", "abbr"],
    depth: Depth::Nested,
    ..System::BASE
}];
