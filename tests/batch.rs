//! Batches: whatever the settings, what comes out is what one document after another gives.

mod common;

use proptest::prelude::*;
use relscan::{
    AsDocument, Batch, Document, DocumentError, Extractor, OwnedAssociation, PatternSet, Piece, Threshold, Workers,
    replay, sink_fn,
};

/// What one document after another gives.
fn expected(extractor: &Extractor, documents: &[(String, String)]) -> Vec<OwnedAssociation> {
    let mut found = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let document: Document<'_> = document.as_document().with_index(index);
        let Ok(_) = extractor.extract_document(&document, &mut found);
    }
    found
}

/// Documents cut into pieces at line ends, as a reader might.
fn pieces(documents: &[(String, String)], lines_per_piece: usize) -> Vec<Result<Piece, DocumentError>> {
    let mut pieces = Vec::new();
    for (index, (id, text)) in documents.iter().enumerate() {
        let (mut offset, mut line) = (0, 1);
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for part in lines.chunks(lines_per_piece) {
            pieces.push(Ok(Piece::new(id.as_str(), index, part.concat()).starting_at(offset, line)));
            offset += part.iter().map(|line| line.len()).sum::<usize>();
            line += part.len();
        }
    }
    pieces
}

/// The settings to try.
#[derive(Clone, Copy, Debug)]
struct Settings {
    workers: usize,
    chunk_bytes: usize,
    max_in_flight_bytes: usize,
}

impl Settings {
    fn batch(self, extractor: &Extractor) -> Batch<'_> {
        extractor
            .batch()
            .workers(Workers::Exactly(self.workers))
            .parallel_threshold(Threshold::Bytes(0))
            .chunk_bytes(self.chunk_bytes)
            .max_in_flight_bytes(self.max_in_flight_bytes)
    }
}

fn settings() -> impl Strategy<Value = Settings> {
    let bytes = || prop_oneof![1..40_usize, 40..2_000_usize, Just(1 << 20)];
    (1..9_usize, bytes(), bytes()).prop_map(|(workers, chunk_bytes, max_in_flight_bytes)| Settings {
        workers,
        chunk_bytes,
        max_in_flight_bytes,
    })
}

fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => "[a-cA-C ΑΣİé.]{0,12}".boxed(),
        2 => prop::sample::select(vec![
            " causes ", " is a ", " IS AN ", "\n", "\n\n", " before ", " leads to ", " after ", " are types of ",
        ]).prop_map(str::to_owned).boxed(),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

fn documents() -> impl Strategy<Value = Vec<(String, String)>> {
    let id = "[a-z]{0,3}";
    prop::collection::vec((id, text()), 0..12)
}

/// Every way to do a batch must give what the oracle gives.
fn check(extractor: &Extractor, documents: &[(String, String)], settings: Settings, want: &[OwnedAssociation]) {
    let mut found: Vec<OwnedAssociation> = Vec::new();
    let report = settings.batch(extractor).run(documents, &mut found).unwrap();
    assert_eq!(found, want, "run, {settings:?}");
    assert_eq!(report.documents, documents.len() as u64);
    assert_eq!(report.bytes, documents.iter().map(|(_, text)| text.len() as u64).sum::<u64>());
    assert_eq!(report.associations, want.len() as u64);
    assert_eq!(report.relations.iter().map(|(_, count)| count).sum::<u64>(), want.len() as u64);

    let mut found = Vec::new();
    let mut sink = replay(sink_fn(|association| found.push(association.to_owned())));
    settings.batch(extractor).run(documents, &mut sink).unwrap();
    assert_eq!(found, want, "replayed, {settings:?}");

    let collected = settings.batch(extractor).collect(documents);
    let found: Vec<_> = collected.iter().flat_map(Result::unwrap).map(|association| association.to_owned()).collect();
    assert_eq!(found, want, "collected, {settings:?}");

    for lines in [1, 3, usize::MAX] {
        let mut found: Vec<OwnedAssociation> = Vec::new();
        let pieces = pieces(documents, lines);
        settings.batch(extractor).stream(pieces, &mut found).unwrap();
        assert_eq!(found, want, "streamed by {lines} lines, {settings:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_settings_give_the_same(documents in documents(), settings in settings()) {
        thread_local! {
            static EXTRACTORS: (Extractor, Extractor) = (Extractor::seed(), common::oracle(&PatternSet::seed()));
        }
        EXTRACTORS.with(|(extractor, oracle)| {
            let want = expected(oracle, &documents);
            check(extractor, &documents, settings, &want);
        });
    }
}

/// Sentences with what the rules of the English pack look at: lists, passives, hedges, negations, names.
fn english_text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => prop::sample::select(vec![
            "Heavy rain causes floods, mud and broken dams.", "Floods are often caused by heavy rain.",
            "Salt does not cause colds.", "Mr. Smith is a doctor.", "An owl is a bird", "It may lead to rust;",
            "Éclairs contain sugar.", "Trees, such as oaks and beeches, include many kinds.", "Smoking causes", "cancer",
        ]).prop_map(str::to_owned),
        2 => prop::sample::select(vec![" ", "\n", "\n\n", ", ", " and "]).prop_map(str::to_owned),
        1 => "[a-cA-C ΑΣİé.,;]{0,12}",
    ];
    prop::collection::vec(part, 0..16).prop_map(|parts| parts.concat())
}

