//! What can go wrong with a document.

use std::convert::Infallible;

use serde::{Deserialize, Serialize};

/// That a document could not be extracted from, or not to its end. The rest of the batch goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("document {index} `{id}`: {failure}")]
#[non_exhaustive]
pub struct DocumentError {
    /// The id of the document; empty if it has none.
    pub id: String,
    /// The place of the document in the batch, from 0.
    pub index: usize,
    /// What went wrong.
    pub failure: Failure,
}

/// What went wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Failure {
    /// It could not be read; what the reader says.
    #[error("{0}")]
    Read(String),
    /// It is larger than [`max_document_bytes`](crate::Batch::max_document_bytes).
    #[error("{bytes} bytes are more than the limit of {limit}; raise the limit or split the document")]
    TooLarge {
        /// Its size, as far as it was known when it was refused.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The sink, the progress callback or the stream panicked at it; the message of the panic.
    #[error("a callback panicked: {0}")]
    Panic(String),
}

impl DocumentError {
    /// That a document could not be read, for streams: `message` should say where and what to do.
    #[must_use]
    pub fn read(id: impl Into<String>, index: usize, message: impl Into<String>) -> Self {
        Self::new(id, index, Failure::Read(message.into()))
    }

    pub(super) fn new(id: impl Into<String>, index: usize, failure: Failure) -> Self {
        DocumentError { id: id.into(), index, failure }
    }
}

/// For streams that do not fail.
impl From<Infallible> for DocumentError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
