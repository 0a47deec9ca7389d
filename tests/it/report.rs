//! `stance report`: the main job, on the sample articles and the shipped model.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::{stance, stderr, stdout};

const ARTICLES: &str = "examples/articles";

fn json(args: &[&str]) -> Value {
    let out = stance(&[&["report", "--format", "json"], args].concat());
    assert!(out.status.success(), "{}", stderr(&out));
    serde_json::from_str(&stdout(&out)).unwrap()
}

fn group<'r>(report: &'r Value, key: &str) -> &'r Value {
    let groups = report["groups"].as_array().unwrap();
    groups.iter().find(|g| g["key"].as_str().unwrap().contains(key)).unwrap()
}

#[test]
fn the_readme_command_prints_a_table_that_fits_the_terminal() {
    let out = stance(&["report", ARTICLES]);
    assert!(out.status.success(), "{}", stderr(&out));
    let table = stdout(&out);
    assert!(table.lines().all(|l| l.chars().count() <= 80), "{table}");
    assert!(table.contains("no comment section on the page"));
    assert!(table.to_lowercase().contains("disqus") && table.contains("not in the file"));
    for class in ["pro-Kremlin", "anti-Kremlin", "neutral", "negative", "positive"] {
        assert!(table.contains(class), "{class}");
    }
    assert!(table.contains("adjusted") && table.contains("TOTAL"));
    assert!(!table.contains('\u{1b}'), "colour codes where nobody asked for colour");
}

#[test]
fn counts_are_the_pages_counts() {
    let report = json(&[ARTICLES]);
    let n = |key| group(&report, key)["n_comments"].as_u64().unwrap();
    assert_eq!(
        [
            n("01-rail"),
            n("02-language"),
            n("gas-second"),
            n("05-victory"),
            n("patent-2024"),
            n("reactor-vote")
        ],
        [26, 24, 9, 12, 10, 22]
    );
    assert_eq!(group(&report, "03-observatory")["status"], "none");
    assert_eq!(group(&report, "dam-turbines")["status"], "elsewhere");
    let total: u64 =
        report["groups"].as_array().unwrap().iter().map(|g| g["n_comments"].as_u64().unwrap()).sum();
    assert_eq!(report["total"]["n_comments"].as_u64().unwrap(), total);
}

#[test]
fn shares_lie_on_the_simplex_and_inside_their_intervals() {
    let report = json(&[ARTICLES]);
    let mut n_shown = 0;
    for g in report["groups"].as_array().unwrap().iter().chain([&report["total"]]) {
        for h in g["heads"].as_array().unwrap() {
            let classes = h["classes"].as_array().unwrap();
            let sum = |f: &str| classes.iter().filter_map(|c| c[f].as_f64()).sum::<f64>();
            assert!((sum("counted") - 1.0).abs() < 1e-9);
            if classes[0]["adjusted"].is_null() {
                assert_eq!(h["verdict"], "counts only");
                assert!(!h["reasons"].as_array().unwrap().is_empty(), "withheld without a reason");
                continue;
            }
            n_shown += 1;
            assert!((sum("adjusted") - 1.0).abs() < 1e-9);
            for c in classes {
                let [lo, mid, hi] = ["lo", "adjusted", "hi"].map(|f| c[f].as_f64().unwrap());
                assert!((0.0..=mid).contains(&lo) && (mid..=1.0).contains(&hi), "{c}");
            }
        }
    }
    assert!(n_shown > 0);
}

#[test]
fn fewer_than_twenty_comments_get_counts_and_the_reason() {
    let report = json(&["examples/articles/05-victory-day-ru.txt"]);
    let head = &report["groups"][0]["heads"][0];
    assert_eq!(head["verdict"], "counts only");
    assert!(head["reasons"][0].as_str().unwrap().contains("12 comments"));
}

#[test]
fn a_language_with_few_labels_is_withheld_unless_asked_for() {
    let page = "examples/articles/09-bridge-kk.html";
    let reasons = json(&[page])["groups"][0]["heads"][0]["reasons"].to_string();
    assert!(reasons.contains("kk") && reasons.contains("--anyway"), "{reasons}");
    let shown = json(&[page, "--anyway"]);
    let head = &shown["groups"][0]["heads"][0];
    assert_eq!(head["verdict"], "unverified");
    assert!(head["classes"][0]["adjusted"].is_f64());
}

#[test]
fn the_same_at_any_thread_count() {
    let run = |n| {
        let mut report = json(&[ARTICLES, "--threads", n]);
        report["command"] = Value::Null;
        report
    };
    assert_eq!(run("1"), run("3"));
}

