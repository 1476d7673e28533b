//! From text to associations: the extractor, what it finds, and the oracle that judges it.

mod association;
mod associations;
mod columns;
mod compiled;
mod document;
mod examples;
mod extractor;
mod labels;
mod layout;
mod naive;
mod sink;
mod threads;

use std::ops::ControlFlow;

pub(crate) use association::Spans;
pub use association::{Association, OwnedAssociation, Span};
pub use associations::{Associations, Iter};
pub(crate) use compiled::Memory;
pub use document::Document;
pub use examples::ExampleFailure;
pub use extractor::{Engine, Extractor, ExtractorBuilder, UnknownEngine};
#[cfg(feature = "io")]
pub(crate) use layout::Entries;
pub(crate) use layout::Layout;
pub use sink::{Sink, SinkFn, sink_fn};

/// Where an engine sends what it finds.
type Emit<'e> = &'e mut dyn FnMut(&Association<'_>) -> ControlFlow<()>;
