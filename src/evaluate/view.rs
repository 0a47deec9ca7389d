//! An evaluation as text, at most 80 columns wide.

use std::fmt::Write as _;

use super::Evaluation;
use super::classification::Slice;

fn clip(s: &str, n: usize) -> String {
    if s.chars().count() <= n { s.to_owned() } else { s.chars().take(n - 1).chain(['…']).collect() }
}

/// The evaluation of one head as a table.
pub fn text(e: &Evaluation) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut out, e);
    out
}

fn write(out: &mut String, e: &Evaluation) -> std::fmt::Result {
    writeln!(out, "{}: {} comments, {} articles; {}", e.head, e.n, e.n_articles, e.how)?;
    classification(out, e)?;
    calibration(out, e)?;
    quantification(out, e)
}

fn classification(out: &mut String, e: &Evaluation) -> std::fmt::Result {
    let c = &e.classification;
    writeln!(out, "\nClassification{:>27}{:>12}{:>9}", "accuracy", "macro-F1", "n")?;
    let mut line = |name: &str, s: &Slice| {
        writeln!(out, "  {:<30}{:>9.3}{:>12.3}{:>9}", clip(name, 30), s.accuracy, s.macro_f1, s.n)
    };
    line("this model", &Slice { n: e.n, accuracy: c.accuracy, macro_f1: c.macro_f1 })?;
    line("always the largest class", &c.most_frequent)?;
    line("at random by class shares", &c.stratified)?;
    for (lang, s) in &c.per_language {
        line(&format!("language {lang}"), s)?;
    }
    for (length, s) in &c.per_length {
        line(&format!("{length} words"), s)?;
    }
    let (lo, hi) = c.macro_f1_interval;
    writeln!(out, "  macro-F1 95 % interval {lo:.3}-{hi:.3} (articles resampled)")?;
    match &e.coders {
        Some(a) => {
            let alpha = a.alpha.map_or("-".into(), |v| format!("{v:.2}"));
            let agree = a.observed.map_or("-".into(), |v| format!("{v:.3}"));
            writeln!(out, "  ceiling: two coders agree on {agree} of {} comments, alpha {alpha}", a.n_units)?;
        }
        None => writeln!(out, "  ceiling: no comment has two coders (column coder)")?,
    }
    writeln!(out, "\n{:<24}{:>10}{:>10}{:>10}{:>10}", "Class", "precision", "recall", "F1", "n")?;
    for name in &e.classes {
        if let Some(f) = c.per_class.get(name) {
            let (name, n) = (clip(name, 22), f.n);
            writeln!(out, "  {name:<22}{:>10.3}{:>10.3}{:>10.3}{n:>10}", f.precision, f.recall, f.f1)?;
        }
    }
    let width = (56 / e.classes.len().max(1)).clamp(6, 14);
    write!(out, "\n{:<24}", "Label (rows), named")?;
    e.classes.iter().try_for_each(|name| write!(out, "{:>width$}", clip(name, width - 1)))?;
    writeln!(out)?;
    for (name, row) in e.classes.iter().zip(&c.confusion) {
        write!(out, "  {:<22}", clip(name, 22))?;
        row.iter().try_for_each(|n| write!(out, "{n:>width$}"))?;
        writeln!(out)?;
    }
    Ok(())
}

fn calibration(out: &mut String, e: &Evaluation) -> std::fmt::Result {
    let c = &e.calibration;
    writeln!(out, "\n{:<24}{:>10}{:>14}", "Calibration", "model", "class shares")?;
    writeln!(out, "  {:<22}{:>10.3}{:>14.3}", "log-loss", c.log_loss, c.log_loss_prior)?;
    writeln!(out, "  {:<22}{:>10.3}{:>14.3}", "Brier score", c.brier, c.brier_prior)?;
    writeln!(out, "  {:<22}{:>10.3}", "calibration error", c.ece)?;
    writeln!(out, "  {:<22}{:>10}{:>14}{:>10}", "reliability", "said", "right", "n")?;
    for b in &c.reliability {
        let to = b.from + 0.1;
        let range = format!("{:.1}-{to:.1}", b.from);
        writeln!(out, "  {range:<22}{:>10.3}{:>14.3}{:>10}", b.confidence, b.accuracy, b.n)?;
    }
    Ok(())
}

fn quantification(out: &mut String, e: &Evaluation) -> std::fmt::Result {
    writeln!(out, "\nShares of groups")?;
    writeln!(
        out,
        "  {:<10}{:>5}{:>8}  {:<14}{:>7}{:>7}{:>7}{:>9}{:>7}",
        "groups", "size", "number", "method", "MAE", "RAE", "KLD", "holds", "width"
    )?;
    for cell in &e.quantification {
        let size = cell.size.map_or("own".into(), |n| n.to_string());
        for (i, m) in cell.methods.iter().enumerate() {
            let place = if i == 0 {
                format!("{:<10}{size:>5}{:>8}", cell.protocol.name(), cell.n_groups)
            } else {
                " ".repeat(23)
            };
            let holds = m.coverage.map_or(String::new(), |c| format!("{:.1} %", 100.0 * c));
            let width = m.width.map_or(String::new(), |w| format!("{:.0}", 100.0 * w));
            writeln!(
                out,
                "  {place}  {:<14}{:>7.1}{:>7.2}{:>7.3}{holds:>9}{width:>7}",
                m.method,
                100.0 * m.mae,
                m.rae,
                m.kld
            )?;
        }
    }
    if e.quantification.iter().any(|c| c.size.is_none()) {
        writeln!(out, "  articles: those with 10 labels or more. MAE and width in points.")
    } else {
        writeln!(out, "  No article has 10 labels: coverage on real articles is not known.")
    }
}
