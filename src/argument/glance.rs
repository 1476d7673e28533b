//! A glance at the bytes around an anchor: it rules most anchors out before anything is cut into tokens.
//!
//! Whatever it is not sure of it leaves to the tokens: it may say yes too often, never no.

use super::anchor::{After, Anchor};
use super::class::{self, Classes, DETERMINING, STOP};
use super::lexicon::{HIGH_BITS, Vocabulary, ascii_lower, eight_bytes, letters};
use super::quick::{self, Facts};
use crate::pattern::trigger::ADVERBS_LIMIT;

/// The first eight bytes of a word, in lower case: equal words have equal keys, and so have a few others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(u64);

impl Key {
    pub(super) const TO: Key = Key::of_bytes(*b"to\0\0\0\0\0\0");

    /// The key of a word in lower case, with zeros after it.
    pub(super) const fn of_bytes(word: [u8; 8]) -> Self {
        Key(u64::from_le_bytes(word))
    }

    pub(super) fn of(word: &str) -> Self {
        Key(ascii_lower(eight_bytes(word.as_bytes(), 0, word.len())))
    }

    /// The upper bits of a hash.
    pub(super) fn hash(self) -> u64 {
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// A word near an anchor.
#[derive(Clone, Copy, Debug)]
struct Near {
    key: Key,
    start: usize,
    end: usize,
}

/// What comes after some byte.
#[derive(Clone, Copy, Debug)]
enum Next {
    Word(Near),
    /// A mark there, or the end of the line.
    Mark(usize),
    Unsure,
}

/// A set of the postings of an anchor.
pub(super) type Mask = u64;

/// A line that is glanced at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glance<'l> {
    pub(super) line: &'l str,
    pub(super) vocabulary: Vocabulary<'l>,
}

impl Glance<'_> {
    /// Which postings of `anchor` the words around leave open that their rules match with the anchor at byte `at`.
    #[inline]
    pub(super) fn open(self, anchor: &Anchor, at: usize) -> Mask {
        let next = word_after(self.line, at + anchor.len);
        let mut open = self.may_follow(&anchor.after, next);
        if open == 0 {
            return 0;
        }
        if open & anchor.ended != 0 {
            open &= !self.refused_right(anchor, next);
        }
        match word_before(self.line, at) {
            Some(word) => open & !self.refused_left(anchor, word, open),
            None => open,
        }
    }

    /// The postings that ask for a word which may come next.
    #[inline]
    fn may_follow(self, after: &After, next: Next) -> Mask {
        match next {
            Next::Word(next) => {
                let sure = after.any | after.asking_for(next.key);
                if after.adverbs & !sure == 0 { sure } else { sure | self.may_follow_adverb(after, next) }
            }
            Next::Mark(_) => after.any,
            Next::Unsure => Mask::MAX,
        }
    }

    /// The postings that allow adverbs, and may go on after `next` if that is one.
    fn may_follow_adverb(self, after: &After, mut next: Near) -> Mask {
        for _ in 0..ADVERBS_LIMIT {
            let word = &self.line[next.start..next.end];
            let in_ly = word.len() > 3 && word.as_bytes()[word.len() - 2..].eq_ignore_ascii_case(b"ly");
            if !(in_ly || self.closed(next).any(class::LIGHT_ADVERB)) {
                return 0;
            }
            next = match word_after(self.line, next.end) {
                Next::Word(next) => next,
                Next::Mark(_) => return 0,
                Next::Unsure => return after.adverbs,
            };
            let found = after.asking_for(next.key) & after.adverbs;
            if found != 0 {
                return found | self.may_follow_adverb_again(after, next);
            }
        }
        0
    }

    /// As [`may_follow_adverb`](Self::may_follow_adverb), for a word that some posting asks for and another may skip.
    #[cold]
    fn may_follow_adverb_again(self, after: &After, next: Near) -> Mask {
        let word = &self.line[next.start..next.end];
        let in_ly = word.len() > 3 && word.as_bytes()[word.len() - 2..].eq_ignore_ascii_case(b"ly");
        if in_ly || self.closed(next).any(class::LIGHT_ADVERB) { after.adverbs } else { 0 }
    }

