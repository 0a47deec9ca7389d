//! Speed of splitting pages and dumps, on one core. `cargo bench --bench split`; see benches/README.md.

use commentariat::comments::{Options, Salt, split};
use commentariat::page::Document;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Documents of one kind under a folder of the package, in the order of their names.
#[expect(clippy::disallowed_methods, reason = "a bench reads its own pages")]
fn documents(folder: &str, ending: &str) -> Vec<Document> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<_> =
        std::fs::read_dir(&root).expect("the folder is there").flatten().map(|e| e.path()).collect();
    paths.sort();
    let files = paths.into_iter().map(|p| if p.is_dir() { p.join("source.html") } else { p });
    let of_kind = files.filter(|p| p.to_string_lossy().ends_with(ending));
    of_kind.map(|p| Document::new(p.display().to_string(), std::fs::read(&p).expect("a file"))).collect()
}

/// A dump of `n_comments` comments under an article `n_times` as long.
fn dump(n_comments: usize, n_times: usize) -> Document {
    let paragraph = "The council of the river town decided on Thursday evening that the tram will run as far as the \
                     old mill, said the head of the works department, and that nobody will have to move for it.\n\n";
    let bodies = [
        "About time. My grandmother waited for it since the mill was closed, and she was not alone in that.",
        "And who is going to pay for it? They promised the same with the bridge, and then there was no money left.",
        "I take the bus every morning, it is full. Two trams an hour would change that, whatever they cost.",
        "Anna is right about the bus, but the tram will not come before the street has been dug up twice.",
    ];
    let names = ["Anna B.", "Tom Hill", "serg72", "Ruth"];
    let mut section = format!("{n_comments} comments\n\n");
    for i in 0..n_comments {
        let (name, body, minute) = (names[i % 4], bodies[i % 4], i % 60);
        section += &format!("{name} says:\nMay 3, 2021 at 10:{minute:02} am\n\n{body}\n\nReply\n\n");
    }
    let article = paragraph.repeat(1 + section.len() * n_times / paragraph.len());
    let text = format!("Town council votes on the new tram line\n\n{article}{section}Leave a Reply\n");
    Document::new("dump.txt", text.into_bytes())
}

fn splitting(c: &mut Criterion) {
    let options = Options { salt: Salt::new(*b"bench"), ..Options::default() };
    let sets = [
        ("html/systems", documents("tests/pages", ".html")),
        ("html/articles", documents("examples/articles", ".html")),
        ("text/articles", documents("examples/articles", ".txt")),
        ("text/all_comments", vec![dump(400, 0)]),
        ("text/tenth_comments", vec![dump(40, 9)]),
    ];
    let mut group = c.benchmark_group("split");
    for (name, set) in &sets {
        let n_bytes: usize = set.iter().map(|d| d.bytes.len()).sum();
        group.throughput(Throughput::Bytes(n_bytes as u64)).sample_size(20);
        let n_threads = |d| split(d, &options).expect("pages and dumps are always read").len();
        group.bench_function(*name, |b| b.iter(|| set.iter().map(n_threads).sum::<usize>()));
    }
    group.finish();
}

criterion_group!(benches, splitting);
criterion_main!(benches);
