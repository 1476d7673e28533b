//! A glance at the bytes around an anchor: it rules most anchors out before anything is cut into tokens.
//!
//! Whatever it is not sure of it leaves to the tokens: it may say yes too often, never no.

use super::anchor::{After, Anchor, Prior};
use super::class::{self, Classes, DETERMINING, STOP};
use super::named;
use super::quick::{Facts, facts};
use super::vocabulary::{Known, US, Vocabulary};
use crate::pattern::trigger::ADVERBS_LIMIT;
use crate::text::{HIGH_BITS, ascii_lower, eight_lower, letters};

/// The first eight bytes of a word, in lower case: equal words have equal keys, and so have a few others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(pub(super) u64);

impl Key {
    pub(super) const TO: Key = Key::of_bytes(*b"to\0\0\0\0\0\0");

    /// The key of a word in lower case, with zeros after it.
    pub(super) const fn of_bytes(word: [u8; 8]) -> Self {
        Key(u64::from_le_bytes(word))
    }

    pub(super) fn of(word: &str) -> Self {
        Key(eight_lower(word.as_bytes(), 0, word.len()))
    }

    /// The key of the letters that `word` begins with.
    pub(super) fn of_letters(word: &str) -> Self {
        let len = word.bytes().take_while(u8::is_ascii_alphabetic).count();
        Key::of(&word[..len])
    }
}

/// A set of the postings of an anchor.
pub(super) type Mask = u64;

/// The word before a space.
#[derive(Clone, Copy, Debug)]
struct Before {
    key: Key,
    start: usize,
    end: usize,
}

/// What begins at some byte.
#[derive(Clone, Copy, Debug)]
struct Next {
    start: usize,
    /// Of the letters that it begins with.
    key: Key,
    /// How many they are: 8 if they are that many or more.
    len: usize,
    /// Whether they are fewer than 8 and surely the whole word; of no letters, whether it is a mark.
    whole: bool,
}

/// A text whose lines are glanced at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glance<'l> {
    pub(super) text: &'l str,
    pub(super) vocabulary: Vocabulary<'l>,
}

