//! `stance report`.

use clap::Args;

use super::Context;
use crate::error::{Error, Kind, Result};

/// The distribution of stance per article
#[derive(Debug, Args)]
pub struct Report {}

impl Report {
    /// Runs the verb.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        Err(Error::new(Kind::Internal, "this verb is not built yet"))
    }
}
