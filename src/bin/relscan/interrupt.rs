//! Ctrl-C: the first asks the run to end with whole records, the second ends it at once.

use relscan::CancelToken;

use crate::outcome::{Failure, say};

/// Whether the user has asked the run to end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt(CancelToken);

impl Interrupt {
    /// Listens to Ctrl-C, and to requests to terminate, from now on.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let interrupt = Interrupt::default();
        let token = interrupt.0.clone();
        // Handlers are called one after another.
        let handler = move || {
            if token.is_cancelled() {
                say("interrupted twice: stopped at once");
                std::process::exit(130);
            }
            token.cancel();
        };
        ctrlc::set_handler(handler).map_err(|error| Failure::usage(format_args!("no signals: {error}")))?;
        Ok(interrupt)
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.0.is_cancelled()
    }

    /// What cancels a batch.
    pub(crate) fn token(&self) -> &CancelToken {
        &self.0
    }
}