impl Glance<'_> {
    /// Which postings of `anchor` the words around leave open that their rules match with the anchor at byte `at`.
    #[inline]
    pub(super) fn open(self, anchor: &Anchor, at: usize) -> Mask {
        let end = at + anchor.len;
        let mut open = anchor.all;
        if anchor.after.any != anchor.all {
            open &= self.may_follow(&anchor.after, self.next(end));
            if open == 0 {
                return 0;
            }
        }
        if let Some(word) = self.before(at) {
            open = self.look_left(anchor, word, open);
        } else {
            open &= !self.refused_after_mark(anchor, at);
        }
        if open & anchor.ended != 0 { self.look_right(anchor, self.next(end), open) } else { open }
    }

    /// The postings that ask for a word which may come next.
    #[inline]
    fn may_follow(self, after: &After, next: Next) -> Mask {
        let open = after.any | after.asking_for(next.key);
        let adverb = after.adverbs & !open != 0 && self.may_be_adverb(next, self.closed(next.key));
        open | if adverb { self.may_follow_adverb(after, next) } else { 0 }
    }

    /// What of `open` is left when what begins after the anchor is looked at as an argument.
    #[inline]
    fn look_right(self, anchor: &Anchor, next: Next, mut open: Mask) -> Mask {
        let closed = self.closed(next.key);
        open &= !refused_right(anchor, next, closed);
        if open & anchor.bare != 0 && next.whole && closed.any(DETERMINING) && self.is_determined(next) {
            open &= !anchor.bare;
        }
        if open & anchor.determined != 0 && next.whole && is_bare(next, closed) {
            open &= !anchor.determined;
        }
        if open & anchor.heads_right != 0
            && let Some(answers) = self.heads_after(next.start)
        {
            open &= answers.kept(&anchor.asked_right);
        }
        open
    }

    /// The postings that a mark before the anchor at byte `at`, apart from it, speaks against.
    #[inline]
    fn refused_after_mark(self, anchor: &Anchor, at: usize) -> Mask {
        if !self.follows_mark(at) {
            return 0;
        }
        anchor.worded
            | match self.text.as_bytes()[at - 2] {
                b',' => anchor.refused.comma,
                // After these there may be an aside or a quotation.
                b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'"' | b'\'' | b'`' => 0,
                _ => anchor.refused.no_end,
            }
    }

    /// Whether what stands before byte `at` is a mark and a space.
    fn follows_mark(self, at: usize) -> bool {
        matches!(self.text.as_bytes()[..at], [.., mark, b' '] if mark.is_ascii_punctuation())
    }

    /// What of `open` is left when the word before the anchor is looked at.
    #[inline]
    fn look_left(self, anchor: &Anchor, word: Before, mut open: Mask) -> Mask {
        let closed = self.closed_before(word);
        if closed.any(STOP) {
            open &= !refused_left(anchor, facts(word.key, closed));
            if open & anchor.refused.pronoun != 0 && closed.any(class::PRONOUN) && self.follows_pronoun(word, closed) {
                open &= !anchor.refused.pronoun;
            }
            if open & anchor.refused.infinitive != 0 && word.key == Key::TO && self.is_infinitive(word) {
                open &= !anchor.refused.infinitive;
            }
        }
        if open & anchor.prior != 0 {
            for (posting, bit) in of_mask(&anchor.postings, open & anchor.prior) {
                if posting.prior.as_ref().is_some_and(|prior| !self.may_precede(prior, word)) {
                    open &= !bit;
                }
            }
        }
        if open & anchor.heads_left != 0 {
            // A relative pronoun leads on to the head.
            let known = self.vocabulary.known(self.text, word.start..word.end);
            if let Some(answers) = known.answers.known().filter(|_| !closed.any(class::RELATIVE)) {
                open &= answers.kept(&anchor.asked_left);
            }
            if open & anchor.refused.verb != 0 && ends_no_phrase(known, &self.text[word.start..word.end]) {
                open &= !anchor.refused.verb;
            }
        }
        open
    }

    /// Whether what a trigger has before its anchor may be what ends with `word`.
    fn may_precede(self, prior: &Prior, mut word: Before) -> bool {
        let (keys, most) = match prior {
            Prior::Words(keys) => {
                for &key in keys {
                    if word.key != key {
                        return false;
                    }
                    let Some(before) = self.before_rarely(word.start) else { return true };
                    word = before;
                }
                return true;
            }
            Prior::Within(keys, most) => (keys, *most),
            Prior::Mark => return false,
        };
        for _ in 0..most {
            if keys.contains(&word.key) {
                return true;
            }
            let Some(before) = self.before_rarely(word.start) else { return !self.follows_mark(word.start) };
            word = before;
        }
        false
    }

    /// The postings that allow adverbs, and may go on after `next`, which is one.
    fn may_follow_adverb(self, after: &After, mut next: Next) -> Mask {
        let mut found = 0;
        for _ in 0..ADVERBS_LIMIT {
            if !self.is_whole(next) {
                return after.adverbs;
            }
            next = self.next_rarely(self.end(next));
            found |= after.asking_for(next.key) & after.adverbs;
            if !self.may_be_adverb(next, self.closed(next.key)) {
                break;
            }
        }
        found
    }

    /// Whether `to` before the anchor makes an infinitive of it that has no subject.
    fn is_infinitive(self, to: Before) -> bool {
        self.before_rarely(to.start).is_some_and(|before| !self.closed_of(before).any(class::RAISING))
    }

    /// The closed classes of the word of at most eight letters that has this key. Of `us`, which may be the name of a
    /// state, a key tells nothing.
    #[inline]
    fn closed(self, key: Key) -> Classes {
        if key.0 == US { Classes::NONE } else { self.vocabulary.lexicon.closed(key.0) }
    }

    /// The closed classes of `word` if it has at most eight letters; few words of closed classes have more.
    #[inline]
    fn closed_before(self, word: Before) -> Classes {
        let closed = self.closed(word.key);
        if word.end - word.start > 8 { Classes::NONE } else { closed }
    }

    /// The closed classes of `word`, however long it is.
    fn closed_of(self, word: Before) -> Classes {
        self.vocabulary.closed_classes(self.text, word.start..word.end, word.key.0)
    }

    /// Whether the left argument is surely the pronoun `word`, and the only left argument.
    fn follows_pronoun(self, word: Before, closed: Classes) -> bool {
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
        // `the people around us`
        let joins = |word: Before| self.closed_of(word).any(class::PREPOSITION);
        if self.before_rarely(word.start).is_none_or(joins) {
            return false;
        }
        // Of `a cold is what it causes` the cold is an argument too.
        let rest = self.text[..word.start].trim_end().as_bytes();
        let after_copula = [&b"is"[..], b"are"].iter().any(|copula| {
            rest.len().checked_sub(copula.len()).is_some_and(|at| rest[at..].eq_ignore_ascii_case(copula))
        });
        !after_copula
    }

    /// Whether a phrase that begins with the word `first` surely has a determiner that says which.
    fn is_determined(self, first: Next) -> bool {
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
        let next = self.next_rarely(first.start + first.len);
        let end = self.end(next);
        if !self.is_whole(next) {
            return false;
        }
        let open = DETERMINING.or(class::NUMERAL).or(class::MEASURE).or(class::LIGHT_ADVERB).or(class::PREPOSITION);
        let word = &self.text[next.start..end];
        let focus = ["one", "particularly", "especially"].iter().any(|focus| focus.eq_ignore_ascii_case(word));
        !focus && !self.vocabulary.closed_classes(self.text, next.start..end, next.key.0).any(open)
    }

    /// The word before byte `at`, if one space separates it from what is there, and a space or so from what is before
    /// it, so that it is surely the one that the tokens have there.
    #[inline]
    fn before(self, at: usize) -> Option<Before> {
        let bytes = self.text.as_bytes();
        let end = at.checked_sub(1).filter(|&space| bytes[space] == b' ')?;
        let eight = match bytes[..end].last_chunk::<8>() {
            Some(eight) => u64::from_le_bytes(*eight),
            None => first_bytes(&bytes[..end]),
        };
        let others = !letters(eight) & HIGH_BITS;
        let len = others.leading_zeros() as usize / 8;
        if len == 8 {
            return self.long_before(end);
        }
        let mark = eight >> (56 - 8 * len) & 0xff;
        let plain = mark == u64::from(b' ') || mark == u64::from(b'\n') || mark == u64::from(b'(') || mark == 0x22;
        let key = Key(ascii_lower(eight.unbounded_shr(64 - 8 * u32::try_from(len).unwrap_or(0))));
        (len > 0 && plain).then_some(Before { key, start: end - len, end })
    }

    /// As [`before`](Self::before), where it is not worth its size.
    #[inline(never)]
    fn before_rarely(self, at: usize) -> Option<Before> {
        self.before(at)
    }

    /// The same for a word of eight letters or more.
    fn long_before(self, end: usize) -> Option<Before> {
        let bytes = self.text.as_bytes();
        let known = end - 8;
        let more = match bytes[..known].last_chunk::<8>() {
            Some(eight) => (!letters(u64::from_le_bytes(*eight)) & HIGH_BITS).leading_zeros() as usize / 8,
            None => 8,
        };
        let more = if more < 8 {
            more
        } else {
            bytes[..known].iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count()
        };
        let start = known - more;
        let plain = start == 0 || matches!(bytes[start - 1], b' ' | b'\n' | b'(' | b'"');
        plain.then(|| Before { key: Key(eight_lower(bytes, start, end)), start, end })
    }

    /// What follows byte `at` after spaces.
    #[inline]
    fn next(self, at: usize) -> Next {
        let bytes = self.text.as_bytes();
        match bytes[at..].first_chunk::<9>() {
            Some([b' ', eight @ ..]) if !matches!(eight[0], b' ' | b'\t') => {
                next_of(at + 1, u64::from_le_bytes(*eight))
            }
            _ => self.next_beyond(at),
        }
    }

    /// As [`next`](Self::next), where it is not worth its size.
    #[inline(never)]
    fn next_rarely(self, at: usize) -> Next {
        self.next(at)
    }

    /// The same where there is more than one space, or the text ends.
    #[cold]
    fn next_beyond(self, at: usize) -> Next {
        let bytes = self.text.as_bytes();
        let start = at + bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let mut eight = [b'\n'; 8];
        for (to, from) in eight.iter_mut().zip(&bytes[start..]) {
            *to = *from;
        }
        next_of(start, u64::from_le_bytes(eight))
    }

    /// Where the letters of `next` end.
    fn end(self, next: Next) -> usize {
        let end = next.start + next.len;
        let more = if next.len < 8 { &[] } else { &self.text.as_bytes()[end..] };
        end + more.iter().take_while(|byte| byte.is_ascii_alphabetic()).count()
    }

    /// Whether `next` is surely a whole word.
    fn is_whole(self, next: Next) -> bool {
        next.whole && next.len > 0
            || next.len == 8 && self.text.as_bytes().get(self.end(next)).is_none_or(|&byte| ends_word(byte))
    }

    /// Whether `next` may be an adverb, of these classes or in -ly.
    #[inline]
    fn may_be_adverb(self, next: Next, closed: Classes) -> bool {
        const LY: u64 = u16::from_le_bytes(*b"ly") as u64;
        let short = next.len > 3 && next.key.0 >> (8 * next.len - 16) == LY;
        if next.whole { closed.any(class::LIGHT_ADVERB) || short } else { self.may_be_long_adverb(next, closed) }
    }

    fn may_be_long_adverb(self, next: Next, closed: Classes) -> bool {
        if closed.any(class::LIGHT_ADVERB) {
            return true;
        }
        let rest = &self.text.as_bytes()[next.start..];
        let letters = |from: usize| rest[from..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let mut len = next.len + letters(next.len);
        while let [mark, after, ..] = rest[len..]
            && joins_words(mark)
            && after.is_ascii_alphanumeric()
        {
            len += 1 + letters(len + 1);
        }
        let (word, end) = (&rest[..len], next.start + len);
        let of_long = || self.vocabulary.closed_classes(self.text, next.start..end, next.key.0);
        word.last_chunk::<2>().is_some_and(|last| last.eq_ignore_ascii_case(b"ly"))
            || rest[len..].iter().take(2).any(|byte| !byte.is_ascii())
            || word.contains(&b'\'')
            || len > 8 && of_long().any(class::LIGHT_ADVERB)
    }
}

