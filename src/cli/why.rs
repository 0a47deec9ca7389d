//! `stance score --why`: per head the score of the named class and what it is the sum of.

use std::io::Write as _;

use crate::labels::csv::write_field;
use crate::model::{Item, Model};

/// Thousandths, in which the parts are printed: so rounded, they still sum to the printed score.
fn thousandths(x: f64) -> i64 {
    (x * 1000.0).round() as i64
}

/// How many words are named.
#[derive(Debug, Clone, Copy)]
pub(super) struct Why {
    pub top: usize,
}

/// Names of the two columns of a head.
pub(super) fn columns(head: &str) -> [String; 2] {
    [format!("score_{head}"), format!("why_{head}")]
}

impl Why {
    /// The cells of one comment, per head, each with the comma before it; empty cells where nothing was read.
    pub fn cells(self, model: &Model, items: &[Item<'_>], index: usize) -> Vec<Vec<u8>> {
        let explained = model.explain(items, index);
        if explained.is_empty() {
            return vec![b",,".to_vec(); model.heads().len()];
        }
        let cell = |(e, head): (&crate::model::Explanation, &crate::model::Head)| {
            let class = head.decide(&e.posterior);
            let mut parts: Vec<(String, i64)> = model
                .by_word(&items[index], e)
                .into_iter()
                .map(|c| {
                    (
                        if c.kind == "context" { format!("[{}]", c.name) } else { c.name },
                        thousandths(c.scores[class]),
                    )
                })
                .collect();
            parts.sort_by_key(|(_, v)| std::cmp::Reverse(v.abs()));
            let score = thousandths(e.scores[class]);
            let rest = parts.len().saturating_sub(self.top);
            parts.truncate(self.top);
            let named: i64 = parts.iter().map(|(_, v)| v).sum();
            if rest > 0 || named != score {
                parts.push((format!("[{rest} others]"), score - named));
            }
            let text: Vec<String> =
                parts.iter().map(|(name, v)| format!("{name}:{:+.3}", *v as f64 / 1000.0)).collect();
            let mut out = Vec::new();
            // Writing to memory does not fail.
            let _ = write!(out, ",{:.3},", score as f64 / 1000.0);
            write_field(&mut out, &text.join("; "));
            out
        };
        explained.iter().zip(model.heads()).map(cell).collect()
    }
}
