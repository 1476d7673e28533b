//! From 20 to 10,000 literals.

use std::collections::HashMap;

use criterion::{BatchSize, Criterion, Throughput};
use relscan::{Engine, Extractor};

#[cfg(feature = "bench-hyperscan")]
use super::peers::hyperscan::Hyperscan;
use super::peers::{Automaton, Daachorse, Patterns};
use super::texts::{self, Random};
use super::{asked, group};

/// Different pairs of words, each of three letters or more, that stand side by side in `text` and are rare there, so that
/// they are found about as often as triggers of the seed pack, however many they are.
fn triggers(text: &str, count: usize) -> Vec<String> {
    let is_word = |word: &&str| word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let words = || text.split(['\n', ' ']);
    let mut occurrences = HashMap::new();
    for pair in words().zip(words().skip(1)).filter(|(one, other)| is_word(one) && is_word(other)) {
        *occurrences.entry(pair).or_insert(0) += 1;
    }
    let mut pairs: Vec<_> = occurrences.into_iter().filter(|(_, count)| *count <= 3).map(|(pair, _)| pair).collect();
    assert!(pairs.len() >= count, "the text has only {} pairs of words", pairs.len());
    pairs.sort_unstable();
    let mut random = Random::default();
    let pairs = (0..count).map(|_| pairs.swap_remove(random.below(pairs.len())));
    pairs.map(|(one, other)| format!("{one} {other}")).collect()
}

/// Throughput on prose, and the time to compile, for more and more literals.
pub fn pattern_scaling(c: &mut Criterion) {
    let prose = texts::prose();
    let triggers = triggers(&prose, 10_000);
    let counts = [20, 100, 1_000, 10_000].into_iter().map(|count| (count, format!("pattern_scaling {count}")));
    for (count, name) in counts.filter(|(_, name)| asked(name)) {
        let triggers = &triggers[..count];
        let patterns = Patterns::of_triggers(triggers);
        // What the oracle does for 10,000 patterns takes long.
        let part = texts::first_lines(&prose, (64 << 20) / count);
        let mut finders = patterns.ours();
        finders.extend(patterns.literal_peers());
        super::check(&name, &patterns, part, &mut finders);
        let want = finders.last_mut().expect("there are peers").records(&prose);
        eprintln!("{name}: {} bytes, {} associations", prose.len(), want.len());
        let mut group = group(c, &name);
        for named in &mut finders {
            // An automaton compiled as the text asks for it is slow where it is too large to be kept.
            named.slow = named.name == "relscan dfa";
            let text = if named.slow { part } else { &prose };
            if !named.slow {
                super::assert_same(named.name, &named.records(text), &want);
            }
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_function(named.name, |b| b.iter(|| super::run(named.finder.as_mut(), text)));
        }
        group.finish();
        build(c, &patterns, triggers);
    }
}

/// The time to compile.
fn build(c: &mut Criterion, patterns: &Patterns, triggers: &[String]) {
    let mut group = c.benchmark_group(format!("pattern_scaling {} build", triggers.len()));
    let extractor = |set| Extractor::builder().patterns(set).engine(Engine::Auto).build().expect("it was built before");
    group.bench_function("relscan", |b| b.iter_batched(|| patterns.set.clone(), extractor, BatchSize::LargeInput));
    group.bench_function("relscan, patterns checked too", |b| {
        b.iter(|| extractor(Patterns::check(triggers)));
    });
    #[cfg(feature = "bench-hyperscan")]
    group.bench_function("hyperscan", |b| b.iter(|| Hyperscan::new(&patterns.literals)));
    group.bench_function("aho-corasick", |b| b.iter(|| Automaton::new(&patterns.literals)));
    group.bench_function("daachorse", |b| b.iter(|| Daachorse::new(&patterns.literals)));
    group.finish();
}
