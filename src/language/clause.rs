//! Finds what belongs to each verb of a sentence: its subject, its objects and what stands with prepositions.
//!
//! The rules look at phrases, a few for each sentence: the noun group before a verb is its subject, with the groups that
//! hang on it by prepositions; relative, participial and coordinated clauses take theirs from what they hang on.

use std::ops::RangeInclusive;

use super::phrase::{ItemKind, VerbForm};
use super::profile::Role;
use super::sentence_view::SentenceView;
use super::tag::Tag;

/// A noun phrase with what belongs to it, or a clause: the numbers of its first and last items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Phrase {
    /// The first item.
    pub first: usize,
    /// The item that has its head.
    pub head: usize,
    /// The last item.
    pub last: usize,
    /// Whether it is a clause, or a part of one, with a verb of its own.
    pub clause: bool,
}

impl Phrase {
    /// Returns the numbers of its items.
    #[must_use]
    pub fn items(self) -> RangeInclusive<usize> {
        self.first..=self.last
    }
}

/// How a clause stands in its sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClauseKind {
    /// A clause by itself, or one that is coordinated with others.
    #[default]
    Main,
    /// A relative clause: `which causes ...`.
    Relative,
    /// A participle and what belongs to it: `, causing ...`, `caused by ...`.
    Participial,
    /// An infinitive that hangs on another verb: `tends to cause`.
    Infinitive,
}

/// A verb and what belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Predicate {
    /// The number of the verb group.
    pub verb: usize,
    /// How its clause stands in the sentence.
    pub kind: ClauseKind,
    /// What stands as its subject: several if they are coordinated. Of a passive, what undergoes.
    pub subjects: Vec<Phrase>,
    /// Its objects, or what a copula says of its subject.
    pub objects: Vec<Phrase>,
    /// The item of the adjective after a copula.
    pub adjective: Option<usize>,
    /// The prepositions after it, each with its phrases.
    pub complements: Vec<(usize, Vec<Phrase>)>,
    /// Whether it is denied, by itself or by the verb it hangs on.
    pub negated: bool,
    /// Whether what it says only may be so, by itself or by the verb it hangs on.
    pub hedged: bool,
    /// Whether it asks.
    pub question: bool,
}

/// Fills `predicates` with the verbs of a sentence, in order.
pub fn predicates(view: &SentenceView<'_>, predicates: &mut Vec<Predicate>) {
    predicates.clear();
    for (at, item) in view.items.iter().enumerate() {
        let ItemKind::Verb(group) = &item.kind else { continue };
        if group.open && matches!(view.right(at).map(|next| &view.items[next].kind), Some(ItemKind::Noun(_))) {
            // An auxiliary before its subject: the verb after that has both.
            if view.right(at).and_then(|noun| view.right(noun)).is_some_and(|next| view.verb(next).is_some()) {
                continue;
            }
        }
        let mut predicate =
            Predicate { verb: at, negated: group.negated, hedged: group.hedged, ..Predicate::default() };
        find_subject(view, predicates, &mut predicate);
        find_objects(view, &mut predicate);
        predicates.push(predicate);
    }
}

fn find_subject(view: &SentenceView<'_>, earlier: &[Predicate], predicate: &mut Predicate) {
    let at = predicate.verb;
    let Some(group) = view.verb(at) else { return };
    let before = view.left(at);
    match group.form {
        VerbForm::Finite => find_finite_subject(view, earlier, predicate, before),
        VerbForm::Infinitive => find_infinitive_subject(view, earlier, predicate, before),
        VerbForm::Ing | VerbForm::Participle => find_participle_subject(view, earlier, predicate, before),
    }
}

