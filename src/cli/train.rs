//! `stance train`: labelled CSV -> model file, with the cross-validated table.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Context;
use super::output::Output;
use crate::error::{Error, Result};
use crate::features::Recipe;
use crate::labels::{self, LabelledCollection, ReadOptions};
use crate::model::{HeadReport, TrainParams, TrainReport, quantify, store, train};

/// Train a model from labelled CSV
#[derive(Debug, Args)]
pub struct Train {
    /// Labelled CSV files: columns text and stance, optional sentiment, article, id, parent, `parent_text`,
    /// headline, lang, coder, confidence, source
    #[arg(required = true, value_name = "LABELS.csv")]
    labels: Vec<PathBuf>,
    /// The model file to write
    #[arg(long, short, value_name = "MODEL")]
    output: PathBuf,
    /// A label column other than stance and sentiment; can be given again
    #[arg(long = "label", value_name = "COLUMN")]
    label: Vec<String>,
    /// A column under another name in the files: `text=comment_body`; can be given again
    #[arg(long = "column", value_name = "NAME=FOUND", value_parser = pair)]
    columns: Vec<(String, String)>,
    /// A label to rename while reading: "pro=pro-Kremlin"; can be given again
    #[arg(long = "map", value_name = "FOUND=LABEL", value_parser = pair)]
    map: Vec<(String, String)>,
    /// What the model sees: words and characters, or word 1-2-grams only
    #[arg(long, value_enum, default_value_t = Features::All, value_name = "KIND")]
    features: Features,
    /// Folds of the cross-validation
    #[arg(long, default_value_t = 5, value_name = "K", value_parser = clap::value_parser!(u64).range(2..=20))]
    folds: u64,
    /// Seed of the folds
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// Adapt a model to the labels instead of training from nothing: shipped, or a model file; 50 labels of a new
    /// outlet will do
    #[arg(long, value_name = "MODEL", conflicts_with_all = ["features", "folds"])]
    base: Option<String>,
    /// Save the model even if it does no better than a baseline; it is marked
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Features {
    /// Stemmed words with their 2-grams, and character n-grams
    All,
    /// Stemmed words with their 2-grams
    Words,
}

fn pair(s: &str) -> std::result::Result<(String, String), String> {
    match s.split_once('=') {
        Some((a, b)) if !a.trim().is_empty() && !b.trim().is_empty() => {
            Ok((a.trim().to_owned(), b.trim().to_owned()))
        }
        _ => Err("two names with = between them are needed".to_owned()),
    }
}

impl Train {
    /// Runs the verb.
    ///
    /// # Errors
    /// Labels that cannot be read or learned; a model no better than a baseline, without `--force`.
    pub fn run(&self, ctx: &Context) -> Result<()> {
        // Before the work, not after it: can the model be written where it is wanted?
        let out = Output::open(Some(&self.output))?;
        let options = ReadOptions {
            labels: self.label.clone(),
            columns: self.columns.iter().cloned().collect(),
            map: self.map.iter().cloned().collect(),
            classes: BTreeMap::new(),
        };
        if let Some(base) = &self.base {
            return rayon::scope(|_| {
                super::adapt::run(base, &self.labels, options, (self.seed, self.force), out, ctx)
            });
        }
        // Read out here: what stays in memory to the end is not to lie between what the workers take and give back.
        let labelled = labels::read(&self.labels, &options)?;
        // Among the workers: from outside, each of thousands of small sums would wait for one to wake up.
        rayon::scope(|_| self.run_inside(ctx, &labelled, out))
    }

    fn run_inside(&self, ctx: &Context, labelled: &LabelledCollection, mut out: Output) -> Result<()> {
        let recipe = match self.features {
            Features::All => Recipe::default(),
            Features::Words => Recipe::words(),
        };
        let params = TrainParams {
            recipe,
            n_folds: self.folds as usize,
            seed: self.seed,
            diagnose: true,
            ..TrainParams::default()
        };
        let (mut model, report) = train(labelled, &params)?;
        for warning in &report.warnings {
            ctx.warn(warning);
        }
        ctx.note(table(&report, labelled.rows.len()));
        if let Some(head) = report.heads.iter().find(|h| !h.is_better()) {
            let what = format!(
                "the model for {} is no better than a baseline: macro-F1 {:.3} against {:.3}",
                head.name,
                head.model.macro_f1,
                head.most_frequent.macro_f1.max(head.stratified.macro_f1)
            );
            if !self.force {
                return Err(
                    Error::input(what).hint("label more comments; --force saves it all the same, marked")
                );
            }
            ctx.warn(format!("{what}; saved and marked as such"));
        }
        quantify(&mut model, labelled, &report, self.seed)?;
        store::write(&model, &mut out)?;
        out.finish()
    }
}

/// The cross-validated table of all heads.
fn table(report: &TrainReport, n_rows: usize) -> String {
    let how = if report.n_folds == 1 {
        "a tenth held out".to_owned()
    } else {
        format!("{} folds, articles kept together", report.n_folds)
    };
    let mut out = format!("{n_rows} comments, {} terms; figures out of fold ({how})\n", report.n_terms);
    for head in &report.heads {
        out.push_str(&head_table(head));
    }
    out.truncate(out.trim_end().len());
    out
}

fn head_table(head: &HeadReport) -> String {
    let mut out = format!("\n{:<28} macro-F1  accuracy  log loss\n", head.name);
    for (name, m) in [
        ("  model", &head.model),
        ("  largest class", &head.most_frequent),
        ("  class shares", &head.stratified),
    ] {
        out.push_str(&format!("{name:<28} {:>8.3}  {:>8.3}  {:>8.3}\n", m.macro_f1, m.accuracy, m.log_loss));
    }
    for ((class, n), f1) in head.classes.iter().zip(&head.counts).zip(&head.f1) {
        out.push_str(&format!("  {:<26} {f1:>8.3}  ({n} comments)\n", format!("F1 {class}")));
    }
    for (lang, (n, f1)) in head.languages.iter().filter(|(_, (n, _))| *n >= 50) {
        out.push_str(&format!("  {:<26} {f1:>8.3}  ({n} comments)\n", format!("macro-F1 in {lang}")));
    }
    out.push_str(&diagnosis(head));
    let c = head.convergence;
    out.push_str(&format!(
        "  C = {}, {} Newton steps, relative gradient {:.1e}\n",
        head.c, c.n_iterations, c.gradient
    ));
    out
}

/// What a new outlet would get, and what more labels would bring.
fn diagnosis(head: &HeadReport) -> String {
    let mut out = String::new();
    let d = &head.diagnosis;
    if let Some(mean) = d.mean() {
        out.push_str("  on an outlet not among the labels (each source left out once; text stage alone)\n");
        for s in &d.sources {
            let name = format!("  without {}", s.source);
            let baseline = format!("baseline {:.3}, {} comments", s.baseline, s.n);
            out.push_str(&format!("  {name:<26} {:>8.3}  ({baseline})\n", s.macro_f1));
        }
        out.push_str(&format!("  {:<26} {mean:>8.3}\n", "  mean of these"));
    }
    if !d.learning_curve.is_empty() {
        let points: Vec<String> = d.learning_curve.iter().map(|(n, f1)| format!("{n}: {f1:.3}")).collect();
        out.push_str(&format!("  macro-F1 by number of labels (text stage alone)  {}\n", points.join("  ")));
    }
    out
}
