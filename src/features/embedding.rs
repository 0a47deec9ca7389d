//! Comments as word vectors: what words no labelled comment holds stand close to.

use super::index::Index;
use super::sparse::SparseRows;
use super::table::hash_bytes;
use super::vectors::{self, Table};
use crate::error::{Error, Kind, Result};

/// Language groups, in the order of the columns; a group's table has this name.
pub(crate) const GROUPS: [&str; 2] = ["en", "ru"];
/// Length of a row, against the unit length of the other blocks.
const SCALE: f32 = 2.0;

/// Which group's table a comment's words are looked up in.
pub(crate) fn group(lang: Option<&str>) -> Option<usize> {
    match lang {
        Some("en") | None => Some(0),
        Some("ru" | "uk") => Some(1),
        Some(_) => None,
    }
}

/// The tables, and the mean row of each group in training.
///
/// A comment is `2 (m - mean) / |m - mean|` with `m` the weighted mean of its words' vectors, in its group's
/// columns; zero where no word is known.
#[derive(Debug, Clone)]
pub(crate) struct Embedding {
    pub tables: [&'static Table; 2],
    pub means: [Vec<f32>; 2],
    /// SHA-256 of the vectors.
    pub sha256: &'static str,
    /// Words by hash, made when many are asked for.
    indices: std::sync::OnceLock<[Index; 2]>,
}

impl Embedding {
    /// With means not known yet.
    pub fn new() -> Result<Self> {
        let vectors = vectors::shipped()?;
        let table = |name: &str| {
            vectors
                .table(name)
                .ok_or_else(|| Error::new(Kind::Internal, format!("the word vectors have no table {name:?}")))
        };
        let tables = [table(GROUPS[0])?, table(GROUPS[1])?];
        let means = tables.map(|t| vec![0.0; t.dim()]);
        Ok(Embedding { tables, means, sha256: &vectors.sha256, indices: std::sync::OnceLock::new() })
    }

    /// Index of a word in a group's table, by bisection, or by hash where `many` words are asked for.
    pub fn find(&self, group: usize, word: &str, many: bool) -> Option<u32> {
        if !many {
            return self.tables[group].get(word);
        }
        let index = |table: &Table| {
            let mut index = Index::with_capacity(table.n_words());
            for i in 0..table.n_words() {
                index.insert(hash_bytes(table.word(i)), i as u32);
            }
            index
        };
        self.indices.get_or_init(|| self.tables.map(index))[group].get(hash_bytes(word.as_bytes()))
    }

    /// Number of columns.
    pub fn n_cols(&self) -> usize {
        self.tables.iter().map(|t| t.dim()).sum()
    }

    /// First column of a group.
    pub fn offset(&self, group: usize) -> usize {
        self.tables[..group].iter().map(|t| t.dim()).sum()
    }

    /// Centres a group's row and scales it, in place; a row of zeros stays.
    pub fn finish(&self, group: usize, row: &mut [f32]) {
        if row.iter().all(|x| *x == 0.0) {
            return;
        }
        let mut squares = 0.0_f32;
        for (x, m) in row.iter_mut().zip(&self.means[group]) {
            *x -= m;
            squares += *x * *x;
        }
        if squares > 0.0 {
            let scale = SCALE / squares.sqrt();
            row.iter_mut().for_each(|x| *x *= scale);
        }
    }

    /// Learns the means from raw rows and gives all rows as a matrix.
    pub fn fit(&mut self, raw: &[(Option<usize>, Vec<f32>)]) -> Result<SparseRows> {
        for group in 0..GROUPS.len() {
            let rows = || raw.iter().filter(|(g, r)| *g == Some(group) && r.iter().any(|x| *x != 0.0));
            let n = rows().count().max(1) as f64;
            let mut sums = vec![0.0_f64; self.tables[group].dim()];
            rows().for_each(|(_, r)| sums.iter_mut().zip(r).for_each(|(s, x)| *s += f64::from(*x)));
            self.means[group] = sums.into_iter().map(|s| (s / n) as f32).collect();
        }
        let rows: Vec<Vec<(u32, f32)>> = raw
            .iter()
            .map(|(group, r)| {
                let Some(group) = *group else { return Vec::new() };
                let mut r = r.clone();
                self.finish(group, &mut r);
                let first = self.offset(group) as u32;
                r.iter()
                    .enumerate()
                    .filter(|(_, x)| **x != 0.0)
                    .map(|(j, x)| (first + j as u32, *x))
                    .collect()
            })
            .collect();
        SparseRows::from_rows(self.n_cols(), &rows)
    }
}
