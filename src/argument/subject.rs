//! The argument left of a trigger: the phrase next to it, the subject of its verb, or the phrase that opens the
//! sentence; and the phrases coordinated with it.

use super::class::{self, DETERMINING, STOP};
use super::list::ITEMS_LIMIT;
use super::named;
use super::phrase::{Inner, Phrase, Sentence};

/// How far left the argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Distance {
    /// The phrase next to the trigger.
    Near,
    /// The phrase that a participle describes: over `of` and `in` only.
    Described,
    /// The subject: over every preposition that can follow a noun.
    Subject,
    /// The subject, or the phrase that opens the sentence.
    Opening,
}

/// The phrase left of a trigger, and those that are coordinated with it.
#[derive(Clone, Debug)]
pub(crate) struct Left {
    pub(crate) phrase: Phrase,
    pub(crate) others: Vec<Phrase>,
}

impl From<Phrase> for Left {
    fn from(phrase: Phrase) -> Self {
        Left { phrase, others: Vec::new() }
    }
}

impl Sentence<'_> {
    /// The argument that ends at token `at`.
    pub(crate) fn subject(&self, at: usize, distance: Distance) -> Option<Left> {
        let of_which = at.checked_sub(1).is_some_and(|last| self.has(last, class::RELATIVE));
        let opens = distance == Distance::Opening && !of_which;
        let opening = || if opens { self.opening(at).map(Left::from) } else { None };
        let Some((end, relative)) = self.antecedent_end(at, distance) else { return opening() };
        let far = matches!(distance, Distance::Subject | Distance::Opening);
        let contact = || if far { self.left(self.contact_clause(end)?) } else { None };
        let Some(nearest) = self.left(end).or_else(contact) else { return opening() };
        // `set in the wall is a door`
        let inverted = self.has(0, class::PAST) && !self.has(0, class::NOUN) && self.has(1, class::PREPOSITION);
        if distance == Distance::Opening && inverted && !(0..at).any(|i| self.has(i, class::COMMA)) {
            return None;
        }
        let distance = if relative && distance == Distance::Subject { Distance::Described } else { distance };
        if nearest.pronoun && self.phrase_before(&nearest, distance).is_none() {
            return Some(nearest.into());
        }
        let mut chain = self.climb(nearest, distance);
        let mut others = if chain.is_empty() { self.list_left(&nearest) } else { Vec::new() };
        // `disorders of the stomach and the bowel`: the list is within the phrase
        if let Some(first) = others.last() {
            let within = self.climb(*first, distance);
            if !within.is_empty() && first.first > 1 {
                chain = within;
                others.clear();
            }
        }
        let mut phrase = *chain.last().unwrap_or(&nearest);
        if !chain.is_empty() {
            others = self.list_left(&phrase);
            self.take_in_of(&mut phrase, &chain);
        }
        if matches!(distance, Distance::Subject | Distance::Opening) {
            self.take_in_gerund(&mut phrase);
            if let Some(gerund) = self.gerund_subject(&phrase) {
                return Some(gerund.into());
            }
        }
        if distance == Distance::Opening
            && self.begins_late(&phrase)
            && let Some(left) = opening()
        {
            return Some(left);
        }
        Some(Left { phrase, others })
    }

    /// What the sentence says that `phrase` is, if the clause that ends at `at` describes it: of `measles is a disease
    /// that causes fever` it is `measles`.
    pub(crate) fn defined_by(&self, phrase: &Phrase, at: usize) -> Option<Phrase> {
        let relative = |at: usize| self.has(at, class::RELATIVE) && !(at > 0 && self.has(at - 1, class::COMMA));
        let describes = phrase.reach() == at || at.checked_sub(1).is_some_and(relative);
        let copula = phrase.first.checked_sub(1).filter(|&at| describes && self.is(at, named::IS_OR_ARE))?;
        let group = self.verb_group(copula);
        let subject = if group.negated { None } else { self.subject(group.start, Distance::Subject) };
        subject.map(|left| left.phrase).filter(|subject| !subject.pronoun)
    }

    /// Where the phrase ends that a relative clause or an aside before `at` belongs to, `at` itself without any; and
    /// whether it is a relative clause.
    fn antecedent_end(&self, at: usize, distance: Distance) -> Option<(usize, bool)> {
        let end = self.skip_asides_left(at)?;
        let last = end.checked_sub(1)?;
        if self.is(last, named::THAT.or(named::WHICH).or(named::WHO)) {
            if last > 0 && self.has(last - 1, class::PREPOSITION) {
                return None;
            }
            let comma = last > 0 && self.has(last - 1, class::COMMA);
            return Some((self.skip_asides_left(if comma { last - 1 } else { last })?, true));
        }
        // `the storm passed, causing floods`: the whole clause is the subject
        if self.has(last, class::COMMA) && (distance == Distance::Near || self.has(at, class::ING)) {
            return None;
        }
        let dash = distance == Distance::Opening && self.is(last, named::DASH);
        if self.has(last, class::COMMA) || dash {
            return Some((self.aside_start(last)?, false));
        }
        Some((end, false))
    }

    /// Where the phrase ends that a clause without a relative word describes which ends at `end`: `the pain he felt`.
    fn contact_clause(&self, end: usize) -> Option<usize> {
        let subject = end.checked_sub(2).filter(|_| self.has(end - 1, class::VERB))?;
        let pronoun = self.is(subject, named::SUBJECT);
        (pronoun && subject > 0 && self.has(subject - 1, class::NOUN)).then_some(subject)
    }

    /// The comma that opens the aside which the mark at `close` closes, if what follows it looks like an aside.
    fn aside_start(&self, close: usize) -> Option<usize> {
        const SHORT_ASIDE: usize = 2;
        for at in (0..close).rev() {
            if self.has(at, class::COMMA) {
                let next = self.classes(at + 1);
                let aside = next.any(class::RELATIVE.or(DETERMINING).or(class::ING))
                    || next.is_participle()
                    || close - at <= SHORT_ASIDE
                    || self.is(at + 1, named::OPENING_ASIDE);
                // `with common goals, many looked to issues, based on`: no apposition, but a clause
                let own_verb = |i: &usize| self.has(*i, class::AUXILIARY) || self.classes(*i).is_verb();
                let clause = next.any(DETERMINING)
                    && (at + 1..close).take_while(|&i| !self.has(i, class::RELATIVE)).any(|i| own_verb(&i));
                // `for example, ..., causing`: what opens the sentence with a preposition is no subject
                let opened = self.has(0, class::PREPOSITION.or(class::CONJUNCTION))
                    && self.left(at).is_none_or(|phrase| phrase.first <= 1);
                return (aside && !opened && !clause).then_some(at);
            }
            if self.is(at, named::SEMICOLON.or(named::COLON).or(named::FULL_STOP)) {
                return None;
            }
        }
        None
    }

    /// `nearest`, and the phrases before it that prepositions join it to, outwards; nothing if there are none.
    fn climb(&self, nearest: Phrase, distance: Distance) -> Vec<Phrase> {
        let around =
            |inner: &Phrase| self.phrase_before(inner, distance).or_else(|| self.described_by(inner, distance));
        let Some(outer) = around(&nearest) else { return Vec::new() };
        let mut chain = vec![nearest, outer];
        while chain.len() < ITEMS_LIMIT {
            let Some(outer) = chain.last().and_then(around) else { break };
            chain.push(outer);
        }
        chain
    }

    /// The phrase that a relative clause describes which `inner` ends: of `fits that follow the fever cause`, `fits`.
    fn described_by(&self, inner: &Phrase, distance: Distance) -> Option<Phrase> {
        if !matches!(distance, Distance::Subject | Distance::Opening) {
            return None;
        }
        let mut at = inner.first.checked_sub(1)?;
        if self.has(at, class::PREPOSITION) {
            at = at.checked_sub(1)?;
            // `the flaw, which for years was a cause`
            if self.is(at, named::WHICH.or(named::WHO)) {
                let comma = at.checked_sub(1).filter(|&at| self.has(at, class::COMMA));
                return self.left(comma.unwrap_or(at)).filter(|outer| !outer.pronoun);
            }
        }
        // `the species donating a pair`
        let participle = inner.determiner.is_some() && self.has(at, class::ING) && self.has(at, class::VERB);
        if participle && at.checked_sub(1).is_some_and(|noun| self.has(noun, class::NOUN)) {
            return self.left(at).filter(|outer| !outer.pronoun);
        }
        if !self.has(at, class::VERB) {
            return None;
        }
        at = self.verb_group(at).start;
        // `the burden that they impose on trade`
        let subject = at
            .checked_sub(1)
            .filter(|&subject| self.has(subject, class::PRONOUN) && !self.has(subject, class::RELATIVE));
        at = subject.unwrap_or(at);
        let relative = at.checked_sub(1).filter(|&at| self.is(at, named::THAT.or(named::WHICH).or(named::WHO)))?;
        let comma = relative.checked_sub(1).filter(|&at| self.has(at, class::COMMA));
        self.left(comma.unwrap_or(relative)).filter(|outer| !outer.pronoun)
    }

    /// The phrase that a preposition joins `inner` to.
    fn phrase_before(&self, inner: &Phrase, distance: Distance) -> Option<Phrase> {
        let preposition = inner.first.checked_sub(1).filter(|&at| at > 0)?;
        let of = self.is(preposition, named::OF);
        let joins = match distance {
            Distance::Near => false,
            // `damage to the brain caused by`
            Distance::Described => {
                let harm = || self.is(preposition - 1, named::HARM);
                of || self.is(preposition, named::IN) || self.is(preposition, named::TO) && harm()
            }
            Distance::Subject | Distance::Opening => of || self.has(preposition, class::LINKING),
        };
        if !joins {
            return None;
        }
        let mut end = preposition;
        if !self.is_word(end - 1) {
            end = self.skip_asides_left(end).filter(|&skipped| skipped < end && skipped > 0)?;
        }
        let last = self.classes(end - 1);
        if last.any(STOP) {
            return None;
        }
        // `the water pushed to the coast rose`: a participle between noun and preposition
        if !of && (last.is_verb() || last.is_participle()) {
            let before = end.checked_sub(2)?;
            let noun = self.classes(before);
            let reduced = distance != Distance::Described && noun.is_open_word() && !noun.is_verb();
            if !reduced {
                return None;
            }
            end -= 1;
        }
        if self.has(end - 1, class::LIGHT_ADVERB) && !self.has(end - 1, class::NOUN) {
            return None;
        }
        let outer = self.left(end).filter(|outer| !outer.pronoun)?;
        let mere_participle = outer.head == outer.start && self.classes(outer.head).is_participle();
        let infinitive = self.has(outer.start, class::VERB)
            && outer.first == outer.start
            && outer.first.checked_sub(1).is_some_and(|at| self.is(at, named::TO));
        // `it is clear to both sides`
        // `..., resulting in losses`
        let participial = outer.first == outer.head
            && self.classes(outer.head).is_present_participle()
            && outer.first.checked_sub(1).is_some_and(|at| self.has(at, class::COMMA));
        (!mere_participle && !infinitive && !participial && !self.is_predicate(&outer)).then_some(outer)
    }

    /// Lets the outermost phrase of `chain` hold those after it that `of` joins, as far as it stays short.
    fn take_in_of(&self, outermost: &mut Phrase, chain: &[Phrase]) {
        for inner in chain.iter().rev().skip(1) {
            if !self.is(inner.first.saturating_sub(1), named::OF) {
                break;
            }
            if outermost.of.is_none() {
                outermost.of = Some(Inner { start: inner.start, end: inner.end, head: inner.head });
            }
            if self.word_count(outermost.start, inner.end) > super::phrase::WORDS_LIMIT {
                break;
            }
            outermost.end = inner.end;
        }
    }

    /// The gerund with which the clause begins that ends at token `at`, with its object: of `heating the metal in air leads
    /// to`, `heating the metal`.
    fn gerund_subject(&self, phrase: &Phrase) -> Option<Phrase> {
        let bounds =
            class::COMMA.or(class::CONJUNCTION).or(class::RELATIVE).or(class::AUXILIARY).or(class::COMMON_VERB);
        let within =
            |&at: &usize| !self.has(at, bounds) && !self.is(at, named::SEMICOLON.or(named::COLON).or(named::FULL_STOP));
        let start = (0..phrase.first).rev().take_while(within).last()?;
        let before = start.checked_sub(1);
        let begins = before.is_none_or(|at| self.is(at, named::BEFORE_GERUND));
        let (gerund, next) = (self.classes(start), self.classes(start + 1));
        let object = next.any(DETERMINING) || next.any(class::ADJECTIVE) && !next.any(class::NOUN.or(STOP));
        let verb = gerund.any(class::ING) && gerund.any(class::VERB) && (object || gerund.is_present_participle());
        if !(begins && verb) || self.is(start, named::NO_GERUND) {
            return None;
        }
        let object = self.right(start + 1, phrase.core_end).filter(|object| !object.pronoun)?;
        let end = object.core_end;
        let short = self.word_count(start, end) <= super::phrase::WORDS_LIMIT;
        short.then_some(Phrase { head: start, ..Phrase::of_tokens(start, end, start, None) })
    }

    /// Makes the gerund before a phrase its head if a clause begins with it: `closing the valve is a remedy`.
    fn take_in_gerund(&self, phrase: &mut Phrase) {
        let Some(gerund) = phrase.first.checked_sub(1).filter(|&at| self.has(at, class::ING)) else { return };
        let begins = gerund.checked_sub(1).is_none_or(|before| {
            // `..., showing the loss is small`, but `in time, closing the valve is a remedy`
            let opened = self.has(0, class::PREPOSITION.or(class::CONJUNCTION).or(class::LIGHT_ADVERB));
            opened && self.has(before, class::COMMA) || self.is(before, named::JOINING_GERUND)
        });
        if begins && self.word_count(gerund, phrase.end) <= super::phrase::WORDS_LIMIT {
            (phrase.start, phrase.first, phrase.head) = (gerund, gerund, gerund);
        }
    }

    /// Whether a preposition before the phrase shows that it is not the subject.
    fn begins_late(&self, phrase: &Phrase) -> bool {
        let preposition = phrase.first.checked_sub(1);
        preposition.is_some_and(|at| at > 0 && self.is(at, named::BEFORE_LATE))
    }

    /// The phrase that opens the sentence, if only asides and no verb stand between it and `at`.
    fn opening(&self, at: usize) -> Option<Phrase> {
        let mut start = 0;
        if self.has(0, class::PREPOSITION) {
            start = (0..at).find(|&i| self.has(i, class::COMMA))? + 1;
        }
        let phrase = self.right(start, at).filter(|phrase| !phrase.pronoun)?;
        let end = phrase.end;
        let follows = self.has(end, class::COMMA.or(class::OPEN).or(class::QUOTE))
            || self.is(end, named::DASH.or(named::OR).or(named::IN).or(named::SEMICOLON).or(named::COLON));
        let mut depth = 0usize;
        for i in end..at {
            if self.has(i, class::OPEN) {
                depth += 1;
            } else if self.has(i, class::CLOSE) {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && self.has(i, class::AUXILIARY.or(class::COMMON_VERB)) {
                return None;
            }
        }
        follows.then_some(phrase)
    }
}
