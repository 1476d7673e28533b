//! The fast path: the text is scanned as it is, letters in either case, and only lines that hold a needle are lowered.
//!
//! What is found in the original is what would be found in the lowered text, as long as the needles are ASCII and
//! nothing but an ASCII letter is lowered to ASCII. Two characters are: U+212A to `k`, and U+0130 to `i` and U+0307.
//! They are needles too, where that matters. A line in which a character changes its length, and these two do, is
//! scanned again when it is lowered, so that all offsets are those of the lowered line.

use std::ops::ControlFlow;

use super::Emit;
use super::decide::{Decider, LoweredLine};
use super::document::Document;
use super::emission::Emission;
use super::hits::{Hits, Place};
use super::memory::{Arena, Memory};
use crate::pattern::PatternSet;
use crate::scan::literal::{Buffer, Line, Literals, Occurrence, Scratch};
use crate::scan::{Plan, Posting};
use crate::text::{Lowered, lower_in};

/// All patterns, compiled for text that is not lowered.
#[derive(Debug)]
pub(crate) struct Raw {
    plan: Plan,
    /// The literals of the plan, and after them characters that make a line need lowering.
    literals: Literals,
    decider: Decider,
}

impl Raw {
    /// Whether `plan` is one for this path: every pattern has a literal, and every literal is ASCII.
    pub(crate) fn suits(plan: &Plan) -> bool {
        plan.unfiltered().is_empty() && plan.literals().iter().all(|literal| literal.is_ascii())
    }

    /// What to look for in text that is not lowered: the literals of `plan`, and characters that make a line need
    /// lowering.
    pub(super) fn needles(plan: &Plan) -> Vec<Box<[u8]>> {
        let mut needles = plan.literals().to_vec();
        if needles.iter().any(|needle| needle.contains(&b'k')) {
            needles.push("\u{212a}".as_bytes().into());
        }
        // Its U+0307 would follow the needle.
        if needles.iter().any(|needle| needle.ends_with(b"i")) {
            needles.push("\u{130}".as_bytes().into());
        }
        needles
    }

    /// For a `plan` that [suits](Self::suits); `literals` are its [needles](Self::needles), compiled.
    pub(super) fn new(plan: Plan, literals: Literals, decider: Decider) -> Self {
        Raw { plan, literals, decider }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.literals.name()
    }

    pub(crate) fn memory_usage(&self) -> usize {
        self.literals.memory_usage() + self.decider.memory_usage()
    }

    /// Every association of `document`, in order.
    pub(crate) fn extract(
        &self,
        set: &PatternSet,
        memory: &mut Memory,
        document: &Document<'_>,
        emit: Emit<'_>,
    ) -> ControlFlow<()> {
        memory.hits.reset(self.decider.patterns());
        let mut scratch = memory.scratches.pop().unwrap_or_default();
        let Memory { arena, hits, lowered, scratches } = memory;
        let mut lines = Lines {
            raw: self,
            set,
            document,
            line: None,
            hides_needles: false,
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
    /// Whether the line holds a character that is lowered to ASCII, and with it perhaps a needle not seen yet.
    hides_needles: bool,
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
            self.hides_needles |= occurrence.needle as usize >= self.raw.plan.literals().len();
            self.raw.note(self.hits, line.start, line.end, occurrence);
        }
        ControlFlow::Continue(())
    }

    /// Lowers the line whose needles were gathered, and sends its associations.
    fn finish(&mut self) -> ControlFlow<()> {
        let Some(line) = self.line.take() else { return ControlFlow::Continue(()) };
        let text = &self.document.text[line.start..line.end];
        let hides_needles = std::mem::take(&mut self.hides_needles);
        if !self.raw.decider.read(text, self.hits) && !hides_needles {
            return ControlFlow::Continue(());
        }
        let lowered = if let Some(lowered) = self.raw.literals.lower(self.buffer, text) {
            Lowered::unshifted(lowered)
        } else {
            let lowered = lower_in(self.arena.emptied(), text);
            if lowered.map.is_shifted() {
                rescan(self.raw, lowered, self.hits, self.scratches);
            }
            lowered
        };
        let mut emission = Emission {
            set: self.set,
            document: self.document,
            offset: self.document.offset + line.start,
            emit: &mut *self.emit,
        };
        let line = LoweredLine { lowered, span: 0..lowered.text.len(), number: self.document.line + line.feeds };
        self.raw.decider.decide(&line, self.hits, &mut emission)
    }
}

/// Forgets what was found in the original of a line, and looks in the lowered line.
#[cold]
fn rescan(raw: &Raw, lowered: Lowered<'_>, hits: &mut Hits, scratches: &mut Vec<Scratch>) {
    hits.reset(raw.decider.patterns());
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
