//! Items -> posteriors, in one pass over the text.

use rayon::prelude::*;

use super::context::{Told, agrees, inputs, own_words};
use super::{Item, Model, Posteriors};
use crate::features::analyser::{Analyser, Facts};
use crate::features::tfidf::{SUBLINEAR, idf};
use crate::features::vocabulary::Vocabulary;

/// What scoring reads per term, side by side: `idf^2`, then `idf * weight` of every class of every head.
#[derive(Debug, Clone, Default)]
pub(crate) struct Records {
    /// Numbers per term.
    stride: usize,
    data: Vec<f32>,
}

impl Records {
    pub fn new(df: &[u32], n_docs: u32, weights: &[&ndarray::Array2<f32>]) -> Self {
        let used = 1 + weights.iter().map(|w| w.ncols()).sum::<usize>();
        let stride = used.next_multiple_of(4);
        let mut data = vec![0.0; stride * df.len()];
        data.par_chunks_exact_mut(stride).enumerate().for_each(|(t, record)| {
            let idf = idf(n_docs, df[t]) as f32;
            record[0] = idf * idf;
            let cells = weights.iter().flat_map(|w| w.row(t).to_vec());
            record[1..].iter_mut().zip(cells).for_each(|(cell, w)| *cell = idf * w);
        });
        Records { stride, data }
    }
}

/// Scores texts with one model, remembering chunks it has seen. One per thread.
pub(crate) struct Scorer<'m> {
    model: &'m Model,
    analyser: Analyser<'m, &'m Vocabulary>,
    sublinear: [f32; 256],
    sums: Vec<f32>,
    vector: Vec<f32>,
}

impl<'m> Scorer<'m> {
    pub fn new(model: &'m Model) -> Self {
        Scorer {
            model,
            analyser: model.vectoriser.analyser(),
            sublinear: std::array::from_fn(|tf| SUBLINEAR[tf] as f32),
            sums: Vec::new(),
            vector: Vec::new(),
        }
    }

    /// Text logits of every class of every head, one after the other, into `out`; then, where the model has
    /// word vectors, the logits by these.
    pub fn logits(&mut self, text: &str, out: &mut Vec<f64>) -> Facts {
        let facts = match self.model.records.stride {
            4 => self.logits_of::<4>(text, out),
            8 => self.logits_of::<8>(text, out),
            _ => self.logits_wide(text, out),
        };
        if let Some(embedding) = &self.model.vectoriser.embedding {
            self.vector.clear();
            let group = self.analyser.embed(&facts, &mut self.vector);
            if let Some(group) = group {
                embedding.finish(group, &mut self.vector);
            }
            let first = group.map_or(0, |g| embedding.offset(g));
            for head in &self.model.heads {
                let Some((weights, intercept)) = &head.dense else { continue };
                let start = out.len();
                out.extend_from_slice(intercept);
                for (x, w) in self.vector.iter().zip(weights.rows().into_iter().skip(first)) {
                    out[start..].iter_mut().zip(w).for_each(|(z, w)| *z += f64::from(*x) * f64::from(*w));
                }
            }
        }
        facts
    }

    fn logits_of<const S: usize>(&mut self, text: &str, out: &mut Vec<f64>) -> Facts {
        let facts = self.analyser.analyse(text);
        let (records, _) = self.model.records.data.as_chunks::<S>();
        let offsets = self.model.vectoriser.vocabulary.offsets();
        let mut total = [0.0_f32; S];
        for kinds in [0..2, 2..3] {
            let mut block = [0.0_f32; S];
            for kind in kinds {
                let records = &records[offsets[kind] as usize..];
                let sublinear = &self.sublinear;
                self.analyser.tallies[kind].drain(|id, tf| {
                    let record = &records[id as usize];
                    let tf = sublinear[tf as usize];
                    let square = tf * tf * record[0];
                    for c in 0..S {
                        block[c] += tf * record[c];
                    }
                    block[0] += square - tf * record[0];
                });
            }
            if block[0] > 0.0 {
                let scale = 1.0 / block[0].sqrt();
                for c in 1..S {
                    total[c] += block[c] * scale;
                }
            }
        }
        self.finish(&total, out);
        facts
    }

