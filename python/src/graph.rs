//! The graph of concepts that is learned from text, in memory or in a store.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use pyo3::exceptions::{PyKeyError, PyOSError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyDict, PyString};
use relscan::CancelToken;
use relscan::graph::{self, ConceptGraph, ConceptId, LearnConfig, Store, StoreLearner};
use relscan::io::{GraphFormat, write_graph};

use crate::extractor::Extractor;
use crate::rows;
use crate::watch::{idle, watched};

/// Contents learned between two looks at the keyboard.
const TOGETHER: usize = 4096;

/// Whoever has the graph.
#[derive(Debug)]
enum Holder {
    Learner(Box<graph::Learner>),
    Stored(Box<StoreLearner>),
    Graph(Box<ConceptGraph>),
}

impl Holder {
    fn graph(&self) -> &ConceptGraph {
        match self {
            Holder::Learner(learner) => learner.graph(),
            Holder::Stored(stored) => stored.learner().graph(),
            Holder::Graph(graph) => graph,
        }
    }

    fn learn(&mut self, lessons: &[graph::Lesson<'_>]) -> Result<Vec<ConceptId>, PyErr> {
        match self {
            Holder::Learner(learner) => {
                learner.learn_batch(lessons).map_err(|error| PyRuntimeError::new_err(error.to_string()))
            }
            Holder::Stored(stored) => {
                stored.learn_batch(lessons, &[]).map_err(|error| PyOSError::new_err(error.to_string()))
            }
            Holder::Graph(_) => Err(PyRuntimeError::new_err("this graph is only read")),
        }
    }
}

type Shared = Arc<Mutex<Holder>>;

fn lock<'a>(py: Python<'_>, shared: &'a Shared) -> MutexGuard<'a, Holder> {
    shared.lock_py_attached(py).unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Learns texts into a graph of concepts; with `store`, into a file that keeps it.
///
/// `workers` is the number of threads that extract, None for one less than there are processors.
#[pyclass(frozen, module = "relscan")]
pub(crate) struct Learner(Shared);

#[pymethods]
impl Learner {
    #[new]
    #[pyo3(signature = (extractor, store = None, *, workers = None, central_links = true, link_relation = "compositional", link_confidence = 0.6))]
    fn new(
        extractor: &Extractor,
        store: Option<PathBuf>,
        workers: Option<&Bound<'_, PyAny>>,
        central_links: bool,
        link_relation: &str,
        link_confidence: f64,
    ) -> PyResult<Self> {
        let mut config = LearnConfig::default();
        config.association_workers = match rows::workers(workers)? {
            relscan::Workers::Exactly(count) => NonZeroUsize::new(count),
            relscan::Workers::Auto => None,
        };
        config.enable_central_links = central_links;
        config.link_relation =
            link_relation.parse().map_err(|error: relscan::InvalidName| PyValueError::new_err(error.to_string()))?;
        config.link_confidence = link_confidence;
        config.check().map_err(|error| PyValueError::new_err(error.to_string()))?;
        let inner = extractor.inner.clone();
        let holder = match store {
            Some(path) => Holder::Stored(Box::new(
                StoreLearner::open(path, inner, config).map_err(|error| PyOSError::new_err(error.to_string()))?,
            )),
            None => Holder::Learner(Box::new(
                graph::Learner::with_config(inner, config)
                    .map_err(|error| PyRuntimeError::new_err(error.to_string()))?,
            )),
        };
        Ok(Learner(Arc::new(Mutex::new(holder))))
    }

    /// Learns one content, and returns the id of its concept.
    #[pyo3(signature = (content, source = None, category = None))]
    fn learn(
        &self,
        py: Python<'_>,
        content: &Bound<'_, PyAny>,
        source: Option<&str>,
        category: Option<&str>,
    ) -> PyResult<String> {
        let (_, content) = rows::string(content, "content")?;
        let ids = lock(py, &self.0).learn(&[(content, source, category)])?;
        ids.first().map(ToString::to_string).ok_or_else(|| PyRuntimeError::new_err("nothing was learned"))
    }

    /// Learns contents, each a str or (content, source, category), and returns the ids of their concepts. The graph is
    /// the same as if they had been learned one by one. After an interrupt it holds the first of them.
    fn learn_batch(&self, py: Python<'_>, contents: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
        if contents.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err("contents must be several, not one str; use learn for one"));
        }
        let mut lessons: Vec<(String, Option<String>, Option<String>)> = Vec::new();
        for (index, item) in rows::iterated(contents, "contents", "str or tuples")?.enumerate() {
            let item = item?;
            if item.is_instance_of::<pyo3::types::PyTuple>() || item.is_instance_of::<pyo3::types::PyList>() {
                let lesson = item.extract().map_err(|_| {
                    PyTypeError::new_err(format!(
                        "contents[{index}] must be (content, source or None, category or None)"
                    ))
                })?;
                lessons.push(lesson);
            } else {
                let (_, text) = rows::string(&item, &format!("contents[{index}]"))?;
                lessons.push((text.to_owned(), None, None));
            }
        }
        let lessons: Vec<graph::Lesson<'_>> = lessons
            .iter()
            .map(|(content, source, category)| (content.as_str(), source.as_deref(), category.as_deref()))
            .collect();
        let token = CancelToken::new();
        let ids = watched(py, &token, idle, || {
            let mut holder = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let mut ids = Vec::with_capacity(lessons.len());
            for some in lessons.chunks(TOGETHER) {
                if token.is_cancelled() {
                    break;
                }
                ids.extend(holder.learn(some)?);
            }
            Ok::<_, PyErr>(ids)
        })??;
        Ok(ids.iter().map(ToString::to_string).collect())
    }

