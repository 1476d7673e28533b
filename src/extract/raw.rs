//! The fast path: the text is scanned as it is, letters in either case, and only lines that hold a needle are lowered.
//!
//! What is found in the original is what would be found in the lowered text, as long as the needles are ASCII and
//! nothing but an ASCII letter is lowered to ASCII. Two characters are: U+212A to `k`, and U+0130 to `i` and U+0307.
//! They are needles too, where that matters. A line in which a character changes its length, and these two do, is
//! scanned again when it is lowered, so that all offsets are those of the lowered line.

use std::ops::ControlFlow;

use super::Emit;
use super::document::Document;
use super::emission::Emission;
use super::hits::{Hits, Place};
use super::memory::{Arena, Memory};
use super::verify::Verifier;
use crate::argument::Grammar;
use crate::error::BuildError;
use crate::pattern::PatternSet;
use crate::scan::literal::{Buffer, Instructions, Line, Literals, Occurrence, Scratch, Unfit};
use crate::scan::{Plan, Posting};
use crate::text::{Lowered, lower_in};

/// All patterns, compiled for text that is not lowered.
#[derive(Debug)]
pub(crate) struct Raw {
    plan: Plan,
    /// The literals of the plan, and after them characters that make a line need lowering.
    literals: Literals,
    verifiers: Vec<Verifier>,
    /// For the patterns with bounded arguments.
    grammar: Option<Grammar>,
}

impl Raw {
    /// Whether `plan` is one for this path: every pattern has a literal, and every literal is ASCII.
    pub(crate) fn suits(plan: &Plan) -> bool {
        plan.unfiltered().is_empty() && plan.literals().iter().all(|literal| literal.is_ascii())
    }

    /// Compiles `plan`, which [suits](Self::suits). The inner error says why the literals cannot be searched for.
    pub(crate) fn new(
        set: &PatternSet,
        plan: Plan,
        instructions: Instructions,
        grammar: Option<Grammar>,
    ) -> Result<Result<Self, Unfit>, BuildError> {
        let mut needles = plan.literals().to_vec();
        if needles.iter().any(|needle| needle.contains(&b'k')) {
            needles.push("\u{212a}".as_bytes().into());
        }
        // Its U+0307 would follow the needle.
        if needles.iter().any(|needle| needle.ends_with(b"i")) {
            needles.push("\u{130}".as_bytes().into());
        }
        let verifiers = Verifier::for_all(set)?;
        Ok(Literals::new(&needles, instructions).map(|literals| Raw { plan, literals, verifiers, grammar }))
    }

    pub(crate) fn name(&self) -> &'static str {
        self.literals.name()
    }

    pub(crate) fn memory_usage(&self) -> usize {
        self.literals.memory_usage() + self.grammar.as_ref().map_or(0, Grammar::memory_usage)
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
        let mut scratch = memory.scratches.pop().unwrap_or_default();
        let Memory { arena, hits, lowered, scratches } = memory;
        let mut lines = Lines {
            raw: self,
            set,
            document,
            line: None,
            hidden: false,
            arena,
            buffer: lowered,
            hits,
            scratches,
            emit,
        };
        let scanned = self
            .literals
            .scan(document.text.as_bytes(), &mut scratch, &mut |line, occurrences| lines.found(line, occurrences));
        let flow = if scanned.is_continue() { lines.finish() } else { scanned };
        memory.scratches.push(scratch);
        flow
    }

    /// Notes what `occurrence`, in the line from `start` to `end`, says of its patterns. Places are within the line.
    fn note(&self, hits: &mut Hits, start: usize, end: usize, occurrence: &Occurrence) {
        let needle = occurrence.needle as usize;
        let Some(literal) = self.plan.literals().get(needle) else { return };
        let place = occurrence.start - start..occurrence.start - start + literal.len();
        for posting in self.plan.postings(needle) {
            match *posting {
                Posting::Candidate { pattern } => hits.note(pattern, Place { start: 0, end: 0, rank: 0 }),
                Posting::Middle { pattern, rank } => {
                    // Each argument must have at least one character.
                    if place.start > 0 && place.end < end - start {
                        hits.note(pattern, Place { start: place.start, end: place.end, rank });
                    }
                }
                // The needle begins with a space.
                Posting::Anchor { anchor } => hits.note_anchor(place.start + 1, anchor),
            }
        }
    }
}

