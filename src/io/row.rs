//! A row: a document of a file that holds several, or the only one of a file that is read as a whole.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::buffers::{Buffers, Text};
use super::error::{ReadError, ReadErrorKind};
use crate::extract::{Entries, SpansOf};

/// A document as a reader gives it.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) id: RowId,
    pub(super) text: String,
    pub(super) spans_of: SpansOf,
}

/// What a row is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RowId {
    /// As the input.
    Input,
    /// As the input, with the line after it.
    Line(usize),
    /// As it calls itself.
    Own(String),
}

impl RowId {
    /// Appends the id of a row of the input called `path` to `id`.
    pub(super) fn write(&self, path: &str, id: &mut String) {
        match self {
            RowId::Input => id.push_str(path),
            RowId::Line(line) => {
                id.push_str(path);
                id.push(':');
                id.push_str(&line.to_string());
            }
            RowId::Own(own) => id.push_str(own),
        }
    }
}

/// What could not be read, by a reader that does not know what its input is called.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) kind: ReadErrorKind,
    pub(super) line: Option<usize>,
    /// What it is called in the input that holds it.
    pub(super) member: Option<String>,
}

impl Fault {
    /// The same of the input called `path`.
    pub(super) fn of(self, path: &Arc<str>) -> ReadError {
        let path = self.member.map_or_else(|| Arc::clone(path), |member| format!("{path}!{member}").into());
        let error = ReadError::new(&path, self.kind);
        if let Some(line) = self.line { error.at_line(line) } else { error }
    }
}

impl From<ReadErrorKind> for Fault {
    fn from(kind: ReadErrorKind) -> Self {
        Fault { kind, line: None, member: None }
    }
}

/// What comes next in an input that does not consist of documents only.
#[cfg(any(feature = "compression", feature = "html"))]
#[derive(Debug)]
pub(super) enum Next<T> {
    Found(T),
    PassedOver,
    End,
}

/// Does `read`, and takes it for damage of the file if it panics: the crates that read formats are not of our making.
pub(super) fn guarded<T>(
    format: &'static str,
    read: impl FnOnce() -> Result<T, ReadErrorKind>,
) -> Result<T, ReadErrorKind> {
    let damaged = || ReadErrorKind::Broken {
        format,
        reason: "the file is damaged in a way that its reader does not know".to_owned(),
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(damaged()))
}

/// The rows of an input.
pub(super) type Rows = Box<dyn Iterator<Item = Result<Row, Fault>> + Send>;

/// Rows gathered into the text of a block.
pub(super) struct Gathered {
    pub(super) text: String,
    pub(super) entries: Entries,
    /// The id being read.
    id: String,
    lines: usize,
    capacity: usize,
    buffers: Buffers,
}

impl Gathered {
    /// Room for about `capacity` bytes.
    pub(super) fn new(capacity: usize, buffers: &Buffers) -> Self {
        let (text, id, entries) = (String::new(), String::new(), Entries::default());
        Gathered { text, entries, id, lines: 0, capacity, buffers: buffers.clone() }
    }

    /// What was gathered; empty then.
    pub(super) fn take(&mut self) -> (Text, Entries) {
        let next = Gathered::new(self.capacity, &self.buffers);
        let Gathered { text, entries, .. } = std::mem::replace(self, next);
        (self.buffers.lend(text), entries)
    }

    /// Adds a row of at most `len` bytes: `read` appends its text and its id, and says what its spans count. After an error
    /// nothing is added.
    pub(super) fn push(
        &mut self,
        len: usize,
        read: impl FnOnce(&mut String, &mut String) -> Result<SpansOf, ReadErrorKind>,
    ) -> Result<(), ReadErrorKind> {
        if self.text.capacity() == 0 {
            self.text = self.buffers.text(self.capacity.max(len));
        }
        let start = self.text.len();
        self.id.clear();
        let spans_of = read(&mut self.text, &mut self.id)?;
        self.entries.push(&self.id, start, self.lines + 1, spans_of);
        self.text.push('\n');
        self.lines += memchr::memchr_iter(b'\n', &self.text.as_bytes()[start..]).count();
        Ok(())
    }
}
