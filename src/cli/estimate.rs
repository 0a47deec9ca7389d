//! `stance estimate`: the estimator alone, for posteriors of any classifier.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ndarray::Array2;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::Context;
use super::output::Output;
use crate::error::{Error, Kind, Result};
use crate::estimate::{self, AggregateOptions, CvPosteriors, Method, Params, Quantifier};

/// Prevalence with intervals from the posteriors of any classifier
///
/// Writes one JSON object per group and method: {group, method, prevalence, lo, hi}. Point methods (CC, PCC, ACC,
/// PACC, EMQ, EMQ-ts, EMQ-bcts, as in QuaPy) have no interval; the method `default` has one.
#[derive(Debug, Args)]
pub struct Estimate {
    /// CSV of the comments to estimate: a column `p_<class>` per class, optionally `article`
    #[arg(long, value_name = "P.csv")]
    posteriors: PathBuf,
    /// CSV of labelled comments: out-of-fold posteriors `p_<class>` and `label` (class name or column number
    /// from 0), optionally `article`
    #[arg(long, value_name = "CV.csv")]
    calibration: PathBuf,
    /// Groups of comments, one JSON object per line: {"id": ..., "idx": [rows from 0]}
    /// [default: by the column `article` of --posteriors]
    #[arg(long, value_name = "G.jsonl")]
    groups: Option<PathBuf>,
    /// Where the prior is centred
    #[arg(long, value_enum, default_value_t = Prior::Labels)]
    prior: Prior,
    /// Weight of the prior in comments [default: chosen by held-out articles, else 12]
    #[arg(long, value_name = "S")]
    prior_strength: Option<f64>,
    /// How far an article's wording may shift the classifier, on the logit scale [default: chosen by held-out
    /// articles, else 0.25]
    #[arg(long, value_name = "TAU")]
    article_effect: Option<f64>,
    /// What the shares are shares of
    #[arg(long, value_enum, default_value_t = Target::Comments)]
    target: Target,
    /// Probability that an interval holds the truth
    #[arg(long, value_name = "P", default_value_t = 0.95)]
    interval: f64,
    /// Seed of the random numbers
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Write to FILE instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Where the prior is centred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Prior {
    /// Equal shares
    Uniform,
    /// The shares of the labels
    Labels,
}

/// What the shares are shares of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// These comments
    Comments,
    /// The readers they came from
    Readers,
}

impl From<Target> for estimate::Target {
    fn from(t: Target) -> Self {
        match t {
            Target::Comments => estimate::Target::Comments,
            Target::Readers => estimate::Target::Readers,
        }
    }
}

impl Estimate {
    /// Runs the verb.
    pub fn run(&self, ctx: &Context) -> Result<()> {
        let options = AggregateOptions {
            target: self.target.into(),
            interval: self.interval,
            prior: match self.prior {
                Prior::Uniform => estimate::Prior::Uniform,
                Prior::Labels => estimate::Prior::Labels,
            },
            prior_strength: self.prior_strength,
            article_effect: self.article_effect,
            keep_draws: false,
            seed: self.seed,
        };
        options.check()?;
        let calibration = Table::read(&self.calibration)?;
        let labels = calibration.labels()?;
        let cv = CvPosteriors::new(
            calibration.classes.clone(),
            calibration.matrix(&calibration.classes)?,
            labels,
            calibration.articles.as_deref(),
        )
        .map_err(|e| e.file(self.calibration.display().to_string()))?;
        let pool = Table::read(&self.posteriors)?;
        let p = pool.matrix(cv.classes())?;
        let groups = match &self.groups {
            Some(path) => read_groups(path, pool.rows.len())?,
            None => pool.groups_by_article()?,
        };
        let params = Params {
            prior_strength: self.prior_strength,
            article_effect: self.article_effect,
            ..Params::default()
        };
        let quantifier = Quantifier::aggregation_fit(&cv, &params, self.seed)?;
        if !quantifier.verified() {
            ctx.note("intervals are unverified: fewer than 20 labelled articles with 10 labels, or coverage below 95 %");
        }
        let lines: Vec<String> = groups
            .par_iter()
            .map(|g| estimate_group(&quantifier, &p, g, &options))
            .collect::<Result<_>>()
            .map_err(|e| e.file(self.posteriors.display().to_string()))?;
        let mut out = Output::open(self.output.as_deref())?;
        for line in lines {
            out.write_all(line.as_bytes()).map_err(|e| Error::io("the output", e))?;
        }
        out.finish()
    }
}

