//! An explanation as people read it: what stems and character n-grams add, folded into the words they come from.

use std::collections::HashMap;

use super::context::own_words;
use super::{Contribution, Explanation, Item, Model};
use crate::tokens::stem::Stemming;
use crate::tokens::{MENTION, URL, char_ngrams, for_each_chunk, is_word, normalise, words};

impl Model {
    /// The contributions of an explanation of `item`, by word of its text: largest first, kinds `word`, `pair` (two
    /// words in a row, as stems), `context`, and `letters` for what could not be traced to a word.
    ///
    /// A term that stands in several words is shared out by how often it does, so that the sum over all contributions
    /// stays what it was. Web addresses and `@names` are `[link]` and `[name]`.
    pub fn by_word(&self, item: &Item<'_>, explanation: &Explanation) -> Vec<Contribution> {
        let own = own_words(item);
        let places = Places::of(&own, self, explanation);
        let mut out = Sums::default();
        for c in &explanation.contributions {
            let found = places.of_term.get(c.name.as_str()).map(Vec::as_slice).unwrap_or_default();
            let total: u32 = found.iter().map(|(_, n)| n).sum();
            match c.kind {
                "word" if c.name.contains(' ') => out.add(&c.name, "pair", &c.scores, 1.0),
                "context" => out.add(&c.name, "context", &c.scores, 1.0),
                _ if total == 0 => out.add(&c.name, "letters", &c.scores, 1.0),
                _ => {
                    for (word, n) in found {
                        let share = f64::from(*n) / f64::from(total);
                        out.add(&places.words[*word], "word", &c.scores, share);
                    }
                }
            }
        }
        out.sorted()
    }
}

/// Where the terms of a text stand.
struct Places<'a> {
    /// The words as they are shown.
    words: Vec<String>,
    /// By term: index of the word, and how often the term stands in it.
    of_term: HashMap<&'a str, Vec<(usize, u32)>>,
}

impl<'a> Places<'a> {
    fn of(text: &str, model: &Model, explanation: &'a Explanation) -> Self {
        let recipe = &model.vectoriser.recipe;
        let stemming = recipe.stem.then(|| Stemming::of(explanation.lang));
        let terms = explanation.contributions.iter().filter(|c| c.kind != "context");
        let mut out =
            Places { words: Vec::new(), of_term: terms.map(|c| (c.name.as_str(), Vec::new())).collect() };
        let mut index: HashMap<String, usize> = HashMap::new();
        let mut terms = Vec::new();
        for_each_chunk(text, |chunk| {
            let read = normalise(chunk, recipe.fold);
            terms.clear();
            for word in words(&read) {
                terms.push(stemming.and_then(|s| s.stem(word)).unwrap_or_else(|| word.to_owned()));
            }
            if let Some((min_n, max_n)) = recipe.chars {
                char_ngrams(&read, min_n.into(), max_n.into(), |gram| terms.push(gram.replace(' ', "_")));
            }
            let shown = shown(chunk, &read);
            let word = *index.entry(shown).or_insert_with_key(|shown| {
                out.words.push(shown.clone());
                out.words.len() - 1
            });
            for term in &terms {
                let Some(places) = out.of_term.get_mut(term.as_str()) else { continue };
                match places.last_mut().filter(|(w, _)| *w == word) {
                    Some((_, n)) => *n += 1,
                    None => places.push((word, 1)),
                }
            }
        });
        out
    }
}

/// A chunk as it is shown: lower case, without the marks around it.
fn shown(chunk: &str, read: &str) -> String {
    let mut placeholders = words(read).filter(|w| *w == URL || *w == MENTION);
    match placeholders.next() {
        Some(URL) => return "[link]".to_owned(),
        Some(_) => return "[name]".to_owned(),
        None => {}
    }
    let trimmed = chunk.trim_matches(|c| !is_word(c));
    if trimmed.is_empty() { chunk.to_owned() } else { trimmed.to_lowercase() }
}

/// Contributions by kind and name, in order of first sight.
#[derive(Default)]
struct Sums {
    list: Vec<Contribution>,
    index: HashMap<(&'static str, String), usize>,
}

impl Sums {
    fn add(&mut self, name: &str, kind: &'static str, scores: &[f64], share: f64) {
        let at = *self.index.entry((kind, name.to_owned())).or_insert_with(|| {
            self.list.push(Contribution { name: name.to_owned(), kind, scores: vec![0.0; scores.len()] });
            self.list.len() - 1
        });
        self.list[at].scores.iter_mut().zip(scores).for_each(|(sum, s)| *sum += s * share);
    }

    fn sorted(self) -> Vec<Contribution> {
        let size = |c: &Contribution| c.scores.iter().fold(0.0_f64, |a, s| a.max(s.abs()));
        let mut list = self.list;
        list.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.name.cmp(&b.name)));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::shown;
    use crate::tokens::normalise;

    #[test]
    fn a_word_is_shown_without_what_stands_around_it() {
        for (chunk, expected) in [
            ("«Войну!»", "войну"),
            ("https://example.org/x", "[link]"),
            ("@somebody,", "[name]"),
            ("!!!", "!!!"),
        ] {
            assert_eq!(shown(chunk, &normalise(chunk, true)), expected);
        }
    }
}
