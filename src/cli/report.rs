//! `stance report`: the main job. Pages or scored comments -> distribution per article.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::output::Output;
use super::split::AuthorFlags;
use super::threads::{Read, Summary};
use super::{Context, input};
use crate::comments;
use crate::error::{Error, Result};
use crate::estimate::Target;
use crate::labels::field::sha256;
use crate::model;
use crate::report::build::{ArticleFacts, Builder, By, HandLabels, Options, Period};
use crate::report::rows::Quotes;
use crate::report::{csv, html, json, markdown, scored, text};

/// The distribution of stance per article
#[derive(Debug, Args)]
pub struct Report {
    #[command(flatten)]
    read: Read,
    /// The model [default: the one shipped with the program]
    #[arg(long, short, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// Where the report goes [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// View of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Shares among these comments, or among readers who comment like these
    #[arg(long, value_enum, default_value_t = TargetFlag::Comments)]
    target: TargetFlag,
    /// Probability that an interval holds the truth
    #[arg(long, default_value_t = 0.95, value_name = "P")]
    interval: f64,
    /// What is reported: article, source, day, week, month, or a column of --dates
    #[arg(long, default_value = "article", value_name = "WHAT")]
    by: String,
    /// CSV with the columns article and date (and others, for --by): dates of articles whose pages tell none
    #[arg(long, value_name = "FILE")]
    dates: Option<PathBuf>,
    /// Hand labels of some of the comments (columns article, id, and the label columns); they enter exactly
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Differences between these articles or groups, with intervals
    #[arg(long, num_args = 2.., value_name = "GROUP")]
    compare: Vec<String>,
    /// Print shares that would be withheld, marked as unverified
    #[arg(long)]
    anyway: bool,
    /// How much of each comment the JSON and HTML views hold: verbatim quotes are searchable and lead to persons
    #[arg(long, value_enum, default_value_t = QuotesFlag::Words, value_name = "HOW")]
    quotes: QuotesFlag,
    /// Seed of the random draws
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    #[command(flatten)]
    authors: AuthorFlags,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For the terminal.
    Text,
    /// Everything.
    Json,
    /// A row per article, head and class.
    Csv,
    /// Tables to paste.
    Md,
    /// A page to look at and pass on.
    Html,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TargetFlag {
    /// These comments.
    Comments,
    /// Commenters like these.
    Readers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum QuotesFlag {
    /// Numbers and classes only.
    None,
    /// The few words that decided.
    Words,
    /// The whole text.
    Full,
}

impl From<QuotesFlag> for Quotes {
    fn from(flag: QuotesFlag) -> Self {
        match flag {
            QuotesFlag::None => Quotes::None,
            QuotesFlag::Words => Quotes::Words,
            QuotesFlag::Full => Quotes::Full,
        }
    }
}

enum Piece {
    Threads(Vec<comments::Thread>),
    Scored(Vec<scored::Scored>),
}

impl Report {
    /// Runs the verb.
    ///
    /// # Errors
    /// Inputs, a model or a side file that cannot be read; a group that does not exist.
    pub fn run(&self, ctx: &Context) -> Result<()> {
        let mut out = Output::open(self.output.as_deref())?;
        let (report, summary) = self.build(ctx)?;
        let rendered = match self.format {
            Format::Text => text::render(&report),
            Format::Json => json::render(&report)?,
            Format::Csv => csv::render(&report)?,
            Format::Md => markdown::render(&report),
            Format::Html => html::render(&report)?,
        };
        out.write_all(rendered.as_bytes()).map_err(|e| Error::io("the report", e))?;
        out.finish()?;
        summary.check()
    }

    /// The report and what could not be read.
    ///
    /// # Errors
    /// As [`Report::run`].
    pub(super) fn build(&self, ctx: &Context) -> Result<(crate::report::Report, Summary)> {
        let model = &*model::or_shipped(self.model.as_deref())?;
        let split = self.authors.for_texts()?;
        let mut builder = Builder::new(model, self.options()?)?;
        let summary = self.read.documents(
            ctx,
            |document| {
                let piece = if scored::is_scored(&document.bytes) {
                    Piece::Scored(scored::read(&document.source, &document.bytes, model)?)
                } else {
                    Piece::Threads(comments::split(document, &split)?)
                };
                Ok((document.source.clone(), sha256(&document.bytes), piece))
            },
            |(source, hash, piece)| {
                match piece {
                    Piece::Threads(threads) => threads.into_iter().try_for_each(|mut t| {
                        t.source = from_home(&t.source);
                        builder.add(&t)
                    })?,
                    Piece::Scored(articles) => {
                        for a in articles {
                            let ids: Vec<&str> = a.ids.iter().map(String::as_str).collect();
                            builder.add_scored(&a.article, &from_home(&source), &ids, a.rows)?;
                        }
                    }
                }
                builder.input(from_home(&source), hash);
                Ok(())
            },
        )?;
        Ok((builder.finish()?, summary))
    }

    fn options(&self) -> Result<Options> {
        let by = match self.by.as_str() {
            "article" => By::Article,
            "source" => By::Source,
            "day" => By::Period(Period::Day),
            "week" => By::Period(Period::Week),
            "month" => By::Period(Period::Month),
            column => By::Column(column.to_owned()),
        };
        if let By::Column(c) = &by
            && self.dates.is_none()
        {
            return Err(Error::usage(format!("--by {c:?} is not article, source, day, week or month"))
                .hint("a column of your own needs --dates FILE.csv with the columns article and that one"));
        }
        let mut facts = ArticleFacts::new();
        if let Some(path) = &self.dates {
            for (_, row) in rows(path, &["article"])? {
                let article = row["article"].clone();
                facts.insert(article, row);
            }
        }
        let mut known = HandLabels::new();
        if let Some(path) = &self.labels {
            for (_, row) in rows(path, &["article", "id"])? {
                known.insert((row["article"].clone(), row["id"].clone()), row);
            }
        }
        Ok(Options {
            target: match self.target {
                TargetFlag::Comments => Target::Comments,
                TargetFlag::Readers => Target::Readers,
            },
            interval: self.interval,
            by,
            seed: self.seed,
            anyway: self.anyway,
            compare: self.compare.clone(),
            facts,
            known,
            rows: matches!(self.format, Format::Json | Format::Html).then_some(self.quotes.into()),
            command: std::env::args().skip(1).map(|a| from_home(&a)).collect(),
        })
    }
}

/// The user's home folder and the separator after it.
fn home() -> Option<String> {
    let home = std::env::var("HOME").ok().filter(|h| h.len() > 1)?;
    Some(home.trim_end_matches('/').to_owned() + "/")
}

/// A path, or an argument that ends with one after `=`, with the home folder as `~`: a report is passed on, and a home
/// folder has its owner's name.
fn from_home(argument: &str) -> String {
    let Some(home) = home() else { return argument.to_owned() };
    let (flag, path) = argument.split_once('=').filter(|(f, _)| f.starts_with('-')).unwrap_or(("", argument));
    match path.strip_prefix(&home) {
        None => argument.to_owned(),
        Some(rest) if flag.is_empty() => format!("~/{rest}"),
        Some(rest) => format!("{flag}=~/{rest}"),
    }
}

/// The argument that [`from_home`] was given.
pub(super) fn to_home(argument: &str) -> String {
    let Some(home) = home() else { return argument.to_owned() };
    let (flag, path) = argument.split_once('=').filter(|(f, _)| f.starts_with('-')).unwrap_or(("", argument));
    match path.strip_prefix("~/") {
        None => argument.to_owned(),
        Some(rest) if flag.is_empty() => format!("{home}{rest}"),
        Some(rest) => format!("{flag}={home}{rest}"),
    }
}

/// Rows of a small CSV file by column name, with their lines.
fn rows(path: &Path, needed: &[&str]) -> Result<Vec<(u64, BTreeMap<String, String>)>> {
    let name = path.display().to_string();
    let bytes = input::small_file(path, "a CSV file is meant")?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = ::csv::Reader::from_reader(bytes);
    let broken = |e: ::csv::Error| {
        let line = e.position().map_or(1, ::csv::Position::line);
        Error::input(format!("the CSV cannot be read: {e}")).file(&name).line(line)
    };
    let header = reader.headers().map_err(broken)?.clone();
    for column in needed {
        if !header.iter().any(|h| h == *column) {
            let found: Vec<&str> = header.iter().collect();
            return Err(Error::input(format!("there is no column {column:?}; found {}", found.join(", ")))
                .file(&name)
                .line(1)
                .hint(format!("the file needs the columns {}", needed.join(", "))));
        }
    }
    let mut out = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let line = record.position().map_or(0, ::csv::Position::line);
        out.push((line, header.iter().zip(&record).map(|(h, v)| (h.to_owned(), v.to_owned())).collect()));
    }
    Ok(out)
}
