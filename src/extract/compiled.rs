//! The compiled engine: one scan finds the triggers of all patterns, and only lines that hold one are looked at.
//!
//! A chunk of whole lines is lowered into the arena and scanned. The hits of a line are gathered; when the line is
//! over, each pattern that was hit is decided: a literal middle by its leftmost place, anything else by its regex on
//! that line alone. No text is looked at more often than once by the scan and once by each pattern that was hit.

use std::ops::{ControlFlow, Range};

use super::Emit;
use super::document::Document;
use super::emission::Emission;
use super::hits::{Hits, Place};
use super::memory::Memory;
use super::verify::Verifier;
use crate::argument::Grammar;
use crate::error::BuildError;
use crate::pattern::{PatternId, PatternSet};
use crate::scan::{Hit, Plan, Posting, Scanner};
use crate::text::{Lowered, chunks, lower_in};

/// Bytes of text lowered and scanned at a time, so that both forms stay in the cache; a longer line is one chunk.
const CHUNK_BYTES: usize = 64 << 10;

/// All patterns, compiled.
#[derive(Debug)]
pub(crate) struct Compiled {
    plan: Plan,
    scanner: Box<dyn Scanner>,
    verifiers: Vec<Verifier>,
    /// For the patterns with bounded arguments.
    grammar: Option<Grammar>,
}

impl Compiled {
    pub(crate) fn new(
        set: &PatternSet,
        plan: Plan,
        scanner: Box<dyn Scanner>,
        grammar: Option<Grammar>,
    ) -> Result<Self, BuildError> {
        Ok(Compiled { plan, scanner, verifiers: Verifier::for_all(set)?, grammar })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.scanner.name()
    }

    pub(crate) fn memory_usage(&self) -> usize {
        self.scanner.memory_usage() + self.grammar.as_ref().map_or(0, Grammar::memory_usage)
    }

    /// Every association of `document`, in order.
    pub(crate) fn extract(
        &self,
        set: &PatternSet,
        memory: &mut Memory,
        document: &Document<'_>,
        emit: Emit<'_>,
    ) -> ControlFlow<()> {
        memory.hits.reset(self.verifiers.len());
        let mut line = document.line;
        for chunk in chunks(document.text, CHUNK_BYTES) {
            let part = &document.text[chunk.clone()];
            let start = chunk.start;
            let emission = Emission { set, document, offset: document.offset + chunk.start, emit: &mut *emit };
            let lowered = lower_in(memory.arena.emptied(), part);
            let mut lines = Lines::new(self, &document.text[start..], lowered, line, &mut memory.hits, emission);
            self.scanner.scan(lowered.text, &mut |hit| lines.hit(hit));
            lines.finish()?;
            line += memchr::memchr_iter(b'\n', part.as_bytes()).count();
        }
        ControlFlow::Continue(())
    }
}

/// Gathers the hits of a chunk line by line.
struct Lines<'c, 'm> {
    compiled: &'c Compiled,
    /// The original from the chunk on.
    original: &'c str,
    lowered: Lowered<'c>,
    /// The line that the last hit was in, without its line feed.
    line: Range<usize>,
    /// The number of the line that begins at `counted_to`.
    number: usize,
    counted_to: usize,
    hits: &'m mut Hits,
    emission: Emission<'c, 'm>,
    flow: ControlFlow<()>,
}

impl<'c, 'm> Lines<'c, 'm> {
    fn new(
        compiled: &'c Compiled,
        original: &'c str,
        lowered: Lowered<'c>,
        number: usize,
        hits: &'m mut Hits,
        emission: Emission<'c, 'm>,
    ) -> Self {
        let line = 0..line_end(lowered.text, 0);
        let flow = ControlFlow::Continue(());
        Lines { compiled, original, lowered, line, number, counted_to: 0, hits, emission, flow }
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
                    let line = self.lowered.map.original(&(self.line.start..self.line.start)).start;
                    self.hits.note_anchor(self.lowered.map.original(&(at..at)).start - line, anchor);
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
        let line = self.lowered.map.original(&self.line);
        self.hits.read(self.compiled.grammar.as_ref(), &self.original[line.clone()]);
        self.hits.patterns.extend(self.compiled.plan.unfiltered());
        if self.hits.is_empty() {
            return;
        }
        self.hits.sort();
        self.count_lines();
        for i in 0..self.hits.patterns.len() {
            let pattern = self.hits.patterns[i];
            let nowhere = Place { start: self.line.start, end: self.line.start, rank: 0 };
            let place = self.hits.take(pattern).unwrap_or(nowhere);
            if self.flow.is_continue() {
                let verifier = &self.compiled.verifiers[pattern.index()];
                self.flow = if verifier.is_bounded() {
                    let mut found = self.hits.found(pattern).iter();
                    found.try_for_each(|found| {
                        let (lowered, emission) = (&self.lowered, &mut self.emission);
                        emission.emit_found(lowered, self.number, line.start, verifier.forward, found)
                    })
                } else {
                    self.matches(pattern, place)
                };
            }
        }
        self.hits.patterns.clear();
    }

    fn matches(&mut self, pattern: PatternId, place: Place) -> ControlFlow<()> {
        let verifier = &self.compiled.verifiers[pattern.index()];
        let (lowered, number) = (&self.lowered, self.number);
        verifier.matches(lowered.text, &self.line, place, &mut |found| {
            self.emission.emit(lowered, number, pattern, verifier.forward, found)
        })
    }

    /// Brings the line number up to the current line.
    fn count_lines(&mut self) {
        let passed = &self.lowered.text.as_bytes()[self.counted_to..self.line.start];
        self.number += memchr::memchr_iter(b'\n', passed).count();
        self.counted_to = self.line.start;
    }

    fn finish(mut self) -> ControlFlow<()> {
        if !self.compiled.plan.unfiltered().is_empty() {
            self.go_to(self.lowered.text.len());
        }
        self.finish_line();
        self.flow
    }
}

/// The end of the line of `text` that holds byte `at`, without its line feed.
fn line_end(text: &str, at: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |feed| at + feed)
}
