//! Rows of values: CSV, with whatever stands between the values, and TSV.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::columns::{Columns, find};
use super::error::ReadErrorKind;
use super::jsonl::{BETWEEN_TEXTS, Fields};
use super::row::{Fault, Row, RowId};
use crate::extract::SpansOf;

/// A row larger than this is given up: most likely a quote is missing, and it would be all of the file.
const MAX_ROW_BYTES: u64 = 16 << 20;

/// The rows of a table whose first row has the names of the columns.
pub(super) struct Table {
    reader: Reader<Watched>,
    fields: Fields,
    columns: Option<Columns>,
    record: ByteRecord,
    watch: Arc<Mutex<Watch>>,
    /// The line of the record, from 1.
    line: usize,
    /// The row read last, and what went wrong after it.
    held: Option<Held>,
    fault: Option<Fault>,
    ended: bool,
}

/// What is known of the bytes read.
#[derive(Debug, Default)]
struct Watch {
    bytes: u64,
    /// Where the last row begins.
    row: u64,
    quotes: usize,
    /// The line ends after that, each byte of them by itself, and whether it is a line feed: the reader of tables counts the
    /// lines of some files wrong.
    ends: VecDeque<(u64, bool)>,
}

impl Watch {
    /// Passes over the line ends before byte `to`, and those that follow on it; how many lines end there.
    fn pass(&mut self, to: u64) -> usize {
        let (mut feeds, mut to) = (0, to);
        while let Some((at, is_feed)) = self.ends.front().copied()
            && at <= to
        {
            self.ends.pop_front();
            feeds += usize::from(is_feed);
            to += u64::from(at == to);
        }
        self.row = to;
        feeds
    }
}

fn lock(watch: &Mutex<Watch>) -> MutexGuard<'_, Watch> {
    watch.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An input that does not let a row grow without end.
struct Watched {
    input: Box<dyn Read + Send>,
    watch: Arc<Mutex<Watch>>,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = loop {
            match self.input.read(buffer) {
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
                read => break read?,
            }
        };
        let (read, mut watch) = (&buffer[..count], lock(&self.watch));
        watch.quotes += memchr::memchr_iter(b'"', read).count();
        let bytes = watch.bytes;
        watch.ends.extend(memchr::memchr2_iter(b'\n', b'\r', read).map(|at| (bytes + at as u64, read[at] == b'\n')));
        watch.bytes += count as u64;
        if watch.bytes - watch.row > MAX_ROW_BYTES {
            return Err(std::io::Error::other("a row has more than 16 MiB; is a quote missing?"));
        }
        Ok(count)
    }
}

impl Table {
    /// The rows of `input`, which begins with `start`; with `tabs` between the values, or whatever stands between the names.
    pub(super) fn new(input: Box<dyn Read + Send>, start: &[u8], tabs: bool, fields: Fields) -> Self {
        let watch = Arc::<Mutex<Watch>>::default();
        let delimiter = if tabs { b'\t' } else { delimiter(start) };
        let input = Watched { input, watch: Arc::clone(&watch) };
        let reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(input);
        Table {
            reader,
            fields,
            columns: None,
            record: ByteRecord::new(),
            watch,
            line: 1,
            held: None,
            fault: None,
            ended: false,
        }
    }

    /// Reads the next record; `false` at the end.
    fn read(&mut self) -> Result<bool, Fault> {
        let begin = self.reader.position().byte();
        let read = self.reader.read_byte_record(&mut self.record);
        self.ended = !matches!(read, Ok(true));
        self.line += lock(&self.watch).pass(begin);
        read.map_err(|error| {
            let kind = match error.into_kind() {
                csv::ErrorKind::Io(error) => ReadErrorKind::Io(error),
                kind => ReadErrorKind::Broken { format: "CSV", reason: format!("{kind:?}") },
            };
            Fault { kind, line: Some(self.line), member: None }
        })
    }

    /// Reads the next row; nothing at the end.
    fn row(&mut self) -> Result<Option<Held>, Fault> {
        let columns = match self.columns.take() {
            Some(columns) => columns,
            None if self.read()? => {
                let line = self.line;
                let names = self.record.iter().map(|name| String::from_utf8_lossy(name).into_owned());
                let columns = find(names, &self.fields);
                self.ended = columns.is_err();
                columns.map_err(|kind| Fault { kind, line: Some(line), member: None })?
            }
            None => return Ok(None),
        };
        let row = self.read().and_then(|more| more.then(|| self.held_row(&columns)).transpose());
        self.columns = Some(columns);
        row
    }

