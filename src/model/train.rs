//! Labelled comments -> model, with the cross-validated figures of how good it is.

use std::collections::BTreeMap;

use ndarray::Array2;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::context::{Told, agrees, inputs, n_inputs};
use super::contrast::{Scaled, scales};
use super::decision::{best_decision, named_class};
use super::diagnose::{Diagnosis, diagnose};
use super::dummy::{self, Metrics, f1_per_class};
use super::newton::{Convergence, Linear, NewtonCg, Problem, argmax};
use super::quantised::Quantised;
use super::thread::ThreadStage;
use super::weights::{row_weights, softening, thread_weights};
use super::{Head, Info, Model, store};
use crate::error::{Error, Result};
use crate::features::Recipe;
use crate::features::analyser::Facts;
use crate::features::counts::{Counts, INDEX_MASK};
use crate::features::sparse::{Design, SparseRows};
use crate::features::tfidf::{TfIdf, Vectoriser};
use crate::labels::{LabelledCollection, folds};

/// Settings of training.
#[derive(Debug, Clone)]
pub struct TrainParams {
    /// Features and weights.
    pub recipe: Recipe,
    /// Folds of the cross-validation. Default 5.
    pub n_folds: usize,
    /// Seed of the folds. Default 0.
    pub seed: u64,
    /// Fewest labelled comments a class may have. Default 10.
    pub min_per_class: usize,
    /// Whether sources are left out and a learning curve is measured, where there are at most 20,000 rows.
    /// Default no: it costs about as much as the cross-validation.
    pub diagnose: bool,
}

impl Default for TrainParams {
    fn default() -> Self {
        TrainParams { recipe: Recipe::default(), n_folds: 5, seed: 0, min_per_class: 10, diagnose: false }
    }
}

/// With more labelled comments than this a tenth is held out once instead of cross-validating, and `C` is
/// not searched: both cost more than they tell.
const MANY_ROWS: usize = 20_000;
/// Values of `C` that cross-validation chooses from.
const GRID: [f64; 3] = [1.0, 3.0, 9.0];
/// `C` where it is not searched.
const DEFAULT_C: f64 = 3.0;
/// Relative gradient for fits whose scores are only compared or calibrated.
const LOOSE: f64 = 3e-2;
/// Folds on which the values of `C` are compared.
const N_SEARCHED: usize = 2;
/// Parts for which the thread stage is fitted without them, to tell how good it is.
const N_PARTS: usize = 2;
/// `C` of the stage on word vectors.
const VECTORS_C: f64 = 1.0;

/// What a row was given out of fold.
#[derive(Debug, Clone)]
struct Score {
    /// Text logits.
    z: Vec<f64>,
    /// Logits by word vectors.
    vectors: Option<Vec<f64>>,
    /// Number of words the training part does not know.
    n_unknown: u32,
}

type Scores = Vec<Option<Score>>;

/// A model without one fold.
struct FoldFit {
    linear: Linear,
    /// The rows of the fold that were scored.
    scores: Vec<(usize, Score)>,
}

/// What cross-validation gives.
struct OutOfFold {
    /// Best `C`.
    c: f64,
    scores: Scores,
    /// Mean of the models: where the model of all rows starts.
    mean: Linear,
}

/// Figures of one head, all out of fold.
#[derive(Debug, Clone)]
pub struct HeadReport {
    /// Name of the head.
    pub name: String,
    /// Class names.
    pub classes: Vec<String>,
    /// Labelled comments per class.
    pub counts: Vec<usize>,
    /// Comments that were scored out of fold.
    pub n_scored: usize,
    /// The model.
    pub model: Metrics,
    /// F1 per class.
    pub f1: Vec<f64>,
    /// The baseline that names the largest class.
    pub most_frequent: Metrics,
    /// The baseline that draws classes by their shares.
    pub stratified: Metrics,
    /// Macro-F1 and number of comments per language.
    pub languages: BTreeMap<String, (usize, f64)>,
    /// `C` that was taken.
    pub c: f64,
    /// How the solver fared on all rows.
    pub convergence: Convergence,
    /// Out-of-fold posterior of each row of the collection; `None` where it was not scored.
    pub oof: Vec<Option<Vec<f64>>>,
    /// Class named for each row.
    pub named: Vec<Option<usize>>,
    /// Sources left out and learning curve, where they were asked for.
    pub diagnosis: Diagnosis,
}

