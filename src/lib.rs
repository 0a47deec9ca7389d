#![doc = include_str!("../README.md")]
//!
//! # The flow
//!
//! ```text
//! bytes -> page -> comments -> tokens -> features -> model -> estimate -> report
//! ```
//!
//! | stage | takes | gives |
//! |---|---|---|
//! | [`page`] | files, folders, archives | [`page::Document`]: bytes with a source and what was declared about them |
//! | [`comments`] | a document | [`comments::Thread`]: status, declared count, comments, warnings |
//! | [`tokens`] | a comment's text | tokens with offsets, normalised and stemmed by language |
//! | [`features`] | tokens | sparse TF-IDF rows (`n_comments` x `n_terms`) |
//! | [`model`] | rows | posteriors (`n_comments` x `n_classes`) for each head |
//! | [`estimate`] | posteriors of a thread | prevalence per class with an interval |
//! | [`report`] | threads and estimates | [`report::Report`] and its views |
//!
//! Beside the flow: [`labels`] (hand labels in and out, agreement of coders) and
//! [`evaluate`] (how good a model is, and against which baseline).

pub mod comments;
pub mod error;
pub mod estimate;
pub mod evaluate;
pub mod features;
pub mod labels;
pub mod model;
pub mod page;
pub mod report;
pub mod tokens;

#[cfg(feature = "cli")]
pub mod cli;

pub use error::{Error, Result};
