//! The stream of documents: inputs opened one after another and read in blocks.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::ops::AddAssign;
use std::sync::Arc;

use super::block::Block;
use super::buffers::{Buffers, Text};
use super::error::{ReadError, ReadErrorKind};
use super::files::{Files, Found, Input, Skipped, binary_at};
use super::jsonl::Fields;
use super::lines::{LineBlocks, is_not_yet};
use crate::extract::{Entries, Layout};

/// Bytes read and handed on at a time: small enough to stay in the cache, large enough that its price is nothing.
const BLOCK_BYTES: usize = 256 << 10;
/// The same for pipes and terminals: as much as a pipe holds.
const PIPE_BYTES: usize = 64 << 10;
/// The mark that some programs put before UTF-8. It is no part of the text, but spans count it.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// How an input is divided into documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InputFormat {
    /// By the name of the file: `.jsonl` and `.ndjson` are JSONL, all else is text.
    #[default]
    Auto,
    /// A file is a document; its path is the id.
    Text,
    /// A line is a document; `path:line` is the id.
    Lines,
    /// A line is a JSON object with a text and, if it likes, an id; without one the id is `path:line`.
    Jsonl,
}

impl InputFormat {
    /// The formats, and what the command line calls them.
    pub const ALL: [(InputFormat, &'static str); 4] = [
        (InputFormat::Auto, "auto"),
        (InputFormat::Text, "text"),
        (InputFormat::Lines, "lines"),
        (InputFormat::Jsonl, "jsonl"),
    ];

    /// The format of an input with this name.
    pub(super) fn of(self, path: &str) -> Self {
        let is = |extension: &str| {
            path.len() >= extension.len()
                && path.as_bytes()[path.len() - extension.len()..].eq_ignore_ascii_case(extension.as_bytes())
        };
        match self {
            InputFormat::Auto if is(".jsonl") || is(".ndjson") => InputFormat::Jsonl,
            InputFormat::Auto => InputFormat::Text,
            chosen => chosen,
        }
    }
}

/// What has been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ReadCounts {
    /// Files opened and read, standard input among them.
    pub files: usize,
    /// Documents.
    pub documents: usize,
    /// Bytes read, as they are in the files.
    pub bytes: u64,
    /// Invalid UTF-8 sequences that were replaced by U+FFFD.
    pub invalid_utf8_replaced: usize,
    /// Files and rows that could not be read: each was an error.
    pub failed: usize,
    /// What was passed over in folders.
    pub skipped: Skipped,
}

/// The documents of files, folders and standard input, as a stream of [`Block`]s in the order of the inputs.
///
/// A block is whole lines: a part of a document, or several small documents. What cannot be read comes as an error in
/// its place, and the stream goes on after it. Memory: one block of 256 KiB, or the longest line.
///
/// Text that is not valid UTF-8 is read as [`String::from_utf8_lossy`] reads it, and a [warning](ReadError::is_warning)
/// follows the file; the spans of what is found there count the bytes of the text with its replacements. Hidden and
/// binary files of folders are passed over and [counted](ReadCounts::skipped).
///
/// ```
/// use relscan::io::{Documents, RecordFormat, RecordWriter};
///
/// # let folder = tempfile::tempdir()?;
/// # std::fs::write(folder.path().join("notes.txt"), "Rain leads to floods")?;
/// # let path = folder.path().to_owned();
/// let extractor = relscan::Extractor::seed();
/// let mut writer = RecordWriter::new(RecordFormat::Jsonl, Vec::new());
/// let report = extractor.batch().stream(Documents::new([path.into()]), &mut writer)?;
/// assert_eq!((report.documents, report.failed), (1, 0));
/// assert!(String::from_utf8(writer.into_inner())?.contains(r#""source":"rain","target":"floods""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Documents {
    files: Files,
    format: InputFormat,
    fields: Fields,
    block_bytes: usize,
    buffers: Buffers,
    stdin: Option<Box<dyn Read + Send>>,
    left_out: Vec<same_file::Handle>,
    open: Option<Open>,
    /// The index of the next document or failure.
    index: usize,
    ready: VecDeque<Result<Block, ReadError>>,
    counts: ReadCounts,
}

