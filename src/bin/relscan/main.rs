//! The command line of relscan: a module for each subcommand, with its arguments and what it does.
//!
//! This is the only room that prints. Results go to standard output, everything else to standard error.

mod diagnostics;
mod eval;
mod explain;
mod extract;
mod graph;
mod interrupt;
mod outcome;
mod output;
mod packs;
mod patterns;
mod progress;
mod reading;
mod records;
mod stats;
mod stdin;
mod text;
mod values;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Finds who relates to what in text: associations such as "smoking -causal-> cancer", by patterns that are compiled
/// into one matcher.
#[derive(Parser)]
#[command(name = "relscan", version, arg_required_else_help = true, after_help = EXAMPLES, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Extract(extract::Args),
    Text(text::Args),
    Patterns(patterns::Args),
    Eval(eval::Args),
    Learn(graph::learn::Args),
    Forget(graph::forget::Args),
    Export(graph::export::Args),
    Show(graph::show::Args),
    Stats(graph::stats::Args),
}

const EXAMPLES: &str = "\
Examples:
  relscan extract notes.txt                      associations of a file, as JSONL
  relscan extract books/ --format text           a folder, for eyes
  relscan extract books/ -o associations.jsonl   into a file
  relscan text page.html                         the text that is looked at
  relscan patterns list                          what is looked for
  relscan learn --store graph.db books/          a graph with its evidence, kept
  relscan show --store graph.db rust             a name, and what is said of it

Exit status: 0 done, 1 some inputs failed (each named on standard error), 2 wrong usage,
130 interrupted.";

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Extract(args) => extract::run(&args),
        Command::Text(args) => text::run(&args),
        Command::Patterns(args) => patterns::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Learn(args) => graph::learn::run(&args),
        Command::Forget(args) => graph::forget::run(&args),
        Command::Export(args) => graph::export::run(&args),
        Command::Show(args) => graph::show::run(&args),
        Command::Stats(args) => graph::stats::run(&args),
    };
    outcome::exit_code(outcome)
}
