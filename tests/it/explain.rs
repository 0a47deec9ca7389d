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
                let words = model.by_word(&items[i], e);
                let letters = words.iter().filter(|w| w.kind == "letters").count();
                assert_eq!(letters, 0, "every n-gram has its word: {words:?}");
                for (c, score) in e.scores.iter().enumerate() {
                    let sum: f64 = e.contributions.iter().map(|x| x.scores[c]).sum();
                    let folded: f64 = words.iter().map(|x| x.scores[c]).sum();
                    worst = worst.max((sum - score).abs()).max((folded - score).abs());
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

#[test]
fn why_is_a_sum_in_every_row() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dir.path().join("rows.csv");
    std::fs::write(
        &rows,
        "article,id,text,parent_text\na,1,\"Sanctions, again; what else?\",\na,2,Exactly!,The occupiers must leave\na,3, ,\n\
         a,4,Ждём следующих переговоров @somebody https://example.org/x,\n",
    )
    .unwrap();
    for input in [PAGE, &rows.display().to_string()] {
        let plain = stance(&["score", input]);
        let out = stance(&["score", "--why=3", input]);
        assert!(out.status.success(), "{}", stderr(&out));
        let (mut n, mut n_silent) = (0, 0);
        let rows = csv::Reader::from_reader(&out.stdout[..]).into_deserialize::<HashMap<String, String>>();
        let plain = csv::Reader::from_reader(&plain.stdout[..]).into_deserialize::<HashMap<String, String>>();
        for (row, plain) in rows.map(Result::unwrap).zip(plain.map(Result::unwrap)) {
            assert!(
                plain.iter().all(|(column, value)| row[column] == *value),
                "the rest of the row is as without"
            );
            for head in ["stance", "sentiment"] {
                let (score, why) = (&row[&format!("score_{head}")], &row[&format!("why_{head}")]);
                if row[head].is_empty() {
                    assert!(score.is_empty() && why.is_empty());
                    n_silent += 1;
                    continue;
                }
                let parts: Vec<(&str, f64)> = why
                    .split("; ")
                    .map(|p| p.rsplit_once(':').unwrap())
                    .map(|(name, v)| (name, v.parse().unwrap()))
                    .collect();
                let sum: f64 = parts.iter().map(|p| p.1).sum();
                assert!((sum - score.parse::<f64>().unwrap()).abs() < 1e-9, "{why} is not {score}");
                assert!(parts.len() <= 4 && !why.contains("example.org"), "{why}");
                n += 1;
            }
        }
        assert!(n >= 6, "{n}");
        assert_eq!(n_silent, if input == PAGE { 0 } else { 2 });
    }
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
    let languages: std::collections::BTreeSet<&str> = rows.iter().map(|r| r["language"].as_str()).collect();
    assert!(languages.len() >= 2, "{languages:?}");
    for class in ["pro-Kremlin", "anti-Kremlin", "neutral"] {
        for language in &languages {
            let of = |r: &&HashMap<String, String>| {
                r["head"] == "stance" && r["class"] == class && r["language"] == *language
            };
            let weights: Vec<f64> = rows.iter().filter(of).map(|r| r["weight"].parse().unwrap()).collect();
            assert!(weights.len() <= 3 && weights.windows(2).all(|w| w[0] >= w[1]), "{class} {language}");
            assert!(weights.iter().all(|w| *w > 0.0));
        }
    }
}

#[test]
fn words_are_shown_unless_terms_are_asked_for_and_json_adds_up() {
    let page = format!("{PAGE}:1");
    let words = stdout(&stance(&["explain", &page]));
    assert!(!words.contains("letters \""), "{words}");
    let terms = stdout(&stance(&["explain", &page, "--terms", "--top", "400"]));
    assert!(terms.contains("letters \""), "{terms}");
    for flags in [&["--format", "json"][..], &["--format", "json", "--terms"]] {
        let out = stance(&[&["explain", &page], flags].concat());
        let all: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        let head = &all["comments"][0]["heads"][0];
        for (class, score) in head["scores"].as_object().unwrap() {
            let parts = head["contributions"].as_array().unwrap();
            let sum: f64 = parts.iter().map(|p| p["scores"][class].as_f64().unwrap()).sum();
            assert!((sum - score.as_f64().unwrap()).abs() < 1e-9);
        }
    }
}
