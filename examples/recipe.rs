//! Measures the recipe on labelled comments: folds by a column, sources left out, and 50 labels of a new source.
//!
//! ```sh
//! cargo run --release --example recipe -- open.csv folds sources adapt
//! cargo run --release --example recipe -- semeval.csv targets
//! cargo run --release --example recipe -- open.csv folds labels/english.csv '{"bigram_min_df": 2}'
//! ```
//! Settings other than the default ones are named as in `Recipe`. Further label files after the first are learned from
//! in every part and judged in none.
//! Columns: those of `stance train`, and `fold` for `folds`. Nothing a test row is judged by has seen it: vocabulary,
//! weights, stages and offsets are learned anew each time. `targets`: one model per article, five folds, mean of the
//! F1 of favor and against over all targets together.

use std::collections::BTreeMap;

use commentariat::Result;
use commentariat::features::Recipe;
use commentariat::labels::{self, LabelledCollection, ReadOptions, sample};
use commentariat::model::dummy::{Metrics, f1_per_class, most_frequent};
use commentariat::model::{Item, Model, TrainParams, adapt, train};

/// Fewest rows of a source that is left out.
const MIN_SOURCE: usize = 100;
/// Sources that 50 labels are drawn from, and how often.
const ADAPTED: [&str; 5] = ["youtube", "reddit", "echo.msk.ru", "vk", "telegram-posts"];
const N_DRAWS: u64 = 10;
const N_LABELS: usize = 50;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((path, what)) = args.split_first() else { return Ok(()) };
    let wants = |name: &str| what.iter().any(|w| w == name);
    let mut options = ReadOptions::default();
    if wants("targets") {
        options.classes.insert("stance".to_owned(), ["against", "favor", "none"].map(str::to_owned).to_vec());
    }
    let further = what.iter().filter(|w| w.ends_with(".csv"));
    let paths: Vec<&String> = std::iter::once(path).chain(further).collect();
    let labelled = labels::read(&paths, &options)?;
    let n_judged = labelled.rows.iter().filter(|r| r.place.0 == 0).count();
    let recipe = match what.iter().find(|w| w.starts_with('{')) {
        Some(json) => serde_json::from_str(json).expect("settings as JSON"),
        None => Recipe::default(),
    };
    let params = TrainParams { recipe, ..TrainParams::default() };
    let mut table =
        Table { labelled: &labelled, source: labelled.rows.iter().map(source).collect(), params, n_judged };
    if wants("folds") {
        table.folds(&column(path, "fold"))?;
    }
    if wants("sources") || wants("adapt") {
        table.sources(wants("adapt"))?;
    }
    if wants("targets") {
        table.targets()?;
    }
    Ok(())
}

/// A column of the file, as numbers; rows without text, which are not read, have none either.
fn column(path: &str, name: &str) -> Vec<usize> {
    let mut reader = csv::Reader::from_path(path).expect("the file was read before");
    let at =
        reader.headers().ok().and_then(|h| h.iter().position(|c| c == name)).expect("the column is there");
    reader.records().map(|r| r.ok().and_then(|r| r[at].parse().ok()).unwrap_or(0)).collect()
}

fn source(row: &labels::Labelled) -> String {
    let source = row.source.as_deref().unwrap_or_default();
    let family = source.split('/').next().unwrap_or(source);
    if family == "twitter-ru-2017" { "twitter".to_owned() } else { family.to_owned() }
}

fn part(labelled: &LabelledCollection, keep: impl Fn(usize) -> bool) -> LabelledCollection {
    let rows = labelled.rows.iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, r)| r.clone()).collect();
    LabelledCollection { rows, ..labelled.clone() }
}

