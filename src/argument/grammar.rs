//! All patterns with bounded arguments, compiled together.
//!
//! Each trigger is looked for by one of its words, its *anchor*: the scanner reports where an anchor begins, a few
//! bytes around it rule most of them out, and only the sentences that are left are cut into tokens and read.

use super::anchor::{Anchor, Posting, anchors};
use super::glance::{Glance, Mask, of_mask};
use super::head::Questions;
use super::lexicon::Lexicon;
use super::phrase::Sentence;
use super::recent::Recent;
use super::rule::{Found, Rule, Shared};
use super::sentence::Sentences;
use super::stop::Stop;
use super::token::{Token, tokenize};
use super::vocabulary::Vocabulary;
use crate::pattern::PatternSet;
use crate::pattern::shape::Shape;

/// The compiled rules of a pattern set.
#[derive(Debug)]
pub(crate) struct Grammar {
    lexicon: Lexicon,
    rules: Vec<Rule>,
    /// What the rules ask of the heads of arguments.
    questions: Questions,
    /// What is looked for.
    anchors: Vec<Anchor>,
}

/// Which associations are wanted beside those that the text asserts of names and nouns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// What the text denies.
    pub(crate) negated: bool,
    /// What has a pronoun for an argument.
    pub(crate) pronouns: bool,
}

impl Wanted {
    /// Whether an association is wanted that is so.
    pub(crate) fn holds(self, negated: bool, pronoun: bool) -> bool {
        (self.negated || !negated) && (self.pronouns || !pronoun)
    }
}

/// Where an anchor begins in a line: its number, the byte, and the postings that the words around it leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AnchorHit {
    pub(crate) at: usize,
    anchor: usize,
    open: Mask,
}

/// Memory used again from line to line.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    tokens: Vec<Token>,
    /// The tokens that come after those.
    later: Vec<Token>,
    recent: Recent,
    /// The triggers of the sentence that have been read: rule and first token.
    seen: Vec<(usize, usize)>,
    shared: Shared,
    /// Whether not to read on.
    pub(crate) stop: Stop,
}

impl Grammar {
    /// The grammar of `set`, which finds at least what is `wanted`; `None` if no pattern has bounded arguments.
    pub(crate) fn new(set: &PatternSet, wanted: Wanted) -> Option<Self> {
        let bounded = set.ids().zip(set.iter()).zip(set.shapes()).filter_map(|((id, pattern), shape)| match shape {
            Shape::Bounded(bounded) => Some(Rule::new(id, pattern, bounded, wanted)),
            _ => None,
        });
        let mut rules: Vec<Rule> = bounded.collect();
        if rules.is_empty() {
            return None;
        }
        let mut questions = Questions::default();
        for rule in &mut rules {
            rule.join(&mut questions);
        }
        let lexicon = Lexicon::english();
        questions.ask_named(|word| Vocabulary::key_and_classes(&lexicon, word));
        let anchors = anchors(&rules);
        Some(Grammar { lexicon, rules, questions, anchors })
    }

    /// What is to be looked for after a space, in lower case, in the order of the numbers of the anchors.
    pub(crate) fn anchors(&self) -> impl Iterator<Item = &str> {
        self.anchors.iter().map(|anchor| &*anchor.text)
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

    fn vocabulary<'v>(&'v self, recent: &'v Recent) -> Vocabulary<'v> {
        Vocabulary { lexicon: &self.lexicon, recent, questions: Some(&self.questions) }
    }

    /// The anchor that begins at byte `at` of `text`, or seems to, unless the words around it leave nothing open.
    #[inline]
    pub(crate) fn glance(&self, text: &str, at: usize, anchor: usize, reading: &Reading) -> Option<AnchorHit> {
        let glance = Glance { text, vocabulary: self.vocabulary(&reading.recent) };
        let open = glance.open(&self.anchors[anchor], at);
        (open != 0).then_some(AnchorHit { at, anchor, open })
    }

    /// Appends what the rules find in `line`, by pattern and then position. `hits` hold every anchor of the line that
    /// [a glance](Self::glance) has left open, by position.
    pub(crate) fn read(&self, line: &str, hits: &[AnchorHit], reading: &mut Reading, found: &mut Vec<Found>) {
        let first = found.len();
        let Reading { tokens, later, recent, seen, shared, stop } = reading;
        let vocabulary = self.vocabulary(recent);
        let mut sentences = Sentences::new(line);
        let mut end = 0;
        for hit in hits {
            if stop.is_asked() {
                break;
            }
            if hit.at >= end {
                let span = sentences.from(hit.at);
                end = span.end;
                tokens.clear();
                seen.clear();
                *shared = Shared::default();
                tokenize(line, span, tokens);
            }
            let mut at = match tokens.first() {
                Some(first) if first.start == hit.at => 0,
                _ => match tokens.binary_search_by_key(&hit.at, |token| token.start) {
                    Ok(at) => at,
                    Err(_) => continue,
                },
            };
            let anchor = &self.anchors[hit.anchor];
            let mut open = hit.open;
            if !sentences.is_whole() {
                // Most triggers fail for what comes after them, so that what is before them need not be cut.
                open = self.with_right(&Sentence { text: line, tokens, vocabulary }, at, anchor, open, shared);
                if open == 0 {
                    continue;
                }
                let from = tokens.first().map_or(hit.at, |token| token.start);
                std::mem::swap(tokens, later);
                tokens.clear();
                tokenize(line, sentences.whole().start..from, tokens);
                at += tokens.len();
                shared.moved(tokens.len());
                tokens.append(later);
            }
            let sentence = Sentence { text: line, tokens, vocabulary };
            while let Some(posting) = anchor.postings.get(open.trailing_zeros() as usize) {
                open &= open - 1;
                self.try_rule(&sentence, at, posting, (seen, shared), found);
            }
        }
        found[first..].sort_by_key(|found| (found.pattern, found.trigger.start));
    }

    /// What of `open` is left when the right argument is looked for, where the trigger begins or ends with token `at`, the
    /// anchor. What is before the anchor need not be there.
    fn with_right(
        &self,
        sentence: &Sentence<'_>,
        at: usize,
        anchor: &Anchor,
        mut open: Mask,
        shared: &mut Shared,
    ) -> Mask {
        for (posting, bit) in of_mask(&anchor.postings, open & (anchor.ended | anchor.first)) {
            let rule = &self.rules[posting.rule];
            let end = if anchor.ended & bit != 0 { Some(at + 1) } else { rule.trigger_end(sentence, at) };
            let may_be = |end: usize| {
                rule.wants(sentence, at..end)
                    && (rule.right_phrase().is_none() || rule.has_right(sentence, end, shared))
            };
            if !end.is_some_and(may_be) {
                open &= !bit;
            }
        }
        open
    }

    /// Reads the triggers of the posting's rule whose anchor is token `anchor`.
    fn try_rule(
        &self,
        sentence: &Sentence<'_>,
        anchor: usize,
        posting: &Posting,
        (seen, shared): (&mut Vec<(usize, usize)>, &mut Shared),
        found: &mut Vec<Found>,
    ) {
        let rule = &self.rules[posting.rule];
        let (least, most) = posting.lead;
        for start in anchor.saturating_sub(most)..(anchor + 1).saturating_sub(least) {
            let Some(end) = rule.trigger_end(sentence, start) else { continue };
            if end > anchor && !seen.contains(&(posting.rule, start)) {
                seen.push((posting.rule, start));
                rule.arguments(sentence, start..end, shared, found);
            }
        }
    }
}
