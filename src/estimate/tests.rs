//! Laws of the estimator over generated inputs, and simulation-based calibration of its draws.

use ndarray::Array2;
use proptest::prelude::*;

use super::random::Stream;
use super::sampler::dirichlet;
use super::*;

/// Posteriors and labels of a made-up classifier: class scores are normal around `strength` for the true class.
fn made_up(n: usize, k: usize, strength: f64, shares: &[f64], rng: &mut Stream) -> (Array2<f64>, Vec<usize>) {
    let mut p = Array2::zeros((n, k));
    let mut y = Vec::with_capacity(n);
    for mut row in p.rows_mut() {
        let mut u = rng.uniform();
        let label = shares.iter().position(|s| {
            u -= s;
            u < 0.0
        });
        let label = label.unwrap_or(k - 1);
        y.push(label);
        // With unit variance, ln p(x | y) = strength * x_y + const: exact posteriors of equal shares in training.
        let mut z: Vec<f64> =
            (0..k).map(|c| rng.normal() + if c == label { strength } else { 0.0 }).collect();
        z.iter_mut().for_each(|z| *z = (strength * *z).exp());
        let sum: f64 = z.iter().sum();
        row.iter_mut().zip(z).for_each(|(a, b)| *a = b / sum);
    }
    (p, y)
}

fn classes(k: usize) -> Vec<String> {
    (0..k).map(|c| format!("c{c}")).collect()
}

fn rows(p: &Array2<f64>) -> Vec<Option<Vec<f64>>> {
    p.rows().into_iter().map(|r| Some(r.to_vec())).collect()
}

fn fitted(n: usize, k: usize, strength: f64, seed: u64) -> Quantifier {
    let mut rng = Stream::named(seed, &["fitted"]);
    let (p, y) = made_up(n, k, strength, &vec![1.0 / k as f64; k], &mut rng);
    let cv = CvPosteriors::new(classes(k), p, y, None).unwrap();
    Quantifier::aggregation_fit(&cv, &Params { n_calibrations: 20, ..Params::default() }, seed).unwrap()
}

/// Simulation-based calibration (Talts et al. 2018): shares drawn from the prior, comments drawn given the shares;
/// the rank of the true share among the draws must be uniform. Perfect calibrations, so that only the sampler is
/// judged. The chi-square bound is the .999 quantile at 9 degrees of freedom.
#[test]
fn ranks_of_the_truth_are_uniform() {
    let (k, n_rounds) = (3, 1000);
    let mut q = fitted(600, k, 1.0, 1);
    for c in &mut q.calibrations {
        *c = Calibration { log_scale: 0.0, bias: vec![0.0; k], mean: vec![1.0 / k as f64; k] };
    }
    let alpha = [1.0, 1.0, 1.0];
    for (n, strength) in [(8, 1.5), (60, 1.0)] {
        let mut bins = [[0u32; 10]; 2];
        for round in 0..n_rounds {
            let mut rng = Stream::named(7, &["sbc", &n.to_string(), &round.to_string()]);
            let mut pi = [0.0; 3];
            dirichlet(&alpha, &mut rng, &mut pi);
            let (p, y) = made_up(n, k, strength, &pi, &mut rng);
            let options = AggregateOptions {
                prior: Prior::Uniform,
                prior_strength: Some(3.0),
                article_effect: Some(0.0),
                keep_draws: true,
                ..AggregateOptions::default()
            };
            let e = q.aggregate(&rows(&p), &[], &format!("{n}-{round}"), &options).unwrap();
            let draws = e.draws.unwrap();
            let count = y.iter().filter(|y| **y == 0).count() as f64;
            for (b, (values, truth)) in
                [(&draws.shares, pi[0]), (&draws.counts, count)].into_iter().enumerate()
            {
                let n_draws = draws.n_draws() as f64;
                let column = values.iter().step_by(k);
                let below = column.clone().filter(|v| **v < truth).count() as f64;
                let equal = column.filter(|v| (**v - truth).abs() < 1e-12).count() as f64;
                // Counts tie: the rank is drawn among the ties.
                let rank = (below + rng.uniform() * (equal + 1.0)) / (n_draws + 1.0);
                bins[b][super::random::floor(rank * 10.0).min(9)] += 1;
            }
        }
        for (what, bins) in ["shares", "counts"].iter().zip(bins) {
            let expected = f64::from(n_rounds) / 10.0;
            let chi: f64 = bins.iter().map(|b| (f64::from(*b) - expected).powi(2) / expected).sum();
            assert!(chi < 27.88, "{what}, n = {n}: chi-square {chi:.1}, ranks {bins:?}");
        }
    }
}

