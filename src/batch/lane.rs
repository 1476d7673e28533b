//! What one thread does: it scans units, with memory of its own.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::{DocumentError, Failure};
use super::gather::{Gathered, Split};
use super::settings::CancelToken;
use super::sink::message;
use super::wave::{Place, Step, Texts, Unit};
use crate::extract::{Association, Document, Extractor, Memory, Sink};
use crate::pattern::PatternId;

/// What an association that is kept is reckoned to take besides its texts.
const ASSOCIATION_COST: usize = 64;

/// Tells the threads of a batch when to stop.
#[derive(Debug)]
pub(super) struct Gate {
    /// The caller's wish.
    pub(super) cancel: CancelToken,
    /// Whether what is still scanned is not wanted.
    stopped: AtomicBool,
}

impl Gate {
    pub(super) fn new(cancel: &CancelToken) -> Self {
        Gate { cancel: cancel.clone(), stopped: AtomicBool::new(false) }
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn is_closed(&self) -> bool {
        self.cancel.is_cancelled() || self.stopped.load(Ordering::Relaxed)
    }
}

/// A step of a wave, and what came of it if a thread has done it.
pub(super) struct Slot<S: Sink> {
    pub(super) step: Step,
    /// An empty part, if the step is to be done by a thread.
    pub(super) part: Option<S>,
    pub(super) scanned: Option<Scanned<S>>,
}

impl<S: Sink> Slot<S> {
    pub(super) fn undone(step: Step) -> Self {
        Slot { step, part: None, scanned: None }
    }
}

/// What came of a unit.
pub(super) struct Scanned<S: Sink> {
    pub(super) part: S,
    pub(super) found: Found,
    pub(super) end: End<S::Error>,
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
    /// The sink panicked at a document; the next begins at the place.
    Panicked(DocumentError, Place),
    /// The part holds as much as it may; everything before the place is in it.
    Full(Place),
    /// The gate was closed: the part is not to be used.
    Cancelled,
}

/// A thread's own: the memory of the extraction, and counts.
#[derive(Debug)]
pub(super) struct Lane<'x> {
    extractor: &'x Extractor,
    memory: Memory,
    gathered: Gathered,
    counts: Counts,
    pub(super) busy: Duration,
}

#[derive(Debug)]
struct Counts {
    by_pattern: Vec<u64>,
    /// Those of which there are any.
    patterns: Vec<PatternId>,
}

impl Counts {
    fn add(&mut self, pattern: PatternId) {
        let count = &mut self.by_pattern[pattern.index()];
        if *count == 0 {
            self.patterns.push(pattern);
        }
        *count += 1;
    }

    fn take(&mut self) -> Found {
        self.patterns.drain(..).map(|id| (id, std::mem::take(&mut self.by_pattern[id.index()]))).collect()
    }
}

impl<'x> Lane<'x> {
    pub(super) fn new(extractor: &'x Extractor) -> Self {
        let counts = Counts { by_pattern: vec![0; extractor.patterns().len()], patterns: Vec::new() };
        Lane { extractor, memory: Memory::default(), gathered: Gathered::default(), counts, busy: Duration::ZERO }
    }

    pub(super) fn peak_arena_bytes(&self) -> usize {
        self.memory.peak_arena_bytes
    }

    /// What was found since the last call.
    pub(super) fn take_found(&mut self) -> Found {
        self.counts.take()
    }

    /// Takes units from `queue`, first things first, until there are none.
    pub(super) fn work<S: Sink>(
        &mut self,
        texts: &impl Texts,
        queue: &Mutex<std::slice::IterMut<'_, Slot<S>>>,
        gate: &Gate,
    ) {
        loop {
            // Nothing panics while it is locked.
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(slot) = next else { return };
            if gate.is_closed() {
                return;
            }
            let (Step::Scan(unit), Some(mut part)) = (&slot.step, slot.part.take()) else { continue };
            let room = 64 * 1024 + 4 * unit.bytes;
            let end = self.scan(texts, unit, None, Some(room), gate, &mut part);
            slot.scanned = Some(Scanned { part, found: self.counts.take(), end });
        }
    }

