//! Many documents at once: by several threads where that pays, in order always.
//!
//! Texts are cut into units by bytes ([`wave`]). The units of a wave are scanned by several threads, each with memory of
//! its own ([`lane`]), while the caller's thread hands the results of the wave before to the sink, in order, and reads the
//! next one; then it joins in ([`driver`]). Nothing is shared but the extractor, a queue of units and two flags.
//!
//! This room knows nothing of files and formats.

mod collect;
mod delivery;
mod document;
mod driver;
mod error;
mod gather;
mod lane;
mod load;
mod plan;
mod pool;
mod reader;
mod replay;
mod report;
mod settings;
mod sink;
mod tally;
mod tap;
mod wave;

pub use collect::Collected;
pub use document::{AsDocument, Piece};
pub use error::{BatchError, DocumentError, Failure};
#[cfg_attr(not(feature = "io"), expect(unused_imports, reason = "only readers use it elsewhere"))]
pub(crate) use pool::Pool;
pub use replay::{Recording, Replay, replay};
pub use report::{Mode, Outcome, Progress, Reason, Report};
pub use settings::{Batch, CancelToken, Threshold, Workers};
pub use sink::ParallelSink;
pub use tally::Tally;