/// The draws have the moments that integrating over a grid gives.
#[test]
fn draws_agree_with_integration() {
    let mut q = fitted(600, 2, 1.2, 3);
    for c in &mut q.calibrations {
        *c = Calibration { log_scale: 0.0, bias: vec![0.0; 2], mean: vec![0.5; 2] };
    }
    let p: Vec<f64> = vec![0.9, 0.7, 0.6, 0.2, 0.95, 0.4, 0.55, 0.8];
    let (mut mass, mut first, mut second) = (0.0, 0.0, 0.0);
    for i in 0..20_000 {
        let x = (f64::from(i) + 0.5) / 20_000.0;
        // Dirichlet(2, 2) prior.
        let f = x * (1.0 - x) * p.iter().map(|p| x * p + (1.0 - x) * (1.0 - p)).product::<f64>();
        mass += f;
        first += f * x;
        second += f * x * x;
    }
    let (mean, var) = (first / mass, second / mass - (first / mass).powi(2));
    let thread: Vec<Option<Vec<f64>>> = p.iter().map(|p| Some(vec![*p, 1.0 - p])).collect();
    let (mut got_mean, mut got_var) = (0.0, 0.0);
    let n_seeds = 20;
    for seed in 0..n_seeds {
        let options = AggregateOptions {
            prior: Prior::Uniform,
            prior_strength: Some(4.0),
            article_effect: Some(0.0),
            target: Target::Readers,
            keep_draws: true,
            seed,
            ..AggregateOptions::default()
        };
        let draws = q.aggregate(&thread, &[], "a", &options).unwrap().draws.unwrap();
        let n = draws.n_draws() as f64;
        let m = draws.shares.iter().step_by(2).sum::<f64>() / n;
        got_mean += m / n_seeds as f64;
        got_var += draws.shares.iter().step_by(2).map(|v| (v - m).powi(2)).sum::<f64>() / n / n_seeds as f64;
    }
    assert!((got_mean - mean).abs() < 0.006, "{got_mean} {mean}");
    assert!((got_var / var - 1.0).abs() < 0.06, "{got_var} {var}");
}

#[test]
fn hand_labels_enter_exactly() {
    let q = fitted(400, 3, 1.0, 5);
    let thread = vec![Some(vec![0.2, 0.3, 0.5]); 10];
    let known: Vec<Option<usize>> = (0..10).map(|i| Some(usize::from(i < 4))).collect();
    let e = q.aggregate(&thread, &known, "a", &AggregateOptions::default()).unwrap();
    assert_eq!(e.counts, [6, 4, 0]);
    for (share, truth) in e.adjusted.as_slice().iter().zip([0.6, 0.4, 0.0]) {
        assert!((share - truth).abs() < 1e-12);
    }
    assert!(e.lo.iter().zip(&e.hi).all(|(l, h)| (h - l).abs() < 1e-12));
    // Half of them: no draw may contradict what is known.
    let half: Vec<Option<usize>> = known.iter().enumerate().map(|(i, k)| k.filter(|_| i < 5)).collect();
    let e = q.aggregate(&thread, &half, "a", &AggregateOptions::default()).unwrap();
    assert!(e.lo[1] >= 0.4 && e.lo[0] >= 0.1 && e.n_known == 5);
}

