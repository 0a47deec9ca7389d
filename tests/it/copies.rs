//! Near-copies: found among edited copies and distractors, the same at any thread count.

use commentariat::report::copies::{Copies, MIN_SIMILARITY, normalised};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Words of the starter labels: real lengths and letters of both languages.
fn vocabulary() -> Vec<String> {
    let mut words = BTreeSet::new();
    for file in ["english", "russian", "mixed"] {
        let path = format!("{}/labels/{file}.csv", env!("CARGO_MANIFEST_DIR"));
        for row in csv::Reader::from_path(path).unwrap().into_deserialize::<HashMap<String, String>>() {
            words.extend(normalised(&row.unwrap()["text"], &[]).split(' ').map(str::to_owned));
        }
    }
    words.into_iter().filter(|w| !w.is_empty()).collect()
}

fn sentence(words: &[String], n: usize, rng: &mut Pcg64Mcg) -> Vec<String> {
    // Squares favour some words, as languages do.
    (0..n).map(|_| words[((rng.random::<f64>().powi(3)) * words.len() as f64) as usize].clone()).collect()
}

/// Some words replaced, dropped, doubled or with a typing error.
fn edited(text: &[String], edits: usize, words: &[String], rng: &mut Pcg64Mcg) -> Vec<String> {
    let mut out = text.to_vec();
    for _ in 0..edits {
        let at = rng.random_range(0..out.len());
        match rng.random_range(0..4) {
            0 => out[at] = words[rng.random_range(0..words.len())].clone(),
            1 if out.len() > 8 => drop(out.remove(at)),
            2 => out.insert(at, out[at].clone()),
            _ => out[at].push('x'),
        }
    }
    out
}

/// Shingles by the definition, apart from the code that is tested.
fn set(text: &str) -> HashSet<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.windows(5).map(|w| w.iter().collect()).collect()
}

fn jaccard(a: &HashSet<String>, b: &HashSet<String>) -> f64 {
    let both = a.intersection(b).count();
    both as f64 / (a.len() + b.len() - both) as f64
}

fn find(texts: &[String], n_threads: usize) -> Vec<(Vec<u32>, u64)> {
    let mut copies = Copies::default();
    texts.iter().for_each(|t| copies.push(t));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
    pool.install(|| copies.groups()).into_iter().map(|g| (g.members, g.similarity.to_bits())).collect()
}

#[test]
fn edited_copies_are_found_and_nothing_else() {
    let words = vocabulary();
    let mut rng = Pcg64Mcg::seed_from_u64(20);
    let mut texts: Vec<String> = Vec::new();
    let mut families: Vec<Vec<usize>> = Vec::new();
    for _ in 0..1500 {
        let n = rng.random_range(8..60);
        let text = sentence(&words, n, &mut rng);
        let mut family = vec![texts.len()];
        texts.push(text.join(" "));
        for _ in 0..rng.random_range(0..3) {
            family.push(texts.len());
            let edits = rng.random_range(1..=1 + n / 6);
            texts.push(edited(&text, edits, &words, &mut rng).join(" "));
        }
        families.push(family);
    }
    let groups = find(&texts, 2);
    let together: HashSet<(usize, usize)> = groups
        .iter()
        .flat_map(|(g, _)| g.iter().flat_map(|&a| g.iter().map(move |&b| (a as usize, b as usize))))
        .filter(|(a, b)| a < b)
        .collect();
    let sets: Vec<HashSet<String>> = texts.iter().map(|t| set(t)).collect();
    // What should be found: connected components of pairs at .8 or more, worked out from the definition. Texts of two
    // families share no more than chance gives, so components lie within families.
    let mut expected: HashSet<(usize, usize)> = HashSet::new();
    for family in &families {
        let mut of: HashMap<usize, usize> = family.iter().map(|&i| (i, i)).collect();
        for (i, &a) in family.iter().enumerate() {
            for &b in &family[i + 1..] {
                if jaccard(&sets[a], &sets[b]) >= MIN_SIMILARITY {
                    let (from, to) = (of[&b], of[&a]);
                    of.values_mut().filter(|v| **v == from).for_each(|v| *v = to);
                }
            }
        }
        let pairs = family.iter().flat_map(|&a| family.iter().map(move |&b| (a, b)));
        expected.extend(pairs.filter(|(a, b)| a < b && of[a] == of[b]));
    }
    let copies = expected.len();
    let hits = together.intersection(&expected).count();
    let (recall, precision) = (hits as f64 / copies as f64, hits as f64 / together.len() as f64);
    let strict = together.iter().filter(|(a, b)| jaccard(&sets[*a], &sets[*b]) >= MIN_SIMILARITY).count();
    println!("pairs at {MIN_SIMILARITY} or more by themselves: {strict} of {}", together.len());
    println!("{copies} copies, recall {recall:.4}, precision {precision:.4}");
    assert!(copies > 500, "the set tests something: {copies}");
    assert!(recall >= 0.95, "recall {recall:.4} of {copies}");
    assert!(precision >= 0.95, "precision {precision:.4} of {}", together.len());
    assert_eq!(groups, find(&texts, 1), "one thread");
    assert_eq!(groups, find(&texts, 5), "five threads");
}

#[test]
fn many_copies_of_one_text_are_one_group() {
    let text = "the ferry will not run in winter because nobody paid for the icebreaker";
    let texts: Vec<String> =
        (0..5000).map(|i| if i % 3 == 0 { text.to_owned() } else { format!("{text} {}", i % 50) }).collect();
    let groups = find(&texts, 2);
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].0.len(), 5000);
}

/// One million comments; run with `--ignored --nocapture` and a release build to see the time.
#[test]
#[ignore = "takes a minute"]
fn a_million_comments() {
    use rayon::prelude::*;
    let words = vocabulary();
    let texts: Vec<String> = (0..1_000_000_u64)
        .into_par_iter()
        .map(|i| {
            let mut rng = Pcg64Mcg::seed_from_u64(if i % 50 == 7 { i / 200 } else { i });
            let n = rng.random_range(4..45);
            format!("@name {}", sentence(&words, n, &mut rng).join(" "))
        })
        .collect();
    let start = std::time::Instant::now();
    let normal: Vec<String> = texts.par_iter().map(|t| normalised(t, &[])).collect();
    let mut copies = Copies::default();
    normal.iter().for_each(|t| copies.push(t));
    let groups = copies.groups();
    println!("{} groups in {:.1} s", groups.len(), start.elapsed().as_secs_f64());
    assert!(groups.len() > 1000);
}