    fn logits_wide(&mut self, text: &str, out: &mut Vec<f64>) -> Facts {
        let facts = self.analyser.analyse(text);
        let records = &self.model.records;
        let stride = records.stride;
        let offsets = self.model.vectoriser.vocabulary.offsets();
        let mut total = vec![0.0_f32; stride];
        for kinds in [0..2, 2..3] {
            self.sums.clear();
            self.sums.resize(stride, 0.0);
            let (sums, sublinear) = (&mut self.sums, &self.sublinear);
            for kind in kinds {
                self.analyser.tallies[kind].drain(|id, tf| {
                    let at = (offsets[kind] + id) as usize * stride;
                    let record = &records.data[at..at + stride];
                    let tf = sublinear[tf as usize];
                    sums[0] += tf * tf * record[0];
                    sums[1..].iter_mut().zip(&record[1..]).for_each(|(s, w)| *s += tf * w);
                });
            }
            if self.sums[0] > 0.0 {
                let scale = 1.0 / self.sums[0].sqrt();
                total[1..].iter_mut().zip(&self.sums[1..]).for_each(|(t, s)| *t += s * scale);
            }
        }
        self.finish(&total, out);
        facts
    }

    fn finish(&self, total: &[f32], out: &mut Vec<f64>) {
        out.clear();
        let intercepts = self.model.heads.iter().flat_map(|h| &h.intercept);
        out.extend(total[1..].iter().zip(intercepts).map(|(z, b)| f64::from(*z) + b));
    }

    /// Posteriors of every head for one item, given its text logits.
    pub fn posteriors(
        &mut self,
        item: &Item<'_>,
        z: &[f64],
        facts: &Facts,
        parent: Option<&[f64]>,
    ) -> Vec<Vec<f64>> {
        let reply = parent.is_some() || item.parent_text.is_some();
        let agrees = reply && agrees(item.text);
        let mut from_text = Vec::new();
        let mut parent = parent;
        if agrees
            && parent.is_none()
            && let Some(text) = item.parent_text
        {
            self.logits(text, &mut from_text);
            parent = Some(&from_text);
        }
        let mut at = 0;
        let mut out = Vec::with_capacity(self.model.heads.len());
        let n_logits: usize = self.model.heads.iter().map(|h| h.classes.len()).sum();
        for head in &self.model.heads {
            let range = at..at + head.classes.len();
            at = range.end;
            let told = Told {
                z: &z[range.clone()],
                vectors: z.get(n_logits + range.start..n_logits + range.end),
                parent: parent.map(|p| &p[range]),
                agrees,
                reply,
                facts,
            };
            out.push(head.thread.posterior(&inputs(&told)));
        }
        out
    }
}

/// Items per piece of work; large enough to make the scorer's memory of chunks worth its while.
const PIECE: usize = 2048;

impl Model {
    /// Posteriors of every head for every item; rows are in the items' order and do not depend on the number
    /// of threads. An item without anything to read has no row.
    ///
    /// # Example
    /// ```
    /// # use commentariat::model::{Item, Model};
    /// # fn f(model: &Model) {
    /// let items = [Item { text: "What a day", ..Item::default() }, Item::default()];
    /// let posteriors = &model.predict(&items)[0];
    /// assert!(posteriors.rows[1].is_none());
    /// # }
    /// ```
    pub fn predict(&self, items: &[Item<'_>]) -> Vec<Posteriors> {
        let piece = PIECE.min(items.len().div_ceil(rayon::current_num_threads())).max(64);
        let texts: Vec<(Vec<f64>, Facts)> = items
            .par_chunks(piece)
            .flat_map_iter(|items| {
                let mut scorer = Scorer::new(self);
                let score = move |item: &Item<'_>| {
                    let mut z = Vec::new();
                    let facts = scorer.logits(&own_words(item), &mut z);
                    (z, facts)
                };
                items.iter().map(score).collect::<Vec<_>>()
            })
            .collect();
        let rows: Vec<Option<Vec<Vec<f64>>>> = items
            .par_iter()
            .zip(&texts)
            .map_init(
                || Scorer::new(self),
                |scorer, (item, (z, facts))| {
                    let parent = item.parent.and_then(|p| texts.get(p)).map(|(z, _)| z.as_slice());
                    (facts.n_chunks > 0).then(|| scorer.posteriors(item, z, facts, parent))
                },
            )
            .collect();
        let posteriors = |(h, head): (usize, &super::Head)| Posteriors {
            head: head.name.clone(),
            classes: head.classes.clone(),
            rows: rows.iter().map(|r| r.as_ref().map(|r| r[h].clone())).collect(),
        };
        self.heads.iter().enumerate().map(posteriors).collect()
    }

    /// Of each item's words: how many no training comment held, and how many there are.
    pub fn unknown_words(&self, items: &[Item<'_>]) -> Vec<(u32, u32)> {
        items
            .par_chunks(PIECE)
            .flat_map_iter(|items| {
                let mut scorer = Scorer::new(self);
                let mut z = Vec::new();
                let mut count = move |item: &Item<'_>| {
                    let facts = scorer.logits(&own_words(item), &mut z);
                    (facts.n_unknown, facts.n_words)
                };
                items.iter().map(&mut count).collect::<Vec<_>>()
            })
            .collect()
    }
}
