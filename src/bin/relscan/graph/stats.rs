//! `relscan stats`: what a store holds, in figures.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use relscan::graph::{FactStore, Store};

use crate::outcome::{Failure, Outcome};
use crate::output::Output;

/// Show what a store holds, in figures
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The store
    #[arg(long, value_name = "FILE")]
    store: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, Failure> {
    if FactStore::is_at(&args.store) {
        return facts(args);
    }
    let mut store = Store::open_to_read(&args.store)?;
    let graph = store.load()?;
    let mut text = String::new();
    let bytes = std::fs::metadata(&args.store).map_or(0, |metadata| metadata.len());
    let batches = match store.batch_count() {
        1 => "1 batch".to_owned(),
        many => format!("{many} batches"),
    };
    let _ = writeln!(text, "{bytes:>12}  bytes on disk, {batches}");
    let strengths = graph.strength_stats();
    let _ = writeln!(text, "{:>12}  concepts, average strength {:.3}", strengths.total, strengths.average);
    for (count, what) in [
        (strengths.difficult, "difficult, strength below 4"),
        (strengths.moderate, "moderate"),
        (strengths.easy, "easy, strength above 7"),
    ] {
        let _ = writeln!(text, "{count:>14}  {what}");
    }
    let _ = writeln!(text, "{:>12}  words", graph.word_count());
    let _ = writeln!(text, "{:>12}  associations", graph.association_count());
    let mut relations: BTreeMap<&str, usize> = BTreeMap::new();
    for association in graph.associations() {
        *relations.entry(association.relation().as_str()).or_default() += 1;
    }
    for (relation, count) in relations {
        let _ = writeln!(text, "{count:>14}  {relation}");
    }
    for input in store.progress()? {
        let state = if input.is_done { "done" } else { "not done" };
        let _ = writeln!(text, "{:>12}  rows of {}, {state}", input.rows, input.name);
    }
    let mut output = Output::open(None, [])?;
    let written = output.write_all(text.as_bytes());
    written.map_err(|error| output.failure(error))?;
    output.finish(true)?;
    Ok(Outcome::Done)
}

/// The figures of a store of the profile graph.
fn facts(args: &Args) -> Result<Outcome, Failure> {
    let counts = FactStore::open_to_read(&args.store)?.counts()?;
    let mut output = Output::open(None, [])?;
    let lines = [
        (counts.documents, "documents"),
        (counts.nodes, "nodes"),
        (counts.edges, "edges"),
        (counts.places, "places that say or deny them"),
    ];
    let text = lines.iter().fold(String::new(), |mut text, (count, what)| {
        let _ = writeln!(text, "{count:>12}  {what}");
        text
    });
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish(true)?;
    Ok(Outcome::Done)
}
