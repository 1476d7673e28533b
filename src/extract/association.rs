//! What is found: associations, borrowed and owned.

use std::ops::Range;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::phrase::Phrase;
use crate::pattern::{Pattern, PatternId, RelationType};
use crate::rule::Polarity;
use crate::text::Origin;

/// Bytes of a document, from `start` up to but not including `end`. Serialised as `[start, end]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(usize, usize)", into = "(usize, usize)")]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span as a range, to slice with.
    #[must_use]
    #[inline]
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

impl From<Range<usize>> for Span {
    #[inline]
    fn from(range: Range<usize>) -> Self {
        Span { start: range.start, end: range.end }
    }
}

impl From<(usize, usize)> for Span {
    fn from((start, end): (usize, usize)) -> Self {
        Span { start, end }
    }
}

impl From<Span> for (usize, usize) {
    fn from(span: Span) -> Self {
        (span.start, span.end)
    }
}

/// What spans count the bytes of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SpanOf {
    /// The document as it was given.
    #[default]
    Document,
    /// The text that was extracted from the document, as from a PDF: its own bytes cannot be pointed at.
    Text,
}

/// That one phrase relates to another, as one pattern found it at one place.
///
/// The texts borrow from whatever produced the association: the arena of the extraction while a
/// [`Sink`](crate::Sink) looks at it, or the [`Associations`](crate::Associations) that hold it. [`to_owned`](Self::to_owned)
/// makes a copy of its own.
///
/// It serialises to the record that the command line writes: `id`, `pattern`, `relation`, `source`, `target`,
/// `confidence`, `source_span`, `trigger_span`, `target_span`; where they apply also `source_head`, `target_head`,
/// `predicate`, `polarity`, `sentence` (its span) with `line`, and `negated`, `hedged`, `pronoun` if true, and
/// `"span_of":"text"` where the spans count [extracted text](SpanOf::Text).
#[derive(Clone, Debug, PartialEq)]
pub struct Association<'a> {
    pub(crate) document: &'a str,
    pub(crate) document_index: usize,
    pub(crate) line: usize,
    pub(crate) pattern_id: PatternId,
    pub(crate) pattern: &'a str,
    pub(crate) relation: &'a RelationType,
    pub(crate) confidence: f64,
    pub(crate) source: Phrase<'a>,
    pub(crate) target: Phrase<'a>,
    pub(crate) spans: Spans,
    pub(crate) context: Context<'a>,
    pub(crate) reading: Option<Reading<'a>>,
    pub(crate) frame: Frame<'a>,
}

/// How the spans of an association, which count the text that was scanned, become those that are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    /// The text is the document.
    #[default]
    Document,
    /// The text was decoded from the document, or taken out of it. The span is moved on by `shift`, sought in `origin`, and
    /// counted from `base`.
    Original { origin: &'a Origin, shift: usize, base: usize },
    /// The spans count the text, which is not the document.
    Extract,
}

impl Frame<'_> {
    #[inline]
    fn span(self, span: Span) -> Span {
        match self {
            Frame::Document | Frame::Extract => span,
            Frame::Original { origin, shift, base } => {
                let original = origin.original(&(span.start + shift..span.end + shift));
                Span { start: original.start.saturating_sub(base), end: original.end.saturating_sub(base) }
            }
        }
    }
}

/// The text that holds the line of an association.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Context<'a> {
    /// Whole lines, or nothing if they were not kept.
    pub(crate) text: &'a str,
    /// The byte of the document at which the text begins.
    pub(crate) offset: usize,
    /// Whether each line is a document of its own.
    pub(crate) line_is_document: bool,
}

