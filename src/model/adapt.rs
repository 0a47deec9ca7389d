//! A model fitted to the few labels of a new outlet: the base model, moved as far as the labels ask for.
//!
//! Per head a multinomial logistic regression is fitted to the labels alone. Its inputs are the base model's
//! centred logits, with weights pulled to the identity, and the terms, word vectors and languages of the labelled
//! comments, with weights pulled to zero. The solution is folded into weights of the base's own shape, so an
//! adapted model is a model like any other.

use std::collections::{BTreeMap, HashMap};

use rand::{RngExt, SeedableRng};

use super::context::{SCALARS, Told, inputs};
use super::dummy::{self, Metrics, f1_per_class};
use super::map::Map;
use super::newton::argmax;
use super::quantised::Quantised;
use super::thread::softmax;
use super::{Head, Info, Item, Model, quantify, store};
use crate::error::{Error, Kind, Result};
use crate::features::analyser::Facts;
use crate::labels::{LabelledCollection, folds};

/// Penalties of the squared distance from the prior, chosen on five real sources with ten draws of 50 labels:
/// base logits, terms and vectors and languages, intercept.
const ON_LOGITS: f64 = 40.0;
const ON_TERMS: f64 = 0.6;
const ON_INTERCEPT: f64 = 1.0;
/// Power of the class balance in the row weights.
const BALANCE: f64 = 0.8;
/// Part of the thread stage in the logits the fit starts from.
const THREAD: f64 = 0.5;
/// Weight of the logits by word vectors beside those by terms.
const VECTORS: f64 = 0.5;
/// Language flags among the scalars of the thread stage: the first three.
const N_FLAGS: usize = 3;
/// Labels with fewer rows are cross-validated in ten folds instead of five.
const FEW: usize = 200;
/// Resamples for the interval of the gain.
const N_RESAMPLES: usize = 1000;

/// What adapting did for one head; figures by cross-validation within the labels, informative rows left out.
#[derive(Debug, Clone)]
pub struct AdaptedHead {
    /// Name of the head.
    pub name: String,
    /// Class names.
    pub classes: Vec<String>,
    /// Labels per class.
    pub counts: Vec<usize>,
    /// Comments the figures are from.
    pub n_scored: usize,
    /// The base model on these comments, as it is.
    pub base: Metrics,
    /// The adapted model, out of fold.
    pub adapted: Metrics,
    /// The baseline that names the largest class.
    pub most_frequent: Metrics,
    /// The baseline that draws classes by their shares.
    pub stratified: Metrics,
    /// Interval of 90 % of the gain in macro-F1, by resampling comments.
    pub gain: [f64; 2],
    /// Mean posterior of each class on these comments.
    pub shares: Vec<f64>,
}

/// What adapting has to say beside the model.
#[derive(Debug, Clone)]
pub struct AdaptReport {
    /// Figures per adapted head.
    pub heads: Vec<AdaptedHead>,
    /// Heads of the base without labels, left as they are.
    pub unchanged: Vec<String>,
    /// What the user should know.
    pub warnings: Vec<String>,
    /// Number of folds.
    pub n_folds: usize,
}

