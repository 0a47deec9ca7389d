//! Shares of groups against their composition: errors, and how often intervals hold the truth.

use ndarray::Array2;
use rayon::prelude::*;
use serde::Serialize;

use super::Scored;
use super::protocols::{Group, Protocol, composition, draw};
use crate::error::Result;
use crate::estimate::random::Stream;
use crate::estimate::{AggregateOptions, MIN_ARTICLE_LABELS, Method, Params, Quantifier};

/// Group sizes of the drawn protocols.
pub const SIZES: [usize; 4] = [10, 30, 100, 500];
/// Groups per protocol and size, over both halves.
pub const N_GROUPS: usize = 40;
/// Point methods that stand beside the default.
const BESIDE: [Method; 4] = [Method::Cc, Method::Pcc, Method::Pacc, Method::EmqBcts];

/// Errors of one method, means over groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Errors {
    /// Name of the method.
    pub method: String,
    /// Mean absolute error.
    pub mae: f64,
    /// Relative absolute error, shares smoothed by `1 / 2n` (QuaPy's `rae`).
    pub rae: f64,
    /// Kullback-Leibler divergence, smoothed alike (QuaPy's `kld`).
    pub kld: f64,
    /// Share of classes and groups whose 95 % interval holds the truth; `None` for points.
    pub coverage: Option<f64>,
    /// Mean width of the intervals.
    pub width: Option<f64>,
}

/// One protocol and size.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    /// The protocol.
    pub protocol: Protocol,
    /// Comments per group; `None` for articles, which have their own sizes.
    pub size: Option<usize>,
    /// Number of groups.
    pub n_groups: usize,
    /// The default first, then a Wilson interval on the counted shares, then points.
    pub methods: Vec<Errors>,
}

/// QuaPy's `smooth`: `(p + eps) / (1 + eps K)` with `eps = 1 / 2n`.
fn smooth(p: &[f64], n: usize) -> Vec<f64> {
    let eps = 0.5 / n.max(1) as f64;
    p.iter().map(|v| (v + eps) / (1.0 + eps * p.len() as f64)).collect()
}

/// Absolute error, relative absolute error and Kullback-Leibler divergence of one estimate.
///
/// # Example
/// ```
/// use commentariat::evaluate::quantification::errors;
/// let (ae, rae, kld) = errors(&[0.5, 0.5], &[0.25, 0.75], 10);
/// assert!((ae - 0.25).abs() < 1e-12);
/// // quapy.error.rae / kld with eps = 1 / 20
/// assert!((rae - 0.572_916_666_7).abs() < 1e-9 && (kld - 0.107_194_6).abs() < 1e-6);
/// ```
pub fn errors(estimate: &[f64], truth: &[f64], n: usize) -> (f64, f64, f64) {
    let k = truth.len().max(1) as f64;
    let (e, t) = (smooth(estimate, n), smooth(truth, n));
    let ae = estimate.iter().zip(truth).map(|(a, b)| (a - b).abs()).sum::<f64>() / k;
    let rae = e.iter().zip(&t).map(|(a, b)| (a - b).abs() / b).sum::<f64>() / k;
    let kld = e.iter().zip(&t).map(|(a, b)| b * (b / a).ln()).sum();
    (ae, rae, kld)
}

/// Wilson's 95 % interval of `x` of `n`: right for labels, wrong for predictions; the baseline to beat.
fn wilson(x: f64, n: f64) -> (f64, f64) {
    let z = 1.959_964;
    let p = x / n;
    let centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    (centre - half, centre + half)
}

type Shares = (String, Vec<f64>, Option<(Vec<f64>, Vec<f64>)>);

fn estimates(q: &Quantifier, scored: &Scored, g: &Group, name: &str) -> Result<Vec<Shares>> {
    let k = scored.classes.len();
    let rows: Vec<Option<Vec<f64>>> = g.rows.iter().map(|&i| Some(scored.p[i].clone())).collect();
    let e = q.aggregate(&rows, &[], name, &AggregateOptions::default())?;
    let flat: Vec<f64> = g.rows.iter().flat_map(|&i| scored.p[i].iter().copied()).collect();
    let p = Array2::from_shape_vec((g.rows.len(), k), flat)
        .map_err(|e| crate::error::Error::new(crate::error::Kind::Internal, e.to_string()))?;
    let mut out = vec![("default".to_owned(), e.adjusted.as_slice().to_vec(), Some((e.lo, e.hi)))];
    let n = g.rows.len() as f64;
    let counted = e.counts.iter().map(|c| *c as f64 / n).collect();
    let ends = e.counts.iter().map(|c| wilson(*c as f64, n)).unzip();
    out.push(("Wilson on CC".to_owned(), counted, Some(ends)));
    out.extend(BESIDE.iter().map(|m| (m.name().to_owned(), q.point(*m, p.view()).into(), None)));
    Ok(out)
}

