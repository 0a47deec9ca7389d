//! The command line of `stance`: one file per verb.
//!
//! Results go to standard output or `-o FILE`, progress and warnings to standard error.
//! Exit code 0 done, 2 bad usage or bad input, 1 anything else.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::error::{Error, Result};

pub mod input;
pub mod output;
pub mod progress;
pub mod threads;
pub mod view;

mod adapt;
mod agree;
mod card;
mod completions;
mod estimate;
mod evaluate;
mod explain;
mod labels;
mod report;
mod sample;
mod score;
mod score_rows;
mod split;
mod strongest;
mod train;
mod verify;
mod why;

/// From saved pages to a table, then what follows from there.
const EXAMPLES: &str = "Examples:
  stance report saved/*.html                         shares, with intervals
  stance report saved/ --format html -o report.html  the same as a page
  stance explain saved/page.html:4                   what decided comment 4
  stance split saved/ --format csv -o comments.csv   the comments alone
  stance sample saved/ -n 50 -o my50.csv             fifty comments to label
  stance train my50.csv --base shipped -o my.stance  the model, adapted to them
  stance report saved/ -m my.stance                  shares by that model
Nothing is sent anywhere. `stance VERB --help` says more.";

/// Reader comments of saved pages: split, scored, and their distribution reported.
#[derive(Debug, Parser)]
#[command(name = "stance", version, about, max_term_width = 100, arg_required_else_help = true, after_help = EXAMPLES)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

/// Flags every verb takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Print no progress and no warnings
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Colour on the terminal (also: `NO_COLOR`)
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Threads to use; results do not depend on it [default: all cores]
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<usize>,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Split(split::Split),
    Train(train::Train),
    Score(score::Score),
    Report(report::Report),
    Estimate(estimate::Estimate),
    Evaluate(evaluate::Evaluate),
    Explain(explain::Explain),
    Sample(sample::Sample),
    Labels(labels::Labels),
    Agree(agree::Agree),
    Verify(verify::Verify),
    Card(card::Card),
    Completions(completions::Completions),
}

/// What every verb is handed: the global flags, and the way to say something on standard error.
#[derive(Debug, Clone)]
pub struct Context {
    /// The global flags.
    pub global: Global,
    /// Warnings printed by [`Context::warn_some`].
    told: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl Context {
    /// One warning line on standard error, unless `--quiet`.
    pub fn warn(&self, message: impl AsRef<str>) {
        if !self.global.quiet {
            output::stderr_line("warning", message.as_ref());
        }
    }

    /// As [`Context::warn`] for warnings that can be many: after `most` of them one line says so, then silence.
    pub fn warn_some(&self, most: usize, message: impl AsRef<str>) {
        let n = self.told.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if n < most {
            self.warn(message);
        } else if n == most {
            self.warn("more warnings of this kind; `stance split --format jsonl` has them all");
        }
    }

    /// One line of progress or information on standard error, unless `--quiet`.
    pub fn note(&self, message: impl AsRef<str>) {
        if !self.global.quiet {
            output::stderr_line("", message.as_ref());
        }
    }
}

/// Parses `args`, runs the verb, prints the error if there is one.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(e) => {
            let code = u8::from(e.use_stderr()) * 2;
            // Nothing is left to do when even the usage message cannot be written.
            let _ = e.print();
            return ExitCode::from(code);
        }
    };
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has seen enough, as `head` does.
        Err(e) if e.is_broken_pipe() => ExitCode::SUCCESS,
        Err(e) => {
            output::stderr_line("error", &e.to_string());
            if let Some(hint) = e.hint_text() {
                output::stderr_line("try", hint);
            }
            ExitCode::from(e.exit_code())
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    match cli.global.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    if let Some(n) = cli.global.threads {
        if n == 0 {
            return Err(Error::usage("--threads takes a whole number from 1"));
        }
        rayon::ThreadPoolBuilder::new()
            .num_threads(n)
            .build_global()
            .map_err(|e| Error::new(crate::error::Kind::Internal, e.to_string()))?;
    }
    // Without a handler the signal still ends the program; only the temporary file would stay.
    let _ = ctrlc::set_handler(output::interrupted);
    let ctx = Context { global: cli.global, told: std::sync::Arc::default() };
    match cli.verb {
        Verb::Split(v) => v.run(&ctx),
        Verb::Train(v) => v.run(&ctx),
        Verb::Score(v) => v.run(&ctx),
        Verb::Report(v) => v.run(&ctx),
        Verb::Estimate(v) => v.run(&ctx),
        Verb::Evaluate(v) => v.run(&ctx),
        Verb::Explain(v) => v.run(&ctx),
        Verb::Sample(v) => v.run(&ctx),
        Verb::Labels(v) => v.run(&ctx),
        Verb::Agree(v) => v.run(&ctx),
        Verb::Verify(v) => v.run(&ctx),
        Verb::Card(v) => v.run(&ctx),
        Verb::Completions(v) => v.run(&ctx),
    }
}
