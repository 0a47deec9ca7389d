//! `stance explain`: the words and the context that decided, signed per class.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use super::split::AuthorFlags;
use super::threads::Read;
use super::view::{self, View, clip};
use super::{Context, strongest};
use crate::comments::{Comment, Thread};
use crate::error::{Error, Result};
use crate::model::{self, Contribution, Item, Model, items};
use crate::page::Limits;

/// Which words decided
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  stance explain saved/page.html:4      the words that decided comment 4
  stance explain saved/page.html        all comments of a page, shortly
  stance explain --model                the strongest terms of the shipped model
  stance explain --model my.stance      those of another: an outlet's name among them is a leak
Numbers add up to the score of each class, the logarithm of its posterior up to a constant. In [brackets] stands what 
is no word of the text: the prior is there before a word is read; [name] and [link] are any name and address.")]
pub struct Explain {
    /// A page or other input, with :NO for one of its comments
    #[arg(value_name = "PAGE[:NO]", required_unless_present = "model")]
    input: Option<String>,
    /// The model that decides [default: the one shipped with the program]; without PAGE, its strongest terms
    #[arg(long, short, value_name = "MODEL", num_args = 0..=1, default_missing_value = SHIPPED)]
    model: Option<PathBuf>,
    /// Words shown per comment and label column, or terms per class and language; csv and json hold all words
    #[arg(long, default_value_t = 8, value_name = "N")]
    top: usize,
    /// The terms as the model has them, stems and groups of letters, instead of the words they stand in
    #[arg(long)]
    terms: bool,
    #[command(flatten)]
    view: View<Format>,
    #[command(flatten)]
    authors: AuthorFlags,
}

/// View of an explanation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For the terminal
    #[default]
    Text,
    /// A row per comment, label column, word and class
    Csv,
    /// An object per comment
    Json,
}

/// Stands for the model inside the program.
const SHIPPED: &str = "shipped";

/// Columns of the CSV of a page.
const COLUMNS: [&str; 8] = ["article", "no", "head", "named", "kind", "term", "class", "score"];

/// One head of one comment.
struct OfHead {
    head: String,
    classes: Vec<String>,
    named: usize,
    posterior: Vec<f64>,
    scores: Vec<f64>,
    parts: Vec<Contribution>,
}

impl Explain {
    /// Runs the verb.
    ///
    /// # Errors
    /// An input or a model that cannot be read; a comment number that the page does not have.
    pub fn run(&self, ctx: &Context) -> Result<()> {
        let model = &*model::or_shipped(self.model.as_deref().filter(|p| p.as_os_str() != SHIPPED))?;
        let out = self.view.open()?;
        let text = match &self.input {
            None => strongest::render(model, self.top, self.view.format())?,
            Some(input) => self.page(input, model, ctx)?,
        };
        view::write(out, &text)
    }

    fn page(&self, input: &str, model: &Model, ctx: &Context) -> Result<String> {
        let (path, no) = place(input);
        let limits = Limits::default();
        let read = Read { paths: vec![path.to_owned()], max_size: 256 << 20, max_ratio: limits.max_ratio };
        let options = self.authors.for_texts()?;
        let mut text = String::new();
        let mut rows = Vec::new();
        let mut objects = Vec::new();
        let mut n = 0;
        let summary = read.threads(&options, ctx, |thread| {
            let items = items(&thread);
            for (i, comment) in thread.comments.iter().enumerate() {
                if no.is_some_and(|no| no != comment.no) {
                    continue;
                }
                n += 1;
                let heads = self.heads(model, &items, i);
                match self.view.format() {
                    Format::Text => self.text(&mut text, comment, &heads),
                    Format::Csv => rows.extend(heads.iter().flat_map(|h| csv_rows(&thread, comment, h))),
                    Format::Json => objects.push(object(&thread, comment, &heads)),
                }
            }
            Ok(())
        })?;
        summary.check()?;
        if n == 0 {
            let what = no.map_or("there is no comment".to_owned(), |no| format!("there is no comment {no}"));
            return Err(Error::input(what).file(path).hint("stance split shows what was found in the page"));
        }
        match self.view.format() {
            Format::Text => Ok(text),
            Format::Csv => view::csv(&COLUMNS, rows),
            Format::Json => view::json(&json!({
                "version": env!("CARGO_PKG_VERSION"), "model": model.sha256(), "comments": objects
            })),
        }
    }

