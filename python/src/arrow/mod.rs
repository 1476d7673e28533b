//! Columns of text in, tables of associations out, in the memory format of Arrow: texts are read where they are.

mod capsule;
mod columns;

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type};
use arrow_array::types::{UInt8Type, UInt16Type, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayReader, ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchReader, UInt64Array};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use arrow_select::take::take;
use pyo3::exceptions::{PyKeyError, PyKeyboardInterrupt, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use relscan::{CancelToken, Outcome, Workers};

use self::columns::{Columns, Names};
use crate::extractor::Extractor;
use crate::watch::{idle, watched};

/// What offsets count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Characters, as Python does.
    Characters,
    /// Bytes of UTF-8.
    Bytes,
}

impl Unit {
    pub(crate) fn parse(name: &str) -> PyResult<Self> {
        match name {
            "characters" => Ok(Unit::Characters),
            "bytes" => Ok(Unit::Bytes),
            _ => Err(PyValueError::new_err(format!("offsets is {name:?}; use \"characters\" or \"bytes\""))),
        }
    }
}

/// What is asked of an extraction.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) text: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) workers: Workers,
    pub(crate) unit: Unit,
    pub(crate) skip: bool,
}

/// Tables of what is found in arrays that come one after another.
pub(crate) struct Extraction {
    extractor: Extractor,
    arrays: Box<dyn ArrayReader + Send>,
    /// The columns of text and of ids, if the arrays are tables.
    places: Option<(usize, Option<usize>)>,
    wanted: Wanted,
    names: Names,
    schema: SchemaRef,
    /// Rows before the next array.
    rows: u64,
}

/// Why there is no next table.
#[derive(Debug)]
enum Fault {
    Null(u64),
    Arrow(ArrowError),
    Other(PyErr),
}

impl From<ArrowError> for Fault {
    fn from(error: ArrowError) -> Self {
        Fault::Arrow(error)
    }
}

impl From<Fault> for PyErr {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Null(row) => PyValueError::new_err(format!(
                "row {row} of the text is null; drop nulls first, or pass on_error=\"skip\""
            )),
            Fault::Arrow(error) => PyValueError::new_err(format!("the Arrow data cannot be read: {error}")),
            Fault::Other(error) => error,
        }
    }
}

/// Whether a column of this type holds text.
fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

fn column(fields: &arrow_schema::Fields, name: &str) -> PyResult<usize> {
    fields.iter().position(|field| field.name() == name).ok_or_else(|| {
        let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
        PyKeyError::new_err(format!("there is no column {name:?}; there are {}", names.join(", ")))
    })
}

impl Extraction {
    pub(crate) fn new(extractor: Extractor, data: &Bound<'_, PyAny>, wanted: Wanted) -> PyResult<Self> {
        let arrays = capsule::import(data)?;
        let field = Arc::clone(arrays.field());
        let mut fields = vec![Field::new("row", DataType::UInt64, false)];
        let (places, kind) = if let DataType::Struct(columns) = field.data_type() {
            let text = match &wanted.text {
                Some(name) => column(columns, name)?,
                None if columns.len() == 1 => 0,
                None => return Err(PyTypeError::new_err("data is a table; name its column of text: text=\"…\"")),
            };
            let id = wanted.id.as_ref().map(|name| column(columns, name)).transpose()?;
            if let Some(id) = id {
                fields.push(columns[id].as_ref().clone().with_name("id"));
            }
            (Some((text, id)), columns[text].data_type().clone())
        } else {
            if wanted.id.is_some() {
                return Err(PyTypeError::new_err("data is one column and has no ids; give a table"));
            }
            (None, field.data_type().clone())
        };
        if !is_text(&kind) {
            return Err(PyTypeError::new_err(format!("the column of text is of type {kind}; cast it to strings")));
        }
        fields.extend(columns::fields());
        let names = Names::of(extractor.inner.patterns());
        Ok(Extraction { extractor, arrays, places, wanted, names, schema: Arc::new(Schema::new(fields)), rows: 0 })
    }

