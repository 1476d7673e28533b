//! What can go wrong while documents are read, and where.

use std::fmt;
use std::sync::Arc;

/// An input, or a row of one, that was not read as it stands. Whatever comes after it is read all the same.
#[derive(Debug)]
pub struct ReadError {
    path: Arc<str>,
    line: Option<usize>,
    kind: ReadErrorKind,
}

/// The kinds of fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// The file or folder cannot be opened or read to its end.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// A file named by the caller that is not text.
    #[error("looks binary (a NUL byte at offset {at}) and was not read; name its format to have it read all the same")]
    Binary {
        /// The offset of the first NUL byte.
        at: usize,
    },
    /// A file named by the caller that is being written at the same time.
    #[error("is being written, and was not read; write elsewhere")]
    Output,
    /// A row that is not valid UTF-8.
    #[error("the row is not valid UTF-8 at byte {column}; it was left out")]
    Utf8 {
        /// The byte within the row, from 1.
        column: usize,
    },
    /// A row that is not the JSON object that was expected.
    #[error("{reason} at column {column}; the row was left out")]
    Row {
        /// What is wrong.
        reason: String,
        /// The byte within the row, from 1.
        column: usize,
    },
    /// A row without a text.
    #[error("no field `{field}`; the row was left out")]
    NoText {
        /// The field in which the text was looked for.
        field: String,
    },
    /// Text in which invalid UTF-8 was replaced: a warning.
    #[error("{count} invalid UTF-8 sequence{} replaced by U+FFFD; spans count the replaced text", if *.count == 1 { " was" } else { "s were" })]
    Replaced {
        /// How many U+FFFD were put in.
        count: usize,
    },
}

impl ReadError {
    pub(crate) fn new(path: &Arc<str>, kind: impl Into<ReadErrorKind>) -> Self {
        ReadError { path: Arc::clone(path), line: None, kind: kind.into() }
    }

    pub(crate) fn at_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// The file or folder; `-` is standard input.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line, from 1, where the fault is in one.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &ReadErrorKind {
        &self.kind
    }

    /// Whether everything was read all the same, if not as it stands.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        matches!(self.kind, ReadErrorKind::Replaced { .. })
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.kind)
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            ReadErrorKind::Io(error) => Some(error),
            _ => None,
        }
    }
}
