//! Word vectors learned from unlabelled comments: what a word that no labelled comment holds stands close to.
//!
//! A [`Vectors`] file holds one [`Table`] per language group. [`learn`] makes a table from texts, [`store`] reads
//! and writes the file that is embedded in the program.

use prefetch_index::prefetch_index;

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
    /// Number of words.
    n_words: usize,
    /// All words one after the other, sorted.
    text: Bytes,
    /// Where each word starts in `text`, and one past the last; four bytes each, as all numbers here.
    starts: Bytes,
    /// Weight `a / (a + p)` of each word.
    weights: Bytes,
    /// Value of one step of each word's components.
    steps: Bytes,
    /// `n_words * dim` components, a signed byte each.
    components: Bytes,
}

/// Bytes of a table's own, or of the program.
type Bytes = std::borrow::Cow<'static, [u8]>;

/// Bytes that memory is fetched in.
const CACHE_LINE: usize = 64;

/// Number `i` of four bytes; they are low byte first.
#[inline]
fn four(bytes: &[u8], i: usize) -> [u8; 4] {
    bytes.as_chunks().0[i]
}

impl Table {
    /// Number of words.
    pub fn n_words(&self) -> usize {
        self.n_words
    }

    /// Components per vector.
    pub fn dim(&self) -> usize {
        self.dim
    }

    fn start(&self, i: usize) -> usize {
        u32::from_le_bytes(four(&self.starts, i)) as usize
    }

    /// The bytes of word `i`.
    pub(crate) fn word(&self, i: usize) -> &[u8] {
        &self.text[self.start(i)..self.start(i + 1)]
    }

    /// Index of `word` (normalised and stemmed as at learning), by bisection.
    pub fn get(&self, word: &str) -> Option<u32> {
        let (mut lo, mut hi) = (0, self.n_words());
        while lo < hi {
            let mid = lo.midpoint(hi);
            match self.word(mid).cmp(word.as_bytes()) {
                std::cmp::Ordering::Less => lo = mid + 1,
                std::cmp::Ordering::Greater => hi = mid,
                std::cmp::Ordering::Equal => return Some(mid as u32),
            }
        }
        None
    }

    /// Asks for the memory of a word's vector.
    pub(crate) fn prefetch(&self, i: u32) {
        let i = i as usize;
        prefetch_index(&self.weights, i * 4);
        prefetch_index(&self.steps, i * 4);
        for at in (i * self.dim..(i + 1) * self.dim).step_by(CACHE_LINE) {
            prefetch_index(&self.components, at);
        }
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
            let w = f32::from_le_bytes(four(&self.weights, i));
            total += w;
            let scale = w * f32::from_le_bytes(four(&self.steps, i));
            for (o, &c) in out.iter_mut().zip(&self.components[i * self.dim..][..self.dim]) {
                *o += scale * f32::from(c.cast_signed());
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
        let (mut text, mut starts) = (Vec::new(), 0_u32.to_le_bytes().to_vec());
        let (mut weights, mut steps, mut components) = (Vec::new(), Vec::new(), Vec::new());
        let n_words = rows.len();
        for (word, weight, v) in rows {
            let largest = v.iter().fold(0.0f32, |m, x| m.max(x.abs()));
            let step = if largest > 0.0 { largest / 127.0 } else { 1.0 };
            text.extend(word.as_bytes());
            starts.extend((text.len() as u32).to_le_bytes());
            weights.extend(weight.to_le_bytes());
            steps.extend(step.to_le_bytes());
            components.extend(v.iter().map(|x| ((x / step).round() as i8).cast_unsigned()));
        }
        Table {
            name: name.to_owned(),
            dim,
            n_words,
            text: text.into(),
            starts: starts.into(),
            weights: weights.into(),
            steps: steps.into(),
            components: components.into(),
        }
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
    let v = store::embedded(SHIPPED)?;
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