/// The file being read.
struct Open {
    id: Arc<str>,
    named: bool,
    /// Whether its first bytes have been looked at.
    begun: bool,
    /// The index of the file, if it is a document.
    index: usize,
    format: InputFormat,
    blocks: LineBlocks<Box<dyn Read + Send>>,
    /// How far the file has been read, in bytes of its text and lines from 1.
    offset: usize,
    line: usize,
    replaced: usize,
}

impl Documents {
    /// The documents of `inputs`.
    pub fn new(inputs: impl IntoIterator<Item = Input>) -> Self {
        Documents {
            files: Files::new(inputs.into_iter().collect()),
            format: InputFormat::Auto,
            fields: Fields { id: "id".to_owned(), text: "text".to_owned() },
            block_bytes: BLOCK_BYTES,
            buffers: Buffers::new(BLOCK_BYTES),
            stdin: None,
            left_out: Vec::new(),
            open: None,
            index: 0,
            ready: VecDeque::new(),
            counts: ReadCounts::default(),
        }
    }

    /// How inputs are divided into documents; by their names unless said otherwise.
    #[must_use]
    pub fn format(mut self, format: InputFormat) -> Self {
        self.format = format;
        self
    }

    /// The field of a JSONL row that holds the id, a string or a number; `id` unless said otherwise.
    #[must_use]
    pub fn id_field(mut self, field: impl Into<String>) -> Self {
        self.fields.id = field.into();
        self
    }

    /// The field of a JSONL row that holds the text; `text` unless said otherwise.
    #[must_use]
    pub fn text_field(mut self, field: impl Into<String>) -> Self {
        self.fields.text = field.into();
        self
    }

    /// Bytes of a block, at least; 256 KiB unless said otherwise. What is found does not depend on it.
    #[must_use]
    pub fn block_bytes(mut self, bytes: usize) -> Self {
        self.block_bytes = bytes.max(1);
        self.buffers = Buffers::new(self.block_bytes);
        self
    }

    /// Reads this where the inputs name standard input. Where it says that it [would block](std::io::ErrorKind::WouldBlock)
    /// an empty block is given, so that what was found before need not wait, and it is asked again.
    #[must_use]
    pub fn stdin(mut self, input: impl Read + Send + 'static) -> Self {
        self.stdin = Some(Box::new(input));
        self
    }

    /// Leaves out a file that the caller writes to, so that records are not read as documents.
    pub fn leave_out(&mut self, file: same_file::Handle) {
        self.left_out.push(file);
    }

    /// What has been read so far.
    #[must_use]
    pub fn counts(&self) -> ReadCounts {
        ReadCounts { skipped: self.counts.skipped + self.files.skipped, ..self.counts }
    }

    /// Opens the next input and puts it in place; `false` if there is none.
    fn open_next(&mut self) -> bool {
        let Some(found) = self.files.next() else { return false };
        let opened = found.and_then(|found| self.open(&found));
        match opened {
            Ok(open) => self.open = open,
            Err(error) => self.fail(error),
        }
        true
    }

    /// Opens `found`; `None` if it is to be passed over.
    fn open(&mut self, found: &Found) -> Result<Option<Open>, ReadError> {
        let fault = |kind: ReadErrorKind| ReadError::new(&found.id, kind);
        let (input, is_regular): (Box<dyn Read + Send>, bool) = match &found.input {
            Input::Stdin => (self.stdin.take().unwrap_or_else(|| Box::new(std::io::stdin())), false),
            Input::Path(path) => {
                let handle = same_file::Handle::from_path(path).map_err(|error| fault(error.into()))?;
                if self.left_out.contains(&handle) {
                    if found.named {
                        return Err(fault(ReadErrorKind::Output));
                    }
                    self.counts.skipped.output += 1;
                    return Ok(None);
                }
                let is_regular = handle.as_file().metadata().is_ok_and(|metadata| metadata.is_file());
                (Box::new(OpenFile(handle)), is_regular)
            }
        };
        // What may come slowly is handed on as it comes.
        let block_bytes = if is_regular { self.block_bytes } else { self.block_bytes.min(PIPE_BYTES) };
        Ok(Some(Open {
            id: Arc::clone(&found.id),
            named: found.named,
            format: self.format.of(&found.id),
            blocks: LineBlocks::new(input, block_bytes, !is_regular, self.buffers.clone()),
            begun: false,
            index: 0,
            offset: 0,
            line: 1,
            replaced: 0,
        }))
    }