/// What the rules for bounded arguments know besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading<'a> {
    pub(crate) negated: bool,
    pub(crate) hedged: bool,
    pub(crate) pronoun: bool,
    pub(crate) source_head: Option<(&'a str, Span)>,
    pub(crate) target_head: Option<(&'a str, Span)>,
    pub(crate) predicate: Option<&'a str>,
    pub(crate) polarity: Option<Polarity>,
    pub(crate) sentence: Option<Span>,
}

/// The confidence of what `pattern` finds.
pub(crate) fn confidence(pattern: &Pattern, hedged: bool) -> f64 {
    if hedged { pattern.confidence() * Association::HEDGE_FACTOR } else { pattern.confidence() }
}

/// Where the parts of an association are in the original document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Spans {
    pub(crate) source: Span,
    pub(crate) trigger: Span,
    pub(crate) target: Span,
}

impl<'a> Association<'a> {
    /// What a hedge (`may`, `is believed to`) leaves of the pattern's confidence.
    pub const HEDGE_FACTOR: f64 = 0.5;

    /// The id of the document; empty if it was given none.
    #[must_use]
    #[inline]
    pub fn document(&self) -> &'a str {
        self.document
    }

    /// The place of the document in its batch, from 0.
    #[must_use]
    #[inline]
    pub fn document_index(&self) -> usize {
        self.document_index
    }

    /// The line of the document, from 1. Lines end with `\n` only.
    #[must_use]
    #[inline]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The place of the pattern in its set.
    #[must_use]
    #[inline]
    pub fn pattern_id(&self) -> PatternId {
        self.pattern_id
    }

    /// The name of the pattern.
    #[must_use]
    #[inline]
    pub fn pattern(&self) -> &'a str {
        self.pattern
    }

    /// The kind of relation.
    #[must_use]
    #[inline]
    pub fn relation(&self) -> &'a RelationType {
        self.relation
    }

    /// How far to trust it, from 0 to 1: the confidence of the pattern.
    #[must_use]
    #[inline]
    pub fn confidence(&self) -> f64 {
        self.confidence
    }

    /// The source phrase: lower-cased, without white space at its ends, never empty.
    ///
    /// Linear in the line when the first argument is read of a long line, or of one where other characters change than
    /// those of ASCII: such lines are lowered for those who ask.
    #[must_use]
    #[inline]
    pub fn source(&self) -> &'a str {
        self.source.text()
    }

    /// The target phrase: lower-cased, without white space at its ends, never empty. As for [`source`](Self::source).
    #[must_use]
    #[inline]
    pub fn target(&self) -> &'a str {
        self.target.text()
    }

    /// Whether the text denies it: `does not cause`, `no longer contains`. Only bounded arguments tell; such
    /// associations are left out unless [`negated`](crate::ExtractorBuilder::negated) asks for them.
    #[must_use]
    #[inline]
    pub fn negated(&self) -> bool {
        self.reading.is_some_and(|reading| reading.negated)
    }

    /// Whether the text only says that it may be so. Only bounded arguments tell.
    #[must_use]
    #[inline]
    pub fn hedged(&self) -> bool {
        self.reading.is_some_and(|reading| reading.hedged)
    }

    /// Whether an argument is a pronoun. Only bounded arguments tell; such associations are left out unless
    /// [`pronouns`](crate::ExtractorBuilder::pronouns) asks for them.
    #[must_use]
    #[inline]
    pub fn pronoun(&self) -> bool {
        self.reading.is_some_and(|reading| reading.pronoun)
    }

    /// The head of the source in lower case, if it is a noun phrase: `cancer` of `cancer of the lung`.
    #[must_use]
    pub fn source_head(&self) -> Option<&'a str> {
        Some(self.reading?.source_head?.0)
    }

    /// The head of the target in lower case, if it is a noun phrase.
    #[must_use]
    pub fn target_head(&self) -> Option<&'a str> {
        Some(self.reading?.target_head?.0)
    }

    /// What relates the arguments, by its lemma with its prepositions: `lead to`, `be bear in`. Only rules tell.
    #[must_use]
    pub fn predicate(&self) -> Option<&'a str> {
        self.reading?.predicate
    }

    /// Whether the source is good or bad for the target, if the rule says so.
    #[must_use]
    pub fn polarity(&self) -> Option<Polarity> {
        self.reading?.polarity
    }

    /// Where the sentence is in the original document. Only rules tell.
    #[must_use]
    pub fn sentence_span(&self) -> Option<Span> {
        Some(self.frame.span(self.reading?.sentence?))
    }

    /// Where the head of the source is in the original document.
    #[must_use]
    pub fn source_head_span(&self) -> Option<Span> {
        Some(self.frame.span(self.reading?.source_head?.1))
    }

    /// Where the head of the target is in the original document.
    #[must_use]
    pub fn target_head_span(&self) -> Option<Span> {
        Some(self.frame.span(self.reading?.target_head?.1))
    }

    /// Where the source is in the original document.
    ///
    /// Where lower-casing made several characters of one and the source ends within them, the span covers the one.
    #[must_use]
    #[inline]
    pub fn source_span(&self) -> Span {
        self.frame.span(self.spans.source)
    }

    /// Where the trigger is in the original document: what stands between the arguments, or the group named
    /// `trigger`, without white space at its ends.
    #[must_use]
    #[inline]
    pub fn trigger_span(&self) -> Span {
        self.frame.span(self.spans.trigger)
    }

    /// Where the target is in the original document, as for [`source_span`](Self::source_span).
    #[must_use]
    #[inline]
    pub fn target_span(&self) -> Span {
        self.frame.span(self.spans.target)
    }

    /// What the spans count the bytes of.
    #[must_use]
    #[inline]
    pub fn span_of(&self) -> SpanOf {
        match self.frame {
            Frame::Document | Frame::Original { .. } => SpanOf::Document,
            Frame::Extract => SpanOf::Text,
        }
    }

    /// The spans as they are told.
    pub(crate) fn told_spans(&self) -> Spans {
        Spans { source: self.source_span(), trigger: self.trigger_span(), target: self.target_span() }
    }

    /// The line that holds the association as it is in the original document, or the lines, without the last line feed, and
    /// the byte of the document at which it begins; of a text that was decoded or extracted the byte of that text. `None` for
    /// an association that was kept: only a [`Sink`](crate::Sink) sees the line.
    /// Linear in the line.
    #[must_use]
    pub fn context(&self) -> Option<(usize, &'a str)> {
        let Context { text, offset, .. } = self.context;
        if text.is_empty() {
            return None;
        }
        let Spans { source, trigger, target } = self.spans;
        let first = source.start.min(trigger.start).min(target.start) - offset;
        let last = source.end.max(trigger.end).max(target.end) - offset;
        // What rules find may run over lines.
        let last = if self.sentence_span().is_some() { last } else { source.start - offset };
        let start = memchr::memrchr(b'\n', &text.as_bytes()[..first]).map_or(0, |feed| feed + 1);
        let end = memchr::memchr(b'\n', &text.as_bytes()[last..]).map_or(text.len(), |feed| last + feed);
        Some((offset + start, &text[start..end]))
    }

    /// The sentence that says it as it was scanned, or the lines if no rule read sentences, and where in it the source, the
    /// trigger and the target are. `None` for an association that was kept: only a [`Sink`](crate::Sink) sees the text.
    /// Linear in the line.
    #[must_use]
    pub fn quote(&self) -> Option<(&'a str, [Span; 3])> {
        let Spans { source, trigger, target } = self.spans;
        let within = |(start, text): (usize, &'a str)| {
            let inside = |span: Span| {
                let span = Span { start: span.start.checked_sub(start)?, end: span.end.checked_sub(start)? };
                text.get(span.range()).map(|_| span)
            };
            Some((text, [inside(source)?, inside(trigger)?, inside(target)?]))
        };
        let sentence = self.reading.and_then(|reading| reading.sentence).and_then(|span| {
            let Context { text, offset, .. } = self.context;
            let text = text.get(span.start.checked_sub(offset)?..span.end.checked_sub(offset)?)?;
            within((span.start, text))
        });
        sentence.or_else(|| within(self.context()?))
    }

    /// Whether the document is a line of a file and the id tells which, so that its own line number says nothing.
    #[must_use]
    pub fn is_of_line_document(&self) -> bool {
        self.context.line_is_document
    }

    /// A copy that borrows nothing.
    #[must_use]
    pub fn to_owned(&self) -> OwnedAssociation {
        OwnedAssociation {
            document: self.document.to_owned(),
            line: self.line,
            pattern: self.pattern.to_owned(),
            relation: self.relation.clone(),
            source: self.source().to_owned(),
            target: self.target().to_owned(),
            confidence: self.confidence,
            source_span: self.source_span(),
            trigger_span: self.trigger_span(),
            target_span: self.target_span(),
            span_of: self.span_of(),
            negated: self.negated(),
            hedged: self.hedged(),
            pronoun: self.pronoun(),
            source_head: self.source_head_span(),
            target_head: self.target_head_span(),
            predicate: self.predicate().map(str::to_owned),
            polarity: self.polarity(),
            sentence: self.sentence_span(),
        }
    }
}

