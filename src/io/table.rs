//! Tables of Parquet and Arrow IPC: only the columns that are read are decoded.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{BufReader, Cursor, Read, Seek};

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch, types};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, DataType, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::reader::ChunkReader;

use super::ahead::Ahead;
use super::columns::{Columns, find};
use super::error::ReadErrorKind;
use super::jsonl::{BETWEEN_TEXTS, Fields};
use super::opening::read_whole;
use super::row::{Fault, Row, RowId, Rows, guarded};
use crate::extract::SpansOf;

/// Rows decoded at a time.
const BATCH_ROWS: usize = 1_024;
/// A table that does not lie on the disk as it is, is read into memory.
const MAX_BYTES: usize = 192 << 20;

fn broken(format: &'static str, error: impl Display) -> ReadErrorKind {
    ReadErrorKind::Broken { format, reason: error.to_string() }
}

/// All of what is no file on the disk.
fn whole(mut input: Ahead) -> Result<Vec<u8>, ReadErrorKind> {
    let (bytes, failure) = read_whole(&mut input, MAX_BYTES, "the table");
    failure.map_or(Ok(bytes), Err)
}

/// The rows of a table of Parquet.
pub(super) fn parquet(mut input: Ahead, fields: &Fields) -> Result<Rows, ReadErrorKind> {
    match input.take_file() {
        Some(file) => parquet_of(file, fields),
        None => parquet_of(bytes::Bytes::from(whole(input)?), fields),
    }
}

fn parquet_of(input: impl ChunkReader + 'static, fields: &Fields) -> Result<Rows, ReadErrorKind> {
    guarded("Parquet", || {
        let builder = ParquetRecordBatchReaderBuilder::try_new(input).map_err(|error| broken("Parquet", error))?;
        let (columns, order) = projection(builder.schema(), fields)?;
        let mask = ProjectionMask::roots(builder.parquet_schema(), order);
        let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build();
        let batches = reader.map_err(|error| broken("Parquet", error))?;
        Ok(Batches::rows("Parquet", batches, columns))
    })
}

/// The rows of a table of Arrow IPC, a file or a stream.
pub(super) fn arrow(mut input: Ahead, fields: &Fields) -> Result<Rows, ReadErrorKind> {
    let start = input.look(8, false)?;
    if !start.starts_with(b"ARROW1") {
        return guarded("Arrow", || arrow_stream(input, fields));
    }
    if let Some(file) = input.take_file() {
        return guarded("Arrow", || arrow_file(BufReader::new(file), fields));
    }
    let bytes = whole(input)?;
    guarded("Arrow", || arrow_file(Cursor::new(bytes), fields))
}

fn arrow_file(input: impl Read + Seek + Send + 'static, fields: &Fields) -> Result<Rows, ReadErrorKind> {
    let failed = |error: ArrowError| broken("Arrow", error);
    let reader = FileReader::try_new(input, None).map_err(failed)?;
    let (columns, _) = projection(&reader.schema(), fields)?;
    Ok(Batches::rows("Arrow", reader, columns))
}

fn arrow_stream(input: Ahead, fields: &Fields) -> Result<Rows, ReadErrorKind> {
    let failed = |error: ArrowError| broken("Arrow", error);
    let reader = StreamReader::try_new(BufReader::new(input), None).map_err(failed)?;
    let (columns, _) = projection(&reader.schema(), fields)?;
    Ok(Batches::rows("Arrow", reader, columns))
}

/// Which columns of a table are read: by their names, and their places in the table.
fn projection(schema: &Schema, fields: &Fields) -> Result<(Names, Vec<usize>), ReadErrorKind> {
    let Columns { texts, id } = find(schema.fields().iter().map(|field| field.name().clone()), fields)?;
    let name = |place: &usize| schema.field(*place).name().clone();
    let id = id.filter(|place| is_id(schema.field(*place).data_type()));
    if let Some(place) = texts.iter().find(|place| !is_text(schema.field(**place).data_type())) {
        let (name, kind) = (name(place), schema.field(*place).data_type());
        return Err(broken(
            "table",
            format!("the column `{name}` holds {kind}, not text; name another with --text-column"),
        ));
    }
    let order = texts.iter().copied().chain(id).collect();
    Ok((Names { texts: texts.iter().map(name).collect(), id: id.as_ref().map(name) }, order))
}

