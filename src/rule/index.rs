//! All rules of a set in one table: from a word to the rules that it may begin.

use foldhash::HashMap;

use super::condition::Condition;
use super::definition::{Checked, Polarity};
use super::frame::Frame;
use super::sequence::Sequence;
use crate::language::inflect::{Form, forms, plural};
use crate::language::{Analysis, Language, Mark, WordId};

/// The rules of a set, by the words that trigger them.
#[derive(Debug, Default)]
pub(crate) struct Index {
    words: HashMap<Box<str>, Vec<Trigger>>,
    /// For each word of the language the place of its triggers in `lists`; 0 for none.
    by_word: Vec<u32>,
    lists: Vec<Vec<Trigger>>,
    /// Whether some words are not of the language.
    has_unknown: bool,
    marks: Vec<(Mark, Trigger)>,
    groups: Vec<Trigger>,
    pub(super) frames: Vec<(usize, Frame)>,
    pub(super) sequences: Vec<(usize, Sequence)>,
    any: Vec<usize>,
    any_noun: Vec<usize>,
    facts: HashMap<usize, Facts>,
}

/// What is the same for all hits of a rule.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(super) source_is: Condition,
    pub(super) target_is: Condition,
    pub(super) through: Vec<String>,
    pub(super) predicate: Option<String>,
    pub(crate) polarity: Option<Polarity>,
}

/// What a word may trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    Verb(usize),
    Adjective(usize),
    Noun(usize),
    Sequence(usize),
}

impl Index {
    /// Adds the rule that is number `rule` of its set.
    pub(crate) fn add(&mut self, rule: usize, checked: Checked) {
        for frame in checked.verbs {
            if frame.word == "*" {
                self.any.push(self.frames.len());
                self.frames.push((rule, frame));
                continue;
            }
            let words = forms(&frame.word, Form::Any);
            self.add_frame(rule, frame, words, Trigger::Verb);
        }
        for frame in checked.adjectives {
            let words = vec![frame.word.clone()];
            self.add_frame(rule, frame, words, Trigger::Adjective);
        }
        for frame in checked.nouns {
            if frame.word == "*" {
                self.any_noun.push(self.frames.len());
                self.frames.push((rule, frame));
                continue;
            }
            let words = vec![frame.word.clone(), plural(&frame.word)];
            self.add_frame(rule, frame, words, Trigger::Noun);
        }
        for sequence in checked.sequences {
            let trigger = Trigger::Sequence(self.sequences.len());
            match sequence.anchor_mark() {
                None if sequence.begins_with_group() => self.groups.push(trigger),
                Some(mark) => self.marks.push((mark, trigger)),
                None => {
                    for word in sequence.anchor_words() {
                        self.words.entry(word.into()).or_default().push(trigger);
                    }
                }
            }
            self.sequences.push((rule, sequence));
        }
        let Checked { source_is, target_is, through, predicate, polarity, .. } = checked;
        self.facts.insert(rule, Facts { source_is, target_is, through, predicate, polarity });
    }

    /// Puts the words at their numbers in `language`: after the last rule was added.
    pub(crate) fn number(&mut self, language: &Language) {
        self.by_word = vec![0; language.known_words()];
        self.lists = vec![Vec::new()];
        for (word, triggers) in &self.words {
            match language.word_id(word) {
                WordId::Known(number) => {
                    self.by_word[number as usize] = u32::try_from(self.lists.len()).unwrap_or(0);
                    self.lists.push(triggers.clone());
                }
                WordId::Unknown => self.has_unknown = true,
                // Asked for by its letters in any case.
                WordId::Spelled => {}
            }
        }
    }

    fn add_frame(&mut self, rule: usize, frame: Frame, words: Vec<String>, trigger: fn(usize) -> Trigger) {
        let number = self.frames.len();
        self.frames.push((rule, frame));
        for word in words {
            let triggers = self.words.entry(word.into()).or_default();
            if !triggers.contains(&trigger(number)) {
                triggers.push(trigger(number));
            }
        }
    }

    /// Tells whether there is no rule.
    pub(crate) fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// Tells whether some word or mark of a sentence triggers a rule.
    pub(crate) fn may_match(&self, text: &str, analysis: &Analysis, sentence: usize) -> bool {
        !self.marks.is_empty()
            || !self.groups.is_empty()
            || !self.any.is_empty()
            || !self.any_noun.is_empty()
            || analysis.tokens(sentence).any(|token| !self.of_word(token.word, &text[token.span]).is_empty())
    }

    /// Returns what a word may trigger, letter case left out.
    pub(super) fn of_word(&self, id: WordId, word: &str) -> &[Trigger] {
        match id {
            WordId::Known(number) => {
                let list = self.by_word.get(number as usize).copied().unwrap_or(0);
                self.lists.get(list as usize).map_or(&[], Vec::as_slice)
            }
            WordId::Unknown if !self.has_unknown => &[],
            WordId::Unknown | WordId::Spelled => self.of_spelling(word),
        }
    }

    fn of_spelling(&self, word: &str) -> &[Trigger] {
        let mut short = [0; 32];
        let found = match short.get_mut(..word.len()).filter(|_| word.is_ascii()) {
            Some(lower) => {
                lower.copy_from_slice(word.as_bytes());
                lower.make_ascii_lowercase();
                str::from_utf8(lower).ok().and_then(|lower| self.words.get(lower))
            }
            None => self.words.get(word.chars().flat_map(char::to_lowercase).collect::<String>().as_str()),
        };
        found.map_or(&[], Vec::as_slice)
    }

    /// Returns what a mark may trigger.
    pub(super) fn of_mark(&self, mark: Mark) -> impl Iterator<Item = Trigger> + '_ {
        self.marks.iter().filter(move |(known, _)| *known == mark).map(|(_, trigger)| *trigger)
    }

    /// Returns what any noun group may trigger.
    pub(super) fn of_group(&self) -> &[Trigger] {
        &self.groups
    }

    /// Returns the frames that any verb fills.
    pub(super) fn of_any_verb(&self) -> &[usize] {
        &self.any
    }

    /// Returns the frames that any noun fills.
    pub(super) fn of_any_noun(&self) -> &[usize] {
        &self.any_noun
    }

    /// Returns what is the same for all hits of a rule; a rule that was added has some.
    pub(crate) fn facts(&self, rule: usize) -> Option<&Facts> {
        self.facts.get(&rule)
    }
}
