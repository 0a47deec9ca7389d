//! The comments of a thread, one by one, with the words that decided.

use rayon::prelude::*;

use super::rows::{CommentRow, Quotes};
use crate::comments::Thread;
use crate::model::Model;

/// The comments of a thread, one by one.
pub(super) fn comment_rows(
    model: &Model,
    thread: &Thread,
    items: &[crate::model::Item<'_>],
    rows: &[Vec<Option<Vec<f64>>>],
    quotes: Quotes,
) -> Vec<CommentRow> {
    let row = |(i, c): (usize, &crate::comments::Comment)| {
        let p: Vec<Option<&Vec<f64>>> = rows.iter().map(|r| r[i].as_ref()).collect();
        let scored = p.iter().all(Option::is_some);
        let heads = || model.heads().iter().zip(p.iter().flatten());
        let words =
            if scored && quotes != Quotes::None { deciding_words(model, items, i) } else { Vec::new() };
        CommentRow {
            no: c.no,
            article: None,
            time: c.time.clone(),
            lang: c.lang.clone(),
            posteriors: heads().map(|(_, p)| p.iter().map(|v| *v as f32).collect()).collect(),
            named: heads().map(|(h, p)| h.decide(p) as u8).collect(),
            words,
            text: (quotes == Quotes::Full).then(|| c.text.clone()),
        }
    };
    thread.comments.par_iter().enumerate().map(row).collect()
}

/// Words shown per comment.
const N_WORDS: usize = 4;

/// The words that spoke most for the first head's class: what each adds to it over the mean of the other classes.
fn deciding_words(model: &Model, items: &[crate::model::Item<'_>], i: usize) -> Vec<(String, f32)> {
    let explanations = model.explain(items, i);
    let (Some(e), Some(head)) = (explanations.first(), model.heads().first()) else { return Vec::new() };
    let class = head.decide(&e.posterior);
    let n_others = (e.classes.len() - 1).max(1) as f64;
    let mut words: Vec<(String, f32)> = e
        .contributions
        .iter()
        .filter(|c| c.kind == "word")
        .map(|c| {
            let others: f64 = c.scores.iter().sum::<f64>() - c.scores[class];
            (c.name.clone(), (c.scores[class] - others / n_others) as f32)
        })
        .filter(|(_, v)| *v > 0.0)
        .collect();
    words.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words.truncate(N_WORDS);
    words
}
