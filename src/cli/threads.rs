//! Inputs -> threads, for every verb that reads pages: parallel, in a stable order, in bounded memory.
//!
//! ```text
//! #[command(flatten)] read: threads::Read,          // the paths and the limits, as flags
//! let summary = self.read.threads(&options, ctx, |thread| { ...; Ok(()) })?;
//! out.finish()?;
//! summary.check()                                    // exit 1 where some inputs could not be read
//! ```
//!
//! The closure is called in the order of the inputs (and of the documents in each), on the calling thread,
//! whatever the number of threads. Accepted: pages, dumps, exports, WARCs, threads as `stance split` writes
//! them (JSONL), and rows of comments as JSONL or CSV (`article,id,text,...`; rows of one article are one
//! thread, gathered within blocks of 16 MiB, so a shuffled larger file can give an article in several threads:
//! merge by [`Thread::article`]).

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use rayon::prelude::*;

use super::Context;
use super::input::{self, Input};
use super::progress::Progress;
use crate::comments::{self, Options, Thread};
use crate::error::{Error, Kind, Result};
use crate::page::{self, Document, Limits};

/// Bytes of documents that are split at one time.
const BATCH: usize = 16 << 20;
/// Documents that are split at one time.
const MAX_BATCH: usize = 1024;
/// Warnings and failures that are printed one by one.
const MAX_TOLD: usize = 20;

/// The inputs and their limits, as flags.
#[derive(Debug, Clone, Args)]
pub struct Read {
    /// Pages, dumps, exports, WARCs, JSONL or CSV of comments: files, folders, globs, or - for standard input
    #[arg(required = true, value_name = "PATHS")]
    pub paths: Vec<String>,
    /// Largest document, after decompression (K, M and G are understood)
    #[arg(long, value_name = "BYTES", default_value = "256M", value_parser = input::size)]
    pub max_size: u64,
    /// Largest ratio of decompressed to compressed bytes
    #[arg(long, value_name = "RATIO", default_value_t = Limits::default().max_ratio,
          value_parser = clap::value_parser!(u64).range(1..))]
    pub max_ratio: u64,
}

impl Read {
    /// Splits all inputs; calls `each` per thread, in order.
    ///
    /// # Errors
    /// No such input; what `each` returns. Inputs that cannot be read are in the summary.
    pub fn threads(
        &self,
        options: &Options,
        ctx: &Context,
        mut each: impl FnMut(Thread) -> Result<()>,
    ) -> Result<Summary> {
        self.documents(
            ctx,
            |document| comments::split(document, options),
            |threads| {
                for thread in threads {
                    for warning in &thread.warnings {
                        ctx.warn_some(MAX_TOLD, format!("{}: {warning}", thread.source));
                    }
                    each(thread)?;
                }
                Ok(())
            },
        )
    }

    /// Reads all documents of all inputs, maps them in parallel, calls `each` with what came out, in order.
    ///
    /// # Errors
    /// As [`Read::threads`].
    pub fn documents<T: Send>(
        &self,
        ctx: &Context,
        map: impl Fn(&Document) -> Result<T> + Sync,
        mut each: impl FnMut(T) -> Result<()>,
    ) -> Result<Summary> {
        let inputs = input::expand(&self.paths)?;
        let limits = Limits { max_size: self.max_size, max_ratio: self.max_ratio };
        let n_bytes = Arc::new(AtomicU64::new(0));
        let progress = Progress::bytes(ctx, inputs.iter().map(input::len).sum());
        let mut summary = Summary { n_inputs: inputs.len(), n_documents: 0, failures: Failures::default() };
        let mut feed = inputs.iter().flat_map(|input| {
            let path = match input {
                Input::Stdin => None,
                Input::File(path) => Some(PathBuf::as_path(path)),
            };
            page::documents_counted(path, &limits, &n_bytes)
        });
        let mut batch = next_batch(&mut feed);
        while !batch.is_empty() {
            // The next documents are read while these are split.
            let (split, next) = rayon::join(
                || {
                    let read = |d: Document| {
                        let own = is_own_page(&d).then(|| d.source.clone());
                        own.map_or_else(
                            || map(&d).map(Some),
                            |source| {
                                ctx.warn_some(
                                    MAX_TOLD,
                                    format!(
                                        "{source} is a report of stance, not a page of comments; left out"
                                    ),
                                );
                                Ok(None)
                            },
                        )
                    };
                    batch.into_par_iter().map(|d| d.and_then(read)).collect::<Vec<_>>()
                },
                || next_batch(&mut feed),
            );
            for result in split {
                match result {
                    Ok(None) => {}
                    Ok(Some(value)) => {
                        summary.n_documents += 1;
                        each(value)?;
                    }
                    Err(e) => summary.failures.push(e, ctx),
                }
            }
            progress.set(n_bytes.load(Ordering::Relaxed));
            batch = next;
        }
        progress.finish();
        Ok(summary)
    }
}

/// Whether a document is a page that `stance report` wrote: one put beside the pages it was made from is read with them
/// the next time.
fn is_own_page(document: &Document) -> bool {
    let head = &document.bytes[..document.bytes.len().min(1 << 10)];
    memchr::memmem::find(head, b"<meta name=\"generator\" content=\"stance ").is_some()
}

fn next_batch(feed: &mut impl Iterator<Item = Result<Document>>) -> Vec<Result<Document>> {
    let (mut batch, mut n_bytes) = (Vec::new(), 0);
    while n_bytes < BATCH && batch.len() < MAX_BATCH {
        let Some(document) = feed.next() else { break };
        n_bytes += document.as_ref().map_or(0, |d| d.bytes.len());
        batch.push(document);
    }
    batch
}

/// What was read and what could not be.
#[derive(Debug)]
pub struct Summary {
    /// Inputs that were named, folders and globs expanded.
    pub n_inputs: usize,
    /// Documents that were read.
    pub n_documents: usize,
    failures: Failures,
}

/// Inputs that could not be read; told as they come, the first kept.
#[derive(Debug, Default)]
struct Failures {
    n: usize,
    first: Option<Error>,
}

impl Failures {
    fn push(&mut self, e: Error, ctx: &Context) {
        // The first is told at the end if nothing else could be read either.
        self.n += 1;
        let hint = e.hint_text().map(|h| format!(" ({h})")).unwrap_or_default();
        ctx.warn_some(MAX_TOLD, format!("not read: {e}{hint}"));
        self.first.get_or_insert(e);
    }
}

impl Summary {
    /// Whether something could not be read.
    pub fn failed(&self) -> bool {
        self.failures.n > 0
    }

    /// The error to end with once the results are written: none where everything was read; the cause itself where
    /// there was one input and it failed; else a line that counts the failures (exit 1), each told before.
    ///
    /// # Errors
    /// See above.
    pub fn check(self) -> Result<()> {
        match self.failures.first {
            None => Ok(()),
            Some(e) if self.n_documents == 0 && self.failures.n == 1 => Err(e),
            Some(_) => {
                let n = self.failures.n;
                let what = format!("{n} of {} could not be read, the rest is done", n + self.n_documents);
                Err(Error::new(Kind::Io, what).hint("the list is above, each with its cause"))
            }
        }
    }
}