impl Serialize for Association<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let flags = [("negated", self.negated()), ("hedged", self.hedged()), ("pronoun", self.pronoun())];
        let heads = [
            ("source_head", self.source_head()),
            ("target_head", self.target_head()),
            ("predicate", self.predicate()),
            ("polarity", self.polarity().map(Polarity::as_str)),
        ];
        let of_extract = self.span_of() == SpanOf::Text;
        let more = usize::from(of_extract)
            + flags.iter().filter(|(_, set)| *set).count()
            + heads.iter().filter(|(_, head)| head.is_some()).count();
        let sentence = self.sentence_span();
        let more = more + 2 * usize::from(sentence.is_some());
        let mut record = serializer.serialize_struct("Association", 9 + more)?;
        record.serialize_field("id", self.document)?;
        record.serialize_field("pattern", self.pattern)?;
        record.serialize_field("relation", self.relation)?;
        record.serialize_field("source", self.source())?;
        record.serialize_field("target", self.target())?;
        record.serialize_field("confidence", &self.confidence)?;
        record.serialize_field("source_span", &self.source_span())?;
        record.serialize_field("trigger_span", &self.trigger_span())?;
        record.serialize_field("target_span", &self.target_span())?;
        for (key, head) in heads {
            if let Some(head) = head {
                record.serialize_field(key, head)?;
            }
        }
        if let Some(sentence) = sentence {
            record.serialize_field("sentence", &sentence)?;
            record.serialize_field("line", &self.line)?;
        }
        for (key, _) in flags.iter().filter(|(_, set)| *set) {
            record.serialize_field(key, &true)?;
        }
        if of_extract {
            record.serialize_field("span_of", "text")?;
        }
        record.end()
    }
}

