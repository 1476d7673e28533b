//! Where a trigger matches in a sentence: its elements, one after another, with the words of each as numbers.

use super::class;
use super::named;
use super::phrase::Sentence;
use super::token::Token;
use crate::pattern::trigger::{ADVERBS_LIMIT, Element, ElementKind, Trigger};
use crate::text::eight_lower;

/// The elements of a trigger, ready to be matched.
#[derive(Debug)]
pub(super) struct Steps(Box<[Step]>);

#[derive(Debug)]
struct Step {
    kind: Kind,
    optional: bool,
}

#[derive(Debug)]
enum Kind {
    /// Sequences of words, by the numbers of their first words; those with the same first word in order.
    Words(Box<[(u64, Box<[Word]>)]>),
    Any,
    Adverbs,
}

/// A word or mark in small letters.
#[derive(Debug)]
struct Word {
    /// Its first eight bytes.
    number: u64,
    len: usize,
    text: Box<str>,
}

impl Word {
    fn new(word: &String) -> Self {
        let bytes = word.as_bytes();
        Word { number: eight_lower(bytes, 0, bytes.len()), len: bytes.len(), text: word.as_str().into() }
    }

    /// Whether token `at` is this one, in capitals or not.
    #[inline]
    fn is(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        sentence.tokens.get(at).is_some_and(|token| {
            let same = token.end - token.start == self.len && number(sentence, token) == self.number;
            same && (self.len <= 8 || sentence.reads(at, &self.text))
        })
    }
}

impl Steps {
    pub(super) fn new(trigger: &Trigger) -> Self {
        let sequence = |words: &Vec<String>| {
            let words: Box<[Word]> = words.iter().map(Word::new).collect();
            (words.first().map_or(0, |word| word.number), words)
        };
        let sequences = |all: &Vec<Vec<String>>| {
            let mut sequences: Vec<_> = all.iter().map(sequence).collect();
            sequences.sort_by_key(|(first, _)| *first);
            sequences.into()
        };
        let kind = |kind: &ElementKind| match kind {
            ElementKind::Words(all) => Kind::Words(sequences(all)),
            ElementKind::Any => Kind::Any,
            ElementKind::Adverbs => Kind::Adverbs,
        };
        let step = |element: &Element| Step { kind: kind(&element.kind), optional: element.optional };
        Steps(trigger.elements.iter().map(step).collect())
    }

    /// Where the trigger ends that begins at token `start`, if it does.
    pub(super) fn end(&self, sentence: &Sentence<'_>, start: usize) -> Option<usize> {
        end_of(&self.0, sentence, start)
    }
}

/// Where the `steps` end that begin at token `at`; longer readings of optional parts come first.
fn end_of(steps: &[Step], sentence: &Sentence<'_>, at: usize) -> Option<usize> {
    let Some((step, steps)) = steps.split_first() else { return ends_apart(sentence, at).then_some(at) };
    let rest = |end: usize| end_of(steps, sentence, end);
    let found = match &step.kind {
        Kind::Words(all) => {
            let first = sentence.tokens.get(at).map_or(0, |token| number(sentence, token));
            let same = all[all.partition_point(|(known, _)| *known < first)..].iter();
            let same = same.take_while(|(known, _)| *known == first);
            same.filter_map(|(_, words)| end_of_words(sentence, at, words)).find_map(rest)
        }
        Kind::Any => {
            if sentence.classes(at).is_open_word() && stands_apart(sentence, at) {
                rest(at + 1)
            } else {
                None
            }
        }
        Kind::Adverbs => {
            let count = (0..ADVERBS_LIMIT).take_while(|i| is_adverb(sentence, at + i)).count();
            (0..=count).rev().find_map(|skipped| rest(at + skipped))
        }
    };
    if found.is_none() && step.optional { rest(at) } else { found }
}

/// Where the sequence `words` ends that begins at token `at`.
fn end_of_words(sentence: &Sentence<'_>, at: usize, words: &[Word]) -> Option<usize> {
    let fits = |(i, word): (usize, &Word)| {
        let at = at + i;
        word.is(sentence, at) && (!sentence.is_word(at) || stands_apart(sentence, at))
    };
    words.iter().enumerate().all(fits).then_some(at + words.len())
}

/// The first eight bytes of a token, in small letters.
#[inline]
fn number(sentence: &Sentence<'_>, token: &Token) -> u64 {
    eight_lower(sentence.text.as_bytes(), token.start, token.end)
}

/// Whether what stands before token `at` begins and ends with a space, as before each word of a trigger.
fn stands_apart(sentence: &Sentence<'_>, at: usize) -> bool {
    let space = |at: usize| sentence.text.as_bytes().get(at) == Some(&b' ');
    let after_space = sentence.tokens.get(at).and_then(|token| token.start.checked_sub(1)).is_some_and(space);
    after_space && at.checked_sub(1).is_none_or(|before| space(sentence.tokens[before].end))
}

/// Whether a trigger may end before token `at`: after a mark, or a word that a space follows.
fn ends_apart(sentence: &Sentence<'_>, at: usize) -> bool {
    let last = at.checked_sub(1).and_then(|last| sentence.tokens.get(last));
    last.is_none_or(|last| !last.is_word() || sentence.text.as_bytes().get(last.end) == Some(&b' '))
}

/// Whether token `at` is an adverb of a trigger.
fn is_adverb(sentence: &Sentence<'_>, at: usize) -> bool {
    let classes = sentence.classes(at);
    let in_ly = || sentence.is(at, named::IN_LY) && sentence.word(at).is_ascii();
    classes.any(class::WORD)
        && (classes.any(class::LIGHT_ADVERB) || !classes.any(class::NOUN) && in_ly())
        && stands_apart(sentence, at)
}
