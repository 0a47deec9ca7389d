//! Which terms and which context gave a comment its class scores.

use super::context::{MAX_LOGIT, SCALARS, Told, agrees, inputs, own_words};
use super::predict::Scorer;
use super::{Item, Model};
use crate::features::tfidf::idf;

/// What one term, or one piece of context, adds to the score of each class.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// The term as people read it, or the name of the context.
    pub name: String,
    /// `word`, `chars` or `context`.
    pub kind: &'static str,
    /// Added to each class's score, in the head's class order.
    pub scores: Vec<f64>,
}

/// Explanation of one comment under one head.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Name of the head.
    pub head: String,
    /// Class names.
    pub classes: Vec<String>,
    /// Language the words were read in, where the text tells.
    pub lang: Option<&'static str>,
    /// Score of each class: the log of its posterior up to a constant.
    pub scores: Vec<f64>,
    /// The posterior.
    pub posterior: Vec<f64>,
    /// Terms and context, largest first; they sum to the scores exactly but for rounding.
    pub contributions: Vec<Contribution>,
}

impl Model {
    /// Explains the item at `index`, for every head; empty where the item has nothing to read.
    ///
    /// The final score of class `c` is linear in the text logits (`T z`), these in the TF-IDF weights; so each
    /// term adds `sum_k T_ck (w_tk - mean_k w_tk) x_t`. Where a text logit was bounded its terms shrink in
    /// proportion.
    pub fn explain(&self, items: &[Item<'_>], index: usize) -> Vec<Explanation> {
        let Some(item) = items.get(index) else { return Vec::new() };
        let own = own_words(item);
        let mut analyser = self.vectoriser.analyser();
        // The idf of this text's terms alone: all of them would cost more than the explanation.
        let v = &self.vectoriser;
        let (row, facts) = v.row(&mut analyser, &own, |term| idf(v.n_docs, v.df[term as usize]));
        if facts.n_chunks == 0 {
            return Vec::new();
        }
        let mut scorer = Scorer::new(self);
        let parent_text = match item.parent.and_then(|p| items.get(p)) {
            Some(parent) => Some(own_words(parent)),
            None => item.parent_text.map(Into::into),
        };
        let mut parent = Vec::new();
        if let Some(text) = &parent_text {
            scorer.logits_of(text, &mut parent);
        }
        let reply = parent_text.is_some();
        let agrees = reply && agrees(item.text);
        let mut all = Vec::new();
        scorer.logits_of(&own, &mut all);
        let n_logits: usize = self.heads.iter().map(|h| h.classes.len()).sum();
        let mut at = 0;
        let mut out = Vec::new();
        for head in &self.heads {
            let k = head.classes.len();
            let range = at..at + k;
            at = range.end;
            let mut z = head.intercept.clone();
            for &(t, x) in &row {
                z.iter_mut().zip(head.weights.row(t)).for_each(|(z, w)| *z += x * f64::from(w));
            }
            let vectors = all.get(n_logits + range.start..n_logits + range.end);
            let parent = reply.then(|| &parent[range]);
            let x = inputs(&Told { z: &z, vectors, parent, agrees, reply, facts: &facts });
            let mean = |v: &[f64]| v.iter().sum::<f64>() / k as f64;
            let m = mean(&z);
            let shrink: Vec<f64> = z
                .iter()
                .map(|z| (z - m).abs())
                .map(|s| if s > MAX_LOGIT { MAX_LOGIT / s } else { 1.0 })
                .collect();
            let spread = |v: &[f64]| -> Vec<f64> {
                let m = mean(v);
                let centred: Vec<f64> = v.iter().zip(&shrink).map(|(v, s)| (v - m) * s).collect();
                head.thread
                    .coefficients
                    .iter()
                    .map(|c| c.iter().zip(&centred).map(|(c, v)| c * v).sum())
                    .collect()
            };
            let mut contributions: Vec<Contribution> = row
                .iter()
                .map(|&(t, x)| Contribution {
                    name: self.vectoriser.vocabulary.term(t),
                    kind: if self.vectoriser.vocabulary.is_chars(t) { "chars" } else { "word" },
                    scores: spread(&head.weights.row(t).map(|w| x * f64::from(w)).collect::<Vec<_>>()),
                })
                .collect();
            let mut context = |name: &str, scores: Vec<f64>| {
                contributions.push(Contribution { name: name.to_owned(), kind: "context", scores });
            };
            let start = spread(&head.intercept);
            context("prior", start.iter().zip(&head.thread.intercept).map(|(a, b)| a + b).collect());
            let of_input =
                |j: usize| head.thread.coefficients.iter().map(|c| c[j] * x[j]).collect::<Vec<f64>>();
            let of_inputs = |range: std::ops::Range<usize>| -> Vec<f64> {
                let parts: Vec<Vec<f64>> = range.map(of_input).collect();
                (0..k).map(|c| parts.iter().map(|s| s[c]).sum()).collect()
            };
            context("agrees with parent", of_inputs(k..2 * k));
            let scalars = x.len() - SCALARS.len();
            context("word vectors", of_inputs(2 * k..scalars));
            for (i, name) in SCALARS.iter().enumerate() {
                context(name, of_input(scalars + i));
            }
            contributions.retain(|c| c.scores.iter().any(|s| *s != 0.0));
            let size = |c: &Contribution| c.scores.iter().fold(0.0_f64, |a, s| a.max(s.abs()));
            contributions.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.name.cmp(&b.name)));
            out.push(Explanation {
                head: head.name.clone(),
                classes: head.classes.clone(),
                lang: facts.lang,
                scores: head.thread.scores(&x).collect(),
                posterior: head.thread.posterior(&x),
                contributions,
            });
        }
        out
    }
}
