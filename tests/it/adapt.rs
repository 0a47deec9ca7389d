//! A new outlet in two commands and a spreadsheet: `stance sample`, then `stance train --base`.

use std::collections::HashMap;
use std::path::Path;

use crate::{stance, stderr};

const ARTICLES: &str = "examples/articles";

fn rows(path: &Path) -> Vec<HashMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.trim_start_matches('\u{feff}');
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(Result::unwrap).collect()
}

/// A model of this project's own English comments.
fn base(dir: &Path) -> String {
    let path = dir.join("base.stance").to_str().unwrap().to_owned();
    let out = stance(&["train", "labels/english.csv", "-o", &path, "--force", "--quiet"]);
    assert!(out.status.success(), "{}", stderr(&out));
    path
}

#[test]
fn a_draw_is_ready_for_a_spreadsheet_and_its_parts_never_mix() {
    let dir = tempfile::tempdir().unwrap();
    let model = base(dir.path());
    let draw = |name: &str, seed: &str| {
        let path = dir.path().join(name);
        let out = stance(&[
            "sample",
            ARTICLES,
            "-n",
            "20",
            "--informative",
            "5",
            "-m",
            &model,
            "--seed",
            seed,
            "-o",
            path.to_str().unwrap(),
        ]);
        assert!(out.status.success(), "{}", stderr(&out));
        path
    };
    let (a, b, c) = (draw("a.csv", "1"), draw("b.csv", "1"), draw("c.csv", "2"));
    assert_eq!(std::fs::read(&a).unwrap(), std::fs::read(&b).unwrap());
    assert_ne!(std::fs::read(&a).unwrap(), std::fs::read(&c).unwrap());
    assert!(std::fs::read(&a).unwrap().starts_with("\u{feff}article,".as_bytes()));
    let rows = rows(&a);
    let of = |part: &str| rows.iter().filter(|r| r["part"] == part).count();
    assert_eq!((of("random"), of("informative")), (20, 5));
    let places: std::collections::HashSet<(&str, &str)> =
        rows.iter().map(|r| (r["article"].as_str(), r["id"].as_str())).collect();
    assert_eq!(places.len(), 25, "a comment was drawn twice");
    assert!(rows.iter().all(|r| r["stance"].is_empty() && !r["text"].trim().is_empty()));
}

#[test]
fn a_filled_draw_adapts_a_model_whatever_the_spreadsheet_made_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let model = base(dir.path());
    // 60 comments of another set, as a spreadsheet with semicolons saves them; the last ten are not labelled.
    let source = rows(Path::new(&format!("{}/labels/russian.csv", env!("CARGO_MANIFEST_DIR"))));
    let mut file = String::from("\u{feff}article;id;text;stance;sentiment;confidence;part\r\n");
    for (i, r) in source.iter().step_by(7).take(60).enumerate() {
        let label = if i < 50 { r["stance"].as_str() } else { "" };
        let text = r["text"].replace('"', "\"\"");
        file.push_str(&format!("{};{};\"{text}\";{label};;;random\r\n", r["article"], r["id"]));
    }
    let labels = dir.path().join("my50.csv");
    std::fs::write(&labels, file).unwrap();
    let adapted = dir.path().join("adapted.stance");
    let args = ["train", "--base", &model, labels.to_str().unwrap(), "--force", "-o"];
    let run = |path: &Path| stance(&[&args[..], &[path.to_str().unwrap()]].concat());
    let out = run(&adapted);
    let said = stderr(&out);
    assert!(out.status.success(), "{said}");
    assert!(said.contains("gained in macro-F1") && said.contains("10 of 60 rows have no label"), "{said}");
    assert!(said.contains("without labels: sentiment"), "{said}");
    let again = dir.path().join("again.stance");
    assert!(run(&again).status.success());
    assert_eq!(std::fs::read(&adapted).unwrap(), std::fs::read(&again).unwrap(), "not the same bytes");
    let out = stance(&["score", "labels/russian.csv", "-m", adapted.to_str().unwrap()]);
    assert!(out.status.success(), "{}", stderr(&out));
}

#[test]
fn a_base_that_does_not_fit_is_told_from_one_that_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let mut file = String::from("text,stance\n");
    for i in 0..30 {
        file.push_str(&format!(
            "number {i} likes {},{}\n",
            ["tea", "rain"][i % 2],
            ["for", "against"][i % 2]
        ));
    }
    std::fs::write(path("other.csv"), file).unwrap();
    let out = stance(&["train", "--base", &base(dir.path()), &path("other.csv"), "-o", &path("m")]);
    assert_eq!(out.status.code(), Some(2));
    assert!(stderr(&out).contains("not one of the classes anti-Kremlin"), "{}", stderr(&out));
    let out = stance(&["train", "--base", &path("nowhere"), &path("other.csv"), "-o", &path("m")]);
    assert_eq!(out.status.code(), Some(2));
    assert!(stderr(&out).contains("nowhere"), "{}", stderr(&out));
    assert!(!dir.path().join("m").exists());
}

#[test]
fn what_is_wrong_with_labels_is_told_with_its_rows() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("odd.csv");
    let mut file = String::from("id,text,stance,lang\n");
    for i in 0..24 {
        let (word, label) =
            [("glory", "pro-Kremlin"), ("shame", "anti-Kremlin"), ("weather", "neutral")][i % 3];
        file.push_str(&format!("e{i},{word} number {i} again,{label},en\n"));
        file.push_str(&format!("k{i},бүгін {word} күн {i},neutral,kk\n"));
    }
    file.push_str("x1,the very same words,neutral,en\nx2,The very  same words,pro-Kremlin,en\n");
    file.push_str("l1,https://example.org/a,neutral,en\nt1,,neutral,en\n");
    std::fs::write(&path, file).unwrap();
    let model = base(dir.path());
    let out = dir.path().join("m");
    let out =
        stance(&["train", "--base", &model, path.to_str().unwrap(), "--force", "-o", out.to_str().unwrap()]);
    let said = stderr(&out);
    for part in [
        "all 24 comments in kk",
        "24 comments in kk: no stemmer",
        "x1 (line 50) and x2 (line 51)",
        "hold only a link",
        "hold no text and are left out (line 53)",
    ] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
}
