//! `stance`: arguments in, exit code out. Everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    commentariat::cli::main(std::env::args_os())
}
