//! Associations kept without the names that they share: records of fixed size over one buffer of text.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::association::{Association, Context, Frame, Reading, Span, SpanOf, Spans};
use super::labels::Labels;
use crate::rule::Polarity;

/// Associations without their labels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(super) records: Vec<Record>,
    pub(super) text: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
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
    /// Whether the spans count the extracted text.
    pub(super) of_extract: bool,
}

/// A [`Reading`] whose texts stand in the buffer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) negated: bool,
    pub(super) hedged: bool,
    pub(super) pronoun: bool,
    pub(super) source_head: Option<(Range<usize>, Span)>,
    pub(super) target_head: Option<(Range<usize>, Span)>,
    pub(super) predicate: Option<Range<usize>>,
    pub(super) polarity: Option<Polarity>,
    pub(super) sentence: Option<Span>,
}

impl Kept {
    /// The texts of the heads, and of the predicate.
    pub(super) fn heads(&self) -> impl Iterator<Item = &Range<usize>> {
        let heads = [&self.source_head, &self.target_head].into_iter().flatten().map(|(text, _)| text);
        heads.chain(&self.predicate)
    }

    /// The same with its texts `shift` bytes further on.
    fn moved(&self, shift: usize) -> Kept {
        let moved = |head: &Option<(Range<usize>, Span)>| {
            head.as_ref().map(|(text, span)| (text.start + shift..text.end + shift, *span))
        };
        let predicate = self.predicate.as_ref().map(|text| text.start + shift..text.end + shift);
        let [source_head, target_head] = [&self.source_head, &self.target_head].map(moved);
        Kept { source_head, target_head, predicate, ..self.clone() }
    }
}

impl Page {
    /// An empty one with room for so many records, and so many bytes of their texts.
    pub(crate) fn with_capacity(records: usize, text: usize) -> Self {
        Page { records: Vec::with_capacity(records), text: String::with_capacity(text) }
    }

    /// Bytes of text for which there is memory.
    pub(crate) fn text_capacity(&self) -> usize {
        self.text.capacity()
    }

    /// Whether `association` can be added without more memory.
    pub(crate) fn has_room(&self, association: &Association<'_>) -> bool {
        let heads = [association.source_head(), association.target_head(), association.predicate()]
            .into_iter()
            .flatten()
            .map(str::len);
        let arguments = association.source().len() + association.target().len();
        let text = association.document.len() + arguments + heads.sum::<usize>();
        self.records.len() < self.records.capacity() && text <= self.text.capacity() - self.text.len()
    }

    /// Removes all, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.records.clear();
        self.text.clear();
    }

    /// Puts `others` behind these; `labels` are the places of their labels.
    pub(super) fn append(&mut self, others: &Page, labels: &[usize]) {
        let shift = self.text.len();
        self.text.push_str(&others.text);
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

    /// Adds `association`, whose label is, or comes to be, among `labels`.
    pub(crate) fn push(&mut self, labels: &mut Labels, association: &Association<'_>) {
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
            label: labels.place(association.pattern_id, association.pattern, association.relation),
            confidence: association.confidence,
            source: self.keep(association.source()),
            target: self.keep(association.target()),
            spans: association.told_spans(),
            of_extract: association.span_of() == SpanOf::Text,
            reading: association.reading.map(|reading| Kept {
                negated: reading.negated,
                hedged: reading.hedged,
                pronoun: reading.pronoun,
                source_head: reading.source_head.map(|(text, _)| self.keep(text)).zip(association.source_head_span()),
                target_head: reading.target_head.map(|(text, _)| self.keep(text)).zip(association.target_head_span()),
                predicate: reading.predicate.map(|text| self.keep(text)),
                polarity: reading.polarity,
                sentence: association.sentence_span(),
            }),
        };
        self.records.push(record);
    }

    fn keep(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    /// All of them, in order.
    pub(crate) fn iter<'a>(&'a self, labels: &'a Labels) -> impl Iterator<Item = Association<'a>> {
        self.records.iter().map(|record| self.association(labels, record))
    }

    /// What `record`, one of these, is the record of.
    pub(super) fn association<'a>(&'a self, labels: &'a Labels, record: &Record) -> Association<'a> {
        let label = labels.get(record.label);
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
            frame: if record.of_extract { Frame::Extract } else { Frame::Document },
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
            predicate: kept.predicate.as_ref().map(|text| &self.text[text.clone()]),
            polarity: kept.polarity,
            sentence: kept.sentence,
        }
    }
}
