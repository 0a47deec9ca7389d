//! Prior strength and article effect, chosen at training by held-out articles.

use rayon::prelude::*;

use super::aggregate::{AggregateOptions, Target};
use super::posteriors::CvPosteriors;
use super::quantifier::{DEFAULT_ARTICLE_EFFECT, DEFAULT_PRIOR_STRENGTH, Params, Quantifier};
use super::random::Stream;
use crate::error::Result;

/// Fewer usable articles than this cannot tell 95 % from 85 %.
pub const MIN_ARTICLES: usize = 20;
/// Articles with fewer labels than this have intervals too wide to miss.
pub const MIN_ARTICLE_LABELS: usize = 10;
/// Coverage asked of the held-out intervals.
pub const COVERAGE: f64 = 0.95;
/// Prior strengths tried.
const STRENGTHS: [f64; 6] = [3.0, 6.0, 12.0, 25.0, 50.0, 100.0];
/// Article effects tried, in ascending order.
const EFFECTS: [f64; 11] = [0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5];
/// Parts the articles are dealt into; calibrations for a part never saw it.
const N_PARTS: usize = 5;
/// Calibrations per part: fewer than in use, since only coverage over many articles is read off.
const N_CALIBRATIONS: usize = 24;

/// What was chosen, and what the held-out articles say about it.
pub(super) struct Choice {
    pub prior_strength: f64,
    pub article_effect: f64,
    pub verified: bool,
    pub coverage: Option<f64>,
    pub width: Option<f64>,
    pub n_articles: usize,
}

struct HeldOut {
    rows: Vec<Option<Vec<f64>>>,
    truth: Vec<f64>,
    part: usize,
}

/// Chooses what `params` leaves open. Given values are measured all the same.
pub(super) fn choose(cv: &CvPosteriors, params: &Params, seed: u64) -> Result<Choice> {
    let strength = params.prior_strength.unwrap_or(DEFAULT_PRIOR_STRENGTH);
    let effect = params.article_effect.unwrap_or(DEFAULT_ARTICLE_EFFECT);
    let clusters = cv.clusters();
    let n_usable = clusters.iter().filter(|c| c.len() >= MIN_ARTICLE_LABELS).count();
    if cv.n_articles() == 0 || n_usable < MIN_ARTICLES {
        return Ok(Choice {
            prior_strength: strength,
            article_effect: effect,
            verified: false,
            coverage: None,
            width: None,
            n_articles: n_usable * usize::from(cv.n_articles() > 0),
        });
    }
    let (parts, held_out) = deal(cv, &clusters, seed);
    let run = |s: f64, tau: f64| measure(&parts, &held_out, s, tau, seed);
    let mut best = (strength, f64::INFINITY);
    if params.prior_strength.is_none() {
        for s in STRENGTHS {
            let error = run(s, effect)?.0;
            if error < best.1 {
                best = (s, error);
            }
        }
    }
    let tried = match params.article_effect {
        Some(tau) => vec![tau],
        None => EFFECTS.to_vec(),
    };
    let mut last = None;
    for tau in tried {
        let (_, coverage, width) = run(best.0, tau)?;
        last = Some((tau, coverage, width));
        if coverage >= COVERAGE {
            break;
        }
    }
    let (tau, coverage, width) = last.unwrap_or((effect, 0.0, 1.0));
    Ok(Choice {
        prior_strength: best.0,
        article_effect: tau,
        verified: coverage >= COVERAGE,
        coverage: Some(coverage),
        width: Some(width),
        n_articles: held_out.len(),
    })
}

/// Deals articles into parts, fits a quantifier without each part, and lists the usable articles.
fn deal(cv: &CvPosteriors, clusters: &[Vec<usize>], seed: u64) -> (Vec<Quantifier>, Vec<HeldOut>) {
    let mut order: Vec<usize> = (0..clusters.len()).collect();
    let mut rng = Stream::named(seed, &["held-out"]);
    for i in (1..order.len()).rev() {
        order.swap(i, rng.index(i + 1));
    }
    let mut part_of = vec![0; clusters.len()];
    order.iter().enumerate().for_each(|(i, &a)| part_of[a] = i % N_PARTS);
    let parts = (0..N_PARTS)
        .into_par_iter()
        .map(|part| {
            let kept: Vec<Vec<usize>> =
                clusters.iter().zip(&part_of).filter(|(_, p)| **p != part).map(|(c, _)| c.clone()).collect();
            let rows: Vec<usize> = kept.iter().flatten().copied().collect();
            Quantifier::fit_rows(cv, &rows, &kept, N_CALIBRATIONS, seed)
        })
        .collect();
    let k = cv.n_classes();
    let held_out = clusters
        .iter()
        .zip(part_of)
        .filter(|(c, _)| c.len() >= MIN_ARTICLE_LABELS)
        .map(|(rows, part)| {
            let mut truth = vec![0.0; k];
            rows.iter().for_each(|&i| truth[cv.y()[i]] += 1.0 / rows.len() as f64);
            HeldOut { rows: rows.iter().map(|&i| Some(cv.p().row(i).to_vec())).collect(), truth, part }
        })
        .collect();
    (parts, held_out)
}

/// Mean absolute error, coverage and width over the held-out articles.
fn measure(
    parts: &[Quantifier],
    held_out: &[HeldOut],
    s: f64,
    tau: f64,
    seed: u64,
) -> Result<(f64, f64, f64)> {
    let options = AggregateOptions {
        target: Target::Comments,
        interval: COVERAGE,
        prior_strength: Some(s),
        article_effect: Some(tau),
        seed,
        ..AggregateOptions::default()
    };
    let each: Vec<(f64, f64, f64)> = held_out
        .par_iter()
        .enumerate()
        .map(|(i, a)| {
            let e = parts[a.part].aggregate(&a.rows, &[], &i.to_string(), &options)?;
            let k = a.truth.len() as f64;
            let ends = e.lo.iter().zip(&e.hi);
            let hits = ends.clone().zip(&a.truth).filter(|((l, h), t)| *l - 1e-9 <= **t && **t <= *h + 1e-9);
            let width: f64 = ends.clone().map(|(l, h)| h - l).sum();
            Ok((e.adjusted.absolute_error(&a.truth), hits.count() as f64 / k, width / k))
        })
        .collect::<Result<_>>()?;
    let n = each.len().max(1) as f64;
    let sum = each.iter().fold((0.0, 0.0, 0.0), |a, e| (a.0 + e.0, a.1 + e.1, a.2 + e.2));
    Ok((sum.0 / n, sum.1 / n, sum.2 / n))
}