impl HeadReport {
    /// Whether the model does better than both baselines.
    pub fn is_better(&self) -> bool {
        self.model.macro_f1 > self.most_frequent.macro_f1.max(self.stratified.macro_f1)
    }
}

/// What training has to say beside the model.
#[derive(Debug, Clone)]
pub struct TrainReport {
    /// Figures per head.
    pub heads: Vec<HeadReport>,
    /// What the user should know, each with what to do.
    pub warnings: Vec<String>,
    /// Number of folds; 1 for a single held-out tenth.
    pub n_folds: usize,
    /// Number of terms.
    pub n_terms: usize,
}

/// Trains a model from labelled comments.
///
/// Out-of-fold scores keep articles on one side; they feed the thread stage and the report, never the text
/// stage. The result depends on the rows, the recipe and the seed only.
///
/// # Errors
/// A head with fewer than two classes, or a class with fewer rows than `min_per_class`.
pub fn train(labelled: &LabelledCollection, params: &TrainParams) -> Result<(Model, TrainReport)> {
    crate::labels::check(labelled, params.min_per_class)?;
    let texts: Vec<&str> = labelled.rows.iter().map(|r| r.text.as_str()).collect();
    let (mut vectoriser, mut counts) = Vectoriser::fit_counts(&texts, &params.recipe)?;
    let embedded = match &mut vectoriser.embedding {
        Some(embedding) => Some(embedding.fit(&std::mem::take(&mut counts.embedded))?),
        None => None,
    };
    let many = labelled.rows.len() > MANY_ROWS;
    let n_folds = if many { 10 } else { params.n_folds };
    let mut warnings = crate::labels::warnings(labelled, &counts.facts);
    let split = folds(labelled, n_folds, params.seed);
    let twins = twins(labelled, &split);
    let parents = resolve_parents(labelled);
    if split.n_by_row > 0 {
        warnings.push(format!(
            "{} of {} comments stand in articles too large for a fold, or without an article of their own; they \
             are divided by comment, so the figures below may flatter: fill the column article",
            split.n_by_row,
            labelled.rows.len()
        ));
    }
    let n_twins = twins.iter().filter(|t| **t).count();
    if n_twins > 0 {
        warnings.push(format!(
            "{n_twins} comments have their text in another fold too; they are left out of the figures"
        ));
    }
    let mut heads = Vec::new();
    let mut reports = Vec::new();
    for h in 0..labelled.heads.len() {
        let (counts, embedded) = (&counts, embedded.as_ref());
        let job = HeadJob {
            labelled,
            h,
            params,
            counts,
            embedded,
            split: &split,
            many,
            parents: &parents,
            twins: &twins,
        };
        let (head, report) = job.run(&vectoriser)?;
        heads.push(head);
        reports.push(report);
    }
    let info = Info::of(labelled, &counts, &split, (&heads, &vectoriser.idf()), &reports, params.seed);
    let report = TrainReport {
        heads: reports,
        warnings,
        n_folds: if many { 1 } else { n_folds },
        n_terms: counts.n_terms,
    };
    let mut model = Model::assemble(vectoriser, heads, info);
    store::seal(&mut model);
    Ok((model, report))
}

/// Index of each row's parent, where the parent is a row of the same article.
fn resolve_parents(labelled: &LabelledCollection) -> Vec<Option<usize>> {
    if labelled.rows.iter().all(|r| r.parent.is_none()) {
        return vec![None; labelled.rows.len()];
    }
    let index: FxHashMap<(&str, &str), usize> =
        labelled.rows.iter().enumerate().map(|(i, r)| ((r.article.as_str(), r.id.as_str()), i)).collect();
    let parent =
        |r: &crate::labels::Labelled| index.get(&(r.article.as_str(), r.parent.as_deref()?)).copied();
    labelled.rows.iter().map(parent).collect()
}

/// Whether each row's text stands in another fold too: a model that has seen it there is not tested by it.
fn twins(labelled: &LabelledCollection, split: &crate::labels::Folds) -> Vec<bool> {
    let mut folds: FxHashMap<&str, (usize, bool)> = FxHashMap::default();
    for (row, fold) in labelled.rows.iter().zip(&split.of) {
        let seen = folds.entry(&row.text).or_insert((*fold, false));
        seen.1 |= seen.0 != *fold;
    }
    labelled.rows.iter().map(|r| folds[r.text.as_str()].1).collect()
}

