//! The stream of documents: inputs opened one after another and read in blocks.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::ops::AddAssign;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::ahead::Ahead;
use super::block::Block;
use super::buffers::{Buffers, Text};
use super::encoding::Encoding;
use super::error::{ReadError, ReadErrorKind};
use super::files::{Files, Found, Input, Skipped};
use super::format::InputFormat;
use super::jsonl::{Fields, Texts};
use super::lines::is_not_yet;
use super::opening::{Opened, Options, Reader, TextLines, open};
use super::row::{Gathered, RowId, Rows};
use crate::extract::{Entries, Layout, SpansOf};

/// Bytes read and handed on at a time: small enough to stay in the cache, large enough that its price is nothing.
const BLOCK_BYTES: usize = 256 << 10;
/// The same for pipes and terminals: as much as a pipe holds.
const PIPE_BYTES: usize = 64 << 10;

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
    /// Files that were compressed.
    pub unpacked: usize,
    /// Files in another encoding than UTF-8.
    pub decoded: usize,
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
/// its place, and the stream goes on after it. Memory: one block of 256 KiB, or the longest line; a document of a format
/// that can be read only as a whole is read up to 64 MiB.
///
/// What a file is told by its first bytes, then by its name, unless [`format`](Self::format) says it; what is compressed is
/// unpacked, whatever its name. Spans count the bytes of the file, through its encoding and its markup; of what was
/// compressed the bytes unpacked.
///
/// Text that is meant to be UTF-8 but is not valid is read as [`String::from_utf8_lossy`] reads it, and a
/// [warning](ReadError::is_warning) follows the file; the spans of what is found there count the bytes of the text with its
/// replacements. Hidden and binary files of folders are passed over and [counted](ReadCounts::skipped).
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
    options: Options,
    block_bytes: usize,
    buffers: Buffers,
    stdin: Option<Box<dyn Read + Send>>,
    left_out: Vec<same_file::Handle>,
    open: Option<Open>,
    /// The index of the next document or failure.
    index: usize,
    ready: VecDeque<Result<Block, ReadError>>,
    counts: ReadCounts,
    /// Bytes read of files that are read.
    bytes: Arc<AtomicU64>,
}

/// The file being read.
struct Open {
    id: Arc<str>,
    named: bool,
    is_slow: bool,
    state: State,
}

/// How far the file is.
enum State {
    /// Its first bytes have yet to be looked at; with what had been read of others.
    Unknown(Ahead, u64),
    Text(OpenText),
    Rows(Rows),
}

/// A text being read.
struct OpenText {
    lines: TextLines,
    format: InputFormat,
    /// The index of the file, if it is a document.
    index: usize,
    /// How far the file has been read, in bytes of its text and lines from 1.
    offset: usize,
    line: usize,
    replaced: usize,
    /// The encoding that it was in.
    encoding: &'static str,
}

impl Documents {
    /// The documents of `inputs`.
    pub fn new(inputs: impl IntoIterator<Item = Input>) -> Self {
        Documents {
            files: Files::new(inputs.into_iter().collect()),
            options: Options {
                format: InputFormat::Auto,
                encoding: None,
                fields: Fields::default(),
                with_code: false,
                by_line: false,
                depth: 0,
            },
            block_bytes: BLOCK_BYTES,
            buffers: Buffers::new(BLOCK_BYTES),
            stdin: None,
            left_out: Vec::new(),
            open: None,
            index: 0,
            ready: VecDeque::new(),
            counts: ReadCounts::default(),
            bytes: Arc::default(),
        }
    }

    /// What inputs are; by their first bytes and their names unless said otherwise.
    #[must_use]
    pub fn format(mut self, format: InputFormat) -> Self {
        self.options.format = format;
        self
    }

