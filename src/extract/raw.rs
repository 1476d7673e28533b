//! The fast path: the text is scanned as it is, letters in either case, and only lines that hold a needle are lowered.
//!
//! What is found in the original is what would be found in the lowered text, as long as the needles are ASCII and
//! nothing but an ASCII letter is lowered to ASCII. Two characters are: U+212A to `k`, and U+0130 to `i` and U+0307.
//! They are needles too, where that matters.
//!
//! Where all patterns that were hit are a literal between two arguments, as nearly always, the line is split in the
//! original: no character becomes white space or ceases to be, so that the spans are those of the lowered line. Its
//! text is lowered for whoever reads it. Other patterns are tried on the lowered line; where a character changes its
//! length, and the two above do, it is scanned again, so that all offsets are those of the lowered line.

use std::ops::ControlFlow;

use super::Emit;
use super::decide::{Decider, LoweredLine};
use super::document::Document;
use super::emission::{Emission, Split};
use super::hits::{Hits, Place};
use super::memory::{Arena, Memory};
use super::phrase::LaterLine;
use crate::pattern::{PatternId, PatternSet};
use crate::scan::literal::{Buffer, Found, Hit, Line, Literals, Scratch};
use crate::scan::{Plan, Posting};
use crate::text::{Lowered, lower_in};

/// All patterns, compiled for text that is not lowered.
#[derive(Debug)]
pub(crate) struct Raw {
    plan: Plan,
    /// The literals of the plan, and after them characters that make a line need lowering.
    literals: Literals,
    /// For each of those, the pattern if it is the middle of that one, which it decides, and says nothing else.
    soles: Box<[Option<PatternId>]>,
    /// For each of them, the anchor if it is that and says nothing else.
    anchors: Box<[Option<usize>]>,
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
        let sole = |needle| match plan.postings(needle) {
            [Posting::Middle { pattern, .. }] => Some(*pattern),
            _ => None,
        };
        let mut soles: Vec<_> = (0..plan.literals().len()).map(sole).collect();
        soles.resize(literals.len(), None);
        let anchor = |needle| match plan.postings(needle) {
            [Posting::Anchor { anchor }] => Some(*anchor),
            _ => None,
        };
        let mut anchors: Vec<_> = (0..plan.literals().len()).map(anchor).collect();
        anchors.resize(literals.len(), None);
        Raw { plan, literals, soles: soles.into(), anchors: anchors.into(), decider }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.literals.name()
    }

    /// Whether there are patterns with bounded arguments.
    pub(crate) fn reads_sentences(&self) -> bool {
        self.decider.reads_sentences()
    }

    pub(crate) fn memory_usage(&self) -> usize {
        self.literals.memory_usage() + size_of_val(&*self.soles) + size_of_val(&*self.anchors) + self.decider.memory_usage()
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
        let Memory { arena, hits, lowered, scratch, scratch_of_line } = memory;
        let mut lines = Lines {
            raw: self,
            emission: Emission { set, document, offset: document.offset, emit },
            open: None,
            hides_needles: false,
            arena,
            buffer: lowered,
            hits,
            scratch_of_line,
        };
        let found: Found<'_> = &mut |hits, searched| lines.found(hits, searched);
        self.literals.scan(document.text.as_bytes(), scratch, found)?;
        lines.finish()
    }

    /// Notes what `hit`, in `text`, says of its patterns. Places are within the line.
    fn note(&self, hits: &mut Hits, text: &str, hit: &Hit) {
        let Hit { start, needle, line } = *hit;
        let Some(literal) = self.plan.literals().get(needle as usize) else { return };
        let place = start - line.start..start - line.start + literal.len();
        for posting in self.plan.postings(needle as usize) {
            match *posting {
                Posting::Candidate { pattern } => hits.note(pattern, Place { start: 0, end: 0, rank: 0 }),
                Posting::Middle { pattern, rank } => {
                    // Each argument must have at least one character.
                    if place.start > 0 && place.end < line.end - line.start {
                        hits.note(pattern, Place { start: place.start, end: place.end, rank });
                    }
                }
                // The needle begins with a space.
                Posting::Anchor { anchor } => {
                    hits.note_anchor(self.decider.grammar(), text, line.start, start + 1, anchor);
                }
            }
        }
    }
}

/// Gathers the needles of one line after another.
struct Lines<'r, 'm> {
    raw: &'r Raw,
    emission: Emission<'r, 'm>,
    /// The line whose needles are being gathered.
    open: Option<Line>,
    /// Whether the line holds a character that is lowered to ASCII, and with it perhaps a needle not seen yet.
    hides_needles: bool,
    arena: &'m mut Arena,
    buffer: &'m mut Buffer,
    hits: &'m mut Hits,
    scratch_of_line: &'m mut Option<Box<Scratch>>,
}

