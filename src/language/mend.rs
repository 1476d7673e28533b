//! Tags put right by what stands around them in the sentence, further off than the tagger looks.

use super::phrase::{Mark, Token};
use super::profile::Role;
use super::tag::Tag;

/// Puts the tags of a sentence right where its grammar leaves one choice:
/// - a participle with an object of its own after a noun is a past: `the storm forced people to leave`;
/// - so is the first participle after a noun in a sentence that has no other predicate: `this stems from ...`;
/// - a modal and `to` are followed by a verb: `could harm crops`;
/// - an adjective in -ed between `be` and a preposition is a participle: `is based on`.
pub(super) fn mend(tokens: &mut [Token], text: &str) {
    for at in 0..tokens.len() {
        if is_preposition(tokens, at)
            || is_to_before_noun(tokens, at) && !(at + 1 < tokens.len() && is_governed(tokens, at + 1))
        {
            tokens[at].tag = Tag::Adposition;
        } else if is_noun(tokens, at) {
            tokens[at].tag = Tag::Noun;
        } else if is_governed(tokens, at) {
            tokens[at].tag = Tag::VerbBase;
        } else if is_participle_after_be(tokens, at, text) {
            tokens[at].tag = Tag::VerbParticiple;
        } else if has_object(tokens, at, text) {
            tokens[at].tag = Tag::VerbPast;
        }
    }
    for at in 1..tokens.len() {
        if disagrees(tokens, at) {
            (tokens[at].tag, tokens[at - 1].tag) = (Tag::NounPlural, Tag::VerbThird);
        }
    }
    for at in 1..tokens.len() {
        if is_predicate(tokens, at) {
            tokens[at].tag = Tag::VerbThird;
        }
    }
    for at in 0..tokens.len() {
        if tokens[at].tag == Tag::Subordinator
            || tokens[at].roles.has(Role::Interrogative) && tokens[at].tag == Tag::Adverb
        {
            let ends = |token: &Token| matches!(token.mark, Mark::Comma | Mark::Break | Mark::Stop | Mark::Close);
            let end = tokens[at + 1..].iter().position(ends).map_or(tokens.len(), |end| at + 1 + end);
            find_predicate(tokens, at + 1..end, text);
        }
    }
    let mut first = 0;
    while first < tokens.len() {
        let breaks = |token: &Token| token.mark == Mark::Break;
        let end = tokens[first..].iter().position(breaks).map_or(tokens.len(), |at| first + at);
        find_predicate(tokens, first..end, text);
        first = end + 1;
    }
}

fn word<'a>(tokens: &[Token], at: usize, text: &'a str) -> &'a str {
    &text[tokens[at].start as usize..tokens[at].end as usize]
}

/// Tells whether a participle that is used as a preposition is one here: no auxiliary governs it, and it has an object.
fn is_preposition(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    token.roles.has(Role::Prepositional)
        && token.tag == Tag::VerbIng
        && (at == 0 || tokens[at - 1].tag != Tag::Auxiliary && tokens[at - 1].tag != Tag::Adposition)
}

/// Tells whether a plural stands before a verb in the singular that it cannot be the subject of, and after a noun that can
/// be the subject of its own: `rain causes floods`.
fn disagrees(tokens: &[Token], at: usize) -> bool {
    tokens[at].tag == Tag::VerbThird
        && tokens[at - 1].tag == Tag::NounPlural
        && at >= 2
        && matches!(tokens[at - 2].tag, Tag::Noun | Tag::VerbIng)
        && tokens.get(at + 1).is_none_or(|next| matches!(next.tag, Tag::Coordinator | Tag::Mark | Tag::Adposition))
}

/// Tells whether a plural that may be a verb stands between what can be its subject and what can be its object, in a clause
/// that has no verb so far: `smoking causes lung cancer`.
fn is_predicate(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let before = &tokens[at - 1];
    let subject = matches!(before.tag, Tag::Noun | Tag::VerbIng) && !before.roles.has(Role::Time);
    let object = tokens.get(at + 1).is_some_and(|next| {
        next.tag.is_nominal() || matches!(next.tag, Tag::Determiner | Tag::Adjective | Tag::Number)
    });
    if !(token.tag == Tag::NounPlural && token.verbal && subject && object) {
        return false;
    }
    let clause = tokens[..at].iter().rev().take_while(|token| {
        !matches!(token.tag, Tag::Subordinator | Tag::Coordinator) && !matches!(token.mark, Mark::Comma | Mark::Break)
    });
    !clause
        .into_iter()
        .any(|token| token.tag.is_finite() || matches!(token.tag, Tag::Auxiliary | Tag::VerbBase | Tag::Adposition))
}

