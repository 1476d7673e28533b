//! Memory that one extraction after another uses again.

use std::panic::{RefUnwindSafe, UnwindSafe};

use bumpalo::Bump;

use super::hits::Hits;
use crate::argument::Stop;
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
    pub(super) scratch: Scratch,
    /// For the scan of a line once it is lowered, while that of the text goes on.
    pub(super) scratch_of_line: Option<Box<Scratch>>,
}

impl Memory {
    /// Says when extractions are to end early, though they send nothing: a line may be very long. Until it is told
    /// otherwise.
    pub(crate) fn obey(&mut self, stop: Stop) {
        self.hits.obey(stop);
    }

    /// Forgets the peak, to measure anew.
    pub(crate) fn forget_peak(&mut self) {
        self.arena.peak = 0;
    }

    /// The most bytes that lowered text has taken.
    pub(crate) fn peak_arena_bytes(&self) -> usize {
        self.arena.peak.max(self.arena.bump.allocated_bytes()) + self.lowered.peak()
    }
}

// What a panic of a sink leaves behind is put right before the next use.
impl UnwindSafe for Memory {}
impl RefUnwindSafe for Memory {}

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
