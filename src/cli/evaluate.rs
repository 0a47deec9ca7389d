//! `stance evaluate`: how good a model is, and against which baseline.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use clap::Args;

use super::Context;
use super::view::{self, TextOrJson, View};
use crate::error::{Error, Result};
use crate::estimate::Quantifier;
use crate::evaluate::{Evaluation, Scored, evaluate, text};
use crate::labels::agreement::of_collection;
use crate::labels::{self, LabelledCollection, ReadOptions};
use crate::model::{Item, Model, TrainParams, store, train};

/// How good a model is, and against which baseline
///
/// Without -m a model is trained and tested by cross-validation that keeps articles together. With -m the model is
/// tested on LABELS, which it must not have been trained on.
#[derive(Debug, Args)]
pub struct Evaluate {
    /// Labelled CSV files
    #[arg(required = true, value_name = "LABELS.csv")]
    labels: Vec<PathBuf>,
    /// Model file to test, instead of cross-validation
    #[arg(long, short, value_name = "MODEL", conflicts_with = "folds")]
    model: Option<PathBuf>,
    /// Folds of the cross-validation [default: 5]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(2..=20))]
    folds: Option<u64>,
    /// A label column other than stance and sentiment; can be given again
    #[arg(long = "label", value_name = "COLUMN")]
    label: Vec<String>,
    /// Seed of folds, groups and bootstraps
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    #[command(flatten)]
    view: View<TextOrJson>,
}

impl Evaluate {
    /// Runs the verb.
    ///
    /// # Errors
    /// Labels or a model that cannot be read; labels that cannot be learned; no label of the model's heads.
    pub fn run(&self, ctx: &Context) -> Result<()> {
        let options = ReadOptions { labels: self.label.clone(), ..ReadOptions::default() };
        let labelled = labels::read(&self.labels, &options)?;
        let n_informative = labelled.rows.iter().filter(|r| r.informative).count();
        if n_informative == labelled.rows.len() {
            return Err(Error::input("all rows were drawn for the model's doubt (column part: informative)")
                .hint("figures need a random part: draw one with stance sample, and label it"));
        }
        if n_informative > 0 {
            ctx.warn(format!(
                "{n_informative} comments were drawn for the model's doubt (column part: informative); the figures leave \
                 them out"
            ));
        }
        let evaluations = match &self.model {
            Some(path) => self.test(ctx, &store::read(path)?, &labelled)?,
            None => self.cross_validate(ctx, &labelled)?,
        };
        let body = match self.view.format() {
            TextOrJson::Text => evaluations.iter().map(text).collect::<Vec<_>>().join("\n"),
            TextOrJson::Json => {
                let by_head: BTreeMap<&str, &Evaluation> =
                    evaluations.iter().map(|e| (e.head.as_str(), e)).collect();
                view::json(&by_head)?
            }
        };
        view::write(self.view.open()?, &body)
    }

    fn cross_validate(&self, ctx: &Context, labelled: &LabelledCollection) -> Result<Vec<Evaluation>> {
        let n_folds = self.folds.unwrap_or(5) as usize;
        let params = TrainParams { n_folds, seed: self.seed, ..TrainParams::default() };
        let (_, report) = train(labelled, &params)?;
        report.warnings.iter().for_each(|w| ctx.warn(w));
        let how = match report.n_folds {
            1 => "a tenth held out".to_owned(),
            n => format!("{n} folds, articles kept together"),
        };
        let mut out = Vec::new();
        for (h, head) in report.heads.iter().enumerate() {
            let named = |i: usize| head.named[i];
            let scored = Scored::of(labelled, h, &head.classes, &head.oof, named, &head.counts);
            out.push(evaluate(&scored, None, of_collection(labelled, h, self.seed), &how, self.seed)?);
        }
        Ok(out)
    }

    fn test(&self, ctx: &Context, model: &Model, labelled: &LabelledCollection) -> Result<Vec<Evaluation>> {
        if labelled.hashes.values().any(|h| model.info().labels.values().any(|own| own == h)) {
            ctx.warn("the model was trained on these labels, so every figure flatters; leave out -m to cross-validate");
        }
        let index: HashMap<(&str, &str), usize> =
            labelled.rows.iter().enumerate().map(|(i, r)| ((r.article.as_str(), r.id.as_str()), i)).collect();
        let items: Vec<Item<'_>> = labelled
            .rows
            .iter()
            .map(|r| Item {
                text: &r.text,
                quotes: &[],
                parent: r.parent.as_deref().and_then(|p| index.get(&(r.article.as_str(), p)).copied()),
                parent_text: r.parent_text.as_deref(),
                headline: r.headline.as_deref(),
                lang: r.lang.as_deref(),
            })
            .collect();
        let mut out = Vec::new();
        for posteriors in model.predict(&items) {
            let Some(h) = labelled.heads.iter().position(|l| l.name == posteriors.head) else { continue };
            let Some(head) = model.head(&posteriors.head) else { continue };
            // The labels' classes in the model's order; a class the model does not have cannot be judged.
            let own = &labelled.heads[h].classes;
            let order: Vec<Option<usize>> =
                own.iter().map(|c| head.classes.iter().position(|m| m == c)).collect();
            if let Some(at) = order.iter().position(Option::is_none) {
                return Err(Error::input(format!("the model does not know the {} {}", head.name, own[at]))
                    .hint(format!("its classes are {}", head.classes.join(", "))));
            }
            let mut mapped = labelled.clone();
            for row in &mut mapped.rows {
                row.y[h] = row.y[h].and_then(|y| order[y]);
            }
            let named = |i: usize| posteriors.rows[i].as_ref().map(|p| head.decide(p));
            let rows = &posteriors.rows;
            let scored = Scored::of(&mapped, h, &head.classes, rows, named, &head.counts);
            if scored.is_empty() {
                continue;
            }
            let quantifier = Quantifier::from_stored(head.quantifier.as_ref())?;
            let how = "a model and labels it has not seen";
            out.push(evaluate(
                &scored,
                Some(&quantifier),
                of_collection(labelled, h, self.seed),
                how,
                self.seed,
            )?);
        }
        if out.is_empty() {
            let names: Vec<&str> = model.heads().iter().map(|h| h.name.as_str()).collect();
            return Err(Error::input("no row has a label of the model's heads")
                .hint(format!("the model predicts {}", names.join(", "))));
        }
        Ok(out)
    }
}
