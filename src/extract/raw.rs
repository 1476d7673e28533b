//! The fast path: the text is scanned as it is, letters in either case, and only lines that hold a needle are lowered.
//!
//! What is found in the original is what would be found in the lowered text, as long as the needles are ASCII and
//! nothing but an ASCII letter is lowered to ASCII. Two characters are: U+212A to `k`, and U+0130 to `i` and U+0307.
//! They are needles too, where that matters.
//!
//! Where the text is so dense with what looks like needles that this would be slower, an automaton searches it for a
//! while.
//!
//! Where all patterns that were hit are a literal between two arguments, as nearly always, the line is split in the
//! original: no character becomes white space or ceases to be, so that the spans are those of the lowered line. Its
//! text is lowered for whoever reads it. Other patterns are tried on the lowered line; where a character changes its
//! length, and the two above do, it is scanned again, so that all offsets are those of the lowered line.

use std::ops::{ControlFlow, Range};
use std::sync::{Arc, OnceLock};

use super::Emit;
use super::compiled::Compiled;
use super::decide::{Decider, LoweredLine};
use super::document::Document;
use super::emission::{Emission, LineText, Middle, Split};
use super::extractor::ExtractorBuilder;
use super::hits::{Hits, Place};
use super::memory::{Arena, Memory};
use super::phrase::LaterLine;
use crate::pattern::{PatternId, PatternSet};
use crate::scan::literal::{Buffer, End, Found, Hit, Line, Literals, PATIENCE, Scratch, Told};
use crate::scan::{Dfa, Plan, Posting, Scanner};
use crate::text::{Lowered, chunks, lower_in, strip};

/// All patterns, compiled for text that is not lowered.
#[derive(Debug)]
pub(crate) struct Raw {
    plan: Plan,
    /// The literals of the plan, and after them characters that make a line need lowering.
    literals: Literals,
    /// For each of those, its pattern if it is the middle of one, which it decides, and says nothing else.
    soles: Box<[Option<Sole>]>,
    /// For each of them, the anchor if it is that and says nothing else.
    anchors: Box<[Option<usize>]>,
    decider: Arc<Decider>,
    dense: OnceLock<Option<Box<Compiled>>>,
}

/// Text that is dense with what looks like needles is searched by another engine, so many bytes at a time; then the
/// fast path is tried again.
const DENSE_BYTES: usize = 1 << 20;

/// So many bytes are lowered at once in less time than a line of them by itself.
const BYTES_FOR_A_LINE: usize = 512;

