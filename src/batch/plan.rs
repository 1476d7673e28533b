//! How the work of a batch is shared out.

use std::ops::Deref;
use std::sync::Arc;

use rayon::ThreadPool;

use super::cpu::{self, Load};
use super::growth::GrowingSize;
use super::options::{MAX_WORKERS, Options, Threshold, WORTH_MICROSECONDS, Workers};
use super::report::Reason;

/// Units of a small batch for each worker, so that all are busy to the end.
const UNITS_PER_WORKER: usize = 8;
/// No unit is made smaller than this for the sake of that.
const LEAST_UNIT_BYTES: usize = 4 << 10;
/// Units of the first wave for each worker.
const FIRST_UNITS: usize = 4;
/// A unit of more than this share of what may be in flight is too large to keep what is found in it.
const LARGE_SHARE: usize = 8;

/// Who scans, and how much at a time.
#[derive(Debug)]
pub(super) struct Plan<'e> {
    pub(super) workers: usize,
    pub(super) threshold: usize,
    /// Whether to ask for processor time, which takes longer than a small options.
    pub(super) is_timed: bool,
    /// Why several threads scan, or only one.
    pub(super) reason: Reason,
    /// The threads besides the caller's, if any.
    pub(super) helpers: Option<Helpers<'e>>,
    pub(super) unit_bytes: usize,
    /// Whether text may be cut at blank lines only.
    pub(super) by_paragraph: bool,
    /// What is found in a larger unit is not kept, but sent to the sink at once.
    pub(super) large_unit_bytes: usize,
}

/// A pool of threads.
#[derive(Debug)]
pub(super) enum Helpers<'e> {
    Extractors(Arc<ThreadPool>),
    Callers(&'e ThreadPool),
}

impl Deref for Helpers<'_> {
    type Target = ThreadPool;

    fn deref(&self) -> &ThreadPool {
        match self {
            Helpers::Extractors(pool) => pool,
            Helpers::Callers(pool) => pool,
        }
    }
}

impl<'e> Plan<'e> {
    /// The plan for a batch of `size(enough)` bytes, or of more if that is `enough`.
    pub(super) fn new(options: &Options<'e>, size: impl Fn(usize) -> usize) -> Self {
        let threshold = threshold(options);
        let is_large = size(threshold) >= threshold;
        let mut plan = Plan {
            workers: 1,
            threshold,
            is_timed: is_large,
            reason: Reason::OneWorker,
            helpers: None,
            unit_bytes: options.chunk_bytes.max(1),
            by_paragraph: options.extractor.reads_paragraphs(),
            large_unit_bytes: options.max_in_flight_bytes / LARGE_SHARE,
        };
        if matches!(options.workers, Workers::Exactly(0 | 1)) {
            return plan;
        }
        // How many workers there may be is not even asked: that takes longer than a small options.
        if !is_large {
            plan.reason = Reason::Small;
            return plan;
        }
        let workers = workers(options);
        if workers > 1 {
            match helpers(options, workers - 1) {
                Ok(helpers) => {
                    let pieces = workers * UNITS_PER_WORKER;
                    let size = size(threshold.max(options.chunk_bytes.saturating_mul(pieces)));
                    plan.unit_bytes = options.chunk_bytes.min((size / pieces).max(LEAST_UNIT_BYTES)).max(1);
                    (plan.workers, plan.helpers, plan.reason) = (workers, Some(helpers), Reason::Large);
                }
                Err(error) => plan.reason = Reason::NoThreads { error: error.to_string() },
            }
        }
        plan
    }

    /// The size of waves of at most `most` bytes.
    #[inline]
    pub(super) fn waves(&self, most: usize) -> GrowingSize {
        let first = if self.helpers.is_some() { self.unit_bytes * self.workers * FIRST_UNITS } else { self.unit_bytes };
        GrowingSize { bytes: first, most: if self.helpers.is_some() { most } else { most.min(first) } }
    }
}

/// From how many bytes on several threads are worth it.
pub(super) fn threshold(options: &Options<'_>) -> usize {
    match options.threshold {
        Threshold::Auto => WORTH_MICROSECONDS * options.extractor.bytes_per_microsecond(),
        Threshold::Bytes(bytes) => bytes,
    }
}

fn workers(options: &Options<'_>) -> usize {
    let wanted = match options.workers {
        Workers::Exactly(count) => count.clamp(1, MAX_WORKERS),
        Workers::Auto => {
            let available = cpu::available_processors();
            // The load does not matter to a single one, and reading it takes a while.
            if available == 1 { 1 } else { cpu::free_processors(available, Load::read()) }
        }
    };
    options.pool.map_or(wanted, |pool| {
        // The caller works too: if it is a thread of the pool, it is not to be counted twice.
        let others = pool.current_num_threads() - usize::from(pool.current_thread_index().is_some());
        wanted.min(others + 1)
    })
}

fn helpers<'e>(options: &Options<'e>, count: usize) -> Result<Helpers<'e>, rayon::ThreadPoolBuildError> {
    match options.pool {
        Some(pool) => Ok(Helpers::Callers(pool)),
        None => options.extractor.threads().at_least(count).map(Helpers::Extractors),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Extractor;

    #[test]
    fn so_many_workers_are_asked_for() {
        let extractor = Extractor::seed();
        for (asked, planned) in [(0, 1), (1, 1), (7, 7), (1_024, 1_024), (1_025, 1_024), (usize::MAX, 1_024)] {
            assert_eq!(
                workers(&Options { workers: Workers::Exactly(asked), ..Options::new(&extractor) }),
                planned,
                "{asked}"
            );
        }
    }
}
