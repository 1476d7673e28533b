//! Arrow data from Python and to Python, in the capsules of the Arrow `PyCapsule` interface. The only home of `unsafe`.
#![expect(unsafe_code, reason = "the interface is one of C")]

use std::ffi::CStr;

use arrow_array::array::make_array;
use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::{ArrayIterator, ArrayReader, RecordBatchReader};
use arrow_schema::Field;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";
const STREAM: &CStr = c"arrow_array_stream";

/// The arrays that `data` holds or gives one after another.
pub(super) fn import(data: &Bound<'_, PyAny>) -> PyResult<Box<dyn ArrayReader + Send>> {
    let wrong =
        |error: arrow_schema::ArrowError| PyValueError::new_err(format!("the Arrow data cannot be read: {error}"));
    if data.hasattr("__arrow_c_stream__")? {
        let capsule = data.call_method0("__arrow_c_stream__")?.cast_into::<PyCapsule>().map_err(PyErr::from)?;
        let pointer = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
        // SAFETY: a capsule of this name holds such a stream, and lives until the end of the block. What it holds is moved
        // out and marked as released.
        let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr()) };
        return Ok(Box::new(ArrayStreamReader::try_new(stream).map_err(wrong)?));
    }
    if data.hasattr("__arrow_c_array__")? {
        let pair = data.call_method0("__arrow_c_array__")?.cast_into::<PyTuple>().map_err(PyErr::from)?;
        let schema = pair.get_item(0)?.cast_into::<PyCapsule>().map_err(PyErr::from)?;
        let array = pair.get_item(1)?.cast_into::<PyCapsule>().map_err(PyErr::from)?;
        let schema_pointer = schema.pointer_checked(Some(SCHEMA))?.cast::<FFI_ArrowSchema>();
        let array_pointer = array.pointer_checked(Some(ARRAY))?.cast::<FFI_ArrowArray>();
        // SAFETY: capsules of these names hold these, and live until the end of the block; the array is moved out and
        // marked as released; the schema is only read; the producer says that the two belong together.
        let (field, array) = unsafe {
            let schema = schema_pointer.as_ref();
            let array = FFI_ArrowArray::from_raw(array_pointer.as_ptr());
            (Field::try_from(schema).map_err(wrong)?, from_ffi(array, schema).map_err(wrong)?)
        };
        return Ok(Box::new(ArrayIterator::new([Ok(make_array(array))], field.into())));
    }
    let kind = data.get_type().name()?;
    Err(PyTypeError::new_err(format!(
        "data must be Arrow data (with __arrow_c_stream__ or __arrow_c_array__, as of pyarrow, Polars, pandas or DuckDB), \
         not {kind}; for a list of str use extract_many"
    )))
}

/// A capsule that gives the batches of `reader`.
pub(super) fn stream(py: Python<'_>, reader: Box<dyn RecordBatchReader + Send>) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(reader), STREAM)
}

/// A capsule that holds a schema.
pub(super) fn schema<'py>(py: Python<'py>, schema: &arrow_schema::Schema) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = FFI_ArrowSchema::try_from(schema).map_err(|error| PyValueError::new_err(error.to_string()))?;
    PyCapsule::new_with_value(py, schema, SCHEMA)
}
