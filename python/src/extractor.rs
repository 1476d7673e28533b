//! The extractor: one text, many texts, batches of texts, Arrow columns.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use relscan::{CancelToken, Engine, Workers};

use crate::arrow::{self, ArrowStream, Unit};
use crate::association::Associations;
use crate::errors;
use crate::patterns::PatternSet;
use crate::rows::{self, OnError, Row};
use crate::sink::Kept;
use crate::watch::{guarded, watched};

/// Longer texts are scanned without the interpreter's lock.
const SHORT_BYTES: usize = 16 << 10;

/// Finds associations in text. Compiled once; may be shared between threads, pickled and copied.
///
/// `pack` is "english", "seed", the path of a pattern file, a `PatternSet` or a list of `Pattern`; `engine` is "auto" or
/// one of the other engines, which all find the same; `negated` and `pronouns` ask for associations that the text denies,
/// or whose argument is a pronoun; `min_confidence` (from 0 to 1) leaves out what is less sure.
#[pyclass(frozen, module = "relscan", from_py_object)]
#[derive(Clone, Debug)]
pub(crate) struct Extractor {
    pub(crate) inner: relscan::Extractor,
    patterns: PatternSet,
    engine: Engine,
    negated: bool,
    pronouns: bool,
    pub(crate) min_confidence: f64,
}

impl Extractor {
    /// Extracts from `texts` on several threads, and keeps what is found.
    fn collect(
        &self,
        py: Python<'_>,
        texts: &[&str],
        workers: Workers,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Kept> {
        let token = CancelToken::new();
        let done = AtomicU64::new(0);
        let mut told = 0;
        let callback = progress.map(|callback| callback.clone().unbind());
        let tell = |py: Python<'_>, count: u64| match &callback {
            Some(callback) => callback.call1(py, (count, texts.len())).map(drop),
            None => Ok(()),
        };
        let tick = |py: Python<'_>| {
            let now = done.load(Ordering::Relaxed);
            if now == told {
                Ok(())
            } else {
                told = now;
                tell(py, now)
            }
        };
        let kept = watched(py, &token, tick, || {
            let mut kept = Kept::at_least(self.min_confidence);
            let batch = self.inner.batch().workers(workers).cancel(&token);
            let mut batch = batch.progress(|progress| done.store(progress.documents, Ordering::Relaxed));
            match batch.run(texts, &mut kept) {
                Ok(_) => kept,
                Err(error) => match error.error {},
            }
        })?;
        tell(py, texts.len() as u64)?;
        Ok(kept)
    }

    fn extract_rows<'py>(
        &self,
        py: Python<'py>,
        rows: Vec<Row<'py>>,
        on_error: OnError,
        workers: Workers,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Vec<Associations>> {
        let texts = rows.iter().map(|row| row.text.to_str()).collect::<PyResult<Vec<&str>>>()?;
        let kept = self.collect(py, &texts, workers, progress)?;
        drop(texts);
        let mut counts = vec![0_usize; rows.len()];
        for association in &kept.found {
            if let Some(count) = counts.get_mut(association.document_index()) {
                *count += 1;
            }
        }
        let mut failed: Vec<Option<PyErr>> = (0..rows.len()).map(|_| None).collect();
        for error in &kept.failed {
            if let Some(slot) = failed.get_mut(error.index) {
                *slot = Some(PyRuntimeError::new_err(error.to_string()));
            }
        }
        let all = Arc::new(kept.found);
        let mut results = Vec::with_capacity(rows.len());
        let mut first = 0;
        for (index, ((row, failed), count)) in rows.into_iter().zip(failed).zip(counts).enumerate() {
            let error = row.error.or(failed);
            let found = Associations::new(Arc::clone(&all), first, count, row.text.unbind());
            first += count;
            match (error, on_error) {
                (Some(error), OnError::Raise) => return Err(error),
                (Some(_), OnError::Skip) => {}
                (error, _) => results.push(found.of_row(index, error)),
            }
        }
        Ok(results)
    }
}