#[test]
fn every_view_holds_the_same_counted_shares() {
    let page = "examples/articles/01-rail-corridor-en.txt";
    let report = json(&[page]);
    let out = stance(&["report", page, "--format", "csv"]);
    let csv_text = stdout(&out);
    let mut reader = csv::Reader::from_reader(csv_text.as_bytes());
    let rows: Vec<HashMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let markdown = stdout(&stance(&["report", page, "--format", "md"]));
    for h in report["groups"][0]["heads"].as_array().unwrap() {
        for c in h["classes"].as_array().unwrap() {
            let counted = c["counted"].as_f64().unwrap();
            let row = rows.iter().find(|r| {
                r["head"] == h["head"].as_str().unwrap() && r["class"] == c["class"].as_str().unwrap()
            });
            assert!((row.unwrap()["counted"].parse::<f64>().unwrap() - counted).abs() < 1e-4);
            assert!(markdown.contains(&format!("{:.0} %", counted * 100.0)), "{markdown}");
        }
    }
}

#[test]
fn scored_comments_give_the_counts_of_their_pages() {
    let dir = tempfile::tempdir().unwrap();
    let scored = dir.path().join("scored.csv");
    let scored = scored.to_str().unwrap();
    let out = stance(&["score", "examples/articles/01-rail-corridor-en.txt", "-o", scored]);
    assert!(out.status.success(), "{}", stderr(&out));
    let (a, b) = (json(&["examples/articles/01-rail-corridor-en.txt"]), json(&[scored]));
    let n = |r: &Value| {
        let classes = r["groups"][0]["heads"][0]["classes"].as_array().unwrap().clone();
        classes.iter().map(|c| c["n"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(n(&a), n(&b));
}

#[test]
fn hand_labels_enter_exactly() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hand.csv");
    let page = "examples/articles/01-rail-corridor-en.txt";
    let split = stdout(&stance(&["split", page, "--format", "csv"]));
    let mut reader = csv::Reader::from_reader(split.as_bytes());
    let mut hand = "article,id,stance\n".to_owned();
    let article = json(&[page])["groups"][0]["key"].as_str().unwrap().to_owned();
    let mut n_pro = 0;
    for (i, row) in reader.records().enumerate() {
        let row = row.unwrap();
        let label = if i % 3 == 0 { "pro-Kremlin" } else { "neutral" };
        n_pro += usize::from(i % 3 == 0);
        writeln!(hand, "{article},{},{label}", &row[1]).unwrap();
    }
    std::fs::write(&path, hand).unwrap();
    let report = json(&[page, "--labels", path.to_str().unwrap()]);
    let classes = report["groups"][0]["heads"][0]["classes"].as_array().unwrap();
    let pro = classes.iter().find(|c| c["class"] == "pro-Kremlin").unwrap();
    assert_eq!(pro["n"].as_u64().unwrap() as usize, n_pro);
    let truth = n_pro as f64 / 26.0;
    for f in ["adjusted", "lo", "hi"] {
        assert!((pro[f].as_f64().unwrap() - truth).abs() < 1e-9, "{f} {}", pro[f]);
    }
}

#[test]
fn groups_and_comparisons() {
    let report = json(&[ARTICLES, "--compare", "01-rail-corridor-en", "reactor-vote"]);
    let difference = &report["comparisons"][0]["classes"][0];
    let [lo, d, hi] = ["lo", "difference", "hi"].map(|f| difference[f].as_f64().unwrap());
    assert!(lo <= d && d <= hi);
    let dir = tempfile::tempdir().unwrap();
    let dates = dir.path().join("dates.csv");
    std::fs::write(
        &dates,
        "article,date,kind\n01-rail-corridor-en,2024-05-06,dump\n02-language-courses-ru,2024-05-14,dump\n",
    )
    .unwrap();
    let dates = dates.to_str().unwrap();
    let pages = ["examples/articles/01-rail-corridor-en.txt", "examples/articles/02-language-courses-ru.txt"];
    let keys = |args: &[&str]| -> Vec<String> {
        let report = json(&[&pages[..], args].concat());
        report["groups"].as_array().unwrap().iter().map(|g| g["key"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(keys(&["--by", "month", "--dates", dates]), ["2024-05"]);
    assert_eq!(keys(&["--by", "week", "--dates", dates]), ["2024-05-06", "2024-05-13"]);
    assert_eq!(keys(&["--by", "kind", "--dates", dates]), ["dump"]);
}

#[test]
fn what_cannot_be_done_is_told_with_a_remedy() {
    let page = "examples/articles/01-rail-corridor-en.txt";
    for (args, what, remedy) in [
        (vec!["report", page, "--by", "month"], "no date", "--dates"),
        (vec!["report", page, "--by", "colour"], "\"colour\"", "--dates"),
        (vec!["report", ARTICLES, "--compare", "nowhere", "reactor-vote"], "nowhere", "groups are"),
        (vec!["report", page, "--interval", "95"], "interval", ".95"),
        (vec!["report", "no-such-file.html"], "no such file", ""),
    ] {
        let out = stance(&args);
        assert_eq!(out.status.code(), Some(2), "{args:?}: {}", stderr(&out));
        let message = stderr(&out);
        assert!(message.contains(what) && message.contains(remedy), "{message}");
        assert!(out.stdout.is_empty());
    }
}

#[test]
fn a_failed_report_leaves_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("report.txt");
    let out = stance(&["report", "no-such-file.html", "-o", target.to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(2));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
