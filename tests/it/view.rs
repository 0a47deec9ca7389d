//! `stance verify`, `stance card`, `stance completions`, and the page as the command line writes it.

use commentariat::report::Report;

use crate::{stance, stderr, stdout};

const PAGES: [&str; 2] = ["examples/articles/04-gas-union-en.html", "examples/articles/06-patents-ru.html"];

fn temp(name: &str) -> String {
    format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"))
}

#[test]
fn a_report_is_verified_and_an_edited_one_is_not() {
    let path = temp("verify.json");
    let out = stance(&["report", PAGES[0], PAGES[1], "--format", "json", "-o", &path]);
    assert!(out.status.success(), "{}", stderr(&out));
    let same = stance(&["verify", &path]);
    assert!(same.status.success(), "{}{}", stdout(&same), stderr(&same));
    assert!(stdout(&same).starts_with("same: 2 inputs"), "{}", stdout(&same));

    let mut report: Report = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    report.groups[1].heads[0].classes[0].counted += 0.01;
    report.inputs[0].sha256 = "00".repeat(32);
    let edited = temp("edited.json");
    std::fs::write(&edited, serde_json::to_vec(&report).unwrap()).unwrap();
    let differs = stance(&["verify", &edited]);
    assert_eq!(differs.status.code(), Some(1), "{}", stderr(&differs));
    let lines = stdout(&differs);
    assert!(
        lines.contains("inputs[0].sha256: saved")
            && lines.contains("groups[1].heads[0].classes[0].counted: saved"),
        "{lines}"
    );
    assert_eq!(lines.lines().count(), 2, "{lines}");
}