impl Lines<'_, '_> {
    /// Takes the next hits of a text that has been searched up to byte `searched`.
    fn found(&mut self, hits: &[Hit], searched: usize) -> ControlFlow<()> {
        if self.hits.are_stopped() {
            return ControlFlow::Break(());
        }
        for here in hits.chunk_by(|a, b| a.line.start == b.line.start) {
            let line = here[0].line;
            if self.open.is_none_or(|open| open.start != line.start) {
                self.finish()?;
                // Most lines that hold a needle hold one.
                if let [hit] = here
                    && let Some(pattern) = self.raw.soles[hit.needle as usize]
                    && line.end < searched
                {
                    self.split_at(hit, pattern)?;
                    continue;
                }
                self.open = Some(line);
            }
            for hit in here {
                if let Some(anchor) = self.raw.anchors[hit.needle as usize] {
                    let (grammar, text) = (self.raw.decider.grammar(), self.emission.document.text);
                    // The needle begins with a space.
                    self.hits.note_anchor(grammar, text, line.start, hit.start + 1, anchor);
                    continue;
                }
                self.hides_needles |= hit.needle as usize >= self.raw.plan.literals().len();
                self.raw.note(self.hits, self.emission.document.text, hit);
            }
        }
        ControlFlow::Continue(())
    }

    /// Sends the associations of the line whose needles were gathered.
    fn finish(&mut self) -> ControlFlow<()> {
        let Some(line) = self.open.take() else { return ControlFlow::Continue(()) };
        let text = &self.emission.document.text[line.start..line.end];
        let hides_needles = std::mem::take(&mut self.hides_needles);
        if !self.raw.decider.read(text, self.hits) && !hides_needles {
            return ControlFlow::Continue(());
        }
        if self.hits.are_stopped() {
            return ControlFlow::Break(());
        }
        if !hides_needles && self.raw.decider.only_splits(self.hits) {
            return self.split_at_hits(&line);
        }
        let lowered = if let Some(lowered) = self.raw.literals.lower(self.buffer, text) {
            Lowered::unshifted(lowered)
        } else {
            let lowered = lower_in(self.arena.emptied(), text);
            if lowered.map.is_shifted() {
                let scratch = self.scratch_of_line.get_or_insert_default();
                rescan(self.raw, lowered, self.hits, scratch);
            }
            lowered
        };
        let Emission { set, document, ref mut emit, .. } = self.emission;
        let mut emission = Emission { set, document, offset: document.offset + line.start, emit };
        let line = LoweredLine { lowered, span: 0..lowered.text.len(), number: document.line + line.feeds };
        self.raw.decider.decide(&line, self.hits, &mut emission)
    }

    /// Sends what stands on either side of the hits of a line, each the middle of a pattern.
    fn split_at_hits(&mut self, line: &Line) -> ControlFlow<()> {
        let Lines { raw, emission, buffer, hits, .. } = self;
        hits.sort();
        let original = &emission.document.text[line.start..line.end];
        let later = LaterLine::new(original);
        let split = Split { original, lowered: raw.literals.lower(buffer, original), later: &later, line };
        let mut flow = ControlFlow::Continue(());
        for i in 0..hits.patterns.len() {
            let pattern = hits.patterns[i];
            if let (ControlFlow::Continue(()), Some(place)) = (flow, hits.take(pattern)) {
                flow = emission.emit_split(&split, pattern, raw.decider.is_forward(pattern), place.start..place.end);
            }
        }
        hits.patterns.clear();
        flow
    }

    /// Sends what stands on either side of the only hit of a line, the middle of `pattern`.
    fn split_at(&mut self, hit: &Hit, pattern: PatternId) -> ControlFlow<()> {
        let Lines { raw, emission, buffer, .. } = self;
        let line = &hit.line;
        let start = hit.start - line.start;
        let middle = start..start + raw.plan.literal_len(hit.needle as usize);
        // Each argument must have at least one character.
        if start == 0 || line.start + middle.end == line.end {
            return ControlFlow::Continue(());
        }
        let original = &emission.document.text[line.start..line.end];
        let later = LaterLine::new(original);
        let split = Split { original, lowered: raw.literals.lower(buffer, original), later: &later, line };
        emission.emit_split(&split, pattern, raw.decider.is_forward(pattern), middle)
    }
}

/// Forgets what was found in the original of a line, and looks in the lowered line.
#[cold]
fn rescan(raw: &Raw, lowered: Lowered<'_>, hits: &mut Hits, scratch: &mut Scratch) {
    hits.reset(raw.decider.patterns());
    let _ = raw.literals.scan(lowered.text.as_bytes(), scratch, &mut |found, _| {
        for hit in found {
            raw.note(hits, lowered.text, hit);
        }
        ControlFlow::Continue(())
    });
    // Sentences are read in the original, and this one has been.
    hits.forget_anchors();
}
