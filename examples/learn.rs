//! From text to a graph: learns some contents in a batch and looks at what came of them.
//!
//! `cargo run --example learn`

use relscan::graph::{LearnConfig, Learner};
use relscan::{Extractor, RelationType};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut config = LearnConfig::default();
    config.cooccurrence.max_new = 10;
    let mut learner = Learner::with_config(Extractor::seed(), config)?;
    learner.learn_batch(&[
        ("Heavy rain causes floods", Some("weather.txt"), Some("Weather")),
        ("A flood is a natural disaster", Some("weather.txt"), Some("Weather")),
        ("Deforestation leads to floods", Some("forests.txt"), Some("Ecology")),
    ])?;
    // What is learned again grows stronger.
    learner.learn("Heavy rain causes floods", None, None)?;

    let graph = learner.graph();
    println!("{} concepts, {} associations", graph.concept_count(), graph.association_count());
    if let Some(floods) = graph.concept_of("floods") {
        for cause in floods.incoming_of(&RelationType::Causal) {
            println!("{} causes floods, weight {:.2}", cause.source().content(), cause.weight());
        }
        for neighbour in floods.neighbours() {
            println!("  beside it: {} (words shared: {:.2})", neighbour.content(), floods.word_overlap(neighbour));
        }
    }
    for concept in graph.concepts_with_word("rain") {
        println!("about rain: {}, strength {:.3}", concept.content(), concept.strength());
    }
    println!("{}", learner.total_report());
    Ok(())
}
