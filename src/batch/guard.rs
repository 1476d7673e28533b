//! Stands between the engine and a sink: counts, breaks off when it must, and catches panics.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::cancel::StopFlag;
use super::failure::{DocumentError, Failure};
use super::partition::{Position, Texts};
use super::sink::message;
use super::slot::ScanEnd;
use crate::extract::{Association, Counts, Document, Layout, Sink, layout};

/// Estimated bytes of a stored association, without its text.
const ASSOCIATION_COST: usize = 64;

/// Takes what the engine finds in one text after another.
pub(super) struct GuardedSink<'t, S> {
    sink: &'t mut S,
    stop_flag: &'t StopFlag,
    counts: &'t mut Counts,
    /// The index of a document whose associations are not wanted.
    skip: Option<usize>,
    /// How many bytes the sink may still take.
    room: usize,
    /// The text that is scanned: its number, and what is scanned of it.
    text: usize,
    document: Document<'t>,
    /// The byte and the line of the document at which the last association was found.
    at: usize,
    line: usize,
    /// Where the paragraph of that association ends, if what is found depends on all of a paragraph.
    block_end: Option<usize>,
    interrupt: Option<Interrupt>,
    ended: bool,
}

/// Why the guarded broke off, unless the sink did.
enum Interrupt {
    Closed,
    Full,
    Panicked(DocumentError),
}

impl<'t, S: Sink> GuardedSink<'t, S> {
    pub(super) fn new(
        sink: &'t mut S,
        stop_flag: &'t StopFlag,
        counts: &'t mut Counts,
        skip: Option<usize>,
        room: usize,
        by_paragraph: bool,
    ) -> Self {
        let document = Document::new("");
        let block_end = by_paragraph.then_some(0);
        GuardedSink {
            sink,
            stop_flag,
            counts,
            skip,
            room,
            text: 0,
            document,
            at: 0,
            line: 0,
            block_end,
            interrupt: None,
            ended: false,
        }
    }

    pub(super) fn stop_flag(&self) -> &'t StopFlag {
        self.stop_flag
    }

    /// Says that what comes is found in `document`, which is the text `number` or a part of it.
    #[inline]
    pub(super) fn enter(&mut self, number: usize, document: Document<'t>) {
        (self.text, self.document, self.line) = (number, document, 0);
        self.block_end = self.block_end.map(|_| 0);
    }

    /// Whether the sink has as much as it may.
    pub(super) fn is_full(&self) -> bool {
        self.room == 0
    }

    /// Whether it broke off, or the sink did.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Why it broke off.
    pub(super) fn end<E>(self, texts: &impl Texts) -> ScanEnd<E> {
        let document = texts.document(self.text);
        if self.block_end.is_some()
            && let Some(block) = self.block()
        {
            let at = block.offset - document.offset;
            let place = Position { text: self.text, at, lines: block.line - document.line };
            return self.end_at(place);
        }
        let before = document.text.as_bytes().get(..self.at.saturating_sub(document.offset));
        let begin = before.and_then(|text| memchr::memrchr(b'\n', text)).map_or(0, |feed| feed + 1);
        let line = Position { text: self.text, at: begin, lines: self.line.saturating_sub(document.line) };
        self.end_at(line)
    }

    /// The paragraph that the last association was found in.
    fn block(&self) -> Option<Document<'t>> {
        layout::blocks(&self.document).find(|block| self.at < block.offset + block.text.len())
    }

    fn end_at<E>(self, line: Position) -> ScanEnd<E> {
        match self.interrupt {
            None => ScanEnd::Stopped,
            Some(Interrupt::Closed) => ScanEnd::Cancelled,
            Some(Interrupt::Full) => ScanEnd::Full(line),
            Some(Interrupt::Panicked(error)) => ScanEnd::Panicked(error, line),
        }
    }

    #[cold]
    fn interrupt(&mut self, interrupt: Interrupt) -> ControlFlow<()> {
        self.interrupt = Some(interrupt);
        self.ended = true;
        ControlFlow::Break(())
    }
}

impl<S: Sink> Sink for GuardedSink<'_, S> {
    type Error = S::Error;

    fn reads_text(&self) -> bool {
        self.sink.reads_text()
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "so that only what goes on to the sink is written")]
    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, S::Error> {
        if self.stop_flag.is_set() {
            return Ok(self.interrupt(Interrupt::Closed));
        }
        let is_new_line =
            self.block_end.map_or(association.line != self.line, |end| association.spans.source.start >= end);
        (self.at, self.line) = (association.spans.source.start, association.line);
        if self.block_end.is_some() && is_new_line {
            let at = self.at - self.document.offset;
            self.block_end = Some(self.document.offset + layout::block_end(&self.document, at));
        }
        if self.room == 0 && is_new_line {
            return Ok(self.interrupt(Interrupt::Full));
        }
        // Reckoned by the spans: nobody may want to read the arguments, and some are lowered only when they are read.
        let [source, target] = [association.spans.source, association.spans.target].map(|span| span.range().len());
        let texts = source + target + association.document.len();
        self.room = self.room.saturating_sub(texts + ASSOCIATION_COST);
        if matches!(self.document.layout, Layout::One) {
            return Guard(self).association(association);
        }
        let document = self.document;
        layout::send(&document, association, &mut Guard(self))
    }
}

/// The last step to the sink, where an association is of the document that it belongs to.
struct Guard<'g, 't, S>(&'g mut GuardedSink<'t, S>);

impl<S: Sink> Sink for Guard<'_, '_, S> {
    type Error = S::Error;

    fn reads_text(&self) -> bool {
        self.0.reads_text()
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "so that only what goes on to the sink is written")]
    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, S::Error> {
        let guarded = &mut *self.0;
        if guarded.skip == Some(association.document_index) {
            return Ok(ControlFlow::Continue(()));
        }
        // What a panic leaves of the sink is for the sink to keep whole; the batch only goes on using it.
        match catch_unwind(AssertUnwindSafe(|| guarded.sink.association(association))) {
            Ok(flow) => {
                if flow.is_ok() {
                    guarded.counts.add(association.pattern_id, 1);
                }
                guarded.ended = !matches!(flow, Ok(ControlFlow::Continue(())));
                flow
            }
            Err(panic) => {
                let failure = Failure::Panic(message(panic.as_ref()));
                let error = DocumentError::new(association.document, association.document_index, failure);
                Ok(guarded.interrupt(Interrupt::Panicked(error)))
            }
        }
    }
}
