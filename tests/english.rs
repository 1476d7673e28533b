//! The packs of rules: their examples, what sentences of each kind give, and that neither wrapping nor the cutting of work
//! changes anything.

mod common;

use common::extract;
use proptest::prelude::*;
use relscan::{Document, Extractor, OwnedAssociation, PatternSet, Polarity, Workers, replay};

/// Pattern, source and target.
type Triple = (&'static str, &'static str, &'static str);

fn pairs(found: &[OwnedAssociation]) -> Vec<(&str, &str, &str)> {
    found.iter().map(|a| (a.pattern.as_str(), a.source.as_str(), a.target.as_str())).collect()
}

#[test]
fn every_example_of_every_pack_holds() {
    for patterns in [PatternSet::english(), PatternSet::open(), PatternSet::biomedical(), PatternSet::organisations()] {
        for pattern in &patterns {
            assert!(pattern.examples().iter().any(|example| !example.expect.is_empty()), "{}", pattern.name());
        }
        let extractor = Extractor::builder().patterns(patterns).build().unwrap();
        let failures: Vec<String> = extractor.check_examples().iter().map(ToString::to_string).collect();
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}

#[test]
fn negation_hedges_and_pronouns_are_marked() {
    let all = Extractor::builder().negated(true).pronouns(true).build().unwrap();
    let usual = Extractor::builder().build().unwrap();
    let text = "Rain does not cause floods. Rain may cause floods. It causes floods. Rain causes floods.";
    let found = extract(&all, text);
    let marks: Vec<_> = found.iter().map(|a| (a.negated, a.hedged, a.pronoun)).collect();
    assert_eq!(marks, [(true, false, false), (false, true, false), (false, false, true), (false, false, false)]);
    assert!((found[1].confidence - found[3].confidence * relscan::Association::HEDGE_FACTOR).abs() < 1e-12);
    assert_eq!(extract(&usual, text).len(), 2);
}

/// What sentences must give as (pattern, source, target), by the construction that they show.
const SENTENCES: &[(&str, &[Triple])] = &[
    // Clauses that are coordinated give their own edges only.
    (
        "Smoking causes lung cancer and rain causes floods.",
        &[("bring-about", "smoking", "lung cancer"), ("bring-about", "rain", "floods")],
    ),
    // A predicate that is coordinated shares the subject.
    (
        "The quake destroyed houses and caused deaths.",
        &[("harms", "quake", "houses"), ("bring-about", "quake", "deaths")],
    ),
    // Relative clauses, with a pronoun and without.
    ("Smoking, which leads to cancer, is banned.", &[("bring-about", "smoking", "cancer")]),
    ("The drugs he sold had caused harm.", &[("bring-about", "drugs", "harm")]),
    // What modifies the subject is no subject.
    ("The effort to reach the shore caused delays.", &[("bring-about", "effort to reach the shore", "delays")]),
    ("Lesions of the spine cause pain.", &[("bring-about", "lesions of the spine", "pain")]),
    ("Storms which lashed the coast caused floods.", &[("bring-about", "storms", "floods")]),
    // A participle after a comma has the clause for a subject.
    ("The dam broke, causing a flood.", &[("bring-about", "dam broke", "flood")]),
    // What verbs hang on is seen through.
    ("The virus is known to cause fever.", &[("bring-about", "virus", "fever")]),
    // Denied by what governs the clause.
    ("There is no evidence that rain causes drought.", &[]),
    ("The pump failed to cause damage.", &[]),
    // Gerunds are subjects, with their objects.
    ("Smoking cigarettes causes cancer.", &[("bring-about", "smoking cigarettes", "cancer")]),
    // Quantifiers are seen through.
    ("A lot of accidents are caused by drivers.", &[("bring-about", "drivers", "accidents")]),
    // Nothing is read over the end of a sentence or a paragraph.
    ("He likes rain. Causes of floods vary.", &[]),
    ("Heavy rain\n\ncauses floods.", &[]),
    // One line break is white space.
    ("Heavy\nrain\ncauses\nfloods.", &[("bring-about", "heavy rain", "floods")]),
];

#[test]
fn sentences_give_what_they_say() {
    let extractor = Extractor::builder().build().unwrap();
    for (text, want) in SENTENCES {
        assert_eq!(pairs(&extract(&extractor, text)), *want, "{text:?}");
    }
}

#[test]
fn records_tell_predicate_polarity_and_sentence() {
    let rules = r#"
[lists]
bad = ["damage", "wreck"]
[[rule]]
name = "harms"
relation = "causal"
verbs = ["@bad"]
polarity = "negative"
"#;
    let patterns = PatternSet::parse("rules", rules).unwrap();
    let extractor = Extractor::builder().patterns(patterns).build().unwrap();
    let text = "It rained. The hail damaged\ncrops.";
    let found = extract(&extractor, text);
    assert_eq!(pairs(&found), [("harms", "hail", "crops")]);
    assert_eq!(found[0].predicate.as_deref(), Some("damage"));
    assert_eq!(found[0].polarity, Some(Polarity::Negative));
    assert_eq!(&text[found[0].sentence.unwrap().range()], "The hail damaged\ncrops.");
    assert_eq!(found[0].line, 1);
}

#[test]
fn wrong_rules_are_refused_with_their_place() {
    let cases = [
        ("verbs = []", "a rule needs `verbs`"),
        ("verbs = [\"@none\"]", "there is no list `none`"),
        ("sequences = [\"source=NP such as\"]", "one `source=` and one `target=`"),
        ("sequences = [\"source=NP target=NP\"]", "needs a word or a mark"),
        ("sequences = [\"source=NOUN such target=NP\"]", "`NOUN` cannot be an argument"),
        ("verbs = [\"cause\"]\nsource = \"agent\"", "`agent` is no phrase of a rule"),
        ("verbs = [\"cause\"]\nsource-is = \"large\"", "`large` is no condition"),
        ("verbs = [\"cause\"]\ncolour = \"red\"", "unknown key `colour`"),
        ("verbs = \"cause\"", "must be a list of strings"),
        ("adjectives = [\"due because\"]", "`because` is no preposition"),
    ];
    for (body, want) in cases {
        let file = format!("[[rule]]\nname = \"x\"\nrelation = \"causal\"\n{body}\n");
        let errors = PatternSet::parse("own.toml", &file).unwrap_err();
        let said = errors.to_string();
        assert!(said.contains(want) && said.starts_with("own.toml:"), "{body}: {said}");
    }
}

/// Paragraphs that hold what rules look for.
fn paragraph() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "Heavy rain",
        "smoking",
        "the storm",
        "causes",
        "caused",
        "leads to",
        "floods",
        "cancer",
        "is",
        "a disease",
        "and",
        "which",
        ",",
        "because",
        "after",
        "the war",
        "such as",
        "iron",
        "metals",
        ".",
        "It",
        "does not",
        "may",
        "of",
        "by",
        "(",
        ")",
        "people",
        "to leave",
        "called",
        "in 1998",
        "\u{201c}",
        "that",
    ]);
    prop::collection::vec(words, 1..40).prop_map(|words| words.join(" "))
}

