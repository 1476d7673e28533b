//! How a learner learns.

use std::num::NonZeroUsize;

use crate::pattern::RelationType;

/// How a [`Learner`](super::Learner) learns. The default is what the original engine did.
///
/// ```
/// let mut config = relscan::graph::LearnConfig::default();
/// config.enable_central_links = false;
/// config.cooccurrence.window = 5;
/// assert!(config.check().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LearnConfig {
    /// Whether a batch is extracted on several threads ahead of the graph. The graph is the same without.
    pub enable_parallel_associations: bool,
    /// Threads that extract beside the one that called; `None` for one less than the processor has, at least one. More
    /// than [`Batch::MAX_WORKERS`](crate::Batch::MAX_WORKERS) count as that.
    pub association_workers: Option<NonZeroUsize>,
    /// Batches smaller than this are learned on the calling thread alone. On two processors 100 contents take twice as
    /// long on several threads, and 1,000 as long as on one.
    pub parallel_threshold: usize,
    /// Whether every association is followed by two more, from the learned concept to its source and its target.
    pub enable_central_links: bool,
    /// The relation of these links.
    pub link_relation: RelationType,
    /// The confidence of these links, from 0 to 1.
    pub link_confidence: f64,
    /// The confidence of a concept that was met as an argument first, from 0 to 1.
    pub argument_confidence: f64,
    /// What is associated because its words stand together.
    pub cooccurrence: Cooccurrence,
}

/// How words that stand close together make associations, while a concept is weak.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Cooccurrence {
    /// How many of the words after a word count as close to it; 0 switches co-occurrence off.
    pub window: usize,
    /// How many concepts stand for a word: the first that held it.
    pub concepts_per_word: usize,
    /// Learning a concept stops to look for co-occurrence when it has made so many new associations.
    pub max_new: usize,
    /// The relation of these associations.
    pub relation: RelationType,
    /// The confidence of these associations, from 0 to 1.
    pub confidence: f64,
}

impl Default for LearnConfig {
    fn default() -> Self {
        LearnConfig {
            enable_parallel_associations: true,
            association_workers: None,
            parallel_threshold: 1024,
            enable_central_links: true,
            link_relation: RelationType::Compositional,
            link_confidence: 0.6,
            argument_confidence: 0.7,
            cooccurrence: Cooccurrence::default(),
        }
    }
}

impl Default for Cooccurrence {
    fn default() -> Self {
        Cooccurrence { window: 3, concepts_per_word: 2, max_new: 50, relation: RelationType::Semantic, confidence: 0.5 }
    }
}

impl LearnConfig {
    /// Checks the figures.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if a confidence is not from 0 to 1.
    pub fn check(&self) -> Result<(), ConfigError> {
        let confidences = [
            ("link_confidence", self.link_confidence),
            ("argument_confidence", self.argument_confidence),
            ("cooccurrence.confidence", self.cooccurrence.confidence),
        ];
        match confidences.into_iter().find(|(_, value)| !(0.0..=1.0).contains(value)) {
            Some((name, value)) => Err(ConfigError { name, value }),
            None => Ok(()),
        }
    }
}

/// A figure of a [`LearnConfig`] that makes no sense.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{name} is {value}; a confidence is from 0 to 1")]
pub struct ConfigError {
    name: &'static str,
    value: f64,
}
