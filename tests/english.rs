//! The English pack: every engine finds what the oracle finds, in any text.

mod common;

use common::extract;
use proptest::prelude::*;
use relscan::{ArgumentMode, Direction, Engine, Extractor, Lists, Pattern, PatternSet, Reach, RelationType};
use std::sync::LazyLock;

/// Words and marks from which sentences are put together that hold what the rules look for.
const WORDS: [&str; 95] = [
    "smoking",
    "cancer",
    "Rain",
    "floods",
    "the",
    "a",
    "A",
    "an",
    "of",
    "of",
    "in",
    "by",
    "with",
    "from",
    "to",
    "and",
    "and",
    "or",
    "but",
    "that",
    "which",
    "who",
    "it",
    "this",
    "no",
    "not",
    "never",
    "longer",
    "may",
    "might",
    "can",
    "has",
    "have",
    "been",
    "be",
    "is",
    "are",
    "was",
    "were",
    "often",
    "directly",
    "slowly",
    "cause",
    "causes",
    "caused",
    "causing",
    "leads",
    "led",
    "results",
    "resulting",
    "due",
    "because",
    "contains",
    "consists",
    "made",
    "up",
    "full",
    "part",
    "parts",
    "one",
    "kind",
    "type",
    "term",
    "for",
    "swarm",
    "bees",
    "bottle",
    "wine",
    "box",
    "roof",
    "house",
    "hand",
    "heavy",
    "small",
    "hairy",
    "red-hot",
    "36-bit",
    "heated",
    "taking",
    "being",
    "such",
    "as",
    "including",
    "other",
    "before",
    "after",
    "during",
    "known",
    "refers",
    "means",
    "believed",
    "seems",
    "U.S.",
    "Dr.",
    "İstanbul",
];
const MARKS: [&str; 22] = [
    " ", " ", " ", " ", " ", " ", " ", " ", " ", ", ", ", ", ". ", " (", ") ", "'s ", " \"", "\" ", "; ", "  ", "\n",
    "\t", " – ",
];

fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        20 => proptest::sample::select(&WORDS[..]).prop_map(str::to_owned),
        1 => "[ΣſKé汉a-z]{1,6}",
    ];
    proptest::collection::vec((word, proptest::sample::select(&MARKS[..])), 0..40)
        .prop_map(|parts| parts.iter().flat_map(|(word, mark)| [word.as_str(), mark]).collect())
}

/// Every engine, the oracle first; `all` leaves nothing out.
fn engines(patterns: &PatternSet, all: bool) -> Vec<Extractor> {
    let mut engines: Vec<Engine> = Engine::ALL.iter().map(|(engine, _)| *engine).collect();
    engines.sort_by_key(|engine| *engine != Engine::Naive);
    let build =
        |engine| Extractor::builder().patterns(patterns.clone()).engine(engine).negated(all).pronouns(all).build();
    engines.into_iter().map(|engine| build(engine).unwrap()).collect()
}

static ENGLISH: LazyLock<Vec<Extractor>> = LazyLock::new(|| engines(&PatternSet::english(), true));

/// What is given unless more is asked for.
static USUAL: LazyLock<Vec<Extractor>> = LazyLock::new(|| engines(&PatternSet::english(), false));

/// A set with every mode, reach and kind of list, over triggers that overlap.
fn mixed() -> PatternSet {
    let causal = RelationType::Causal;
    let mut patterns = vec![
        Pattern::trigger("line", causal.clone(), "causes"),
        Pattern::trigger("sentence", causal.clone(), "{cause}").with_argument(ArgumentMode::Sentence),
        Pattern::trigger("clause", causal.clone(), "{cause} ~").with_argument(ArgumentMode::Clause),
        Pattern::regex("regex", causal.clone(), r"(\w+) of (\w+)"),
    ];
    for (reach, name) in Reach::ALL {
        for (lists, list) in Lists::ALL {
            let pattern = Pattern::trigger(
                format!("{name}-{list}"),
                causal.clone(),
                "({be}|{have})? ~ (of|made up|, such as|in a) _?",
            );
            let pattern = pattern.with_argument(ArgumentMode::Phrase).with_reach(reach).with_lists(lists);
            patterns.push(if lists == Lists::Open { pattern.with_direction(Direction::Reversed) } else { pattern });
        }
    }
    PatternSet::new(patterns).unwrap()
}

static MIXED: LazyLock<Vec<Extractor>> = LazyLock::new(|| engines(&mixed(), true));

fn check(engines: &[Extractor], text: &str) -> Result<(), TestCaseError> {
    let want = extract(&engines[0], text);
    for engine in &engines[1..] {
        prop_assert_eq!(&extract(engine, text), &want, "{} on {:?}", engine.engine_name(), text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_engine_finds_what_the_oracle_finds(text in text()) {
        check(&ENGLISH, &text)?;
        check(&USUAL, &text)?;
        check(&MIXED, &text)?;
    }
}

#[test]
fn every_example_holds() {
    let extractor = Extractor::builder().build().unwrap();
    let failures: Vec<String> = extractor.check_examples().iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_pattern_has_examples_for_and_against() {
    for pattern in &PatternSet::english() {
        let (positive, negative): (Vec<_>, Vec<_>) = pattern.examples().iter().partition(|e| !e.expect.is_empty());
        assert!(!positive.is_empty() && !negative.is_empty(), "{}", pattern.name());
        assert!(pattern.reference().is_some(), "{}", pattern.name());
    }
}

#[test]
fn negation_hedges_and_pronouns_are_marked() {
    let all = Extractor::builder().negated(true).pronouns(true).build().unwrap();
    let usual = Extractor::builder().build().unwrap();
    let text = "Rain does not cause drought. Rain may cause floods. It causes floods. Rain causes floods.";
    let found = extract(&all, text);
    let marks: Vec<_> = found.iter().map(|a| (a.negated, a.hedged, a.pronoun)).collect();
    assert_eq!(marks, [(true, false, false), (false, true, false), (false, false, true), (false, false, false)]);
    assert!((found[1].confidence - found[3].confidence * relscan::Association::HEDGE_FACTOR).abs() < 1e-12);
    assert_eq!(extract(&usual, text).len(), 2);
}