    /// The table of the next array.
    fn step(&mut self, token: &CancelToken) -> Result<Option<RecordBatch>, Fault> {
        let Some(array) = self.arrays.next().transpose()? else { return Ok(None) };
        let (texts, ids) = match self.places {
            None => (array, None),
            Some((text, id)) => {
                let table = array.as_struct();
                (Arc::clone(table.column(text)), id.map(|id| Arc::clone(table.column(id))))
            }
        };
        let texts = plain(texts)?;
        let first = self.rows;
        self.rows += texts.len() as u64;
        if !self.wanted.skip
            && let Some(null) = (0..texts.len()).find(|row| texts.is_null(*row)).filter(|_| texts.null_count() > 0)
        {
            return Err(Fault::Null(first + null as u64));
        }
        let strings = strings(&texts)?;
        let mut columns = Columns::new(&strings, self.wanted.unit, self.extractor.min_confidence);
        let mut batch = self.extractor.inner.batch().workers(self.wanted.workers).cancel(token);
        let report = match batch.run(&strings, &mut columns) {
            Ok(report) => report,
            Err(error) => match error.error {},
        };
        if report.outcome == Outcome::Cancelled {
            return Ok(None);
        }
        if let Some(error) = report.errors.first() {
            return Err(Fault::Other(PyRuntimeError::new_err(error.to_string())));
        }
        let (found, columns) = columns.finish(&self.names)?;
        let ids = ids.map(|ids| take(&ids, &found, None)).transpose()?;
        let rows = UInt64Array::from_iter_values(found.values().iter().map(|row| row + first));
        let columns = std::iter::once(Arc::new(rows) as ArrayRef).chain(ids).chain(columns).collect();
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.schema), columns)?))
    }
}

/// Dictionaries of text as text.
fn plain(array: ArrayRef) -> Result<ArrayRef, ArrowError> {
    fn spread<K: ArrowDictionaryKeyType>(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
        let array = array.as_dictionary::<K>();
        take(array.values(), array.keys(), None)
    }
    let DataType::Dictionary(key, _) = array.data_type() else { return Ok(array) };
    match **key {
        DataType::Int8 => spread::<Int8Type>(&array),
        DataType::Int16 => spread::<Int16Type>(&array),
        DataType::Int64 => spread::<Int64Type>(&array),
        DataType::UInt8 => spread::<UInt8Type>(&array),
        DataType::UInt16 => spread::<UInt16Type>(&array),
        DataType::UInt32 => spread::<UInt32Type>(&array),
        DataType::UInt64 => spread::<UInt64Type>(&array),
        _ => spread::<Int32Type>(&array),
    }
}

/// The texts of `array`, of which nulls are empty. That they are UTF-8 is checked: whoever made them may be wrong.
fn strings(array: &ArrayRef) -> Result<Vec<&str>, ArrowError> {
    fn cut<'a, T: Copy + TryInto<usize>>(bytes: &'a [u8], offsets: &[T]) -> Result<Vec<&'a str>, ArrowError> {
        let wrong = |row: usize| ArrowError::InvalidArgumentError(format!("row {row} of the text is not UTF-8"));
        let at = |offset: Option<&T>| offset.and_then(|offset| (*offset).try_into().ok()).unwrap_or(usize::MAX);
        let (first, last) = (at(offsets.first()), at(offsets.last()));
        let used = bytes.get(first..last).unwrap_or(&[]);
        let whole = std::str::from_utf8(used).map_err(|error| {
            let fault = first + error.valid_up_to();
            wrong(offsets.windows(2).position(|ends| at(ends.get(1)) > fault).unwrap_or(0))
        })?;
        let cut = |(row, ends): (usize, &[T])| {
            let (start, end) = (at(ends.first()).wrapping_sub(first), at(ends.get(1)).wrapping_sub(first));
            whole.get(start..end).ok_or_else(|| wrong(row))
        };
        offsets.windows(2).enumerate().map(cut).collect()
    }
    let mut texts = match array.data_type() {
        DataType::Utf8 => {
            let array = array.as_string::<i32>();
            cut(array.value_data(), array.value_offsets())?
        }
        DataType::LargeUtf8 => {
            let array = array.as_string::<i64>();
            cut(array.value_data(), array.value_offsets())?
        }
        DataType::Utf8View => {
            let array = array.as_string_view();
            array.to_data().validate_full()?;
            (0..array.len()).map(|row| if array.is_null(row) { "" } else { array.value(row) }).collect()
        }
        _ => vec![""; array.len()],
    };
    if array.null_count() > 0 {
        for (row, text) in texts.iter_mut().enumerate().filter(|(row, _)| array.is_null(*row)) {
            let _ = row;
            *text = "";
        }
    }
    Ok(texts)
}

