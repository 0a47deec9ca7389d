//! What a model was made from and how good it is on what it has not seen; kept in its file, printed by the card.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Head;
use super::diagnose::LeftOut;
use super::strongest::language_terms;
use super::train::HeadReport;
use super::weights::family;
use crate::evaluate::Scored;
use crate::evaluate::calibration::{self, Bin};
use crate::evaluate::classification::{Slice, slices};
use crate::features::counts::{Counts, INDEX_BITS, INDEX_MASK};
use crate::labels::agreement::{Alpha, of_collection};
use crate::labels::{Folds, LabelledCollection};

/// What a model was made from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Info {
    /// Version of the package that trained it.
    pub version: String,
    /// SHA-256 of each label file by its name.
    pub labels: BTreeMap<String, String>,
    /// Number of labelled comments.
    pub n_rows: usize,
    /// Labelled comments per language.
    pub languages: BTreeMap<String, usize>,
    /// Heads that did no better than a baseline and were kept by `--force`.
    pub not_better: Vec<String>,
    /// SHA-256 of the model it was adapted from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub base: Option<String>,
    /// Labelled comments per language that the models it was adapted from were trained on.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub base_languages: BTreeMap<String, usize>,
    /// Labelled comments per source: what stands before the first `/` of the column source.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub sources: BTreeMap<String, usize>,
    /// Share of words that the other folds do not hold, per language; `all` for all comments.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub unknown_words: BTreeMap<String, f64>,
    /// Per language the words and pairs that speak most for any class.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub terms: BTreeMap<String, Vec<LanguageTerm>>,
    /// Figures out of fold, per head.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub figures: BTreeMap<String, Figures>,
}

/// How good one head is on comments it has not seen, beyond the pooled macro-F1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// By language.
    pub languages: BTreeMap<String, Slice>,
    /// By length in words, short first.
    pub lengths: Vec<(String, Slice)>,
    /// On sources that were left out of training, by the text stage alone; empty where none was.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub left_out: Vec<LeftOut>,
    /// Expected calibration error of the posteriors.
    pub ece: f64,
    /// Confidence against accuracy.
    pub reliability: Vec<Bin>,
    /// Agreement of the coders; `None` where no comment has two.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub coders: Option<Alpha>,
}

/// Id of a term, and the number of comments of a language that hold it.
pub type LanguageTerm = (u32, u32);

/// Key of [`Info::unknown_words`] for all comments together.
pub const ALL: &str = "all";

impl Info {
    /// What training knows of the model it made.
    pub(super) fn of(
        labelled: &LabelledCollection,
        counts: &Counts,
        folds: &Folds,
        (heads, idf): (&[Head], &[f64]),
        reports: &[HeadReport],
        seed: u64,
    ) -> Self {
        let mut languages = BTreeMap::new();
        for facts in &counts.facts {
            *languages.entry(facts.lang.unwrap_or("und").to_owned()).or_insert(0) += 1;
        }
        let of_head = |(h, r): (usize, &HeadReport)| (r.name.clone(), figures(labelled, h, r, seed));
        let (figures, (unknown_words, terms)) = rayon::join(
            || reports.iter().enumerate().map(of_head).collect(),
            || rayon::join(|| unknown_words(counts, folds), || language_terms(counts, heads, idf)),
        );
        Info {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            labels: labelled.hashes.clone(),
            n_rows: labelled.rows.len(),
            languages,
            not_better: reports.iter().filter(|r| !r.is_better()).map(|r| r.name.clone()).collect(),
            base: None,
            base_languages: BTreeMap::new(),
            sources: sources(labelled),
            unknown_words,
            terms,
            figures,
        }
    }

    /// What adapting knows of the model it made of `base`. Sources and unknown words are those of both: the terms are
    /// the base's. Figures out of fold are not carried over, they are another model's.
    pub(super) fn adapted(
        base: &super::Model,
        labelled: &LabelledCollection,
        languages: BTreeMap<String, usize>,
        not_better: Vec<String>,
    ) -> Self {
        let old = base.info();
        Info {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            labels: labelled.hashes.clone(),
            n_rows: labelled.rows.len(),
            languages,
            not_better,
            base: Some(base.sha256().to_owned()),
            base_languages: joined(&old.base_languages, &old.languages),
            sources: joined(&old.sources, &sources(labelled)),
            unknown_words: old.unknown_words.clone(),
            terms: old.terms.clone(),
            figures: BTreeMap::new(),
        }
    }

    /// Labelled comments per language, those of the models it was adapted from among them.
    pub fn all_languages(&self) -> BTreeMap<String, usize> {
        joined(&self.base_languages, &self.languages)
    }
}

fn joined(a: &BTreeMap<String, usize>, b: &BTreeMap<String, usize>) -> BTreeMap<String, usize> {
    let mut out = a.clone();
    b.iter().for_each(|(k, n)| *out.entry(k.clone()).or_insert(0) += n);
    out
}

fn sources(labelled: &LabelledCollection) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for source in labelled.rows.iter().filter_map(|r| r.source.as_deref()) {
        *out.entry(family(source).to_owned()).or_insert(0) += 1;
    }
    out
}

/// A word is unknown to a row where every row that holds it stands in the same fold, as scoring counts words.
fn unknown_words(counts: &Counts, folds: &Folds) -> BTreeMap<String, f64> {
    let only_fold: Vec<Option<usize>> = (0..counts.n_words as usize)
        .map(|t| {
            let mut of = counts.column(t).iter().map(|e| folds.of[(e & INDEX_MASK) as usize]);
            let first = of.next()?;
            of.all(|f| f == first).then_some(first)
        })
        .collect();
    let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (i, facts) in counts.facts.iter().enumerate() {
        let words = counts.row(i)[0].iter().filter(|e| **e & INDEX_MASK < counts.n_words);
        let (mut n_kept, mut n_unknown) = (0, 0);
        for e in words {
            let tf = u64::from(e >> INDEX_BITS);
            n_kept += tf;
            if only_fold[(e & INDEX_MASK) as usize] == Some(folds.of[i]) {
                n_unknown += tf;
            }
        }
        // Words too rare for the vocabulary are unknown to any fold.
        n_unknown += u64::from(facts.n_words).saturating_sub(n_kept);
        for key in [ALL, facts.lang.unwrap_or("und")] {
            let sum = sums.entry(key).or_default();
            sum.0 += n_unknown;
            sum.1 += u64::from(facts.n_words);
        }
    }
    let share = |(key, (unknown, n)): (&str, (u64, u64))| (key.to_owned(), unknown as f64 / n as f64);
    sums.into_iter().filter(|(_, (_, n))| *n > 0).map(share).collect()
}

fn figures(labelled: &LabelledCollection, h: usize, report: &HeadReport, seed: u64) -> Figures {
    let named = |i: usize| report.named[i];
    let scored = Scored::of(labelled, h, &report.classes, &report.oof, named, &report.counts);
    let (languages, lengths) = slices(&scored);
    let calibration = calibration::report(&scored);
    Figures {
        languages,
        lengths,
        left_out: report.diagnosis.sources.clone(),
        ece: calibration.ece,
        reliability: calibration.reliability,
        coders: of_collection(labelled, h, seed),
    }
}
