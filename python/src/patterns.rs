//! Patterns, from a pack, a file or Python objects.

use std::path::PathBuf;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use crate::errors;

/// A checked set of patterns.
///
/// `PatternSet(patterns)` takes `relscan.Pattern` objects; see also `read`, `parse`, `english` and `seed`.
#[pyclass(frozen, module = "relscan", from_py_object)]
#[derive(Clone, Debug)]
pub(crate) struct PatternSet {
    pub(crate) set: relscan::PatternSet,
    source: Source,
}

/// What the set can be made of again, in another process.
#[derive(Clone, Debug)]
enum Source {
    Pack(&'static str),
    Text { origin: String, text: String },
}

impl PatternSet {
    fn pack(name: &str) -> Option<Self> {
        match name {
            "english" => Some(Self::english()),
            "seed" => Some(Self::seed()),
            _ => None,
        }
    }

    /// Whatever stands for a set of patterns: a set, the name of a pack, a path, or a list of patterns.
    pub(crate) fn of(pack: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(set) = pack.cast::<PatternSet>() {
            return Ok(set.get().clone());
        }
        if let Ok(name) = pack.cast::<PyString>()
            && let Some(set) = Self::pack(name.to_str()?)
        {
            return Ok(set);
        }
        if pack.is_instance_of::<PyString>() || pack.hasattr("__fspath__")? {
            return Self::read(pack.py(), pack.extract()?);
        }
        if pack.try_iter().is_ok() {
            return Self::new(pack);
        }
        Err(PyTypeError::new_err(
            "pack must be \"english\", \"seed\", a path, a PatternSet, or a list of relscan.Pattern",
        ))
    }
}

#[pymethods]
impl PatternSet {
    #[new]
    fn new(patterns: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut text = String::new();
        for (index, pattern) in crate::rows::iterated(patterns, "patterns", "relscan.Pattern")?.enumerate() {
            let pattern = pattern?;
            if !pattern.hasattr("to_toml")? {
                let kind = pattern.get_type().name()?;
                return Err(PyTypeError::new_err(format!("patterns[{index}] must be a relscan.Pattern, not {kind}")));
            }
            text.push_str(&pattern.call_method0("to_toml")?.extract::<String>()?);
            text.push('\n');
        }
        Self::parse(patterns.py(), &text, "patterns")
    }

    /// The set in a text of TOML; `name` is what messages call it.
    #[staticmethod]
    #[pyo3(signature = (text, name = "patterns"))]
    fn parse(py: Python<'_>, text: &str, name: &str) -> PyResult<Self> {
        match relscan::PatternSet::parse(name, text) {
            Ok(set) => Ok(PatternSet { set, source: Source::Text { origin: name.to_owned(), text: text.to_owned() } }),
            Err(errors) => Err(errors::pattern_error(py, &errors, text)),
        }
    }

    /// The set in a file of TOML.
    #[staticmethod]
    fn read(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let bytes = std::fs::read(&path).map_err(|error| errors::file_error(&path, &error))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| PyValueError::new_err(format!("{} is not UTF-8; save it as UTF-8", path.display())))?;
        Self::parse(py, &text, &path.display().to_string())
    }

    /// The English pack: noun phrases as arguments, five relations.
    #[staticmethod]
    fn english() -> Self {
        PatternSet { set: relscan::PatternSet::english(), source: Source::Pack("english") }
    }

    /// The 16 patterns of the seed.
    #[staticmethod]
    fn seed() -> Self {
        PatternSet { set: relscan::PatternSet::seed(), source: Source::Pack("seed") }
    }

    /// The names of the patterns, in order.
    #[getter]
    fn names(&self) -> Vec<String> {
        self.set.iter().map(|pattern| pattern.name().to_owned()).collect()
    }

    fn __len__(&self) -> usize {
        self.set.len()
    }

    fn __contains__(&self, name: &str) -> bool {
        self.set.find(name).is_some()
    }

    fn __repr__(&self) -> String {
        match &self.source {
            Source::Pack(name) => format!("PatternSet.{name}()"),
            Source::Text { origin, .. } => format!("<PatternSet of {} patterns from {origin}>", self.set.len()),
        }
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let class = py.get_type::<Self>();
        match &self.source {
            Source::Pack(name) => Ok((class.getattr(*name)?, PyTuple::empty(py))),
            Source::Text { origin, text } => Ok((class.getattr("parse")?, PyTuple::new(py, [text, origin])?)),
        }
    }

    fn __copy__(&self) -> Self {
        self.clone()
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> Self {
        self.clone()
    }
}
