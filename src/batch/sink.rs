//! Sinks that several threads can fill without a lock.

use std::any::Any;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::{DocumentError, Failure};
use crate::extract::{Association, Associations, OwnedAssociation, Sink};

/// A sink that can be filled by parts.
///
/// A chunk of text has a part of its own, which one thread fills; the caller's thread merges the parts in the order of
/// the text. What is known to be too long to be held twice, and everything in a batch that runs on the caller's thread
/// only, goes to the sink itself. So a sequence of associations must come to the same, whether it is sent to the sink or
/// to parts that are then merged.
///
/// A part may be dropped without being merged.
///
/// ```
/// use std::convert::Infallible;
/// use std::ops::ControlFlow;
/// use relscan::{Association, Extractor, ParallelSink, Sink};
///
/// /// Writes lines of text.
/// #[derive(Default)]
/// struct Lines(String);
///
/// impl Sink for Lines {
///     type Error = Infallible;
///
///     fn association(&mut self, a: &Association<'_>) -> Result<ControlFlow<()>, Infallible> {
///         self.0 += &format!("{} > {}\n", a.source(), a.target());
///         Ok(ControlFlow::Continue(()))
///     }
/// }
///
/// impl ParallelSink for Lines {
///     type Part = Lines;
///
///     fn part(&self) -> Lines {
///         Lines::default()
///     }
///
///     fn merge(&mut self, part: Lines) -> Result<ControlFlow<()>, Infallible> {
///         self.0 += &part.0;
///         Ok(ControlFlow::Continue(()))
///     }
/// }
///
/// let mut lines = Lines::default();
/// Extractor::seed().batch().run(&["Rain leads to floods", "Salt prevents ice"], &mut lines)?;
/// assert_eq!(lines.0, "rain > floods\n");
/// # Ok::<(), relscan::BatchError<Infallible>>(())
/// ```
pub trait ParallelSink: Sink<Error: Send> {
    /// What one thread fills.
    type Part: Sink<Error = Self::Error> + Send;

    /// An empty part.
    fn part(&self) -> Self::Part;

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

    fn part(&self) -> S::Part {
        (**self).part()
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

    fn part(&self) -> Self {
        Vec::new()
    }

    fn merge(&mut self, mut part: Self) -> Result<ControlFlow<()>, Infallible> {
        self.append(&mut part);
        Ok(ControlFlow::Continue(()))
    }
}

impl ParallelSink for Associations {
    type Part = Self;

    fn part(&self) -> Self {
        Associations::new()
    }

    fn merge(&mut self, part: Self) -> Result<ControlFlow<()>, Infallible> {
        self.append(&part);
        Ok(ControlFlow::Continue(()))
    }
}

/// Lets any sink be used in a batch: what the threads find is kept compactly and sent to it in order, on the caller's
/// thread.
///
/// ```
/// use relscan::{Extractor, replay, sink_fn};
///
/// let mut targets = Vec::new();
/// let mut sink = replay(sink_fn(|a| targets.push(a.target().to_owned())));
/// Extractor::seed().batch().run(&["Rain leads to floods", "Haste causes waste"], &mut sink)?;
/// assert_eq!(targets, ["floods", "waste"]);
/// # Ok::<(), relscan::BatchError<std::convert::Infallible>>(())
/// ```
pub fn replay<S: Sink>(sink: S) -> Replay<S> {
    Replay { sink, failures: Vec::new(), failed: None }
}

/// The sink that [`replay`] makes.
#[derive(Clone, Debug)]
pub struct Replay<S> {
    sink: S,
    failures: Vec<DocumentError>,
    /// The index of the document at which the sink panicked last.
    failed: Option<usize>,
}

impl<S> Replay<S> {
    /// The sink within.
    pub fn into_inner(self) -> S {
        self.sink
    }
}

impl<S: Sink> Sink for Replay<S> {
    type Error = S::Error;

    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, S::Error> {
        self.sink.association(association)
    }
}

impl<S: Sink<Error: Send>> ParallelSink for Replay<S> {
    type Part = Recording<S::Error>;

    fn part(&self) -> Recording<S::Error> {
        Recording { associations: Associations::new(), error: PhantomData }
    }

    fn merge(&mut self, part: Recording<S::Error>) -> Result<ControlFlow<()>, S::Error> {
        for association in &part.associations {
            let index = association.document_index();
            if self.failed == Some(index) {
                continue;
            }
            match catch_unwind(AssertUnwindSafe(|| self.sink.association(&association))) {
                Ok(Ok(ControlFlow::Continue(()))) => {}
                Ok(end) => return end,
                Err(panic) => {
                    self.failed = Some(index);
                    let failure = Failure::Panic(message(panic.as_ref()));
                    self.failures.push(DocumentError::new(association.document(), index, failure));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn failed_in_merge(&mut self) -> Vec<DocumentError> {
        std::mem::take(&mut self.failures)
    }
}

/// What a [`Replay`] will send on: the part of it that a thread fills.
#[derive(Debug)]
pub struct Recording<E> {
    associations: Associations,
    // A part must be `Send`, the errors of the sink need not be.
    error: PhantomData<fn() -> E>,
}

impl<E> Sink for Recording<E> {
    type Error = E;

    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, E> {
        match self.associations.association(association) {
            Ok(flow) => Ok(flow),
            Err(never) => match never {},
        }
    }
}

/// The message of a panic, if it has one.
pub(super) fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
