//! The caller's way into a batch: settings, and what to do with them.

use std::fmt;

use rayon::ThreadPool;

use super::cancel::CancelToken;
use super::collect::{Collected, Collector};
use super::document::AsDocument;
use super::error::BatchError;
use super::failure::DocumentError;
use super::options::{self, Options, Threshold, Workers};
use super::pipeline;
use super::report::{Progress, Report};
use super::sink::ParallelSink;
use crate::extract::Extractor;

/// A batch to be: settings, and what to do with them. Made by [`Extractor::batch`].
///
/// The defaults are measured ones and right for most; `docs/CONFIGURATION.md` says when to change them.
///
/// ```
/// use relscan::{Extractor, OwnedAssociation, Workers};
///
/// let extractor = Extractor::seed();
/// let documents = [("a", "Rain leads to floods"), ("b", "A dog is a mammal\nA cat is a mammal")];
/// let mut found: Vec<OwnedAssociation> = Vec::new();
/// let report = extractor.batch().workers(Workers::Exactly(2)).run(&documents, &mut found)?;
/// assert_eq!((found.len(), report.documents, report.relations.get("hierarchical")), (3, 2, 2));
/// assert_eq!((&*found[2].document, found[2].line), ("b", 2));
/// # Ok::<(), relscan::BatchError<std::convert::Infallible>>(())
/// ```
pub struct Batch<'e>(Options<'e>);

impl Extractor {
    /// Begins a batch: many documents, by several threads where that pays.
    #[must_use]
    pub fn batch(&self) -> Batch<'_> {
        Batch(Options::new(self))
    }
}

impl<'e> Batch<'e> {
    /// The work of one thread that is worth waking others for, unless a threshold is given.
    pub const WORTH_MICROSECONDS: usize = options::WORTH_MICROSECONDS;
    /// The most threads that scan, however many are asked for: systems fail in ugly ways when they are asked for far more.
    pub const MAX_WORKERS: usize = options::MAX_WORKERS;
    /// The bytes of text that one thread scans at a time, unless others are given.
    pub const CHUNK_BYTES: usize = options::CHUNK_BYTES;
    /// The bytes of text in flight, unless others are given.
    pub const MAX_IN_FLIGHT_BYTES: usize = options::MAX_IN_FLIGHT_BYTES;

    /// How many threads scan; [`Workers::Auto`] unless given.
    #[must_use]
    pub fn workers(mut self, workers: Workers) -> Self {
        self.0.workers = workers;
        self
    }

    /// From how many bytes of text on several threads are used; [`Threshold::Auto`] unless given.
    #[must_use]
    pub fn parallel_threshold(mut self, threshold: Threshold) -> Self {
        self.0.threshold = threshold;
        self
    }

    /// How many bytes of text one thread scans at a time, at the least: a unit ends with a document or, in a document
    /// that is larger, with a line. Small batches are cut into smaller units.
    #[must_use]
    pub fn chunk_bytes(mut self, bytes: usize) -> Self {
        self.0.chunk_bytes = bytes;
        self
    }

    /// How many bytes of text are held at a time: read ahead, being scanned, or waiting for the sink. A stream is not
    /// read further until there is room. One line, or one piece of a stream, may be larger.
    #[must_use]
    pub fn max_in_flight_bytes(mut self, bytes: usize) -> Self {
        self.0.max_in_flight_bytes = bytes;
        self
    }

    /// How large a document may be; a larger one fails with [`Failure::TooLarge`](crate::Failure::TooLarge). Of a
    /// document that comes in pieces, those before the limit have been extracted from by then. No limit unless given.
    #[must_use]
    pub fn max_document_bytes(mut self, bytes: usize) -> Self {
        self.0.max_document_bytes = bytes;
        self
    }

    /// Scans on the threads of `pool`, and on the caller's, instead of the extractor's own threads.
    #[must_use]
    pub fn pool(mut self, pool: &'e ThreadPool) -> Self {
        self.0.pool = Some(pool);
        self
    }

    /// Lets `token` cancel the batch.
    #[must_use]
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.0.cancel = Some(token.clone());
        self
    }

    /// Calls `callback` with how far the batch is: on the caller's thread, at most every 10 ms, and once at the end.
    /// After a panic it is not called again.
    #[must_use]
    pub fn progress(mut self, callback: impl FnMut(&Progress) + 'e) -> Self {
        self.0.progress = Some(Box::new(callback));
        self
    }

    /// Extracts from `documents` and sends the associations to `sink`, in order of document, line, pattern and position,
    /// whatever the settings. Failures of single documents are in the report.
    ///
    /// # Errors
    ///
    /// What the sink returns, if it fails, with the report of what was done before.
    pub fn run<D: AsDocument + Sync, S: ParallelSink>(
        &mut self,
        documents: &[D],
        sink: &mut S,
    ) -> Result<Report, BatchError<S::Error>> {
        pipeline::run(&mut self.0, documents, sink)
    }

    /// Extracts from `documents` and keeps what is found, by document.
    pub fn collect<D: AsDocument + Sync>(&mut self, documents: &[D]) -> Collected {
        let mut collector = Collector::default();
        match self.run(documents, &mut collector) {
            Ok(report) => collector.finish(documents.len(), report),
            Err(BatchError { error, .. }) => match error {},
        }
    }

    /// Extracts from what `pieces` gives, which may never end, and sends the associations to `sink` as
    /// [`run`](Self::run) does. A piece is a document or a part of one ([`Piece`](crate::Piece) is a type for it); it gives
    /// its own index. One that could not be read is an error that says whose.
    ///
    /// `pieces` is called on the caller's thread, while others scan. Results are sent on when the next
    /// [`max_in_flight_bytes`](Self::max_in_flight_bytes) have been read, or when pieces come slowly. If it panics, the
    /// stream ends there, and the panic is among the failures.
    ///
    /// # Errors
    ///
    /// What the sink returns, if it fails, with the report of what was done before.
    pub fn stream<P: AsDocument + Send + Sync, E: Into<DocumentError>, S: ParallelSink>(
        &mut self,
        pieces: impl IntoIterator<Item = Result<P, E>>,
        sink: &mut S,
    ) -> Result<Report, BatchError<S::Error>> {
        pipeline::stream(&mut self.0, pieces.into_iter(), sink)
    }
}

impl fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("workers", &self.0.workers)
            .field("threshold", &self.0.threshold)
            .field("chunk_bytes", &self.0.chunk_bytes)
            .field("max_in_flight_bytes", &self.0.max_in_flight_bytes)
            .field("max_document_bytes", &self.0.max_document_bytes)
            .field("pool", &self.0.pool)
            .field("cancel", &self.0.cancel)
            .finish_non_exhaustive()
    }
}
