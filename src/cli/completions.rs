//! `stance completions`.

use clap::Args;

use super::Context;
use crate::error::{Error, Kind, Result};

/// Shell completions and man pages
#[derive(Debug, Args)]
pub struct Completions {}

impl Completions {
    /// Runs the verb.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        Err(Error::new(Kind::Internal, "this verb is not built yet"))
    }
}
