//! [`Quantifier`]: what is learnt once, at training, and kept in the model file.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::calibration::{Calibration, Fit, MIN_LABELS_FOR_BIAS, Sample};
use super::linear::condition_number;
use super::points::argmax;
use super::posteriors::CvPosteriors;
use super::prevalence::Prevalence;
use super::random::{Stream, floor};
use super::select;
use crate::error::{Error, Kind, Result};

/// Number of calibrations refitted on resamples; each gives one chain of draws per article.
pub const N_CALIBRATIONS: usize = 60;
/// Each resample holds `n_rows / RESAMPLE_FRACTION` rows: smaller ones spread the calibrations wider, which pays
/// for what the calibration model itself gets wrong.
pub const RESAMPLE_FRACTION: usize = 3;
/// Above this many rows the resamples grow with the square root of the number of rows only: what the calibration
/// model itself gets wrong does not shrink with more labels. (With 3,000 labels of war tweets and 500 comments
/// coverage was 91.7 % without this.)
pub const FULL_RESAMPLE_ROWS: usize = 1000;
/// Prior strength where there are too few articles to choose it.
pub const DEFAULT_PRIOR_STRENGTH: f64 = 12.0;
/// Article effect where there are too few articles to choose it.
pub const DEFAULT_ARTICLE_EFFECT: f64 = 0.25;
/// Smallest mean calibrated posterior of a class: its inverse stays finite.
const MIN_SHARE: f64 = 1e-6;

/// Settings of [`Quantifier::aggregation_fit`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Params {
    /// Prior strength `s`; `None` chooses it by held-out articles (else [`DEFAULT_PRIOR_STRENGTH`]).
    pub prior_strength: Option<f64>,
    /// Article effect `tau`; `None` chooses it by held-out articles (else [`DEFAULT_ARTICLE_EFFECT`]).
    pub article_effect: Option<f64>,
    /// Number of calibrations.
    pub n_calibrations: usize,
}

impl Default for Params {
    fn default() -> Self {
        Params { prior_strength: None, article_effect: None, n_calibrations: N_CALIBRATIONS }
    }
}

/// What the training set says about the classifier; decides when only counts are shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingSummary {
    /// Number of labelled rows.
    pub n_rows: usize,
    /// Number of labelled articles; 0 where articles are not known.
    pub n_articles: usize,
    /// Number of labels of each class.
    pub class_counts: Vec<usize>,
    /// `1 - log-loss / log-loss of the class shares`, of calibrated out-of-fold posteriors.
    pub log_loss_gain: f64,
    /// Condition number of the cross-validated confusion matrix (columns are true classes); `None` if singular.
    pub condition_number: Option<f64>,
    /// Share of held-out articles whose 95 % interval held the truth, per class and article, at the chosen effect;
    /// `None` where there were too few.
    pub held_out_coverage: Option<f64>,
    /// Mean width of those intervals, a fraction.
    pub held_out_width: Option<f64>,
    /// Number of articles they were measured on.
    pub n_held_out: usize,
}

/// From posteriors to prevalence: calibrations, adjustment matrices, prior and article effect.
///
/// Fitted by [`Quantifier::aggregation_fit`] on out-of-fold posteriors, used by [`Quantifier::aggregate`]. Holds
/// no text and no row of the training set, only summaries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantifier {
    pub(super) classes: Vec<String>,
    pub(super) calibrations: Vec<Calibration>,
    pub(super) temperature: Calibration,
    pub(super) bias_corrected: Calibration,
    /// `P(counted i | true j)`, row after row.
    pub(super) acc: Vec<f64>,
    /// `E(posterior i | true j)`, row after row.
    pub(super) pacc: Vec<f64>,
    pub(super) prior_strength: f64,
    pub(super) article_effect: f64,
    pub(super) verified: bool,
    pub(super) summary: TrainingSummary,
}

