//! What can go wrong while documents are read, and where.

use std::fmt;
use std::sync::Arc;

use crate::DocumentError;

/// An input, or a row of one, that was not read as it stands. Whatever comes after it is read all the same.
#[derive(Debug)]
pub struct ReadError {
    path: Arc<str>,
    line: Option<usize>,
    index: usize,
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
    #[error(
        "looks binary (a NUL byte at offset {at}) and was not read; it is in none of the formats and encodings known: convert it to text, or name its encoding"
    )]
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
    /// A table without the column that is to be read.
    #[error("no column `{wanted}`; the columns are {}: name the one that holds the text", columns.join(", "))]
    NoColumn {
        /// The names that were looked for.
        wanted: String,
        /// Those that there are, at most 20.
        columns: Vec<String>,
    },
    /// What cannot be read as what it is.
    #[error("{format}: {reason}")]
    Broken {
        /// What it is.
        format: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// What would take too much memory.
    #[error("{what} has more than {} MiB, and the rest of it was left out; cut it into smaller ones", bytes >> 20)]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it may be.
        bytes: usize,
    },
    /// What this build of the library has no reader for.
    #[error("is {format}, which this build cannot read; build relscan with the feature `{feature}`")]
    NotBuilt {
        /// What it is.
        format: &'static str,
        /// What to build with.
        feature: &'static str,
    },
    /// Text whose encoding was guessed by how it looks: a warning.
    #[error("is not UTF-8, and was read as {encoding}, which it looks like; name the encoding if it is another")]
    Guessed {
        /// The encoding.
        encoding: &'static str,
    },
    /// Text in which invalid UTF-8 was replaced: a warning.
    #[error("{count} invalid UTF-8 sequence{} replaced by U+FFFD; spans count the replaced text", if *.count == 1 { " was" } else { "s were" })]
    Replaced {
        /// How many U+FFFD were put in.
        count: usize,
    },
    /// Text of another encoding in which what is invalid in it was replaced: a warning.
    #[error("{count} sequence{} no {encoding} and replaced by U+FFFD", if *.count == 1 { " was" } else { "s were" })]
    Undecodable {
        /// How many U+FFFD were put in.
        count: usize,
        /// The encoding.
        encoding: &'static str,
    },
}

impl ReadErrorKind {
    /// What is wrong with a row, as the reader of JSON says it.
    pub(crate) fn row(error: &serde_json::Error) -> Self {
        let reason = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let reason = reason.strip_suffix(&place).unwrap_or(&reason).to_owned();
        // At its very beginning it has read no byte yet.
        ReadErrorKind::Row { reason, column: error.column().max(1) }
    }
}

impl ReadError {
    pub(crate) fn new(path: &Arc<str>, kind: impl Into<ReadErrorKind>) -> Self {
        ReadError { path: Arc::clone(path), line: None, index: 0, kind: kind.into() }
    }

    pub(crate) fn at_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    pub(crate) fn with_index(mut self, index: usize) -> Self {
        self.index = index;
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
        matches!(
            self.kind,
            ReadErrorKind::Replaced { .. } | ReadErrorKind::Undecodable { .. } | ReadErrorKind::Guessed { .. }
        )
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

impl From<ReadError> for DocumentError {
    /// For batches: a warning too becomes the failure of a document of its own.
    fn from(error: ReadError) -> Self {
        let id = error.line.map_or_else(|| error.path.to_string(), |line| format!("{}:{line}", error.path));
        DocumentError::read(id, error.index, error.kind.to_string())
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
