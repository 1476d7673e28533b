//! The groups that look for the patterns of the seed.

use std::time::Instant;

use criterion::{Criterion, Throughput};
use relscan::{Engine, Extractor, Workers};

use super::limits::limits;
use super::peers::{Named, Patterns};
use super::tally::Tally;
use super::texts::{self, Concepts};
use super::{check, compare, compare_spans, group, run};

/// Prose, and what memory allows.
pub fn prose(c: &mut Criterion) {
    let (patterns, text) = (Patterns::seed(), texts::prose());
    compare(c, "prose", &patterns, &text, patterns.all(), |group| limits(group, &text));
    compare_spans(c, "prose spans", &patterns, &text);
}

/// Concepts as the lines of one text, for all; and ours as the documents of a batch on one thread, and one by one.
pub fn concepts(c: &mut Criterion) {
    let patterns = Patterns::seed();
    let concepts = Concepts::of(&texts::prose()).mixed;
    let text = concepts.join("\n");
    let mut finders = patterns.all();
    check("concepts", &patterns, &text, &mut finders);
    let mut group = group(c, "concepts");
    for named in &mut finders {
        // A line of the part is a concept.
        let text = if named.slow { texts::first_lines(&text, super::SLOW_BYTES) } else { &text };
        group.throughput(Throughput::Elements(text.lines().count() as u64));
        group.bench_function(named.name, |b| b.iter(|| run(named.finder.as_mut(), text)));
    }
    group.throughput(Throughput::Elements(concepts.len() as u64));
    let extractor = Extractor::seed();
    let batch = || {
        let mut tally = Tally::default();
        let report = extractor.batch().workers(Workers::Exactly(1)).run(&concepts, &mut tally);
        assert!(report.is_ok());
        tally
    };
    let count = run(&mut Extractor::seed(), &text).0;
    assert_eq!(batch().count, count, "a batch finds something else");
    group.bench_function("relscan batch of documents", |b| b.iter(&batch));
    let ours = ["relscan avx2", "relscan portable", "relscan dfa"];
    for named in finders.iter_mut().filter(|named| !named.slow && !ours.contains(&named.name)) {
        let mut one_by_one = || {
            let mut tally = Tally::default();
            for concept in &concepts {
                named.finder.find(concept, &mut tally);
            }
            tally.count
        };
        assert_eq!(one_by_one(), count, "{} finds something else, one by one", named.name);
        group.bench_function(format!("{}, one by one", named.name), |b| b.iter(&mut one_by_one));
    }
    group.finish();
    compare_spans(c, "concepts spans", &patterns, &text);
}

/// One concept of 102 bytes in a call: with an association, and without.
pub fn single_call(c: &mut Criterion) {
    let patterns = Patterns::seed();
    let concepts = Concepts::of(&texts::prose());
    let mut group = c.benchmark_group("single_call");
    for (name, sentences) in [("hit", &concepts.hits), ("miss", &concepts.misses)] {
        let nearest = sentences.iter().min_by_key(|sentence| sentence.len().abs_diff(102));
        let sentence = nearest.expect("the corpus has such sentences");
        let mut finders = patterns.all();
        check(&format!("single_call {name}"), &patterns, sentence, &mut finders);
        for Named { name: finder, finder: it, .. } in &mut finders {
            group.bench_function(format!("{name}, {finder}"), |b| b.iter(|| run(it.as_mut(), sentence)));
        }
    }
    group.finish();
}

/// Sentences that all have an association.
pub fn dense(c: &mut Criterion) {
    let patterns = Patterns::seed();
    let text = Concepts::of(&texts::prose()).hits.join("\n");
    compare(c, "dense", &patterns, &text, patterns.all(), |_| {});
    compare_spans(c, "dense spans", &patterns, &text);
}

/// Text made to look like triggers, with none in it. No engine of ours should be much slower on it than `dfa`.
pub fn dense_candidates(c: &mut Criterion) {
    let patterns = Patterns::seed();
    let near_misses = texts::near_misses(&patterns.literals, TEXT);
    compare(c, "dense_candidates near misses", &patterns, &near_misses, patterns.all(), |_| {});
    let fragments = texts::fragments(&patterns.literals);
    let all = texts::repeated(fragments.iter().map(String::as_str), TEXT);
    compare(c, "dense_candidates fragments", &patterns, &all, patterns.all(), |_| {});
    let (mut ours, mut dfa) = (Extractor::seed(), patterns.extractor(Engine::Dfa).expect("it takes any patterns"));
    let mut slowest = (0.0, "");
    for fragment in &fragments {
        let text = texts::repeated([fragment.as_str()], 256 << 10);
        let ratio = least_seconds(&mut ours, &text) / least_seconds(&mut dfa, &text);
        if ratio > slowest.0 && run(&mut dfa, &text).0 == 0 {
            slowest = (ratio, fragment);
        }
    }
    let (ratio, slowest) = slowest;
    eprintln!("the slowest fragment is {slowest:?}: {ratio:.2} times as long as engine dfa");
    let text = texts::repeated([slowest], TEXT);
    compare(c, "dense_candidates slowest fragment", &patterns, &text, patterns.all(), |_| {});
}

/// The least of a few runs.
fn least_seconds(extractor: &mut Extractor, text: &str) -> f64 {
    let seconds = |_| {
        let begin = Instant::now();
        run(extractor, text);
        begin.elapsed().as_secs_f64()
    };
    (0..5).map(seconds).fold(f64::MAX, f64::min)
}

/// Bytes of a text that is made.
const TEXT: usize = 4 << 20;

/// Prose in one line: with its triggers, of which the first of each pattern counts; with one; and with none.
pub fn long_line(c: &mut Criterion) {
    let patterns = Patterns::seed();
    let prose = texts::prose();
    let extractor = Extractor::seed();
    let none: Vec<&str> = prose.lines().filter(|line| extractor.extract(line).is_empty()).collect();
    let none = none.join(";");
    let one = format!("{none} and this leads to that");
    for (name, text) in [("long_line", &prose.replace('\n', " ")), ("long_line one", &one), ("long_line none", &none)] {
        // The oracle maps every byte of a line, so that it takes the end of it only.
        let end = &text[text.ceil_char_boundary(text.len().saturating_sub(super::SLOW_BYTES))..];
        check(name, &patterns, end, &mut patterns.all());
        let mut finders = patterns.ours();
        finders.extend(patterns.literal_peers());
        let want = finders.last_mut().expect("there are peers").records(text);
        let mut group = group(c, name);
        group.throughput(Throughput::Bytes(text.len() as u64));
        for named in &mut finders {
            super::assert_same(named.name, &named.records(text), &want);
            group.bench_function(named.name, |b| b.iter(|| run(named.finder.as_mut(), text)));
        }
        group.finish();
        compare_spans(c, &format!("{name} spans"), &patterns, text);
    }
}

/// Prose with something that is not ASCII in every line.
pub fn unicode(c: &mut Criterion) {
    let patterns = Patterns::seed();
    let text = texts::accented(&texts::prose());
    compare(c, "unicode", &patterns, &text, patterns.all(), |_| {});
}
