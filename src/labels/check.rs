//! What is wrong with labelled data before anything is learned from it.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Labelled, LabelledCollection};
use crate::error::{Error, Result};
use crate::features::analyser::Facts;
use crate::features::table::hash_bytes;

/// Most rows that a warning lists.
const LISTED: usize = 5;
/// Share of rows a source must foretell, beyond the largest class, for a warning.
const GIVEN_AWAY: f64 = 0.15;

/// Languages the program knows and has no stemmer for.
const UNSTEMMED: [&str; 5] = ["be", "kk", "ky", "uz", "tg"];

/// Checks that every head can be learned.
///
/// # Errors
/// A head with fewer than two classes, or a class with fewer than `min_per_class` labelled comments.
pub fn check(labelled: &LabelledCollection, min_per_class: usize) -> Result<()> {
    for (h, head) in labelled.heads.iter().enumerate() {
        let counts = class_counts(labelled, h);
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
    }
    Ok(())
}

fn class_counts(labelled: &LabelledCollection, h: usize) -> Vec<usize> {
    let mut counts = vec![0; labelled.heads[h].classes.len()];
    labelled.rows.iter().filter_map(|r| r.y[h]).for_each(|y| counts[y] += 1);
    counts
}

/// What of the labels may flatter or mislead, each with what to do. `facts` are those of each row's text, which
/// whoever asks has read already.
pub(crate) fn warnings(labelled: &LabelledCollection, facts: &[Facts]) -> Vec<String> {
    let langs: Vec<Option<&str>> =
        labelled.rows.iter().zip(facts).map(|(r, f)| r.lang.as_deref().or(f.lang)).collect();
    let of_heads = || {
        let of_head = |h: usize| {
            let gives_away = source_gives_away(labelled, h, &class_counts(labelled, h));
            gives_away.into_iter().chain(one_class_languages(labelled, h, &langs))
        };
        (0..labelled.heads.len()).flat_map(of_head).collect::<Vec<_>>()
    };
    let rest = || rayon::join(of_heads, || unusable(labelled, &langs));
    let (repeated, (mut out, unusable)) = rayon::join(|| repeated(labelled), rest);
    out.extend(repeated);
    out.extend(unusable);
    out
}

fn source_gives_away(labelled: &LabelledCollection, h: usize, counts: &[usize]) -> Option<String> {
    let mut by_source: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
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

/// Fewest labels of a language for a word about its classes.
const MIN_OF_LANGUAGE: usize = 20;

/// Languages whose comments are all of one class: there the model learns the language.
fn one_class_languages(labelled: &LabelledCollection, h: usize, langs: &[Option<&str>]) -> Vec<String> {
    let classes = &labelled.heads[h].classes;
    let mut by_language: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, lang) in labelled.rows.iter().zip(langs) {
        if let (Some(y), Some(lang)) = (row.y[h], *lang) {
            by_language.entry(lang).or_insert_with(|| vec![0; classes.len()])[y] += 1;
        }
    }
    let told = |(lang, counts): (&str, Vec<usize>)| {
        let n: usize = counts.iter().sum();
        let class = counts.iter().position(|c| *c == n && n >= MIN_OF_LANGUAGE)?;
        Some(format!(
            "all {n} comments in {lang} have {} {:?}: the model will learn the language; label others of it",
            labelled.heads[h].name, classes[class]
        ))
    };
    by_language.into_iter().filter_map(told).collect()
}

/// Text as it is compared: case and spaces do not tell copies apart.
fn plain(text: &str, out: &mut String) {
    out.clear();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        for c in word.chars() {
            match c {
                'a'..='z' | 'а'..='я' => out.push(c),
                c => out.extend(c.to_lowercase()),
            }
        }
    }
}

/// Texts that occur more than once: with equal labels, and with different ones.
fn repeated(labelled: &LabelledCollection) -> Vec<String> {
    let hash = |buffer: &mut String, row: &Labelled| {
        plain(&row.text, buffer);
        hash_bytes(buffer.as_bytes())
    };
    let hashes: Vec<u64> = labelled.rows.par_iter().with_min_len(256).map_init(String::new, hash).collect();
    let mut first: FxHashMap<u64, usize> = FxHashMap::default();
    let mut texts = [String::new(), String::new()];
    let (mut n_repeated, mut n_contradictory) = (0, 0);
    let mut listed: Vec<String> = Vec::new();
    for (i, row) in labelled.rows.iter().enumerate() {
        let j = *first.entry(hashes[i]).or_insert(i);
        if i == j {
            continue;
        }
        let other = &labelled.rows[j];
        let [a, b] = &mut texts;
        plain(&row.text, a);
        plain(&other.text, b);
        if a != b {
            continue;
        }
        n_repeated += 1;
        let differs = row.y.iter().zip(&other.y).any(|(a, b)| a.is_some() && b.is_some() && a != b);
        if differs && row.parent == other.parent && row.parent_text == other.parent_text {
            n_contradictory += 1;
            if listed.len() < LISTED {
                let name = |r: &Labelled| format!("{} (line {})", r.id, r.place.1);
                listed.push(format!("{} and {}", name(other), name(row)));
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
            "{n_contradictory} comments have another label than the same text before: {}; settle which is right",
            listed.join("; ")
        ));
    }
    out
}

/// Rows that teach nothing, or little.
fn unusable(labelled: &LabelledCollection, langs: &[Option<&str>]) -> Vec<String> {
    let mut out = Vec::new();
    let lines = |rows: &[u64]| {
        let first: Vec<String> = rows.iter().take(LISTED).map(u64::to_string).collect();
        format!(
            "line{} {}{}",
            if rows.len() == 1 { "" } else { "s" },
            first.join(", "),
            if rows.len() > LISTED { ", ..." } else { "" }
        )
    };
    if !labelled.without_text.is_empty() {
        let at: Vec<u64> = labelled.without_text.iter().map(|p| p.1).collect();
        out.push(format!("{} labelled rows hold no text and are left out ({})", at.len(), lines(&at)));
    }
    let taught: Vec<&Labelled> = labelled.rows.iter().filter(|r| r.y.iter().any(Option::is_some)).collect();
    let n_bare = labelled.rows.len() - taught.len();
    if n_bare > 0 {
        out.push(format!("{n_bare} of {} rows have no label and teach nothing", labelled.rows.len()));
    }
    let is_link = |w: &str| w.contains("://") || w.starts_with("www.");
    // Most texts are told by their first word.
    let only_link = |r: &&&Labelled| {
        !r.text.split_whitespace().any(|w| !is_link(w) && w.chars().any(char::is_alphabetic))
            && r.text.split_whitespace().any(is_link)
    };
    let links: Vec<u64> = taught.iter().filter(only_link).map(|r| r.place.1).collect();
    if !links.is_empty() {
        let what = "labelled rows hold only a link, which tells the model nothing of what it leads to: clear their labels";
        out.push(format!("{} {what} ({})", links.len(), lines(&links)));
    }
    let mut unstemmed: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, lang) in labelled.rows.iter().zip(langs).filter(|(r, _)| r.y.iter().any(Option::is_some)) {
        if let Some(lang) = lang.filter(|l| UNSTEMMED.contains(l)) {
            *unstemmed.entry(lang).or_default() += 1;
        }
    }
    for (lang, n) in unstemmed {
        out.push(format!(
            "{n} comments in {lang}: no stemmer is known for it, words are taken whole and character n-grams have to \
             do; expect to need more labels than in Russian or English"
        ));
    }
    out
}
