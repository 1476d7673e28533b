//! Finds what rules say in a sentence that has been read.

use std::ops::Range;

use super::argument::{Argument, arguments};
use super::frame::{Frame, Slot};
use super::index::{Facts, Index, Trigger};
use crate::language::{
    ClauseKind, ItemKind, Language, Mark, Phrase, Predicate, Role, SentenceView, Syntax, Tag, VerbForm,
};

/// What a rule found: one source and one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// The number of the rule in its set.
    pub(crate) rule: usize,
    pub(crate) source: Argument,
    pub(crate) target: Argument,
    /// The tokens that state the relation.
    pub(crate) trigger: Range<usize>,
    /// Whether it is denied.
    pub(crate) negated: bool,
    /// Whether it only may be so, or is asked.
    pub(crate) hedged: bool,
    /// What relates the two.
    pub(crate) predicate: String,
}

/// A sentence in which rules are looked for.
pub(crate) struct Finder<'s> {
    index: &'s Index,
    language: &'s Language,
    syntax: &'s Syntax,
    view: SentenceView<'s>,
}

/// A verb, adjective or noun of the sentence with the frame that it may fill, and what is known of its clause.
struct Candidate {
    rule: usize,
    trigger: Range<usize>,
    negated: bool,
    hedged: bool,
    predicate: String,
}

impl<'s> Finder<'s> {
    pub(crate) fn new(index: &'s Index, language: &'s Language, syntax: &'s Syntax, text: &'s str) -> Self {
        Self { index, language, syntax, view: syntax.view(text) }
    }

    /// Appends every hit of the sentence to `hits`, in order of their triggers.
    pub(crate) fn find(&self, hits: &mut Vec<Hit>) {
        let first = hits.len();
        for token in 0..self.view.tokens.len() {
            let mark = self.view.tokens[token].mark;
            if mark != Mark::None {
                for trigger in self.index.of_mark(mark) {
                    self.try_trigger(trigger, token, hits);
                }
            }
            let begins_group = self.syntax.item_of(token).is_some_and(|item| {
                self.view.items[item].tokens.start == token && self.view.noun(item).is_some_and(|group| group.name)
            });
            if begins_group {
                for trigger in self.index.of_group() {
                    self.try_trigger(*trigger, token, hits);
                }
            }
            if let Some(item) =
                self.syntax.item_of(token).filter(|item| self.view.verb(*item).is_some_and(|group| group.verb == token))
            {
                for frame in self.index.of_any_verb() {
                    self.any_verb(*frame, item, hits);
                }
            }
            if !self.index.of_any_noun().is_empty()
                && self
                    .syntax
                    .item_of(token)
                    .and_then(|item| self.view.noun(item))
                    .is_some_and(|group| group.head == token)
            {
                for frame in self.index.of_any_noun() {
                    self.noun(*frame, token, hits);
                }
            }
            for trigger in self.index.of_word(self.view.tokens[token].word, self.view.word(token)) {
                self.try_trigger(*trigger, token, hits);
            }
        }
        remove_repeated(hits, first);
    }

    fn try_trigger(&self, trigger: Trigger, token: usize, hits: &mut Vec<Hit>) {
        match trigger {
            Trigger::Verb(frame) => self.verb(frame, token, hits),
            Trigger::Adjective(frame) => self.adjective(frame, token, hits),
            Trigger::Noun(frame) => self.noun(frame, token, hits),
            Trigger::Sequence(sequence) => {
                let (rule, sequence) = &self.index.sequences[sequence];
                // The sequences of a rule are alternatives: the first that matches is taken.
                let is_taken = hits.iter().any(|hit| hit.rule == *rule && hit.trigger.start == token);
                let Some(captures) = sequence.find(self.syntax, &self.view, token).filter(|_| !is_taken) else {
                    return;
                };
                let candidate = Candidate {
                    rule: *rule,
                    negated: self.is_denied_at(token),
                    hedged: self.is_asked(),
                    predicate: self.words(captures.trigger.clone()),
                    trigger: captures.trigger,
                };
                self.push(&candidate, captures.sources, &captures.targets, hits);
            }
        }
    }

    /// Some tokens as they are, in lower case.
    fn words(&self, tokens: Range<usize>) -> String {
        tokens.map(|at| self.view.word(at).to_lowercase()).collect::<Vec<_>>().join(" ")
    }

