//! Our engines against naive regex: the example text, and generated concepts.
//!
//! `cargo bench --bench engines`. Set `RELSCAN_CORPUS` to a text file to measure on it as well.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use regex::Regex;
use relscan::{Engine, Extractor, Matcher, PatternSet, sink_fn};

/// What a user would write without us: the regexes of the pack, one after another, over the lowered text.
fn naive_regexes(patterns: &PatternSet) -> Vec<Regex> {
    let source = |pattern: &relscan::Pattern| match pattern.matcher() {
        Matcher::Regex { regex, .. } => Regex::new(regex).expect("a sound pattern"),
        other => panic!("the seed has regexes only, not {other:?}"),
    };
    patterns.iter().map(source).collect()
}

fn count_naive(regexes: &[Regex], text: &str) -> usize {
    let lowered = text.to_lowercase();
    let mut count = 0;
    for regex in regexes {
        for captures in regex.captures_iter(&lowered) {
            count += usize::from(!captures[1].trim().is_empty() && !captures[2].trim().is_empty());
        }
    }
    count
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

fn bench(c: &mut Criterion) {
    let patterns = PatternSet::seed();
    let regexes = naive_regexes(&patterns);
    let example = include_str!("../examples/data/jargon.txt").to_owned();
    let concepts = concepts(&example);
    let mut corpora = vec![("example".to_owned(), example), ("concepts".to_owned(), concepts)];
    if let Ok(path) = std::env::var("RELSCAN_CORPUS") {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        corpora.push(("corpus".to_owned(), text));
    }
    for (name, text) in &corpora {
        let want = count_naive(&regexes, text);
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(10).measurement_time(Duration::from_secs(3));
        group.bench_function("16 regexes", |b| b.iter(|| count_naive(&regexes, text)));
        for (engine, name) in Engine::ALL {
            let extractor = Extractor::builder().patterns(PatternSet::seed()).engine(engine).build().expect(name);
            assert_eq!(count(&extractor, text), want, "{name}");
            group.bench_function(name, |b| b.iter(|| count(&extractor, text)));
        }
        group.finish();
    }
}

/// Sentences of the text, about 100 bytes each, one a line.
fn concepts(text: &str) -> String {
    let sentences = text.lines().flat_map(|line| line.split_inclusive(". ")).map(str::trim);
    let sentences: Vec<&str> = sentences.filter(|sentence| (40..200).contains(&sentence.len())).collect();
    sentences.join("\n")
}

criterion_group!(benches, bench);
criterion_main!(benches);
