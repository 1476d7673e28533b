//! Learning in two steps that can run side by side: concepts first, then what joins them.
//!
//! The first step enters the concepts of drafts and writes down which pairs of concepts are to be associated; it
//! never looks at associations. The second makes or strengthens these associations; it never looks at concepts. So
//! the second step of one part of a batch runs beside the first step of the next, and the result is the same as
//! if every lesson had been learned by itself.

use std::hint::black_box;
use std::ops::Range;

use super::config::{Cooccurrence, LearnConfig};
use super::draft::{Draft, MentionView};
use super::edges::{Edges, KindId, Node, Probe};
use super::error::GraphFull;
use super::id::ConceptId;
use super::lesson::Lesson;
use super::nodes::{NewConcept, Nodes};
use crate::pattern::PatternSet;

/// What is to be associated, lesson by lesson.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    found: Vec<Found>,
    /// The concepts that stand for the words of a lesson, word by word.
    firsts: Vec<Node>,
    /// Up to where the concepts of each word reach in `firsts`.
    words: Vec<usize>,
    lessons: Vec<PlanLesson>,
    /// The numbers of the words of the lesson at hand.
    numbers: Vec<u32>,
    pub(crate) new_concepts: usize,
}

/// An association that was extracted.
#[derive(Clone, Copy, Debug)]
struct Found {
    source: Node,
    target: Node,
    pattern: usize,
    confidence: f64,
}

/// What one lesson adds: up to where its entries reach, and the concept it is about.
#[derive(Clone, Copy, Debug)]
struct PlanLesson {
    centre: Node,
    found_end: usize,
    words_end: usize,
}

/// How many associations were met, and how many of them were new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) found: usize,
    pub(crate) new_found: usize,
    pub(crate) new_links: usize,
    pub(crate) new_cooccurring: usize,
}

impl Plan {
    pub(crate) fn clear(&mut self) {
        self.found.clear();
        self.firsts.clear();
        self.words.clear();
        self.lessons.clear();
        self.new_concepts = 0;
    }

    /// The first step for one lesson.
    pub(crate) fn learn_concepts(
        &mut self,
        nodes: &mut Nodes,
        config: &LearnConfig,
        lesson: &Lesson<'_>,
        draft: Draft<'_>,
    ) -> Result<ConceptId, GraphFull> {
        let &(content, source, category) = lesson;
        let mention = draft.content();
        let id = mention.id();
        self.numbers.clear();
        touch(nodes, mention);
        let centre = if let Some(known) = nodes.find(id) {
            nodes.strengthen(known);
            known
        } else {
            let node = nodes.insert(&NewConcept { id, content, confidence: 1.0, source, category })?;
            self.new_concepts += 1;
            for word in mention.words() {
                self.numbers.push(nodes.index_word(word, node)?);
            }
            node
        };
        let is_deep = nodes.record(centre).is_difficult();
        for edge in draft.edges() {
            let source = self.learn_argument(nodes, config, draft.mention(edge.source))?;
            let target = self.learn_argument(nodes, config, draft.mention(edge.target))?;
            self.found.push(Found { source, target, pattern: edge.pattern, confidence: edge.confidence });
        }
        if is_deep && config.cooccurrence.window > 0 && config.cooccurrence.max_new > 0 {
            if self.numbers.is_empty() {
                self.numbers.extend(mention.words().filter_map(|word| nodes.find_word(word)));
            }
            self.take_firsts(nodes, config.cooccurrence.concepts_per_word);
        }
        self.lessons.push(PlanLesson { centre, found_end: self.found.len(), words_end: self.words.len() });
        Ok(id)
    }

    /// Writes down which concepts stand for every word.
    fn take_firsts(&mut self, nodes: &Nodes, concepts_per_word: usize) {
        let words = nodes.words();
        for &word in &self.numbers {
            if concepts_per_word <= 2 {
                let first = words.entry(word).first();
                self.firsts.extend_from_slice(&first[..first.len().min(concepts_per_word)]);
            } else {
                self.firsts.extend(words.concepts(word).take(concepts_per_word));
            }
            self.words.push(self.firsts.len());
        }
    }

    /// The concept of an argument, which is made if it is not there.
    fn learn_argument(
        &mut self,
        nodes: &mut Nodes,
        config: &LearnConfig,
        mention: MentionView<'_>,
    ) -> Result<Node, GraphFull> {
        if let Some(known) = nodes.find(mention.id()) {
            return Ok(known);
        }
        touch(nodes, mention);
        let node = nodes.insert(&NewConcept {
            id: mention.id(),
            content: mention.lowered(),
            confidence: config.argument_confidence,
            source: None,
            category: None,
        })?;
        self.new_concepts += 1;
        for word in mention.words() {
            nodes.index_word(word, node)?;
        }
        Ok(node)
    }

