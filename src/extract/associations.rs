//! Associations kept: records of fixed size over one buffer of text.

use std::convert::Infallible;
use std::ops::ControlFlow;

use super::association::Association;
use super::labels::Labels;
use super::page::{Page, Record};
use super::sink::Sink;

/// Associations in the order in which they were found, held compactly: their texts stand in one buffer.
///
/// It is a [`Sink`], so that any extraction can be collected in it.
///
/// It serialises to columns, compactly, to be sent from one process to another: one buffer of `text`; `patterns`, a
/// table of `[place in the set, name, relation]`; `documents`, a table of
/// `[index, start and end of the id in the text, number of associations]`; and for each association an entry in
/// `pattern` (a row of the table), `line`, `confidence`, `source_start`, `target_start` and `target_end` (in the text;
/// the source ends where the target starts), `source_span`, `trigger_span` and `target_span` (in the document),
/// and `reading` (what bounded arguments tell, or nothing). What
/// does not fit together is refused when it is deserialised.
#[derive(Clone, Debug, Default)]
pub struct Associations {
    pub(super) labels: Labels,
    pub(super) kept: Page,
}

impl Associations {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.records.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.records.is_empty()
    }

    /// The one at `index`, if there are so many.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Association<'_>> {
        self.kept.records.get(index).map(|record| self.association(record))
    }

    /// All of them, in order.
    #[must_use]
    pub fn iter(&self) -> Iter<'_> {
        Iter { all: self, records: self.kept.records.iter() }
    }

    /// Those of documents `from` up to but not including `to`, by their place in the batch. The associations must be in the
    /// order of the documents, as those of a batch are. Logarithmic.
    pub(crate) fn of_documents(&self, from: usize, to: usize) -> Iter<'_> {
        let start = self.kept.records.partition_point(|record| record.document_index < from);
        let end = start + self.kept.records[start..].partition_point(|record| record.document_index < to);
        Iter { all: self, records: self.kept.records[start..end].iter() }
    }

    /// Puts `others` behind these.
    pub fn append(&mut self, others: &Associations) {
        let labels: Vec<usize> =
            others.labels.iter().map(|label| self.labels.place(label.id, &label.name, &label.relation)).collect();
        self.kept.append(&others.kept, &labels);
    }

    /// Removes them, and keeps the memory.
    pub fn clear(&mut self) {
        self.kept.clear();
    }

    fn association(&self, record: &Record) -> Association<'_> {
        self.kept.association(&self.labels, record)
    }
}

impl Sink for Associations {
    type Error = Infallible;

    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, Infallible> {
        self.kept.push(&mut self.labels, association);
        Ok(ControlFlow::Continue(()))
    }
}

impl<'a> IntoIterator for &'a Associations {
    type Item = Association<'a>;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// The associations of an [`Associations`], in order.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    all: &'a Associations,
    records: std::slice::Iter<'a, Record>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = Association<'a>;

    fn next(&mut self) -> Option<Association<'a>> {
        self.records.next().map(|record| self.all.association(record))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.records.size_hint()
    }
}

impl ExactSizeIterator for Iter<'_> {}
