//! What the patterns that were hit in a line have found in it.

use std::ops::{ControlFlow, Range};

use super::Emit;
use super::emission::Emission;
use super::hits::{Hits, Place};
use super::verify::Verifier;
use crate::argument::Grammar;
use crate::error::BuildError;
use crate::pattern::{PatternId, PatternSet};
use crate::text::Lowered;

/// Decides lines, whichever way they were found.
#[derive(Debug)]
pub(super) struct Decider {
    verifiers: Vec<Verifier>,
    /// The patterns with bounded arguments.
    grammar: Option<Grammar>,
}

/// A line of lowered text.
pub(super) struct LoweredLine<'l> {
    pub(super) lowered: Lowered<'l>,
    /// The line within the text, without its line feed.
    pub(super) span: Range<usize>,
    /// Its number in the document.
    pub(super) number: usize,
}

impl Decider {
    pub(super) fn new(set: &PatternSet, grammar: Option<Grammar>) -> Result<Self, BuildError> {
        Ok(Decider { verifiers: Verifier::for_all(set)?, grammar })
    }

    /// How many patterns there are.
    pub(super) fn patterns(&self) -> usize {
        self.verifiers.len()
    }

    /// Whether there are patterns with bounded arguments, for which sentences are read.
    pub(super) fn reads_sentences(&self) -> bool {
        self.grammar.is_some()
    }

    /// Bytes of memory that the rules for bounded arguments take.
    pub(super) fn memory_usage(&self) -> usize {
        self.grammar.as_ref().map_or(0, Grammar::memory_usage)
    }

    /// The rules for bounded arguments.
    pub(super) fn grammar(&self) -> Option<&Grammar> {
        self.grammar.as_ref()
    }

    /// Lets the grammar read the `original` of the line that `hits` were gathered from; whether there is anything to
    /// [decide](Self::decide) then.
    pub(super) fn read(&self, original: &str, hits: &mut Hits) -> bool {
        hits.read(self.grammar.as_ref(), original);
        !hits.is_empty()
    }

    /// Whether all patterns that were hit split a line at a hit.
    pub(super) fn only_splits(&self, hits: &Hits) -> bool {
        hits.only_hits() && hits.patterns.iter().all(|pattern| self.verifiers[pattern.index()].splits())
    }

    /// Whether the argument on the left of what `pattern` finds is the source.
    pub(super) fn is_forward(&self, pattern: PatternId) -> bool {
        self.verifiers[pattern.index()].forward
    }

    /// Sends the associations of `line`, which has been [read](Self::read), by pattern and then position, and forgets
    /// its hits.
    pub(super) fn decide(
        &self,
        line: &LoweredLine<'_>,
        hits: &mut Hits,
        emission: &mut Emission<'_, '_, dyn Emit + '_>,
    ) -> ControlFlow<()> {
        hits.sort();
        let nowhere = Place { start: line.span.start, end: line.span.start, rank: 0 };
        let flow = hits
            .patterns
            .iter()
            .try_for_each(|&pattern| self.send(line, pattern, hits.best(pattern).unwrap_or(nowhere), hits, emission));
        hits.forget();
        flow
    }

    fn send(
        &self,
        line: &LoweredLine<'_>,
        pattern: PatternId,
        place: Place,
        hits: &Hits,
        emission: &mut Emission<'_, '_, dyn Emit + '_>,
    ) -> ControlFlow<()> {
        let verifier = &self.verifiers[pattern.index()];
        if !verifier.is_bounded() {
            return verifier.matches(line.lowered.text, &line.span, place, &mut |found| {
                emission.emit(&line.lowered, line.number, pattern, verifier.forward, found)
            });
        }
        let start = line.lowered.map.original(&line.span).start;
        let mut found = hits.found(pattern).iter();
        found.try_for_each(|found| emission.emit_found(&line.lowered, line.number, start, verifier.forward, found))
    }
}
