//! `stance sample`: comments to label by hand, as a spreadsheet takes them.

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::Context;
use super::output::Output;
use super::split::AuthorFlags;
use super::threads::Read;
use crate::comments::Thread;
use crate::error::{Error, Result};
use crate::labels::csv::write_field;
use crate::labels::sample::{informative, random};
use crate::model;

/// Draw comments to label by hand
///
/// The random part is for shares and figures; the informative part, drawn where the model is in doubt, for teaching
/// only. They never share a comment and the column part tells them apart. Fill in stance (anti-Kremlin, neutral,
/// pro-Kremlin), and sentiment and confidence if you like; then: stance train --base shipped FILE -o MODEL
#[derive(Debug, Args)]
pub struct Sample {
    #[command(flatten)]
    read: Read,
    /// Comments of the random part
    #[arg(short, long = "random", value_name = "N", default_value_t = 50,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    n: u32,
    /// Comments of the informative part
    #[arg(long, value_name = "M", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    informative: u32,
    /// The model whose doubt counts [default: the one shipped with the program]
    #[arg(long, short, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// Seed of the draw
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// Where the CSV goes [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    authors: AuthorFlags,
}

/// Columns that are written; `stance train` reads them as they are.
const COLUMNS: [&str; 11] = [
    "article",
    "id",
    "parent",
    "parent_text",
    "headline",
    "lang",
    "text",
    "stance",
    "sentiment",
    "confidence",
    "part",
];

/// A comment that can be drawn: thread, and place in it.
type Place = (usize, usize);

impl Sample {
    /// Runs the verb.
    ///
    /// # Errors
    /// An input or a model that cannot be read; pages without a comment.
    pub fn run(&self, ctx: &Context) -> Result<()> {
        let mut out = Output::open(self.output.as_deref())?;
        let options = self.authors.for_texts()?;
        let mut threads: Vec<Thread> = Vec::new();
        let summary = self.read.threads(&options, ctx, |thread| {
            threads.push(thread);
            Ok(())
        })?;
        let places: Vec<Place> = threads
            .iter()
            .enumerate()
            .flat_map(|(t, thread)| (0..thread.comments.len()).map(move |c| (t, c)))
            .filter(|(t, c)| threads[*t].comments[*c].text.chars().any(char::is_alphanumeric))
            .collect();
        if places.is_empty() {
            summary.check()?;
            return Err(Error::input("no comment with a text was found")
                .hint("see what stance split finds in these pages"));
        }
        let n = self.n as usize;
        if places.len() < n {
            ctx.warn(format!("{} comments are all there are; {n} were asked for", places.len()));
        }
        let drawn = random(places.len(), n, self.seed);
        let doubted =
            if self.informative > 0 { self.doubted(&threads, &places, &drawn)? } else { Vec::new() };
        if doubted.len() < self.informative as usize {
            ctx.warn(format!("the informative part has {} of {} comments", doubted.len(), self.informative));
        }

        // The mark by which spreadsheets know UTF-8.
        let mut bytes = "\u{feff}".as_bytes().to_vec();
        bytes.extend_from_slice(COLUMNS.join(",").as_bytes());
        bytes.push(b'\n');
        let mut parts: Vec<(usize, &str)> = drawn.iter().map(|i| (*i, "random")).collect();
        parts.extend(doubted.iter().map(|i| (*i, "informative")));
        parts.sort_unstable();
        for (i, part) in &parts {
            write_row(&mut bytes, &threads, places[*i], part);
        }
        out.write_all(&bytes).map_err(|e| Error::io("output", e))?;
        out.finish()?;
        ctx.note(format!(
            "{} of {} comments drawn ({} at random, {} for the model's doubt); fill in the column stance, then: \
             stance train --base shipped FILE -o MODEL",
            parts.len(),
            places.len(),
            drawn.len(),
            doubted.len()
        ));
        summary.check()
    }

    /// The informative part: places where the model is least decided about its first head.
    fn doubted(&self, threads: &[Thread], places: &[Place], drawn: &[usize]) -> Result<Vec<usize>> {
        let model = &*model::or_shipped(self.model.as_deref())?;
        let mut number: HashMap<&str, usize> = HashMap::new();
        let mut articles = Vec::with_capacity(places.len());
        let mut rows = Vec::with_capacity(places.len());
        let mut of_thread = (usize::MAX, Vec::new());
        for &(t, c) in places {
            if of_thread.0 != t {
                let posteriors = model.predict(&model::items(&threads[t]));
                of_thread = (t, posteriors.into_iter().next().map(|p| p.rows).unwrap_or_default());
            }
            rows.push(of_thread.1.get(c).cloned().flatten());
            let next = number.len();
            articles.push(*number.entry(&threads[t].article).or_insert(next));
        }
        Ok(informative(&rows, &articles, drawn, self.informative as usize))
    }
}

fn write_row(out: &mut Vec<u8>, threads: &[Thread], (t, c): Place, part: &str) {
    let thread = &threads[t];
    let comment = &thread.comments[c];
    let parent = comment.parent.and_then(|no| thread.comments.iter().find(|p| p.no == no));
    let fields = [
        thread.article.as_str(),
        &comment.id,
        parent.map_or("", |p| &p.id),
        parent.map_or("", |p| &p.text),
        thread.title.as_deref().unwrap_or_default(),
        &comment.lang,
        &comment.text,
        "",
        "",
        "",
        part,
    ];
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write_field(out, &harmless(field));
    }
    out.push(b'\n');
}

/// A field that no spreadsheet takes for a formula: a space before the sign, which reading labels takes off again.
fn harmless(field: &str) -> std::borrow::Cow<'_, str> {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!(" {field}").into()
    } else {
        field.into()
    }
}