/// Tells whether a verb stands where only a noun can: a base form after a determiner or between the nouns of a list, and a
/// gerund after what determines it, without an object.
fn is_noun(tokens: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &tokens[before]) else { return false };
    let next = tokens.get(at + 1);
    // `the effect of light on growth`
    if tokens[at].tag == Tag::Adjective {
        let ends = |next: &Token| {
            matches!(next.tag, Tag::Adposition | Tag::Auxiliary | Tag::Coordinator)
                || next.tag.is_finite()
                || next.mark == Mark::Stop
        };
        return before.tag == Tag::Adposition && next.is_some_and(ends);
    }
    let determined = before.tag == Tag::Determiner && !before.roles.has(Role::Relative)
        || before.roles.has(Role::Possessive)
        || before.tag == Tag::Adjective
            && tokens[..at].iter().rev().take(3).any(|token| matches!(token.tag, Tag::Determiner | Tag::Adposition));
    match tokens[at].tag {
        Tag::VerbBase => {
            let listed = before.mark == Mark::Comma
                && at >= 2
                && tokens[at - 2].tag.is_nominal()
                && next.is_some_and(|next| next.tag.is_nominal() || next.mark == Mark::Comma)
                && tokens[0].tag != Tag::VerbBase;
            determined
                || listed
                || before.tag == Tag::Noun
                    && tokens[..at].iter().rev().take(4).any(|token| token.roles.has(Role::Indefinite))
                    && next.is_none_or(|next| {
                        !(next.tag.is_nominal() || matches!(next.tag, Tag::Determiner | Tag::Pronoun))
                    })
        }
        // `a ground squirrel of America`: a noun in the singular is no subject of a base form.
        Tag::VerbPresent => {
            before.tag == Tag::Noun
                && tokens[..at].iter().rev().take(4).any(|token| token.roles.has(Role::Indefinite))
                && next
                    .is_none_or(|next| !(next.tag.is_nominal() || matches!(next.tag, Tag::Determiner | Tag::Pronoun)))
        }
        Tag::VerbIng if before.roles.has(Role::Naming) => true,
        Tag::VerbIng => {
            determined
                && next.is_none_or(|next| {
                    !(next.tag.is_nominal()
                        || matches!(next.tag, Tag::Determiner | Tag::Adjective | Tag::Pronoun | Tag::Number))
                })
        }
        _ => false,
    }
}

/// Tells whether `to` stands before a noun phrase: `restricted to the rear`.
fn is_to_before_noun(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    token.tag == Tag::Particle
        && !token.roles.has(Role::Negation)
        && !token.roles.has(Role::Genitive)
        && tokens.get(at + 1).is_some_and(|next| {
            matches!(next.tag, Tag::Determiner | Tag::Name | Tag::Number | Tag::NounPlural | Tag::Noun)
        })
}

/// Tells whether a noun or adjective stands where only a verb can: after a modal, or after `to`, and before its object.
fn is_governed(tokens: &[Token], at: usize) -> bool {
    if !matches!(tokens[at].tag, Tag::Noun | Tag::Adjective) || at == 0 {
        return false;
    }
    // `does not cause drought`
    let mut first = at - 1;
    while first > 0 && tokens[first].roles.has(Role::Negation) {
        first -= 1;
    }
    let before = &tokens[first];
    let modal =
        before.tag == Tag::Auxiliary && (before.roles.has(Role::Modal) || first + 1 < at && before.roles.has(Role::Do));
    let to = before.tag == Tag::Particle
        && !before.roles.has(Role::Genitive)
        && first > 0
        && tokens[first - 1].end < before.start;
    let object = tokens.get(at + 1).is_some_and(|next| {
        next.tag.is_nominal()
            || matches!(next.tag, Tag::Determiner | Tag::Adjective | Tag::Pronoun | Tag::Number | Tag::Adposition)
    });
    (modal || to) && object
}

fn is_participle_after_be(tokens: &[Token], at: usize, text: &str) -> bool {
    if tokens[at].tag != Tag::Adjective || !word(tokens, at, text).ends_with("ed") {
        return false;
    }
    let mut before = tokens[..at].iter().rev().skip_while(|token| token.tag == Tag::Adverb);
    let after_be = before.next().is_some_and(|token| token.tag == Tag::Auxiliary && token.roles.has(Role::Be));
    let mut after = tokens[at + 1..].iter().skip_while(|token| token.tag == Tag::Adverb);
    after_be && after.next().is_some_and(|token| token.tag == Tag::Adposition)
}

