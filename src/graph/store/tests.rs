//! What only the inside of a store can bring about: older schemas, and a disk that is full.

use super::*;

fn pragma(store: &Store, name: &str) -> i64 {
    store.connection.pragma_query_value(None, name, |row| row.get(0)).unwrap()
}

#[test]
fn an_older_schema_is_read_as_it_is_and_migrated_to_learn_into() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    schema::make_version(&Connection::open(&path).unwrap(), 1);
    let mut store = Store::open_to_read(&path).unwrap();
    assert_eq!(store.load().unwrap().concept_count(), 0);
    assert_eq!(pragma(&store, "user_version"), 1);
    assert_eq!(store.progress().unwrap(), []);
    drop(store);

    let mut learner = StoreLearner::open(&path, Extractor::seed(), LearnConfig::default()).unwrap();
    assert_eq!(pragma(&learner.store, "user_version"), schema::VERSION);
    let progress = InputProgress { name: "a".to_owned(), rows: 1, is_done: true };
    learner.learn_batch(&[("Rain causes floods", None, None)], std::slice::from_ref(&progress)).unwrap();
    drop(learner);
    let store = Store::open(&path).unwrap();
    assert_eq!(store.progress().unwrap(), [progress]);
    assert_eq!(store.concept_count(), 3);
}

#[test]
fn a_full_disk_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph.db");
    let texts: Vec<String> =
        (0..3000).map(|number| format!("Cause number {number} leads to effect {number}")).collect();
    let lessons: Vec<Lesson<'_>> = texts.iter().map(|text| (text.as_str(), None, None)).collect();
    let (before, after) = lessons.split_at(100);
    let mut learner = StoreLearner::open(&path, Extractor::seed(), LearnConfig::default()).unwrap();
    learner.learn_batch(before, &[]).unwrap();

    let limit = pragma(&learner.store, "page_count") + 5;
    learner.store.connection.pragma_update(None, "max_page_count", limit).unwrap();
    let error = learner.learn_batch(after, &[]).expect_err("full");
    assert!(matches!(error.kind(), StoreErrorKind::DiskFull), "{error}");
    assert_eq!(learner.store.batch_count(), 1);

    // With space again the next batch, though empty, saves what was not saved.
    learner.store.connection.pragma_update(None, "max_page_count", 1 << 30).unwrap();
    learner.learn_batch(&[], &[]).unwrap();
    let want = learner.learner().graph().association_count();
    drop(learner);
    let graph = Store::open(&path).unwrap().load().unwrap();
    assert_eq!(graph.association_count(), want);
    assert_eq!(graph.concept_count(), 9000);
}
