//! Tree -> reading text: a line per block, blanks folded, what is not read left out.

use super::tag::{self, Name};
use super::{Dom, Id};

/// Elements whose content is never read.
fn unread(name: Name) -> bool {
    use tag::{
        AUDIO, BUTTON, CANVAS, HEAD, IFRAME, MATH, NOSCRIPT, OBJECT, SCRIPT, SELECT, STYLE, SVG, TEMPLATE,
        TEXTAREA, TITLE, VIDEO,
    };
    matches!(
        name,
        SCRIPT
            | STYLE
            | TEMPLATE
            | NOSCRIPT
            | SELECT
            | TEXTAREA
            | SVG
            | IFRAME
            | OBJECT
            | TITLE
            | BUTTON
            | MATH
            | CANVAS
            | AUDIO
            | VIDEO
            | HEAD
    )
}

/// What [`Writer`] does with an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visit {
    /// Read it.
    Read,
    /// Leave it and all inside out.
    Skip,
}

/// Collects text over several nodes of a page.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    out: String,
    /// Line break or blank owed before the next word.
    gap: Gap,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Gap {
    #[default]
    None,
    Blank,
    Line,
}

impl Writer {
    /// Starts a new line unless nothing was written yet.
    pub(crate) fn line(&mut self) {
        self.gap = Gap::Line;
    }

    fn blank(&mut self) {
        if self.gap == Gap::None {
            self.gap = Gap::Blank;
        }
    }

    fn word(&mut self, word: &str) {
        if !self.out.is_empty() {
            match self.gap {
                Gap::None => {}
                Gap::Blank => self.out.push(' '),
                Gap::Line => self.out.push('\n'),
            }
        }
        self.gap = Gap::None;
        self.out.push_str(word);
    }

    fn text(&mut self, text: &str, pre: bool) {
        let mut first = true;
        for line in text.split(|c: char| pre && c == '\n') {
            if !first {
                self.line();
            }
            first = false;
            let mut fresh = true;
            for word in line.split(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}')) {
                if !fresh {
                    self.blank();
                }
                fresh = false;
                if !word.is_empty() {
                    self.word(word);
                }
            }
        }
    }

    /// Writes `id` and what is inside, asking `visit` at every element.
    pub(crate) fn node(&mut self, dom: &Dom, id: Id, visit: &mut dyn FnMut(Id) -> Visit) {
        self.range(dom, id..dom.end(id), visit);
    }

    /// Writes the nodes of `range`, whole subtrees, asking `visit` at every element.
    pub(crate) fn range(
        &mut self,
        dom: &Dom,
        range: std::ops::Range<Id>,
        visit: &mut dyn FnMut(Id) -> Visit,
    ) {
        let mut blocks: Vec<Id> = Vec::new();
        let mut pre_until = 0;
        let mut at = range.start;
        while at < range.end {
            while blocks.last().is_some_and(|&end| at >= end) {
                blocks.pop();
                self.line();
            }
            let name = dom.name(at);
            if name == tag::TEXT {
                self.text(dom.text(at), at < pre_until);
                at += 1;
                continue;
            }
            if unread(name) || visit(at) == Visit::Skip {
                if name.is_block() {
                    self.line();
                }
                at = dom.end(at);
                continue;
            }
            if name == tag::BR || name == tag::HR {
                self.line();
            } else if matches!(name, tag::TD | tag::TH | tag::OPTION) {
                self.blank();
            } else if name.is_block() {
                self.line();
                blocks.push(dom.end(at));
                if name == tag::PRE {
                    pre_until = dom.end(at);
                }
            }
            at += 1;
        }
        if !blocks.is_empty() {
            self.line();
        }
    }

    /// The text, without blanks at its ends.
    pub(crate) fn finish(self) -> String {
        self.out
    }
}

/// Everything readable inside `id`.
pub(crate) fn whole(dom: &Dom, id: Id) -> String {
    let mut writer = Writer::default();
    writer.node(dom, id, &mut |_| Visit::Read);
    writer.finish()
}

/// Whether `id` holds a letter or a digit outside the elements that `visit` skips.
pub(crate) fn has_words(dom: &Dom, id: Id, visit: &mut dyn FnMut(Id) -> Visit) -> bool {
    let (mut at, end) = (id, dom.end(id));
    while at < end {
        if dom.is_text(at) {
            if dom.text(at).chars().any(char::is_alphanumeric) {
                return true;
            }
            at += 1;
        } else if unread(dom.name(at)) || visit(at) == Visit::Skip {
            at = dom.end(at);
        } else {
            at += 1;
        }
    }
    false
}
