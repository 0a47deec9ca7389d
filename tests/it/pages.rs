//! Golden pages: one per comment system, with the traps of its markup, under `tests/pages/`.

use std::path::Path;

use commentariat::comments::Thread;
use commentariat::comments::html::{Rules, html_thread};
use commentariat::page::Document;
use proptest::prelude::*;
use serde_json::{Value, json};

#[expect(clippy::disallowed_methods, reason = "a test reads its own pages")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn thread(html: &str, rules: Rules) -> Thread {
    html_thread(&Document::new("page.html", html.as_bytes().to_vec()), html, rules)
}

fn shown(thread: &Thread) -> Value {
    let comments: Vec<Value> = thread
        .comments
        .iter()
        .map(|c| json!({"depth": c.depth, "parent": c.parent, "author": c.author, "time": c.time, "text": c.text}))
        .collect();
    json!({"status": thread.status, "host": thread.host, "declared": thread.declared, "system": thread.system,
        "comments": comments})
}

#[test]
fn every_page_is_split_as_its_golden_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let mut n_pages = 0;
    for entry in std::fs::read_dir(&root).expect("tests/pages is there") {
        let dir = entry.expect("a folder").path();
        let expected: Value = serde_json::from_str(&read(&dir.join("expected.json"))).expect("JSON");
        let found = shown(&thread(&read(&dir.join("source.html")), Rules::All));
        assert_eq!(found, expected, "{}", dir.display());
        n_pages += 1;
    }
    assert!(n_pages >= 40, "{n_pages} pages");
}

#[test]
fn deep_nesting_is_read_in_linear_time_without_overflow() {
    for part in
        ["<div>", "<div class=comment><p>x", "<ul><li id=comment-1>a", "<b><p>", "<table><tr><td>", "</p>"]
    {
        let html = part.repeat(100_000);
        let start = std::time::Instant::now();
        thread(&html, Rules::All);
        assert!(start.elapsed().as_secs() < 60, "{part}: {:?}", start.elapsed());
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(html in "(<(/?(div|li|p|ul|td|tr|dd|b|script|template)|!--)( (class|id|datetime)=['\"]?(comment|comment-1|depth-2|fn|2021-02-30))?['\">]{0,2}|[a-z0-9<>&;\u{0}-\u{ff}ёЖ]{0,6}){0,60}") {
        for rules in [Rules::All, Rules::Generic] {
            let thread = thread(&html, rules);
            for (n, c) in thread.comments.iter().enumerate() {
                prop_assert_eq!(c.no as usize, n + 1);
                prop_assert!(c.parent.is_none_or(|p| p < c.no));
                prop_assert!(!c.text.trim().is_empty());
            }
        }
    }
}
