//! BBC: the DNA comments of 2010 to 2018.

use super::System;

pub(super) static SYSTEMS: &[System] = &[System {
    name: "bbc",
    item: "li.comment, .dna-comment, li[id^=comment], .comment",
    needs: ".dna-commentbox, .dna-comments, .dna-comment, #dna-comments, .dna-comments_module, .dna-comment-list",
    body: &[".comment-text", ".dna-comment-text", ".comment-body", ".dna-commentbox-text"],
    author: &[".userid", ".comment-username", ".vcard", ".author", "cite"],
    time: &[".comment-number a", ".time", "abbr", ".published", ".dna-comment-date"],
    ..System::BASE
}];
