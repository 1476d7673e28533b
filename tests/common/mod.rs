//! What several test files share: every engine, and the golden vectors.
#![allow(dead_code)] // no test file uses all of it

pub mod graph;

use std::io::{BufRead, BufReader};

use relscan::{Engine, Extractor, OwnedAssociation, PatternSet};

/// Every engine that this CPU can run, for `patterns`, the oracle first, by name.
pub fn engines(patterns: &PatternSet) -> Vec<(String, Extractor)> {
    let mut engines = Vec::new();
    for (engine, name) in Engine::available() {
        if engine != Engine::Naive {
            let extractor = Extractor::builder().patterns(patterns.clone()).engine(engine).build();
            engines.push((name.to_owned(), extractor.expect(name)));
        }
    }
    // Too small for any automaton to be compiled in full.
    let lazy = Extractor::builder().patterns(patterns.clone()).engine(Engine::Dfa).dfa_size_limit(64).build();
    engines.push(("dfa, lazy".to_owned(), lazy.expect("lazy dfa")));
    engines.insert(0, ("naive".to_owned(), oracle(patterns)));
    engines
}

/// A large pack of triggers with bounded arguments.
pub fn bounded() -> PatternSet {
    PatternSet::parse("bounded.toml", include_str!("../data/bounded.toml")).expect("the pack is valid")
}

/// The oracle for `patterns`.
pub fn oracle(patterns: &PatternSet) -> Extractor {
    Extractor::builder().patterns(patterns.clone()).engine(Engine::Naive).build().expect("naive")
}

/// Everything that `extractor` finds in `text`.
pub fn extract(extractor: &Extractor, text: &str) -> Vec<OwnedAssociation> {
    extractor.extract(text).iter().map(|association| association.to_owned()).collect()
}

/// The rows of a compressed JSONL file of tests/data.
pub fn rows(file: &str) -> Vec<serde_json::Value> {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let lines = BufReader::new(flate2::read::GzDecoder::new(file)).lines();
    lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
}