fn find_finite_subject(
    view: &SentenceView<'_>,
    earlier: &[Predicate],
    predicate: &mut Predicate,
    before: Option<usize>,
) {
    let Some(before) = before else { return };
    match &view.items[before].kind {
        ItemKind::Noun(_) => {
            predicate.subjects = subjects_ending_at(view, before);
            // `Above the forehead is a large element`: what a preposition governs is no subject.
            let governed = predicate.subjects.first().and_then(|phrase| view.left(phrase.first));
            let leads = |left: usize| {
                view.items[left].kind == ItemKind::Preposition
                    && view.left(left).is_none_or(|before| {
                        matches!(view.items[before].kind, ItemKind::Comma | ItemKind::Break | ItemKind::Coordinator)
                    })
            };
            if governed.is_some_and(leads) {
                predicate.subjects.clear();
                return;
            }
            let first = predicate.subjects.first().map_or(before, |phrase| phrase.first);
            let opening = view.left(first);
            // `Does smoking cause cancer?`
            if let Some(auxiliary) = opening.and_then(|opening| view.verb(opening)).filter(|verb| verb.open) {
                predicate.question = true;
                predicate.negated |= auxiliary.negated;
            }
            // `the disease that smoking causes`: the antecedent is the object.
            if let Some(relative) = opening.filter(|opening| view.items[*opening].kind == ItemKind::Relative) {
                predicate.kind = ClauseKind::Relative;
                if let Some(antecedent) = view.antecedent(relative) {
                    predicate.objects.push(antecedent);
                }
            }
        }
        ItemKind::Relative => {
            predicate.kind = ClauseKind::Relative;
            predicate.subjects = antecedents(view, before, predicate.verb);
        }
        ItemKind::Coordinator => share_subject(view, earlier, predicate),
        // `The process – a long one – created`
        ItemKind::Break => {
            let opening = (0..before).rev().find(|at| view.items[*at].kind == ItemKind::Break);
            if let Some(noun) = opening.and_then(|opening| view.left(opening)).filter(|noun| view.noun(*noun).is_some())
            {
                predicate.subjects = subjects_ending_at(view, noun);
            }
        }
        ItemKind::Comma => {
            if let Some(noun) = before_insertion(view, before) {
                predicate.subjects = subjects_ending_at(view, noun);
            } else {
                share_subject(view, earlier, predicate);
            }
        }
        // `The drugs he sold caused harm`: a relative clause without a pronoun.
        ItemKind::Verb(verb) if verb.form == VerbForm::Finite => {
            let inner = earlier.iter().rev().find(|other| other.verb == before);
            let opening = inner.and_then(|inner| inner.subjects.first()).and_then(|subject| view.left(subject.first));
            if let Some(noun) = opening.filter(|opening| view.noun(*opening).is_some()) {
                predicate.subjects = subjects_ending_at(view, noun);
            }
        }
        // `Smoking causes cancer`: a gerund alone is a subject.
        ItemKind::Verb(verb) if verb.form == VerbForm::Ing && opens_clause(view, before) => {
            predicate.subjects.push(Phrase { first: before, head: before, last: before, clause: false });
        }
        _ => {}
    }
}

/// The phrases that a relative pronoun stands for: all of a list if the verb is in the plural.
fn antecedents(view: &SentenceView<'_>, relative: usize, verb: usize) -> Vec<Phrase> {
    let Some(antecedent) = view.antecedent(relative) else { return Vec::new() };
    let singular = view.verb(verb).is_some_and(|group| {
        let first = &view.tokens[view.items[verb].tokens.start];
        view.tokens[group.verb].tag == Tag::VerbThird || first.roles.has(Role::Singular)
    });
    if singular { vec![antecedent] } else { modified(view, antecedent.last) }
}

/// The phrases that a participle after `noun` modifies: of a list all, `damage and pain caused by`.
fn modified(view: &SentenceView<'_>, noun: usize) -> Vec<Phrase> {
    let groups = view.groups_ending_at(noun, false);
    if groups.len() > 1 { groups } else { view.phrase_ending_at(noun).into_iter().collect() }
}