impl Quantifier {
    /// Fits calibrations and matrices, and chooses prior strength and article effect by held-out articles.
    ///
    /// Calibrations minimise mean log-loss `+ (t^2 + |b|^2) / m` on resamples of whole articles (rows where
    /// articles are not known). With fewer than [`select::MIN_ARTICLES`] usable articles the defaults stand and
    /// [`Quantifier::verified`] is false.
    ///
    /// # Errors
    /// A prior strength that is not positive, a negative article effect, no calibration asked for.
    ///
    /// # Example
    /// ```
    /// use commentariat::estimate::{AggregateOptions, CvPosteriors, Params, Quantifier};
    /// use ndarray::Array2;
    /// let y: Vec<usize> = (0..200).map(|i| i % 2).collect();
    /// let p = Array2::from_shape_fn((200, 2), |(i, k)| {
    ///     let sure = if i % 5 == 0 { 0.4 } else { 0.9 };
    ///     if k == y[i] { sure } else { 1.0 - sure }
    /// });
    /// let cv = CvPosteriors::new(vec!["anti".into(), "pro".into()], p, y, None)?;
    /// let q = Quantifier::aggregation_fit(&cv, &Params::default(), 0)?;
    /// let thread = vec![Some(vec![0.9, 0.1]); 40];
    /// let e = q.aggregate(&thread, &[], "article-1", &AggregateOptions::default())?;
    /// assert_eq!(e.counts, [40, 0]);
    /// assert!(e.lo[0] <= e.adjusted[0] && e.adjusted[0] <= e.hi[0]);
    /// # Ok::<(), commentariat::Error>(())
    /// ```
    pub fn aggregation_fit(cv: &CvPosteriors, params: &Params, seed: u64) -> Result<Self> {
        if params.prior_strength.is_some_and(|s| !(s > 0.0 && s.is_finite())) {
            return Err(Error::usage("the prior strength must be above 0"));
        }
        if params.article_effect.is_some_and(|t| !(t >= 0.0 && t.is_finite())) {
            return Err(Error::usage("the article effect must be 0 or more"));
        }
        if params.n_calibrations == 0 {
            return Err(Error::usage("at least one calibration is needed"));
        }
        let rows: Vec<usize> = (0..cv.n_rows()).collect();
        let mut q = Quantifier::fit_rows(cv, &rows, &cv.clusters(), params.n_calibrations, seed);
        let choice = select::choose(cv, params, seed)?;
        q.prior_strength = choice.prior_strength;
        q.article_effect = choice.article_effect;
        q.verified = choice.verified;
        q.summary.held_out_coverage = choice.coverage;
        q.summary.held_out_width = choice.width;
        q.summary.n_held_out = choice.n_articles;
        Ok(q)
    }

    /// Everything but the choice of prior strength and article effect, on some of the rows.
    pub(super) fn fit_rows(
        cv: &CvPosteriors,
        rows: &[usize],
        clusters: &[Vec<usize>],
        n_calibrations: usize,
        seed: u64,
    ) -> Self {
        let k = cv.n_classes();
        let c = cv.centred();
        let y = cv.y();
        let m = rows.len();
        let bias = m >= MIN_LABELS_FOR_BIAS;
        // QuaPy's two have no penalty; a trace of one keeps the biases of absent classes finite.
        let all = Sample::of(rows.to_vec(), &c, y, k);
        let free = |bias, start| Calibration::fit(&all, Fit { bias, ridge: 1e-9 }, start);
        let temperature = free(false, None);
        let bias_corrected = free(true, Some(&temperature));
        let start = if bias { &bias_corrected } else { &temperature };
        let calibrations = (0..n_calibrations)
            .into_par_iter()
            .map(|b| {
                let mut rng = Stream::named(seed, &["calibration", &b.to_string()]);
                let drawn = resample(clusters, m, &mut rng);
                let fit = Fit { bias, ridge: 1.0 / drawn.len().max(1) as f64 };
                let mut one = Calibration::fit(&Sample::of(drawn, &c, y, k), fit, Some(start));
                one.mean.iter_mut().for_each(|v| *v = v.max(MIN_SHARE));
                one
            })
            .collect();
        let (acc, pacc) = rates(cv, rows);
        let counts = rows.iter().fold(vec![0; k], |mut n, &i| {
            n[y[i]] += 1;
            n
        });
        let condition = condition_number(&acc, k);
        let gain = log_loss_gain(cv, rows, &bias_corrected, &counts);
        Quantifier {
            classes: cv.classes().to_vec(),
            calibrations,
            temperature,
            bias_corrected,
            acc,
            pacc,
            prior_strength: DEFAULT_PRIOR_STRENGTH,
            article_effect: DEFAULT_ARTICLE_EFFECT,
            verified: false,
            summary: TrainingSummary {
                n_rows: m,
                n_articles: cv.n_articles(),
                log_loss_gain: gain,
                class_counts: counts,
                condition_number: condition.is_finite().then_some(condition),
                held_out_coverage: None,
                held_out_width: None,
                n_held_out: 0,
            },
        }
    }

