//! Lets sinks that know nothing of parts be used in a batch.

use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::failure::{DocumentError, Failure};
use super::pool::Pool;
use super::sink::{ParallelSink, message};
use crate::extract::{Association, Labels, Page, Sink};

/// What a page holds, in associations and bytes of their texts: as much as some thousand bytes of text give.
const PAGE_ASSOCIATIONS: usize = 32;
const PAGE_TEXT: usize = 8 << 10;
/// The names of so many patterns may be kept from one part to the next.
const LABELS_KEPT: usize = 1_000;

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
    Replay { sink, failures: Vec::new(), failed: None, spare: Vec::new(), pages: Default::default() }
}

/// The sink that [`replay`] makes.
#[derive(Debug)]
pub struct Replay<S: Sink> {
    sink: S,
    failures: Vec<DocumentError>,
    /// The index of the document at which the sink panicked last.
    failed: Option<usize>,
    /// Parts that were merged, for those to come.
    spare: Vec<Recording<S::Error>>,
    /// Pages for the parts of this stretch, and those of the one before, which are yet to be merged. Each has its own, so
    /// that how many there are does not depend on which thread was late.
    pages: [Pool<Page>; 2],
}

impl<S: Sink> Replay<S> {
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

    fn part(&mut self) -> Recording<S::Error> {
        let spare = self.pages[0].clone();
        match self.spare.pop() {
            Some(part) => Recording { spare, ..part },
            None => Recording { labels: Labels::default(), pages: Vec::new(), spare, error: PhantomData },
        }
    }

    fn next_stretch(&mut self) {
        self.pages.reverse();
    }

    fn merge(&mut self, mut part: Recording<S::Error>) -> Result<ControlFlow<()>, S::Error> {
        for association in part.iter() {
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
        part.clear();
        self.spare.push(part);
        Ok(ControlFlow::Continue(()))
    }

    fn failed_in_merge(&mut self) -> Vec<DocumentError> {
        std::mem::take(&mut self.failures)
    }
}

/// What a [`Replay`] will send on: the part of it that a thread fills.
///
/// It is kept on pages that all parts share, one after another: some parts hold far more than others, now this one, now
/// that, but together they hold about as much in one wave as in the next.
#[derive(Debug)]
pub struct Recording<E> {
    labels: Labels,
    pages: Vec<Page>,
    /// Pages that nobody uses.
    spare: Pool<Page>,
    // A part must be `Send`, the errors of the sink need not be.
    error: PhantomData<fn() -> E>,
}

impl<E> Recording<E> {
    fn iter(&self) -> impl Iterator<Item = Association<'_>> {
        self.pages.iter().flat_map(|page| page.iter(&self.labels))
    }

    /// Removes all, and gives the pages back; not those that have grown for a long text.
    fn clear(&mut self) {
        self.pages.retain_mut(|page| {
            page.clear();
            page.text_capacity() < 2 * PAGE_TEXT
        });
        self.spare.give(self.pages.drain(..));
        if self.labels.len() > LABELS_KEPT {
            self.labels = Labels::default();
        }
    }
}

impl<E> Sink for Recording<E> {
    type Error = E;

    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, E> {
        if !self.pages.last().is_some_and(|page| page.has_room(association)) {
            let page = self.spare.take();
            self.pages.push(page.unwrap_or_else(|| Page::with_capacity(PAGE_ASSOCIATIONS, PAGE_TEXT)));
        }
        if let Some(page) = self.pages.last_mut() {
            page.push(&mut self.labels, association);
        }
        Ok(ControlFlow::Continue(()))
    }
}
