//! The golden vectors of the original's learning: one by one, in batches, on one thread and on several.

mod common;

use common::graph::{assert_same, config, lessons, state};
use relscan::graph::{LearnConfig, Learner, Lesson};
use relscan::{Engine, Extractor, PatternSet, RelationType, extract_words};
use serde_json::{Value, json};

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

/// Batches of several rounds, which pass the stages side by side, against one content after another.
#[test]
fn large_batches_equal_one_by_one_to_the_last_bit() {
    let rows = common::rows("learn.jsonl.gz");
    let known: Vec<Lesson<'_>> = rows.iter().flat_map(lessons).collect();
    let texts: Vec<String> = (0..5000)
        .map(|number| match known[number * 7919 % known.len()].0 {
            // Some are met again as they are, in the same round and in others.
            text if number % 3 == 0 => text.to_owned(),
            text => format!("{text} number {}", number / 2),
        })
        .collect();
    let lessons: Vec<Lesson<'_>> = texts.iter().map(|text| (text.as_str(), Some("here"), None)).collect();
    let mut one_by_one = Learner::new(Extractor::seed()).unwrap();
    let want: Vec<_> =
        lessons.iter().map(|&(text, source, category)| one_by_one.learn(text, source, category).unwrap()).collect();
    let want_state = state(one_by_one.graph(), &[]).to_string();
    for (workers, together) in [(1, 5000), (3, 5000), (2, 1025), (2, 1500)] {
        let mut config = LearnConfig::default();
        config.association_workers = std::num::NonZeroUsize::new(workers);
        config.parallel_threshold = 2;
        let mut learner = Learner::with_config(Extractor::seed(), config).unwrap();
        let mut ids = Vec::new();
        for batch in lessons.chunks(together) {
            ids.extend(learner.learn_batch(batch).unwrap());
        }
        let got_state = state(learner.graph(), &[]).to_string();
        // Not `assert_eq`: nobody reads states of megabytes.
        assert!(ids == want && got_state == want_state, "{workers} {together}");
        assert!(learner.total_report().in_parallel > 4000);
    }
}

/// The vectors of central links hold every association that one content makes, repetitions included.
#[test]
fn central_links_equal_the_original() {
    let rows = common::rows("central.jsonl.gz");
    assert_eq!(rows.len(), 250);
    let mut links = 0;
    for row in &rows {
        let content = row["text"].as_str().unwrap();
        let mut config = LearnConfig::default();
        config.cooccurrence.window = 0;
        let mut learner = Learner::with_config(Extractor::seed(), config).unwrap();
        let centre = learner.learn(content, None, None).unwrap().to_string();
        let mut want: Vec<(String, String, String, f64, i32)> = Vec::new();
        for association in row["associations"].as_array().unwrap() {
            let end = |end: &Value| end.as_str().unwrap().replace("central", &centre);
            let (source, target) = (end(&association[0]), end(&association[1]));
            if let Some(known) = want.iter_mut().find(|known| known.0 == source && known.1 == target) {
                known.4 += 1;
            } else {
                let relation = association[2].as_str().unwrap().to_lowercase();
                want.push((source, target, relation, association[3].as_f64().unwrap(), 0));
            }
        }
        let graph = learner.graph();
        assert_eq!(graph.association_count(), want.len(), "{}", row["id"]);
        for (got, (source, target, relation, confidence, again)) in graph.associations().zip(&want) {
            assert_eq!(got.source().id().to_string(), *source, "{}", row["id"]);
            assert_eq!(got.target().id().to_string(), *target, "{}", row["id"]);
            assert_eq!(got.relation().as_str(), relation, "{}", row["id"]);
            assert!((got.confidence() - (confidence + 0.02 * f64::from(*again)).min(1.0)).abs() < 1e-9);
            assert!((got.weight() - 1.1_f64.powi(*again).min(5.0)).abs() < 1e-9);
        }
        let concepts = graph.concepts().skip(1).map(|concept| json!([concept.id(), concept.content()]));
        assert_eq!(Value::Array(concepts.collect()), row["concepts"], "{}", row["id"]);
        links += learner.last_report().new_links;
    }
    assert!(links > 250);
}