/// Posteriors and named classes of one head for some rows.
fn judge(
    model: &Model,
    h: usize,
    labelled: &LabelledCollection,
    rows: &[usize],
) -> (Vec<Vec<f64>>, Vec<usize>) {
    let items: Vec<Item<'_>> = rows
        .iter()
        .map(|i| &labelled.rows[*i])
        .map(|r| Item { text: &r.text, parent_text: r.parent_text.as_deref(), ..Item::default() })
        .collect();
    let head = &model.heads()[h];
    let k = head.classes.len();
    let none = vec![1.0 / k as f64; k];
    let p: Vec<Vec<f64>> =
        model.predict(&items)[h].rows.iter().map(|r| r.clone().unwrap_or_else(|| none.clone())).collect();
    let named = p.iter().map(|p| head.decide(p)).collect();
    (p, named)
}

/// Mean and standard error.
fn mean(x: &[f64]) -> (f64, f64) {
    let n = x.len() as f64;
    let m = x.iter().sum::<f64>() / n;
    (m, (x.iter().map(|x| (x - m).powi(2)).sum::<f64>() / (n - 1.0).max(1.0) / n).sqrt())
}

fn macro_f1(y: &[usize], named: &[usize], k: usize) -> f64 {
    f1_per_class(y, named, k).iter().sum::<f64>() / k as f64
}

/// Area under the ROC curve of one class against the rest; ties count half.
fn auc(y: &[usize], p: &[Vec<f64>], class: usize) -> Option<f64> {
    let mut order: Vec<usize> = (0..y.len()).collect();
    order.sort_by(|a, b| p[*a][class].total_cmp(&p[*b][class]));
    let n_of = y.iter().filter(|y| **y == class).count();
    if n_of < 5 || y.len() - n_of < 5 {
        return None;
    }
    let ranks: f64 =
        order.iter().enumerate().filter(|(_, i)| y[**i] == class).map(|(r, _)| r as f64 + 1.0).sum();
    let (a, b) = (n_of as f64, (y.len() - n_of) as f64);
    Some((ranks - a * (a + 1.0) / 2.0) / (a * b))
}

/// Expected calibration error of the largest posterior, 15 bins of equal width.
fn ece(y: &[usize], p: &[Vec<f64>]) -> f64 {
    let mut bins = [(0.0, 0.0, 0.0); 15];
    for (y, p) in y.iter().zip(p) {
        let (class, top) =
            p.iter().enumerate().fold((0, 0.0), |a, (c, x)| if *x > a.1 { (c, *x) } else { a });
        let at = (1..15).filter(|i| top * 15.0 >= f64::from(*i)).count();
        let bin = &mut bins[at];
        bin.0 += 1.0;
        bin.1 += top;
        bin.2 += f64::from(u8::from(class == *y));
    }
    bins.iter().map(|b| (b.1 - b.2).abs()).sum::<f64>() / y.len() as f64
}

struct Table<'a> {
    labelled: &'a LabelledCollection,
    source: Vec<String>,
    params: TrainParams,
    /// Rows of the first file.
    n_judged: usize,
}

/// What was said of each row under one head.
type Said = Vec<(Vec<Vec<f64>>, Vec<usize>)>;

