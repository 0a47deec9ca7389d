//! Template for the next comment system: copy, rename, fill in, add to [`super::ALL`].
//!
//! Say here where the markup comes from: the product, its versions, sites that run it. Then, for an example page of
//! your own making, `tests/pages/<system>/source.html` and `expected.json` beside it.

use super::{Around, Depth, System};

/// Read by nothing but a test: every field, with what to put there.
pub(crate) static SYSTEM: System = System {
    // Lower case; becomes `system` in the output.
    name: "template",
    // Only where classes of the items are common words: something else the page has to hold.
    needs: ".template-widget",
    // What holds one comment with its replies or without. The class that makes it one, and not its look.
    item: "li.template-comment, div.template-comment[data-id]",
    // Items that are none: pingbacks, teasers, stubs. Their inside belongs to nobody.
    skip: ".template-comment.is-pingback",
    // Best first; the first with a word in it is taken, all its outermost matches joined.
    body: &[".template-text", ".template-body"],
    // Inside the body and not the writer's: marks, buttons, signatures. Forms and buttons are left out anyway.
    drop: ".template-edited, .template-likes",
    // A title of the comment's own becomes its first line.
    title: ".template-title",
    author: &[".template-author a", ".template-author", ".template-avatar@title"],
    time: &["time", ".template-date"],
    // Before or After where author or time are siblings of the item.
    around: Around::Inside,
    depth: Depth::Class("level-", 1),
};