    /// The encoding that texts are in; as their first bytes have it unless said otherwise.
    #[must_use]
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.options.encoding = Some(encoding);
        self
    }

    /// The field of a row, or the column, that holds the id, a string or a number; `id` unless said otherwise. A field of
    /// an object within the row has the name `object.field`.
    #[must_use]
    pub fn id_field(mut self, field: impl Into<String>) -> Self {
        self.options.fields.id = field.into();
        self
    }

    /// The field of a row, or the column, that holds the text; the first of `text`, `content` and `body` that is there
    /// unless said otherwise.
    #[must_use]
    pub fn text_field(self, field: impl Into<String>) -> Self {
        self.text_fields([field.into()])
    }

    /// The fields, or the columns, that hold the text, which is what is in each with a blank line between. Without any as
    /// for [`text_field`](Self::text_field).
    #[must_use]
    pub fn text_fields(mut self, fields: impl IntoIterator<Item = String>) -> Self {
        let names: Vec<String> = fields.into_iter().collect();
        self.options.fields.text = if names.is_empty() { Texts::Usual } else { Texts::All(names) };
        self
    }

    /// Whether code in Markdown and HTML is a part of the text, which it is not unless said otherwise.
    #[must_use]
    pub fn with_code(mut self, with_code: bool) -> Self {
        self.options.with_code = with_code;
        self
    }

    /// Says that texts may be cut at any line end, and not at blank lines only: what comes slowly is handed on sooner then.
    /// Right for patterns; [rules](crate::Rule) read paragraphs, and find the same only if they get them whole.
    #[must_use]
    pub fn by_line(mut self, by_line: bool) -> Self {
        self.options.by_line = by_line;
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
        let bytes = self.bytes.load(Ordering::Relaxed);
        ReadCounts { skipped: self.counts.skipped + self.files.skipped, bytes, ..self.counts }
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
        let (input, file): (Box<dyn Read + Send>, Option<File>) = match &found.input {
            Input::Stdin => (self.stdin.take().unwrap_or_else(|| Box::new(std::io::stdin())), None),
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
                let file = if is_regular { handle.as_file().try_clone().ok() } else { None };
                (Box::new(OpenFile(handle)), file)
            }
        };
        let before = self.bytes.load(Ordering::Relaxed);
        let is_regular = file.is_some();
        let metered = Ahead::of_file(Box::new(Metered { input, bytes: Arc::clone(&self.bytes) }), file);
        Ok(Some(Open {
            id: Arc::clone(&found.id),
            named: found.named,
            is_slow: !is_regular,
            state: State::Unknown(metered, before),
        }))
    }

    /// Looks at the first bytes of the open file, and begins to read it; nothing if it is to be passed over.
    fn begin(&mut self, input: &mut Ahead, open_file: &Open) -> Result<Option<State>, ReadErrorKind> {
        // What may come slowly is handed on as it comes.
        let is_slow = open_file.is_slow;
        let block_bytes = if is_slow { self.block_bytes.min(PIPE_BYTES) } else { self.block_bytes };
        let opened = open(input, &open_file.id, &self.options, (block_bytes, is_slow), &self.buffers);
        if !open_file.named && matches!(opened, Err(ReadErrorKind::Binary { .. })) {
            self.counts.skipped.binary += 1;
            return Ok(None);
        }
        let Opened { format, known, is_packed, reader } = opened?;
        self.counts.files += 1;
        self.counts.unpacked += usize::from(is_packed);
        self.counts.decoded += usize::from(known.encoding != Encoding::UTF_8.0);
        let encoding = known.encoding.name();
        if known.guessed {
            self.fail(ReadError::new(&open_file.id, ReadErrorKind::Guessed { encoding }));
        }
        let lines = match reader {
            Reader::Rows(rows) => return Ok(Some(State::Rows(rows))),
            Reader::Lines(lines) => lines,
        };
        // The mark before UTF-8 is no part of the text, but spans count it; the map of what was decoded knows it.
        let offset = if lines.decoding.is_some() { 0 } else { known.mark };
        let mut text = OpenText { lines, format, index: 0, offset, line: 1, replaced: 0, encoding };
        if format == InputFormat::Text {
            text.index = self.index;
            self.counts.documents += 1;
            self.index += 1;
        }
        Ok(Some(State::Text(text)))
    }

    fn fail(&mut self, error: ReadError) {
        self.counts.failed += usize::from(!error.is_warning());
        self.ready.push_back(Err(error.with_index(self.index)));
        self.index += 1;
    }

    /// Reads a block of the open file; at its end closes it.
    fn read(&mut self, mut open: Open) {
        let state = std::mem::replace(&mut open.state, State::Rows(Box::new(std::iter::empty())));
        match state {
            State::Unknown(mut input, before) => match self.begin(&mut input, &open) {
                Ok(Some(state)) => self.open = Some(Open { state, ..open }),
                Ok(None) => self.bytes.store(before, Ordering::Relaxed),
                Err(ReadErrorKind::Io(error)) if is_not_yet(&error) => {
                    self.ready.push_back(Ok(pause()));
                    self.open = Some(Open { state: State::Unknown(input, before), ..open });
                }
                Err(kind) => {
                    self.bytes.store(before, Ordering::Relaxed);
                    self.fail(ReadError::new(&open.id, kind));
                }
            },
            State::Text(text) => {
                if let Some(text) = self.read_block(&open.id, text) {
                    self.open = Some(Open { state: State::Text(text), ..open });
                }
            }
            State::Rows(rows) => {
                if let Some(rows) = self.gather(&open, rows) {
                    self.open = Some(Open { state: State::Rows(rows), ..open });
                }
            }
        }
    }

    /// Reads a block of a text; the text unless it is at its end.
    fn read_block(&mut self, id: &Arc<str>, mut open: OpenText) -> Option<OpenText> {
        let bytes = match open.lines.blocks.next_block() {
            Ok(bytes) => bytes,
            Err(error) => {
                if is_not_yet(&error) {
                    self.ready.push_back(Ok(open.pause(id)));
                } else {
                    self.fail(ReadError::new(id, error));
                }
                // What was read before is still there.
                return Some(open);
            }
        };
        if bytes.is_empty() {
            if open.replaced > 0 {
                self.counts.invalid_utf8_replaced += open.replaced;
                self.fail(ReadError::new(id, ReadErrorKind::Replaced { count: open.replaced }));
            }
            let count = open.lines.decoding.as_ref().map_or(0, super::decode::Decoding::replaced);
            if count > 0 {
                self.fail(ReadError::new(id, ReadErrorKind::Undecodable { count, encoding: open.encoding }));
            }
            return None;
        }
        match open.format {
            InputFormat::Jsonl => {
                self.read_rows(id, &mut open, &bytes);
                self.buffers.give(bytes);
            }
            InputFormat::Lines => self.read_lines(id, &mut open, bytes),
            _ => self.read_text(id, &mut open, bytes),
        }
        Some(open)
    }

    fn read_text(&mut self, id: &Arc<str>, open: &mut OpenText, bytes: Vec<u8>) {
        let text = decode(bytes, &mut open.replaced);
        let (len, lines) = (text.len(), line_feeds(text.as_bytes()));
        let (id, text) = (Arc::clone(id), self.buffers.lend(text));
        let OpenText { index, offset, line, .. } = *open;
        let layout = open.origin_of(len).map_or(Layout::One, Layout::Decoded);
        self.ready.push_back(Ok(Block { id, index, text, offset, line, layout }));
        open.offset += len;
        open.line += lines;
    }

    fn read_lines(&mut self, id: &Arc<str>, open: &mut OpenText, bytes: Vec<u8>) {
        let text = decode(bytes, &mut open.replaced);
        let len = text.len();
        let lines = line_feeds(text.as_bytes()) + usize::from(!text.ends_with('\n'));
        let (id, index, offset, line) = (Arc::clone(id), self.index, open.offset, open.line);
        let text = self.buffers.lend(text);
        let layout = Layout::Lines { first: line, origin: open.origin_of(len) };
        self.ready.push_back(Ok(Block { id, index, text, offset, line, layout }));
        self.counts.documents += lines;
        self.index += lines;
        open.offset += len;
        open.line += lines;
    }

    fn read_rows(&mut self, id: &Arc<str>, open: &mut OpenText, bytes: &[u8]) {
        let mut rows = Gathered::new(bytes.len(), &self.buffers);
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
            let fields = &self.options.fields;
            let read = rows.push(row.len(), |text, row_id| {
                if !fields.read(row, text, row_id)? {
                    RowId::Line(line).write(id, row_id);
                }
                Ok(SpansOf::Document)
            });
            if let Err(kind) = read {
                self.hand_on(&mut rows);
                self.fail(ReadError::new(id, kind).at_line(line));
            }
            if is_long {
                self.hand_on(&mut rows);
            }
        }
        self.hand_on(&mut rows);
    }

    /// Gathers a block of rows; what comes after them, unless they are at their end.
    fn gather(&mut self, open: &Open, mut rows: Rows) -> Option<Rows> {
        let mut gathered = Gathered::new(0, &self.buffers);
        while gathered.text.len() < self.block_bytes {
            match rows.next() {
                Some(Ok(row)) => {
                    let taken = gathered.push(row.text.len(), |text, id| {
                        text.push_str(&row.text);
                        row.id.write(&open.id, id);
                        Ok(row.spans_of)
                    });
                    if let Err(kind) = taken {
                        self.fail(ReadError::new(&open.id, kind));
                    }
                    if open.is_slow {
                        break;
                    }
                }
                Some(Err(fault)) => {
                    self.hand_on(&mut gathered);
                    self.fail(fault.of(&open.id));
                    break;
                }
                None => {
                    self.hand_on(&mut gathered);
                    return None;
                }
            }
        }
        self.hand_on(&mut gathered);
        Some(rows)
    }

    /// Hands on what was gathered, if it is anything.
    fn hand_on(&mut self, rows: &mut Gathered) {
        let (text, entries) = rows.take();
        let count = entries.len();
        if count > 0 {
            self.ready.push_back(Ok(Block::many(self.index, text, entries)));
            self.counts.documents += count;
            self.index += count;
        }
    }
}

impl OpenText {
    /// A block that holds nothing, for an input that has nothing yet, so that what it gave before need not wait.
    fn pause(&self, id: &Arc<str>) -> Block {
        if self.format == InputFormat::Text {
            let OpenText { index, offset, line, .. } = *self;
            return Block { id: Arc::clone(id), index, text: Text::default(), offset, line, layout: Layout::One };
        }
        pause()
    }

    /// Where the next `len` bytes of text were, if they were decoded.
    fn origin_of(&self, len: usize) -> Option<Arc<crate::text::Origin>> {
        self.lines.decoding.as_ref().map(|decoding| Arc::new(decoding.origin_to(self.offset + len)))
    }
}

/// A block that holds nothing and belongs to no document.
fn pause() -> Block {
    Block::many(usize::MAX, Text::default(), Entries::default())
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
        f.debug_struct("Documents")
            .field("options", &self.options)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

/// Counts the bytes that are read of an input.
struct Metered {
    input: Box<dyn Read + Send>,
    bytes: Arc<AtomicU64>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
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