impl Table<'_> {
    fn y(&self, h: usize, rows: &[usize]) -> Vec<usize> {
        rows.iter().map(|i| self.labelled.rows[*i].y[h].unwrap_or(0)).collect()
    }

    fn folds(&mut self, fold: &[usize]) -> Result<()> {
        let n = self.n_judged;
        assert_eq!(fold.len(), n, "a row without text");
        let n_folds = fold.iter().max().map_or(0, |f| f + 1);
        let mut said: Said = self.labelled.heads.iter().map(|_| (vec![Vec::new(); n], vec![0; n])).collect();
        for f in 0..n_folds {
            let (model, _) = train(&part(self.labelled, |i| fold.get(i) != Some(&f)), &self.params)?;
            let test: Vec<usize> = (0..n).filter(|i| fold[*i] == f).collect();
            for (h, said) in said.iter_mut().enumerate() {
                let (p, named) = judge(&model, h, self.labelled, &test);
                for ((i, p), named) in test.iter().zip(p).zip(named) {
                    (said.0[*i], said.1[*i]) = (p, named);
                }
            }
        }
        for (h, (p, named)) in said.iter().enumerate() {
            let head = &self.labelled.heads[h];
            let k = head.classes.len();
            let f1 = |keep: &dyn Fn(usize) -> bool| {
                let rows: Vec<usize> = (0..n).filter(|i| keep(*i)).collect();
                let named: Vec<usize> = rows.iter().map(|i| named[*i]).collect();
                macro_f1(&self.y(h, &rows), &named, k)
            };
            let per_fold: Vec<f64> = (0..n_folds).map(|f| f1(&|i| fold[i] == f)).collect();
            print(&format!("{}: all {:.4} ± {:.4}", head.name, f1(&|_| true), mean(&per_fold).1));
            let lang = |i: usize| self.labelled.rows[i].lang.as_deref().unwrap_or("und");
            let mut langs: Vec<&str> = (0..n).map(lang).collect();
            langs.sort_unstable();
            langs.dedup();
            for l in langs {
                let per_fold: Vec<f64> =
                    (0..n_folds).map(|f| f1(&|i| lang(i) == l && fold[i] == f)).collect();
                print(&format!("  {l} {:.4} ± {:.4}", f1(&|i| lang(i) == l), mean(&per_fold).1));
            }
            let y = self.y(h, &(0..n).collect::<Vec<_>>());
            print(&format!("  ECE {:.4}", ece(&y, p)));
            let mut within = Vec::new();
            for s in self.large_sources() {
                let rows: Vec<usize> = (0..n).filter(|i| self.source[*i] == s).collect();
                let (y, p): (Vec<usize>, Vec<Vec<f64>>) =
                    (self.y(h, &rows), rows.iter().map(|i| p[*i].clone()).collect());
                let aucs: Vec<f64> = (0..k).filter_map(|c| auc(&y, &p, c)).collect();
                within.push(mean(&aucs).0);
                print(&format!(
                    "  {s}: macro-F1 {:.3}, AUC {:.3}",
                    f1(&|i| self.source[i] == s),
                    mean(&aucs).0
                ));
            }
            print(&format!("  AUC within sources {:.4}", mean(&within).0));
            for (name, words) in
                [("1-5 words", 0..6), ("6-20", 6..21), ("21-60", 21..61), ("61+", 61..usize::MAX)]
            {
                let n_words = |i: usize| self.labelled.rows[i].text.split_whitespace().count();
                let rows = (0..n).filter(|i| words.contains(&n_words(*i))).count();
                print(&format!("  {name} ({rows} rows) {:.3}", f1(&|i| words.contains(&n_words(i)))));
            }
        }
        Ok(())
    }

    fn large_sources(&self) -> Vec<String> {
        let mut n: BTreeMap<&str, usize> = BTreeMap::new();
        self.source[..self.n_judged].iter().for_each(|s| *n.entry(s).or_default() += 1);
        n.into_iter().filter(|(_, n)| *n > MIN_SOURCE).map(|(s, _)| s.to_owned()).collect()
    }

    fn sources(&mut self, with_labels: bool) -> Result<()> {
        let n = self.n_judged;
        let n_heads = self.labelled.heads.len();
        let mut f1 = vec![Vec::new(); n_heads];
        let mut base = vec![Vec::new(); n_heads];
        let mut with = vec![Vec::new(); n_heads];
        let mut without = vec![Vec::new(); n_heads];
        for s in self.large_sources() {
            let (model, _) = train(&part(self.labelled, |i| self.source[i] != s), &self.params)?;
            let test: Vec<usize> = (0..n).filter(|i| self.source[*i] == s).collect();
            for h in 0..n_heads {
                let head = &self.labelled.heads[h];
                let k = head.classes.len();
                let y = self.y(h, &test);
                let (p, named) = judge(&model, h, self.labelled, &test);
                let mut counts = vec![0; k];
                y.iter().for_each(|y| counts[*y] += 1);
                let aucs: Vec<f64> = (0..k).filter_map(|c| auc(&y, &p, c)).collect();
                let m = Metrics::of(&y, &named, &p).macro_f1;
                f1[h].push(m);
                base[h].push(most_frequent(&y, &counts).macro_f1);
                let line = format!("{} without {s}: {m:.3}, AUC {:.3}", head.name, mean(&aucs).0);
                print(&format!("{line}, largest class {:.3}", base[h][base[h].len() - 1]));
            }
            if with_labels && ADAPTED.contains(&s.as_str()) {
                self.fifty(&s, &model, &test, &mut without, &mut with)?;
            }
        }
        for h in 0..n_heads {
            let name = &self.labelled.heads[h].name;
            let ((m, e), (b, _)) = (mean(&f1[h]), mean(&base[h]));
            print(&format!("{name}: leaving sources out {m:.4} ± {e:.4} over sources; largest class {b:.3}"));
            if with_labels {
                let (a, b) = (mean(&without[h]), mean(&with[h]));
                print(&format!("{name}: {N_LABELS} labels {:.4} ± {:.4}, without {:.4}", b.0, b.1, a.0));
            }
        }
        Ok(())
    }

    fn fifty(
        &self,
        s: &str,
        model: &Model,
        test: &[usize],
        without: &mut [Vec<f64>],
        with: &mut [Vec<f64>],
    ) -> Result<()> {
        let n_heads = self.labelled.heads.len();
        let mut draws = vec![(Vec::new(), Vec::new(), Vec::new()); n_heads];
        for seed in 0..N_DRAWS {
            let drawn: Vec<usize> =
                sample::random(test.len(), N_LABELS, seed).iter().map(|i| test[*i]).collect();
            let rest: Vec<usize> = test.iter().copied().filter(|i| drawn.binary_search(i).is_err()).collect();
            let few = part(self.labelled, |i| drawn.binary_search(&i).is_ok());
            let (adapted, report) = adapt(model, &few, 0)?;
            for (h, draws) in draws.iter_mut().enumerate() {
                let k = self.labelled.heads[h].classes.len();
                let y = self.y(h, &rest);
                let f1 = |model: &Model| macro_f1(&y, &judge(model, h, self.labelled, &rest).1, k);
                draws.0.push(f1(model));
                draws.1.push(f1(&adapted));
                draws.2.push(report.heads[h].adapted.macro_f1);
            }
        }
        for (h, (a, b, told)) in draws.iter().enumerate() {
            let ((a, _), (b, e), (t, _)) = (mean(a), mean(b), mean(told));
            let name = &self.labelled.heads[h].name;
            print(&format!("{name} {s}: {a:.3} -> {b:.3} ± {e:.3} with {N_LABELS} labels (told {t:.3})"));
            without[h].push(a);
            with[h].push(b);
        }
        Ok(())
    }

    fn targets(&mut self) -> Result<()> {
        let targets: std::collections::BTreeSet<&str> =
            self.labelled.rows.iter().map(|r| r.article.as_str()).collect();
        let classes = &self.labelled.heads[0].classes;
        let (mut y, mut named) = (Vec::new(), Vec::new());
        for target in targets {
            let own = part(self.labelled, |i| self.labelled.rows[i].article == target);
            let (_, report) = train(&own, &self.params)?;
            let head = &report.heads[0];
            let before = y.len();
            for (row, c) in own.rows.iter().zip(&head.named) {
                if let (Some(truth), Some(c)) = (row.y[0], c) {
                    y.push(truth);
                    named.push(*c);
                }
            }
            print(&format!("{target}: {:.3}", favor_against(&y[before..], &named[before..], classes)));
        }
        print(&format!("all targets: {:.4}", favor_against(&y, &named, classes)));
        Ok(())
    }
}

/// Mean F1 of favor and against.
fn favor_against(y: &[usize], named: &[usize], classes: &[String]) -> f64 {
    let f1 = f1_per_class(y, named, classes.len());
    let of =
        classes.iter().zip(&f1).filter(|(c, _)| ["favor", "against"].contains(&c.to_lowercase().as_str()));
    of.map(|(_, f)| f / 2.0).sum()
}

#[expect(clippy::print_stdout, reason = "an example prints what it measured")]
fn print(line: &str) {
    println!("{line}");
}
