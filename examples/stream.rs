//! A stream that is longer than memory: `generate | cargo run --release --example stream`
//!
//! Every line of standard input is a document. What is found is written as JSON, a record a line, in order.

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::ops::ControlFlow;

use relscan::{Association, DocumentError, Extractor, ParallelSink, Piece, Sink};

/// Writes records. A part of it is a buffer that one thread fills; the parts are written in order and used again.
struct Records<W> {
    out: W,
    spare: Vec<Vec<u8>>,
}

impl<W: Write> Sink for Records<W> {
    type Error = io::Error;

    fn association(&mut self, association: &Association<'_>) -> io::Result<ControlFlow<()>> {
        serde_json::to_writer(&mut self.out, association)?;
        self.out.write_all(b"\n")?;
        Ok(ControlFlow::Continue(()))
    }
}

impl<W: Write> ParallelSink for Records<W> {
    type Part = Records<Vec<u8>>;

    fn part(&mut self) -> Records<Vec<u8>> {
        Records { out: self.spare.pop().unwrap_or_default(), spare: Vec::new() }
    }

    fn merge(&mut self, mut part: Records<Vec<u8>>) -> io::Result<ControlFlow<()>> {
        self.out.write_all(&part.out)?;
        part.out.clear();
        self.spare.push(part.out);
        Ok(ControlFlow::Continue(()))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // A line that cannot be read is an error of that document; the others are not affected.
    let documents = io::stdin().lock().lines().enumerate().map(|(index, line)| match line {
        Ok(line) => Ok(Piece::new(format!("line {}", index + 1), index, line)),
        Err(error) => Err(DocumentError::read(format!("line {}", index + 1), index, error.to_string())),
    });
    // Never more than this is held: a reader that is faster waits.
    let extractor = Extractor::seed();
    let mut batch = extractor.batch().max_in_flight_bytes(4 << 20);
    let mut records = Records { out: io::stdout().lock(), spare: Vec::new() };
    let report = batch.stream(documents, &mut records)?;
    records.out.flush()?;

    for error in &report.errors {
        eprintln!("{error}");
    }
    eprintln!("{} associations in {} documents", report.associations, report.documents);
    Ok(())
}
