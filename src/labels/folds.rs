//! Cross-validation folds that keep an article on one side.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rustc_hash::FxHashMap;

use super::LabelledCollection;

/// Folds, and what had to be given up for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    /// Number of folds.
    pub n_folds: usize,
    /// Fold of each row.
    pub of: Vec<usize>,
    /// Rows whose article is too large to stand on one side, or is only the name of the source; their folds
    /// go by the row's text.
    pub n_by_row: usize,
}

/// Assigns rows to `n_folds` folds: all rows of an article to one fold, articles in seeded order to the fold
/// that is smallest so far. An article larger than a fold, or that merely repeats the source, is split by row
/// (equal texts stay together); [`Folds::n_by_row`] counts such rows.
///
/// # Panics
/// `n_folds` is 0.
pub fn folds(labelled: &LabelledCollection, n_folds: usize, seed: u64) -> Folds {
    let rows = &labelled.rows;
    let mut sizes: FxHashMap<&str, usize> = FxHashMap::default();
    for row in rows {
        *sizes.entry(&row.article).or_default() += 1;
    }
    let limit = rows.len() / n_folds;
    let mut n_by_row = 0;
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut index: FxHashMap<(bool, &str), usize> = FxHashMap::default();
    for (i, row) in rows.iter().enumerate() {
        let by_row = sizes[row.article.as_str()] > limit.max(1) || row.source.as_ref() == Some(&row.article);
        n_by_row += usize::from(by_row);
        let key = (by_row, if by_row { row.text.as_str() } else { row.article.as_str() });
        let at = *index.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[at].push(i);
    }
    groups.shuffle(&mut rand_pcg::Pcg64Mcg::seed_from_u64(seed));
    groups.sort_by_key(|g| std::cmp::Reverse(g.len()));
    let mut filled = vec![0; n_folds];
    let mut of = vec![0; rows.len()];
    for group in groups {
        let fold = (0..n_folds).min_by_key(|f| filled[*f]).unwrap_or(0);
        filled[fold] += group.len();
        for i in group {
            of[i] = fold;
        }
    }
    Folds { n_folds, of, n_by_row }
}

#[cfg(test)]
mod tests {
    use super::super::{Labelled, LabelledCollection};
    use super::folds;

    fn collection(articles: &[&str]) -> LabelledCollection {
        let rows = articles.iter().enumerate().map(|(i, a)| Labelled {
            article: (*a).to_owned(),
            text: format!("text {i}"),
            ..Labelled::default()
        });
        LabelledCollection { rows: rows.collect(), ..LabelledCollection::default() }
    }

    #[test]
    fn no_article_stands_on_both_sides() {
        let names: Vec<String> = (0..60).map(|i| format!("a{}", i % 17)).collect();
        let labelled = collection(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let f = folds(&labelled, 5, 0);
        assert_eq!(f.n_by_row, 0);
        for i in 0..60 {
            assert_eq!(f.of[i], f.of[i % 17]);
        }
        assert_eq!(f, folds(&labelled, 5, 0));
    }

    #[test]
    fn too_large_articles_are_split_and_told() {
        let labelled = collection(&["one"; 40]);
        let f = folds(&labelled, 5, 0);
        assert_eq!(f.n_by_row, 40);
        assert!((0..5).all(|k| f.of.iter().filter(|x| **x == k).count() == 8));
    }
}
