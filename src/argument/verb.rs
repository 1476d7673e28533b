//! The verb group before a trigger: auxiliaries, adverbs, negation, hedges, and verbs like `seem to`.

use super::class;
use super::named;
use super::phrase::Sentence;

/// What stands between the subject and the verb of a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VerbGroup {
    /// The first token of the group; the trigger itself if there is none.
    pub(crate) start: usize,
    pub(crate) negated: bool,
    pub(crate) hedged: bool,
    /// Whether the verb is an infinitive whose subject is elsewhere: `in order to cause`.
    pub(crate) infinitive: bool,
}

impl Sentence<'_> {
    /// The verb group that ends where the verb at token `verb` begins.
    pub(crate) fn verb_group(&self, verb: usize) -> VerbGroup {
        let mut group = VerbGroup { start: verb, negated: false, hedged: false, infinitive: false };
        while let Some(at) = group.start.checked_sub(1) {
            let classes = self.classes(at);
            if self.is(at, named::LONGER) && at > 0 && self.is(at - 1, named::NO) {
                group.negated = true;
                group.start = at - 1;
                continue;
            }
            if classes.any(class::NEGATION) {
                group.negated = true;
            } else if self.is_auxiliary(at) || self.is_adverb_of_verb(at) || self.is(at, named::LIKELY) {
                group.hedged |= classes.any(class::HEDGE);
            } else if self.is(at, named::TO) {
                let raising = at.checked_sub(1).filter(|&before| self.has(before, class::RAISING));
                let Some(raising) = raising else {
                    group.infinitive = true;
                    break;
                };
                group.hedged |= self.has(raising, class::HEDGE);
                group.start = raising;
                continue;
            } else if self.is_reported(at) {
                group.hedged = true;
            } else {
                break;
            }
            group.start = at;
        }
        group
    }

    /// Whether the participle at token `at` follows a form of `be`, adverbs apart.
    pub(crate) fn is_passive(&self, at: usize) -> bool {
        let before = (0..at).rev().find(|&before| !self.is_adverb_of_verb(before));
        before.is_some_and(|before| self.is(before, named::BE))
    }

    /// Whether the word at `at` is a form in -ing or a past form, and neither noun nor adjective.
    pub(crate) fn is_participial(&self, at: usize) -> bool {
        let classes = self.classes(at);
        classes.any(class::ING.or(class::PAST)) && !classes.any(class::NOUN.or(class::ADJECTIVE).or(class::HYPHEN))
    }

    /// An auxiliary; `'s` may be one too.
    fn is_auxiliary(&self, at: usize) -> bool {
        self.has(at, class::AUXILIARY)
    }

    fn is_adverb_of_verb(&self, at: usize) -> bool {
        let classes = self.classes(at);
        let in_ly = self.is(at, named::IN_LY) && self.word(at).ends_with("ly");
        classes.any(class::LIGHT_ADVERB) || (in_ly && !classes.any(class::NOUN))
    }

    /// `is believed caused by`
    fn is_reported(&self, at: usize) -> bool {
        self.has(at, class::HEDGE) && self.has(at, class::RAISING) && self.has(at, class::PAST)
    }
}
