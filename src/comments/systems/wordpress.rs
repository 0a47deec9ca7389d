//! WordPress, its themes and wordpress.com: `wp_list_comments` and what themes make of it.

use super::{Around, Depth, System};

const SKIP: &str = ".pingback, .trackback, li.pings, .widget li, .widget_recent_comments li, .recentcomments, #comments-form, \
    .commentlist .pingback, li.comment-form";

const DROP: &str = ".comment-author, .comment-meta, .commentmetadata, .comment-metadata, .comment-reply, .reply, .says, \
    .comment-avatar, .avatar, .comment-footer, .comment-head, .comment-header, .comment-info, .comment-date, \
    .comment-time, .comment-edit-link, .comment-permalink, .comment-number, .comment-subscription-form, cite.fn, \
    .fn, .vcard, .cmtinfo, .comment_author, .comment_time, .comment_num, .comment_edit, .commentnumber, .comment-count, \
    .likes, .comment-likes, .comment-like, .post-likes, .edit-link, .edit-comment, .comment-link, .commentAuthor, \
    .comment-data, .comment-utility, .comment-controls, .comment-tools, .comment-by, .author_meta, .authormeta, \
    .postmetadata, .comment-reply-title, #respond, .comment-respond, .karma, .comment-karma, .ckrating, \
    p[id^=comment-like], .comment-options, .moderation, .cptch_block, .commentdate, .comment-notes, .num, \
    .comment_meta, .comment-name, .comment-vote, .wp-block-comment-author-name, .wp-block-comment-date, \
    .wp-block-comment-reply-link, .wp-block-comment-edit-link, .comment-title, .time, .date, .*-author, .*-meta, .*_author";

const BODY: &[&str] = &[
    ".comment-content",
    ".comment_content",
    ".commententry",
    ".comment-entry",
    ".comment_text",
    ".comment-text",
    ".commenttext",
    ".commentText",
    ".comment-txt",
    ".comment-post",
    ".comment-copy",
    ".format_text",
    ".comment_body",
    ".wp-block-comment-content",
    ".comment-message",
    ".comment-main",
    ".commentbody",
    ".comment-body",
    ".comment-inner",
    ".comment-wrap",
    "[id^=div-comment-]",
    ".*item-text",
    ".*comment*text",
    ".*comment*content",
    ".*comment*body",
    ".comment-container",
];

const AUTHOR: &[&str] = &[
    ".wp-block-comment-author-name",
    "cite.fn",
    "b.fn",
    ".comment-author .fn",
    ".fn",
    ".comment-author-name",
    ".comment_author",
    ".comment-author cite",
    ".commentauthor",
    ".author-name",
    "cite",
    ".comment-author a",
    ".comment-author",
    ".comment-name",
    ".commenter",
    ".commentername",
    ".vcard .url",
    ".author",
    ".comment-meta strong",
    ".comment-meta a.url",
    ".name",
    ".*-author",
    ".*_author",
    ".*comment*author*",
    "strong",
];

const TIME: &[&str] = &[
    "time",
    ".comment-meta a",
    ".commentmetadata a",
    ".comment_time",
    ".comment-date",
    ".comment-time",
    ".commentdate",
    ".comment-metadata",
    ".cmtinfo",
    ".commentmetadata",
    ".comment-meta",
    ".date",
    ".published",
    ".*-date",
    "small",
    "a[href*='#comment-']",
];

pub(super) static SYSTEMS: &[System] = &[
    System {
        // Thesis: a heading and a text per comment, replies in a list inside the text.
        name: "wordpress",
        item: "dd.comment[class*=depth], dl#comment_list dd.comment, dl.children dd.comment, dd.comment",
        needs: "dt.comment",
        skip: "dd.pingback, dd.trackback, dd.ping",
        body: &[".format_text", ".comment_text", ".comment-content"],
        drop: DROP,
        author: &[".comment_author"],
        time: &[".comment_time"],
        around: Around::Before,
        depth: Depth::Class("depth-", 1),
        ..System::BASE
    },
    System {
        // wordpress.com's Highlander themes.
        name: "wordpress.com",
        item: "li.highlander-comment, li.comment[class*=highlander]",
        skip: SKIP,
        body: &[
            ".comment-content",
            "[id^=div-comment-] > p, [id^=div-comment-] > blockquote, [id^=div-comment-] > ul, [id^=div-comment-] > ol",
            ".comment-body",
        ],
        drop: DROP,
        author: &["cite", ".fn"],
        time: &["time", ".cmtinfo", ".comment-meta a"],
        depth: Depth::Class("depth-", 1),
        ..System::BASE
    },
    System {
        name: "wordpress",
        item: "li.comment, li[id^=li-comment-], li#comment-%, .commentlist > li, article.comment, div.comment[id^=comment-], \
               li.wp-block-comment, div[id^=div-comment-], article[id^=div-comment-], div[id^=comment-].depth-%, div.comment.depth-%, .comment.byuser, \
               ol.comment-list > li, div.comment.thread-even, div.comment.thread-odd, div.comment.thread-alt, article#comment-%",
        needs: "[id^=comment-], [id^=li-comment-], [id^=div-comment-], .commentlist, .comment-list",
        skip: SKIP,
        body: BODY,
        drop: DROP,
        author: AUTHOR,
        time: TIME,
        depth: Depth::Class("depth-", 1),
        ..System::BASE
    },
    System {
        // Old and home-made themes: the list item holds it all.
        name: "wordpress",
        item: "li.comment, li[id^=li-comment-], li#comment-%, .commentlist > li, ol.comment-list > li, div.comment[id^=comment-], div[id^=div-comment-]",
        needs: "[id^=comment-], [id^=li-comment-], [id^=div-comment-], .commentlist, .comment-list",
        skip: SKIP,
        drop: DROP,
        author: AUTHOR,
        time: TIME,
        depth: Depth::Class("depth-", 1),
        ..System::BASE
    },
];
