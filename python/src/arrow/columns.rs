//! Associations as Arrow columns, filled by several threads.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int32Array, Int64Array, LargeStringArray, StringArray,
    UInt64Array,
};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field};
use relscan::{Association, ParallelSink, PatternSet, Sink, Span};

use super::Unit;
use crate::offsets::starts;

/// The columns besides the row and the id, in order.
pub(super) fn fields() -> Vec<Field> {
    let name = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let mut fields = vec![
        Field::new("source", DataType::LargeUtf8, false),
        Field::new("target", DataType::LargeUtf8, false),
        Field::new("relation", name.clone(), false),
        Field::new("pattern", name, false),
        Field::new("confidence", DataType::Float64, false),
    ];
    let spans = ["source_start", "source_end", "trigger_start", "trigger_end", "target_start", "target_end"];
    fields.extend(spans.map(|span| Field::new(span, DataType::Int64, false)));
    fields.extend(["negated", "hedged", "pronoun"].map(|flag| Field::new(flag, DataType::Boolean, false)));
    fields
}

/// The names of patterns and of relations, each once, and the relation of each pattern.
#[derive(Debug)]
pub(super) struct Names {
    patterns: ArrayRef,
    relations: ArrayRef,
    relation_of: Vec<i32>,
}

impl Names {
    pub(super) fn of(set: &PatternSet) -> Self {
        let mut relations: Vec<&str> = Vec::new();
        let mut relation_of = Vec::with_capacity(set.len());
        for pattern in set {
            let relation = pattern.relation().as_str();
            let place = relations.iter().position(|known| *known == relation).unwrap_or_else(|| {
                relations.push(relation);
                relations.len() - 1
            });
            relation_of.push(i32::try_from(place).unwrap_or(0));
        }
        Names {
            patterns: Arc::new(StringArray::from_iter_values(set.iter().map(relscan::Pattern::name))),
            relations: Arc::new(StringArray::from_iter_values(relations)),
            relation_of,
        }
    }
}

/// Strings one after another.
#[derive(Debug)]
struct Strings {
    bytes: Vec<u8>,
    ends: Vec<i64>,
}

impl Default for Strings {
    fn default() -> Self {
        Strings { bytes: Vec::new(), ends: vec![0] }
    }
}

impl Strings {
    /// Bytes so far.
    #[expect(clippy::cast_possible_wrap, reason = "no memory holds so many bytes")]
    fn len(&self) -> i64 {
        self.bytes.len() as i64
    }

    fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.len());
    }

    fn append(&mut self, others: &Strings) {
        let shift = self.len();
        self.bytes.extend_from_slice(&others.bytes);
        self.ends.extend(others.ends.iter().skip(1).map(|end| end + shift));
    }

    fn finish(self) -> Result<ArrayRef, ArrowError> {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.ends));
        Ok(Arc::new(LargeStringArray::try_new(offsets, Buffer::from_vec(self.bytes), None)?))
    }
}

/// Where characters were last counted.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    document: usize,
    ascii: bool,
    byte: usize,
    characters: usize,
}

/// A sink of columns for the documents `texts`.
#[derive(Debug)]
pub(super) struct Columns<'t> {
    texts: &'t [&'t str],
    unit: Unit,
    least: f64,
    cursor: Cursor,
    rows: Vec<u64>,
    sources: Strings,
    targets: Strings,
    patterns: Vec<i32>,
    confidences: Vec<f64>,
    spans: [Vec<i64>; 6],
    flags: [Vec<bool>; 3],
}

