//! Disqus: as served to readers without script, and as rendered.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[
    System {
        name: "disqus",
        item: "li[id^=dsq-comment-]",
        needs: "[id^=dsq-comment-]",
        body: &[".dsq-comment-message", "[id^=dsq-comment-message-]", ".dsq-comment-body"],
        drop: ".dsq-comment-footer, .dsq-comment-header",
        author: &["[id^=dsq-author-user-]", "cite", ".dsq-commenter-name"],
        time: &[".dsq-comment-header-time", ".dsq-header-time"],
        depth: Depth::Class("depth-", 1),
        ..System::BASE
    },
    System {
        name: "disqus",
        item: "li.post, div.post[id^=post-]",
        needs: ".post-message, .post-body",
        skip: ".post.minimized-stub, .post--deleted",
        body: &[".post-message", ".post-body-inner"],
        drop: ".see-more, .post-media-list, .media-container",
        author: &[".post-byline .author", ".author a", ".author", "[data-role=username]"],
        time: &["a.time-ago", ".time-ago", "[data-role=relative-time]"],
        depth: Depth::Nested,
        ..System::BASE
    },
];
