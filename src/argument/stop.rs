//! A wish of another thread that the reading of a very long line end early.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether to end early; what was found by then is of no use. Never, unless there is a flag.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Option<Arc<AtomicBool>>);

impl Stop {
    /// When `flag` is set.
    pub(crate) fn when(flag: &Arc<AtomicBool>) -> Self {
        Stop(Some(Arc::clone(flag)))
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.0.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed))
    }
}
