//! Noun phrases: where the one to the left or to the right of a place begins and ends.
//!
//! There is no part-of-speech tagger here. A noun phrase is what stands between words of the closed classes, trimmed
//! by what the lexicon knows of verbs, participles and adjectives.

use super::class::{self, Classes, DETERMINING, STOP};
use super::head::Answers;
use super::named::{self, Named};
use super::token::Token;
use super::vocabulary::Vocabulary;

/// Most words of an argument.
pub(crate) const WORDS_LIMIT: usize = 6;

/// A sentence as tokens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sentence<'s> {
    pub(crate) text: &'s str,
    pub(crate) tokens: &'s [Token],
    pub(crate) vocabulary: Vocabulary<'s>,
}

/// A noun phrase; all numbers are those of tokens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phrase {
    /// The first word after determiners.
    pub(crate) start: usize,
    /// One past the last word, a phrase with `of` included where it is short enough.
    pub(crate) end: usize,
    /// One past the head.
    pub(crate) core_end: usize,
    pub(crate) head: usize,
    /// The first word, determiners included.
    pub(crate) first: usize,
    /// The last determiner.
    pub(crate) determiner: Option<usize>,
    pub(crate) pronoun: bool,
    /// The phrase after `of`: its start, end and head.
    pub(crate) of: Option<Inner>,
}

/// The noun phrase after the `of` of another one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inner {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) head: usize,
}

impl Phrase {
    pub(super) fn of_tokens(start: usize, end: usize, first: usize, determiner: Option<usize>) -> Self {
        Phrase { start, end, core_end: end, head: end - 1, first, determiner, pronoun: false, of: None }
    }

    /// The same phrase when `count` tokens have come to stand before the sentence.
    pub(crate) fn moved(self, count: usize) -> Phrase {
        let moved = |of: Inner| Inner { start: of.start + count, end: of.end + count, head: of.head + count };
        Phrase {
            start: self.start + count,
            end: self.end + count,
            core_end: self.core_end + count,
            head: self.head + count,
            first: self.first + count,
            determiner: self.determiner.map(|at| at + count),
            pronoun: self.pronoun,
            of: self.of.map(moved),
        }
    }

    /// One past the last token that belongs to it, whether the argument holds it or not.
    pub(crate) fn reach(&self) -> usize {
        self.of.map_or(self.end, |of| self.end.max(of.end))
    }

    /// The phrase after `of`, as a phrase of its own.
    pub(crate) fn inner(&self) -> Option<Phrase> {
        let of = self.of?;
        let determiner = None;
        Some(Phrase { determiner, head: of.head, ..Phrase::of_tokens(of.start, of.end, of.start, determiner) })
    }
}

