//! Charts as inline SVG, stretched to their box: 1000 units wide, strokes that do not scale.

use std::fmt::Write as _;

use super::super::{ClassShare, HeadEstimate};

/// CSS class that colours a class of a head; known names keep their colour wherever they stand.
pub fn colour(class: &str, index: usize) -> &'static str {
    const OTHERS: [&str; 6] = ["c0", "c1", "c2", "c3", "c4", "c5"];
    match class.to_lowercase().as_str() {
        "pro-kremlin" => "cp",
        "anti-kremlin" => "ca",
        "neutral" => "cn",
        "negative" => "cm",
        "positive" => "cq",
        _ => OTHERS[index % OTHERS.len()],
    }
}

/// Order in which classes are stacked and listed: the neutral one between the others, so that the two that are
/// compared start from opposite ends.
pub fn order(head: &HeadEstimate) -> Vec<usize> {
    let mut order: Vec<usize> = (0..head.classes.len()).collect();
    let rank = |i: &usize| match head.classes[*i].class.to_lowercase().as_str() {
        "pro-kremlin" | "negative" => 0,
        "neutral" => 2,
        "anti-kremlin" | "positive" => 3,
        _ => 1,
    };
    order.sort_by_key(rank);
    order
}

/// A share on the axis.
fn x(share: f64) -> i64 {
    (share.clamp(0.0, 1.0) * 1000.0).round() as i64
}

/// The stacked bar of one head: adjusted shares with whiskers, counted shares as a thin bar under it.
///
/// A whisker spans the interval of its segment's share, measured from where the segment starts; that of the last
/// segment is measured from the right end. Where shares are withheld the upper bar is empty and dashed.
pub fn stacked(head: &HeadEstimate, label: Option<&str>) -> String {
    let order = order(head);
    let shares: Option<Vec<(&ClassShare, f64, f64, f64)>> = order
        .iter()
        .map(|&i| {
            let c = &head.classes[i];
            Some((c, c.adjusted?, c.lo?, c.hi?))
        })
        .collect();
    let aria = match label {
        Some(label) => format!("role=\"img\" aria-label=\"{}\"", super::esc(label)),
        None => "aria-hidden=\"true\"".to_owned(),
    };
    let mut out = format!("<svg class=\"bar\" viewBox=\"0 0 1000 30\" preserveAspectRatio=\"none\" {aria}>");
    match shares {
        Some(shares) => {
            let values: Vec<f64> = shares.iter().map(|s| s.1).collect();
            segments(&mut out, head, &order, &values, 2, 16);
            let mut whiskers = String::new();
            let mut start = 0.0;
            for (i, (_, adjusted, lo, hi)) in shares.iter().enumerate() {
                let (from, to) = if i + 1 == shares.len() && i > 0 {
                    (1.0 - hi, 1.0 - lo)
                } else {
                    (start + lo, start + hi)
                };
                // Staggered, so that whiskers that overlap can be told apart.
                let y = 6 + 8 * i / shares.len().max(2);
                let _ = write!(whiskers, "M{0} {1}v4M{0} {2}H{3}", x(from), y - 1, y + 1, x(to));
                if to <= 1.0 {
                    let _ = write!(whiskers, "M{} {}v4", x(to), y - 1);
                }
                start += adjusted;
            }
            let _ = write!(out, "<path class=\"wh\" d=\"{whiskers}\"/><path class=\"w\" d=\"{whiskers}\"/>");
        }
        None => out.push_str("<path class=\"no\" d=\"M2 3H998V17H2z\"/>"),
    }
    let counted: Vec<f64> = order.iter().map(|&i| head.classes[i].counted).collect();
    segments(&mut out, head, &order, &counted, 23, 5);
    out.push_str("</svg>");
    out
}

fn segments(out: &mut String, head: &HeadEstimate, order: &[usize], shares: &[f64], y: u32, height: u32) {
    let mut start = 0.0;
    for (&i, share) in order.iter().zip(shares) {
        let (from, to) = (x(start), x(start + share));
        start += share;
        if to > from {
            let _ = write!(
                out,
                "<path class=\"{}\" d=\"M{from} {y}h{}v{height}H{from}z\"/>",
                colour(&head.classes[i].class, i),
                // A gap between neighbours, so that two classes are told apart without colour.
                (to - from - 2).max(1)
            );
        }
    }
}

/// The difference of one class between two groups on an axis from -100 to 100 points.
pub fn difference(lo: f64, point: f64, hi: f64) -> String {
    let at = |v: f64| (500.0 + 500.0 * v.clamp(-1.0, 1.0)).round() as i64;
    format!(
        "<svg class=\"diff\" viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><path \
         class=\"ax\" d=\"M500 0V20\"/><path class=\"w\" d=\"M{} 10H{}\"/><path class=\"dot\" d=\"M{} 10h0\"/></svg>",
        at(lo),
        at(hi),
        at(point)
    )
}

/// The legend of a head's colours.
pub fn legend(head: &HeadEstimate) -> String {
    let mut out = String::from("<ul class=\"legend\">");
    for i in order(head) {
        let class = &head.classes[i].class;
        let _ = write!(
            out,
            "<li><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><path class=\"{}\" d=\"M0 0h12v12H0z\"/></svg>{}</li>",
            colour(class, i),
            super::esc(class)
        );
    }
    out.push_str("</ul>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(adjusted: bool) -> HeadEstimate {
        let share = |class: &str, v: f64| ClassShare {
            class: class.into(),
            n: 1,
            counted: v,
            adjusted: adjusted.then_some(v),
            lo: adjusted.then_some(v * 0.5),
            hi: adjusted.then_some((v * 1.5).min(1.0)),
        };
        HeadEstimate {
            head: "stance".into(),
            n: 3,
            classes: vec![share("anti-Kremlin", 0.2), share("neutral", 0.3), share("pro-Kremlin", 0.5)],
            worth: None,
            verdict: String::new(),
            reasons: Vec::new(),
            greater: None,
        }
    }

    #[test]
    fn the_neutral_class_stands_in_the_middle() {
        assert_eq!(order(&head(true)), [2, 1, 0]);
    }

    #[test]
    fn a_withheld_bar_shows_no_adjusted_share() {
        assert!(stacked(&head(false), None).contains("class=\"no\""));
        let shown = stacked(&head(true), None);
        assert!(!shown.contains("class=\"no\"") && shown.contains("class=\"w\""));
        // pro-Kremlin: from .25 to .75 of the axis.
        assert!(shown.contains("M250 5v4M250 7H750M750 5v4"), "{shown}");
        // anti-Kremlin, from the right end: .7 to .9.
        assert!(shown.contains("H900"), "{shown}");
    }
}
