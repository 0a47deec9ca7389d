//! The data behind each chart as CSV and JSON, and the comments, packed for the script.

use std::collections::HashMap;
use std::io::Write as _;

use serde_json::{Value, json};

use super::super::rows::CommentRow;
use super::super::{Group, HeadEstimate, Report};
use super::escape::{base64, links};
use crate::error::{Error, Kind, Result};

/// Deciding words of a comment that the page keeps.
const MAX_WORDS: usize = 3;

fn internal(e: impl std::fmt::Display) -> Error {
    Error::new(Kind::Internal, format!("the report cannot be written as HTML: {e}"))
}

/// A name as part of a file name.
pub fn slug(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_alphanumeric() { c.to_lowercase().next().unwrap_or(c) } else { '-' })
        .take(40)
        .collect()
}

/// Rows as CSV.
pub fn csv(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<String> {
    let mut w = ::csv::Writer::from_writer(Vec::new());
    w.write_record(header).map_err(internal)?;
    for row in rows {
        w.write_record(row).map_err(internal)?;
    }
    String::from_utf8(w.into_inner().map_err(internal)?).map_err(internal)
}

/// The same rows as JSON, `{"columns": [...], "data": [[...]]}` (pandas: `read_json(orient="split")`); numbers stay
/// numbers, an empty cell is null.
pub fn json_rows(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<String> {
    let cell = |s: String| -> Value {
        match s.parse::<f64>() {
            _ if s.is_empty() => Value::Null,
            // Only what JSON would print again the same way: an id such as 007 is no number.
            Ok(_)
                if s.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
                    && !s.starts_with("00") =>
            {
                serde_json::from_str(&s).unwrap_or(Value::String(s))
            }
            _ => Value::String(s),
        }
    };
    let data: Vec<Value> = rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect();
    serde_json::to_string(&json!({ "columns": header, "data": data })).map_err(internal)
}

/// Links to a head's shares, one row per article, ready for a spreadsheet.
pub fn shares(report: &Report, sample: &HeadEstimate) -> Result<String> {
    let order = super::charts::order(sample);
    let mut header: Vec<String> = ["group", "title", "date", "sources", "n"].map(str::to_owned).to_vec();
    for &i in &order {
        let class = &sample.classes[i].class;
        header.extend(["counted", "adjusted", "lo", "hi"].map(|what| format!("{class} {what}")));
    }
    header.extend(["worth", "verdict", "reasons"].map(str::to_owned));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let share = |v: Option<f64>| v.map(|v| format!("{v:.4}")).unwrap_or_default();
    let row = |g: &Group| {
        let h = g.heads.iter().find(|h| h.head == sample.head)?;
        let text = |s: &Option<String>| s.clone().unwrap_or_default();
        let mut row =
            vec![g.key.clone(), text(&g.title), text(&g.date), g.sources.join("; "), h.n.to_string()];
        for c in order.iter().map(|&i| &h.classes[i]) {
            row.extend([share(Some(c.counted)), share(c.adjusted), share(c.lo), share(c.hi)]);
        }
        row.extend([
            h.worth.map(|w| format!("{w:.1}")).unwrap_or_default(),
            h.verdict.clone(),
            h.reasons.join("; "),
        ]);
        Some(row)
    };
    let rows = || report.groups.iter().chain(&report.total).filter_map(row);
    Ok(links(&format!("shares-{}", slug(&sample.head)), &csv(&header, rows())?, &json_rows(&header, rows())?))
}

/// Links to the shares of one group, one row per head and class.
pub fn distribution(name: &str, group: &Group) -> Result<String> {
    let header = ["head", "class", "n", "counted", "adjusted", "lo", "hi", "verdict"];
    let share = |v: Option<f64>| v.map(|v| format!("{v:.4}")).unwrap_or_default();
    let rows = || {
        group.heads.iter().flat_map(|h| {
            h.classes.iter().map(move |c| {
                let names = [h.head.clone(), c.class.clone(), c.n.to_string()];
                let shares = [share(Some(c.counted)), share(c.adjusted), share(c.lo), share(c.hi)];
                names.into_iter().chain(shares).chain([h.verdict.clone()]).collect()
            })
        })
    };
    Ok(links(name, &csv(&header, rows())?, &json_rows(&header, rows())?))
}

/// The report without its comments: what all charts are drawn from.
pub fn bare(report: &Report) -> Report {
    let mut bare = report.clone();
    bare.groups.iter_mut().for_each(|g| g.comments.clear());
    bare
}

/// All comments of the report: JSON by columns, compressed, in a script element that no browser runs; nothing where
/// the report holds none. Words stand once in a list, posteriors are percents without the last class.
pub fn comments(report: &Report) -> Result<String> {
    if report.groups.iter().all(|g| g.comments.is_empty()) {
        return Ok(String::new());
    }
    let mut words: Vec<&str> = Vec::new();
    let mut index: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<Value> = Vec::with_capacity(report.groups.len());
    let percent = |p: &f32| (f64::from(*p) * 100.0).round() as i64;
    for g in &report.groups {
        let cs = &g.comments;
        let n_heads = cs.iter().map(|c| c.posteriors.len()).max().unwrap_or(0);
        let of_head = |h: usize| -> Vec<Vec<i64>> {
            cs.iter()
                .map(|c| {
                    c.posteriors
                        .get(h)
                        .map(|p| p.iter().rev().skip(1).rev().map(percent).collect())
                        .unwrap_or_default()
                })
                .collect()
        };
        let mut decided: Vec<Vec<(usize, i64)>> = Vec::with_capacity(cs.len());
        for c in cs {
            let one = c.words.iter().take(MAX_WORDS).map(|(w, s)| {
                let at = *index.entry(w).or_insert_with(|| {
                    words.push(w);
                    words.len() - 1
                });
                (at, (f64::from(*s) * 10.0).round() as i64)
            });
            decided.push(one.collect());
        }
        groups.push(json!({
            "no": cs.iter().map(|c| c.no).collect::<Vec<_>>(),
            "article": optional(cs, |c| c.article.as_deref()),
            "time": optional(cs, |c| c.time.as_deref().map(|t| t.get(..16).unwrap_or(t))),
            "lang": cs.iter().map(|c| c.lang.as_str()).collect::<Vec<_>>(),
            "named": (0..n_heads).map(|h| cs.iter().map(|c| c.named.get(h).copied()).collect::<Vec<_>>()).collect::<Vec<_>>(),
            "percents": (0..n_heads).map(of_head).collect::<Vec<_>>(),
            "words": decided.iter().map(|d| d.iter().map(|w| w.0).collect::<Vec<_>>()).collect::<Vec<_>>(),
            "scores": decided.iter().map(|d| d.iter().map(|w| w.1).collect::<Vec<_>>()).collect::<Vec<_>>(),
            "text": optional(cs, |c| c.text.as_deref()),
        }));
    }
    let heads: Vec<Value> = super::articles::heads(report)
        .into_iter()
        .filter_map(|h| super::articles::sample(report, h))
        .map(|h| {
            let classes: Vec<&str> = h.classes.iter().map(|c| c.class.as_str()).collect();
            json!({ "head": h.head, "classes": classes })
        })
        .collect();
    let all = json!({ "heads": heads, "words": words, "groups": groups });
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&serde_json::to_vec(&all).map_err(internal)?).map_err(internal)?;
    let packed = base64(&packed.finish().map_err(internal)?);
    Ok(format!("<script type=\"text/plain\" id=\"comments\">{packed}</script>\n"))
}

/// A column that not every report has; null where no comment has it.
fn optional<'a>(
    comments: &'a [CommentRow],
    of: impl Fn(&'a CommentRow) -> Option<&'a str>,
) -> Option<Vec<Option<&'a str>>> {
    let column: Vec<Option<&str>> = comments.iter().map(of).collect();
    column.iter().any(Option::is_some).then_some(column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_numbers_and_ids_stay_text() {
        let rows = || [vec!["007".to_owned(), "0.5".to_owned(), String::new(), "1e5".to_owned()]];
        let json = json_rows(&["id", "share", "lo", "name"], rows()).unwrap();
        assert_eq!(json, r#"{"columns":["id","share","lo","name"],"data":[["007",0.5,null,"1e5"]]}"#);
        assert_eq!(csv(&["a", "b"], [vec!["x,y".to_owned(), "1".to_owned()]]).unwrap(), "a,b\n\"x,y\",1\n");
    }
}
