//! Associations kept: records of fixed size over one buffer of text.

use std::convert::Infallible;
use std::ops::{ControlFlow, Range};

use super::association::{Association, Context, Spans};
use super::sink::Sink;
use crate::pattern::{PatternId, PatternSet};
use std::sync::Arc;

/// Associations in the order in which they were found, held compactly: their texts stand in one buffer.
///
/// It is a [`Sink`], so that any extraction can be collected in it.
#[derive(Clone, Debug)]
pub struct Associations {
    patterns: Arc<PatternSet>,
    records: Vec<Record>,
    text: String,
}

#[derive(Clone, Debug)]
struct Record {
    document: Range<usize>,
    document_index: usize,
    line: usize,
    pattern: PatternId,
    confidence: f64,
    source: Range<usize>,
    target: Range<usize>,
    spans: Spans,
}

impl Associations {
    pub(crate) fn new(patterns: Arc<PatternSet>) -> Self {
        Associations { patterns, records: Vec::new(), text: String::new() }
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

    /// Removes them, and keeps the memory.
    pub fn clear(&mut self) {
        self.records.clear();
        self.text.clear();
    }

    fn association(&self, record: &Record) -> Association<'_> {
        let pattern = self.patterns.get(record.pattern);
        Association {
            document: &self.text[record.document.clone()],
            document_index: record.document_index,
            line: record.line,
            pattern_id: record.pattern,
            pattern: pattern.name(),
            relation: pattern.relation(),
            confidence: record.confidence,
            source: &self.text[record.source.clone()],
            target: &self.text[record.target.clone()],
            spans: record.spans,
            context: Context::default(),
        }
    }

    fn push(&mut self, association: &Association<'_>) {
        let document = match self.records.last() {
            Some(last) if last.document_index == association.document_index => last.document.clone(),
            _ => self.keep(association.document),
        };
        let record = Record {
            document,
            document_index: association.document_index,
            line: association.line,
            pattern: association.pattern_id,
            confidence: association.confidence,
            source: self.keep(association.source),
            target: self.keep(association.target),
            spans: association.spans,
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
