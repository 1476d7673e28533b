//! What an extraction found, as Python looks at it: one object for the result, its parts made when they are asked for.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PySlice, PyString, PyTuple};
use relscan::Span;

use crate::offsets::Offsets;
use crate::watch::guarded;

/// A place: start, and one past the end.
type Place = (usize, usize);

/// What was found in one text, and the text.
#[derive(Debug)]
struct Found {
    /// Those of all texts of the call.
    all: Arc<relscan::Associations>,
    /// Which of them are of this text.
    first: usize,
    len: usize,
    text: Py<PyString>,
    offsets: OnceLock<Offsets>,
}

impl Found {
    fn get(&self, at: usize) -> PyResult<relscan::Association<'_>> {
        let found = if at < self.len { self.all.get(self.first + at) } else { None };
        found.ok_or_else(|| PyIndexError::new_err(format!("there are {} associations, and none at {at}", self.len)))
    }

    /// `span` in characters of the text.
    fn characters(&self, py: Python<'_>, span: Span) -> PyResult<Place> {
        let text = self.text.bind(py).to_str()?;
        let offsets = self.offsets.get_or_init(|| Offsets::of(text));
        Ok((offsets.character(text, span.start), offsets.character(text, span.end)))
    }
}

/// The associations of one text, in order: a sequence.
///
/// Nothing but the search itself is done before it is looked at.
#[pyclass(frozen, sequence, module = "relscan")]
#[derive(Debug)]
pub(crate) struct Associations {
    found: Arc<Found>,
    /// The place of the text in its call.
    #[pyo3(get)]
    index: usize,
    error: Option<PyErr>,
}

impl Associations {
    pub(crate) fn new(all: Arc<relscan::Associations>, first: usize, len: usize, text: Py<PyString>) -> Self {
        Associations {
            found: Arc::new(Found { all, first, len, text, offsets: OnceLock::new() }),
            index: 0,
            error: None,
        }
    }

    pub(crate) fn of_row(mut self, index: usize, error: Option<PyErr>) -> Self {
        self.index = index;
        self.error = error;
        self
    }

    fn item(&self, at: usize) -> Association {
        Association { found: Arc::clone(&self.found), at }
    }

    fn items(&self) -> impl Iterator<Item = Association> {
        (0..self.found.len).map(|at| self.item(at))
    }

    fn position(&self, index: isize) -> PyResult<usize> {
        let len = self.found.len;
        let at = if index < 0 { len.checked_add_signed(index) } else { usize::try_from(index).ok() };
        at.filter(|at| *at < len)
            .ok_or_else(|| PyIndexError::new_err(format!("there are {len} associations, and none at {index}")))
    }
}

