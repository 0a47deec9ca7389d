//! The strongest terms of a model: where a leak (an outlet's name, a byline) is seen.

use super::Model;

/// A term and what one occurrence of it speaks for.
#[derive(Debug, Clone, PartialEq)]
pub struct StrongTerm {
    /// The term as people read it: a stem, or two.
    pub term: String,
    /// `Latin`, `Cyrillic` or `other` letters: languages of one script share terms, so they cannot be told apart.
    pub script: &'static str,
    /// Number of training comments that hold it.
    pub df: u32,
    /// Weight times idf, less the mean over the classes: how far it moves this class against the others.
    pub weight: f64,
}

/// Script of the first letter.
fn script(term: &str) -> &'static str {
    match term.chars().find(|c| c.is_alphabetic()) {
        Some('a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}') => "Latin",
        Some('\u{400}'..='\u{52f}') => "Cyrillic",
        _ => "other",
    }
}

impl Model {
    /// Words and word pairs of a head that speak most for each class, per script: `n` of each, strongest first, in
    /// the order of the head's classes. Empty for a head that does not exist.
    pub fn strongest(&self, head: &str, n: usize) -> Vec<Vec<StrongTerm>> {
        let Some(head) = self.head(head) else { return Vec::new() };
        let vocabulary = self.vectoriser.vocabulary();
        let idf = self.vectoriser.idf();
        let n_words = vocabulary.n_terms() - vocabulary.sizes()[2];
        let k = head.classes.len();
        (0..k)
            .map(|class| {
                let mut terms: Vec<(u32, f64)> = (0..n_words as u32)
                    .map(|t| {
                        let row: Vec<f32> = head.weights.row(t).collect();
                        let mean = row.iter().map(|w| f64::from(*w)).sum::<f64>() / k as f64;
                        (t, (f64::from(row[class]) - mean) * idf[t as usize])
                    })
                    .filter(|(_, w)| *w > 0.0)
                    .collect();
                terms.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                let mut out: Vec<StrongTerm> = Vec::new();
                for (t, weight) in terms {
                    let term = vocabulary.term(t);
                    let script = script(&term);
                    if out.iter().filter(|o| o.script == script).count() < n {
                        out.push(StrongTerm { term, script, df: self.vectoriser.df[t as usize], weight });
                    }
                }
                out.sort_by_key(|t| t.script);
                out
            })
            .collect()
    }
}
