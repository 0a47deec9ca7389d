//! `stance sample`.

use clap::Args;

use super::Context;
use crate::error::{Error, Kind, Result};

/// Draw comments to label by hand
#[derive(Debug, Args)]
pub struct Sample {}

impl Sample {
    /// Runs the verb.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        Err(Error::new(Kind::Internal, "this verb is not built yet"))
    }
}
