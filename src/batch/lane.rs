//! What one thread does: it scans units, with memory of its own.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::DocumentError;
use super::gather::Split;
use super::settings::CancelToken;
use super::tap::Tap;
use super::wave::{LineCount, Place, Step, Texts, Unit};
use crate::extract::{Counts, Document, Extractor, Gathered, LentWorkspace, Memory, Sink, Stop, Workspace};
use crate::pattern::PatternId;

/// What may be kept of a unit: so many times its bytes, and a little more so that small units may be dense.
const KEPT_SHARE: usize = 4;
const KEPT_BYTES: usize = 64 << 10;

/// Tells the threads of a batch when to stop.
#[derive(Debug)]
pub(super) struct Gate {
    /// The caller's wish, if there may be one.
    cancel: Option<CancelToken>,
    /// Whether what is still scanned is not wanted.
    stopped: AtomicBool,
}

impl Gate {
    #[inline]
    pub(super) fn new(cancel: Option<&CancelToken>) -> Self {
        Gate { cancel: cancel.cloned(), stopped: AtomicBool::new(false) }
    }

    #[inline]
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.as_ref().is_some_and(CancelToken::is_cancelled)
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn is_closed(&self) -> bool {
        self.is_cancelled() || self.stopped.load(Ordering::Relaxed)
    }
}

/// A step of a wave, and what came of it if a thread has done it.
pub(super) struct Slot<S: Sink> {
    pub(super) step: Step,
    /// What a thread fills, if the step is to be done by one.
    pub(super) part: Option<S>,
    /// What the part was sent.
    pub(super) found: Found,
    /// How the scan ended, if a thread did it.
    pub(super) end: Option<End<S::Error>>,
}

impl<S: Sink> Slot<S> {
    pub(super) fn undone(step: Step) -> Self {
        Slot { step, part: None, found: Found::new(), end: None }
    }
}

/// The steps that no thread has begun with.
pub(super) struct Queue<'q, S: Sink> {
    slots: std::slice::IterMut<'q, Slot<S>>,
    lines: &'q mut LineCount,
}

impl<'q, S: Sink> Queue<'q, S> {
    pub(super) fn new(slots: &'q mut [Slot<S>], lines: &'q mut LineCount) -> Self {
        Queue { slots: slots.iter_mut(), lines }
    }

    fn next(&mut self, texts: &impl Texts) -> Option<&'q mut Slot<S>> {
        let slot = self.slots.next()?;
        self.lines.note(texts, &mut slot.step);
        Some(slot)
    }
}

/// How many associations of each pattern were found; only of those that were.
pub(super) type Found = Vec<(PatternId, u64)>;

/// How the scan of a unit ended.
#[derive(Debug)]
pub(super) enum End<E> {
    /// All of it was scanned.
    Done,
    /// The sink wanted no more.
    Stopped,
    /// The sink failed.
    Failed(E),
    /// The sink panicked at a document, in the line that begins at the place. What was sent before is in it.
    Panicked(DocumentError, Place),
    /// The sink has as much as it may; everything before the place is in it.
    Full(Place),
    /// The gate was closed: the part is not to be used.
    Cancelled,
}

/// A thread's own: the memory of the extraction, and counts.
#[derive(Debug)]
pub(super) struct Lane<'x> {
    extractor: &'x Extractor,
    workspace: LentWorkspace<'x>,
    pub(super) busy: Duration,
}

/// The memory goes back to the extractor, for others who are not to be stopped.
impl Drop for Lane<'_> {
    #[inline]
    fn drop(&mut self) {
        self.workspace.memory.obey(Stop::default());
    }
}

impl<'x> Lane<'x> {
    #[inline]
    pub(super) fn new(extractor: &'x Extractor, gate: &Gate) -> Self {
        let mut workspace = extractor.lend_workspace();
        let Workspace { memory, batch } = &mut *workspace;
        memory.forget_peak();
        memory.obey(gate.cancel.as_ref().map(CancelToken::stop).unwrap_or_default());
        // A batch that ended with a panic of the caller's has left its counts.
        batch.in_unit.clear();
        batch.delivered.clear();
        Lane { extractor, workspace, busy: Duration::ZERO }
    }

    /// What has been delivered, if this is the lane that delivers.
    #[inline]
    pub(super) fn delivered(&mut self) -> &mut Counts {
        &mut self.workspace.batch.delivered
    }

    #[inline]
    pub(super) fn peak_arena_bytes(&self) -> usize {
        self.workspace.memory.peak_arena_bytes()
    }

