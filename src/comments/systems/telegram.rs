//! Telegram's discussion widget, and the web preview of a channel's discussion.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "telegram",
    item: ".tgme_post_discussion .tgme_widget_message, .tme_messages .tgme_widget_message, .tgme_post_discussion_messages .tgme_widget_message, .tgme_widget_message_wrap .js-widget_message[data-post-id]",
    needs: ".tgme_post_discussion, .tgme_post_discussion_header, .tgme_post_discussion_wrap, .tme_messages",
    skip: ".service_message, .tgme_widget_message.service_message",
    body: &[".js-message_text", ".tgme_widget_message_text"],
    drop: ".js-message_reply_text, .tgme_widget_message_reply, .tgme_widget_message_metatext",
    author: &[".tgme_widget_message_author_name", ".tgme_widget_message_author"],
    time: &["time", ".tgme_widget_message_date time"],
    depth: Depth::Nested,
    ..System::BASE
}];
