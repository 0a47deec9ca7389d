//! Facebook's comments plug-in, as rendered.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "facebook",
    item: ".UFIComment, .fbFeedbackPost, div._5yct, .UFIReply",
    skip: ".UFIAddComment, .UFIPagerRow",
    body: &[".UFICommentBody", ".postText", "._30o4", "._5mdd"],
    drop: ".UFICommentActions, .fbUpDownVoteOption, .UFITranslateLink, ._5v47",
    author: &[".UFICommentActorName", ".profileName", "a.UFICommentActorName"],
    time: &["abbr[data-utime]", "abbr", ".uiLinkSubtle", ".livetimestamp"],
    depth: Depth::Count(".UFIReplyList, .fbFeedbackReplies, ._44ri"),
    ..System::BASE
}];
