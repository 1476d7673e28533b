//! The compiled engine: one scan finds the triggers of all patterns, and only lines that hold one are looked at.
//!
//! A chunk of whole lines is lowered into the arena and scanned. The hits of a line are gathered; when the line is
//! over, each pattern that was hit is decided: a literal middle by its leftmost place, anything else by its regex on
//! that line alone. No text is looked at more often than once by the scan and once by each pattern that was hit.

use std::ops::{ControlFlow, Range};
use std::panic::{RefUnwindSafe, UnwindSafe};

use bumpalo::Bump;
use regex_automata::Input;
use regex_automata::meta;
use regex_syntax::hir::{Dot, Hir};

use super::Emit;
use super::association::{Association, Reading as Understood, Spans};
use super::document::Document;
use crate::argument::{AnchorHit, Argument, Found, Grammar, Reading};
use crate::error::BuildError;
use crate::pattern::shape::{Middle, Shape};
use crate::pattern::{Direction, Pattern, PatternId, PatternSet};
use crate::scan::{Hit, Plan, Posting, Scanner};
use crate::text::{Lowered, chunks, lower_in, strip};

/// Bytes of text lowered and scanned at a time, so that both forms stay in the cache; a longer line is one chunk.
const CHUNK_BYTES: usize = 64 << 10;
/// An arena that grew beyond this for a long line is given back after it.
const ARENA_KEPT: usize = 4 << 20;

/// All patterns, compiled.
#[derive(Debug)]
pub(crate) struct Compiled {
    plan: Plan,
    scanner: Box<dyn Scanner>,
    verifiers: Vec<Verifier>,
    /// The patterns with bounded arguments.
    grammar: Option<Grammar>,
}

/// Decides whether and where a pattern matches in a line.
#[derive(Debug)]
struct Verifier {
    /// Whether the argument on the left, or in the source group, is the source.
    forward: bool,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// The scanner's hits decide it.
    Literal,
    /// A regex for the middle of a split pattern and one character after it.
    Middle(meta::Regex),
    /// The grammar reads the line.
    Bounded,
    /// The whole regex.
    Whole { regex: meta::Regex, source: usize, target: usize, trigger: Option<usize> },
}

/// Where a pattern matched in the lowered text.
struct Match {
    source: Range<usize>,
    trigger: Range<usize>,
    target: Range<usize>,
}

/// Memory that one extraction after another uses again. One thread uses it at a time.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    arena: Bump,
    hits: Hits,
    /// The most bytes the arena has held.
    pub(crate) peak_arena_bytes: usize,
}

/// The hits of one line.
#[derive(Debug, Default)]
struct Hits {
    /// For each pattern, the best hit of its middle so far.
    best: Vec<Option<Place>>,
    /// The patterns that were hit.
    patterns: Vec<PatternId>,
    /// Where anchors begin in the lowered text.
    anchors: Vec<AnchorHit>,
    reading: Reading,
    /// What the grammar found in the line, by pattern.
    found: Vec<Found>,
}

impl Hits {
    /// Forgets what a sink that panicked has left, and makes room for `patterns`.
    fn reset(&mut self, patterns: usize) {
        for pattern in self.patterns.drain(..) {
            self.best[pattern.index()] = None;
        }
        self.best.resize(patterns, None);
        self.anchors.clear();
        self.found.clear();
    }
}

// What a panic of a sink leaves behind is put right before the next use.
impl UnwindSafe for Memory {}
impl RefUnwindSafe for Memory {}

/// Where the middle of a pattern stands; without meaning for a pattern that its regex decides.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: usize,
    end: usize,
    rank: u32,
}

impl Compiled {
    pub(crate) fn new(
        set: &PatternSet,
        plan: Plan,
        scanner: Box<dyn Scanner>,
        grammar: Option<Grammar>,
    ) -> Result<Self, BuildError> {
        let verifiers = set.iter().zip(set.shapes()).map(|(pattern, shape)| Verifier::new(pattern, shape));
        Ok(Compiled { plan, scanner, verifiers: verifiers.collect::<Result<_, _>>()?, grammar })
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
            memory.arena.reset();
            let part = &document.text[chunk.clone()];
            let emission = Emission { set, document, offset: document.offset + chunk.start, emit: &mut *emit };
            let lowered = lower_in(&memory.arena, part);
            let mut lines = Lines::new(self, lowered, line, &mut memory.hits, emission);
            self.scanner.scan(lowered.text, &mut |hit| lines.hit(hit));
            let flow = lines.finish();
            memory.peak_arena_bytes = memory.peak_arena_bytes.max(memory.arena.allocated_bytes());
            if memory.arena.allocated_bytes() > ARENA_KEPT {
                memory.arena = Bump::new();
            }
            flow?;
            line += memchr::memchr_iter(b'\n', part.as_bytes()).count();
        }
        ControlFlow::Continue(())
    }
}