/// The last noun before what commas set off: `Ada, an English lady, wrote` and `Ada, who was English, wrote`.
fn before_insertion(view: &SentenceView<'_>, closing: usize) -> Option<usize> {
    let mut verbs = 0;
    for at in (0..closing).rev() {
        match &view.items[at].kind {
            ItemKind::Verb(verb) if verb.form == VerbForm::Finite => verbs += 1,
            ItemKind::Break => return None,
            ItemKind::Comma => {
                let noun = view.left(at)?;
                let is_relative = matches!(
                    view.items[at + 1].kind,
                    ItemKind::Relative | ItemKind::Subordinator | ItemKind::Preposition
                );
                let is_noun = matches!(view.items[noun].kind, ItemKind::Noun(_));
                if is_noun && (verbs == 0 || verbs == 1 && is_relative) {
                    return Some(noun);
                }
                if verbs > 0 {
                    return None;
                }
            }
            _ => {}
        }
    }
    None
}

/// A verb that is coordinated with an earlier one has its subject.
fn share_subject(view: &SentenceView<'_>, earlier: &[Predicate], predicate: &mut Predicate) {
    let shares = |other: &&Predicate| {
        view.verb(other.verb).is_some_and(|verb| verb.form == VerbForm::Finite) && !other.subjects.is_empty()
    };
    if let Some(other) = earlier.iter().rev().find(shares) {
        predicate.subjects.clone_from(&other.subjects);
        predicate.kind = other.kind;
        predicate.question = other.question;
        predicate.hedged |= other.hedged && view.verb(predicate.verb).is_some_and(|verb| verb.form != VerbForm::Finite);
    }
}

fn find_infinitive_subject(
    view: &SentenceView<'_>,
    earlier: &[Predicate],
    predicate: &mut Predicate,
    before: Option<usize>,
) {
    predicate.kind = ClauseKind::Infinitive;
    let Some(mut before) = before else { return };
    // `Does smoking cause cancer?`: what looks like an infinitive has the auxiliary before its subject.
    let is_base = !view.is_word(view.items[predicate.verb].tokens.start, "to");
    if let ItemKind::Noun(_) = view.items[before].kind {
        let subjects = subjects_ending_at(view, before);
        let first = subjects.first().map_or(before, |phrase| phrase.first);
        if let Some(opening) = view.left(first)
            && let Some(verb) = view.verb(opening)
        {
            if verb.open && is_base {
                predicate.kind = ClauseKind::Main;
                predicate.question = true;
                predicate.negated |= verb.negated;
                predicate.subjects = subjects;
                return;
            }
            // `forces people to move`
            predicate.subjects = subjects;
            return;
        }
        if is_base {
            // A plural noun and a verb in the base form: `bacteria cause disease`.
            predicate.kind = ClauseKind::Main;
            predicate.subjects = subjects;
        }
        return;
    }
    while matches!(view.items[before].kind, ItemKind::Adjective | ItemKind::Coordinator) {
        let Some(more) = view.left(before) else { return };
        before = more;
    }
    if let Some(governor) = earlier.iter().rev().find(|other| other.verb <= before)
        && (governor.verb == before || governor.kind == ClauseKind::Infinitive || governor.adjective.is_some())
    {
        predicate.subjects.clone_from(&governor.subjects);
        predicate.negated |= governor.negated || view.has_role(governor.verb, Role::Failing);
        predicate.hedged |= governor.hedged || view.has_role(governor.verb, Role::Seeming);
        predicate.question |= governor.question;
    }
}

