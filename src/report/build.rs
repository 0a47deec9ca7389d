//! Threads (or scored comments) and a model -> [`Report`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use super::comments::comment_rows;
use super::copies::{self, Copies, Found, normalised};
use super::coverage::{Coverage, usual};
use super::facts::ModelFacts;
use super::group::{cross, outlet};
use super::rows::Quotes;
use super::warnings;
use super::{
    ClassShare, Comparison, CopyMember, Difference, Greater, Group, HeadEstimate, InputHash, Report, Settings,
};
use crate::comments::Thread;
use crate::error::{Error, Result};
use crate::estimate::{AggregateOptions, Estimate, Quantifier, Target, Verdict, benjamini_hochberg, compare};
use crate::model::{Head, Model, items};

/// False discovery rate of the comparisons.
const FDR: f64 = 0.05;

/// What a group of the report is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// Each article.
    Article,
    /// The outlet: host of the canonical address, else the folder of the file.
    Source,
    /// Days, weeks (by their Monday) or months of the article's date: how many characters of the period's first day.
    Period(Period),
    /// A column of the file given with the articles.
    Column(String),
}

/// Length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A calendar day.
    Day,
    /// Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
}

/// What is known of articles from outside their pages: by article id, the columns of a row.
pub type ArticleFacts = HashMap<String, BTreeMap<String, String>>;
/// Hand labels of some comments: by article and comment id, the class per head.
pub type HandLabels = HashMap<(String, String), BTreeMap<String, String>>;

/// Settings of a report.
#[derive(Debug, Clone)]
pub struct Options {
    /// What shares are shares of.
    pub target: Target,
    /// Coverage of the intervals.
    pub interval: f64,
    /// What a group is.
    pub by: By,
    /// Seed of every random stream.
    pub seed: u64,
    /// Print shares that would be withheld.
    pub anyway: bool,
    /// Keys of groups to compare with each other.
    pub compare: Vec<String>,
    /// Facts about articles.
    pub facts: ArticleFacts,
    /// Hand labels.
    pub known: HandLabels,
    /// Whether the report holds its comments one by one, and how much of each.
    pub rows: Option<Quotes>,
    /// The arguments as typed.
    pub command: Vec<String>,
}

/// One article on its way into the report.
#[derive(Clone)]
struct Article {
    group: Group,
    outlet: String,
    /// Per head of the model: posteriors and hand labels of every comment.
    heads: Vec<Scores>,
}

/// Posteriors and hand labels of comments, in the same order.
type Scores = (Vec<Option<Vec<f64>>>, Vec<Option<usize>>);

/// Collects articles, then estimates.
pub struct Builder<'m> {
    model: &'m Model,
    quantifiers: Vec<Quantifier>,
    facts: ModelFacts,
    options: Options,
    articles: Vec<Article>,
    index: HashMap<String, usize>,
    inputs: Vec<InputHash>,
    copies: Copies,
    coverage: Coverage,
    /// Of each text in `copies`: index of its article, of its row, and what the report says of it.
    places: Vec<(usize, usize, CopyMember)>,
}

impl<'m> Builder<'m> {
    /// A builder for one model.
    ///
    /// # Errors
    /// Options out of range; a model without calibration data (the hint says to retrain).
    pub fn new(model: &'m Model, options: Options) -> Result<Self> {
        let quantifiers = model
            .heads()
            .iter()
            .map(|h| Quantifier::from_stored(h.quantifier.as_ref()))
            .collect::<Result<Vec<_>>>()?;
        let b = Builder {
            model,
            quantifiers,
            facts: ModelFacts::of(model),
            options,
            articles: Vec::new(),
            index: HashMap::new(),
            inputs: Vec::new(),
            copies: Copies::default(),
            coverage: Coverage::default(),
            places: Vec::new(),
        };
        b.aggregate_options().check()?;
        Ok(b)
    }

    fn aggregate_options(&self) -> AggregateOptions {
        AggregateOptions {
            target: self.options.target,
            interval: self.options.interval,
            seed: self.options.seed,
            keep_draws: true,
            ..AggregateOptions::default()
        }
    }

