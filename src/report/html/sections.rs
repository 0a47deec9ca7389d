//! The sections of the page other than articles and time.

use std::fmt::Write as _;

use super::super::methods::{Lang, paragraph};
use super::super::rows::Cross;
use super::super::{Group, Report, card as model_card, percent};
use super::articles::{self, sentence, warnings};
use super::{charts, data, esc, escape::links, noun, short_date};
use crate::error::Result;

/// Copy groups that are listed; the data links hold all.
const MAX_COPIES: usize = 100;

/// Key figures, the distribution of all articles together, and what the reader must know.
pub fn summary(report: &Report) -> Result<String> {
    let mut out = String::from("<dl class=\"tiles\">");
    let n_comments: usize = report.groups.iter().map(|g| g.n_comments).sum();
    let n_scored: usize = report.groups.iter().map(|g| g.n_scored).sum();
    let with = report.groups.iter().filter(|g| g.n_scored > 0).count();
    let mut tile = |name: &str, value: String, note: String| {
        let _ = write!(out, "<div><dt>{name}</dt><dd>{value}<small>{}</small></dd></div>", esc(&note));
    };
    let by = noun(&report.settings.by, report.groups.len());
    tile(&esc(&by), report.groups.len().to_string(), format!("{with} with scored comments"));
    tile("comments", n_comments.to_string(), format!("{n_scored} scored"));
    for head in articles::heads(report) {
        let all = report.groups.iter().flat_map(|g| &g.heads).filter(|h| h.head == head);
        let (n, shown) = all.fold((0, 0), |(n, s), h| {
            (n + 1, s + usize::from(h.classes.iter().all(|c| c.adjusted.is_some())))
        });
        let what = format!("{} shares shown", esc(head));
        tile(
            &what,
            format!("{shown} of {n}"),
            if shown < n { "the others: counts only, see why".to_owned() } else { String::new() },
        );
    }
    out.push_str("</dl>\n");
    let (lead, all) = match &report.total {
        Some(total) => ("All together", Some(total)),
        None => ("This article", report.groups.iter().find(|g| !g.heads.is_empty())),
    };
    if let Some(all) = all {
        figure(&mut out, report, all, lead);
    }
    warnings(&mut out, &report.warnings);
    if let Some(all) = all {
        out.push_str(&data::distribution("all-together", all)?);
    }
    Ok(out)
}

fn figure(out: &mut String, report: &Report, g: &Group, lead: &str) {
    for h in &g.heads {
        let label = format!("{lead}, {}", h.head);
        let _ = writeln!(
            out,
            "<figure class=\"total\"><figcaption>{}: {}</figcaption>{}{}<p>{}</p></figure>",
            lead,
            esc(&h.head),
            charts::legend(h),
            charts::stacked(h, Some(&label)),
            sentence(h, report.settings.interval)
        );
    }
}

/// Stance by sentiment over all articles.
pub fn cross(report: &Report) -> Result<String> {
    let Some(all) = report.total.as_ref().or(report.groups.first()).and_then(|g| g.cross.as_ref()) else {
        return Ok(String::new());
    };
    let mut out = String::from(
        "<p class=\"hint\">Comments by the classes named for them. Counted, not corrected for the classifier's errors: read \
         it for the pattern, not for shares.</p>\n",
    );
    cross_table(&mut out, all);
    let header = [all.rows.as_str(), all.columns.as_str(), "n"];
    let rows = || {
        all.row_classes.iter().zip(&all.n).flat_map(|(r, n)| {
            all.column_classes.iter().zip(n).map(move |(c, n)| vec![r.clone(), c.clone(), n.to_string()])
        })
    };
    out.push_str(&links("cross-table", &data::csv(&header, rows())?, &data::json_rows(&header, rows())?));
    Ok(out)
}

