//! `stance score`: comments -> posteriors, streamed.

use std::path::PathBuf;

use clap::Args;

use super::Context;
use super::output::Output;
use super::score_rows::{self, Limit};
use crate::error::Result;
use crate::model::{Model, store};

/// Score comments: posteriors per comment
#[derive(Debug, Args)]
pub struct Score {
    /// Comments as JSONL or CSV (article, id, text, optional parent_text, headline, lang), or pages: files,
    /// folders, globs, or - for standard input
    #[arg(required = true, value_name = "INPUTS")]
    inputs: Vec<String>,
    /// The model [default: the one shipped with the program]
    #[arg(long, short, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// Where the CSV goes [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Stop after this many comments
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
}

impl Score {
    /// Runs the verb.
    ///
    /// # Errors
    /// An input or a model that cannot be read.
    pub fn run(&self, ctx: &Context) -> Result<()> {
        let loaded;
        let model: &Model = match &self.model {
            Some(path) => {
                loaded = store::read(path)?;
                &loaded
            }
            None => crate::model::shipped()?,
        };
        for head in &model.info().not_better {
            ctx.warn(format!("this model's {head} is no better than a baseline; it was saved with --force"));
        }
        let inputs = super::input::expand(&self.inputs)?;
        let mut out = Output::open(self.output.as_deref())?;
        score_rows::header(model, &mut out)?;
        let mut limit = Limit::new(self.limit);
        for input in &inputs {
            score_rows::score(model, input, &mut limit, &mut out, ctx)?;
        }
        out.finish()
    }
}
