//! The CSV view: one row per group, head and class.

use super::{Group, Report};
use crate::error::{Error, Kind, Result};

/// Columns of the CSV view.
pub const COLUMNS: [&str; 18] = [
    "group",
    "title",
    "date",
    "status",
    "host",
    "declared",
    "n_comments",
    "n_scored",
    "head",
    "class",
    "n",
    "counted",
    "adjusted",
    "lo",
    "hi",
    "worth",
    "verdict",
    "reasons",
];

/// The report as CSV; shares are fractions of 1, empty where withheld. Articles without comments keep a row, so that
/// none is lost from a join; the corpus total is the row whose group is `TOTAL`.
///
/// # Errors
/// Never for a report made by this crate.
pub fn render(report: &Report) -> Result<String> {
    let internal = |e: &dyn std::fmt::Display| {
        Error::new(Kind::Internal, format!("the report cannot be written as CSV: {e}"))
    };
    let mut w = ::csv::Writer::from_writer(Vec::new());
    w.write_record(COLUMNS).map_err(|e| internal(&e))?;
    for g in report.groups.iter().chain(&report.total) {
        for row in rows(g) {
            w.write_record(row).map_err(|e| internal(&e))?;
        }
    }
    let bytes = w.into_inner().map_err(|e| internal(&e))?;
    String::from_utf8(bytes).map_err(|e| internal(&e))
}

fn rows(g: &Group) -> Vec<Vec<String>> {
    let text = |s: &Option<String>| s.clone().unwrap_or_default();
    let share = |s: Option<f64>| s.map(|v| format!("{v:.4}")).unwrap_or_default();
    let head = vec![
        g.key.clone(),
        text(&g.title),
        text(&g.date),
        g.status.clone(),
        text(&g.host),
        g.declared.map(|d| d.to_string()).unwrap_or_default(),
        g.n_comments.to_string(),
        g.n_scored.to_string(),
    ];
    if g.heads.is_empty() {
        let mut row = head;
        row.resize(COLUMNS.len(), String::new());
        return vec![row];
    }
    let mut out = Vec::new();
    for h in &g.heads {
        for c in &h.classes {
            let mut row = head.clone();
            row.extend([
                h.head.clone(),
                c.class.clone(),
                c.n.to_string(),
                share(Some(c.counted)),
                share(c.adjusted),
                share(c.lo),
                share(c.hi),
                h.worth.map(|w| format!("{w:.1}")).unwrap_or_default(),
                h.verdict.clone(),
                h.reasons.join("; "),
            ]);
            out.push(row);
        }
    }
    out
}
