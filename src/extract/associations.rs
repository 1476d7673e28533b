//! Associations kept: records of fixed size over one buffer of text.

use std::convert::Infallible;
use std::ops::{ControlFlow, Range};

use serde::{Deserialize, Serialize};

use super::association::{Association, Context, Reading, Span, Spans};
use super::labels::Labels;
use super::sink::Sink;

/// Associations in the order in which they were found, held compactly: their texts stand in one buffer.
///
/// It is a [`Sink`], so that any extraction can be collected in it.
///
/// It serialises to columns, compactly, to be sent from one process to another: one buffer of `text`; `patterns`, a
/// table of `[place in the set, name, relation]`; `documents`, a table of
/// `[index, start and end of the id in the text, number of associations]`; and for each association an entry in
/// `pattern` (a row of the table), `line`, `confidence`, `source_start`, `target_start` and `target_end` (in the text;
/// the source ends where the target starts), `source_span`, `trigger_span` and `target_span` (in the document). What
/// does not fit together is refused when it is deserialised.
#[derive(Clone, Debug, Default)]
pub struct Associations {
    pub(super) labels: Labels,
    pub(super) records: Vec<Record>,
    pub(super) text: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    pub(super) document: Range<usize>,
    pub(super) document_index: usize,
    pub(super) line: usize,
    /// Place among the labels.
    pub(super) label: usize,
    pub(super) confidence: f64,
    pub(super) source: Range<usize>,
    pub(super) target: Range<usize>,
    pub(super) spans: Spans,
    pub(super) reading: Option<Kept>,
}

/// A [`Reading`] that borrows nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) negated: bool,
    pub(super) hedged: bool,
    pub(super) pronoun: bool,
    /// Where the head is in the text of the argument, and in the document.
    pub(super) source_head: Option<(Span, Span)>,
    pub(super) target_head: Option<(Span, Span)>,
}

impl Kept {
    fn new(association: &Association<'_>) -> Option<Self> {
        let reading = association.reading?;
        let head = |argument: &str, head: Option<(&str, Span)>| {
            let (text, span) = head?;
            let start = argument.find(text)?;
            Some((Span { start, end: start + text.len() }, span))
        };
        Some(Kept {
            negated: reading.negated,
            hedged: reading.hedged,
            pronoun: reading.pronoun,
            source_head: head(association.source, reading.source_head),
            target_head: head(association.target, reading.target_head),
        })
    }

    /// The reading of an association with these arguments.
    fn reading<'a>(&self, source: &'a str, target: &'a str) -> Reading<'a> {
        let head = |argument: &'a str, head: Option<(Span, Span)>| {
            head.and_then(|(text, span)| Some((argument.get(text.range())?, span)))
        };
        Reading {
            negated: self.negated,
            hedged: self.hedged,
            pronoun: self.pronoun,
            source_head: head(source, self.source_head),
            target_head: head(target, self.target_head),
        }
    }
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
        self.records.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The one at `index`, if there are so many.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Association<'_>> {
        self.records.get(index).map(|record| self.association(record))
    }

    /// All of them, in order.
    #[must_use]
    pub fn iter(&self) -> Iter<'_> {
        Iter { all: self, records: self.records.iter() }
    }

    /// Those of documents `from` up to but not including `to`, by their place in the batch. The associations must be in the
    /// order of the documents, as those of a batch are. Logarithmic.
    pub(crate) fn of_documents(&self, from: usize, to: usize) -> Iter<'_> {
        let start = self.records.partition_point(|record| record.document_index < from);
        let end = start + self.records[start..].partition_point(|record| record.document_index < to);
        Iter { all: self, records: self.records[start..end].iter() }
    }

    /// Puts `others` behind these.
    pub fn append(&mut self, others: &Associations) {
        let shift = self.text.len();
        self.text.push_str(&others.text);
        let labels: Vec<usize> =
            others.labels.iter().map(|label| self.labels.place(label.id, &label.name, &label.relation)).collect();
        let moved = |range: &Range<usize>| range.start + shift..range.end + shift;
        self.records.extend(others.records.iter().map(|record| Record {
            document: moved(&record.document),
            source: moved(&record.source),
            target: moved(&record.target),
            label: labels[record.label],
            ..record.clone()
        }));
    }

    /// Removes them, and keeps the memory.
    pub fn clear(&mut self) {
        self.records.clear();
        self.text.clear();
    }

    fn association(&self, record: &Record) -> Association<'_> {
        let label = self.labels.get(record.label);
        let (source, target) = (&self.text[record.source.clone()], &self.text[record.target.clone()]);
        Association {
            document: &self.text[record.document.clone()],
            document_index: record.document_index,
            line: record.line,
            pattern_id: label.id,
            pattern: &label.name,
            relation: &label.relation,
            confidence: record.confidence,
            source,
            target,
            spans: record.spans,
            context: Context::default(),
            reading: record.reading.as_ref().map(|kept| kept.reading(source, target)),
        }
    }

    fn push(&mut self, association: &Association<'_>) {
        let document = match self.records.last() {
            Some(last)
                if last.document_index == association.document_index
                    && self.text[last.document.clone()] == *association.document =>
            {
                last.document.clone()
            }
            _ => self.keep(association.document),
        };
        let record = Record {
            document,
            document_index: association.document_index,
            line: association.line,
            label: self.labels.place(association.pattern_id, association.pattern, association.relation),
            confidence: association.confidence,
            source: self.keep(association.source),
            target: self.keep(association.target),
            spans: association.spans,
            reading: Kept::new(association),
        };
        self.records.push(record);
    }

    fn keep(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }
}

impl Sink for Associations {
    type Error = Infallible;

    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, Infallible> {
        self.push(association);
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
