//! Vocabulary of comment sections, as data.

pub(crate) mod html;
pub(crate) mod table;
pub(crate) mod text;
