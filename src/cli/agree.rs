//! `stance agree`: Krippendorff's alpha of two or more coders.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::Context;
use super::view::{self, TextOrJson, View, clip};
use crate::error::{Error, Kind, Result};
use crate::labels::agreement::{Agreement, Alpha, Codings, Unit};

/// Agreement of coders: Krippendorff's alpha
///
/// Takes one file per coder (columns `id` and the label column), or one file with the columns <label>_a,
/// <label>_b, ..., or one file with a column `coder` and a row per comment and coder.
#[derive(Debug, Args)]
pub struct Agree {
    /// Labelled CSV files
    #[arg(required = true, value_name = "FILE.csv")]
    files: Vec<PathBuf>,
    /// Label column; may be given more than once [default: stance and, where it is there, sentiment]
    #[arg(long, value_name = "COL")]
    label: Vec<String>,
    /// Number of disputed comments to list
    #[arg(long, value_name = "N", default_value_t = 10)]
    disputed: usize,
    /// Seed of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    view: View<TextOrJson>,
}

impl Agree {
    /// Runs the verb.
    pub fn run(&self, ctx: &Context) -> Result<()> {
        let files: Vec<File> = self.files.iter().map(|p| File::read(p)).collect::<Result<_>>()?;
        let heads = self.heads(&files)?;
        let mut text = String::new();
        let mut all = serde_json::Map::new();
        for head in &heads {
            let codings = read_codings(&files, head)?;
            let agreement = codings.agreement(self.seed);
            if agreement.overall.n_units == 0 {
                return Err(Error::input(format!("no comment has {head} from two coders"))
                    .hint("the files must share ids; name one file per coder"));
            }
            let short: Vec<&str> = agreement
                .per_class
                .iter()
                .filter(|(_, a)| a.alpha.is_some_and(|a| a < 0.667))
                .map(|(name, _)| name.as_str())
                .collect();
            if !short.is_empty() {
                ctx.warn(format!(
                    "{head}: alpha is below .667 for {}; sharpen the codebook before training on them",
                    short.join(", ")
                ));
            }
            table(&mut text, head, &codings, &agreement, self.disputed);
            all.insert(head.clone(), to_json(&codings, &agreement, self.disputed));
        }
        let body = match self.view.format() {
            TextOrJson::Text => text,
            TextOrJson::Json => view::json(&all)?,
        };
        view::write(self.view.open()?, &body)
    }

    fn heads(&self, files: &[File]) -> Result<Vec<String>> {
        if !self.label.is_empty() {
            return Ok(self.label.clone());
        }
        let there = |head: &str| files.iter().any(|f| !f.label_columns(head).is_empty());
        let heads: Vec<String> =
            ["stance", "sentiment"].into_iter().filter(|h| there(h)).map(str::to_owned).collect();
        if heads.is_empty() {
            return Err(Error::input("has no column stance or stance_a, stance_b")
                .file(files[0].name.clone())
                .hint(format!(
                    "name the label column with --label; columns found: {}",
                    files[0].header.join(", ")
                )));
        }
        Ok(heads)
    }
}

struct File {
    name: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl File {
    fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let bad = |e: csv::Error| {
            let line = e.position().map_or(0, csv::Position::line);
            Error::new(Kind::Input, e.to_string()).file(name.clone()).line(line)
        };
        #[expect(clippy::disallowed_methods, reason = "a verb opens the files it is given")]
        let file = std::fs::File::open(path).map_err(|e| Error::io(name.clone(), e))?;
        let mut reader = csv::Reader::from_reader(file);
        let header: Vec<String> = reader
            .headers()
            .map_err(bad)?
            .iter()
            .map(|h| h.trim_start_matches('\u{feff}').trim().to_owned())
            .collect();
        let rows = reader
            .records()
            .map(|r| r.map(|r| r.iter().map(|v| v.trim().to_owned()).collect()).map_err(bad))
            .collect::<Result<_>>()?;
        Ok(File { name, header, rows })
    }

    fn at(&self, column: &str) -> Option<usize> {
        self.header.iter().position(|h| h == column)
    }

    /// `<head>`, or `<head>_a`, `<head>_b`, ...
    fn label_columns(&self, head: &str) -> Vec<usize> {
        match self.at(head) {
            Some(i) => vec![i],
            None => (0..self.header.len())
                .filter(|i| {
                    let rest = self.header[*i].strip_prefix(head).and_then(|r| r.strip_prefix('_'));
                    rest.is_some_and(|r| r.len() == 1 && r.bytes().all(|b| b.is_ascii_alphanumeric()))
                })
                .collect(),
        }
    }
}

fn index(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|n| n == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    })
}

/// Comment, coder, label, language and codebook of one coding.
type Found = (String, usize, String, Option<String>, Option<String>);