    /// Looks at the first bytes of the open file; whether it is to be read.
    fn begin(&mut self, open: &mut Open) -> Result<bool, ReadErrorKind> {
        let start = open.blocks.peek()?;
        if let Some(at) = binary_at(start) {
            if !open.named {
                self.counts.skipped.binary += 1;
                return Ok(false);
            }
            if self.format == InputFormat::Auto {
                return Err(ReadErrorKind::Binary { at });
            }
        }
        if start.starts_with(BYTE_ORDER_MARK) {
            open.offset = BYTE_ORDER_MARK.len();
            open.blocks.skip(open.offset);
        }
        self.counts.files += 1;
        self.counts.bytes += open.offset as u64;
        if open.format == InputFormat::Text {
            open.index = self.index;
            self.counts.documents += 1;
            self.index += 1;
        }
        open.begun = true;
        Ok(true)
    }

    fn fail(&mut self, error: ReadError) {
        self.counts.failed += usize::from(!error.is_warning());
        self.ready.push_back(Err(error.with_index(self.index)));
        self.index += 1;
    }

    /// Reads a block of the open file; at its end closes it.
    fn read(&mut self, mut open: Open) {
        let bytes = if open.begun {
            open.blocks.next_block().map_err(ReadErrorKind::from)
        } else {
            match self.begin(&mut open) {
                Ok(true) => return self.open = Some(open),
                Ok(false) => return,
                Err(kind) => Err(kind),
            }
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(ReadErrorKind::Io(error)) if is_not_yet(&error) => {
                self.ready.push_back(Ok(open.pause()));
                return self.open = Some(open);
            }
            Err(kind) => {
                self.fail(ReadError::new(&open.id, kind));
                // What was read before is still there.
                if open.begun {
                    self.open = Some(open);
                }
                return;
            }
        };
        if bytes.is_empty() {
            if open.replaced > 0 {
                self.counts.invalid_utf8_replaced += open.replaced;
                self.fail(ReadError::new(&open.id, ReadErrorKind::Replaced { count: open.replaced }));
            }
            return;
        }
        self.counts.bytes += bytes.len() as u64;
        match open.format {
            InputFormat::Jsonl => {
                self.read_rows(&mut open, &bytes);
                self.buffers.give(bytes);
            }
            InputFormat::Lines => self.read_lines(&mut open, bytes),
            InputFormat::Text | InputFormat::Auto => self.read_text(&mut open, bytes),
        }
        self.open = Some(open);
    }

    fn read_text(&mut self, open: &mut Open, bytes: Vec<u8>) {
        let text = decode(bytes, &mut open.replaced);
        let (len, lines) = (text.len(), line_feeds(text.as_bytes()));
        let (id, text) = (Arc::clone(&open.id), self.buffers.lend(text));
        let Open { index, offset, line, .. } = *open;
        self.ready.push_back(Ok(Block { id, index, text, offset, line, layout: Layout::One }));
        open.offset += len;
        open.line += lines;
    }

    fn read_lines(&mut self, open: &mut Open, bytes: Vec<u8>) {
        let text = decode(bytes, &mut open.replaced);
        let lines = line_feeds(text.as_bytes()) + usize::from(!text.ends_with('\n'));
        let (id, index, line) = (Arc::clone(&open.id), self.index, open.line);
        let text = self.buffers.lend(text);
        self.ready.push_back(Ok(Block { id, index, text, offset: 0, line, layout: Layout::Lines { first: line } }));
        self.counts.documents += lines;
        self.index += lines;
        open.line += lines;
    }

