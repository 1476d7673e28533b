//! The extension module `relscan._relscan`: the library `relscan` as Python sees it.
//!
//! What Python gives is turned into the library's types here, and what the library finds into objects that Python can
//! look at lazily. Long work runs without the interpreter's lock ([`watch`]). What is written in Python itself stands in
//! `python/relscan`.

mod arrow;
mod association;
mod errors;
mod extractor;
mod graph;
mod language;
mod offsets;
mod patterns;
mod read;
mod rows;
mod sink;
mod sutra;
mod watch;

/// The native part of relscan; import `relscan` instead.
#[pyo3::pymodule]
mod _relscan {
    #[pymodule_export]
    use super::arrow::ArrowStream;
    #[pymodule_export]
    use super::association::{Association, Associations, AssociationsIterator, restore};
    #[pymodule_export]
    use super::errors::PatternError;
    #[pymodule_export]
    use super::extractor::{BatchIterator, Extractor};
    #[pymodule_export]
    use super::graph::{Graph, Learner};
    #[pymodule_export]
    use super::language::tag;
    #[pymodule_export]
    use super::patterns::PatternSet;
    #[pymodule_export]
    use super::read::{DocumentIterator, read};
    #[pymodule_export]
    use super::sutra::{concept_ids, extract_tasks};

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