    /// Notes an input and its checksum.
    pub fn input(&mut self, source: impl Into<String>, sha256: impl Into<String>) {
        self.inputs.push(InputHash { source: source.into(), sha256: sha256.into() });
    }

    /// Scores a thread and adds it.
    ///
    /// # Errors
    /// A hand label that is no class of its head.
    pub fn add(&mut self, thread: &Thread) -> Result<()> {
        let items = items(thread);
        let ids: Vec<&str> = thread.comments.iter().map(|c| c.id.as_str()).collect();
        let rows: Vec<_> = self.model.predict(&items).into_iter().map(|p| p.rows).collect();
        let mut group = Group::of_thread(thread);
        let unknown = self.model.unknown_words(&items);
        group.unknown_words = self.coverage.add(thread, &unknown);
        if let Some(quotes) = self.options.rows {
            group.comments = comment_rows(self.model, thread, &items, &rows, quotes);
        }
        let n_before = self.index.get(&group.key).map_or(0, |&at| self.articles[at].heads[0].0.len());
        self.push(group, outlet(thread), rows, &ids)?;
        let article = self.index[&thread.article];
        let texts: Vec<String> = thread.comments.par_iter().map(|c| normalised(&c.text, &c.quotes)).collect();
        for (i, (c, text)) in thread.comments.iter().zip(&texts).enumerate() {
            self.copies.push(text);
            let member =
                CopyMember { article: thread.article.clone(), id: c.id.clone(), time: c.time.clone() };
            self.places.push((article, n_before + i, member));
        }
        Ok(())
    }

    /// Adds comments that were scored before, all of one article. `rows` are the posteriors per head of the model.
    ///
    /// # Errors
    /// A hand label that is no class of its head.
    pub fn add_scored(
        &mut self,
        article: &str,
        source: &str,
        ids: &[&str],
        rows: Vec<Vec<Option<Vec<f64>>>>,
    ) -> Result<()> {
        let group = Group { n_comments: ids.len(), ..Group::empty(article, source) };
        self.push(group, source.to_owned(), rows, ids)
    }

    fn push(
        &mut self,
        mut group: Group,
        outlet: String,
        rows: Vec<Vec<Option<Vec<f64>>>>,
        ids: &[&str],
    ) -> Result<()> {
        if let Some(facts) = self.options.facts.get(&group.key)
            && let Some(date) = facts.get("date")
        {
            group.date = Some(date.clone());
        }
        group.cross = cross(self.model, &rows);
        let mut heads = Vec::new();
        for (head, rows) in self.model.heads().iter().zip(rows) {
            let known = self.known(head, &group.key, ids)?;
            heads.push((rows, known));
        }
        group.n_scored = heads.first().map_or(0, |(rows, _)| rows.iter().flatten().count());
        if let Some(&at) = self.index.get(&group.key) {
            // The same article from another block or file: one article, more comments.
            let old = &mut self.articles[at];
            old.group.join(group);
            for (a, b) in old.heads.iter_mut().zip(heads) {
                a.0.extend(b.0);
                a.1.extend(b.1);
            }
            return Ok(());
        }
        self.index.insert(group.key.clone(), self.articles.len());
        self.articles.push(Article { group, outlet, heads });
        Ok(())
    }

    fn known(&self, head: &Head, article: &str, ids: &[&str]) -> Result<Vec<Option<usize>>> {
        if self.options.known.is_empty() {
            return Ok(Vec::new());
        }
        ids.iter()
            .map(|id| {
                let labels = self.options.known.get(&(article.to_owned(), (*id).to_owned()));
                let Some(label) = labels.and_then(|l| l.get(&head.name)).filter(|l| !l.is_empty()) else {
                    return Ok(None);
                };
                let class = head.classes.iter().position(|c| c == label).ok_or_else(|| {
                    Error::input(format!("label {label:?} is not a class of {}", head.name))
                        .article(article)
                        .comment(id)
                        .hint(format!("classes are {}", head.classes.join(", ")))
                })?;
                Ok(Some(class))
            })
            .collect()
    }

