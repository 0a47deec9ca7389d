//! VK: replies under a wall post, the comments widget, the mobile page.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "vk",
    item: "div.reply, div.wcomments_post, .ReplyItem, div[class*=vkitCommentBase__root], .wall_reply",
    needs: ".wall_reply_text, .reply_text, .wcomments_post, .ReplyItem, .reply_author, [class*=vkitCommentBase]",
    skip: ".reply_box, .reply.reply_deleted, .reply_fakebox_wrap, .replies_open",
    body: &[
        ".wall_reply_text",
        ".reply_text",
        ".ReplyItem__body",
        ".wcomments_post_text",
        ".wall_post_text",
        "[class*=vkitCommentText]",
    ],
    drop: ".wall_post_more, .reply_author, .reply_footer, .PostTextMore, .wall_reply_more, .reply_to",
    author: &[
        ".reply_author a.author",
        ".author",
        ".ReplyItem__name",
        ".reply_author",
        ".wcomments_post_author",
        ".pi_author",
        "[class*=vkitCommentOwner]",
    ],
    time: &[".rel_date@time", ".rel_date", ".reply_date", ".ReplyItem__date", ".item_date", "time"],
    depth: Depth::Count(
        ".replies_wrap_deep, .reply_replies, .replies_list_deep, .ReplyItem__replies, .wall_reply_replies",
    ),
    ..System::BASE
}];
