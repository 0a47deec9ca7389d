//! The starter labels are what labels/README.md says they are; `stance labels` takes texts out and puts them back.

use std::collections::{HashMap, HashSet};

use crate::{stance, stderr};

type Row = HashMap<String, String>;

fn starter() -> Vec<Row> {
    ["english", "russian", "mixed"]
        .iter()
        .flat_map(|f| {
            let path = format!("{}/labels/{f}.csv", env!("CARGO_MANIFEST_DIR"));
            csv::Reader::from_path(path).unwrap().into_deserialize().map(Result::unwrap).collect::<Vec<Row>>()
        })
        .collect()
}

fn trigrams(text: &str) -> HashSet<String> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.windows(3).map(|w| w.join(" ")).collect()
}

#[test]
fn enough_threads_comments_and_languages() {
    let rows = starter();
    let threads: HashSet<&str> = rows.iter().map(|r| r["article"].as_str()).collect();
    let n = |lang: &str| rows.iter().filter(|r| r["lang"] == lang).count();
    assert!(rows.len() >= 1200 && threads.len() >= 60, "{} rows, {} threads", rows.len(), threads.len());
    assert!(n("uk") >= 50 && n("kk") >= 50);
    let english = n("en") as f64 / rows.len() as f64;
    assert!((0.4..0.6).contains(&english), "English share {english}");
}

#[test]
fn ids_parents_and_values_hold() {
    let rows = starter();
    let ids: HashMap<&str, &str> = rows.iter().map(|r| (r["id"].as_str(), r["article"].as_str())).collect();
    assert_eq!(ids.len(), rows.len(), "an id stands twice");
    for r in &rows {
        assert!(["pro-Kremlin", "anti-Kremlin", "neutral"].contains(&r["stance"].as_str()), "{}", r["id"]);
        assert!(["negative", "neutral", "positive"].contains(&r["sentiment"].as_str()), "{}", r["id"]);
        assert!(["high", "medium", "low"].contains(&r["confidence"].as_str()), "{}", r["id"]);
        assert!(!r["text"].trim().is_empty(), "{}", r["id"]);
        if !r["parent"].is_empty() {
            assert_eq!(ids.get(r["parent"].as_str()), Some(&r["article"].as_str()), "parent of {}", r["id"]);
        }
    }
}

/// Written one by one, not from templates: no two comments share more than 40 % of the 3-grams of the shorter one.
#[test]
fn no_two_comments_are_built_alike() {
    let rows = starter();
    let grams: Vec<HashSet<String>> = rows.iter().map(|r| trigrams(&r["text"])).collect();
    let mut index: HashMap<&str, Vec<usize>> = HashMap::new();
    for (i, set) in grams.iter().enumerate() {
        for g in set {
            index.entry(g).or_default().push(i);
        }
    }
    let mut shared: HashMap<(usize, usize), usize> = HashMap::new();
    for places in index.values() {
        for (k, &b) in places.iter().enumerate() {
            for &a in &places[..k] {
                *shared.entry((a.min(b), a.max(b))).or_default() += 1;
            }
        }
    }
    for ((a, b), n) in shared {
        let share = n as f64 / grams[a].len().min(grams[b].len()) as f64;
        assert!(share <= 0.4, "{} and {} share {share:.2} of their 3-grams", rows[a]["id"], rows[b]["id"]);
    }
}

#[test]
fn strip_and_join_are_inverse_on_the_starter_labels() {
    let dir = tempfile::tempdir().unwrap();
    let path = |f: &str| dir.path().join(f).to_str().unwrap().to_owned();
    let out = stance(&["labels", "strip", "labels/russian.csv", "-o", &path("field.csv")]);
    assert!(out.status.success(), "{}", stderr(&out));
    let out = stance(&[
        "labels",
        "join",
        &path("field.csv"),
        "--texts",
        "labels/russian.csv",
        "-o",
        &path("back.csv"),
    ]);
    assert!(out.status.success(), "{}", stderr(&out));
    let read = |p: &str| -> Vec<Row> {
        csv::Reader::from_path(p).unwrap().into_deserialize().map(Result::unwrap).collect()
    };
    let (then, now) = (read("labels/russian.csv"), read(&path("back.csv")));
    assert_eq!(then.len(), now.len());
    for (a, b) in then.iter().zip(&now) {
        assert!(["id", "text", "stance", "sentiment", "lang"].iter().all(|c| a[*c] == b[*c]), "{}", a["id"]);
    }
}

#[test]
fn a_join_without_the_right_texts_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = |f: &str| dir.path().join(f).to_str().unwrap().to_owned();
    assert!(stance(&["labels", "strip", "labels/russian.csv", "-o", &path("field.csv")]).status.success());
    let out = stance(&[
        "labels",
        "join",
        &path("field.csv"),
        "--texts",
        "labels/english.csv",
        "-o",
        &path("back.csv"),
    ]);
    assert_eq!(out.status.code(), Some(2));
    assert!(stderr(&out).contains("no row could be joined"), "{}", stderr(&out));
    assert!(!dir.path().join("back.csv").exists());
}
