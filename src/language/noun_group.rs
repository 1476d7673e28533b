//! Noun groups: which tokens belong to one, and which is its head.

use super::phrase::{Determiner, Item, Mark, NounGroup, Token, is_modifier, is_relative};
use super::profile::{Role, Roles};
use super::tag::Tag;

/// The noun group that begins at a token, and where it ends.
pub(super) fn noun_group(tokens: &[Token], first: usize, before: Option<&Item>) -> Option<(usize, NounGroup)> {
    let token = &tokens[first];
    let is_pronoun = token.tag == Tag::Pronoun && !token.roles.has(Role::Possessive);
    if is_pronoun && !is_relative(tokens, first, before) {
        let group = NounGroup { head: first, content: first, pronoun: true, ..NounGroup::default() };
        return Some((first + 1, NounGroup { denied: token.roles.has(Role::Denying), ..group }));
    }
    let mut reader = Reader::new(tokens, first);
    let is_relative = matches!(token.tag, Tag::Pronoun | Tag::Determiner) && is_relative(tokens, first, before);
    if is_pronoun || is_relative && !reader.is_noun_like(first + 1) {
        return None;
    }
    while reader.fits() {
        reader.take();
    }
    reader.finish()
}

/// A noun group that is read token by token.
struct Reader<'t> {
    tokens: &'t [Token],
    first: usize,
    /// The token that is looked at.
    at: usize,
    group: NounGroup,
    head: Option<usize>,
    number: Option<usize>,
    adjective: Option<usize>,
    /// The last `'s`, with the group before it and its head.
    possessor: Option<(usize, NounGroup, usize)>,
}

impl<'t> Reader<'t> {
    fn new(tokens: &'t [Token], first: usize) -> Self {
        let group = NounGroup { content: first, ..NounGroup::default() };
        Self { tokens, first, at: first, group, head: None, number: None, adjective: None, possessor: None }
    }

    fn tag(&self, at: usize) -> Option<Tag> {
        self.tokens.get(at).map(|token| token.tag)
    }

    fn mark(&self, at: usize) -> Option<Mark> {
        self.tokens.get(at).map(|token| token.mark)
    }

    fn is_nominal(&self, at: usize) -> bool {
        self.tag(at).is_some_and(Tag::is_nominal)
    }

    fn is_noun_like(&self, at: usize) -> bool {
        self.is_nominal(at) || matches!(self.tag(at), Some(Tag::Adjective | Tag::Number))
    }

    fn begun(&self) -> bool {
        self.at > self.first
    }

    /// Tells whether a hyphen joins the token to one before or after it: `on` of `on-demand printing`.
    fn is_joined(&self) -> bool {
        self.mark(self.at + 1) == Some(Mark::Hyphen) || self.begun() && self.mark(self.at - 1) == Some(Mark::Hyphen)
    }

    /// Tells whether modifiers stand on both sides, and a noun after them: `small, flat baked dessert`.
    fn joins_modifiers(&self) -> bool {
        let at = self.at;
        let is_modifying = |at: usize| {
            matches!(self.tag(at), Some(Tag::Adjective | Tag::Adverb | Tag::VerbParticiple))
                || [at - 1, at, at + 1].into_iter().any(|at| self.mark(at) == Some(Mark::Hyphen))
        };
        let before = self.begun()
            && (matches!(self.tag(at - 1), Some(Tag::Adjective | Tag::VerbParticiple))
                || at > self.first + 1 && self.mark(at - 2) == Some(Mark::Hyphen));
        let next = (at + 1..at + 7).find(|next| !is_modifying(*next)).unwrap_or(at + 7);
        before && next > at + 1 && self.is_nominal(next)
    }

    /// Tells whether the token belongs to the group.
    fn fits(&self) -> bool {
        let at = self.at;
        let Some(token) = self.tokens.get(at) else { return false };
        let open = self.head.is_none();
        match token.tag {
            // `side-by-side`, whatever its parts are tagged.
            tag if self.begun() && self.mark(at - 1) == Some(Mark::Hyphen) && tag != Tag::Mark => true,
            Tag::Determiner => open && self.number.is_none() && self.adjective.is_none(),
            Tag::Pronoun => token.roles.has(Role::Possessive) && open,
            Tag::Adjective => open || self.fits_after_head(),
            // `stage 1 sleep`
            Tag::Number => open || !self.is_noun_like(at + 1) || self.tag(at - 1) == Some(Tag::Noun),
            // `Powmex Steels today` says when.
            tag if tag.is_nominal() => open || !token.roles.has(Role::Today),
            Tag::VerbParticiple | Tag::VerbIng => {
                self.is_noun_like(at + 1) && (self.begun() && open || is_modifier(self.tokens, at))
            }
            Tag::Adverb => open && (self.is_joined() || self.is_intensifier()),
            tag if self.is_joined() && tag != Tag::Mark => open,
            // The possessive `'s`, where something is possessed.
            Tag::Particle => {
                let possessed =
                    self.is_noun_like(at + 1) || matches!(self.tag(at + 1), Some(Tag::VerbParticiple | Tag::Adverb));
                !open && token.roles.has(Role::Genitive) && possessed
            }
            Tag::Coordinator => self.joins_modifiers() || self.joins_numbers(),
            _ => self.mark_fits(token.mark),
        }
    }

