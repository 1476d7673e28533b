//! Why a graph learns no more.

use super::config::ConfigError;

/// Why nothing more could be learned.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LearnError {
    /// The configuration makes no sense.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The graph holds as much as it can number.
    #[error("the graph is full: it holds {0}; learn the rest into another graph")]
    Full(&'static str),
    /// The system gave no threads.
    #[error("no threads to learn with: {0}; switch `enable_parallel_associations` off, or ask for fewer workers")]
    Threads(String),
}

/// More than the graph can number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GraphFull(pub(super) &'static str);

impl From<GraphFull> for LearnError {
    fn from(full: GraphFull) -> Self {
        LearnError::Full(full.0)
    }
}
