//! A pattern with bounded arguments, compiled: where its trigger matches in a sentence, and what the arguments are.

use std::ops::Range;

use super::check::Checks;
use super::class;
use super::grammar::Wanted;
use super::head::{Question, Questions};
use super::named;
use super::phrase::{Phrase, Sentence};
use super::quick::QuickLeft;
use super::steps::Steps;
use super::subject::{Distance, Left};
use super::verb::VerbGroup;
use crate::pattern::shape::Bounded;
use crate::pattern::trigger::{ElementKind, Trigger};
use crate::pattern::{ArgumentMode, Lists, Pattern, PatternId, Reach};

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) pattern: PatternId,
    pub(crate) trigger: Trigger,
    steps: Steps,
    mode: ArgumentMode,
    distance: Distance,
    /// Whether the verb of the trigger has no finite form: `caused by`.
    participial: bool,
    lists: Lists,
    unwrap: bool,
    /// Whether auxiliaries before the trigger belong to it.
    verbal: bool,
    left: Checks,
    right: Checks,
    wanted: Wanted,
}

/// What the rules whose triggers stand at one place have in common, so that it is found once.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// The phrase that begins at a token.
    right: Option<(usize, Option<Phrase>)>,
    /// The phrase that ends at a token, so far away.
    left: Option<(usize, Distance, Option<Left>)>,
}

impl Shared {
    /// Keeps what is after the triggers when `count` tokens have come to stand before the sentence.
    pub(super) fn moved(&mut self, count: usize) {
        let right = self.right.take();
        self.right = right.map(|(at, phrase)| (at + count, phrase.map(|phrase| phrase.moved(count))));
        self.left = None;
    }

    fn right(&mut self, sentence: &Sentence<'_>, at: usize) -> Option<Phrase> {
        match self.right {
            Some((known, phrase)) if known == at => phrase,
            _ => self.right.insert((at, sentence.right(at, sentence.len()))).1,
        }
    }

    fn left(&mut self, sentence: &Sentence<'_>, at: usize, distance: Distance) -> Option<Left> {
        match &self.left {
            Some((end, known, left)) if (*end, *known) == (at, distance) => left.clone(),
            _ => self.left.insert((at, distance, sentence.subject(at, distance))).2.clone(),
        }
    }
}

/// An association as the rules find it; spans are bytes of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) pattern: PatternId,
    pub(crate) left: Argument,
    pub(crate) right: Argument,
    pub(crate) trigger: Range<usize>,
    pub(crate) negated: bool,
    pub(crate) hedged: bool,
}

/// An argument and its head; spans are bytes of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Argument {
    pub(crate) span: Range<usize>,
    /// Only a noun phrase has one.
    pub(crate) head: Option<Range<usize>>,
    pub(crate) pronoun: bool,
}

impl Rule {
    pub(crate) fn new(id: PatternId, pattern: &Pattern, bounded: &Bounded, wanted: Wanted) -> Self {
        let rules = &pattern.rules;
        let distance = match rules.reach {
            Some(Reach::Subject) => Distance::Subject,
            Some(Reach::Opening) => Distance::Opening,
            None if bounded.trigger.verbal => Distance::Subject,
            Some(Reach::Near) | None => Distance::Near,
        };
        Rule {
            pattern: id,
            trigger: bounded.trigger.clone(),
            steps: Steps::new(&bounded.trigger),
            mode: pattern.argument(),
            distance,
            participial: !(bounded.trigger.verbal && has_finite_form(&bounded.trigger)),
            lists: rules.lists,
            unwrap: rules.unwrap,
            verbal: bounded.trigger.verbal || matches!(rules.reach, Some(Reach::Subject | Reach::Opening)),
            left: Checks::new(&bounded.left),
            right: Checks::new(&bounded.right),
            wanted,
        }
    }

    /// Has what is asked of the heads of its arguments asked together with all other `questions`.
    pub(crate) fn join(&mut self, questions: &mut Questions) {
        self.left.join(questions);
        self.right.join(questions);
    }

    /// Where the trigger ends that begins at token `start`, if it does.
    pub(crate) fn trigger_end(&self, sentence: &Sentence<'_>, start: usize) -> Option<usize> {
        self.steps.end(sentence, start)
    }

