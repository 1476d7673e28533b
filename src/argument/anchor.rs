//! By which of its words a trigger is looked for, and what finding one leaves to be asked.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::glance::{Key, Mask};
use super::head::Question;
use super::quick::QuickLeft;
use super::rule::Rule;
use super::subject::Distance;
use crate::pattern::trigger::{ADVERBS_LIMIT, Element, ElementKind, Trigger, is_searchable};

/// A word that is looked for, with the rules whose trigger it may belong to: what a [`Mask`] has room for.
#[derive(Debug)]
pub(super) struct Anchor {
    /// In lower case; with a space after it, unless a mark may come next in the trigger.
    pub(super) text: Box<str>,
    /// Bytes of the word alone.
    pub(super) len: usize,
    pub(super) postings: Vec<Posting>,
    /// All postings.
    pub(super) all: Mask,
    pub(super) after: After,
    /// The postings whose trigger begins with the anchor.
    pub(super) first: Mask,
    /// The postings of which something is known that stands before the anchor.
    pub(super) prior: Mask,
    /// Those of them that have a word there.
    pub(super) worded: Mask,
    /// Those that do not take some words before it.
    pub(super) refused: Refused,
    /// Those that ask something of that word as a head,
    pub(super) heads_left: Mask,
    /// and what they ask.
    pub(super) asked_left: Vec<(Question, Mask)>,
    /// Those whose right argument begins after the anchor, and that ask something of its head,
    pub(super) heads_right: Mask,
    /// and what they ask.
    pub(super) asked_right: Vec<(Question, Mask)>,
    /// Those whose right argument is a noun phrase that begins after the anchor.
    pub(super) ended: Mask,
    /// Those of them that ask for one without a determiner that says which.
    pub(super) bare: Mask,
    /// Those of them that ask for one that has such a determiner.
    pub(super) determined: Mask,
    /// Those of them that do not take a pronoun.
    pub(super) refusing_pronouns: Mask,
}

/// The postings of an anchor that do not take some words before it.
#[derive(Debug, Default)]
pub(super) struct Refused {
    /// No pronoun that is the only left argument.
    pub(super) pronoun: Mask,
    /// No `to` of an infinitive that has no subject.
    pub(super) infinitive: Mask,
    /// No word or mark that no phrase ends with.
    pub(super) no_end: Mask,
    /// Nor one that may be a part of a verb.
    pub(super) verbal: Mask,
    /// No comma.
    pub(super) comma: Mask,
    /// No word that can only be a verb or an adverb.
    pub(super) verb: Mask,
}

/// What an anchor means for one rule.
#[derive(Debug)]
pub(super) struct Posting {
    pub(super) rule: usize,
    /// How many tokens the trigger may begin before the anchor: at least, at most.
    pub(super) lead: (usize, usize),
    /// What stands before the anchor in the trigger, if that is sure.
    pub(super) prior: Option<Prior>,
    /// What is asked of the word before the anchor, if the trigger begins with the anchor.
    pub(super) left: Option<QuickLeft>,
}

/// What stands in a trigger before its anchor.
#[derive(Debug)]
pub(super) enum Prior {
    /// These words, the nearest one first, and perhaps others before them.
    Words(Vec<Key>),
    /// One of these words, no farther away than so many words, and no mark between.
    Within(Vec<Key>, usize),
    /// A mark.
    Mark,
}

/// What the postings of an anchor ask of the word after it.
#[derive(Debug, Default)]
pub(super) struct After {
    /// The postings that take any.
    pub(super) any: Mask,
    /// Those that take adverbs before it.
    pub(super) adverbs: Mask,
    /// The letters that the words begin with which are asked for, and who asks: each in the only slot where it can be.
    slots: Box<[(Key, Mask)]>,
    factor: u64,
}

impl After {
    /// Of the letters that words begin with, and the postings that ask for them.
    fn new(any: Mask, adverbs: Mask, asked: &HashMap<Key, Mask>) -> Self {
        const FREE: (Key, Mask) = (Key::of_bytes([0; 8]), 0);
        let mut after =
            After { any, adverbs, slots: vec![FREE; (4 * asked.len() + 1).next_power_of_two()].into(), factor: 1 };
        // Some factor gives each a slot of its own, sooner where there are more slots.
        let mut tries = 0;
        while !after.fill(asked) {
            after.factor = after.factor.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            tries += 1;
            if tries % 64 == 0 {
                after.slots = vec![FREE; 2 * after.slots.len()].into();
            }
        }
        after
    }

