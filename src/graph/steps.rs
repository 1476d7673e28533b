//! Learning in two steps that can run side by side: concepts first, then what joins them.
//!
//! The first step enters the concepts of drafts and writes down which pairs of concepts are to be associated; it
//! never looks at associations. The second makes or strengthens these associations; it never looks at concepts. So
//! the second step of one part of a batch runs beside the first step of the next, and the result is the same as
//! if every lesson had been learned by itself.

use super::config::{Cooccurrence, LearnConfig};
use super::draft::{Draft, MentionView};
use super::edges::{Edges, KindId, Node};
use super::nodes::{NewConcept, Nodes};
use super::{ConceptId, GraphFull, Lesson};
use crate::pattern::PatternSet;

/// What is to be associated, lesson by lesson.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    found: Vec<Found>,
    pairs: Vec<(Node, Node)>,
    lessons: Vec<PlanLesson>,
    /// The places of the words of the lesson at hand.
    words: Vec<u32>,
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
    pairs_end: usize,
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
        self.pairs.clear();
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
        self.words.clear();
        let centre = match nodes.find(id) {
            Some(known) => {
                nodes.strengthen(known);
                known
            }
            None => {
                let new = NewConcept { id, content, confidence: 1.0, source, category };
                let node = nodes.insert(&new)?;
                self.new_concepts += 1;
                for word in mention.words() {
                    self.words.push(nodes.index_word(word, node)?);
                }
                node
            }
        };
        let is_deep = nodes.record(centre).is_difficult();
        for edge in draft.edges() {
            let source = self.learn_argument(nodes, config, draft.mention(edge.source))?;
            let target = self.learn_argument(nodes, config, draft.mention(edge.target))?;
            self.found.push(Found { source, target, pattern: edge.pattern, confidence: edge.confidence });
        }
        if is_deep && config.cooccurrence.window > 0 && config.cooccurrence.max_new > 0 {
            if self.words.is_empty() {
                self.words.extend(mention.words().filter_map(|word| nodes.find_word(word)));
            }
            self.pair_words(nodes, &config.cooccurrence);
        }
        self.lessons.push(PlanLesson { centre, found_end: self.found.len(), pairs_end: self.pairs.len() });
        Ok(id)
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

    /// Pairs the concepts of every word with those of the words close after it.
    fn pair_words(&mut self, nodes: &Nodes, config: &Cooccurrence) {
        let words = nodes.words();
        for (at, &word) in self.words.iter().enumerate() {
            let last = self.words.len().min(at.saturating_add(config.window).saturating_add(1));
            for &close in &self.words[at + 1..last] {
                if config.concepts_per_word <= 2 {
                    let firsts = |word: u32| {
                        let first = words.entry(word).first();
                        &first[..first.len().min(config.concepts_per_word)]
                    };
                    for &source in firsts(word) {
                        let targets = firsts(close).iter().filter(|&&target| target != source);
                        self.pairs.extend(targets.map(|&target| (source, target)));
                    }
                } else {
                    for source in words.concepts(word).take(config.concepts_per_word) {
                        let targets = words.concepts(close).take(config.concepts_per_word);
                        self.pairs.extend(targets.filter(|&target| target != source).map(|target| (source, target)));
                    }
                }
            }
        }
    }

    /// The second step for all lessons.
    pub(crate) fn learn_associations(&self, edges: &mut Edges, kinds: &Kinds) -> Result<Counts, GraphFull> {
        let mut counts = Counts { found: self.found.len(), ..Counts::default() };
        let (mut found_start, mut pairs_start) = (0, 0);
        for lesson in &self.lessons {
            for found in &self.found[found_start..lesson.found_end] {
                let kind = kinds.of_pattern(edges, found)?;
                counts.new_found += usize::from(edges.meet(found.source, found.target, kind)?);
                if let Some(link) = kinds.link {
                    counts.new_links += usize::from(edges.meet(lesson.centre, found.source, link)?);
                    counts.new_links += usize::from(edges.meet(lesson.centre, found.target, link)?);
                }
            }
            let pairs = &self.pairs[pairs_start..lesson.pairs_end];
            counts.new_cooccurring += meet_pairs(edges, pairs, kinds.cooccurrence, kinds.max_new)?;
            (found_start, pairs_start) = (lesson.found_end, lesson.pairs_end);
        }
        Ok(counts)
    }
}

/// Meets every pair in order until `max_new` were new, and returns how many were.
///
/// The places of several pairs are looked up before the first of them is met: the look-ups do not wait for each
/// other, and memory answers them together.
fn meet_pairs(edges: &mut Edges, pairs: &[(Node, Node)], kind: KindId, max_new: usize) -> Result<usize, GraphFull> {
    const TOGETHER: usize = 16;
    let mut new = 0;
    for block in pairs.chunks(TOGETHER) {
        let mut places = [None; TOGETHER];
        for (place, &(source, target)) in places.iter_mut().zip(block) {
            *place = edges.find(source, target);
        }
        for (place, &(source, target)) in places.iter().zip(block) {
            match *place {
                Some(at) => edges.strengthen(at),
                // It may have been made since, by a pair of this block.
                None => new += usize::from(edges.meet(source, target, kind)?),
            }
            if new == max_new {
                return Ok(new);
            }
        }
    }
    Ok(new)
}

/// The kinds of association that a learner makes.
#[derive(Clone, Debug)]
pub(crate) struct Kinds {
    patterns: Vec<KindId>,
    link: Option<KindId>,
    cooccurrence: KindId,
    max_new: usize,
}

impl Kinds {
    pub(crate) fn new(edges: &mut Edges, set: &PatternSet, config: &LearnConfig) -> Result<Self, GraphFull> {
        let mut patterns = Vec::with_capacity(set.len());
        for pattern in set {
            patterns.push(edges.intern_kind(pattern.relation(), pattern.confidence())?);
        }
        let link = match config.enable_central_links {
            true => Some(edges.intern_kind(&config.link_relation, config.link_confidence)?),
            false => None,
        };
        let cooccurrence = edges.intern_kind(&config.cooccurrence.relation, config.cooccurrence.confidence)?;
        Ok(Kinds { patterns, link, cooccurrence, max_new: config.cooccurrence.max_new })
    }

    /// The kind of an association: that of its pattern, unless it was given a confidence of its own.
    fn of_pattern(&self, edges: &mut Edges, found: &Found) -> Result<KindId, GraphFull> {
        let usual = self.patterns[found.pattern];
        let kind = edges.kind_at(usual);
        if kind.confidence.to_bits() == found.confidence.to_bits() {
            return Ok(usual);
        }
        let relation = kind.relation.clone();
        edges.intern_kind(&relation, found.confidence)
    }
}
