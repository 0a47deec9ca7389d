//! Unlabelled texts -> a [`Table`]: positive pointwise mutual information, then a truncated decomposition.

use rustc_hash::FxHashMap;

use super::linalg::{Square, svd};
use super::{SIF_A, Table};

/// Settings of [`learn`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Params {
    /// Most frequent words kept.
    pub n_words: usize,
    /// Occurrences a word must have.
    pub min_count: u32,
    /// Words to each side that count as context, with weight 1/distance.
    pub window: usize,
    /// Components per vector.
    pub dim: usize,
    /// Exponent on the context frequencies (Levy, Goldberg and Dagan 2015).
    pub context_power: f64,
    /// Power iterations of the decomposition.
    pub n_iter: usize,
    /// Directions beyond `dim` that the decomposition carries along.
    pub n_oversamples: usize,
    /// Seed of its random start.
    pub seed: u64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            n_words: 25_000,
            min_count: 5,
            window: 5,
            dim: 128,
            context_power: 0.75,
            n_iter: 2,
            n_oversamples: 16,
            seed: 0,
        }
    }
}

/// Word vectors from tokenised texts.
///
/// With `M_ab` the co-occurrences of words `a` and `b` weighted by 1/distance, the matrix
/// `max(0, ln(M_ab / (r_a c_b)))`, `r` row sums, `c` proportional to `r^context_power`, is decomposed to `U S V'`;
/// the vector of a word is its row of `U S^1/2`, scaled to length 1.
///
/// `texts`: the normalised and stemmed words of each text. The result is the same at any thread count.
///
/// # Source
/// Levy and Goldberg 2014, "Neural word embedding as implicit matrix factorization".
///
/// # Example
/// ```
/// use commentariat::features::vectors::learn::{Params, learn};
/// let texts = ["sun warm sea", "sun warm sand", "tax form office", "tax form fee"];
/// let texts = texts.iter().map(|t| t.split(' ').map(str::to_owned).collect());
/// let table = learn("en", texts, &Params { min_count: 1, dim: 2, ..Params::default() });
/// assert_eq!(table.dim(), 2);
/// assert!(table.get("sun").is_some() && table.get("moon").is_none());
/// ```
pub fn learn(name: &str, texts: impl IntoIterator<Item = Vec<String>>, params: &Params) -> Table {
    let mut ids: FxHashMap<String, u32> = FxHashMap::default();
    let mut words: Vec<String> = Vec::new();
    let mut counts: Vec<u32> = Vec::new();
    let mut docs: Vec<Vec<u32>> = Vec::new();
    for text in texts {
        let doc = text
            .into_iter()
            .map(|w| {
                let id = *ids.entry(w).or_insert_with_key(|w| {
                    words.push(w.clone());
                    counts.push(0);
                    words.len() as u32 - 1
                });
                counts[id as usize] += 1;
                id
            })
            .collect();
        docs.push(doc);
    }
    let n_tokens: f64 = counts.iter().map(|&c| f64::from(c)).sum();
    let mut order: Vec<usize> = (0..words.len()).filter(|&i| counts[i] >= params.min_count).collect();
    order.sort_by(|&a, &b| counts[b].cmp(&counts[a]).then_with(|| words[a].cmp(&words[b])));
    order.truncate(params.n_words);
    let mut rank = vec![u32::MAX; words.len()];
    for (r, &i) in order.iter().enumerate() {
        rank[i] = r as u32;
    }
    let matrix = ppmi(&docs, &rank, order.len(), params);
    let (u, s) = svd(&matrix, params.dim, params.n_oversamples, params.n_iter, params.seed);
    let rows = order
        .iter()
        .enumerate()
        .map(|(r, &i)| {
            let v: Vec<f64> = u.row(r).iter().zip(&s).map(|(x, s)| x * s.sqrt()).collect();
            let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt().max(1e-12);
            let p = f64::from(counts[i]) / n_tokens;
            let weight = f64::from(SIF_A) / (f64::from(SIF_A) + p);
            (words[i].clone(), weight as f32, v.iter().map(|x| (x / norm) as f32).collect())
        })
        .collect();
    Table::quantise(name, rows)
}

fn ppmi(docs: &[Vec<u32>], rank: &[u32], n: usize, params: &Params) -> Square {
    // One entry per unordered pair; added up in text order, so sums do not depend on anything else.
    let mut pairs: FxHashMap<(u32, u32), f32> = FxHashMap::default();
    for doc in docs {
        let kept: Vec<u32> = doc.iter().map(|&w| rank[w as usize]).filter(|&r| r != u32::MAX).collect();
        for (i, &a) in kept.iter().enumerate() {
            for (d, &b) in kept[i + 1..].iter().take(params.window).enumerate() {
                *pairs.entry((a.min(b), a.max(b))).or_default() += 1.0 / (d + 1) as f32;
            }
        }
    }
    let mut entries: Vec<(u32, u32, f32)> = Vec::with_capacity(pairs.len() * 2);
    for ((a, b), v) in pairs {
        // A pair of one word with itself is its own mirror image: it counts from both sides.
        if a == b {
            entries.push((a, a, 2.0 * v));
        } else {
            entries.extend([(a, b, v), (b, a, v)]);
        }
    }
    entries.sort_unstable_by_key(|&(a, b, _)| (a, b));
    let mut row_sums = vec![0f64; n];
    for &(a, _, v) in &entries {
        row_sums[a as usize] += f64::from(v);
    }
    let mut context: Vec<f64> = row_sums.iter().map(|r| r.powf(params.context_power)).collect();
    let total: f64 = context.iter().sum();
    context.iter_mut().for_each(|c| *c /= total);
    let mut m = Square { n, starts: vec![0; n + 1], cols: Vec::new(), values: Vec::new() };
    for (a, b, v) in entries {
        let pmi = (f64::from(v) / (row_sums[a as usize] * context[b as usize])).ln();
        if pmi > 0.0 {
            m.cols.push(b);
            m.values.push(pmi as f32);
            m.starts[a as usize + 1] += 1;
        }
    }
    for i in 0..n {
        m.starts[i + 1] += m.starts[i];
    }
    m
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let a = ["sun", "beach", "sand", "wave"];
        let b = ["tax", "form", "office", "stamp"];
        let texts: Vec<Vec<String>> = (0..200)
            .map(|i| {
                let set = if i % 2 == 0 { &a } else { &b };
                (0..6).map(|k| set[(i * 7 + k * (i / 2 + 1)) % 4].to_owned()).collect()
            })
            .collect();
        learn("en", texts, &Params { min_count: 1, dim: 3, ..Params::default() })
    }

    fn cosine(t: &Table, a: &str, b: &str) -> f32 {
        let v = |w| {
            let mut out = vec![0.0; t.dim()];
            t.embed([t.get(w).unwrap()], &mut out);
            out
        };
        let (a, b) = (v(a), v(b));
        let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>();
        dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt()
    }

    #[test]
    fn words_of_one_company_are_close() {
        let t = table();
        assert!(cosine(&t, "sun", "sand") > 0.8 && cosine(&t, "tax", "stamp") > 0.8);
        assert!(cosine(&t, "sun", "tax") < 0.2);
    }

    #[test]
    fn the_same_at_any_thread_count() {
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(table);
        assert_eq!(one, table());
    }
}
