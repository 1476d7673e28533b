//! The reading of language: tables of cases for each stage, and what must hold of any text.

use std::sync::OnceLock;

use proptest::prelude::*;
use relscan::language::{Analysis, Language, Model, Tag, TrainingToken, sentences, tokens, train};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    text: String,
    expect: Vec<String>,
}

fn check(table: &str, find: impl Fn(&str) -> Vec<String>) {
    let table: Table = toml::from_str(table).unwrap();
    let wrong: Vec<_> = table
        .case
        .iter()
        .filter_map(|case| {
            let found = find(&case.text);
            (found != case.expect).then(|| format!("{}:\n  found  {found:?}\n  wanted {:?}", case.name, case.expect))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn sentences_of(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    sentences(text, Language::english().profile(), |span| found.push(text[span].to_owned()));
    found
}

fn tokens_of(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    tokens(text, 0..text.len(), Language::english().profile(), |span| found.push(text[span].to_owned()));
    found
}

#[test]
fn sentences_end_where_the_table_says() {
    check(include_str!("language/sentences.toml"), sentences_of);
}

#[test]
fn tokens_are_those_of_the_table() {
    check(include_str!("language/tokens.toml"), tokens_of);
}

fn tags_of(text: &str) -> Vec<(String, Tag)> {
    let mut analysis = Analysis::default();
    Language::english().read(text, &mut analysis);
    let sentences = analysis.sentences().len();
    let tokens = (0..sentences).flat_map(|sentence| analysis.tokens(sentence).collect::<Vec<_>>());
    tokens.map(|token| (text[token.span].to_owned(), token.tag)).collect()
}

#[test]
fn verbs_and_nouns_are_told_apart_by_what_stands_around_them() {
    let tag_of = |text: &str, word: &str| tags_of(text).into_iter().find(|(token, _)| token == word).unwrap().1;
    assert_eq!(tag_of("The causes of the war were many.", "causes"), Tag::NounPlural);
    assert_eq!(tag_of("Smoking causes cancer.", "causes"), Tag::VerbThird);
    assert_eq!(tag_of("They want to cause trouble.", "cause"), Tag::VerbBase);
    assert_eq!(tag_of("It was caused by rain.", "caused"), Tag::VerbParticiple);
    assert_eq!(tag_of("He moved to London.", "London"), Tag::Name);
}

/// Tokens and tags, without where they stand.
fn reading(text: &str) -> Vec<Vec<(String, Tag)>> {
    let mut analysis = Analysis::default();
    Language::english().read(text, &mut analysis);
    let sentence = |sentence| analysis.tokens(sentence).map(|token| (text[token.span].to_owned(), token.tag)).collect();
    (0..analysis.sentences().len()).map(sentence).collect()
}

/// `text` with line breaks for spaces, so that lines have at most `width` columns where words allow it.
fn wrap(text: &str, width: usize, indent: &str) -> String {
    let mut wrapped = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        if column > 0 && column + 1 + word.len() > width {
            wrapped.push('\n');
            wrapped.push_str(indent);
            column = 0;
        } else if column > 0 {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += word.len();
    }
    wrapped
}

#[test]
fn wrapping_real_text_changes_no_reading() {
    let text = include_str!("../examples/data/jargon.txt");
    // A line that begins with a bare `>` is quoted mail, one between bars a row of a table: pictures of letters are left out.
    let plain =
        |line: &&str| !line.contains("  ") && !line.contains('\t') && !line.contains(" >") && !line.contains(" |");
    let paragraphs: Vec<&str> = text.lines().filter(plain).step_by(3).collect();
    assert!(paragraphs.len() > 300);
    let mut different = Vec::new();
    for paragraph in &paragraphs {
        let wanted = reading(paragraph);
        for width in [50, 72, 100] {
            for indent in ["", "   ", "> "] {
                let wrapped = wrap(paragraph, width, indent);
                if reading(&wrapped) != wanted {
                    different.push(wrapped);
                }
            }
        }
    }
    assert!(different.is_empty(), "{} paragraphs differ, they are:\n{}", different.len(), different.join("\n===\n"));
}

proptest! {
    #[test]
    fn any_text_is_read_in_order(text in "(\\PC|[ \n\r\t.!?>'’@-]|Dr\\.|n't|\u{ad}|\u{200d}|\u{301}){0,60}") {
        let mut analysis = Analysis::default();
        Language::english().read(&text, &mut analysis);
        let mut last = 0;
        for (number, sentence) in analysis.sentences().enumerate() {
            let tokens: Vec<_> = analysis.tokens(number).collect();
            prop_assert!(!tokens.is_empty());
            prop_assert_eq!(sentence.start, tokens[0].span.start);
            prop_assert_eq!(sentence.end, tokens[tokens.len() - 1].span.end);
            for token in tokens {
                prop_assert!(token.span.start >= last && token.span.start < token.span.end);
                let lost = text[last..token.span.start].chars().filter(|letter| letter.is_alphanumeric());
                prop_assert_eq!(lost.count(), 0);
                prop_assert!(!text[token.span.clone()].contains(char::is_whitespace));
                last = token.span.end;
            }
        }
    }

    #[test]
    fn damaged_models_are_refused_or_read(at in 0usize..2000, byte: u8) {
        let mut bytes = small_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = byte;
        // No panic; a change of a word alone cannot be told.
        let _ = Model::from_bytes(&bytes);
        prop_assert!(Model::from_bytes(&bytes[..at]).is_err());
    }
}

/// A small second language.
fn small_model() -> Model {
    let sentence = |words: &[(&str, &str)]| -> Vec<TrainingToken> {
        let token = |(form, tag): &(&str, &str)| TrainingToken {
            form: (*form).to_owned(),
            tags: Tag::from_treebank(tag, if *tag == "VERB" { "VBZ" } else { "" }).into(),
            lemma: String::new(),
        };
        words.iter().map(token).collect()
    };
    train(
        &[
            sentence(&[("Der", "DET"), ("Regen", "NOUN"), ("fällt", "VERB"), (".", "PUNCT")]),
            sentence(&[("Die", "DET"), ("Flut", "NOUN"), ("kommt", "VERB"), (".", "PUNCT")]),
            sentence(&[("Ein", "DET"), ("Hund", "NOUN"), ("bellt", "VERB"), ("laut", "ADV"), (".", "PUNCT")]),
        ],
        &[],
        &[],
    )
}

fn small_bytes() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| small_model().to_bytes())
}

#[test]
fn a_second_language_is_another_set_of_files() {
    let profile = "continuing = ['z.b']\nclosing = []\nopenings = ['der']\nclitics = []\ncontractions = []";
    let german = Language::new(profile, small_bytes()).unwrap();
    let text = "Der Hund kommt z.B. laut. Die Flut fällt.";
    let mut analysis = Analysis::default();
    german.read(text, &mut analysis);
    assert_eq!(analysis.sentences().len(), 2);
    let tags: Vec<_> = analysis.tokens(1).map(|token| token.tag).collect();
    assert_eq!(tags, [Tag::Determiner, Tag::Noun, Tag::VerbThird, Tag::Mark]);
}

#[test]
fn models_are_the_same_each_time_and_survive_their_bytes() {
    let bytes = small_model().to_bytes();
    assert_eq!(bytes, small_model().to_bytes());
    assert_eq!(Model::from_bytes(&bytes).unwrap().to_bytes(), bytes);
}

#[test]
fn wrong_files_are_refused_with_their_place() {
    let error = |bytes: &[u8]| Model::from_bytes(bytes).unwrap_err().to_string();
    assert!(error(b"relscan-tagger 9\n....").starts_with("byte 0 of the model: this is not a model of this version"));
    let bytes = small_bytes();
    assert!(error(&bytes[..bytes.len() - 1]).contains("breaks off"));
    let longer = [bytes, b"x"].concat();
    assert!(error(&longer).starts_with(&format!("byte {} of the model: the model should end here", bytes.len())));
    let profile = Language::new("continuing = 3", bytes).unwrap_err().to_string();
    assert!(profile.contains("line 1") && profile.contains("continuing"), "{profile}");
}