    /// Appends what the trigger at the tokens `trigger` joins, as far as it is wanted.
    pub(crate) fn arguments(
        &self,
        sentence: &Sentence<'_>,
        trigger: Range<usize>,
        shared: &mut Shared,
        found: &mut Vec<Found>,
    ) {
        let none = VerbGroup { start: trigger.start, negated: false, hedged: false, infinitive: false };
        let group = if self.verbal { sentence.verb_group(trigger.start) } else { none };
        let within = |classes| trigger.clone().any(|at| sentence.has(at, classes));
        let negation_before = trigger.start > 0 && sentence.has(trigger.start - 1, class::NEGATION);
        let context = Context {
            pattern: self.pattern,
            sentence,
            trigger: sentence.bytes(group.start..trigger.end),
            negated: group.negated || negation_before || within(class::NEGATION),
            hedged: group.hedged || within(class::HEDGE),
        };
        if context.negated && !self.wanted.negated {
            return;
        }
        match self.mode {
            ArgumentMode::Phrase => self.phrases(&context, &group, trigger, shared, found),
            ArgumentMode::Clause => context.spans(found, sentence.clause_around(group.start, trigger.end)),
            ArgumentMode::Sentence | ArgumentMode::Line => context.spans(found, 0..sentence.len()),
        }
    }

    fn phrases(
        &self,
        context: &Context<'_>,
        group: &VerbGroup,
        trigger: Range<usize>,
        shared: &mut Shared,
        found: &mut Vec<Found>,
    ) {
        let sentence = context.sentence;
        if group.infinitive {
            return;
        }
        let helped =
            (group.start..trigger.start).any(|at| sentence.has(at, class::AUXILIARY) || sentence.is(at, named::TO));
        let alone = self.verbal && !helped;
        let first = sentence.classes(trigger.start);
        // `it is induced sleep`: a passive has no object
        if self.verbal && !self.participial && first.any(class::PAST) && sentence.is_passive(trigger.start) {
            return;
        }
        let reduced = alone && (first.any(class::ING) || self.participial);
        let distance = match self.distance {
            Distance::Subject if reduced => Distance::Described,
            distance => distance,
        };
        let Some(right) = self.right(sentence, trigger.end, shared) else { return };
        let Some(left) = shared.left(sentence, group.start, distance) else { return };
        let Left { phrase: left, others } = measured(sentence, left);
        let agrees =
            !alone || others_or_plural(sentence, &left, &others) || !self.is_base_form(sentence, trigger.start);
        if !agrees || !self.takes_left(sentence, &left) {
            return;
        }
        let takes_left = |left: &Phrase| self.takes_left(sentence, left);
        // Mostly there is one of each, and no memory is asked for.
        let mut lefts: Vec<Phrase> = sentence.defined_by(&left, group.start).filter(takes_left).into_iter().collect();
        let lists_left = matches!(self.lists, Lists::Both | Lists::Left) && !left.pronoun;
        if lists_left {
            let trigger_joins = first.any(class::COORDINATOR.or(class::COMMA));
            let others = if trigger_joins { sentence.items_before(left.first) } else { others };
            lefts.extend(others.into_iter().filter(takes_left));
        }
        if !lefts.is_empty() {
            lefts.insert(0, left);
        }
        if lists_left {
            lefts.sort_by_key(|left| left.start);
        }
        let mut rights = Vec::new();
        if matches!(self.lists, Lists::Both | Lists::Right | Lists::Open) && !right.pronoun {
            let again = sentence.word(trigger.end - 1);
            let announced = sentence.announced(&right);
            let is_one = announced.is_none();
            rights =
                announced.unwrap_or_else(|| sentence.list_right(&right, self.lists == Lists::Open, !reduced, again));
            rights.retain(|right| self.takes_right(sentence, right));
            if !is_one && rights.is_empty() {
                return;
            }
            if is_one && !rights.is_empty() {
                rights.insert(0, right);
            }
        }
        let lefts = if lefts.is_empty() { std::slice::from_ref(&left) } else { &lefts };
        let rights = if rights.is_empty() { std::slice::from_ref(&right) } else { &rights };
        for left in lefts {
            for right in rights {
                // `election after election`
                if !sentence.same_words(left, right) {
                    found.push(context.found(left, right));
                }
            }
        }
    }

