//! What the library takes for the lines of a file, for `python/benches/compare.py`:
//! `cargo run --release --manifest-path python/Cargo.toml --example column -- FILE PACK WORKERS`
//!
//! Prints the best time of three in seconds, and the number of associations.

use std::error::Error;
use std::time::{Duration, Instant};

use relscan::{Extractor, PatternSet, Workers};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, pack, workers] = arguments.as_slice() else { return Err("give FILE, PACK and WORKERS".into()) };
    let text = std::fs::read_to_string(file)?;
    let rows: Vec<&str> = text.lines().collect();
    let pack = if pack == "english" { PatternSet::english() } else { PatternSet::seed() };
    let extractor = Extractor::builder().patterns(pack).build()?;
    let (mut best, mut found) = (Duration::MAX, 0);
    for _ in 0..3 {
        let start = Instant::now();
        let collected = extractor.batch().workers(Workers::Exactly(workers.parse()?)).collect(&rows);
        best = best.min(start.elapsed());
        found = collected.iter().flatten().map(|associations| associations.len()).sum();
    }
    println!("{} {found}", best.as_secs_f64());
    Ok(())
}