/// The columns that are read.
struct Names {
    texts: Vec<String>,
    id: Option<String>,
}

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        DataType::List(item) | DataType::LargeList(item) => is_text(item.data_type()),
        _ => false,
    }
}

fn is_id(kind: &DataType) -> bool {
    kind.is_integer() || is_text(kind)
}

/// The rows of batches.
struct Batches<B> {
    format: &'static str,
    source: B,
    names: Names,
    batch: Option<RecordBatch>,
    /// The next row of the batch, and how many rows came before it.
    row: usize,
    before: usize,
    ended: bool,
}

impl<B: Iterator<Item = Result<RecordBatch, ArrowError>> + Send + 'static> Batches<B> {
    fn rows(format: &'static str, batches: B, names: Names) -> Rows {
        Box::new(Batches { format, source: batches, names, batch: None, row: 0, before: 0, ended: false })
    }

    fn row_of(&self, batch: &RecordBatch) -> Row {
        let mut text = String::new();
        for (number, name) in self.names.texts.iter().enumerate() {
            if number > 0 {
                text.push_str(BETWEEN_TEXTS);
            }
            if let Some(column) = batch.column_by_name(name) {
                push(column.as_ref(), self.row, &mut text);
            }
        }
        let column = self.names.id.as_ref().and_then(|name| batch.column_by_name(name));
        let id = column.and_then(|column| id(column.as_ref(), self.row));
        let id = id.map_or(RowId::Line(self.before + self.row + 1), |id| RowId::Own(id.into_owned()));
        Row { id, text, spans_of: SpansOf::Document }
    }
}

impl<B: Iterator<Item = Result<RecordBatch, ArrowError>> + Send + 'static> Iterator for Batches<B> {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            if let Some(batch) = self.batch.take_if(|batch| self.row >= batch.num_rows()) {
                self.before += batch.num_rows();
                self.row = 0;
            }
            if let Some(batch) = self.batch.take() {
                let row = guarded(self.format, || Ok(self.row_of(&batch)));
                self.row += 1;
                self.batch = Some(batch);
                return Some(row.map_err(Fault::from));
            }
            let batches = &mut self.source;
            match guarded(self.format, || batches.next().transpose().map_err(|error| broken(self.format, error))) {
                Ok(Some(batch)) => self.batch = Some(batch),
                Ok(None) => self.ended = true,
                Err(kind) => {
                    self.ended = true;
                    return Some(Err(kind.into()));
                }
            }
        }
        None
    }
}

/// The string `row` of a column, if it is one.
fn string(column: &dyn Array, row: usize) -> Option<&str> {
    if column.is_null(row) {
        return None;
    }
    if let Some(column) = column.as_string_opt::<i32>() {
        return Some(column.value(row));
    }
    if let Some(column) = column.as_string_opt::<i64>() {
        return Some(column.value(row));
    }
    if let Some(column) = column.as_string_view_opt() {
        return Some(column.value(row));
    }
    let column = column.as_any_dictionary_opt()?;
    string(column.values().as_ref(), *column.normalized_keys().get(row)?)
}

/// Appends the text `row` of a column to `text`; of a list all of them.
fn push(column: &dyn Array, row: usize, text: &mut String) {
    let list = if column.is_null(row) {
        None
    } else if let Some(column) = column.as_list_opt::<i32>() {
        Some(column.value(row))
    } else {
        column.as_list_opt::<i64>().map(|column| column.value(row))
    };
    match list {
        Some(list) => {
            for item in 0..list.len() {
                if item > 0 {
                    text.push_str(BETWEEN_TEXTS);
                }
                push(list.as_ref(), item, text);
            }
        }
        None => text.push_str(string(column, row).unwrap_or_default()),
    }
}

/// The id `row` of a column.
fn id(column: &dyn Array, row: usize) -> Option<Cow<'_, str>> {
    macro_rules! integer {
        ($($kind:ident)*) => {$(
            if let Some(column) = column.as_primitive_opt::<types::$kind>() {
                return column.is_valid(row).then(|| column.value(row).to_string().into());
            }
        )*};
    }
    integer!(Int64Type UInt64Type Int32Type UInt32Type Int16Type UInt16Type Int8Type UInt8Type);
    string(column, row).map(Cow::from)
}
