//! A glance at the words after a trigger: what the head of the right argument may be, before any token is cut.

use super::class::{self, Classes, DETERMINING, STOP};
use super::glance::Glance;
use super::head::Answers;

/// A run of more words is left to the tokens.
const RUN_LIMIT: usize = 8;

impl Glance<'_> {
    /// What those words answer of which one is surely the head of the phrase that begins with the word at byte `start`, if
    /// there is a phrase; `None` if more than single words between spaces has to be looked at to tell.
    ///
    /// What it rests on: no phrase goes on beyond a word of a closed class or a mark, once it has a word that can only be a
    /// noun. (Until then, words that are joined by commas or conjunctions may belong to it.)
    pub(super) fn heads_after(self, mut start: usize) -> Option<Answers> {
        let bytes = self.text.as_bytes();
        let mut all = Answers::default();
        // Whether a word came that is no determiner, and one that is no modifier.
        let (mut begun, mut has_noun) = (false, false);
        for _ in 0..RUN_LIMIT {
            let len = bytes[start..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            if len == 0 {
                return None;
            }
            let end = start + len;
            let next = bytes.get(end).copied().unwrap_or(b'\n');
            let word = self.vocabulary.known(self.text, start..end);
            let classes = word.classes;
            if is_closed(classes) {
                if has_noun && ends_word(next) && len > 1 {
                    return Some(all);
                }
                // `of these`, where there is no noun, and `of these cats`
                if begun || !classes.any(DETERMINING) || next != b' ' {
                    return None;
                }
            } else {
                begun = true;
                has_noun |= !may_modify(classes, &bytes[start..end]);
            }
            if !(is_closed(classes) && !classes.any(class::PRONOUN)) {
                all = all.or(self.vocabulary.answers_of(word, self.text, start..end)?);
            }
            let after = bytes.get(end + 1).copied().unwrap_or(b'\n');
            match next {
                b' ' if classes.any(class::MEASURE.or(class::NUMERAL)) && after.eq_ignore_ascii_case(&b'o') => {
                    return None;
                }
                b' ' if after.is_ascii_alphabetic() => start = end + 1,
                b' ' if after == b'(' && has_noun => return Some(all),
                b',' if has_noun => return Some(all),
                b'\n' | b';' | b':' | b'!' | b'?' | b')' => return Some(all),
                // `St. Louis`
                b'.' if len > 3 && matches!(after, b' ' | b'\n') => return Some(all),
                _ => return None,
            }
        }
        None
    }
}

/// Whether a phrase, once it has a noun, ends before a word of these classes.
fn is_closed(classes: Classes) -> bool {
    classes.any(STOP) || classes.any(class::LIGHT_ADVERB) && !classes.any(class::ADJECTIVE)
}

/// Whether a word may stand before the noun of its phrase as more than a noun.
fn may_modify(classes: Classes, word: &[u8]) -> bool {
    classes.any(class::MODIFIER.or(class::ING).or(class::ADVERB)) || word.ends_with(b"ly")
}

/// Whether a word surely ends before this byte.
fn ends_word(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b',' | b';' | b':' | b'!' | b'?' | b')')
}
