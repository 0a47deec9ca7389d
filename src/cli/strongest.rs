//! `stance explain --model`: the strongest terms of a model, per class and language.

use std::fmt::Write as _;

use serde_json::json;

use super::explain::Format;
use super::view::{self, clip};
use crate::error::Result;
use crate::model::{Model, StrongTerm};

const COLUMNS: [&str; 6] = ["head", "class", "language", "term", "weight", "df"];

/// The `top` strongest terms of every class and language.
pub(super) fn render(model: &Model, top: usize, format: Format) -> Result<String> {
    let mut all: Vec<(&str, &str, StrongTerm)> = Vec::new();
    for head in model.heads() {
        for (class, terms) in head.classes.iter().zip(model.strongest(&head.name, top)) {
            all.extend(terms.into_iter().map(|t| (head.name.as_str(), class.as_str(), t)));
        }
    }
    match format {
        Format::Text => Ok(text(model, &all)),
        Format::Csv => view::csv(
            &COLUMNS,
            all.iter().map(|(head, class, t)| {
                let numbers = [format!("{:.4}", t.weight), t.df.to_string()];
                [head, class, t.language.as_str(), &t.term]
                    .map(str::to_owned)
                    .into_iter()
                    .chain(numbers)
                    .collect()
            }),
        ),
        Format::Json => {
            let terms: Vec<_> = all
                .iter()
                .map(|(head, class, t)| {
                    json!({"head": head, "class": class, "language": t.language, "term": t.term, "weight": t.weight,
                        "df": t.df})
                })
                .collect();
            view::json(
                &json!({"version": env!("CARGO_PKG_VERSION"), "model": model.sha256(), "terms": terms}),
            )
        }
    }
}

fn text(model: &Model, all: &[(&str, &str, StrongTerm)]) -> String {
    let mut out = String::new();
    let mut before = ("", "", "");
    for (head, class, t) in all {
        if (before.0, before.1) != (*head, *class) {
            let _ = writeln!(out, "{}{head}: {class}", if out.is_empty() { "" } else { "\n" });
            before = (head, class, "");
        }
        if before.2 != t.language {
            let _ = writeln!(out, "  {}", t.language);
            before.2 = &t.language;
        }
        let _ = writeln!(out, "    {:+7.2}  in {:>6} comments  {}", t.weight, t.df, clip(&t.term, 46));
    }
    out.push_str(
        "\nweight: weight times idf, less the mean over the classes. A name of an outlet or a\nbyline among these is a leak: \
         the model has learnt who writes, not what is said.\n",
    );
    if model.info().terms.is_empty() {
        out.push_str(
            "By letters: this model does not hold which language its terms are of; one trained now does.\n",
        );
    }
    out
}
