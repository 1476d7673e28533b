//! Records as a table of Parquet.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, FixedSizeListBuilder, Float32Builder, StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use crate::{Association, ParallelSink, Sink, Span, SpanOf};

/// Rows of a row group: about as many as other programs write.
const GROUP_ROWS: usize = 1 << 18;
/// Rows that are gathered before they are encoded.
const BATCH_ROWS: usize = 1 << 14;

/// The version of the schema; it changes whenever a column does.
const SCHEMA_VERSION: &str = "1";

/// The columns, in order.
fn schema() -> SchemaRef {
    let text = |name| Field::new(name, DataType::Utf8, false);
    let item = || Arc::new(Field::new("item", DataType::UInt64, false));
    let span = |name| Field::new(name, DataType::FixedSizeList(item(), 2), false);
    let flag = |name| Field::new(name, DataType::Boolean, false);
    Arc::new(Schema::new(vec![
        text("id"),
        Field::new("line", DataType::UInt64, false),
        text("pattern"),
        text("relation"),
        text("source"),
        text("target"),
        Field::new("confidence", DataType::Float32, false),
        span("source_span"),
        span("trigger_span"),
        span("target_span"),
        Field::new("source_head", DataType::Utf8, true),
        Field::new("target_head", DataType::Utf8, true),
        flag("negated"),
        flag("hedged"),
        flag("pronoun"),
        text("span_of"),
    ]))
}

/// Writes records as a table of Parquet: the columns of a JSONL record, the line, and `span_of` as `document` or `text`.
/// Spans are lists of two numbers, `begin` and `end`. [`finish`](Self::finish) writes what makes the file one.
///
/// ```
/// use relscan::io::TableWriter;
///
/// let mut table = TableWriter::new(Vec::new(), &[("pack", "seed")])?;
/// relscan::Extractor::seed().batch().run(&["Rain leads to floods"], &mut table)?;
/// assert!(table.finish()?.starts_with(b"PAR1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TableWriter<W: Write + Send> {
    writer: ArrowWriter<W>,
    schema: SchemaRef,
    rows: TablePart,
    spare: Vec<TablePart>,
}

impl<W: Write + Send> TableWriter<W> {
    /// Begins a table in `out`. The file says of itself what `about` says, as `relscan.NAME`, and which version wrote it.
    ///
    /// # Errors
    ///
    /// What `out` returns.
    pub fn new(out: W, about: &[(&str, &str)]) -> io::Result<Self> {
        let version = [("version", env!("CARGO_PKG_VERSION")), ("schema", SCHEMA_VERSION)];
        let about = version.iter().chain(about);
        let about = about.map(|(name, value)| KeyValue::new(format!("relscan.{name}"), (*value).to_owned()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_created_by(format!("relscan {}", env!("CARGO_PKG_VERSION")))
            .set_key_value_metadata(Some(about.collect()))
            .build();
        let schema = schema();
        let writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties)).map_err(io_error)?;
        Ok(TableWriter { writer, schema, rows: TablePart::default(), spare: Vec::new() })
    }

    /// Ends the table; what it was written to.
    ///
    /// # Errors
    ///
    /// What that returns.
    pub fn finish(mut self) -> io::Result<W> {
        let mut rows = std::mem::take(&mut self.rows);
        self.write(&mut rows)?;
        self.writer.into_inner().map_err(io_error)
    }

    fn write(&mut self, rows: &mut TablePart) -> io::Result<()> {
        if rows.count == 0 {
            return Ok(());
        }
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), rows.columns()).map_err(io::Error::other)?;
        self.writer.write(&batch).map_err(io_error)
    }
}

