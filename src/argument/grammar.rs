//! All patterns with bounded arguments, compiled together.
//!
//! Each trigger is looked for by one of its words, its *anchor*: the scanner reports where an anchor begins, a few
//! bytes around it rule most of them out, and only the sentences that are left are cut into tokens and read.

use std::collections::HashMap;
use std::ops::Range;

use super::class::{self, Classes};
use super::lexicon::{Lexicon, Lower, Recent};
use super::phrase::Sentence;
use super::rule::{Found, Rule};
use super::sentence::Sentences;
use super::token::{Token, tokenize};
use crate::pattern::PatternSet;
use crate::pattern::shape::Shape;
use crate::pattern::trigger::{ADVERBS_LIMIT, Element, ElementKind, Trigger};

/// The compiled rules of a pattern set.
#[derive(Debug)]
pub(crate) struct Grammar {
    lexicon: Lexicon,
    rules: Vec<Rule>,
    /// The words that are looked for, all different, in lower case, with the rules they may begin.
    anchors: Vec<Anchor>,
}

/// A word that is looked for, in lower case.
#[derive(Debug)]
struct Anchor {
    word: Box<str>,
    postings: Vec<Posting>,
}

/// What an anchor means for one rule.
#[derive(Debug)]
struct Posting {
    rule: usize,
    /// How many tokens the trigger may begin before the anchor: at least, at most.
    lead: (usize, usize),
    /// Classes one of which the word before the anchor must have; empty if any word will do.
    before: Classes,
    /// The words one of which must follow the anchor, adverbs skipped; empty if any word will do.
    after: Vec<Box<str>>,
}

/// Where an anchor begins in a line: its number, and the byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AnchorHit {
    pub(crate) at: usize,
    pub(crate) anchor: usize,
}

/// Memory used again from line to line.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    tokens: Vec<Token>,
    recent: Recent,
    /// The triggers of the sentence that have been read: rule and first token.
    seen: Vec<(usize, usize)>,
}

impl Grammar {
    /// The grammar of `set`; `None` if no pattern has bounded arguments.
    pub(crate) fn new(set: &PatternSet) -> Option<Self> {
        let bounded = set.ids().zip(set.iter()).zip(set.shapes()).filter_map(|((id, pattern), shape)| match shape {
            Shape::Bounded(bounded) => Some(Rule::new(id, pattern, bounded)),
            _ => None,
        });
        let rules: Vec<Rule> = bounded.collect();
        if rules.is_empty() {
            return None;
        }
        let mut anchors: Vec<Anchor> = Vec::new();
        let mut numbers: HashMap<Box<str>, usize> = HashMap::new();
        for (number, rule) in rules.iter().enumerate() {
            let element = anchor_element(&rule.trigger);
            for (word, offset, last) in anchor_words(&rule.trigger.elements[element]) {
                let posting = posting(number, rule, element, offset, last);
                let anchor = *numbers.entry(word.into()).or_insert_with(|| {
                    anchors.push(Anchor { word: word.into(), postings: Vec::new() });
                    anchors.len() - 1
                });
                anchors[anchor].postings.push(posting);
            }
        }
        Some(Grammar { lexicon: Lexicon::english(), rules, anchors })
    }

    /// The anchors in lower case, in the order of their numbers.
    pub(crate) fn anchors(&self) -> impl Iterator<Item = &str> {
        self.anchors.iter().map(|anchor| &*anchor.word)
    }

    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    pub(crate) fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// Bytes of memory it holds, nearly.
    pub(crate) fn memory_usage(&self) -> usize {
        self.lexicon.memory_usage() + size_of_val(self.rules.as_slice()) + size_of_val(self.anchors.as_slice())
    }

    /// Appends what the rules find in `line`, by pattern and then position. `hits` hold every anchor of the line, by
    /// position; they may hold places where an anchor only seems to be.
    pub(crate) fn read(&self, line: &str, hits: &[AnchorHit], reading: &mut Reading, found: &mut Vec<Found>) {
        let first = found.len();
        let mut sentences = Sentences::new(line);
        let mut current: Range<usize> = 0..0;
        for hit in hits {
            let anchor = &self.anchors[hit.anchor];
            let end = hit.at + anchor.word.len();
            if line.as_bytes().get(end).is_some_and(u8::is_ascii_alphanumeric) {
                continue;
            }
            let mut before = None;
            for posting in &anchor.postings {
                if !posting.before.is_empty() {
                    let before = *before.get_or_insert_with(|| self.classes_before(line, hit.at, &mut reading.recent));
                    if before.is_some_and(|before| !before.any(posting.before)) {
                        continue;
                    }
                }
                if !posting.after.is_empty() && !self.may_follow(line, end, &posting.after, &mut reading.recent) {
                    continue;
                }
                if hit.at >= current.end {
                    current = sentences.holding(hit.at);
                    reading.tokens.clear();
                    reading.seen.clear();
                    tokenize(&self.lexicon, &mut reading.recent, line, current.clone(), &mut reading.tokens);
                }
                self.try_rule(line, hit.at, posting, reading, found);
            }
        }
        found[first..].sort_by_key(|found| (found.pattern, found.trigger.start));
    }

