//! Sinks that several threads can fill without a lock.

use std::any::Any;
use std::convert::Infallible;
use std::ops::ControlFlow;

use super::failure::DocumentError;
use crate::extract::{Associations, OwnedAssociation, Sink};

/// A sink that can be filled by parts.
///
/// A chunk of text has a part of its own, which one thread fills; the caller's thread merges the parts in the order of
/// the text. What is known to be too long to be held twice, and everything in a batch that runs on the caller's thread
/// only, goes to the sink itself. So a sequence of associations must come to the same, whether it is sent to the sink or
/// to parts that are then merged.
///
/// A part may be dropped without being merged. One that was merged may be handed out again when it has been emptied, as
/// below: then a stream that has run for a while needs no new memory.
///
/// ```
/// use std::convert::Infallible;
/// use std::ops::ControlFlow;
/// use relscan::{Association, Extractor, ParallelSink, Sink};
///
/// /// Writes lines of text.
/// #[derive(Default)]
/// struct Lines {
///     text: String,
///     spare: Vec<Lines>,
/// }
///
/// impl Sink for Lines {
///     type Error = Infallible;
///
///     fn association(&mut self, a: &Association<'_>) -> Result<ControlFlow<()>, Infallible> {
///         self.text += &format!("{} > {}\n", a.source(), a.target());
///         Ok(ControlFlow::Continue(()))
///     }
/// }
///
/// impl ParallelSink for Lines {
///     type Part = Lines;
///
///     fn part(&mut self) -> Lines {
///         self.spare.pop().unwrap_or_default()
///     }
///
///     fn merge(&mut self, mut part: Lines) -> Result<ControlFlow<()>, Infallible> {
///         self.text += &part.text;
///         part.text.clear();
///         self.spare.push(part);
///         Ok(ControlFlow::Continue(()))
///     }
/// }
///
/// let mut lines = Lines::default();
/// Extractor::seed().batch().run(&["Rain leads to floods", "Salt prevents ice"], &mut lines)?;
/// assert_eq!(lines.text, "rain > floods\n");
/// # Ok::<(), relscan::BatchError<Infallible>>(())
/// ```
pub trait ParallelSink: Sink<Error: Send> {
    /// What one thread fills.
    type Part: Sink<Error = Self::Error> + Send;

    /// An empty part.
    fn part(&mut self) -> Self::Part;

    /// Is told that the next parts are for a new stretch of the text: those of the stretch before it may be merged while
    /// they are filled, and all others have been merged. For sinks that use memory again; does nothing unless written
    /// otherwise.
    fn next_stretch(&mut self) {}

    /// Takes a part that is full, and says whether to go on. Parts come in the order of the text.
    ///
    /// # Errors
    ///
    /// Whatever the sink cannot cope with; the batch stops and returns it.
    fn merge(&mut self, part: Self::Part) -> Result<ControlFlow<()>, Self::Error>;

    /// Is told, in the order of the text, that a document failed, and says whether to go on. Does nothing unless
    /// written otherwise: the report tells of failures too.
    ///
    /// # Errors
    ///
    /// Whatever the sink cannot cope with; the batch stops and returns it.
    fn failed(&mut self, error: &DocumentError) -> Result<ControlFlow<()>, Self::Error> {
        let _ = error;
        Ok(ControlFlow::Continue(()))
    }

    /// The documents that failed while the last part was merged. For sinks that call others; nothing unless written
    /// otherwise.
    fn failed_in_merge(&mut self) -> Vec<DocumentError> {
        Vec::new()
    }
}

impl<S: ParallelSink> ParallelSink for &mut S {
    type Part = S::Part;

    fn part(&mut self) -> S::Part {
        (**self).part()
    }

    fn next_stretch(&mut self) {
        (**self).next_stretch();
    }

    fn merge(&mut self, part: S::Part) -> Result<ControlFlow<()>, S::Error> {
        (**self).merge(part)
    }

    fn failed(&mut self, error: &DocumentError) -> Result<ControlFlow<()>, S::Error> {
        (**self).failed(error)
    }

    fn failed_in_merge(&mut self) -> Vec<DocumentError> {
        (**self).failed_in_merge()
    }
}

impl ParallelSink for Vec<OwnedAssociation> {
    type Part = Self;

    fn part(&mut self) -> Self {
        Vec::new()
    }

    fn merge(&mut self, mut part: Self) -> Result<ControlFlow<()>, Infallible> {
        self.append(&mut part);
        Ok(ControlFlow::Continue(()))
    }
}

impl ParallelSink for Associations {
    type Part = Self;

    fn part(&mut self) -> Self {
        Associations::new()
    }

    fn merge(&mut self, part: Self) -> Result<ControlFlow<()>, Infallible> {
        self.append(&part);
        Ok(ControlFlow::Continue(()))
    }
}

/// The message of a panic, if it has one.
pub(super) fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
