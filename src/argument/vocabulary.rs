//! What is known of the words of a text: the lexicon, and what was looked up in it lately.

use std::ops::Range;

use super::class::{self, Classes};
use super::head::{Answers, Questions};
use super::lexicon::{Lexicon, Lower, mixed};
use super::named::{self, Named};
use super::recent::{Kind, Recent};
use crate::text::{HIGH_BITS, ascii_lower, eight_bytes, eight_lower};

/// The lexicon, what was looked up in it lately, and what is asked of heads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vocabulary<'v> {
    pub(crate) lexicon: &'v Lexicon,
    pub(crate) recent: &'v Recent,
    /// Nothing to have each question answered anew.
    pub(crate) questions: Option<&'v Questions>,
}

/// What is known of a word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) classes: Classes,
    /// Without an answer if each question has to be asked by itself.
    pub(super) answers: Answers,
    /// The lists that it is of.
    pub(super) named: Named,
}

impl Vocabulary<'_> {
    /// The closed classes of the word `text[span]`, whose first eight bytes in lower case are `lower`.
    #[inline]
    pub(super) fn closed_classes(self, text: &str, span: Range<usize>, lower: u64) -> Classes {
        if span.len() > 8 {
            return self.of_long(text, span).classes;
        }
        if lower == US && is_us(&text[span]) {
            return Classes::NONE;
        }
        self.lexicon.closed(lower)
    }

    /// What is known of the word `text[span]`.
    #[inline]
    pub(super) fn known(self, text: &str, span: Range<usize>) -> Known {
        let bytes = text.as_bytes();
        if span.len() > 8 {
            return self.of_long(text, span);
        }
        let lower = eight_lower(bytes, span.start, span.end);
        let Kind { mut classes, mut answers, named } =
            self.recent.get(lower).unwrap_or_else(|| self.look_up_short(text, span.clone(), lower));
        let first = bytes.get(span.start).copied().unwrap_or_default();
        if !first.is_ascii_lowercase() {
            if lower == US && is_us(&text[span.clone()]) {
                classes = class::WORD | class::NOUN;
                answers = Answers::default();
            }
            classes |= of_first_letter(&text[span]);
        }
        Known { classes, answers, named }
    }

    fn of_long(self, text: &str, span: Range<usize>) -> Known {
        let key = long_key(text, &span);
        let kind = if key == 0 { None } else { self.recent.get(key) };
        let Kind { mut classes, answers, named } = kind.unwrap_or_else(|| {
            let word = Lower::within(text, span.start, span.end);
            self.look_up(&text[span.clone()], &word, key)
        });
        let first = text.as_bytes().get(span.start).copied().unwrap_or_default();
        if !first.is_ascii_lowercase() {
            classes |= of_first_letter(&text[span]);
        }
        Known { classes, answers, named }
    }

    /// The key under which the word is remembered, and its classes: both of a word that is not there in a text.
    pub(super) fn key_and_classes(lexicon: &Lexicon, word: &str) -> (u64, Classes) {
        let letters = of_hyphen(word.contains('-')) | of_first_letter(word);
        let classes = lexicon.classes(&Lower::new(word)) | class::WORD | letters;
        (key(word, &(0..word.len())), classes)
    }

    #[inline(never)]
    fn look_up_short(self, text: &str, span: Range<usize>, lower: u64) -> Kind {
        let word = match lower & HIGH_BITS {
            0 => Lower::of_short(lower, span.len()),
            _ => Lower::within(text, span.start, span.end),
        };
        self.look_up(&text[span], &word, lower)
    }

    /// What `word` is, whatever its first letter, which is noted under `key`.
    #[inline(never)]
    fn look_up(self, word: &str, lower: &Lower, key: u64) -> Kind {
        let hyphen = if lower.is_known() { lower.has_hyphen() } else { word.contains('-') };
        let mut classes = self.lexicon.classes(lower) | class::WORD | of_hyphen(hyphen);
        // A first letter that is not ASCII may be a number or a capital.
        let questions = self.questions.filter(|_| key != 0 && word.is_ascii());
        if questions.is_some() && word.starts_with(|c: char| c.is_ascii_digit()) {
            classes |= class::DIGIT | class::MODIFIER;
        }
        let in_ly = word.len() > 3 && word.as_bytes()[word.len() - 2..].eq_ignore_ascii_case(b"ly");
        let named = self.lexicon.named(key).or(if in_ly { named::IN_LY } else { Named::NONE });
        if key == 0 {
            return Kind { classes, answers: Answers::default(), named };
        }
        match questions {
            Some(questions) => {
                let what = (classes, named, questions.of_named(key));
                self.recent.set(key, what, || questions.of_classes(classes))
            }
            None => self.recent.set(key, (classes, named, Some(Answers::default())), Answers::default),
        }
    }
}

/// What the word `text[span]` is remembered under.
pub(super) fn key(text: &str, span: &Range<usize>) -> u64 {
    if span.len() > 8 { long_key(text, span) } else { eight_lower(text.as_bytes(), span.start, span.end) }
}

/// A number that tells a word of more than eight bytes from all others, capitals apart: 0 if it is too long to be listed,
/// or not ASCII. As [`Lower::key`] it has the highest bit set, and 63 bits that two words have in common by chance once in
/// 2^63.
fn long_key(text: &str, span: &Range<usize>) -> u64 {
    let bytes = text.as_bytes();
    if span.len() > 16 {
        return Lower::within(text, span.start, span.end).key();
    }
    // Two parts, which overlap, and the length.
    let [first, last] = [span.start, span.end - 8].map(|at| eight_bytes(bytes, at, at + 8));
    if (first | last) & HIGH_BITS != 0 {
        return 0;
    }
    let parts = ascii_lower(first).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ ascii_lower(last).rotate_left(21);
    mixed(parts.wrapping_add(span.len() as u64)) | 1 << 63
}

/// `us` as the first eight bytes of a word.
pub(super) const US: u64 = u64::from_le_bytes(*b"us\0\0\0\0\0\0");

/// Whether a word that is `us` in small letters is the name of a state.
fn is_us(word: &str) -> bool {
    word == "US"
}

fn of_hyphen(has_hyphen: bool) -> Classes {
    if has_hyphen { class::HYPHEN | class::MODIFIER } else { Classes::NONE }
}

/// What a first letter other than a small one says.
fn of_first_letter(word: &str) -> Classes {
    let first = word.chars().next();
    let capital = if first.is_some_and(char::is_uppercase) { class::CAPITAL } else { Classes::NONE };
    let digit = if first.is_some_and(char::is_numeric) { class::DIGIT | class::MODIFIER } else { Classes::NONE };
    capital | digit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apostrophes_are_alike() {
        let (lexicon, recent) = (Lexicon::english(), Recent::default());
        let vocabulary = Vocabulary { lexicon: &lexicon, recent: &recent, questions: None };
        for word in ["don’t", "can’t", "couldn’t", "shouldn’t"] {
            assert!(vocabulary.known(word, 0..word.len()).classes.any(class::NEGATION), "{word}");
        }
    }
}