    /// Any verb with its subject and each phrase after it: an open triple for each.
    fn any_verb(&self, frame: usize, item: usize, hits: &mut Vec<Hit>) {
        let view = &self.view;
        let rule = self.index.frames[frame].0;
        let Some(group) = view.verb(item).filter(|group| !group.open) else { return };
        let Some(predicate) = self.syntax.predicate_of(item) else { return };
        let base = self.language.base_form(&view.word(group.verb).to_lowercase());
        let verb = if group.passive { format!("be {}", view.word(group.verb).to_lowercase()) } else { base };
        let mut add = |words: String, end: usize, phrases: &[Phrase]| {
            let candidate = Candidate {
                rule,
                trigger: view.items[item].tokens.start..end,
                negated: predicate.negated || self.is_denied_before(item),
                hedged: predicate.hedged || predicate.question || self.is_asked() || self.is_under_if(item),
                predicate: words,
            };
            self.push(&candidate, arguments(view, &predicate.subjects), &arguments(view, phrases), hits);
        };
        let end = view.items[item].tokens.end;
        add(verb.clone(), end, &predicate.objects);
        let verb = match predicate.adjective {
            Some(adjective) => format!("{verb} {}", self.words(view.items[adjective].tokens.clone())),
            None => verb,
        };
        for (preposition, phrases) in &predicate.complements {
            // The preposition belongs to the trigger where nothing stands between.
            let tokens = view.items[*preposition].tokens.clone();
            let adjacent = predicate.objects.is_empty()
                && predicate.complements.first().is_some_and(|first| first.0 == *preposition);
            let end = if adjacent { tokens.end } else { end };
            add(format!("{verb} {}", self.words(tokens)), end, phrases);
        }
    }

    /// A verb with what belongs to it.
    fn verb(&self, frame: usize, token: usize, hits: &mut Vec<Hit>) {
        let (rule, frame) = &self.index.frames[frame];
        let Some(item) = self.syntax.item_of(token) else { return };
        let Some(group) = self.view.verb(item).filter(|group| group.verb == token) else { return };
        let Some(predicate) = self.syntax.predicate_of(item) else { return };
        let is_be = self.view.tokens[token].roles.has(Role::Be);
        if group.open && !is_be || is_be && !group.copula {
            return;
        }
        let followed = frame
            .prepositions
            .iter()
            .all(|wanted| predicate.complements.iter().any(|(preposition, _)| self.view.item_is(*preposition, wanted)));
        let has_noun = frame.noun.as_deref().is_none_or(|noun| {
            let is_noun = |phrase: &Phrase| self.view.is_word(self.view.head(*phrase), noun);
            predicate.objects.first().is_some_and(is_noun)
                || predicate.adjective.is_some_and(|item| self.view.item_is(item, noun))
        });
        // `bring pressure on people` is not `bring on`.
        let intransitive = frame.noun.is_none() && !frame.prepositions.is_empty() && !frame.takes_object();
        let has_object = !group.passive && !predicate.objects.is_empty() && predicate.kind != ClauseKind::Relative;
        if !followed || !has_noun || intransitive && has_object {
            return;
        }
        let candidate = Candidate {
            rule: *rule,
            trigger: self.view.items[item].tokens.clone(),
            negated: predicate.negated || self.is_denied_before(item),
            hedged: predicate.hedged || predicate.question || self.is_asked() || self.is_under_if(item),
            predicate: frame.words(),
        };
        let sources = self.of_predicate(&frame.source, frame, predicate, group.passive);
        let targets = self.of_predicate(&frame.target, frame, predicate, group.passive);
        self.push(&candidate, sources, &targets, hits);
    }

