//! An argument in lower case, now or when someone reads it.

use std::ops::Range;
use std::sync::OnceLock;

use crate::text::OwnLowered;

/// An argument in lower case.
#[derive(Clone, Debug)]
pub(crate) enum Phrase<'a> {
    Lowered(&'a str),
    /// Bytes of the line that is lowered when someone reads them.
    Later {
        line: &'a LaterLine<'a>,
        span: Range<usize>,
    },
}

impl<'a> Phrase<'a> {
    /// Linear in the line if it is the first to be read of a line that is lowered later.
    #[inline]
    pub(crate) fn text(&self) -> &'a str {
        match self {
            Phrase::Lowered(text) => text,
            Phrase::Later { line, span } => line.text(span.clone()),
        }
    }
}

impl<'a> From<&'a str> for Phrase<'a> {
    fn from(text: &'a str) -> Self {
        Phrase::Lowered(text)
    }
}

impl PartialEq for Phrase<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

/// A line that is lowered when someone reads an argument in it: many are long and nobody does, and where characters
/// change that are not ASCII it takes its time.
#[derive(Debug)]
pub(crate) struct LaterLine<'t> {
    original: &'t str,
    lowered: OnceLock<OwnLowered>,
}

impl<'t> LaterLine<'t> {
    pub(super) fn new(original: &'t str) -> Self {
        LaterLine { original, lowered: OnceLock::new() }
    }

    /// What became of the bytes `span` of the original.
    #[inline(never)]
    fn text(&self, span: Range<usize>) -> &str {
        let lowered = self.lowered.get_or_init(|| OwnLowered::new(self.original)).lowered();
        &lowered.text[lowered.map.lowered(&span)]
    }
}
