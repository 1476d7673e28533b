//! How fast a graph learns, in memory and on disk, and how large it is.
//!
//! `cargo bench --features store --bench learn` learns what it makes up; `-- FILE` learns the lines of a file besides.
//! Every way of learning must end in the same graph before a figure is given: one by one, in a batch, through a store.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use relscan::Extractor;
use relscan::graph::{ConceptGraph, LearnConfig, LearnReport, Learner, Lesson, Stage, Store, StoreLearner};

/// What the plan of the seed asked for, and what the seed reached, in contents a second.
const PLANNED: f64 = 71.0;
const REACHED: f64 = 466.8;
/// Contents in a transaction.
const BATCH: usize = 16_384;

fn main() {
    let sentences = sentences();
    let file = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    println!("machine: {} processors", std::thread::available_parallelism().map_or(1, usize::from));
    for count in [100, 984] {
        against_the_seed(&sentences[..count]);
    }
    million("made up", &made_up(1_000_000));
    if let Some(path) = file {
        let text = std::fs::read_to_string(&path).expect("the file named");
        million(&path, &text.lines().map(str::to_owned).collect::<Vec<_>>());
    }
}

/// Sentences of real prose, each once.
fn sentences() -> Vec<String> {
    let text = include_str!("../examples/data/jargon.txt");
    let mut sentences: Vec<String> = text.split(['\n', '.']).map(|part| part.trim().to_owned()).collect();
    sentences.retain(|sentence| (30..200).contains(&sentence.len()));
    let mut seen = std::collections::HashSet::new();
    sentences.retain(|sentence| seen.insert(sentence.clone()));
    assert!(sentences.len() >= 984, "{} sentences", sentences.len());
    sentences
}

/// Contents that are all different, each with a trigger and with words of its own and of others.
fn made_up(count: usize) -> Vec<String> {
    const TRIGGERS: [&str; 6] = ["causes", "leads to", "is a", "contains", "means", "is related to"];
    let place = |number: usize| TRIGGERS[number % TRIGGERS.len()];
    (0..count).map(|number| format!("Concept {number} {} effect {} here", place(number), number % 5000)).collect()
}

fn lessons(contents: &[String]) -> Vec<Lesson<'_>> {
    contents.iter().map(|content| (content.as_str(), Some("bench"), None)).collect()
}

/// A hash of every bit of a graph, in order.
fn fingerprint(graph: &ConceptGraph) -> u64 {
    let mut hasher = DefaultHasher::new();
    for concept in graph.concepts() {
        (concept.id(), concept.content(), concept.strength().to_bits(), concept.access_count()).hash(&mut hasher);
    }
    for association in graph.associations() {
        (association.source().id(), association.target().id(), association.relation()).hash(&mut hasher);
        (association.weight().to_bits(), association.confidence().to_bits()).hash(&mut hasher);
    }
    hasher.finish()
}

fn config(in_parallel: bool) -> LearnConfig {
    let mut config = LearnConfig::default();
    config.enable_parallel_associations = in_parallel;
    config
}

fn per_second(count: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(count).expect("a small count")) / time.as_secs_f64()
}

/// The best of several runs.
fn best(runs: usize, mut run: impl FnMut() -> (Duration, u64)) -> (Duration, u64) {
    let results: Vec<(Duration, u64)> = (0..runs).map(|_| run()).collect();
    assert!(results.iter().all(|result| result.1 == results[0].1), "every run ends in the same graph");
    results.into_iter().min().expect("a run")
}

fn against_the_seed(contents: &[String]) {
    let lessons = lessons(contents);
    let learn = |in_parallel: bool, one_by_one: bool| {
        best(10, || {
            let mut learner = Learner::with_config(Extractor::seed(), config(in_parallel)).expect("a learner");
            let start = Instant::now();
            if one_by_one {
                for &(content, source, category) in &lessons {
                    learner.learn(content, source, category).expect("learned");
                }
            } else {
                learner.learn_batch(&lessons).expect("learned");
            }
            (start.elapsed(), fingerprint(learner.graph()))
        })
    };
    let ways = [("one by one", learn(false, true)), ("a batch", learn(false, false)), ("parallel", learn(true, false))];
    println!("\n{} contents (the seed: {PLANNED} a second planned, {REACHED} reached)", contents.len());
    for (way, (time, graph)) in ways {
        assert_eq!(graph, ways[0].1.1, "every way ends in the same graph");
        let rate = per_second(contents.len(), time);
        println!(
            "  {way:<11} {rate:>9.0} a second, {:>6.0} x planned, {:>5.0} x reached",
            rate / PLANNED,
            rate / REACHED
        );
    }
}

fn million(name: &str, contents: &[String]) {
    let lessons = lessons(contents);
    println!("\n{name}: {} contents", contents.len());
    let mut graphs = Vec::new();
    for (way, in_parallel) in [("one thread", false), ("parallel", true)] {
        let mut learner = Learner::with_config(Extractor::seed(), config(in_parallel)).expect("a learner");
        learner.learn_batch(&lessons).expect("learned");
        describe(way, learner.total_report());
        if in_parallel {
            sizes(learner.graph());
        }
        graphs.push(fingerprint(learner.graph()));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("graph.db");
    let mut learner = StoreLearner::open(&path, Extractor::seed(), config(true)).expect("a store");
    for batch in lessons.chunks(BATCH) {
        learner.learn_batch(batch, &[]).expect("learned");
    }
    describe("store", learner.learner().total_report());
    drop(learner);
    let bytes = std::fs::metadata(&path).expect("a file").len();
    let start = Instant::now();
    let graph = Store::open_to_read(&path).and_then(|mut store| store.load()).expect("a graph");
    println!("  {bytes} bytes on disk, loaded in {:.2} s", start.elapsed().as_secs_f64());
    graphs.push(fingerprint(&graph));
    assert!(graphs.iter().all(|graph| *graph == graphs[0]), "every way ends in the same graph");
}

fn describe(way: &str, report: &LearnReport) {
    println!("  {way:<11} {:>9.0} contents a second", per_second(report.learned, report.elapsed));
    for stage in Stage::ALL {
        let each = report.time(stage).as_secs_f64() * 1e6 / per_second(report.learned, Duration::from_secs(1));
        println!("    {:<20} {each:>7.3} us each", stage.as_str());
    }
}

#[allow(clippy::cast_precision_loss)] // figures to look at
fn sizes(graph: &ConceptGraph) {
    let size = graph.memory_usage();
    let (concepts, associations) = (graph.concept_count(), graph.association_count());
    println!(
        "  {concepts} concepts of {:.0} bytes and {:.0} for words; {associations} associations of {:.0} bytes",
        size.concepts as f64 / concepts as f64,
        size.words as f64 / concepts as f64,
        size.associations as f64 / associations as f64
    );
}
