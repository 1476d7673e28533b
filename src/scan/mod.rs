//! Where triggers are: finding every occurrence of every needle in lowered text.
//!
//! A [`Plan`] says what to look for and what an occurrence means; a [`Scanner`] looks. Scanners differ in speed and
//! in the needles they take, never in what they find.

use std::fmt::Debug;
use std::panic::{RefUnwindSafe, UnwindSafe};

mod dfa;
pub(crate) mod literal;
mod plan;
mod portable;

pub(crate) use dfa::Dfa;
pub(crate) use plan::{Needles, Plan, Posting};
pub(crate) use portable::Portable;

/// An occurrence of a needle: its number in the plan, and where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) needle: usize,
    pub(crate) end: usize,
}

/// Finds needles.
pub(crate) trait Scanner: Debug + Send + Sync + UnwindSafe + RefUnwindSafe {
    /// What it is called in messages and statistics.
    fn name(&self) -> &'static str;

    /// Calls `found` for every occurrence of every needle in `haystack`, overlapping ones too, those that end in one
    /// line before those that end in a later one. Linear in the haystack and the number of occurrences.
    fn scan(&self, haystack: &str, found: &mut dyn FnMut(Hit));

    /// Bytes of memory it holds.
    fn memory_usage(&self) -> usize;
}