    /// Estimates everything.
    ///
    /// # Errors
    /// A key of `compare` that is no group; a date that is needed and missing.
    pub fn finish(mut self) -> Result<Report> {
        let articles = std::mem::take(&mut self.articles);
        let estimates: Vec<Vec<Option<Estimate>>> =
            articles.par_iter().map(|a| self.estimate(a)).collect::<Result<_>>()?;
        let keys: Vec<String> = articles.iter().map(|a| self.group_key(a)).collect::<Result<_>>()?;
        let mut groups: Vec<(Group, Vec<Option<Estimate>>)> = if self.options.by == By::Article {
            articles.iter().map(|a| a.group.clone()).zip(estimates.iter().cloned()).collect()
        } else {
            let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            keys.iter().enumerate().for_each(|(i, k)| by_key.entry(k).or_default().push(i));
            by_key
                .into_iter()
                .map(|(key, members)| self.merge(key, &members, &articles, &estimates, true))
                .collect::<Result<_>>()?
        };
        let with_comments: Vec<usize> =
            (0..articles.len()).filter(|&i| articles[i].group.n_scored > 0).collect();
        let total = if with_comments.len() >= 2 {
            let (mut g, e) = self.merge("TOTAL", &with_comments, &articles, &estimates, false)?;
            g.title = Some(format!("all {} articles with comments", with_comments.len()));
            Some(self.with_heads(g, &e))
        } else {
            None
        };
        let found = self.copies.groups();
        let copies: Vec<_> =
            found.iter().map(|f| copies::shown(f, |i| self.places[i as usize].2.clone())).collect();
        let without_copies = self.without_copies(&found, &articles, &estimates, &with_comments)?;
        let comparisons = self.comparisons(&groups)?;
        let coverage = self.coverage.languages(articles.iter().map(|a| &a.group.languages), &self.facts);
        // Said once: an article's own line names its number of comments.
        let n_short = groups.iter().filter(|(g, _)| warnings::is_short(g.n_scored)).count();
        let n_comments = articles.iter().map(|a| a.group.n_comments).sum();
        let outlets: BTreeSet<&str> = with_comments.iter().map(|&i| articles[i].outlet.as_str()).collect();
        let warnings = warnings::short_threads(n_short, groups.len())
            .into_iter()
            .chain(warnings::copies(&copies, n_comments))
            .chain(warnings::new_sources(&outlets, &self.facts))
            .collect();
        let groups = groups.drain(..).map(|(g, e)| self.with_heads(g, &e)).collect();
        Ok(Report {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model: self.model.sha256().chars().take(12).collect(),
            settings: self.settings(),
            inputs: self.inputs,
            groups,
            total,
            comparisons,
            copies,
            without_copies,
            coverage,
            facts: Some(self.facts),
            command: self.options.command,
            warnings,
        })
    }

    /// All articles together with the first comment of each group of copies; `None` where there are no copies.
    fn without_copies(
        &self,
        found: &[Found],
        articles: &[Article],
        estimates: &[Vec<Option<Estimate>>],
        with_comments: &[usize],
    ) -> Result<Option<Group>> {
        if found.is_empty() {
            return Ok(None);
        }
        let (mut articles, mut estimates) = (articles.to_vec(), estimates.to_vec());
        let mut changed = BTreeSet::new();
        for &i in found.iter().flat_map(|f| &f.members[1..]) {
            let (article, row, _) = self.places[i as usize];
            let one = &mut articles[article];
            one.group.n_comments -= 1;
            one.group.n_scored -= usize::from(one.heads[0].0[row].is_some());
            for (rows, known) in &mut one.heads {
                rows[row] = None;
                known.get_mut(row).into_iter().for_each(|k| *k = None);
            }
            changed.insert(article);
        }
        for i in changed {
            estimates[i] = self.estimate(&articles[i])?;
        }
        let (mut group, e) = self.merge("TOTAL", with_comments, &articles, &estimates, false)?;
        group.title = Some("all articles, one comment of each group of near-copies".to_owned());
        group.comments.clear();
        group.cross = None;
        Ok(Some(self.with_heads(group, &e)))
    }