/// For readers who pull table after table.
impl Iterator for Extraction {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let token = CancelToken::new();
        Python::attach(|py| {
            let step = watched(py, &token, idle, || self.step(&token));
            let step = step.and_then(|step| step.map_err(PyErr::from));
            let step = step.map_err(|error| {
                let message = ArrowError::ExternalError(error.to_string().into());
                // The reader makes an error of its own of it: that an interrupt is not lost, it comes once more.
                if error.is_instance_of::<PyKeyboardInterrupt>(py) {
                    let _ = py.import("_thread").and_then(|module| module.call_method0("interrupt_main"));
                }
                message
            });
            step.transpose()
        })
    }
}

impl RecordBatchReader for Extraction {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

/// All tables of `extraction`.
pub(crate) fn collect(py: Python<'_>, mut extraction: Extraction) -> PyResult<ArrowStream> {
    let token = CancelToken::new();
    let schema = Arc::clone(&extraction.schema);
    let all = || {
        let mut tables = Vec::new();
        while let Some(table) = extraction.step(&token)? {
            tables.push(table);
        }
        Ok::<_, Fault>(tables)
    };
    let tables = watched(py, &token, idle, all)??;
    Ok(ArrowStream { schema, state: Mutex::new(State::Tables(tables)) })
}

enum State {
    Tables(Vec<RecordBatch>),
    Reader(Option<Box<Extraction>>),
}

/// A table of associations, for whoever reads Arrow: `pyarrow.table(it)`, `polars.DataFrame(it)`,
/// `pandas.DataFrame.from_arrow(it)`, `duckdb.sql("select * from it")` after `it = pyarrow.table(it)`.
#[pyclass(frozen, module = "relscan._relscan")]
pub(crate) struct ArrowStream {
    schema: SchemaRef,
    state: Mutex<State>,
}

impl ArrowStream {
    pub(crate) fn of_reader(extraction: Extraction) -> Self {
        let schema = Arc::clone(&extraction.schema);
        ArrowStream { schema, state: Mutex::new(State::Reader(Some(Box::new(extraction)))) }
    }
}

#[pymethods]
impl ArrowStream {
    /// The names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    fn __len__(&self) -> PyResult<usize> {
        match &*self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Tables(tables) => Ok(tables.iter().map(RecordBatch::num_rows).sum()),
            State::Reader(_) => Err(PyTypeError::new_err("the length of a stream is not known before it is read")),
        }
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A producer that cannot cast gives what it has.
        let _ = requested_schema;
        let reader: Box<dyn RecordBatchReader + Send> =
            match &mut *self.state.lock().unwrap_or_else(PoisonError::into_inner) {
                State::Tables(tables) => {
                    let tables = tables.clone().into_iter().map(Ok);
                    Box::new(RecordBatchIterator::new(tables, Arc::clone(&self.schema)))
                }
                State::Reader(reader) => match reader.take() {
                    Some(reader) => reader,
                    None => return Err(PyValueError::new_err("the stream has been read; make another one")),
                },
            };
        capsule::stream(py, reader)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        capsule::schema(py, &self.schema)
    }

    fn __repr__(&self) -> String {
        match self.__len__() {
            Ok(rows) => format!("<relscan table: {rows} rows of {}>", self.column_names().join(", ")),
            Err(_) => format!("<relscan stream of {}>", self.column_names().join(", ")),
        }
    }
}