/// Mean of the weights and intercepts of at least one model.
fn mean(mut models: Vec<Linear>) -> Linear {
    let n = models.len() as f32;
    let mut mean = models.swap_remove(0);
    for model in &models {
        mean.weights += &model.weights;
        mean.intercept.iter_mut().zip(&model.intercept).for_each(|(a, b)| *a += b);
    }
    mean.weights /= n;
    mean.intercept.iter_mut().for_each(|b| *b /= f64::from(n));
    mean
}

struct HeadJob<'a> {
    labelled: &'a LabelledCollection,
    h: usize,
    params: &'a TrainParams,
    counts: &'a Counts,
    embedded: Option<&'a SparseRows>,
    split: &'a crate::labels::Folds,
    many: bool,
    parents: &'a [Option<usize>],
    twins: &'a [bool],
}

impl HeadJob<'_> {
    fn run(&self, vectoriser: &Vectoriser) -> Result<(Head, HeadReport)> {
        let def = &self.labelled.heads[self.h];
        let k = def.classes.len();
        let mut class_counts = vec![0; k];
        self.labelled.rows.iter().filter_map(|r| r.y[self.h]).for_each(|y| class_counts[y] += 1);

        let OutOfFold { c, scores, mean } = self.out_of_fold(k)?;
        let (linear, diagnosis) = rayon::join(
            || {
                let x = TfIdf::new(self.counts, &vectoriser.df, vectoriser.n_docs);
                self.fit_terms(&x, k, c, 1e-4, Some(&mean), |_| true)
            },
            || {
                if self.many || !self.params.diagnose {
                    return Ok(Diagnosis::default());
                }
                diagnose(self.labelled, self.h, &self.split.of, |keep, start| {
                    let x = TfIdf::of_rows(self.counts, keep);
                    let linear = self.fit_terms(&x, k, c, LOOSE, start, keep)?;
                    Ok((linear.decision_function(&x), linear))
                })
            },
        );
        let (linear, diagnosis) = (linear?, diagnosis?);
        let dense = match self.embedded {
            Some(x) => Some(self.fit(x, k, VECTORS_C, LOOSE / 10.0, None, |_| true)?),
            None => None,
        };

        // Rows with a class and out-of-fold scores, and their inputs to the thread stage.
        let rows: Vec<usize> =
            (0..scores.len()).filter(|i| scores[*i].is_some() && self.y(*i).is_some()).collect();
        let y: Vec<usize> = rows.iter().filter_map(|i| self.y(*i)).collect();
        let x: Vec<f64> = rows.iter().flat_map(|i| self.inputs(*i, &scores)).collect();
        let x = Array2::from_shape_vec((rows.len(), n_inputs(k, dense.is_some())), x)
            .map_err(|e| Error::new(crate::error::Kind::Internal, e.to_string()))?;
        let weights = thread_weights(self.labelled, self.h, &rows);

        // The report's posteriors and names come from stages that have not seen the article either.
        let part = |i: usize| (if self.many { i } else { self.split.of[i] }) % N_PARTS;
        let stages = (0..N_PARTS).into_par_iter().map(|p| {
            let rest: Vec<usize> = (0..rows.len()).filter(|r| part(rows[*r]) != p).collect();
            let weights: Vec<f64> = rest.iter().map(|r| weights[*r]).collect();
            let y: Vec<usize> = rest.iter().map(|r| y[*r]).collect();
            let x = x.select(ndarray::Axis(0), &rest);
            let stage = ThreadStage::fit(x.view(), &y, &weights, k, None)?;
            let fitted: Vec<Vec<f64>> = x.rows().into_iter().map(|r| stage.posterior(&r.to_vec())).collect();
            let decision = best_decision(&fitted, &y, k);
            Ok((stage, decision))
        });
        let stages = stages.collect::<Result<Vec<_>>>()?;
        let mut oof = vec![None; scores.len()];
        let mut named = vec![None; scores.len()];
        for (r, i) in rows.iter().enumerate() {
            let (stage, decision) = &stages[part(*i)];
            let p = stage.posterior(&x.row(r).to_vec());
            named[*i] = Some(named_class(&p, decision));
            oof[*i] = Some(p);
        }
        let start = ThreadStage::mean(&stages[0].0, &stages[1].0);
        let all: Vec<Vec<f64>> = rows.iter().filter_map(|i| oof[*i].clone()).collect();
        let (thread, decision) = rayon::join(
            || ThreadStage::fit(x.view(), &y, &weights, k, Some(&start)),
            || best_decision(&all, &y, k),
        );
        let head = Head {
            name: def.name.clone(),
            classes: def.classes.clone(),
            weights: Quantised::of(&linear.weights),
            intercept: linear.intercept,
            dense: dense.map(|l| (l.weights, l.intercept)),
            thread: thread?,
            decision,
            counts: class_counts,
            macro_f1: [0.0; 2],
            quantifier: None,
        };
        let report = self.report(&head, c, linear.convergence, &rows, &y, (oof, named));
        let report = HeadReport { diagnosis, ..report };
        let better = report.most_frequent.macro_f1.max(report.stratified.macro_f1);
        let head = Head { macro_f1: [report.model.macro_f1, better], ..head };
        Ok((head, report))
    }

    fn y(&self, i: usize) -> Option<usize> {
        self.labelled.rows[i].y[self.h]
    }

    /// Fits the terms of the rows that `keep` names; those that tell classes apart cost less, where the recipe has it.
    fn fit_terms(
        &self,
        x: &TfIdf<'_>,
        k: usize,
        c: f64,
        tolerance: f64,
        start: Option<&Linear>,
        keep: impl Fn(usize) -> bool,
    ) -> Result<Linear> {
        if !self.params.recipe.contrast {
            return self.fit(x, k, c, tolerance, start, keep);
        }
        let weights = row_weights(self.labelled, self.h, &self.params.recipe, &keep);
        let scaled = Scaled { x, scales: scales(self.counts, &self.classes(), &weights, k) };
        let start = start.map(|s| scaled.divided(s));
        Ok(scaled.multiplied(self.fit(&scaled, k, c, tolerance, start.as_ref(), keep)?))
    }

    /// Class of each row; 0, at weight 0, where it has none.
    fn classes(&self) -> Vec<u32> {
        (0..self.labelled.rows.len()).map(|i| self.y(i).unwrap_or(0) as u32).collect()
    }

    /// Fits the rows that `keep` names.
    fn fit(
        &self,
        x: &impl Design,
        k: usize,
        c: f64,
        tolerance: f64,
        start: Option<&Linear>,
        keep: impl Fn(usize) -> bool,
    ) -> Result<Linear> {
        let weights = row_weights(self.labelled, self.h, &self.params.recipe, keep);
        let y = self.classes();
        let softening = softening(self.labelled, &self.params.recipe);
        let problem = Problem { x, y: &y, weights: &weights, softening: &softening, n_classes: k };
        NewtonCg { alpha: 1.0 / c, tolerance, ..NewtonCg::default() }.solve(&problem, start)
    }

    /// Text logits and unknown words of every scored row by a model that has not seen its fold, at the best
    /// `C` of the grid; the values of `C` are compared on the first folds only, each fit starting from the one
    /// before.
    fn out_of_fold(&self, k: usize) -> Result<OutOfFold> {
        let grid: Vec<f64> = match self.params.recipe.c {
            Some(c) => vec![c],
            None if self.many => vec![DEFAULT_C],
            None => GRID.to_vec(),
        };
        let n_held = if self.many { 1 } else { self.split.n_folds };
        let n_searched = if grid.len() > 1 { N_SEARCHED.min(n_held) } else { 0 };
        let along_grid = |fold: usize| {
            let x = self.without(fold);
            let mut fits: Vec<FoldFit> = Vec::new();
            for c in &grid {
                let start = fits.last().map(|f| &f.linear);
                fits.push(self.score_fold(&x, fold, k, *c, start)?);
            }
            Ok(fits)
        };
        let mut searched = (0..n_searched).into_par_iter().map(along_grid).collect::<Result<Vec<_>>>()?;
        let f1 = |at: usize| {
            let scored = searched.iter().flat_map(|fits| &fits[at].scores);
            let rows = scored.filter_map(|(i, score)| Some((self.y(*i)?, argmax(score.z.iter().copied()))));
            let (y, named): (Vec<usize>, Vec<usize>) = rows.unzip();
            f1_per_class(&y, &named, k).iter().sum::<f64>()
        };
        let best = if grid.len() > 1 { argmax((0..grid.len()).map(f1)) } else { 0 };
        let mut fits: Vec<FoldFit> = searched.iter_mut().map(|fits| fits.swap_remove(best)).collect();
        drop(searched);
        let others = (n_searched..n_held).into_par_iter();
        let others = others.map(|fold| self.score_fold(&self.without(fold), fold, k, grid[best], None));
        fits.extend(others.collect::<Result<Vec<_>>>()?);

        let mut scores: Scores = vec![None; self.labelled.rows.len()];
        let mut models = Vec::with_capacity(fits.len());
        for fit in fits {
            fit.scores.into_iter().for_each(|(i, score)| scores[i] = Some(score));
            models.push(fit.linear);
        }
        let mean = mean(models);
        if let Some(x) = self.embedded {
            for fold in 0..n_held {
                let linear = self.fit(x, k, VECTORS_C, LOOSE, None, |i| self.split.of[i] != fold)?;
                let z = linear.decision_function(x);
                for (i, score) in scores.iter_mut().enumerate().filter(|(i, _)| self.split.of[*i] == fold) {
                    if let Some(score) = score {
                        score.vectors = Some(z.row(i).to_vec());
                    }
                }
            }
        }
        Ok(OutOfFold { c: grid[best], scores, mean })
    }

    /// The terms of all rows, as if those of `fold` had never been seen.
    fn without(&self, fold: usize) -> TfIdf<'_> {
        TfIdf::of_rows(self.counts, |i| self.split.of[i] != fold)
    }

    /// Fits all rows but those of `fold` and scores these.
    fn score_fold(
        &self,
        x: &TfIdf<'_>,
        fold: usize,
        k: usize,
        c: f64,
        start: Option<&Linear>,
    ) -> Result<FoldFit> {
        let linear = self.fit_terms(x, k, c, LOOSE, start, |i| self.split.of[i] != fold)?;
        let z = linear.decision_function(x);
        let score = |i: usize| {
            let words = self.counts.row(i)[0].iter().map(|e| e & INDEX_MASK);
            let unknown = words.filter(|t| *t < self.counts.n_words && !x.knows(*t)).count();
            (i, Score { z: z.row(i).to_vec(), vectors: None, n_unknown: unknown as u32 })
        };
        let held = (0..z.nrows()).filter(|i| self.split.of[*i] == fold && !self.twins[*i]);
        Ok(FoldFit { scores: held.map(score).collect(), linear })
    }

    fn inputs(&self, i: usize, scores: &Scores) -> Vec<f64> {
        let row = &self.labelled.rows[i];
        let Some(score) = &scores[i] else { return Vec::new() };
        let facts = Facts { n_unknown: score.n_unknown, ..self.counts.facts[i] };
        let reply = row.parent.is_some() || row.parent_text.is_some();
        inputs(&Told {
            z: &score.z,
            vectors: score.vectors.as_deref(),
            parent: self.parents[i].and_then(|p| scores[p].as_ref()).map(|s| s.z.as_slice()),
            agrees: reply && agrees(&row.text),
            reply,
            facts: &facts,
        })
    }

    fn report(
        &self,
        head: &Head,
        c: f64,
        convergence: Convergence,
        rows: &[usize],
        y: &[usize],
        (oof, named): (Vec<Option<Vec<f64>>>, Vec<Option<usize>>),
    ) -> HeadReport {
        let k = head.classes.len();
        let scored: Vec<usize> = rows.iter().filter_map(|i| named[*i]).collect();
        let posteriors: Vec<Vec<f64>> = rows.iter().filter_map(|i| oof[*i].clone()).collect();
        let mut by_language: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for ((i, y), named) in rows.iter().zip(y).zip(&scored) {
            let lang = self.counts.facts[*i].lang.unwrap_or("und").to_owned();
            let entry = by_language.entry(lang).or_default();
            entry.0.push(*y);
            entry.1.push(*named);
        }
        let macro_f1 = |(y, named): (Vec<usize>, Vec<usize>)| {
            (y.len(), f1_per_class(&y, &named, k).iter().sum::<f64>() / k as f64)
        };
        HeadReport {
            name: head.name.clone(),
            classes: head.classes.clone(),
            counts: head.counts.clone(),
            n_scored: rows.len(),
            model: Metrics::of(y, &scored, &posteriors),
            f1: f1_per_class(y, &scored, k),
            most_frequent: dummy::most_frequent(y, &head.counts),
            stratified: dummy::stratified(y, &head.counts),
            languages: by_language.into_iter().map(|(l, v)| (l, macro_f1(v))).collect(),
            c,
            convergence,
            oof,
            named,
            diagnosis: Diagnosis::default(),
        }
    }
}
