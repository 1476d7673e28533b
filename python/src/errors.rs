//! What goes wrong, as Python's exceptions.

use std::any::Any;
use std::fmt::Write as _;

use pyo3::create_exception;
use pyo3::exceptions::{PyFileNotFoundError, PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use relscan::{BuildError, PatternErrors};

create_exception!(
    relscan,
    PatternError,
    PyValueError,
    "A pattern is wrong. `line` and `column` (from 1) say where in the text of the patterns, `excerpt` shows the place, \
     `origin` names the file, `pattern` the pattern; each may be None."
);

/// The first fault of `errors`, pointed at in `text`; the message tells of all.
pub(crate) fn pattern_error(py: Python<'_>, errors: &PatternErrors, text: &str) -> PyErr {
    let mut message = errors.to_string();
    let first = errors.errors().first();
    let location = first.and_then(|error| error.location());
    let excerpt = location.map(|location| draw(text, location));
    if let Some(excerpt) = &excerpt {
        let _ = write!(message, "\n{excerpt}");
    }
    let error = PatternError::new_err(message);
    let value = error.value(py);
    let set = || -> PyResult<()> {
        value.setattr("line", location.map(|location| location.line))?;
        value.setattr("column", location.map(|location| location.column))?;
        value.setattr("excerpt", excerpt.as_deref())?;
        value.setattr("origin", errors.origin())?;
        value.setattr("pattern", first.and_then(|error| error.pattern()))
    };
    match set() {
        Ok(()) => error,
        Err(other) => other,
    }
}

/// The line of a fault, with marks under what is wrong.
fn draw(text: &str, location: &relscan::Location) -> String {
    let line = text.lines().nth(location.line.saturating_sub(1)).unwrap_or("");
    let number = location.line.to_string();
    let margin = " ".repeat(number.len());
    let before = " ".repeat(location.column.saturating_sub(1));
    let covered = text.get(location.span.clone()).and_then(|part| part.lines().next()).unwrap_or("");
    let marks = "^".repeat(covered.chars().count().max(1));
    format!("{margin} |\n{number} | {line}\n{margin} | {before}{marks}")
}

/// Why no extractor could be built.
pub(crate) fn build_error(py: Python<'_>, error: &BuildError) -> PyErr {
    match error {
        BuildError::Patterns(errors) => pattern_error(py, errors, ""),
        other => PyValueError::new_err(other.to_string()),
    }
}

/// A file that could not be read.
pub(crate) fn file_error(path: &std::path::Path, error: &std::io::Error) -> PyErr {
    let path = path.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => PyFileNotFoundError::new_err(format!(
            "there is no file {path}; give the path of a pattern file, or the name of a pack: \"english\" or \"seed\""
        )),
        _ => PyOSError::new_err(format!("{path} cannot be read: {error}")),
    }
}

/// A fault of relscan itself, which ends one call and not the interpreter.
pub(crate) fn panic_error(panic: &(dyn Any + Send)) -> PyErr {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    PyRuntimeError::new_err(format!("a fault of relscan, please report it: {text}"))
}
