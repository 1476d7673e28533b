//! The English pack: our engines, the same pack run as naive regexes, and the oracle.
//!
//! `cargo bench --bench english`; set `RELSCAN_CORPUS` to a text file to measure on it instead of the example text, and
//! `RELSCAN_BENCH_MB` to how much of it is used, 8 MB unless given.
//! Before anything is timed, every engine must give the same associations on the whole text, and the oracle the same
//! on the beginning of it.
//!
//! No regex finds noun phrases, so what one would write without us does less than we do: one regex for each pattern,
//! the forms of its verbs and its optional words spelled out, one after another over the text in lower case. Two such
//! peers are timed. *triggers* finds the triggers and nothing else; *captures* also takes what stands between the trigger and
//! the nearest mark for its arguments. Neither knows a noun from a verb, reads a condition, splits a list or sees a
//! negation, so both are lower bounds of the work; they find several times as much, nearly all of it wrong.

#![expect(clippy::cast_precision_loss, reason = "figures for eyes")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};
use regex::Regex;
use relscan::{Engine, Extractor, Matcher, OwnedAssociation, PatternSet, sink_fn};

#[path = "../src/language/inflect.rs"]
#[allow(dead_code, unused_imports)] // only forms are used here, and its tests are built without what they test
mod inflect;

/// The oracle reads so much, in bytes.
const ORACLE_BYTES: usize = 20_000;
/// And the regexes so much, where it is long.
const REGEX_BYTES: usize = 1_000_000;

/// What a `~` of a trigger stands for: some of the adverbs that may stand between the words of a trigger.
const ADVERBS: &str = r"(?: (?:[a-z]+ly|also|often|always|never|not|so|even|just|only|perhaps|still|then|thus|very))*";

/// A trigger of the pack as a regex, without a space before it.
fn trigger_regex(trigger: &str) -> String {
    let mut regex = String::new();
    let mut depth = 0;
    let mut element = String::new();
    for c in trigger.chars().chain([' ']) {
        match c {
            ' ' if depth == 0 => regex.push_str(&element_regex(&std::mem::take(&mut element))),
            c => {
                depth += i32::from(c == '(') - i32::from(c == ')');
                element.push(c);
            }
        }
    }
    // The first element needs no space before it.
    regex.strip_prefix("(?: ").map_or(regex.clone(), |rest| format!("(?:{rest}"))
}

/// An element of a trigger as a regex, with the space before it.
fn element_regex(element: &str) -> String {
    let (element, optional) = element.strip_suffix('?').map_or((element, ""), |element| (element, "?"));
    let words = element.strip_prefix('(').and_then(|inside| inside.strip_suffix(')'));
    match element {
        "~" => ADVERBS.to_owned(),
        "_" => format!(r"(?: [a-z]+){optional}"),
        // A comma has no space before it.
        _ if words.is_some_and(|words| words.starts_with(", ")) => format!("(?:{})", spelled_out(words.unwrap_or(""))),
        "," => ",".to_owned(),
        _ => format!("(?: (?:{})){optional}", spelled_out(words.unwrap_or(element))),
    }
}

