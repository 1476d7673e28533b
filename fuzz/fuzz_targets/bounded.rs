//! Triggers and English from bytes: every engine must find what the oracle of bounded arguments finds.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use relscan::{ArgumentMode, Engine, Extractor, Lists, OwnedAssociation, Pattern, PatternSet, Reach, RelationType};

/// Parts of triggers.
const ELEMENTS: [&str; 22] = [
    "of", "{be}", "{be:finite}", "{cause}", "{cause:participle}", "~", "_?", "_", "by", "(a|an|the)", "(in|inside)?",
    "such as", ",", "(due|owing to)", "{lead}", "to", "~?", "x", "-", "it's", "cross-legally", "(e.g|as)",
];

/// Parts of text.
const WORDS: [&str; 60] = [
    "smoking", "cancer", "the", "a", "of", "in", "by", "with", "and", "or", "that", "which", "it", "no", "not", "may", "has",
    "been", "is", "are", "was", "often", "slowly", "cause", "caused", "causes", "due", "lead", "led", "to", "such", "as",
    "swarm", "bees", "bottle", "wine", "roof", "house", "heated", "small", "therefore", "cross-legally", "continues", "themselves", "it's", "US",
    "throughout", "made", "rivers", "  ", "-", "e.g", ",", ".", "(", ")", "'s", "\"", "\n", "İ Σ ſ ’s",
];

#[derive(Arbitrary, Debug)]
struct Case {
    triggers: Vec<(Vec<u8>, u8, u8)>,
    text: Vec<(u8, bool)>,
    tail: String,
}

/// The oracle, and engines that must find what it finds.
const ENGINES: [Engine; 4] = [Engine::Naive, Engine::Auto, Engine::Dfa, Engine::Portable];

/// For each engine an extractor that leaves nothing out, and one as it is unless more is asked for.
static ENGLISH: LazyLock<[Vec<Extractor>; 2]> = LazyLock::new(|| {
    let english = PatternSet::english();
    [true, false].map(|all| ENGINES.iter().map(|&engine| extractor(&english, engine, all)).collect())
});

fn extractor(patterns: &PatternSet, engine: Engine, all: bool) -> Extractor {
    let builder = Extractor::builder().patterns(patterns.clone()).engine(engine).negated(all).pronouns(all);
    builder.build().expect("sound patterns compile")
}

/// Compares all with the first one, which is the oracle.
fn check(extractors: &[Extractor], text: &str) {
    let extract = |extractor: &Extractor| -> Vec<OwnedAssociation> {
        extractor.extract(text).iter().map(|association| association.to_owned()).collect()
    };
    let want = extract(&extractors[0]);
    for extractor in &extractors[1..] {
        assert_eq!(extract(extractor), want, "{} on {text:?}", extractor.engine_name());
    }
}

fuzz_target!(|case: Case| {
    let patterns = case.triggers.iter().take(4).enumerate().map(|(i, (elements, mode, rules))| {
        let pick = |&i: &u8| ELEMENTS[usize::from(i) % ELEMENTS.len()];
        let trigger = elements.iter().take(5).map(pick).collect::<Vec<_>>().join(" ");
        let mode = ArgumentMode::ALL[1 + usize::from(*mode) % 3].0;
        let pattern = Pattern::trigger(format!("p{i}"), RelationType::Causal, trigger).with_argument(mode);
        if mode != ArgumentMode::Phrase {
            return pattern;
        }
        let reach = Reach::ALL[usize::from(*rules) % Reach::ALL.len()].0;
        pattern.with_reach(reach).with_lists(Lists::ALL[usize::from(*rules) / 4 % Lists::ALL.len()].0)
    });
    let sound: Vec<Pattern> = patterns.filter(|pattern| PatternSet::new([pattern.clone()]).is_ok()).collect();
    let own = PatternSet::new(sound).ok();
    let mut text = String::new();
    for (word, space) in case.text.iter().take(80) {
        text.push_str(WORDS[usize::from(*word) % WORDS.len()]);
        text.push_str(if *space { " " } else { "" });
    }
    text.push_str(&case.tail);
    // A lexicon is made for each engine, which takes its time: two of them will do.
    if let Some(own) = own {
        check(&[Engine::Naive, Engine::Auto].map(|engine| extractor(&own, engine, true)), &text);
    }
    ENGLISH.iter().for_each(|extractors| check(extractors, &text));
});
