//! Memory that one extraction after another uses again.

use std::panic::{RefUnwindSafe, UnwindSafe};

use bumpalo::Bump;

use super::hits::Hits;
use crate::scan::literal::{Buffer, Scratch};

/// An arena that grew beyond this for a long line is given back after it.
const ARENA_KEPT: usize = 4 << 20;

/// What extractions need and do not return. One thread uses it at a time.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(super) arena: Bump,
    pub(super) hits: Hits,
    pub(super) lowered: Buffer,
    /// One for each scan that is going on: a line may have to be scanned again while the text is.
    pub(super) scratches: Vec<Scratch>,
}

// What a panic of a sink leaves behind is put right before the next use.
impl UnwindSafe for Memory {}
impl RefUnwindSafe for Memory {}

/// Gives the arena back if it is large, and empties it if it is not.
pub(super) fn recycle(arena: &mut Bump) {
    if arena.allocated_bytes() > ARENA_KEPT {
        *arena = Bump::new();
    } else {
        arena.reset();
    }
}
