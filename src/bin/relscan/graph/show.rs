//! `relscan show`: a concept and what it is associated with, for eyes.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use relscan::extract_words;
use relscan::graph::{ConceptId, FactStore, Neighbour, Neighbourhood, Store, StoredConcept};

use crate::outcome::{Failure, Outcome, say};
use crate::output::Output;

/// Concepts that are suggested for one that is not there.
const SUGGESTIONS: usize = 10;
/// Concepts of a word that are looked at for suggestions.
const LOOKED_AT: usize = 1000;

/// Show a concept of a store with its neighbourhood
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The store
    #[arg(long, value_name = "FILE")]
    store: PathBuf,

    /// How many associations are shown in each direction, the strongest first
    #[arg(long, value_name = "N", default_value = "20")]
    limit: usize,

    /// The concept: its text, or its id of 16 digits
    #[arg(value_name = "CONCEPT")]
    concept: String,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, Failure> {
    if FactStore::is_at(&args.store) {
        return facts(args);
    }
    let store = Store::open_to_read(&args.store)?;
    let text = args.concept.as_str();
    // Contents are kept as they were learned, arguments in lower case.
    let ids = [Some(ConceptId::of(text)), Some(ConceptId::of(&text.to_lowercase())), text.parse().ok()];
    for id in ids.into_iter().flatten() {
        if let Some(found) = store.neighbourhood(id)? {
            let mut output = Output::open(None, [])?;
            let written = output.write_all(describe(&found, args.limit).as_bytes());
            written.map_err(|error| output.failure(error))?;
            output.finish(true)?;
            return Ok(Outcome::Done);
        }
    }
    say(&format!("error: no concept is called `{text}`"));
    let similar = similar(&store, text)?;
    if !similar.is_empty() {
        say("concepts with most of its words:");
    }
    for concept in similar {
        say(&format!("  {}  {}", concept.id, one_line(&concept.content)));
    }
    Ok(Outcome::SomeFailed)
}

/// The concepts that share most words with `text`.
fn similar(store: &Store, text: &str) -> Result<Vec<StoredConcept>, Failure> {
    let words: HashSet<String> = extract_words(text).into_iter().collect();
    let mut found: Vec<(usize, StoredConcept)> = Vec::new();
    let mut seen = HashSet::new();
    for word in &words {
        for concept in store.concepts_with_word(word, LOOKED_AT)? {
            if seen.insert(concept.id) {
                let theirs: HashSet<String> = extract_words(&concept.content).into_iter().collect();
                found.push((words.intersection(&theirs).count(), concept));
            }
        }
    }
    found.sort_by(|(a, x), (b, y)| b.cmp(a).then(x.content.len().cmp(&y.content.len())).then(x.id.cmp(&y.id)));
    Ok(found.into_iter().take(SUGGESTIONS).map(|(_, concept)| concept).collect())
}

fn describe(found: &Neighbourhood, limit: usize) -> String {
    let StoredConcept { id, content, strength, confidence, access_count, source, category, .. } = &found.concept;
    let mut text = format!("{}\n", one_line(content));
    let _ =
        writeln!(text, "  id {id}, strength {strength:.2}, confidence {confidence:.2}, met again {access_count} times");
    for (name, value) in [("source", source), ("category", category)] {
        if let Some(value) = value {
            let _ = writeln!(text, "  {name} {}", one_line(value));
        }
    }
    for (is_outgoing, title) in [(true, "leads to"), (false, "comes from")] {
        let mut side: Vec<&Neighbour> = found.neighbours.iter().filter(|n| n.is_outgoing == is_outgoing).collect();
        if side.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{title} ({})", side.len());
        // Stable: among equals the one that was learned first.
        side.sort_by(|a, b| (b.weight * b.confidence).total_cmp(&(a.weight * a.confidence)));
        let width = side.iter().take(limit).map(|n| n.relation.as_str().len()).max().unwrap_or(0);
        for Neighbour { concept, relation, weight, confidence, .. } in side.iter().take(limit) {
            let content = one_line(&concept.content);
            let _ = writeln!(text, "  {relation:<width$}  {weight:.2} x {confidence:.2}  {content}");
        }
        if side.len() > limit {
            let _ = writeln!(text, "  and {} more (--limit)", side.len() - limit);
        }
    }
    text
}

/// The text with control characters escaped, so that it stays on its line.
fn one_line(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

/// Sentences that are shown of each edge.
const SENTENCES: u32 = 3;

/// Shows a node of a store of the profile graph: its edges, each with sentences that say or deny it.
fn facts(args: &Args) -> Result<Outcome, Failure> {
    let store = FactStore::open_to_read(&args.store)?;
    let Some(facts) = store.facts_of(&args.concept)? else {
        say(&format!("error: nothing is called `{}`", args.concept));
        return Ok(Outcome::SomeFailed);
    };
    let mut text = String::new();
    for fact in facts.iter().take(args.limit) {
        let denied = if fact.denied > 0 { format!(", denied by {}", fact.denied) } else { String::new() };
        let _ = writeln!(
            text,
            "{} -{}-> {}  {:.2}, said by {}{denied}, {}",
            one_line(&fact.source),
            fact.relation,
            one_line(&fact.target),
            fact.confidence,
            fact.asserted,
            fact.origin
        );
        for place in store.places_of(fact.id, SENTENCES)? {
            let mark = if place.negated { " (denies it)" } else { "" };
            let _ = writeln!(text, "    {}: {}{mark}", one_line(&place.document), one_line(&place.sentence));
        }
    }
    if facts.len() > args.limit {
        let _ = writeln!(text, "and {} more; see --limit", facts.len() - args.limit);
    }
    let mut output = Output::open(None, [])?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish(true)?;
    Ok(Outcome::Done)
}
