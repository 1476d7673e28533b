//! The graph from outside: concepts and associations to look at.

use std::collections::HashSet;

use super::edges::{Edges, Node, State};
use super::hash::Seed;
use super::id::ConceptId;
use super::nodes::{self, Nodes};
use crate::pattern::RelationType;
use crate::text::{extract_words, overlap};

/// Concepts and what joins them.
///
/// Concepts, associations and words are held by number, their texts once; everything iterates in the order in which
/// it was first met. See [`Learner`](super::Learner) for an example.
#[derive(Clone, Debug)]
pub struct ConceptGraph {
    pub(crate) nodes: Nodes,
    pub(crate) edges: Edges,
    pub(crate) seed: Seed,
}

/// A concept of a [`ConceptGraph`].
#[derive(Clone, Copy, Debug)]
pub struct Concept<'g> {
    graph: &'g ConceptGraph,
    node: Node,
}

/// An association of a [`ConceptGraph`].
#[derive(Clone, Copy, Debug)]
pub struct Association<'g> {
    graph: &'g ConceptGraph,
    at: u32,
}

/// How well the concepts of a graph are known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct StrengthStats {
    /// All concepts.
    pub total: usize,
    /// Concepts with a strength below 4.
    pub difficult: usize,
    /// Concepts with a strength from 4 to 7.
    pub moderate: usize,
    /// Concepts with a strength above 7.
    pub easy: usize,
    /// The mean strength; 0 for an empty graph.
    pub average: f64,
}

/// How much memory a graph takes, in bytes, as allocated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GraphSize {
    /// Concepts, their texts, and the table by id.
    pub concepts: usize,
    /// Words and the concepts of each.
    pub words: usize,
    /// Associations, the table by their ends, and the chains.
    pub associations: usize,
}

impl Default for ConceptGraph {
    fn default() -> Self {
        Self::new()
    }
}

impl ConceptGraph {
    /// An empty graph.
    #[must_use]
    pub fn new() -> Self {
        let seed = Seed::new();
        ConceptGraph { nodes: Nodes::new(seed), edges: Edges::new(seed), seed }
    }

    /// How many concepts there are.
    #[must_use]
    pub fn concept_count(&self) -> usize {
        self.nodes.len()
    }

    /// How many associations there are.
    #[must_use]
    pub fn association_count(&self) -> usize {
        self.edges.len()
    }

    /// How many words are indexed.
    #[must_use]
    pub fn word_count(&self) -> usize {
        self.nodes.words().len()
    }

    /// All concepts.
    pub fn concepts(&self) -> impl Iterator<Item = Concept<'_>> {
        (0_u32..).take(self.nodes.len()).map(|at| self.at(Node(at)))
    }

    /// All associations.
    pub fn associations(&self) -> impl Iterator<Item = Association<'_>> {
        (0_u32..).take(self.edges.len()).map(|at| Association { graph: self, at })
    }

    /// All indexed words, each with the concepts whose text has it.
    pub fn words(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = Concept<'_>>)> {
        let words = self.nodes.words();
        (0_u32..).take(words.len()).map(|at| (words.text(at), words.concepts(at).map(|node| self.at(node))))
    }

    /// The concept with an id. Constant time.
    #[must_use]
    pub fn concept(&self, id: ConceptId) -> Option<Concept<'_>> {
        self.nodes.find(id).map(|node| self.at(node))
    }

    /// The concept of a text, which is compared as it is. Linear in the text.
    #[must_use]
    pub fn concept_of(&self, text: &str) -> Option<Concept<'_>> {
        self.concept(ConceptId::of(text))
    }

    /// The association between two concepts. Constant time.
    #[must_use]
    pub fn association(&self, source: ConceptId, target: ConceptId) -> Option<Association<'_>> {
        let at = self.edges.find(self.nodes.find(source)?, self.nodes.find(target)?)?;
        Some(Association { graph: self, at })
    }

    /// The concepts whose text has `word`, which must be in lower case. Constant time for each.
    pub fn concepts_with_word(&self, word: &str) -> impl Iterator<Item = Concept<'_>> {
        self.nodes.with_word(word).map(|node| self.at(node))
    }

    /// How well the concepts are known. Linear in the concepts.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // no graph has 2^53 concepts
    pub fn strength_stats(&self) -> StrengthStats {
        let mut stats = StrengthStats { total: self.nodes.len(), ..StrengthStats::default() };
        let mut sum = 0.0;
        for record in self.nodes.records() {
            sum += record.strength;
            if record.is_difficult() {
                stats.difficult += 1;
            } else if record.strength > nodes::EASY_ABOVE {
                stats.easy += 1;
            } else {
                stats.moderate += 1;
            }
        }
        stats.average = if stats.total == 0 { 0.0 } else { sum / stats.total as f64 };
        stats
    }

    /// Memory allocated. Linear in the words.
    #[must_use]
    pub fn memory_usage(&self) -> GraphSize {
        let (concepts, words) = self.nodes.memory_usage();
        GraphSize { concepts, words, associations: self.edges.memory_usage() }
    }

    fn at(&self, node: Node) -> Concept<'_> {
        Concept { graph: self, node }
    }
}