impl<'t> Columns<'t> {
    pub(super) fn new(texts: &'t [&'t str], unit: Unit, least: f64) -> Self {
        Columns {
            texts,
            unit,
            least,
            cursor: Cursor { document: usize::MAX, ascii: true, byte: 0, characters: 0 },
            rows: Vec::new(),
            sources: Strings::default(),
            targets: Strings::default(),
            patterns: Vec::new(),
            confidences: Vec::new(),
            spans: Default::default(),
            flags: Default::default(),
        }
    }

    /// How many characters of the document stand before byte `at`.
    fn characters(&mut self, document: usize, at: usize) -> usize {
        let text = self.texts.get(document).copied().unwrap_or("").as_bytes();
        if self.cursor.document != document {
            self.cursor = Cursor { document, ascii: text.is_ascii(), byte: 0, characters: 0 };
        }
        if self.cursor.ascii {
            return at;
        }
        let Cursor { byte, characters, .. } = self.cursor;
        let characters = if at >= byte {
            characters + text.get(byte..at).map_or(0, starts)
        } else {
            characters - text.get(at..byte).map_or(0, starts)
        };
        (self.cursor.byte, self.cursor.characters) = (at, characters);
        characters
    }

    /// The rows that associations were found in, and the columns of [`fields`].
    pub(super) fn finish(self, names: &Names) -> Result<(UInt64Array, Vec<ArrayRef>), ArrowError> {
        let relation = |pattern: &i32| usize::try_from(*pattern).ok().and_then(|at| names.relation_of.get(at).copied());
        let relations: Int32Array =
            self.patterns.iter().map(|pattern| relation(pattern).unwrap_or(0)).collect::<Vec<_>>().into();
        let patterns = Int32Array::from(self.patterns);
        let dictionary = |keys, values: &ArrayRef| -> Result<ArrayRef, ArrowError> {
            Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(keys, Arc::clone(values))?))
        };
        let mut columns = vec![
            self.sources.finish()?,
            self.targets.finish()?,
            dictionary(relations, &names.relations)?,
            dictionary(patterns, &names.patterns)?,
            Arc::new(Float64Array::from(self.confidences)) as ArrayRef,
        ];
        columns.extend(self.spans.into_iter().map(|span| Arc::new(Int64Array::from(span)) as ArrayRef));
        columns.extend(self.flags.into_iter().map(|flag| Arc::new(BooleanArray::from(flag)) as ArrayRef));
        Ok((UInt64Array::from(self.rows), columns))
    }
}

impl Sink for Columns<'_> {
    type Error = Infallible;

    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, Infallible> {
        if association.confidence() < self.least {
            return Ok(ControlFlow::Continue(()));
        }
        let document = association.document_index();
        self.rows.push(document as u64);
        self.sources.push(association.source());
        self.targets.push(association.target());
        self.patterns.push(i32::try_from(association.pattern_id().index()).unwrap_or(0));
        self.confidences.push(association.confidence());
        let spans = [association.source_span(), association.trigger_span(), association.target_span()];
        for (column, at) in spans.into_iter().flat_map(|Span { start, end }| [start, end]).enumerate() {
            let at = if self.unit == Unit::Bytes { at } else { self.characters(document, at) };
            self.spans[column].push(i64::try_from(at).unwrap_or(i64::MAX));
        }
        let flags = [association.negated(), association.hedged(), association.pronoun()];
        for (column, flag) in self.flags.iter_mut().zip(flags) {
            column.push(flag);
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl ParallelSink for Columns<'_> {
    type Part = Self;

    fn part(&mut self) -> Self {
        Columns::new(self.texts, self.unit, self.least)
    }

    fn merge(&mut self, mut part: Self) -> Result<ControlFlow<()>, Infallible> {
        self.rows.append(&mut part.rows);
        self.sources.append(&part.sources);
        self.targets.append(&part.targets);
        self.patterns.append(&mut part.patterns);
        self.confidences.append(&mut part.confidences);
        for (ours, theirs) in self.spans.iter_mut().zip(&mut part.spans) {
            ours.append(theirs);
        }
        for (ours, theirs) in self.flags.iter_mut().zip(&mut part.flags) {
            ours.append(theirs);
        }
        Ok(ControlFlow::Continue(()))
    }
}
