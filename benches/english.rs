//! English read stage by stage, and rules found in it: each row does all that the rows before it do.
//!
//! `cargo bench --bench english`; set `RELSCAN_CORPUS` to a text file to measure on it instead of the example text, and
//! `RELSCAN_BENCH_MB` to how much of it is used, 8 MB unless given. A filter takes one row: `-- tags`. Everything runs on
//! one core. `triggers` is the pack that was before rules: triggers with bounded arguments, no tags.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};
use relscan::language::{Analysis, Language, Syntax, sentences, tokens};
use relscan::{Extractor, PatternSet, sink_fn};

/// The beginning of `text`, whole lines of at most `len` bytes together.
fn beginning(text: &str, len: usize) -> &str {
    let end = text.as_bytes().iter().take(len).rposition(|&byte| byte == b'\n').map_or(0, |feed| feed + 1);
    if text.len() <= len { text } else { &text[..end] }
}

fn count(extractor: &Extractor, text: &str) -> usize {
    let mut count = 0;
    let counted = extractor.extract_into(
        text,
        &mut sink_fn(|association| {
            count += 1;
            black_box(association);
        }),
    );
    match counted {
        Ok(_) => count,
        Err(never) => match never {},
    }
}

fn time(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, text: &str, mut run: impl FnMut(&str) -> usize) {
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function(name, |b| b.iter(|| run(black_box(text))));
}

fn bench(c: &mut Criterion) {
    let text = match std::env::var("RELSCAN_CORPUS") {
        Ok(path) => std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}")),
        Err(_) => include_str!("../examples/data/jargon.txt").to_owned(),
    };
    let megabytes = std::env::var("RELSCAN_BENCH_MB").map_or(8, |mb| mb.parse().expect("RELSCAN_BENCH_MB is a number"));
    let text = beginning(&text, megabytes << 20);
    let english = Language::english();
    let mut group = c.benchmark_group("english");
    group.sample_size(10).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2));
    time(&mut group, "sentences", text, |text| {
        let mut count = 0;
        sentences(text, english.profile(), |_| count += 1);
        count
    });
    time(&mut group, "tokens", text, |text| {
        let mut count = 0;
        sentences(text, english.profile(), |sentence| tokens(text, sentence, english.profile(), |_| count += 1));
        count
    });
    let mut analysis = Analysis::default();
    time(&mut group, "tags", text, |text| {
        english.read(text, &mut analysis);
        analysis.sentences().len()
    });
    let mut syntax = Syntax::default();
    time(&mut group, "phrases", text, |text| {
        english.read(text, &mut analysis);
        let mut count = 0;
        for sentence in 0..analysis.sentences().len() {
            syntax.read(text, &analysis, sentence);
            count += syntax.predicates().len();
        }
        count
    });
    let bounded = include_str!("../tests/data/bounded.toml");
    let packs = [
        ("rules, english", PatternSet::english()),
        ("rules, open", PatternSet::open()),
        ("rules, biomedical", PatternSet::biomedical()),
        ("triggers", PatternSet::parse("bounded.toml", bounded).expect("a pack of the tests")),
    ];
    for (name, patterns) in packs {
        let extractor = Extractor::builder().patterns(patterns).build().expect(name);
        time(&mut group, name, text, |text| count(&extractor, text));
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