/// Gathers the needles of one line after another.
struct Lines<'r, 'm> {
    raw: &'r Raw,
    set: &'r PatternSet,
    document: &'r Document<'r>,
    /// The line whose needles are being gathered.
    line: Option<Line>,
    /// Whether the line holds a character that may hide a needle until it is lowered.
    hidden: bool,
    arena: &'m mut Arena,
    buffer: &'m mut Buffer,
    hits: &'m mut Hits,
    scratches: &'m mut Vec<Scratch>,
    emit: Emit<'m>,
}

impl Lines<'_, '_> {
    fn found(&mut self, line: &Line, occurrences: &[Occurrence]) -> ControlFlow<()> {
        if self.line.is_none_or(|last| last != *line) {
            self.finish()?;
            self.line = Some(*line);
        }
        for occurrence in occurrences {
            self.hidden |= occurrence.needle as usize >= self.raw.plan.literals().len();
            self.raw.note(self.hits, line.start, line.end, occurrence);
        }
        ControlFlow::Continue(())
    }

    /// Lowers the line whose needles were gathered, and sends its associations.
    fn finish(&mut self) -> ControlFlow<()> {
        let Some(line) = self.line.take() else { return ControlFlow::Continue(()) };
        let text = &self.document.text[line.start..line.end];
        self.hits.read(self.raw.grammar.as_ref(), text);
        if self.hits.is_empty() && !std::mem::take(&mut self.hidden) {
            return ControlFlow::Continue(());
        }
        self.hidden = false;
        let lowered = match self.raw.literals.lower(self.buffer, text) {
            Some(lowered) => Lowered::unshifted(lowered),
            None => {
                let lowered = lower_in(self.arena.emptied(), text);
                if lowered.map.is_shifted() {
                    rescan(self.raw, lowered, self.hits, self.scratches);
                }
                lowered
            }
        };
        self.hits.sort();
        let mut emission = Emission {
            set: self.set,
            document: self.document,
            offset: self.document.offset + line.start,
            emit: &mut *self.emit,
        };
        let mut flow = ControlFlow::Continue(());
        for i in 0..self.hits.patterns.len() {
            let pattern = self.hits.patterns[i];
            let number = self.document.line + line.feeds;
            if self.raw.verifiers[pattern.index()].is_bounded() {
                let forward = self.raw.verifiers[pattern.index()].forward;
                let mut found = self.hits.found(pattern).iter();
                if flow.is_continue() {
                    flow = found.try_for_each(|found| emission.emit_found(&lowered, number, 0, forward, found));
                }
                continue;
            }
            let Some(place) = self.hits.take(pattern) else { continue };
            if flow.is_continue() {
                let verifier = &self.raw.verifiers[pattern.index()];
                flow = verifier.matches(lowered.text, &(0..lowered.text.len()), place, &mut |found| {
                    emission.emit(&lowered, number, pattern, verifier.forward, found)
                });
            }
        }
        self.hits.patterns.clear();
        flow
    }
}

/// Forgets what was found in the original of a line, and looks in the lowered line.
#[cold]
fn rescan(raw: &Raw, lowered: Lowered<'_>, hits: &mut Hits, scratches: &mut Vec<Scratch>) {
    hits.reset(raw.verifiers.len());
    let mut scratch = scratches.pop().unwrap_or_default();
    let _ = raw.literals.scan(lowered.text.as_bytes(), &mut scratch, &mut |line, occurrences| {
        for occurrence in occurrences {
            raw.note(hits, line.start, line.end, occurrence);
        }
        ControlFlow::Continue(())
    });
    // Sentences are read in the original, and this one has been.
    hits.forget_anchors();
    scratches.push(scratch);
}
