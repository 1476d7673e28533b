//! What a batch did, in numbers.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::failure::DocumentError;
use super::tally::Tally;

/// What a batch did. Serialisable, for logs and dashboards; fields may be added.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// Documents that were gone through, those that failed included.
    pub documents: u64,
    /// Bytes of text that were gone through.
    pub bytes: u64,
    /// Associations that were found.
    pub associations: u64,
    /// How many of each relation, by name; those that were found.
    pub relations: Tally,
    /// How many of each pattern, by name; those that were found.
    pub patterns: Tally,
    /// Documents that failed. If the sink broke off, panics after that are not among them.
    pub failed: u64,
    /// The first [`MAX_ERRORS`](Self::MAX_ERRORS) failures, in order.
    pub errors: Vec<DocumentError>,
    /// Whether several threads scanned.
    pub mode: Mode,
    /// Why it was done so.
    pub reason: Reason,
    /// Threads that scanned, the caller's included.
    pub workers: usize,
    /// The size in bytes from which several threads are used.
    pub threshold_bytes: usize,
    /// Time from begin to end.
    pub wall_seconds: f64,
    /// Processor time of the whole process in user code meanwhile; 0 where the system does not say, and for documents in
    /// memory that are smaller than the threshold, of which it cannot.
    pub user_seconds: f64,
    /// Processor time of the whole process in the system meanwhile, with the same exceptions.
    pub system_seconds: f64,
    /// For each worker, the share of the time that it spent scanning, from 0 to 1; the caller's thread, which reads and
    /// writes besides, is the first.
    pub busy: Vec<f64>,
    /// The most bytes that the arena of one worker held.
    pub peak_arena_bytes: usize,
}

impl Report {
    /// How many failures [`errors`](Self::errors) keeps. A [`ParallelSink`](crate::ParallelSink) sees all of them.
    pub const MAX_ERRORS: usize = 1_000;

    /// Bytes of text per second of wall time; 0 for a batch that took no time.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more digits")]
    pub fn bytes_per_second(&self) -> f64 {
        if self.wall_seconds > 0.0 { self.bytes as f64 / self.wall_seconds } else { 0.0 }
    }

    /// Processors that the process kept busy on average; 0 for a batch that took no time.
    #[must_use]
    pub fn processors_used(&self) -> f64 {
        if self.wall_seconds > 0.0 { (self.user_seconds + self.system_seconds) / self.wall_seconds } else { 0.0 }
    }
}

/// How a batch ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Every document was gone through.
    #[default]
    Complete,
    /// The sink wanted no more.
    Stopped,
    /// It was cancelled; the sink has what came before.
    Cancelled,
    /// The sink failed.
    Failed,
}

/// Whether several threads scanned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The caller's thread did everything.
    #[default]
    Sequential,
    /// Several threads scanned.
    Parallel,
}

/// Why several threads scanned, or only one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// One worker was asked for, or no more processors are free.
    #[default]
    #[error("one worker")]
    OneWorker,
    /// There were fewer bytes than the threshold.
    #[error("less than the threshold")]
    Small,
    /// There were as many bytes as the threshold, or more.
    #[error("as much as the threshold, or more")]
    Large,
    /// Several threads would have been worth it, but could not be started.
    #[error("no threads could be started: {error}")]
    NoThreads {
        /// What the system said.
        error: String,
    },
}

/// How far a batch is. Counts what has reached the sink.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Documents.
    pub documents: u64,
    /// Bytes of text.
    pub bytes: u64,
    /// Bytes of text in all, where that is known: [`run`](crate::Batch::run) knows, a stream does not.
    pub total_bytes: Option<u64>,
    /// Associations.
    pub associations: u64,
    /// Documents that failed.
    pub failed: u64,
    /// Time since the batch began.
    pub elapsed: Duration,
}
