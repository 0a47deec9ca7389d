//! `stance split`.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::output::Output;
use super::threads::Read;
use super::{Context, input};
use crate::comments::text::{Role, roles};
use crate::comments::{Authors, Comment, Options, Salt, Status, Thread};
use crate::error::{Error, Result};
use crate::page::{Document, Kind, decode};

/// Split saved pages into threads of comments
#[derive(Debug, Args)]
pub struct Split {
    #[command(flatten)]
    read: Read,
    /// Write here instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// One JSON object per document, a CSV row per comment, or a table
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    #[command(flatten)]
    authors: AuthorFlags,
    /// Print each line of text dumps with what it was taken as, names and all, instead of the threads
    #[arg(long, conflicts_with = "format")]
    show_lines: bool,
}

/// What to do with names.
#[derive(Debug, Clone, Args)]
pub struct AuthorFlags {
    /// Authors' names, as authors and inside the texts: hashed (another hash in every run and article), kept or dropped
    ///
    /// Inside the texts: names of the thread's commenters and of the article's author, whole or one of their capitalised
    /// words, in Russian cases too; not those of public figures, nor words that the thread writes in lower case.
    #[arg(long, value_enum, default_value_t = AuthorChoice::Hash, value_name = "WHAT")]
    pub authors: AuthorChoice,
    /// A file whose bytes salt the hashes: the same name has the same hash across runs and articles
    #[arg(long, value_name = "FILE")]
    pub salt_file: Option<PathBuf>,
}

/// See [`Authors`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AuthorChoice {
    /// As printed.
    Keep,
    /// Salted hash.
    Hash,
    /// Left out.
    Drop,
}

/// View of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A thread per line.
    Jsonl,
    /// A row per comment.
    Csv,
    /// A table.
    Text,
}

impl AuthorFlags {
    /// The library's options.
    ///
    /// # Errors
    /// The salt file cannot be read or is empty.
    pub fn options(&self) -> Result<Options> {
        let authors = match self.authors {
            AuthorChoice::Keep => Authors::Keep,
            AuthorChoice::Hash => Authors::Hash,
            AuthorChoice::Drop => Authors::Drop,
        };
        let salt = match &self.salt_file {
            None => Salt::default(),
            Some(path) => Salt::new(input::small_file(path, "a salt of 16 random bytes or more is meant")?),
        };
        Ok(Options { authors, salt })
    }
}

impl AuthorFlags {
    /// The options for a verb that shows texts and no authors: what does not name them needs no hash, and a number is
    /// the same in every run.
    ///
    /// # Errors
    /// As [`AuthorFlags::options`].
    pub fn for_texts(&self) -> Result<Options> {
        let options = self.options()?;
        let numbers = self.authors == AuthorChoice::Hash && self.salt_file.is_none();
        Ok(if numbers { Options { authors: Authors::Drop, ..options } } else { options })
    }
}

impl Split {
    /// Runs the verb.
    pub fn run(&self, ctx: &Context) -> Result<()> {
        let options = self.authors.options()?;
        let mut out = Output::open(self.output.as_deref())?;
        let name =
            self.output.as_ref().map_or_else(|| "standard output".to_owned(), |p| p.display().to_string());
        let failed = |e: std::io::Error| Error::io(&name, e);
        let summary = match self.format {
            _ if self.show_lines => self.read.documents(
                ctx,
                |document| Ok(marked(document)),
                |text| out.write_all(text.as_bytes()).map_err(failed),
            )?,
            Format::Jsonl => self.read.threads(&options, ctx, |thread| {
                serde_json::to_writer(&mut out, &thread).map_err(|e| failed(e.into()))?;
                out.write_all(b"\n").map_err(failed)
            })?,
            Format::Csv => {
                let mut csv = csv::Writer::from_writer(&mut out);
                csv.write_record(COLUMNS).map_err(|e| failed(e.into()))?;
                let summary = self.read.threads(&options, ctx, |thread| {
                    thread
                        .comments
                        .iter()
                        .try_for_each(|c| csv.write_record(row(&thread, c)))
                        .map_err(|e| failed(e.into()))
                })?;
                csv.flush().map_err(failed)?;
                drop(csv);
                summary
            }
            Format::Text => {
                let mut table = Table::default();
                let summary = self.read.threads(&options, ctx, |thread| {
                    table.add(&thread);
                    Ok(())
                })?;
                out.write_all(table.render().as_bytes()).map_err(failed)?;
                summary
            }
        };
        out.finish()?;
        summary.check()
    }
}

