//! How well the model knows the languages and words of a report's comments.

use std::collections::BTreeMap;

use super::facts::ModelFacts;
use super::rows::LanguageCoverage;
use crate::comments::Thread;
use crate::model::ALL;

/// Unknown words and words, by language.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    words: BTreeMap<String, (u64, u64)>,
}

impl Coverage {
    /// Takes in a thread; `unknown` are unknown words and words of each of its comments. The thread's own share of
    /// unknown words, where it has words.
    pub fn add(&mut self, thread: &Thread, unknown: &[(u32, u32)]) -> Option<f64> {
        let mut all = (0, 0);
        for (comment, &(n_unknown, n)) in thread.comments.iter().zip(unknown) {
            let sum = self.words.entry(comment.lang.clone()).or_default();
            for sum in [sum, &mut all] {
                sum.0 += u64::from(n_unknown);
                sum.1 += u64::from(n);
            }
        }
        share(all)
    }

    /// Languages of the comments, most frequent first.
    pub fn languages<'a>(
        &self,
        counts: impl Iterator<Item = &'a BTreeMap<String, usize>>,
        facts: &ModelFacts,
    ) -> Vec<LanguageCoverage> {
        let mut n: BTreeMap<&str, usize> = BTreeMap::new();
        for (lang, count) in counts.flatten() {
            *n.entry(lang).or_default() += count;
        }
        let mut out: Vec<LanguageCoverage> = n
            .into_iter()
            .map(|(lang, n_comments)| LanguageCoverage {
                lang: lang.to_owned(),
                n_comments,
                n_labels: facts.languages.get(lang).copied().unwrap_or(0),
                unknown_words: self.words.get(lang).and_then(|w| share(*w)),
                unknown_in_training: facts.unknown_words.get(lang).copied(),
            })
            .collect();
        out.sort_by_key(|c| std::cmp::Reverse(c.n_comments));
        out
    }
}

fn share((n_unknown, n): (u64, u64)) -> Option<f64> {
    (n > 0).then(|| n_unknown as f64 / n as f64)
}

/// Share of unknown words that comments in these languages had out of fold; `None` for a model that does not hold it.
pub(super) fn usual(languages: &BTreeMap<String, usize>, facts: &ModelFacts) -> Option<f64> {
    let all = *facts.unknown_words.get(ALL)?;
    let n: usize = languages.values().sum();
    let rate = |lang: &String| facts.unknown_words.get(lang).copied().unwrap_or(all);
    let sum: f64 = languages.iter().map(|(lang, count)| *count as f64 * rate(lang)).sum();
    Some(if n == 0 { all } else { sum / n as f64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_share_is_that_of_the_languages_at_hand() {
        let map = |rows: &[(&str, f64)]| rows.iter().map(|(l, v)| ((*l).to_owned(), *v)).collect();
        let facts = ModelFacts {
            unknown_words: map(&[("all", 0.1), ("en", 0.05), ("kk", 0.4)]),
            ..ModelFacts::default()
        };
        let languages = BTreeMap::from([("en".to_owned(), 3), ("kk".to_owned(), 1), ("und".to_owned(), 0)]);
        assert!((usual(&languages, &facts).unwrap() - (0.15 + 0.4) / 4.0).abs() < 1e-12);
        assert_eq!(usual(&languages, &ModelFacts::default()), None);
        assert_eq!(usual(&BTreeMap::new(), &facts), Some(0.1));
    }
}
