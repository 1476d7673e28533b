//! What is asked of the head of an argument, as far as the word alone tells. Few words are most heads: each is asked all
//! that any pattern asks once, and its answers are remembered, a bit each.

use std::collections::HashMap;
use std::hint::select_unpredictable;

use super::class::{self, Classes};
use super::glance::Mask;

/// What must hold of a head. All of it depends on nothing but the word in small letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HeadTest {
    /// The head must be of none of these classes.
    pub(super) forbidden: Classes,
    /// And of each of these.
    pub(super) required: Classes,
    /// And none of these words.
    pub(super) refused: Vec<Box<str>>,
    /// And of each of these one must hold.
    pub(super) asked: Vec<OneOf>,
}

/// One of these must hold of a head: it is of one of the classes, or lacks one of others, or is one of the words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OneOf {
    pub(super) classes: Classes,
    pub(super) lacking: Classes,
    pub(super) words: Vec<Box<str>>,
}

impl OneOf {
    /// Whether it holds of `word`, which is of `classes`.
    pub(super) fn holds(&self, word: &str, classes: Classes) -> bool {
        self.holds_of(classes, |words| is_one_of(word, words))
    }

    fn holds_of(&self, classes: Classes, is_one: impl Fn(&[Box<str>]) -> bool) -> bool {
        classes.any(self.classes) || classes.and(self.lacking) != self.lacking || is_one(&self.words)
    }

    /// Whether it asks nothing of the capital, which one word may have here and not there.
    pub(super) fn is_of_word(&self) -> bool {
        !self.classes.or(self.lacking).any(class::CAPITAL)
    }
}

fn is_one_of(word: &str, words: &[Box<str>]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

impl HeadTest {
    /// Asks for this as well.
    pub(super) fn add(&mut self, one_of: OneOf) {
        match (one_of.classes.is_empty(), one_of.lacking.is_empty(), one_of.words.as_slice()) {
            (false, true, []) if one_of.classes.is_one() => self.required |= one_of.classes,
            (true, false, []) if one_of.lacking.is_one() => self.forbidden |= one_of.lacking,
            _ => self.asked.push(one_of),
        }
    }

    /// Whether there is nothing that is asked.
    pub(super) fn is_empty(&self) -> bool {
        *self == HeadTest::default()
    }

    /// Whether it holds of `word`, which is of `classes`.
    pub(super) fn holds(&self, word: &str, classes: Classes) -> bool {
        self.holds_of(classes, |words| is_one_of(word, words))
    }

    /// The same of a word of which `is_one` tells whether it is one of some.
    fn holds_of(&self, classes: Classes, is_one: impl Fn(&[Box<str>]) -> bool) -> bool {
        !classes.any(self.forbidden)
            && classes.and(self.required) == self.required
            && self.asked.iter().all(|one_of| one_of.holds_of(classes, &is_one))
            && !is_one(&self.refused)
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.refused.iter().chain(self.asked.iter().flat_map(|one_of| &one_of.words)).map(|word| &**word)
    }
}

/// Which tests hold of a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers(u64);

/// The bit that is set once a word was asked.
const KNOWN: u64 = 1 << 63;

impl Answers {
    /// Whether anybody has asked.
    #[inline]
    fn are_known(self) -> bool {
        self.0 & KNOWN != 0
    }

    /// The same answers, if anybody has asked.
    #[inline]
    pub(super) fn known(self) -> Option<Answers> {
        self.are_known().then_some(self)
    }

    /// Whether the test holds.
    #[inline]
    pub(super) fn hold(self, question: Question) -> bool {
        self.0 & question.0 != 0
    }

    /// A bit for each posting but those that ask what does not hold.
    #[inline]
    pub(super) fn kept(self, asked: &[(Question, Mask)]) -> Mask {
        asked.iter().fold(Mask::MAX, |kept, &(question, postings)| {
            kept & select_unpredictable(self.hold(question), Mask::MAX, !postings)
        })
    }

    pub(super) fn bits(self) -> u64 {
        self.0
    }

    /// What either says.
    #[inline]
    pub(super) fn or(self, other: Answers) -> Answers {
        Answers(self.0 | other.0)
    }
}

/// The bit of a test in [`Answers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question(u64);

/// All tests that have a bit.
#[derive(Debug, Default)]
pub(crate) struct Questions {
    tests: Vec<HeadTest>,
    /// The answers of the words that any of them names, by key. All other words of the same classes answer the same.
    named: HashMap<u64, Answers, foldhash::fast::FixedState>,
}

impl Questions {
    /// The bit of `test`; `None` if there is none left.
    pub(super) fn add(&mut self, test: &HeadTest) -> Option<Question> {
        let number = self.tests.iter().position(|known| known == test).unwrap_or(self.tests.len());
        let bit = 1 << u32::try_from(number).ok().filter(|&number| number < KNOWN.trailing_zeros())?;
        if number == self.tests.len() {
            self.tests.push(test.clone());
        }
        Some(Question(bit))
    }

    /// Asks the words that the tests name, once all have been added.
    pub(super) fn ask_named(&mut self, key_and_classes: impl Fn(&str) -> (u64, Classes)) {
        for word in self.tests.iter().flat_map(HeadTest::words) {
            let (key, classes) = key_and_classes(word);
            self.named.insert(key, answers(&self.tests, |test| test.holds(word, classes)));
        }
    }

    /// The answers of the ASCII word with this key, if a test names it.
    pub(super) fn of_named(&self, key: u64) -> Option<Answers> {
        self.named.get(&key).copied()
    }

    /// The answers of every other word of these classes.
    pub(super) fn of_classes(&self, classes: Classes) -> Answers {
        answers(&self.tests, |test| test.holds_of(classes, |_| false))
    }
}

fn answers(tests: &[HeadTest], holds: impl Fn(&HeadTest) -> bool) -> Answers {
    let bits = (0..).zip(tests).map(|(number, test)| u64::from(holds(test)) << number);
    Answers(bits.fold(KNOWN, |all, bit| all | bit))
}
