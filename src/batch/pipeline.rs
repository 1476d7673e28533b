//! Drives a batch: one wave is scanned while the one before is delivered and the one after is read.

use std::sync::Mutex;
use std::time::Instant;

use super::cancel::StopFlag;
use super::delivery::Delivery;
use super::document::AsDocument;
use super::error::BatchError;
use super::failure::DocumentError;
use super::growth::GrowingSize;
use super::options::Options;
use super::partition::{Borrowed, LineCount, Partitioner, Texts, WorkItem};
use super::plan::{self, Helpers, Plan};
use super::prefetch::Reader;
use super::report::Report;
use super::sink::ParallelSink;
use super::slot::Slot;
use super::worker::{Queue, Worker};

/// Texts that are scanned together, and what comes of them. One wave after another is made of the same memory.
struct Wave<T, S: ParallelSink> {
    texts: T,
    steps: Vec<WorkItem>,
    /// The steps, once someone is to do them.
    slots: Vec<Slot<S::Part>>,
    /// Whether its results are not to wait for the next wave.
    urgent: bool,
}

impl<T: Default, S: ParallelSink> Default for Wave<T, S> {
    fn default() -> Self {
        Wave { texts: T::default(), steps: Vec::new(), slots: Vec::new(), urgent: false }
    }
}

/// Extracts from documents that are there.
pub(super) fn run<D: AsDocument + Sync, S: ParallelSink>(
    options: &mut Options<'_>,
    documents: &[D],
    sink: &mut S,
) -> Result<Report, BatchError<S::Error>> {
    let begin = Instant::now();
    let sizes = || documents.iter().map(|document| document.as_document().text.len());
    let total = options.progress.is_some().then(|| sizes().map(|size| size as u64).sum());
    let plan = Plan::new(options, |enough| {
        let mut known = 0_usize;
        for size in sizes() {
            known = known.saturating_add(size);
            if known >= enough {
                break;
            }
        }
        known
    });
    // One wave is being scanned, one delivered.
    let mut partitioner =
        Partitioner::new(&plan, plan.waves(options.max_in_flight_bytes / 2), options.max_document_bytes);
    run_batch(options, &plan, sink, begin, total, |delivery, helpers, stop_flag| {
        let Some(pool) = &plan.helpers else {
            let (texts, mut lines) = (Borrowed(documents), LineCount::default());
            while !delivery.has_ended()
                && let Some(mut step) = partitioner.next(&texts, documents.len())
            {
                lines.note(&texts, &mut step);
                delivery.perform(&texts, step);
            }
            return;
        };
        run_parallel(&plan, pool, helpers, stop_flag, delivery, |wave| {
            wave.texts = Borrowed(documents);
            partitioner.wave(&wave.texts, documents.len(), &mut wave.steps);
            !wave.steps.is_empty()
        });
    })
}

/// Extracts from what is read meanwhile.
pub(super) fn stream<P: AsDocument + Send + Sync, E: Into<DocumentError>, S: ParallelSink>(
    options: &mut Options<'_>,
    pieces: impl Iterator<Item = Result<P, E>>,
    sink: &mut S,
) -> Result<Report, BatchError<S::Error>> {
    let begin = Instant::now();
    // One wave is being read, one scanned, one delivered. The first must show whether there is much to come.
    let most = options.max_in_flight_bytes / 3;
    let first_bytes = plan::threshold(options).min(most);
    let mut reader = Reader::new(pieces, GrowingSize { bytes: first_bytes, most: first_bytes });
    let mut first_texts = Vec::new();
    let mut first = reader.read(&mut first_texts);
    let known = first.as_ref().map_or(0, |read| read.bytes);
    let mut plan = Plan::new(options, |enough| if reader.ended { known } else { known.max(enough) });
    // To read takes longer still.
    plan.is_timed = true;
    reader.wave = plan.waves(most);
    let mut partitioner = Partitioner::new(&plan, reader.wave, options.max_document_bytes);
    let mut next = |wave: &mut Wave<Vec<P>, S>| {
        let read = if let Some(read) = first.take() {
            wave.texts = std::mem::take(&mut first_texts);
            read
        } else {
            let Some(read) = reader.read(&mut wave.texts) else { return false };
            read
        };
        partitioner.rewind();
        for (before, error) in read.errors {
            partitioner.all(&wave.texts, before, read.bytes, &mut wave.steps);
            let counts = partitioner.meet(error.index);
            wave.steps.push(WorkItem::Refuse(error, counts));
        }
        partitioner.all(&wave.texts, wave.texts.len(), read.bytes, &mut wave.steps);
        wave.urgent = read.slow;
        true
    };
    run_batch(options, &plan, sink, begin, None, |delivery, helpers, stop_flag| {
        let Some(pool) = &plan.helpers else {
            let (mut wave, mut lines) = (Wave::default(), LineCount::default());
            while !delivery.has_ended() && next(&mut wave) {
                // To read took its time.
                delivery.look_at_the_clock();
                for mut step in wave.steps.drain(..) {
                    lines.note(&wave.texts, &mut step);
                    delivery.perform(&wave.texts, step);
                }
            }
            return delivery.look_at_the_clock();
        };
        run_parallel(&plan, pool, helpers, stop_flag, delivery, next);
    })
}

