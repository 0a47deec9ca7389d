//! `stance train`.

use clap::Args;

use super::Context;
use crate::error::{Error, Kind, Result};

/// Train a model from labelled CSV
#[derive(Debug, Args)]
pub struct Train {}

impl Train {
    /// Runs the verb.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        Err(Error::new(Kind::Internal, "this verb is not built yet"))
    }
}