#[pymethods]
impl Extractor {
    #[new]
    #[pyo3(signature = (pack = None, *, engine = "auto", negated = false, pronouns = false, min_confidence = 0.0))]
    fn new(
        py: Python<'_>,
        pack: Option<&Bound<'_, PyAny>>,
        engine: &str,
        negated: bool,
        pronouns: bool,
        min_confidence: f64,
    ) -> PyResult<Self> {
        let engine: Engine =
            engine.parse().map_err(|error: relscan::UnknownEngine| PyValueError::new_err(error.to_string()))?;
        if !(0.0..=1.0).contains(&min_confidence) {
            return Err(PyValueError::new_err(format!(
                "min_confidence is {min_confidence}; give a number from 0 to 1"
            )));
        }
        let patterns = pack.map_or_else(|| PatternSet::of(PyString::new(py, "english").as_any()), PatternSet::of)?;
        let builder = relscan::Extractor::builder().patterns(patterns.set.clone()).engine(engine);
        let builder = builder.negated(negated).pronouns(pronouns);
        let inner = guarded(|| builder.build())?.map_err(|error| errors::build_error(py, &error))?;
        Ok(Extractor { inner, patterns, engine, negated, pronouns, min_confidence })
    }

    /// The associations of `text`, in order of line, pattern and position.
    fn extract(&self, py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<Associations> {
        let (string, text) = rows::string(text, "text")?;
        let kept = if text.len() <= SHORT_BYTES {
            guarded(|| {
                let mut kept = Kept::at_least(self.min_confidence);
                let Ok(_) = self.inner.extract_into(text, &mut kept);
                kept
            })?
        } else {
            let kept = self.collect(py, &[text], Workers::Exactly(1), None)?;
            if let Some(error) = kept.failed.first() {
                return Err(PyRuntimeError::new_err(error.to_string()));
            }
            kept
        };
        let len = kept.found.len();
        Ok(Associations::new(Arc::new(kept.found), 0, len, string.clone().unbind()))
    }

    /// What is found in each of `texts`, in order, on several threads where that pays.
    ///
    /// `workers` is the number of threads, or None for as many as pay. `progress(done, total)` is called now and then; if it
    /// raises, the call ends with its exception. A row that is no text raises; with `on_error="skip"` it is left out (see
    /// `Associations.index`), with "record" its result carries the exception as `error`.
    #[pyo3(signature = (texts, workers = None, progress = None, on_error = "raise"))]
    fn extract_many<'py>(
        &self,
        py: Python<'py>,
        texts: &Bound<'py, PyAny>,
        workers: Option<&Bound<'py, PyAny>>,
        progress: Option<&Bound<'py, PyAny>>,
        on_error: &str,
    ) -> PyResult<Vec<Associations>> {
        let on_error = OnError::parse(on_error)?;
        let workers = rows::workers(workers)?;
        if progress.is_some_and(|callback| !callback.is_callable()) {
            return Err(PyTypeError::new_err("progress must be callable, as progress(done, total)"));
        }
        let rows = rows::rows(texts, on_error)?;
        self.extract_rows(py, rows, on_error, workers, progress)
    }