impl Verifier {
    fn new(pattern: &Pattern, shape: &Shape) -> Result<Self, BuildError> {
        let compile = |hir: &Hir| {
            let config = meta::Config::new().nfa_size_limit(None).onepass_size_limit(Some(1 << 20));
            let regex = meta::Builder::new().configure(config).build_from_hir(hir);
            regex.map_err(|error| BuildError::pattern(pattern, &error))
        };
        let forward = pattern.direction() == Direction::Forward;
        Ok(match shape {
            Shape::Split { middle: Middle::Literals(_), left_is_source } => {
                Verifier { forward: forward == *left_is_source, kind: Kind::Literal }
            }
            Shape::Split { middle: Middle::Regex { hir, .. }, left_is_source } => {
                let regex = compile(&Hir::concat(vec![hir.clone(), Hir::dot(Dot::AnyChar)]))?;
                Verifier { forward: forward == *left_is_source, kind: Kind::Middle(regex) }
            }
            Shape::Bounded(_) => Verifier { forward, kind: Kind::Bounded },
            Shape::Whole(whole) => {
                let (source, target, trigger) = (whole.source, whole.target, whole.trigger);
                Verifier { forward, kind: Kind::Whole { regex: compile(&whole.hir)?, source, target, trigger } }
            }
        })
    }

    /// Calls `found` for each match in `line` of `text`; `place` is the hit of a literal middle.
    fn matches(
        &self,
        text: &str,
        line: &Range<usize>,
        place: Place,
        found: &mut dyn FnMut(Match) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let split = |middle: Range<usize>| Match {
            source: line.start..middle.start,
            trigger: middle.clone(),
            target: middle.end..line.end,
        };
        match &self.kind {
            // What the grammar found is emitted elsewhere.
            Kind::Bounded => ControlFlow::Continue(()),
            Kind::Literal => found(split(place.start..place.end)),
            Kind::Middle(regex) => {
                let line_text = &text[line.clone()];
                let Some(first) = line_text.chars().next() else { return ControlFlow::Continue(()) };
                let Some(hit) = regex.find(Input::new(line_text).range(first.len_utf8()..)) else {
                    return ControlFlow::Continue(());
                };
                let last = line_text[hit.range()].chars().next_back().map_or(0, char::len_utf8);
                found(split(line.start + hit.start()..line.start + hit.end() - last))
            }
            Kind::Whole { regex, source, target, trigger } => {
                for captures in regex.captures_iter(&text[line.clone()]) {
                    let group = |index: usize| {
                        captures.get_group(index).map(|span| line.start + span.start..line.start + span.end)
                    };
                    let (Some(source), Some(target)) = (group(*source), group(*target)) else { continue };
                    let trigger = match trigger.and_then(group) {
                        Some(trigger) => trigger,
                        None if source.end <= target.start => source.end..target.start,
                        None if target.end <= source.start => target.end..source.start,
                        None => group(0).unwrap_or(source.start..target.end),
                    };
                    found(Match { source, trigger, target })?;
                }
                ControlFlow::Continue(())
            }
        }
    }
}

