//! The fast search as a [`Scanner`] of lowered text, for pattern sets of which every line has to be lowered anyhow.

use std::ops::ControlFlow;
use std::panic::{RefUnwindSafe, UnwindSafe};

use regex_automata::util::pool::Pool;

use super::{Literals, Scratch};
use crate::scan::{Hit, Scanner};

/// [`Literals`] with memory of its own.
#[derive(Debug)]
pub(crate) struct Pooled {
    literals: Literals,
    lens: Box<[usize]>,
    scratches: Pool<Scratch, Box<dyn Fn() -> Scratch + Send + Sync + UnwindSafe + RefUnwindSafe>>,
}

impl Pooled {
    /// `needles` are those that `literals` was made of.
    pub(crate) fn new(literals: Literals, needles: &[Box<[u8]>]) -> Self {
        let lens = needles.iter().map(|needle| needle.len()).collect();
        Pooled { literals, lens, scratches: Pool::new(Box::new(Scratch::default)) }
    }
}

impl Scanner for Pooled {
    fn name(&self) -> &'static str {
        self.literals.name()
    }

    fn scan(&self, haystack: &str, found: &mut dyn FnMut(Hit)) {
        let mut scratch = self.scratches.get();
        let _ = self.literals.scan_all(haystack.as_bytes(), &mut scratch, &mut |hits, _| {
            for hit in hits {
                let needle = hit.needle as usize;
                found(Hit { needle, end: hit.start + self.lens[needle] });
            }
            ControlFlow::Continue(())
        });
    }

    fn memory_usage(&self) -> usize {
        self.literals.memory_usage() + size_of_val(&*self.lens)
    }
}
