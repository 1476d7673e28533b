//! How a run ends: its exit code, and what is said about it.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use relscan::graph::StoreError;

/// How a run that came to its end came to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// Some inputs failed; each was named.
    SomeFailed,
    /// The user interrupted it; what was written is whole.
    Interrupted,
}

/// Why a run could not be brought to its end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments cannot be followed; nothing was done. The text says why.
    Usage(String),
    /// What was found cannot be written to `name`.
    Write { name: String, error: io::Error },
    /// A store cannot be read or written; it says which and why.
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::Store(error)
    }
}

impl Failure {
    pub(crate) fn usage(message: impl Display) -> Self {
        Failure::Usage(format!("error: {message}"))
    }

    pub(crate) fn stdout(error: io::Error) -> Self {
        Failure::Write { name: "standard output".to_owned(), error }
    }
}

/// Says what has to be said, and gives the exit code.
pub(crate) fn exit_code(outcome: Result<Outcome, Failure>) -> ExitCode {
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::SomeFailed) => ExitCode::from(1),
        Ok(Outcome::Interrupted) => ExitCode::from(130),
        // Whoever read the output has had enough of it, as `head` does.
        Err(Failure::Write { error, .. }) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Write { name, error }) => {
            say(&format!("error: {name} cannot be written: {error}"));
            ExitCode::from(1)
        }
        Err(Failure::Store(error)) => {
            say(&format!("error: {error}"));
            ExitCode::from(1)
        }
        Err(Failure::Usage(message)) => {
            say(&message);
            ExitCode::from(2)
        }
    }
}

/// Writes a line to standard error. That there is none is no reason to stop.
pub(crate) fn say(message: &str) {
    let _ = writeln!(io::stderr(), "{message}");
}
