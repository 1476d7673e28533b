//! The end of a batch that the caller sees: results go to the sink in order, failures and numbers to the report.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::cancel::StopFlag;
use super::cpu;
use super::error::BatchError;
use super::failure::{DocumentError, Failure};
use super::options::Callback;
use super::partition::{Position, Texts, Unit, WorkItem};
use super::plan::Plan;
use super::report::{Mode, Outcome, Progress, Report};
use super::sink::{ParallelSink, message};
use super::slot::{PatternCounts, ScanEnd, Slot};
use super::tally::Tally;
use super::worker::Worker;
use crate::extract::Extractor;

/// The callback is called at most so often.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(10);

/// Why a batch ends before its documents do.
#[derive(Debug)]
enum Ending<E> {
    Stopped,
    Cancelled,
    Failed(E),
}

pub(super) struct Delivery<'r, 'e, S: ParallelSink> {
    extractor: &'e Extractor,
    stop_flag: &'r StopFlag,
    sink: &'r mut S,
    /// The caller's thread scans too.
    worker: Worker<'e>,
    ending: Option<Ending<S::Error>>,
    /// The index of the document at which the sink panicked last: what else there is of it is not wanted.
    failed: Option<usize>,
    /// Emptied, to be used again.
    spare: Vec<PatternCounts>,
    errors: Vec<DocumentError>,
    progress: Progress,
    callback: Option<&'r mut Callback<'e>>,
    begin: Instant,
    /// When the clock was last looked at.
    now: Instant,
    /// If it is asked for.
    begin_processor: Option<(Duration, Duration)>,
    called: Instant,
}

impl<'r, 'e, S: ParallelSink> Delivery<'r, 'e, S> {
    #[inline]
    pub(super) fn new(
        extractor: &'e Extractor,
        stop_flag: &'r StopFlag,
        sink: &'r mut S,
        begin: Instant,
        is_timed: bool,
    ) -> Self {
        Delivery {
            extractor,
            stop_flag,
            sink,
            worker: Worker::new(extractor, stop_flag),
            ending: None,
            failed: None,
            spare: Vec::new(),
            errors: Vec::new(),
            progress: Progress::default(),
            callback: None,
            begin,
            now: begin,
            begin_processor: is_timed.then(cpu::processor_time),
            called: begin,
        }
    }

    /// Says how far it is to `callback`, of `total_bytes` if they are known.
    pub(super) fn call_back(&mut self, callback: &'r mut Callback<'e>, total_bytes: Option<u64>) {
        self.callback = Some(callback);
        self.progress.total_bytes = total_bytes;
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ending.is_some()
    }