    fn settings(&self) -> Settings {
        let by = match &self.options.by {
            By::Article => "article",
            By::Source => "source",
            By::Period(Period::Day) => "day",
            By::Period(Period::Week) => "week",
            By::Period(Period::Month) => "month",
            By::Column(c) => c,
        };
        let target = match self.options.target {
            Target::Comments => "comments",
            Target::Readers => "readers",
        };
        Settings {
            target: target.to_owned(),
            interval: self.options.interval,
            by: by.to_owned(),
            seed: self.options.seed,
            anyway: self.options.anyway,
            quotes: self.options.rows.unwrap_or(Quotes::None),
        }
    }

    fn estimate(&self, a: &Article) -> Result<Vec<Option<Estimate>>> {
        let options = self.aggregate_options();
        let stream = format!("{}\u{1f}{}", a.group.key, self.model.sha256());
        a.heads
            .iter()
            .zip(self.quantifiers.iter().zip(self.model.heads()))
            .map(|((rows, known), (quantifier, head))| {
                if rows.iter().flatten().count() == 0 {
                    return Ok(None);
                }
                let mut e = quantifier.aggregate(rows, known, &stream, &options)?;
                // Counted is what `score` names: the class after the head's decision offsets.
                e.counts = vec![0; head.classes.len()];
                for (i, row) in rows.iter().enumerate() {
                    let label = known.get(i).copied().flatten();
                    if let Some(class) = label.or_else(|| row.as_ref().map(|p| head.decide(p))) {
                        e.counts[class] += 1;
                    }
                }
                Ok(Some(e))
            })
            .collect()
    }

    fn group_key(&self, a: &Article) -> Result<String> {
        match &self.options.by {
            By::Article => Ok(a.group.key.clone()),
            By::Source => Ok(a.outlet.clone()),
            By::Period(p) => {
                let day = a
                    .group
                    .date
                    .as_deref()
                    .and_then(|d| d.get(..10))
                    .and_then(|d| d.parse::<jiff::civil::Date>().ok());
                let Some(day) = day else {
                    // An article without comments needs no date.
                    return if a.group.n_scored == 0 {
                        Ok("undated".to_owned())
                    } else {
                        Err(Error::input("the article has no date, so it belongs to no period")
                            .article(&a.group.key)
                            .hint("give dates with --dates FILE.csv (columns article, date)"))
                    };
                };
                Ok(match p {
                    Period::Day => day.to_string(),
                    Period::Week => {
                        let back = i64::from(day.weekday().to_monday_zero_offset());
                        day.saturating_sub(jiff::Span::new().days(back)).to_string()
                    }
                    Period::Month => day.first_of_month().to_string()[..7].to_owned(),
                })
            }
            By::Column(c) => {
                let facts = self.options.facts.get(&a.group.key);
                facts.and_then(|f| f.get(c)).cloned().ok_or_else(|| {
                    Error::input(format!("there is no {c:?} for the article")).article(&a.group.key).hint(
                        format!("--dates FILE.csv needs the columns article and {c}, a row per article"),
                    )
                })
            }
        }
    }

    /// Several articles as one group. `resample` where the group stands for more than these articles.
    fn merge(
        &self,
        key: &str,
        members: &[usize],
        articles: &[Article],
        estimates: &[Vec<Option<Estimate>>],
        resample: bool,
    ) -> Result<(Group, Vec<Option<Estimate>>)> {
        let mut group = Group::empty(key, "");
        group.sources.clear();
        for &i in members {
            group.join(articles[i].group.clone());
        }
        let options = self.aggregate_options();
        let heads = (0..self.quantifiers.len())
            .map(|h| {
                let parts: Vec<&Estimate> =
                    members.iter().filter_map(|&i| estimates[i][h].as_ref()).collect();
                match parts.len() {
                    0 => Ok(None),
                    1 => Ok(Some(parts[0].clone())),
                    _ => self.quantifiers[h].total(&parts, resample, key, &options).map(Some),
                }
            })
            .collect::<Result<_>>()?;
        Ok((group, heads))
    }

