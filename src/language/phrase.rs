//! Cuts a tagged sentence into phrases: noun groups, verb groups, and the words between them.

use std::ops::Range;

use super::noun_group::noun_group;
use super::profile::{Role, Roles};
use super::tag::Tag;
use super::words::WordId;

/// A token as phrases see it.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Where it begins in the text, in bytes.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// Its part of speech.
    pub tag: Tag,
    /// By how much the tag leads.
    pub margin: u8,
    /// Whether words like it are finite verbs now and then.
    pub verbal: bool,
    /// Its number among the words of the language.
    pub word: WordId,
    /// What it does if it is of a closed class.
    pub roles: Roles,
    /// Which mark it is, if it is one.
    pub mark: Mark,
    /// Whether its first letter is a capital.
    pub capital: bool,
}

/// The marks that phrases tell apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// No mark.
    #[default]
    None,
    /// A comma.
    Comma,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// A quotation mark of any kind.
    Quote,
    /// A hyphen between two words that it joins.
    Hyphen,
    /// A dash, a colon or a semicolon.
    Break,
    /// `%`, `$`, `&` and their like.
    Symbol,
    /// A stop at the end of a sentence, or any other mark.
    Stop,
}

/// A part of a sentence: a group of words or a word between groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The numbers of its tokens in the sentence.
    pub tokens: Range<usize>,
    /// What it is.
    pub kind: ItemKind,
}

/// What an [`Item`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A noun group: determiner, modifiers and head, without what follows the head.
    Noun(NounGroup),
    /// A verb group: auxiliaries, adverbs and the verb.
    Verb(VerbGroup),
    /// An adjective that belongs to no noun group: `is responsible`.
    Adjective,
    /// A preposition or particle.
    Preposition,
    /// `and`, `or`, `but`.
    Coordinator,
    /// A relative pronoun.
    Relative,
    /// `because`, `if`, `that`, `when`.
    Subordinator,
    /// An adverb.
    Adverb,
    /// A comma.
    Comma,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// A dash, a colon or a semicolon.
    Break,
    /// Anything else.
    Other,
}

/// A noun group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own, and any of them may be so together")]
pub struct NounGroup {
    /// The number of its head in the sentence: the last noun, a pronoun, a number.
    pub head: usize,
    /// The number of the first token that is no determiner.
    pub content: usize,
    /// How it is determined.
    pub determiner: Determiner,
    /// Whether it is in the plural.
    pub plural: bool,
    /// Whether the head is a name.
    pub name: bool,
    /// Whether it is a pronoun, or a determiner that stands alone.
    pub pronoun: bool,
    /// Whether its determiner denies it: `no rain`.
    pub denied: bool,
    /// Whether the head is a number.
    pub number: bool,
}

/// How a noun group is determined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Determiner {
    /// Not at all: `rain`.
    #[default]
    None,
    /// `a`, `an`, `another`.
    Indefinite,
    /// `the`, `this`, `those`.
    Definite,
    /// `his`, `Tom's`.
    Possessive,
    /// `some`, `every`, `no`.
    Other,
}

/// The form of a verb group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerbForm {
    /// It can be the predicate of a clause: `causes`, `has been caused`.
    #[default]
    Finite,
    /// `to cause`, or `cause` alone.
    Infinitive,
    /// `causing`.
    Ing,
    /// `caused`, without an auxiliary.
    Participle,
}

/// A verb group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own, and any of them may be so together")]
pub struct VerbGroup {
    /// The number of its verb in the sentence; of its last auxiliary if it has no other verb.
    pub verb: usize,
    /// Its form.
    pub form: VerbForm,
    /// Whether it is passive: `is caused`, and `caused` alone.
    pub passive: bool,
    /// Whether it is denied: `does not cause`.
    pub negated: bool,
    /// Whether what it says only may be so: `might cause`.
    pub hedged: bool,
    /// Whether its verb is a form of `be`.
    pub copula: bool,
    /// Whether it is in the past.
    pub past: bool,
    /// Whether it is an auxiliary that waits for its verb: `does` of `does it cause`.
    pub open: bool,
}

/// Fills `items` with the phrases of a sentence, in order, without quotation marks. Takes time linear in the tokens.
pub fn phrases(tokens: &[Token], items: &mut Vec<Item>) {
    items.clear();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].mark == Mark::Quote {
            at += 1;
            continue;
        }
        let (end, kind) = verb_group(tokens, at)
            .map(|(end, group)| (end, ItemKind::Verb(group)))
            .or_else(|| noun_group(tokens, at, items.last()).map(|(end, group)| (end, ItemKind::Noun(group))))
            .unwrap_or_else(|| (at + 1, single(tokens, at, items.last())));
        items.push(Item { tokens: at..end, kind });
        at = end;
    }
}

/// What a token is that belongs to no group.
fn single(tokens: &[Token], at: usize, before: Option<&Item>) -> ItemKind {
    let token = &tokens[at];
    match token.mark {
        Mark::Comma => return ItemKind::Comma,
        Mark::Open => return ItemKind::Open,
        Mark::Close => return ItemKind::Close,
        Mark::Break => return ItemKind::Break,
        _ => {}
    }
    match token.tag {
        Tag::Adposition => ItemKind::Preposition,
        Tag::Coordinator => ItemKind::Coordinator,
        // `by making` and `for making`, unlike `while making`.
        Tag::Subordinator
            if tokens.get(at + 1).is_some_and(|next| next.tag == Tag::VerbIng)
                && !token.roles.has(Role::Interrogative)
                && !token.roles.has(Role::Hedge) =>
        {
            ItemKind::Preposition
        }
        Tag::Subordinator => ItemKind::Subordinator,
        Tag::Adjective => ItemKind::Adjective,
        Tag::Adverb => ItemKind::Adverb,
        Tag::Pronoun | Tag::Determiner if is_relative(tokens, at, before) => ItemKind::Relative,
        _ => ItemKind::Other,
    }
}

