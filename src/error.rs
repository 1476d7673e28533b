//! What can go wrong when an extractor is built.

/// Why an [`Extractor`](crate::Extractor) could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The patterns are not sound.
    #[error(transparent)]
    Patterns(#[from] crate::PatternErrors),
    /// A pattern is sound but was refused by the library that compiles it.
    #[error("pattern `{pattern}` does not compile: {reason}; simplify it")]
    Pattern {
        /// The name of the pattern.
        pattern: String,
        /// What the compiler said.
        reason: String,
    },
    /// The patterns together are too many or too large for one automaton.
    #[error("the patterns do not fit one automaton: {0}; use fewer or simpler ones")]
    Automaton(String),
    /// The engine that was asked for needs instructions that this CPU lacks.
    #[error("this CPU lacks the instructions of the engine; use `auto`")]
    Instructions,
}

impl BuildError {
    pub(crate) fn automaton(error: &dyn std::error::Error) -> Self {
        BuildError::Automaton(error.to_string())
    }

    pub(crate) fn pattern(pattern: &crate::Pattern, error: &dyn std::error::Error) -> Self {
        BuildError::Pattern { pattern: pattern.name().to_owned(), reason: error.to_string() }
    }
}
