//! Ctrl-C: the first asks the run to end with whole records, the second ends it at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::outcome::{Failure, say};

/// Whether the user has asked the run to end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens to Ctrl-C, and to requests to terminate, from now on.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let interrupt = Interrupt::default();
        let asked = Arc::clone(&interrupt.0);
        let handler = move || {
            if asked.swap(true, Ordering::Relaxed) {
                say("interrupted twice: stopped at once");
                std::process::exit(130);
            }
        };
        ctrlc::set_handler(handler).map_err(|error| Failure::usage(format_args!("no signals: {error}")))?;
        Ok(interrupt)
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
