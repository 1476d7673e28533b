//! `relscan export`: a store written for other programs.

use std::path::{Path, PathBuf};

use relscan::graph::{ConceptGraph, FactStore, Store};
use relscan::io::{GraphFormat, write_graph, write_neo4j};

use crate::outcome::{Failure, Outcome};
use crate::output::Output;
use crate::values::named;

const EXAMPLES: &str = "\
Examples:
  relscan export --store graph.db                                 JSONL to standard output
  relscan export --store graph.db --format graphml -o graph.xml
  relscan export --store graph.db --format neo4j-csv -o import/   concepts.csv and associations.csv

A row of JSONL:
  {\"kind\":\"concept\",\"id\":...,\"content\":...,\"strength\":...,\"confidence\":...,
   \"access_count\":...,\"source\":...,\"category\":...}
  {\"kind\":\"association\",\"source\":...,\"target\":...,\"type\":...,\"weight\":...,\"confidence\":...}
Concepts come before associations, each in the order in which they were learned.";

/// Write the graph of a store for other programs
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The store
    #[arg(long, value_name = "FILE")]
    store: PathBuf,

    /// How the graph is written
    #[arg(long, value_parser = named(&GraphFormat::ALL), default_value = "jsonl")]
    format: GraphFormat,

    /// Write here instead of to standard output; for `neo4j-csv` a folder
    #[arg(short, long, value_name = "FILE|FOLDER")]
    output: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, Failure> {
    if FactStore::is_at(&args.store) {
        return Err(Failure::usage(format_args!(
            "{} is of the profile graph, which `export` does not write yet; any SQLite client reads its tables \
             (LEARNING.md says what they hold)",
            args.store.display()
        )));
    }
    if args.format == GraphFormat::Neo4jCsv && args.output.is_none() {
        return Err(Failure::usage("neo4j-csv is two files: name a folder for them with --output"));
    }
    let graph = Store::open_to_read(&args.store)?.load()?;
    match &args.output {
        Some(folder) if args.format == GraphFormat::Neo4jCsv => write_folder(&graph, folder, &args.store)?,
        path => {
            let mut output = Output::open(path.as_deref(), [&*args.store])?;
            write_graph(&graph, args.format, &mut output).map_err(|error| output.failure(error))?;
            output.finish(true)?;
        }
    }
    Ok(Outcome::Done)
}

fn write_folder(graph: &ConceptGraph, folder: &Path, store: &Path) -> Result<(), Failure> {
    let made = std::fs::create_dir_all(folder);
    made.map_err(|error| Failure::usage(format_args!("{} cannot be made: {error}", folder.display())))?;
    let mut concepts = Output::open(Some(&folder.join("concepts.csv")), [store])?;
    let mut associations = Output::open(Some(&folder.join("associations.csv")), [store])?;
    write_neo4j(graph, &mut concepts, &mut associations)
        .map_err(|error| Failure::Write { name: folder.display().to_string(), error })?;
    concepts.finish(true)?;
    associations.finish(true)?;
    Ok(())
}
