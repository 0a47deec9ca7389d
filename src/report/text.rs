//! The terminal view: at most 80 columns, readable without colour.

use std::fmt::Write as _;

use super::{ClassShare, Comparison, Group, HeadEstimate, Report, percent};

/// Columns of a bar.
const BAR: usize = 20;
/// Columns of a line.
const WIDTH: usize = 80;

/// The report as text.
///
/// Per article a headline, then per head one line a class: a bar, the counted share, and where the estimator
/// gives one the adjusted share with its interval. A bar is solid up to the lower end of the interval, shaded up
/// to the upper end.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for group in &report.groups {
        render_group(&mut out, group);
    }
    if let Some(total) = &report.total {
        out.push_str(&"─".repeat(WIDTH));
        out.push('\n');
        render_group(&mut out, total);
    }
    for c in &report.comparisons {
        render_comparison(&mut out, c);
    }
    if !report.copies.is_empty() {
        let n: usize = report.copies.iter().map(|c| c.n).sum();
        push_wrapped(
            &mut out,
            "",
            &format!("{} groups of near-copies hold {n} comments.", report.copies.len()),
        );
    }
    let interval = percent(report.settings.interval);
    push_wrapped(
        &mut out,
        "",
        &format!(
            "counted: the most probable class of each comment, biased whenever the classifier errs. adjusted: \
             corrected for those errors, with the {interval} % interval in brackets. Labels describe texts, not \
             persons. stance {}, model {}.",
            report.version, report.model
        ),
    );
    for w in &report.warnings {
        push_wrapped(&mut out, "! ", w);
    }
    out
}

fn render_group(out: &mut String, g: &Group) {
    let name = match &g.title {
        Some(t) if !t.is_empty() => format!("{}  {t}", short_key(&g.key)),
        _ => short_key(&g.key).to_owned(),
    };
    let _ = writeln!(out, "{}", clip(&name, WIDTH));
    if let Some(line) = g.status_line() {
        push_wrapped(out, "  ", &line);
        out.push('\n');
        return;
    }
    let mut facts = format!("{} comments", g.n_comments);
    if let Some(d) = g.declared.filter(|&d| d as usize != g.n_comments) {
        let _ = write!(facts, " ({d} declared)");
    }
    let langs: Vec<String> = g.languages.iter().map(|(l, n)| format!("{l} {n}")).collect();
    let _ = write!(facts, " · {}", langs.join(", "));
    if let Some(date) = &g.date {
        let _ = write!(facts, " · {}", date.get(..10).unwrap_or(date));
    }
    push_wrapped(out, "  ", &facts);
    for h in &g.heads {
        render_head(out, h);
    }
    for w in &g.warnings {
        push_wrapped(out, "  ! ", w);
    }
    out.push('\n');
}

fn render_head(out: &mut String, h: &HeadEstimate) {
    let mut line = format!("{}: {}", h.head, h.verdict);
    if h.worth.is_some() {
        let _ = write!(line, ", n {}", h.n);
    }
    if let Some(worth) = h.worth_line() {
        let _ = write!(line, ", {worth}");
    }
    if !h.reasons.is_empty() {
        let _ = write!(line, " ({})", h.reasons.join("; "));
    }
    push_wrapped(out, "  ", &line);
    let width = h.classes.iter().map(|c| c.class.chars().count()).max().unwrap_or(0).min(16);
    for c in &h.classes {
        let name = clip(&c.class, width);
        let mut line = format!("    {name:<width$}  {}  counted {:>3} %", bar(c), percent(c.counted));
        if let (Some(a), Some(lo), Some(hi)) = (c.adjusted, c.lo, c.hi) {
            let _ = write!(line, "  adjusted {:>3} % ({}–{})", percent(a), percent(lo), percent(hi));
        }
        let _ = writeln!(out, "{line}");
    }
    if let Some(g) = &h.greater {
        let _ = writeln!(out, "    P({} > {}) = {:.2}", g.larger, g.smaller, g.p);
    }
}

fn render_comparison(out: &mut String, c: &Comparison) {
    push_wrapped(out, "", &format!("{}: {} less {}", c.head, short_key(&c.a), short_key(&c.b)));
    for d in &c.classes {
        let _ = writeln!(
            out,
            "    {:<16} {:>+4.0} points ({:+.0} to {:+.0})  p {:.3}{}",
            clip(&d.class, 16),
            d.difference * 100.0,
            d.lo * 100.0,
            d.hi * 100.0,
            d.p,
            if d.stands { "  stands at 5 % FDR" } else { "" }
        );
    }
    out.push('\n');
}

/// Solid to the lower end, shaded to the upper; without an interval solid to the counted share.
fn bar(c: &ClassShare) -> String {
    let cell = |share: f64| (0..BAR).filter(|&i| (i as f64 + 0.5) / (BAR as f64) < share).count();
    let (solid, shaded) = match (c.lo, c.hi) {
        (Some(lo), Some(hi)) => (cell(lo), cell(hi).max(cell(lo))),
        _ => (cell(c.counted), cell(c.counted)),
    };
    let mut s = "█".repeat(solid);
    s.push_str(&"▒".repeat(shaded - solid));
    s.push_str(&"·".repeat(BAR - shaded));
    s
}

/// The last part of an address or path: long enough to know an article by.
pub(super) fn short_key(key: &str) -> &str {
    let trimmed = key.trim_end_matches('/');
    match trimmed.rsplit_once('/') {
        Some((_, last)) if key.contains("://") && !last.is_empty() => last,
        _ => trimmed,
    }
}

fn clip(s: &str, max: usize) -> String {
    if s.chars().count() <= max {
        return s.to_owned();
    }
    let mut t: String = s.chars().take(max.saturating_sub(1)).collect();
    t.push('…');
    t
}

/// Words of `text` in lines of at most 80 columns, each after `indent`'s width.
fn push_wrapped(out: &mut String, indent: &str, text: &str) {
    let hang = " ".repeat(indent.chars().count());
    let mut line = indent.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push_str(&line);
            out.push('\n');
            line.clone_from(&hang);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    out.push_str(&line);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_eighty_columns() {
        let mut out = String::new();
        push_wrapped(&mut out, "  ! ", &"слово ".repeat(60));
        assert!(out.lines().all(|l| l.chars().count() <= WIDTH));
        assert!(out.lines().skip(1).all(|l| l.starts_with("    ")));
    }

    #[test]
    fn a_bar_has_one_width() {
        for (lo, hi) in [(0.0, 0.0), (0.0, 1.0), (0.33, 0.34), (1.0, 1.0)] {
            let c = ClassShare {
                class: "x".into(),
                n: 1,
                counted: lo,
                adjusted: Some(lo),
                lo: Some(lo),
                hi: Some(hi),
            };
            assert_eq!(bar(&c).chars().count(), BAR);
        }
    }
}
