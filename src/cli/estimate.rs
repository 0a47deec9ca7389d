//! `stance estimate`.

use clap::Args;

use super::Context;
use crate::error::{Error, Kind, Result};

/// Prevalence with intervals from the posteriors of any classifier
#[derive(Debug, Args)]
pub struct Estimate {}

impl Estimate {
    /// Runs the verb.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        Err(Error::new(Kind::Internal, "this verb is not built yet"))
    }
}
