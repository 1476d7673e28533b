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
/// the source ends where the target starts), `source_span`, `trigger_span` and `target_span` (in the document),
/// and `reading` (what bounded arguments tell, or nothing). What
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

/// A [`Reading`] whose texts stand in the buffer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) negated: bool,
    pub(super) hedged: bool,
    pub(super) pronoun: bool,
    pub(super) source_head: Option<(Range<usize>, Span)>,
    pub(super) target_head: Option<(Range<usize>, Span)>,
}

impl Kept {
    /// The texts of the heads.
    pub(super) fn heads(&self) -> impl Iterator<Item = &Range<usize>> {
        [&self.source_head, &self.target_head].into_iter().flatten().map(|(text, _)| text)
    }

    /// The same with its texts `shift` bytes further on.
    fn moved(&self, shift: usize) -> Kept {
        let moved = |head: &Option<(Range<usize>, Span)>| {
            head.as_ref().map(|(text, span)| (text.start + shift..text.end + shift, *span))
        };
        Kept { source_head: moved(&self.source_head), target_head: moved(&self.target_head), ..self.clone() }
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
            reading: record.reading.as_ref().map(|kept| kept.moved(shift)),
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
        Association {
            document: &self.text[record.document.clone()],
            document_index: record.document_index,
            line: record.line,
            pattern_id: label.id,
            pattern: &label.name,
            relation: &label.relation,
            confidence: record.confidence,
            source: (&self.text[record.source.clone()]).into(),
            target: (&self.text[record.target.clone()]).into(),
            spans: record.spans,
            context: Context::default(),
            reading: record.reading.as_ref().map(|kept| self.reading(kept)),
        }
    }

    fn reading(&self, kept: &Kept) -> Reading<'_> {
        let head =
            |head: &Option<(Range<usize>, Span)>| head.as_ref().map(|(text, span)| (&self.text[text.clone()], *span));
        Reading {
            negated: kept.negated,
            hedged: kept.hedged,
            pronoun: kept.pronoun,
            source_head: head(&kept.source_head),
            target_head: head(&kept.target_head),
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
            source: self.keep(association.source()),
            target: self.keep(association.target()),
            spans: association.spans,
            reading: association.reading.map(|reading| Kept {
                negated: reading.negated,
                hedged: reading.hedged,
                pronoun: reading.pronoun,
                source_head: reading.source_head.map(|(text, span)| (self.keep(text), span)),
                target_head: reading.target_head.map(|(text, span)| (self.keep(text), span)),
            }),
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