    /// Reads the triggers of the posting's rule whose anchor is the token that begins at byte `at`.
    fn try_rule(&self, line: &str, at: usize, posting: &Posting, reading: &mut Reading, found: &mut Vec<Found>) {
        let Ok(anchor) = reading.tokens.binary_search_by_key(&at, |token| token.start) else { return };
        let sentence = Sentence { text: line, tokens: &reading.tokens };
        let rule = &self.rules[posting.rule];
        let (least, most) = posting.lead;
        for start in anchor.saturating_sub(most)..(anchor + 1).saturating_sub(least) {
            let Some(end) = rule.trigger_end(&sentence, start) else { continue };
            if end > anchor && !reading.seen.contains(&(posting.rule, start)) {
                reading.seen.push((posting.rule, start));
                rule.arguments(&sentence, start..end, found);
            }
        }
    }

    /// The classes of the word before byte `at`, if it is surely the word that the tokens would have there.
    fn classes_before(&self, line: &str, at: usize, recent: &mut Recent) -> Option<Classes> {
        let (word, certain) = word_before(line, at);
        certain.then(|| recent.classes(&self.lexicon, &Lower::new(word)))
    }

    /// Whether one of `words` may come after byte `at`, adverbs skipped.
    fn may_follow(&self, line: &str, mut at: usize, words: &[Box<str>], recent: &mut Recent) -> bool {
        for _ in 0..=ADVERBS_LIMIT {
            let bytes = line.as_bytes();
            while bytes.get(at).is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
                at += 1;
            }
            let len = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            let next = &line[at..at + len];
            let plain = bytes.get(at + len).is_none_or(|byte| matches!(byte, b' ' | b'\t'));
            // Anything but a plain word is left to the tokens.
            if !plain || words.iter().any(|word| word.eq_ignore_ascii_case(next)) {
                return true;
            }
            if len == 0 {
                return at < bytes.len();
            }
            let in_ly = len > 3 && next.as_bytes()[len - 2..].eq_ignore_ascii_case(b"ly");
            if !in_ly && !recent.classes(&self.lexicon, &Lower::new(next)).any(class::LIGHT_ADVERB) {
                return false;
            }
            at += len;
        }
        false
    }
}

/// The word before the space at `at - 1`, and whether it is surely the word that the tokens would have there.
fn word_before(line: &str, at: usize) -> (&str, bool) {
    let bytes = line.as_bytes();
    let Some(end) = at.checked_sub(1).filter(|&space| bytes[space] == b' ') else { return ("", false) };
    let len = bytes[..end].iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let start = end - len;
    let plain = start == 0 || matches!(bytes[start - 1], b' ' | b'(' | b'"');
    (&line[start..end], len > 0 && plain)
}

/// The element whose words are the longest: the one that is met least often.
fn anchor_element(trigger: &Trigger) -> usize {
    let worth = |element: &Element| match &element.kind {
        ElementKind::Words(all) if !element.optional => {
            // A mark cannot be an anchor, nor a word that the tokens would not begin with a letter.
            let longest = |words: &Vec<String>| words.iter().filter(|w| is_anchor(w)).map(String::len).max();
            all.iter().map(longest).min().flatten()
        }
        _ => None,
    };
    let best = trigger.elements.iter().enumerate().max_by_key(|(i, element)| (worth(element), std::cmp::Reverse(*i)));
    best.map_or(0, |(i, _)| i)
}

fn is_anchor(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The longest word of each alternative, how many words of the alternative stand before it, and whether it ends it.
fn anchor_words(element: &Element) -> Vec<(&str, usize, bool)> {
    let ElementKind::Words(all) = &element.kind else { return Vec::new() };
    let longest = |words: &'_ Vec<String>| {
        let best = words.iter().enumerate().filter(|(_, w)| is_anchor(w));
        best.max_by_key(|(i, word)| (word.len(), std::cmp::Reverse(*i))).map(|(i, _)| i)
    };
    let found = all.iter().filter_map(|words| longest(words).map(|i| (words[i].as_str(), i, i + 1 == words.len())));
    found.collect()
}

fn posting(number: usize, rule: &Rule, element: usize, offset: usize, ends: bool) -> Posting {
    let elements = &rule.trigger.elements;
    let (mut least, mut most) = (offset, offset);
    for before in &elements[..element] {
        let (low, high) = match &before.kind {
            ElementKind::Words(all) => {
                let lens = all.iter().map(Vec::len);
                (lens.clone().min().unwrap_or(0), lens.max().unwrap_or(0))
            }
            ElementKind::Adverbs => (0, ADVERBS_LIMIT),
            ElementKind::Any => (1, 1),
        };
        least += if before.optional { 0 } else { low };
        most += high;
    }
    let before = if most == 0 { rule.needed_before() } else { Classes::NONE };
    let after = if ends { words_after(&elements[element + 1..]) } else { Vec::new() };
    Posting { rule: number, lead: (least, most), before, after }
}

/// The words one of which must come next where adverbs are skipped; none if nothing can be said.
fn words_after(elements: &[Element]) -> Vec<Box<str>> {
    let mut words: Vec<Box<str>> = Vec::new();
    for element in elements {
        match &element.kind {
            ElementKind::Adverbs => {}
            ElementKind::Any => return Vec::new(),
            ElementKind::Words(all) => {
                words.extend(all.iter().filter_map(|words| words.first()).map(|word| word.as_str().into()));
                if !element.optional {
                    words.sort();
                    words.dedup();
                    return words;
                }
            }
        }
    }
    Vec::new()
}
