//! `stance agree`.
#![allow(
    clippy::disallowed_methods,
    clippy::format_push_string,
    clippy::format_collect,
    reason = "tests write inputs and say what was skipped"
)]

use std::fs;

use serde_json::Value;

use crate::{corpus, stance, stderr, stdout};

fn json(args: &[&str]) -> Value {
    let out = stance(args);
    assert!(out.status.success(), "{}", stderr(&out));
    serde_json::from_str(&stdout(&out)).unwrap()
}

/// Example A of Krippendorff's 2011 note: alpha .095, as files of two coders and as two columns.
#[test]
fn files_and_columns_give_the_alpha_of_the_literature() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let (a, b) = ("0100000010", "1110010000");
    let mut both = String::from("id,lang,codebook,stance_a,stance_b\n");
    for (name, codes) in [("a.csv", a), ("b.csv", b)] {
        let rows: String = codes.chars().enumerate().map(|(i, c)| format!("{i},x{c}\n")).collect();
        fs::write(path(name), format!("id,stance\n{rows}")).unwrap();
    }
    for (i, (x, y)) in a.chars().zip(b.chars()).enumerate() {
        both.push_str(&format!("{i},{},v{},x{x},x{y}\n", if i < 5 { "ru" } else { "uk" }, i % 2));
    }
    fs::write(path("both.csv"), both).unwrap();
    let files = json(&["agree", &path("a.csv"), &path("b.csv"), "--format", "json", "-q"]);
    let columns = json(&["agree", &path("both.csv"), "--format", "json", "-q"]);
    for got in [&files, &columns] {
        let alpha = got["stance"]["overall"]["alpha"].as_f64().unwrap();
        assert!((alpha - 0.095).abs() < 5e-4, "{alpha}");
        assert_eq!(got["stance"]["n_disputed"], 4);
    }
    assert_eq!(columns["stance"]["per_language"].as_object().unwrap().len(), 2);
    assert_eq!(columns["stance"]["per_codebook"].as_object().unwrap().len(), 2);
    let table = stdout(&stance(&["agree", &path("both.csv"), "-q"]));
    assert!(table.lines().all(|l| l.chars().count() <= 80), "{table}");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    fs::write(path("a.csv"), "id,stance\n1,x\n").unwrap();
    fs::write(path("b.csv"), "id,stance\n2,x\n").unwrap();
    fs::write(path("c.csv"), "id,mood\n1,x\n").unwrap();
    fs::write(path("d.csv"), "id,stance\n1,x\n1,y\n").unwrap();
    for (args, said) in [
        (vec!["a.csv", "b.csv"], "two coders"),
        (vec!["c.csv"], "no column stance"),
        (vec!["d.csv", "a.csv"], "twice"),
        (vec!["missing.csv"], "missing.csv"),
    ] {
        let args: Vec<String> = args.iter().map(|f| path(f)).collect();
        let mut all = vec!["agree"];
        all.extend(args.iter().map(String::as_str));
        let out = stance(&all);
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert!(stderr(&out).contains(said), "{}", stderr(&out));
    }
}

/// The krippendorff package (0.8) gives .92860 for stance.
#[test]
fn double_coded_comments_agree_with_the_reference() {
    let Some(corpus) = corpus("agreement of coders") else { return };
    let file = corpus.join("stance/double_coded.csv").display().to_string();
    let got = json(&["agree", &file, "--format", "json", "-q"]);
    let alpha = got["stance"]["overall"]["alpha"].as_f64().unwrap();
    assert!((alpha - 0.928_604).abs() < 1e-5, "{alpha}");
}