/// What is kept in a table for two concepts of a word is looked up for more; both must say the same.
#[test]
fn limits_of_cooccurrence_can_be_set() {
    let rows = common::rows("learn.jsonl.gz");
    for (concepts_per_word, window, max_new) in
        [(1, 1, 1), (2, 5, 7), (3, 3, 50), (100, 2, 1000), (0, 3, 50), (2, 0, 9)]
    {
        // The largest is left to the vectors: the naive way is slow.
        for row in rows.iter().filter(|row| row["learn"].as_array().unwrap().len() <= 13) {
            let lessons = lessons(row);
            let mut config = config(row, 2);
            config.cooccurrence.concepts_per_word = concepts_per_word;
            config.cooccurrence.window = window;
            config.cooccurrence.max_new = max_new;
            let mut learner = Learner::with_config(Extractor::seed(), config).unwrap();
            let mut naive = Naive::default();
            for lesson in &lessons {
                learner.learn(lesson.0, lesson.1, lesson.2).unwrap();
                let enabled = row["central_links"].as_bool().unwrap();
                naive.learn(lesson.0, enabled, concepts_per_word, window, max_new);
            }
            let got: Vec<_> = learner.graph().associations().collect();
            assert_eq!(got.len(), naive.associations.len(), "{} {concepts_per_word} {window} {max_new}", row["id"]);
            for (got, want) in got.iter().zip(&naive.associations) {
                assert_eq!((got.source().content(), got.target().content()), (want.0.as_str(), want.1.as_str()));
                assert_eq!(got.relation(), &want.2);
                assert_eq!(got.weight().to_bits(), want.3.to_bits());
                assert_eq!(got.confidence().to_bits(), want.4.to_bits());
            }
        }
    }
}

/// Learning as the specification tells it, with no thought of speed: texts for concepts, lists for indexes.
#[derive(Default)]
struct Naive {
    concepts: Vec<(String, f64)>,
    words: Vec<(String, Vec<String>)>,
    associations: Vec<(String, String, RelationType, f64, f64)>,
}

impl Naive {
    fn enter(&mut self, text: &str) {
        if self.concepts.iter().any(|(known, _)| known == text) {
            return;
        }
        self.concepts.push((text.to_owned(), 1.0));
        for word in extract_words(text) {
            if !self.words.iter().any(|(known, _)| *known == word) {
                self.words.push((word.clone(), Vec::new()));
            }
            let (_, concepts) = self.words.iter_mut().find(|(known, _)| *known == word).unwrap();
            if !concepts.iter().any(|known| known == text) {
                concepts.push(text.to_owned());
            }
        }
    }

    fn associate(&mut self, source: &str, target: &str, relation: RelationType, confidence: f64) -> bool {
        if let Some(known) = self.associations.iter_mut().find(|known| known.0 == source && known.1 == target) {
            known.3 = (known.3 * 1.1).min(5.0);
            known.4 = (known.4 + 0.02).min(1.0);
            return false;
        }
        self.associations.push((source.to_owned(), target.to_owned(), relation, 1.0, confidence));
        true
    }

    fn learn(&mut self, content: &str, links: bool, concepts_per_word: usize, window: usize, max_new: usize) {
        match self.concepts.iter_mut().find(|(known, _)| known == content) {
            Some((_, strength)) => {
                *strength = (*strength * 1.02).min(10.0);
                if *strength < 4.0 {
                    *strength = (*strength * 1.15).min(10.0);
                } else if *strength > 7.0 {
                    *strength = (*strength * 1.01).min(10.0);
                }
            }
            None => self.enter(content),
        }
        let is_deep = self.concepts.iter().find(|(known, _)| known == content).unwrap().1 < 4.0;
        let found = Extractor::seed().extract(content);
        let mut found: Vec<_> = found.iter().collect();
        found.sort_by_key(relscan::Association::pattern_id);
        for association in found {
            self.enter(association.source());
            self.enter(association.target());
            let (source, target) = (association.source(), association.target());
            self.associate(source, target, association.relation().clone(), association.confidence());
            if links {
                self.associate(content, source, RelationType::Compositional, 0.6);
                self.associate(content, target, RelationType::Compositional, 0.6);
            }
        }
        if is_deep {
            self.cooccur(&extract_words(content), concepts_per_word, window, max_new);
        }
    }

    fn cooccur(&mut self, words: &[String], concepts_per_word: usize, window: usize, max_new: usize) {
        let mut new = 0;
        let firsts = |naive: &Naive, word: &String| {
            let (_, concepts) = naive.words.iter().find(|(known, _)| known == word).unwrap();
            concepts.iter().take(concepts_per_word).cloned().collect::<Vec<_>>()
        };
        for (at, word) in words.iter().enumerate() {
            for close in words.iter().skip(at + 1).take(window) {
                for source in firsts(self, word) {
                    for target in firsts(self, close) {
                        if new < max_new && source != target {
                            new += usize::from(self.associate(&source, &target, RelationType::Semantic, 0.5));
                        }
                    }
                }
            }
        }
    }
}
