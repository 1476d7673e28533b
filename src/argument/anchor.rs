//! By which of its words a trigger is looked for, and what finding one leaves to be asked.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::glance::Key;
use super::quick::QuickLeft;
use super::rule::Rule;
use crate::pattern::trigger::{ADVERBS_LIMIT, Element, ElementKind, Trigger};

/// A word that is looked for, with the rules whose trigger it may belong to.
#[derive(Debug)]
pub(super) struct Anchor {
    /// In lower case; with a space after it, unless a mark may come next in the trigger.
    pub(super) text: Box<str>,
    /// Bytes of the word alone.
    pub(super) len: usize,
    pub(super) postings: Vec<Posting>,
}

/// What an anchor means for one rule.
#[derive(Debug)]
pub(super) struct Posting {
    pub(super) rule: usize,
    /// How many tokens the trigger may begin before the anchor: at least, at most.
    pub(super) lead: (usize, usize),
    /// The word that stands before the anchor in the trigger, if that is sure.
    pub(super) prior: Option<Key>,
    /// What is asked of the word before the anchor, if the trigger begins with the anchor.
    pub(super) left: Option<QuickLeft>,
    /// Whether the right argument begins after the anchor, and must have no determiner that says which.
    pub(super) bare: bool,
    /// The words one of which must follow the anchor; empty if any word will do.
    pub(super) after: Box<[Key]>,
    /// Whether adverbs may stand before that word.
    pub(super) adverbs: bool,
}

/// The anchors of `rules`, all different.
pub(super) fn anchors(rules: &[Rule]) -> Vec<Anchor> {
    let mut anchors: Vec<Anchor> = Vec::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for (number, rule) in rules.iter().enumerate() {
        let element = anchor_element(&rule.trigger);
        for (words, offset) in anchor_words(&rule.trigger.elements[element]) {
            let word = words[offset].as_str();
            let spaced = !mark_may_follow(&rule.trigger.elements[element + 1..], &words[offset + 1..]);
            let text = if spaced { format!("{word} ") } else { word.to_owned() };
            let anchor = *numbers.entry(text.clone()).or_insert_with(|| {
                anchors.push(Anchor { text: text.into(), len: word.len(), postings: Vec::new() });
                anchors.len() - 1
            });
            anchors[anchor].postings.push(posting(number, rule, element, words, offset));
        }
    }
    anchors
}

/// The element that is met least often: the one whose words are the longest, sooner one after which a word must come,
/// so that a glance rules many out.
fn anchor_element(trigger: &Trigger) -> usize {
    const WORTH_OF_NEXT: usize = 2;
    let worth = |i: usize, element: &Element| match &element.kind {
        ElementKind::Words(all) if !element.optional => {
            // A mark cannot be an anchor, nor a word that the tokens would not begin with a letter.
            let longest = |words: &Vec<String>| words.iter().filter(|w| is_anchor(w)).map(String::len).max();
            let next = !words_after(&trigger.elements[i + 1..]).0.is_empty();
            let shortest = all.iter().map(longest).min().flatten();
            shortest.map(|len| len + if next { WORTH_OF_NEXT } else { 0 })
        }
        _ => None,
    };
    let best = trigger.elements.iter().enumerate().max_by_key(|&(i, element)| (worth(i, element), Reverse(i)));
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
        best.max_by_key(|(i, word)| (word.len(), Reverse(*i))).map(|(i, _)| i)
    };
    all.iter().filter_map(|words| longest(words).map(|i| (words.as_slice(), i))).collect()
}

/// Whether a mark may be next in a trigger that goes on with `words` and then `elements`.
fn mark_may_follow(elements: &[Element], words: &[String]) -> bool {
    if let Some(next) = words.first() {
        return !is_anchor(next);
    }
    for element in elements {
        let first_is_mark = |words: &Vec<String>| !is_anchor(&words[0]);
        if matches!(&element.kind, ElementKind::Words(all) if all.iter().any(first_is_mark)) {
            return true;
        }
        let may_be_nothing = element.optional || element.kind == ElementKind::Adverbs;
        if !may_be_nothing {
            return false;
        }
    }
    false
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
        Some(next) if is_anchor(next) => (vec![Key::of(next)], false),
        Some(_) => (Vec::new(), false),
        None => words_after(&elements[element + 1..]),
    };
    let ends_trigger = offset + 1 == words.len() && element + 1 == elements.len();
    Posting {
        rule: number,
        lead: (least, most),
        prior: prior.map(|word| Key::of(word)),
        left: if most == 0 { rule.quick_left() } else { None },
        bare: ends_trigger && rule.asks_for_bare(),
        after: after.into(),
        adverbs,
    }
}

/// The words one of which must come next, and whether adverbs may come before; no words if nothing can be said.
fn words_after(elements: &[Element]) -> (Vec<Key>, bool) {
    let mut words: Vec<&str> = Vec::new();
    let mut adverbs = false;
    for element in elements {
        match &element.kind {
            ElementKind::Adverbs => adverbs = true,
            ElementKind::Any => return (Vec::new(), false),
            ElementKind::Words(all) => {
                words.extend(all.iter().filter_map(|words| words.first()).map(String::as_str));
                if !element.optional {
                    // A mark would not be seen as a word.
                    let all_words = words.iter().all(|word| is_anchor(word));
                    let keys = words.into_iter().map(Key::of);
                    return (if all_words { keys.collect() } else { Vec::new() }, adverbs);
                }
            }
        }
    }
    (Vec::new(), false)
}