#[test]
fn degenerate_threads_have_an_answer() {
    let q = fitted(400, 3, 1.0, 5);
    let options = AggregateOptions::default();
    let one = q.aggregate(&[Some(vec![0.1, 0.2, 0.7])], &[], "a", &options).unwrap();
    assert_eq!(one.n, 1);
    assert!(matches!(&one.verdict, Verdict::CountsOnly(r) if r.contains(&Reason::FewComments { n: 1 })));
    let sure = q.aggregate(&vec![Some(vec![0.0, 0.0, 1.0]); 50], &[], "a", &options).unwrap();
    assert!(sure.adjusted[2] > 0.9, "{sure:?}");
    let none = q.aggregate(&[None, None], &[], "a", &options).unwrap();
    assert_eq!((none.n, none.counted()), (0, None));
    assert!(none.lo.iter().zip(&none.hi).all(|(l, h)| l < h));
    let mut bad = vec![Some(vec![0.1, 0.2, 0.7]); 3];
    bad[2] = Some(vec![f64::NAN, 0.5, 0.5]);
    let e = q.aggregate(&bad, &[], "a", &options).unwrap_err();
    assert!(e.to_string().contains("row 3"), "{e}");
    bad[2] = Some(vec![0.5, 0.2, 0.1]);
    assert!(q.aggregate(&bad, &[], "a", &options).unwrap_err().to_string().contains("row 3"));
}

#[test]
fn a_hundred_thousand_comments_agree_with_a_thousand() {
    let q = fitted(2000, 3, 1.5, 6);
    let mut rng = Stream::named(1, &["large"]);
    let (p, y) = made_up(100_000, 3, 1.5, &[0.2, 0.5, 0.3], &mut rng);
    let options = AggregateOptions { article_effect: Some(0.0), ..AggregateOptions::default() };
    let large = q.aggregate(&rows(&p), &[], "a", &options).unwrap();
    let truth = y.iter().filter(|y| **y == 1).count() as f64 / 100_000.0;
    assert!(large.lo[1] <= truth && truth <= large.hi[1], "{truth} {large:?}");
    // The first 500 are not binned; the larger thread must say the same, only more sharply.
    let small = q.aggregate(&rows(&p)[..500], &[], "a", &options).unwrap();
    assert!((large.adjusted[1] - small.adjusted[1]).abs() < 0.1);
    assert!(large.hi[1] - large.lo[1] < small.hi[1] - small.lo[1]);
}

#[test]
fn classes_without_labels_or_without_predictions_are_survived() {
    let mut rng = Stream::named(3, &["absent"]);
    let (p, mut y) = made_up(300, 3, 1.0, &[0.4, 0.4, 0.2], &mut rng);
    y.iter_mut().for_each(|y| *y = (*y).min(1));
    let cv = CvPosteriors::new(classes(3), p, y, None).unwrap();
    let q = Quantifier::aggregation_fit(&cv, &Params::default(), 0).unwrap();
    assert!(q.weaknesses().iter().any(|r| matches!(r, Reason::FewLabels { n: 0, .. })));
    let never = vec![Some(vec![0.5, 0.4999, 0.0001]); 60];
    let e = q.aggregate(&never, &[], "a", &AggregateOptions::default()).unwrap();
    assert!(e.adjusted.as_slice().iter().all(|v| v.is_finite()));
    for method in Method::ALL {
        let flat = ndarray::arr2(&[[0.5, 0.4999, 0.0001]; 60]);
        let p = q.point(method, flat.view());
        assert!((p.as_slice().iter().sum::<f64>() - 1.0).abs() < 1e-9, "{method:?} {p:?}");
    }
}