    /// The row that the record holds.
    fn held_row(&self, columns: &Columns) -> Result<Held, Fault> {
        let line = self.line;
        let value = |column: usize| {
            let value = self.record.get(column).unwrap_or_default();
            std::str::from_utf8(value).map_err(|error| Fault {
                kind: ReadErrorKind::Utf8 { column: error.valid_up_to() + 1 },
                line: Some(line),
                member: None,
            })
        };
        let mut text = String::new();
        for (number, column) in columns.texts.iter().enumerate() {
            if number > 0 {
                text.push_str(BETWEEN_TEXTS);
            }
            text.push_str(value(*column)?);
        }
        let id = columns.id.map(value).transpose()?.unwrap_or_default();
        let id = if id.is_empty() { RowId::Line(line) } else { RowId::Own(id.to_owned()) };
        let has_lines = self.record.iter().any(|value| value.contains(&b'\n'));
        Ok(Held { row: Row { id, text, spans_of: SpansOf::Document }, line, has_lines })
    }

    /// The last row, unless a quote in it was never closed: then it is the rest of the file.
    fn last(&mut self, held: Held) -> Result<Row, Fault> {
        let is_odd = lock(&self.watch).quotes % 2 == 1;
        if !is_odd || !held.has_lines {
            return Ok(held.row);
        }
        let reason = "a quote that is opened in this row is never closed; the row, which has become all that follows, was left out";
        let kind = ReadErrorKind::Broken { format: "CSV", reason: reason.to_owned() };
        Err(Fault { kind, line: Some(held.line), member: None })
    }
}

impl Iterator for Table {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(fault) = self.fault.take() {
                return Some(Err(fault));
            }
            if self.ended {
                let held = self.held.take()?;
                return Some(self.last(held));
            }
            match self.row() {
                Ok(Some(row)) => {
                    if let Some(held) = self.held.replace(row) {
                        return Some(Ok(held.row));
                    }
                }
                Ok(None) => {}
                Err(fault) => {
                    self.fault = Some(fault);
                    if let Some(held) = self.held.take() {
                        return Some(Ok(held.row));
                    }
                }
            }
        }
    }
}

/// A row of which it is not known whether it is the last.
struct Held {
    row: Row,
    line: usize,
    /// Whether a value runs over several lines.
    has_lines: bool,
}

/// What stands between the values of a table whose text begins with `start`: what is most often in the first line.
fn delimiter(start: &[u8]) -> u8 {
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| memchr::memchr_iter(delimiter, line).count();
    // Of equals the last wins: a comma is the likeliest.
    b"|\t;,".iter().copied().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::super::jsonl::Texts;
    use super::*;

    fn rows(table: &'static str, texts: &[&str]) -> Vec<String> {
        let mut fields = Fields::default();
        if !texts.is_empty() {
            fields.text = Texts::All(texts.iter().map(|name| (*name).to_owned()).collect());
        }
        let rows = Table::new(Box::new(table.as_bytes()), table.as_bytes(), false, fields);
        let told = |row: Result<Row, Fault>| match row {
            Ok(Row { id: RowId::Own(id), text, .. }) => format!("{id}={text}"),
            Ok(Row { id: RowId::Line(line), text, .. }) => format!("{line}:{text}"),
            Ok(row) => row.text,
            Err(fault) => format!("{:?} {}", fault.line, fault.kind),
        };
        rows.map(told).collect()
    }

    #[test]
    fn tables() {
        assert_eq!(rows("id,text\na,x\n,\"y, \"\"z\"\"\nw\"\nc,v", &[]), ["a=x", "3:y, \"z\"\nw", "c=v"]);
        assert_eq!(rows("\u{feff}Body;ID\r\nx;1\r\n\r\ny\r\n", &[]), ["1=x", "4:y"]);
        assert_eq!(rows("a|b\nx|y\n", &["b", "1"]), ["2:y\n\nx"]);
        assert_eq!(rows("text\n", &[]), [""; 0]);
        assert_eq!(rows("", &[]), [""; 0]);
        assert!(
            rows("a,b\nx,y\n", &[])[0].starts_with("Some(1) no column `text`, `content`, `body`; the columns are a, b")
        );
        assert!(rows("a,b\nx,y\n", &["a", "z"])[0].contains("no column `z`"));
        let open = rows("text\nx\n\"y\nz\nw\n", &[]);
        assert_eq!(open[0], "2:x");
        assert!(open[1].starts_with("Some(3) ") && open[1].contains("never closed") && open.len() == 2, "{open:?}");
        assert_eq!(rows("text\n6\" pipe\nx\n", &[]), ["2:6\" pipe", "3:x"], "a quote within a value is one");
    }
}
