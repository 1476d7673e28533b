//! Every engine against the oracle, on random patterns and random text.

mod common;

use std::convert::Infallible;
use std::ops::ControlFlow;

use proptest::prelude::*;
use relscan::{
    Association, BuildError, Direction, Engine, Extractor, OwnedAssociation, ParallelSink, Pattern, PatternSet,
    RelationType, Sink, Workers,
};

/// Middles, arguments and whole regexes that between them have every shape the compiler knows.
const REGEXES: &[&str] = &[
    "(.+?) causes (.+)",
    "(.+?) is (?:a|an) (.+)",
    "(.+?) are (?:a|an|types? of) (.+)",
    "(.+?)a(.+)",
    "(.+?)(?:ab|a|abc)(.+)",
    "(.+?)(?:a|ab)?b(.+)",
    "(.+?)(?:a|) (.+)",
    "(.+?) (?:very )*a (.+)",
    r"(.+?)\s+is\s+(.+)",
    r"(.+?)\bis\b(.+)",
    r"(.+?)\b(?-u:\b)é(.+)",
    r"(.+?)[^\S\n]a[,;]?\s(.+)",
    r"(.+?)\n?a (.+)",
    r"(.+?)(?:a\s)+(.+)",
    "(.+) is (.+)",
    "(.+?) is (.+?)",
    "^(.+?) is (.+)$",
    r"(\w+) is (\w+)",
    r"(\w+)\s(\w+)",
    r"(\S+) a|b (\S+)",
    r"(?:(\w+) is|was (\w+)) a",
    r"(\w+?)(?<trigger> (?:is|are)) a (\w*)",
    r"((\w)\w*) causes",
    r"(.)(?:\s|i̇)(.)",
    r"([a-z]+)σ?ς? ([^a]+)",
    r"(?i)(\w+) IS (\w+)",
    r"(?s)(.+?) after (.+)",
    r"(\p{Greek}+) (.*)é",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            " causes ", " is a ", " is an ", " are types of ", " is ", " after ", " a ", " AFTER ", "IS", "was", " é",
        ])
        .prop_map(str::to_owned),
        3 => "[abc ]{0,6}",
        2 => prop::sample::select(vec!["\n", " ", "\t", "\r\n", "\u{1c}", "\u{85}", "\u{2028}", ",", ";", "\n\n"])
            .prop_map(str::to_owned),
        2 => prop::sample::select(vec!["İ", "\u{212a}", "ΑΣ", "Σ", "ẞ", "Ⱥ", "é", "É", "汉", "😀", "i\u{307}", "ΣΑΣ."])
            .prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let matcher = prop_oneof![
        3 => prop::sample::select(REGEXES).prop_map(|regex| Pattern::regex("p", RelationType::Causal, regex)),
        1 => "[a-cé]{1,3}( [a-c]{1,3})?".prop_map(|words| Pattern::trigger("p", RelationType::Causal, words)),
        1 => "\\(\\.\\+\\?\\)( ?[abi](\\|[abi ]{1,2})?\\??){1,3}\\(\\.\\+\\)"
            .prop_map(|regex| Pattern::regex("p", RelationType::Causal, regex)),
        1 => "(\\([ab]+[?+*]?\\)|\\(\\?:[ab]\\|c\\)| |[abc.]|\\\\w\\+?){2,5}"
            .prop_map(|regex| Pattern::regex("p", RelationType::Causal, regex)),
    ];
    (matcher, any::<bool>()).prop_map(|(pattern, reversed)| {
        let direction = if reversed { Direction::Reversed } else { Direction::Forward };
        pattern.with_direction(direction)
    })
}

fn patterns() -> impl Strategy<Value = PatternSet> {
    prop::collection::vec(pattern(), 1..8).prop_filter_map("no sound pattern", |patterns| {
        // Those that are refused are left out: what is refused is another test's matter.
        let sound = patterns.into_iter().filter(|pattern| PatternSet::new([pattern.clone()]).is_ok());
        let named = sound.enumerate().map(|(i, pattern)| renamed(&pattern, &format!("p{i}")));
        PatternSet::new(named).ok()
    })
}

