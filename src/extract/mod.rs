//! From text to associations: the extractor, what it finds, and the oracle that judges it.

mod association;
mod associations;
mod compiled;
mod document;
mod emission;
mod examples;
mod extractor;
mod hits;
mod memory;
mod naive;
mod raw;
mod sink;
mod verify;

use std::ops::ControlFlow;

pub use association::{Association, OwnedAssociation, Span};
pub use associations::{Associations, Iter};
pub use document::Document;
pub use examples::ExampleFailure;
pub use extractor::{Engine, Extractor, ExtractorBuilder, UnknownEngine};
pub use sink::{Sink, SinkFn, sink_fn};

/// Where an engine sends what it finds.
type Emit<'e> = &'e mut dyn FnMut(&Association<'_>) -> ControlFlow<()>;