/// Of the postings whose right argument begins after the anchor, those that find none there that they take.
#[inline]
fn refused_right(anchor: &Anchor, next: Next, closed: Classes) -> Mask {
    const BEGIN: Classes = DETERMINING.or(class::NUMERAL).or(class::MEASURE).or(class::LIGHT_ADVERB);
    let none = next.len == 0 || closed.any(STOP) && !closed.any(BEGIN.or(class::PRONOUN));
    let pronoun = closed.any(class::PRONOUN) && !closed.any(BEGIN);
    let refused = if none { anchor.ended } else { 0 } | if pronoun { anchor.refusing_pronouns } else { 0 };
    if next.whole { refused } else { 0 }
}

/// Whether no phrase ends with `word`, of which this is `known`: a verb or an adverb that can be nothing else.
fn ends_no_phrase(known: Known, word: &str) -> bool {
    let others = class::NOUN.or(class::ADJECTIVE).or(class::CAPITAL).or(STOP);
    let adverb = || known.classes.any(class::LIGHT_ADVERB) || known.named.any(named::IN_LY) && word.ends_with("ly");
    !known.classes.any(others) && (known.classes.is_verb() || adverb())
}

/// Whether a phrase that begins with the whole word `next`, of these classes, surely has no determiner.
fn is_bare(next: Next, closed: Classes) -> bool {
    const BEFORE_DETERMINER: [&[u8; 8]; 9] = [
        b"one\0\0\0\0\0",
        b"only\0\0\0\0",
        b"just\0\0\0\0",
        b"mainly\0\0",
        b"mostly\0\0",
        b"largely\0",
        b"partly\0\0",
        b"even\0\0\0\0",
        b"also\0\0\0\0",
    ];
    next.len > 0
        && !closed.any(DETERMINING.or(class::NUMERAL).or(class::MEASURE))
        && !BEFORE_DETERMINER.iter().any(|&&word| Key::of_bytes(word) == next.key)
}

