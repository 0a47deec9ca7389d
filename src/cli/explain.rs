//! `stance explain`: the words and the context that decided, signed per class.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Context;
use super::output::Output;
use super::threads::Read;
use crate::comments::{Authors, Comment, Options, Salt, Thread};
use crate::error::{Error, Result};
use crate::model::{self, Explanation, Model, items};
use crate::page::Limits;

/// Which words decided
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  stance explain saved/page.html:4      the words that decided comment 4
  stance explain saved/page.html        all comments of a page, shortly
  stance explain --model                the strongest terms of the shipped model
  stance explain --model my.stance      those of another: an outlet's name among them is a leak")]
pub struct Explain {
    /// A page or other input, with :NO for one of its comments
    #[arg(value_name = "PAGE[:NO]", required_unless_present = "model")]
    input: Option<String>,
    /// The model that decides [default: the one shipped with the program]; without PAGE, its strongest terms
    #[arg(long, short, value_name = "MODEL", num_args = 0..=1, default_missing_value = SHIPPED)]
    model: Option<PathBuf>,
    /// Terms shown per comment and label column, or per class and script
    #[arg(long, default_value_t = 8, value_name = "N")]
    top: usize,
    /// For the terminal, or a CSV row per contribution
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Where it goes [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For the terminal.
    Text,
    /// All contributions, none left out.
    Csv,
}

/// Stands for the model inside the program.
const SHIPPED: &str = "shipped";

/// Columns of the CSV of a page.
const COLUMNS: [&str; 8] = ["article", "no", "head", "named", "kind", "term", "class", "score"];

impl Explain {
    /// Runs the verb.
    ///
    /// # Errors
    /// An input or a model that cannot be read; a comment number that the page does not have.
    pub fn run(&self, ctx: &Context) -> Result<()> {
        let model = &*model::or_shipped(self.model.as_deref().filter(|p| p.as_os_str() != SHIPPED))?;
        let mut out = Output::open(self.output.as_deref())?;
        let text = match &self.input {
            None => self.strongest(model)?,
            Some(input) => self.page(input, model, ctx)?,
        };
        out.write_all(text.as_bytes()).map_err(|e| Error::io("the explanation", e))?;
        out.finish()
    }

    fn page(&self, input: &str, model: &Model, ctx: &Context) -> Result<String> {
        let (path, no) = place(input);
        let limits = Limits::default();
        let read = Read { paths: vec![path.to_owned()], max_size: 256 << 20, max_ratio: limits.max_ratio };
        let options = Options { authors: Authors::Drop, salt: Salt::default() };
        let mut out = String::new();
        let mut csv = ::csv::Writer::from_writer(Vec::new());
        if self.format == Format::Csv {
            csv.write_record(COLUMNS).map_err(|e| broken(&e))?;
        }
        let mut n = 0;
        let summary = read.threads(&options, ctx, |thread| {
            let items = items(&thread);
            for (i, comment) in thread.comments.iter().enumerate() {
                if no.is_some_and(|no| no != comment.no) {
                    continue;
                }
                n += 1;
                let explained = model.explain(&items, i);
                match self.format {
                    Format::Text => self.text(&mut out, model, comment, &explained),
                    Format::Csv => rows(&mut csv, model, &thread, comment, &explained)?,
                }
            }
            Ok(())
        })?;
        summary.check()?;
        if n == 0 {
            let what = no.map_or("there is no comment".to_owned(), |no| format!("there is no comment {no}"));
            return Err(Error::input(what).file(path).hint("stance split shows what was found in the page"));
        }
        if self.format == Format::Csv {
            let bytes = csv.into_inner().map_err(|e| broken(&e))?;
            out = String::from_utf8(bytes).map_err(|e| broken(&e))?;
        }
        Ok(out)
    }

