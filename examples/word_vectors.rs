//! Learns the word vectors that the program carries from unlabelled comments.
//!
//! ```sh
//! cargo run --release --example word_vectors -- models/vectors.bin en=english.jsonl ru=russian.jsonl
//! ```
//! Each input holds one JSON object a line with a field `text`. The same inputs give the same file, byte for byte.

use std::fs::File;
use std::io::{BufRead, BufReader};

use commentariat::features::vectors::learn::{Params, learn};
use commentariat::features::vectors::{store, words_of};

#[derive(serde::Deserialize)]
struct Row {
    text: String,
}

#[expect(clippy::disallowed_methods, reason = "an example reads and writes its own files")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let out = args.next().ok_or("usage: word_vectors OUT NAME=FILE.jsonl...")?;
    let mut tables = Vec::new();
    for arg in args {
        let (name, path) = arg.split_once('=').ok_or("inputs are NAME=FILE.jsonl")?;
        let mut texts = Vec::new();
        for line in BufReader::new(File::open(path)?).lines() {
            texts.push(words_of(&serde_json::from_str::<Row>(&line?)?.text));
        }
        // Three occurrences where there is little text: rare words are then most of what a comment holds.
        let min_count = if texts.len() < 100_000 { 3 } else { 5 };
        tables.push(learn(name, texts, &Params { min_count, ..Params::default() }));
    }
    std::fs::write(out, store::write(&tables))?;
    Ok(())
}
