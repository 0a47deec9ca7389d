//! `stance split`.

use clap::Args;

use super::Context;
use crate::error::{Error, Kind, Result};

/// Split saved pages into threads of comments
#[derive(Debug, Args)]
pub struct Split {}

impl Split {
    /// Runs the verb.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        Err(Error::new(Kind::Internal, "this verb is not built yet"))
    }
}
