//! What surrounds a comment, as the thread stage's inputs.

use std::sync::LazyLock;

use super::Item;
use crate::features::analyser::Facts;
use crate::tokens::{normalise, words};

/// Text logits are bounded to this size: the thread stage's solver breaks on rows far apart.
pub(crate) const MAX_LOGIT: f64 = 8.0;

/// Names of the inputs beside the class scores of the comment and of its parent.
pub(crate) const SCALARS: [&str; 6] =
    ["Russian", "Ukrainian", "other language", "length", "unknown words", "is a reply"];

/// Number of inputs for a head of `k` classes, with or without scores by word vectors.
pub(crate) fn n_inputs(k: usize, vectors: bool) -> usize {
    (2 + usize::from(vectors)) * k + SCALARS.len()
}

/// Centres and bounds logits.
pub(crate) fn bounded(z: &[f64]) -> impl Iterator<Item = f64> {
    let mean = z.iter().sum::<f64>() / z.len() as f64;
    z.iter().map(move |x| (x - mean).clamp(-MAX_LOGIT, MAX_LOGIT))
}

/// What the thread stage is told of one comment.
pub(crate) struct Told<'a> {
    /// Text logits of the head.
    pub z: &'a [f64],
    /// Logits by word vectors, where the model has them.
    pub vectors: Option<&'a [f64]>,
    /// Text logits of the parent, where it is known.
    pub parent: Option<&'a [f64]>,
    /// Whether the comment does little but agree.
    pub agrees: bool,
    /// Whether it answers another.
    pub reply: bool,
    /// The rest.
    pub facts: &'a Facts,
}

/// Length in words, of the size of the flags.
fn scaled_length(n_words: f64) -> f64 {
    (n_words + 1.0).ln() / 3.0 - 1.0
}

/// [`scaled_length`] of most comments: a logarithm costs as much as the words of one.
static LENGTHS: LazyLock<[f64; 256]> = LazyLock::new(|| std::array::from_fn(|n| scaled_length(n as f64)));

/// Inputs of one comment: its bounded text logits, those of the parent where the comment agrees with it, those
/// by word vectors, and the scalars. Lengths are scaled to be of the size of the flags.
pub(crate) fn inputs(told: &Told<'_>) -> Vec<f64> {
    let mut x = Vec::with_capacity(n_inputs(told.z.len(), told.vectors.is_some()));
    extend_inputs(told, &mut x);
    x
}

/// As [`inputs`], into `x`, which must be empty.
pub(crate) fn extend_inputs(told: &Told<'_>, x: &mut Vec<f64>) {
    let Told { z, facts, .. } = *told;
    x.extend(bounded(z));
    match told.parent {
        Some(p) if told.agrees => x.extend(bounded(p)),
        _ => x.resize(2 * z.len(), 0.0),
    }
    if let Some(vectors) = told.vectors {
        x.extend(bounded(vectors));
    }
    let flag = |b: bool| f64::from(u8::from(b));
    let lang = facts.lang.unwrap_or("en");
    let n_words = f64::from(facts.n_words);
    let length = LENGTHS.get(facts.n_words as usize).copied();
    x.extend([
        flag(lang == "ru"),
        flag(lang == "uk"),
        flag(!matches!(lang, "ru" | "uk" | "en")),
        length.unwrap_or_else(|| scaled_length(n_words)),
        if facts.n_words == 0 { 0.0 } else { f64::from(facts.n_unknown) / n_words },
        flag(told.reply),
    ]);
}

/// Phrases with which a reply takes its parent's side, normalised; written for this project.
const AGREEMENT: [&str; 44] = [
    "exactly",
    "agree",
    "agreed",
    "i agree",
    "well said",
    "this",
    "so true",
    "true",
    "indeed",
    "absolutely",
    "precisely",
    "spot on",
    "my thoughts exactly",
    "could not agree more",
    "couldn agree more",
    "you are right",
    "you re right",
    "totally",
    "same here",
    "correct",
    "hear hear",
    "согласен",
    "согласна",
    "полностью согласен",
    "полностью согласна",
    "точно",
    "именно",
    "верно",
    "правильно",
    "поддерживаю",
    "плюсую",
    "золотые слова",
    "так и есть",
    "вот именно",
    "в точку",
    "подписываюсь",
    "хорошо сказано",
    "згоден",
    "згодна",
    "підтримую",
    "саме так",
    "дұрыс",
    "қосыламын",
    "келісемін",
];

/// Longest reply, in words, that counts as bare agreement.
const MAX_AGREEMENT: usize = 8;

/// Whether a reply does little but agree.
///
/// A short text that begins with a phrase of agreement ("exactly", "well said", «согласен») and holds no `not`.
pub(crate) fn agrees(text: &str) -> bool {
    if text.len() > 200 {
        return false;
    }
    if text.trim_start().starts_with("+1") {
        return true;
    }
    let text = normalise(text, true);
    let found: Vec<&str> = words(&text).collect();
    if found.is_empty() || found.len() > MAX_AGREEMENT {
        return false;
    }
    let joined = found.join(" ");
    let negated = found
        .iter()
        .any(|w| matches!(*w, "not" | "don" | "disagree" | "не" | "нет" | "но" | "but" | "если" | "if"));
    !negated
        && AGREEMENT
            .iter()
            .any(|p| joined.strip_prefix(p).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// A comment's text without the words it quotes.
pub(crate) fn own_words<'a>(item: &Item<'a>) -> std::borrow::Cow<'a, str> {
    if item.quotes.is_empty() {
        return item.text.into();
    }
    let mut own = String::with_capacity(item.text.len());
    let mut at = 0;
    for quote in item.quotes {
        let (start, end) = (quote.start.max(at), quote.end.min(item.text.len()));
        if let Some(before) = item.text.get(at..start) {
            own.push_str(before);
            own.push(' ');
            at = end.max(at);
        }
    }
    own.push_str(item.text.get(at..).unwrap_or_default());
    own.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comments::Span;

    #[test]
    fn bare_agreement_is_told_from_an_opinion() {
        for text in ["Exactly!", "Well said, neighbour.", "+1", "Согласен полностью", "Вот именно"]
        {
            assert!(agrees(text), "{text}");
        }
        for text in [
            "I do not agree",
            "This is why the whole plan was rotten from the first day on",
            "Точно не так",
            "",
        ] {
            assert!(!agrees(text), "{text}");
        }
    }

    #[test]
    fn quoted_words_are_left_out() {
        let text = "> they lie\nYou lie";
        let quotes = [Span { start: 0, end: 11 }];
        assert_eq!(own_words(&Item { text, quotes: &quotes, ..Item::default() }).trim(), "You lie");
        let broken = [Span { start: 5, end: 900 }, Span { start: 2, end: 3 }];
        assert_eq!(own_words(&Item { text, quotes: &broken, ..Item::default() }).trim_end(), "> the");
    }
}
