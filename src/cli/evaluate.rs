//! `stance evaluate`.

use clap::Args;

use super::Context;
use crate::error::{Error, Kind, Result};

/// How good a model is, and against which baseline
#[derive(Debug, Args)]
pub struct Evaluate {}

impl Evaluate {
    /// Runs the verb.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        Err(Error::new(Kind::Internal, "this verb is not built yet"))
    }
}