impl<'g> Concept<'g> {
    /// The id.
    #[must_use]
    pub fn id(self) -> ConceptId {
        self.graph.nodes.record(self.node).id
    }

    /// The text: that of a content as it was learned, that of an argument in lower case.
    #[must_use]
    pub fn content(self) -> &'g str {
        self.graph.nodes.content(self.node)
    }

    /// How well it is known: from 1, as first met, to 10.
    #[must_use]
    pub fn strength(self) -> f64 {
        self.graph.nodes.record(self.node).strength
    }

    /// How sure it is, from 0 to 1.
    #[must_use]
    pub fn confidence(self) -> f64 {
        self.graph.nodes.record(self.node).confidence
    }

    /// How often it was learned after it was there.
    #[must_use]
    pub fn access_count(self) -> u32 {
        self.graph.nodes.record(self.node).access_count
    }

    /// Where it comes from.
    #[must_use]
    pub fn source(self) -> Option<&'g str> {
        self.graph.nodes.source(self.node)
    }

    /// What it is about.
    #[must_use]
    pub fn category(self) -> Option<&'g str> {
        self.graph.nodes.category(self.node)
    }

    /// Its words, as they are indexed; with repetitions.
    #[must_use]
    pub fn words(self) -> Vec<String> {
        extract_words(self.content())
    }

    /// The associations whose source it is. Linear in them.
    #[must_use]
    pub fn outgoing(self) -> impl DoubleEndedIterator<Item = Association<'g>> {
        self.graph.edges.outgoing(self.node).into_iter().map(move |at| Association { graph: self.graph, at })
    }

    /// The associations whose target it is. Linear in them.
    #[must_use]
    pub fn incoming(self) -> impl DoubleEndedIterator<Item = Association<'g>> {
        self.graph.edges.incoming(self.node).into_iter().map(move |at| Association { graph: self.graph, at })
    }

    /// The associations of one relation whose source it is.
    pub fn outgoing_of(self, relation: &RelationType) -> impl Iterator<Item = Association<'g>> {
        self.outgoing().filter(move |association| association.relation() == relation)
    }

    /// The associations of one relation whose target it is.
    pub fn incoming_of(self, relation: &RelationType) -> impl Iterator<Item = Association<'g>> {
        self.incoming().filter(move |association| association.relation() == relation)
    }

    /// The concepts that an association joins it to, in either direction, each once, in the order in which they
    /// became neighbours. Linear in its associations.
    #[must_use]
    pub fn neighbours(self) -> Vec<Concept<'g>> {
        let edges = &self.graph.edges;
        let mut places = edges.outgoing(self.node);
        places.extend(edges.incoming(self.node));
        places.sort_unstable();
        let ends = places.into_iter().map(|at| {
            let (source, target) = edges.ends()[at as usize];
            if source == self.node { target } else { source }
        });
        let mut seen = HashSet::new();
        ends.filter(|&end| seen.insert(end)).map(|node| self.graph.at(node)).collect()
    }

    /// How much of the smaller of two concepts' sets of words is in the other: from 0 to 1. Linear in the texts.
    #[must_use]
    pub fn word_overlap(self, other: Concept<'_>) -> f64 {
        let (ours, theirs) = (self.words(), other.words());
        let ours: HashSet<&String> = ours.iter().collect();
        let theirs: HashSet<&String> = theirs.iter().collect();
        overlap(ours.intersection(&theirs).count(), ours.len(), theirs.len())
    }
}

impl PartialEq for Concept<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.graph, other.graph) && self.node == other.node
    }
}

impl Eq for Concept<'_> {}

impl<'g> Association<'g> {
    fn state(self) -> State {
        self.graph.edges.state(self.at)
    }

    /// The concept it comes from.
    #[must_use]
    pub fn source(self) -> Concept<'g> {
        self.graph.at(self.graph.edges.ends()[self.at as usize].0)
    }

    /// The concept it goes to.
    #[must_use]
    pub fn target(self) -> Concept<'g> {
        self.graph.at(self.graph.edges.ends()[self.at as usize].1)
    }

    /// The relation, as it was when the two concepts were first associated.
    #[must_use]
    pub fn relation(self) -> &'g RelationType {
        &self.graph.edges.kind(self.state().kind()).relation
    }

    /// How strong it is: from 1, as first met, to 5.
    #[must_use]
    pub fn weight(self) -> f64 {
        self.graph.edges.weight(self.state())
    }

    /// How sure it is, from 0 to 1.
    #[must_use]
    pub fn confidence(self) -> f64 {
        self.graph.edges.confidence(self.state())
    }
}
