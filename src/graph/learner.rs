//! Learning: what one content, or a batch of them, does to a graph.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::config::LearnConfig;
use super::draft::Drafts;
use super::error::{GraphFull, LearnError};
use super::hash::Seed;
use super::id::ConceptId;
use super::lesson::Lesson;
use super::report::{LearnReport, Stage};
use super::steps::{Counts, Kinds, Plan};
use super::view::ConceptGraph;
use crate::batch::Batch;
use crate::extract::Extractor;

/// Lessons that pass the stages together: enough that threads rarely wait, few enough that what is between the
/// stages stays in the cache.
const TOGETHER: usize = 1024;
/// Lessons that one thread drafts at a time.
const DRAFTED_TOGETHER: usize = 128;

/// Learns contents into a [`ConceptGraph`].
///
/// ```
/// use relscan::Extractor;
/// use relscan::graph::{ConceptId, Learner};
///
/// let mut learner = Learner::new(Extractor::seed())?;
/// let ids = learner.learn_batch(&[
///     ("Python is a language", None, Some("Programming")),
///     ("Smoking causes cancer", Some("leaflet"), None),
/// ])?;
/// assert_eq!(ids[1], ConceptId::of("Smoking causes cancer"));
///
/// let python = learner.graph().concept_of("python").unwrap();
/// let hypernyms: Vec<&str> = python.outgoing().map(|association| association.target().content()).collect();
/// assert_eq!(hypernyms[0], "language");
/// # Ok::<(), relscan::graph::LearnError>(())
/// ```
#[derive(Debug)]
pub struct Learner {
    extractor: Extractor,
    config: LearnConfig,
    graph: ConceptGraph,
    kinds: Kinds,
    memory: Memory,
    pool: Option<ThreadPool>,
    last: LearnReport,
    total: LearnReport,
}

/// What is between the stages, used again from batch to batch.
#[derive(Debug, Default)]
struct Memory {
    drafts: Vec<Drafts>,
    plan: Plan,
    /// The plan that is being carried out while the next is made.
    ready: Plan,
}

impl Learner {
    /// One that learns into an empty graph, as the original engine did.
    ///
    /// # Errors
    ///
    /// [`LearnError`], though not for any pattern set of a sensible size.
    pub fn new(extractor: Extractor) -> Result<Self, LearnError> {
        Self::with_config(extractor, LearnConfig::default())
    }

    /// One that learns into an empty graph.
    ///
    /// # Errors
    ///
    /// [`LearnError`] if the configuration makes no sense.
    pub fn with_config(extractor: Extractor, config: LearnConfig) -> Result<Self, LearnError> {
        Self::into_existing(extractor, config, ConceptGraph::new())
    }

    /// One that goes on with `graph`.
    ///
    /// # Errors
    ///
    /// [`LearnError`] if the configuration makes no sense.
    pub fn into_existing(
        extractor: Extractor,
        config: LearnConfig,
        mut graph: ConceptGraph,
    ) -> Result<Self, LearnError> {
        config.check()?;
        let kinds = Kinds::new(&mut graph.edges, extractor.patterns(), &config)?;
        Ok(Learner {
            extractor,
            config,
            graph,
            kinds,
            memory: Memory::default(),
            pool: None,
            last: LearnReport::default(),
            total: LearnReport::default(),
        })
    }

    /// The graph.
    #[must_use]
    pub fn graph(&self) -> &ConceptGraph {
        &self.graph
    }

    /// The graph, when learning is over.
    #[must_use]
    pub fn into_graph(self) -> ConceptGraph {
        self.graph
    }

