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

/// Size of an input in bytes, 0 where it is not known.
pub fn len(input: &Input) -> u64 {
    match input {
        Input::Stdin => 0,
        Input::File(path) => path.metadata().map_or(0, |m| m.len()),
    }
}

/// A number of bytes as typed: `1000`, `64K`, `256M`, `2G`.
///
/// # Errors
/// Anything else, or 0.
pub fn size(typed: &str) -> Result<u64, String> {
    let (digits, unit) = match typed.trim().to_ascii_uppercase() {
        s if s.ends_with('K') => (s[..s.len() - 1].to_owned(), 1 << 10),
        s if s.ends_with('M') => (s[..s.len() - 1].to_owned(), 1 << 20),
        s if s.ends_with('G') => (s[..s.len() - 1].to_owned(), 1 << 30),
        s => (s, 1u64),
    };
    let n = digits.parse::<u64>().ok().and_then(|n| n.checked_mul(unit)).filter(|&n| n > 0);
    n.ok_or_else(|| "a number of bytes is meant: 1000, 64K, 256M, 2G".to_owned())
}

/// Largest file that stands beside the inputs: labels, dates, a salt.
const MAX_SIDE_FILE: u64 = 64 << 20;

/// The bytes of a small file of the user's, at most 1 MiB, not empty; `meant` is the remedy where it is not.
///
/// # Errors
/// No such file, a folder, empty.
#[expect(clippy::disallowed_methods, reason = "cli/ reads what flags name")]
pub fn small_file(path: &std::path::Path, meant: &str) -> Result<Vec<u8>> {
    use std::io::Read;
    let name = path.display().to_string();
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| Error::io(&name, e))?;
    file.take(MAX_SIDE_FILE + 1).read_to_end(&mut bytes).map_err(|e| Error::io(&name, e))?;
    if bytes.len() as u64 > MAX_SIDE_FILE {
        return Err(Error::input("the file is larger than 64 MiB").file(name).hint(meant));
    }
    if bytes.is_empty() {
        return Err(Error::input("the file is empty").file(name).hint(meant));
    }
    Ok(bytes)
}