    /// Tells whether an adjective after a noun belongs to the group: `aortic` of `abdominal aortic aneurysm`, whose first word
    /// is a noun to the tagger; `a high-drag projectile`, whose last is an adjective to it.
    fn fits_after_head(&self) -> bool {
        let at = self.at;
        self.is_nominal(at + 1) && matches!(self.tag(at - 1), Some(Tag::Noun | Tag::Name))
            || self.group.content > self.first
                && at > self.first + 2
                && self.mark(at - 2) == Some(Mark::Hyphen)
                && self.tag(at + 1) != Some(Tag::Adjective)
    }

    /// Tells whether an adverb modifies what follows in the group, or stands among its modifiers: `the largest inland sea`.
    fn is_intensifier(&self) -> bool {
        let at = self.at;
        let among = self.begun()
            && matches!(self.tag(at - 1), Some(Tag::Adjective | Tag::Determiner | Tag::Particle))
            && self.is_noun_like(at + 1);
        among || matches!(self.tag(at + 1), Some(Tag::Adjective | Tag::VerbParticiple | Tag::Number))
    }

    /// Tells whether a coordinator stands in a number: `two or more substances`.
    fn joins_numbers(&self) -> bool {
        let at = self.at;
        self.begun()
            && self.tag(at - 1) == Some(Tag::Number)
            && matches!(self.tag(at + 1), Some(Tag::Adjective | Tag::Adverb | Tag::Number))
            && self.is_nominal(at + 2)
    }

    fn mark_fits(&self, mark: Mark) -> bool {
        let at = self.at;
        match mark {
            Mark::Hyphen => self.begun() && self.tag(at + 1).is_some_and(|tag| tag != Tag::Mark),
            // An abbreviation: `aortic aneurysm (AAA) repair`.
            Mark::Open => {
                self.begun()
                    && self.head == Some(at - 1)
                    && self.mark(at + 2) == Some(Mark::Close)
                    && self.is_nominal(at + 3)
            }
            Mark::Close => at > self.first + 2 && self.mark(at - 2) == Some(Mark::Open),
            Mark::Symbol => self.begun() || self.tag(at + 1) == Some(Tag::Number),
            Mark::Quote => self.begun() && self.is_noun_like(at + 1) && self.head.is_none(),
            Mark::Comma => self.joins_modifiers(),
            _ => false,
        }
    }

    /// Takes the token into the group.
    fn take(&mut self) {
        let at = self.at;
        let token = &self.tokens[at];
        match token.tag {
            Tag::Determiner | Tag::Pronoun => {
                self.group.determiner = determiner(token.roles);
                self.group.denied |= token.roles.has(Role::Denying);
                self.group.content = at + 1;
            }
            Tag::Adjective
                if self.head.is_some() && !self.is_nominal(at + 1) && self.mark(at - 1) != Some(Mark::Hyphen) =>
            {
                self.head = Some(at);
            }
            Tag::Adjective => self.adjective = Some(at),
            Tag::Number => self.number = Some(at),
            Tag::Particle => {
                // What is possessed is the head, and the possessor determines it.
                self.possessor = self.head.map(|head| (at, self.group, head));
                // `a children's book` stays one of several.
                if self.group.determiner != Determiner::Indefinite {
                    self.group.determiner = Determiner::Possessive;
                }
                self.head = None;
            }
            tag if tag.is_nominal() => self.head = Some(at),
            _ => {}
        }
        self.at += 1;
    }

    /// The group that was read, and where it ends.
    fn finish(mut self) -> Option<(usize, NounGroup)> {
        let first = self.first;
        let mut end = self.at;
        while end > first && matches!(self.tokens[end - 1].mark, Mark::Hyphen | Mark::Quote | Mark::Comma) {
            end -= 1;
        }
        if end == first {
            return None;
        }
        let determined = self.group.content > first;
        // What seemed to be possessed is no noun.
        if let (None, Some((at, before, possessing))) = (self.head, self.possessor) {
            (end, self.group, self.head) = (at, before, Some(possessing));
        }
        let Some(head) = self.head.or(self.number).or(self.adjective.filter(|_| determined)) else {
            // A determiner alone stands for a noun: `this causes`.
            let alone = NounGroup { head: first, content: first, pronoun: true, ..self.group };
            return (determined && end == first + 1).then_some((end, alone));
        };
        let tag = self.tokens[head].tag;
        let group = NounGroup {
            head,
            content: self.group.content.min(head),
            plural: tag == Tag::NounPlural,
            name: tag == Tag::Name,
            number: tag == Tag::Number,
            ..self.group
        };
        Some((end, group))
    }
}

fn determiner(roles: Roles) -> Determiner {
    if roles.has(Role::Indefinite) {
        Determiner::Indefinite
    } else if roles.has(Role::Definite) {
        Determiner::Definite
    } else if roles.has(Role::Possessive) {
        Determiner::Possessive
    } else {
        Determiner::Other
    }
}
