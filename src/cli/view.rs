//! The view of a result and where it goes: the flags of every verb that makes one document.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::output::Output;
use crate::error::{Error, Result};

/// `--format` and `--output`; `F` are the verb's formats.
#[derive(Debug, Clone, Args)]
pub struct View<F: ValueEnum + Default + Clone + Send + Sync + 'static> {
    /// View of the result [default: the first of these]
    // An option: clap keeps the text of a default once for all types of F.
    #[arg(long, value_enum)]
    format: Option<F>,
    /// Where it goes [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A table for the terminal, or JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    /// For the terminal
    #[default]
    Text,
    /// JSON
    Json,
}

impl<F: ValueEnum + Default + Clone + Send + Sync + 'static> View<F> {
    /// The view that was asked for, or the verb's own.
    pub fn format(&self) -> F {
        self.format.clone().unwrap_or_default()
    }

    /// Where the result goes, opened before the work is done: a target that cannot be written is told at once.
    ///
    /// # Errors
    /// As [`Output::open`].
    pub fn open(&self) -> Result<Output> {
        Output::open(self.output.as_deref())
    }
}

/// Writes a whole result.
///
/// # Errors
/// What the target refuses.
pub fn write(mut out: Output, body: &str) -> Result<()> {
    out.write_all(body.as_bytes()).map_err(|e| Error::io("the output", e))?;
    out.finish()
}

/// A value as indented JSON and a line end.
///
/// # Errors
/// Never for what this crate serialises.
pub fn json(value: &impl serde::Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|e| Error::new(crate::error::Kind::Internal, format!("cannot be written as JSON: {e}")))?;
    Ok(text + "\n")
}

/// Rows as CSV, or why they cannot be written.
///
/// # Errors
/// Never: writing to memory does not fail.
pub fn csv(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<String> {
    let broken = |e: &dyn std::fmt::Display| {
        Error::new(crate::error::Kind::Internal, format!("cannot be written as CSV: {e}"))
    };
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(|e| broken(&e))?;
    for row in rows {
        writer.write_record(row).map_err(|e| broken(&e))?;
    }
    let bytes = writer.into_inner().map_err(|e| broken(&e))?;
    String::from_utf8(bytes).map_err(|e| broken(&e))
}

/// At most `max` characters, the last one telling that there were more.
pub fn clip(s: &str, max: usize) -> String {
    if s.chars().count() <= max {
        return s.to_owned();
    }
    s.chars().take(max - 1).chain(['…']).collect()
}
