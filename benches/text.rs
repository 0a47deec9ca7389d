//! Speed of the text stages: tokens, rows, training, scoring. `cargo bench --bench text`; see benches/README.md.

use commentariat::features::{Recipe, Vectoriser};
use commentariat::labels::{self, LabelledCollection, ReadOptions};
use commentariat::model::{Item, TrainParams, train};
use commentariat::tokens::{language, normalise, segments, words};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn labelled() -> LabelledCollection {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/labels");
    let files = ["english", "mixed", "russian"].map(|f| format!("{folder}/{f}.csv"));
    labels::read(&files, &ReadOptions::default()).expect("the starter labels can be read")
}

fn text(c: &mut Criterion) {
    let labelled = labelled();
    let texts: Vec<&str> = labelled.rows.iter().map(|r| r.text.as_str()).collect();
    let n_bytes: usize = texts.iter().map(|t| t.len()).sum();

    let mut group = c.benchmark_group("text");
    group.throughput(Throughput::Bytes(n_bytes as u64)).sample_size(20);
    group.bench_function("tokenise", |b| {
        b.iter(|| {
            let of_text = |t: &&str| {
                let chunks = segments(t).filter(|s| !s.space);
                chunks.map(|s| words(&normalise(s.text, true)).count()).sum::<usize>()
            };
            texts.iter().map(of_text).sum::<usize>()
        });
    });
    group.bench_function("language", |b| {
        b.iter(|| texts.iter().filter(|t| language::detect(t) == Some("ru")).count());
    });
    let vectoriser = Vectoriser::fit(&texts, &Recipe::default()).expect("there are texts");
    group.bench_function("vectorise", |b| b.iter(|| vectoriser.transform(&texts).len()));
    group.finish();

    let mut group = c.benchmark_group("model");
    group.throughput(Throughput::Elements(texts.len() as u64)).sample_size(10);
    for (name, recipe) in [("words", Recipe::words()), ("all", Recipe::default())] {
        let params = TrainParams { recipe, ..TrainParams::default() };
        group.bench_function(format!("train/{name}"), |b| {
            b.iter(|| train(&labelled, &params).expect("the starter labels can be learned").1.n_terms);
        });
        let (model, _) = train(&labelled, &params).expect("the starter labels can be learned");
        let items: Vec<Item<'_>> = texts.iter().map(|text| Item { text, ..Item::default() }).collect();
        group.bench_function(format!("predict/{name}"), |b| b.iter(|| model.predict(&items).len()));
    }
    group.finish();
}

criterion_group!(benches, text);
criterion_main!(benches);
