//! `relscan text`: documents in, their texts out, as they are looked at.

use std::io::{self, Write as _};
use std::path::PathBuf;

use relscan::io::Part;
use serde::Serialize;

use crate::extract::{inputs, say_what_was_skipped};
use crate::interrupt::Interrupt;
use crate::outcome::{Failure, Outcome, say};
use crate::output::Output;
use crate::reading::Reading;
use crate::stdin;
use crate::values::named;

const EXAMPLES: &str = "\
Examples:
  relscan text page.html                        what is seen of a page
  relscan text mail.mbox --format jsonl         a row with \"id\" and \"text\" a message
  relscan text --encoding latin1 old.txt.gz     as UTF-8, unpacked

Where a record of `extract` has \"span_of\":\"text\", its spans are bytes of this text.

Exit status: 0 done, 1 some inputs failed (each named on standard error), 2 wrong usage,
130 interrupted.";

/// Write the text of documents, as it is looked at
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files, folders or `-` for standard input, which is also read if there are none
    #[arg(value_name = "PATH|-")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    reading: Reading,

    /// How texts are written: one after another with a blank line between, or as a JSON object a line with the id
    #[arg(long, value_parser = named(&Format::ALL), default_value = "text")]
    format: Format,

    /// Write here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How texts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Text,
    Jsonl,
}

impl Format {
    const ALL: [(Format, &'static str); 2] = [(Format::Text, "text"), (Format::Jsonl, "jsonl")];
}

pub(crate) fn run(args: &Args) -> Result<Outcome, Failure> {
    let inputs = inputs(&args.paths)?;
    args.reading.check()?;
    let interrupt = Interrupt::listen()?;
    let output = Output::open(args.output.as_deref(), args.paths.iter().map(PathBuf::as_path))?;
    let mut documents = args.reading.documents(inputs).stdin(stdin::open(&interrupt));
    for file in output.files() {
        documents.leave_out(file);
    }
    let mut texts = Texts { output, format: args.format, last: None };
    while !interrupt.is_asked()
        && let Some(block) = documents.next()
    {
        match block {
            Ok(block) => {
                let written = block.parts().try_for_each(|part| texts.write(&part));
                written.map_err(|error| texts.output.failure(error))?;
            }
            Err(error) if error.is_warning() => say(&format!("warning: {error}")),
            Err(error) => say(&format!("error: {error}")),
        }
    }
    texts.end().map_err(|error| texts.output.failure(error))?;
    let interrupted = interrupt.is_asked();
    texts.output.finish(!interrupted)?;
    let counts = documents.counts();
    say_what_was_skipped(counts.skipped);
    Ok(match counts.failed {
        _ if interrupted => Outcome::Interrupted,
        0 => Outcome::Done,
        _ => Outcome::SomeFailed,
    })
}

/// Writes texts whose parts come one after another.
struct Texts {
    output: Output,
    format: Format,
    /// The document that is being written; for JSONL with its text so far.
    last: Option<Row>,
}

/// A document as JSONL has it.
#[derive(Serialize)]
struct Row {
    #[serde(skip)]
    index: usize,
    id: String,
    text: String,
}

impl Texts {
    fn write(&mut self, part: &Part<'_>) -> io::Result<()> {
        if part.text.is_empty() {
            return Ok(());
        }
        let goes_on = self.last.as_ref().is_some_and(|last| last.index == part.index);
        if !goes_on {
            let has_before = self.last.is_some();
            self.end()?;
            if has_before && self.format == Format::Text {
                self.output.write_all(b"\n")?;
            }
            self.last = Some(Row { index: part.index, id: part.id.to_string(), text: String::new() });
        }
        let Some(last) = &mut self.last else { return Ok(()) };
        match self.format {
            Format::Jsonl => last.text.push_str(part.text),
            Format::Text => {
                self.output.write_all(part.text.as_bytes())?;
                // How it ends says whether a line feed is missing.
                last.text.clear();
                last.text.extend(part.text.chars().next_back());
            }
        }
        self.output.end_record()
    }

    /// Ends the document that is being written.
    fn end(&mut self) -> io::Result<()> {
        let Some(last) = &self.last else { return Ok(()) };
        match self.format {
            Format::Jsonl => {
                serde_json::to_writer(&mut self.output, last)?;
                self.output.write_all(b"\n")?;
            }
            Format::Text if last.text != "\n" => self.output.write_all(b"\n")?,
            Format::Text => {}
        }
        self.output.end_record()
    }
}
