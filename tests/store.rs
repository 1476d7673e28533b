//! The graph on disk: equal to the graph in memory, whatever happens to the file or to the process.

mod common;

use std::path::Path;

use common::graph::{assert_same, config, lessons, state};
use relscan::Extractor;
use relscan::graph::{ConceptGraph, InputProgress, LearnConfig, Learner, Store, StoreErrorKind, StoreLearner};
use rusqlite::Connection;

fn integrity(path: &Path) -> String {
    let connection = Connection::open(path).unwrap();
    connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap()
}

/// Every bit of a graph, in order.
fn bits(graph: &ConceptGraph) -> String {
    state(graph, &[]).to_string()
}

#[test]
fn learning_through_the_store_equals_the_original() {
    let folder = tempfile::tempdir().unwrap();
    for (index, row) in common::rows("learn.jsonl.gz").iter().enumerate() {
        let lessons = lessons(row);
        let ways = [(0, 1), (0, lessons.len()), (1, 3), (2, lessons.len())];
        let ways = ways.into_iter().filter(|&(_, together)| lessons.len() / together <= 25);
        for (way, (workers, together)) in ways.enumerate() {
            let path = folder.path().join(format!("{index}-{way}.db"));
            let mut ids = Vec::new();
            for batch in lessons.chunks(together) {
                // Opened for every batch: what is loaded must be all that matters.
                let mut learner = StoreLearner::open(&path, Extractor::seed(), config(row, workers)).unwrap();
                ids.extend(learner.learn_batch(batch, &[]).unwrap().iter().map(ToString::to_string));
            }
            let graph = Store::open_to_read(&path).unwrap().load().unwrap();
            assert_same(&state(&graph, &ids), &row["state"], &format!("{} {together} together", row["id"]));
            assert_eq!(integrity(&path), "ok");
        }
    }
}

#[test]
fn a_stored_graph_is_the_graph_to_the_last_bit() {
    let rows = common::rows("learn.jsonl.gz");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph.db");
    let mut stored = StoreLearner::open(&path, Extractor::seed(), LearnConfig::default()).unwrap();
    let mut memory = Learner::new(Extractor::seed()).unwrap();
    for row in &rows {
        let lessons = lessons(row);
        stored.learn_batch(&lessons, &[]).unwrap();
        memory.learn_batch(&lessons).unwrap();
    }
    assert_eq!(bits(stored.learner().graph()), bits(memory.graph()));
    drop(stored);
    let graph = Store::open(&path).unwrap().load().unwrap();
    assert_eq!(bits(&graph), bits(memory.graph()));
}

#[test]
fn a_part_of_the_file_tells_the_same_as_the_graph() {
    let rows = common::rows("learn.jsonl.gz");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph.db");
    let mut learner = StoreLearner::open(&path, Extractor::seed(), LearnConfig::default()).unwrap();
    for row in &rows {
        learner.learn_batch(&lessons(row), &[]).unwrap();
    }
    let graph = learner.learner().graph().clone();
    drop(learner);
    let store = Store::open_to_read(&path).unwrap();
    assert_eq!(store.concept_count(), graph.concept_count());
    assert_eq!(store.association_count(), graph.association_count());
    assert_eq!(store.word_count(), graph.word_count());
    let mut associations = 0;
    for concept in graph.concepts() {
        let found = store.neighbourhood(concept.id()).unwrap().expect("a stored concept");
        assert_eq!(found.concept.content, concept.content());
        assert_eq!(found.concept.strength.to_bits(), concept.strength().to_bits());
        for outgoing in [true, false] {
            let of_store = found.neighbours.iter().filter(|neighbour| neighbour.is_outgoing == outgoing);
            let of_store: Vec<_> = of_store
                .map(|n| (n.concept.id, n.relation.clone(), n.weight.to_bits(), n.confidence.to_bits()))
                .collect();
            let of_graph: Vec<_> = if outgoing {
                concept.outgoing().map(|a| (a.target().id(), a)).collect()
            } else {
                concept.incoming().filter(|a| a.source() != concept).map(|a| (a.source().id(), a)).collect()
            };
            let of_graph: Vec<_> = of_graph
                .into_iter()
                .map(|(id, a)| (id, a.relation().clone(), a.weight().to_bits(), a.confidence().to_bits()))
                .collect();
            assert_eq!(of_store, of_graph, "{}", concept.content());
            associations += of_store.len();
        }
    }
    assert!(associations > graph.association_count());
    for (word, concepts) in graph.words() {
        let found = store.concepts_with_word(word, usize::MAX).unwrap();
        let ids: Vec<_> = found.iter().map(|concept| concept.id).collect();
        assert_eq!(ids, concepts.map(relscan::graph::Concept::id).collect::<Vec<_>>(), "{word}");
        assert_eq!(store.concepts_with_word(word, 1).unwrap(), found[..1]);
    }
    assert_eq!(store.concepts_with_word("nosuchword", 9).unwrap(), []);
    assert_eq!(store.neighbourhood(relscan::graph::ConceptId::of("no such text")).unwrap(), None);
}