fn found_in(extractor: &Extractor, text: &str) -> Vec<(String, String, String)> {
    extract(extractor, text).into_iter().map(|a| (a.pattern, a.source, a.target)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Wrapping at any width changes nothing.
    #[test]
    fn wrapping_changes_nothing(text in paragraph(), width in 8usize..80) {
        let extractor = Extractor::builder().build().unwrap();
        let mut wrapped = String::new();
        let mut column = 0;
        for word in text.split(' ') {
            if column > 0 {
                let breaks = column + word.len() >= width;
                wrapped.push(if breaks { '\n' } else { ' ' });
                column = if breaks { 0 } else { column + 1 };
            }
            wrapped.push_str(word);
            column += word.len();
        }
        prop_assert_eq!(found_in(&extractor, &wrapped), found_in(&extractor, &text), "{:?}", wrapped);
    }

    /// Batches, however they are cut, find what a document by itself gives, and spans stand where the text says.
    #[test]
    fn batches_change_nothing(
        documents in prop::collection::vec(prop::collection::vec(paragraph(), 1..6), 1..5),
        workers in 1usize..4,
        chunk in 1usize..4_000,
    ) {
        let extractor = Extractor::builder().build().unwrap();
        let texts: Vec<String> = documents.iter().map(|paragraphs| paragraphs.join("\n\n")).collect();
        let mut want = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let mut found: Vec<OwnedAssociation> = Vec::new();
            let Ok(_) = extractor.extract_document(&Document::new(text).with_index(index), &mut found);
            for association in &found {
                let lowered = text[association.source_span.range()].to_lowercase();
                prop_assert_eq!(lowered.split_whitespace().collect::<Vec<_>>().join(" "), association.source.clone());
            }
            want.extend(found);
        }
        let mut sink = replay(Vec::<OwnedAssociation>::new());
        let mut batch = extractor.batch().workers(Workers::Exactly(workers)).chunk_bytes(chunk);
        batch.run(&texts, &mut sink).unwrap();
        prop_assert_eq!(sink.into_inner(), want);
    }

    /// Any text is read without a panic.
    #[test]
    fn any_text_is_read(text in "(\\PC|\n|[ ,.()'-]){0,200}") {
        for extractor in [PatternSet::english(), PatternSet::open()].map(|patterns| {
            Extractor::builder().patterns(patterns).negated(true).pronouns(true).build().unwrap()
        }) {
            let _ = extractor.extract(&text);
        }
    }
}
