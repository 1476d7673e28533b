//! What the word before a trigger tells of the left argument, before any token is cut.

use super::class::{self, Classes, STOP};
use super::glance::Key;
use super::head::Question;
use super::subject::Distance;

/// What is asked of the word before a trigger.
#[derive(Clone, Debug)]
pub(super) struct QuickLeft {
    /// What is asked of it as the head of the left argument, if it is that or leads to it as a relative pronoun.
    pub(super) head: Option<Question>,
    /// Whether it may be a part of the verb; then it is not the `to` of an infinitive without a subject.
    pub(super) verbal: bool,
    /// Whether it may be a pronoun that is the only left argument.
    pub(super) pronouns: bool,
    /// How far away the argument may be.
    pub(super) distance: Distance,
}

/// What a word before a trigger is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// No phrase ends with it.
    pub(super) no_end: bool,
    /// No phrase ends with it, but it may be a part of a verb.
    pub(super) verbal: bool,
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
