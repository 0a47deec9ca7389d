//! One article: comment posteriors -> [`Estimate`].

use serde::{Deserialize, Serialize};

use super::bins;
use super::points::argmax;
use super::posteriors::{centre_log, check_row};
use super::prevalence::Prevalence;
use super::quantifier::Quantifier;
use super::random::{Stream, floor};
use super::sampler::{Likelihood, Scratch, Target as SamplerTarget};
use super::verdict::Verdict;
use crate::error::{Error, Result};

/// Draws kept from the chain of each calibration.
pub const N_DRAWS_PER_CALIBRATION: usize = 20;

/// What the shares are shares of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// The comments at hand: with every one of them labelled by hand nothing would be uncertain.
    #[default]
    Comments,
    /// The readers these comments came from: even with every comment labelled, `n` of them is a sample.
    Readers,
}

/// Where the prior is centred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Prior {
    /// The shares of the training labels.
    #[default]
    Labels,
    /// Equal shares.
    Uniform,
}

/// Settings of [`Quantifier::aggregate`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AggregateOptions {
    /// What the shares are shares of.
    pub target: Target,
    /// Probability that an interval holds the truth, between 0 and 1; default .95.
    pub interval: f64,
    /// Where the prior is centred.
    pub prior: Prior,
    /// Prior strength in comments; `None` takes the quantifier's.
    pub prior_strength: Option<f64>,
    /// Article effect; `None` takes the quantifier's.
    pub article_effect: Option<f64>,
    /// Keep the draws, for totals, comparisons and cross-tables.
    pub keep_draws: bool,
    /// Seed; with the stream's name it fixes every draw.
    pub seed: u64,
}

impl Default for AggregateOptions {
    fn default() -> Self {
        AggregateOptions {
            target: Target::default(),
            interval: 0.95,
            prior: Prior::default(),
            prior_strength: None,
            article_effect: None,
            keep_draws: false,
            seed: 0,
        }
    }
}

impl AggregateOptions {
    /// Checks the ranges.
    ///
    /// # Errors
    /// An interval outside (0, 1), a prior strength that is not positive, a negative article effect.
    pub fn check(&self) -> Result<()> {
        if !(self.interval > 0.0 && self.interval < 1.0) {
            return Err(Error::usage("the interval must be between 0 and 1").hint("--interval .95"));
        }
        if self.prior_strength.is_some_and(|s| !(s > 0.0 && s <= 1e6)) {
            return Err(Error::usage("the prior strength must be above 0 and at most 1000000"));
        }
        if self.article_effect.is_some_and(|t| !(0.0..=10.0).contains(&t)) {
            return Err(Error::usage("the article effect must be from 0 to 10"));
        }
        Ok(())
    }
}

/// Draws of an article's shares; draw `d` used calibration `d / N_DRAWS_PER_CALIBRATION` in every article, so
/// draws of two articles that share an index share the calibration.
#[derive(Debug, Clone, PartialEq)]
pub struct Draws {
    /// Number of comments.
    pub n_comments: usize,
    /// Number of classes.
    pub n_classes: usize,
    /// Label counts, `n_draws` x `n_classes`, row after row.
    pub counts: Vec<f64>,
    /// Shares among readers, `n_draws` x `n_classes`, row after row.
    pub shares: Vec<f64>,
}

impl Draws {
    /// Number of draws.
    pub fn n_draws(&self) -> usize {
        self.shares.len() / self.n_classes
    }

    /// Shares of the target, `n_draws` x `n_classes`.
    pub fn of(&self, target: Target) -> Vec<f64> {
        match target {
            Target::Comments if self.n_comments > 0 => {
                self.counts.iter().map(|c| c / self.n_comments as f64).collect()
            }
            _ => self.shares.clone(),
        }
    }
}

/// The distribution of one article (or of several, see [`Quantifier::total`]).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// Number of comments that have a posterior or a hand label.
    pub n: usize,
    /// Number of them with a hand label.
    pub n_known: usize,
    /// Comments per most probable class, hand labels as they are. Never to be shown without `adjusted`.
    pub counts: Vec<usize>,
    /// Adjusted shares.
    pub adjusted: Prevalence,
    /// Lower ends of the intervals, per class.
    pub lo: Vec<f64>,
    /// Upper ends of the intervals, per class.
    pub hi: Vec<f64>,
    /// Number of hand labels, drawn at random, that would tell as much.
    pub worth: f64,
    /// `p_greater[a][b]`: probability that class `a` has a larger share than `b`, ties counted half.
    pub p_greater: Vec<Vec<f64>>,
    /// What the shares are shares of.
    pub target: Target,
    /// Probability of the intervals.
    pub interval: f64,
    /// Whether the interval may be shown, and how far it is to be trusted.
    pub verdict: Verdict,
    /// Draws, where asked for.
    #[serde(skip)]
    pub draws: Option<Draws>,
}

