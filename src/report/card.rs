//! The model card: what a model was made from, how good it is, where it ends.

use std::fmt::Write as _;

use super::facts::{HeadFacts, ModelFacts};
use super::figures;

/// A part of a card: sentences, then a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Heading.
    pub title: &'static str,
    /// Paragraphs.
    pub text: Vec<String>,
    /// Header cells; empty where there is no table.
    pub columns: Vec<String>,
    /// Table rows.
    pub rows: Vec<Vec<String>>,
}

/// The card as parts, from which Markdown and HTML are made.
pub fn parts(facts: &ModelFacts) -> Vec<Part> {
    let mut out = vec![identity(facts), data(facts), accuracy(facts)];
    out.extend(figures::parts(facts));
    out.extend([intervals(facts), limits(facts)]);
    out
}

/// The card as Markdown.
pub fn markdown(facts: &ModelFacts) -> String {
    let mut out = format!("# Model card: {}\n", facts.id());
    for part in parts(facts) {
        let _ = write!(out, "\n## {}\n", part.title);
        for text in &part.text {
            let _ = write!(out, "\n{text}\n");
        }
        if !part.columns.is_empty() {
            let _ =
                write!(out, "\n| {} |\n|{}\n", part.columns.join(" | "), "---|".repeat(part.columns.len()));
            for row in &part.rows {
                let cells: Vec<String> = row.iter().map(|c| c.replace('|', "\\|")).collect();
                let _ = writeln!(out, "| {} |", cells.join(" | "));
            }
        }
    }
    out
}

pub(super) fn strings(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|c| (*c).to_owned()).collect()
}

fn identity(facts: &ModelFacts) -> Part {
    let [words, pairs, chars] = facts.n_terms;
    let mut rows = vec![
        strings(&["SHA-256 of the file", &facts.sha256]),
        strings(&["trained by", &format!("stance {}", facts.version)]),
        strings(&["knows", &format!("{words} words, {pairs} word pairs, {chars} character n-grams")]),
    ];
    if let Some(base) = &facts.base {
        rows.push(strings(&["adapted from", base]));
    }
    Part {
        title: "Model",
        text: vec![
            "Text stage: multinomial logistic regression on TF-IDF rows. Thread stage: logistic regression on the text \
             scores and the comment's context. Labels describe texts, not persons."
                .to_owned(),
        ],
        columns: strings(&["what", "value"]),
        rows,
    }
}

fn data(facts: &ModelFacts) -> Part {
    let mut languages: Vec<_> = facts.languages.iter().collect();
    languages.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let languages: Vec<String> = languages.iter().map(|(l, n)| format!("{l} {n}")).collect();
    let mut rows = vec![
        strings(&["labelled comments", &facts.n_labels.to_string()]),
        strings(&["by language", &languages.join(", ")]),
    ];
    for h in &facts.heads {
        let classes: Vec<String> = h.classes.iter().map(|(c, n)| format!("{c} {n}")).collect();
        rows.push(strings(&[&format!("by {}", h.head), &classes.join(", ")]));
    }
    for (name, sha256) in &facts.labels {
        rows.push(strings(&[&format!("SHA-256 of {name}"), sha256]));
    }
    Part { title: "Training data", text: Vec::new(), columns: strings(&["what", "value"]), rows }
}

fn accuracy(facts: &ModelFacts) -> Part {
    let row = |h: &HeadFacts| {
        let gain = h
            .interval
            .as_ref()
            .map_or_else(|| "not known".to_owned(), |i| format!("{:.0} %", 100.0 * i.log_loss_gain));
        vec![h.head.clone(), format!("{:.3}", h.macro_f1), format!("{:.3}", h.baseline_f1), gain]
    };
    let mut text = vec![
        "Cross-validated, folds by article. A baseline says the largest class or draws by the class shares."
            .to_owned(),
    ];
    for h in facts.heads.iter().filter(|h| h.not_better) {
        text.push(format!(
            "{} does no better than a baseline and was kept by `--force`: do not use its classes.",
            h.head
        ));
    }
    Part {
        title: "Accuracy",
        text,
        columns: strings(&[
            "label column",
            "macro-F1",
            "better baseline",
            "log-loss below that of the class shares by",
        ]),
        rows: facts.heads.iter().map(row).collect(),
    }
}

fn intervals(facts: &ModelFacts) -> Part {
    let row = |h: &HeadFacts| match &h.interval {
        None => vec![
            h.head.clone(),
            "no calibration data: train the model again".to_owned(),
            String::new(),
            String::new(),
            String::new(),
        ],
        Some(i) => {
            let held = match (i.coverage, i.width) {
                (Some(c), Some(w)) => {
                    [format!("{:.0} % on {} articles", 100.0 * c, i.n_held_out), format!("{w:.0} points")]
                }
                _ => ["not measured: too few articles".to_owned(), String::new()],
            };
            let [coverage, width] = held;
            vec![
                h.head.clone(),
                if i.verified { "verified" } else { "unverified" }.to_owned(),
                coverage,
                width,
                format!("{:.2} / {:.0}", i.article_effect, i.prior_strength),
            ]
        }
    };
    Part {
        title: "Intervals",
        text: vec![
            "How often 95 % intervals held the true share of articles the model had not seen.".to_owned(),
        ],
        columns: strings(&[
            "label column",
            "verdict",
            "held the truth",
            "mean width",
            "article effect / prior strength",
        ]),
        rows: facts.heads.iter().map(row).collect(),
    }
}

fn limits(facts: &ModelFacts) -> Part {
    let few: Vec<String> = facts
        .languages
        .iter()
        .filter(|(l, n)| *l != "und" && **n < super::warnings::MIN_LANGUAGE_LABELS)
        .map(|(l, n)| format!("{l} ({n})"))
        .collect();
    let mut text = vec![
        "Made for shares per article, not for judging single comments or persons. Irony, quotation and borrowed slogans \
         are often misread. A new outlet brings new words and a new audience: label fifty of its comments and compare."
            .to_owned(),
        "Adjusted shares assume that a class is worded alike in all articles but for the article effect.".to_owned(),
    ];
    if !few.is_empty() {
        text.push(format!(
            "Languages with fewer than {} labels, whose shares are withheld: {}; so are those of any language not listed.",
            super::warnings::MIN_LANGUAGE_LABELS,
            few.join(", ")
        ));
    }
    Part { title: "Limits", text, columns: Vec::new(), rows: Vec::new() }
}
