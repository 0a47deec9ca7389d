//! Paths, folders, globs and `-` become a list of files in a stable order.

use std::path::PathBuf;

use crate::error::{Error, Result};

/// One input as the verbs see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

/// Expands what was typed: files as they are, folders to their files (sorted, hidden ones left out), globs to
/// their matches (sorted), `-` to standard input.
///
/// # Errors
/// A path that does not exist, a glob that matches nothing, a folder without files.
pub fn expand(args: &[String]) -> Result<Vec<Input>> {
    let mut out = Vec::new();
    for arg in args {
        if arg == "-" {
            out.push(Input::Stdin);
            continue;
        }
        let path = PathBuf::from(arg);
        if path.is_dir() {
            let before = out.len();
            let files = walkdir::WalkDir::new(&path)
                .sort_by_file_name()
                .into_iter()
                .filter_entry(|e| e.depth() == 0 || !e.file_name().to_string_lossy().starts_with('.'));
            for entry in files {
                let entry = entry.map_err(|e| Error::io(arg, e.into()))?;
                if entry.file_type().is_file() {
                    out.push(Input::File(entry.into_path()));
                }
            }
            if out.len() == before {
                return Err(Error::input("the folder holds no files").file(arg));
            }
        } else if path.symlink_metadata().is_ok() {
            out.push(Input::File(path));
        } else if arg.contains(['*', '?', '[']) {
            let mut hits: Vec<PathBuf> = glob::glob(arg)
                .map_err(|e| Error::usage(format!("the pattern cannot be read: {e}")).file(arg))?
                .filter_map(std::result::Result::ok)
                .filter(|p| !p.is_dir())
                .collect();
            if hits.is_empty() {
                return Err(Error::input("the pattern matches no file").file(arg));
            }
            hits.sort();
            out.extend(hits.into_iter().map(Input::File));
        } else {
            return Err(Error::input("no such file or folder").file(arg));
        }
    }
    Ok(out)
}