impl<'s> Sentence<'s> {
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The text of token `at`.
    pub(crate) fn word(&self, at: usize) -> &'s str {
        self.tokens.get(at).map_or("", |token| &self.text[token.start..token.end])
    }

    /// Whether token `at` is `word`, in capitals or not.
    pub(crate) fn reads(&self, at: usize, word: &str) -> bool {
        self.word(at).eq_ignore_ascii_case(word)
    }

    /// Whether token `at` is one of these words, in capitals or not.
    #[inline]
    pub(crate) fn is(&self, at: usize, named: Named) -> bool {
        self.tokens.get(at).is_some_and(|token| token.named(self.text, self.vocabulary).any(named))
    }

    /// Whether the tokens from `at` on are `words`.
    pub(crate) fn are(&self, at: usize, words: &[Named]) -> bool {
        words.iter().enumerate().all(|(i, &word)| self.is(at + i, word))
    }

    /// The classes of token `at`; none beyond the ends.
    #[inline]
    pub(crate) fn classes(&self, at: usize) -> Classes {
        self.tokens.get(at).map_or(Classes::NONE, |token| token.classes(self.text, self.vocabulary))
    }

    /// The answers of token `at` as a head; `None` if each question has to be asked by itself.
    #[inline]
    pub(super) fn answers(&self, at: usize) -> Option<Answers> {
        self.tokens.get(at).and_then(|token| token.answers(self.text, self.vocabulary))
    }

    pub(crate) fn has(&self, at: usize, classes: Classes) -> bool {
        self.classes(at).any(classes)
    }

    /// Whether token `at` is a word, and no mark.
    pub(crate) fn is_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(Token::is_word)
    }

    pub(super) fn is_open(&self, at: usize) -> bool {
        self.classes(at).is_open_word()
    }

    /// How many words, genitives not counted, the tokens hold.
    pub(crate) fn word_count(&self, start: usize, end: usize) -> usize {
        self.tokens[start..end].iter().filter(|token| token.is_word()).count()
    }

    /// The last [`WORDS_LIMIT`] words of the tokens, from the first of them on.
    fn cut(&self, start: usize, end: usize) -> usize {
        let mut from = end;
        let mut words = 0;
        while from > start {
            if self.is_word(from - 1) {
                if words == WORDS_LIMIT {
                    break;
                }
                words += 1;
            }
            from -= 1;
        }
        while from < end && !self.is_word(from) {
            from += 1;
        }
        from
    }

    /// The noun phrase that begins at token `at` and ends before token `limit`.
    pub(crate) fn right(&self, at: usize, limit: usize) -> Option<Phrase> {
        let mut phrase = self.core_right(at, limit)?;
        if !phrase.pronoun && phrase.core_end < limit && self.is(phrase.core_end, named::OF) {
            let inner = self.core_right(phrase.core_end + 1, limit).filter(|inner| !inner.pronoun);
            if let Some(inner) = inner {
                phrase.of = Some(Inner { start: inner.start, end: inner.end, head: inner.head });
                if self.word_count(phrase.start, inner.end) <= WORDS_LIMIT {
                    phrase.end = inner.end;
                }
            }
        }
        Some(phrase)
    }

    /// As [`right`](Self::right), without a phrase with `of`.
    fn core_right(&self, at: usize, limit: usize) -> Option<Phrase> {
        let limit = limit.min(self.len());
        let (start, determiner) = self.skip_determiners(at, limit);
        if start >= limit {
            return None;
        }
        if determiner.is_none() && self.has(start, class::PRONOUN) {
            return Some(Phrase { pronoun: true, ..Phrase::of_tokens(start, start + 1, at, None) });
        }
        let mut end = self.run_right(start, limit);
        while end > start && !self.has(end - 1, class::WORD.or(class::APOSTROPHE_S)) {
            end -= 1;
        }
        while end > start + 1
            && (self.has(end - 1, class::COORDINATOR.or(class::APOSTROPHE_S)) || self.is_adverb(end - 1))
        {
            end -= 1;
        }
        if end <= start {
            return None;
        }
        // A gerund takes its object with it: `taking too many pills`.
        let object_follows = end < limit && self.has(end, DETERMINING.or(class::LIGHT_ADVERB));
        if end - start == 1 && self.has(start, class::ING) && object_follows {
            let object = self.core_right_once(end, limit);
            if let Some(object) = object.filter(|o| !o.pronoun && self.word_count(start, o.end) <= WORDS_LIMIT) {
                let whole = Phrase::of_tokens(start, object.end, at, determiner);
                return Some(Phrase { head: start, ..whole });
            }
        }
        // Of modifiers between commas, those after the last comma are kept: `a small, red-haired ape`.
        let start = (start..end).rev().find(|&i| self.has(i, class::COMMA)).map_or(start, |comma| comma + 1);
        let head = end - 1;
        Some(Phrase { head, ..Phrase::of_tokens(self.cut(start, end), end, at, determiner) })
    }

    /// The object of a gerund: a phrase that is no gerund with an object itself.
    fn core_right_once(&self, mut at: usize, limit: usize) -> Option<Phrase> {
        while at < limit && self.has(at, class::LIGHT_ADVERB) && !self.has(at, class::NEGATION) {
            at += 1;
        }
        let (start, determiner) = self.skip_determiners(at, limit);
        if start >= limit || (determiner.is_none() && self.has(start, class::PRONOUN)) {
            return None;
        }
        let end = self.run_right(start, limit);
        let last = (start..end).rev().find(|&i| self.is_word(i))?;
        Some(Phrase::of_tokens(start, last + 1, at, determiner))
    }

    /// Skips determiners, quotes, and nouns that only measure (`a number of`); gives the last determiner too.
    fn skip_determiners(&self, mut at: usize, limit: usize) -> (usize, Option<usize>) {
        // What a word of other classes is matters to none of the questions below.
        const SKIPPED: Classes = DETERMINING
            .or(class::QUOTE)
            .or(class::NUMERAL)
            .or(class::MEASURE)
            .or(class::LIGHT_ADVERB)
            .or(class::ADVERB)
            .or(class::MODIFIER);
        let mut determiner = None;
        while at < limit {
            let classes = self.classes(at);
            if !classes.any(SKIPPED) {
                break;
            }
            let article = determiner.is_none_or(|d| self.is(d, named::A_OR_AN));
            if classes.any(class::QUOTE) {
                at += 1;
            } else if classes.any(DETERMINING) && !self.opens_clause(at) {
                determiner = Some(at);
                at += 1 + usize::from(self.is(at + 1, named::OF));
            } else if classes.any(class::NUMERAL) && self.is(at + 1, named::OF) {
                determiner = determiner.or(Some(at));
                at += 2;
            } else if classes.any(class::MEASURE) && self.is(at + 1, named::OF) && article {
                at += 2;
            } else if self.is(at, named::ONE) && self.is_open(at + 1) && !self.is_participial(at + 1) {
                determiner = Some(at);
                at += 1;
            } else if self.is_focus(at) {
                at += 1;
            } else {
                break;
            }
        }
        (at, determiner)
    }

    /// Where the run of words that can be one noun phrase ends.
    fn run_right(&self, start: usize, limit: usize) -> usize {
        let mut at = start;
        // Whether a word that may be the head has been seen, and whether all words may be modifiers.
        let (mut noun, mut modifiers) = (false, true);
        while at < limit {
            let classes = self.classes(at);
            if classes.any(class::QUOTE) {
                if noun && at > start && self.closes_quote(at) {
                    break;
                }
                at += 1;
            } else if classes.any(class::APOSTROPHE_S) {
                if !noun {
                    break;
                }
                noun = false;
                at += 1;
            } else if self.joins_words(at) {
                at += 1;
            } else if !classes.any(class::WORD) {
                let goes_on = classes.any(class::COMMA) && at > start && modifiers && self.modifier_follows(at, limit);
                if !goes_on {
                    break;
                }
                noun = false;
                at += 1;
            } else if self.is_closed(at) {
                if self.joins_modifiers(at, start, modifiers, limit) {
                    noun = false;
                } else if !self.may_stand_within(at, start, modifiers) {
                    break;
                }
                at += 1;
            } else {
                if self.ends_before(at, noun, modifiers, limit) {
                    break;
                }
                let adverb = self.is_adverb(at);
                noun = !adverb;
                modifiers &= adverb || classes.any(class::MODIFIER.or(class::ING));
                at += 1;
            }
        }
        at
    }

    /// `strong and heavy rain`: a conjunction between modifiers of one noun.
    fn joins_modifiers(&self, at: usize, start: usize, modifiers: bool, limit: usize) -> bool {
        self.has(at, class::COORDINATOR)
            && modifiers
            && at > start
            && self.has(at - 1, class::MODIFIER)
            && self.has(at + 1, class::MODIFIER)
            && self.modifier_follows(at, limit)
    }

    /// Words of closed classes that a noun phrase may hold: `human being`, `vitamin A`, `usually red`.
    fn may_stand_within(&self, at: usize, start: usize, modifiers: bool) -> bool {
        (self.is(at, named::BEING) && modifiers && at > start)
            || (at > start && (self.is_numbering(at) || self.is(at, named::HALF) && modifiers))
            || (self.has(at, class::LIGHT_ADVERB)
                && modifiers
                && self.has(at + 1, class::MODIFIER)
                && self.is_open(at + 1))
    }

    /// Whether the phrase ends before the word at `at`, which is of no closed class.
    fn ends_before(&self, at: usize, noun: bool, modifiers: bool, limit: usize) -> bool {
        let classes = self.classes(at);
        if !noun {
            return classes.any(class::COMMON_VERB) && !classes.any(class::NOUN) && !self.word(at).ends_with("ed");
        }
        if self.is_name(at) {
            return false;
        }
        let (next_open, next) = (at + 1 < limit && self.is_open(at + 1), self.classes(at + 1));
        if self.is_adverb(at) {
            return !(modifiers && next_open && next.any(class::MODIFIER));
        }
        if classes.is_verb() && !(classes.any(class::NOUN) && modifiers) {
            return true;
        }
        // `salt ruins the bridge`: what looks like a plural is a verb before a determiner.
        let adjective_follows = next_open && next.any(class::ADJECTIVE) && !next.any(class::NOUN.or(class::PAST));
        let object_follows = next.any(DETERMINING) && !next.any(class::RELATIVE) || adjective_follows;
        if !modifiers && classes.any(class::VERB) && classes.any(class::PLURAL) && object_follows {
            return true;
        }
        // `predators hunt`: a plural is seldom followed by another noun.
        if classes.any(class::VERB) && !classes.any(class::PLURAL) && self.is_plural_noun(at - 1) {
            return true;
        }
        if classes.is_participle() && !(modifiers && next_open) {
            return true;
        }
        let ends_noun = at + 1 < limit && (next.any(STOP) || self.is_adverb(at + 1));
        if classes.is_present_participle() && (!modifiers || ends_noun) {
            return true;
        }
        let after_gerund = DETERMINING.or(class::PRONOUN).or(class::PREPOSITION);
        if !modifiers && classes.any(class::ING) && next.any(after_gerund) && !self.is(at + 1, named::OF) {
            return true;
        }
        // An adjective after its noun: `a bird native to Asia`.
        let adjective_only = classes.any(class::ADJECTIVE) && !classes.any(class::NOUN);
        if adjective_only && !next_open && !modifiers {
            return true;
        }
        self.is(at, named::POSTPOSED) && self.is(at + 1, named::TO_ON_IN)
    }

    /// Whether the comma or conjunction at `at` is followed by another modifier and then a noun, so that the phrase
    /// goes on: `a small, hairy ape`.
    fn modifier_follows(&self, at: usize, limit: usize) -> bool {
        let mut from = at + 1;
        loop {
            if self.has(from, class::COORDINATOR) {
                from += 1;
            }
            if from >= limit || !self.is_open(from) || !self.has(from, class::MODIFIER) {
                return false;
            }
            let mut end = from;
            while end < limit && (self.is_open(end) || self.has(end, class::QUOTE)) {
                end += 1;
            }
            if end - from >= 2 {
                return true;
            }
            if !(end < limit && self.has(end, class::COMMA.or(class::COORDINATOR))) {
                return false;
            }
            from = if self.has(end, class::COORDINATOR) { end } else { end + 1 };
        }
    }

    /// The noun phrase that ends just before token `at`, parentheses and quotes skipped.
    pub(crate) fn left(&self, at: usize) -> Option<Phrase> {
        let end = self.skip_asides_left(at)?;
        if end == 0 {
            return None;
        }
        let last = self.classes(end - 1);
        if last.any(class::PRONOUN) {
            return Some(Phrase { pronoun: true, ..Phrase::of_tokens(end - 1, end, end - 1, None) });
        }
        if !last.is_open_word() || self.is(end - 1, named::NOT_ENDING) {
            return None;
        }
        let mut begin = self.run_left(end)?;
        let mut start = (begin..end).find(|&i| self.is_word(i))?;
        if self.is_verb_here(start) || start + 1 < end && self.is_gerund_here(start) {
            begin = start + 1;
            start = (begin..end).find(|&i| self.is_word(i))?;
        }
        let determiner = begin.checked_sub(1).filter(|&i| self.has(i, DETERMINING));
        let mut first = begin;
        loop {
            if first > 0 && self.determines(first - 1) {
                first -= 1;
            } else if first > 1 && self.is(first - 1, named::OF) && self.has(first - 2, DETERMINING.or(class::NUMERAL))
            {
                // `one of the ships`
                first -= 2;
            } else {
                break;
            }
        }
        Some(Phrase { head: end - 1, ..Phrase::of_tokens(self.cut(start, end), end, first, determiner) })
    }

    /// Where the run of words that can be one noun phrase ending at `end` begins; `None` if a verb ends there.
    fn run_left(&self, end: usize) -> Option<usize> {
        let mut at = end;
        while at > 0 {
            let before = at - 1;
            let classes = self.classes(before);
            if classes.any(class::QUOTE) {
                if at < end && self.is(before, named::OPENING_QUOTE) {
                    break;
                }
            } else if classes.any(class::APOSTROPHE_S) {
                if at == end {
                    break;
                }
            } else if at < end && self.joins_words(before) {
                // `the U.S. invasion`
            } else if !classes.any(class::WORD) {
                let adjective = |i: usize| self.has(i, class::ADJECTIVE) && !self.has(i, class::NOUN);
                let between_modifiers = classes.any(class::COMMA)
                    && at < end
                    && before > 0
                    && adjective(before - 1)
                    && self.has(at, class::MODIFIER);
                if !between_modifiers {
                    break;
                }
            } else if classes.any(STOP) {
                if !(before > 0 && self.is_numbering(before)) {
                    break;
                }
            } else if !self.is_name(before) {
                let light = classes.any(class::LIGHT_ADVERB) && !classes.any(class::NOUN.or(class::ADJECTIVE));
                if light || (self.is_adverb(before) && !(at < end && self.has(at, class::MODIFIER))) {
                    break;
                }
                let after_noun = |i: usize| i > 0 && self.is_open(i - 1) && !self.has(i - 1, class::MODIFIER);
                if at < end && classes.is_present_participle() && after_noun(before) {
                    break;
                }
                // `smoking causes cancer`: between a noun and another one what looks like a plural is a verb.
                let third = classes.any(class::VERB) && classes.any(class::PLURAL) && !classes.any(class::MODIFIER);
                // `it harms plants and causes death`
                let joined = class::COORDINATOR.or(class::RELATIVE);
                let verb = before > 0 && (self.may_be_subject(before - 1) || self.has(before - 1, joined));
                if at < end && third && verb {
                    break;
                }
                // `farmers treat pigs`, where `treat` may be a noun as well
                let base = classes.any(class::VERB) && !classes.any(class::PLURAL.or(class::ING).or(class::MODIFIER));
                if at < end && base && before > 0 && self.is_open(before - 1) && self.is_plural_noun(before - 1) {
                    break;
                }
                // `fighters targeted civilians`
                let past = classes.any(class::PAST) && !classes.any(class::ADJECTIVE.or(class::NOUN).or(class::HYPHEN));
                if at < end && past && before > 0 && self.is_plural_noun(before - 1) {
                    break;
                }
                // `the use of`, `the need of`
                let nominal = at == end && classes.any(class::NOUN) && self.is(end, named::OF);
                if classes.is_verb() && !nominal {
                    if at == end {
                        return None;
                    }
                    // `the heated gas`, but not `the fire heated gas`
                    let subject =
                        before > 0 && self.has(before - 1, class::PRONOUN) && !self.has(before - 1, DETERMINING);
                    if !self.is_adjectival(before) || after_noun(before) || subject {
                        break;
                    }
                }
            }
            at = before;
        }
        Some(at)
    }

    /// Steps left over quotes and whole parentheses that end just before `at`. `None` if a parenthesis has no
    /// beginning.
    pub(crate) fn skip_asides_left(&self, mut at: usize) -> Option<usize> {
        loop {
            while at > 0 && self.has(at - 1, class::QUOTE) {
                at -= 1;
            }
            if at == 0 || !self.has(at - 1, class::CLOSE) {
                return Some(at);
            }
            let mut depth = 0usize;
            loop {
                at = at.checked_sub(1)?;
                if self.has(at, class::CLOSE) {
                    depth += 1;
                } else if self.has(at, class::OPEN) {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
            }
        }
    }
}
