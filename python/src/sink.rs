//! Where a batch for Python goes.

use std::convert::Infallible;
use std::ops::ControlFlow;

use relscan::{Association, Associations, DocumentError, ParallelSink, Sink};

/// Associations of at least a confidence, and the documents that failed.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) found: Associations,
    pub(crate) failed: Vec<DocumentError>,
    least: f64,
}

impl Kept {
    pub(crate) fn at_least(least: f64) -> Self {
        Kept { least, ..Kept::default() }
    }
}

impl Sink for Kept {
    type Error = Infallible;

    #[inline]
    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, Infallible> {
        if association.confidence() < self.least {
            return Ok(ControlFlow::Continue(()));
        }
        self.found.association(association)
    }
}

impl ParallelSink for Kept {
    type Part = Kept;

    fn part(&mut self) -> Kept {
        Kept::at_least(self.least)
    }

    fn merge(&mut self, part: Kept) -> Result<ControlFlow<()>, Infallible> {
        self.found.append(&part.found);
        Ok(ControlFlow::Continue(()))
    }

    fn failed(&mut self, error: &DocumentError) -> Result<ControlFlow<()>, Infallible> {
        self.failed.push(error.clone());
        Ok(ControlFlow::Continue(()))
    }
}