fn cell(
    protocol: Protocol,
    size: Option<usize>,
    groups: &[(usize, Group)],
    quantifiers: &[&Quantifier],
    scored: &Scored,
) -> Result<Option<Cell>> {
    let each: Vec<Vec<Shares>> = groups
        .par_iter()
        .enumerate()
        .map(|(i, (q, g))| {
            estimates(quantifiers[*q], scored, g, &format!("{}-{size:?}-{i}", protocol.name()))
        })
        .collect::<Result<_>>()?;
    let Some(first) = each.first() else { return Ok(None) };
    let n = groups.len() as f64;
    let methods = (0..first.len())
        .map(|m| {
            let mut e = Errors {
                method: first[m].0.clone(),
                mae: 0.0,
                rae: 0.0,
                kld: 0.0,
                coverage: first[m].2.as_ref().map(|_| 0.0),
                width: first[m].2.as_ref().map(|_| 0.0),
            };
            for (all, (_, g)) in each.iter().zip(groups) {
                let (_, shares, ends) = &all[m];
                let (ae, rae, kld) = errors(shares, &g.truth, g.rows.len());
                e.mae += ae / n;
                e.rae += rae / n;
                e.kld += kld / n;
                if let (Some((lo, hi)), Some(c), Some(w)) = (ends, &mut e.coverage, &mut e.width) {
                    let k = g.truth.len() as f64;
                    for ((l, h), t) in lo.iter().zip(hi).zip(&g.truth) {
                        *c += f64::from(u8::from(l - 1e-9 <= *t && *t <= h + 1e-9)) / (n * k);
                        *w += (h - l) / (n * k);
                    }
                }
            }
            e
        })
        .collect();
    Ok(Some(Cell { protocol, size, n_groups: groups.len(), methods }))
}

/// Two halves of the articles, dealt at random.
fn halves(scored: &Scored, seed: u64) -> [Vec<usize>; 2] {
    let mut clusters = scored.clusters();
    let mut rng = Stream::named(seed, &["halves"]);
    for i in (1..clusters.len()).rev() {
        clusters.swap(i, rng.index(i + 1));
    }
    clusters.sort_by_key(|c| std::cmp::Reverse(c.len()));
    let mut out = [Vec::new(), Vec::new()];
    for c in clusters {
        let at = usize::from(out[1].len() < out[0].len());
        out[at].extend(c);
    }
    out
}

/// Coverage, width and errors by protocol and size, on comments the quantifier has not seen.
///
/// # Errors
/// What fitting a quantifier refuses.
pub fn quantify(scored: &Scored, given: Option<&Quantifier>, seed: u64) -> Result<Vec<Cell>> {
    let k = scored.classes.len();
    let all: Vec<usize> = (0..scored.len()).collect();
    let fitted: Vec<Quantifier>;
    let (quantifiers, pools): (Vec<&Quantifier>, Vec<Vec<usize>>) = if let Some(q) = given {
        (vec![q], vec![all])
    } else {
        let [a, b] = halves(scored, seed);
        if a.is_empty() || b.is_empty() {
            return Ok(Vec::new());
        }
        fitted = [&b, &a]
            .into_iter()
            .map(|rows| Quantifier::aggregation_fit(&scored.posteriors(rows)?, &Params::default(), seed))
            .collect::<Result<_>>()?;
        (fitted.iter().collect(), vec![a, b])
    };
    let mut out = Vec::new();
    for protocol in Protocol::DRAWN {
        for size in SIZES {
            let mut rng = Stream::named(seed, &["groups", protocol.name(), &size.to_string()]);
            let groups: Vec<(usize, Group)> = (0..N_GROUPS)
                .map(|i| i % pools.len())
                .filter(|h| !pools[*h].is_empty())
                .map(|h| (h, draw(protocol, &scored.y, &pools[h], size, k, &mut rng)))
                .collect();
            out.extend(cell(protocol, Some(size), &groups, &quantifiers, scored)?);
        }
    }
    let mut half_of = vec![0; scored.len()];
    pools.iter().enumerate().for_each(|(h, rows)| rows.iter().for_each(|&i| half_of[i] = h));
    let articles: Vec<(usize, Group)> = scored
        .clusters()
        .into_iter()
        .filter(|rows| rows.len() >= MIN_ARTICLE_LABELS)
        .map(|rows| (half_of[rows[0]], Group { truth: composition(&scored.y, &rows, k), rows }))
        .collect();
    out.extend(cell(Protocol::Articles, None, &articles, &quantifiers, scored)?);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_agrees_with_statsmodels() {
        // statsmodels.stats.proportion.proportion_confint(7, 20, method="wilson")
        let (lo, hi) = wilson(7.0, 20.0);
        assert!((lo - 0.181_191_8).abs() < 1e-5 && (hi - 0.567_145_7).abs() < 1e-5, "{lo} {hi}");
    }
}
