//! `stance completions`: shell completions and man pages, made from the definitions of the flags.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell;

use super::output::Output;
use super::{Cli, Context};
use crate::error::{Error, Result};

/// Shell completions and man pages
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  stance completions bash > ~/.local/share/bash-completion/completions/stance
  stance completions fish > ~/.config/fish/completions/stance.fish
  stance completions man --dir ~/.local/share/man/man1     stance.1, stance-report.1, ...")]
pub struct Completions {
    /// The shell, or man for manual pages
    #[arg(value_enum, value_name = "SHELL")]
    target: Target,
    /// Folder for the man pages, one per verb [default: all on standard output]
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
    /// Manual pages.
    Man,
}

impl Completions {
    /// Runs the verb.
    ///
    /// # Errors
    /// `--dir` with a shell; a folder that cannot be written.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        let mut command = Cli::command();
        let shell = match self.target {
            Target::Bash => Shell::Bash,
            Target::Elvish => Shell::Elvish,
            Target::Fish => Shell::Fish,
            Target::Powershell => Shell::PowerShell,
            Target::Zsh => Shell::Zsh,
            Target::Man => return self.man(command),
        };
        if self.dir.is_some() {
            return Err(Error::usage("--dir is for man pages").hint("write completions with > FILE"));
        }
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut command, "stance", &mut script);
        write(None, &script)
    }

    fn man(&self, command: clap::Command) -> Result<()> {
        let mut command = command;
        command.build();
        let mut all = Vec::new();
        let names = command.get_subcommands().filter(|c| c.get_name() != "help").map(|c| {
            // The page of a verb is called as git's are: stance-report.
            let name = format!("stance-{}", c.get_name());
            (name.clone(), c.clone().name(name))
        });
        let pages: Vec<(String, clap::Command)> =
            std::iter::once(("stance".to_owned(), command.clone())).chain(names).collect();
        for (name, page) in pages {
            let mut text = Vec::new();
            clap_mangen::Man::new(page).render(&mut text).map_err(|e| Error::io(&name, e))?;
            match &self.dir {
                Some(dir) => write(Some(&dir.join(format!("{name}.1"))), &text)?,
                None => all.extend(text),
            }
        }
        if self.dir.is_none() { write(None, &all) } else { Ok(()) }
    }
}

fn write(path: Option<&Path>, bytes: &[u8]) -> Result<()> {
    let mut out = Output::open(path)?;
    out.write_all(bytes).map_err(|e| Error::io("the output", e))?;
    out.finish()
}