/// Adapts `base` to labelled comments, say 50 of one outlet.
///
/// Minimises `sum_i s_i (-ln p(y_i | x_i)) + 20 |M - I|^2 + .3 |D|^2 + |b|^2 / 2` with `p = softmax(z M + x D + b)`:
/// `z` are the base's centred logits (terms, plus half those by word vectors), `x` the comment's terms, vectors and
/// language, `s_i` the root of the coder's confidence times the class balance to the power .8. The posteriors are
/// then scaled so that their mean is the labels' class shares.
///
/// Rows marked informative teach; shares and figures are from the random ones alone.
///
/// # Errors
/// A labelled head that the base does not have, or has with other classes; fewer than two classes.
pub fn adapt(base: &Model, labelled: &LabelledCollection, seed: u64) -> Result<(Model, AdaptReport)> {
    let of_base =
        labelled.heads.iter().map(|h| matching(base, &h.name, &h.classes)).collect::<Result<Vec<usize>>>()?;
    crate::labels::check(labelled, 0)?;
    let few = labelled.rows.len() < FEW;
    let split = folds(labelled, if few { 10 } else { 5 }, seed);
    let known = Known::of(base, labelled);
    let warnings = crate::labels::warnings(labelled, &known.facts);
    let mut heads = base.heads.clone();
    let mut report =
        AdaptReport { heads: Vec::new(), unchanged: Vec::new(), warnings, n_folds: split.n_folds };
    let mut out_of_fold = Vec::new();
    for (h, at) in of_base.iter().enumerate() {
        let job =
            Job { base, known: &known, labelled, h, at: *at, of_fold: &split.of, n_folds: split.n_folds };
        let (head, adapted, oof) = job.run(seed);
        heads[*at] = head;
        report.heads.push(adapted);
        out_of_fold.push(oof);
    }
    report.unchanged =
        heads.iter().enumerate().filter(|(i, _)| !of_base.contains(i)).map(|(_, h)| h.name.clone()).collect();
    let better = |h: &AdaptedHead| h.adapted.macro_f1 > h.most_frequent.macro_f1.max(h.stratified.macro_f1);
    let not_better = report.heads.iter().filter(|h| !better(h)).map(|h| h.name.clone()).collect();
    let info = Info::adapted(base, labelled, known.languages, not_better);
    let mut model = Model::assemble(base.vectoriser.clone(), heads, info);
    for (h, oof) in out_of_fold.iter().enumerate() {
        quantify::quantify_head(&mut model, labelled, h, oof, seed)?;
    }
    store::seal(&mut model);
    Ok((model, report))
}

/// Index of the base's head of this name and these classes.
fn matching(base: &Model, name: &str, classes: &[String]) -> Result<usize> {
    let has = |h: &Head| format!("{} ({})", h.name, h.classes.join(", "));
    let found = base.heads.iter().position(|h| h.name == name);
    match found {
        Some(i) if base.heads[i].classes == classes => Ok(i),
        Some(i) => Err(Error::new(
            Kind::Model,
            format!("the base model knows {}; the labels have {}", has(&base.heads[i]), classes.join(", ")),
        )
        .hint("rename labels with --map FOUND=LABEL, or train a model of its own without --base")),
        None => Err(Error::new(
            Kind::Model,
            format!(
                "the base model has no {name:?}; it knows {}",
                base.heads.iter().map(has).collect::<Vec<_>>().join(", ")
            ),
        )
        .hint("name a label column that it knows with --label, or train without --base")),
    }
}

/// The labelled comments as the base sees them.
struct Known {
    /// Terms and values.
    terms: Vec<Vec<(u32, f64)>>,
    /// Components of the word vectors, in the columns of the base's weights.
    vectors: Vec<Vec<(u32, f64)>>,
    facts: Vec<Facts>,
    /// Place of each term that occurs among the columns of the fit.
    column: HashMap<u32, u32>,
    languages: BTreeMap<String, usize>,
}

impl Known {
    fn of(base: &Model, labelled: &LabelledCollection) -> Self {
        let v = &base.vectoriser;
        let idf = v.idf();
        let mut analyser = v.analyser();
        let mut out = Known {
            terms: Vec::new(),
            vectors: Vec::new(),
            facts: Vec::new(),
            column: HashMap::new(),
            languages: BTreeMap::new(),
        };
        for row in &labelled.rows {
            let (terms, facts) = v.row(&mut analyser, &row.text, |term| idf[term as usize]);
            let mut components = Vec::new();
            if let Some(embedding) = &v.embedding {
                let mut dense = Vec::new();
                if let Some(group) = analyser.embed(&facts, &mut dense) {
                    embedding.finish(group, &mut dense);
                    let first = embedding.offset(group) as u32;
                    let cells = dense.iter().enumerate().filter(|(_, x)| **x != 0.0);
                    components.extend(cells.map(|(j, x)| (first + j as u32, f64::from(*x))));
                }
            }
            for (t, _) in &terms {
                let next = out.column.len() as u32;
                out.column.entry(*t).or_insert(next);
            }
            *out.languages.entry(facts.lang.unwrap_or("und").to_owned()).or_insert(0) += 1;
            out.facts.push(facts);
            out.terms.push(terms);
            out.vectors.push(components);
        }
        out
    }
}