/// Makes what a batch needs, lets `work` do it, and reports.
fn run_batch<S: ParallelSink>(
    options: &mut Options<'_>,
    plan: &Plan<'_>,
    sink: &mut S,
    begin: Instant,
    total_bytes: Option<u64>,
    work: impl FnOnce(&mut Delivery<'_, '_, S>, &mut [Worker<'_>], &StopFlag),
) -> Result<Report, BatchError<S::Error>> {
    let extractor = options.extractor;
    let span = tracing::debug_span!("batch", engine = extractor.engine_name(), workers = plan.workers);
    let _entered = span.enter();
    tracing::debug!(threshold = plan.threshold, unit_bytes = plan.unit_bytes, reason = %plan.reason, "batch begins");
    let stop_flag = StopFlag::new(options.cancel.as_ref());
    let mut delivery = Delivery::new(extractor, &stop_flag, sink, begin, plan.is_timed);
    if let Some(callback) = &mut options.progress {
        delivery.call_back(callback, total_bytes);
    }
    let mut helpers: Vec<Worker<'_>> = (1..plan.workers).map(|_| Worker::new(extractor, &stop_flag)).collect();
    work(&mut delivery, &mut helpers, &stop_flag);
    delivery.finish(plan, &helpers)
}

/// Does what `next` fills waves with, until it says that there is no more, by several threads.
fn run_parallel<T: Texts + Default, S: ParallelSink>(
    plan: &Plan<'_>,
    pool: &Helpers<'_>,
    helpers: &mut [Worker<'_>],
    stop_flag: &StopFlag,
    delivery: &mut Delivery<'_, '_, S>,
    mut next: impl FnMut(&mut Wave<T, S>) -> bool,
) {
    let mut lines = LineCount::default();
    // One is scanned while the other, which was scanned before, is delivered and filled again.
    let (mut current, mut other) = (Wave::<T, S>::default(), Wave::<T, S>::default());
    let mut goes_on = next(&mut current);
    while goes_on {
        let Wave { texts, steps, slots, urgent } = &mut current;
        delivery.next_wave();
        slots.extend(steps.drain(..).map(|step| delivery.slot(step, plan.large_unit_bytes)));
        let (texts, queue) = (&*texts, Mutex::new(Queue::new(slots, &mut lines)));
        pool.in_place_scope(|scope| {
            for worker in helpers.iter_mut() {
                let queue = &queue;
                scope.spawn(move |_| worker.work(texts, queue, stop_flag));
            }
            delivery.deliver(&other.texts, &mut other.slots);
            if !*urgent {
                goes_on = !delivery.has_ended() && next(&mut other);
            }
            delivery.worker().work(texts, &queue, stop_flag);
        });
        if *urgent {
            delivery.deliver(texts, slots);
            goes_on = !delivery.has_ended() && next(&mut current);
        } else {
            std::mem::swap(&mut current, &mut other);
        }
        if delivery.has_ended() {
            return;
        }
    }
    delivery.deliver(&other.texts, &mut other.slots);
}
