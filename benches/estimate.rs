//! Time of one article's estimate, by number of comments; the aim is under 10 ms for 200 on one core.

use commentariat::estimate::{AggregateOptions, CvPosteriors, Params, Quantifier};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ndarray::Array2;

/// Posteriors that scatter without a random number generator.
fn posterior(i: usize, y: usize) -> Vec<f64> {
    let wave = |k: usize| (i as f64 * 0.618 + k as f64 * 2.1).sin();
    let z: Vec<f64> = (0..3).map(|k| (wave(k) + if k == y { 0.8 } else { 0.0 }).exp()).collect();
    let sum: f64 = z.iter().sum();
    z.iter().map(|v| v / sum).collect()
}

fn estimate(c: &mut Criterion) {
    let y: Vec<usize> = (0..1000).map(|i| i % 3).collect();
    let p = Array2::from_shape_vec((1000, 3), (0..1000).flat_map(|i| posterior(i, y[i])).collect())
        .expect("sizes fit");
    let classes = ["pro", "anti", "neutral"].map(str::to_owned).to_vec();
    let cv = CvPosteriors::new(classes, p, y, None).expect("posteriors are sound");
    let q = Quantifier::aggregation_fit(&cv, &Params::default(), 0).expect("it can be fitted");
    let mut group = c.benchmark_group("aggregate");
    for n in [10, 30, 100, 200, 500, 100_000] {
        let thread: Vec<Option<Vec<f64>>> = (0..n).map(|i| Some(posterior(i, i % 2))).collect();
        group.sample_size(if n > 1000 { 10 } else { 30 });
        group.bench_with_input(BenchmarkId::from_parameter(n), &thread, |b, thread| {
            b.iter(|| q.aggregate(thread, &[], "article", &AggregateOptions::default()));
        });
    }
    group.finish();
    c.bench_function("aggregation_fit 1000", |b| {
        b.iter(|| Quantifier::aggregation_fit(&cv, &Params::default(), 0));
    });
}

criterion_group!(benches, estimate);
criterion_main!(benches);
