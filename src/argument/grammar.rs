//! All patterns with bounded arguments, compiled together.
//!
//! Each trigger is looked for by one of its words, its *anchor*: the scanner reports where an anchor begins, a few
//! bytes around it rule most of them out, and only the sentences that are left are cut into tokens and read.

use std::collections::HashMap;
use std::ops::Range;

use super::class::{self, Classes, DETERMINING};
use super::lexicon::{Lexicon, Lower, Recent};
use super::phrase::Sentence;
use super::rule::{Found, Rule};
use super::sentence::Sentences;
use super::token::{Token, tokenize, word_classes};
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
    /// The word that stands before the anchor in the trigger, if that is sure.
    prior: Option<Box<str>>,
    /// Whether the left argument ends at the anchor, so that its head is the word before.
    first: bool,
    /// Whether the right argument begins after the anchor.
    last: bool,
    /// The words one of which must follow the anchor; empty if any word will do.
    after: Vec<Box<str>>,
    /// Whether adverbs may stand before that word.
    adverbs: bool,
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
            for (words, offset) in anchor_words(&rule.trigger.elements[element]) {
                let word = words[offset].as_str();
                let posting = posting(number, rule, element, words, offset);
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
            let before = self.word_before(line, hit.at, &mut reading.recent);
            for posting in &anchor.postings {
                if !self.may_match(line, end, posting, before, &mut reading.recent) {
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

    /// Whether the words around an anchor that ends at byte `end` leave it open that the rule matches there.
    fn may_match(
        &self,
        line: &str,
        end: usize,
        posting: &Posting,
        before: Option<(&str, Classes)>,
        recent: &mut Recent,
    ) -> bool {
        let rule = &self.rules[posting.rule];
        if let Some((word, classes)) = before {
            let differs = posting.prior.as_ref().is_some_and(|prior| !prior.eq_ignore_ascii_case(word));
            if differs || (posting.first && !rule.left_may_end(word, classes)) {
                return false;
            }
        }
        if posting.last && rule.asks_for_bare() && self.is_determined(line, end, recent) {
            return false;
        }
        posting.after.is_empty() || self.may_follow(line, end, posting, recent)
    }

    /// The word before byte `at` and its classes, if it is surely the word that the tokens would have there.
    fn word_before<'l>(&self, line: &'l str, at: usize, recent: &mut Recent) -> Option<(&'l str, Classes)> {
        let bytes = line.as_bytes();
        let end = at.checked_sub(1).filter(|&space| bytes[space] == b' ')?;
        let len = bytes[..end].iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let start = end - len;
        let plain = start == 0 || matches!(bytes[start - 1], b' ' | b'(' | b'"');
        let word = &line[start..end];
        (len > 0 && plain).then(|| (word, word_classes(word, recent.classes(&self.lexicon, &Lower::new(word)))))
    }

    /// Whether the phrase that begins at byte `at` surely has a determiner that says which.
    fn is_determined(&self, line: &str, at: usize, recent: &mut Recent) -> bool {
        const DEFINITE: [&str; 11] = ["the", "a", "an", "his", "her", "its", "their", "my", "our", "this", "these"];
        let Some((word, end)) = word_after(line, at) else { return false };
        if !DEFINITE.iter().any(|definite| definite.eq_ignore_ascii_case(word)) {
            return false;
        }
        // Another determiner may follow, and then that one counts.
        let Some((next, _)) = word_after(line, end) else { return false };
        let open = DETERMINING.or(class::NUMERAL).or(class::MEASURE).or(class::LIGHT_ADVERB).or(class::PREPOSITION);
        let focus = ["one", "particularly", "especially"].iter().any(|word| word.eq_ignore_ascii_case(next));
        !focus && !recent.classes(&self.lexicon, &Lower::new(next)).any(open)
    }

    /// Whether one of the words that the posting asks for may come after byte `at`.
    fn may_follow(&self, line: &str, mut at: usize, posting: &Posting, recent: &mut Recent) -> bool {
        for _ in 0..=ADVERBS_LIMIT {
            // Anything but a plain word is left to the tokens.
            let Some((next, end)) = word_after(line, at) else { return true };
            if posting.after.iter().any(|word| word.eq_ignore_ascii_case(next)) {
                return true;
            }
            let in_ly = next.len() > 3 && next.as_bytes()[next.len() - 2..].eq_ignore_ascii_case(b"ly");
            let adverb = in_ly || recent.classes(&self.lexicon, &Lower::new(next)).any(class::LIGHT_ADVERB);
            if !(posting.adverbs && adverb) {
                return false;
            }
            at = end;
        }
        false
    }
}

/// The word that follows byte `at` after white space, and where it ends; `None` unless it is letters between spaces.
fn word_after(line: &str, at: usize) -> Option<(&str, usize)> {
    let bytes = line.as_bytes();
    let spaces = bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let start = at + spaces;
    let len = bytes[start..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let end = start + len;
    let plain = bytes.get(end).is_some_and(|byte| matches!(byte, b' ' | b'\t'));
    (len > 0 && plain).then(|| (&line[start..end], end))
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

/// For each alternative of the element, the number of its longest word.
fn anchor_words(element: &Element) -> Vec<(&[String], usize)> {
    let ElementKind::Words(all) = &element.kind else { return Vec::new() };
    let longest = |words: &[String]| {
        let best = words.iter().enumerate().filter(|(_, w)| is_anchor(w));
        best.max_by_key(|(i, word)| (word.len(), std::cmp::Reverse(*i))).map(|(i, _)| i)
    };
    all.iter().filter_map(|words| longest(words).map(|i| (words.as_slice(), i))).collect()
}

/// What the anchor `words[offset]`, in an alternative of element `element`, means for the rule `number`.
fn posting(number: usize, rule: &Rule, element: usize, words: &[String], offset: usize) -> Posting {
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
    let prior = offset.checked_sub(1).map(|before| &words[before]).filter(|word| is_anchor(word));
    let (after, adverbs) = match words.get(offset + 1) {
        Some(next) if is_anchor(next) => (vec![next.as_str().into()], false),
        Some(_) => (Vec::new(), false),
        None => words_after(&elements[element + 1..]),
    };
    Posting {
        rule: number,
        lead: (least, most),
        prior: prior.map(|word| word.as_str().into()),
        first: most == 0,
        last: offset + 1 == words.len() && element + 1 == elements.len(),
        after,
        adverbs,
    }
}

/// The words one of which must come next, and whether adverbs may come before; no words if nothing can be said.
fn words_after(elements: &[Element]) -> (Vec<Box<str>>, bool) {
    let mut words: Vec<Box<str>> = Vec::new();
    let mut adverbs = false;
    for element in elements {
        match &element.kind {
            ElementKind::Adverbs => adverbs = true,
            ElementKind::Any => return (Vec::new(), false),
            ElementKind::Words(all) => {
                words.extend(all.iter().filter_map(|words| words.first()).map(|word| word.as_str().into()));
                if !element.optional {
                    // A mark would not be seen as a word.
                    let all_words = words.iter().all(|word| is_anchor(word));
                    return (if all_words { words } else { Vec::new() }, adverbs);
                }
            }
        }
    }
    (Vec::new(), false)
}