impl Estimate {
    /// Counted shares; `None` without comments.
    pub fn counted(&self) -> Option<Prevalence> {
        let counts: Vec<f64> = self.counts.iter().map(|c| *c as f64).collect();
        Prevalence::from_weights(&counts).ok()
    }
}

impl Quantifier {
    /// The distribution of one article.
    ///
    /// For each calibration `b`: class effects `delta ~ N(0, tau^2)`, centred, shift the likelihood ratios
    /// `L_iy = q_iy / rho_y e^delta_y`; shares and labels are drawn from their joint posterior under a Dirichlet
    /// prior `s p_train`. Intervals are inverted-CDF quantiles of label shares (`Target::Comments`) or of `pi`
    /// (`Target::Readers`), the point is the mean.
    ///
    /// `p`: one posterior row per comment, `None` for a comment that has no text and is not counted. `known`:
    /// hand labels as class indices, empty or as long as `p`; they enter exactly. `stream` names the random
    /// numbers: article id and model id, so that an article gets the same interval in any company and on any
    /// number of threads.
    ///
    /// # Errors
    /// Settings out of range, a row with NaN or not summing to 1 (named, from 1), a label outside the classes,
    /// `known` of another length.
    pub fn aggregate(
        &self,
        p: &[Option<Vec<f64>>],
        known: &[Option<usize>],
        stream: &str,
        options: &AggregateOptions,
    ) -> Result<Estimate> {
        options.check()?;
        let article = self.read_article(p, known)?;
        let draws = self.draws(&article, stream, options);
        Ok(self.summarise(draws, article.counts, article.n_known, 1, options))
    }

    /// Checks the rows and parts comments with a hand label from the rest.
    pub(super) fn read_article(&self, p: &[Option<Vec<f64>>], known: &[Option<usize>]) -> Result<Article> {
        let k = self.n_classes();
        if !known.is_empty() && known.len() != p.len() {
            return Err(Error::input(format!("{} hand labels for {} comments", known.len(), p.len())));
        }
        let mut a = Article { known: vec![0; k], counts: vec![0; k], ..Article::default() };
        for (i, row) in p.iter().enumerate() {
            if let Some(Some(y)) = known.get(i) {
                let slot = a.known.get_mut(*y);
                let slot = slot.ok_or_else(|| Error::input(format!("row {}: no class {y}", i + 1)))?;
                *slot += 1;
                a.counts[*y] += 1;
                a.n_known += 1;
            } else if let Some(row) = row {
                if row.len() != k {
                    let n = row.len();
                    return Err(Error::input(format!("row {}: {n} posteriors for {k} classes", i + 1)));
                }
                let row = check_row(ndarray::ArrayView1::from(row), i + 1)?;
                a.counts[argmax(row.iter().copied())] += 1;
                centre_log(row.into_iter(), &mut a.centred);
                a.rows.push(i);
            }
        }
        Ok(a)
    }

    /// Parameters of the Dirichlet prior.
    pub(super) fn alpha(&self, options: &AggregateOptions) -> Vec<f64> {
        let k = self.n_classes();
        let s = options.prior_strength.unwrap_or(self.prior_strength);
        match options.prior {
            Prior::Uniform => vec![s / k as f64; k],
            Prior::Labels => {
                // Half a label more per class: one without labels must stay possible.
                let n = self.summary.class_counts.iter().sum::<usize>() as f64 + 0.5 * k as f64;
                self.summary.class_counts.iter().map(|c| s * (*c as f64 + 0.5) / n).collect()
            }
        }
    }

    /// Log of what calibration `b` multiplies a class's likelihood by, with a drawn article effect.
    pub(super) fn shift(&self, b: usize, tau: f64, rng: &mut Stream) -> Vec<f64> {
        let c = &self.calibrations[b];
        let mut delta: Vec<f64> = (0..self.n_classes()).map(|_| tau * rng.normal()).collect();
        let mean = delta.iter().sum::<f64>() / delta.len() as f64;
        delta.iter_mut().zip(c.bias.iter().zip(&c.mean)).for_each(|(d, (b, rho))| *d += b - rho.ln() - mean);
        delta
    }

    /// All draws of an article.
    pub(super) fn draws(&self, article: &Article, stream: &str, options: &AggregateOptions) -> Draws {
        let k = self.n_classes();
        let alpha = self.alpha(options);
        let tau = options.article_effect.unwrap_or(self.article_effect);
        let n_draws = self.calibrations.len() * N_DRAWS_PER_CALIBRATION;
        let mut out = Draws {
            n_comments: article.n(),
            n_classes: k,
            counts: Vec::with_capacity(n_draws * k),
            shares: Vec::with_capacity(n_draws * k),
        };
        let (centred, weight) = bins::bin(&article.centred, k);
        let mut likelihood = Likelihood::new(k, centred.len() / k, weight);
        let mut scratch = Scratch::default();
        let mut rng = Stream::named(options.seed, &["article", stream]);
        for b in 0..self.calibrations.len() {
            let shift = self.shift(b, tau, &mut rng);
            likelihood.set(&centred, self.calibrations[b].log_scale.exp(), &shift);
            let target = SamplerTarget { likelihood: &likelihood, alpha: &alpha, known: &article.known };
            target.sample(N_DRAWS_PER_CALIBRATION, &mut rng, &mut scratch, |pi, labels, _| {
                out.shares.extend_from_slice(pi);
                out.counts.extend(labels.iter().map(|c| *c as f64));
            });
        }
        out
    }

