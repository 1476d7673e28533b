//! Where a trigger matches in a sentence: its elements, one after another, with the words of each as numbers.

use super::class;
use super::named;
use super::phrase::Sentence;
use crate::pattern::trigger::{ADVERBS_LIMIT, ElementKind, Trigger};
use crate::text::{ascii_lower, eight_bytes};

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
    Words {
        /// The first eight bytes of the first word of each sequence: equal words have equal numbers, and next to none of
        /// the others.
        firsts: Box<[u64]>,
        sequences: Box<[Box<[Box<str>]>]>,
    },
    Any,
    Adverbs,
}

impl Steps {
    pub(super) fn new(trigger: &Trigger) -> Self {
        let first = |words: &Vec<String>| words.first().map_or(0, |word| number(word.as_bytes()));
        let sequence = |words: &Vec<String>| words.iter().map(|word| word.as_str().into()).collect();
        let kind = |kind: &ElementKind| match kind {
            ElementKind::Words(all) => Kind::Words {
                firsts: all.iter().map(first).collect(),
                sequences: all.iter().map(sequence).collect(),
            },
            ElementKind::Any => Kind::Any,
            ElementKind::Adverbs => Kind::Adverbs,
        };
        let step = |element: &crate::pattern::trigger::Element| Step {
            kind: kind(&element.kind),
            optional: element.optional,
        };
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
        Kind::Words { firsts, sequences } => {
            let first = number(sentence.word(at).as_bytes());
            let same = firsts.iter().zip(sequences).filter(|&(&known, _)| known == first);
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

fn number(word: &[u8]) -> u64 {
    ascii_lower(eight_bytes(word, 0, word.len()))
}

/// Where the sequence `words` ends that begins at token `at`.
fn end_of_words(sentence: &Sentence<'_>, at: usize, words: &[Box<str>]) -> Option<usize> {
    let fits = |(i, word): (usize, &Box<str>)| {
        let at = at + i;
        sentence.reads(at, word) && (!sentence.is_word(at) || stands_apart(sentence, at))
    };
    words.iter().enumerate().all(fits).then_some(at + words.len())
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