    /// Of the postings whose right argument begins after the anchor, those that find none they take.
    #[inline]
    fn refused_right(self, anchor: &Anchor, next: Next) -> Mask {
        match next {
            // Only quotes may stand before an argument.
            Next::Mark(at) => match self.line.as_bytes().get(at) {
                None => anchor.ended,
                Some(b'"' | b'`' | b'\'' | b'[' | b']') => 0,
                Some(mark) if mark.is_ascii_punctuation() => anchor.ended,
                Some(_) => 0,
            },
            Next::Word(word) => {
                const BEGIN: Classes = DETERMINING.or(class::NUMERAL).or(class::MEASURE).or(class::LIGHT_ADVERB);
                let closed = self.closed(word);
                if closed.any(BEGIN) {
                    return if anchor.bare != 0 && self.is_determined(word) { anchor.bare } else { 0 };
                }
                if closed.any(class::PRONOUN) {
                    anchor.refusing_pronouns
                } else if closed.any(STOP) {
                    anchor.ended
                } else {
                    0
                }
            }
            Next::Unsure => 0,
        }
    }

    /// Of the postings that are `open`, those that do not take `word` before the anchor.
    #[inline]
    fn refused_left(self, anchor: &Anchor, word: Near, open: Mask) -> Mask {
        let mut refused = 0;
        if anchor.prior != 0 {
            for (posting, bit) in of_mask(&anchor.postings, open & anchor.prior) {
                if posting.prior != Some(word.key) {
                    refused |= bit;
                }
            }
        }
        if open & anchor.left == 0 {
            return refused;
        }
        let closed = self.closed(word);
        let facts = if closed.is_empty() { Facts::default() } else { self.facts(word, closed) };
        let mut asking = open & anchor.left & !refused;
        if !facts.is_empty() {
            for (posting, bit) in of_mask(&anchor.postings, asking) {
                if posting.left.as_ref().is_some_and(|left| left.refused_by.any(facts)) {
                    refused |= bit;
                }
            }
            asking &= !refused;
        }
        if asking & anchor.heads != 0 {
            let classes = self.vocabulary.classes(self.line, word.start..word.end);
            for (posting, bit) in of_mask(&anchor.postings, asking & anchor.heads) {
                if posting.left.as_ref().is_some_and(|left| !left.may_be(word.key, classes)) {
                    refused |= bit;
                }
            }
        }
        refused
    }

    /// What speaks against `word`, of these closed classes, before a trigger.
    fn facts(self, word: Near, closed: Classes) -> Facts {
        let mut facts = quick::facts(word.key, closed);
        if closed.any(class::PRONOUN) && self.follows_pronoun(word, closed) {
            facts = facts.or(Facts::PRONOUN);
        }
        if word.key == Key::TO && self.is_infinitive(word) {
            facts = facts.or(Facts::INFINITIVE);
        }
        facts
    }

    /// Whether `to` before the anchor makes an infinitive of it that has no subject.
    fn is_infinitive(self, to: Near) -> bool {
        let raising = word_before(self.line, to.start).map(|before| self.closed(before).any(class::RAISING));
        raising == Some(false)
    }

    #[inline]
    fn closed(self, word: Near) -> Classes {
        self.vocabulary.closed_classes(self.line, word.start..word.end, word.key.0)
    }

    /// Whether the left argument is surely the pronoun `word`, and the only left argument.
    fn follows_pronoun(self, word: Near, closed: Classes) -> bool {
        // Of these some belong to a verb, and others lead to a noun before them.
        let others = class::RELATIVE
            .or(class::LIGHT_ADVERB)
            .or(class::AUXILIARY)
            .or(class::NEGATION)
            .or(class::HEDGE)
            .or(class::RAISING);
        if closed.any(others) {
            return false;
        }
        // Of `a cold is what it causes` the cold is an argument too.
        let rest = self.line[..word.start].trim_end().as_bytes();
        let after_copula = [&b"is"[..], b"are"].iter().any(|copula| {
            rest.len().checked_sub(copula.len()).is_some_and(|at| rest[at..].eq_ignore_ascii_case(copula))
        });
        !after_copula
    }

