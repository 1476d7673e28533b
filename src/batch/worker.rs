//! What one thread does: it scans units, with memory of its own.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::cancel::StopFlag;
use super::coalesce::Splitter;
use super::guard::GuardedSink;
use super::partition::{LineCount, Position, Texts, Unit, WorkItem};
use super::slot::{ScanEnd, Slot};
use crate::extract::{Counts, Document, Extractor, Gathered, LentWorkspace, Memory, Sink, Stop, Workspace};

/// What may be kept of a unit: so many times its bytes, and a little more so that small units may be dense.
const KEPT_SHARE: usize = 4;
const KEPT_BYTES: usize = 64 << 10;

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

/// A thread's own: the memory of the extraction, and counts.
#[derive(Debug)]
pub(super) struct Worker<'x> {
    extractor: &'x Extractor,
    workspace: LentWorkspace<'x>,
    pub(super) busy: Duration,
}

/// The memory goes back to the extractor, for others who are not to be stopped.
impl Drop for Worker<'_> {
    #[inline]
    fn drop(&mut self) {
        self.workspace.memory.obey(Stop::default());
    }
}

impl<'x> Worker<'x> {
    #[inline]
    pub(super) fn new(extractor: &'x Extractor, stop_flag: &StopFlag) -> Self {
        let mut workspace = extractor.lend_workspace();
        let Workspace { memory, batch } = &mut *workspace;
        memory.forget_peak();
        memory.obey(stop_flag.within_a_line());
        // A batch that ended with a panic of the caller's has left its counts.
        batch.in_unit.clear();
        batch.delivered.clear();
        Worker { extractor, workspace, busy: Duration::ZERO }
    }

    /// What has been delivered, if this is the worker that delivers.
    #[inline]
    pub(super) fn delivered(&mut self) -> &mut Counts {
        &mut self.workspace.batch.delivered
    }

    #[inline]
    pub(super) fn peak_arena_bytes(&self) -> usize {
        self.workspace.memory.peak_arena_bytes()
    }

    /// Takes units from `queue`, first things first, until there are none.
    pub(super) fn work<S: Sink>(&mut self, texts: &impl Texts, queue: &Mutex<Queue<'_, S>>, stop_flag: &StopFlag) {
        while !stop_flag.is_set() {
            // What a panic of the caller's texts might leave is not delivered.
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next(texts);
            let Some(slot) = next else { return };
            let Slot { step: WorkItem::Scan(unit), part: Some(part), found, end } = slot else { continue };
            let begin = Instant::now();
            let room = KEPT_BYTES + KEPT_SHARE * unit.bytes;
            let Workspace { memory, batch } = &mut *self.workspace;
            let guarded =
                GuardedSink::new(part, stop_flag, &mut batch.in_unit, None, room, self.extractor.reads_paragraphs());
            *end = Some(scan(self.extractor, memory, &mut batch.gathered, texts, unit, guarded));
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
        stop_flag: &StopFlag,
        sink: &mut S,
    ) -> ScanEnd<S::Error> {
        let Workspace { memory, batch } = &mut *self.workspace;
        let guarded = GuardedSink::new(
            sink,
            stop_flag,
            &mut batch.delivered,
            skip,
            usize::MAX,
            self.extractor.reads_paragraphs(),
        );
        scan(self.extractor, memory, &mut batch.gathered, texts, unit, guarded)
    }
}

/// Sends what is found in `unit` to `guarded`, as far as it goes along.
fn scan<'t, S: Sink>(
    extractor: &Extractor,
    memory: &mut Memory,
    gathered: &mut Gathered,
    texts: &'t impl Texts,
    unit: &Unit,
    mut guarded: GuardedSink<'t, S>,
) -> ScanEnd<S::Error> {
    let mut place = unit.start;
    loop {
        if place == unit.end {
            return ScanEnd::Done;
        }
        if guarded.is_full() {
            return ScanEnd::Full(place);
        }
        if guarded.stop_flag().is_set() {
            return ScanEnd::Cancelled;
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
            guarded.enter(place.text, part);
            extractor.extract_with(memory, &part, &mut guarded)
        } else {
            let mut split = Splitter::new(texts, gathered, &mut guarded);
            extractor.extract_with(memory, &gathered.document(), &mut split)
        };
        match flow {
            // It may have ended early.
            Ok(_) if guarded.stop_flag().is_cancelled() && !guarded.has_ended() => return ScanEnd::Cancelled,
            Ok(ControlFlow::Continue(())) if next != place => place = next,
            Ok(ControlFlow::Continue(())) if place.text == unit.end.text => place = unit.end,
            Ok(ControlFlow::Continue(())) => place = Position::of(place.text + 1),
            Err(error) => return ScanEnd::Failed(error),
            Ok(ControlFlow::Break(())) => return guarded.end(texts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cancel::CancelToken;
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
            let stop_flag = StopFlag::new(Some(&token));
            let mut found: Vec<OwnedAssociation> = Vec::new();
            let mut worker = Worker::new(&extractor, &stop_flag);
            let Ok(flow) = extractor.extract_with(&mut worker.workspace.memory, &document, &mut found);
            assert_eq!((flow, found.len()), (ControlFlow::Continue(()), count));
            token.cancel();
            found.clear();
            let Ok(_) = extractor.extract_with(&mut worker.workspace.memory, &document, &mut found);
            assert!(found.is_empty() || !simd, "{} were sent", found.len());
            drop(worker);
            assert_eq!(extractor.extract(&text).len(), count);
        }
    }
}
