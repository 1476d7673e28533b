//! The hits of a line, gathered until the line is over.

use crate::argument::{AnchorHit, Found, Grammar, Reading, Stop};
use crate::pattern::PatternId;

/// The hits of one line.
#[derive(Debug, Default)]
pub(super) struct Hits {
    /// For each pattern, the best hit of its middle so far.
    best: Vec<Option<Place>>,
    /// The patterns that were hit.
    pub(super) patterns: Vec<PatternId>,
    /// Where anchors of bounded patterns begin: bytes of the original line.
    anchors: Vec<AnchorHit>,
    reading: Reading,
    /// What the grammar found in the line, by pattern.
    found: Vec<Found>,
}

impl Hits {
    /// Forgets what a sink that panicked has left, and makes room for `patterns`.
    #[inline]
    pub(super) fn reset(&mut self, patterns: usize) {
        if !self.patterns.is_empty() {
            self.forget();
        }
        if self.best.len() != patterns {
            self.best.resize(patterns, None);
        }
        self.anchors.clear();
    }

    /// Forgets the patterns that were hit.
    pub(super) fn forget(&mut self) {
        for pattern in self.patterns.drain(..) {
            self.best[pattern.index()] = None;
        }
    }

    /// Says when to end early.
    pub(super) fn obey(&mut self, stop: Stop) {
        self.reading.stop = stop;
    }

    /// Whether to end early.
    pub(super) fn are_stopped(&self) -> bool {
        self.reading.stop.is_asked()
    }

    /// Keeps the anchor that begins at byte `at` of the original `text`, in the line that begins at byte `line`, if the
    /// words around it leave something open.
    #[inline]
    pub(super) fn note_anchor(&mut self, grammar: Option<&Grammar>, text: &str, line: usize, at: usize, anchor: usize) {
        if let Some(mut hit) = grammar.and_then(|grammar| grammar.glance(text, at, anchor, &self.reading)) {
            hit.at -= line;
            self.anchors.push(hit);
        }
    }

    /// Forgets the anchors.
    pub(super) fn forget_anchors(&mut self) {
        self.anchors.clear();
    }

    /// Lets `grammar` read the original `line`, if it holds an anchor.
    pub(super) fn read(&mut self, grammar: Option<&Grammar>, line: &str) {
        self.found.clear();
        if let Some(grammar) = grammar.filter(|_| !self.anchors.is_empty()) {
            self.anchors.sort_unstable();
            grammar.read(line, &self.anchors, &mut self.reading, &mut self.found);
        }
        self.anchors.clear();
    }

    /// Whether anything in the line has yet to be decided or emitted.
    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty() && self.found.is_empty()
    }

    /// Whether the grammar found nothing in the line.
    pub(super) fn only_hits(&self) -> bool {
        self.found.is_empty()
    }

    /// The patterns that were hit, those of what the grammar found among them, in order.
    pub(super) fn sort(&mut self) {
        let firsts = self.found.chunk_by(|a, b| a.pattern == b.pattern).filter_map(<[Found]>::first);
        self.patterns.extend(firsts.map(|found| found.pattern));
        self.patterns.sort_unstable();
    }

    /// What the grammar found for `pattern`, by position.
    pub(super) fn found(&self, pattern: PatternId) -> &[Found] {
        let start = self.found.partition_point(|found| found.pattern < pattern);
        let end = self.found.partition_point(|found| found.pattern <= pattern);
        &self.found[start..end]
    }

    /// Keeps the leftmost place of `pattern`, and of several there the one that the pattern prefers.
    pub(super) fn note(&mut self, pattern: PatternId, place: Place) {
        let best = &mut self.best[pattern.index()];
        match best {
            None => {
                *best = Some(place);
                self.patterns.push(pattern);
            }
            Some(known) if (place.start, place.rank) < (known.start, known.rank) => *known = place,
            Some(_) => {}
        }
    }

    /// The best place of `pattern`, if it was hit.
    pub(super) fn best(&self, pattern: PatternId) -> Option<Place> {
        self.best[pattern.index()]
    }
}

/// Where the middle of a pattern stands; without meaning for a pattern that its regex decides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) rank: u32,
}