fn renamed(pattern: &Pattern, name: &str) -> Pattern {
    let direction = pattern.direction();
    let renamed = match pattern.matcher() {
        relscan::Matcher::Trigger(trigger) => Pattern::trigger(name, RelationType::Causal, trigger),
        relscan::Matcher::Regex { regex, .. } => Pattern::regex(name, RelationType::Causal, regex),
        _ => unreachable!("no other matcher is made here"),
    };
    renamed.with_direction(direction)
}

/// Reads arguments, and says that it does not.
#[derive(Debug, Default, PartialEq)]
struct Liar(Vec<OwnedAssociation>);

impl Sink for Liar {
    type Error = Infallible;

    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, Infallible> {
        self.0.association(association)
    }

    fn reads_text(&self) -> bool {
        false
    }
}

impl ParallelSink for Liar {
    type Part = Liar;

    fn part(&mut self) -> Liar {
        Liar::default()
    }

    fn merge(&mut self, part: Liar) -> Result<ControlFlow<()>, Infallible> {
        self.0.extend(part.0);
        Ok(ControlFlow::Continue(()))
    }
}

/// Compares every engine with the oracle.
fn check(patterns: &PatternSet, text: &str) -> Result<(), TestCaseError> {
    let mut engines = common::engines(patterns).into_iter();
    let (_, oracle) = engines.next().expect("the oracle comes first");
    let want = common::extract(&oracle, text);
    for (name, extractor) in engines {
        prop_assert_eq!(&common::extract(&extractor, text), &want, "{} on {:?}", name, text);
        let mut liar = Liar::default();
        let Ok(_) = extractor.extract_into(text, &mut liar);
        prop_assert_eq!(&liar.0, &want, "{} on {:?}, lowered when it is read", name, text);
    }
    for association in &want {
        check_spans(text, association)?;
    }
    Ok(())
}

/// The original text at a span, lowered and stripped, must be the argument.
fn check_spans(text: &str, association: &OwnedAssociation) -> Result<(), TestCaseError> {
    // Two characters of the slice may come out otherwise than in the text: a sigma at the end, which is final only if
    // no letter follows, and one of which only a part belongs to the argument.
    let comparable = |text: &str| text.replace('ς', "σ");
    for (argument, span) in
        [(&association.source, association.source_span), (&association.target, association.target_span)]
    {
        let slice = &text[span.range()];
        let lowered = comparable(&slice.to_lowercase());
        let argument = comparable(argument);
        if slice.contains('İ') {
            prop_assert!(lowered.contains(&argument), "{:?} of {:?}", slice, association);
        } else {
            prop_assert_eq!(&lowered, &argument, "{:?} of {:?}", slice, association);
        }
    }
    let line = text[..association.source_span.start].matches('\n').count() + 1;
    prop_assert_eq!(line, association.line);
    let trigger = &text[association.trigger_span.range()];
    prop_assert!(!trigger.starts_with(char::is_whitespace) && !trigger.ends_with(char::is_whitespace));
    Ok(())
}

