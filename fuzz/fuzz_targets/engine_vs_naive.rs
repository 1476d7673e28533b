//! Patterns and text from bytes: every engine must find what the oracle finds.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use relscan::{Direction, Engine, Extractor, OwnedAssociation, Pattern, PatternSet, RelationType};

/// Parts of regexes, from which the fuzzer puts sound ones together far more often than from letters.
const PARTS: [&str; 40] = [
    "(.+?)", "(.+)", " causes ", " is (?:a|an) ", "are ", "(?:a|an|types? of)", " ", "a", "b", "c", "é", "ς", "σ", "i",
    "\u{307}", "k", r"\s", r"\s+", r"\w+", r"(\w+)", r"(\S*)", r"\b", "^", "$", "?", "*", "+", "??", "|", "(", ")", "(?:",
    "[ab ]", r"[^\n]", ".", "(?i:A)", "{2}", "{0,3}", r"\n?", "(?<trigger> x )",
];

/// Parts of text, besides any characters.
const TEXTS: [&str; 24] = [
    " causes ", " is a ", " is an ", "are ", "types of", " ", "a", "b", "c", "\n", "\r\n", "\t", "\u{1c}", "\u{85}", "İ",
    "\u{212a}", "Σ", "ΑΣ", "É", "ẞ", "Ⱥ", " x ", "i\u{307}", "A long line without any trigger at all",
];

#[derive(Arbitrary, Debug)]
enum Matcher {
    Parts(Vec<u8>),
    Split(Vec<u8>),
    Trigger(String),
    Any(String),
}

#[derive(Arbitrary, Debug)]
enum Text {
    Part(u8),
    Any(String),
}

#[derive(Arbitrary, Debug)]
struct Case {
    patterns: Vec<(Matcher, bool)>,
    text: Vec<Text>,
}

fn pick(parts: &[&str], indices: &[u8]) -> String {
    indices.iter().take(24).map(|&i| parts[usize::from(i) % parts.len()]).collect()
}

fn pattern(name: String, matcher: &Matcher, reversed: bool) -> Pattern {
    let relation = RelationType::Causal;
    let pattern = match matcher {
        Matcher::Parts(parts) => Pattern::regex(name, relation, pick(&PARTS, parts)),
        Matcher::Split(parts) => Pattern::regex(name, relation, format!("(.+?){}(.+)", pick(&PARTS[2..], parts))),
        Matcher::Trigger(words) => Pattern::trigger(name, relation, words),
        Matcher::Any(regex) => Pattern::regex(name, relation, regex),
    };
    pattern.with_direction(if reversed { Direction::Reversed } else { Direction::Forward })
}

fn extract(patterns: &PatternSet, engine: Engine, dfa_size_limit: usize, text: &str) -> Vec<OwnedAssociation> {
    let extractor = Extractor::builder().patterns(patterns.clone()).engine(engine).dfa_size_limit(dfa_size_limit);
    let found = extractor.build().expect("sound patterns compile").extract(text);
    found.iter().map(|association| association.to_owned()).collect()
}

fuzz_target!(|case: Case| {
    let patterns = case.patterns.iter().take(6).enumerate();
    let patterns = patterns.map(|(i, (matcher, reversed))| pattern(format!("p{i}"), matcher, *reversed));
    let sound = patterns.filter(|pattern| PatternSet::new([pattern.clone()]).is_ok());
    let Ok(patterns) = PatternSet::new(sound) else { return };
    let text: String = case
        .text
        .iter()
        .map(|text| match text {
            Text::Part(i) => TEXTS[usize::from(*i) % TEXTS.len()],
            Text::Any(any) => any,
        })
        .collect();
    let want = extract(&patterns, Engine::Naive, 0, &text);
    for (engine, name) in Engine::available() {
        assert_eq!(extract(&patterns, engine, 1 << 20, &text), want, "{name} on {text:?}");
    }
    assert_eq!(extract(&patterns, Engine::Dfa, 64, &text), want, "lazy dfa on {text:?}");
});