#[pymethods]
impl Associations {
    /// The text that was extracted from.
    #[getter]
    fn text<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        self.found.text.bind(py).clone()
    }

    /// Why nothing was found, if the row was bad and `on_error="record"`; else None.
    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.error.as_ref().map(|error| error.value(py).clone().into_any())
    }

    fn __len__(&self) -> usize {
        self.found.len
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if let Ok(slice) = index.cast::<PySlice>() {
            let range = slice.indices(isize::try_from(self.found.len)?)?;
            let mut items = Vec::new();
            let mut at = range.start;
            for _ in 0..range.slicelength {
                items.push(self.item(self.position(at)?));
                at += range.step;
            }
            return Ok(items.into_pyobject(py)?.into_any());
        }
        let Ok(index) = index.extract::<isize>() else {
            if index.is_instance_of::<pyo3::types::PyInt>() {
                return Err(PyIndexError::new_err(format!("there are {} associations", self.found.len)));
            }
            return Err(PyTypeError::new_err("associations are indexed by int or slice"));
        };
        Ok(self.item(self.position(index)?).into_pyobject(py)?.into_any())
    }

    fn __iter__(&self) -> AssociationsIterator {
        AssociationsIterator { found: Arc::clone(&self.found), next: 0 }
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(other) = other.cast::<Associations>() else { return Ok(false) };
        let other = other.get();
        if self.found.len != other.found.len || self.text(py).as_any().ne(other.text(py))? {
            return Ok(false);
        }
        for (ours, theirs) in self.items().zip(other.items()) {
            if !same(&ours, &theirs)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn __repr__(&self) -> String {
        let plural = if self.found.len == 1 { "" } else { "s" };
        match &self.error {
            Some(error) => format!("<Associations: failed: {error}>"),
            None => format!("<Associations: {} association{plural}>", self.found.len),
        }
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let mut html = String::new();
        for item in self.items().take(50) {
            html.push_str(&item.drawn(py)?);
        }
        if self.found.len > 50 {
            let _ = write!(html, "<p>… and {} more</p>", self.found.len - 50);
        }
        Ok(if html.is_empty() { "<p>no associations</p>".to_owned() } else { html })
    }

    /// The associations as dicts, as `Association.to_dict` makes them.
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        self.items().map(|item| item.to_dict(py)).collect()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let mut own = relscan::Associations::new();
        for at in 0..self.found.len {
            let Ok(_) = relscan::Sink::association(&mut own, &self.found.get(at)?);
        }
        let bytes = serde_json::to_vec(&own).map_err(|error| PyValueError::new_err(error.to_string()))?;
        let arguments = (self.text(py), PyBytes::new(py, &bytes), self.index, self.error(py));
        Ok((py.import("relscan._relscan")?.getattr("_restore")?, arguments.into_pyobject(py)?))
    }
}

/// What was pickled.
#[pyfunction(name = "_restore")]
pub(crate) fn restore(
    text: Bound<'_, PyString>,
    bytes: &[u8],
    index: usize,
    error: Option<Bound<'_, PyAny>>,
) -> PyResult<Associations> {
    let all: relscan::Associations = serde_json::from_slice(bytes)
        .map_err(|error| PyValueError::new_err(format!("these are no pickled associations: {error}")))?;
    // Spans are used to slice the text: they must be of it.
    let whole = text.to_str()?;
    let fits = |span: Span| whole.get(span.range()).is_some();
    if !all.iter().all(|a| [a.source_span(), a.trigger_span(), a.target_span()].into_iter().all(fits)) {
        return Err(PyValueError::new_err("these are pickled associations of another text"));
    }
    let len = all.len();
    Ok(Associations::new(Arc::new(all), 0, len, text.unbind()).of_row(index, error.map(PyErr::from_value)))
}

/// The associations of a text, one after another.
#[pyclass(module = "relscan._relscan")]
pub(crate) struct AssociationsIterator {
    found: Arc<Found>,
    next: usize,
}

#[pymethods]
impl AssociationsIterator {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&mut self) -> Option<Association> {
        let at = self.next;
        self.next += 1;
        (at < self.found.len).then(|| Association { found: Arc::clone(&self.found), at })
    }

    fn __length_hint__(&self) -> usize {
        self.found.len.saturating_sub(self.next)
    }
}

/// That one phrase relates to another, as one pattern found it at one place.
#[pyclass(frozen, module = "relscan")]
#[derive(Debug)]
pub(crate) struct Association {
    found: Arc<Found>,
    at: usize,
}

impl Association {
    fn get(&self) -> PyResult<relscan::Association<'_>> {
        self.found.get(self.at)
    }

    /// Its line as HTML, with its parts marked.
    fn drawn(&self, py: Python<'_>) -> PyResult<String> {
        let found = self.get()?;
        let text = self.found.text.bind(py).to_str()?;
        guarded(|| html(text, &found))
    }
}

fn same(ours: &Association, theirs: &Association) -> PyResult<bool> {
    let (ours, theirs) = (ours.get()?, theirs.get()?);
    Ok(ours.pattern() == theirs.pattern()
        && ours.relation() == theirs.relation()
        && ours.source() == theirs.source()
        && ours.target() == theirs.target()
        && ours.confidence().to_bits() == theirs.confidence().to_bits()
        && ours.source_span() == theirs.source_span()
        && ours.trigger_span() == theirs.trigger_span()
        && ours.target_span() == theirs.target_span()
        && ours.negated() == theirs.negated()
        && ours.hedged() == theirs.hedged())
}