/// A cross-table as a table whose cells are shaded by their share of the row.
pub fn cross_table(out: &mut String, cross: &Cross) {
    let _ = write!(
        out,
        "<div class=\"wide\"><table class=\"cross\"><caption>{} by {}, comments (share of the row)</caption><thead><tr><th \
         scope=\"col\">{}</th>",
        esc(&cross.rows),
        esc(&cross.columns),
        esc(&cross.rows)
    );
    for c in &cross.column_classes {
        let _ = write!(out, "<th scope=\"col\">{}</th>", esc(c));
    }
    out.push_str("<th scope=\"col\">all</th></tr></thead><tbody>");
    for (class, row) in cross.row_classes.iter().zip(&cross.n) {
        let sum: usize = row.iter().sum();
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", esc(class));
        for &n in row {
            let share = if sum == 0 { 0.0 } else { n as f64 / sum as f64 };
            let _ = write!(out, "<td style=\"--v:{share:.2}\">{n} <small>{} %</small></td>", percent(share));
        }
        let _ = write!(out, "<td>{sum}</td></tr>");
    }
    out.push_str("</tbody></table></div>\n");
}

/// Differences between groups that were asked for.
pub fn comparisons(report: &Report) -> Result<String> {
    let mut out = String::new();
    if report.groups.iter().filter(|g| !g.heads.is_empty()).count() > 1 {
        let one =
            |name: &str, label: &str| format!("<label>{label} <select name=\"{name}\"></select></label>");
        let _ = write!(
            out,
            "<form id=\"compare\" aria-label=\"Compare two\" hidden>{}{}{}</form>\n<div class=\"wide\" \
             id=\"compared\"></div>\n<p id=\"compare-said\" class=\"sr\" role=\"status\"></p>\n<p \
             class=\"hint\">Chosen here, the interval of a difference is put together from those of the two, as if they were \
             independent. <code>--compare A B</code> takes it from their joint draws and allows for the number of \
             comparisons.</p>\n",
            one("a", "First"),
            one("b", "Second"),
            one("head", "Label column")
        );
    }
    if report.comparisons.is_empty() {
        return Ok(out);
    }
    let group = |key: &str| report.groups.iter().find(|g| g.key == key);
    let label = |key: &str| group(key).map_or_else(|| key.to_owned(), |g| articles::name(g).to_owned());
    for c in &report.comparisons {
        let _ = write!(
            out,
            "<div class=\"wide\"><table class=\"compare\"><caption dir=\"auto\">{}: {} less {}</caption><thead><tr><th \
             scope=\"col\">Class</th><th scope=\"col\">−100 to +100 points</th><th scope=\"col\">Difference</th><th \
             scope=\"col\">Stands at 5 % false discovery</th></tr></thead><tbody>",
            esc(&c.head),
            esc(&label(&c.a)),
            esc(&label(&c.b))
        );
        for d in &c.classes {
            let _ = write!(
                out,
                "<tr><th scope=\"row\">{}</th><td class=\"c\">{}</td><td><b>{:+.0}</b> ({:+.0} to {:+.0})</td><td>{} \
                 <small>p {:.3}</small></td></tr>",
                esc(&d.class),
                charts::difference(d.lo, d.difference, d.hi),
                100.0 * d.difference,
                100.0 * d.lo,
                100.0 * d.hi,
                if d.stands { "yes" } else { "no" },
                d.p
            );
        }
        out.push_str("</tbody></table></div>\n");
    }
    let header = ["a", "b", "head", "class", "difference", "lo", "hi", "p", "stands"];
    let rows = || {
        report.comparisons.iter().flat_map(|c| {
            c.classes.iter().map(move |d| {
                let numbers = [d.difference, d.lo, d.hi, d.p].map(|v| format!("{v:.4}"));
                let names = [&c.a, &c.b, &c.head, &d.class].map(Clone::clone);
                names.into_iter().chain(numbers).chain([d.stands.to_string()]).collect()
            })
        })
    };
    out.push_str(&links("comparisons", &data::csv(&header, rows())?, &data::json_rows(&header, rows())?));
    Ok(out)
}

