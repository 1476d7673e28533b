//! The golden vectors of the original's learning: one by one, in batches, on one thread and on several.

mod common;

use common::graph::{assert_same, config, lessons, state};
use relscan::graph::Learner;
use relscan::{Engine, Extractor, PatternSet};

#[test]
fn learning_equals_the_original() {
    let rows = common::rows("learn.jsonl.gz");
    assert_eq!(rows.len(), 32);
    for engine in [Engine::Naive, Engine::Auto] {
        let extractor = Extractor::builder().patterns(PatternSet::seed()).engine(engine).build().unwrap();
        for row in &rows {
            let lessons = lessons(row);
            for workers in 0..4 {
                for together in [1, 3, lessons.len()] {
                    let config = config(row, workers);
                    let mut learner = Learner::with_config(extractor.clone(), config).unwrap();
                    let mut ids = Vec::new();
                    for batch in lessons.chunks(together) {
                        ids.extend(learner.learn_batch(batch).unwrap().iter().map(ToString::to_string));
                    }
                    let at = format!("{} with {workers} workers, {together} together", row["id"]);
                    assert_same(&state(learner.graph(), &ids), &row["state"], &at);
                    let total = learner.total_report();
                    assert_eq!(total.learned, lessons.len());
                    assert_eq!(total.new_concepts, learner.graph().concept_count());
                    assert_eq!(total.new_of_every_sort(), learner.graph().association_count());
                }
            }
        }
    }
}

#[test]
fn learning_one_by_one_equals_the_original() {
    for row in common::rows("learn.jsonl.gz") {
        let mut learner = Learner::with_config(Extractor::seed(), config(&row, 0)).unwrap();
        let mut ids = Vec::new();
        for (content, source, category) in lessons(&row) {
            ids.push(learner.learn(content, source, category).unwrap().to_string());
        }
        assert_same(&state(learner.graph(), &ids), &row["state"], &row["id"].to_string());
    }
}
