//! The one error of the crate: what is wrong, where, and what to try.
//!
//! An error is opaque but for its [`Kind`]; its `Display` is one line of cause. The remedy, when there is
//! one, is [`Error::hint`], printed by the command line as a second line.

use std::fmt;

/// Result of every fallible call of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong; decides the exit code (see [`Error::exit_code`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The request itself makes no sense: contradictory or out-of-range settings.
    Usage,
    /// An input is not what it should be: broken CSV, unknown label, empty file, too few labels.
    Input,
    /// A model file is truncated, altered, from a newer version, or of another kind.
    Model,
    /// The operating system refused: file not found, permission, disk full.
    Io,
    /// Interrupted by the user.
    Interrupted,
    /// A check that was asked for says no: what was computed again differs.
    Differs,
    /// A bug in this crate.
    Internal,
}

/// An error with its place and its remedy.
///
/// # Example
/// ```
/// use commentariat::error::{Error, Kind};
/// let e = Error::new(Kind::Input, "label \"maybe\" is not one of the classes")
///     .file("labels.csv").line(12).hint("map it with --map \"maybe=neutral\"");
/// assert_eq!(e.to_string(), "labels.csv, line 12: label \"maybe\" is not one of the classes");
/// assert_eq!(e.hint_text(), Some("map it with --map \"maybe=neutral\""));
/// assert_eq!(e.exit_code(), 2);
/// ```
#[derive(Debug)]
pub struct Error {
    // Boxed so that `Result<T>` stays small on the hot paths.
    inner: Box<Inner>,
}

#[derive(Debug)]
struct Inner {
    kind: Kind,
    what: String,
    file: Option<String>,
    line: Option<u64>,
    article: Option<String>,
    comment: Option<String>,
    hint: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind` whose cause is `what`: one line, lower case, no full stop.
    pub fn new(kind: Kind, what: impl Into<String>) -> Self {
        let inner = Inner {
            kind,
            what: what.into(),
            file: None,
            line: None,
            article: None,
            comment: None,
            hint: None,
            source: None,
        };
        Error { inner: Box::new(inner) }
    }

    /// Short for `Error::new(Kind::Input, what)`.
    pub fn input(what: impl Into<String>) -> Self {
        Error::new(Kind::Input, what)
    }

    /// Short for `Error::new(Kind::Usage, what)`.
    pub fn usage(what: impl Into<String>) -> Self {
        Error::new(Kind::Usage, what)
    }

    /// An operating-system error on `file`.
    pub fn io(file: impl Into<String>, source: std::io::Error) -> Self {
        let kind = match source.kind() {
            std::io::ErrorKind::NotFound
            | std::io::ErrorKind::IsADirectory
            | std::io::ErrorKind::InvalidData => Kind::Input,
            _ => Kind::Io,
        };
        let mut e = Error::new(kind, source.to_string()).file(file);
        e.inner.source = Some(Box::new(source));
        e
    }

    /// Whether the reader of an output has gone away.
    pub fn is_broken_pipe(&self) -> bool {
        let source = self.inner.source.as_ref().and_then(|s| s.downcast_ref::<std::io::Error>());
        source.is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    }

    /// The file the error is in.
    pub fn file(mut self, file: impl Into<String>) -> Self {
        self.inner.file = Some(file.into());
        self
    }

    /// The line (1-based) of the file.
    pub fn line(mut self, line: u64) -> Self {
        self.inner.line = Some(line);
        self
    }

    /// The article the error is in.
    pub fn article(mut self, article: impl Into<String>) -> Self {
        self.inner.article = Some(article.into());
        self
    }

    /// The number or id of the comment.
    pub fn comment(mut self, comment: impl fmt::Display) -> Self {
        self.inner.comment = Some(comment.to_string());
        self
    }

    /// What the user can try: one line.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.inner.hint = Some(hint.into());
        self
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        self.inner.kind
    }

    /// The remedy, if there is one.
    pub fn hint_text(&self) -> Option<&str> {
        self.inner.hint.as_deref()
    }

    /// Exit code of the command line: 2 for bad usage or bad input, 1 for anything else.
    pub fn exit_code(&self) -> u8 {
        match self.inner.kind {
            Kind::Usage | Kind::Input | Kind::Model => 2,
            Kind::Io | Kind::Interrupted | Kind::Differs | Kind::Internal => 1,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let i = &self.inner;
        let mut sep = "";
        if let Some(file) = &i.file {
            f.write_str(file)?;
            sep = ", ";
        }
        if let Some(line) = i.line {
            write!(f, "{sep}line {line}")?;
            sep = ", ";
        }
        if let Some(article) = &i.article {
            write!(f, "{sep}article {article}")?;
            sep = ", ";
        }
        if let Some(comment) = &i.comment {
            write!(f, "{sep}comment {comment}")?;
            sep = ", ";
        }
        if !sep.is_empty() {
            f.write_str(": ")?;
        }
        f.write_str(&i.what)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner.source.as_deref().map(|e| e as _)
    }
}