fn pair(span: Span) -> Place {
    (span.start, span.end)
}

#[pymethods]
impl Association {
    /// The source phrase, in lower case.
    #[getter]
    fn source(&self) -> PyResult<String> {
        Ok(self.get()?.source().to_owned())
    }

    /// The target phrase, in lower case.
    #[getter]
    fn target(&self) -> PyResult<String> {
        Ok(self.get()?.target().to_owned())
    }

    /// The words that say how they relate, as they stand in the text.
    #[getter]
    fn trigger(&self, py: Python<'_>) -> PyResult<String> {
        let span = self.get()?.trigger_span();
        Ok(self.found.text.bind(py).to_str()?.get(span.range()).unwrap_or("").to_owned())
    }

    /// The relation: `causal`, `hierarchical`, `compositional`, `semantic`, `temporal`, or a name of one's own.
    #[getter]
    fn relation(&self) -> PyResult<String> {
        Ok(self.get()?.relation().as_str().to_owned())
    }

    /// The name of the pattern that found it.
    #[getter]
    fn pattern(&self) -> PyResult<String> {
        Ok(self.get()?.pattern().to_owned())
    }

    /// How far to trust it, from 0 to 1.
    #[getter]
    fn confidence(&self) -> PyResult<f64> {
        Ok(self.get()?.confidence())
    }

    /// The line of the text, from 1.
    #[getter]
    fn line(&self) -> PyResult<usize> {
        Ok(self.get()?.line())
    }

    /// Whether the text denies it.
    #[getter]
    fn negated(&self) -> PyResult<bool> {
        Ok(self.get()?.negated())
    }

    /// Whether the text only says that it may be so.
    #[getter]
    fn hedged(&self) -> PyResult<bool> {
        Ok(self.get()?.hedged())
    }

    /// Whether an argument is a pronoun.
    #[getter]
    fn pronoun(&self) -> PyResult<bool> {
        Ok(self.get()?.pronoun())
    }

    /// The head of the source, if it is a noun phrase.
    #[getter]
    fn source_head(&self) -> PyResult<Option<String>> {
        Ok(self.get()?.source_head().map(str::to_owned))
    }

    /// The head of the target, if it is a noun phrase.
    #[getter]
    fn target_head(&self) -> PyResult<Option<String>> {
        Ok(self.get()?.target_head().map(str::to_owned))
    }

    /// Where the source is, in characters: `text[start:end]`.
    #[getter]
    fn source_span(&self, py: Python<'_>) -> PyResult<Place> {
        self.found.characters(py, self.get()?.source_span())
    }

    /// Where the trigger is, in characters.
    #[getter]
    fn trigger_span(&self, py: Python<'_>) -> PyResult<Place> {
        self.found.characters(py, self.get()?.trigger_span())
    }

    /// Where the target is, in characters.
    #[getter]
    fn target_span(&self, py: Python<'_>) -> PyResult<Place> {
        self.found.characters(py, self.get()?.target_span())
    }

    /// Where the source is, in bytes of the text in UTF-8.
    #[getter]
    fn source_byte_span(&self) -> PyResult<Place> {
        Ok(pair(self.get()?.source_span()))
    }

    /// Where the trigger is, in bytes of the text in UTF-8.
    #[getter]
    fn trigger_byte_span(&self) -> PyResult<Place> {
        Ok(pair(self.get()?.trigger_span()))
    }

    /// Where the target is, in bytes of the text in UTF-8.
    #[getter]
    fn target_byte_span(&self) -> PyResult<Place> {
        Ok(pair(self.get()?.target_span()))
    }