struct Group {
    id: Value,
    rows: Vec<usize>,
}

fn estimate_group(q: &Quantifier, p: &Array2<f64>, g: &Group, options: &AggregateOptions) -> Result<String> {
    // Rows are checked in the numbering of the file, not of the group.
    let picked = p.select(ndarray::Axis(0), &g.rows);
    let rows: Vec<Option<Vec<f64>>> = picked.rows().into_iter().map(|r| Some(r.to_vec())).collect();
    let stream = g.id.to_string();
    let e = q.aggregate(&rows, &[], &stream, options)?;
    let mut out = String::new();
    for method in Method::ALL {
        let line = json!({"group": g.id, "method": method.name(),
            "prevalence": q.point(method, picked.view()), "lo": null, "hi": null});
        out.push_str(&line.to_string());
        out.push('\n');
    }
    let line = json!({"group": g.id, "method": "default", "prevalence": e.adjusted, "lo": e.lo, "hi": e.hi,
        "n": e.n, "worth": e.worth, "verdict": e.verdict});
    out.push_str(&line.to_string());
    out.push('\n');
    Ok(out)
}

/// A CSV of posteriors.
struct Table {
    file: String,
    classes: Vec<String>,
    rows: Vec<Vec<f64>>,
    label: Option<Vec<String>>,
    articles: Option<Vec<String>>,
}

impl Table {
    fn read(path: &Path) -> Result<Self> {
        let file = path.display().to_string();
        let bad = |e: csv::Error| {
            let line = e.position().map_or(0, csv::Position::line);
            Error::new(Kind::Input, e.to_string()).file(file.clone()).line(line)
        };
        let mut reader = csv::ReaderBuilder::new().from_reader(open(path)?);
        let header = reader.headers().map_err(bad)?.clone();
        let columns: Vec<usize> = (0..header.len()).filter(|i| header[*i].starts_with("p_")).collect();
        let classes: Vec<String> = columns.iter().map(|i| header[*i][2..].to_owned()).collect();
        if classes.len() < 2 {
            return Err(Error::input("has no columns p_<class>")
                .file(file)
                .hint("give one column of probabilities per class, p_pro, p_anti, ..."));
        }
        let at = |name: &str| header.iter().position(|h| h == name);
        let (label_at, article_at) = (at("label"), at("article"));
        let mut table = Table {
            file: file.clone(),
            classes,
            rows: Vec::new(),
            label: label_at.map(|_| Vec::new()),
            articles: article_at.map(|_| Vec::new()),
        };
        for record in reader.records() {
            let record = record.map_err(bad)?;
            let line = record.position().map_or(0, csv::Position::line);
            let mut row = Vec::with_capacity(columns.len());
            for &i in &columns {
                let text = record.get(i).unwrap_or("").trim();
                let value = text.parse::<f64>().ok().filter(|v| v.is_finite());
                row.push(value.ok_or_else(|| {
                    Error::input(format!("\"{text}\" in column {} is not a number from 0 to 1", &header[i]))
                        .file(file.clone())
                        .line(line)
                        .hint("leave the row out, or score the comment again")
                })?);
            }
            table.rows.push(row);
            let take = |i: Option<usize>| i.and_then(|i| record.get(i)).unwrap_or("").trim().to_owned();
            if let Some(v) = &mut table.label {
                v.push(take(label_at));
            }
            if let Some(v) = &mut table.articles {
                v.push(take(article_at));
            }
        }
        Ok(table)
    }

