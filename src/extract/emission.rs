//! From a match in lowered text to an association.

use std::ops::{ControlFlow, Range};

use super::Emit;
use super::association::{Association, Spans};
use super::document::Document;
use super::verify::Match;
use crate::pattern::{PatternId, PatternSet};
use crate::text::{Lowered, strip};

/// Turns matches into associations.
pub(super) struct Emission<'c, 'm> {
    pub(super) set: &'c PatternSet,
    pub(super) document: &'c Document<'c>,
    /// Where the lowered text begins in the original document.
    pub(super) offset: usize,
    pub(super) emit: Emit<'m>,
}

impl Emission<'_, '_> {
    pub(super) fn emit(
        &mut self,
        lowered: &Lowered<'_>,
        line: usize,
        id: PatternId,
        forward: bool,
        found: Match,
    ) -> ControlFlow<()> {
        let (source, target) = if forward { (found.source, found.target) } else { (found.target, found.source) };
        let [source, trigger, target] = [source, found.trigger, target].map(|span| strip(lowered.text, span));
        if source.is_empty() || target.is_empty() {
            return ControlFlow::Continue(());
        }
        let pattern = self.set.get(id);
        let original = |span: &Range<usize>| {
            let span = lowered.map.original(span);
            (self.offset + span.start..self.offset + span.end).into()
        };
        let spans = Spans { source: original(&source), trigger: original(&trigger), target: original(&target) };
        (self.emit)(&Association {
            document: self.document.id,
            document_index: self.document.index,
            line,
            pattern_id: id,
            pattern: pattern.name(),
            relation: pattern.relation(),
            confidence: pattern.confidence(),
            source: &lowered.text[source],
            target: &lowered.text[target],
            spans,
            context: self.document.context(),
        })
    }
}
