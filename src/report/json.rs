//! The JSON view: the whole [`Report`], nothing left out.

use super::Report;
use crate::error::{Error, Kind, Result};

/// The report as one indented JSON object.
///
/// # Errors
/// Never for a report made by this crate (its numbers are finite).
pub fn render(report: &Report) -> Result<String> {
    let mut s = serde_json::to_string_pretty(report)
        .map_err(|e| Error::new(Kind::Internal, format!("the report cannot be written as JSON: {e}")))?;
    s.push('\n');
    Ok(s)
}
