//! A unit with its result: what a worker hands to the delivery.

use super::failure::DocumentError;
use super::partition::{Position, WorkItem};
use crate::extract::Sink;
use crate::pattern::PatternId;

/// A work item of a wave, and what came of it if a thread has done it.
pub(super) struct Slot<S: Sink> {
    pub(super) step: WorkItem,
    /// What a thread fills, if the item is to be done by one.
    pub(super) part: Option<S>,
    /// What the part was sent.
    pub(super) found: PatternCounts,
    /// How the scan ended, if a thread did it.
    pub(super) end: Option<ScanEnd<S::Error>>,
}

impl<S: Sink> Slot<S> {
    pub(super) fn undone(step: WorkItem) -> Self {
        Slot { step, part: None, found: PatternCounts::new(), end: None }
    }
}

/// How many associations of each pattern were found; only of those that were.
pub(super) type PatternCounts = Vec<(PatternId, u64)>;

/// How the scan of a unit ended.
#[derive(Debug)]
pub(super) enum ScanEnd<E> {
    /// All of it was scanned.
    Done,
    /// The sink wanted no more.
    Stopped,
    /// The sink failed.
    Failed(E),
    /// The sink panicked at a document, in the line that begins at the place. What was sent before is in it.
    Panicked(DocumentError, Position),
    /// The sink has as much as it may; everything before the place is in it.
    Full(Position),
    /// The batch is to stop: the part is not to be used.
    Cancelled,
}