/// A literal that is the middle of one pattern.
#[derive(Clone, Debug)]
struct Sole {
    pattern: PatternId,
    /// Whether the source is before it.
    forward: bool,
    len: usize,
    /// What is left of it without white space at its ends.
    trigger: Range<usize>,
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
        // Anchors are looked for in the original only, as the sentences are read there.
        let is_anchor = |number: usize| matches!(plan.postings(number), [Posting::Anchor { .. }]);
        let lowered = || (0..).zip(plan.literals()).filter(|(number, _)| !is_anchor(*number)).map(|(_, needle)| needle);
        if lowered().any(|needle| needle.contains(&b'k')) {
            needles.push("\u{212a}".as_bytes().into());
        }
        // Its U+0307 would follow the needle.
        if lowered().any(|needle| needle.ends_with(b"i")) {
            needles.push("\u{130}".as_bytes().into());
        }
        needles
    }

    /// For a `plan` that [suits](Self::suits); `literals` are its [needles](Self::needles), compiled.
    pub(super) fn new(plan: Plan, literals: Literals, decider: Arc<Decider>) -> Self {
        let sole = |needle: usize| match plan.postings(needle) {
            [Posting::Middle { pattern, .. }] => {
                let literal = &plan.literals()[needle];
                let trigger = std::str::from_utf8(literal).map(|literal| strip(literal, 0..literal.len())).ok()?;
                Some(Sole { pattern: *pattern, forward: decider.is_forward(*pattern), len: literal.len(), trigger })
            }
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
        Raw { plan, literals, soles: soles.into(), anchors: anchors.into(), decider, dense: OnceLock::new() }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.literals.name()
    }

    /// Whether text is classified without SIMD.
    pub(crate) fn is_plain(&self) -> bool {
        self.literals.is_plain()
    }

    /// Whether there are patterns with bounded arguments.
    pub(crate) fn reads_sentences(&self) -> bool {
        self.decider.reads_sentences()
    }

    pub(crate) fn memory_usage(&self) -> usize {
        self.literals.memory_usage()
            + size_of_val(&*self.soles)
            + size_of_val(&*self.anchors)
            + self.dense.get().and_then(Option::as_ref).map_or(0, |dense| dense.scanner_memory_usage())
            + self.decider.memory_usage()
    }

    /// Every association of `document`, in order.
    pub(crate) fn extract(
        &self,
        set: &PatternSet,
        memory: &mut Memory,
        document: &Document<'_>,
        emit: &mut impl Emit,
    ) -> ControlFlow<()> {
        memory.scratch.patience = PATIENCE;
        match self.extract_for(set, memory, document, emit) {
            ControlFlow::Continue(()) => ControlFlow::Continue(()),
            ControlFlow::Break(End::Asked) => ControlFlow::Break(()),
            ControlFlow::Break(End::Dense) => {
                let Told { until, feeds } = memory.scratch.told;
                self.extract_dense(set, memory, &document.split_at(until, feeds).1, emit)
            }
        }
    }

    /// Every association of `document`, in order, whose text begins dense with what looks like needles.
    #[cold]
    fn extract_dense(
        &self,
        set: &PatternSet,
        memory: &mut Memory,
        document: &Document<'_>,
        emit: &mut impl Emit,
    ) -> ControlFlow<()> {
        let Some(dense) = self.dense() else {
            memory.scratch.patience = usize::MAX;
            return self.extract_for(set, memory, document, emit).map_break(|_| ());
        };
        let mut rest = *document;
        loop {
            let end = chunks(rest.text, DENSE_BYTES).next().map_or(0, |chunk| chunk.end);
            let feeds = memchr::memchr_iter(b'\n', &rest.text.as_bytes()[..end]).count();
            let (part, after) = rest.split_at(end, feeds);
            dense.extract(set, memory, &part, emit)?;
            let end = self.extract_for(set, memory, &after, emit);
            let ControlFlow::Break(End::Dense) = end else { return end.map_break(|_| ()) };
            let Told { until, feeds } = memory.scratch.told;
            (_, rest) = after.split_at(until, feeds);
        }
    }

    /// What searches text that is dense with what looks like needles, compiled when it is first needed; `None` if it
    /// cannot be.
    fn dense(&self) -> Option<&Compiled> {
        let compile = || {
            let scanner = Dfa::new(&self.plan, ExtractorBuilder::DFA_SIZE_LIMIT).ok()?;
            tracing::debug!(
                engine = scanner.name(),
                why = "the text is dense with what looks like triggers",
                "parts of the text are searched by another engine"
            );
            Some(Box::new(Compiled::new(self.plan.clone(), Box::new(scanner), Arc::clone(&self.decider))))
        };
        self.dense.get_or_init(compile).as_deref()
    }

    /// Every association of `document`, in order, until its text has been dense with what looks like needles for longer
    /// than the scratch has patience.
    fn extract_for(
        &self,
        set: &PatternSet,
        memory: &mut Memory,
        document: &Document<'_>,
        emit: &mut impl Emit,
    ) -> ControlFlow<End> {
        memory.hits.reset(self.decider.patterns());
        let Memory { arena, hits, lowered, scratch, scratch_of_line, reads_text, paper: _ } = memory;
        lowered.forget();
        let mut lines = Lines {
            raw: self,
            emission: Emission { set, document, offset: document.offset, emit },
            reads_text: *reads_text,
            open: None,
            hides_needles: false,
            arena,
            buffer: lowered,
            hits,
            scratch_of_line,
        };
        let found: Found<'_> = &mut |hits, searched| lines.found(hits, searched);
        let end = self.literals.scan(document.text.as_bytes(), scratch, found);
        if end == ControlFlow::Break(End::Dense) {
            // Of the line that begins there not all has been found.
            lines.open = lines.open.filter(|open| open.start < scratch.told.until);
        }
        if lines.open.is_some() && end != ControlFlow::Break(End::Asked) {
            lines.finish().map_break(|()| End::Asked)?;
        }
        end
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
struct Lines<'r, 'm, E> {
    raw: &'r Raw,
    emission: Emission<'r, 'm, E>,
    /// Whether the receiver reads arguments, so that they are better lowered at once.
    reads_text: bool,
    /// The line whose needles are being gathered.
    open: Option<Line>,
    /// Whether the line holds a character that is lowered to ASCII, and with it perhaps a needle not seen yet.
    hides_needles: bool,
    arena: &'m mut Arena,
    buffer: &'m mut Buffer,
    hits: &'m mut Hits,
    scratch_of_line: &'m mut Option<Box<Scratch>>,
}

impl<E: Emit> Lines<'_, '_, E> {
    /// Takes the next hits of a text that has been searched up to byte `searched`.
    fn found(&mut self, hits: &[Hit], searched: usize) -> ControlFlow<()> {
        if self.hits.are_stopped() {
            return ControlFlow::Break(());
        }
        if self.reads_text && !self.raw.reads_sentences() {
            self.lower_ahead(hits);
        }
        let mut hits = hits;
        while let [hit, rest @ ..] = hits {
            let line = &hit.line;
            // Most lines that hold a needle hold one.
            let is_alone = rest.first().is_none_or(|next| next.line.start != line.start);
            if self.open.is_none_or(|open| open.start != line.start) {
                if self.open.is_some() {
                    self.finish()?;
                }
                if is_alone
                    && let Some(sole) = &self.raw.soles[hit.needle as usize]
                    && line.end < searched
                {
                    self.split_at(hit, sole)?;
                    hits = rest;
                    continue;
                }
                self.open = Some(*line);
            }
            hits = rest;
            if let Some(anchor) = self.raw.anchors[hit.needle as usize] {
                let (grammar, text) = (self.raw.decider.grammar(), self.emission.document.text);
                // The needle begins with a space.
                self.hits.note_anchor(grammar, text, line.start, hit.start + 1, anchor);
                continue;
            }
            self.hides_needles |= hit.needle as usize >= self.raw.plan.literals().len();
            self.raw.note(self.hits, self.emission.document.text, hit);
        }
        ControlFlow::Continue(())
    }

    /// Lowers the lines of all `hits` at once if many of the lines there hold one.
    fn lower_ahead(&mut self, hits: &[Hit]) {
        let [first, _, _, .., last] = hits else { return };
        let start = self.open.map_or(first.line.start, |open| open.start);
        if last.line.end - start <= hits.len() * BYTES_FOR_A_LINE {
            self.raw.literals.hold(self.buffer, self.emission.document.text, start..last.line.end);
        }
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
        let lowered = if let Some(lowered) =
            self.raw.literals.lower(self.buffer, self.emission.document.text, line.start..line.end)
        {
            Lowered::unshifted(lowered.get(line.start..line.end))
        } else {
            let lowered = lower_in(self.arena.emptied(), text);
            if lowered.map.is_shifted() {
                let scratch = self.scratch_of_line.get_or_insert_default();
                rescan(self.raw, lowered, self.hits, scratch);
            }
            lowered
        };
        let Emission { set, document, ref mut emit, .. } = self.emission;
        let emit: &mut dyn Emit = *emit;
        let mut emission = Emission { set, document, offset: document.offset + line.start, emit };
        let line = LoweredLine { lowered, span: 0..lowered.text.len(), number: document.line + line.feeds };
        self.raw.decider.decide(&line, self.hits, &mut emission)
    }

    /// Sends what stands on either side of the hits of a line, each the middle of a pattern.
    #[inline(never)]
    fn split_at_hits(&mut self, line: &Line) -> ControlFlow<()> {
        let Lines { raw, emission, buffer, hits, reads_text, .. } = self;
        hits.sort();
        let text = emission.document.text;
        let flow = with_text(raw, buffer, text, line, *reads_text, |split| {
            hits.patterns.iter().try_for_each(|&pattern| {
                let Some(place) = hits.best(pattern) else { return ControlFlow::Continue(()) };
                let forward = raw.decider.is_forward(pattern);
                let span = line.start + place.start..line.start + place.end;
                let trigger = strip(text, span.clone());
                emission.emit_split(split, &Middle { pattern, forward, span, trigger })
            })
        });
        hits.forget();
        flow
    }

    /// Sends what stands on either side of the only hit of a line, the middle of a pattern.
    fn split_at(&mut self, hit: &Hit, sole: &Sole) -> ControlFlow<()> {
        let Lines { raw, emission, buffer, reads_text, .. } = self;
        let line = &hit.line;
        let span = hit.start..hit.start + sole.len;
        // Each argument must have at least one character.
        if span.start == line.start || span.end == line.end {
            return ControlFlow::Continue(());
        }
        let trigger = hit.start + sole.trigger.start..hit.start + sole.trigger.end;
        let middle = Middle { pattern: sole.pattern, forward: sole.forward, span, trigger };
        with_text(raw, buffer, emission.document.text, line, *reads_text, |split| emission.emit_split(split, &middle))
    }
}

/// Lets `split` have the `line` of `text` in lower case: at once if arguments are `read` and it is plain, else when one is.
#[inline]
fn with_text(
    raw: &Raw,
    buffer: &mut Buffer,
    text: &str,
    line: &Line,
    read: bool,
    split: impl FnOnce(&Split<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let span = line.start..line.end;
    let later;
    let text = if let Some(held) = read.then(|| raw.literals.lower(buffer, text, span.clone())).flatten() {
        LineText::Lowered(held)
    } else {
        later = LaterLine::new(&text[span]);
        LineText::Later(&later)
    };
    split(&Split { line, text })
}

/// Forgets what was found in the original of a line, and looks in the lowered line.
#[cold]
fn rescan(raw: &Raw, lowered: Lowered<'_>, hits: &mut Hits, scratch: &mut Scratch) {
    hits.reset(raw.decider.patterns());
    let _ = raw.literals.scan_all(lowered.text.as_bytes(), scratch, &mut |found, _| {
        for hit in found {
            raw.note(hits, lowered.text, hit);
        }
        ControlFlow::Continue(())
    });
    // Sentences are read in the original, and this one has been.
    hits.forget_anchors();
}