    /// The extractor.
    #[must_use]
    pub fn extractor(&self) -> &Extractor {
        &self.extractor
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &LearnConfig {
        &self.config
    }

    /// What the last call learned.
    #[must_use]
    pub fn last_report(&self) -> &LearnReport {
        &self.last
    }

    /// What all calls learned together.
    #[must_use]
    pub fn total_report(&self) -> &LearnReport {
        &self.total
    }

    /// Counts time that a store took for the last batch.
    #[cfg(feature = "store")]
    pub(super) fn add_store_time(&mut self, time: Duration) {
        for report in [&mut self.last, &mut self.total] {
            report.add_time(Stage::Store, time);
            report.elapsed += time;
        }
    }

    #[cfg(feature = "store")]
    pub(super) fn graph_mut(&mut self) -> &mut ConceptGraph {
        &mut self.graph
    }

    /// Learns one content, and returns the id of its concept.
    ///
    /// # Errors
    ///
    /// [`LearnError::Full`] if the graph cannot hold more; what was learned before stays.
    pub fn learn(
        &mut self,
        content: &str,
        source: Option<&str>,
        category: Option<&str>,
    ) -> Result<ConceptId, LearnError> {
        let mut ids = Vec::with_capacity(1);
        self.learn_rounds(&[(content, source, category)], false, &mut ids)?;
        Ok(ids[0])
    }

    /// Learns contents one after another, and returns the ids of their concepts. Texts are read on several threads
    /// ahead of the graph if the batch is large enough; the graph is the same, to the last bit, as if
    /// [`learn`](Self::learn) had been called for each.
    ///
    /// # Errors
    ///
    /// [`LearnError::Full`] if the graph cannot hold more, [`LearnError::Threads`] if the system gives no threads.
    pub fn learn_batch(&mut self, lessons: &[Lesson<'_>]) -> Result<Vec<ConceptId>, LearnError> {
        let mut ids = Vec::with_capacity(lessons.len());
        let worth_it = lessons.len() >= self.config.parallel_threshold.max(2);
        if self.config.enable_parallel_associations && worth_it {
            let pool = match self.pool.take() {
                Some(pool) => pool,
                None => pool_of(self.config.association_workers)?,
            };
            let result = pool.install(|| self.learn_rounds(lessons, true, &mut ids));
            self.pool = Some(pool);
            result?;
        } else {
            self.learn_rounds(lessons, false, &mut ids)?;
        }
        let LearnReport { learned, in_parallel, new_concepts, elapsed, .. } = self.last;
        tracing::debug!(learned, in_parallel, new_concepts, seconds = elapsed.as_secs_f64(), "batch learned");
        Ok(ids)
    }

    /// Takes lessons through the stages, [`TOGETHER`] at a time. In parallel, the associations of one round are
    /// updated beside the reading of the next.
    fn learn_rounds(
        &mut self,
        lessons: &[Lesson<'_>],
        in_parallel: bool,
        ids: &mut Vec<ConceptId>,
    ) -> Result<(), LearnError> {
        let start = Instant::now();
        let mut report = LearnReport { learned: lessons.len(), ..LearnReport::default() };
        if in_parallel {
            report.in_parallel = lessons.len();
        }
        let Learner { extractor, config, graph, kinds, memory, .. } = self;
        let ConceptGraph { nodes, edges, seed } = graph;
        let Memory { drafts, plan, ready } = memory;
        let mut read = |round: &[Lesson<'_>], plan: &mut Plan, report: &mut LearnReport| -> Result<(), GraphFull> {
            draft(extractor, *seed, round, drafts, in_parallel);
            let start = Instant::now();
            plan.clear();
            let used = drafts.iter().take(round.len().div_ceil(DRAFTED_TOGETHER));
            for (lesson, draft) in round.iter().zip(used.clone().flat_map(Drafts::iter)) {
                ids.push(plan.learn_concepts(nodes, config, lesson, draft)?);
            }
            report.new_concepts += plan.new_concepts;
            report.add_time(Stage::ConceptUpdates, start.elapsed());
            for drafts in used {
                report.add_time(Stage::Extraction, drafts.extraction);
                report.add_time(Stage::TextProcessing, drafts.text);
            }
            Ok(())
        };
        let join = |plan: &Plan, edges: &mut _| {
            let start = Instant::now();
            plan.learn_associations(edges, kinds).map(|counts| (counts, start.elapsed()))
        };
        ready.clear();
        for round in lessons.chunks(TOGETHER) {
            let (joined, read) = if in_parallel {
                rayon::join(|| join(ready, edges), || read(round, plan, &mut report))
            } else {
                (join(ready, edges), read(round, plan, &mut report))
            };
            count(&mut report, joined?);
            std::mem::swap(plan, ready);
            read?;
        }
        count(&mut report, join(ready, edges)?);
        ready.clear();
        report.elapsed = start.elapsed();
        self.total += &report;
        self.last = report;
        Ok(())
    }
}

fn count(report: &mut LearnReport, (counts, time): (Counts, Duration)) {
    report.extracted += counts.found;
    report.new_associations += counts.new_found;
    report.new_links += counts.new_links;
    report.new_cooccurrences += counts.new_cooccurring;
    report.add_time(Stage::AssociationUpdates, time);
}

/// Makes the drafts of a round: several lessons each, in order.
fn draft(extractor: &Extractor, seed: Seed, round: &[Lesson<'_>], drafts: &mut Vec<Drafts>, in_parallel: bool) {
    let parts = round.len().div_ceil(DRAFTED_TOGETHER);
    if drafts.len() < parts {
        drafts.resize_with(parts, Drafts::default);
    }
    if in_parallel {
        let parts = drafts[..parts].par_iter_mut().zip(round.par_chunks(DRAFTED_TOGETHER));
        parts.for_each(|(drafts, lessons)| drafts.fill(extractor, seed, lessons));
    } else {
        for (drafts, lessons) in drafts.iter_mut().zip(round.chunks(DRAFTED_TOGETHER)) {
            drafts.fill(extractor, seed, lessons);
        }
    }
}

/// Threads for the workers, and one for the graph.
fn pool_of(workers: Option<NonZeroUsize>) -> Result<ThreadPool, LearnError> {
    let builder = ThreadPoolBuilder::new().num_threads(workers_of(workers) + 1);
    let builder = builder.thread_name(|number| format!("relscan-learn-{number}"));
    builder.build().map_err(|error| LearnError::Threads(error.to_string()))
}

fn workers_of(workers: Option<NonZeroUsize>) -> usize {
    let spare = || available_parallelism().map_or(1, NonZeroUsize::get).saturating_sub(1).max(1);
    workers.map_or_else(spare, |count| count.get().min(Batch::MAX_WORKERS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_workers_are_asked_for() {
        let asked = |count| workers_of(NonZeroUsize::new(count));
        assert_eq!((asked(1), asked(7), asked(usize::MAX)), (1, 7, Batch::MAX_WORKERS));
        assert!(asked(0) >= 1);
    }
}
