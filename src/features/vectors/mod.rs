//! Word vectors learned from unlabelled comments: what a word that no labelled comment holds stands close to.
//!
//! A [`Vectors`] file holds one [`Table`] per language group. [`learn`] makes a table from texts, [`store`] reads
//! and writes the file that is embedded in the program.

use crate::error::Result;
use crate::tokens::stem::Stemming;
use crate::tokens::{for_each_chunk, language, normalise, words};

pub mod learn;
mod linalg;
pub mod store;

/// Weight of frequent words: a word of relative frequency `p` enters a text with `a / (a + p)`, `a = 1e-3`
/// (Arora et al. 2017, smooth inverse frequency).
pub const SIF_A: f32 = 1e-3;

/// Word vectors of one language group, 8 bits a component.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Language group: `en` (English), `ru` (Russian and Ukrainian).
    pub name: String,
    /// Components per vector.
    dim: usize,
    /// All words one after the other, sorted.
    text: String,
    /// Where each word starts in `text`, and one past the last.
    starts: Vec<u32>,
    /// Weight `a / (a + p)` of each word.
    weights: Vec<f32>,
    /// Value of one step of each word's components.
    steps: Vec<f32>,
    /// `n_words * dim` components.
    components: Vec<i8>,
}

impl Table {
    /// Number of words.
    pub fn n_words(&self) -> usize {
        self.weights.len()
    }

    /// Components per vector.
    pub fn dim(&self) -> usize {
        self.dim
    }

    fn word(&self, i: usize) -> &str {
        &self.text[self.starts[i] as usize..self.starts[i + 1] as usize]
    }

    /// Index of `word` (normalised and stemmed as at learning), by bisection.
    pub fn get(&self, word: &str) -> Option<u32> {
        let (mut lo, mut hi) = (0, self.n_words());
        while lo < hi {
            let mid = lo.midpoint(hi);
            match self.word(mid).cmp(word) {
                std::cmp::Ordering::Less => lo = mid + 1,
                std::cmp::Ordering::Greater => hi = mid,
                std::cmp::Ordering::Equal => return Some(mid as u32),
            }
        }
        None
    }

    /// The vector of a text: the weighted mean of its words' vectors, `sum w_i v_i / sum w_i` with
    /// `w = a / (a + p)`.
    ///
    /// `words` are indices from [`Table::get`], `out` has [`Table::dim`] components and is zero where no word is
    /// known.
    pub fn embed(&self, words: impl IntoIterator<Item = u32>, out: &mut [f32]) {
        out.fill(0.0);
        let mut total = 0.0f32;
        for i in words {
            let i = i as usize;
            let w = self.weights[i];
            total += w;
            let scale = w * self.steps[i];
            for (o, &c) in out.iter_mut().zip(&self.components[i * self.dim..][..self.dim]) {
                *o += scale * f32::from(c);
            }
        }
        if total > 0.0 {
            out.iter_mut().for_each(|o| *o /= total);
        }
    }

    /// A table from words and unit vectors; words are sorted, components rounded to 8 bits.
    fn quantise(name: &str, mut rows: Vec<(String, f32, Vec<f32>)>) -> Self {
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        let dim = rows.first().map_or(0, |r| r.2.len());
        let mut t = Table {
            name: name.to_owned(),
            dim,
            text: String::new(),
            starts: vec![0],
            weights: Vec::with_capacity(rows.len()),
            steps: Vec::with_capacity(rows.len()),
            components: Vec::with_capacity(rows.len() * dim),
        };
        for (word, weight, v) in rows {
            let largest = v.iter().fold(0.0f32, |m, x| m.max(x.abs()));
            let step = if largest > 0.0 { largest / 127.0 } else { 1.0 };
            t.text.push_str(&word);
            t.starts.push(t.text.len() as u32);
            t.weights.push(weight);
            t.steps.push(step);
            t.components.extend(v.iter().map(|x| (x / step).round() as i8));
        }
        t
    }
}

/// Word vectors of every language group, and the checksum they are known by.
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors {
    /// One table per language group.
    pub tables: Vec<Table>,
    /// SHA-256 of the file's contents, its last 32 bytes.
    pub sha256: String,
}

impl Vectors {
    /// The table of a language group.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.name == name)
    }
}

const SHIPPED: &[u8] = include_bytes!("../../../models/vectors.bin");

/// The vectors that are part of this program.
///
/// # Errors
/// Never in a program whose tests passed.
pub fn shipped() -> Result<&'static Vectors> {
    static PARSED: std::sync::OnceLock<Vectors> = std::sync::OnceLock::new();
    if let Some(v) = PARSED.get() {
        return Ok(v);
    }
    let v = store::parse(SHIPPED)?;
    Ok(PARSED.get_or_init(|| v))
}

/// The words of a text as a [`Table`] knows them: normalised and stemmed, as the model's own terms are.
///
/// # Example
/// ```
/// use commentariat::features::vectors::words_of;
/// assert_eq!(words_of("Sanctions, again..."), ["sanction", "again"]);
/// ```
pub fn words_of(text: &str) -> Vec<String> {
    let stemming = Stemming::of(language::detect(text));
    let mut out = Vec::new();
    for_each_chunk(text, |chunk| {
        let chunk = normalise(chunk, true);
        out.extend(words(&chunk).map(|w| stemming.stem(w).unwrap_or_else(|| w.to_owned())));
    });
    out
}
