//! The parts of a model card on how good the model is where: by language, length and source; calibration, coders.

use super::card::{Part, strings};
use super::facts::{HeadFacts, ModelFacts};
use crate::evaluate::classification::Slice;
use crate::model::{ALL, Figures};

/// Languages and sources with fewer comments say nothing by themselves.
const MIN_SLICE: usize = 30;

/// The parts for which the model holds figures; for a model without any, one that says why.
pub fn parts(facts: &ModelFacts) -> Vec<Part> {
    let known: Vec<(&HeadFacts, &Figures)> =
        facts.heads.iter().filter_map(|h| Some((h, h.figures.as_ref()?))).collect();
    if known.is_empty() {
        return vec![missing(facts)];
    }
    [by_language(&known), by_length(&known), sources(facts, &known), calibration(&known), coders(&known)]
        .into_iter()
        .chain(unknown_words(facts))
        .collect()
}

fn missing(facts: &ModelFacts) -> Part {
    let why = if facts.base.is_some() {
        "By language, length and source: not measured for an adapted model; its labels are too few. The card of the \
         model it was adapted from has these figures, the report of `stance train --base` what adapting gained."
    } else {
        "By language, length and source, calibration and coders: the program that trained this model did not keep them. \
         Train it again, or measure: `stance evaluate LABELS.csv`."
    };
    Part { title: "Accuracy in parts", text: vec![why.to_owned()], columns: Vec::new(), rows: Vec::new() }
}

fn row(head: &str, name: &str, s: &Slice) -> Vec<String> {
    let few = if s.n < MIN_SLICE { " (few)" } else { "" };
    vec![
        head.to_owned(),
        name.to_owned(),
        format!("{}{few}", s.n),
        format!("{:.3}", s.accuracy),
        format!("{:.3}", s.macro_f1),
    ]
}

const OUT_OF_FOLD: &str = "Out of fold: each comment judged by a model that has not seen its article. Macro-F1 over the \
     classes that occur.";

fn by_language(known: &[(&HeadFacts, &Figures)]) -> Part {
    let rows = known.iter().flat_map(|(h, f)| f.languages.iter().map(|(l, s)| row(&h.head, l, s)));
    Part {
        title: "Accuracy by language",
        text: vec![OUT_OF_FOLD.to_owned()],
        columns: strings(&["label column", "language", "comments", "accuracy", "macro-F1"]),
        rows: rows.collect(),
    }
}

fn by_length(known: &[(&HeadFacts, &Figures)]) -> Part {
    let rows = known.iter().flat_map(|(h, f)| f.lengths.iter().map(|(l, s)| row(&h.head, l, s)));
    Part {
        title: "Accuracy by length",
        text: vec![OUT_OF_FOLD.to_owned()],
        columns: strings(&["label column", "words", "comments", "accuracy", "macro-F1"]),
        rows: rows.collect(),
    }
}

fn sources(facts: &ModelFacts, known: &[(&HeadFacts, &Figures)]) -> Part {
    let mut columns = strings(&["source", "labelled comments"]);
    let mut text = Vec::new();
    let measured: Vec<_> = known.iter().filter(|(_, f)| !f.left_out.is_empty()).collect();
    if measured.is_empty() {
        text.push("No source was left out of training to see how the model does on a new one.".to_owned());
    } else {
        text.push(
            "What a new outlet gets: macro-F1 on each source by a text stage taught by the other sources alone, and that of \
             the better baseline there."
                .to_owned(),
        );
    }
    for (h, f) in &measured {
        let mean = f.left_out.iter().map(|s| s.macro_f1).sum::<f64>() / f.left_out.len() as f64;
        text.push(format!("{}: {mean:.3} on average over {} sources left out.", h.head, f.left_out.len()));
        columns.extend([format!("{} when left out", h.head), "baseline".to_owned()]);
    }
    let mut sources: Vec<(&String, &usize)> = facts.sources.iter().collect();
    sources.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let rows = sources.into_iter().map(|(name, n)| {
        let mut row = vec![name.clone(), n.to_string()];
        for (_, f) in &measured {
            let found = f.left_out.iter().find(|s| s.source == *name);
            let cell = |x: Option<f64>| x.map_or_else(String::new, |x| format!("{x:.3}"));
            row.extend([cell(found.map(|s| s.macro_f1)), cell(found.map(|s| s.baseline))]);
        }
        row
    });
    Part { title: "Sources", text, columns, rows: rows.collect() }
}

fn calibration(known: &[(&HeadFacts, &Figures)]) -> Part {
    let mut rows = Vec::new();
    let mut text = vec![
        "How often the most probable class is right, by how probable it was said to be; equal where a posterior means what \
         it says."
            .to_owned(),
    ];
    for (h, f) in known {
        text.push(format!("{}: the mean gap (expected calibration error) is {:.3}.", h.head, f.ece));
        rows.extend(f.reliability.iter().map(|b| {
            vec![
                h.head.clone(),
                format!("{:.1}–{:.1}", b.from, b.from + 0.1),
                b.n.to_string(),
                format!("{:.2}", b.confidence),
                format!("{:.2}", b.accuracy),
            ]
        }));
    }
    Part {
        title: "Calibration",
        text,
        columns: strings(&["label column", "posterior", "comments", "mean posterior", "right"]),
        rows,
    }
}

fn coders(known: &[(&HeadFacts, &Figures)]) -> Part {
    let measured = known.iter().filter_map(|(h, f)| Some((h, f.coders.as_ref()?)));
    let rows: Vec<Vec<String>> = measured
        .map(|(h, a)| {
            let number = |x: Option<f64>| x.map_or_else(|| "not defined".to_owned(), |x| format!("{x:.2}"));
            let interval = a
                .interval
                .map_or_else(|| "too few for one".to_owned(), |(lo, hi)| format!("{lo:.2} to {hi:.2}"));
            vec![h.head.clone(), a.n_units.to_string(), number(a.alpha), interval, number(a.observed)]
        })
        .collect();
    let text = if rows.is_empty() {
        "Not measured: no comment of the label files was labelled by two coders (`stance agree` measures it)."
    } else {
        "Krippendorff's alpha on the comments that two coders labelled: no classifier can be known to do better."
    };
    let columns = if rows.is_empty() {
        Vec::new()
    } else {
        strings(&["label column", "comments", "alpha", "95 % interval", "share of pairs that agree"])
    };
    Part { title: "Coder agreement", text: vec![text.to_owned()], columns, rows }
}

fn unknown_words(facts: &ModelFacts) -> Option<Part> {
    let all = facts.unknown_words.get(ALL)?;
    let languages = facts.unknown_words.iter().filter(|(l, _)| *l != ALL);
    let row = |(lang, share): (&String, &f64)| {
        let n = facts.languages.get(lang).copied().unwrap_or(0);
        vec![lang.clone(), n.to_string(), format!("{:.1} %", 100.0 * share)]
    };
    Some(Part {
        title: "Coverage",
        text: vec![format!(
            "Words that the labels of the other folds do not hold: {:.1} % of all. A thread far above that speaks of what \
             the model has not seen.",
            100.0 * all
        )],
        columns: strings(&["language", "labelled comments", "unknown words"]),
        rows: languages.map(row).collect(),
    })
}
