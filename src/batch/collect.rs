//! What a batch found, by document.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::ControlFlow;

use super::failure::DocumentError;
use super::report::Report;
use super::sink::ParallelSink;
use crate::extract::{Association, Associations, Iter, Sink};

/// What a batch found, by document: [`Batch::collect`](crate::Batch::collect) makes it.
///
/// ```
/// let extractor = relscan::Extractor::seed();
/// let documents = ["Rain leads to floods", "Nothing", "Haste causes waste"];
/// let collected = extractor.batch().max_document_bytes(20).collect(&documents);
/// let counts: Vec<usize> = collected.iter().map(|found| found.map_or(0, |found| found.len())).collect();
/// assert_eq!(counts, [1, 0, 1]);
/// ```
#[derive(Clone, Debug)]
pub struct Collected {
    documents: usize,
    associations: Associations,
    errors: BTreeMap<usize, DocumentError>,
    report: Report,
}

impl Collected {
    /// How many documents there were.
    #[must_use]
    pub fn len(&self) -> usize {
        self.documents
    }

    /// Whether there were no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents == 0
    }

    /// What was found in the document at `index`, or why it failed; `None` if there were not so many. A batch that was
    /// cancelled found nothing in the documents that it did not come to. Logarithmic.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Result<Iter<'_>, &DocumentError>> {
        (index < self.documents).then(|| match self.errors.get(&index) {
            Some(error) => Err(error),
            None => Ok(self.associations.of_documents(index, index + 1)),
        })
    }

    /// What was found in each document, or why it failed, in order.
    pub fn iter(&self) -> impl Iterator<Item = Result<Iter<'_>, &DocumentError>> {
        (0..self.documents).filter_map(|index| self.get(index))
    }

    /// All associations, in order.
    #[must_use]
    pub fn associations(&self) -> &Associations {
        &self.associations
    }

    /// All associations, in order.
    #[must_use]
    pub fn into_associations(self) -> Associations {
        self.associations
    }

    /// The documents that failed, in order.
    pub fn errors(&self) -> impl Iterator<Item = &DocumentError> {
        self.errors.values()
    }

    /// What was done, in numbers.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// The sink of [`Batch::collect`](crate::Batch::collect).
#[derive(Debug, Default)]
pub(super) struct Collector {
    associations: Associations,
    errors: BTreeMap<usize, DocumentError>,
}

impl Collector {
    pub(super) fn finish(self, documents: usize, report: Report) -> Collected {
        Collected { documents, associations: self.associations, errors: self.errors, report }
    }
}

impl Sink for Collector {
    type Error = Infallible;

    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, Infallible> {
        self.associations.association(association)
    }
}

impl ParallelSink for Collector {
    type Part = Associations;

    fn part(&mut self) -> Associations {
        Associations::new()
    }

    fn merge(&mut self, part: Associations) -> Result<ControlFlow<()>, Infallible> {
        self.associations.merge(part)
    }

    fn failed(&mut self, error: &DocumentError) -> Result<ControlFlow<()>, Infallible> {
        self.errors.insert(error.index, error.clone());
        Ok(ControlFlow::Continue(()))
    }
}
