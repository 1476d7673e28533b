//! What goes wrong in a batch stays where it went wrong.

mod common;

use std::cell::Cell;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use relscan::{
    Association, Batch, BatchError, CancelToken, DocumentError, Extractor, Failure, Mode, Outcome, OwnedAssociation,
    ParallelSink, PatternSet, Piece, Reason, Report, Sink, Threshold, Workers, replay, sink_fn,
};

/// Settings under which failures meet units and waves in every way: workers, chunk bytes, bytes in flight.
const SETTINGS: [(usize, usize, usize); 6] =
    [(1, 1 << 17, 1 << 24), (1, 10, 50), (2, 1, 200), (3, 40, 2_000), (2, 1 << 17, 1 << 24), (4, 100, 1 << 20)];

fn batch(extractor: &Extractor, (workers, chunk_bytes, in_flight): (usize, usize, usize)) -> Batch<'_> {
    let batch = extractor.batch().workers(Workers::Exactly(workers)).parallel_threshold(Threshold::Bytes(0));
    batch.chunk_bytes(chunk_bytes).max_in_flight_bytes(in_flight)
}

/// Documents `0` to `49`, each with an association in each of five lines.
fn documents() -> Vec<(String, String)> {
    let line = |document: usize, line: usize| format!("d{document} causes l{line}\n");
    (0..50).map(|d| (d.to_string(), (0..5).map(|l| line(d, l)).collect())).collect()
}

fn pieces(documents: &[(String, String)]) -> impl Iterator<Item = Result<Piece, DocumentError>> {
    documents.iter().enumerate().flat_map(|(index, (id, text))| {
        let half = text.match_indices('\n').nth(2).map_or(text.len(), |(at, _)| at + 1);
        let first = Piece::new(id.as_str(), index, &text[..half]);
        [first, Piece::new(id.as_str(), index, &text[half..]).starting_at(half, 4)].map(Ok)
    })
}

/// A sink that writes lines, told failures too, and panics at what the closure says.
struct Lines<F> {
    text: String,
    panics_at: F,
}

impl<F: Fn(&Association<'_>) -> bool> Sink for Lines<F> {
    type Error = Infallible;

    fn association(&mut self, a: &Association<'_>) -> Result<ControlFlow<()>, Infallible> {
        assert!(!(self.panics_at)(a), "on purpose");
        writeln!(self.text, "{} {} {}", a.document(), a.line(), a.target()).unwrap();
        Ok(ControlFlow::Continue(()))
    }
}

impl<F: Fn(&Association<'_>) -> bool + Copy + Send> ParallelSink for Lines<F> {
    type Part = Self;

    fn part(&mut self) -> Self {
        Lines { text: String::new(), panics_at: self.panics_at }
    }

    fn merge(&mut self, part: Self) -> Result<ControlFlow<()>, Infallible> {
        self.text += &part.text;
        Ok(ControlFlow::Continue(()))
    }

    fn failed(&mut self, error: &DocumentError) -> Result<ControlFlow<()>, Infallible> {
        writeln!(self.text, "{} failed", error.id).unwrap();
        Ok(ControlFlow::Continue(()))
    }
}

/// What [`Lines`] should hold if documents `from_line` say so fail, each from that line on.
fn expected(from_line: impl Fn(usize) -> Option<usize>) -> String {
    let mut text = String::new();
    for document in 0..50 {
        let fails = from_line(document);
        for line in 0..fails.unwrap_or(5) {
            writeln!(text, "{document} {} l{line}", line + 1).unwrap();
        }
        if fails.is_some() {
            writeln!(text, "{document} failed").unwrap();
        }
    }
    text
}

fn indices(report: &Report) -> Vec<usize> {
    report.errors.iter().map(|error| error.index).collect()
}

