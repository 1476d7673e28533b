//! Many documents at once: by several threads where that pays, in order always.
//!
//! From the ground up: [`options`] and [`cancel`] say what is wanted. [`partition`] cuts texts into units by bytes.
//! A [`worker`] scans units, each into a part of the sink, with memory of its own. [`delivery`] hands the parts to the
//! sink in order and writes the report. [`pipeline`] runs them together: workers scan a wave of units while the caller's
//! thread delivers the wave before and reads the next; then it joins in. [`builder`] is the caller's way in. Nothing is
//! shared but the extractor, a queue of units and two flags.
//!
//! This room knows nothing of files and formats.

mod buffered;
mod builder;
mod cancel;
mod coalesce;
mod collect;
mod cpu;
mod delivery;
mod document;
mod error;
mod failure;
mod growth;
mod guard;
mod options;
mod partition;
mod pipeline;
mod plan;
mod pool;
mod prefetch;
mod report;
mod sink;
mod slot;
mod tally;
mod worker;

pub use buffered::{Recording, Replay, replay};
pub use builder::Batch;
pub use cancel::CancelToken;
pub use collect::Collected;
pub use document::{AsDocument, Piece};
pub use error::BatchError;
pub use failure::{DocumentError, Failure};
pub use options::{Threshold, Workers};
#[cfg_attr(not(feature = "io"), expect(unused_imports, reason = "only readers use it elsewhere"))]
pub(crate) use pool::Pool;
pub use report::{Mode, Outcome, Progress, Reason, Report};
pub use sink::ParallelSink;
pub use tally::Tally;
