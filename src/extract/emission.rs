//! From a match in lowered text to an association.

use std::ops::{ControlFlow, Range};

use super::Emit;
use super::association::{Association, Reading, Spans};
use super::document::Document;
use super::verify::Match;
use crate::argument::{Argument, Found};
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
            reading: None,
        })
    }

    /// Emits what the grammar found in the line that begins at byte `line_start` of what was lowered.
    pub(super) fn emit_found(
        &mut self,
        lowered: &Lowered<'_>,
        line: usize,
        line_start: usize,
        forward: bool,
        found: &Found,
    ) -> ControlFlow<()> {
        let (source, target) = if forward { (&found.left, &found.right) } else { (&found.right, &found.left) };
        let start = self.offset + line_start;
        let span = |span: &Range<usize>| (start + span.start..start + span.end).into();
        let text =
            |span: &Range<usize>| &lowered.text[lowered.map.lowered(&(line_start + span.start..line_start + span.end))];
        let head = |argument: &Argument| Some((text(argument.head.as_ref()?), span(argument.head.as_ref()?)));
        let pattern = self.set.get(found.pattern);
        (self.emit)(&Association {
            document: self.document.id,
            document_index: self.document.index,
            line,
            pattern_id: found.pattern,
            pattern: pattern.name(),
            relation: pattern.relation(),
            confidence: super::association::confidence(pattern, found.hedged),
            source: text(&source.span),
            target: text(&target.span),
            spans: Spans { source: span(&source.span), trigger: span(&found.trigger), target: span(&target.span) },
            context: self.document.context(),
            reading: Some(Reading {
                negated: found.negated,
                hedged: found.hedged,
                pronoun: source.pronoun || target.pronoun,
                source_head: head(source),
                target_head: head(target),
            }),
        })
    }
}
