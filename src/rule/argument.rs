//! What a rule takes as source or target.

use std::ops::Range;

use crate::language::{ItemKind, NounGroup, Phrase, Role, SentenceView, Tag};

/// A phrase or a clause that is source or target, as tokens of its sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own, and any of them may be so together")]
pub(crate) struct Argument {
    /// Its tokens, without the determiner at its start.
    pub(crate) tokens: Range<usize>,
    /// Its head.
    pub(crate) head: usize,
    /// The noun group that has the head, if there is one.
    pub(crate) group: Option<NounGroup>,
    /// Whether it is a pronoun.
    pub(crate) pronoun: bool,
    /// Whether its determiner denies it.
    pub(crate) denied: bool,
    /// Whether it is a clause.
    pub(crate) clause: bool,
    /// Whether it is one of several that are coordinated.
    pub(crate) coordinated: bool,
    /// Whether a noun that only measures it was looked through: `one of the causes`.
    pub(crate) measured: bool,
}

impl Argument {
    /// The argument that a phrase is: nouns that only measure are looked through, `a lot of rain` is `rain`.
    pub(crate) fn new(view: &SentenceView<'_>, mut phrase: Phrase) -> Self {
        if phrase.clause {
            return Self::clause(view, phrase.first, phrase.last);
        }
        let (mut denied, mut measured) = (false, false);
        while let Some(inner) = inner_of_measure(view, phrase) {
            denied |= view.noun(phrase.head).is_some_and(|group| group.denied);
            measured = true;
            phrase = Phrase { first: inner, head: inner, ..phrase };
        }
        let group = view.noun(phrase.head).copied();
        let first = view.noun(phrase.first).map_or(view.items[phrase.first].tokens.start, |group| group.content);
        Self {
            tokens: trimmed(view, first..view.items[phrase.last].tokens.end),
            head: view.head(phrase),
            pronoun: group.is_some_and(|group| group.pronoun || group.denied && group.head == group.content),
            denied: denied || group.is_some_and(|group| group.denied),
            group,
            clause: false,
            coordinated: false,
            measured,
        }
    }

    /// The clause from one item to another.
    pub(crate) fn clause(view: &SentenceView<'_>, first: usize, last: usize) -> Self {
        let head = (first..=last).find_map(|item| view.verb(item).map(|group| group.verb));
        let tokens = trimmed(view, view.items[first].tokens.start..view.items[last].tokens.end);
        let start = view.noun(first).map_or(tokens.start, |group| group.content.max(tokens.start));
        Self {
            head: head.unwrap_or(tokens.start),
            tokens: start..tokens.end,
            group: None,
            pronoun: false,
            denied: false,
            clause: true,
            coordinated: false,
            measured: false,
        }
    }

    /// Some tokens of a noun group: a possessor, a title.
    pub(crate) fn part(view: &SentenceView<'_>, tokens: Range<usize>, name: bool) -> Option<Self> {
        let head = tokens.clone().rev().find(|at| view.tokens[*at].tag.is_nominal())?;
        let group = NounGroup { head, content: tokens.start, name, ..NounGroup::default() };
        Some(Self {
            tokens,
            head,
            group: Some(group),
            pronoun: false,
            denied: false,
            clause: false,
            coordinated: false,
            measured: false,
        })
    }

    /// The bytes of the text.
    pub(crate) fn span(&self, view: &SentenceView<'_>) -> Range<usize> {
        view.tokens[self.tokens.start].start as usize..view.tokens[self.tokens.end - 1].end as usize
    }
}

/// The group after `of`, if the head of a phrase only measures it.
fn inner_of_measure(view: &SentenceView<'_>, phrase: Phrase) -> Option<usize> {
    let group = view.noun(phrase.head)?;
    let measures = view.tokens[group.head].roles.has(Role::Measure) || group.number || group.denied;
    let inner = phrase.head + 2;
    (measures && inner <= phrase.last && view.item_is(phrase.head + 1, "of") && view.noun(inner).is_some())
        .then_some(inner)
}

/// Tokens without marks and coordinators at their ends.
fn trimmed(view: &SentenceView<'_>, tokens: Range<usize>) -> Range<usize> {
    let is_edge = |at: usize| {
        let token = &view.tokens[at];
        token.tag == Tag::Coordinator
            || token.mark != crate::language::Mark::None && token.mark != crate::language::Mark::Symbol
    };
    let Range { mut start, mut end } = tokens;
    while start + 1 < end && is_edge(start) {
        start += 1;
    }
    while end > start + 1 && is_edge(end - 1) && view.tokens[end - 1].mark != crate::language::Mark::Close {
        end -= 1;
    }
    start..end
}