fn read_codings(files: &[File], head: &str) -> Result<Codings> {
    let mut found: Vec<Found> = Vec::new();
    let mut coders = Vec::new();
    for (f, file) in files.iter().enumerate() {
        let id_at = file.at("id").ok_or_else(|| {
            Error::input("has no column id").file(file.name.clone()).hint("comments are matched by their id")
        })?;
        let columns = file.label_columns(head);
        if columns.is_empty() {
            return Err(Error::input(format!("has no column {head}"))
                .file(file.name.clone())
                .hint(format!("columns found: {}", file.header.join(", "))));
        }
        let coder_at = file.at("coder").filter(|_| columns.len() == 1);
        let get =
            |row: &[String], i: Option<usize>| i.and_then(|i| row.get(i)).filter(|v| !v.is_empty()).cloned();
        let (lang_at, book_at) = (file.at("lang"), file.at("codebook"));
        for row in &file.rows {
            for &c in &columns {
                let label = row.get(c).cloned().unwrap_or_default();
                if label.is_empty() || label == "skip" || label == "unreadable" {
                    continue;
                }
                // A coder is who the row names, else the column, else the file.
                let coder = match get(row, coder_at) {
                    Some(name) => name,
                    None if columns.len() > 1 => file.header[c].clone(),
                    None => format!("{}#{}", file.name, f + 1),
                };
                let coder = index(&mut coders, &coder);
                found.push((row[id_at].clone(), coder, label, get(row, lang_at), get(row, book_at)));
            }
        }
    }
    let mut classes: Vec<String> = found.iter().map(|f| f.2.clone()).collect();
    classes.sort();
    classes.dedup();
    let mut out = Codings { classes, coders, units: Vec::new() };
    let mut at: HashMap<String, usize> = HashMap::new();
    for (id, coder, label, lang, codebook) in found {
        let Ok(class) = out.classes.binary_search(&label) else { continue };
        let next = out.units.len();
        let slot = *at.entry(id.clone()).or_insert(next);
        if slot == next {
            out.units.push(Unit { id: id.clone(), ..Unit::default() });
        }
        let unit = &mut out.units[slot];
        if unit.values.iter().any(|v| v.0 == coder) {
            return Err(Error::input(format!("{} labelled comment {id} twice", out.coders[coder]))
                .hint("one file per coder, or a column coder that tells them apart"));
        }
        unit.values.push((coder, class));
        unit.lang = unit.lang.take().or(lang);
        unit.codebook = unit.codebook.take().or(codebook);
    }
    Ok(out)
}

fn alpha_cells(a: &Alpha) -> String {
    let value = a.alpha.map_or("    -".into(), |v| format!("{v:5.2}"));
    let interval = a.interval.map_or("           -".into(), |(l, h)| format!("({l:.2}-{h:.2})"));
    let observed = a.observed.map_or("   -".into(), |v| format!("{:3.0}%", 100.0 * v));
    format!("{value}  {interval:>12}  {observed:>6}  {:>7}", a.n_units)
}

fn table(out: &mut String, head: &str, codings: &Codings, a: &Agreement, n_disputed: usize) {
    let _ = writeln!(out, "{head}: {} coders", codings.coders.len());
    let _ = writeln!(out, "{:<28}{:>7}  {:>12}  {:>6}  {:>7}", "", "alpha", "95 %", "agree", "n");
    let mut line = |name: &str, alpha: &Alpha| {
        let _ = writeln!(out, "{:<28}  {}", clip(name, 28), alpha_cells(alpha));
    };
    line("all", &a.overall);
    for (what, part) in [("class", &a.per_class), ("lang", &a.per_language), ("codebook", &a.per_codebook)] {
        part.iter().for_each(|(name, alpha)| line(&format!("{what} {name}"), alpha));
    }
    let _ = writeln!(out, "\nfirst coder (rows) by second (columns)");
    let width = 14;
    let _ = write!(out, "{:<width$}", "");
    codings.classes.iter().for_each(|c| {
        let _ = write!(out, "  {:>width$}", clip(c, width));
    });
    let _ = writeln!(out);
    for (name, row) in codings.classes.iter().zip(&a.confusion) {
        let _ = write!(out, "{:<width$}", clip(name, width));
        row.iter().for_each(|n| {
            let _ = write!(out, "  {n:>width$}");
        });
        let _ = writeln!(out);
    }
    let _ = writeln!(out, "\n{} comments disputed", a.disputed.len());
    for (i, share) in a.disputed.iter().take(n_disputed) {
        let unit = &codings.units[*i];
        let said: Vec<&str> = unit.values.iter().map(|v| codings.classes[v.1].as_str()).collect();
        let _ = writeln!(
            out,
            "  {:<30} {:3.0}%  {}",
            clip(&unit.id, 30),
            100.0 * share,
            clip(&said.join(" / "), 40)
        );
    }
    out.push('\n');
}

fn to_json(codings: &Codings, a: &Agreement, n_disputed: usize) -> serde_json::Value {
    let disputed: Vec<_> = a
        .disputed
        .iter()
        .take(n_disputed)
        .map(|(i, share)| {
            let unit = &codings.units[*i];
            let values: serde_json::Map<_, _> = unit
                .values
                .iter()
                .map(|v| (codings.coders[v.0].clone(), json!(codings.classes[v.1])))
                .collect();
            json!({"id": unit.id, "lang": unit.lang, "differ": share, "labels": values})
        })
        .collect();
    json!({"coders": codings.coders, "classes": codings.classes, "overall": a.overall, "per_class": a.per_class,
        "per_language": a.per_language, "per_codebook": a.per_codebook, "confusion": a.confusion,
        "n_disputed": a.disputed.len(), "disputed": disputed})
}
