//! Concepts and associations that grow: learning from text into a graph.
//!
//! A [`Learner`] extracts associations from contents and enters them into a [`ConceptGraph`]: concepts by the id of
//! their text, associations by their ends, both with strengths that grow when they are met again. What the words of
//! a weak concept share with other concepts is associated too. A batch is read on several threads ahead of the
//! graph; the graph is the same, to the last bit, as if the contents had been learned one by one.
//!
//! This room knows nothing of files and formats of documents, and prints nothing.

mod config;
mod draft;
mod edges;
mod error;
mod hash;
mod id;
mod index;
#[cfg(feature = "store")]
mod knowledge;
mod learner;
mod lesson;
mod nodes;
mod report;
mod steps;
#[cfg(feature = "store")]
mod store;
mod view;

pub use config::{ConfigError, Cooccurrence, LearnConfig};
pub use error::LearnError;
pub use id::{ConceptId, InvalidId};
#[cfg(feature = "store")]
pub use knowledge::{
    Fact, FactStore, FoundFact, KnowledgeCounts, LearnedDocument, Outcome as DocumentOutcome, Place, name_key,
};
pub use learner::Learner;
pub use lesson::Lesson;
pub use report::{LearnReport, Stage};
#[cfg(feature = "store")]
pub use store::{
    InputProgress, Neighbour, Neighbourhood, Store, StoreError, StoreErrorKind, StoreLearner, StoredConcept,
};
pub use view::{Association, Concept, ConceptGraph, GraphSize, StrengthStats};
