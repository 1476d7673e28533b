//! Triggers with bounded arguments: every engine finds what the oracle finds, in any text.

mod common;

use common::extract;
use proptest::prelude::*;
use relscan::{ArgumentMode, Direction, Engine, Extractor, Lists, Pattern, PatternSet, Reach, RelationType};
use std::sync::LazyLock;

/// Words and marks from which sentences are put together that hold what the rules look for.
const WORDS: [&str; 120] = [
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
    "US",
    "us",
    "I",
    "what",
    "whose",
    "well",
    "whole",
    "runs",
    "study",
    "work",
    "don’t",
    "heating",
    "using",
    "damage",
    "mixture",
    "people",
    "around",
    "these",
    "half",
    "St",
    "now",
    "naturally",
    "War",
    "especially",
    "goes",
];
const MARKS: [&str; 29] = [
    " ", " ", " ", " ", " ", " ", " ", " ", " ", ", ", ", ", ". ", " (", ") ", "'s ", " \"", "\" ", "; ", "  ", "\n",
    "\t", " – ", "–", ".", ": ", "! ", " - ", "% ", " [",
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
    let mut engines: Vec<Engine> = Engine::available().map(|(engine, _)| engine).collect();
    engines.sort_by_key(|engine| *engine != Engine::Naive);
    let build =
        |engine| Extractor::builder().patterns(patterns.clone()).engine(engine).negated(all).pronouns(all).build();
    engines.into_iter().map(|engine| build(engine).unwrap()).collect()
}

static ENGLISH: LazyLock<Vec<Extractor>> = LazyLock::new(|| engines(&common::bounded(), true));

/// What is given unless more is asked for.
static USUAL: LazyLock<Vec<Extractor>> = LazyLock::new(|| engines(&common::bounded(), false));

