//! `relscan eval`: how well a pack does on rows that somebody has judged.

mod definitions;
mod semeval;
mod tally;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use relscan::{Association, Document, Engine, Extractor, sink_fn};
use serde::de::DeserializeOwned;

use crate::outcome::{Failure, Outcome};
use crate::packs;
use crate::values::named;
use tally::{Report, Verdict};

const EXAMPLES: &str = "\
Examples:
  relscan eval --gold rows.jsonl --task semeval --pack mine.toml
  relscan eval --gold rows.jsonl --task definitions --errors 50
  relscan eval --gold rows.jsonl --task semeval --json > figures.json

Rows of `semeval` have id, text, e1 and e2 (byte spans of two nouns), type (causal, compositional or
null), source (e1 or e2). A pair is found when an association of its type has the gold source in its
source and the gold target in its target; an association that joins the two nouns otherwise is wrong;
others are not judged. `strict` counts only arguments of at most 6 words.

Rows of `definitions` have id, text, term, definition (true or false), hypernyms. A definition is
found when a hierarchical association has the term in its source; its hypernym, when the head of the
target is one of the gold hypernyms as well.";

/// Measure precision and recall of packs on judged rows, by relation and by pattern, and list errors
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The judged rows: a JSON object a line
    #[arg(long, value_name = "FILE")]
    gold: PathBuf,

    /// What the rows judge
    #[arg(long, value_parser = named(&Task::ALL))]
    task: Task,

    #[command(flatten)]
    packs: packs::Choice,

    /// How many errors of each kind to list, those of the highest confidence first
    #[arg(long, value_name = "N", default_value_t = 20)]
    errors: usize,

    /// Write the figures as one JSON object instead of a table
    #[arg(long)]
    json: bool,
}

/// What gold rows judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Semeval,
    Definitions,
}

impl Task {
    const ALL: [(Task, &'static str); 2] = [(Task::Semeval, "semeval"), (Task::Definitions, "definitions")];
}

/// What was predicted for a row.
#[derive(Clone, Debug)]
struct Prediction {
    pattern: String,
    relation: String,
    source: String,
    target: String,
    confidence: f64,
}

impl From<&Association<'_>> for Prediction {
    fn from(association: &Association<'_>) -> Self {
        Prediction {
            pattern: association.pattern().to_owned(),
            relation: association.relation().to_string(),
            source: association.source().to_owned(),
            target: association.target().to_owned(),
            confidence: association.confidence(),
        }
    }
}

/// A row that can be judged.
trait Row: DeserializeOwned {
    fn text(&self) -> &str;

    /// Compares what was predicted for the row with what it says.
    fn judge(&self, predictions: &[Prediction], report: &mut Report) -> Result<(), String>;
}

pub(crate) fn run(args: &Args) -> Result<Outcome, Failure> {
    let patterns = args.packs.load()?;
    let extractor = Extractor::builder().patterns(patterns).engine(Engine::Auto).build().map_err(Failure::usage)?;
    let report = match args.task {
        Task::Semeval => judge::<semeval::Row>(&extractor, &args.gold)?,
        Task::Definitions => judge::<definitions::Row>(&extractor, &args.gold)?,
    };
    let text = if args.json { report.to_json() } else { report.to_text(args.errors) };
    io::stdout().write_all(text.as_bytes()).map_err(Failure::stdout)?;
    Ok(Outcome::Done)
}

fn judge<R: Row>(extractor: &Extractor, gold: &Path) -> Result<Report, Failure> {
    let name = gold.display();
    let file = File::open(gold).map_err(|error| Failure::usage(format_args!("{name} cannot be read: {error}")))?;
    let mut report = Report::default();
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let fault = |what: String| Failure::usage(format_args!("{name}:{number}: {what}"));
        let line = line.map_err(|error| fault(error.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        // The row is all that was read, so that its line would always be the first.
        let read = serde_json::from_str(&line);
        let row: R = read.map_err(|error| fault(error.to_string().replace(" at line 1 column ", " at column ")))?;
        let mut predictions = Vec::new();
        // A closure cannot fail.
        let _ = extractor.extract_document(
            &Document::new(row.text()),
            &mut sink_fn(|association| {
                predictions.push(Prediction::from(association));
            }),
        );
        row.judge(&predictions, &mut report).map_err(fault)?;
    }
    Ok(report)
}

/// Words as the rows are compared: runs of letters and digits, joined by `-`, `'` or `’`, in lower case.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let lowered = text.to_lowercase();
    let mut rest = lowered.as_str();
    while let Some(start) = rest.find(char::is_alphanumeric) {
        rest = &rest[start..];
        let mut end = 0;
        loop {
            end += rest[end..].find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len() - end);
            let mut after = rest[end..].chars();
            let joins =
                matches!(after.next(), Some('-' | '\'' | '’')) && after.next().is_some_and(char::is_alphanumeric);
            if !joins {
                break;
            }
            end += rest[end..].chars().next().map_or(0, char::len_utf8);
        }
        words.push(rest[..end].to_owned());
        rest = &rest[end..];
    }
    words
}

/// Whether the words of `phrase` stand in `argument`, one after another.
fn holds(argument: &str, phrase: &str) -> bool {
    let (argument, phrase) = (words(argument), words(phrase));
    !phrase.is_empty() && argument.windows(phrase.len()).any(|window| window == phrase)
}

/// Verdicts on patterns, each counted once a row however often the pattern met the same arguments.
#[derive(Default)]
struct OncePerRow(BTreeMap<(String, String), Verdict>);

impl OncePerRow {
    /// Notes that `prediction` is right or wrong about `what`.
    fn note(&mut self, prediction: &Prediction, what: &str, verdict: Verdict) {
        self.0.insert((prediction.pattern.clone(), what.to_owned()), verdict);
    }

    fn add_to(self, report: &mut Report) {
        for ((pattern, _), verdict) in self.0 {
            report.pattern(&pattern, verdict);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_published_comparison() {
        assert_eq!(
            words("Well-known dogs' x_y, 'tis 3.5 é’a"),
            ["well-known", "dogs", "x", "y", "tis", "3", "5", "é’a"]
        );
        assert!(holds("the lung cancer of men", "Lung Cancer") && !holds("lungcancer", "lung") && !holds("a", ""));
    }
}