    /// Reads the value a model file stores for a head.
    ///
    /// # Errors
    /// `None` (a model trained before models carried calibration data) or a value of another shape: the hint says
    /// to retrain.
    pub fn from_stored(value: Option<&serde_json::Value>) -> Result<Self> {
        let retrain = "train the model again with this version: stance train LABELS.csv -o MODEL";
        let value = value.ok_or_else(|| {
            Error::new(Kind::Model, "the model holds no calibration data, so no interval can be given")
                .hint(retrain)
        })?;
        let q: Quantifier = serde_json::from_value(value.clone()).map_err(|e| {
            Error::new(Kind::Model, format!("the model's calibration data cannot be read: {e}")).hint(retrain)
        })?;
        let k = q.classes.len();
        let sized = |c: &Calibration| c.bias.len() == k && c.mean.len() == k;
        let whole = k >= 2
            && !q.calibrations.is_empty()
            && q.calibrations.iter().chain([&q.temperature, &q.bias_corrected]).all(sized)
            && q.acc.len() == k * k
            && q.pacc.len() == k * k
            && q.summary.class_counts.len() == k;
        if whole {
            Ok(q)
        } else {
            Err(Error::new(Kind::Model, "the model's calibration data do not fit its classes").hint(retrain))
        }
    }

    /// Class names, in column order.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.classes.len()
    }

    /// Prior strength `s`, in comments.
    pub fn prior_strength(&self) -> f64 {
        self.prior_strength
    }

    /// Article effect `tau`, standard deviation on the logit scale.
    pub fn article_effect(&self) -> f64 {
        self.article_effect
    }

    /// Whether held-out articles showed that 95 % intervals hold the truth that often.
    pub fn verified(&self) -> bool {
        self.verified
    }

    /// What the training set says about the classifier.
    pub fn summary(&self) -> &TrainingSummary {
        &self.summary
    }

    /// Shares of the labels, as QuaPy's `prevalence_from_labels`.
    pub(super) fn label_shares(&self) -> Vec<f64> {
        let counts: Vec<f64> = self.summary.class_counts.iter().map(|n| *n as f64).collect();
        Prevalence::normalised(&counts).into()
    }
}

/// Whole clusters drawn with replacement until `m / RESAMPLE_FRACTION` rows are reached.
fn resample(clusters: &[Vec<usize>], m: usize, rng: &mut Stream) -> Vec<usize> {
    let beyond = (m as f64 / FULL_RESAMPLE_ROWS as f64).max(1.0).sqrt();
    let target = floor(m as f64 / (RESAMPLE_FRACTION as f64 * beyond)).max(1);
    let mut drawn = Vec::new();
    let mut n = 0;
    while n < target {
        let cluster = &clusters[rng.index(clusters.len())];
        drawn.extend_from_slice(cluster);
        n += cluster.len().max(1);
    }
    drawn
}

/// QuaPy's `getPteCondEstim` of ACC and PACC; a class without labels is taken to be recognised perfectly.
fn rates(cv: &CvPosteriors, rows: &[usize]) -> (Vec<f64>, Vec<f64>) {
    let k = cv.n_classes();
    let (mut acc, mut pacc) = (vec![0.0; k * k], vec![0.0; k * k]);
    let mut n = vec![0.0; k];
    for &i in rows {
        let (row, y) = (cv.p().row(i), cv.y()[i]);
        n[y] += 1.0;
        acc[argmax(row.iter().copied()) * k + y] += 1.0;
        row.iter().enumerate().for_each(|(x, v)| pacc[x * k + y] += v);
    }
    for y in 0..k {
        for x in 0..k {
            let empty = f64::from(u8::from(x == y));
            for m in [&mut acc, &mut pacc] {
                m[x * k + y] = if n[y] > 0.0 { m[x * k + y] / n[y] } else { empty };
            }
        }
    }
    (acc, pacc)
}

/// The loss after calibration: the estimator never uses posteriors as they come, so neither does its judgement.
fn log_loss_gain(cv: &CvPosteriors, rows: &[usize], calibration: &Calibration, counts: &[usize]) -> f64 {
    let m = rows.len() as f64;
    let of = |i: usize| calibration.apply(cv.p().row(i))[cv.y()[i]].max(f64::MIN_POSITIVE).ln();
    let loss = -rows.iter().map(|&i| of(i)).sum::<f64>() / m;
    let shares = counts.iter().filter(|n| **n > 0).map(|n| *n as f64 / m);
    let prior: f64 = shares.map(|share| -share * share.ln()).sum();
    if prior > 0.0 { 1.0 - loss / prior } else { 0.0 }
}
