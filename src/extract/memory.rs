//! Memory that one extraction after another uses again.

use std::panic::{RefUnwindSafe, UnwindSafe};

use bumpalo::Bump;

use super::hits::Hits;
use super::ruled::Paper;
use crate::argument::Stop;
use crate::pattern::PatternId;
use crate::scan::literal::{Buffer, Scratch};

/// An arena that grew beyond this for a long line is given back after it.
const ARENA_KEPT: usize = 4 << 20;

/// What extractions need and do not return. One thread uses it at a time.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(super) arena: Arena,
    pub(super) hits: Hits,
    /// Where a line is lowered if that does not change its length.
    pub(super) lowered: Buffer,
    /// What rules are read on.
    pub(super) paper: Paper,
    pub(super) scratch: Scratch,
    /// For the scan of a line once it is lowered, while that of the text goes on.
    pub(super) scratch_of_line: Option<Box<Scratch>>,
    /// Whether whoever takes the associations reads arguments, so that they are better lowered at once.
    pub(super) reads_text: bool,
}

/// What a thread works with: memory for extractions, and what batches need besides, so that a small one finds it ready.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    pub(crate) memory: Memory,
    pub(crate) batch: BatchMemory,
}

/// What batches need besides the memory of extractions.
#[derive(Debug, Default)]
pub(crate) struct BatchMemory {
    pub(crate) gathered: Gathered,
    /// What was found in the unit that is scanned.
    pub(crate) in_unit: Counts,
    /// What has been delivered.
    pub(crate) delivered: Counts,
}

/// The text of several documents.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) text: String,
    /// Where each of them begins.
    pub(crate) starts: Vec<usize>,
    /// The number of the first; the others follow.
    pub(crate) first: usize,
}

/// How many associations of each pattern were found.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    by_pattern: Vec<u64>,
    /// Those of which there are any.
    patterns: Vec<PatternId>,
    /// All together.
    pub(crate) total: u64,
}

impl Counts {
    /// Counts `count` more of `pattern`.
    #[inline]
    pub(crate) fn add(&mut self, pattern: PatternId, count: u64) {
        if pattern.index() >= self.by_pattern.len() {
            self.by_pattern.resize(pattern.index() + 1, 0);
        }
        let known = &mut self.by_pattern[pattern.index()];
        if *known == 0 {
            self.patterns.push(pattern);
        }
        *known += count;
        self.total += count;
    }

    /// The counts, in the order in which the patterns were first found unless they were sorted.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (PatternId, u64)> {
        self.patterns.iter().map(|id| (*id, self.by_pattern[id.index()]))
    }

    /// Puts the patterns in the order of their set.
    pub(crate) fn sort(&mut self) {
        self.patterns.sort_unstable();
    }

    /// Forgets all.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.drain().for_each(drop);
    }

    /// As [`iter`](Self::iter), and none are left.
    #[inline]
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = (PatternId, u64)> {
        self.total = 0;
        self.patterns.drain(..).map(|id| (id, std::mem::take(&mut self.by_pattern[id.index()])))
    }
}

impl Memory {
    /// Says when extractions are to end early, though they send nothing: a line may be very long. Until it is told
    /// otherwise.
    #[inline]
    pub(crate) fn obey(&mut self, stop: Stop) {
        self.hits.obey(stop);
    }

    /// Forgets the peak, to measure anew.
    #[inline]
    pub(crate) fn forget_peak(&mut self) {
        self.arena.peak = 0;
    }

    /// The most bytes that lowered text has taken.
    #[inline]
    pub(crate) fn peak_arena_bytes(&self) -> usize {
        self.arena.peak.max(self.arena.bump.allocated_bytes()) + self.lowered.peak()
    }
}

// What a panic of a sink leaves behind is put right before the next use.
impl UnwindSafe for Workspace {}
impl RefUnwindSafe for Workspace {}

/// Where lowered text lies.
#[derive(Debug, Default)]
pub(super) struct Arena {
    bump: Bump,
    /// The most bytes it held before it was emptied.
    peak: usize,
}

impl Arena {
    /// The arena without what was in it.
    pub(super) fn emptied(&mut self) -> &Bump {
        let held = self.bump.allocated_bytes();
        self.peak = self.peak.max(held);
        if held > ARENA_KEPT {
            self.bump = Bump::new();
        } else {
            self.bump.reset();
        }
        &self.bump
    }
}