/// Tells whether a pronoun begins a relative clause: it follows a noun group, with a comma or a preposition between or not.
pub(super) fn is_relative(tokens: &[Token], at: usize, before: Option<&Item>) -> bool {
    let follows = |item: &Item| match item.kind {
        ItemKind::Noun(_) => true,
        ItemKind::Comma | ItemKind::Preposition => tokens[at].roles.has(Role::Relative) && !is_that(tokens, at),
        _ => false,
    };
    tokens[at].roles.has(Role::Relative) && before.is_some_and(follows)
}

/// `that` after a comma or a preposition is no relative pronoun, unlike `which`.
fn is_that(tokens: &[Token], at: usize) -> bool {
    tokens[at].roles.has(Role::Definite)
}

/// The verb group that begins at a token, and where it ends.
fn verb_group(tokens: &[Token], first: usize) -> Option<(usize, VerbGroup)> {
    let starts = match tokens[first].tag {
        Tag::Auxiliary => true,
        Tag::Particle => verb_after(tokens, first + 1).is_some() && !tokens[first].roles.has(Role::Negation),
        tag => tag.is_verb(),
    };
    // `Muzolimine-induced`
    let compound = tokens.get(first + 1).is_some_and(|next| next.mark == Mark::Hyphen);
    if !starts || compound || is_modifier(tokens, first) {
        return None;
    }
    let mut group = VerbGroup::default();
    let infinitive = tokens[first].tag == Tag::Particle;
    let (mut be, mut have, mut get, mut finite) = (false, false, false, false);
    let mut last = None;
    let mut main = false;
    let mut at = first;
    while let Some(token) = tokens.get(at).filter(|_| !main) {
        let roles = token.roles;
        match token.tag {
            Tag::Particle if at == first => {}
            Tag::Particle | Tag::Adverb | Tag::Determiner | Tag::Pronoun if roles.has(Role::Negation) => {}
            Tag::Particle if last.is_some() && verb_after(tokens, at + 1) == Some(Tag::VerbBase) && !be => {}
            Tag::Adverb if verb_after(tokens, at + 1).is_some() => {}
            Tag::Auxiliary => {
                (be, have, get) = (be | roles.has(Role::Be), have | roles.has(Role::Have), get | roles.has(Role::Get));
                finite |= at == first && !infinitive;
                last = Some(at);
            }
            tag if tag.is_verb() && !(last.is_some() && is_modifier(tokens, at)) => {
                main = true;
                finite |= tag.is_finite();
                last = Some(at);
            }
            _ => break,
        }
        group.negated |= denies(tokens, at);
        group.hedged |= roles.has(Role::Hedge);
        at += 1;
    }
    // Adverbs after the last verb belong to what follows; `not` does not.
    let verb = last?;
    let mut end = verb + 1;
    while tokens.get(end).is_some_and(|token| token.roles.has(Role::Negation) && token.tag != Tag::Determiner) {
        group.negated |= denies(tokens, end);
        end += 1;
    }
    group.verb = verb;
    let tag = tokens[verb].tag;
    group.copula = tokens[verb].roles.has(Role::Be) && !tag.is_verb();
    group.passive = tag == Tag::VerbParticiple && (be || get || !have);
    group.past = tag == Tag::VerbPast || (group.passive && finite);
    group.open = !main && !group.copula;
    group.form = match tag {
        _ if infinitive => VerbForm::Infinitive,
        _ if finite => VerbForm::Finite,
        Tag::VerbIng => VerbForm::Ing,
        Tag::VerbParticiple => VerbForm::Participle,
        Tag::VerbBase => VerbForm::Infinitive,
        _ => VerbForm::Finite,
    };
    Some((end, group))
}

/// Tells whether a token denies; `not only` does not.
fn denies(tokens: &[Token], at: usize) -> bool {
    tokens[at].roles.has(Role::Negation) && !tokens.get(at + 1).is_some_and(|next| next.roles.has(Role::Restricting))
}

/// The tag of the verb that follows from a token on, adverbs and negations left out.
fn verb_after(tokens: &[Token], from: usize) -> Option<Tag> {
    let rest = tokens[from.min(tokens.len())..].iter().take(4);
    let mut after = rest.skip_while(|token| token.tag == Tag::Adverb || token.roles.has(Role::Negation));
    after.next().map(|token| token.tag).filter(|tag| tag.is_verb() || *tag == Tag::Auxiliary)
}

/// Tells whether a participle stands before the noun that it modifies: `increased mortality`.
pub(super) fn is_modifier(tokens: &[Token], at: usize) -> bool {
    if tokens[at].tag != Tag::VerbParticiple {
        return false;
    }
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    let joins_adjective = at >= 2 && matches!(tokens[at - 2].tag, Tag::Adjective | Tag::VerbParticiple);
    let follows = before.is_none_or(|before| {
        before.tag.is_verb()
            || matches!(before.tag, Tag::Determiner | Tag::Adposition | Tag::Adjective | Tag::Number)
            || before.tag == Tag::Coordinator && joins_adjective
            || matches!(before.mark, Mark::Comma | Mark::Hyphen)
            || before.roles.has(Role::Possessive)
    });
    let next = tokens.get(at + 1).map(|next| next.tag);
    follows && next.is_some_and(|next| next.is_nominal() || next == Tag::Adjective)
}
