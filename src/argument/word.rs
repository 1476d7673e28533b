//! What a word is where it stands: noun or verb, part of a name, of a phrase or of none. There is no tagger: what the
//! lexicon leaves open is told from the words next to it.

use super::class::{self, DETERMINING, STOP};
use super::named;
use super::phrase::{Phrase, Sentence};

impl Sentence<'_> {
    /// Whether the head may be a noun: not so an adjective or an adverb alone.
    pub(crate) fn is_nominal(&self, phrase: &Phrase) -> bool {
        const ENDINGS: [&str; 6] = ["able", "ible", "ive", "ous", "ful", "less"];
        let head = self.classes(phrase.head);
        let other = class::ADJECTIVE.or(class::ADVERB);
        // What looks like an adjective is one, unless a determiner makes it a noun.
        let adjectival = head.any(class::ADJECTIVE)
            && phrase.determiner.is_none()
            && phrase.head == phrase.start
            && ENDINGS.iter().any(|ending| self.word(phrase.head).ends_with(ending));
        let superlative = self.word(phrase.head).ends_with("iest") && !head.any(class::NOUN.or(class::CAPITAL));
        if adjectival || superlative {
            return false;
        }
        phrase.pronoun
            || head.any(class::NOUN.or(class::PLURAL).or(class::ING).or(class::CAPITAL))
            || !(head.any(other) || self.is_adverb(phrase.head) || head.is_verb_only())
    }

    /// Whether the phrase is an adjective that says something of a subject: `it is clear`, `are right`.
    pub(crate) fn is_predicate(&self, phrase: &Phrase) -> bool {
        let before = |at: usize| self.has(at, class::AUXILIARY.or(class::NEGATION)) || self.is(at, named::EITHER);
        phrase.first == phrase.head
            && self.has(phrase.head, class::ADJECTIVE)
            && !self.has(phrase.head, class::PLURAL)
            && phrase.first.checked_sub(1).is_some_and(before)
    }

    /// Whether the phrase is one bare noun after `in`, `at`, `on` or the like: `in error`, `at work`.
    pub(super) fn is_adverbial(&self, phrase: &Phrase) -> bool {
        phrase.start == phrase.head
            && !self.has(phrase.head, class::PLURAL)
            && phrase.determiner.is_none()
            && phrase.first.checked_sub(1).is_some_and(|at| self.is(at, named::BEFORE_ADVERBIAL))
    }

    /// Whether the phrase only says how something before it is meant: `the system as a whole`, `as a rule`.
    pub(super) fn is_role(&self, phrase: &Phrase) -> bool {
        phrase.first.checked_sub(1).is_some_and(|at| self.is(at, named::AS))
            && self.is(phrase.head, named::ROLE)
            && phrase.head == phrase.start
    }

    /// Whether token `at` is a word written with a capital, other than the first of the sentence.
    pub(super) fn is_name(&self, at: usize) -> bool {
        at > 0 && self.has(at, class::CAPITAL)
    }

    pub(super) fn is_closed(&self, at: usize) -> bool {
        self.classes(at).is_closed_word()
    }

    /// Whether a word that may be a noun is a verb, as the word before it shows: `to study`, `they run`, `does not stop`.
    pub(super) fn is_verb_here(&self, at: usize) -> bool {
        let classes = self.classes(at);
        if !classes.any(class::VERB) || classes.any(class::ING) || self.is(at + 1, named::OF) {
            return false;
        }
        let Some(mut before) = at.checked_sub(1) else { return false };
        while before > 0
            && (self.has(before, class::LIGHT_ADVERB.or(class::NEGATION)) || self.is_adverb(before))
            && !self.has(before, class::AUXILIARY)
        {
            before -= 1;
        }
        if self.is(before, named::TO) {
            return before.checked_sub(1).is_none_or(|verb| !self.is(verb, named::NO_INFINITIVE));
        }
        // `plants that bloom`, `it always stops`
        let relative = self.is(before, named::THAT.or(named::WHICH)) && !classes.any(class::PLURAL.or(class::MODIFIER));
        let after_adverb = before + 1 < at && self.has(before, class::NOUN) && !self.has(before, STOP);
        if relative || after_adverb && !classes.any(class::MODIFIER) {
            return true;
        }
        let passive = classes.any(class::PAST)
            && !classes.any(class::ADJECTIVE)
            && (self.has(before, class::AUXILIARY) || self.is(before, named::BEFORE_PARTICIPLE));
        self.is(before, named::SUBJECT.or(named::WHO)) && !self.is_name(before)
            || self.is(before, named::MODAL)
            || passive
    }

    /// Whether the form in -ing at `at` is a verb with an object: `by making soap`, but not `by rising prices`.
    pub(super) fn is_gerund_here(&self, at: usize) -> bool {
        let classes = self.classes(at);
        let object = self.has(at + 1, class::ADJECTIVE) && !self.has(at + 1, class::NOUN);
        let other = if object { class::HYPHEN } else { class::NOUN.or(class::ADJECTIVE).or(class::HYPHEN) };
        let verb = classes.any(class::ING) && classes.any(class::VERB) && !classes.any(other);
        let joined = class::PREPOSITION.or(class::COMMA).or(class::COORDINATOR).or(class::CONJUNCTION);
        verb && at.checked_sub(1).is_some_and(|before| self.has(before, joined))
    }

    /// Whether the word or quote at `at` belongs to the noun phrase after it: a determiner, a number, but not the `which`
    /// or `that` of a clause.
    pub(super) fn determines(&self, at: usize) -> bool {
        let classes = self.classes(at);
        if classes.any(class::RELATIVE) {
            return self.is(at, named::THAT)
                && at.checked_sub(1).is_some_and(|before| self.has(before, class::PREPOSITION));
        }
        classes.any(DETERMINING.or(class::QUOTE)) && !self.is(at, named::WHAT) || self.is(at, named::ONE)
    }

    /// Whether a word that may be a determiner is a pronoun or opens a clause: `which`, `that of`, `that all`.
    pub(super) fn opens_clause(&self, at: usize) -> bool {
        if self.is(at, named::THAT.or(named::THOSE)) {
            let next = self.classes(at + 1);
            let plural = self.is(at, named::THAT) && next.any(class::PLURAL) && !next.any(class::MODIFIER);
            return plural || self.is(at + 1, named::OF) || next.any(DETERMINING.or(class::PRONOUN));
        }
        self.is(at, named::WHAT.or(named::SUCH).or(named::WHICH).or(named::WHOSE))
    }

    /// An adverb that only says how the phrase is to be taken: `only`, `mainly`, `especially`.
    pub(super) fn is_focus(&self, at: usize) -> bool {
        self.is(at, named::FOCUS)
    }

    /// A word in -ly that is no noun and no adjective.
    pub(super) fn is_adverb(&self, at: usize) -> bool {
        self.is(at, named::IN_LY)
            && !self.classes(at).any(class::NOUN.or(class::ADJECTIVE))
            && self.word(at).ends_with("ly")
    }

    /// Whether a verb in the third person may follow token `at`: a noun in the singular, an adverb, `which`.
    pub(super) fn may_be_subject(&self, at: usize) -> bool {
        let classes = self.classes(at);
        let singular = classes.any(class::NOUN) && !classes.any(class::PLURAL.or(class::MODIFIER).or(STOP));
        singular || classes.any(class::RELATIVE.or(class::LIGHT_ADVERB)) || self.is_adverb(at)
    }

    pub(super) fn is_plural_noun(&self, at: usize) -> bool {
        self.has(at, class::PLURAL) && !self.has(at, class::MODIFIER)
    }

    /// A participle that may stand before a noun: `heated`, `broken`.
    pub(super) fn is_adjectival(&self, at: usize) -> bool {
        let word = self.word(at);
        self.has(at, class::PAST) && ["ed", "en", "wn", "rn"].iter().any(|ending| word.ends_with(ending))
    }

    /// Whether the word at `at` numbers what stands before it: `vitamin A`, `World War I`.
    pub(super) fn is_numbering(&self, at: usize) -> bool {
        match self.word(at) {
            "A" => true,
            "I" => self.is_name(at - 1),
            _ => false,
        }
    }

    /// Whether the mark at `at` is the last full stop of an abbreviation within a phrase, or the dash of a compound: `the
    /// U.S. invasion`, `a federal–state program`.
    pub(super) fn joins_words(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).filter(|_| !self.is_word(at) && self.is_open(at + 1)) else {
            return false;
        };
        if self.is(at, named::EN_DASH) {
            let within =
                self.tokens[before].end == self.tokens[at].start && self.tokens[at].end == self.tokens[at + 1].start;
            return within && self.is_open(before);
        }
        if !self.is(at, named::FULL_STOP) {
            return false;
        }
        if self.is(before, named::TITLE) && self.is_name(at + 1) {
            return true;
        }
        let word = self.word(before).as_bytes();
        matches!(word, [first, b'.', last] if first.is_ascii_uppercase() && last.is_ascii_uppercase())
            && self.tokens[before].end == self.tokens[at].start
    }

    pub(super) fn closes_quote(&self, at: usize) -> bool {
        self.is(at, named::CLOSING_QUOTE)
    }
}