    /// The worker of the caller's thread.
    pub(super) fn worker(&mut self) -> &mut Worker<'e> {
        &mut self.worker
    }

    /// Begins a new wave of slots. What a sink that panics does not do now only costs it memory.
    pub(super) fn next_wave(&mut self) {
        let _ = catch_unwind(AssertUnwindSafe(|| self.sink.next_stretch()));
    }

    /// A slot for `step`, with a part for a thread to fill unless the step has more than `largest` bytes. If the sink
    /// panics there is none: it will do so again where that can be told.
    pub(super) fn slot(&mut self, step: WorkItem, largest: usize) -> Slot<S::Part> {
        let part = match &step {
            WorkItem::Scan(unit) if unit.bytes <= largest => catch_unwind(AssertUnwindSafe(|| self.sink.part())).ok(),
            _ => None,
        };
        let found = if part.is_some() { self.spare.pop().unwrap_or_default() } else { PatternCounts::new() };
        Slot { part, found, ..Slot::undone(step) }
    }

    /// Sends on what came of a wave, and does what no thread did.
    pub(super) fn deliver<T: Texts>(&mut self, texts: &T, slots: &mut Vec<Slot<S::Part>>) {
        for slot in slots.drain(..) {
            match (slot.step, slot.part, slot.end) {
                // A part does not leave out what is left of a document that failed.
                (WorkItem::Scan(unit), Some(part), Some(end))
                    if self.failed.is_none_or(|it| it < texts.document(unit.start.text).index) =>
                {
                    if self.goes_on() {
                        self.merge(texts, &unit, part, slot.found, end);
                        self.pass(&unit);
                    }
                }
                (step, ..) => {
                    self.look_at_the_clock();
                    self.perform(texts, step);
                }
            }
        }
    }

    /// Does a step that no thread has done, since the clock was last looked at.
    pub(super) fn perform<T: Texts>(&mut self, texts: &T, step: WorkItem) {
        if !self.goes_on() {
            return;
        }
        match step {
            WorkItem::Refuse(error, counts) => {
                self.progress.documents += u64::from(counts);
                self.fail(error);
                self.tell();
            }
            WorkItem::Scan(unit) => {
                self.scan(texts, unit);
                self.pass(&unit);
            }
        }
    }

    /// Whether there is a next step.
    fn goes_on(&mut self) -> bool {
        if self.stop_flag.is_cancelled() {
            self.end(Ending::Cancelled);
        }
        !self.has_ended()
    }

    /// Notes that `unit` is done.
    fn pass(&mut self, unit: &Unit) {
        self.progress.documents += unit.documents as u64;
        self.progress.bytes += unit.bytes as u64;
        self.progress.associations = self.worker.delivered().total;
        self.tell();
    }

    /// Calls the callback if its time has come.
    fn tell(&mut self) {
        if self.callback.is_some() {
            self.look_at_the_clock();
            if self.now - self.called >= PROGRESS_INTERVAL {
                self.call();
            }
        }
    }

    /// The next step begins now, and not when the last one ended.
    pub(super) fn look_at_the_clock(&mut self) {
        self.now = Instant::now();
    }

    fn merge<T: Texts>(&mut self, texts: &T, unit: &Unit, part: S::Part, found: PatternCounts, end: ScanEnd<S::Error>) {
        if matches!(end, ScanEnd::Cancelled) {
            return self.end(Ending::Cancelled);
        }
        self.count(found);
        match catch_unwind(AssertUnwindSafe(|| self.sink.merge(part))) {
            Ok(flow) => self.follow(flow),
            Err(panic) => self.fail_all(texts, unit, &message(panic.as_ref())),
        }
        for error in self.sink.failed_in_merge() {
            self.failed = Some(error.index);
            self.note(error);
        }
        if self.has_ended() {
            return;
        }
        match end {
            ScanEnd::Done | ScanEnd::Cancelled => {}
            ScanEnd::Stopped => self.end(Ending::Stopped),
            ScanEnd::Failed(error) => self.end(Ending::Failed(error)),
            ScanEnd::Panicked(error, place) => {
                self.failed = Some(error.index);
                self.fail(error);
                self.scan_on(texts, unit, place);
            }
            ScanEnd::Full(place) => self.scan_on(texts, unit, place),
        }
    }

    /// Scans what is left of `unit` from `place` on.
    fn scan_on<T: Texts>(&mut self, texts: &T, unit: &Unit, place: Position) {
        self.look_at_the_clock();
        self.scan(texts, Unit { start: place, ..*unit });
    }

    /// Scans `unit` on this thread, straight into the sink, since the clock was last looked at.
    fn scan<T: Texts>(&mut self, texts: &T, mut unit: Unit) {
        let begin = self.now;
        while !self.has_ended() {
            let end = self.worker.deliver(texts, &unit, self.failed, self.stop_flag, &mut *self.sink);
            match end {
                ScanEnd::Done => break,
                ScanEnd::Stopped => self.end(Ending::Stopped),
                ScanEnd::Cancelled => self.end(Ending::Cancelled),
                ScanEnd::Failed(error) => self.end(Ending::Failed(error)),
                ScanEnd::Panicked(error, place) => {
                    self.failed = Some(error.index);
                    self.fail(error);
                    unit.start = place;
                }
                ScanEnd::Full(place) => unit.start = place,
            }
        }
        self.look_at_the_clock();
        self.worker.busy += self.now - begin;
    }

    fn follow(&mut self, flow: Result<ControlFlow<()>, S::Error>) {
        match flow {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => self.end(Ending::Stopped),
            Err(error) => self.end(Ending::Failed(error)),
        }
    }

    fn end(&mut self, ending: Ending<S::Error>) {
        self.ending.get_or_insert(ending);
        self.stop_flag.stop();
    }

    fn count(&mut self, mut found: PatternCounts) {
        for (pattern, count) in found.drain(..) {
            self.worker.delivered().add(pattern, count);
        }
        self.spare.push(found);
    }

    /// Tells the sink, and notes, that a document failed.
    fn fail(&mut self, error: DocumentError) {
        match catch_unwind(AssertUnwindSafe(|| self.sink.failed(&error))) {
            Ok(flow) => {
                self.note(error);
                self.follow(flow);
            }
            Err(panic) => {
                let failure = Failure::Panic(message(panic.as_ref()));
                self.note(DocumentError { failure, ..error });
            }
        }
    }

    fn note(&mut self, error: DocumentError) {
        self.progress.failed += 1;
        if self.errors.len() < Report::MAX_ERRORS {
            tracing::warn!(id = error.id, index = error.index, failure = %error.failure, "a document failed");
            self.errors.push(error);
        }
    }

    /// The whole unit is lost: all of its documents have failed.
    fn fail_all<T: Texts>(&mut self, texts: &T, unit: &Unit, message: &str) {
        let last = if unit.end.at == 0 { unit.end.text } else { unit.end.text + 1 };
        for number in unit.start.text..last {
            let document = texts.document(number);
            if self.failed != Some(document.index) {
                self.failed = Some(document.index);
                self.fail(DocumentError::new(document.id, document.index, Failure::Panic(message.to_owned())));
            }
        }
    }

    fn call(&mut self) {
        self.called = self.now;
        self.progress.elapsed = self.now - self.begin;
        if let Some(callback) = &mut self.callback
            && let Err(panic) = catch_unwind(AssertUnwindSafe(|| callback(&self.progress)))
        {
            self.callback = None;
            // It failed at no document: the batch itself is named.
            let failure = Failure::Panic(message(panic.as_ref()));
            self.progress.failed += 1;
            self.errors.push(DocumentError::new("", usize::try_from(self.progress.documents).unwrap_or(0), failure));
        }
    }

    /// Calls the callback for the last time and makes the report.
    pub(super) fn finish(&mut self, plan: &Plan<'_>, helpers: &[Worker<'_>]) -> Result<Report, BatchError<S::Error>> {
        // The end of a small batch is that of its last step.
        if self.callback.is_some() || self.begin_processor.is_some() {
            self.look_at_the_clock();
        }
        self.progress.associations = self.worker.delivered().total;
        self.call();
        let report = self.report(plan, helpers);
        tracing::debug!(
            documents = report.documents,
            bytes = report.bytes,
            associations = report.associations,
            failed = report.failed,
            outcome = ?report.outcome,
            wall_seconds = report.wall_seconds,
            processors = report.processors_used(),
            "batch ends"
        );
        match self.ending.take() {
            Some(Ending::Failed(error)) => Err(BatchError { error, report: Box::new(report) }),
            _ => Ok(report),
        }
    }

    fn report(&mut self, plan: &Plan<'_>, helpers: &[Worker<'_>]) -> Report {
        let processor = self.begin_processor.map(|begin| {
            let end = cpu::processor_time();
            (end.0.saturating_sub(begin.0), end.1.saturating_sub(begin.1))
        });
        let (user, system) = processor.unwrap_or_default();
        let wall_seconds = self.progress.elapsed.as_secs_f64();
        let share =
            |busy: Duration| if wall_seconds > 0.0 { (busy.as_secs_f64() / wall_seconds).min(1.0) } else { 0.0 };
        let mut busy = Vec::with_capacity(1 + helpers.len());
        busy.push(share(self.worker.busy));
        busy.extend(helpers.iter().map(|worker| share(worker.busy)));
        let most = helpers.iter().map(Worker::peak_arena_bytes).max().unwrap_or(0);
        let mut report = Report {
            outcome: match self.ending {
                None => Outcome::Complete,
                Some(Ending::Stopped) => Outcome::Stopped,
                Some(Ending::Cancelled) => Outcome::Cancelled,
                Some(Ending::Failed(_)) => Outcome::Failed,
            },
            documents: self.progress.documents,
            bytes: self.progress.bytes,
            associations: self.progress.associations,
            failed: self.progress.failed,
            mode: if plan.helpers.is_some() { Mode::Parallel } else { Mode::Sequential },
            reason: plan.reason.clone(),
            workers: plan.workers,
            threshold_bytes: plan.threshold,
            wall_seconds,
            user_seconds: user.as_secs_f64(),
            system_seconds: system.as_secs_f64(),
            busy,
            peak_arena_bytes: self.worker.peak_arena_bytes().max(most),
            ..Report::default()
        };
        let set = self.extractor.patterns();
        let counts = self.worker.delivered();
        if counts.total > 0 {
            counts.sort();
            report.relations = Tally::of_relations(set, counts);
            report.patterns = Tally::of_patterns(set, counts);
        }
        report.errors = std::mem::take(&mut self.errors);
        report
    }
}
