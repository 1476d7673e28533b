//! A glance at the bytes around an anchor: it rules most anchors out before anything is cut into tokens.
//!
//! Whatever it is not sure of it leaves to the tokens: it may say yes too often, never no.

use std::cell::OnceCell;
use std::ops::Range;

use super::anchor::Posting;
use super::class::{self, Classes, DETERMINING};
use super::lexicon::{HIGH_BITS, Vocabulary, ascii_lower, eight_bytes, letters};
use crate::pattern::trigger::ADVERBS_LIMIT;

/// The first eight bytes of a word, in lower case: equal words have equal keys, and so have a few others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// A mark, or the end of the line.
    Mark,
    Unsure,
}

/// An anchor and what is around it.
pub(super) struct Glance<'l> {
    line: &'l str,
    vocabulary: Vocabulary<'l>,
    /// The word before the anchor, if it is surely the one that the tokens would have there.
    before: Option<Near>,
    /// Where the anchor ends.
    end: usize,
    after: OnceCell<Next>,
    classes_before: OnceCell<Classes>,
    closed_before: OnceCell<Classes>,
    determined: OnceCell<bool>,
    follows_pronoun: OnceCell<bool>,
}

impl<'l> Glance<'l> {
    pub(super) fn new(line: &'l str, anchor: Range<usize>, vocabulary: Vocabulary<'l>) -> Self {
        Glance {
            line,
            vocabulary,
            before: word_before(line, anchor.start),
            end: anchor.end,
            after: OnceCell::new(),
            classes_before: OnceCell::new(),
            closed_before: OnceCell::new(),
            determined: OnceCell::new(),
            follows_pronoun: OnceCell::new(),
        }
    }

    /// Whether the words around the anchor leave it open that the rule of `posting` matches there.
    pub(super) fn may_match(&self, posting: &Posting) -> bool {
        (posting.after.is_empty() || self.may_follow(posting))
            && self.before.is_none_or(|word| self.may_come_before(word, posting))
            && !(posting.bare && *self.determined.get_or_init(|| self.is_determined()))
    }

    /// Whether `word` may stand before the anchor.
    fn may_come_before(&self, word: Near, posting: &Posting) -> bool {
        if let Some(prior) = posting.prior {
            return prior == word.key;
        }
        let Some(left) = &posting.left else { return true };
        let refused = left.refuses_pronouns && *self.follows_pronoun.get_or_init(|| self.follows_pronoun(word))
            || left.refuses_infinitives && self.is_infinitive(word);
        !refused
            && left.may_lead(word.key, self.closed_before(word))
            && (left.head.is_empty() || left.may_be(word.key, self.classes_before(word)))
    }

    /// Whether `word`, which stands before the anchor, makes an infinitive of it that has no subject.
    fn is_infinitive(&self, word: Near) -> bool {
        let raising = || word_before(self.line, word.start).map(|before| self.closed(before).any(class::RAISING));
        word.key == Key::TO && raising() == Some(false)
    }

    /// The classes of the word before the anchor.
    fn classes_before(&self, word: Near) -> Classes {
        let span = word.start..word.end;
        *self.classes_before.get_or_init(|| self.vocabulary.classes(self.line, span))
    }

    /// Its closed classes.
    fn closed_before(&self, word: Near) -> Classes {
        *self.closed_before.get_or_init(|| self.closed(word))
    }

    fn after(&self) -> Next {
        *self.after.get_or_init(|| word_after(self.line, self.end))
    }

    fn closed(&self, word: Near) -> Classes {
        self.vocabulary.closed_classes(self.line, word.start..word.end, word.key.0)
    }

    /// Whether the left argument is surely the pronoun `word`, and the only left argument.
    fn follows_pronoun(&self, word: Near) -> bool {
        // Of these some belong to a verb, and others lead to a noun before them.
        let others = class::RELATIVE
            .or(class::LIGHT_ADVERB)
            .or(class::AUXILIARY)
            .or(class::NEGATION)
            .or(class::HEDGE)
            .or(class::RAISING);
        let classes = self.closed_before(word);
        if !classes.any(class::PRONOUN) || classes.any(others) {
            return false;
        }
        // `the people around us`
        if word_before(self.line, word.start).is_none_or(|before| self.closed(before).any(class::PREPOSITION)) {
            return false;
        }
        // Of `a cold is what it causes` the cold is an argument too.
        let rest = self.line[..word.start].trim_end().as_bytes();
        let after_copula = [&b"is"[..], b"are"].iter().any(|copula| {
            rest.len().checked_sub(copula.len()).is_some_and(|at| rest[at..].eq_ignore_ascii_case(copula))
        });
        !after_copula
    }

    /// Whether the phrase after the anchor surely has a determiner that says which.
    fn is_determined(&self) -> bool {
        const DEFINITE: [&str; 11] = ["the", "a", "an", "his", "her", "its", "their", "my", "our", "this", "these"];
        let Next::Word(first) = self.after() else { return false };
        let word = &self.line[first.start..first.end];
        if !DEFINITE.iter().any(|definite| definite.eq_ignore_ascii_case(word)) {
            return false;
        }
        // Another determiner may follow, and then that one counts.
        let Next::Word(next) = word_after(self.line, first.end) else { return false };
        let open = DETERMINING.or(class::NUMERAL).or(class::MEASURE).or(class::LIGHT_ADVERB).or(class::PREPOSITION);
        let word = &self.line[next.start..next.end];
        let focus = ["one", "particularly", "especially"].iter().any(|focus| focus.eq_ignore_ascii_case(word));
        !focus && !self.closed(next).any(open)
    }

    /// Whether one of the words that the posting asks for may come after the anchor.
    fn may_follow(&self, posting: &Posting) -> bool {
        let mut after = self.after();
        for _ in 0..=ADVERBS_LIMIT {
            let next = match after {
                Next::Word(next) => next,
                Next::Mark => return false,
                Next::Unsure => return true,
            };
            if posting.after.contains(&next.key) {
                return true;
            }
            let word = &self.line[next.start..next.end];
            let in_ly = word.len() > 3 && word.as_bytes()[word.len() - 2..].eq_ignore_ascii_case(b"ly");
            if !(posting.adverbs && (in_ly || self.closed(next).any(class::LIGHT_ADVERB))) {
                return false;
            }
            after = word_after(self.line, next.end);
        }
        false
    }
}

/// The word before byte `at`, if one space separates it from what is there, and a space or so from what is before it.
fn word_before(line: &str, at: usize) -> Option<Near> {
    let bytes = line.as_bytes();
    let end = at.checked_sub(1).filter(|&space| bytes[space] == b' ')?;
    let start = end - letters_before(bytes, end);
    let plain = start == 0 || matches!(bytes[start - 1], b' ' | b'(' | b'"');
    (start < end && plain).then(|| Near { key: key_at(bytes, start, end), start, end })
}

/// What follows byte `at` after spaces.
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
        0 => Next::Mark,
        _ => Next::Word(Near { key: key_at(bytes, start, end), start, end }),
    }
}

fn key_at(bytes: &[u8], start: usize, end: usize) -> Key {
    Key(ascii_lower(eight_bytes(bytes, start, end)))
}

/// How many ASCII letters stand just before byte `end`.
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
