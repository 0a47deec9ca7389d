//! `stance evaluate`.
#![allow(
    clippy::disallowed_methods,
    clippy::format_push_string,
    reason = "tests write inputs and say what was skipped"
)]

use std::fs;

use serde_json::Value;

use crate::{stance, stderr, stdout};

/// A small labelled file whose classes differ in a few words, by article.
fn write_labels(path: &str) {
    let mut out = String::from("id,article,lang,coder,text,stance\n");
    let words = [
        ["occupiers", "aggression", "liar"],
        ["weather", "tickets", "bridge"],
        ["liberators", "donbass", "brotherly"],
    ];
    let names = ["anti-Kremlin", "neutral", "pro-Kremlin"];
    for i in 0..360usize {
        let y = (i * 7 + i / 12) % 3;
        // One comment in five speaks with another class's words.
        let said = if i % 5 == 0 { (y + 1) % 3 } else { y };
        let (a, b) = (words[said][i % 3], words[said][(i / 3) % 3]);
        let text = format!("well {a} again and {b} number {i}");
        let coder = if i % 2 == 0 { "first" } else { "second" };
        out.push_str(&format!("c{i},art{},en,{coder},{text},{}\n", i / 12, names[y]));
    }
    // Two comments were labelled by both coders.
    for i in [0usize, 1] {
        let coder = if i % 2 == 0 { "second" } else { "first" };
        let y = (i * 7 + i / 12) % 3;
        out.push_str(&format!("c{i},art0,en,{coder},well again number {i},{}\n", names[y]));
    }
    fs::write(path, out).unwrap();
}

#[test]
fn cross_validation_reports_every_part() {
    let dir = tempfile::tempdir().unwrap();
    let labels = dir.path().join("labels.csv").display().to_string();
    write_labels(&labels);
    let out = stance(&["evaluate", &labels, "--folds", "3", "--format", "json", "-q"]);
    assert!(out.status.success(), "{}", stderr(&out));
    let json: Value = serde_json::from_str(&stdout(&out)).unwrap();
    let e = &json["stance"];
    let figure = |v: &Value| v.as_f64().unwrap();
    assert!(figure(&e["classification"]["macro_f1"]) > 0.6);
    assert!(figure(&e["classification"]["most_frequent"]["macro_f1"]) < 0.4);
    let interval = &e["classification"]["macro_f1_interval"];
    assert!(figure(&interval[0]) <= figure(&interval[1]));
    assert!(figure(&e["calibration"]["log_loss"]) < figure(&e["calibration"]["log_loss_prior"]));
    assert_eq!(e["coders"]["n_units"], 2);
    let cells = e["quantification"].as_array().unwrap();
    assert_eq!(cells.len(), 13, "three protocols of four sizes, and articles");
    let articles = cells.iter().find(|c| c["protocol"] == "articles").unwrap();
    assert_eq!(articles["n_groups"], 30);
    let confusion = e["classification"]["confusion"].as_array().unwrap();
    let n: u64 = confusion.iter().flat_map(|r| r.as_array().unwrap()).map(|v| v.as_u64().unwrap()).sum();
    assert_eq!(n, e["n"].as_u64().unwrap());
    let again = stance(&["evaluate", &labels, "--folds", "3", "--format", "json", "-q", "--threads", "1"]);
    assert_eq!(stdout(&again), stdout(&out));
    let table = stdout(&stance(&["evaluate", &labels, "--folds", "3", "-q"]));
    for line in table.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_model_tested_on_its_own_labels_is_pointed_out() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    write_labels(&path("labels.csv"));
    let train = stance(&["train", &path("labels.csv"), "-o", &path("m.stance"), "-q"]);
    assert!(train.status.success(), "{}", stderr(&train));
    let out = stance(&["evaluate", &path("labels.csv"), "-m", &path("m.stance")]);
    assert!(out.status.success(), "{}", stderr(&out));
    assert!(stderr(&out).contains("trained on these labels"), "{}", stderr(&out));
    let both = stance(&["evaluate", &path("labels.csv"), "-m", &path("m.stance"), "--folds", "3"]);
    assert_eq!(both.status.code(), Some(2));
    let none = stance(&["evaluate", &path("labels.csv"), "-m", &path("labels.csv")]);
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn rows_drawn_for_the_models_doubt_are_left_out_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    write_labels(&path("labels.csv"));
    let mark = |part: &dyn Fn(usize) -> &'static str| -> String {
        let file = std::fs::read_to_string(path("labels.csv")).unwrap();
        let rows =
            file.lines().enumerate().map(|(i, l)| format!("{l},{}\n", if i == 0 { "part" } else { part(i) }));
        rows.collect()
    };
    let some = mark(&|i| if i % 5 == 0 { "informative" } else { "random" });
    let n = some.matches("informative").count();
    std::fs::write(path("some.csv"), &some).unwrap();
    let out = stance(&["evaluate", &path("some.csv"), "--folds", "3", "--format", "json"]);
    assert!(out.status.success(), "{}", stderr(&out));
    assert!(
        stderr(&out).contains(&format!("{n} comments were drawn for the model's doubt")),
        "{}",
        stderr(&out)
    );
    let json: Value = serde_json::from_str(&stdout(&out)).unwrap();
    let all = stance(&["evaluate", &path("labels.csv"), "--folds", "3", "--format", "json", "-q"]);
    let all: Value = serde_json::from_str(&stdout(&all)).unwrap();
    assert_eq!(json["stance"]["n"].as_u64().unwrap() + n as u64, all["stance"]["n"].as_u64().unwrap());
    std::fs::write(path("none.csv"), mark(&|_| "informative")).unwrap();
    let out = stance(&["evaluate", &path("none.csv")]);
    assert_eq!(out.status.code(), Some(2));
    assert!(stderr(&out).contains("stance sample"), "{}", stderr(&out));
}