fn find_participle_subject(
    view: &SentenceView<'_>,
    earlier: &[Predicate],
    predicate: &mut Predicate,
    before: Option<usize>,
) {
    predicate.kind = ClauseKind::Participial;
    let passive = view.verb(predicate.verb).is_some_and(|verb| verb.passive);
    let Some(before) = before else {
        // `the airport (often called Riverside)`
        if let Some(noun) = view.before_bracket(predicate.verb) {
            predicate.subjects.extend(view.phrase_ending_at(noun));
            return;
        }
        // `Caused by rain, the flood ...`: the subject is that of the clause after the comma.
        predicate.subjects.extend(after_comma(view, predicate.verb));
        return;
    };
    match &view.items[before].kind {
        ItemKind::Noun(_) => predicate.subjects = modified(view, before),
        ItemKind::Comma => {
            let Some(noun) = view.left(before) else { return };
            let governor = earlier.iter().rev().find(|other| {
                matches!(other.kind, ClauseKind::Main | ClauseKind::Relative) && !other.subjects.is_empty()
            });
            match governor {
                None if !passive => {}
                // `It rained for days, causing floods`: the whole clause is the subject.
                Some(governor) if !passive => {
                    if let Some(first) = governor.subjects.first() {
                        predicate.subjects.push(Phrase {
                            first: first.first,
                            head: first.head,
                            last: noun,
                            clause: true,
                        });
                    }
                }
                _ => predicate.subjects.extend(view.phrase_ending_at(noun)),
            }
        }
        ItemKind::Coordinator => {
            if let Some(other) = earlier.iter().rev().find(|other| other.kind == ClauseKind::Participial) {
                predicate.subjects.clone_from(&other.subjects);
            }
        }
        _ => {}
    }
}

/// The subject of the clause after the next comma.
fn after_comma(view: &SentenceView<'_>, from: usize) -> Option<Phrase> {
    let comma = (from..view.items.len()).find(|at| view.items[*at].kind == ItemKind::Comma)?;
    let noun = view.right(comma)?;
    view.noun(noun)?;
    Some(view.phrase_from(noun))
}

fn opens_clause(view: &SentenceView<'_>, at: usize) -> bool {
    view.left(at).is_none_or(|before| {
        matches!(
            view.items[before].kind,
            ItemKind::Comma | ItemKind::Break | ItemKind::Subordinator | ItemKind::Coordinator
        )
    })
}

/// The subjects whose last noun group is `last`: up the prepositions to the group that they hang on, and over lists.
fn subjects_ending_at(view: &SentenceView<'_>, last: usize) -> Vec<Phrase> {
    let head = view.subject_top(last);
    // `Smoking cigarettes causes cancer`: the gerund is the subject, with its object.
    if let Some(gerund) = view.left(head)
        && view.verb(gerund).is_some_and(|verb| verb.form == VerbForm::Ing)
        && opens_clause(view, gerund)
    {
        return vec![Phrase { first: gerund, head: gerund, last, clause: false }];
    }
    view.list_ending_at(last)
}

fn find_objects(view: &SentenceView<'_>, predicate: &mut Predicate) {
    let Some(mut next) = view.right(predicate.verb) else { return };
    let copula = view.verb(predicate.verb).is_some_and(|verb| verb.copula);
    if copula && view.items[next].kind == ItemKind::Adjective {
        predicate.adjective = Some(next);
        match view.right(next) {
            Some(after) => next = after,
            None => return,
        }
    }
    if view.noun(next).is_some() {
        if view.is_subject(next) {
            return;
        }
        let objects = view.list_from(next, false);
        let last = objects.last().map_or(next, |phrase| phrase.last);
        predicate.objects.extend(objects);
        match view.right(last) {
            Some(after) => next = after,
            None => return,
        }
    }
    // `developed a rash three weeks after it`
    if view.noun(next).is_some_and(|_| view.has_role(next, Role::Time))
        && !predicate.objects.is_empty()
        && let Some(after) = view.right(next)
    {
        next = after;
    }
    while view.items[next].kind == ItemKind::Preposition {
        let Some(noun) = view.right(next) else { return };
        let phrases = if view.noun(noun).is_some() {
            view.list_from(noun, false)
        } else if view.verb(noun).is_some_and(|verb| verb.form == VerbForm::Ing) {
            vec![view.gerund_from(noun)]
        } else {
            // A particle before a preposition, or before nothing.
            Vec::new()
        };
        let last = phrases.last().map_or(next, |phrase| phrase.last);
        predicate.complements.push((next, phrases));
        match view.right(last) {
            Some(after) if predicate.complements.len() < 6 => next = after,
            _ => return,
        }
    }
}
