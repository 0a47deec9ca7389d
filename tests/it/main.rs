//! One integration binary: a file per verb, each run with the real `stance`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_sign_loss,
    clippy::cast_lossless,
    clippy::float_cmp,
    clippy::too_many_lines,
    clippy::struct_field_names,
    clippy::single_element_loop,
    clippy::single_match_else,
    reason = "tests open files, print what they skip or measure, and compare what must be equal"
)]

mod adapt;
mod agree;
mod copies;
mod estimate;
mod evaluate;
mod explain;
mod extraction;
mod floors;
mod html;
mod labels;
mod output;
mod pages;
mod parity;
mod privacy;
mod readers;
mod report;
mod score;
mod split;
mod train;
mod view;

use std::path::PathBuf;
use std::process::{Command, Output};

/// `stance` with `args`, run in the project's folder.
fn stance(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stance"))
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary runs")
}

fn stdout(out: &Output) -> String {
    String::from_utf8(out.stdout.clone()).expect("standard output is UTF-8")
}

fn stderr(out: &Output) -> String {
    String::from_utf8(out.stderr.clone()).expect("standard error is UTF-8")
}

/// The folder of real data named by `STANCE_CORPUS`, or `None` and a line that says what was skipped.
#[allow(dead_code, reason = "used by the files that check real data")]
fn corpus(what: &str) -> Option<PathBuf> {
    match std::env::var_os("STANCE_CORPUS") {
        Some(p) => Some(PathBuf::from(p)),
        None => {
            eprintln!("SKIPPED {what}: STANCE_CORPUS is not set");
            None
        }
    }
}
