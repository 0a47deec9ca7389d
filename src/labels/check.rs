//! What is wrong with labelled data before anything is learned from it.

use std::collections::HashMap;

use super::LabelledCollection;
use crate::error::{Error, Result};

/// Most rows that a warning lists.
const LISTED: usize = 5;
/// Share of rows a source must foretell, beyond the largest class, for a warning.
const GIVEN_AWAY: f64 = 0.15;

/// Checks that every head can be learned and tells what may flatter or mislead.
///
/// # Errors
/// A head with fewer than two classes, or a class with fewer than `min_per_class` labelled comments.
pub fn check(labelled: &LabelledCollection, min_per_class: usize) -> Result<Vec<String>> {
    let mut warnings = Vec::new();
    for (h, head) in labelled.heads.iter().enumerate() {
        let mut counts = vec![0; head.classes.len()];
        labelled.rows.iter().filter_map(|r| r.y[h]).for_each(|y| counts[y] += 1);
        let present = counts.iter().filter(|n| **n > 0).count();
        let table: Vec<String> = head.classes.iter().zip(&counts).map(|(c, n)| format!("{c} {n}")).collect();
        if present == 0 {
            return Err(Error::input(format!("column {:?} holds no label", head.name))
                .hint("fill the column, or name another with --label"));
        }
        if present == 1 {
            let what = format!("column {:?} holds one class only ({})", head.name, table.join(", "));
            return Err(Error::input(what).hint("label comments of at least one other class"));
        }
        if let Some(c) = (0..counts.len()).find(|c| counts[*c] < min_per_class) {
            let what = format!(
                "too few labels of class {:?} in column {:?}: {} of at least {min_per_class} ({})",
                head.classes[c],
                head.name,
                counts[c],
                table.join(", ")
            );
            return Err(Error::input(what)
                .hint(format!("label more of it, or merge it: --map \"{}=OTHER CLASS\"", head.classes[c])));
        }
        warnings.extend(source_gives_away(labelled, h, &counts));
    }
    warnings.extend(repeated(labelled));
    Ok(warnings)
}

fn source_gives_away(labelled: &LabelledCollection, h: usize, counts: &[usize]) -> Option<String> {
    let mut by_source: HashMap<&str, Vec<usize>> = HashMap::new();
    for row in &labelled.rows {
        if let (Some(y), Some(source)) = (row.y[h], &row.source) {
            by_source.entry(source).or_insert_with(|| vec![0; counts.len()])[y] += 1;
        }
    }
    let n: usize = by_source.values().flatten().sum();
    if by_source.len() < 2 || n == 0 {
        return None;
    }
    let hits: usize = by_source.values().map(|c| c.iter().max().copied().unwrap_or(0)).sum();
    let largest = *counts.iter().max()? as f64 / counts.iter().sum::<usize>() as f64;
    let known = hits as f64 / n as f64;
    (known > largest + GIVEN_AWAY).then(|| {
        format!(
            "the source alone foretells {} for {:.0} % of the comments (the largest class has {:.0} %): on an outlet \
             not in the labels the model will do worse than the figures say",
            labelled.heads[h].name,
            100.0 * known,
            100.0 * largest
        )
    })
}

/// Texts that occur more than once: with equal labels, and with different ones.
fn repeated(labelled: &LabelledCollection) -> Vec<String> {
    let mut first: HashMap<&str, usize> = HashMap::new();
    let (mut n_repeated, mut n_contradictory) = (0, 0);
    let mut listed: Vec<String> = Vec::new();
    for (i, row) in labelled.rows.iter().enumerate() {
        let Some(&j) = first.get(row.text.as_str()) else {
            first.insert(&row.text, i);
            continue;
        };
        n_repeated += 1;
        let other = &labelled.rows[j];
        let differs = row.y.iter().zip(&other.y).any(|(a, b)| a.is_some() && b.is_some() && a != b);
        if differs && row.parent == other.parent {
            n_contradictory += 1;
            if listed.len() < LISTED {
                listed.push(format!(
                    "{} (line {}) and {} (line {})",
                    other.id, other.place.1, row.id, row.place.1
                ));
            }
        }
    }
    let mut out = Vec::new();
    if n_repeated > 0 {
        out.push(format!(
            "{n_repeated} comments repeat the text of an earlier one: drop them if they are copies"
        ));
    }
    if n_contradictory > 0 {
        out.push(format!(
            "{n_contradictory} of them have another label than the same text before: {}; settle which is right",
            listed.join("; ")
        ));
    }
    out
}