proptest! {
    // The oracle reads every sentence by every rule.
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_settings_give_the_same_with_bounded_arguments(
        documents in prop::collection::vec(("[a-z]{0,3}", english_text()), 0..8),
        settings in settings(),
    ) {
        thread_local! {
            static EXTRACTORS: (Extractor, Extractor) = {
                let english = common::bounded();
                let oracle = common::oracle(&english);
                (Extractor::builder().patterns(english).build().unwrap(), oracle)
            };
        }
        EXTRACTORS.with(|(extractor, oracle)| {
            let want = expected(oracle, &documents);
            check(extractor, &documents, settings, &want);
        });
    }
}

#[test]
fn real_text_by_any_number_of_workers_in_any_chunks() {
    let text = include_str!("../examples/data/jargon.txt");
    let oracle = common::oracle(&PatternSet::seed());
    // One large document, and every paragraph as one of its own.
    let paragraphs = text.lines().enumerate().map(|(i, paragraph)| (i.to_string(), paragraph.to_owned()));
    for documents in [vec![(String::new(), text.to_owned())], paragraphs.collect()] {
        let want = expected(&oracle, &documents);
        assert!(want.len() > 20, "the text has associations");
        for (name, extractor) in common::engines(&PatternSet::seed()) {
            if name == "naive" {
                continue;
            }
            for workers in 1..=8 {
                let chunk_bytes = [1, 7, 100, 1_000, 4 << 10, 64 << 10, 128 << 10, 1 << 20][workers % 8];
                for max_in_flight_bytes in [1_000, 16 << 20] {
                    let settings = Settings { workers, chunk_bytes, max_in_flight_bytes };
                    let mut found: Vec<OwnedAssociation> = Vec::new();
                    settings.batch(&extractor).run(&documents, &mut found).unwrap();
                    assert!(found == want, "{name}, {settings:?}");
                }
            }
        }
    }
}

#[test]
fn bounded_arguments_by_several_workers() {
    let text: String = include_str!("../examples/data/jargon.txt").lines().take(80).collect::<Vec<_>>().join("\n");
    let paragraphs = text.lines().enumerate().map(|(i, paragraph)| (i.to_string(), paragraph.to_owned()));
    let sentences = text.split(". ").enumerate().map(|(i, sentence)| (i.to_string(), sentence.replace('\n', " ")));
    let english = common::bounded();
    let (oracle, extractor) = (common::oracle(&english), Extractor::builder().patterns(english).build().unwrap());
    for documents in [vec![(String::new(), text.clone())], paragraphs.collect(), sentences.collect()] {
        let want = expected(&oracle, &documents);
        assert!(want.len() > 20, "the text has associations");
        for (workers, chunk_bytes) in [(1, 128 << 10), (2, 1), (3, 5_000), (8, 128 << 10)] {
            check(&extractor, &documents, Settings { workers, chunk_bytes, max_in_flight_bytes: 100_000 }, &want);
        }
    }
}