    /// The right argument that begins at token `at`, if there is one that is taken. Nothing before it is looked at.
    fn right(&self, sentence: &Sentence<'_>, at: usize, shared: &mut Shared) -> Option<Phrase> {
        let right = self.unwrapped(sentence, shared.right(sentence, at)?);
        ((!right.pronoun || self.wanted.pronouns) && self.takes_right(sentence, &right)).then_some(right)
    }

    /// Whether a trigger that holds the tokens `within` may say what is wanted: not so if one of them denies it.
    pub(super) fn wants(&self, sentence: &Sentence<'_>, mut within: Range<usize>) -> bool {
        self.wanted.negated || !within.any(|at| sentence.has(at, class::NEGATION))
    }

    /// Whether there is a right argument for a trigger that ends before token `at`; for arguments that are phrases.
    pub(super) fn has_right(&self, sentence: &Sentence<'_>, at: usize, shared: &mut Shared) -> bool {
        self.right(sentence, at, shared).is_some()
    }

    fn takes_left(&self, sentence: &Sentence<'_>, phrase: &Phrase) -> bool {
        let asked = phrase.first.checked_sub(1).is_some_and(|at| sentence.is(at, named::WHAT));
        let number =
            phrase.start == phrase.head && sentence.word(phrase.head).bytes().all(|byte| !byte.is_ascii_alphabetic());
        // `the system as a whole`
        let whole = self.verbal && sentence.is_role(phrase);
        sentence.is_nominal(phrase)
            && !(asked || number || whole || sentence.is_predicate(phrase))
            && self.left.hold(sentence, phrase)
    }

    fn takes_right(&self, sentence: &Sentence<'_>, phrase: &Phrase) -> bool {
        sentence.is_nominal(phrase) && self.right.hold(sentence, phrase)
    }

    /// Whether the verb at token `at` is in its base form, so that its subject is a plural: `storms cause`, but not `a
    /// storm cause`.
    fn is_base_form(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let classes = sentence.classes(at);
        let inflected =
            classes.any(class::PAST.or(class::ING).or(class::AUXILIARY)) || sentence.word(at).ends_with('s');
        let active = self.verbal && !self.participial;
        let relative = at > 0 && sentence.has(at - 1, class::RELATIVE);
        active
            && !relative
            && classes.any(class::VERB)
            && classes.any(class::NOUN)
            && !inflected
            && !sentence.is(at, named::PAST_TOO)
    }

    /// What a phrase is about if its head only classifies: `fish` of `a kind of fish`.
    fn unwrapped(&self, sentence: &Sentence<'_>, mut phrase: Phrase) -> Phrase {
        const DEPTH: usize = 3;
        for _ in 0..DEPTH {
            let classifies = self.unwrap && phrase.of.is_some() && sentence.has(phrase.head, class::CLASSIFIER);
            let inner = if classifies { sentence.right(phrase.core_end + 1, sentence.len()) } else { None };
            match inner.filter(|inner| !inner.pronoun) {
                Some(inner) => phrase = inner,
                None => break,
            }
        }
        phrase
    }
}

/// Whether a subject is more than one thing.
fn others_or_plural(sentence: &Sentence<'_>, subject: &Phrase, others: &[Phrase]) -> bool {
    !others.is_empty() || subject.pronoun || sentence.has(subject.head, class::PLURAL)
}

/// Whether the trigger begins with a verb that can be the verb of a clause: with one in the third person, or in all forms.
fn has_finite_form(trigger: &Trigger) -> bool {
    let first = trigger.elements.first().map(|element| &element.kind);
    matches!(first, Some(ElementKind::Words(all)) if all.iter().any(|words| words[0].ends_with("ing") || words[0].ends_with('s')))
}

/// Looks through a noun that only measures: the subject of `most cases of flu` is `flu`.
fn measured(sentence: &Sentence<'_>, left: Left) -> Left {
    let measures = sentence.has(left.phrase.head, class::MEASURE);
    match left.phrase.inner().filter(|_| measures) {
        Some(inner) => Left { phrase: inner, ..left },
        None => left,
    }
}

impl Rule {
    /// What a glance at the word before the trigger can say of the left argument.
    pub(super) fn quick_left(&self) -> Option<QuickLeft> {
        (self.mode == ArgumentMode::Phrase).then(|| {
            let near = self.distance == Distance::Near && !self.verbal;
            let head = if near { self.left.question() } else { None };
            QuickLeft { head, verbal: self.verbal, pronouns: self.wanted.pronouns, distance: self.distance }
        })
    }