    /// All of it as a dict; spans in characters.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let found = self.get()?;
        let dict = PyDict::new(py);
        dict.set_item("source", found.source())?;
        dict.set_item("target", found.target())?;
        dict.set_item("relation", found.relation().as_str())?;
        dict.set_item("confidence", found.confidence())?;
        dict.set_item("pattern", found.pattern())?;
        dict.set_item("line", found.line())?;
        dict.set_item("source_span", self.found.characters(py, found.source_span())?)?;
        dict.set_item("trigger_span", self.found.characters(py, found.trigger_span())?)?;
        dict.set_item("target_span", self.found.characters(py, found.target_span())?)?;
        dict.set_item("negated", found.negated())?;
        dict.set_item("hedged", found.hedged())?;
        dict.set_item("pronoun", found.pronoun())?;
        Ok(dict)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        match other.cast::<Association>() {
            Ok(other) => same(self, other.get()),
            Err(_) => Ok(false),
        }
    }

    fn __hash__(&self) -> PyResult<u64> {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let found = self.get()?;
        let mut hasher = DefaultHasher::new();
        (found.pattern(), found.source(), found.target(), found.source_span(), found.target_span()).hash(&mut hasher);
        Ok(hasher.finish())
    }

    fn __repr__(&self) -> PyResult<String> {
        let found = self.get()?;
        let marks = [("negated", found.negated()), ("hedged", found.hedged()), ("pronoun", found.pronoun())];
        let marks: String = marks.iter().filter(|(_, set)| *set).flat_map(|(name, _)| [", ", name]).collect();
        Ok(format!(
            "<Association {:?} -{}-> {:?}, {:.2}{marks}>",
            found.source(),
            found.relation(),
            found.target(),
            found.confidence()
        ))
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        self.drawn(py)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let Found { all, first, text, .. } = &*self.found;
        let alone = Associations::new(Arc::clone(all), first + self.at, 1, text.clone_ref(py));
        Ok((py.import("operator")?.getattr("getitem")?, (alone, 0).into_pyobject(py)?))
    }
}

/// The line of an association with its parts marked.
fn html(text: &str, found: &relscan::Association<'_>) -> String {
    let parts = [
        (found.source_span(), "source", "#cfe8ff"),
        (found.trigger_span(), "trigger", "#eee"),
        (found.target_span(), "target", "#d8f5d0"),
    ];
    let first = parts.iter().map(|part| part.0.start).min().unwrap_or(0).min(text.len());
    let last = parts.iter().map(|part| part.0.end).max().unwrap_or(0).min(text.len());
    let start = text.get(..first).and_then(|before| before.rfind('\n')).map_or(0, |feed| feed + 1);
    let end = text.get(last..).and_then(|after| after.find('\n')).map_or(text.len(), |feed| last + feed);
    // Not more than a few hundred bytes to either side.
    let start = text.ceil_char_boundary(start.max(first.saturating_sub(300)));
    let end = text.floor_char_boundary(end.min(last.saturating_add(300)));
    let mut sorted = parts;
    sorted.sort_by_key(|part| (part.0.start, part.0.end));
    let mut out = String::from("<div style=\"font-family:sans-serif;line-height:1.9;margin:.3em 0\">");
    let mut at = start;
    for (span, name, colour) in sorted {
        // Parts may overlap: what has been written is not written again.
        let (from, to) = (span.start.max(at), span.end.max(at));
        escape(&mut out, text.get(at..from).unwrap_or(""));
        let _ = write!(out, "<mark title=\"{name}\" style=\"background:{colour};padding:.1em .2em\">");
        escape(&mut out, text.get(from..to).unwrap_or(""));
        out.push_str("</mark>");
        at = to;
    }
    escape(&mut out, text.get(at..end).unwrap_or(""));
    out.push_str(" <small style=\"color:#666\">");
    escape(&mut out, found.relation().as_str());
    let negated = if found.negated() { ", negated" } else { "" };
    let hedged = if found.hedged() { ", hedged" } else { "" };
    let _ = write!(out, " {:.2}{negated}{hedged}</small></div>", found.confidence());
    out
}

fn escape(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}
