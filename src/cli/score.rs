//! `stance score`: comments -> posteriors, streamed.

use std::io::{BufRead, Write};
use std::path::PathBuf;

use clap::Args;

use super::Context;
use super::input::{self, Input};
use super::output::Output;
use super::score_rows::{self, Limit};
use super::threads::{Read, Summary};
use super::why::Why;
use crate::comments::{self, Options, Thread};
use crate::error::{Error, Result};
use crate::labels::csv::write_field;
use crate::model::{self, Model, items};

/// Score comments: posteriors per comment
#[derive(Debug, Args)]
pub struct Score {
    #[command(flatten)]
    read: Read,
    /// The model [default: the one shipped with the program]
    #[arg(long, short, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// Where the CSV goes [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Stop after this many comments
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Per label column, the named class's score and the N words or pieces of context that add most to it
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "6")]
    why: Option<usize>,
}

impl Score {
    /// Runs the verb.
    ///
    /// # Errors
    /// An input or a model that cannot be read.
    pub fn run(&self, ctx: &Context) -> Result<()> {
        let model = &*model::or_shipped(self.model.as_deref())?;
        for head in &model.info().not_better {
            ctx.warn(format!("this model's {head} is no better than a baseline; it was saved with --force"));
        }
        let inputs = input::expand(&self.read.paths)?;
        let mut out = Output::open(self.output.as_deref())?;
        let why = self.why.map(|top| Why { top });
        score_rows::header(model, why, &mut out)?;
        let mut limit = Limit::new(self.limit);
        let mut failed: Option<Summary> = None;
        for input in &inputs {
            if limit.reached() {
                break;
            }
            if is_rows(input)? {
                score_rows::score(model, why, input, &mut limit, &mut out, ctx)?;
            } else {
                let summary = self.pages(model, input, &mut limit, &mut out, ctx)?;
                failed = failed.or(summary.failed().then_some(summary));
            }
        }
        out.finish()?;
        failed.map_or(Ok(()), Summary::check)
    }

    /// Scores the comments of one page, dump, export or archive.
    fn pages(
        &self,
        model: &Model,
        input: &Input,
        limit: &mut Limit,
        out: &mut Output,
        ctx: &Context,
    ) -> Result<Summary> {
        let paths = vec![match input {
            Input::Stdin => "-".to_owned(),
            Input::File(path) => path.to_string_lossy().into_owned(),
        }];
        let read = Read { paths, ..self.read.clone() };
        let options = Options::default();
        let why = self.why.map(|top| Why { top });
        let scored = |document: &crate::page::Document| {
            let threads = comments::split(document, &options)?;
            Ok(threads.iter().map(|t| rows_of(model, why, t)).collect::<Vec<_>>())
        };
        read.documents(ctx, scored, |threads: Vec<Vec<Vec<u8>>>| {
            let rows = threads.iter().flatten();
            for row in rows.take_while(|_| limit.take(1) == 1) {
                out.write_all(row).map_err(|e| Error::io("the output", e))?;
            }
            Ok(())
        })
    }
}

/// The scored rows of a thread.
fn rows_of(model: &Model, why: Option<Why>, thread: &Thread) -> Vec<Vec<u8>> {
    let items = items(thread);
    let posteriors = model.predict(&items);
    let row = |(i, comment): (usize, &comments::Comment)| {
        let mut line = Vec::new();
        write_field(&mut line, &thread.article);
        line.push(b',');
        write_field(&mut line, &comment.id);
        let of_heads: Option<Vec<&[f64]>> = posteriors.iter().map(|p| p.rows[i].as_deref()).collect();
        let all = of_heads.map(|heads| heads.concat());
        let why = why.map_or_else(Vec::new, |w| w.cells(model, &items, i));
        score_rows::write_classes(model, all.as_deref(), &why, &mut line);
        line
    };
    thread.comments.iter().enumerate().map(row).collect()
}

/// Bytes that are looked at to tell rows of comments from pages.
const PEEK: usize = 1 << 16;

/// Whether an input holds rows of comments (JSONL or CSV with a column `text`) rather than pages; nothing is
/// taken from standard input.
fn is_rows(input: &Input) -> Result<bool> {
    let head = match input {
        Input::Stdin => {
            let stdin = std::io::stdin();
            let mut lock = stdin.lock();
            lock.fill_buf().map_err(|e| Error::io("standard input", e))?.to_vec()
        }
        Input::File(path) => {
            let name = path.display().to_string();
            let mut head = Vec::new();
            #[expect(clippy::disallowed_methods, reason = "cli/ reads inputs")]
            let file = std::fs::File::open(path).map_err(|e| Error::io(&name, e))?;
            let mut file = std::io::Read::take(file, PEEK as u64);
            std::io::Read::read_to_end(&mut file, &mut head).map_err(|e| Error::io(&name, e))?;
            let ends = |ends: &[&str]| {
                path.extension().is_some_and(|x| ends.iter().any(|e| x.eq_ignore_ascii_case(e)))
            };
            if ends(&["csv", "tsv"]) || ends(&["jsonl", "ndjson"]) && !holds_threads(&head) {
                return Ok(true);
            }
            head
        }
    };
    Ok(match head.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'{') => !holds_threads(&head),
        Some(b'<' | b'[') | None => false,
        Some(_) => {
            let line = head.split(|b| *b == b'\n').next().unwrap_or_default();
            let line = String::from_utf8_lossy(line).to_ascii_lowercase();
            line.contains([',', ';', '\t'])
                && line
                    .split([',', ';', '\t'])
                    .any(|f| f.trim_matches(['"', '\r', ' ', '\u{feff}']) == "text")
        }
    })
}

/// Whether the first line is a thread as `stance split` writes it.
fn holds_threads(head: &[u8]) -> bool {
    let line = head.split(|b| *b == b'\n').next().unwrap_or_default();
    memchr::memmem::find(line, b"\"comments\"").is_some()
}
