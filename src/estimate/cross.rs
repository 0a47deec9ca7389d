//! Two heads at once: the joint distribution of stance and sentiment.

use serde::Serialize;

use super::aggregate::{AggregateOptions, Article, N_DRAWS_PER_CALIBRATION, interval_of};
use super::bins;
use super::quantifier::Quantifier;
use super::random::Stream;
use super::sampler::{Likelihood, Scratch, Target};
use crate::error::Result;

/// Of the draws of each calibration, every so many is used for the table.
const STRIDE: usize = 4;

/// One head's posteriors of an article.
#[derive(Debug, Clone, Copy)]
pub struct HeadPosteriors<'a> {
    /// The head's quantifier.
    pub quantifier: &'a Quantifier,
    /// One row per comment, `None` where it has no text.
    pub p: &'a [Option<Vec<f64>>],
    /// Hand labels; empty or as long as `p`.
    pub known: &'a [Option<usize>],
}

/// Shares of the pairs of classes: rows are the first head's, columns the second's.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrossTable {
    /// Number of comments that have both.
    pub n: usize,
    /// Mean shares, together 1.
    pub share: Vec<Vec<f64>>,
    /// Lower ends of the intervals.
    pub lo: Vec<Vec<f64>>,
    /// Upper ends.
    pub hi: Vec<Vec<f64>>,
}

struct Side {
    likelihood: Likelihood,
    /// Per comment: its row in the likelihood, or its hand label.
    place: Vec<Option<Place>>,
    /// Drawn shares, `n_draws` x K.
    shares: Vec<f64>,
}

#[derive(Clone, Copy)]
enum Place {
    Row(usize),
    Label(usize),
}

/// The joint distribution of two heads over one article's comments.
///
/// Each draw takes both heads' shares from calibrations of the same number and then a pair of labels for each
/// comment; given the comment's posteriors the two labels are drawn independently, so an association between the
/// heads that the posteriors do not show is not in the table. The shares are those of these comments.
///
/// # Errors
/// As [`Quantifier::aggregate`].
pub fn cross_table(
    a: HeadPosteriors<'_>,
    b: HeadPosteriors<'_>,
    stream: &str,
    options: &AggregateOptions,
) -> Result<CrossTable> {
    options.check()?;
    let (ka, kb) = (a.quantifier.n_classes(), b.quantifier.n_classes());
    let n_calibrations = a.quantifier.calibrations.len().min(b.quantifier.calibrations.len());
    let articles = [a.quantifier.read_article(a.p, a.known)?, b.quantifier.read_article(b.p, b.known)?];
    let heads = [a, b];
    let mut sides = [Side::new(&a, &articles[0]), Side::new(&b, &articles[1])];
    let n = sides[0].place.iter().zip(&sides[1].place).filter(|(x, y)| x.is_some() && y.is_some()).count();
    let mut rng = Stream::named(options.seed, &["cross", stream]);
    let mut scratch = Scratch::default();
    let mut cells: Vec<Vec<f64>> = vec![Vec::new(); ka * kb];
    for c in 0..n_calibrations {
        for ((side, head), article) in sides.iter_mut().zip(&heads).zip(&articles) {
            side.run(c, head, article, options, &mut rng, &mut scratch);
        }
        for d in (STRIDE - 1..N_DRAWS_PER_CALIBRATION).step_by(STRIDE) {
            let mut counts = vec![0u32; ka * kb];
            for i in 0..sides[0].place.len() {
                let pair = (sides[0].label(i, d, ka, &mut rng), sides[1].label(i, d, kb, &mut rng));
                if let (Some(x), Some(y)) = pair {
                    counts[x * kb + y] += 1;
                }
            }
            cells.iter_mut().zip(counts).for_each(|(v, c)| v.push(f64::from(c) / n.max(1) as f64));
        }
    }
    let mut out = CrossTable { n, share: vec![], lo: vec![], hi: vec![] };
    for row in cells.chunks_mut(kb) {
        let mean: Vec<f64> = row.iter().map(|v| v.iter().sum::<f64>() / v.len().max(1) as f64).collect();
        let ends: Vec<(f64, f64)> = row.iter_mut().map(|v| interval_of(v, options.interval)).collect();
        out.lo.push(ends.iter().zip(&mean).map(|(e, m)| e.0.min(*m)).collect());
        out.hi.push(ends.iter().zip(&mean).map(|(e, m)| e.1.max(*m)).collect());
        out.share.push(mean);
    }
    Ok(out)
}

impl Side {
    fn new(head: &HeadPosteriors<'_>, article: &Article) -> Self {
        let k = head.quantifier.n_classes();
        let mut place = vec![None; head.p.len()];
        article.rows.iter().enumerate().for_each(|(row, &i)| place[i] = Some(Place::Row(row)));
        for (i, known) in head.known.iter().enumerate() {
            if let Some(y) = known {
                place[i] = Some(Place::Label(*y));
            }
        }
        Side { likelihood: Likelihood::new(k, article.rows.len(), Vec::new()), place, shares: Vec::new() }
    }

    /// Draws shares with calibration `c` and sets each comment's likelihood for the draw of labels.
    fn run(
        &mut self,
        c: usize,
        head: &HeadPosteriors<'_>,
        article: &Article,
        options: &AggregateOptions,
        rng: &mut Stream,
        scratch: &mut Scratch,
    ) {
        let q = head.quantifier;
        let k = q.n_classes();
        let scale = q.calibrations[c].log_scale.exp();
        let tau = options.article_effect.unwrap_or(q.article_effect);
        let shift = q.shift(c, tau, rng);
        self.likelihood.set(&article.centred, scale, &shift);
        let (centred, weight) = bins::bin(&article.centred, k);
        let mut binned = Likelihood::new(k, centred.len() / k, weight);
        binned.set(&centred, scale, &shift);
        let target = Target { likelihood: &binned, alpha: &q.alpha(options), known: &article.known };
        self.shares.clear();
        let shares = &mut self.shares;
        target.sample(N_DRAWS_PER_CALIBRATION, rng, scratch, |pi, _, _| shares.extend_from_slice(pi));
    }

    fn label(&self, i: usize, d: usize, k: usize, rng: &mut Stream) -> Option<usize> {
        self.place.get(i).copied().flatten().map(|place| match place {
            Place::Label(y) => y,
            Place::Row(row) => self.likelihood.draw_label(row, &self.shares[d * k..(d + 1) * k], rng),
        })
    }
}
