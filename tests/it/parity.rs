//! Numbers equal to scikit-learn's (tests/parity/reference.py made them) and to linfa-logistic's.

use commentariat::features::sparse::SparseRows;
use commentariat::features::{Recipe, Vectoriser};
use commentariat::labels::{self, ReadOptions};
use commentariat::model::newton::{NewtonCg, Reason};
use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};
use serde::Deserialize;

#[derive(Deserialize)]
struct Expected {
    words: Vec<(usize, f64, f64)>,
    chars: Vec<(usize, f64, f64)>,
    objectives: Vec<Objective>,
}

#[derive(Deserialize)]
struct Objective {
    c: f64,
    uneven: bool,
    objective: f64,
}

fn expected() -> Expected {
    serde_json::from_str(include_str!("../parity/reference.json")).expect("the parity numbers can be read")
}

/// The 200 comments the script reads, and their stance.
fn comments() -> (Vec<String>, Vec<usize>) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/labels/mixed.csv");
    let rows = labels::read(&[file], &ReadOptions::default()).expect("labels/mixed.csv can be read").rows;
    let picked = rows.into_iter().step_by(2).take(200);
    picked.map(|r| (r.text, r.y[0].expect("every row has a stance"))).unzip()
}

/// As scikit-learn's vectoriser has it: no stemming, no folding, every term kept.
fn plain() -> Recipe {
    Recipe { stem: false, fold: false, bigram_min_df: 1, char_min_df: 1, vectors: false, ..Recipe::default() }
}

fn number(term: &str, base: u64) -> f64 {
    term.chars().fold(0, |h, c| (h * base + u64::from(c as u32)) % 1_000_003) as f64 / 1_000_003.0
}

#[test]
fn tfidf_rows_equal_scikit_learn_s() {
    let (texts, _) = comments();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let vectoriser = Vectoriser::fit(&texts, &plain()).unwrap();
    let vocabulary = vectoriser.vocabulary();
    let expected = expected();
    for (i, row) in vectoriser.transform(&texts).iter().enumerate() {
        for (chars, expected) in [(false, &expected.words[i]), (true, &expected.chars[i])] {
            let block: Vec<_> = row.iter().filter(|(t, _)| vocabulary.is_chars(*t) == chars).collect();
            assert_eq!(block.len(), expected.0, "number of terms of comment {i}");
            for (base, expected) in [(31, expected.1), (131, expected.2)] {
                let sum: f64 = block.iter().map(|(t, x)| x * number(&vocabulary.term(*t), base)).sum();
                assert!(
                    (sum - expected).abs() < 1e-12 * expected.abs().max(1.0),
                    "comment {i}: {sum} {expected}"
                );
            }
        }
    }
}

#[test]
fn the_optimum_equals_scikit_learn_s() {
    let (texts, y) = comments();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let vectoriser = Vectoriser::fit(&texts, &Recipe { chars: None, ..plain() }).unwrap();
    let rows: Vec<Vec<(u32, f32)>> = vectoriser
        .transform(&texts)
        .into_iter()
        .map(|r| r.into_iter().map(|(t, x)| (t, x as f32)).collect())
        .collect();
    let x = SparseRows::from_rows(vectoriser.vocabulary().n_terms(), &rows).unwrap();
    for e in expected().objectives {
        let weights = if e.uneven {
            (0..y.len()).map(|i| 0.5 + 0.25 * (i % 3) as f32).collect()
        } else {
            vec![1.0; y.len()]
        };
        let data = DatasetBase::new(x.clone(), Array1::from(y.clone())).with_weights(Array1::from(weights));
        let fitted =
            NewtonCg { alpha: 1.0 / e.c, tolerance: 1e-6, ..NewtonCg::default() }.fit(&data).unwrap();
        let reached = fitted.convergence.objective;
        assert!((reached / e.objective - 1.0).abs() < 1e-6, "C = {}: {reached} {}", e.c, e.objective);
        assert_ne!(fitted.convergence.reason, Reason::Iterations);
    }
}

#[test]
fn the_optimum_equals_linfa_logistic_s_on_dense_data() {
    // Three noisy classes in five dimensions, from a small generator of its own.
    let mut state = 12345_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1 << 24) - 0.5
    };
    let y: Array1<usize> = (0..150).map(|i| i % 3).collect();
    // Rounded to single precision, in which the text stage keeps its rows.
    let x = Array2::from_shape_fn((150, 5), |(i, j)| {
        f64::from((2.0 * random() + f64::from(u8::from(j == y[i]))) as f32)
    });
    let alpha = 0.5;
    let linfa = MultiLogisticRegression::default()
        .alpha(alpha)
        .max_iterations(1000)
        .gradient_tolerance(1e-8)
        .fit(&DatasetBase::new(x.clone(), y.clone()))
        .unwrap();
    let sparse = SparseRows::from_dense(&x).unwrap();
    let own = NewtonCg { alpha, tolerance: 1e-6, ..NewtonCg::default() }
        .fit(&DatasetBase::new(sparse.clone(), y.clone()))
        .unwrap();

    let logits = x.dot(linfa.params()) + linfa.intercept();
    let loss = logits.rows().into_iter().zip(&y).map(|(z, y)| {
        let max = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        max + z.iter().map(|z| (z - max).exp()).sum::<f64>().ln() - z[*y]
    });
    let objective = loss.sum::<f64>() + 0.5 * alpha * linfa.params().mapv(|w| w * w).sum();
    let reached = own.convergence.objective;
    assert!((reached / objective - 1.0).abs() < 1e-6, "{reached} {objective}");
    assert_eq!(own.predict(&sparse), linfa.predict(&x));
}
