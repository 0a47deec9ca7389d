//! `stance agree`.

use clap::Args;

use super::Context;
use crate::error::{Error, Kind, Result};

/// Agreement of coders: Krippendorff's alpha
#[derive(Debug, Args)]
pub struct Agree {}

impl Agree {
    /// Runs the verb.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        Err(Error::new(Kind::Internal, "this verb is not built yet"))
    }
}