    /// As `extract_many` for each batch that the iterable gives, lazily: memory holds one batch at a time.
    #[pyo3(signature = (batches, workers = None, on_error = "raise"))]
    fn extract_batches(
        &self,
        batches: &Bound<'_, PyAny>,
        workers: Option<&Bound<'_, PyAny>>,
        on_error: &str,
    ) -> PyResult<BatchIterator> {
        let on_error = OnError::parse(on_error)?;
        let workers = rows::workers(workers)?;
        if batches.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err("batches must be an iterable of lists of str, not a str"));
        }
        let batches = rows::iterated(batches, "batches", "lists of str")?.into_any().unbind();
        Ok(BatchIterator { extractor: self.clone(), batches, workers, on_error })
    }

    /// What is found in a column of text, as a table.
    ///
    /// `data` is anything with `__arrow_c_stream__` or `__arrow_c_array__` (of pyarrow, Polars, pandas, `DuckDB`, nanoarrow):
    /// a column of strings, or a table whose column `text` holds them; the column `id` of a table, of any type, is given
    /// with each association. `offsets` of spans are in "characters" or "bytes". A null raises; with `on_error="skip"` it
    /// gives nothing. The result has `__arrow_c_stream__`: `pyarrow.table(it)`, `polars.DataFrame(it)`.
    #[pyo3(signature = (data, text = None, id = None, workers = None, offsets = "characters", on_error = "raise"))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn extract_table(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        text: Option<String>,
        id: Option<String>,
        workers: Option<&Bound<'_, PyAny>>,
        offsets: &str,
        on_error: &str,
    ) -> PyResult<ArrowStream> {
        let reader = self.reader(data, text, id, workers, offsets, on_error)?;
        arrow::collect(py, reader)
    }

    /// As `extract_table`, but each batch of the input is read and extracted from when the result is read: memory holds
    /// one batch at a time. The result can be read once.
    #[pyo3(signature = (data, text = None, id = None, workers = None, offsets = "characters", on_error = "raise"))]
    fn extract_stream(
        &self,
        data: &Bound<'_, PyAny>,
        text: Option<String>,
        id: Option<String>,
        workers: Option<&Bound<'_, PyAny>>,
        offsets: &str,
        on_error: &str,
    ) -> PyResult<ArrowStream> {
        Ok(ArrowStream::of_reader(self.reader(data, text, id, workers, offsets, on_error)?))
    }

    /// The examples of the patterns that do not come out as expected, as messages; empty if all is well.
    fn check_examples(&self) -> PyResult<Vec<String>> {
        guarded(|| self.inner.check_examples().iter().map(ToString::to_string).collect())
    }

    /// The patterns.
    #[getter]
    fn patterns(&self) -> PatternSet {
        self.patterns.clone()
    }

    /// What the engine in use is called.
    #[getter]
    fn engine(&self) -> &'static str {
        self.inner.engine_name()
    }

    fn __repr__(&self) -> String {
        format!("<Extractor of {} patterns, {}>", self.patterns.set.len(), self.inner.engine_name())
    }

    fn __copy__(&self) -> Self {
        self.clone()
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> Self {
        self.clone()
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyTuple>, Bound<'py, PyDict>)> {
        let engine = Engine::ALL.iter().find(|(engine, _)| *engine == self.engine).map_or("auto", |(_, name)| name);
        let keywords = PyDict::new(py);
        keywords.set_item("engine", engine)?;
        keywords.set_item("negated", self.negated)?;
        keywords.set_item("pronouns", self.pronouns)?;
        keywords.set_item("min_confidence", self.min_confidence)?;
        Ok(((self.patterns.clone(),).into_pyobject(py)?, keywords))
    }
}

impl Extractor {
    fn reader(
        &self,
        data: &Bound<'_, PyAny>,
        text: Option<String>,
        id: Option<String>,
        workers: Option<&Bound<'_, PyAny>>,
        offsets: &str,
        on_error: &str,
    ) -> PyResult<arrow::Extraction> {
        let unit = Unit::parse(offsets)?;
        let skip = match OnError::parse(on_error)? {
            OnError::Raise => false,
            OnError::Skip => true,
            OnError::Record => {
                return Err(PyValueError::new_err(
                    "a table has no place for errors; use on_error=\"raise\" or \"skip\"",
                ));
            }
        };
        let workers = rows::workers(workers)?;
        arrow::Extraction::new(self.clone(), data, arrow::Wanted { text, id, workers, unit, skip })
    }
}

/// The results of batch after batch.
#[pyclass(module = "relscan._relscan")]
pub(crate) struct BatchIterator {
    extractor: Extractor,
    batches: Py<PyAny>,
    workers: Workers,
    on_error: OnError,
}

#[pymethods]
impl BatchIterator {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Vec<Associations>>> {
        let mut batches = self.batches.bind(py).try_iter()?;
        let Some(batch) = batches.next() else { return Ok(None) };
        let rows = rows::rows(&batch?, self.on_error)?;
        self.extractor.extract_rows(py, rows, self.on_error, self.workers, None).map(Some)
    }
}
