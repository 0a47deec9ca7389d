//! `stance score`.

use clap::Args;

use super::Context;
use crate::error::{Error, Kind, Result};

/// Score comments: posteriors per comment
#[derive(Debug, Args)]
pub struct Score {}

impl Score {
    /// Runs the verb.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        Err(Error::new(Kind::Internal, "this verb is not built yet"))
    }
}
