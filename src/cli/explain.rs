//! `stance explain`.

use clap::Args;

use super::Context;
use crate::error::{Error, Kind, Result};

/// Which words decided
#[derive(Debug, Args)]
pub struct Explain {}

impl Explain {
    /// Runs the verb.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        Err(Error::new(Kind::Internal, "this verb is not built yet"))
    }
}