    fn comparisons(&self, groups: &[(Group, Vec<Option<Estimate>>)]) -> Result<Vec<Comparison>> {
        let find = |key: &String| {
            let hit = |g: &Group| g.key == *key || super::text::short_key(&g.key) == key;
            groups.iter().find(|(g, _)| hit(g)).ok_or_else(|| {
                let known: Vec<&str> = groups.iter().take(8).map(|(g, _)| g.key.as_str()).collect();
                Error::usage(format!("--compare: there is no group {key:?}")).hint(format!(
                    "groups are {}{}",
                    known.join(", "),
                    if groups.len() > 8 { ", ..." } else { "" }
                ))
            })
        };
        let named: Vec<_> = self.options.compare.iter().map(find).collect::<Result<_>>()?;
        let mut out = Vec::new();
        for (i, (a, ea)) in named.iter().enumerate() {
            for (b, eb) in &named[i + 1..] {
                for ((ea, eb), head) in ea.iter().zip(eb).zip(self.model.heads()) {
                    let (Some(ea), Some(eb)) = (ea, eb) else { continue };
                    let d = compare(ea, eb)?;
                    let classes = head.classes.iter().enumerate().map(|(y, class)| Difference {
                        class: class.clone(),
                        difference: d.difference[y],
                        lo: d.lo[y],
                        hi: d.hi[y],
                        p: d.p_value[y],
                        stands: false,
                    });
                    out.push(Comparison {
                        a: a.key.clone(),
                        b: b.key.clone(),
                        head: head.name.clone(),
                        classes: classes.collect(),
                    });
                }
            }
        }
        let p: Vec<f64> = out.iter().flat_map(|c| &c.classes).map(|d| d.p).collect();
        let q = benjamini_hochberg(&p);
        out.iter_mut().flat_map(|c| &mut c.classes).zip(q).for_each(|(d, q)| d.stands = q <= FDR);
        Ok(out)
    }

    fn with_heads(&self, mut group: Group, estimates: &[Option<Estimate>]) -> Group {
        let little_known = warnings::few_labels(&group.languages, &self.facts);
        let usual = usual(&group.languages, &self.facts);
        group.warnings.extend(group.unknown_words.and_then(|share| warnings::unknown_words(share, usual)));
        for (e, head) in estimates.iter().zip(self.model.heads()) {
            if let Some(e) = e {
                group.heads.push(self.head_estimate(head, e, little_known.as_deref()));
            }
        }
        group
    }

    fn head_estimate(&self, head: &Head, e: &Estimate, little_known: Option<&str>) -> HeadEstimate {
        let (mut verdict, mut reasons) = match &e.verdict {
            Verdict::Verified => ("verified", Vec::new()),
            Verdict::Unverified => ("unverified", Vec::new()),
            Verdict::CountsOnly(r) => ("counts only", r.iter().map(ToString::to_string).collect()),
        };
        if let Some(reason) = little_known {
            verdict = "counts only";
            reasons.push(reason.to_owned());
        }
        if self.options.anyway && verdict == "counts only" {
            verdict = "unverified";
        }
        let shown = verdict != "counts only";
        reasons.extend(warnings::little_said(e.worth).filter(|_| shown));
        let n: usize = e.counts.iter().sum();
        let adjusted = e.adjusted.as_slice();
        let classes = head.classes.iter().enumerate().map(|(y, class)| ClassShare {
            class: class.clone(),
            n: e.counts[y],
            counted: e.counts[y] as f64 / n.max(1) as f64,
            adjusted: shown.then_some(adjusted[y]),
            lo: shown.then_some(e.lo[y]),
            hi: shown.then_some(e.hi[y]),
        });
        let greater = pair(&head.classes).filter(|_| shown).map(|(a, b)| {
            let (a, b) = if adjusted[a] >= adjusted[b] { (a, b) } else { (b, a) };
            Greater {
                larger: head.classes[a].clone(),
                smaller: head.classes[b].clone(),
                p: e.p_greater[a][b],
            }
        });
        HeadEstimate {
            head: head.name.clone(),
            n,
            classes: classes.collect(),
            worth: shown.then_some(e.worth),
            verdict: verdict.to_owned(),
            reasons,
            greater,
        }
    }
}

/// The two classes whose order matters: those beside `neutral`, or the only two.
fn pair(classes: &[String]) -> Option<(usize, usize)> {
    let sides: Vec<usize> = (0..classes.len()).filter(|&y| classes[y] != "neutral").collect();
    (sides.len() == 2).then(|| (sides[0], sides[1]))
}