    /// Sends what is found in `unit` to `sink`, but for the document with the index `skip`, and if there is `room` for
    /// so many bytes only, until a line begins with which there are more.
    pub(super) fn scan<S: Sink>(
        &mut self,
        texts: &impl Texts,
        unit: &Unit,
        skip: Option<usize>,
        room: Option<usize>,
        gate: &Gate,
        sink: &mut S,
    ) -> End<S::Error> {
        let begin = Instant::now();
        let room = room.unwrap_or(usize::MAX);
        let mut tap = Tap::new(sink, gate, &mut self.counts, room);
        let mut place = unit.start;
        let end = loop {
            if place == unit.end {
                break End::Done;
            }
            if tap.room == 0 {
                break End::Full(place);
            }
            if gate.is_closed() {
                break End::Cancelled;
            }
            let next = self.gathered.fill(texts, place, unit.end, skip);
            (tap.text, tap.line) = (place.text, 0);
            // The memory is put right before its next use; what a panic leaves of the sink is the user's to keep whole.
            let extraction = AssertUnwindSafe(|| {
                if next != place {
                    tap.document = Document::new("");
                    let mut split = Split::new(texts, &self.gathered, &mut tap);
                    return self.extractor.extract_with(&mut self.memory, &self.gathered.document(), &mut split);
                }
                let document = texts.document(place.text);
                if skip == Some(document.index) {
                    return Ok(ControlFlow::Continue(()));
                }
                let to = if place.text == unit.end.text { unit.end.at } else { document.text.len() };
                let part = Document {
                    text: &document.text[place.at..to],
                    offset: document.offset + place.at,
                    line: document.line + place.lines,
                    ..document
                };
                tap.document = part;
                self.extractor.extract_with(&mut self.memory, &part, &mut tap)
            });
            let flow = catch_unwind(extraction);
            // The document that the last association was of, unless all went well.
            let document = texts.document(tap.text);
            match (flow, tap.interrupt) {
                (Ok(Ok(ControlFlow::Continue(()))), _) if next != place => place = next,
                (Ok(Ok(ControlFlow::Continue(()))), _) => place = after(place, unit.end),
                (Ok(Err(error)), _) => break End::Failed(error),
                (Ok(Ok(ControlFlow::Break(()))), None) => break End::Stopped,
                (Ok(Ok(ControlFlow::Break(()))), Some(Interrupt::Closed)) => break End::Cancelled,
                (Ok(Ok(ControlFlow::Break(()))), Some(Interrupt::Full { at, line })) => {
                    let before = document.text.as_bytes().get(..at - document.offset);
                    let begin = before.and_then(|text| memchr::memrchr(b'\n', text)).map_or(0, |feed| feed + 1);
                    break End::Full(Place { text: tap.text, at: begin, lines: line - document.line });
                }
                (Err(panic), _) => {
                    let failure = Failure::Panic(message(panic.as_ref()));
                    let error = DocumentError::new(document.id, document.index, failure);
                    break End::Panicked(error, after(Place { text: tap.text, ..place }, unit.end));
                }
            }
        };
        self.busy += begin.elapsed();
        end
    }
}

/// Where the text after that of `place` begins, or the `end` if it comes first.
fn after(place: Place, end: Place) -> Place {
    if place.text == end.text { end } else { Place::of(place.text + 1) }
}

/// Stands between the engine and a sink: counts, and breaks off when it must.
pub(super) struct Tap<'t, S> {
    sink: &'t mut S,
    gate: &'t Gate,
    counts: &'t mut Counts,
    /// What the associations are found in, to tell the documents of its layout apart.
    document: Document<'t>,
    /// How many bytes the sink may still take.
    room: usize,
    /// The number of the text, and the line, of the last association.
    pub(super) text: usize,
    pub(super) line: usize,
    interrupt: Option<Interrupt>,
}

/// Why the tap broke off.
#[derive(Clone, Copy, Debug)]
pub(super) enum Interrupt {
    Closed,
    /// There is no room for an association in a new line; byte `at` is in that line.
    Full {
        at: usize,
        line: usize,
    },
}

impl<'t, S> Tap<'t, S> {
    fn new(sink: &'t mut S, gate: &'t Gate, counts: &'t mut Counts, room: usize) -> Self {
        Tap { sink, gate, counts, document: Document::new(""), room, text: 0, line: 0, interrupt: None }
    }
}

impl<S: Sink> Sink for Tap<'_, S> {
    type Error = S::Error;

    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, S::Error> {
        if self.gate.is_closed() {
            self.interrupt = Some(Interrupt::Closed);
            return Ok(ControlFlow::Break(()));
        }
        if self.room == 0 && association.line != self.line {
            self.interrupt = Some(Interrupt::Full { at: association.spans.trigger.start, line: association.line });
            return Ok(ControlFlow::Break(()));
        }
        self.line = association.line;
        let texts = association.source.len() + association.target.len() + association.document.len();
        self.room = self.room.saturating_sub(texts + ASSOCIATION_COST);
        let flow = self.document.layout.send(&self.document, association, self.sink)?;
        self.counts.add(association.pattern_id);
        Ok(flow)
    }
}
