//! Drives a batch: one wave is scanned while the one before is delivered and the one after is read.

use std::sync::Mutex;
use std::time::Instant;

use super::delivery::Delivery;
use super::document::AsDocument;
use super::error::{BatchError, DocumentError};
use super::lane::{Gate, Lane, Queue, Slot};
use super::plan::{self, Helpers, Plan};
use super::reader::Reader;
use super::report::Report;
use super::settings::Batch;
use super::sink::ParallelSink;
use super::wave::{Borrowed, Cutter, LineCount, Ramp, Step, Texts};

/// Texts that are scanned together.
struct Wave<T> {
    texts: T,
    steps: Vec<Step>,
    /// Whether its results are not to wait for the next wave.
    urgent: bool,
}

/// A wave that is being scanned, or has been.
struct Work<T, S: ParallelSink> {
    texts: T,
    slots: Vec<Slot<S::Part>>,
}

/// Extracts from documents that are there.
pub(super) fn run<D: AsDocument + Sync, S: ParallelSink>(
    batch: &mut Batch<'_>,
    documents: &[D],
    sink: &mut S,
) -> Result<Report, BatchError<S::Error>> {
    let begin = Instant::now();
    let sizes = || documents.iter().map(|document| document.as_document().text.len());
    let total = batch.progress.is_some().then(|| sizes().map(|size| size as u64).sum());
    let plan = Plan::new(batch, |enough| {
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
    let mut cutter = Cutter::new(&plan, plan.waves(batch.max_in_flight_bytes / 2), batch.max_document_bytes);
    go(batch, &plan, sink, begin, total, || {
        let texts = Borrowed(documents);
        let mut steps = Vec::new();
        cutter.wave(&texts, documents.len(), &mut steps);
        (!steps.is_empty()).then_some(Wave { texts, steps, urgent: false })
    })
}

/// Extracts from what is read meanwhile.
pub(super) fn stream<P: AsDocument + Send + Sync, E: Into<DocumentError>, S: ParallelSink>(
    batch: &mut Batch<'_>,
    pieces: impl Iterator<Item = Result<P, E>>,
    sink: &mut S,
) -> Result<Report, BatchError<S::Error>> {
    let begin = Instant::now();
    // One wave is being read, one scanned, one delivered. The first must show whether there is much to come.
    let most = batch.max_in_flight_bytes / 3;
    let first_bytes = plan::threshold(batch).min(most);
    let mut reader = Reader::new(pieces, Ramp { bytes: first_bytes, most: first_bytes });
    let mut first = reader.read();
    let known = first.as_ref().map_or(0, |read| read.bytes);
    let plan = Plan::new(batch, |enough| if reader.ended { known } else { known.max(enough) });
    reader.wave = plan.waves(most);
    let mut cutter = Cutter::new(&plan, reader.wave, batch.max_document_bytes);
    go(batch, &plan, sink, begin, None, || {
        let read = first.take().or_else(|| reader.read())?;
        cutter.rewind();
        let mut steps = Vec::new();
        for (before, error) in read.errors {
            cutter.all(&read.texts, before, read.bytes, &mut steps);
            let counts = cutter.meet(error.index);
            steps.push(Step::Refuse(error, counts));
        }
        cutter.all(&read.texts, read.texts.len(), read.bytes, &mut steps);
        Some(Wave { texts: read.texts, steps, urgent: read.slow })
    })
}

fn go<T: Texts, S: ParallelSink>(
    batch: &mut Batch<'_>,
    plan: &Plan<'_>,
    sink: &mut S,
    begin: Instant,
    total_bytes: Option<u64>,
    mut next: impl FnMut() -> Option<Wave<T>>,
) -> Result<Report, BatchError<S::Error>> {
    let extractor = batch.extractor;
    let span = tracing::debug_span!("batch", engine = extractor.engine_name(), workers = plan.workers);
    let _entered = span.enter();
    tracing::debug!(threshold = plan.threshold, unit_bytes = plan.unit_bytes, reason = %plan.reason, "batch begins");
    let gate = Gate::new(&batch.cancel);
    let mut delivery = Delivery::new(extractor, &gate, sink, begin, plan.is_large);
    if let Some(callback) = &mut batch.progress {
        delivery.call_back(callback, total_bytes);
    }
    let mut helpers: Vec<Lane<'_>> = (1..plan.workers).map(|_| Lane::new(extractor)).collect();
    match &plan.helpers {
        None => {
            let mut lines = LineCount::default();
            while !delivery.has_ended()
                && let Some(mut wave) = next()
            {
                wave.steps.iter_mut().for_each(|step| lines.note(&wave.texts, step));
                let slots = wave.steps.into_iter().map(Slot::undone).collect();
                delivery.deliver(&wave.texts, slots);
            }
        }
        Some(pool) => in_parallel(plan, pool, &mut helpers, &gate, &mut delivery, next),
    }
    delivery.finish(plan, &helpers)
}

fn in_parallel<T: Texts, S: ParallelSink>(
    plan: &Plan<'_>,
    pool: &Helpers<'_>,
    helpers: &mut [Lane<'_>],
    gate: &Gate,
    delivery: &mut Delivery<'_, '_, S>,
    mut next: impl FnMut() -> Option<Wave<T>>,
) {
    let mut lines = LineCount::default();
    let mut scanned: Option<Work<T, S>> = None;
    let mut coming = next();
    while let Some(Wave { texts, steps, urgent }) = coming.take() {
        let part = |unit_bytes| (unit_bytes <= plan.large_unit_bytes).then(|| delivery.part()).flatten();
        let mut slots: Vec<_> = steps
            .into_iter()
            .map(|step| {
                let part = if let Step::Scan(unit) = &step { part(unit.bytes) } else { None };
                Slot { part, ..Slot::undone(step) }
            })
            .collect();
        let queue = Mutex::new(Queue::new(&mut slots, &mut lines));
        pool.in_place_scope(|scope| {
            for lane in helpers.iter_mut() {
                let (texts, queue) = (&texts, &queue);
                scope.spawn(move |_| lane.work(texts, queue, gate));
            }
            if let Some(Work { texts, slots }) = scanned.take() {
                delivery.deliver(&texts, slots);
            }
            if !urgent && !delivery.has_ended() {
                coming = next();
            }
            delivery.lane().work(&texts, &queue, gate);
        });
        if urgent {
            delivery.deliver(&texts, slots);
            coming = if delivery.has_ended() { None } else { next() };
        } else {
            scanned = Some(Work { texts, slots });
        }
        if delivery.has_ended() {
            return;
        }
    }
    if let Some(Work { texts, slots }) = scanned {
        delivery.deliver(&texts, slots);
    }
}
