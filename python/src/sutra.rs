//! What `relscan.sutra` needs in one call for a batch: the results of the original's worker, by the seed pack.

use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};
use relscan::graph::ConceptId;
use relscan::{CancelToken, RelationType};

use crate::extractor::Extractor;
use crate::rows;
use crate::sink::Kept;
use crate::watch::{idle, watched};

/// The ids of texts: the first 16 digits of their MD5.
#[pyfunction]
pub(crate) fn concept_ids(texts: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let rows = rows::rows(texts, rows::OnError::Raise)?;
    let texts = rows.iter().map(|row| row.text.to_str()).collect::<PyResult<Vec<&str>>>()?;
    Ok(ConceptId::of_all(texts).into_iter().map(|id| id.to_string()).collect())
}

/// For each task (concept id, content): the associations (source id, target id, type, confidence) and the concepts
/// (id, text) that they need, in the original's order. `link` is the type and confidence of central links, or None.
#[pyfunction]
#[pyo3(signature = (extractor, tasks, link, workers))]
pub(crate) fn extract_tasks<'py>(
    py: Python<'py>,
    extractor: &Extractor,
    tasks: Vec<(Bound<'py, PyString>, Bound<'py, PyAny>)>,
    link: Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)>,
    workers: usize,
) -> PyResult<Vec<(Bound<'py, PyList>, Bound<'py, PyList>)>> {
    let contents = tasks.iter().map(|(_, content)| rows::string(content, "content").map(|(_, text)| text));
    let contents = contents.collect::<PyResult<Vec<&str>>>()?;
    let token = CancelToken::new();
    let (found, ids) = watched(py, &token, idle, || {
        let mut kept = Kept::at_least(0.0);
        let mut batch = extractor.inner.batch().workers(relscan::Workers::Exactly(workers)).cancel(&token);
        match batch.run(&contents, &mut kept) {
            Ok(_) => {}
            Err(error) => match error.error {},
        }
        let texts: Vec<&str> = kept.found.iter().flat_map(|found| [found.source(), found.target()]).collect();
        let ids = ConceptId::of_all(texts);
        (kept.found, ids)
    })?;
    let types: HashMap<&str, Bound<'py, PyString>> = RelationType::NAMED
        .iter()
        .map(|relation| (relation.as_str(), PyString::intern(py, &relation.as_str().to_uppercase())))
        .collect();
    let confidence = 0.8_f64.into_pyobject(py)?.into_any();
    let mut results = Vec::with_capacity(tasks.len());
    let mut at = 0;
    let mut order = Vec::new();
    let mut known: HashMap<ConceptId, Bound<'py, PyString>> = HashMap::new();
    for (index, (concept, _)) in tasks.iter().enumerate() {
        order.clear();
        while let Some(association) = found.get(at).filter(|association| association.document_index() == index) {
            order.push((association.pattern_id(), at));
            at += 1;
        }
        order.sort_unstable();
        known.clear();
        let associations = PyList::empty(py);
        let concepts = PyList::empty(py);
        for (_, place) in &order {
            let Some(association) = found.get(*place) else { continue };
            let mut id_of = |id: ConceptId, text: &str| -> PyResult<Bound<'py, PyString>> {
                if let Some(id) = known.get(&id) {
                    return Ok(id.clone());
                }
                let digits = PyString::new(py, &id.to_string());
                concepts.append((&digits, text))?;
                known.insert(id, digits.clone());
                Ok(digits)
            };
            let source = id_of(ids[place * 2], association.source())?;
            let target = id_of(ids[place * 2 + 1], association.target())?;
            let relation = types.get(association.relation().as_str()).cloned();
            let relation = relation.unwrap_or_else(|| PyString::new(py, association.relation().as_str()));
            let tuple = |items: [Bound<'py, PyAny>; 4]| PyTuple::new(py, items);
            associations.append(tuple([
                source.clone().into_any(),
                target.clone().into_any(),
                relation.into_any(),
                confidence.clone(),
            ])?)?;
            if let Some((kind, sure)) = &link {
                for end in [source, target] {
                    let concept = concept.clone().into_any();
                    associations.append(tuple([concept, end.into_any(), kind.clone(), sure.clone()])?)?;
                }
            }
        }
        results.push((associations, concepts));
    }
    Ok(results)
}
