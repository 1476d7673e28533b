//! What the word before a trigger tells of the left argument, before any token is cut.

use super::class::{self, Classes};
use super::glance::Key;
use super::subject::Distance;

/// What is asked of the word before a trigger.
#[derive(Clone, Debug)]
pub(super) struct QuickLeft {
    /// What is asked of it as the head of the left argument.
    pub(super) head: QuickHead,
    pub(super) distance: Distance,
    pub(super) verbal: bool,
    /// Whether it must not be a pronoun.
    pub(super) refuses_pronouns: bool,
    /// Whether it must not be the `to` of an infinitive.
    pub(super) refuses_infinitives: bool,
}

/// What must hold of the head of an argument, as far as the head alone tells.
#[derive(Clone, Debug, Default)]
pub(super) struct QuickHead {
    /// The head must be of none of these classes.
    pub(super) forbidden: Classes,
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
    /// Whether the word `key` of these closed classes may stand before the trigger.
    pub(super) fn may_lead(&self, key: Key, closed: Classes) -> bool {
        // No phrase ends with a word of a closed class; but the one that opens the sentence may be far away.
        let may_end = !closed.any(class::STOP) || closed.any(class::PRONOUN) || self.distance == Distance::Opening;
        may_end || self.leads_on(key, closed)
    }

    /// Whether the word may be the head of the left argument, or lead to it.
    pub(super) fn may_be(&self, key: Key, classes: Classes) -> bool {
        self.leads_on(key, classes) || self.head.may_be(key, classes)
    }

    /// Whether the word leads to a noun before it, or is a part of the verb.
    fn leads_on(&self, key: Key, closed: Classes) -> bool {
        const VERBAL: Classes =
            class::AUXILIARY.or(class::NEGATION).or(class::LIGHT_ADVERB).or(class::HEDGE).or(class::RAISING);
        const LONGER: Key = Key::of_bytes(*b"longer\0\0");
        closed.any(class::RELATIVE) || (self.verbal && (closed.any(VERBAL) || key == Key::TO || key == LONGER))
    }
}

impl QuickHead {
    /// Whether there is nothing that is asked.
    pub(super) fn is_empty(&self) -> bool {
        self.forbidden.is_empty() && self.asked.is_empty()
    }

    fn may_be(&self, key: Key, classes: Classes) -> bool {
        let holds = |one_of: &OneOf| {
            classes.any(one_of.classes) || classes.and(one_of.lacking) != one_of.lacking || one_of.words.contains(&key)
        };
        !classes.any(self.forbidden) && self.asked.iter().all(holds)
    }
}
