//! `stance train`: what it writes, and every way it can refuse.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{stance, stderr};

/// Files of one test.
struct Lab {
    dir: TempDir,
}

impl Lab {
    fn new() -> Self {
        Lab { dir: tempfile::tempdir().expect("a temporary folder") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).expect("the file is written");
        path.display().to_string()
    }

    fn model(&self) -> String {
        self.path("m.stance").display().to_string()
    }

    /// Trains with `args`; the error lines, which must be there, with no model left behind.
    fn refuses(&self, args: &[&str]) -> String {
        let model = self.model();
        let out = stance(&[&["train", "-o", &model], args].concat());
        let err = stderr(&out);
        assert_eq!(out.status.code(), Some(2), "{err}");
        assert!(!Path::new(&model).exists(), "a model was left behind");
        let left: Vec<_> = fs::read_dir(self.dir.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
        assert!(left.iter().all(|f| !f.to_string_lossy().starts_with(".stance-")), "{left:?}");
        assert!(err.lines().any(|l| l.starts_with("try: ")), "no remedy: {err}");
        err
    }
}

/// Comments whose stance is in their words.
fn easy(n: usize) -> String {
    let mut csv = "article,id,text,stance\n".to_owned();
    let openings = ["honestly", "look", "well", "so", "again", "sorry but", "friends"];
    for i in 0..n {
        let (text, stance) = match i % 3 {
            0 => ("the invaders must leave", "anti-Kremlin"),
            1 => ("when is the next part published", "neutral"),
            _ => ("moscow was right all along", "pro-Kremlin"),
        };
        let opening = openings[i % openings.len()];
        writeln!(csv, "a{},c{i},{opening} {text} {},{stance}", i % 12, i * 7919 % 1000).unwrap();
    }
    csv
}

#[test]
fn a_model_is_trained_and_names_what_it_was_taught() {
    let lab = Lab::new();
    let labels = lab.write("l.csv", easy(120));
    let out = stance(&["train", &labels, "-o", &lab.model()]);
    let err = stderr(&out);
    assert!(out.status.success(), "{err}");
    assert!(err.contains("macro-F1") && err.contains("largest class") && err.contains("5 folds"), "{err}");
    let input = lab.write("c.csv", "id,text\n1,The invaders must leave now\n2,moscow was right\n3,\n");
    let out = stance(&["score", &input, "-m", &lab.model()]);
    let scored = crate::stdout(&out);
    let lines: Vec<&str> = scored.lines().collect();
    assert_eq!(lines[0], "article,id,stance,p_anti-Kremlin,p_neutral,p_pro-Kremlin");
    assert!(
        lines[1].starts_with("c,1,anti-Kremlin,") && lines[2].starts_with("c,2,pro-Kremlin,"),
        "{scored}"
    );
    assert_eq!(lines[3], "c,3,,,,");
}

#[test]
fn the_same_input_gives_the_same_bytes_at_any_number_of_threads() {
    let lab = Lab::new();
    let labels = lab.write("l.csv", easy(900));
    let models: Vec<Vec<u8>> = ["1", "2", "8"]
        .iter()
        .map(|n| {
            let out = stance(&["train", &labels, "-o", &lab.model(), "--threads", n, "--quiet"]);
            assert!(out.status.success(), "{}", stderr(&out));
            fs::read(lab.model()).unwrap()
        })
        .collect();
    assert!(models[0] == models[1] && models[1] == models[2]);
}

#[test]
fn a_missing_column_is_named_with_those_found_and_the_remedy() {
    let lab = Lab::new();
    let labels = lab.write("l.csv", easy(60).replace("id,text", "id,body"));
    let err = lab.refuses(&[&labels]);
    assert!(
        err.contains("no column \"text\"") && err.contains("\"body\"") && err.contains("--column text="),
        "{err}"
    );
    let out = stance(&["train", &labels, "-o", &lab.model(), "--column", "text=body", "--quiet"]);
    assert!(out.status.success(), "{}", stderr(&out));

    let lab = Lab::new();
    let labels = lab.write("l.csv", easy(60).replace("stance", "verdict"));
    let err = lab.refuses(&[&labels]);
    assert!(err.contains("no column \"stance\"") && err.contains("--label"), "{err}");
    let err = lab.refuses(&[&labels, "--column", "text=comment"]);
    assert!(err.contains("\"comment\""), "{err}");
    let out = stance(&["train", &labels, "-o", &lab.model(), "--label", "verdict", "--quiet"]);
    assert!(out.status.success(), "{}", stderr(&out));
}

#[test]
fn an_unknown_label_is_named_with_line_count_and_map() {
    let lab = Lab::new();
    let labels = lab.write("l.csv", easy(60).replace(",pro-Kremlin", ",pro"));
    let err = lab.refuses(&[&labels]);
    assert!(
        err.contains("line 4") && err.contains("\"pro\" (20 rows)") && err.contains("--map \"pro="),
        "{err}"
    );
    let out = stance(&["train", &labels, "-o", &lab.model(), "--map", "pro=pro-Kremlin", "--quiet"]);
    assert!(out.status.success(), "{}", stderr(&out));
}

#[test]
fn one_class_or_too_few_labels_are_not_learned() {
    let lab = Lab::new();
    let one: String = easy(60).replace("pro-Kremlin", "neutral").replace("anti-Kremlin", "neutral");
    let err = lab.refuses(&[&lab.write("one.csv", one)]);
    assert!(err.contains("one class only"), "{err}");
    let err = lab.refuses(&[&lab.write("few.csv", easy(12))]);
    assert!(err.contains("too few labels of class"), "{err}");
    let blank = easy(60).replace(",pro-Kremlin", ",").replace(",anti-Kremlin", ",").replace(",neutral", ",");
    let err = lab.refuses(&[&lab.write("blank.csv", blank)]);
    assert!(err.contains("holds no label"), "{err}");
}

#[test]
fn a_model_no_better_than_a_baseline_is_saved_only_by_force_and_marked() {
    let lab = Lab::new();
    // Labels that have nothing to do with the texts.
    let mut csv = "id,text,stance\n".to_owned();
    for i in 0..90_usize {
        let stance = ["anti-Kremlin", "neutral", "pro-Kremlin"][i * i * 31 % 97 % 3];
        writeln!(csv, "{i},word{} word{},{stance}", i * 17 % 89, i * 29 % 83).unwrap();
    }
    let labels = lab.write("noise.csv", csv);
    let err = lab.refuses(&[&labels]);
    assert!(err.contains("no better than a baseline") && err.contains("--force"), "{err}");
    let out = stance(&["train", &labels, "-o", &lab.model(), "--force"]);
    assert!(out.status.success(), "{}", stderr(&out));
    let out = stance(&["score", &lab.write("c.csv", "text\nhello\n"), "-m", &lab.model()]);
    assert!(stderr(&out).contains("no better than a baseline"), "{}", stderr(&out));
}

#[test]
fn files_that_are_no_labelled_csv_are_refused_each_with_its_cause() {
    let lab = Lab::new();
    let cases: Vec<(String, &str)> = vec![
        (lab.write("empty.csv", ""), "is empty"),
        (lab.write("header.csv", "text,stance\n"), "no rows"),
        (lab.write("blank.csv", "text,stance\n,neutral\n  ,neutral\n"), "no row has a text"),
        (lab.path("").display().to_string(), "is a folder"),
        (lab.path("missing.csv").display().to_string(), "missing.csv"),
        (
            lab.write("latin.csv", b"text,stance\nfine,neutral\n\xff\xfe\xe0,neutral\n"),
            "line 3: is not UTF-8",
        ),
        (
            lab.write("open.csv", "text,stance\nfine,neutral\n\"never closed,neutral\nmore,neutral\n"),
            "line 3",
        ),
        (lab.write("short.csv", "text,stance\njust one field\n"), "1 fields where the header has 2"),
        (lab.write("huge.csv", format!("text,stance\n{},neutral\n", "long ".repeat(7_600_000))), "38.0 MB"),
    ];
    for (file, cause) in cases {
        let out = stance(&["train", &file, "-o", &lab.model()]);
        let err = stderr(&out);
        assert_eq!(out.status.code(), Some(2), "{file}: {err}");
        assert!(err.contains(cause), "{file}: {err}");
        assert!(!Path::new(&lab.model()).exists());
    }
}

#[test]
fn repeated_and_contradictory_texts_are_told() {
    let lab = Lab::new();
    let mut csv = easy(90);
    csv.push_str("a1,x1,one and the same remark,neutral\na2,x2,one and the same remark,pro-Kremlin\n");
    let labels = lab.write("l.csv", csv);
    let out = stance(&["train", &labels, "-o", &lab.model()]);
    let err = stderr(&out);
    assert!(out.status.success(), "{err}");
    assert!(err.contains("repeat the text") && err.contains("x1 (line 92) and x2 (line 93)"), "{err}");
}

#[test]
fn texts_that_stand_in_training_and_test_are_left_out_of_the_figures() {
    let lab = Lab::new();
    let mut csv = easy(90);
    // The same words under twelve articles: no division into folds keeps them together.
    for i in 0..12 {
        writeln!(csv, "a{i},x{i},one remark that everybody copies,neutral").unwrap();
    }
    let out = stance(&["train", &lab.write("l.csv", csv), "-o", &lab.model()]);
    let err = stderr(&out);
    assert!(out.status.success(), "{err}");
    assert!(err.contains("12 comments have their text in another fold too"), "{err}");
}

#[test]
fn a_hundred_thousand_labels_are_learned() {
    let lab = Lab::new();
    let mut csv = "article,id,text,stance\n".to_owned();
    for i in 0..100_000 {
        let kinds =
            ["leave our land,anti-Kremlin", "which part is next,neutral", "right all along,pro-Kremlin"];
        let (text, stance) = kinds[i % 3].split_once(',').unwrap();
        writeln!(csv, "a{},c{i},{text} comment {i},{stance}", i % 997).unwrap();
    }
    let labels = lab.write("l.csv", csv);
    let out = stance(&["train", &labels, "-o", &lab.model(), "--features", "words"]);
    assert!(out.status.success(), "{}", stderr(&out));
    assert!(Path::new(&lab.model()).exists());
}
