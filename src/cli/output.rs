//! Where results and messages go: standard output or a file written whole, and standard error.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anstyle::{AnsiColor, Style};

use crate::error::{Error, Result};

/// One line on standard error, `label: message`; the label coloured where the terminal allows.
pub fn stderr_line(label: &str, message: &str) {
    let style = match label {
        "error" => Style::new().bold().fg_color(Some(AnsiColor::Red.into())),
        "warning" => Style::new().bold().fg_color(Some(AnsiColor::Yellow.into())),
        _ => Style::new().bold(),
    };
    let mut err = anstream::stderr().lock();
    // A closed standard error leaves nobody to tell.
    let _ = if label.is_empty() {
        writeln!(err, "{message}")
    } else {
        writeln!(err, "{style}{label}{style:#}: {message}")
    };
}

/// Temporary files of outputs that are not finished.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// What an interruption by the user comes to: unfinished outputs are removed, and the program ends with exit
/// code 1.
pub fn interrupted() {
    if let Ok(paths) = UNFINISHED.lock() {
        for path in paths.iter() {
            // It may be finished or gone by now.
            let _ = std::fs::remove_file(path);
        }
    }
    stderr_line("error", "interrupted; no output was written");
    std::process::exit(1);
}

/// A result on its way: standard output, a device or a pipe, or a temporary file that is renamed when all is
/// written.
///
/// Dropping it without [`Output::finish`] leaves no file behind.
pub enum Output {
    /// Standard output.
    Stdout(BufWriter<io::Stdout>),
    /// What has a name and is no regular file, as `/dev/null` or a FIFO: written as it comes.
    Device(BufWriter<File>, String),
    /// A temporary file beside `target`.
    File {
        /// The temporary file.
        temp: BufWriter<tempfile::NamedTempFile>,
        /// What it is renamed to.
        target: PathBuf,
    },
}

impl Output {
    /// Standard output for `None` or `-`, else the file; a folder that is not there yet is made.
    ///
    /// # Errors
    /// The folder cannot be made or written; the target is a folder.
    pub fn open(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path.filter(|p| p.as_os_str() != "-") else {
            return Ok(Output::Stdout(BufWriter::with_capacity(1 << 16, io::stdout())));
        };
        let name = path.display().to_string();
        if path.is_dir() {
            return Err(Error::input("is a folder where a file is meant")
                .file(name)
                .hint("name a file inside it"));
        }
        // Renaming a file over a device would take the device away from every program of the machine.
        if path.metadata().is_ok_and(|m| !m.is_file()) {
            let device = File::options().write(true).open(path).map_err(|e| Error::io(name.clone(), e))?;
            return Ok(Output::Device(BufWriter::with_capacity(1 << 16, device), name));
        }
        // A link stays a link: what it names is replaced.
        let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let dir = path.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(dir).map_err(|e| Error::io(&name, e).hint("the folder cannot be made"))?;
        let mut builder = tempfile::Builder::new();
        // As any new file: what the umask leaves, not what suits a secret.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let temp = builder
            .prefix(".stance-")
            .tempfile_in(dir)
            .map_err(|e| Error::io(name, e).hint("the folder must be writable"))?;
        if let Ok(mut paths) = UNFINISHED.lock() {
            paths.push(temp.path().to_owned());
        }
        Ok(Output::File { temp: BufWriter::with_capacity(1 << 16, temp), target: path.to_owned() })
    }

    /// Flushes; a file appears under its name only now.
    ///
    /// # Errors
    /// Disk full, or the rename was refused.
    pub fn finish(self) -> Result<()> {
        match self {
            Output::Stdout(mut w) => w.flush().map_err(|e| Error::io("standard output", e)),
            Output::Device(mut w, name) => w.flush().map_err(|e| Error::io(name, e)),
            Output::File { temp, target } => {
                let name = target.display().to_string();
                let temp = temp.into_inner().map_err(|e| Error::io(name.clone(), e.into_error()))?;
                temp.persist(&target).map_err(|e| Error::io(name, e.error))?;
                Ok(())
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self {
            Output::Stdout(w) => w.write(buf),
            Output::Device(w, _) => w.write(buf),
            Output::File { temp, .. } => temp.write(buf),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Output::Stdout(w) => w.flush(),
            Output::Device(w, _) => w.flush(),
            Output::File { temp, .. } => temp.flush(),
        }
    }
}
