//! `OpenWeb` (spot.im), as rendered.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "spotim",
    item: "li.spcv_list-item, article.spcv_list-item, div.spcv_message-stack, [data-spot-im-class=message-container], article[data-spot-im-class=message], .sppre_message-stack",
    skip: ".spcv_typing-list, .spcv_ad",
    body: &[
        "[data-spot-im-class=message-text]",
        ".spcv_text-entity",
        ".sppre_text-entity",
        ".spcv_messageContent",
        ".message-text",
    ],
    drop: ".spcv_show-more, .components-MessageActions, [data-spot-im-class=message-username]",
    author: &[
        "[data-spot-im-class=message-username]",
        ".spcv_username",
        ".sppre_username",
        ".message-username",
    ],
    time: &["[data-spot-im-class=message-timestamp]", "time", ".spcv_timestamp"],
    depth: Depth::Nested,
    ..System::BASE
}];
