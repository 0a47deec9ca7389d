//! The strongest terms of a model: where a leak (an outlet's name, a byline) is seen.

use std::collections::BTreeMap;

use super::info::LanguageTerm;
use super::{Head, Model};
use crate::features::counts::{Counts, INDEX_MASK};

/// Languages with fewer labelled comments are not told apart.
const MIN_LABELS: usize = 50;
/// Fewest comments of a language that hold one of its terms.
const MIN_DF: u32 = 5;
/// Smallest share of a term's comments that are in a language it is said to be of.
const MIN_SHARE: f64 = 0.2;
/// Terms kept per class and language.
const N_KEPT: usize = 40;

/// A term and what one occurrence of it speaks for.
#[derive(Debug, Clone, PartialEq)]
pub struct StrongTerm {
    /// The term as people read it: a stem, or two.
    pub term: String,
    /// Code of the language whose comments hold it; `Latin`, `Cyrillic` or `other letters` where the model does not hold
    /// the languages of its terms.
    pub language: String,
    /// Number of training comments that hold it, in that language where it is known.
    pub df: u32,
    /// Weight times idf, less the mean over the classes: how far it moves this class against the others.
    pub weight: f64,
}

/// Script of the first letter.
fn script(term: &str) -> &'static str {
    match term.chars().find(|c| c.is_alphabetic()) {
        Some('a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}') => "Latin",
        Some('\u{400}'..='\u{52f}') => "Cyrillic",
        _ => "other letters",
    }
}

/// What a term adds to a class against the mean of all, per occurrence.
fn strength(head: &Head, idf: &[f64], term: u32, class: usize) -> f64 {
    let k = head.classes.len();
    let (mut mean, mut own) = (0.0, 0.0);
    for (c, w) in head.weights.row(term).map(f64::from).enumerate() {
        mean += w / k as f64;
        if c == class {
            own = w;
        }
    }
    (own - mean) * idf[term as usize]
}

/// The first `n` terms by falling strength, among those that strengthen the class.
fn first(terms: impl Iterator<Item = (u32, f64)>, n: usize) -> Vec<(u32, f64)> {
    let mut terms: Vec<(u32, f64)> = terms.filter(|(_, w)| *w > 0.0).collect();
    let order = |a: &(u32, f64), b: &(u32, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if terms.len() > n && n > 0 {
        terms.select_nth_unstable_by(n - 1, order);
    }
    terms.truncate(n);
    terms.sort_by(order);
    terms
}

/// Per language the words and pairs that are among the strongest of any class of any head.
pub(super) fn language_terms(
    counts: &Counts,
    heads: &[Head],
    idf: &[f64],
) -> BTreeMap<String, Vec<LanguageTerm>> {
    let mut rows: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, facts) in counts.facts.iter().enumerate() {
        rows.entry(facts.lang.unwrap_or("und")).or_default().push(i);
    }
    let mut out = BTreeMap::new();
    for (lang, rows) in rows.into_iter().filter(|(l, rows)| *l != "und" && rows.len() >= MIN_LABELS) {
        let mut df = vec![0_u32; counts.split_id as usize];
        for row in rows {
            counts.row(row)[0].iter().for_each(|e| df[(e & INDEX_MASK) as usize] += 1);
        }
        let of_language: Vec<u32> = (0..counts.split_id)
            .filter(|&t| {
                let (here, all) = (df[t as usize], counts.column(t as usize).len());
                here >= MIN_DF && f64::from(here) >= MIN_SHARE * all as f64
            })
            .collect();
        let mut kept = std::collections::BTreeSet::new();
        for head in heads {
            for class in 0..head.classes.len() {
                let terms = of_language.iter().map(|&t| (t, strength(head, idf, t, class)));
                kept.extend(first(terms, N_KEPT).into_iter().map(|(t, _)| t));
            }
        }
        let terms: Vec<LanguageTerm> = kept.into_iter().map(|t| (t, df[t as usize])).collect();
        out.insert(lang.to_owned(), terms);
    }
    out
}

impl Model {
    /// Words and word pairs of a head that speak most for each class, per language: `n` of each (at most 40), strongest
    /// first, in the order of the head's classes. Empty for a head that does not exist.
    pub fn strongest(&self, head: &str, n: usize) -> Vec<Vec<StrongTerm>> {
        let Some(head) = self.head(head) else { return Vec::new() };
        let vocabulary = self.vectoriser.vocabulary();
        let idf = self.vectoriser.idf();
        let n_words = (vocabulary.n_terms() - vocabulary.sizes()[2]) as u32;
        let mut languages: Vec<(String, Vec<LanguageTerm>)> = Vec::new();
        if self.info.terms.is_empty() {
            for t in 0..n_words {
                let script = script(&vocabulary.term(t));
                let at = languages.iter().position(|(s, _)| s == script).unwrap_or_else(|| {
                    languages.push((script.to_owned(), Vec::new()));
                    languages.len() - 1
                });
                languages[at].1.push((t, self.vectoriser.df[t as usize]));
            }
            languages.sort_by(|a, b| a.0.cmp(&b.0));
        } else {
            // A file from outside may name terms that are not there.
            let known =
                |terms: &[LanguageTerm]| terms.iter().copied().filter(|(t, _)| *t < n_words).collect();
            languages.extend(self.info.terms.iter().map(|(l, terms)| (l.clone(), known(terms))));
        }
        let of_class = |class: usize| {
            let strongest = |(language, terms): &(String, Vec<LanguageTerm>)| {
                let df: BTreeMap<u32, u32> = terms.iter().copied().collect();
                first(terms.iter().map(|(t, _)| (*t, strength(head, &idf, *t, class))), n)
                    .into_iter()
                    .map(|(t, weight)| StrongTerm {
                        term: vocabulary.term(t),
                        language: language.clone(),
                        df: df[&t],
                        weight,
                    })
                    .collect::<Vec<_>>()
            };
            languages.iter().flat_map(strongest).collect()
        };
        (0..head.classes.len()).map(of_class).collect()
    }
}
