//! What the reader of a report must know, each with a number and the flag that helps.

use std::collections::{BTreeMap, BTreeSet};

use super::CopyGroup;
use super::facts::ModelFacts;
use crate::estimate::MIN_COMMENTS;

/// Shares of comments in a language with fewer training labels are withheld.
pub const MIN_LANGUAGE_LABELS: usize = 100;
/// A language counts as one of an article's when it has at least this share of its comments.
const MIN_LANGUAGE_SHARE: f64 = 0.2;
/// Unknown words are told when there are this many times as many as in training, and at least [`MIN_UNKNOWN`].
const MAX_UNKNOWN_RATIO: f64 = 1.5;
const MIN_UNKNOWN: f64 = 0.1;
/// Near-copies are told from this share of the comments on.
const MIN_COPIES: f64 = 0.02;
/// Sources that a warning names.
const MAX_NAMED: usize = 5;

/// Words the model never saw, against the rate among comments it was checked on.
///
/// `share` and `training` are fractions of words; `training` is the mean over held-out folds, where known.
pub fn unknown_words(share: f64, training: Option<f64>) -> Option<String> {
    let limit = training.map_or(MIN_UNKNOWN * 2.0, |t| (t * MAX_UNKNOWN_RATIO).max(MIN_UNKNOWN));
    (share > limit).then(|| {
        let usual = training.map(|t| format!(" (in training {:.0} %)", 100.0 * t)).unwrap_or_default();
        format!(
            "{:.0} % of the words are new to the model{usual}: label some of these comments (stance sample) and adapt it \
             (stance train --base)",
            100.0 * share
        )
    })
}

/// Languages of an article that the model has few labels for. Shares are to be withheld for the reason given, unless
/// `--anyway`.
pub fn few_labels(languages: &BTreeMap<String, usize>, facts: &ModelFacts) -> Option<String> {
    let n: usize = languages.values().sum();
    let few: Vec<String> = languages
        .iter()
        .filter(|(lang, count)| lang.as_str() != "und" && **count as f64 >= MIN_LANGUAGE_SHARE * n as f64)
        .map(|(lang, count)| (lang, count, facts.languages.get(lang).copied().unwrap_or(0)))
        .filter(|(_, _, labels)| *labels < MIN_LANGUAGE_LABELS)
        .map(|(lang, count, labels)| {
            format!("{count} comments are in {lang}, in which the model has {labels} labels")
        })
        .collect();
    (!few.is_empty())
        .then(|| format!("{}, {MIN_LANGUAGE_LABELS} are needed; --anyway shows shares", few.join("; ")))
}

/// Whether a thread is shorter than the estimator's floor.
pub fn is_short(n_scored: usize) -> bool {
    n_scored > 0 && n_scored < MIN_COMMENTS
}

/// Threads shorter than the estimator's floor, `n_short` of `n_groups`.
pub fn short_threads(n_short: usize, n_groups: usize) -> Option<String> {
    (n_short > 0).then(|| {
        format!(
            "{n_short} of {n_groups} threads or groups have fewer than {MIN_COMMENTS} comments, too few for shares of their own: group \
             articles with --by source, week or month"
        )
    })
}

/// Why shares say little of the comments at hand, where they are `worth` less than one hand label.
///
/// What a distribution is worth is what the comments add to the prior at the training shares: next to nothing where they
/// are few or in doubt. The interval holds, and it is the prior's.
pub fn little_said(worth: f64) -> Option<String> {
    (worth < 1.0).then(|| {
        "these shares rest on those in training rather than on these comments, which are worth less than one hand label: \
         group articles with --by, or label some (stance sample, then report --labels)"
            .to_owned()
    })
}

