//! The compiled engine: one scan finds the triggers of all patterns, and only lines that hold one are looked at.
//!
//! A chunk of whole lines is lowered into the arena and scanned. The hits of a line are gathered; when the line is
//! over, each pattern that was hit is decided: a literal middle by its leftmost place, anything else by its regex on
//! that line alone. No text is looked at more often than once by the scan and once by each pattern that was hit.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use super::Emit;
use super::decide::{Decider, LoweredLine};
use super::document::Document;
use super::emission::Emission;
use super::hits::{Hits, Place};
use super::memory::Memory;
use crate::pattern::PatternSet;
use crate::scan::{Hit, Plan, Posting, Scanner};
use crate::text::{Lowered, chunks, lower_in};

/// Bytes of text lowered and scanned at a time, so that both forms stay in the cache; a longer line is one chunk.
const CHUNK_BYTES: usize = 64 << 10;

/// All patterns, compiled.
#[derive(Debug)]
pub(crate) struct Compiled {
    plan: Plan,
    scanner: Box<dyn Scanner>,
    decider: Arc<Decider>,
}

impl Compiled {
    pub(super) fn new(plan: Plan, scanner: Box<dyn Scanner>, decider: Arc<Decider>) -> Self {
        Compiled { plan, scanner, decider }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.scanner.name()
    }

    /// Whether there are patterns with bounded arguments.
    pub(crate) fn reads_sentences(&self) -> bool {
        self.decider.reads_sentences()
    }

    pub(crate) fn memory_usage(&self) -> usize {
        self.scanner_memory_usage() + self.decider.memory_usage()
    }

    /// Bytes that the search takes, without what decides what it found.
    pub(super) fn scanner_memory_usage(&self) -> usize {
        self.scanner.memory_usage()
    }

    /// Every association of `document`, in order.
    pub(crate) fn extract(
        &self,
        set: &PatternSet,
        memory: &mut Memory,
        document: &Document<'_>,
        emit: &mut dyn Emit,
    ) -> ControlFlow<()> {
        memory.hits.reset(self.decider.patterns());
        let mut line = document.line;
        for chunk in chunks(document.text, CHUNK_BYTES) {
            let part = &document.text[chunk.clone()];
            let emission = Emission { set, document, offset: document.offset + chunk.start, emit: &mut *emit };
            let lowered = lower_in(memory.arena.emptied(), part);
            let mut lines = Lines::new(self, lowered, line, &mut memory.hits, emission);
            self.scanner.scan(lowered.text, &mut |hit| lines.hit(hit));
            line = lines.finish()?;
        }
        ControlFlow::Continue(())
    }
}

/// Gathers the hits of a chunk line by line.
struct Lines<'c, 'm, 'e> {
    compiled: &'c Compiled,
    lowered: Lowered<'c>,
    /// The line that the last hit was in, without its line feed.
    line: Range<usize>,
    /// The number of the line that begins at `counted_to`.
    number: usize,
    counted_to: usize,
    hits: &'m mut Hits,
    emission: Emission<'c, 'm, dyn Emit + 'e>,
    flow: ControlFlow<()>,
}

impl<'c, 'm, 'e> Lines<'c, 'm, 'e> {
    fn new(
        compiled: &'c Compiled,
        lowered: Lowered<'c>,
        number: usize,
        hits: &'m mut Hits,
        emission: Emission<'c, 'm, dyn Emit + 'e>,
    ) -> Self {
        let line = 0..line_end(lowered.text, 0);
        Lines { compiled, lowered, line, number, counted_to: 0, hits, emission, flow: ControlFlow::Continue(()) }
    }

    fn hit(&mut self, hit: Hit) {
        // A regex needle may end with the line feed of its line.
        if hit.end > self.line.end + 1 {
            self.go_to(hit.end - 1);
        }
        for posting in self.compiled.plan.postings(hit.needle) {
            match *posting {
                Posting::Candidate { pattern } => {
                    self.hits.note(pattern, Place { start: self.line.start, end: self.line.start, rank: 0 });
                }
                Posting::Middle { pattern, rank } => {
                    let start = hit.end - self.compiled.plan.literal_len(hit.needle);
                    // Each argument must have at least one character.
                    if start > self.line.start && hit.end < self.line.end {
                        self.hits.note(pattern, Place { start, end: hit.end, rank });
                    }
                }
                Posting::Anchor { anchor } => {
                    // The needle begins with a space.
                    let at = hit.end + 1 - self.compiled.plan.literal_len(hit.needle);
                    let [line, at] = [self.line.start, at].map(|at| self.lowered.map.original(&(at..at)).start);
                    let text = self.emission.original();
                    self.hits.note_anchor(self.compiled.decider.grammar(), text, line, at, anchor);
                }
            }
        }
    }

    /// Finishes lines until the one that holds byte `at` is the current one.
    fn go_to(&mut self, at: usize) {
        let text = self.lowered.text;
        while at > self.line.end {
            self.finish_line();
            let next = self.line.end + 1;
            let start = if self.compiled.plan.unfiltered().is_empty() {
                memchr::memrchr(b'\n', &text.as_bytes()[next..at]).map_or(next, |feed| next + feed + 1)
            } else {
                next
            };
            self.line = start..line_end(text, start);
        }
    }

    fn finish_line(&mut self) {
        self.hits.patterns.extend(self.compiled.plan.unfiltered());
        if self.flow.is_break() {
            self.hits.reset(self.compiled.decider.patterns());
            return;
        }
        let original = &self.emission.original()[self.lowered.map.original(&self.line)];
        if !self.compiled.decider.read(original, self.hits) {
            return;
        }
        self.count_lines();
        let line = LoweredLine { lowered: self.lowered, span: self.line.clone(), number: self.number };
        self.flow = self.compiled.decider.decide(&line, self.hits, &mut self.emission);
    }

    /// Brings the line number up to the current line.
    fn count_lines(&mut self) {
        let passed = &self.lowered.text.as_bytes()[self.counted_to..self.line.start];
        self.number += memchr::memchr_iter(b'\n', passed).count();
        self.counted_to = self.line.start;
    }

    /// Finishes the chunk, and returns the number of the line after it.
    fn finish(mut self) -> ControlFlow<(), usize> {
        if !self.compiled.plan.unfiltered().is_empty() {
            self.go_to(self.lowered.text.len());
        }
        self.finish_line();
        self.flow?;
        let rest = &self.lowered.text.as_bytes()[self.counted_to..];
        ControlFlow::Continue(self.number + memchr::memchr_iter(b'\n', rest).count())
    }
}

/// The end of the line of `text` that holds byte `at`, without its line feed.
fn line_end(text: &str, at: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |feed| at + feed)
}
