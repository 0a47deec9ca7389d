//! The HTML view: one file that loads nothing, reads without script, and carries its data.
//!
//! Layout is in `page.css`, sorting, filtering and unpacking of comments in `page.js`, the comparison of two groups in
//! `compare.js`; all are put into the file, the script under its checksum, so that a browser runs nothing that came in with a page's text.

use std::fmt::Write as _;

use super::{COUNTED_NOTE, Report};
use crate::error::Result;

mod articles;
mod charts;
mod data;
mod escape;
mod sections;
mod time;

use escape::{base64, esc, sha256};

const CSS: &str = include_str!("page.css");
const SCRIPT: &str = concat!(include_str!("page.js"), include_str!("compare.js"));

/// The report as one HTML file.
///
/// # Errors
/// Never for a report made by this crate.
pub fn render(report: &Report) -> Result<String> {
    let mut out = String::with_capacity(64 << 10);
    let title = title(report);
    let bare = &data::bare(report);
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta name=\"generator\" content=\"stance {}\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'sha256-{}'\">\n<title>{}</title>\n<style>{CSS}</style>\n</head>\n<body>\n",
        esc(&report.version),
        base64(&sha256(SCRIPT.as_bytes())),
        esc(&title),
    );
    let sections = [
        ("summary", "Summary", sections::summary(bare)?),
        ("articles", "Articles", articles::tables(bare)?),
        ("cross", "Stance by sentiment", sections::cross(bare)?),
        ("time", "Over time", time::section(bare)?),
        ("comparisons", "Comparisons", sections::comparisons(bare)?),
        ("copies", "Near-copies", sections::copies(bare)?),
        ("coverage", "Languages and unknown words", sections::coverage(bare)?),
        ("details", "Article by article", articles::details(report)),
        ("methods", "Method, ready to paste", sections::methods(bare)),
        ("model", "Model card", sections::card(bare)),
        ("reproduce", "How to make this file again", sections::reproduce(bare)),
    ];
    let shown = || sections.iter().filter(|(_, _, body)| !body.is_empty());
    header(&mut out, report, &title, shown().map(|(id, name, _)| (*id, *name)));
    out.push_str("<main id=\"main\">\n");
    for (id, name, body) in shown() {
        let _ = write!(
            out,
            "<section id=\"{id}\" aria-labelledby=\"h-{id}\">\n<h2 id=\"h-{id}\">{name}</h2>\n{body}</section>\n"
        );
    }
    let _ = write!(
        out,
        "</main>\n<footer><p>{} Made by stance {}, model {}.</p></footer>\n",
        esc(COUNTED_NOTE),
        esc(&report.version),
        esc(&report.model)
    );
    out.push_str(&data::comments(report)?);
    let _ = write!(out, "<script>{SCRIPT}</script>\n</body>\n</html>\n");
    Ok(out)
}

fn title(report: &Report) -> String {
    match report.groups.as_slice() {
        [one] => one.title.clone().filter(|t| !t.is_empty()).unwrap_or_else(|| one.key.clone()),
        groups => format!("Reader comments of {} {}", groups.len(), noun(&report.settings.by, groups.len())),
    }
}

/// `articles`, or what else the comments are grouped by.
fn noun(by: &str, n: usize) -> String {
    format!("{by}{}", if n == 1 { "" } else { "s" })
}

fn header<'a>(
    out: &mut String,
    report: &Report,
    title: &str,
    sections: impl Iterator<Item = (&'a str, &'a str)>,
) {
    let n_comments: usize = report.groups.iter().map(|g| g.n_comments).sum();
    let dates: Vec<&str> = report.groups.iter().filter_map(|g| g.date.as_deref()).collect();
    let span = match (dates.iter().min(), dates.iter().max()) {
        (Some(a), Some(b)) if a != b => format!(" · {} to {}", short_date(a), short_date(b)),
        (Some(a), _) => format!(" · {}", short_date(a)),
        _ => String::new(),
    };
    let _ = write!(
        out,
        "<a class=\"skip\" href=\"#main\">To the report</a>\n<header>\n<div class=\"top\"><p class=\"kind\">Report on \
         reader comments</p><button type=\"button\" id=\"theme\" hidden>Dark</button></div>\n<h1 \
         dir=\"auto\">{}</h1>\n<p class=\"facts\">{n_comments} comments{}</p>\n<nav aria-label=\"Sections\"><ul>",
        esc(title),
        esc(&span)
    );
    for (id, name) in sections {
        let _ = write!(out, "<li><a href=\"#{id}\">{name}</a></li>");
    }
    out.push_str("</ul></nav>\n</header>\n");
}

/// The day of an ISO date; a period as it is.
fn short_date(date: &str) -> &str {
    date.get(..10).unwrap_or(date)
}