/// Gathers the hits of a chunk line by line.
struct Lines<'c, 'm> {
    compiled: &'c Compiled,
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
        lowered: Lowered<'c>,
        number: usize,
        hits: &'m mut Hits,
        emission: Emission<'c, 'm>,
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
                    self.note(pattern, Place { start: self.line.start, end: self.line.start, rank: 0 });
                }
                Posting::Middle { pattern, rank } => {
                    let start = hit.end - self.compiled.plan.literal_len(hit.needle);
                    // Each argument must have at least one character.
                    if start > self.line.start && hit.end < self.line.end {
                        self.note(pattern, Place { start, end: hit.end, rank });
                    }
                }
                Posting::Anchor { anchor } => {
                    let at = hit.end + 1 - self.compiled.plan.literal_len(hit.needle);
                    self.hits.anchors.push(AnchorHit { at, anchor });
                }
            }
        }
    }

    /// Keeps the leftmost place of `pattern`, and of several there the one that the pattern prefers.
    fn note(&mut self, pattern: PatternId, place: Place) {
        let best = &mut self.hits.best[pattern.index()];
        match best {
            None => {
                *best = Some(place);
                self.hits.patterns.push(pattern);
            }
            Some(known) if (place.start, place.rank) < (known.start, known.rank) => *known = place,
            Some(_) => {}
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
        self.read_line();
        self.hits.patterns.extend(self.compiled.plan.unfiltered());
        if self.hits.patterns.is_empty() {
            return;
        }
        self.hits.patterns.sort_unstable();
        self.count_lines();
        for i in 0..self.hits.patterns.len() {
            let pattern = self.hits.patterns[i];
            let nowhere = Place { start: self.line.start, end: self.line.start, rank: 0 };
            let place = self.hits.best[pattern.index()].take().unwrap_or(nowhere);
            if self.flow.is_continue() {
                self.flow = match self.compiled.verifiers[pattern.index()].kind {
                    Kind::Bounded => self.emit_found(pattern),
                    _ => self.matches(pattern, place),
                };
            }
        }
        self.hits.patterns.clear();
        self.hits.found.clear();
    }

    /// Lets the grammar read the line, if it holds an anchor.
    fn read_line(&mut self) {
        let Some(grammar) = self.compiled.grammar.as_ref().filter(|_| !self.hits.anchors.is_empty()) else { return };
        let Hits { anchors, reading, found, patterns, .. } = &mut *self.hits;
        let line = self.lowered.map.original(&self.line);
        for hit in &mut *anchors {
            hit.at = self.lowered.map.original(&(hit.at..hit.at)).start - line.start;
        }
        anchors.sort_unstable();
        grammar.read(&self.emission.part()[line], anchors, reading, found);
        anchors.clear();
        patterns.extend(found.chunk_by(|a, b| a.pattern == b.pattern).filter_map(|same| Some(same.first()?.pattern)));
    }

    /// Emits what the grammar found for `pattern`.
    fn emit_found(&mut self, pattern: PatternId) -> ControlFlow<()> {
        let forward = self.compiled.verifiers[pattern.index()].forward;
        let line_start = self.lowered.map.original(&self.line).start;
        let first = self.hits.found.partition_point(|found| found.pattern < pattern);
        for found in self.hits.found[first..].iter().take_while(|found| found.pattern == pattern) {
            self.emission.emit_found(&self.lowered, self.number, line_start, forward, found)?;
        }
        ControlFlow::Continue(())
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

/// Turns matches into associations.
struct Emission<'c, 'm> {
    set: &'c PatternSet,
    document: &'c Document<'c>,
    /// Where the chunk begins in the original document.
    offset: usize,
    emit: Emit<'m>,
}

impl<'c> Emission<'c, '_> {
    /// The original text from the chunk on.
    fn part(&self) -> &'c str {
        &self.document.text[self.offset - self.document.offset..]
    }

    /// Emits what the grammar found in the line that begins at `line_start` of the chunk.
    fn emit_found(
        &mut self,
        lowered: &Lowered<'_>,
        line: usize,
        line_start: usize,
        forward: bool,
        found: &Found,
    ) -> ControlFlow<()> {
        let (source, target) = if forward { (&found.left, &found.right) } else { (&found.right, &found.left) };
        let start = self.offset + line_start;
        let span = |span: &Range<usize>| (start + span.start..start + span.end).into();
        let text = |span: &Range<usize>| {
            &lowered.text[lowered.map.lowered(&(line_start + span.start..line_start + span.end))]
        };
        let head = |argument: &Argument| Some((text(argument.head.as_ref()?), span(argument.head.as_ref()?)));
        let pattern = self.set.get(found.pattern);
        (self.emit)(&Association {
            document: self.document.id,
            document_index: self.document.index,
            line,
            pattern_id: found.pattern,
            pattern: pattern.name(),
            relation: pattern.relation(),
            confidence: super::association::confidence(pattern, found.hedged),
            source: text(&source.span),
            target: text(&target.span),
            spans: Spans { source: span(&source.span), trigger: span(&found.trigger), target: span(&target.span) },
            context: self.document.context(),
            reading: Some(Understood {
                negated: found.negated,
                hedged: found.hedged,
                pronoun: source.pronoun || target.pronoun,
                source_head: head(source),
                target_head: head(target),
            }),
        })
    }

    fn emit(
        &mut self,
        lowered: &Lowered<'_>,
        line: usize,
        id: PatternId,
        forward: bool,
        found: Match,
    ) -> ControlFlow<()> {
        let (source, target) = if forward { (found.source, found.target) } else { (found.target, found.source) };
        let [source, trigger, target] = [source, found.trigger, target].map(|span| strip(lowered.text, span));
        if source.is_empty() || target.is_empty() {
            return ControlFlow::Continue(());
        }
        let pattern = self.set.get(id);
        let original = |span: &Range<usize>| {
            let span = lowered.map.original(span);
            (self.offset + span.start..self.offset + span.end).into()
        };
        let spans = Spans { source: original(&source), trigger: original(&trigger), target: original(&target) };
        (self.emit)(&Association {
            document: self.document.id,
            document_index: self.document.index,
            line,
            pattern_id: id,
            pattern: pattern.name(),
            relation: pattern.relation(),
            confidence: pattern.confidence(),
            source: &lowered.text[source],
            target: &lowered.text[target],
            spans,
            context: self.document.context(),
            reading: None,
        })
    }
}
