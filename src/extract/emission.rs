//! From a match in lowered text to an association.

use std::ops::{ControlFlow, Range};

use super::Emit;
use super::association::{Association, Frame, Reading, Spans};
use super::document::Document;
use super::phrase::{LaterLine, Phrase};
use super::verify::Match;
use crate::argument::{Argument, Found};
use crate::pattern::{PatternId, PatternSet};
use crate::scan::literal::{Held, Line};
use crate::text::{Lowered, strip};

/// Turns matches into associations.
pub(super) struct Emission<'c, 'm, E: ?Sized> {
    pub(super) set: &'c PatternSet,
    pub(super) document: &'c Document<'c>,
    /// Where the lowered text begins in the original document.
    pub(super) offset: usize,
    pub(super) emit: &'m mut E,
}

/// A line that is split at the middles of patterns.
pub(super) struct Split<'l> {
    pub(super) line: &'l Line,
    pub(super) text: LineText<'l>,
}

/// The middle of a pattern in a line, bytes of the text of the document.
pub(super) struct Middle {
    pub(super) pattern: PatternId,
    /// Whether what is before it is the source.
    pub(super) forward: bool,
    pub(super) span: Range<usize>,
    /// What is left of it without white space at its ends.
    pub(super) trigger: Range<usize>,
}

/// A line in lower case.
#[derive(Clone, Copy)]
pub(super) enum LineText<'l> {
    /// Its bytes are those of the original but for letters.
    Lowered(Held<'l>),
    /// It is lowered when someone asks for it.
    Later(&'l LaterLine<'l>),
}

impl<'c, E: Emit + ?Sized> Emission<'c, '_, E> {
    /// The original of the lowered text, and what comes after it.
    pub(super) fn original(&self) -> &'c str {
        &self.document.text[self.offset - self.document.offset..]
    }

    /// Emits what the grammar found in the line whose original begins `line_start` bytes into the lowered text's.
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
        self.emit.emit(&Association {
            document: self.document.id,
            document_index: self.document.index,
            line,
            pattern_id: found.pattern,
            pattern: pattern.name(),
            relation: pattern.relation(),
            confidence: super::association::confidence(pattern, found.hedged),
            source: text(&source.span).into(),
            target: text(&target.span).into(),
            spans: Spans { source: span(&source.span), trigger: span(&found.trigger), target: span(&target.span) },
            frame: Frame::Document,
            context: self.document.context(),
            reading: Some(Reading {
                negated: found.negated,
                hedged: found.hedged,
                pronoun: source.pronoun || target.pronoun,
                source_head: head(source),
                target_head: head(target),
                ..Reading::default()
            }),
        })
    }

    /// Emits what stands on either side of a middle.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "what the receiver does not read is not written then")]
    pub(super) fn emit_split(&mut self, split: &Split<'_>, middle: &Middle) -> ControlFlow<()> {
        let Split { line, text } = *split;
        let left = strip(self.document.text, line.start..middle.span.start);
        let right = strip(self.document.text, middle.span.end..line.end);
        if left.is_empty() || right.is_empty() {
            return ControlFlow::Continue(());
        }
        let (source, target) = if middle.forward { (left, right) } else { (right, left) };
        let offset = self.document.offset;
        let span = |span: &Range<usize>| (offset + span.start..offset + span.end).into();
        let phrase = |span: &Range<usize>| match text {
            LineText::Lowered(held) => Phrase::Lowered(held.get(span.clone())),
            LineText::Later(later) => {
                Phrase::Later { line: later, span: span.start - line.start..span.end - line.start }
            }
        };
        let pattern = self.set.get(middle.pattern);
        self.emit.emit(&Association {
            document: self.document.id,
            document_index: self.document.index,
            line: self.document.line + line.feeds,
            pattern_id: middle.pattern,
            pattern: pattern.name(),
            relation: pattern.relation(),
            confidence: pattern.confidence(),
            source: phrase(&source),
            target: phrase(&target),
            spans: Spans { source: span(&source), trigger: span(&middle.trigger), target: span(&target) },
            frame: Frame::Document,
            context: self.document.context(),
            reading: None,
        })
    }

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
        self.emit.emit(&Association {
            document: self.document.id,
            document_index: self.document.index,
            line,
            pattern_id: id,
            pattern: pattern.name(),
            relation: pattern.relation(),
            confidence: pattern.confidence(),
            source: (&lowered.text[source]).into(),
            target: (&lowered.text[target]).into(),
            spans,
            frame: Frame::Document,
            context: self.document.context(),
            reading: None,
        })
    }
}