    fn labels(&self) -> Result<Vec<usize>> {
        let labels = self.label.as_ref().ok_or_else(|| {
            Error::input("has no column `label`")
                .file(self.file.clone())
                .hint("add the hand labels as a column `label`")
        })?;
        let index = |text: &str| {
            let by_name = self.classes.iter().position(|c| c == text);
            by_name.or_else(|| text.parse().ok().filter(|y| *y < self.classes.len()))
        };
        let mut out = Vec::with_capacity(labels.len());
        for (i, text) in labels.iter().enumerate() {
            out.push(index(text).ok_or_else(|| {
                Error::input(format!("row {}: label \"{text}\" is not one of the classes", i + 1))
                    .file(self.file.clone())
                    .hint(format!("use {} or a column number from 0", self.classes.join(", ")))
            })?);
        }
        Ok(out)
    }

    /// Posteriors in the order of `classes`, checked row by row.
    fn matrix(&self, classes: &[String]) -> Result<Array2<f64>> {
        let k = classes.len();
        let order: Vec<usize> =
            classes.iter().filter_map(|c| self.classes.iter().position(|own| own == c)).collect();
        if order.len() != k || self.classes.len() != k {
            return Err(Error::input(format!(
                "has the classes {}, the calibration {}",
                self.classes.join(", "),
                classes.join(", ")
            ))
            .file(self.file.clone()));
        }
        let flat: Vec<f64> = self.rows.iter().flat_map(|r| order.iter().map(|&i| r[i])).collect();
        let p = Array2::from_shape_vec((self.rows.len(), k), flat)
            .map_err(|e| Error::new(Kind::Internal, e.to_string()))?;
        estimate::check_rows(p).map_err(|e| e.file(self.file.clone()))
    }

    fn groups_by_article(&self) -> Result<Vec<Group>> {
        let articles = self.articles.as_ref().ok_or_else(|| {
            Error::usage("no groups: neither --groups nor a column `article`")
                .file(self.file.clone())
                .hint("add a column `article`, or --groups FILE")
        })?;
        let mut index = std::collections::HashMap::new();
        let mut groups: Vec<Group> = Vec::new();
        for (i, a) in articles.iter().enumerate() {
            let at = *index.entry(a.as_str()).or_insert(groups.len());
            if at == groups.len() {
                groups.push(Group { id: json!(a), rows: Vec::new() });
            }
            groups[at].rows.push(i);
        }
        Ok(groups)
    }
}

fn read_groups(path: &Path, n_rows: usize) -> Result<Vec<Group>> {
    let file = path.display().to_string();
    let mut groups = Vec::new();
    for (i, line) in BufReader::new(open(path)?).lines().enumerate() {
        let line = line.map_err(|e| Error::io(file.clone(), e))?;
        if line.trim().is_empty() {
            continue;
        }
        let here = |e: Error| e.file(file.clone()).line(i as u64 + 1);
        let value: Value = serde_json::from_str(&line).map_err(|e| here(Error::input(e.to_string())))?;
        let rows = value.get("idx").and_then(Value::as_array).ok_or_else(|| {
            here(Error::input("the group has no list `idx`")).hint("{\"id\": 1, \"idx\": [0, 4, 7]}")
        })?;
        let rows: Option<Vec<usize>> = rows
            .iter()
            .map(|v| v.as_u64().and_then(|v| usize::try_from(v).ok()).filter(|v| *v < n_rows))
            .collect();
        let rows = rows.ok_or_else(|| {
            here(Error::input(format!("`idx` must hold row numbers from 0 to {}", n_rows.saturating_sub(1))))
        })?;
        groups.push(Group { id: value.get("id").cloned().unwrap_or(json!(i)), rows });
    }
    Ok(groups)
}

#[expect(clippy::disallowed_methods, reason = "a verb opens the files it is given")]
fn open(path: &Path) -> Result<std::fs::File> {
    std::fs::File::open(path).map_err(|e| Error::io(path.display().to_string(), e))
}