    /// Puts all in their slots; whether they are different ones.
    fn fill(&mut self, asked: &HashMap<Key, Mask>) -> bool {
        self.slots.fill((Key::of_bytes([0; 8]), 0));
        for (&key, &mask) in asked {
            let slot = self.slot(key);
            if self.slots[slot].1 != 0 {
                return false;
            }
            self.slots[slot] = (key, mask);
        }
        true
    }

    /// The postings that ask for a word which begins with these letters and no more.
    #[inline]
    pub(super) fn asking_for(&self, key: Key) -> Mask {
        let (known, mask) = self.slots[self.slot(key)];
        if known == key { mask } else { 0 }
    }

    #[inline]
    fn slot(&self, key: Key) -> usize {
        (key.0.wrapping_mul(self.factor) >> 48) as usize & (self.slots.len() - 1)
    }
}

/// An anchor that is being put together.
struct Draft {
    anchor: Anchor,
    asked: HashMap<Key, Mask>,
}

impl Draft {
    fn new(text: String, len: usize) -> Self {
        let anchor = Anchor {
            text: text.into(),
            len,
            postings: Vec::new(),
            all: 0,
            after: After::default(),
            first: 0,
            prior: 0,
            worded: 0,
            refused: Refused::default(),
            heads_left: 0,
            asked_left: Vec::new(),
            heads_right: 0,
            asked_right: Vec::new(),
            ended: 0,
            bare: 0,
            determined: 0,
            refusing_pronouns: 0,
        };
        Draft { anchor, asked: HashMap::new() }
    }

    /// Adds what the anchor `words[offset]`, in an alternative of element `element`, means for the rule `number`.
    fn add(&mut self, number: usize, rule: &Rule, element: usize, words: &[String], offset: usize) {
        let anchor = &mut self.anchor;
        let bit = 1 << anchor.postings.len();
        let elements = &rule.trigger.elements;
        let posting = posting(number, rule, element, words, offset);
        let (after, adverbs) = match words.get(offset + 1) {
            Some(next) if is_searchable(next) => (vec![Key::of_letters(next)], false),
            Some(_) => (Vec::new(), false),
            None => words_after(&elements[element + 1..]),
        };
        for &key in &after {
            *self.asked.entry(key).or_default() |= bit;
        }
        let set = |mask: &mut Mask, holds: bool| *mask |= if holds { bit } else { 0 };
        set(&mut anchor.all, true);
        set(&mut anchor.after.any, after.is_empty());
        set(&mut anchor.after.adverbs, adverbs && !after.is_empty());
        set(&mut anchor.first, posting.lead == (0, 0));
        set(&mut anchor.prior, posting.prior.is_some());
        set(&mut anchor.worded, matches!(posting.prior, Some(Prior::Words(_) | Prior::Within(..))));
        if let Some(left) = &posting.left {
            set(&mut anchor.refused.pronoun, !left.pronouns);
            set(&mut anchor.refused.infinitive, left.verbal);
            let (bounded, near) = (left.distance != Distance::Opening, left.distance == Distance::Near);
            set(&mut anchor.refused.no_end, bounded);
            set(&mut anchor.refused.verbal, bounded && !left.verbal);
            set(&mut anchor.refused.comma, near);
            set(&mut anchor.refused.verb, near && !left.verbal);
        }
        if let Some(question) = posting.left.as_ref().and_then(|left| left.head) {
            anchor.heads_left |= bit;
            add(&mut anchor.asked_left, question, bit);
        }
        let right = rule.right_phrase().filter(|_| offset + 1 == words.len() && element + 1 == elements.len());
        set(&mut anchor.ended, right.is_some());
        if let Some(question) = right.and_then(|_| rule.asked_right()) {
            anchor.heads_right |= bit;
            add(&mut anchor.asked_right, question, bit);
        }
        set(&mut anchor.bare, right.is_some() && rule.asks_for_bare(true));
        set(&mut anchor.determined, right.is_some() && rule.asks_for_bare(false));
        set(&mut anchor.refusing_pronouns, right == Some(false));
        anchor.postings.push(posting);
    }

    fn finish(mut self) -> Anchor {
        let After { any, adverbs, .. } = self.anchor.after;
        self.anchor.after = After::new(any, adverbs, &self.asked);
        self.anchor
    }
}

