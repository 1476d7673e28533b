//! How a batch is told to stop: by its caller, or by one of its own threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::extract::Stop;

/// Cancels batches, from any thread. Clones are one token.
///
/// ```
/// use relscan::{CancelToken, Extractor, Outcome};
///
/// let token = CancelToken::new();
/// token.cancel(); // another thread would
/// let collected = Extractor::seed().batch().cancel(&token).collect(&["Rain leads to floods"]);
/// assert_eq!(collected.report().outcome, Outcome::Cancelled);
/// ```
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that has not been cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// For those who only want to know that it was cancelled.
    fn stop(&self) -> Stop {
        Stop::when(&self.0)
    }

    /// Cancels the batches that have the token, now and later ones.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Tells the threads of a batch when to stop.
#[derive(Debug)]
pub(super) struct StopFlag {
    /// The caller's wish, if there may be one.
    cancel: Option<CancelToken>,
    /// Whether what is still scanned is not wanted.
    stopped: AtomicBool,
}

impl StopFlag {
    #[inline]
    pub(super) fn new(cancel: Option<&CancelToken>) -> Self {
        StopFlag { cancel: cancel.cloned(), stopped: AtomicBool::new(false) }
    }

    /// Whether the caller cancelled.
    #[inline]
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.as_ref().is_some_and(CancelToken::is_cancelled)
    }

    /// For the extraction of one line, which may be very long: only the caller's wish is told to it.
    #[inline]
    pub(super) fn within_a_line(&self) -> Stop {
        self.cancel.as_ref().map(CancelToken::stop).unwrap_or_default()
    }

    /// Says that what is still scanned is not wanted.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether to stop, for either reason.
    #[inline]
    pub(super) fn is_set(&self) -> bool {
        self.is_cancelled() || self.stopped.load(Ordering::Relaxed)
    }
}
