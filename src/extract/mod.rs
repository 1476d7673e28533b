//! From text to associations: the extractor, what it finds, and the oracle that judges it.

mod association;
mod associations;
mod columns;
mod compiled;
mod decide;
mod document;
mod emission;
mod examples;
mod extractor;
mod hits;
mod labels;
pub(crate) mod layout;
mod memory;
mod naive;
mod page;
mod phrase;
mod raw;
mod ruled;
mod sink;
mod threads;
mod verify;

use std::ops::ControlFlow;

pub(crate) use crate::argument::Stop;

pub use association::{Association, OwnedAssociation, Span, SpanOf};
pub use associations::{Associations, Iter};
pub use document::Document;
pub use examples::ExampleFailure;
pub(crate) use extractor::LentWorkspace;
pub use extractor::{Engine, Extractor, ExtractorBuilder, UnknownEngine};
pub(crate) use labels::Labels;
#[cfg_attr(not(feature = "io"), expect(unused_imports, reason = "only readers make such texts"))]
pub(crate) use layout::{Entries, Layout, SpansOf};
pub(crate) use memory::{Counts, Gathered, Memory, Workspace};
pub(crate) use page::Page;
pub use sink::{Sink, SinkFn, sink_fn};

/// Takes what an engine finds. The fast path knows which one it has, so that what the receiver does not read is never
/// written.
pub(crate) trait Emit {
    /// Takes the next association, and says whether to go on.
    fn emit(&mut self, association: &Association<'_>) -> ControlFlow<()>;
}