/// Groups of near-copies, and the shares without them.
pub fn copies(report: &Report) -> Result<String> {
    let mut out = String::new();
    if report.copies.is_empty() {
        return Ok(out);
    }
    let n: usize = report.copies.iter().map(|c| c.n).sum();
    let _ = write!(
        out,
        "<p>{} groups hold {n} comments that are near-copies of each other (mentions and quotations set aside). Copies may \
         be a campaign, a slogan or an impatient reader who pressed twice: look before you conclude.</p>\n<div \
         class=\"wide\"><table class=\"copies\"><caption class=\"sr\">Groups of near-copies</caption><thead><tr><th \
         scope=\"col\">Group</th><th scope=\"col\">Comments</th><th scope=\"col\">Articles</th><th \
         scope=\"col\">From</th><th scope=\"col\">To</th><th scope=\"col\">Where</th></tr></thead><tbody>",
        report.copies.len()
    );
    let place =
        |m: &super::super::CopyMember| format!("{}:{}", super::super::text::short_key(&m.article), m.id);
    for (i, c) in report.copies.iter().take(MAX_COPIES).enumerate() {
        let times = || c.members.iter().filter_map(|m| m.time.as_deref());
        let mut places: Vec<String> = c.members.iter().take(6).map(place).collect();
        if c.members.len() > 6 {
            places.push(format!("and {} more", c.members.len() - 6));
        }
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td><td>{}</td><td \
             dir=\"auto\">{}</td></tr>",
            i + 1,
            c.n,
            c.n_articles,
            esc(times().min().map_or("", short_date)),
            esc(times().max().map_or("", short_date)),
            esc(&places.join(", "))
        );
    }
    out.push_str("</tbody></table></div>\n");
    if report.copies.len() > MAX_COPIES {
        let _ = writeln!(out, "<p class=\"hint\">The largest {MAX_COPIES} are shown; the data hold all.</p>");
    }
    if let Some(without) = &report.without_copies {
        figure(&mut out, report, without, "One comment of each group");
        out.push_str(&data::distribution("without-copies", without)?);
    }
    let header = ["group", "article", "id", "time"];
    let rows = || {
        report.copies.iter().enumerate().flat_map(|(i, c)| {
            c.members.iter().map(move |m| {
                vec![(i + 1).to_string(), m.article.clone(), m.id.clone(), m.time.clone().unwrap_or_default()]
            })
        })
    };
    out.push_str(&links("near-copies", &data::csv(&header, rows())?, &data::json_rows(&header, rows())?));
    Ok(out)
}

/// Languages: comments, labels, unknown words.
pub fn coverage(report: &Report) -> Result<String> {
    let mut out = String::new();
    if report.coverage.is_empty() {
        return Ok(out);
    }
    let n: usize = report.coverage.iter().map(|l| l.n_comments).sum();
    let rate = |u: Option<f64>| u.map(|u| format!("{:.1} %", 100.0 * u)).unwrap_or_default();
    out.push_str(
        "<div class=\"wide\"><table class=\"coverage\"><caption>Comments by language, and how well the model knows it\
         </caption><thead><tr><th scope=\"col\">Language</th><th scope=\"col\">Comments</th><th scope=\"col\">Share</th><th \
         scope=\"col\">Training labels</th><th scope=\"col\">Unknown words</th><th scope=\"col\">In training</th></tr></thead><tbody>",
    );
    for l in &report.coverage {
        let share = l.n_comments as f64 / n.max(1) as f64;
        let few = l.lang != "und" && l.n_labels < super::super::warnings::MIN_LANGUAGE_LABELS;
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"c\"><svg class=\"thin\" viewBox=\"0 0 1000 10\" \
             preserveAspectRatio=\"none\" aria-hidden=\"true\"><path class=\"c0\" d=\"M0 0h{:.0}v10H0z\"/></svg> {} \
             %</td><td class=\"n\">{}{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            if l.lang == "und" { "not told by the text".into() } else { esc(&l.lang) },
            l.n_comments,
            1000.0 * share,
            percent(share),
            l.n_labels,
            if few { " <b class=\"withheld\">few</b>" } else { "" },
            rate(l.unknown_words),
            rate(l.unknown_in_training)
        );
    }
    out.push_str("</tbody></table></div>\n");
    let header = ["lang", "n_comments", "n_labels", "unknown_words", "unknown_in_training"];
    let rows = || {
        report.coverage.iter().map(|l| {
            let share = |u: Option<f64>| u.map(|u| format!("{u:.4}")).unwrap_or_default();
            let counts = [l.n_comments.to_string(), l.n_labels.to_string()];
            [l.lang.clone()]
                .into_iter()
                .chain(counts)
                .chain([l.unknown_words, l.unknown_in_training].map(share))
                .collect()
        })
    };
    out.push_str(&links("languages", &data::csv(&header, rows())?, &data::json_rows(&header, rows())?));
    Ok(out)
}

