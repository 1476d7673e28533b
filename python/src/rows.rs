//! What Python gives to extract from.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyIterator, PyString};

/// What becomes of a row that cannot be extracted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnError {
    /// The call raises.
    Raise,
    /// It is left out.
    Skip,
    /// Its result carries the exception.
    Record,
}

impl OnError {
    pub(crate) fn parse(name: &str) -> PyResult<Self> {
        match name {
            "raise" => Ok(OnError::Raise),
            "skip" => Ok(OnError::Skip),
            "record" => Ok(OnError::Record),
            _ => Err(PyValueError::new_err(format!("on_error is {name:?}; use \"raise\", \"skip\" or \"record\""))),
        }
    }
}

/// `object` as a string whose UTF-8 can be read; `place` says which one it is in a message.
pub(crate) fn string<'a, 'py>(
    object: &'a Bound<'py, PyAny>,
    place: &str,
) -> PyResult<(&'a Bound<'py, PyString>, &'a str)> {
    let Ok(string) = object.cast::<PyString>() else {
        let kind = object.get_type().name().map_or_else(|_| "?".to_owned(), |name| name.to_string());
        let hint = match kind.as_str() {
            "bytes" | "bytearray" => "; decode it first: .decode(\"utf-8\", \"replace\")",
            "NoneType" | "float" => "; drop missing values first, or pass on_error=\"skip\" where it can be given",
            "list" | "tuple" => "; for several texts use extract_many",
            _ => "",
        };
        return Err(PyTypeError::new_err(format!("{place} must be a str, not {kind}{hint}")));
    };
    match string.to_str() {
        Ok(text) => Ok((string, text)),
        Err(error) if error.is_instance_of::<pyo3::exceptions::PyUnicodeError>(object.py()) => {
            Err(PyValueError::new_err(format!(
                "{place} has a lone surrogate, which is not text; clean it first: \
                 text.encode(\"utf-8\", \"replace\").decode()"
            )))
        }
        Err(error) => Err(error),
    }
}

/// Number of workers; `None` for as many as pay.
pub(crate) fn workers(given: Option<&Bound<'_, PyAny>>) -> PyResult<relscan::Workers> {
    let Some(given) = given else { return Ok(relscan::Workers::Auto) };
    if !given.is_instance_of::<PyInt>() {
        return Err(PyTypeError::new_err("workers must be an int from 1 on, or None for as many as pay"));
    }
    match given.extract::<usize>() {
        Ok(count) if count > 0 => Ok(relscan::Workers::Exactly(count)),
        Err(_) if given.gt(0)? => Ok(relscan::Workers::Exactly(relscan::Batch::MAX_WORKERS)),
        Ok(_) | Err(_) => Err(PyValueError::new_err("workers must be at least 1; leave it out for as many as pay")),
    }
}

/// A row of a call for many.
pub(crate) struct Row<'py> {
    pub(crate) text: Bound<'py, PyString>,
    pub(crate) error: Option<PyErr>,
}

/// `object` as an iterator over `items`, of which `name` should be an iterable.
pub(crate) fn iterated<'py>(object: &Bound<'py, PyAny>, name: &str, items: &str) -> PyResult<Bound<'py, PyIterator>> {
    object.try_iter().map_err(|error| {
        let Ok(kind) = object.get_type().name() else { return error };
        PyTypeError::new_err(format!("{name} must be an iterable of {items}, not {kind}"))
    })
}

/// The rows of `texts`; what is not text is an error of its row, or of the call.
pub(crate) fn rows<'py>(texts: &Bound<'py, PyAny>, on_error: OnError) -> PyResult<Vec<Row<'py>>> {
    if texts.is_instance_of::<PyString>() {
        return Err(PyTypeError::new_err("texts must be several str, not one; for one text use extract"));
    }
    let py = texts.py();
    let mut rows = Vec::with_capacity(texts.len().unwrap_or(0));
    let iterator = iterated(texts, "texts", "str")?;
    for (index, object) in iterator.enumerate() {
        let object = object?;
        let error = match string(&object, "text") {
            Ok((text, _)) => {
                rows.push(Row { text: text.clone(), error: None });
                continue;
            }
            Err(_) if on_error != OnError::Raise => string(&object, &format!("texts[{index}]")).err(),
            Err(_) => {
                return Err(string(&object, &format!("texts[{index}]"))
                    .err()
                    .unwrap_or_else(|| PyTypeError::new_err(format!("texts[{index}] must be a str"))));
            }
        };
        rows.push(Row { text: PyString::new(py, ""), error });
    }
    Ok(rows)
}