#[test]
fn a_classifier_that_knows_nothing_shows_counts_only() {
    let q = fitted(600, 3, 0.0, 8);
    let e =
        q.aggregate(&vec![Some(vec![0.3, 0.3, 0.4]); 100], &[], "a", &AggregateOptions::default()).unwrap();
    let Verdict::CountsOnly(reasons) = e.verdict else { panic!("{:?}", e.verdict) };
    assert!(reasons.iter().any(|r| matches!(r, Reason::WeakClassifier { .. })), "{reasons:?}");
}

#[test]
fn models_without_calibration_data_say_to_retrain() {
    let e = Quantifier::from_stored(None).unwrap_err();
    assert!(e.hint_text().unwrap().contains("train"));
    assert_eq!(e.exit_code(), 2);
    let broken = serde_json::json!({"classes": ["a"]});
    assert!(Quantifier::from_stored(Some(&broken)).is_err());
    let q = fitted(300, 3, 1.0, 2);
    let back = Quantifier::from_stored(Some(&serde_json::to_value(&q).unwrap())).unwrap();
    assert_eq!(back.classes(), q.classes());
    let thread = vec![Some(vec![0.2, 0.3, 0.5]); 30];
    let options = AggregateOptions::default();
    let (a, b) = (q.aggregate(&thread, &[], "a", &options), back.aggregate(&thread, &[], "a", &options));
    assert!((a.unwrap().adjusted[0] - b.unwrap().adjusted[0]).abs() < 1e-6);
}