    /// Whether the right argument is a noun phrase, and if so, whether it may be a pronoun.
    pub(super) fn right_phrase(&self) -> Option<bool> {
        (self.mode == ArgumentMode::Phrase).then_some(self.wanted.pronouns)
    }

    /// What is asked of the head of the right argument, where that is the head of the phrase after the trigger.
    pub(super) fn asked_right(&self) -> Option<Question> {
        if self.unwrap { None } else { self.right.question() }
    }

    /// Whether the right argument must have no determiner that says which, or where `bare` is not so, must have one.
    pub(crate) fn asks_for_bare(&self, bare: bool) -> bool {
        self.mode == ArgumentMode::Phrase && !self.unwrap && self.right.ask_for_bare(bare)
    }
}

/// What all associations of one trigger share.
struct Context<'s> {
    pattern: PatternId,
    sentence: &'s Sentence<'s>,
    trigger: Range<usize>,
    negated: bool,
    hedged: bool,
}

impl Context<'_> {
    fn found(&self, left: &Phrase, right: &Phrase) -> Found {
        let sentence = self.sentence;
        let none_at_all =
            |phrase: &Phrase| (phrase.first..phrase.start).any(|at| sentence.is(at, named::NO.or(named::NEITHER)));
        let condition = left.first.checked_sub(1).is_some_and(|at| sentence.is(at, named::CONDITIONAL));
        Found {
            pattern: self.pattern,
            left: sentence.argument(left),
            right: sentence.argument(right),
            trigger: self.trigger.clone(),
            negated: self.negated || none_at_all(left) || none_at_all(right),
            hedged: self.hedged || condition,
        }
    }

    /// Adds the association of the tokens of `within` before the trigger with those after it.
    fn spans(&self, found: &mut Vec<Found>, within: Range<usize>) {
        let sentence = self.sentence;
        let tokens = &sentence.tokens[within];
        let before = tokens.iter().take_while(|token| token.end <= self.trigger.start);
        let after = tokens.iter().skip_while(|token| token.start < self.trigger.end);
        let span = |mut words: Vec<Range<usize>>| {
            let (first, last) = (words.first()?.start, words.pop()?.end);
            Some(Argument { span: first..last, head: None, pronoun: false })
        };
        let words = |tokens: &mut dyn Iterator<Item = &super::token::Token>| {
            tokens.filter(|token| token.is_word()).map(|token| token.start..token.end).collect()
        };
        let (mut before, mut after) = (before, after);
        if let (Some(left), Some(right)) = (span(words(&mut before)), span(words(&mut after))) {
            let (pattern, trigger) = (self.pattern, self.trigger.clone());
            found.push(Found { pattern, left, right, trigger, negated: self.negated, hedged: self.hedged });
        }
    }
}

impl Sentence<'_> {
    /// The bytes of the tokens `range`, which is not empty.
    pub(crate) fn bytes(&self, range: Range<usize>) -> Range<usize> {
        match self.tokens.get(range) {
            Some([first, .., last]) => first.start..last.end,
            Some([only]) => only.start..only.end,
            _ => 0..0,
        }
    }

    fn same_words(&self, left: &Phrase, right: &Phrase) -> bool {
        let text = |phrase: &Phrase| &self.text.as_bytes()[self.bytes(phrase.start..phrase.end)];
        text(left).eq_ignore_ascii_case(text(right))
    }

    fn argument(&self, phrase: &Phrase) -> Argument {
        Argument {
            span: self.bytes(phrase.start..phrase.end),
            head: Some(self.bytes(phrase.head..phrase.head + 1)),
            pronoun: phrase.pronoun,
        }
    }

    /// The tokens around a trigger up to the nearest punctuation or conjunction.
    fn clause_around(&self, start: usize, end: usize) -> Range<usize> {
        let bounds = |at: &usize| {
            let classes = self.classes(*at);
            let mark = !classes.any(class::WORD.or(class::QUOTE).or(class::APOSTROPHE_S));
            mark || classes.any(class::CONJUNCTION.or(class::COORDINATOR))
        };
        let first = (0..start).rev().find(bounds).map_or(0, |at| at + 1);
        first..(end..self.len()).find(bounds).unwrap_or(self.len())
    }
}
