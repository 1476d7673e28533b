#![doc = include_str!("../README.md")]

mod error;
mod extract;
#[cfg(feature = "io")]
pub mod io;
mod pattern;
mod scan;
mod text;

pub use error::BuildError;
pub use extract::{
    Association, Associations, Document, Engine, ExampleFailure, Extractor, ExtractorBuilder, Iter, OwnedAssociation,
    Sink, SinkFn, Span, UnknownEngine, sink_fn,
};
pub use pattern::{
    ArgumentMode, Direction, Example, Field, Group, InvalidName, Location, Matcher, Pattern, PatternError,
    PatternErrorKind, PatternErrors, PatternId, PatternSet, RelationType,
};
