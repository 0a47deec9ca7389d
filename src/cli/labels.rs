//! `stance labels`.

use clap::Args;

use super::Context;
use crate::error::{Error, Kind, Result};

/// Attach texts to labels that are kept without text
#[derive(Debug, Args)]
pub struct Labels {}

impl Labels {
    /// Runs the verb.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        Err(Error::new(Kind::Internal, "this verb is not built yet"))
    }
}
