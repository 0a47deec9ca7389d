//! The table of articles, one per head, and what is known of each article beside its shares.

use std::fmt::Write as _;

use super::super::rows::Quotes;
use super::super::{ClassShare, Group, HeadEstimate, Report, percent, text::short_key};
use super::{charts, data, esc, short_date};
use crate::error::Result;

/// Name an article goes by: its headline, else the end of its address.
pub fn name(g: &Group) -> &str {
    g.title.as_deref().filter(|t| !t.trim().is_empty()).unwrap_or_else(|| short_key(&g.key))
}

/// Names of the heads, in order of first appearance.
pub fn heads(report: &Report) -> Vec<&str> {
    let mut heads: Vec<&str> = Vec::new();
    for h in report.groups.iter().flat_map(|g| &g.heads) {
        if !heads.contains(&h.head.as_str()) {
            heads.push(&h.head);
        }
    }
    heads
}

/// Any estimate of this head: class names and their order are those of all.
pub fn sample<'a>(report: &'a Report, head: &str) -> Option<&'a HeadEstimate> {
    report.groups.iter().flat_map(|g| &g.heads).find(|h| h.head == head)
}

/// `verified`, `unverified` or `counts only`, as a CSS class.
fn verdict_class(verdict: &str) -> &'static str {
    match verdict {
        "verified" => "ok",
        "unverified" => "so",
        _ => "withheld",
    }
}

/// The filter, and one table per head.
pub fn tables(report: &Report) -> Result<String> {
    let heads = heads(report);
    if heads.is_empty() && report.groups.is_empty() {
        return Ok(String::new());
    }
    let mut out = String::from(
        "<form id=\"filter\" role=\"search\" aria-label=\"Filter articles\" hidden><label>Find <input type=\"search\" \
         name=\"text\" placeholder=\"title, address, source\"></label><label>Verdict <select name=\"verdict\"><option \
         value=\"\">any</option><option>verified</option><option>unverified</option><option>counts \
         only</option></select></label><label>At least <input type=\"number\" name=\"n\" min=\"0\" step=\"10\" \
         value=\"0\"> comments</label><p id=\"shown\" role=\"status\"></p></form>\n",
    );
    for (i, head) in heads.iter().enumerate() {
        let Some(sample) = sample(report, head) else { continue };
        let _ = write!(
            out,
            "<details class=\"head\"{}><summary><h3>{}</h3></summary>\n{}<p class=\"hint\">Upper bar: adjusted shares, \
             each with its {} % interval; thin bar: counted shares. A dashed box: shares are withheld, the last column \
             says why.</p>\n",
            if i == 0 { " open" } else { "" },
            esc(head),
            charts::legend(sample),
            percent(report.settings.interval)
        );
        table(&mut out, report, sample);
        out.push_str(&data::shares(report, sample)?);
        out.push_str("</details>\n");
    }
    let silent: Vec<(usize, &Group)> =
        report.groups.iter().enumerate().filter(|(_, g)| g.heads.is_empty()).collect();
    if !silent.is_empty() {
        out.push_str("<h3>Without a distribution</h3>\n<ul class=\"silent\">");
        for (i, g) in silent {
            let _ = write!(
                out,
                "<li><a href=\"#g{i}\" dir=\"auto\">{}</a>: {}</li>",
                esc(name(g)),
                esc(&g.status_line().unwrap_or_else(|| "no comment was scored".to_owned()))
            );
        }
        out.push_str("</ul>\n");
    }
    Ok(out)
}

fn table(out: &mut String, report: &Report, sample: &HeadEstimate) {
    let order = charts::order(sample);
    let _ = write!(
        out,
        "<div class=\"wide\"><table class=\"articles\" role=\"table\"><caption class=\"sr\">{}: shares per {}</caption>\
         <thead role=\"rowgroup\"><tr role=\"row\"><th scope=\"col\" role=\"columnheader\">{}</th><th scope=\"col\" \
         role=\"columnheader\" data-sort=\"n\">Comments</th><th scope=\"col\" role=\"columnheader\" \
         data-no>Shares</th>",
        esc(&sample.head),
        esc(&report.settings.by),
        if report.settings.by == "article" { "Article" } else { "Group" },
    );
    for &i in &order {
        let _ = write!(
            out,
            "<th scope=\"col\" role=\"columnheader\" data-sort=\"n\">{}</th>",
            esc(&sample.classes[i].class)
        );
    }
    out.push_str(
        "<th scope=\"col\" role=\"columnheader\">Verdict</th></tr></thead>\n<tbody role=\"rowgroup\">\n",
    );
    for (i, g) in report.groups.iter().enumerate() {
        if let Some(h) = g.heads.iter().find(|h| h.head == sample.head) {
            row(out, i, g, h);
        }
    }
    out.push_str("</tbody></table></div>\n");
}