/// The anchors of `rules`: different words, but for those of more rules than a [`Mask`] has room for.
pub(super) fn anchors(rules: &[Rule]) -> Vec<Anchor> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for (number, rule) in rules.iter().enumerate() {
        let element = anchor_element(&rule.trigger);
        for (words, offset) in anchor_words(&rule.trigger.elements[element]) {
            let word = words[offset].as_str();
            let spaced = !mark_may_follow(&rule.trigger.elements[element + 1..], &words[offset + 1..]);
            let text = if spaced { format!("{word} ") } else { word.to_owned() };
            let known = numbers.get(&text).copied();
            let known = known.filter(|&known| drafts[known].anchor.postings.len() < Mask::BITS as usize);
            let draft = known.unwrap_or_else(|| {
                drafts.push(Draft::new(text.clone(), word.len()));
                numbers.insert(text, drafts.len() - 1);
                drafts.len() - 1
            });
            drafts[draft].add(number, rule, element, words, offset);
        }
    }
    drafts.into_iter().map(Draft::finish).collect()
}

/// Adds a posting to those that ask the same.
fn add(asked: &mut Vec<(Question, Mask)>, question: Question, bit: Mask) {
    match asked.iter_mut().find(|(known, _)| *known == question) {
        Some((_, postings)) => *postings |= bit,
        None => asked.push((question, bit)),
    }
}

/// The element that is met least often: the one whose words are the longest, sooner one after which a word must come,
/// so that a glance rules many out.
fn anchor_element(trigger: &Trigger) -> usize {
    const WORTH_OF_NEXT: usize = 2;
    let worth = |i: usize, element: &Element| match &element.kind {
        ElementKind::Words(all) if !element.optional => {
            // A mark cannot be an anchor, nor a word that the tokens would not begin with a letter.
            let longest = |words: &Vec<String>| words.iter().filter(|w| is_searchable(w)).map(String::len).max();
            let next = !words_after(&trigger.elements[i + 1..]).0.is_empty();
            let shortest = all.iter().map(longest).min().flatten();
            shortest.map(|len| len + if next { WORTH_OF_NEXT } else { 0 })
        }
        _ => None,
    };
    let best = trigger.elements.iter().enumerate().max_by_key(|&(i, element)| (worth(i, element), Reverse(i)));
    best.map_or(0, |(i, _)| i)
}

/// For each alternative of the element, the number of its longest word.
fn anchor_words(element: &Element) -> Vec<(&[String], usize)> {
    let ElementKind::Words(all) = &element.kind else { return Vec::new() };
    let longest = |words: &[String]| {
        let best = words.iter().enumerate().filter(|(_, w)| is_searchable(w));
        best.max_by_key(|(i, word)| (word.len(), Reverse(*i))).map(|(i, _)| i)
    };
    all.iter().filter_map(|words| longest(words).map(|i| (words.as_slice(), i))).collect()
}

/// Whether a mark may be next in a trigger that goes on with `words` and then `elements`.
fn mark_may_follow(elements: &[Element], words: &[String]) -> bool {
    if let Some(next) = words.first() {
        return !is_searchable(next);
    }
    for element in elements {
        let first_is_mark = |words: &Vec<String>| !is_searchable(&words[0]);
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
    let prior: Vec<Key> =
        words[..offset].iter().rev().take_while(|word| is_searchable(word)).map(|word| Key::of(word)).collect();
    let prior =
        if prior.is_empty() { prior_elements(&elements[..element], offset, most) } else { Some(Prior::Words(prior)) };
    Posting { rule: number, lead: (least, most), prior, left: if most == 0 { rule.quick_left() } else { None } }
}

/// What stands before a word that has `offset` words before it in its element, and these elements before that.
fn prior_elements(elements: &[Element], offset: usize, most: usize) -> Option<Prior> {
    let ([first, ..], [.., last], 0) = (elements, elements, offset) else { return None };
    let words = |element: &Element| match &element.kind {
        ElementKind::Words(all) => all.clone(),
        _ => Vec::new(),
    };
    let is_mark = |words: &Vec<String>| words.last().is_some_and(|word| !word.contains(char::is_alphanumeric));
    if !last.optional && !words(last).is_empty() && words(last).iter().all(is_mark) {
        return Some(Prior::Mark);
    }
    let no_marks = elements.iter().flat_map(words).flatten().all(|word| is_searchable(&word));
    let firsts: Vec<Key> = words(first).iter().map(|words| Key::of(&words[0])).collect();
    (!first.optional && !firsts.is_empty() && no_marks).then_some(Prior::Within(firsts, most))
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
                    let all_words = words.iter().all(|word| is_searchable(word));
                    let keys = words.into_iter().map(Key::of_letters);
                    return (if all_words { keys.collect() } else { Vec::new() }, adverbs);
                }
            }
        }
    }
    (Vec::new(), false)
}