#[test]
fn known_concepts_are_learned_again_when_the_store_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph.db");
    for run in 0..3_u32 {
        let mut learner = StoreLearner::open(&path, Extractor::seed(), LearnConfig::default()).unwrap();
        learner.learn_batch(&[("Rain causes floods", Some("weather"), None)], &[]).unwrap();
        let graph = learner.learner().graph();
        let concept = graph.concept_of("Rain causes floods").unwrap();
        assert_eq!(concept.access_count(), run);
        assert_eq!(concept.source(), Some("weather"));
        assert_eq!(graph.concept_count(), 3);
    }
}

#[test]
fn progress_is_saved_with_its_batch_and_forgotten_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph.db");
    let progress = |rows, is_done| InputProgress { name: "a.jsonl".to_owned(), rows, is_done };
    let mut learner = StoreLearner::open(&path, Extractor::seed(), LearnConfig::default()).unwrap();
    assert_eq!(learner.store().progress().unwrap(), []);
    learner.learn_batch(&[("one", None, None)], &[progress(1, false)]).unwrap();
    assert_eq!(learner.store().progress().unwrap(), [progress(1, false)]);
    learner.learn_batch(&[("two", None, None)], &[progress(2, true)]).unwrap();
    drop(learner);
    let mut store = Store::open(&path).unwrap();
    assert_eq!(store.progress().unwrap(), [progress(2, true)]);
    store.forget_progress().unwrap();
    assert_eq!(store.progress().unwrap(), []);
}

#[test]
fn a_store_that_is_learned_into_is_locked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph.db");
    let first = StoreLearner::open(&path, Extractor::seed(), LearnConfig::default()).unwrap();
    for second in [Store::open(&path), Store::open_to_read(&path)] {
        let error = second.expect_err("locked");
        assert!(matches!(error.kind(), StoreErrorKind::Locked), "{error}");
        assert!(error.to_string().contains("another process uses the store"), "{error}");
    }
    drop(first);
    Store::open(&path).unwrap();
}

#[test]
fn what_is_no_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "These are notes, and not a database at all. ".repeat(50)).unwrap();
    let foreign = folder.path().join("other.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE mine (x)").unwrap();
    for path in [text, foreign] {
        let before = std::fs::read(&path).unwrap();
        for opened in [Store::open(&path), Store::open_to_read(&path)] {
            let error = opened.expect_err("foreign");
            assert!(matches!(error.kind(), StoreErrorKind::Foreign), "{error}");
        }
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
    let missing = Store::open_to_read(folder.path().join("missing.db")).expect_err("missing");
    assert!(matches!(missing.kind(), StoreErrorKind::Missing), "{missing}");
    let nowhere = Store::open(folder.path().join("no/such/folder.db")).expect_err("nowhere");
    assert!(matches!(nowhere.kind(), StoreErrorKind::Access(_)), "{nowhere}");
    let nameless = Store::open("").expect_err("no name");
    assert!(matches!(nameless.kind(), StoreErrorKind::Access(_)), "{nameless}");
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph.db");
    drop(Store::open(&path).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    for opened in [Store::open(&path), Store::open_to_read(&path)] {
        let error = opened.expect_err("newer");
        assert!(matches!(error.kind(), StoreErrorKind::Newer { found: 99, known: 2 }), "{error}");
        assert!(error.to_string().ends_with("use a newer relscan"), "{error}");
    }
}

/// A store of some hundred concepts, and its bytes.
fn sound_store(path: &Path) -> Vec<u8> {
    let rows = common::rows("learn.jsonl.gz");
    let mut learner = StoreLearner::open(path, Extractor::seed(), LearnConfig::default()).unwrap();
    for row in &rows {
        learner.learn_batch(&lessons(row), &[]).unwrap();
    }
    drop(learner);
    std::fs::read(path).unwrap()
}

#[test]
fn a_damaged_file_is_an_error_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph.db");
    let sound = sound_store(&path);
    let read = || -> Result<ConceptGraph, relscan::graph::StoreError> { Store::open_to_read(&path)?.load() };
    let want = bits(&read().unwrap());
    let mut refused = 0;
    for step in 0..300_usize {
        let mut damaged = sound.clone();
        let at = (step * 7919 * 13 + 101) % damaged.len();
        damaged[at] ^= 0x55;
        std::fs::write(&path, &damaged).unwrap();
        match read() {
            // Damage to free space, or to a figure, cannot be told.
            Ok(_) => {}
            Err(error) => {
                refused += 1;
                let known = matches!(
                    error.kind(),
                    StoreErrorKind::Corrupt(_) | StoreErrorKind::Foreign | StoreErrorKind::Newer { .. }
                );
                assert!(known, "{error}");
            }
        }
    }
    assert!(refused > 100, "{refused}");
    for len in [0, 100, 8192, sound.len() / 2, sound.len() - 8192] {
        std::fs::write(&path, &sound[..len]).unwrap();
        let error = read().expect_err("cut");
        assert!(matches!(error.kind(), StoreErrorKind::Corrupt(_) | StoreErrorKind::Foreign), "{len}: {error}");
    }
    std::fs::write(&path, &sound).unwrap();
    assert_eq!(bits(&read().unwrap()), want);
}

#[test]
fn a_graph_from_elsewhere_is_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().join("graph.db")).unwrap();
    store.load().unwrap();
    let error = store.save(&mut ConceptGraph::new(), &[]).expect_err("another graph");
    assert!(matches!(error.kind(), StoreErrorKind::OtherGraph), "{error}");
}