    /// The graph, as it is now and as it grows.
    #[getter]
    fn graph(&self) -> Graph {
        Graph(Arc::clone(&self.0))
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let holder = lock(py, &self.0);
        let graph = holder.graph();
        format!("<Learner of {} concepts, {} associations>", graph.concept_count(), graph.association_count())
    }
}

/// Concepts and what joins them.
#[pyclass(frozen, module = "relscan")]
pub(crate) struct Graph(Shared);

fn concept<'py>(py: Python<'py>, concept: graph::Concept<'_>) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("id", concept.id().to_string())?;
    dict.set_item("content", concept.content())?;
    dict.set_item("strength", concept.strength())?;
    dict.set_item("confidence", concept.confidence())?;
    dict.set_item("access_count", concept.access_count())?;
    dict.set_item("source", concept.source())?;
    dict.set_item("category", concept.category())?;
    Ok(dict)
}

fn association<'py>(py: Python<'py>, association: graph::Association<'_>) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("source", association.source().id().to_string())?;
    dict.set_item("target", association.target().id().to_string())?;
    dict.set_item("relation", association.relation().as_str())?;
    dict.set_item("weight", association.weight())?;
    dict.set_item("confidence", association.confidence())?;
    Ok(dict)
}

#[pymethods]
impl Graph {
    /// The graph in a store that a `Learner` made.
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let token = CancelToken::new();
        let graph = watched(py, &token, idle, || Store::open_to_read(path).and_then(|mut store| store.load()))?;
        let graph = graph.map_err(|error| PyOSError::new_err(error.to_string()))?;
        Ok(Graph(Arc::new(Mutex::new(Holder::Graph(Box::new(graph))))))
    }

    /// How many concepts there are.
    #[getter]
    fn concept_count(&self, py: Python<'_>) -> usize {
        lock(py, &self.0).graph().concept_count()
    }

    /// How many associations there are.
    #[getter]
    fn association_count(&self, py: Python<'_>) -> usize {
        lock(py, &self.0).graph().association_count()
    }

    /// All concepts, as dicts.
    fn concepts<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        lock(py, &self.0).graph().concepts().map(|each| concept(py, each)).collect()
    }

    /// All associations, as dicts; `source` and `target` are ids of concepts.
    fn associations<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        lock(py, &self.0).graph().associations().map(|each| association(py, each)).collect()
    }

    /// The concept of a text, or None.
    fn concept<'py>(&self, py: Python<'py>, text: &str) -> PyResult<Option<Bound<'py, PyDict>>> {
        lock(py, &self.0).graph().concept_of(text).map(|found| concept(py, found)).transpose()
    }

    /// The concepts that an association joins to that of `text`; `KeyError` if there is none.
    fn neighbours<'py>(&self, py: Python<'py>, text: &str) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let holder = lock(py, &self.0);
        let Some(found) = holder.graph().concept_of(text) else {
            return Err(PyKeyError::new_err(format!("there is no concept of the text {text:?}")));
        };
        found.neighbours().into_iter().map(|each| concept(py, each)).collect()
    }

    /// How well the concepts are known: total, difficult, moderate and easy ones, average strength.
    fn strength_stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let stats = lock(py, &self.0).graph().strength_stats();
        let dict = PyDict::new(py);
        dict.set_item("total_concepts", stats.total)?;
        dict.set_item("difficult_concepts", stats.difficult)?;
        dict.set_item("moderate_concepts", stats.moderate)?;
        dict.set_item("easy_concepts", stats.easy)?;
        dict.set_item("average_strength", stats.average)?;
        Ok(dict)
    }

    /// Writes the graph to a file: "jsonl", "graphml", "dot" or "ntriples".
    #[pyo3(signature = (path, format = "graphml"))]
    fn write(&self, py: Python<'_>, path: PathBuf, format: &str) -> PyResult<()> {
        let known = GraphFormat::ALL.iter().find(|(kind, name)| *name == format && *kind != GraphFormat::Neo4jCsv);
        let Some((format, _)) = known else {
            return Err(PyValueError::new_err(format!("format is {format:?}; use jsonl, graphml, dot or ntriples")));
        };
        let holder = lock(py, &self.0);
        let write = || -> std::io::Result<()> {
            let mut out = BufWriter::new(File::create(&path)?);
            write_graph(holder.graph(), *format, &mut out)?;
            out.flush()
        };
        write().map_err(|error| PyOSError::new_err(format!("{} cannot be written: {error}", path.display())))
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let holder = lock(py, &self.0);
        let graph = holder.graph();
        format!("<Graph of {} concepts, {} associations>", graph.concept_count(), graph.association_count())
    }
}
