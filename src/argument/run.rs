//! A glance at the words after a trigger: what the head of the right argument may be, before any token is cut.

use super::class::{self, Classes, DETERMINING};
use super::glance::Glance;
use super::head::Answers;

/// A run of more words is left to the tokens.
const RUN_LIMIT: usize = 8;

impl Glance<'_> {
    /// What those words answer of which one is surely the head of the phrase that begins with the word at byte `start`, if
    /// there is a phrase; `None` if more than single words between spaces has to be looked at to tell.
    ///
    /// What it rests on: no phrase goes on beyond a word of a closed class or a mark, once it has a word that can only be a
    /// noun. (Until then, words that are joined by commas or conjunctions may belong to it.)
    pub(super) fn heads_after(self, mut start: usize) -> Option<Answers> {
        let bytes = self.text.as_bytes();
        let mut all = Answers::default();
        // Whether a word came that is no determiner, and one that is no modifier.
        let (mut begun, mut has_noun) = (false, false);
        for _ in 0..RUN_LIMIT {
            let len = bytes[start..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            if len == 0 {
                return None;
            }
            let end = start + len;
            let next = bytes.get(end).copied().unwrap_or(b'\n');
            let word = self.vocabulary.known(self.text, start..end);
            let classes = word.classes;
            if classes.is_closed_word() {
                if has_noun && ends_word(next) && len > 1 {
                    return Some(all);
                }
                // `of these`, where there is no noun, and `of these cats`
                if begun || !classes.any(DETERMINING) || next != b' ' {
                    return None;
                }
            } else {
                begun = true;
                has_noun |= !may_modify(classes, &bytes[start..end]);
            }
            if !classes.is_closed_word() || classes.any(class::PRONOUN) {
                all = all.or(word.answers.known()?);
            }
            let after = bytes.get(end + 1).copied().unwrap_or(b'\n');
            match next {
                b' ' if classes.any(class::MEASURE.or(class::NUMERAL)) && after.eq_ignore_ascii_case(&b'o') => {
                    return None;
                }
                b' ' if after.is_ascii_alphabetic() => start = end + 1,
                b' ' if after == b'(' && has_noun => return Some(all),
                b',' if has_noun => return Some(all),
                b'\n' | b';' | b':' | b'!' | b'?' | b')' => return Some(all),
                // `St. Louis`
                b'.' if len > 3 && matches!(after, b' ' | b'\n') => return Some(all),
                _ => return None,
            }
        }
        None
    }
}

/// Whether a word may stand before the noun of its phrase as more than a noun.
fn may_modify(classes: Classes, word: &[u8]) -> bool {
    classes.any(class::MODIFIER.or(class::ING).or(class::ADVERB)) || word.ends_with(b"ly")
}

/// Whether a word surely ends before this byte.
fn ends_word(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b',' | b';' | b':' | b'!' | b'?' | b')')
}

#[cfg(test)]
mod tests {
    use super::super::head::{HeadTest, OneOf, Question, Questions};
    use super::super::lexicon::Lexicon;
    use super::super::phrase::Sentence;
    use super::super::recent::Recent;
    use super::super::token::tokenize;
    use super::super::vocabulary::Vocabulary;
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// Parts of a phrase, and of what may follow it.
    const PARTS: [&str; 48] = [
        "the ",
        "a ",
        "his ",
        "these ",
        "that ",
        "such ",
        "all ",
        "one ",
        "two ",
        "no ",
        "kind of ",
        "a number of ",
        "of ",
        "only ",
        "mainly ",
        "very ",
        "big ",
        "old ",
        "heated ",
        "running ",
        "cat",
        "cats",
        "horse",
        "rain",
        "causes",
        "US",
        "being",
        "half",
        "A",
        "I",
        "it",
        "them",
        "use",
        "time ",
        "St",
        "Mt",
        " ",
        " ",
        " ",
        ", ",
        ". ",
        " and ",
        "'s ",
        "\" ",
        " (",
        "-",
        "\u{e9} ",
        "longest-known ",
    ];

    static TESTS: LazyLock<Vec<HeadTest>> = LazyLock::new(|| {
        let one_of = |classes| OneOf { classes, ..OneOf::default() };
        let words = |words: &[&str]| words.iter().map(|&word| word.into()).collect::<Vec<_>>();
        vec![
            HeadTest { required: class::NOUN, ..HeadTest::default() },
            HeadTest { forbidden: class::ANIMAL.or(class::PRONOUN), ..HeadTest::default() },
            HeadTest { refused: words(&["time", "use"]), ..HeadTest::default() },
            HeadTest { asked: vec![one_of(class::ANIMAL.or(class::PHENOMENON))], ..HeadTest::default() },
            HeadTest {
                asked: vec![OneOf { words: words(&["rain", "it"]), ..OneOf::default() }],
                ..HeadTest::default()
            },
            HeadTest { required: class::PLURAL, forbidden: class::MODIFIER, ..HeadTest::default() },
        ]
    });

    static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::english);

    fn questions() -> (Questions, Vec<Question>) {
        let mut questions = Questions::default();
        let bits = TESTS.iter().map(|test| questions.add(test).unwrap()).collect();
        questions.ask_named(|word| Vocabulary::key_and_classes(&LEXICON, word));
        (questions, bits)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn the_head_is_one_of_those_asked(parts in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 1..9)) {
            let text = parts.concat();
            let ((questions, bits), recent) = (questions(), Recent::default());
            let vocabulary = Vocabulary { lexicon: &LEXICON, recent: &recent, questions: Some(&questions) };
            let mut tokens = Vec::new();
            tokenize(&text, 0..text.len(), &mut tokens);
            let sentence = Sentence { text: &text, tokens: &tokens, vocabulary };
            for at in 0..tokens.len() {
                let holds = |test: &HeadTest| test.holds(sentence.word(at), sentence.classes(at));
                if let Some(answers) = sentence.answers(at) {
                    prop_assert!(TESTS.iter().zip(&bits).all(|(test, &bit)| answers.hold(bit) == holds(test)), "{}", text);
                }
            }
            let asked = Glance { text: &text, vocabulary }.heads_after(0);
            if let (Some(answers), Some(phrase)) = (asked, sentence.right(0, tokens.len())) {
                let (word, classes) = (sentence.word(phrase.head), sentence.classes(phrase.head));
                let missed = TESTS.iter().zip(&bits).any(|(test, &bit)| test.holds(word, classes) && !answers.hold(bit));
                prop_assert!(!missed, "{:?} of {:?}", word, text);
            }
        }
    }
}