    /// What a slot of a verb is filled with.
    fn of_predicate(&self, slot: &Slot, frame: &Frame, predicate: &Predicate, passive: bool) -> Vec<Argument> {
        let view = &self.view;
        let with = |wanted: &str| {
            let found = predicate
                .complements
                .iter()
                .find(|(preposition, phrases)| !phrases.is_empty() && view.item_is(*preposition, wanted));
            found.map_or_else(Vec::new, |(_, phrases)| self.extended(phrases))
        };
        match slot {
            Slot::Subject if passive => with("by"),
            Slot::Subject => arguments(view, &predicate.subjects),
            Slot::Object if passive => arguments(view, &predicate.subjects),
            Slot::Object if frame.noun.is_some() => Vec::new(),
            Slot::Object if frame.uses_prepositions() => arguments(view, &predicate.objects),
            Slot::Object => self.extended(&predicate.objects),
            Slot::Event => self.event(predicate, passive),
            Slot::Complement => self.complement(predicate, passive),
            Slot::Preposition(word) => {
                let found = with(word);
                if found.is_empty() && passive && frame.owns(slot) {
                    arguments(view, &predicate.subjects)
                } else {
                    found
                }
            }
            Slot::Possessor | Slot::Word => Vec::new(),
            Slot::Or(slots) => first_filled(slots, |slot| self.of_predicate(slot, frame, predicate, passive)),
        }
    }

    /// The arguments that phrases are, the last with the preposition that hangs on it.
    fn extended(&self, phrases: &[Phrase]) -> Vec<Argument> {
        let mut phrases = phrases.to_vec();
        if let Some(phrase) = phrases.last_mut().filter(|phrase| !phrase.clause) {
            phrase.last = self.view.object_end(phrase.last);
        }
        arguments(&self.view, &phrases)
    }

    /// The object with what it does: `flights to be cancelled`.
    fn event(&self, predicate: &Predicate, passive: bool) -> Vec<Argument> {
        let view = &self.view;
        if passive {
            // `people were forced to move`
            let Some(verb) = view.right(predicate.verb).filter(|next| self.is_infinitive(*next)) else {
                return Vec::new();
            };
            let Some(subject) = predicate.subjects.first() else { return Vec::new() };
            let mut argument = Argument::new(view, *subject);
            argument.tokens.end = self.end_of_clause(verb);
            return vec![argument];
        }
        let Some(object) = predicate.objects.last() else { return Vec::new() };
        let Some(next) = view.right(object.last) else { return Vec::new() };
        // `made it difficult`, but not `a disease resistant to treatment`.
        let adjective = view.items[next].kind == ItemKind::Adjective
            && view.right(next).is_none_or(|after| view.items[after].kind != ItemKind::Preposition);
        let does = adjective || self.is_infinitive(next);
        if !does {
            return Vec::new();
        }
        let mut argument = Argument::new(view, Phrase { last: object.last, ..predicate.objects[0] });
        argument.tokens.end = self.end_of_clause(next).max(argument.tokens.end);
        vec![argument]
    }

    fn is_infinitive(&self, item: usize) -> bool {
        self.view.verb(item).is_some_and(|group| group.form == VerbForm::Infinitive)
    }

    fn is_participle(&self, item: usize) -> bool {
        self.view.verb(item).is_some_and(|group| matches!(group.form, VerbForm::Ing | VerbForm::Participle))
    }

    /// The last token of a verb with its objects, or of an adjective.
    fn end_of_clause(&self, item: usize) -> usize {
        let last = self
            .syntax
            .predicate_of(item)
            .and_then(|predicate| predicate.objects.last())
            .map_or(item, |phrase| phrase.last);
        self.view.items[last.max(item)].tokens.end
    }

    /// What a verb says of its object: the second of two phrases, or the one after the subject of a passive.
    fn complement(&self, predicate: &Predicate, passive: bool) -> Vec<Argument> {
        let view = &self.view;
        if passive {
            return arguments(view, &predicate.objects);
        }
        let [object] = predicate.objects.as_slice() else { return Vec::new() };
        let Some(next) = view.right(object.last).filter(|next| view.noun(*next).is_some()) else { return Vec::new() };
        vec![Argument::new(view, view.phrase_from(next))]
    }