    fn heads(&self, model: &Model, items: &[Item<'_>], i: usize) -> Vec<OfHead> {
        let explained = model.explain(items, i).into_iter().zip(model.heads());
        explained
            .map(|(e, head)| OfHead {
                named: head.decide(&e.posterior),
                parts: if self.terms { e.contributions.clone() } else { model.by_word(&items[i], &e) },
                head: e.head,
                classes: e.classes,
                posterior: e.posterior,
                scores: e.scores,
            })
            .collect()
    }

    fn text(&self, out: &mut String, comment: &Comment, heads: &[OfHead]) {
        let _ = writeln!(out, "comment {}", comment.no);
        wrap(out, "  ", &comment.text);
        if heads.is_empty() {
            out.push_str("  nothing to read, so no class\n");
        }
        for h in heads {
            let _ = writeln!(
                out,
                "\n  {}: {} ({:.0} %)",
                h.head,
                h.classes[h.named],
                100.0 * h.posterior[h.named]
            );
            let _ = writeln!(out, "    {:<34}{}", "adds to the score of", cells(&h.classes));
            let numbers =
                |scores: &[f64]| cells(&scores.iter().map(|s| format!("{s:+.2}")).collect::<Vec<_>>());
            for c in h.parts.iter().take(self.top) {
                let name = match c.kind {
                    "chars" | "letters" => format!("letters \"{}\"", c.name),
                    "context" => format!("[{}]", c.name),
                    _ => c.name.clone(),
                };
                let _ = writeln!(out, "    {:<34}{}", clip(&name, 33), numbers(&c.scores));
            }
            let rest = h.parts.get(self.top..).unwrap_or_default();
            if !rest.is_empty() {
                let mut sum = vec![0.0; h.classes.len()];
                rest.iter().for_each(|c| sum.iter_mut().zip(&c.scores).for_each(|(s, v)| *s += v));
                let _ =
                    writeln!(out, "    {:<34}{}", format!("{} others together", rest.len()), numbers(&sum));
            }
            let _ = writeln!(out, "    {:<34}{}", "= score", numbers(&h.scores));
        }
        let quoted = n_quoted(comment);
        if quoted > 0 {
            let _ = writeln!(out, "  not counted: {quoted} characters quoted from another comment");
        }
        if !comment.notes.is_empty() {
            let _ = writeln!(out, "  not counted: {} notes of a translator", comment.notes.len());
        }
        out.push('\n');
    }
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

/// Characters of the comment that are another's words.
fn n_quoted(comment: &Comment) -> usize {
    let spans = comment.quotes.iter().filter_map(|q| comment.text.get(q.start..q.end));
    spans.map(|q| q.chars().count()).sum()
}

fn csv_rows(thread: &Thread, comment: &Comment, h: &OfHead) -> Vec<Vec<String>> {
    let cells =
        h.parts.iter().flat_map(|c| h.classes.iter().zip(&c.scores).map(move |(class, s)| (c, class, s)));
    cells
        .map(|(c, class, score)| {
            let named = &h.classes[h.named];
            [
                &thread.article,
                &comment.no.to_string(),
                &h.head,
                named,
                c.kind,
                &c.name,
                class,
                &score.to_string(),
            ]
            .map(|s: &str| s.to_owned())
            .to_vec()
        })
        .collect()
}

fn object(thread: &Thread, comment: &Comment, heads: &[OfHead]) -> Value {
    let by_class = |h: &OfHead, values: &[f64]| -> Map<String, Value> {
        h.classes.iter().cloned().zip(values.iter().map(|v| json!(v))).collect()
    };
    let of_head = |h: &OfHead| {
        let parts: Vec<Value> = h
            .parts
            .iter()
            .map(|c| json!({"term": c.name, "kind": c.kind, "scores": by_class(h, &c.scores)}))
            .collect();
        json!({"head": h.head, "named": h.classes[h.named], "posterior": by_class(h, &h.posterior),
            "scores": by_class(h, &h.scores), "contributions": parts})
    };
    json!({"article": thread.article, "no": comment.no, "id": comment.id, "text": comment.text,
        "not_counted": {"quoted_characters": n_quoted(comment), "notes": comment.notes},
        "heads": heads.iter().map(of_head).collect::<Vec<_>>()})
}

/// Columns of thirteen.
fn cells<S: AsRef<str>>(cells: &[S]) -> String {
    cells.iter().fold(String::new(), |mut line, c| {
        let _ = write!(line, " {:>13}", clip(c.as_ref(), 13));
        line
    })
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
