#![doc = include_str!("../README.md")]

mod argument;
mod batch;
mod error;
mod extract;
pub mod graph;
#[cfg(feature = "io")]
pub mod io;
mod pattern;
mod scan;
mod text;

pub use batch::{
    AsDocument, Batch, BatchError, CancelToken, Collected, DocumentError, Failure, Mode, Outcome, ParallelSink, Piece,
    Progress, Recording, Replay, Report, Threshold, Workers, replay,
};
pub use error::BuildError;
pub use extract::{
    Association, Associations, Document, Engine, ExampleFailure, Extractor, ExtractorBuilder, Iter, OwnedAssociation,
    Sink, SinkFn, Span, UnknownEngine, sink_fn,
};
pub use pattern::{
    ArgumentMode, Direction, Example, Field, Group, InvalidName, Lists, Location, Matcher, Pattern, PatternError,
    PatternErrorKind, PatternErrors, PatternId, PatternSet, Reach, RelationType,
};
pub use text::{clean_text, extract_words, word_overlap};

/// Doors for the fuzz targets to rooms that are not public.
#[cfg(fuzzing)]
#[doc(hidden)]
#[allow(missing_docs)]
pub mod fuzzing {
    use std::ops::Range;

    /// The lowered text, and for each of its bytes the original bytes it stands for.
    pub fn lower(text: &str) -> (String, Vec<Range<usize>>) {
        let arena = bumpalo::Bump::new();
        let lowered = crate::text::lower_in(&arena, text);
        let spans = (0..lowered.text.len()).map(|at| lowered.map.original(&(at..at + 1)));
        (lowered.text.to_owned(), spans.collect())
    }
}