fn row(out: &mut String, i: usize, g: &Group, h: &HeadEstimate) {
    let _ = write!(
        out,
        "<tr role=\"row\" data-v=\"{}\"><th scope=\"row\" role=\"rowheader\"><a href=\"#g{i}\" dir=\"auto\">{}</a><small>{}</small></th>\
         <td role=\"cell\" class=\"n\" data-l=\"comments\" data-v=\"{}\">{}</td><td role=\"cell\" class=\"c\">{}</td>",
        esc(&h.verdict),
        esc(name(g)),
        esc(&byline(g)),
        h.n,
        h.n,
        charts::stacked(h, None)
    );
    for c in charts::order(h).into_iter().map(|i| &h.classes[i]) {
        share_cell(out, c);
    }
    let _ = writeln!(out, "<td role=\"cell\" class=\"v\">{}</td></tr>", verdict(h));
}

/// Date and sources, as far as known.
fn byline(g: &Group) -> String {
    let mut parts: Vec<&str> = g.date.as_deref().map(short_date).into_iter().collect();
    if g.sources.len() <= 2 {
        parts.extend(g.sources.iter().map(|s| short_key(s)).filter(|s| *s != name(g)));
    }
    parts.join(" · ")
}

/// Adjusted share and interval over the counted share; sorted by the adjusted share, withheld ones last.
fn share_cell(out: &mut String, c: &ClassShare) {
    match (c.adjusted, c.lo, c.hi) {
        (Some(a), Some(lo), Some(hi)) => {
            let _ = write!(
                out,
                "<td role=\"cell\" class=\"s\" data-l=\"{}\" data-v=\"{a:.4}\"><b>{} %</b> <span>{}–{}</span><small>counted {} \
                 %</small></td>",
                esc(&c.class),
                percent(a),
                percent(lo),
                percent(hi),
                percent(c.counted)
            );
        }
        _ => {
            let _ = write!(
                out,
                "<td role=\"cell\" class=\"s\" data-l=\"{}\" data-v=\"\">withheld<small>counted {} %</small></td>",
                esc(&c.class),
                percent(c.counted)
            );
        }
    }
}

/// The verdict with its reasons, and what the shares are worth.
pub fn verdict(h: &HeadEstimate) -> String {
    let mut out = format!("<b class=\"{}\">{}</b>", verdict_class(&h.verdict), esc(&h.verdict));
    if !h.reasons.is_empty() {
        let _ = write!(out, "<small>{}</small>", esc(&h.reasons.join("; ")));
    }
    if let Some(worth) = h.worth_line() {
        let _ = write!(out, "<small>{worth}</small>");
    }
    out
}

/// What is known of each article beside its shares; comments are unpacked by script when one is opened.
pub fn details(report: &Report) -> String {
    let mut out = String::new();
    if report.settings.quotes != Quotes::Full && report.groups.iter().any(|g| !g.comments.is_empty()) {
        out.push_str(match report.settings.quotes {
            Quotes::None => {
                "<p class=\"hint\">Texts of comments are left out. <code>--quotes words</code> shows the words that \
                 decided, <code>--quotes full</code> the texts: a verbatim quotation can be searched for and leads to its \
                 writer.</p>\n"
            }
            _ => {
                "<p class=\"hint\">Of each comment only the words that decided are shown (stems, as the model reads them). \
                 <code>--quotes full</code> shows the texts: a verbatim quotation can be searched for and leads to its \
                 writer.</p>\n"
            }
        });
    }
    for (i, g) in report.groups.iter().enumerate() {
        detail(&mut out, report, i, g);
    }
    out
}

