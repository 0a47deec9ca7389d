//! `stance explain`: contributions sum to the scores exactly; what the terminal shows adds up; what is not counted.

use std::collections::HashMap;

use commentariat::model::{Item, shipped};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::{stance, stderr, stdout};

fn labelled() -> Vec<HashMap<String, String>> {
    ["english", "russian", "mixed"]
        .iter()
        .flat_map(|f| {
            let path = format!("{}/labels/{f}.csv", env!("CARGO_MANIFEST_DIR"));
            csv::Reader::from_path(path).unwrap().into_deserialize().map(Result::unwrap).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn contributions_sum_to_the_scores_on_ten_thousand_comments() {
    let model = shipped().unwrap();
    let texts: Vec<String> = labelled().iter().map(|r| r["text"].clone()).collect();
    let mut rng = Pcg64Mcg::seed_from_u64(3);
    // Pieces of two comments each, some of them answers: every length, both languages, all kinds of context.
    let piece = |text: &str, rng: &mut Pcg64Mcg| -> String {
        let words: Vec<&str> = text.split_whitespace().collect();
        let from = rng.random_range(0..words.len().max(1));
        words[from..].join(" ")
    };
    let made: Vec<String> = (0..10_000)
        .map(|_| {
            let mut one = || {
                piece(&texts[rng.random_range(0..texts.len())], &mut Pcg64Mcg::seed_from_u64(rng.random()))
            };
            format!("{} {}", one(), one())
        })
        .collect();
    let mut worst = 0.0_f64;
    let mut n = 0;
    for thread in made.chunks(10) {
        let items: Vec<Item<'_>> = thread
            .iter()
            .enumerate()
            .map(|(i, text)| Item { text, parent: (i % 3 == 2).then(|| i - 1), ..Item::default() })
            .collect();
        let posteriors = model.predict(&items);
        for i in 0..items.len() {
            for (e, p) in model.explain(&items, i).iter().zip(&posteriors) {
                n += 1;
                for (c, score) in e.scores.iter().enumerate() {
                    let sum: f64 = e.contributions.iter().map(|x| x.scores[c]).sum();
                    worst = worst.max((sum - score).abs());
                }
                let row = p.rows[i].as_ref().unwrap();
                for (a, b) in e.posterior.iter().zip(row) {
                    assert!((a - b).abs() < 1e-3, "what is explained is what was predicted: {a} {b}");
                }
            }
        }
    }
    println!("{n} explanations, largest difference {worst:.1e}");
    assert!(n >= 10_000);
    assert!(worst < 1e-9, "{worst:e}");
}

const PAGE: &str = "examples/articles/04-gas-union-en.html";

#[test]
fn one_comment_of_a_page_is_explained() {
    let out = stance(&["explain", &format!("{PAGE}:1")]);
    assert!(out.status.success(), "{}", stderr(&out));
    let text = stdout(&out);
    assert!(
        text.starts_with("comment 1\n") && text.contains("stance: ") && text.contains("= score"),
        "{text}"
    );
    assert!(text.matches("comment ").count() < 3, "one comment alone: {text}");
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
}

#[test]
fn the_csv_holds_every_contribution() {
    let out = stance(&["explain", PAGE, "--format", "csv"]);
    assert!(out.status.success(), "{}", stderr(&out));
    let mut n = 0;
    for row in csv::Reader::from_reader(&out.stdout[..]).into_deserialize::<HashMap<String, String>>() {
        let row = row.unwrap();
        assert!(row["score"].parse::<f64>().unwrap().is_finite());
        n += 1;
    }
    assert!(n > 100, "{n} rows");
}

#[test]
fn a_comment_that_is_not_there_is_an_error_with_a_way_out() {
    let out = stance(&["explain", &format!("{PAGE}:999")]);
    assert_eq!(out.status.code(), Some(2));
    assert!(
        stderr(&out).contains("no comment 999") && stderr(&out).contains("stance split"),
        "{}",
        stderr(&out)
    );
}

#[test]
fn the_model_shows_its_strongest_terms() {
    let out = stance(&["explain", "--model", "--top", "3", "--format", "csv"]);
    assert!(out.status.success(), "{}", stderr(&out));
    let rows: Vec<HashMap<String, String>> =
        csv::Reader::from_reader(&out.stdout[..]).into_deserialize().map(Result::unwrap).collect();
    for script in ["Latin", "Cyrillic"] {
        for class in ["pro-Kremlin", "anti-Kremlin", "neutral"] {
            let weights: Vec<f64> = rows
                .iter()
                .filter(|r| r["head"] == "stance" && r["class"] == class && r["script"] == script)
                .map(|r| r["weight"].parse().unwrap())
                .collect();
            assert_eq!(weights.len(), 3, "{class} {script}");
            assert!(weights.windows(2).all(|w| w[0] >= w[1]) && weights[2] > 0.0);
        }
    }
}
