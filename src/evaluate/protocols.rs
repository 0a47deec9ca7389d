//! Groups of known composition: how quantifiers are tested.

use serde::Serialize;

use crate::estimate::random::Stream;

/// How groups are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Protocol {
    /// Artificial prevalence: compositions drawn evenly from the simplex.
    #[serde(rename = "APP")]
    App,
    /// Natural prevalence: comments drawn as they come.
    #[serde(rename = "NPP")]
    Npp,
    /// Article-like: compositions that scatter around the natural one as those of articles do.
    #[serde(rename = "ART")]
    Art,
    /// The labelled articles themselves.
    #[serde(rename = "articles")]
    Articles,
}

/// The group's comments (indices into the pool) and their composition.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Indices into the pool.
    pub rows: Vec<usize>,
    /// Shares of the classes among them.
    pub truth: Vec<f64>,
}

/// Concentration of the article-like compositions: shares of articles scatter like samples of about five.
const ARTICLE_CONCENTRATION: f64 = 5.0;

impl Protocol {
    /// Protocols that draw.
    pub const DRAWN: [Protocol; 3] = [Protocol::App, Protocol::Npp, Protocol::Art];

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::App => "APP",
            Protocol::Npp => "NPP",
            Protocol::Art => "ART",
            Protocol::Articles => "articles",
        }
    }
}

/// Draws a group of `n` comments from `pool` (indices into `y`), with replacement within each class.
///
/// Classes without comments in the pool get no share.
pub(super) fn draw(
    protocol: Protocol,
    y: &[usize],
    pool: &[usize],
    n: usize,
    k: usize,
    rng: &mut Stream,
) -> Group {
    let mut by_class = vec![Vec::new(); k];
    pool.iter().for_each(|&i| by_class[y[i]].push(i));
    let natural: Vec<f64> = by_class.iter().map(|c| c.len() as f64 / pool.len().max(1) as f64).collect();
    let concentration: Vec<f64> = match protocol {
        Protocol::App => natural.iter().map(|p| f64::from(u8::from(*p > 0.0))).collect(),
        _ => natural.iter().map(|p| ARTICLE_CONCENTRATION * p).collect(),
    };
    let pi: Vec<f64> = match protocol {
        Protocol::Npp | Protocol::Articles => natural,
        _ => concentration.iter().map(|a| if *a > 0.0 { rng.gamma(*a) } else { 0.0 }).collect(),
    };
    let total: f64 = pi.iter().sum();
    let mut rows = Vec::with_capacity(n);
    for _ in 0..n {
        let mut u = rng.uniform() * total;
        let class = pi.iter().position(|p| {
            u -= p;
            u < 0.0
        });
        let class = class.filter(|c| !by_class[*c].is_empty()).unwrap_or_else(|| y[pool[0]]);
        rows.push(by_class[class][rng.index(by_class[class].len())]);
    }
    Group { truth: composition(y, &rows, k), rows }
}

/// Shares of the classes among `rows`.
pub(super) fn composition(y: &[usize], rows: &[usize], k: usize) -> Vec<f64> {
    let mut out = vec![0.0; k];
    rows.iter().for_each(|&i| out[y[i]] += 1.0 / rows.len().max(1) as f64);
    out
}
