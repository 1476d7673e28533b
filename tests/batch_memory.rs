//! A stream that runs needs no more memory. Alone in their process, and one at a time: what is allocated is counted.

use std::alloc::System;
use std::convert::Infallible;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use relscan::{Document, Extractor, ParallelSink, PatternSet, Threshold, Workers, replay, sink_fn};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Nothing else runs while the guard lives.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

const TEXT: &str = include_str!("../examples/data/jargon.txt");
const MEGABYTE: usize = 1 << 20;

/// Parts of a text, whole lines: mostly a line or a page, now and then half of the text.
struct Parts {
    /// Where lines begin.
    lines: Vec<usize>,
    state: u64,
}

impl Parts {
    fn new() -> Self {
        let ends = TEXT.match_indices('\n').map(|(at, _)| at + 1);
        Parts { lines: std::iter::once(0).chain(ends).collect(), state: 0x9e37_79b9_7f4a_7c15 }
    }

    /// A number below `limit`, by xorshift.
    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % limit as u64).unwrap()
    }

    fn next(&mut self) -> &'static str {
        let most = [1, 1, 5, 50, self.lines.len() / 2][self.below(5)];
        let count = 1 + self.below(most);
        let first = self.below(self.lines.len() - count);
        &TEXT[self.lines[first]..self.lines[first + count]]
    }
}

/// What has been allocated so far, and what of it is in use, in bytes.
#[derive(Clone, Copy, Debug)]
struct Sample {
    allocated: usize,
    in_use: usize,
}

impl Sample {
    fn take() -> Self {
        let stats = ALLOCATOR.stats();
        Sample { allocated: stats.bytes_allocated, in_use: stats.bytes_allocated - stats.bytes_deallocated }
    }
}

/// Streams so many megabytes; a sample at the begin of each. The reader waits for a while in each of `slow`, so long that
/// what was read before is not kept waiting.
fn stream(
    extractor: &Extractor,
    sink: &mut impl ParallelSink<Error = Infallible>,
    megabytes: usize,
    slow: Range<usize>,
) -> Vec<Sample> {
    let mut parts = Parts::new();
    let mut samples = Vec::with_capacity(megabytes);
    let (mut index, mut bytes) = (0, 0);
    let documents = std::iter::from_fn(|| {
        if bytes / MEGABYTE >= samples.len() {
            samples.push(Sample::take());
            if slow.contains(&samples.len()) {
                std::thread::sleep(Duration::from_millis(30));
            }
        }
        let document = Document::new(parts.next()).with_index(index);
        bytes += document.text().len();
        index += 1;
        (samples.len() < megabytes).then_some(Ok::<_, Infallible>(document))
    });
    let batch = extractor.batch().workers(Workers::Exactly(3)).parallel_threshold(Threshold::Bytes(0));
    let report = batch.max_in_flight_bytes(MEGABYTE).chunk_bytes(16 << 10).stream(documents, sink).unwrap();
    assert_eq!((report.documents, report.workers), (index as u64 - 1, 3));
    samples
}

#[test]
fn a_stream_that_runs_needs_no_more_memory() {
    let _alone = alone();
    let count = std::cell::Cell::new(0_usize);
    let sink = || replay(sink_fn(|_| count.set(count.get() + 1)));

    let samples = stream(&Extractor::seed(), &mut sink(), 300, 0..0);
    let [first, middle, last] = [samples[0], samples[150], samples[299]];
    assert!(count.get() > 100_000);
    // To hand work to threads takes some bytes; a buffer for each chunk or wave would be thousands for each megabyte.
    assert!(last.allocated - middle.allocated < 150 * 2_000, "{middle:?} {last:?}");
    assert!(middle.in_use - first.in_use > MEGABYTE / 4, "{first:?} {middle:?}: there is something to be used again");
    assert!(last.in_use < middle.in_use + (64 << 10), "{middle:?} {last:?}");

    // Bounded arguments: what is allocated for a sentence does not stay.
    let english = Extractor::builder().patterns(PatternSet::english()).build().unwrap();
    let samples = stream(&english, &mut sink(), 16, 0..0);
    assert!(samples[15].in_use < samples[8].in_use + (256 << 10), "{:?} {:?}", samples[8], samples[15]);
}

#[test]
fn a_reader_that_waits_now_and_then_needs_no_more_memory() {
    let _alone = alone();
    let mut count = 0_usize;
    // It takes what it is sent later than the threads find more.
    let mut sink = replay(sink_fn(|_| {
        count += 1;
        if count.is_multiple_of(50) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }));
    let samples = stream(&Extractor::seed(), &mut sink, 240, 120..140);
    let [middle, last] = [samples[119], samples[239]];
    assert!(count > 50_000);
    assert!(last.in_use < middle.in_use + (64 << 10), "{middle:?} {last:?}");
}

#[cfg(feature = "io")]
mod readers {
    use relscan::io::{Documents, RecordFormat, RecordWriter};

    use super::*;

    #[test]
    fn small_files_hold_no_more_than_their_text() {
        let _alone = alone();
        let folder = tempfile::tempdir().unwrap();
        for number in 0..200 {
            std::fs::write(folder.path().join(format!("{number}.txt")), "Rain leads to floods\n".repeat(50)).unwrap();
        }
        let before = Sample::take();
        let blocks: Vec<_> = Documents::new([folder.path().to_owned().into()]).collect();
        let after = Sample::take();
        assert_eq!(blocks.len(), 200);
        assert!(after.in_use - before.in_use < 200 * 3_000 + MEGABYTE, "{before:?} {after:?}");
    }

    #[test]
    fn a_large_file_is_read_into_the_same_buffers() {
        let _alone = alone();
        let folder = tempfile::tempdir().unwrap();
        let rows: Vec<String> = TEXT.lines().map(|line| serde_json::json!({ "text": line }).to_string()).collect();
        let rows = rows.join("\n") + "\n";
        for (name, text) in [("a.txt", TEXT.repeat(50)), ("a.jsonl", rows.repeat(50))] {
            let path = folder.path().join(name);
            std::fs::write(&path, &text).unwrap();
            let extractor = Extractor::seed();
            let mut batch = extractor.batch().workers(Workers::Exactly(2)).max_in_flight_bytes(MEGABYTE);
            let mut records = RecordWriter::new(RecordFormat::Jsonl, std::io::sink());
            let before = Sample::take();
            let report = batch.stream(Documents::new([path.into()]).by_line(true), &mut records).unwrap();
            let after = Sample::take();
            assert!(report.bytes > 15_000_000 && report.associations > 10_000, "{report:?}");
            assert!((after.allocated - before.allocated) as u64 * 2 < report.bytes, "{name}: {before:?} {after:?}");
        }
    }
}
