//! A sentence with its tokens and phrases, and the ways from one phrase to the next.

use super::clause::Phrase;
use super::phrase::{Item, ItemKind, NounGroup, Token, VerbForm, VerbGroup};
use super::profile::{Role, Roles};
use super::tag::Tag;

/// A sentence that has been read: text, tokens and phrases.
#[derive(Clone, Copy, Debug)]
pub struct SentenceView<'a> {
    /// The whole text.
    pub text: &'a str,
    /// The tokens of the sentence.
    pub tokens: &'a [Token],
    /// Its phrases.
    pub items: &'a [Item],
}

impl<'a> SentenceView<'a> {
    /// Returns the text of a token.
    #[must_use]
    pub fn word(&self, token: usize) -> &'a str {
        self.tokens.get(token).map_or("", |token| &self.text[token.start as usize..token.end as usize])
    }

    /// Tells whether a token is this word, letter case left out.
    #[must_use]
    pub fn is_word(&self, token: usize, word: &str) -> bool {
        self.word(token).eq_ignore_ascii_case(word)
    }

    /// Tells whether an item is this one word.
    #[must_use]
    pub fn item_is(&self, item: usize, word: &str) -> bool {
        self.items.get(item).is_some_and(|item| item.tokens.len() == 1 && self.is_word(item.tokens.start, word))
    }

    /// Returns the noun group that an item is.
    #[must_use]
    pub fn noun(&self, item: usize) -> Option<&'a NounGroup> {
        match &self.items.get(item)?.kind {
            ItemKind::Noun(group) => Some(group),
            _ => None,
        }
    }

    /// Returns the verb group that an item is.
    #[must_use]
    pub fn verb(&self, item: usize) -> Option<&'a VerbGroup> {
        match &self.items.get(item)?.kind {
            ItemKind::Verb(group) => Some(group),
            _ => None,
        }
    }

    /// Returns the roles of the head of an item.
    #[must_use]
    pub fn has_role(&self, item: usize, role: Role) -> bool {
        let head = self.verb(item).map(|group| group.verb).or_else(|| self.noun(item).map(|group| group.head));
        let token = head.or_else(|| self.items.get(item).map(|item| item.tokens.start));
        token.and_then(|token| self.tokens.get(token)).map_or(Roles::default(), |token| token.roles).has(role)
    }

    /// Returns the item after one, adverbs and what brackets enclose left out.
    #[must_use]
    pub fn right(&self, item: usize) -> Option<usize> {
        let mut depth = 0usize;
        for at in item + 1..self.items.len() {
            match self.items[at].kind {
                ItemKind::Open => depth += 1,
                // A bracket that closes after this item encloses it.
                ItemKind::Close if depth == 0 => return None,
                ItemKind::Close => depth -= 1,
                ItemKind::Adverb => {}
                _ if depth == 0 => return Some(at),
                _ => {}
            }
        }
        None
    }

    /// Returns the item before one, adverbs and what brackets enclose left out.
    #[must_use]
    pub fn left(&self, item: usize) -> Option<usize> {
        let mut depth = 0usize;
        for at in (0..item).rev() {
            match self.items[at].kind {
                ItemKind::Close => depth += 1,
                // A bracket that opens before this item encloses it.
                ItemKind::Open if depth == 0 => return None,
                ItemKind::Open => depth -= 1,
                ItemKind::Adverb => {}
                _ if depth == 0 => return Some(at),
                _ => {}
            }
        }
        None
    }

    /// Returns the noun group before the bracket that an item opens: what the bracket is about.
    #[must_use]
    pub fn before_bracket(&self, item: usize) -> Option<usize> {
        let mut at = item;
        while at > 0 && self.items[at - 1].kind == ItemKind::Adverb {
            at -= 1;
        }
        let open = at.checked_sub(1).filter(|open| self.items[*open].kind == ItemKind::Open)?;
        let mut noun = self.left(open)?;
        // Two brackets in a row.
        while self.items[noun].kind == ItemKind::Close {
            noun = self.left(noun)?;
        }
        self.noun(noun).map(|_| noun)
    }

    /// Returns the last item of the noun phrase that begins with a group: over what `of` hangs on it.
    #[must_use]
    pub fn of_end(&self, noun: usize) -> usize {
        let mut last = noun;
        while self.item_is(last + 1, "of") && self.noun(last + 2).is_some() {
            last += 2;
        }
        last
    }

    /// Returns the last item of the noun phrase from one group to another, with the prepositions and infinitives between them:
    /// `failure of members to pay dues`. What is longer than a few words, or has a clause in it, is cut after `of`.
    fn full_end(&self, first: usize, last: usize) -> usize {
        const WORDS: usize = 9;
        let plain = |item: usize| {
            matches!(self.items[item].kind, ItemKind::Noun(_) | ItemKind::Preposition | ItemKind::Adjective)
                || self.verb(item).is_some_and(|group| group.form == VerbForm::Infinitive)
        };
        let short = self.items[last].tokens.end <= self.items[first].tokens.start + WORDS;
        let joined = (first..last).all(|at| self.items[at].tokens.end == self.items[at + 1].tokens.start);
        if short && joined && (first..=last).all(plain) { last } else { self.of_end(first).min(last) }
    }

    /// Returns the last item of the object that ends with an item: over one more preposition that nouns take.
    #[must_use]
    pub fn object_end(&self, end: usize) -> usize {
        let preposition = end + 1;
        let takes = self.has_role(preposition, Role::Nominal)
            && self.items.get(preposition).is_some_and(|item| item.kind == ItemKind::Preposition);
        let inner = preposition + 1;
        let fits = takes
            && self.noun(inner).is_some_and(|group| !group.number && !group.pronoun)
            && !self.has_role(inner, Role::Time);
        if fits { self.of_end(inner) } else { end }
    }

    /// Returns the noun phrase that begins with a group.
    #[must_use]
    pub fn phrase_from(&self, noun: usize) -> Phrase {
        Phrase { first: noun, head: noun, last: self.of_end(noun), clause: false }
    }

    /// Returns the noun phrase that ends with a group: up every `of`.
    #[must_use]
    pub fn phrase_ending_at(&self, noun: usize) -> Option<Phrase> {
        self.noun(noun)?;
        let mut first = noun;
        while first >= 2 && self.item_is(first - 1, "of") && self.noun(first - 2).is_some() {
            first -= 2;
        }
        Some(Phrase { first, head: first, last: noun, clause: false })
    }

    /// Returns the group on which this one hangs, up every preposition.
    #[must_use]
    pub fn top(&self, noun: usize) -> usize {
        let mut top = noun;
        while let Some(preposition) = self.left(top)
            && self.items[preposition].kind == ItemKind::Preposition
            && let Some(above) = self.left(preposition)
            && self.noun(above).is_some()
        {
            top = above;
        }
        top
    }

    /// Returns the group on which this one hangs as a part of its subject: up prepositions, and over infinitives, participles
    /// and relative clauses that modify it: `effort` of `the effort to reach the shore`.
    #[must_use]
    pub fn subject_top(&self, noun: usize) -> usize {
        let mut top = self.top(noun);
        for _ in 0..8 {
            // `poverty and stress all lead to it`
            if self.has_role(top, Role::Floating)
                && self.items[top].tokens.len() == 1
                && let Some(before) = self.left(top).filter(|before| self.noun(*before).is_some())
            {
                top = self.top(before);
                continue;
            }
            // `this week` says when.
            if self.has_role(top, Role::Time)
                && let Some(before) = self.left(top).filter(|before| before + 1 == top && self.noun(*before).is_some())
            {
                top = self.top(before);
                continue;
            }
            let Some(mut verb) = self.left(top) else { break };
            // `to dispose of it`
            while self.items[verb].kind == ItemKind::Preposition
                && let Some(before) = self.left(verb)
            {
                verb = before;
            }
            let Some(group) = self.verb(verb) else { break };
            let Some(before) = self.left(verb) else { break };
            let governor = match group.form {
                VerbForm::Finite if self.items[before].kind == ItemKind::Relative => {
                    match self.left(before).filter(|comma| self.items[*comma].kind == ItemKind::Comma) {
                        Some(comma) => self.left(comma),
                        None => self.left(before),
                    }
                }
                // `a pie served at a dinner caused`: the first of two verbs modifies, and is a participle after all.
                VerbForm::Finite
                    if self.items[verb].tokens.len() == 1 && self.tokens[group.verb].tag == Tag::VerbPast =>
                {
                    Some(before)
                }
                VerbForm::Finite => None,
                // `the process of shipping goods`
                VerbForm::Ing if self.items[before].kind == ItemKind::Preposition => self.left(before),
                VerbForm::Infinitive | VerbForm::Participle | VerbForm::Ing => Some(before),
            };
            let Some(governor) = governor.filter(|governor| self.noun(*governor).is_some()) else { break };
            top = self.top(governor);
        }
        top
    }

    /// Returns the phrase that a relative pronoun stands for.
    #[must_use]
    pub fn antecedent(&self, relative: usize) -> Option<Phrase> {
        let mut before = self.left(relative)?;
        if self.items[before].kind == ItemKind::Comma {
            before = self.left(before)?;
        }
        self.phrase_ending_at(before)
    }

    /// Tells whether a noun group is the subject of the verb after it: `showed smoking causes cancer`.
    #[must_use]
    pub fn is_subject(&self, noun: usize) -> bool {
        let after = self.right(self.of_end(noun));
        after.and_then(|after| self.verb(after)).is_some_and(|verb| verb.form == VerbForm::Finite)
    }

    /// Returns the phrases of the list that begins with a noun group; one if it is none. An `open` list need not end with
    /// a coordinator.
    #[must_use]
    pub fn list_from(&self, noun: usize, open: bool) -> Vec<Phrase> {
        let mut phrases = vec![self.phrase_from(noun)];
        let mut pending = Vec::new();
        let mut last = self.of_end(noun);
        while let Some(mut joint) = self.right(last) {
            let comma = self.items[joint].kind == ItemKind::Comma;
            let mut coordinator = self.items[joint].kind == ItemKind::Coordinator;
            if comma
                && let Some(next) = self.right(joint)
                && self.items[next].kind == ItemKind::Coordinator
            {
                joint = next;
                coordinator = true;
            }
            if !(comma || coordinator) || coordinator && self.is_adversative(joint) {
                break;
            }
            let Some(first) = self.right(joint) else { break };
            let Some(next) = self.listed_noun(first, !pending.is_empty()) else { break };
            let indefinite = |item: usize| {
                self.noun(item).is_some_and(|group| group.determiner == super::phrase::Determiner::Indefinite)
            };
            // `Nitinol, an alloy of nickel`: an apposition.
            let apposed = comma && !coordinator && indefinite(next) && !indefinite(noun);
            if apposed || self.is_subject(next) && self.has_verb_before(noun) {
                break;
            }
            let phrase = Phrase { first, ..self.phrase_from(next) };
            last = phrase.last;
            pending.push(phrase);
            if coordinator || open {
                phrases.append(&mut pending);
            }
            if coordinator {
                break;
            }
        }
        phrases
    }

    /// Returns the noun group of an item of a list: the item itself, or what follows a participle that modifies it, as in
    /// `rain, melting snow and broken dams`.
    /// A past participle modifies only where the list has begun: `flattened crops and destroyed fruit` has two verbs.
    fn listed_noun(&self, item: usize, begun: bool) -> Option<usize> {
        if let Some(group) = self.noun(item) {
            return (!group.pronoun).then_some(item);
        }
        let form = self.verb(item).map(|group| group.form);
        let participle = form == Some(VerbForm::Ing) || begun && form == Some(VerbForm::Participle);
        let noun = self.noun(item + 1)?;
        let bare = noun.determiner == super::phrase::Determiner::None && !noun.number && !noun.pronoun;
        (participle && bare && self.items[item].tokens.len() == 1).then_some(item + 1)
    }

    /// Tells whether a finite verb stands before an item in its clause, so that a subject after it begins another one.
    fn has_verb_before(&self, item: usize) -> bool {
        for at in (0..item).rev() {
            match &self.items[at].kind {
                ItemKind::Break | ItemKind::Subordinator | ItemKind::Relative => return false,
                ItemKind::Verb(group) if group.form == VerbForm::Finite => return true,
                _ => {}
            }
        }
        false
    }

    /// Returns the phrases of the list whose last noun group is `last`: up the prepositions to the group that each hangs
    /// on; one phrase if it is no list.
    #[must_use]
    pub fn list_ending_at(&self, last: usize) -> Vec<Phrase> {
        self.list_before(last, false, |noun| self.subject_top(noun))
    }

    /// Returns the noun groups of the list whose last is `last`, each by itself. An `open` list goes on after it: no
    /// coordinator stands before its last group.
    #[must_use]
    pub fn groups_ending_at(&self, last: usize, open: bool) -> Vec<Phrase> {
        self.list_before(last, open, |noun| noun)
    }

    fn list_before(&self, last: usize, open: bool, top: impl Fn(usize) -> usize) -> Vec<Phrase> {
        let mut head = top(last);
        let mut phrases = vec![Phrase { first: head, head, last: self.full_end(head, last), clause: false }];
        let mut coordinated = open;
        while let Some(joint) = self.left(head) {
            let coordinator = self.items[joint].kind == ItemKind::Coordinator;
            if !(coordinator && !coordinated || coordinated && self.items[joint].kind == ItemKind::Comma) {
                break;
            }
            let mut before = self.left(joint);
            // The Oxford comma.
            if coordinator && before.is_some_and(|before| self.items[before].kind == ItemKind::Comma) {
                before = before.and_then(|comma| self.left(comma));
            }
            let Some(noun) = before.filter(|before| self.noun(*before).is_some()) else { break };
            let first = top(noun);
            // What is the object of a verb is no subject of the next one: `Rain causes floods and snow causes delays`.
            let hangs = self.left(first).is_some_and(|left| {
                matches!(self.items[left].kind, ItemKind::Verb(_) | ItemKind::Preposition | ItemKind::Relative)
            });
            if hangs {
                break;
            }
            coordinated = true;
            phrases.insert(0, Phrase { first, head: first, last: self.full_end(first, noun), clause: false });
            head = first;
        }
        phrases
    }

    fn is_adversative(&self, coordinator: usize) -> bool {
        self.item_is(coordinator, "but") || self.item_is(coordinator, "yet")
    }

    /// Returns a gerund with its object.
    #[must_use]
    pub fn gerund_from(&self, verb: usize) -> Phrase {
        let mut next = self.right(verb);
        // `looking back at the things`
        while let Some(particle) = next.filter(|next| self.items[*next].kind == ItemKind::Preposition) {
            next = self.right(particle);
        }
        let object = next.filter(|next| self.noun(*next).is_some());
        let last = object.map_or(verb, |object| self.of_end(object));
        Phrase { first: verb, head: verb, last, clause: false }
    }

    /// Returns the bytes of the text that a phrase takes, without the determiner at its start.
    #[must_use]
    pub fn span(&self, phrase: Phrase) -> std::ops::Range<usize> {
        let first = self.noun(phrase.first).filter(|_| !phrase.clause).map(|group| group.content);
        let first = first.unwrap_or(self.items[phrase.first].tokens.start);
        let last = self.items[phrase.last].tokens.end - 1;
        self.tokens[first].start as usize..self.tokens[last].end as usize
    }

    /// Returns the token that is the head of a phrase.
    #[must_use]
    pub fn head(&self, phrase: Phrase) -> usize {
        match &self.items[phrase.head].kind {
            ItemKind::Noun(group) => group.head,
            ItemKind::Verb(group) => group.verb,
            _ => self.items[phrase.head].tokens.start,
        }
    }
}
