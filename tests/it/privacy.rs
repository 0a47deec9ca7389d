//! No output names a commenter, or links one person's comments across articles, unless it was asked for.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{stance, stderr, stdout};

/// A page by an author of its own; two commenters who speak of each other and of her.
fn page(no: u32) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>The ferry stops, part {no}</title><meta name=author content='Halina Vostrikova'>\
         </head><body><article><p>The ferry to the island will not run this winter.</p></article><ol class=commentlist>\
         <li class='comment depth-1' id=comment-1><cite class=fn>Ruslan Bekov</cite><div class=comment-content><p>Vostrikova \
         forgets that the army took the ferry first.</p></div></li>\
         <li class='comment depth-1' id=comment-2><cite class=fn>tundra_owl77</cite><div class=comment-content><p>Ruslan Bekov \
         is right, and so is Bekov's brother. Halina Vostrikova should ask the Kremlin.</p></div></li>\
         <li class='comment depth-1' id=comment-3><cite class=fn>Мирон Лесной</cite><div class=comment-content><p>Tundra_owl77 \
         never took that ferry. Спросите Мирона, а лучше Лесного.</p></div></li></ol></body></html>"
    )
}

/// What must not be read in any output.
const NAMES: [&str; 7] = ["Vostrikova", "Halina", "Bekov", "Ruslan", "owl77", "Мирон", "Лесно"];

fn named(text: &str) -> Vec<&'static str> {
    NAMES.into_iter().filter(|n| text.to_lowercase().contains(&n.to_lowercase())).collect()
}

fn run(args: &[&str]) -> String {
    let out = stance(args);
    assert!(out.status.success(), "{args:?}: {}", stderr(&out));
    stdout(&out) + &stderr(&out)
}

#[test]
fn no_output_names_a_commenter_unless_asked() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ferry.html");
    std::fs::write(&path, page(1)).unwrap();
    let page = path.display().to_string();
    for args in [
        &["split"][..],
        &["split", "--format", "csv"],
        &["split", "--authors", "drop"],
        &["score", "--why=50"],
        &["explain", "--top", "50"],
        &["explain", "--format", "csv"],
        &["sample", "-n", "3"],
        &["report", "--format", "json", "--quotes", "full"],
        &["report", "--format", "text"],
    ] {
        let out = run(&[args, &[&page]].concat());
        assert!(named(&out).is_empty(), "{args:?} names {:?}: {out}", named(&out));
    }
    let kept = run(&["split", "--authors", "keep", &page]);
    assert_eq!(named(&kept).len(), NAMES.len());

    // The pseudonym in a text is that of the author column.
    let thread: Value = serde_json::from_str(run(&["split", &page]).trim()).unwrap();
    let author = thread["comments"][0]["author"].as_str().unwrap();
    let text = thread["comments"][1]["text"].as_str().unwrap();
    assert!(text.starts_with(&format!("@{author} is right, and so is @{author}'s brother. @")), "{text}");
    assert!(thread["byline"].is_null());
}

#[test]
fn scores_do_not_depend_on_the_salt_and_verify_agrees() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ferry.html");
    std::fs::write(&path, page(1)).unwrap();
    let page = path.display().to_string();
    let scores = run(&["score", &page]);
    assert_eq!(scores, run(&["score", &page]));
    let report = dir.path().join("report.json").display().to_string();
    for quotes in ["words", "none", "full"] {
        run(&["report", &page, "--quotes", quotes, "--format", "json", "-o", &report]);
        assert!(run(&["verify", &report]).starts_with("same"));
    }
}

#[test]
fn a_person_is_not_linked_across_articles_unless_asked() {
    let dir = tempfile::tempdir().unwrap();
    for no in 1..=2 {
        std::fs::write(dir.path().join(format!("ferry{no}.html")), page(no)).unwrap();
    }
    let salt = dir.path().join("salt");
    std::fs::write(&salt, "thirty-two bytes nobody else has").unwrap();
    let (folder, salt) = (dir.path().join("*.html").display().to_string(), salt.display().to_string());
    let authors = |args: &[&str]| -> BTreeSet<String> {
        let out = run(&[&["split", folder.as_str()], args].concat());
        out.lines()
            .map(|l| serde_json::from_str::<Value>(l).unwrap())
            .flat_map(|t| t["comments"].as_array().unwrap().clone())
            .map(|c| c["author"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(authors(&[]).len(), 6, "three persons under two articles");
    assert_eq!(authors(&["--salt-file", &salt]).len(), 3);
}