/// The base's logits as a linear function of its text logits, its logits by word vectors and the scalars: part the
/// plain sum, which is balanced, part the thread stage with its decision offsets.
struct Prior {
    /// `n_classes` rows each.
    on_terms: Vec<Vec<f64>>,
    on_vectors: Vec<Vec<f64>>,
    on_scalars: Vec<Vec<f64>>,
    constant: Vec<f64>,
}

impl Prior {
    fn of(head: &Head) -> Self {
        let k = head.classes.len();
        let part = THREAD;
        let t = &head.thread.coefficients;
        let first_scalar = t[0].len() - SCALARS.len();
        let square = |first: usize, own: f64| -> Vec<Vec<f64>> {
            let cell =
                |c: usize, a: usize| part * t[c][first + a] + (1.0 - part) * if a == c { own } else { 0.0 };
            (0..k).map(|c| (0..k).map(|a| cell(c, a)).collect()).collect()
        };
        Prior {
            on_terms: square(0, 1.0),
            on_vectors: if head.dense.is_some() { square(2 * k, VECTORS) } else { Vec::new() },
            on_scalars: t.iter().map(|row| row[first_scalar..].iter().map(|x| part * x).collect()).collect(),
            constant: (0..k).map(|c| part * (head.thread.intercept[c] + head.decision[c])).collect(),
        }
    }
}

/// `z += by x`.
fn add_to(z: &mut [f64], by: &[Vec<f64>], x: &[f64]) {
    for (z, row) in z.iter_mut().zip(by) {
        *z += row.iter().zip(x).map(|(a, b)| a * b).sum::<f64>();
    }
}

struct Job<'a> {
    base: &'a Model,
    known: &'a Known,
    labelled: &'a LabelledCollection,
    /// Head among the labels, and in the base.
    h: usize,
    at: usize,
    of_fold: &'a [usize],
    n_folds: usize,
}

fn centred(z: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut z: Vec<f64> = z.into_iter().collect();
    let mean = z.iter().sum::<f64>() / z.len() as f64;
    z.iter_mut().for_each(|z| *z -= mean);
    z
}

