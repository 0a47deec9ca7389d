//! `stance card`.

use clap::Args;

use super::Context;
use crate::error::{Error, Kind, Result};

/// The model card, as Markdown
#[derive(Debug, Args)]
pub struct Card {}

impl Card {
    /// Runs the verb.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        Err(Error::new(Kind::Internal, "this verb is not built yet"))
    }
}