#[test]
fn a_panic_of_a_sink_fails_its_document_only() {
    let (extractor, documents) = (Extractor::seed(), documents());
    let panics_at = |a: &Association<'_>| a.document_index() % 7 == 3 && a.line() >= 3;
    let want = expected(|document| (document % 7 == 3).then_some(2));
    for settings in SETTINGS {
        for streamed in [false, true] {
            let mut sink = Lines { text: String::new(), panics_at };
            let mut batch = batch(&extractor, settings);
            let report = if streamed {
                batch.stream(pieces(&documents), &mut sink).unwrap()
            } else {
                batch.run(&documents, &mut sink).unwrap()
            };
            assert_eq!(sink.text, want, "{settings:?} {streamed}");
            assert_eq!(indices(&report), [3, 10, 17, 24, 31, 38, 45], "{settings:?} {streamed}");
            assert_eq!(report.errors[0].failure, Failure::Panic("on purpose".to_owned()));
            assert_eq!((report.documents, report.failed, report.outcome), (50, 7, Outcome::Complete));
            assert_eq!(report.associations, 50 * 5 - 7 * 3, "{settings:?} {streamed}");

            // A sink that knows nothing of parts.
            let mut text = String::new();
            let mut sink = replay(sink_fn(|a: &Association<'_>| {
                assert!(!panics_at(a), "on purpose");
                writeln!(text, "{} {} {}", a.document(), a.line(), a.target()).unwrap();
            }));
            let report = if streamed {
                batch.stream(pieces(&documents), &mut sink).unwrap()
            } else {
                batch.run(&documents, &mut sink).unwrap()
            };
            let told = want.split_inclusive('\n').filter(|line| !line.ends_with("failed\n"));
            assert_eq!(text, told.collect::<String>(), "{settings:?} {streamed}");
            assert_eq!(indices(&report), [3, 10, 17, 24, 31, 38, 45], "{settings:?} {streamed}");
        }
    }
}

#[test]
fn a_panic_while_merging_fails_the_documents_of_the_part() {
    struct Panics(Vec<OwnedAssociation>);
    impl Sink for Panics {
        type Error = Infallible;
        fn association(&mut self, a: &Association<'_>) -> Result<ControlFlow<()>, Infallible> {
            self.0.association(a)
        }
    }
    impl ParallelSink for Panics {
        type Part = Vec<OwnedAssociation>;
        fn part(&mut self) -> Vec<OwnedAssociation> {
            Vec::new()
        }
        fn merge(&mut self, part: Vec<OwnedAssociation>) -> Result<ControlFlow<()>, Infallible> {
            assert!(part.iter().all(|a| a.document != "20"), "on purpose");
            self.0.merge(part)
        }
    }
    let (extractor, documents) = (Extractor::seed(), documents());
    let mut sink = Panics(Vec::new());
    // Two documents are more than 100 bytes with what they cost besides.
    let report = batch(&extractor, (2, 100, 1 << 20)).run(&documents, &mut sink).unwrap();
    let failed = indices(&report);
    assert!(failed.contains(&20) && failed.len() < 5, "{failed:?}");
    let delivered = |document: usize| sink.0.iter().filter(|a| a.document == document.to_string()).count();
    for document in 0..50 {
        assert_eq!(delivered(document), if failed.contains(&document) { 0 } else { 5 }, "{document}");
    }
}

#[test]
fn a_panic_of_the_callback_ends_the_calls_only() {
    let (extractor, documents) = (Extractor::seed(), documents());
    for settings in SETTINGS {
        let calls = Cell::new(0);
        let mut batch = batch(&extractor, settings).progress(|_| {
            calls.set(calls.get() + 1);
            panic!("on purpose");
        });
        let mut found: Vec<OwnedAssociation> = Vec::new();
        let report = batch.run(&documents, &mut found).unwrap();
        drop(batch);
        assert_eq!((found.len(), calls.get(), report.failed), (250, 1, 1));
        assert_eq!(report.errors[0].failure, Failure::Panic("on purpose".to_owned()));
    }
}