impl Job<'_> {
    fn head(&self) -> &Head {
        &self.base.heads[self.at]
    }

    /// Scalars of the thread stage.
    fn scalars(&self, i: usize) -> Vec<f64> {
        let row = &self.labelled.rows[i];
        let reply = row.parent.is_some() || row.parent_text.is_some();
        let facts = &self.known.facts[i];
        inputs(&Told { z: &[], vectors: None, parent: None, agrees: false, reply, facts })
    }

    /// Centred logits of the base.
    fn base_logits(&self, prior: &Prior, i: usize) -> Vec<f64> {
        let head = self.head();
        let mut by_terms = head.intercept.clone();
        for &(t, x) in &self.known.terms[i] {
            by_terms.iter_mut().zip(head.weights.row(t)).for_each(|(z, w)| *z += x * f64::from(w));
        }
        let mut z = prior.constant.clone();
        add_to(&mut z, &prior.on_terms, &centred(by_terms));
        add_to(&mut z, &prior.on_scalars, &self.scalars(i));
        if let Some((weights, intercept)) = &head.dense {
            let mut by_vectors = intercept.clone();
            for &(j, x) in &self.known.vectors[i] {
                by_vectors.iter_mut().zip(weights.row(j as usize)).for_each(|(z, w)| *z += x * f64::from(*w));
            }
            add_to(&mut z, &prior.on_vectors, &centred(by_vectors));
        }
        centred(z)
    }

    fn weights(&self, y: &[Option<usize>], keep: impl Fn(usize) -> bool) -> Vec<f64> {
        let k = self.head().classes.len();
        let mut counts = vec![0.0_f64; k];
        (0..y.len()).filter(|i| keep(*i)).filter_map(|i| y[i]).for_each(|c| counts[c] += 1.0);
        let n: f64 = counts.iter().sum();
        let weight = |i: usize| {
            let Some(c) = y[i].filter(|_| keep(i)) else { return 0.0 };
            (n / (k as f64 * counts[c])).powf(BALANCE) * self.labelled.rows[i].weight.sqrt()
        };
        (0..y.len()).map(weight).collect()
    }

    fn run(&self, seed: u64) -> (Head, AdaptedHead, Vec<Option<Vec<f64>>>) {
        let head = self.head();
        let k = head.classes.len();
        let rows = &self.labelled.rows;
        let n_rows = rows.len();
        let y: Vec<Option<usize>> =
            (0..n_rows).map(|i| rows[i].y[self.h].filter(|_| self.known.facts[i].n_chunks > 0)).collect();
        let prior = Prior::of(head);
        let offsets: Vec<Vec<f64>> = (0..n_rows).map(|i| self.base_logits(&prior, i)).collect();
        // Columns: base logits, language flags, intercept, word vectors, terms; each divided by the root of its
        // penalty.
        let n_vectors = head.dense.as_ref().map_or(0, |(w, _)| w.nrows());
        let first_term = k + N_FLAGS + 1 + n_vectors;
        let features: Vec<Vec<(u32, f64)>> = (0..n_rows)
            .map(|i| {
                let by = |penalty: f64| 1.0 / penalty.sqrt();
                let mut row: Vec<(u32, f64)> =
                    offsets[i].iter().enumerate().map(|(j, z)| (j as u32, z * by(ON_LOGITS))).collect();
                let flags = self.scalars(i).into_iter().take(N_FLAGS).enumerate().filter(|(_, x)| *x != 0.0);
                row.extend(flags.map(|(j, x)| ((k + j) as u32, x * by(ON_TERMS))));
                row.push(((k + N_FLAGS) as u32, by(ON_INTERCEPT)));
                let first = (k + N_FLAGS + 1) as u32;
                row.extend(self.known.vectors[i].iter().map(|(j, x)| (first + j, x * by(ON_TERMS))));
                let column = |t: &u32| first_term as u32 + self.known.column[t];
                row.extend(self.known.terms[i].iter().map(|(t, x)| (column(t), x * by(ON_TERMS))));
                row
            })
            .collect();
        let n_cols = first_term + self.known.column.len();
        let problem = Map { rows: &features, offsets: &offsets, y: &y, weights: &[], n_cols, n_classes: k };

        let mut z_out = vec![Vec::new(); n_rows];
        for fold in 0..self.n_folds {
            let weights = self.weights(&y, |i| self.of_fold[i] != fold);
            let map = Map { weights: &weights, ..problem };
            let solution = map.solve();
            (0..n_rows)
                .filter(|i| self.of_fold[*i] == fold)
                .for_each(|i| z_out[i] = map.logits(&solution, i));
        }
        let judged: Vec<usize> = (0..n_rows).filter(|i| y[*i].is_some() && !rows[*i].informative).collect();
        // Without a random part the whole has to do.
        let judged =
            if judged.is_empty() { (0..n_rows).filter(|i| y[*i].is_some()).collect() } else { judged };
        let truth: Vec<usize> = judged.iter().filter_map(|i| y[*i]).collect();
        let scores: Vec<&[f64]> = judged.iter().map(|i| z_out[*i].as_slice()).collect();
        let scale = Scale::fit(&scores, &truth, k);

        let weights = self.weights(&y, |_| true);
        let map = Map { weights: &weights, ..problem };
        let solution = map.solve();
        let adapted = self.fold_in(&prior, &solution, first_term, &scale);
        let mut oof = vec![None; n_rows];
        judged.iter().zip(&scores).for_each(|(i, z)| oof[*i] = Some(scale.posterior(z)));
        let report = self.report(&judged, &truth, &scores, &scale, seed);
        (adapted, report, oof)
    }

    /// The base's head with what was learned put into its weights.
    fn fold_in(&self, prior: &Prior, v: &[f64], first_term: usize, scale: &Scale) -> Head {
        let mut head = self.head().clone();
        let k = head.classes.len();
        let learned = |j: usize, c: usize, penalty: f64| v[j * k + c] / penalty.sqrt();
        // Where logits of the base end up.
        let moved = |z: Vec<f64>| -> Vec<f64> {
            let z = centred(z);
            let to = |c: usize| z[c] + (0..k).map(|a| z[a] * learned(a, c, ON_LOGITS)).sum::<f64>();
            (0..k).map(to).collect()
        };
        let through = |by: &[Vec<f64>], z: Vec<f64>| {
            let mut out = vec![0.0; k];
            add_to(&mut out, by, &centred(z));
            moved(out)
        };
        let mut weights = head.weights.to_array();
        for mut row in weights.rows_mut() {
            let new = through(&prior.on_terms, row.iter().map(|w| f64::from(*w)).collect());
            row.iter_mut().zip(new).for_each(|(w, new)| *w = new as f32);
        }
        for (t, column) in &self.known.column {
            for c in 0..k {
                weights[[*t as usize, c]] += learned(first_term + *column as usize, c, ON_TERMS) as f32;
            }
        }
        head.weights = Quantised::of(&weights);
        head.intercept = through(&prior.on_terms, head.intercept);
        let first_vector = k + N_FLAGS + 1;
        let has_vectors = head.dense.is_some();
        if let Some((weights, intercept)) = &mut head.dense {
            for (j, mut row) in weights.rows_mut().into_iter().enumerate() {
                let new = through(&prior.on_vectors, row.iter().map(|w| f64::from(*w)).collect());
                for (c, (w, new)) in row.iter_mut().zip(new).enumerate() {
                    *w = (new + learned(first_vector + j, c, ON_TERMS)) as f32;
                }
            }
            *intercept = through(&prior.on_vectors, std::mem::take(intercept));
        }
        let constant = moved(prior.constant.clone());
        let scalars: Vec<Vec<f64>> =
            (0..SCALARS.len()).map(|j| moved(prior.on_scalars.iter().map(|r| r[j]).collect())).collect();
        let first_scalar = head.thread.coefficients[0].len() - SCALARS.len();
        for (c, row) in head.thread.coefficients.iter_mut().enumerate() {
            // What agreement with the parent adds is kept as the base has it; the rest is the solution's.
            row[..k].fill(0.0);
            row[2 * k..].fill(0.0);
            row[c] = scale.factor;
            if has_vectors {
                row[2 * k + c] = scale.factor;
            }
            for (j, scalar) in scalars.iter().enumerate() {
                let flag = if j < N_FLAGS { learned(k + j, c, ON_TERMS) } else { 0.0 };
                row[first_scalar + j] = scale.factor * (scalar[c] + flag);
            }
            let intercept = constant[c] + learned(k + N_FLAGS, c, ON_INTERCEPT);
            head.thread.intercept[c] = scale.factor * intercept + scale.shift[c];
        }
        // Named is the class that the balanced fit prefers; the shift is for the shares alone.
        head.decision = scale.shift.iter().map(|s| -s).collect();
        head
    }

    fn report(
        &self,
        judged: &[usize],
        truth: &[usize],
        z: &[&[f64]],
        scale: &Scale,
        seed: u64,
    ) -> AdaptedHead {
        let head = self.head();
        let k = head.classes.len();
        let rows = &self.labelled.rows;
        let items: Vec<Item<'_>> = judged
            .iter()
            .map(|i| Item {
                text: &rows[*i].text,
                parent_text: rows[*i].parent_text.as_deref(),
                headline: rows[*i].headline.as_deref(),
                ..Item::default()
            })
            .collect();
        let uniform = vec![1.0 / k as f64; k];
        let before: Vec<Vec<f64>> = self.base.predict(&items)[self.at]
            .rows
            .iter()
            .map(|r| r.clone().unwrap_or_else(|| uniform.clone()))
            .collect();
        let named_before: Vec<usize> = before.iter().map(|p| head.decide(p)).collect();
        let after: Vec<Vec<f64>> = z.iter().map(|z| scale.posterior(z)).collect();
        let named_after: Vec<usize> = z.iter().map(|z| argmax(z.iter().copied())).collect();
        let mut counts = vec![0; k];
        rows.iter().filter_map(|r| r.y[self.h]).for_each(|y| counts[y] += 1);
        let mut judged_counts = vec![0; k];
        truth.iter().for_each(|y| judged_counts[*y] += 1);
        let n = after.len().max(1) as f64;
        AdaptedHead {
            name: head.name.clone(),
            classes: head.classes.clone(),
            n_scored: truth.len(),
            base: Metrics::of(truth, &named_before, &before),
            adapted: Metrics::of(truth, &named_after, &after),
            most_frequent: dummy::most_frequent(truth, &judged_counts),
            stratified: dummy::stratified(truth, &judged_counts),
            gain: gain(truth, &named_before, &named_after, k, seed),
            shares: (0..k).map(|c| after.iter().map(|p| p[c]).sum::<f64>() / n).collect(),
            counts,
        }
    }
}