/// The arguments that phrases are.
pub(crate) fn arguments(view: &SentenceView<'_>, phrases: &[Phrase]) -> Vec<Argument> {
    let coordinated = phrases.len() > 1;
    phrases.iter().map(|phrase| Argument { coordinated, ..Argument::new(view, *phrase) }).collect()
}

/// The clause that begins with an item: to the mark, the subordinator or the coordinated clause that ends it. It has a
/// finite verb.
pub(crate) fn clause_from(view: &SentenceView<'_>, first: usize) -> Option<Argument> {
    // `as of 2006` and `, which is rare` begin no clause of their own.
    if view.item_is(first, "of") || view.items[first].kind == ItemKind::Relative {
        return None;
    }
    let is_finite = |item: usize| view.verb(item).is_some_and(|group| group.form == crate::language::VerbForm::Finite);
    let mut last = None;
    let mut seen = false;
    for at in first..view.items.len() {
        match &view.items[at].kind {
            ItemKind::Break | ItemKind::Close => break,
            ItemKind::Comma | ItemKind::Subordinator if seen => break,
            ItemKind::Coordinator if seen && begins_clause(view, at) => break,
            ItemKind::Other if at + 1 == view.items.len() => break,
            _ => {}
        }
        seen |= is_finite(at);
        last = Some(at);
    }
    let last = last.filter(|_| seen)?;
    Some(Argument::clause(view, first, last))
}

/// Tells whether a coordinator joins a clause with a subject of its own.
fn begins_clause(view: &SentenceView<'_>, coordinator: usize) -> bool {
    view.right(coordinator).is_some_and(|next| view.noun(next).is_some() && view.is_subject(next))
}

/// The clause that ends with an item.
pub(crate) fn clause_to(view: &SentenceView<'_>, last: usize) -> Option<Argument> {
    // `but after the war, trade grew`: what follows leads up to the clause after it.
    if view.items[last].kind == ItemKind::Coordinator {
        return None;
    }
    let mut first = last + 1;
    while first > 0 {
        let at = first - 1;
        match &view.items[at].kind {
            ItemKind::Break | ItemKind::Open | ItemKind::Subordinator => break,
            ItemKind::Coordinator if begins_clause(view, at) && at < last => break,
            _ => first = at,
        }
    }
    let mut last = last;
    // `a day after` says how long after.
    while last > first && view.has_role(last, crate::language::Role::Time) && measures_time(view, last) {
        last -= 1;
    }
    // What a relative clause says is said of its antecedent: `King, who was shot in 1968`.
    let relative = (first + 1..last)
        .rev()
        .find(|at| view.items[*at].kind == ItemKind::Relative && view.items[at - 1].kind == ItemKind::Comma);
    // It ends where a comma closes it.
    let relative = relative.filter(|at| (*at..=last).all(|item| view.items[item].kind != ItemKind::Comma));
    if let Some(antecedent) = relative.and_then(|relative| view.antecedent(relative)) {
        first = first.max(antecedent.first);
    }
    // Before the first comma stands what only leads up to the clause.
    while let Some(comma) = leading_comma(view, first, last) {
        first = comma + 1;
    }
    while first < last && matches!(view.items[first].kind, ItemKind::Coordinator | ItemKind::Adverb | ItemKind::Comma) {
        first += 1;
    }
    let has_verb = (first..=last).any(|at| view.verb(at).is_some());
    (first <= last && has_verb).then(|| Argument::clause(view, first, last))
}

/// Tells whether a noun group says how long: `a day`, `three years`.
fn measures_time(view: &SentenceView<'_>, item: usize) -> bool {
    view.noun(item).is_some_and(|group| {
        group.determiner == crate::language::Determiner::Indefinite
            || view.items[item].tokens.clone().any(|at| view.tokens[at].tag == Tag::Number)
    })
}

/// The comma that ends an adverbial at the start of a clause.
fn leading_comma(view: &SentenceView<'_>, first: usize, last: usize) -> Option<usize> {
    let leads = matches!(
        view.items.get(first)?.kind,
        ItemKind::Preposition | ItemKind::Adverb | ItemKind::Coordinator | ItemKind::Subordinator
    ) || view.verb(first).is_some_and(|group| group.form != crate::language::VerbForm::Finite);
    let comma = (first..last).find(|at| view.items[*at].kind == ItemKind::Comma)?;
    let rest_has_verb = (comma..=last).any(|at| view.verb(at).is_some());
    (leads && rest_has_verb).then_some(comma)
}
