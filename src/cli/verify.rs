//! `stance verify`: computes a saved report again from its inputs and says whether it is the same.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Parser};
use serde_json::Value;

use super::report::to_home;
use super::view::{self, TextOrJson, View};
use super::{Cli, Context, Verb, input};
use crate::error::{Error, Kind, Result};
use crate::report;

/// Differences that are listed.
const MAX_SHOWN: usize = 20;

/// Recompute a report and say whether it is the same
#[derive(Debug, Args)]
#[command(after_help = "Example:
  stance report saved/ --format json -o report.json
  stance verify report.json             run in the same folder: same, or where not")]
pub struct Verify {
    /// A report made by stance report --format json
    #[arg(value_name = "REPORT.json")]
    report: PathBuf,
    #[command(flatten)]
    view: View<TextOrJson>,
}

impl Verify {
    /// Runs the verb: exit 0 where every number is the same, 1 where one differs.
    ///
    /// # Errors
    /// Not a report, or one without its command; inputs that are gone; a difference.
    pub fn run(&self, ctx: &Context) -> Result<()> {
        let out = self.view.open()?;
        let name = self.report.display().to_string();
        let bytes = input::small_file(&self.report, "a report in JSON is meant")?;
        let saved: report::Report = serde_json::from_slice(&bytes).map_err(|e| {
            Error::input(format!("is not a report in JSON: {e}"))
                .file(&name)
                .hint("make one with: stance report PAGES --format json -o report.json")
        })?;
        let args = std::iter::once("stance".to_owned()).chain(saved.command.iter().map(|a| to_home(a)));
        let verb = Cli::try_parse_from(args).map(|cli| cli.verb);
        let Ok(Verb::Report(command)) = verb else {
            return Err(Error::input("the report does not hold a command that this version can run")
                .file(&name)
                .hint(format!(
                    "it was made by stance {}, this is {}",
                    saved.version,
                    env!("CARGO_PKG_VERSION")
                )));
        };
        let mut again = command.build(ctx)?.0;
        // Its own command is that of this verb.
        again.command.clone_from(&saved.command);
        let value = |r: &report::Report| {
            serde_json::to_value(r)
                .map_err(|e| Error::new(Kind::Internal, format!("the report cannot be compared: {e}")))
        };
        let mut differences = Vec::new();
        compare("", &value(&saved)?, &value(&again)?, &mut differences);
        let body = match self.view.format() {
            TextOrJson::Text if differences.is_empty() => format!(
                "same: {} inputs, {} groups, every number (stance {}, model {})\n",
                again.inputs.len(),
                again.groups.len(),
                again.version,
                again.model
            ),
            TextOrJson::Text => listed(&differences),
            TextOrJson::Json => view::json(&serde_json::json!({
                "same": differences.is_empty(), "version": again.version, "model": again.model,
                "n_inputs": again.inputs.len(), "n_groups": again.groups.len(),
                "n_differences": differences.len(), "differences": differences
            }))?,
        };
        view::write(out, &body)?;
        if differences.is_empty() {
            return Ok(());
        }
        let n = differences.len();
        let what =
            format!("the report computed now differs in {n} {}", if n == 1 { "place" } else { "places" });
        Err(Error::new(Kind::Differs, what).file(name).hint(
            "the lines above say where: another version or model, an input whose SHA-256 differs, or an edited report",
        ))
    }
}

/// The first differences, a line each.
fn listed(differences: &[String]) -> String {
    let mut text = String::new();
    for d in differences.iter().take(MAX_SHOWN) {
        let _ = writeln!(text, "{d}");
    }
    if differences.len() > MAX_SHOWN {
        let _ = writeln!(text, "and {} more", differences.len() - MAX_SHOWN);
    }
    text
}

/// Where two values differ, as paths with both values, in the order of the report.
fn compare(path: &str, saved: &Value, now: &Value, out: &mut Vec<String>) {
    match (saved, now) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|k| !a.contains_key(*k)));
            for key in keys {
                let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare(&inner, a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null), out);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (i, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&format!("{path}[{i}]"), a, b, out);
            }
        }
        _ if saved == now => {}
        _ => out.push(format!("{path}: saved {}, now {}", short(saved), short(now))),
    }
}

fn short(value: &Value) -> String {
    match value {
        Value::Array(a) => format!("{} entries", a.len()),
        Value::Object(o) => format!("an object of {} entries", o.len()),
        Value::Null => "nothing".to_owned(),
        other => {
            let s = other.to_string();
            if s.chars().count() > 60 { s.chars().take(59).chain(['…']).collect() } else { s }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_named_by_their_place() {
        let a = serde_json::json!({"n": 1, "groups": [{"share": 0.5}, {"share": 0.25}], "gone": true});
        let b = serde_json::json!({"n": 1, "groups": [{"share": 0.5}, {"share": 0.26}], "new": [1, 2]});
        let mut out = Vec::new();
        compare("", &a, &b, &mut out);
        assert_eq!(
            out,
            [
                "groups[1].share: saved 0.25, now 0.26",
                "gone: saved true, now nothing",
                "new: saved nothing, now 2 entries"
            ]
        );
        let mut none = Vec::new();
        compare("", &a, &a, &mut none);
        assert!(none.is_empty());
    }
}
