//! `stance train --base`: the labels of a new outlet move a model that is there already.

use std::path::Path;

use super::Context;
use super::output::Output;
use crate::error::{Error, Result};
use crate::labels::{self, ReadOptions};
use crate::model::{self, AdaptReport, AdaptedHead, adapt, store};

/// Fewer labels than this leave the gain to chance.
const FEW: usize = 30;

/// Reads the base, adapts it to the labels, tells what that gained, writes the model.
///
/// # Errors
/// A base that cannot be read or has other heads or classes; labels of one class; a model no better than a
/// baseline, without `force`.
pub(super) fn run(
    base: &str,
    files: &[std::path::PathBuf],
    mut options: ReadOptions,
    (seed, force): (u64, bool),
    mut out: Output,
    ctx: &Context,
) -> Result<()> {
    let base = &*model::or_shipped((base != "shipped").then_some(Path::new(base)))?;
    options.classes = base.heads().iter().map(|h| (h.name.clone(), h.classes.clone())).collect();
    if options.labels.is_empty() && base.head("stance").is_none() {
        options.labels = base.heads().iter().map(|h| h.name.clone()).collect();
    }
    let labelled = labels::read(files, &options)?;
    let (model, report) = adapt(base, &labelled, seed)?;
    for warning in &report.warnings {
        ctx.warn(warning);
    }
    ctx.note(table(&report));
    for head in &report.heads {
        if head.n_scored < FEW {
            ctx.warn(format!(
                "{} labels of {} leave the gain to chance: 50 are worth the hour they take (stance sample)",
                head.n_scored, head.name
            ));
        }
        if head.adapted.macro_f1 <= head.base.macro_f1 {
            ctx.warn(format!(
                "{}: the adapted model names classes no better than its base on these labels; its shares are \
                 matched to them all the same",
                head.name
            ));
        }
    }
    if let Some(head) = report.heads.iter().find(|h| model.info().not_better.contains(&h.name)) {
        let what = format!("the adapted model for {} is no better than a baseline", head.name);
        if !force {
            return Err(Error::input(what).hint("label more comments; --force saves it all the same, marked"));
        }
        ctx.warn(format!("{what}; saved and marked as such"));
    }
    store::write(&model, &mut out)?;
    out.finish()
}

fn table(report: &AdaptReport) -> String {
    let mut out = format!("figures out of fold ({} folds within the labels)\n", report.n_folds);
    for head in &report.heads {
        out.push_str(&head_table(head));
    }
    if !report.unchanged.is_empty() {
        out.push_str(&format!("\nas in the base, without labels: {}\n", report.unchanged.join(", ")));
    }
    out.truncate(out.trim_end().len());
    out
}

fn head_table(head: &AdaptedHead) -> String {
    let title = format!("{} ({} comments)", head.name, head.n_scored);
    let mut out = format!("\n{title:<28} macro-F1  accuracy  log loss\n");
    for (name, m) in [
        ("  base model", &head.base),
        ("  adapted", &head.adapted),
        ("  largest class", &head.most_frequent),
        ("  class shares", &head.stratified),
    ] {
        out.push_str(&format!("{name:<28} {:>8.3}  {:>8.3}  {:>8.3}\n", m.macro_f1, m.accuracy, m.log_loss));
    }
    out.push_str(&format!(
        "  gained in macro-F1 {:+.3} (90 % interval {:+.3} to {:+.3})\n",
        head.adapted.macro_f1 - head.base.macro_f1,
        head.gain[0],
        head.gain[1]
    ));
    let shares = head.classes.iter().zip(&head.counts).zip(&head.shares);
    let shares: Vec<String> =
        shares.map(|((c, n), s)| format!("{c} {n} labels, mean posterior {:.0} %", 100.0 * s)).collect();
    out.push_str(&format!("  {}\n", shares.join("; ")));
    out
}