    /// An adjective after a copula, or after the noun that it modifies.
    fn adjective(&self, frame: usize, token: usize, hits: &mut Vec<Hit>) {
        let (rule, frame) = &self.index.frames[frame];
        let view = &self.view;
        let Some(item) = self.syntax.item_of(token).filter(|item| view.items[*item].kind == ItemKind::Adjective) else {
            return;
        };
        let complements = self.complements_after(item);
        let predicate = self.syntax.predicates().iter().find(|predicate| predicate.adjective == Some(item));
        let subjects = if let Some(predicate) = predicate {
            predicate.subjects.clone()
        } else {
            let mut before = view.left(item);
            // `Constantine - later responsible for it - was`
            if let Some(mark) = before.filter(|at| matches!(view.items[*at].kind, ItemKind::Comma | ItemKind::Break)) {
                before = view.left(mark);
            }
            before.and_then(|noun| view.phrase_ending_at(noun)).into_iter().collect()
        };
        let candidate = Candidate {
            rule: *rule,
            trigger: token..token + 1,
            negated: predicate.is_some_and(|predicate| predicate.negated) || self.is_denied_before(item),
            hedged: predicate.is_some_and(|predicate| predicate.hedged || predicate.question)
                || self.is_asked()
                || self.is_under_if(item),
            predicate: frame.words(),
        };
        let of = |slot: &Slot| match slot {
            Slot::Subject => arguments(view, &subjects),
            Slot::Preposition(word) => self.with(&complements, word),
            _ => Vec::new(),
        };
        self.push(&candidate, of(&frame.source), &of(&frame.target), hits);
    }

    /// A noun with what hangs on it, and what it is said of.
    fn noun(&self, frame: usize, token: usize, hits: &mut Vec<Hit>) {
        let (rule, frame) = &self.index.frames[frame];
        let view = &self.view;
        let Some(item) = self.syntax.item_of(token) else { return };
        let Some(group) = view.noun(item).filter(|group| group.head == token) else { return };
        let complements = self.complements_after(item);
        let (bearer, negated, hedged) = self.bearer(item);
        let candidate = Candidate {
            rule: *rule,
            trigger: token..token + 1,
            negated: negated || group.denied || self.is_denied_before(item),
            hedged: hedged || self.is_asked() || self.is_under_if(item),
            predicate: frame.words(),
        };
        // `Correlations were found between rain and floods`: what hangs on the subject may follow the verb.
        let found = self.syntax.predicates().iter().find(|predicate| {
            let passive = view.verb(predicate.verb).is_some_and(|group| group.passive);
            passive && predicate.subjects.iter().any(|phrase| phrase.head == item)
        });
        let later = found.map_or(&[][..], |predicate| &predicate.complements);
        let later = later.iter().filter(|(preposition, _)| view.item_is(*preposition, "between"));
        let complements: Vec<_> = complements.into_iter().chain(later.cloned()).collect();
        let of_slot = |slot: &Slot| match slot {
            Slot::Subject => bearer.clone(),
            Slot::Possessor => self.possessor(item),
            Slot::Preposition(word) if word == "of" => {
                let found = self.with(&complements, word);
                if found.is_empty() { self.possessor(item) } else { found }
            }
            Slot::Preposition(word) => self.with(&complements, word),
            Slot::Word => {
                let mut word = Argument::new(view, Phrase { first: item, head: item, last: item, clause: false });
                // Without who has it.
                let mark = (word.tokens.clone()).rfind(|at| view.tokens[*at].roles.has(Role::Genitive) && *at < token);
                word.tokens.start = mark.map_or(word.tokens.start, |mark| mark + 1);
                vec![word]
            }
            _ => Vec::new(),
        };
        let of = |slot: &Slot| match slot {
            Slot::Or(slots) => first_filled(slots, of_slot),
            slot => of_slot(slot),
        };
        self.push(&candidate, of(&frame.source), &of(&frame.target), hits);
    }

    fn with(&self, complements: &[(usize, Vec<Phrase>)], word: &str) -> Vec<Argument> {
        let found = complements.iter().find(|(preposition, _)| self.view.item_is(*preposition, word));
        found.map_or_else(Vec::new, |(_, phrases)| arguments(&self.view, phrases))
    }

    /// The prepositions after a noun or adjective, each with its phrases: of `effect of rain on crops`, `of` and `on`.
    fn complements_after(&self, item: usize) -> Vec<(usize, Vec<Phrase>)> {
        let view = &self.view;
        let mut found: Vec<(usize, Vec<Phrase>)> = Vec::new();
        let mut last = item;
        // `the reasons given for it`
        if let Some(verb) = view.right(item).filter(|next| self.is_participle(*next))
            && let Some(predicate) = self.syntax.predicate_of(verb)
        {
            found.clone_from(&predicate.complements);
            return found;
        }
        while let Some(preposition) = view.right(last).filter(|next| view.items[*next].kind == ItemKind::Preposition)
            && let Some(next) = view.right(preposition)
            && found.len() < 4
        {
            let phrases = if view.noun(next).is_some() {
                view.list_from(next, false)
            } else if self.is_participle(next) {
                vec![view.gerund_from(next)]
            } else {
                break;
            };
            last = phrases.last().map_or(next, |phrase| phrase.last);
            found.push((preposition, phrases));
        }
        found
    }

