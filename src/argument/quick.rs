//! What the word before a trigger tells of the left argument, before any token is cut.

use super::class::{self, Classes, STOP};
use super::glance::Key;

/// What is asked of the word before a trigger.
#[derive(Clone, Debug)]
pub(super) struct QuickLeft {
    /// What is asked of it as the head of the left argument.
    pub(super) head: QuickHead,
    /// Whether it may be a part of the verb; then it is not the `to` of an infinitive without a subject.
    pub(super) verbal: bool,
    /// Whether it may be a pronoun that is the only left argument.
    pub(super) pronouns: bool,
    /// Whether the argument is no farther away than the rules look: not so the phrase that opens the sentence.
    pub(super) near: bool,
}

/// What a word before a trigger is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// No phrase ends with it.
    pub(super) no_end: bool,
    /// No phrase ends with it, but it may be a part of a verb.
    pub(super) verbal: bool,
}

/// What must hold of the head of an argument, as far as the head alone tells.
#[derive(Clone, Debug, Default)]
pub(super) struct QuickHead {
    /// The head must be of none of these classes.
    pub(super) forbidden: Classes,
    /// And of each of these.
    pub(super) required: Classes,
    /// And each of these must hold.
    pub(super) asked: Vec<OneOf>,
}

/// One of these must hold of a head: it is of one of the classes, or lacks one of others, or is one of the words.
#[derive(Clone, Debug, Default)]
pub(super) struct OneOf {
    pub(super) classes: Classes,
    pub(super) lacking: Classes,
    pub(super) words: Vec<Key>,
}

impl QuickLeft {
    /// Whether the word may be the head of the left argument, or lead to it.
    pub(super) fn may_be(&self, key: Key, classes: Classes) -> bool {
        let leads_on = classes.any(class::RELATIVE) || (self.verbal && may_be_verbal(key, classes));
        leads_on || self.head.may_be(key, classes)
    }
}

/// What the closed classes of a word before a trigger tell.
#[inline]
pub(super) fn facts(key: Key, closed: Classes) -> Facts {
    let ends_none = closed.any(STOP) && !closed.any(class::PRONOUN.or(class::RELATIVE));
    let verbal = may_be_verbal(key, closed);
    Facts { no_end: ends_none && !verbal, verbal: ends_none && verbal }
}

/// Whether the word may be a part of a verb.
#[inline]
fn may_be_verbal(key: Key, closed: Classes) -> bool {
    const VERBAL: Classes =
        class::AUXILIARY.or(class::NEGATION).or(class::LIGHT_ADVERB).or(class::HEDGE).or(class::RAISING);
    const LONGER: Key = Key::of_bytes(*b"longer\0\0");
    closed.any(VERBAL) || key == Key::TO || key == LONGER
}

impl QuickHead {
    /// Whether there is nothing that is asked.
    pub(super) fn is_empty(&self) -> bool {
        self.forbidden.or(self.required).is_empty() && self.asked.is_empty()
    }

    fn may_be(&self, key: Key, classes: Classes) -> bool {
        let holds = |one_of: &OneOf| {
            classes.any(one_of.classes) || classes.and(one_of.lacking) != one_of.lacking || one_of.words.contains(&key)
        };
        !classes.any(self.forbidden) && classes.and(self.required) == self.required && self.asked.iter().all(holds)
    }
}