/// Sources shown that the labels had none of; outlets are hosts, or folders of files.
pub fn new_sources(outlets: &BTreeSet<&str>, facts: &ModelFacts) -> Option<String> {
    if facts.sources.is_empty() {
        return None;
    }
    let new: Vec<&str> =
        outlets.iter().copied().filter(|o| !facts.sources.keys().any(|s| is_of(o, s))).collect();
    let named: Vec<&str> = new.iter().copied().filter(|o| *o != "-").take(MAX_NAMED).collect();
    let names = match (named.len(), new.len()) {
        (0, _) => String::new(),
        (shown, all) if shown < all => format!(" ({}, ...)", named.join(", ")),
        _ => format!(" ({})", named.join(", ")),
    };
    let drops: Vec<String> = facts
        .heads
        .iter()
        .filter_map(|h| {
            let left_out = &h.figures.as_ref()?.left_out;
            let mean = left_out.iter().map(|s| s.macro_f1).sum::<f64>() / left_out.len() as f64;
            (!left_out.is_empty()).then(|| format!("{} {mean:.2} instead of {:.2}", h.head, h.macro_f1))
        })
        .collect();
    let cost = if drops.is_empty() {
        String::new()
    } else {
        format!("; on sources left out of training macro-F1 was {}", drops.join(", "))
    };
    (!new.is_empty()).then(|| {
        format!(
            "{} of {} sources{names} are not among the {} the model learned from{cost}: label fifty of their comments \
             (stance sample) and adapt it (stance train --base)",
            new.len(),
            outlets.len(),
            facts.sources.len()
        )
    })
}

/// Whether an outlet is a labelled source: of the same name, or a host with the source as one of its parts.
fn is_of(outlet: &str, source: &str) -> bool {
    outlet.eq_ignore_ascii_case(source) || outlet.split('.').any(|part| part.eq_ignore_ascii_case(source))
}

/// Near-copies among `n_comments` comments; what to look at.
pub fn copies(groups: &[CopyGroup], n_comments: usize) -> Option<String> {
    let n: usize = groups.iter().map(|g| g.n).sum();
    let across = groups.iter().filter(|g| g.n_articles > 1).count();
    (n as f64 > MIN_COPIES * n_comments as f64 || across > 0).then(|| {
        format!(
            "{n} of {n_comments} comments are near-copies of another, in {} groups, {across} of them across articles: see \
             the shares without them (--format html or json)",
            groups.len()
        )
    }).filter(|_| n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(languages: &[(&str, usize)]) -> ModelFacts {
        ModelFacts {
            languages: languages.iter().map(|(l, n)| ((*l).to_owned(), *n)).collect(),
            ..ModelFacts::default()
        }
    }

    #[test]
    fn each_warning_has_its_number_and_its_flag() {
        let w = unknown_words(0.31, Some(0.12)).unwrap();
        assert!(w.contains("31 %") && w.contains("12 %") && w.contains("--base"), "{w}");
        assert_eq!(unknown_words(0.15, Some(0.12)), None);
        assert_eq!(unknown_words(0.09, Some(0.01)), None, "a low rate is no trouble whatever the ratio");

        let languages = BTreeMap::from([("kk".to_owned(), 30), ("ru".to_owned(), 60), ("de".to_owned(), 1)]);
        let w = few_labels(&languages, &facts(&[("ru", 400), ("kk", 12)])).unwrap();
        assert!(
            w.contains("30 comments are in kk, in which the model has 12 labels")
                && w.contains("--anyway")
                && !w.contains("in de"),
            "{w}"
        );
        assert_eq!(few_labels(&languages, &facts(&[("ru", 400), ("kk", 120)])), None);

        assert!(short_threads(3, 7).unwrap().contains("--by"));
        assert_eq!((is_short(19), is_short(20), is_short(0)), (true, false, false));
    }

    #[test]
    fn new_sources_are_named_with_what_they_cost() {
        let mut facts = facts(&[]);
        let outlets = BTreeSet::from(["youtube.com", "morning.example", "-"]);
        assert_eq!(new_sources(&outlets, &facts), None, "an older model does not hold its sources");
        facts.sources = BTreeMap::from([("youtube".to_owned(), 10), ("other".to_owned(), 5)]);
        let w = new_sources(&outlets, &facts).unwrap();
        assert!(
            w.starts_with("2 of 3 sources (morning.example, ...) are not among the 2")
                && w.contains("--base"),
            "{w}"
        );
        assert_eq!(new_sources(&BTreeSet::from(["www.youtube.com"]), &facts), None);
        assert!(little_said(0.4).unwrap().contains("--by") && little_said(1.0).is_none());
    }

    #[test]
    fn copies_are_told_when_many_or_across_articles() {
        let group = |n, n_articles| CopyGroup { n, n_articles, similarity: 0.9, members: Vec::new() };
        assert_eq!(copies(&[], 0), None);
        assert_eq!(copies(&[group(2, 1)], 1000), None);
        assert!(copies(&[group(2, 2)], 1000).unwrap().contains("2 of 1000"));
        assert!(copies(&[group(30, 1)], 1000).is_some());
    }
}
