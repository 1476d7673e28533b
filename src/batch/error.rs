//! What can go wrong with a batch.

use super::report::Report;

/// Why a batch ended early: its sink failed. Nothing else ends a batch with an error.
#[derive(Debug, thiserror::Error)]
#[error("the sink failed after {} documents", report.documents)]
pub struct BatchError<E> {
    /// What the sink returned.
    #[source]
    pub error: E,
    /// What had been done before.
    pub report: Box<Report>,
}
