//! Comment systems, one file each, as data: which elements are comments and where their parts are.
//!
//! To add one, copy `template.rs`, write down its selectors (see [`crate::page::html::select`] for what they can say),
//! add it to [`ALL`] before anything more general, and add a page of your own making under `tests/pages/`.

pub(crate) mod engine;
pub(crate) mod field;
pub(crate) mod generic;
pub(crate) mod jsonld;

mod bbc;
mod blogger;
mod cmtt;
mod coral;
mod disqus;
mod domino;
mod drupal;
mod facebook;
mod forums;
mod habr;
mod hackernews;
mod intensedebate;
mod launchpad;
mod livejournal;
mod microdata;
mod movabletype;
mod pikabu;
mod pluck;
mod reddit;
mod sbnation;
mod spip;
mod spotim;
mod squarespace;
mod telegram;
#[cfg(test)]
mod template;
mod typepad;
mod viafoura;
mod vk;
mod wordpress;
mod wpdiscuz;

use std::sync::LazyLock;

use crate::page::html::select::Selector;
use field::Field;

/// Where the depth of a comment is told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Depth {
    /// By comments around it.
    Nested,
    /// By the number after this start in a class of the comment; the second is the number of the top level. Comments
    /// without such a class are nested.
    Class(&'static str, u32),
    /// By where they begin: deeper elements after a comment, in a list or a branch of its own.
    Tree,
    /// By the number of ancestors that match.
    Count(&'static str),
    /// By a number in an attribute of what matches in the comment, divided by the last.
    Attr(&'static str, &'static str, u32),
}

/// Where author and time are looked for besides the inside of the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Around {
    /// Nowhere.
    Inside,
    /// Between the comment before and this one, within the same parent.
    Before,
    /// Between this comment and the next.
    After,
    /// Both, before first.
    Both,
}

/// A comment system: selectors as in CSS, empty where it has no such thing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct System {
    /// As printed in `system`.
    pub(crate) name: &'static str,
    /// The page has to hold this besides items.
    pub(crate) needs: &'static str,
    /// A comment.
    pub(crate) item: &'static str,
    /// What looks like an item and is not a reader's contribution: pingbacks, teasers.
    pub(crate) skip: &'static str,
    /// The text, best first; `&[]` for the item itself without author, time and `drop`.
    pub(crate) body: &'static [&'static str],
    /// Parts of the body that are not the writer's words.
    pub(crate) drop: &'static str,
    /// A title of the comment's own: its first line.
    pub(crate) title: &'static str,
    /// Author, best first; `selector@attribute` takes an attribute.
    pub(crate) author: &'static [&'static str],
    /// Time, best first, as for the author.
    pub(crate) time: &'static [&'static str],
    /// Where else these two may be.
    pub(crate) around: Around,
    /// How deep it is.
    pub(crate) depth: Depth,
}

impl System {
    /// What a system does not say for itself.
    const BASE: System = System {
        name: "",
        needs: "",
        item: "",
        skip: "",
        body: &[],
        drop: "",
        title: "",
        author: &[],
        time: &["time", ".date"],
        around: Around::Inside,
        depth: Depth::Nested,
    };
}

/// Every system, the particular before the general.
static ALL: &[&[System]] = &[
    wpdiscuz::SYSTEMS,
    intensedebate::SYSTEMS,
    disqus::SYSTEMS,
    spotim::SYSTEMS,
    coral::SYSTEMS,
    viafoura::SYSTEMS,
    facebook::SYSTEMS,
    habr::SYSTEMS,
    cmtt::SYSTEMS,
    pikabu::SYSTEMS,
    livejournal::SYSTEMS,
    vk::SYSTEMS,
    telegram::SYSTEMS,
    hackernews::SYSTEMS,
    reddit::SYSTEMS,
    launchpad::SYSTEMS,
    sbnation::SYSTEMS,
    bbc::SYSTEMS,
    pluck::SYSTEMS,
    blogger::SYSTEMS,
    squarespace::SYSTEMS,
    forums::SYSTEMS,
    movabletype::DEFAULT,
    typepad::SYSTEMS,
    domino::SYSTEMS,
    wordpress::SYSTEMS,
    movabletype::SYSTEMS,
    spip::SYSTEMS,
    drupal::SYSTEMS,
    microdata::SYSTEMS,
];

/// A system with its selectors parsed.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) system: &'static System,
    pub(crate) needs: Selector,
    pub(crate) item: Selector,
    pub(crate) skip: Selector,
    pub(crate) body: Vec<Selector>,
    pub(crate) drop: Selector,
    pub(crate) title: Selector,
    pub(crate) author: Vec<Field>,
    pub(crate) time: Vec<Field>,
    /// What [`Depth`] looks for.
    pub(crate) level: Selector,
}

/// Parts no system means by the text, whatever its markup.
const NEVER: &str = "form, nav, .comment-reply-link, .reply, .comment-reply, .sharedaddy, .jp-relatedposts, \
    .wpulike, .comment-awaiting-moderation, .screen-reader-text, .signature, .visually-hidden, .sr-only, \
    .cld-like-dislike-wrap, .comment-rating, .comment-actions, .wp-polls, .post-ratings";

impl Compiled {
    pub(crate) fn new(system: &'static System) -> Self {
        let all = |list: &[&str]| list.iter().map(|s| Selector::new(s)).collect();
        let fields = |list: &'static [&'static str]| list.iter().map(|s| Field::new(s)).collect();
        Compiled {
            system,
            needs: Selector::new(system.needs),
            item: Selector::new(system.item),
            skip: Selector::new(system.skip),
            body: all(system.body),
            drop: Selector::new(&format!("{NEVER}, {}", system.drop)),
            title: Selector::new(system.title),
            author: fields(system.author),
            time: fields(system.time),
            level: match system.depth {
                Depth::Count(selector) | Depth::Attr(selector, ..) => Selector::new(selector),
                Depth::Nested | Depth::Tree | Depth::Class(..) => Selector::default(),
            },
        }
    }
}

/// Every system with its selectors parsed, in the order they are tried.
pub(crate) fn all() -> &'static [Compiled] {
    static COMPILED: LazyLock<Vec<Compiled>> =
        LazyLock::new(|| ALL.iter().copied().flatten().map(Compiled::new).collect());
    &COMPILED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_says_what_its_items_are() {
        for c in all().iter().chain([&Compiled::new(&template::SYSTEM)]) {
            assert!(!c.item.is_empty(), "{}", c.system.name);
            assert!(!c.system.author.is_empty(), "{}", c.system.name);
        }
    }
}