/// A set with every mode, reach and kind of list, over triggers that overlap.
fn mixed() -> PatternSet {
    let causal = RelationType::Causal;
    let mut patterns = vec![
        Pattern::trigger("line", causal.clone(), "causes"),
        Pattern::trigger("sentence", causal.clone(), "{cause}").with_argument(ArgumentMode::Sentence),
        Pattern::trigger("clause", causal.clone(), "{cause} ~").with_argument(ArgumentMode::Clause),
        Pattern::regex("regex", causal.clone(), r"(\w+) of (\w+)"),
    ];
    // What a glance looks for before an anchor, and after it.
    for (i, trigger) in ["{cause}", "{be} ~ (a|the)? _? (part|kind) of", ", (including|with)", "(as a kind of|of the)"]
        .iter()
        .enumerate()
    {
        for (reach, name) in Reach::ALL {
            let pattern = Pattern::trigger(format!("{name}-before-{i}"), causal.clone(), *trigger);
            patterns.push(pattern.with_argument(ArgumentMode::Phrase).with_reach(reach));
        }
    }
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
    let extractor = Extractor::builder().patterns(common::bounded()).build().unwrap();
    let failures: Vec<String> = extractor.check_examples().iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_pattern_has_examples_for_and_against() {
    for pattern in &common::bounded() {
        let (positive, negative): (Vec<_>, Vec<_>) = pattern.examples().iter().partition(|e| !e.expect.is_empty());
        assert!(!positive.is_empty() && !negative.is_empty(), "{}", pattern.name());
        assert!(pattern.reference().is_some(), "{}", pattern.name());
    }
}

#[test]
fn negation_hedges_and_pronouns_are_marked() {
    let all = Extractor::builder().patterns(common::bounded()).negated(true).pronouns(true).build().unwrap();
    let usual = Extractor::builder().patterns(common::bounded()).build().unwrap();
    let text = "Rain does not cause drought. Rain may cause floods. It causes floods. Rain causes floods.";
    let found = extract(&all, text);
    let marks: Vec<_> = found.iter().map(|a| (a.negated, a.hedged, a.pronoun)).collect();
    assert_eq!(marks, [(true, false, false), (false, true, false), (false, false, true), (false, false, false)]);
    assert!((found[1].confidence - found[3].confidence * relscan::Association::HEDGE_FACTOR).abs() < 1e-12);
    assert_eq!(extract(&usual, text).len(), 2);
}

/// What a sentence must give, as (source, target), in the order of the patterns.
const SENTENCES: [(&str, &[(&str, &str)]); 46] = [
    // Participles are told from finite verbs: what they describe is near.
    ("They looked for a change due to heat.", &[("heat", "change")]),
    ("The delay in the work was due to frost.", &[("frost", "delay")]),
    ("They wrote of an influx accidentally triggered by the war.", &[("war", "influx")]),
    // `which`, `that` and `what` of a clause are no determiners.
    ("The speed with which friction causes heat varies.", &[("friction", "heat")]),
    ("It is clear to what extent hail causes floods.", &[]),
    ("That means that prisoners stay.", &[]),
    ("The peak resembles that of a hill.", &[]),
    // What stands before a noun that may be a verb shows which it is.
    ("They hope to study before the exam.", &[]),
    ("Plants that bloom during the drought are rare.", &[]),
    ("The clock does not stop during the storm.", &[]),
    ("We minimized flows that cause floods.", &[("flows", "floods")]),
    ("He led the arrests before the trial.", &[("arrests", "trial")]),
    // Between nouns a verb in the third person ends the phrase, but not before a preposition.
    ("The cold ruins good bridges.", &[]),
    ("Stress causes heart attacks on the road.", &[("stress", "heart attacks")]),
    ("It kills fish and causes blight.", &[]),
    ("Its soldiers targeted towns, such as Rome and Pisa.", &[("rome", "towns"), ("pisa", "towns")]),
    // Names.
    ("US tariffs caused unrest.", &[("us tariffs", "unrest")]),
    ("The losses caused by the U.S. invasion were large.", &[("u.s. invasion", "losses")]),
    ("The bank of St. Louis is a lender.", &[("bank of st. louis", "lender")]),
    ("The treaty followed World War I in time.", &[]),
    ("A federal–state program caused unrest.", &[("federal–state program", "unrest")]),
    // Clauses are no arguments.
    ("In time, for example, the rate fell, causing unrest.", &[]),
    ("They doubt their abilities, which may lead to shame.", &[]),
    ("The fever, which may lead to shock, is rare.", &[("fever", "shock")]),
    ("They were poor, and this demand resulted in riots.", &[("demand", "riots")]),
    ("It is induced sleep.", &[]),
    ("What extent is a mile?", &[]),
    // Lists, and what are none.
    ("Hail, or frozen rain, causes blight.", &[("hail", "blight")]),
    ("Economic and political crises cause unrest.", &[("political crises", "unrest")]),
    ("In contrast, hail and rain cause blight.", &[("hail", "blight"), ("rain", "blight")]),
    ("Paint is a mixture of oil and pigment.", &[("paint", "mixture of oil")]),
    ("Sleep is a state of calm and attention.", &[("sleep", "state of calm")]),
    ("Grief as well as anger causes pain.", &[("grief", "pain"), ("anger", "pain")]),
    ("Drills cause the boiler or the pump to fail.", &[]),
    ("He had a cancer caused by smoke and gout caused by wine.", &[("smoke", "cancer"), ("wine", "gout")]),
    // Subjects.
    ("The devastation around us caused grief.", &[("devastation", "grief")]),
    ("The pain he felt was caused by a wound.", &[("wound", "pain")]),
    ("The system as a whole causes unrest.", &[]),
    ("Heating the metal in air leads to rust.", &[("heating the metal", "rust")]),
    ("The species donating the pair is a base.", &[("species", "base")]),
    ("Damage to the brain caused by shock is rare.", &[("shock", "damage")]),
    ("Fire in one barn caused panic.", &[("fire", "panic")]),
    // Time.
    ("They were at work during the war.", &[]),
    ("One riot after another riot broke out.", &[]),
    // Negation, in either kind of apostrophe.
    ("Rains don't cause blight.", &[]),
    ("Rains don’t cause blight.", &[]),
];

#[test]
fn sentences_give_what_they_say() {
    let extractor = Extractor::builder().patterns(common::bounded()).build().unwrap();
    let failure = |(text, want): &(&str, &[(&str, &str)])| {
        let found = extract(&extractor, text);
        let got: Vec<_> = found.iter().map(|a| (a.source.as_str(), a.target.as_str())).collect();
        (got != *want).then(|| format!("{text}\n  {got:?}, not {want:?}"))
    };
    let failures: Vec<_> = SENTENCES.iter().filter_map(failure).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