    /// The second step for all lessons.
    pub(crate) fn learn_associations(&self, edges: &mut Edges, kinds: &Kinds) -> Result<Counts, GraphFull> {
        let mut counts = Counts { found: self.found.len(), ..Counts::default() };
        let (mut found_start, mut words_start) = (0, 0);
        let mut probes = Vec::new();
        for lesson in &self.lessons {
            for found in &self.found[found_start..lesson.found_end] {
                let kind = kinds.of_pattern(edges, found)?;
                counts.new_found += usize::from(edges.meet(found.source, found.target, kind)?);
                if let Some(link) = kinds.link {
                    counts.new_links += usize::from(edges.meet(lesson.centre, found.source, link)?);
                    counts.new_links += usize::from(edges.meet(lesson.centre, found.target, link)?);
                }
            }
            let words = Firsts { plan: self, words: words_start..lesson.words_end };
            counts.new_cooccurring += words.meet(edges, kinds, &mut probes)?;
            (found_start, words_start) = (lesson.found_end, lesson.words_end);
        }
        Ok(counts)
    }
}

/// Reads the memory that the words of a mention will be looked for in, so that it is waited for together.
#[inline]
fn touch(nodes: &Nodes, mention: MentionView<'_>) {
    black_box(mention.word_hashes().fold(0, |read, hash| read ^ nodes.words().touch(hash)));
}

/// The concepts that stand for the words of one lesson.
struct Firsts<'p> {
    plan: &'p Plan,
    words: Range<usize>,
}

impl Firsts<'_> {
    /// The places of those of one word.
    fn of(&self, word: usize) -> Range<usize> {
        let ends = &self.plan.words;
        let start = word.checked_sub(1).map_or(0, |before| ends[before]);
        start..ends[word]
    }

    /// For every word its concepts, and those of the words close after it, as places.
    #[inline]
    fn close(&self, window: usize) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        let last = self.words.end;
        self.words.clone().map(move |word| {
            let sources = self.of(word);
            let window_end = last.min(word.saturating_add(window).saturating_add(1));
            let targets = sources.end..self.plan.words[window_end - 1];
            (sources, targets)
        })
    }

    /// Calls `each` with every pair of different concepts, of a word and of a word close after it, in order, until it
    /// returns false.
    #[inline]
    fn pairs<E>(&self, window: usize, mut each: impl FnMut(Node, Node) -> Result<bool, E>) -> Result<(), E> {
        for word in self.words.clone() {
            let last = self.words.end.min(word.saturating_add(window).saturating_add(1));
            for close in word + 1..last {
                for &source in &self.plan.firsts[self.of(word)] {
                    for &target in &self.plan.firsts[self.of(close)] {
                        if source != target && !each(source, target)? {
                            return Ok(());
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Meets every pair in order until enough were new, and returns how many were.
    ///
    /// Before the first is met, the memory of all is read, and nothing is done with it that could be waited for: the
    /// misses of a lesson are waited for together instead of one after another.
    fn meet(&self, edges: &mut Edges, kinds: &Kinds, probes: &mut Vec<Probe>) -> Result<usize, GraphFull> {
        if self.words.len() < 2 {
            return Ok(0);
        }
        let first = self.of(self.words.start).start;
        let last = self.of(self.words.end - 1).end;
        probes.clear();
        probes.extend(self.plan.firsts[first..last].iter().map(|&node| edges.probe(node)));
        let mut read = 0;
        for (sources, targets) in self.close(kinds.window) {
            let targets = &probes[targets.start - first..targets.end - first];
            for source in &probes[sources.start - first..sources.end - first] {
                read = targets.iter().fold(read, |read, &target| read ^ edges.touch(*source, target));
            }
        }
        black_box(read);
        let mut new = 0;
        self.pairs(kinds.window, |source, target| {
            new += usize::from(edges.meet(source, target, kinds.cooccurrence)?);
            Ok::<bool, GraphFull>(new < kinds.max_new)
        })?;
        Ok(new)
    }
}

/// The kinds of association that a learner makes.
#[derive(Clone, Debug)]
pub(crate) struct Kinds {
    patterns: Vec<KindId>,
    link: Option<KindId>,
    cooccurrence: KindId,
    max_new: usize,
    window: usize,
}

impl Kinds {
    pub(crate) fn new(edges: &mut Edges, set: &PatternSet, config: &LearnConfig) -> Result<Self, GraphFull> {
        let mut patterns = Vec::with_capacity(set.len());
        for pattern in set {
            patterns.push(edges.intern_kind(pattern.relation(), pattern.confidence())?);
        }
        let link = if config.enable_central_links {
            Some(edges.intern_kind(&config.link_relation, config.link_confidence)?)
        } else {
            None
        };
        let cooccurrence = edges.intern_kind(&config.cooccurrence.relation, config.cooccurrence.confidence)?;
        let Cooccurrence { max_new, window, .. } = config.cooccurrence;
        Ok(Kinds { patterns, link, cooccurrence, max_new, window })
    }

    /// The kind of an association: that of its pattern, unless it was given a confidence of its own.
    fn of_pattern(&self, edges: &mut Edges, found: &Found) -> Result<KindId, GraphFull> {
        let usual = self.patterns[found.pattern];
        let kind = edges.kind(usual);
        if kind.confidence.to_bits() == found.confidence.to_bits() {
            return Ok(usual);
        }
        let relation = kind.relation.clone();
        edges.intern_kind(&relation, found.confidence)
    }
}
