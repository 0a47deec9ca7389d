//! `stance verify`.

use clap::Args;

use super::Context;
use crate::error::{Error, Kind, Result};

/// Recompute a report and say whether it is the same
#[derive(Debug, Args)]
pub struct Verify {}

impl Verify {
    /// Runs the verb.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        Err(Error::new(Kind::Internal, "this verb is not built yet"))
    }
}