/// The methods paragraph in both languages.
pub fn methods(report: &Report) -> String {
    let mut out = String::new();
    for (lang, code, name) in [(Lang::En, "en", "English"), (Lang::Ru, "ru", "Русский")] {
        let _ = writeln!(
            out,
            "<div class=\"paste\"><h3 lang=\"{code}\">{name}</h3><p lang=\"{code}\" id=\"methods-{code}\">{}</p><button \
             type=\"button\" data-copy=\"methods-{code}\" hidden>Copy<span class=\"sr\"> the paragraph in \
             {name}</span></button></div>",
            esc(&paragraph(report, lang))
        );
    }
    out
}

/// The model card.
pub fn card(report: &Report) -> String {
    let Some(facts) = &report.facts else { return String::new() };
    let mut out = String::new();
    for part in model_card::parts(facts) {
        let _ = writeln!(out, "<h3>{}</h3>", part.title);
        for text in &part.text {
            let _ = writeln!(out, "<p>{}</p>", esc(text));
        }
        if part.columns.is_empty() {
            continue;
        }
        let _ = write!(
            out,
            "<div class=\"wide\"><table class=\"card\"><caption class=\"sr\">{}</caption><thead><tr>",
            part.title
        );
        for c in &part.columns {
            let _ = write!(out, "<th scope=\"col\">{}</th>", esc(c));
        }
        out.push_str("</tr></thead><tbody>");
        for row in &part.rows {
            for (i, cell) in row.iter().enumerate() {
                let open = if i == 0 { "<tr><th scope=\"row\">" } else { "<td>" };
                let _ = write!(out, "{open}{}</{}>", esc(cell), if i == 0 { "th" } else { "td" });
            }
            out.push_str("</tr>");
        }
        out.push_str("</tbody></table></div>\n");
    }
    out
}

/// The command, the settings, the hashes of the inputs.
pub fn reproduce(report: &Report) -> String {
    let mut out = String::new();
    if !report.command.is_empty() {
        let line: Vec<String> = report.command.iter().map(|a| quoted(a)).collect();
        let _ = writeln!(
            out,
            "<pre id=\"command\" tabindex=\"0\" aria-label=\"Command\"><code>stance {}</code></pre><button type=\"button\" \
             data-copy=\"command\" hidden>Copy<span class=\"sr\"> the command</span></button>",
            esc(&line.join(" "))
        );
    }
    let s = &report.settings;
    let _ = writeln!(
        out,
        "<p>stance {}, model {}, target {}, interval {} %, by {}, seed {}{}. <code>stance verify report.json</code> computes \
         a saved JSON report again and says where it differs.</p>",
        esc(&report.version),
        esc(&report.model),
        esc(&s.target),
        percent(s.interval),
        esc(&s.by),
        s.seed,
        if s.anyway { ", shares shown that would be withheld (--anyway)" } else { "" }
    );
    if !report.inputs.is_empty() {
        let _ = write!(
            out,
            "<details><summary>SHA-256 of {} inputs</summary><div class=\"wide\"><table class=\"hashes\"><caption \
             class=\"sr\">Inputs</caption><thead><tr><th scope=\"col\">Input</th><th \
             scope=\"col\">SHA-256</th></tr></thead><tbody>",
            report.inputs.len()
        );
        for i in &report.inputs {
            let _ = write!(
                out,
                "<tr><th scope=\"row\" dir=\"auto\">{}</th><td><code>{}</code></td></tr>",
                esc(&i.source),
                esc(&i.sha256)
            );
        }
        out.push_str("</tbody></table></div></details>\n");
    }
    out
}

/// An argument as a shell takes it.
fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=,@%+".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', "'\\''"))
    }
}