#[test]
fn a_batch_takes_a_sink_at_its_word_and_is_right_all_the_same() {
    let line = "Heavy Rain leads to Floods in ÉVORA\nÉire is a Land and it contains ΑΣ. It causes Joy\n";
    let texts =
        [line.to_owned(), line.repeat(300), format!("{} causes Harm", "Ä word ".repeat(5_000)), line.to_owned()];
    let extractor = Extractor::seed();
    for workers in [1, 2] {
        let (mut liar, mut honest) = (Liar::default(), Vec::new());
        let batch = || extractor.batch().workers(Workers::Exactly(workers));
        assert!(batch().run(&texts, &mut liar).is_ok() && batch().run(&texts, &mut honest).is_ok());
        assert_eq!(liar.0, honest);
        assert!(honest.len() > 900, "{}", honest.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn any_patterns_on_any_text(patterns in patterns(), text in text()) {
        check(&patterns, &text)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_seed_on_any_text(text in text()) {
        check(&PatternSet::seed(), &text)?;
    }

    #[test]
    fn the_seed_on_any_characters(text in any::<String>()) {
        check(&PatternSet::seed(), &text)?;
    }
}

#[test]
fn an_engine_that_this_cpu_lacks_says_so() {
    let available: Vec<Engine> = Engine::available().map(|(engine, _)| engine).collect();
    assert!(available.len() < Engine::ALL.len(), "no CPU has the instructions of several families");
    let build = |engine| Extractor::builder().patterns(PatternSet::seed()).engine(engine).build();
    for (engine, name) in Engine::ALL {
        match build(engine) {
            Ok(_) => assert!(available.contains(&engine), "{name}"),
            Err(error) => {
                assert!(!available.contains(&engine) && matches!(error, BuildError::Instructions), "{name}: {error}");
            }
        }
    }
    if let Ok(simd) = build(Engine::Simd) {
        assert_eq!(build(Engine::Auto).unwrap().engine_name(), simd.engine_name());
    }
}

#[test]
fn all_regexes_together_on_a_long_text() {
    let patterns = REGEXES.iter().enumerate().filter_map(|(i, regex)| {
        let pattern = Pattern::regex(format!("p{i}"), RelationType::Causal, *regex);
        PatternSet::new([pattern.clone()]).is_ok().then_some(pattern)
    });
    let patterns = PatternSet::new(patterns).unwrap();
    assert!(patterns.len() > 20, "most of the regexes are sound");
    // Several chunks, with lines longer and shorter than one.
    let line = "A dog is a mammal and ΑΣ causes İt is an É after b a c; x was B ";
    let text = [line.repeat(3), line.repeat(1_200), format!("{line}\n").repeat(900)].join("\n");
    check(&patterns, &text).unwrap();
}

/// Lines that lie close together are lowered together, unless a character changes that is not ASCII: every line of many
/// strips, with all that a line may have, next to every other, and some far from the next.
#[test]
fn lines_close_together_and_far_apart() {
    let lines = [
        "Heavy Rain CAUSES Floods",
        "An Owl’s nest is a HOME; it Contains Eggs and includes Owls",
        "ÉVORA is a Town",
        "no trigger here, but for ΑΣ",
        "İzmir is a CITY \u{212a}",
        " leads to Nothing",
        "汉字 means 字 AND refers to 😀",
        "",
    ];
    // A generator of random numbers (PCG), so that every run is the same.
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut text = String::new();
    while text.len() < 200_000 {
        let before = if random(5) == 0 { random(700) } else { 0 };
        text += &"Some words ".repeat(before / 11);
        text += lines[random(if text.len() % 50_000 < 25_000 { 2 } else { lines.len() })];
        text += &" and SO on".repeat(random(4) * random(4));
        text.push('\n');
    }
    let engines = common::engines(&PatternSet::seed());
    let want = common::extract(&engines[0].1, &text);
    assert!(want.len() > 1_500, "{}", want.len());
    for (name, extractor) in &engines[1..] {
        assert!(common::extract(extractor, &text) == want, "{name}");
    }
}

/// Text that a fast path gives up on is searched by another engine, a part at a time, with the same result: what is
/// dense, what is not, lines and a document that begin in the one and end in the other.
#[test]
fn text_dense_with_parts_of_triggers() {
    let dense = |bytes: usize, feed: &str| format!("{}{feed}", "olv".repeat(33)).repeat(bytes / 100);
    let sentences = |count: usize| "Rain causes floods.\nAn owl is a BIRD\n".repeat(count);
    let texts = [
        dense(100_000, "\n"),
        [sentences(100), dense(40_000, "\n"), sentences(100)].concat(),
        [dense(40_000, " "), " leads to ".into(), dense(40_000, " "), sentences(3_000)].concat(),
        [sentences(200), dense(1_100_000, "\n"), sentences(500), dense(60_000, "\n"), "İ causes \u{212a}".into()]
            .concat(),
    ];
    let engines = common::engines(&PatternSet::seed());
    for text in texts {
        let want = common::extract(&engines[0].1, &text);
        for (name, extractor) in &engines[1..] {
            let got = common::extract(extractor, &text);
            assert_eq!(got.len(), want.len(), "{name}");
            for (got, want) in got.iter().zip(&want) {
                assert_eq!(got, want, "{name}");
            }
        }
    }
}
