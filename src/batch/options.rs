//! How a batch is to be done: data, which all its parts may read.

use rayon::ThreadPool;

use super::cancel::CancelToken;
use super::report::Progress;
use crate::extract::Extractor;

pub(super) const WORTH_MICROSECONDS: usize = 100;
pub(super) const MAX_WORKERS: usize = 1_024;
pub(super) const CHUNK_BYTES: usize = 128 << 10;
pub(super) const MAX_IN_FLIGHT_BYTES: usize = 16 << 20;

/// How many threads scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Workers {
    /// The processors that the process may use, less those that other processes keep busy when the batch begins; at
    /// least one.
    #[default]
    Auto,
    /// So many, the caller's thread included; 0 counts as 1, and more than [`Batch::MAX_WORKERS`](crate::Batch::MAX_WORKERS) as that.
    Exactly(usize),
}

/// Input size, in bytes, from which several threads are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Threshold {
    /// As measured: what one thread of the engine scans in about [`Batch::WORTH_MICROSECONDS`](crate::Batch::WORTH_MICROSECONDS).
    #[default]
    Auto,
    /// From so many bytes on; 0 for always.
    Bytes(usize),
}

/// Is told how far a batch is.
pub(super) type Callback<'e> = Box<dyn FnMut(&Progress) + 'e>;

/// What the methods of [`Batch`](crate::Batch) say.
pub(super) struct Options<'e> {
    pub(super) extractor: &'e Extractor,
    pub(super) workers: Workers,
    pub(super) threshold: Threshold,
    pub(super) chunk_bytes: usize,
    pub(super) max_in_flight_bytes: usize,
    pub(super) max_document_bytes: usize,
    pub(super) pool: Option<&'e ThreadPool>,
    pub(super) cancel: Option<CancelToken>,
    pub(super) progress: Option<Callback<'e>>,
}

impl<'e> Options<'e> {
    /// The defaults.
    pub(super) fn new(extractor: &'e Extractor) -> Self {
        Options {
            extractor,
            workers: Workers::Auto,
            threshold: Threshold::Auto,
            chunk_bytes: CHUNK_BYTES,
            max_in_flight_bytes: MAX_IN_FLIGHT_BYTES,
            max_document_bytes: usize::MAX,
            pool: None,
            cancel: None,
            progress: None,
        }
    }
}
