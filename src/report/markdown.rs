//! The Markdown view: one table per head, to be pasted into a paper or an issue.

use std::fmt::Write as _;

use super::{COUNTED_NOTE, Group, Report, percent, text::short_key};

/// The report as Markdown.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    let mut heads: Vec<&str> = Vec::new();
    for h in report.groups.iter().flat_map(|g| &g.heads) {
        if !heads.contains(&h.head.as_str()) {
            heads.push(&h.head);
        }
    }
    for head in heads {
        let classes: Vec<&str> = report
            .groups
            .iter()
            .flat_map(|g| &g.heads)
            .find(|h| h.head == head)
            .map(|h| h.classes.iter().map(|c| c.class.as_str()).collect())
            .unwrap_or_default();
        let _ = writeln!(out, "### {}\n", cell(head));
        let _ = writeln!(
            out,
            "| article | n | {} | worth | verdict |",
            classes.iter().map(|c| cell(c)).collect::<Vec<_>>().join(" | ")
        );
        let _ = writeln!(out, "|---|---:|{}---:|---|", "---|".repeat(classes.len()));
        for g in report.groups.iter().chain(&report.total) {
            row(&mut out, g, head, classes.len());
        }
        out.push('\n');
    }
    let without: Vec<&Group> = report.groups.iter().filter(|g| g.heads.is_empty()).collect();
    for g in without {
        let _ = writeln!(out, "- {}: {}", cell(&name(g)), g.status_line().unwrap_or_default());
    }
    for w in &report.warnings {
        let _ = writeln!(out, "- {}", cell(w));
    }
    let _ = writeln!(
        out,
        "\nEach cell: counted share → adjusted share ({} % interval). {COUNTED_NOTE} stance {}, model {}.",
        percent(report.settings.interval),
        report.version,
        report.model
    );
    out
}

fn row(out: &mut String, g: &Group, head: &str, n_classes: usize) {
    let Some(h) = g.heads.iter().find(|h| h.head == head) else { return };
    let shares: Vec<String> = h
        .classes
        .iter()
        .map(|c| match (c.adjusted, c.lo, c.hi) {
            (Some(a), Some(lo), Some(hi)) => {
                format!("{} % → **{} %** ({}–{})", percent(c.counted), percent(a), percent(lo), percent(hi))
            }
            _ => format!("{} % (counted only)", percent(c.counted)),
        })
        .chain(std::iter::repeat_with(String::new))
        .take(n_classes)
        .collect();
    let verdict = if h.reasons.is_empty() {
        h.verdict.clone()
    } else {
        format!("{}: {}", h.verdict, h.reasons.join("; "))
    };
    let _ = writeln!(
        out,
        "| {} | {} | {} | {} | {} |",
        cell(&name(g)),
        h.n,
        shares.join(" | "),
        h.worth.map(|w| if w < 1.0 { "< 1".to_owned() } else { format!("{w:.0}") }).unwrap_or_default(),
        cell(&verdict)
    );
}

fn name(g: &Group) -> String {
    g.title.clone().filter(|t| !t.is_empty()).unwrap_or_else(|| short_key(&g.key).to_owned())
}

/// Characters that would end or format a table cell, escaped.
fn cell(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    for c in s.chars() {
        match c {
            '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '\\' | '#' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