    /// Point, interval, worth, order of the classes and verdict from draws, into which the prior went `n_priors` times.
    pub(super) fn summarise(
        &self,
        draws: Draws,
        counts: Vec<usize>,
        n_known: usize,
        n_priors: usize,
        options: &AggregateOptions,
    ) -> Estimate {
        let k = self.n_classes();
        let values = draws.of(options.target);
        let (adjusted, lo, hi) = summary(&values, k, options.interval);
        let p_greater = order(&values, k);
        let s: f64 = self.alpha(options).iter().sum();
        let worth = worth(&draws.shares, k, n_priors as f64 * (s + 1.0));
        let n = draws.n_comments;
        let verdict = self.verdict(n, n_known, &lo, &hi);
        Estimate {
            n,
            n_known,
            counts,
            adjusted,
            lo,
            hi,
            worth,
            p_greater,
            target: options.target,
            interval: options.interval,
            verdict,
            draws: options.keep_draws.then_some(draws),
        }
    }
}

/// An article's comments, checked.
#[derive(Debug, Default)]
pub(super) struct Article {
    /// Centred log-posteriors of comments without a hand label, row after row.
    pub centred: Vec<f64>,
    /// Their indices in the caller's slice.
    pub rows: Vec<usize>,
    /// Hand labels per class.
    pub known: Vec<u64>,
    /// Comments per class as counted.
    pub counts: Vec<usize>,
    /// Number of hand labels.
    pub n_known: usize,
}

impl Article {
    /// Number of comments.
    pub fn n(&self) -> usize {
        self.rows.len() + self.n_known
    }
}

/// Mean and inverted-CDF quantiles of each class over `n_draws` x `k` values.
pub(super) fn summary(values: &[f64], k: usize, interval: f64) -> (Prevalence, Vec<f64>, Vec<f64>) {
    let n = values.len() / k;
    let mut mean = vec![0.0; k];
    values.chunks_exact(k).for_each(|row| mean.iter_mut().zip(row).for_each(|(m, v)| *m += v));
    let mean = Prevalence::normalised(&mean);
    let (mut lo, mut hi) = (Vec::with_capacity(k), Vec::with_capacity(k));
    let mut column = Vec::with_capacity(n);
    for y in 0..k {
        column.clear();
        column.extend(values.iter().skip(y).step_by(k).copied());
        let (low, high) = interval_of(&mut column, interval);
        // A very skewed distribution can have its mean outside its quantiles.
        lo.push(low.min(mean[y]));
        hi.push(high.max(mean[y]));
    }
    (mean, lo, hi)
}

/// Both ends of the central interval of `values`, by inverted CDF; sorts them.
pub(super) fn interval_of(values: &mut [f64], interval: f64) -> (f64, f64) {
    if values.is_empty() {
        return (0.0, 1.0);
    }
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len();
    let at = |q: f64| values[floor((q * n as f64).ceil()).clamp(1, n) - 1];
    let tail = 0.5 * (1.0 - interval);
    (at(tail), at(1.0 - tail))
}

fn order(values: &[f64], k: usize) -> Vec<Vec<f64>> {
    let mut out = vec![vec![0.0; k]; k];
    let n = (values.len() / k).max(1) as f64;
    for row in values.chunks_exact(k) {
        for a in 0..k {
            for b in 0..k {
                out[a][b] += match row[a].total_cmp(&row[b]) {
                    std::cmp::Ordering::Greater => 1.0 / n,
                    std::cmp::Ordering::Equal => 0.5 / n,
                    std::cmp::Ordering::Less => 0.0,
                };
            }
        }
    }
    out
}

/// `sum p (1 - p) / sum Var(pi)`, less the `s + 1` that the prior alone comes to: with perfect posteriors it is `n`.
fn worth(shares: &[f64], k: usize, prior: f64) -> f64 {
    let n = (shares.len() / k).max(1) as f64;
    let (mut spread, mut variance) = (0.0, 0.0);
    for y in 0..k {
        let column = || shares.iter().skip(y).step_by(k);
        let mean = column().sum::<f64>() / n;
        spread += mean * (1.0 - mean);
        variance += column().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
    }
    if variance > 0.0 { (spread / variance - prior).max(0.0) } else { 0.0 }
}
