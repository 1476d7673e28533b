//! Graphs compared with the golden vectors.

use relscan::graph::{ConceptGraph, LearnConfig, Lesson};
use serde_json::{Value, json};

/// A graph as the vectors have it.
pub fn state(graph: &ConceptGraph, ids: &[String]) -> Value {
    let concepts: Vec<Value> = graph
        .concepts()
        .map(|concept| {
            json!({
                "id": concept.id(), "content": concept.content(), "strength": concept.strength(),
                "confidence": concept.confidence(), "access_count": concept.access_count(),
                "source": concept.source(), "category": concept.category(),
            })
        })
        .collect();
    let associations: Vec<Value> = graph
        .associations()
        .map(|association| {
            json!({
                "source": association.source().id(), "target": association.target().id(),
                "type": association.relation(), "weight": association.weight(),
                "confidence": association.confidence(),
            })
        })
        .collect();
    let mut words = serde_json::Map::new();
    for (word, concepts) in graph.words() {
        words.insert(word.to_owned(), concepts.map(|concept| json!(concept.id())).collect());
    }
    let mut neighbors = serde_json::Map::new();
    for concept in graph.concepts() {
        let of_concept: Vec<Value> = concept.neighbours().iter().map(|neighbour| json!(neighbour.id())).collect();
        if !of_concept.is_empty() {
            neighbors.insert(concept.id().to_string(), of_concept.into());
        }
    }
    let stats = graph.strength_stats();
    json!({
        "concept_ids": ids, "concepts": concepts, "associations": associations, "word_index": words,
        "neighbors": neighbors,
        "learning_stats": {
            "total_concepts": stats.total, "difficult_concepts": stats.difficult,
            "moderate_concepts": stats.moderate, "easy_concepts": stats.easy, "average_strength": stats.average,
        },
    })
}

/// Compares all but figures exactly, and figures to 1e-9.
pub fn assert_same(got: &Value, want: &Value, at: &str) {
    match (got, want) {
        (Value::Array(got), Value::Array(want)) => {
            assert_eq!(got.len(), want.len(), "{at}");
            for (index, (got, want)) in got.iter().zip(want).enumerate() {
                assert_same(got, want, &format!("{at}[{index}]"));
            }
        }
        (Value::Object(got), Value::Object(want)) => {
            let mut keys: Vec<_> = got.keys().chain(want.keys()).collect();
            keys.dedup();
            for key in keys {
                let missing = || panic!("{at}.{key} is on one side only");
                assert_same(
                    got.get(key).unwrap_or_else(missing),
                    want.get(key).unwrap_or_else(missing),
                    &format!("{at}.{key}"),
                );
            }
        }
        (Value::Number(got), Value::Number(want)) => {
            let (got, want) = (got.as_f64().expect("a figure"), want.as_f64().expect("a figure"));
            assert!((got - want).abs() < 1e-9, "{at}: {got} is not {want}");
        }
        _ => assert_eq!(got, want, "{at}"),
    }
}

/// What a row learns.
pub fn lessons(row: &Value) -> Vec<Lesson<'_>> {
    let rows = row["learn"].as_array().expect("an array").iter();
    rows.map(|row| (row[0].as_str().expect("a content"), row[1].as_str(), row[2].as_str())).collect()
}

/// How a row learns, with so many workers.
pub fn config(row: &Value, workers: usize) -> LearnConfig {
    let mut config = LearnConfig::default();
    config.enable_central_links = row["central_links"].as_bool().expect("a boolean");
    config.enable_parallel_associations = workers > 0;
    config.association_workers = std::num::NonZeroUsize::new(workers);
    config.parallel_threshold = 2;
    config
}