    /// Takes units from `queue`, first things first, until there are none.
    pub(super) fn work<S: Sink>(&mut self, texts: &impl Texts, queue: &Mutex<Queue<'_, S>>, gate: &Gate) {
        while !gate.is_closed() {
            // What a panic of the caller's texts might leave is not delivered.
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next(texts);
            let Some(slot) = next else { return };
            let Slot { step: Step::Scan(unit), part: Some(part), found, end } = slot else { continue };
            let begin = Instant::now();
            let room = KEPT_BYTES + KEPT_SHARE * unit.bytes;
            let Workspace { memory, batch } = &mut *self.workspace;
            let tap = Tap::new(part, gate, &mut batch.in_unit, None, room, self.extractor.reads_paragraphs());
            *end = Some(scan(self.extractor, memory, &mut batch.gathered, texts, unit, tap));
            found.extend(batch.in_unit.drain());
            self.busy += begin.elapsed();
        }
    }

    /// Sends what is found in `unit` straight to `sink`, but for the document with the index `skip`.
    pub(super) fn deliver<S: Sink>(
        &mut self,
        texts: &impl Texts,
        unit: &Unit,
        skip: Option<usize>,
        gate: &Gate,
        sink: &mut S,
    ) -> End<S::Error> {
        let Workspace { memory, batch } = &mut *self.workspace;
        let tap = Tap::new(sink, gate, &mut batch.delivered, skip, usize::MAX, self.extractor.reads_paragraphs());
        scan(self.extractor, memory, &mut batch.gathered, texts, unit, tap)
    }
}

/// Sends what is found in `unit` to `tap`, as far as it goes along.
fn scan<'t, S: Sink>(
    extractor: &Extractor,
    memory: &mut Memory,
    gathered: &mut Gathered,
    texts: &'t impl Texts,
    unit: &Unit,
    mut tap: Tap<'t, S>,
) -> End<S::Error> {
    let mut place = unit.start;
    loop {
        if place == unit.end {
            return End::Done;
        }
        if tap.is_full() {
            return End::Full(place);
        }
        if tap.gate().is_closed() {
            return End::Cancelled;
        }
        let next = if extractor.reads_paragraphs() { place } else { gathered.fill(texts, place, unit.end) };
        let flow = if next == place {
            let document = texts.document(place.text);
            let to = if place.text == unit.end.text { unit.end.at } else { document.text.len() };
            let part = Document {
                text: &document.text[place.at..to],
                offset: document.offset + place.at,
                line: document.line + place.lines,
                ..document
            };
            tap.enter(place.text, part);
            extractor.extract_with(memory, &part, &mut tap)
        } else {
            let mut split = Split::new(texts, gathered, &mut tap);
            extractor.extract_with(memory, &gathered.document(), &mut split)
        };
        match flow {
            // It may have ended early.
            Ok(_) if tap.gate().is_cancelled() && !tap.has_ended() => return End::Cancelled,
            Ok(ControlFlow::Continue(())) if next != place => place = next,
            Ok(ControlFlow::Continue(())) if place.text == unit.end.text => place = unit.end,
            Ok(ControlFlow::Continue(())) => place = Place::of(place.text + 1),
            Err(error) => return End::Failed(error),
            Ok(ControlFlow::Break(())) => return tap.end(texts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Engine, OwnedAssociation};
    use crate::pattern::PatternSet;

    #[test]
    fn a_cancel_is_seen_within_a_line_and_forgotten_with_the_lane() {
        // No engine sends anything of this line before it has gone through all of it.
        let text = "Heavy rain causes floods. ".repeat(1_000);
        let document = Document::new(&text);
        for (patterns, count) in [(PatternSet::seed(), 1), (PatternSet::english(), 1_000)] {
            let extractor = Extractor::builder().patterns(patterns).build().unwrap();
            let simd = Extractor::builder().engine(Engine::Simd).build().is_ok();
            let token = CancelToken::new();
            let gate = Gate::new(Some(&token));
            let mut found: Vec<OwnedAssociation> = Vec::new();
            let mut lane = Lane::new(&extractor, &gate);
            let Ok(flow) = extractor.extract_with(&mut lane.workspace.memory, &document, &mut found);
            assert_eq!((flow, found.len()), (ControlFlow::Continue(()), count));
            token.cancel();
            found.clear();
            let Ok(_) = extractor.extract_with(&mut lane.workspace.memory, &document, &mut found);
            assert!(found.is_empty() || !simd, "{} were sent", found.len());
            drop(lane);
            assert_eq!(extractor.extract(&text).len(), count);
        }
    }
}
