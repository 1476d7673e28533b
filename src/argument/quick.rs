//! What the word before a trigger tells of the left argument, before any token is cut.

use super::class::{self, Classes, STOP};
use super::glance::Key;
use super::subject::Distance;

/// What is asked of the word before a trigger.
#[derive(Clone, Debug)]
pub(super) struct QuickLeft {
    /// What is asked of it as the head of the left argument.
    pub(super) head: QuickHead,
    verbal: bool,
    /// What must not hold of it.
    pub(super) refused_by: Facts,
}

/// What speaks against a word before a trigger, for some rules or for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts(u8);

impl Facts {
    /// It is a pronoun, and the only left argument.
    pub(super) const PRONOUN: Facts = Facts(1);
    /// It is the `to` of an infinitive that has no subject.
    pub(super) const INFINITIVE: Facts = Facts(2);
    /// No phrase ends with it.
    const NO_END: Facts = Facts(4);
    /// No phrase ends with it, but it may be a part of a verb.
    const VERBAL: Facts = Facts(8);

    pub(super) const fn or(self, other: Facts) -> Facts {
        Facts(self.0 | other.0)
    }

    pub(super) const fn any(self, of: Facts) -> bool {
        self.0 & of.0 != 0
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }
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
    /// For a rule whose left argument is so far away. `pronouns`: whether it takes them.
    pub(super) fn new(head: QuickHead, distance: Distance, verbal: bool, pronouns: bool) -> Self {
        let mut refused_by = if pronouns { Facts::default() } else { Facts::PRONOUN };
        if verbal {
            refused_by = refused_by.or(Facts::INFINITIVE);
        }
        // The phrase that opens the sentence may be far away.
        if distance != Distance::Opening {
            refused_by = refused_by.or(Facts::NO_END);
            if !verbal {
                refused_by = refused_by.or(Facts::VERBAL);
            }
        }
        QuickLeft { head, verbal, refused_by }
    }

    /// Whether the word may be the head of the left argument, or lead to it.
    pub(super) fn may_be(&self, key: Key, classes: Classes) -> bool {
        let leads_on = classes.any(class::RELATIVE) || (self.verbal && may_be_verbal(key, classes));
        leads_on || self.head.may_be(key, classes)
    }
}

/// What the closed classes of a word before a trigger tell.
pub(super) fn facts(key: Key, closed: Classes) -> Facts {
    if !closed.any(STOP) || closed.any(class::PRONOUN.or(class::RELATIVE)) {
        Facts::default()
    } else if may_be_verbal(key, closed) {
        Facts::VERBAL
    } else {
        Facts::NO_END
    }
}

/// Whether the word may be a part of a verb.
fn may_be_verbal(key: Key, closed: Classes) -> bool {
    const VERBAL: Classes =
        class::AUXILIARY.or(class::NEGATION).or(class::LIGHT_ADVERB).or(class::HEDGE).or(class::RAISING);
    const LONGER: Key = Key::of_bytes(*b"longer\0\0");
    closed.any(VERBAL) || key == Key::TO || key == LONGER
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
