//! Our engines and their peers on one core, from text to associations with spans: `README.md` in `benches/` tells how.
//!
//! `cargo bench --bench literals [-- GROUP]`; with `--features bench-hyperscan` Hyperscan too, if it is installed.

mod groups;
mod ids;
mod limits;
mod lines;
mod peers;
mod scaling;
mod tally;
mod texts;

use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput, measurement::WallTime};

use peers::{Finder, Named};
use tally::{Record, Tally};

type Group = fn(&mut Criterion);

/// The groups; each makes its own texts.
const GROUPS: [(&str, Group); 9] = [
    ("prose", groups::prose),
    ("concepts", groups::concepts),
    ("single_call", groups::single_call),
    ("dense", groups::dense),
    ("dense_candidates", groups::dense_candidates),
    ("long_line", groups::long_line),
    ("unicode", groups::unicode),
    ("pattern_scaling", scaling::pattern_scaling),
    ("ids", ids::ids),
];

/// Bytes of text on which what is slow is timed.
const SLOW_BYTES: usize = 1 << 20;

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(500))
        .sample_size(10)
        .without_plots()
        .configure_from_args();
    for (name, group) in GROUPS {
        if asked(name) {
            group(&mut criterion);
        }
    }
    criterion.final_summary();
}

/// Whether something of `group` is asked for, so that its texts are to be made and its engines compared.
fn asked(group: &str) -> bool {
    let mut filters = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    filters.peek().is_none() || filters.any(|filter| group.starts_with(&filter) || filter.starts_with(group))
}

/// A group that is timed in few, long samples.
fn group<'c>(c: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = c.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat);
    group
}

/// What the oracle finds, engine `naive` of the library.
fn oracle(patterns: &peers::Patterns, text: &str) -> Vec<Record> {
    let mut tally = Tally::keeping();
    patterns.extractor(relscan::Engine::Naive).expect("the oracle takes any patterns").find(text, &mut tally);
    tally.into_records()
}

/// Panics unless every one of `finders` finds in `text` what the oracle found, the slow ones on their part of it.
fn check(group: &str, patterns: &peers::Patterns, text: &str, finders: &mut [Named]) {
    let want = oracle(patterns, text);
    eprintln!("{group}: {} bytes, {} associations", text.len(), want.len());
    let part = texts::first_lines(text, SLOW_BYTES);
    let want_of_part = if finders.iter().any(|named| named.slow) { oracle(patterns, part) } else { Vec::new() };
    for named in finders {
        let (text, want) = if named.slow { (part, &want_of_part) } else { (text, &want) };
        assert_same(named.name, &named.records(text), want);
    }
}

fn assert_same(name: &str, got: &[Record], want: &[Record]) {
    let Some(at) = (0..got.len().max(want.len())).find(|&at| got.get(at) != want.get(at)) else { return };
    panic!(
        "{name} finds {} associations, naive regex {}; the first that differs is number {at}: {:?}, not {:?}",
        got.len(),
        want.len(),
        got.get(at),
        want.get(at)
    );
}

/// Checks `finders` and times them on `text`.
fn compare(
    c: &mut Criterion,
    name: &str,
    patterns: &peers::Patterns,
    text: &str,
    mut finders: Vec<Named>,
    also: impl FnOnce(&mut BenchmarkGroup<'_, WallTime>),
) {
    if !asked(name) {
        return;
    }
    check(name, patterns, text, &mut finders);
    let mut group = group(c, name);
    for named in &mut finders {
        let text = if named.slow { texts::first_lines(text, SLOW_BYTES) } else { text };
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(named.name, |b| b.iter(|| run(named.finder.as_mut(), text)));
    }
    group.throughput(Throughput::Bytes(text.len() as u64));
    also(&mut group);
    group.finish();
}

/// Times those that search the text as it is, with nothing lowered for whoever reads only spans.
fn compare_spans(c: &mut Criterion, name: &str, patterns: &peers::Patterns, text: &str) {
    if !asked(name) {
        return;
    }
    let mut finders = patterns.of_raw_text();
    let count = |named: &mut Named| {
        let mut tally = Tally::of_spans();
        named.finder.find(text, &mut tally);
        tally.sums()
    };
    let sums: Vec<_> = finders.iter_mut().map(count).collect();
    assert!(sums.windows(2).all(|two| two[0] == two[1]), "not all find the same spans: {sums:?}");
    let mut group = group(c, name);
    group.throughput(Throughput::Bytes(text.len() as u64));
    for named in &mut finders {
        group.bench_function(named.name, |b| {
            b.iter(|| {
                let mut tally = Tally::of_spans();
                named.finder.find(std::hint::black_box(text), &mut tally);
                tally.sums()
            });
        });
    }
    group.finish();
}

/// What is timed: everything from the text to the last association.
fn run(finder: &mut dyn Finder, text: &str) -> (u64, u64) {
    let mut tally = Tally::default();
    finder.find(std::hint::black_box(text), &mut tally);
    tally.sums()
}
