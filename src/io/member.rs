//! Files within a file: each is read as it would be by itself.

use std::io;
use std::sync::Arc;

use super::ahead::Ahead;
use super::buffers::Buffers;
use super::decode::Decoding;
use super::error::ReadErrorKind;
use super::format::InputFormat;
use super::opening::{Options, Reader, TextLines, open};
use super::row::{Fault, Row, RowId, Rows};
use crate::extract::SpansOf;
use crate::text::Origin;

/// How deep files may be within files.
const MAX_DEPTH: usize = 4;
/// A text is read no further than so many bytes, since it is held as a whole.
const MAX_TEXT_BYTES: usize = 64 << 20;

/// The rows of the file `bytes`, which is called `name` in the file `within`. None if it is no text: then it is passed over,
/// as in a folder.
pub(super) fn rows_of(bytes: Vec<u8>, within: &str, name: &str, options: &Options) -> Rows {
    let id: Arc<str> = format!("{within}!{name}").into();
    let fault =
        |kind| -> Rows { Box::new(std::iter::once(Err(Fault { kind, line: None, member: Some(name.to_owned()) }))) };
    if options.depth == MAX_DEPTH {
        let reason = format!("files are within files more than {MAX_DEPTH} deep");
        return fault(ReadErrorKind::Broken { format: "archive", reason });
    }
    // What the whole is says nothing of its parts.
    let format = if options.format.is_container() { InputFormat::Auto } else { options.format };
    let options = Options { format, depth: options.depth + 1, ..options.clone() };
    let mut input = Ahead::new(Box::new(io::Cursor::new(bytes)));
    let buffers = Buffers::new(64 << 10);
    let opened = match open(&mut input, &id, &options, (256 << 10, false), &buffers) {
        Ok(opened) => opened,
        Err(ReadErrorKind::Binary { .. }) => return Box::new(std::iter::empty()),
        Err(kind) => return fault(kind),
    };
    let guess = opened.known.guessed.then(|| ReadErrorKind::Guessed { encoding: opened.known.encoding.name() });
    let rows: Rows = match opened.reader {
        Reader::Rows(rows) => rows,
        Reader::Lines(lines) => {
            let encoding = opened.known.encoding.name();
            let mark = if lines.decoding.is_some() { 0 } else { opened.known.mark };
            let text = Texts { lines, format: opened.format, options, encoding, mark, line: 1, ended: false };
            Box::new(text.flatten())
        }
    };
    let member = name.to_owned();
    let fault_of = |fault: Fault, member: &str| {
        let member = fault.member.map_or_else(|| member.to_owned(), |inner| format!("{member}!{inner}"));
        Fault { member: Some(member), ..fault }
    };
    let guess = guess.map(|kind| Err(fault_of(kind.into(), &member)));
    let named = move |row: Result<Row, Fault>| match row {
        Ok(row) => {
            let mut own = String::new();
            row.id.write(&id, &mut own);
            Ok(Row { id: RowId::Own(own), ..row })
        }
        Err(fault) => Err(fault_of(fault, &member)),
    };
    Box::new(guess.into_iter().chain(rows.map(named)))
}

/// A text, its lines, or its rows; each step gives those of a block, or the whole text at the end.
struct Texts {
    lines: TextLines,
    format: InputFormat,
    options: Options,
    encoding: &'static str,
    /// Bytes of the mark that the text begins with.
    mark: usize,
    line: usize,
    ended: bool,
}

impl Texts {
    /// All that is left of the text as one row.
    fn whole(&mut self) -> Vec<Result<Row, Fault>> {
        let mut bytes = Vec::new();
        let mut faults = Vec::new();
        loop {
            match self.lines.blocks.next_block() {
                Ok(block) if block.is_empty() => break,
                Ok(block) => bytes.extend_from_slice(&block),
                Err(error) => faults.push(ReadErrorKind::from(error)),
            }
            if bytes.len() > MAX_TEXT_BYTES {
                faults.push(ReadErrorKind::TooLarge { what: "the text", bytes: MAX_TEXT_BYTES });
                break;
            }
        }
        let replaced = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
        let text =
            String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let spans_of = match &self.lines.decoding {
            Some(decoding) => SpansOf::Original(decoding.origin_to(text.len())),
            None if self.mark > 0 => {
                let mut origin = Origin::default();
                origin.copied(0, self.mark, text.len());
                SpansOf::Original(origin)
            }
            None => SpansOf::Document,
        };
        let undecodable = self.lines.decoding.as_ref().map_or(0, Decoding::replaced);
        if undecodable > 0 {
            faults.push(ReadErrorKind::Undecodable { count: undecodable, encoding: self.encoding });
        }
        if replaced > 0 {
            faults.push(ReadErrorKind::Replaced { count: replaced });
        }
        let row = Row { id: RowId::Input, text, spans_of };
        std::iter::once(Ok(row)).chain(faults.into_iter().map(|kind| Err(kind.into()))).collect()
    }

    /// The lines, or rows, of a block.
    fn rows(&mut self, block: &[u8]) -> Vec<Result<Row, Fault>> {
        let mut rows = Vec::new();
        for line in block.split_inclusive(|byte| *byte == b'\n') {
            let number = self.line;
            self.line += 1;
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            if self.format == InputFormat::Lines {
                let text = String::from_utf8_lossy(line).into_owned();
                rows.push(Ok(Row { id: RowId::Line(number), text, spans_of: SpansOf::Document }));
            } else if !line.iter().all(u8::is_ascii_whitespace) {
                let (mut text, mut id) = (String::new(), String::new());
                let read = self.options.fields.read(line, &mut text, &mut id);
                rows.push(match read {
                    Ok(has_id) => {
                        let id = if has_id { RowId::Own(id) } else { RowId::Line(number) };
                        Ok(Row { id, text, spans_of: SpansOf::Document })
                    }
                    Err(kind) => Err(Fault { kind, line: Some(number), member: None }),
                });
            }
        }
        rows
    }
}

impl Iterator for Texts {
    type Item = Vec<Result<Row, Fault>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        if !matches!(self.format, InputFormat::Lines | InputFormat::Jsonl) {
            self.ended = true;
            return Some(self.whole());
        }
        match self.lines.blocks.next_block() {
            Ok(block) => {
                self.ended = block.is_empty();
                Some(self.rows(&block))
            }
            Err(error) => Some(vec![Err(ReadErrorKind::from(error).into())]),
        }
    }
}
