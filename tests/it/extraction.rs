//! Quality floors of splitting, on real pages with gold comments (`STANCE_CORPUS`): a drop is a red test.
//!
//! Token F1: bags of words per page. Boundary F1: a gold comment counts when one output comment, used once, matches it
//! with token F1 of .9 or more. Both are means over pages; the numbers are those of the public scorer of the corpus.

use std::collections::HashMap;
use std::path::Path;

use commentariat::comments::html::{Rules, html_thread};
use commentariat::labels::field::sha256;
use commentariat::page::{Document, decode};
use serde_json::Value;

use crate::{corpus, stance, stdout};

type Bag = HashMap<String, usize>;

fn bag<'t>(texts: impl IntoIterator<Item = &'t str>) -> Bag {
    let mut bag = Bag::new();
    for text in texts {
        let lower = text.to_lowercase();
        for word in lower.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()) {
            *bag.entry(word.to_owned()).or_default() += 1;
        }
    }
    bag
}

fn f1(a: &Bag, b: &Bag) -> f64 {
    let shared: usize = a.iter().map(|(w, n)| (*n).min(b.get(w).copied().unwrap_or(0))).sum();
    let size: usize = a.values().chain(b.values()).sum();
    if size == 0 { 1.0 } else { 2.0 * shared as f64 / size as f64 }
}

fn boundary(found: &[Bag], gold: &[Bag]) -> f64 {
    let mut used = vec![false; found.len()];
    let mut n_matched = 0;
    for g in gold {
        let free = (0..found.len()).filter(|i| !used[*i]);
        let best = free.map(|i| (f1(&found[i], g), i)).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        if let Some((score, i)) = best
            && score >= 0.9
        {
            used[i] = true;
            n_matched += 1;
        }
    }
    2.0 * f64::from(n_matched) / (found.len() + gold.len()).max(1) as f64
}

/// Texts of the comments of each source; a WARC's records are one.
fn split(files: &[String]) -> HashMap<String, Vec<String>> {
    let args: Vec<&str> = ["split", "--quiet", "--authors", "keep"]
        .into_iter()
        .chain(files.iter().map(String::as_str))
        .collect();
    let mut out: HashMap<String, Vec<String>> = HashMap::new();
    for line in stdout(&stance(&args)).lines() {
        let thread: Value = serde_json::from_str(line).unwrap();
        let source = thread["source"].as_str().unwrap();
        let file = source.split('#').next().unwrap().to_owned();
        let texts =
            thread["comments"].as_array().unwrap().iter().map(|c| c["text"].as_str().unwrap().to_owned());
        out.entry(file).or_default().extend(texts);
    }
    out
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0usize), |(sum, n), x| (sum + x, n + 1));
    sum / n as f64
}

#[test]
fn splitting_does_not_fall_below_its_floors() {
    let Some(corpus) = corpus("the floors of splitting") else { return };
    let dir = corpus.join("pages");
    let read = |p: &Path| std::fs::read(p).unwrap();
    let manifest = read(&dir.join("manifest.csv"));
    let floors: Value =
        serde_json::from_slice(&read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/models/floors.json"))))
            .unwrap();
    let floors = &floors["extraction"];
    assert_eq!(
        floors["sha256"],
        sha256(&manifest),
        "the floors were measured on other pages: measure them anew"
    );
    let mut files = Vec::new();
    for row in csv::Reader::from_reader(manifest.as_slice()).into_deserialize() {
        let row: HashMap<String, String> = row.unwrap();
        if row["gold_type"] == "per-comment" && row["n_comments_gold"] != "0" {
            let path = dir.join(&row["file"]).to_str().unwrap().to_owned();
            files.push((path, row["kind"].clone(), dir.join(&row["gold"])));
        }
    }
    let generic = mean(files.iter().filter(|f| f.1 == "html").map(|(path, _, gold)| {
        let document = Document::new(path.as_str(), read(Path::new(path)));
        let thread = html_thread(&document, &decode(&document).text, Rules::Generic);
        let gold: Value = serde_json::from_slice(&read(gold)).unwrap();
        let gold = gold.as_array().unwrap().iter().map(|c| bag([c["text"].as_str().unwrap()]));
        let gold: Vec<Bag> = gold.filter(|b| !b.is_empty()).collect();
        boundary(&thread.comments.iter().map(|c| bag([c.text.as_str()])).collect::<Vec<_>>(), &gold)
    }));
    println!("html, generic rule alone, boundary_f1 {generic:.4}");
    assert!(
        generic >= floors["generic_boundary_f1"].as_f64().unwrap(),
        "the generic rule alone: {generic:.4}"
    );
    let found = split(&files.iter().map(|f| f.0.clone()).collect::<Vec<_>>());
    let mut scores: HashMap<&str, Vec<[f64; 3]>> = HashMap::new();
    for (path, kind, gold) in &files {
        let gold: Value = serde_json::from_slice(&read(gold)).unwrap();
        let bags = |texts: &mut dyn Iterator<Item = &str>| -> Vec<Bag> {
            texts.map(|t| bag([t])).filter(|b| !b.is_empty()).collect()
        };
        let gold_texts = || gold.as_array().unwrap().iter().map(|c| c["text"].as_str().unwrap());
        let empty = Vec::new();
        let texts = found.get(path).unwrap_or(&empty);
        let (f, g) = (bags(&mut texts.iter().map(String::as_str)), bags(&mut gold_texts()));
        let token = f1(&bag(texts.iter().map(String::as_str)), &bag(gold_texts()));
        let exact = f64::from(u8::from(f.len() == g.len()));
        scores.entry(kind).or_default().push([token, boundary(&f, &g), exact]);
    }
    for (kind, floor) in floors["floors"].as_object().unwrap() {
        let rows = &scores[kind.as_str()];
        for (i, name) in ["token_f1", "boundary_f1", "count_exact"].iter().enumerate() {
            let mean = rows.iter().map(|r| r[i]).sum::<f64>() / rows.len() as f64;
            println!("{kind} {name} {mean:.4} over {} pages", rows.len());
            assert!(
                mean >= floor[*name].as_f64().unwrap(),
                "{kind} {name} {mean:.4} is below {}",
                floor[*name]
            );
        }
    }
}