/// The postings that what is known of the word before the anchor speaks against.
#[inline]
fn refused_left(anchor: &Anchor, facts: Facts) -> Mask {
    let no_end = if facts.no_end { anchor.refused.no_end } else { 0 };
    let verbal = if facts.verbal { anchor.refused.verbal } else { 0 };
    no_end | verbal
}

/// What begins at byte `start` with these bytes.
#[inline]
fn next_of(start: usize, eight: u64) -> Next {
    let others = (!letters(eight) & HIGH_BITS) >> 7;
    // All bits below the first byte that is no letter.
    let kept = (others & others.wrapping_neg()).wrapping_sub(1);
    let len = (others.trailing_zeros() / 8) as usize;
    let rest = eight.unbounded_shr(others.trailing_zeros()).to_le_bytes();
    let (mark, beyond) = (rest[0], rest[1]);
    // Of seven letters it is not known what is beyond the mark.
    let ends = ends_word(mark) || len < 7 && joins_words(mark) && beyond.is_ascii() && !beyond.is_ascii_alphanumeric();
    let whole = len < 8 && if len == 0 { is_mark(mark) } else { ends };
    Next { start, key: Key(ascii_lower(eight & kept)), len, whole }
}

/// Whether this mark, between letters or digits, joins two words to one.
#[inline]
fn joins_words(byte: u8) -> bool {
    matches!(byte, b'-' | b'\'' | b'.' | b'&' | b'/' | b'_')
}

/// Whether a word surely ends before this byte, which is no letter.
#[inline]
fn ends_word(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b';' | b':' | b'(' | b')' | b'!' | b'?' | b'"')
}

/// Whether no argument begins with this mark; the end of a line is one. Quotes may stand before one.
#[inline]
fn is_mark(byte: u8) -> bool {
    matches!(byte, b'\n' | b',' | b';' | b':' | b'(' | b')' | b'!' | b'?' | b'=' | b'<' | b'>' | b'*' | b'+' | b'|')
}

/// Those of `all` that `mask` has a bit for, with their bits.
pub(super) fn of_mask<T>(all: &[T], mut mask: Mask) -> impl Iterator<Item = (&T, Mask)> {
    std::iter::from_fn(move || {
        let bit = mask & mask.wrapping_neg();
        let one = all.get(mask.trailing_zeros() as usize)?;
        mask &= !bit;
        Some((one, bit))
    })
}

/// Fewer than eight bytes, after line feeds.
#[cold]
fn first_bytes(bytes: &[u8]) -> u64 {
    let mut eight = [b'\n'; 8];
    eight[8 - bytes.len()..].copy_from_slice(bytes);
    u64::from_le_bytes(eight)
}
