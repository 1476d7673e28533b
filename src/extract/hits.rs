//! The hits of a line, gathered until the line is over.

use crate::argument::{AnchorHit, Found, Reading};
use crate::pattern::PatternId;

/// The hits of one line.
#[derive(Debug, Default)]
pub(super) struct Hits {
    /// For each pattern, the best hit of its middle so far.
    best: Vec<Option<Place>>,
    /// The patterns that were hit.
    pub(super) patterns: Vec<PatternId>,
    /// Where anchors begin in the lowered text.
    pub(super) anchors: Vec<AnchorHit>,
    pub(super) reading: Reading,
    /// What the grammar found in the line, by pattern.
    pub(super) found: Vec<Found>,
}

impl Hits {
    /// Forgets what a sink that panicked has left, and makes room for `patterns`.
    pub(super) fn reset(&mut self, patterns: usize) {
        for pattern in self.patterns.drain(..) {
            self.best[pattern.index()] = None;
        }
        self.best.resize(patterns, None);
        self.anchors.clear();
        self.found.clear();
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

    /// The best place of `pattern`, which is forgotten with this.
    pub(super) fn take(&mut self, pattern: PatternId) -> Option<Place> {
        self.best[pattern.index()].take()
    }
}

/// Where the middle of a pattern stands; without meaning for a pattern that its regex decides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) rank: u32,
}