/// The lines of a dump, each with what it was taken as.
fn marked(document: &Document) -> String {
    let mut out = format!("== {}\n", document.source);
    if document.kind != Kind::Text {
        out.push_str("no text dump: read by markup or format, not by lines\n");
        return out;
    }
    let text = decode(document).text;
    for (line, role) in text.lines().zip(roles(&text)) {
        let mark = match role {
            Role::Heading => "heading".to_owned(),
            Role::Byline(no) => format!("byline {no}"),
            Role::Body(no) => format!("comment {no}"),
            Role::Furniture => "furniture".to_owned(),
            Role::Other => String::new(),
        };
        out.push_str(format!("{mark:>12} | {}", line.trim()).trim_end());
        out.push('\n');
    }
    out
}

const COLUMNS: [&str; 7] = ["article", "no", "parent", "author", "time", "lang", "text"];

fn row(thread: &Thread, c: &Comment) -> [String; 7] {
    let parent = c.parent.map(|p| p.to_string()).unwrap_or_default();
    let some = |s: &Option<String>| s.clone().unwrap_or_default();
    [
        thread.article.clone(),
        c.no.to_string(),
        parent,
        some(&c.author),
        some(&c.time),
        c.lang.clone(),
        c.text.clone(),
    ]
}

/// The table: a line per document, a line of totals.
#[derive(Default)]
struct Table {
    rows: Vec<[String; 5]>,
    n_comments: usize,
}

impl Table {
    fn add(&mut self, thread: &Thread) {
        let status = match thread.status {
            Status::Found => "found".to_owned(),
            Status::None => "none".to_owned(),
            Status::Empty => "empty".to_owned(),
            Status::Elsewhere => format!("elsewhere ({})", thread.host.as_deref().unwrap_or("unknown host")),
        };
        self.n_comments += thread.comments.len();
        self.rows.push([
            short(&thread.article),
            status,
            thread.comments.len().to_string(),
            thread.declared.map_or_else(|| "-".to_owned(), |n| n.to_string()),
            thread.lang.clone().unwrap_or_else(|| "-".to_owned()),
        ]);
    }

    fn render(&self) -> String {
        let head = ["article", "status", "found", "declared", "lang"].map(str::to_owned);
        let total = [
            "total".to_owned(),
            format!("{} documents", self.rows.len()),
            self.n_comments.to_string(),
            String::new(),
            String::new(),
        ];
        let lines: Vec<&[String; 5]> =
            std::iter::once(&head).chain(&self.rows).chain(std::iter::once(&total)).collect();
        let width = |i: usize| lines.iter().map(|l| l[i].chars().count()).max().unwrap_or(0);
        let (w0, w1, w2, w3) = (width(0), width(1), width(2), width(3));
        let mut out = String::new();
        for l in lines {
            let line = format!("{:w0$}  {:w1$}  {:>w2$}  {:>w3$}  {}", l[0], l[1], l[2], l[3], l[4]);
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

/// An article's id, cut to what a table can hold.
fn short(article: &str) -> String {
    const MOST: usize = 60;
    if article.chars().count() <= MOST {
        return article.to_owned();
    }
    // The end of an address tells more than its start.
    let tail: String = article.chars().skip(article.chars().count() - MOST + 1).collect();
    format!("…{tail}")
}
