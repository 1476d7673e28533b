//! `relscan forget`: a document is taken out of a graph, with all that only it said.

use std::path::PathBuf;

use relscan::graph::FactStore;

use crate::outcome::{Failure, Outcome, say};

/// Take documents out of a store, with all that they said
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The store, of the profile graph
    #[arg(long, value_name = "FILE")]
    store: PathBuf,

    /// The documents: their paths or ids, as they were learned
    #[arg(value_name = "DOCUMENT", required = true)]
    documents: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, Failure> {
    // What is not there is not made to forget something.
    drop(FactStore::open_to_read(&args.store)?);
    let mut store = FactStore::open(&args.store)?;
    let mut outcome = Outcome::Done;
    for document in &args.documents {
        if !store.forget(document)? {
            say(&format!("error: {document}: no document of that name was learned"));
            outcome = Outcome::SomeFailed;
        }
    }
    Ok(outcome)
}