/// An [`Association`] with texts of its own.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OwnedAssociation {
    /// The id of the document; empty if it was given none.
    pub document: String,
    /// The line of the document, from 1.
    pub line: usize,
    /// The name of the pattern.
    pub pattern: String,
    /// The kind of relation.
    pub relation: RelationType,
    /// The source phrase, lower-cased and stripped.
    pub source: String,
    /// The target phrase, lower-cased and stripped.
    pub target: String,
    /// How far to trust it, from 0 to 1.
    pub confidence: f64,
    /// Where the source is in the original document.
    pub source_span: Span,
    /// Where the trigger is in the original document.
    pub trigger_span: Span,
    /// Where the target is in the original document.
    pub target_span: Span,
    /// What the spans count the bytes of.
    pub span_of: SpanOf,
    /// Whether the text denies it.
    pub negated: bool,
    /// Whether the text only says that it may be so.
    pub hedged: bool,
    /// Whether an argument is a pronoun.
    pub pronoun: bool,
    /// Where the head of the source is in the original document, if it is a noun phrase.
    pub source_head: Option<Span>,
    /// Where the head of the target is in the original document, if it is a noun phrase.
    pub target_head: Option<Span>,
    /// What relates the arguments, by its lemma with its prepositions, if a rule found them.
    pub predicate: Option<String>,
    /// Whether the source is good or bad for the target, if the rule says so.
    pub polarity: Option<Polarity>,
    /// Where the sentence is in the original document, if a rule found it.
    pub sentence: Option<Span>,
}