    fn text(&self, out: &mut String, model: &Model, comment: &Comment, explained: &[Explanation]) {
        let _ = writeln!(out, "comment {}", comment.no);
        wrap(out, "  ", &comment.text);
        if explained.is_empty() {
            out.push_str("  nothing to read, so no class\n");
        }
        for e in explained {
            let Some(head) = model.head(&e.head) else { continue };
            let named = head.decide(&e.posterior);
            let _ =
                writeln!(out, "\n  {}: {} ({:.0} %)", e.head, e.classes[named], 100.0 * e.posterior[named]);
            let _ = writeln!(out, "    {:<34}{}", "adds to the score of", cells(&e.classes));
            let numbers =
                |scores: &[f64]| cells(&scores.iter().map(|s| format!("{s:+.2}")).collect::<Vec<_>>());
            for c in e.contributions.iter().take(self.top) {
                let name = if c.kind == "chars" { format!("letters \"{}\"", c.name) } else { c.name.clone() };
                let name = if c.kind == "context" { format!("[{name}]") } else { name };
                let _ = writeln!(out, "    {:<34}{}", clip(&name, 33), numbers(&c.scores));
            }
            let rest = e.contributions.get(self.top..).unwrap_or_default();
            if !rest.is_empty() {
                let mut sum = vec![0.0; e.classes.len()];
                rest.iter().for_each(|c| sum.iter_mut().zip(&c.scores).for_each(|(s, v)| *s += v));
                let _ =
                    writeln!(out, "    {:<34}{}", format!("{} others together", rest.len()), numbers(&sum));
            }
            let _ = writeln!(out, "    {:<34}{}", "= score", numbers(&e.scores));
        }
        let quoted: usize = comment
            .quotes
            .iter()
            .filter_map(|q| comment.text.get(q.start..q.end))
            .map(|q| q.chars().count())
            .sum();
        if quoted > 0 {
            let _ = writeln!(out, "  not counted: {quoted} characters quoted from another comment");
        }
        if !comment.notes.is_empty() {
            let _ = writeln!(out, "  not counted: {} notes of a translator", comment.notes.len());
        }
        out.push('\n');
    }

    fn strongest(&self, model: &Model) -> Result<String> {
        let mut out = String::new();
        let mut csv = ::csv::Writer::from_writer(Vec::new());
        csv.write_record(["head", "class", "script", "term", "weight", "df"]).map_err(|e| broken(&e))?;
        for head in model.heads() {
            for (class, terms) in head.classes.iter().zip(model.strongest(&head.name, self.top)) {
                let _ = writeln!(out, "{}: {class}", head.name);
                for t in &terms {
                    let _ = writeln!(
                        out,
                        "  {:<9} {:+7.2}  in {:>6} comments  {}",
                        t.script,
                        t.weight,
                        t.df,
                        clip(&t.term, 36)
                    );
                    csv.write_record([
                        &head.name,
                        class,
                        t.script,
                        &t.term,
                        &format!("{:.4}", t.weight),
                        &t.df.to_string(),
                    ])
                    .map_err(|e| broken(&e))?;
                }
                out.push('\n');
            }
        }
        if self.format == Format::Csv {
            let bytes = csv.into_inner().map_err(|e| broken(&e))?;
            return String::from_utf8(bytes).map_err(|e| broken(&e));
        }
        out.push_str("weight: weight times idf, less the mean over the classes. A name of an outlet or a byline among\nthese is a leak: the model has learnt who writes, not what is said.\n");
        Ok(out)
    }
}

fn broken(e: &dyn std::fmt::Display) -> Error {
    Error::new(crate::error::Kind::Internal, format!("the explanation cannot be written: {e}"))
}

/// Path and comment number of `PAGE[:NO]`; a file of that very name wins.
fn place(input: &str) -> (&str, Option<u32>) {
    if Path::new(input).exists() {
        return (input, None);
    }
    match input.rsplit_once(':') {
        Some((path, no)) => no.parse().map_or((input, None), |no| (path, Some(no))),
        None => (input, None),
    }
}

fn rows(
    csv: &mut ::csv::Writer<Vec<u8>>,
    model: &Model,
    thread: &Thread,
    comment: &Comment,
    explained: &[Explanation],
) -> Result<()> {
    for e in explained {
        let named = model.head(&e.head).map_or("", |h| &e.classes[h.decide(&e.posterior)]);
        for c in &e.contributions {
            for (class, score) in e.classes.iter().zip(&c.scores) {
                let no = comment.no.to_string();
                let score = format!("{score}");
                csv.write_record([&thread.article, &no, &e.head, named, c.kind, &c.name, class, &score])
                    .map_err(|e| broken(&e))?;
            }
        }
    }
    Ok(())
}

/// Columns of twelve.
fn cells<S: AsRef<str>>(cells: &[S]) -> String {
    cells.iter().fold(String::new(), |mut line, c| {
        let _ = write!(line, " {:>13}", clip(c.as_ref(), 13));
        line
    })
}

fn clip(s: &str, max: usize) -> String {
    if s.chars().count() <= max {
        return s.to_owned();
    }
    s.chars().take(max - 1).chain(['…']).collect()
}

fn wrap(out: &mut String, indent: &str, text: &str) {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + word.chars().count() > 76 {
            let _ = writeln!(out, "{indent}{line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    let _ = writeln!(out, "{indent}{line}");
}
