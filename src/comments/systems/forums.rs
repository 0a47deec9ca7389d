//! Forums whose threads stand under articles: XenForo, phpBB, vBulletin, SMF, Discourse without script.

use super::System;

pub(super) static SYSTEMS: &[System] = &[
    System {
        name: "xenforo",
        item: "article.message, li.message, div.message.message--post",
        needs: ".bbWrapper, .messageText",
        skip: ".message--articlePreview, .message--deleted, .deleted.message",
        body: &[".message-body .bbWrapper", ".message-content .bbWrapper", ".messageText", ".bbWrapper"],
        drop: ".message-signature, .bbCodeBlock-expandLink, .message-lastEdit, .js-selectToQuoteEnd, .likesSummary, .messageTextEndMarker, .reactionsBar",
        author: &[
            "article.message@data-author",
            "li.message@data-author",
            ".message-name",
            ".author-name",
            ".username",
        ],
        time: &[
            ".message-attribution-main time",
            "time",
            "abbr.DateTime",
            ".DateTime",
            ".post-date",
            ".u-dt",
        ],
        ..System::BASE
    },
    System {
        name: "phpbb",
        item: "div.post[id^=p], table.tablebg[id^=p], table.postbody",
        needs: ".postbody, .postprofile, #page-body, .postauthor",
        skip: ".post.deleted, .post.ignored",
        body: &[".postbody .content", "div.postbody > div > .content", "div.content", ".postbody"],
        drop: ".signature, .notice, .attachbox, .author, .post-buttons, .profile-icons, h3",
        author: &[
            ".postprofile .username",
            ".postprofile .username-coloured",
            ".author .username",
            ".author .username-coloured",
            ".postprofile dt a",
            ".postprofile strong",
            ".author strong",
            ".postauthor",
        ],
        time: &[".author time", "time", "p.author", ".postbody .author"],
        ..System::BASE
    },
    System {
        name: "vbulletin",
        item: "li.postbit, li.postbitlegacy, li.postcontainer, table[id^=post]:not([id^=post_]), div.b-post, li.b-post, li.postbitim",
        needs: ".postbody, [id^=post_message_], .postcontent, .js-post__content-text, .b-post__content",
        skip: ".postbitdeleted, .postbitignored, .b-post--deleted, li.b-post.b-post--comment-stub",
        body: &[
            "blockquote.postcontent:not(.lastedited)",
            "div[id^=post_message_]",
            ".postcontent",
            ".js-post__content-text",
            ".b-post__content",
        ],
        drop: ".signature, .lastedited, .after_content, .postfoot, .attachments, .edit-reason, .post-signature, .b-post__footer",
        author: &[
            ".username",
            ".bigusername",
            ".author a",
            ".userinfo strong",
            ".b-userinfo__name",
            ".postuser",
        ],
        time: &[".postdate .date", ".postdate", "time", ".b-post__timestamp", ".thead"],
        ..System::BASE
    },
    System {
        name: "discourse",
        item: ".topic-body.crawler-post, .crawler-post",
        body: &["[itemprop=articleBody]", "div.post", ".post"],
        author: &[".creator [itemprop=name]", ".creator"],
        time: &["time", ".crawler-post-infos time"],
        ..System::BASE
    },
];