    /// Whether a phrase that begins with the word `first` surely has a determiner that says which.
    fn is_determined(self, first: Near) -> bool {
        const DEFINITE: [&[u8; 8]; 11] = [
            b"the\0\0\0\0\0",
            b"a\0\0\0\0\0\0\0",
            b"an\0\0\0\0\0\0",
            b"his\0\0\0\0\0",
            b"her\0\0\0\0\0",
            b"its\0\0\0\0\0",
            b"their\0\0\0",
            b"my\0\0\0\0\0\0",
            b"our\0\0\0\0\0",
            b"this\0\0\0\0",
            b"these\0\0\0",
        ];
        if !DEFINITE.iter().any(|&&definite| Key::of_bytes(definite) == first.key) {
            return false;
        }
        // Another determiner may follow, and then that one counts.
        let Next::Word(next) = word_after(self.line, first.end) else { return false };
        let open = DETERMINING.or(class::NUMERAL).or(class::MEASURE).or(class::LIGHT_ADVERB).or(class::PREPOSITION);
        let word = &self.line[next.start..next.end];
        let focus = ["one", "particularly", "especially"].iter().any(|focus| focus.eq_ignore_ascii_case(word));
        !focus && !self.closed(next).any(open)
    }
}

/// Those of `all` that `mask` has a bit for, with their bits.
fn of_mask<T>(all: &[T], mut mask: Mask) -> impl Iterator<Item = (&T, Mask)> {
    std::iter::from_fn(move || {
        let bit = mask & mask.wrapping_neg();
        let one = all.get(mask.trailing_zeros() as usize)?;
        mask &= !bit;
        Some((one, bit))
    })
}

/// The word before byte `at`, if one space separates it from what is there, and a space or so from what is before it.
#[inline]
fn word_before(line: &str, at: usize) -> Option<Near> {
    let bytes = line.as_bytes();
    let end = at.checked_sub(1).filter(|&space| bytes[space] == b' ')?;
    let start = end - letters_before(bytes, end);
    let plain = start == 0 || matches!(bytes[start - 1], b' ' | b'(' | b'"');
    (start < end && plain).then(|| Near { key: key_at(bytes, start, end), start, end })
}

/// What follows byte `at` after spaces.
#[inline]
fn word_after(line: &str, at: usize) -> Next {
    let bytes = line.as_bytes();
    // Mostly a short word between two spaces.
    if let Some([b' ', eight @ ..]) = bytes[at..].first_chunk::<9>() {
        let eight = u64::from_le_bytes(*eight);
        let others = !letters(eight) & HIGH_BITS;
        let len = others.trailing_zeros() as usize / 8;
        if (1..8).contains(&len) && (eight >> (8 * len)) & 0xff == u64::from(b' ') {
            let key = Key(ascii_lower(eight & ((1 << (8 * len)) - 1)));
            return Next::Word(Near { key, start: at + 1, end: at + 1 + len });
        }
    }
    let start = at + bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let end = start + bytes[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    // A mark within a word, or a letter that is not ASCII, may make the word longer.
    let unsure = bytes.get(end).is_some_and(|byte| match byte {
        b'-' | b'\'' | b'.' | b'&' | b'/' | b'_' => {
            bytes.get(end + 1).is_some_and(|next| !next.is_ascii() || next.is_ascii_alphanumeric())
        }
        byte => !byte.is_ascii(),
    });
    match end - start {
        _ if unsure => Next::Unsure,
        0 => Next::Mark(start),
        _ => Next::Word(Near { key: key_at(bytes, start, end), start, end }),
    }
}

fn key_at(bytes: &[u8], start: usize, end: usize) -> Key {
    Key(ascii_lower(eight_bytes(bytes, start, end)))
}

/// How many ASCII letters stand just before byte `end`.
#[inline]
fn letters_before(bytes: &[u8], end: usize) -> usize {
    let len = bytes[..end].last_chunk::<8>().map_or(0, |eight| {
        let others = !letters(u64::from_le_bytes(*eight)) & HIGH_BITS;
        others.leading_zeros() as usize / 8
    });
    match len {
        0 | 8.. => bytes[..end].iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count(),
        len => len,
    }
}