/// Tells whether a participle may as well be a past by its form.
fn may_be_past(word: &str) -> bool {
    !word.ends_with("wn") && !word.ends_with("en") || word.ends_with("ned")
}

fn is_after_noun(tokens: &[Token], at: usize) -> bool {
    let mut before =
        tokens[..at].iter().rev().skip_while(|token| token.tag == Tag::Adverb || token.mark == Mark::Quote);
    before.next().is_some_and(|before| {
        before.tag.is_nominal()
            || before.tag == Tag::Number
            || before.tag == Tag::Pronoun && !before.roles.has(Role::Possessive)
            || before.mark == Mark::Close
    })
}

/// Tells whether a participle has an object of its own, so that it modifies nothing. Verbs that name or give have two
/// objects, and keep one.
fn has_object(tokens: &[Token], at: usize, text: &str) -> bool {
    if at == 0 || tokens[at].tag != Tag::VerbParticiple || tokens[at].roles.has(Role::Naming) {
        return false;
    }
    let object = tokens.get(at + 1).is_some_and(|next| {
        next.tag.is_nominal()
            || next.tag == Tag::VerbIng
            || matches!(next.tag, Tag::Determiner | Tag::Adjective | Tag::Number | Tag::Pronoun)
                && !next.roles.has(Role::Relative)
    });
    let joins_verb = tokens[at - 1].tag == Tag::Coordinator
        && at >= 2
        && !matches!(tokens[at - 2].tag, Tag::Adjective | Tag::VerbParticiple)
        && tokens[..at].iter().any(|token| token.tag == Tag::VerbPast);
    object
        && may_be_past(word(tokens, at, text))
        && (is_after_noun(tokens, at) && tokens[at - 1].tag != Tag::Adverb || joins_verb)
        && !follows_have(tokens, at)
}

/// Tells whether a form of `have` or `be` governs what is coordinated with it: `has flooded homes and destroyed crops`.
fn follows_have(tokens: &[Token], at: usize) -> bool {
    let mut before =
        tokens[..at].iter().rev().take_while(|token| token.mark != Mark::Break && token.mark != Mark::Comma);
    before.find(|token| token.tag.is_verb() || token.tag == Tag::Auxiliary).is_some_and(|token| {
        token.tag == Tag::Auxiliary && token.roles.has(Role::Have) || token.tag == Tag::VerbParticiple
    })
}

/// Makes the first participle after a noun the predicate of a stretch that has none.
fn find_predicate(tokens: &mut [Token], stretch: std::ops::Range<usize>, text: &str) {
    let (stretch_start, stretch_end) = (stretch.start, stretch.end);
    let mut inner = 0usize;
    let mut candidate = None;
    for at in stretch {
        let token = &tokens[at];
        let opens = token.tag == Tag::Subordinator
            || token.roles.has(Role::Interrogative) && token.tag != Tag::Determiner
            || token.roles.has(Role::Relative) && token.tag == Tag::Pronoun;
        if opens {
            inner += 1;
        }
        let infinitive = at > 0 && tokens[at - 1].tag == Tag::Particle && !tokens[at - 1].roles.has(Role::Negation);
        let starts = at == 0
            || !(tokens[at - 1].tag == Tag::Auxiliary
                || tokens[at - 1].tag == Tag::Adverb && at > 1 && tokens[at - 2].tag == Tag::Auxiliary);
        let finite = token.tag.is_finite() || token.tag == Tag::Auxiliary && starts && !infinitive;
        if finite {
            if inner == 0 {
                return;
            }
            inner -= 1;
        }
        if candidate.is_none()
            && inner == 0
            && token.tag == Tag::VerbParticiple
            && may_be_past(word(tokens, at, text))
            && is_after_noun(tokens, at)
        {
            candidate = Some(at);
        }
    }
    let last = stretch_end.checked_sub(1).filter(|last| *last > stretch_start + 1);
    if candidate.is_none()
        && let Some(at) = last.filter(|at| tokens[*at].tag == Tag::NounPlural && tokens[*at - 1].tag == Tag::Noun)
        && stretch_start > 0
        && tokens[stretch_start..at]
            .iter()
            .all(|token| matches!(token.tag, Tag::Determiner | Tag::Adjective | Tag::Noun))
    {
        // `if the fuse blows`
        tokens[at].tag = Tag::VerbThird;
        return;
    }
    if let Some(at) = candidate.filter(|at| tokens.get(at + 1).is_none_or(|next| !next.roles.has(Role::By))) {
        tokens[at].tag = Tag::VerbPast;
    }
}
