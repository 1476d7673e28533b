//! Files and folders, read by the readers of the library.

use std::path::PathBuf;

use pyo3::exceptions::{PyOSError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use relscan::io::{ContentStep, Contents, Input, InputFormat};

/// Text, where it comes from, what it is about.
type Content = (String, Option<String>, Option<String>);

/// The contents of files and folders, one after another.
#[pyfunction]
#[pyo3(signature = (paths, format = "auto", text_field = "content", on_error = "raise"))]
pub(crate) fn read(
    paths: &Bound<'_, PyAny>,
    format: &str,
    text_field: &str,
    on_error: &str,
) -> PyResult<DocumentIterator> {
    let Some((format, _)) = InputFormat::ALL.iter().find(|(_, name)| *name == format) else {
        let names: Vec<&str> = InputFormat::ALL.iter().map(|(_, name)| *name).collect();
        return Err(PyValueError::new_err(format!("format is {format:?}; use one of {}", names.join(", "))));
    };
    let skips = match on_error {
        "raise" => false,
        "skip" => true,
        _ => return Err(PyValueError::new_err(format!("on_error is {on_error:?}; use \"raise\" or \"skip\""))),
    };
    let paths = match paths.extract::<PathBuf>() {
        Ok(path) => vec![path],
        Err(_) => paths
            .try_iter()
            .map_err(|_| PyTypeError::new_err("paths must be a path, or several"))?
            .map(|path| path?.extract::<PathBuf>())
            .collect::<PyResult<Vec<PathBuf>>>()?,
    };
    let inputs = paths.into_iter().map(Input::from);
    let contents = Contents::new(inputs).format(*format).text_field(text_field);
    Ok(DocumentIterator { contents, skips })
}

/// What the files hold, one text after another.
#[pyclass(module = "relscan._relscan", unsendable)]
pub(crate) struct DocumentIterator {
    contents: Contents,
    skips: bool,
}

#[pymethods]
impl DocumentIterator {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&mut self, py: Python<'_>) -> PyResult<Option<Content>> {
        loop {
            py.check_signals()?;
            match self.contents.next() {
                None => return Ok(None),
                Some(ContentStep::Content(content)) => {
                    return Ok(Some((content.text, content.source, content.category)));
                }
                Some(ContentStep::Fault(error)) if !self.skips && !error.is_warning() => {
                    return Err(PyOSError::new_err(error.to_string()));
                }
                Some(_) => {}
            }
        }
    }
}