#[test]
fn the_article_effect_is_chosen_where_articles_differ() {
    let mut rng = Stream::named(11, &["articles"]);
    let (mut p, mut y, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for a in 0..40 {
        let mut pi = [0.0; 3];
        dirichlet(&[1.5, 1.5, 1.5], &mut rng, &mut pi);
        let (one, labels) = made_up(40, 3, 1.5, &pi, &mut rng);
        // Every article shifts the classifier by its own amount.
        let shift: Vec<f64> = (0..3).map(|_| (0.8 * rng.normal()).exp()).collect();
        for row in one.rows() {
            let w: Vec<f64> = row.iter().zip(&shift).map(|(p, s)| p * s).collect();
            let sum: f64 = w.iter().sum();
            p.extend(w.iter().map(|v| v / sum));
        }
        y.extend(labels);
        names.extend(std::iter::repeat_n(format!("article {a}"), 40));
    }
    let p = Array2::from_shape_vec((y.len(), 3), p).unwrap();
    let cv = CvPosteriors::new(classes(3), p, y, Some(&names)).unwrap();
    let q = Quantifier::aggregation_fit(&cv, &Params::default(), 0).unwrap();
    assert!(q.article_effect() >= 0.2, "tau {}", q.article_effect());
    assert_eq!(q.summary().n_held_out, 40);
    assert!(q.summary().held_out_coverage.unwrap() > 0.8);
}

#[test]
fn totals_differences_and_cross_tables() {
    let q = fitted(800, 3, 1.5, 9);
    let mut rng = Stream::named(5, &["total"]);
    let options = AggregateOptions { keep_draws: true, ..AggregateOptions::default() };
    let parts: Vec<Estimate> = (0..12)
        .map(|a| {
            let shares = if a % 2 == 0 { [0.7, 0.2, 0.1] } else { [0.1, 0.3, 0.6] };
            let (p, _) = made_up(60, 3, 1.5, &shares, &mut rng);
            q.aggregate(&rows(&p), &[], &format!("article {a}"), &options).unwrap()
        })
        .collect();
    let all: Vec<&Estimate> = parts.iter().collect();
    let closed = q.total(&all, false, "corpus", &options).unwrap();
    let open = q.total(&all, true, "corpus", &options).unwrap();
    assert_eq!(closed.n, 720);
    assert_eq!(closed.counts.iter().sum::<usize>(), 720);
    // Articles differ: as a sample of articles they say less than as a closed corpus.
    assert!(open.hi[0] - open.lo[0] > 1.3 * (closed.hi[0] - closed.lo[0]));
    assert!(closed.hi[0] - closed.lo[0] < parts[0].hi[0] - parts[0].lo[0]);
    let even: Vec<&Estimate> = parts.iter().step_by(2).collect();
    let odd: Vec<&Estimate> = parts.iter().skip(1).step_by(2).collect();
    let a = q.total(&even, true, "even", &options).unwrap();
    let b = q.total(&odd, true, "odd", &options).unwrap();
    let d = compare(&a, &b).unwrap();
    assert!(d.lo[0] > 0.2 && d.p_value[0] < 0.01, "{d:?}");
    let same = compare(&a, &a).unwrap();
    assert!(same.p_value.iter().all(|p| (*p - 1.0).abs() < 1e-12) && same.lo.iter().all(|v| v.abs() < 1e-12));
    assert!(q.total(&[], false, "none", &options).is_err());

    let (p, _) = made_up(80, 3, 1.5, &[0.7, 0.2, 0.1], &mut rng);
    let head = HeadPosteriors { quantifier: &q, p: &rows(&p), known: &[] };
    let table = cross_table(head, head, "a", &options).unwrap();
    let sum: f64 = table.share.iter().flatten().sum();
    assert!((sum - 1.0).abs() < 1e-9 && table.n == 80);
    let single = q.aggregate(&rows(&p), &[], "a", &options).unwrap();
    let margin: f64 = table.share[0].iter().sum();
    assert!((margin - single.adjusted[0]).abs() < 0.05, "{margin} {}", single.adjusted[0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn shares_lie_on_the_simplex_and_intervals_hold_the_point(
        k in 2usize..6,
        n in 1usize..60,
        seed in 0u64..1000,
        tau in 0.0f64..1.0,
        s in 0.1f64..100.0,
        sharp in 0.0f64..40.0,
        readers: bool,
    ) {
        let q = fitted(120, k, 1.0, seed % 4);
        let mut rng = Stream::named(seed, &["law"]);
        // From flat to one-sided rows, exact zeros and ones among them.
        let thread: Vec<Option<Vec<f64>>> = (0..n).map(|_| {
            let w: Vec<f64> = (0..k).map(|_| (sharp * rng.normal()).exp()).collect();
            let sum: f64 = w.iter().sum();
            Some(w.iter().map(|v| v / sum).collect())
        }).collect();
        let options = AggregateOptions {
            target: if readers { Target::Readers } else { Target::Comments },
            article_effect: Some(tau), prior_strength: Some(s), seed, ..AggregateOptions::default()
        };
        let e = q.aggregate(&thread, &[], "a", &options).unwrap();
        let sum: f64 = e.adjusted.as_slice().iter().sum();
        prop_assert!((sum - 1.0).abs() < 1e-9);
        for y in 0..k {
            prop_assert!(0.0 <= e.lo[y] && e.lo[y] <= e.adjusted[y] && e.adjusted[y] <= e.hi[y] && e.hi[y] <= 1.0 + 1e-12);
            for x in 0..k {
                prop_assert!((e.p_greater[x][y] + e.p_greater[y][x] - 1.0).abs() < 1e-9);
            }
        }
        prop_assert!(e.worth >= 0.0 && e.worth.is_finite());
        let again = q.aggregate(&thread, &[], "a", &options).unwrap();
        prop_assert_eq!(&e, &again);
    }

    #[test]
    fn adjusted_p_values_keep_their_order(p in proptest::collection::vec(0.0f64..1.0, 1..30)) {
        let q = benjamini_hochberg(&p);
        for i in 0..p.len() {
            prop_assert!(q[i] >= p[i] - 1e-15 && q[i] <= 1.0);
            for j in 0..p.len() {
                prop_assert!(p[i] > p[j] || q[i] <= q[j]);
            }
        }
    }
}
