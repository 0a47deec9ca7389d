//! Which comments to label by hand: a random part and, apart from it, an informative part.
//!
//! Shares and accuracy may be estimated from the random part alone; the informative part is chosen by the model and
//! is good for training only. The two never mix.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// A simple random sample of `n` of `n_total` comments, in rising order; all of them if there are fewer.
///
/// Floyd's algorithm; the same for the same seed.
///
/// # Example
/// ```
/// let a = commentariat::labels::sample::random(1000, 50, 7);
/// assert_eq!(a.len(), 50);
/// assert!(a.is_sorted() && a == commentariat::labels::sample::random(1000, 50, 7));
/// ```
pub fn random(n_total: usize, n: usize, seed: u64) -> Vec<usize> {
    let n = n.min(n_total);
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let mut chosen = std::collections::BTreeSet::new();
    for top in n_total - n..n_total {
        let i = rng.random_range(0..=top);
        if !chosen.insert(i) {
            chosen.insert(top);
        }
    }
    chosen.into_iter().collect()
}

/// The `n` comments on which the model is least decided, none of them in `taken`, in rising order.
///
/// Measure: entropy `-sum p ln p` of the posteriors (uncertainty sampling, Lewis and Gale 1994). At most a fifth of
/// the part, and at least two comments, come from one article, so that one heated thread does not fill it.
///
/// `rows[i]` are the posteriors of comment `i` (`None` is never chosen), `article[i]` its article.
pub fn informative(rows: &[Option<Vec<f64>>], article: &[usize], taken: &[usize], n: usize) -> Vec<usize> {
    let entropy = |p: &[f64]| -p.iter().filter(|&&x| x > 0.0).map(|x| x * x.ln()).sum::<f64>();
    let mut order: Vec<(f64, usize)> = rows
        .iter()
        .enumerate()
        .filter(|(i, _)| taken.binary_search(i).is_err())
        .filter_map(|(i, r)| r.as_ref().map(|p| (entropy(p), i)))
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let per_article = (n / 5).max(2);
    let mut n_of = std::collections::HashMap::new();
    let mut chosen: Vec<usize> = order
        .iter()
        .map(|&(_, i)| i)
        .filter(|&i| {
            let c = n_of.entry(article[i]).or_insert(0usize);
            *c += 1;
            *c <= per_article
        })
        .take(n)
        .collect();
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_comment_is_as_likely_as_any_other() {
        let mut hits = [0f64; 10];
        let n_draws = 4000;
        for seed in 0..n_draws {
            random(10, 3, seed).iter().for_each(|&i| hits[i] += 1.0);
        }
        // Chi-square, 9 degrees of freedom, 1 in 1000.
        let expected = n_draws as f64 * 0.3;
        let chi: f64 = hits.iter().map(|h| (h - expected).powi(2) / expected).sum();
        assert!(chi < 27.9, "chi-square {chi}");
    }

    #[test]
    fn the_parts_never_mix_and_doubt_comes_first() {
        let rows = vec![
            Some(vec![0.5, 0.5]),
            Some(vec![0.9, 0.1]),
            None,
            Some(vec![0.6, 0.4]),
            Some(vec![0.51, 0.49]),
        ];
        assert_eq!(informative(&rows, &[0, 0, 0, 1, 1], &[0], 2), [3, 4]);
    }
}