fn detail(out: &mut String, report: &Report, i: usize, g: &Group) {
    let _ = write!(
        out,
        "<details class=\"article\" id=\"g{i}\"{}><summary dir=\"auto\">{} <small>{}</small></summary>\n<dl>",
        if report.groups.len() == 1 { " open" } else { "" },
        esc(name(g)),
        match g.n_comments {
            1 => "1 comment".to_owned(),
            n => format!("{n} comments"),
        }
    );
    let mut fact = |term: &str, value: &str| {
        let _ = write!(out, "<dt>{term}</dt><dd dir=\"auto\">{}</dd>", esc(value));
    };
    fact(if report.settings.by == "article" { "Article" } else { "Group" }, &g.key);
    if let Some(date) = &g.date {
        fact("Date", date);
    }
    if !g.sources.is_empty() {
        let shown = g.sources.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = g.sources.len().saturating_sub(5);
        fact("Source", &if more > 0 { format!("{shown} and {more} more") } else { shown });
    }
    if let Some(line) = g.status_line() {
        fact("Status", &line);
    }
    let declared = g.declared.map(|d| format!(", {d} declared by the page")).unwrap_or_default();
    fact("Comments", &format!("{} read, {} scored{declared}", g.n_comments, g.n_scored));
    if !g.languages.is_empty() {
        fact(
            "Languages",
            &g.languages.iter().map(|(l, n)| format!("{l} {n}")).collect::<Vec<_>>().join(", "),
        );
    }
    if let Some(u) = g.unknown_words {
        fact("Unknown words", &format!("{:.1} %", 100.0 * u));
    }
    out.push_str("</dl>\n");
    for h in &g.heads {
        let _ = writeln!(
            out,
            "<div class=\"one\"><h3>{}</h3>{}<p>{}</p></div>",
            esc(&h.head),
            charts::stacked(h, None),
            sentence(h, report.settings.interval)
        );
    }
    warnings(out, &g.warnings);
    if let Some(cross) = &g.cross {
        super::sections::cross_table(out, cross);
    }
    if !g.comments.is_empty() {
        let _ = writeln!(
            out,
            "<details class=\"rows\" data-group=\"{i}\"><summary>{} comments one by one</summary><noscript><p>The list is \
             unpacked by a script in this file; without it, use <code>stance score</code> or the JSON \
             report.</p></noscript></details>",
            g.comments.len()
        );
    }
    out.push_str("</details>\n");
}

/// A head in one sentence: shares with intervals, or why there are none.
pub fn sentence(h: &HeadEstimate, interval: f64) -> String {
    let order = charts::order(h);
    let all: Option<Vec<String>> = order
        .iter()
        .map(|&i| &h.classes[i])
        .map(|c| {
            Some(format!(
                "{} <b>{} %</b> ({}–{})",
                esc(&c.class),
                percent(c.adjusted?),
                percent(c.lo?),
                percent(c.hi?)
            ))
        })
        .collect();
    let counted: Vec<String> = order
        .iter()
        .map(|&i| &h.classes[i])
        .map(|c| format!("{} {} % ({})", esc(&c.class), percent(c.counted), c.n))
        .collect();
    let mut out = match all {
        Some(all) => format!("Adjusted, {} % interval: {}. ", percent(interval), all.join(", ")),
        None => "Adjusted shares are withheld. ".to_owned(),
    };
    let _ = write!(out, "Counted: {}. n = {}", counted.join(", "), h.n);
    if let Some(worth) = h.worth_line() {
        let _ = write!(out, ", {worth}");
    }
    out.push_str(". ");
    if let Some(g) = &h.greater {
        let _ =
            write!(out, "Probability that {} outweighs {}: {:.2}. ", esc(&g.larger), esc(&g.smaller), g.p);
    }
    let _ = write!(out, "<b class=\"{}\">{}</b>", verdict_class(&h.verdict), esc(&h.verdict));
    if !h.reasons.is_empty() {
        let _ = write!(out, ": {}", esc(&h.reasons.join("; ")));
    }
    out.push('.');
    out
}

/// A list of warnings; nothing where there are none.
pub fn warnings(out: &mut String, warnings: &[String]) {
    if warnings.is_empty() {
        return;
    }
    out.push_str("<ul class=\"warn\">");
    for w in warnings {
        let _ = write!(out, "<li>{}</li>", esc(w));
    }
    out.push_str("</ul>\n");
}