    /// Who has what a noun names: `the storm's` of `the storm's effect`.
    fn possessor(&self, item: usize) -> Vec<Argument> {
        let view = &self.view;
        let Some(group) = view.noun(item) else { return Vec::new() };
        let tokens = view.items[item].tokens.clone();
        let is_mark = |at: &usize| view.tokens[*at].tag == Tag::Particle && view.tokens[*at].roles.has(Role::Genitive);
        let Some(mark) = (tokens.start..group.head).rev().find(is_mark) else { return Vec::new() };
        let start = (tokens.start..mark).find(|at| view.tokens[*at].tag != Tag::Determiner).unwrap_or(tokens.start);
        let name = view.tokens[mark - 1].tag == Tag::Name;
        Argument::part(view, start..mark, name).into_iter().collect()
    }

    /// What a noun is said of, and whether that is denied or only may be: the subject of the copula before it, what
    /// follows the copula after it, what stands in apposition to it, what is taken `as` it.
    fn bearer(&self, item: usize) -> (Vec<Argument>, bool, bool) {
        let view = &self.view;
        let holds =
            |phrase: &Phrase| !phrase.clause && view.top(item) >= phrase.first && phrase.items().contains(&item);
        let is_head = |phrase: &Phrase| {
            let argument = Argument::new(view, *phrase);
            holds(phrase) && view.noun(item).is_some_and(|group| group.head == argument.head)
        };
        for predicate in self.syntax.predicates() {
            let copula = view.verb(predicate.verb).is_some_and(|group| group.copula)
                || view.has_role(predicate.verb, Role::Linking);
            let flags = (predicate.negated, predicate.hedged || predicate.question);
            if copula && predicate.objects.iter().any(is_head) {
                return (arguments(view, &predicate.subjects), flags.0, flags.1);
            }
            if copula && predicate.subjects.iter().any(is_head) {
                return (arguments(view, &predicate.objects), flags.0, flags.1);
            }
            let taken = predicate
                .complements
                .iter()
                .any(|(preposition, phrases)| view.item_is(*preposition, "as") && phrases.iter().any(is_head));
            if taken {
                let passive = view.verb(predicate.verb).is_some_and(|group| group.passive);
                let phrases =
                    if passive || predicate.objects.is_empty() { &predicate.subjects } else { &predicate.objects };
                return (arguments(view, phrases), flags.0, flags.1);
            }
        }
        (self.apposed(item).into_iter().collect(), false, false)
    }

    /// The noun phrase before the comma before a noun: `smoking, the main cause of cancer`.
    fn apposed(&self, item: usize) -> Option<Argument> {
        let view = &self.view;
        let top = view.phrase_ending_at(item)?.first;
        let comma = view.left(top).filter(|before| view.items[*before].kind == ItemKind::Comma)?;
        let phrase = view.phrase_ending_at(view.left(comma)?)?;
        Some(Argument::new(view, phrase))
    }

    fn push(&self, candidate: &Candidate, sources: Vec<Argument>, targets: &[Argument], hits: &mut Vec<Hit>) {
        let Some(facts) = self.index.facts(candidate.rule) else { return };
        let Facts { source_is, target_is, .. } = facts;
        let sources = self.looked_through(&facts.through, sources);
        let targets = &self.looked_through(&facts.through, targets.to_vec());
        // `the relationship between rain and floods`: both arguments stand in one slot.
        let shared = sources == *targets;
        for source in sources {
            if source.tokens.is_empty() || !source_is.holds(&self.view, &source) {
                continue;
            }
            for target in targets {
                let apart = source.tokens.end <= target.tokens.start || target.tokens.end <= source.tokens.start;
                // Word by word: a line may end between them.
                let words = |argument: &Argument| argument.tokens.clone().map(|at| self.view.word(at));
                let same = || {
                    source.tokens.len() == target.tokens.len()
                        && words(&source).zip(words(target)).all(|(a, b)| a.eq_ignore_ascii_case(b))
                };
                if !apart
                    || target.tokens.is_empty()
                    || same()
                    || shared && target.tokens.start < source.tokens.start
                    || !target_is.holds(&self.view, target)
                {
                    continue;
                }
                hits.push(Hit {
                    rule: candidate.rule,
                    negated: candidate.negated || source.denied || target.denied || self.follows_nor(&source),
                    hedged: candidate.hedged,
                    source: source.clone(),
                    target: target.clone(),
                    trigger: candidate.trigger.clone(),
                    predicate: facts.predicate.as_ref().unwrap_or(&candidate.predicate).clone(),
                });
            }
        }
    }

