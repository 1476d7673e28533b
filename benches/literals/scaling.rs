//! From 20 to 10,000 literals.
//!
//! `RELSCAN_PROCESSOR_TIME=1` prints what each takes of a processor instead, at least: on a machine that is shared, time
//! on the wall is mostly that of others.

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
        #[cfg(unix)]
        if std::env::var_os("RELSCAN_PROCESSOR_TIME").is_some() {
            processor_time(&name, &prose, &mut finders, &patterns, triggers);
            continue;
        }
        let mut group = group(c, &name);
        for named in &mut finders {
            super::assert_same(named.name, &named.records(&prose), &want);
            group.throughput(Throughput::Bytes(prose.len() as u64));
            group.bench_function(named.name, |b| b.iter(|| super::run(named.finder.as_mut(), &prose)));
        }
        group.finish();
        build(c, &patterns, triggers);
    }
}

/// Prints what each finder takes of a processor for `prose`, and what it takes to compile, at least.
#[cfg(unix)]
#[expect(clippy::cast_precision_loss, reason = "a text has few bytes")]
fn processor_time(
    name: &str,
    prose: &str,
    finders: &mut [super::peers::Named],
    patterns: &Patterns,
    triggers: &[String],
) {
    for named in finders {
        let seconds = least(10, || super::run(named.finder.as_mut(), prose));
        println!("{name}/{}: {:.3} ms, {:.3} GB/s", named.name, seconds * 1e3, prose.len() as f64 / seconds / 1e9);
    }
    let extractor = |set| Extractor::builder().patterns(set).build().expect("it was built before");
    println!("{name} build/relscan: {:.3} ms", least(20, || extractor(patterns.set.clone())) * 1e3);
    let checked = || extractor(Patterns::check(triggers));
    println!("{name} build/relscan, patterns checked too: {:.3} ms", least(20, checked) * 1e3);
    #[cfg(feature = "bench-hyperscan")]
    println!("{name} build/hyperscan: {:.3} ms", least(3, || Hyperscan::new(&patterns.literals)) * 1e3);
    println!("{name} build/aho-corasick: {:.3} ms", least(3, || Automaton::new(&patterns.literals)) * 1e3);
    println!("{name} build/daachorse: {:.3} ms", least(3, || Daachorse::new(&patterns.literals)) * 1e3);
}

/// The seconds of processor time that `work` takes, the least of so many `times`.
#[cfg(unix)]
#[expect(clippy::cast_precision_loss, reason = "the process is young")]
fn least<T>(times: usize, mut work: impl FnMut() -> T) -> f64 {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::{TimeVal, TimeValLike};

    let seconds = || {
        let usage = getrusage(UsageWho::RUSAGE_SELF).expect("a process may ask about itself");
        let micros = |time: TimeVal| time.num_microseconds() as f64 / 1e6;
        micros(usage.user_time()) + micros(usage.system_time())
    };
    let mut once = || {
        let start = seconds();
        std::hint::black_box(work());
        seconds() - start
    };
    (0..times).map(|_| once()).fold(f64::INFINITY, f64::min)
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