/// Words in which `{verb:form}` is put as the forms that it stands for.
fn spelled_out(words: &str) -> String {
    let mut regex = String::new();
    let mut rest = words;
    while let Some((before, (inside, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        let (verb, form) = inside.split_once(':').unwrap_or((inside, "any"));
        let form = if form == "any" { inflect::Form::Any } else { inflect::Form::of(form) };
        let forms = inflect::forms(verb, form).join("|");
        regex = format!("{regex}{before}(?:{forms})");
        rest = after;
    }
    regex + rest
}

/// The regexes of `patterns`, with `around` before and after the trigger.
fn regexes(patterns: &PatternSet, around: (&str, &str)) -> Vec<Regex> {
    let regex = |pattern: &relscan::Pattern| {
        let Matcher::Trigger(trigger) = pattern.matcher() else { panic!("the pack has triggers only") };
        let regex = format!(r"{}(?-u:\b)(?:{})(?-u:\b){}", around.0, trigger_regex(trigger), around.1);
        Regex::new(&regex).unwrap_or_else(|error| panic!("{regex}: {error}"))
    };
    patterns.iter().map(regex).collect()
}

fn count_triggers(regexes: &[Regex], text: &str) -> usize {
    let lowered = text.to_lowercase();
    regexes.iter().map(|regex| regex.find_iter(&lowered).count()).sum()
}

fn count_captures(regexes: &[Regex], text: &str) -> usize {
    let both = |captures: &regex::Captures<'_>| !captures[1].trim().is_empty() && !captures[2].trim().is_empty();
    let lowered = text.to_lowercase();
    regexes.iter().map(|regex| regex.captures_iter(&lowered).filter(both).count()).sum()
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

fn found(extractor: &Extractor, text: &str) -> Vec<OwnedAssociation> {
    extractor.extract(text).iter().map(|association| association.to_owned()).collect()
}

/// The beginning of `text`, whole lines of at most `len` bytes together.
fn beginning(text: &str, len: usize) -> &str {
    let end = text.as_bytes().iter().take(len).rposition(|&byte| byte == b'\n').map_or(0, |feed| feed + 1);
    if text.len() <= len { text } else { &text[..end] }
}

/// Seconds for a byte: the best of several runs.
fn pace(len: usize, mut run: impl FnMut() -> usize) -> f64 {
    let once = |_| {
        let start = Instant::now();
        black_box(run());
        start.elapsed()
    };
    let best = (0..5).map(once).min().unwrap_or_default();
    best.as_secs_f64() / len as f64
}

fn time(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, text: &str, mut run: impl FnMut(&str) -> usize) {
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function(name, |b| b.iter(|| run(text)));
}

fn bench(c: &mut Criterion) {
    let text = match std::env::var("RELSCAN_CORPUS") {
        Ok(path) => std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}")),
        Err(_) => include_str!("../examples/data/jargon.txt").to_owned(),
    };
    let megabytes = std::env::var("RELSCAN_BENCH_MB").map_or(8, |mb| mb.parse().expect("RELSCAN_BENCH_MB is a number"));
    let text = beginning(&text, megabytes << 20).to_owned();
    let (for_oracle, for_regexes) = (beginning(&text, ORACLE_BYTES), beginning(&text, REGEX_BYTES));
    let patterns = PatternSet::english();
    let triggers = regexes(&patterns, ("", ""));
    let captures = regexes(&patterns, ("([^.;:,!?\n]*?)", "([^.;:,!?\n]*)"));
    let build = |engine| Extractor::builder().patterns(patterns.clone()).engine(engine).build();
    let oracle = build(Engine::Naive).expect("the oracle");
    let engines: Vec<(&str, Extractor)> = Engine::available()
        .filter(|(engine, _)| *engine != Engine::Naive)
        .map(|(engine, name)| (name, build(engine).expect(name)))
        .collect();

    let (want, judged) = (found(&engines[0].1, &text), found(&oracle, for_oracle));
    for (name, engine) in &engines {
        assert!(found(engine, &text) == want, "{name} and {} differ", engines[0].0);
        assert!(found(engine, for_oracle) == judged, "{name} and the oracle differ");
    }

    let ours = pace(text.len(), || count(&engines[0].1, &text));
    let peers = [
        ("the oracle", pace(for_oracle.len(), || count(&oracle, for_oracle))),
        ("regexes with captures", pace(for_regexes.len(), || count_captures(&captures, for_regexes))),
        ("regexes, triggers only", pace(for_regexes.len(), || count_triggers(&triggers, for_regexes))),
    ];
    println!("{} associations in {} bytes, {:.3} GB/s", want.len(), text.len(), 1e-9 / ours);
    for (name, peer) in peers {
        println!("{name}: {:.5} GB/s, ours is {:.1} times as fast", 1e-9 / peer, peer / ours);
    }
    let counts = [
        ("ours", count(&engines[0].1, for_regexes)),
        ("triggers", count_triggers(&triggers, for_regexes)),
        ("captures", count_captures(&captures, for_regexes)),
    ];
    println!("found in {} bytes: {counts:?}", for_regexes.len());

    let mut group = c.benchmark_group("english");
    group.sample_size(10).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(1));
    time(&mut group, "oracle", for_oracle, |text| count(&oracle, text));
    time(&mut group, "regexes, captures", for_regexes, |text| count_captures(&captures, text));
    time(&mut group, "regexes, triggers", for_regexes, |text| count_triggers(&triggers, text));
    for (name, engine) in &engines {
        time(&mut group, name, &text, |text| count(engine, text));
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
