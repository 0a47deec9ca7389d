//! One plain struct, [`Report`], and one file per view of it.
//!
//! The struct holds every number that any view prints; a view computes nothing but layout. `build` makes it from
//! threads and a model.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub mod build;
pub mod card;
mod comments;
pub mod copies;
mod coverage;
pub mod csv;
pub mod facts;
mod figures;
mod group;
pub mod html;
pub mod json;
pub mod markdown;
pub mod methods;
pub mod rows;
pub mod scored;
pub mod text;
pub mod warnings;

use facts::ModelFacts;
use rows::{CommentRow, Cross, LanguageCoverage, Quotes};

/// The distribution of every head for every article or group, and what is needed to compute it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Version of this program.
    pub version: String,
    /// Id of the model: the first 12 hexadecimal digits of its checksum.
    pub model: String,
    /// Settings that change numbers.
    pub settings: Settings,
    /// SHA-256 of every input, by source, in input order.
    pub inputs: Vec<InputHash>,
    /// One entry per article or group, in input order (groups: sorted by key).
    pub groups: Vec<Group>,
    /// All articles together, articles treated as clusters; `None` for fewer than two articles with comments.
    pub total: Option<Group>,
    /// Differences asked for by `--compare`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comparisons: Vec<Comparison>,
    /// Groups of near-copies across the comments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<CopyGroup>,
    /// All articles together with one comment of each copy group; `None` where there are no copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_copies: Option<Group>,
    /// Languages of the comments, most frequent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coverage: Vec<LanguageCoverage>,
    /// What is known of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<ModelFacts>,
    /// The arguments that made the report, as typed but for the home folder, which is `~`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// What the reader must know, each with a number and the flag that helps.
    pub warnings: Vec<String>,
}

/// Settings that change numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// `comments` (the share among these comments) or `readers` (among commenters like these).
    pub target: String,
    /// Coverage of the interval, a share.
    pub interval: f64,
    /// What a group is: `article`, `source`, `day`, `week`, `month`.
    pub by: String,
    /// Seed of every random stream.
    pub seed: u64,
    /// Whether shares the program would withhold are printed all the same.
    pub anyway: bool,
    /// How much of a comment the report holds.
    #[serde(default)]
    pub quotes: Quotes,
}

/// An input and its checksum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputHash {
    /// Path as given, the home folder as `~`, or record address.
    pub source: String,
    /// SHA-256 of the bytes read.
    pub sha256: String,
}

/// An article, or a group of comments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Article id or group key.
    pub key: String,
    /// Headline, for an article.
    pub title: Option<String>,
    /// Date (ISO 8601), for an article that has one or a period.
    pub date: Option<String>,
    /// Sources of the comments.
    pub sources: Vec<String>,
    /// `found`, `none`, `elsewhere` or `empty`.
    pub status: String,
    /// Who serves the comments, for `elsewhere`.
    pub host: Option<String>,
    /// Number of comments the page says it has.
    pub declared: Option<u32>,
    /// Comments read.
    pub n_comments: usize,
    /// Comments that got posteriors.
    pub n_scored: usize,
    /// Comments by language.
    pub languages: BTreeMap<String, usize>,
    /// Share of words the model never saw in training.
    pub unknown_words: Option<f64>,
    /// One estimate per head; empty where no comment was scored.
    pub heads: Vec<HeadEstimate>,
    /// The first two heads together, counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cross: Option<Cross>,
    /// The comments one by one, where asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<CommentRow>,
    /// What the reader must know about this article.
    pub warnings: Vec<String>,
}

/// The distribution of one head in one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeadEstimate {
    /// Name of the head.
    pub head: String,
    /// Comments counted.
    pub n: usize,
    /// One entry per class.
    pub classes: Vec<ClassShare>,
    /// Hand labels that would give the same precision; `None` where only counts are shown.
    pub worth: Option<f64>,
    /// `verified`, `unverified` or `counts only`.
    pub verdict: String,
    /// Why only counts are shown, why the interval is unverified, or why shares say little of these comments.
    pub reasons: Vec<String>,
    /// Probability that the first class named has a larger share than the second, for the pair that matters
    /// (`anti-Kremlin` over `pro-Kremlin`; `negative` over `positive`).
    pub greater: Option<Greater>,
}

/// Probability that one class is more frequent than another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Greater {
    /// The class said to be larger.
    pub larger: String,
    /// The other.
    pub smaller: String,
    /// Posterior probability.
    pub p: f64,
}

/// One class of one head in one group. All shares are fractions of 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassShare {
    /// Class name.
    pub class: String,
    /// Comments for which this is the most probable class.
    pub n: usize,
    /// `n` over all counted comments; biased whenever the classifier errs.
    pub counted: f64,
    /// Share corrected for the classifier's errors.
    pub adjusted: Option<f64>,
    /// Lower end of the interval.
    pub lo: Option<f64>,
    /// Upper end of the interval.
    pub hi: Option<f64>,
}

/// The difference between two groups, first less second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Key of the first group.
    pub a: String,
    /// Key of the second group.
    pub b: String,
    /// Head.
    pub head: String,
    /// Per class: difference of adjusted shares, interval, two-sided tail probability, and whether it stands after
    /// Benjamini-Hochberg over all comparisons of the report.
    pub classes: Vec<Difference>,
}

/// One class of a [`Comparison`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Class name.
    pub class: String,
    /// Difference of adjusted shares.
    pub difference: f64,
    /// Lower end of the interval.
    pub lo: f64,
    /// Upper end of the interval.
    pub hi: f64,
    /// Two-sided tail probability of no difference.
    pub p: f64,
    /// Whether it stands at 5 % false discovery rate.
    pub stands: bool,
}

/// Near-copies of one text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CopyGroup {
    /// Number of comments in the group.
    pub n: usize,
    /// Number of articles they stand under.
    #[serde(default)]
    pub n_articles: usize,
    /// Smallest similarity (Jaccard of shingles) that joins a member to the group.
    #[serde(default)]
    pub similarity: f64,
    /// Where they stand: article and comment number.
    pub members: Vec<CopyMember>,
}

/// One member of a [`CopyGroup`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyMember {
    /// Article.
    pub article: String,
    /// Comment id.
    pub id: String,
    /// Time, where known.
    pub time: Option<String>,
}

impl Group {
    /// One line that says why there is no distribution, for a group without scored comments.
    pub fn status_line(&self) -> Option<String> {
        match self.status.as_str() {
            "none" => Some("no comment section on the page".to_owned()),
            "elsewhere" => Some(format!(
                "comments are served by {} and are not in the file",
                self.host.as_deref().unwrap_or("another host")
            )),
            "empty" => Some(match self.declared {
                Some(n) if n > 0 => format!("the page declares {n} comments and holds none"),
                _ => "a comment section without comments".to_owned(),
            }),
            _ if self.n_scored == 0 => Some("no readable comment".to_owned()),
            _ => None,
        }
    }
}

impl HeadEstimate {
    /// `worth about 40 hand labels`; nothing below one: the reasons then say what the shares rest on.
    pub fn worth_line(&self) -> Option<String> {
        self.worth.filter(|w| *w >= 1.0).map(|w| format!("worth about {w:.0} hand labels"))
    }
}

/// A share as a whole percentage, as every view prints it.
pub fn percent(share: f64) -> String {
    format!("{:.0}", (share * 100.0).round())
}

/// What every view says beside counted shares.
pub const COUNTED_NOTE: &str = "counted: most probable class per comment, biased whenever the classifier errs; \
    adjusted: corrected for those errors, with its interval. Labels describe texts, not persons.";