    fn read_rows(&mut self, open: &mut Open, bytes: &[u8]) {
        let mut rows = Rows::new(bytes.len(), &self.buffers);
        let mut rest = bytes;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |feed| feed + 1);
            let row;
            (row, rest) = rest.split_at(end);
            let line = open.line;
            open.line += 1;
            if row.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            // A row as long as a block gets one of its own, so that its text is never moved.
            let is_long = row.len() >= self.block_bytes;
            if is_long {
                self.hand_on(&mut rows);
            }
            if let Err(kind) = rows.push(row, &self.fields, &open.id, line) {
                self.hand_on(&mut rows);
                self.fail(ReadError::new(&open.id, kind).at_line(line));
            }
            if is_long {
                self.hand_on(&mut rows);
            }
        }
        self.hand_on(&mut rows);
    }

    /// Hands on what was gathered, if it is anything.
    fn hand_on(&mut self, rows: &mut Rows) {
        let next = Rows::new(rows.capacity, &rows.buffers);
        let Rows { text, entries, .. } = std::mem::replace(rows, next);
        let count = entries.len();
        if count > 0 {
            self.ready.push_back(Ok(Block::many(self.index, self.buffers.lend(text), entries)));
            self.counts.documents += count;
            self.index += count;
        }
    }
}

impl Open {
    /// A block that holds nothing, for an input that has nothing yet, so that what it gave before need not wait.
    fn pause(&self) -> Block {
        if self.begun && self.format == InputFormat::Text {
            let Open { index, offset, line, .. } = *self;
            let (id, text) = (Arc::clone(&self.id), Text::default());
            return Block { id, index, text, offset, line, layout: Layout::One };
        }
        // It belongs to no document.
        Block::many(usize::MAX, Text::default(), Entries::default())
    }
}

impl Iterator for Documents {
    type Item = Result<Block, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Some(ready);
            }
            match self.open.take() {
                Some(open) => self.read(open),
                None if self.open_next() => {}
                None => return None,
            }
        }
    }
}

impl std::fmt::Debug for Documents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Documents").field("format", &self.format).field("counts", &self.counts).finish_non_exhaustive()
    }
}

/// The documents of rows, gathered into a block.
struct Rows {
    text: String,
    entries: Entries,
    /// The id being read.
    id: String,
    lines: usize,
    capacity: usize,
    buffers: Buffers,
}

impl Rows {
    fn new(capacity: usize, buffers: &Buffers) -> Self {
        let (text, id, entries) = (String::new(), String::new(), Entries::default());
        Rows { text, entries, id, lines: 0, capacity, buffers: buffers.clone() }
    }

    fn push(&mut self, row: &[u8], fields: &Fields, path: &str, line: usize) -> Result<(), ReadErrorKind> {
        if self.text.capacity() == 0 {
            self.text = self.buffers.text(self.capacity.max(row.len()));
        }
        let start = self.text.len();
        self.id.clear();
        if !fields.read(row, &mut self.text, &mut self.id)? {
            self.id.push_str(path);
            self.id.push(':');
            self.id.push_str(&line.to_string());
        }
        self.entries.push(&self.id, start, self.lines + 1);
        self.text.push('\n');
        self.lines += line_feeds(&self.text.as_bytes()[start..]);
        Ok(())
    }
}

/// A file that was opened to compare it with others.
struct OpenFile(same_file::Handle);

impl Read for OpenFile {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut file: &File = self.0.as_file();
        file.read(buffer)
    }
}

impl std::ops::Add for Skipped {
    type Output = Skipped;

    fn add(mut self, other: Skipped) -> Skipped {
        self += other;
        self
    }
}

impl AddAssign for Skipped {
    fn add_assign(&mut self, other: Skipped) {
        self.hidden += other.hidden;
        self.binary += other.binary;
        self.special += other.special;
        self.output += other.output;
    }
}

/// The text of `bytes`; where they are not valid UTF-8 as [`String::from_utf8_lossy`] has it, and counted.
fn decode(bytes: Vec<u8>, replaced: &mut usize) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let bytes = error.as_bytes();
            *replaced += bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
            match String::from_utf8_lossy(bytes) {
                Cow::Owned(text) => text,
                Cow::Borrowed(text) => text.to_owned(),
            }
        }
    }
}

fn line_feeds(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
}