impl<W: Write + Send> std::fmt::Debug for TableWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableWriter").field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl<W: Write + Send> Sink for TableWriter<W> {
    type Error = io::Error;

    fn association(&mut self, association: &Association<'_>) -> io::Result<ControlFlow<()>> {
        self.rows.push(association);
        if self.rows.count >= BATCH_ROWS {
            let mut rows = std::mem::take(&mut self.rows);
            self.write(&mut rows)?;
            self.rows = rows;
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl<W: Write + Send> ParallelSink for TableWriter<W> {
    type Part = TablePart;

    fn part(&mut self) -> TablePart {
        self.spare.pop().unwrap_or_default()
    }

    fn merge(&mut self, mut part: TablePart) -> io::Result<ControlFlow<()>> {
        // What came before it was sent one by one.
        let mut rows = std::mem::take(&mut self.rows);
        self.write(&mut rows)?;
        self.rows = rows;
        self.write(&mut part)?;
        self.spare.push(part);
        Ok(ControlFlow::Continue(()))
    }
}

/// Rows of a table that a thread gathers.
#[derive(Debug)]
pub struct TablePart {
    count: usize,
    id: StringBuilder,
    line: UInt64Builder,
    pattern: StringBuilder,
    relation: StringBuilder,
    source: StringBuilder,
    target: StringBuilder,
    confidence: Float32Builder,
    spans: [FixedSizeListBuilder<UInt64Builder>; 3],
    heads: [StringBuilder; 2],
    flags: [BooleanBuilder; 3],
    span_of: StringBuilder,
}

impl Default for TablePart {
    fn default() -> Self {
        let item = || Field::new("item", DataType::UInt64, false);
        let spans = || FixedSizeListBuilder::new(UInt64Builder::new(), 2).with_field(item());
        TablePart {
            count: 0,
            id: StringBuilder::new(),
            line: UInt64Builder::new(),
            pattern: StringBuilder::new(),
            relation: StringBuilder::new(),
            source: StringBuilder::new(),
            target: StringBuilder::new(),
            confidence: Float32Builder::new(),
            spans: [spans(), spans(), spans()],
            heads: [StringBuilder::new(), StringBuilder::new()],
            flags: [BooleanBuilder::new(), BooleanBuilder::new(), BooleanBuilder::new()],
            span_of: StringBuilder::new(),
        }
    }
}

impl TablePart {
    fn push(&mut self, association: &Association<'_>) {
        self.count += 1;
        self.id.append_value(association.document());
        self.line.append_value(association.line() as u64);
        self.pattern.append_value(association.pattern());
        self.relation.append_value(association.relation().as_str());
        self.source.append_value(association.source());
        self.target.append_value(association.target());
        #[expect(clippy::cast_possible_truncation, reason = "a confidence has a few digits")]
        self.confidence.append_value(association.confidence() as f32);
        let spans = [association.source_span(), association.trigger_span(), association.target_span()];
        for (column, Span { start, end }) in self.spans.iter_mut().zip(spans) {
            column.values().append_slice(&[start as u64, end as u64]);
            column.append(true);
        }
        for (column, head) in self.heads.iter_mut().zip([association.source_head(), association.target_head()]) {
            column.append_option(head);
        }
        let flags = [association.negated(), association.hedged(), association.pronoun()];
        for (column, flag) in self.flags.iter_mut().zip(flags) {
            column.append_value(flag);
        }
        self.span_of.append_value(match association.span_of() {
            SpanOf::Document => "document",
            SpanOf::Text => "text",
        });
    }

    /// The columns, in the order of the schema; none is left.
    fn columns(&mut self) -> Vec<ArrayRef> {
        self.count = 0;
        let [source_span, trigger_span, target_span] = &mut self.spans;
        let [source_head, target_head] = &mut self.heads;
        let [negated, hedged, pronoun] = &mut self.flags;
        vec![
            Arc::new(self.id.finish()),
            Arc::new(self.line.finish()),
            Arc::new(self.pattern.finish()),
            Arc::new(self.relation.finish()),
            Arc::new(self.source.finish()),
            Arc::new(self.target.finish()),
            Arc::new(self.confidence.finish()),
            Arc::new(source_span.finish()),
            Arc::new(trigger_span.finish()),
            Arc::new(target_span.finish()),
            Arc::new(source_head.finish()),
            Arc::new(target_head.finish()),
            Arc::new(negated.finish()),
            Arc::new(hedged.finish()),
            Arc::new(pronoun.finish()),
            Arc::new(self.span_of.finish()),
        ]
    }
}

impl Sink for TablePart {
    type Error = io::Error;

    fn association(&mut self, association: &Association<'_>) -> io::Result<ControlFlow<()>> {
        self.push(association);
        Ok(ControlFlow::Continue(()))
    }
}

fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(inner) => io::Error::other(inner),
        },
        error => io::Error::other(error),
    }
}