/// Interval of 90 % of the difference in macro-F1, rows resampled.
fn gain(truth: &[usize], before: &[usize], after: &[usize], k: usize, seed: u64) -> [f64; 2] {
    let n = truth.len();
    if n == 0 {
        return [0.0; 2];
    }
    let mut rng = rand_pcg::Pcg64Mcg::seed_from_u64(seed);
    let mut gains: Vec<f64> = (0..N_RESAMPLES)
        .map(|_| {
            let drawn: Vec<usize> = (0..n).map(|_| rng.random_range(0..n)).collect();
            let pick = |v: &[usize]| drawn.iter().map(|i| v[*i]).collect::<Vec<_>>();
            let truth = pick(truth);
            let f1 = |named: Vec<usize>| f1_per_class(&truth, &named, k).iter().sum::<f64>() / k as f64;
            f1(pick(after)) - f1(pick(before))
        })
        .collect();
    gains.sort_by(f64::total_cmp);
    [gains[N_RESAMPLES / 20], gains[N_RESAMPLES - 1 - N_RESAMPLES / 20]]
}

/// From logits of the balanced fit to posteriors whose mean is the class shares: `softmax(a z + s)`.
struct Scale {
    factor: f64,
    shift: Vec<f64>,
}

impl Scale {
    /// `a` with the best log loss on out-of-fold logits, held near 1 by a normal prior on `ln a` of standard
    /// deviation one half; `s` so that the mean posterior is the labels' shares, half a comment added per class.
    fn fit(z: &[&[f64]], y: &[usize], k: usize) -> Self {
        let n = y.len().max(1) as f64;
        let mut shares = vec![0.5; k];
        y.iter().for_each(|y| shares[*y] += 1.0);
        let total: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|s| *s /= total);
        let loss = |scale: &Scale| {
            let fit: f64 = z.iter().zip(y).map(|(z, y)| -scale.posterior(z)[*y].max(1e-300).ln()).sum();
            fit + 0.5 * (scale.factor.ln() / 0.5).powi(2)
        };
        let candidates: Vec<Scale> = (-10..=4)
            .map(|step| {
                let mut scale = Scale { factor: (f64::from(step) * 0.1).exp(), shift: vec![0.0; k] };
                for _ in 0..50 {
                    let mut mean = vec![1e-9; k];
                    for z in z {
                        mean.iter_mut().zip(scale.posterior(z)).for_each(|(m, p)| *m += p / n);
                    }
                    scale.shift.iter_mut().zip(&mean).zip(&shares).for_each(|((s, m), q)| *s += (q / m).ln());
                }
                scale.shift = centred(std::mem::take(&mut scale.shift));
                scale
            })
            .collect();
        let best = argmax(candidates.iter().map(|c| -loss(c)));
        candidates.into_iter().nth(best).unwrap_or(Scale { factor: 1.0, shift: vec![0.0; k] })
    }

    fn posterior(&self, z: &[f64]) -> Vec<f64> {
        softmax(&z.iter().zip(&self.shift).map(|(z, s)| self.factor * z + s).collect::<Vec<_>>())
    }
}
