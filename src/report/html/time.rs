//! Shares over time: one panel per class, gaps shown as gaps.

use std::fmt::Write as _;

use jiff::civil::{Date, ISOWeekDate};

use super::super::{HeadEstimate, Report, percent};
use super::{articles, charts, data, esc, escape::links};
use crate::error::Result;

/// A stretch without comments is named when it is this many times the usual distance.
const MAX_GAP_RATIO: i64 = 3;
/// Gaps that are named.
const MAX_GAPS: usize = 12;

/// A group with a date: days since the epoch of ISO dates, label, estimate.
struct Point<'a> {
    day: i64,
    label: &'a str,
    head: &'a HeadEstimate,
}

/// The first day of `2024-03-05…`, `2024-W10`, `2024-03` or `2024`.
fn first_day(date: &str) -> Option<Date> {
    let number = |s: &str| s.parse::<i16>().ok();
    let year = number(date.get(..4)?)?;
    let rest = date.get(4..)?;
    if let Some(week) = rest.strip_prefix("-W") {
        let week = i8::try_from(number(week.get(..2)?)?).ok()?;
        return Some(ISOWeekDate::new(year, week, jiff::civil::Weekday::Monday).ok()?.date());
    }
    let part = |at: usize| match rest.get(at..at + 3) {
        Some(p) => p.strip_prefix('-').and_then(number).and_then(|n| i8::try_from(n).ok()),
        None => Some(1),
    };
    Date::new(year, part(0)?, part(3)?).ok()
}

fn days(date: Date) -> i64 {
    i64::from(Date::new(1970, 1, 1).map_or(0, |epoch| (date - epoch).get_days()))
}

fn date_of(day: i64) -> String {
    let epoch = Date::new(1970, 1, 1).ok();
    let span = jiff::Span::new().try_days(day).ok();
    epoch.zip(span).and_then(|(e, s)| e.checked_add(s).ok()).map(|d| d.to_string()).unwrap_or_default()
}

/// The section; empty with fewer than two different dates.
pub fn section(report: &Report) -> Result<String> {
    let mut out = String::new();
    let dated = |head: &str| -> Vec<Point<'_>> {
        let mut points: Vec<Point<'_>> = report
            .groups
            .iter()
            .filter_map(|g| {
                let label = g.date.as_deref()?;
                let day = days(first_day(label)?);
                let head = g.heads.iter().find(|h| h.head == head)?;
                Some(Point { day, label, head })
            })
            .collect();
        points.sort_by_key(|p| p.day);
        points
    };
    let n_undated = report
        .groups
        .iter()
        .filter(|g| !g.heads.is_empty() && g.date.as_deref().and_then(first_day).is_none())
        .count();
    for head in articles::heads(report) {
        let points = dated(head);
        let (Some(first), Some(last)) = (points.first(), points.last()) else { continue };
        if first.day == last.day {
            continue;
        }
        let gaps = gaps(&points.iter().map(|p| p.day).collect::<Vec<_>>());
        let _ = writeln!(
            out,
            "<figure class=\"time\"><figcaption>{}, {} to {}</figcaption>",
            esc(head),
            esc(first.label),
            esc(last.label)
        );
        for i in charts::order(first.head) {
            panel(&mut out, &points, &gaps, i, report.settings.by != "article");
        }
        let _ = write!(
            out,
            "<div class=\"axis\" aria-hidden=\"true\"><span>{}</span><span>{}</span><span>{}</span></div>",
            date_of(first.day),
            date_of(i64::midpoint(first.day, last.day)),
            date_of(last.day)
        );
        notes(&mut out, &gaps, n_undated);
        out.push_str("</figure>\n");
        let header = ["date", "class", "n", "counted", "adjusted", "lo", "hi"];
        let rows = || points.iter().flat_map(rows);
        out.push_str(&links(
            &format!("over-time-{}", data::slug(head)),
            &data::csv(&header, rows())?,
            &data::json_rows(&header, rows())?,
        ));
    }
    Ok(out)
}

fn rows<'a>(p: &'a Point<'_>) -> impl Iterator<Item = Vec<String>> + use<'a> {
    let share = |v: Option<f64>| v.map(|v| format!("{v:.4}")).unwrap_or_default();
    p.head.classes.iter().map(move |c| {
        let mut row = vec![p.label.to_owned(), c.class.clone(), p.head.n.to_string()];
        row.extend([share(Some(c.counted)), share(c.adjusted), share(c.lo), share(c.hi)]);
        row
    })
}

/// Stretches without any group, as first and last day that have one.
fn gaps(days: &[i64]) -> Vec<(i64, i64)> {
    let mut steps: Vec<i64> = days.windows(2).map(|w| w[1] - w[0]).filter(|s| *s > 0).collect();
    steps.sort_unstable();
    let Some(&usual) = steps.get(steps.len() / 2) else { return Vec::new() };
    // Months differ by three days; a step must be longer than any of them.
    let limit = (usual * MAX_GAP_RATIO).max(2).min(usual * 2 + 3);
    days.windows(2).filter(|w| w[1] - w[0] >= limit.max(usual + 4)).map(|w| (w[0], w[1])).collect()
}

