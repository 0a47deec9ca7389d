//! Vocabulary of comment sections, as data.

pub(crate) mod html;