#[test]
fn what_cannot_be_read_is_told_in_its_place() {
    let (extractor, documents) = (Extractor::seed(), documents());
    for settings in SETTINGS {
        let pieces = pieces(&documents).map(|piece| match piece {
            Ok(piece) if piece.index == 30 && piece.offset > 0 => Err(DocumentError::read("30", 30, "byte 45: torn")),
            Ok(piece) if piece.index == 31 => Err(DocumentError::read("31", 31, "gone")),
            other => other,
        });
        let mut sink = Lines { text: String::new(), panics_at: |_: &Association<'_>| false };
        let report = batch(&extractor, settings).stream(pieces, &mut sink).unwrap();
        let want = expected(|document| match document {
            30 => Some(3),
            31 => Some(0),
            _ => None,
        });
        // 31 came in two pieces.
        assert_eq!(sink.text, want.replace("31 failed\n", "31 failed\n31 failed\n"), "{settings:?}");
        assert_eq!((report.documents, report.failed), (50, 3));
        assert_eq!(report.errors[0].to_string(), "document 30 `30`: byte 45: torn");
    }
}

#[test]
fn a_stream_that_panics_ends_there() {
    let (extractor, documents) = (Extractor::seed(), documents());
    for settings in SETTINGS {
        let pieces = pieces(&documents).inspect(|piece| {
            assert!(piece.as_ref().unwrap().index < 20, "on purpose");
        });
        let mut found: Vec<OwnedAssociation> = Vec::new();
        let report = batch(&extractor, settings).stream(pieces, &mut found).unwrap();
        assert_eq!((found.len(), indices(&report)), (100, vec![20]));
    }
}

#[test]
fn a_document_that_is_too_large_is_refused() {
    let (extractor, mut documents) = (Extractor::seed(), documents());
    let limit = documents[20].1.len();
    documents[11].1 += "x causes y\n";
    documents[12].1 += "x causes y\n";
    documents[49].1 += "x causes y\n";
    for settings in SETTINGS {
        let mut sink = Lines { text: String::new(), panics_at: |_: &Association<'_>| false };
        let report = batch(&extractor, settings).max_document_bytes(limit).run(&documents, &mut sink).unwrap();
        assert_eq!(sink.text, expected(|document| [11, 12, 49].contains(&document).then_some(0)), "{settings:?}");
        assert_eq!(report.errors[1].failure, Failure::TooLarge { bytes: limit + 11, limit });
        assert_eq!((report.documents, report.failed), (50, 3));

        let collected = batch(&extractor, settings).max_document_bytes(limit).collect(&documents);
        assert_eq!(collected.len(), 50);
        assert!(collected.get(50).is_none());
        for (index, found) in collected.iter().enumerate() {
            match found {
                Ok(found) => assert_eq!((found.len(), [11, 12, 49].contains(&index)), (5, false)),
                Err(error) => assert!(error.index == index && [11, 12, 49].contains(&index)),
            }
        }
        assert_eq!(collected.errors().count(), 3);

        // Of pieces those before the limit have been extracted from: the first three lines.
        let mut sink = Lines { text: String::new(), panics_at: |_: &Association<'_>| false };
        let mut batch = batch(&extractor, settings).max_document_bytes(limit);
        let report = batch.stream(pieces(&documents), &mut sink).unwrap();
        assert_eq!(sink.text, expected(|document| [11, 12, 49].contains(&document).then_some(3)), "{settings:?}");
        assert_eq!((report.documents, report.failed), (50, 3));
    }
}

#[test]
fn only_the_first_failures_are_kept() {
    let extractor = Extractor::seed();
    let pieces = (0..5_000).map(|index| Err::<Piece, _>(DocumentError::read("", index, "gone")));
    let mut failures = 0;
    let mut sink = Lines { text: String::new(), panics_at: |_: &Association<'_>| false };
    let report = extractor.batch().stream(pieces, &mut sink).unwrap();
    failures += sink.text.lines().count();
    assert_eq!((failures, report.failed, report.errors.len()), (5_000, 5_000, Report::MAX_ERRORS));
}

/// A sink that fails or breaks off after so many, and must not be sent anything then.
struct Limited {
    taken: Vec<OwnedAssociation>,
    limit: usize,
    fails: bool,
}

impl Sink for Limited {
    type Error = &'static str;

    fn association(&mut self, a: &Association<'_>) -> Result<ControlFlow<()>, &'static str> {
        assert!(self.taken.len() < self.limit, "sent after the end");
        self.taken.push(a.to_owned());
        match (self.taken.len() == self.limit, self.fails) {
            (true, true) => Err("full"),
            (true, false) => Ok(ControlFlow::Break(())),
            _ => Ok(ControlFlow::Continue(())),
        }
    }
}

#[test]
fn a_sink_that_fails_or_breaks_off_ends_the_batch() {
    let (extractor, documents) = (Extractor::seed(), documents());
    let mut all: Vec<OwnedAssociation> = Vec::new();
    extractor.batch().run(&documents, &mut all).unwrap();
    for settings in SETTINGS {
        for limit in [1, 7, 120, 250] {
            for fails in [true, false] {
                let mut sink = replay(Limited { taken: Vec::new(), limit, fails });
                let result = batch(&extractor, settings).run(&documents, &mut sink);
                assert_eq!(sink.into_inner().taken, all[..limit], "{settings:?} {limit}");
                let outcome = match result {
                    Ok(report) => report.outcome,
                    Err(BatchError { error, report }) => {
                        assert_eq!(error, "full");
                        report.outcome
                    }
                };
                assert_eq!(outcome, if fails { Outcome::Failed } else { Outcome::Stopped });
            }
        }
    }
}

#[test]
fn a_part_that_fails_or_breaks_off_ends_the_batch_after_what_it_took() {
    struct Parts(Vec<OwnedAssociation>, bool);
    impl Sink for Parts {
        type Error = String;
        fn association(&mut self, a: &Association<'_>) -> Result<ControlFlow<()>, String> {
            self.0.push(a.to_owned());
            match (a.document_index() == 33 && a.line() == 2, self.1) {
                (true, true) => Err("full".to_owned()),
                (true, false) => Ok(ControlFlow::Break(())),
                _ => Ok(ControlFlow::Continue(())),
            }
        }
    }
    impl ParallelSink for Parts {
        type Part = Parts;
        fn part(&mut self) -> Parts {
            Parts(Vec::new(), self.1)
        }
        fn merge(&mut self, mut part: Parts) -> Result<ControlFlow<()>, String> {
            self.0.append(&mut part.0);
            Ok(ControlFlow::Continue(()))
        }
    }
    let (extractor, documents) = (Extractor::seed(), documents());
    for settings in SETTINGS {
        for fails in [true, false] {
            let mut sink = Parts(Vec::new(), fails);
            let result = batch(&extractor, settings).run(&documents, &mut sink);
            assert_eq!(result.is_err(), fails);
            assert_eq!(sink.0.len(), 33 * 5 + 2, "{settings:?}");
        }
    }
}

#[test]
fn a_batch_is_cancelled_soon_and_keeps_what_came_before() {
    let extractor = Extractor::seed();
    let text = "Rain leads to floods\n".repeat(3_000);
    for settings in SETTINGS {
        let token = CancelToken::new();
        let mut found: Vec<OwnedAssociation> = Vec::new();
        let started = Cell::new(Instant::now());
        // A stream that never ends.
        let pieces = (0..).map(|index| {
            if index == 30 {
                started.set(Instant::now());
                token.cancel();
            }
            Ok::<_, DocumentError>(Piece::new("", index, text.as_str()))
        });
        let report = batch(&extractor, settings).cancel(&token).stream(pieces, &mut found).unwrap();
        assert_eq!(report.outcome, Outcome::Cancelled);
        // Far more than 50 ms, for machines that are busy; the bench measures it.
        assert!(started.get().elapsed() < Duration::from_secs(5));
        assert_eq!(report.associations, found.len() as u64);
        for (i, association) in found.iter().enumerate() {
            assert_eq!(association.line, i % 3_000 + 1, "nothing is left out before the end");
        }
    }
}

#[test]
fn what_is_dense_is_not_kept_twice() {
    // Every line matches every pattern, so that what is found is many times the text.
    let extractor = Extractor::seed();
    let triggers =
        "x causes y leads to z results in a is a b contains c includes d means e before f after g follows h\n";
    let text = triggers.repeat(4_000);
    let want: Vec<_> = common::extract(&extractor, &text);
    assert_eq!(want.len(), 10 * 4_000);
    for settings in SETTINGS {
        if settings.1 == 1 {
            continue; // the same, for very long
        }
        let mut found: Vec<OwnedAssociation> = Vec::new();
        batch(&extractor, settings).run(&[&text], &mut found).unwrap();
        assert!(found == want, "{settings:?}");
    }
}

#[test]
fn small_batches_stay_on_the_callers_thread() {
    let extractor = Extractor::seed();
    let run = |bytes: usize, batch: Batch<'_>| {
        let mut batch = batch;
        batch.collect(&["x".repeat(bytes)]).report().clone()
    };
    let two = || extractor.batch().workers(Workers::Exactly(2));
    let small = run(10, two());
    assert_eq!((small.mode, small.workers, small.busy.len()), (Mode::Sequential, 1, 1));
    assert_eq!(small.reason, Reason::Small);
    // By default it is not even asked how many processors are free.
    assert_eq!(run(10, extractor.batch()).reason, Reason::Small);
    let threshold = small.threshold_bytes;
    let large = run(threshold, two());
    assert_eq!((large.mode, large.workers, large.busy.len()), (Mode::Parallel, 2, 2));
    assert_eq!(large.reason, Reason::Large);
    assert_eq!(run(threshold - 1, two()).mode, Mode::Sequential);
    assert_eq!(run(threshold, two().workers(Workers::Exactly(1))).mode, Mode::Sequential);
    assert_eq!(run(threshold, two().workers(Workers::Exactly(0))).workers, 1);
    assert_eq!(run(10, two().parallel_threshold(Threshold::Bytes(0))).mode, Mode::Parallel);
    // Where each byte takes longer, fewer are worth a second thread.
    let english = Extractor::builder().patterns(PatternSet::english()).build().unwrap();
    let slower = run(threshold / 2, english.batch().workers(Workers::Exactly(2)));
    assert!(slower.threshold_bytes < threshold / 2);
    assert_eq!((slower.mode, slower.reason), (Mode::Parallel, Reason::Large));
}

#[test]
fn a_pool_of_the_caller_is_used() {
    let extractor = Extractor::seed();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let (documents, want) = (documents(), 250);
    let settings =
        |workers| extractor.batch().workers(Workers::Exactly(workers)).parallel_threshold(Threshold::Bytes(0));
    let collected = settings(8).pool(&pool).collect(&documents);
    assert_eq!((collected.associations().len(), collected.report().workers), (want, 3));
    // From within the pool, where one thread is the caller.
    let collected = pool.install(|| settings(8).pool(&pool).collect(&documents));
    assert_eq!((collected.associations().len(), collected.report().workers), (want, 2));
    // Batches within batches, and many at once.
    pool.scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|_| {
                let mut inner = 0;
                let mut sink = replay(sink_fn(|a| {
                    inner += settings(3).collect(&[a.source().to_owned() + " causes x"]).associations().len();
                }));
                settings(3).run(&documents, &mut sink).unwrap();
                assert_eq!(inner, want);
            });
        }
    });
}

#[test]
fn progress_is_told() {
    let (extractor, documents) = (Extractor::seed(), documents());
    let total: u64 = documents.iter().map(|(_, text)| text.len() as u64).sum();
    for settings in SETTINGS {
        let mut last = None;
        let mut batch = batch(&extractor, settings).progress(|progress| last = Some(*progress));
        batch.run(&documents, &mut Vec::new()).unwrap();
        drop(batch);
        let last = last.unwrap();
        assert_eq!((last.documents, last.bytes, last.total_bytes, last.associations), (50, total, Some(total), 250));
    }
}

#[test]
fn the_report_serialises() {
    let documents = documents();
    for limit in [30, usize::MAX] {
        let report = Extractor::seed().batch().max_document_bytes(limit).collect(&documents).report().clone();
        let json = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
        if limit == 30 {
            assert_eq!((report.failed, report.patterns.is_empty(), report.relations.len()), (50, true, 0));
        } else {
            assert!(json.contains(r#""relations":{"causal":250}"#), "{json}");
            assert_eq!((report.patterns.iter().len(), report.patterns.get("causes")), (1, 250));
        }
    }
}