#[test]
fn what_is_no_report_is_said_to_be_none() {
    let out = stance(&["verify", "labels/README.md"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(stderr(&out).contains("not a report in JSON") && stderr(&out).contains("--format json"));
}

#[test]
fn the_page_of_two_articles_holds_no_text_unless_asked() {
    let page = |quotes: &str| {
        let out = stance(&["report", PAGES[0], PAGES[1], "--format", "html", "--quotes", quotes]);
        assert!(out.status.success(), "{}", stderr(&out));
        stdout(&out)
    };
    let json = |quotes: &str| {
        let out = stance(&["report", PAGES[0], "--format", "json", "--quotes", quotes]);
        serde_json::from_str::<Report>(&stdout(&out)).unwrap()
    };
    assert!(json("words").groups[0].comments.iter().all(|c| c.text.is_none()));
    assert!(json("none").groups[0].comments.iter().all(|c| c.text.is_none() && c.words.is_empty()));
    assert!(json("full").groups[0].comments.iter().all(|c| c.text.is_some()));
    assert!(page("words").contains("id=\"comments\""));
}

#[test]
fn the_card_states_data_accuracy_and_limits() {
    let out = stance(&["card"]);
    assert!(out.status.success(), "{}", stderr(&out));
    let text = stdout(&out);
    for part in ["# Model card: ", "## Training data", "## Accuracy", "## Intervals", "## Limits", "SHA-256"]
    {
        assert!(text.contains(part), "{part}");
    }
    let russian = stance(&["card", "--methods", "ru"]);
    assert!(stdout(&russian).contains("мультиномиальной логистической регрессией"));
    let english = stance(&["card", "--methods", "en"]);
    assert!(stdout(&english).contains("multinomial logistic regression"));
}

#[test]
fn a_model_trained_now_tells_how_good_it_is_where_and_what_it_has_not_seen() {
    let model = temp("card.stance");
    let labels = ["labels/english.csv", "labels/russian.csv", "labels/mixed.csv"];
    let out = stance(&[&["train"][..], &labels, &["-o", &model]].concat());
    assert!(out.status.success(), "{}", stderr(&out));
    let card = stdout(&stance(&["card", &model]));
    for part in [
        "## Accuracy by language",
        "| stance | kk |",
        "## Accuracy by length",
        "| stance | 41+ |",
        "## Sources",
        "| project |",
        "## Calibration",
        "## Coder agreement",
        "## Coverage",
        "| en |",
    ] {
        assert!(card.contains(part), "no {part}: {card}");
    }
    let facts: commentariat::report::facts::ModelFacts =
        serde_json::from_slice(&stance(&["card", &model, "--format", "json"]).stdout).unwrap();
    let figures = facts.heads[0].figures.as_ref().unwrap();
    let n: usize = figures.languages.values().map(|s| s.n).sum();
    assert_eq!(n, figures.lengths.iter().map(|(_, s)| s.n).sum::<usize>());
    assert_eq!(n, figures.reliability.iter().map(|b| b.n).sum::<usize>());
    let all = facts.unknown_words["all"];
    assert!(
        facts.languages.keys().all(|l| facts.unknown_words.contains_key(l)) && (0.01..0.6).contains(&all),
        "{all}"
    );

    // Terms by language: none of the Kazakh ones is an English word.
    let terms = stdout(&stance(&["explain", "--model", &model, "--format", "csv"]));
    let kazakh: Vec<&str> = terms.lines().filter(|l| l.contains(",kk,")).collect();
    assert!(!kazakh.is_empty() && kazakh.iter().all(|l| !l.is_ascii()), "{kazakh:?}");

    let report = stdout(&stance(&["report", PAGES[0], PAGES[1], "-m", &model]));
    let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(report.contains("2 of 2 sources") && report.contains("stance train --base"), "{report}");

    // A file of the program before these figures is read as it was.
    let old = stdout(&stance(&["card"]));
    assert!(old.contains("## Accuracy by language") || old.contains("did not keep them"), "{old}");
}

#[test]
fn a_report_does_not_name_the_home_folder() {
    let home = tempfile::tempdir().unwrap();
    let page = home.path().join("saved").join("page.html");
    std::fs::create_dir(page.parent().unwrap()).unwrap();
    std::fs::copy(format!("{}/{}", env!("CARGO_MANIFEST_DIR"), PAGES[0]), &page).unwrap();
    let path = home.path().join("report.json");
    let run = |args: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_stance"))
            .args(args)
            .env("HOME", home.path())
            .output()
            .unwrap()
    };
    let (page, path) = (page.display().to_string(), path.display().to_string());
    // A report beside the pages is no page of comments.
    let folder = home.path().join("saved").display().to_string();
    let html = home.path().join("saved").join("report.html").display().to_string();
    assert!(run(&["report", &page, "--format", "html", "-o", &html]).status.success());
    let twice = run(&["report", &folder]);
    assert!(twice.status.success() && stderr(&twice).contains("is a report of stance"), "{}", stderr(&twice));
    assert!(!stdout(&twice).contains("TOTAL"));
    std::fs::remove_file(&html).unwrap();
    let out = run(&["report", &page, "--format", "json", &format!("--output={path}")]);
    assert!(out.status.success(), "{}", stderr(&out));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        !text.contains(&home.path().display().to_string()) && text.contains("~/saved/page.html"),
        "{text}"
    );
    let again = run(&["verify", &path, "--format", "json"]);
    assert!(again.status.success(), "{}", stderr(&again));
    assert!(stdout(&again).contains("\"same\": true"));
}

#[test]
fn completions_and_man_pages_name_every_verb() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish", "man"] {
        let out = stance(&["completions", shell]);
        assert!(out.status.success(), "{}", stderr(&out));
        let text = stdout(&out);
        for verb in ["split", "train", "score", "report", "explain", "verify"] {
            assert!(text.contains(verb), "{shell}: {verb}");
        }
    }
    let dir = temp("man");
    std::fs::create_dir_all(&dir).unwrap();
    let out = stance(&["completions", "man", "--dir", &dir]);
    assert!(out.status.success(), "{}", stderr(&out));
    assert!(
        std::fs::read_to_string(format!("{dir}/stance-report.1")).unwrap().contains(".TH stance-report 1")
    );
}

#[test]
fn help_teaches_by_example() {
    let help = stdout(&stance(&["--help"]));
    for line in ["stance report saved/", "stance explain", "stance train", "stance split"] {
        assert!(help.contains(line), "{line}\n{help}");
    }
}
