//! schema.org microdata, whatever wrote it.

use super::{Depth, System};

pub(super) static SYSTEMS: &[System] = &[System {
    name: "microdata",
    item: "[itemtype*='schema.org/Comment'], [itemtype*='schema.org/UserComments'], [itemprop=comment], [itemtype*='schema.org/Answer'], [typeof='Comment'], [typeof='schema:Comment']",
    skip: "meta, link, [itemtype*='schema.org/Question']",
    body: &[
        "[itemprop=commentText]",
        "[itemprop=text]",
        "[itemprop=reviewBody]",
        "[property=text]",
        "[itemprop=articleBody]",
        "[itemprop=description]",
        ".comment-content",
        ".comment-text",
        ".comment-body",
    ],
    drop: "[itemprop=author], [itemprop=creator], [itemprop=commentTime], [itemprop=dateCreated]",
    title: "[itemprop=name]:not(span):not(a):not(meta):not(strong):not(b):not(cite)",
    author: &[
        "[itemprop=author] [itemprop=name]@content",
        "[itemprop=author] [itemprop=name]",
        "[itemprop=creator] [itemprop=name]",
        "[itemprop=author]",
        "[itemprop=creator]",
        "[property=author]",
        "[itemprop=name]",
        ".comment-author",
    ],
    time: &[
        "[itemprop=commentTime]",
        "[itemprop=dateCreated]",
        "[itemprop=datePublished]",
        "[property=dateCreated]",
        "time",
    ],
    depth: Depth::Nested,
    ..System::BASE
}];
