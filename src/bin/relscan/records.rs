//! Associations written to the output, in the format that is wanted.

use std::cell::RefCell;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use relscan::io::{Palette, RecordFormat, RecordWriter};
#[cfg(feature = "parquet")]
use relscan::io::{TablePart, TableWriter};
use relscan::{Association, ParallelSink, Sink};

use crate::output::Output;

/// How associations are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Records(RecordFormat),
    #[cfg(feature = "parquet")]
    Parquet,
}

impl Format {
    /// The formats, and what they are called.
    pub(crate) const ALL: &[(Format, &'static str)] = &[
        (Format::Records(RecordFormat::Jsonl), "jsonl"),
        (Format::Records(RecordFormat::Tsv), "tsv"),
        (Format::Records(RecordFormat::Text), "text"),
        #[cfg(feature = "parquet")]
        (Format::Parquet, "parquet"),
    ];

    /// The format that the name of the output has.
    pub(crate) fn of(output: Option<&Path>) -> Self {
        let ending = output.and_then(Path::extension).and_then(|ending| ending.to_str());
        match ending {
            Some("tsv") => Format::Records(RecordFormat::Tsv),
            #[cfg(feature = "parquet")]
            Some("parquet") => Format::Parquet,
            _ => Format::Records(RecordFormat::Jsonl),
        }
    }

    /// Whether it is nothing for eyes.
    pub(crate) fn is_binary(self) -> bool {
        !matches!(self, Format::Records(_))
    }
}

/// Writes records to the output that the reader shares.
pub(crate) struct Records<'r> {
    writer: Writer<'r>,
    output: &'r RefCell<Output>,
    /// Parts that were written, for the next ones.
    spare: Vec<RecordWriter<Vec<u8>>>,
    /// The time that it took to write what no thread had rendered before.
    pub(crate) time: Duration,
}

enum Writer<'r> {
    Text(RecordWriter<Shared<'r>>),
    #[cfg(feature = "parquet")]
    Table(Box<TableWriter<table::Buffer>>, table::Buffer),
}

/// What a thread fills.
pub(crate) enum Part {
    Text(RecordWriter<Vec<u8>>),
    #[cfg(feature = "parquet")]
    Table(Box<TablePart>),
}

impl<'r> Records<'r> {
    /// Writes what stands before the first record; a table says `about` itself what it came from.
    #[cfg_attr(not(feature = "parquet"), expect(unused_variables, reason = "no other format says it"))]
    pub(crate) fn new(
        format: Format,
        palette: Palette,
        output: &'r RefCell<Output>,
        about: &[(&str, &str)],
    ) -> io::Result<Self> {
        let writer = match format {
            Format::Records(format) => {
                output.borrow_mut().write_records(format.header().as_bytes())?;
                Writer::Text(RecordWriter::new(format, Shared(output)).palette(palette))
            }
            #[cfg(feature = "parquet")]
            Format::Parquet => {
                let buffer = table::Buffer::default();
                Writer::Table(Box::new(TableWriter::new(buffer.clone(), about)?), buffer)
            }
        };
        Ok(Records { writer, output, spare: Vec::new(), time: Duration::ZERO })
    }

    /// Writes what stands after the last record.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self.writer {
            Writer::Text(_) => Ok(()),
            #[cfg(feature = "parquet")]
            Writer::Table(table, buffer) => {
                table.finish()?;
                self.output.borrow_mut().write_records(&buffer.take())
            }
        }
    }
}

impl Sink for Records<'_> {
    type Error = io::Error;

    fn association(&mut self, association: &Association<'_>) -> io::Result<ControlFlow<()>> {
        let before = self.output.borrow().time;
        let flow = match &mut self.writer {
            Writer::Text(writer) => writer.association(association)?,
            #[cfg(feature = "parquet")]
            Writer::Table(table, buffer) => {
                let flow = table.association(association)?;
                self.output.borrow_mut().write_all(&buffer.take())?;
                flow
            }
        };
        let mut output = self.output.borrow_mut();
        output.end_record()?;
        self.time += output.time.saturating_sub(before);
        Ok(flow)
    }
}

impl ParallelSink for Records<'_> {
    type Part = Part;

    fn part(&mut self) -> Part {
        match &mut self.writer {
            Writer::Text(writer) => Part::Text(self.spare.pop().unwrap_or_else(|| writer.part())),
            #[cfg(feature = "parquet")]
            Writer::Table(table, _) => Part::Table(Box::new(table.part())),
        }
    }

    fn merge(&mut self, part: Part) -> io::Result<ControlFlow<()>> {
        match part {
            Part::Text(mut part) => {
                self.output.borrow_mut().write_records(part.get_mut())?;
                part.get_mut().clear();
                self.spare.push(part);
            }
            #[cfg(feature = "parquet")]
            Part::Table(part) => {
                if let Writer::Table(table, buffer) = &mut self.writer {
                    let _ = table.merge(*part)?;
                    self.output.borrow_mut().write_records(&buffer.take())?;
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl Sink for Part {
    type Error = io::Error;

    fn association(&mut self, association: &Association<'_>) -> io::Result<ControlFlow<()>> {
        match self {
            Part::Text(writer) => writer.association(association),
            #[cfg(feature = "parquet")]
            Part::Table(table) => table.association(association),
        }
    }
}

/// The output, for a writer of its own.
struct Shared<'r>(&'r RefCell<Output>);

impl Write for Shared<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }
}

#[cfg(feature = "parquet")]
mod table {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex, PoisonError};

    /// Bytes of a table on their way to the output.
    #[derive(Clone, Default)]
    pub(super) struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Buffer {
        /// What is in it; nothing then.
        pub(super) fn take(&self) -> Vec<u8> {
            std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
        }
    }

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