fn panel(out: &mut String, points: &[Point<'_>], gaps: &[(i64, i64)], class: usize, line: bool) {
    let (first, last) = (points[0].day, points[points.len() - 1].day);
    // Half a unit of air at both ends, so that whiskers of the first and last group are whole.
    let x = |day: i64| 10 + (980 * (day - first)) / (last - first).max(1);
    let y = |share: f64| 100 - (share.clamp(0.0, 1.0) * 100.0).round() as i64;
    let name = &points[0].head.classes[class].class;
    let (mut bands, mut whiskers, mut dots, mut hollow, mut path) = Default::default();
    let write = |s: &mut String, part: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = s.write_fmt(part);
    };
    for (a, b) in gaps {
        write(&mut bands, format_args!("M{} 0H{}V100H{}z", x(*a) + 4, x(*b) - 4, x(*a) + 4));
    }
    let mut before: Option<i64> = None;
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for p in points {
        let c = &p.head.classes[class];
        let Some(adjusted) = c.adjusted else {
            write(&mut hollow, format_args!("M{} {}h0", x(p.day), y(c.counted)));
            before = None;
            continue;
        };
        (low, high) = (low.min(adjusted), high.max(adjusted));
        if let (Some(lo), Some(hi)) = (c.lo, c.hi) {
            write(&mut whiskers, format_args!("M{} {}V{}", x(p.day), y(lo), y(hi)));
        }
        write(&mut dots, format_args!("M{} {}h0", x(p.day), y(adjusted)));
        let joined = line && before.is_some_and(|b| !gaps.contains(&(b, p.day)));
        write(&mut path, format_args!("{}{} {}", if joined { 'L' } else { 'M' }, x(p.day), y(adjusted)));
        before = Some(p.day);
    }
    let label = if low.is_finite() {
        format!("{name} over time: adjusted shares between {} % and {} %", percent(low), percent(high))
    } else {
        format!("{name} over time: adjusted shares withheld throughout")
    };
    let colour = charts::colour(name, class);
    let _ = write!(
        out,
        "<div class=\"panel\"><p><b>{}</b></p><div class=\"plot\"><svg viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" \
         role=\"img\" aria-label=\"{}\"><path class=\"gap\" d=\"{bands}\"/><path class=\"grid\" d=\"M0 0H1000M0 50H1000M0 \
         100H1000\"/><path class=\"w l{colour}\" d=\"{whiskers}\"/>",
        esc(name),
        esc(&label)
    );
    if line {
        let _ = write!(out, "<path class=\"line l{colour}\" d=\"{path}\"/>");
    }
    let _ = writeln!(
        out,
        "<path class=\"hollow\" d=\"{hollow}\"/><path class=\"dot l{colour}\" d=\"{dots}\"/></svg></div></div>"
    );
}

fn notes(out: &mut String, gaps: &[(i64, i64)], n_undated: usize) {
    out.push_str("<p class=\"hint\">Dots: adjusted shares, lines through them: intervals; grey dots: counted shares where adjusted ones are withheld.");
    if !gaps.is_empty() {
        out.push_str(" Shaded, no comments: ");
        let named: Vec<String> =
            gaps.iter().take(MAX_GAPS).map(|(a, b)| format!("{} to {}", date_of(*a), date_of(*b))).collect();
        out.push_str(&named.join(", "));
        if gaps.len() > MAX_GAPS {
            let _ = write!(out, " and {} more", gaps.len() - MAX_GAPS);
        }
        out.push('.');
    }
    if n_undated > 0 {
        let _ = write!(out, " {n_undated} without a date are not in the chart (--dates FILE gives dates).");
    }
    out.push_str("</p>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_all_precisions_are_read() {
        let day = |s| first_day(s).map(|d| d.to_string());
        assert_eq!(day("2024-03-05T11:00:00Z").as_deref(), Some("2024-03-05"));
        assert_eq!(day("2024-03").as_deref(), Some("2024-03-01"));
        assert_eq!(day("2024-W10").as_deref(), Some("2024-03-04"));
        assert_eq!(day("2024").as_deref(), Some("2024-01-01"));
        for bad in ["", "yesterday", "2024-13-01", "2024-W99", "5 мая 2024", "2024/03/05"] {
            assert_eq!(day(bad), None, "{bad}");
        }
        assert_eq!(date_of(days(first_day("2024-03-05").unwrap())), "2024-03-05");
    }

    #[test]
    fn a_missing_month_is_a_gap_and_a_short_month_is_none() {
        let months = |m: &[i8]| m.iter().map(|m| days(Date::new(2024, *m, 1).unwrap())).collect::<Vec<_>>();
        assert!(gaps(&months(&[1, 2, 3, 4, 5])).is_empty());
        assert_eq!(gaps(&months(&[1, 2, 3, 5, 6])).len(), 1);
        assert_eq!(gaps(&[0, 7, 14, 28]), [(14, 28)], "a missing week");
        assert_eq!(gaps(&[0, 1, 2, 3, 9]), [(3, 9)]);
        assert!(gaps(&[5, 5]).is_empty());
    }
}
