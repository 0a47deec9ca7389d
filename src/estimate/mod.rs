//! posteriors -> prevalence per class with an interval that is true.
//!
//! Counting predicted labels is biased whenever the classifier errs, and the bias does not shrink with more
//! comments. [`Quantifier::aggregation_fit`] learns, once, from out-of-fold posteriors how the classifier errs;
//! [`Quantifier::aggregate`] turns an article's posteriors into an [`Estimate`]: counted and adjusted shares,
//! intervals, and a [`Verdict`] on whether they may be shown.
//!
//! Vocabulary: *quantifier*, *prevalence*, *aggregate* as in QuaPy. Assumption: `p(text | class)` is the same in
//! each article but for the article effect `tau`; topics break that, and `tau` pays for it in width.

mod adjust;
mod aggregate;
mod bins;
mod calibration;
mod combine;
mod cross;
pub(crate) mod linear;
mod points;
mod posteriors;
mod prevalence;
mod quantifier;
pub(crate) mod random;
mod sampler;
mod select;
#[cfg(test)]
mod tests;
mod verdict;

pub use aggregate::{AggregateOptions, Draws, Estimate, N_DRAWS_PER_CALIBRATION, Prior, Target};
pub use calibration::{Calibration, MIN_LABELS_FOR_BIAS};
pub use combine::{Difference, benjamini_hochberg, compare};
pub use cross::{CrossTable, HeadPosteriors, cross_table};
pub use points::{Method, argmax};
pub use posteriors::{CvPosteriors, MIN_POSTERIOR, SUM_TOLERANCE, check_rows};
pub use prevalence::Prevalence;
pub use quantifier::{
    DEFAULT_ARTICLE_EFFECT, DEFAULT_PRIOR_STRENGTH, N_CALIBRATIONS, Params, Quantifier, RESAMPLE_FRACTION,
    TrainingSummary,
};
pub use select::{COVERAGE, MIN_ARTICLE_LABELS, MIN_ARTICLES};
pub use verdict::{
    MAX_CONDITION, MAX_WIDTH, MIN_CLASS_LABELS, MIN_COMMENTS, MIN_LOG_LOSS_GAIN, Reason, Verdict,
};
