//! `stance labels`: labels without their texts, and back.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::Context;
use super::output::Output;
use crate::error::{Error, Result};
use crate::labels::field;

/// Attach texts to labels that are kept without text, or take them out
#[derive(Debug, Args)]
pub struct Labels {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Attach texts from a local copy and check their hashes
    Join {
        /// Labels without text (`source,id,article,lang,sha256,stance,sentiment,confidence,coders`)
        field: PathBuf,
        /// CSV with the columns `id` and `text` (and, if there, `parent_text`, `headline`)
        #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
        texts: Vec<PathBuf>,
        /// Where the labelled rows go [default: standard output]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Write the labels of a file without their texts, for publication
    Strip {
        /// Labelled CSV
        labels: PathBuf,
        /// Where the stripped rows go [default: standard output]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

impl Labels {
    /// Runs the verb.
    pub fn run(&self, ctx: &Context) -> Result<()> {
        match &self.what {
            What::Join { field, texts, output } => {
                let mut out = Output::open(output.as_deref())?;
                let name = field.display().to_string();
                let done = field::join(
                    (&name, open(field)?),
                    texts.iter().map(|t| Ok((t.display().to_string(), open(t)?))),
                    &mut out,
                )?;
                if done.n_joined == 0 {
                    return Err(Error::input("no row could be joined")
                        .file(name)
                        .hint("the ids of --texts must be those of the label file"));
                }
                out.finish()?;
                for p in done.problems() {
                    ctx.warn(p);
                }
                ctx.note(format!("{} rows joined", done.n_joined));
                Ok(())
            }
            What::Strip { labels, output } => {
                let mut out = Output::open(output.as_deref())?;
                let n = field::strip(&labels.display().to_string(), open(labels)?, &mut out)?;
                out.finish()?;
                ctx.note(format!("{n} rows written without their texts"));
                Ok(())
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "cli/ opens files")]
fn open(path: &Path) -> Result<File> {
    if path.is_dir() {
        return Err(Error::input("is a folder where a CSV file is meant").file(path.display().to_string()));
    }
    File::open(path).map_err(|e| Error::io(path.display().to_string(), e))
}