    /// The arguments, with what hangs on a noun that is looked through in its place.
    fn looked_through(&self, through: &[String], found: Vec<Argument>) -> Vec<Argument> {
        if through.is_empty() {
            return found;
        }
        let inner = |argument: &Argument| {
            let item = self.syntax.item_of(argument.head)?;
            let word = self.view.word(argument.head).to_lowercase();
            let is_listed = through.iter().any(|noun| word == *noun || word.strip_suffix('s') == Some(noun));
            let complements = self.complements_after(item);
            let (_, phrases) = complements.first().filter(|_| is_listed)?;
            Some(arguments(&self.view, phrases))
        };
        found.into_iter().flat_map(|argument| inner(&argument).unwrap_or_else(|| vec![argument])).collect()
    }

    /// Tells whether an argument is one of those that `nor` joins.
    fn follows_nor(&self, argument: &Argument) -> bool {
        let before = self.view.tokens[..argument.tokens.start].iter().rev().take(2);
        let mut before = before.skip_while(|token| token.tag == Tag::Determiner);
        before.next().is_some_and(|token| token.tag == Tag::Coordinator && token.roles.has(Role::Negation))
    }

    /// Tells whether the sentence asks.
    fn is_asked(&self) -> bool {
        self.view.tokens.last().is_some_and(|last| self.view.text[last.start as usize..].starts_with('?'))
    }

    /// Tells whether `if` or its like governs the clause of an item.
    fn is_under_if(&self, item: usize) -> bool {
        for at in (0..item).rev() {
            match self.view.items[at].kind {
                ItemKind::Subordinator => return self.view.has_role(at, Role::Hedge),
                ItemKind::Break => return false,
                _ => {}
            }
        }
        false
    }

    /// Tells whether what governs the clause of an item denies it: `there is no evidence that`, `denied that`.
    fn is_denied_before(&self, item: usize) -> bool {
        for at in (0..item).rev() {
            match &self.view.items[at].kind {
                ItemKind::Break => return false,
                ItemKind::Subordinator if self.view.item_is(at, "that") => {
                    let Some(before) = self.view.left(at) else { return false };
                    return self.view.noun(before).is_some_and(|group| group.denied)
                        || self.view.has_role(before, Role::Failing)
                        || self.view.verb(before).is_some_and(|group| group.negated);
                }
                _ => {}
            }
        }
        false
    }

    /// Tells whether a negation stands right before a token: `not because of`.
    fn is_denied_at(&self, token: usize) -> bool {
        token > 0 && self.view.tokens[token - 1].roles.has(Role::Negation)
    }
}

/// The arguments of the first slot that has any.
fn first_filled(slots: &[Slot], of: impl Fn(&Slot) -> Vec<Argument>) -> Vec<Argument> {
    slots.iter().map(of).find(|arguments| !arguments.is_empty()).unwrap_or_default()
}

/// Removes what an earlier hit of the sentence has said: one pair of places for one rule, or for one trigger.
fn remove_repeated(hits: &mut Vec<Hit>, first: usize) {
    let mut at = first;
    while at < hits.len() {
        let (before, rest) = hits.split_at(at);
        let hit = &rest[0];
        let said = before[first..].iter().any(|other| {
            (other.source.tokens == hit.source.tokens && other.target.tokens == hit.target.tokens)
                && (other.rule == hit.rule || other.trigger == hit.trigger)
        });
        if said {
            hits.remove(at);
        } else {
            at += 1;
        }
    }
}
