//! How documents lie in a text: one alone, or several that share it so that each costs no more than its bytes.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::Span;
use super::association::{Association, Context, Frame, Reading, Spans};
use super::document::Document;
use super::sink::Sink;
use crate::text::Origin;

/// How documents lie in a text. No pattern crosses a line, and where several documents share a text each ends at a line
/// end: what is found in it is what would be found in each by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(not(feature = "io"), expect(dead_code, reason = "only readers make such texts"))]
pub(crate) enum Layout {
    /// The text is one document, or a part of it.
    #[default]
    One,
    /// The same, decoded; where each byte of the document was, counted from its beginning.
    Decoded(Arc<Origin>),
    /// Every line is a document, with `id:line` for an id. The first has the number `first`; where the text was decoded,
    /// what each of its bytes was.
    Lines { first: usize, origin: Option<Arc<Origin>> },
    /// Several documents, one after another, each ended by a line feed.
    Many(Arc<Entries>),
}

impl Layout {
    /// Whether the text is of one document that is large only if the text is.
    pub(crate) fn is_one(&self) -> bool {
        matches!(self, Layout::One | Layout::Decoded(_))
    }
}

/// What the spans of a document count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(not(feature = "io"), expect(dead_code, reason = "only readers make such texts"))]
pub(crate) enum SpansOf {
    /// The document, whose text it is.
    #[default]
    Document,
    /// The document that the text was decoded from, or taken out of.
    Original(Origin),
    #[cfg_attr(
        not(any(feature = "mail", all(feature = "html", feature = "compression"))),
        allow(dead_code, reason = "only some formats need it")
    )]
    /// The extracted text, since what it was extracted from has no bytes to point at.
    Extract,
}

/// The documents of a text that holds several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entries {
    documents: Vec<Entry>,
    ids: String,
    /// What spans count, for the documents where that is not the document itself, in order.
    others: Vec<(usize, SpansOf)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// The byte of the text at which it begins.
    start: usize,
    /// The line of the text at which it begins, from 1.
    line: usize,
    /// Where its id ends among the ids.
    id_end: usize,
}

impl Entries {
    /// Adds a document that begins at byte `start` and line `line` of the text.
    #[cfg_attr(not(feature = "io"), expect(dead_code, reason = "only readers make such texts"))]
    pub(crate) fn push(&mut self, id: &str, start: usize, line: usize, spans_of: SpansOf) {
        self.ids.push_str(id);
        if spans_of != SpansOf::Document {
            self.others.push((self.documents.len(), spans_of));
        }
        self.documents.push(Entry { start, line, id_end: self.ids.len() });
    }

    /// The ids and texts of the documents of `text`, which are these.
    #[cfg_attr(not(feature = "io"), expect(dead_code, reason = "only readers make such texts"))]
    pub(crate) fn parts<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
        let ends = self.documents.iter().skip(1).map(|entry| entry.start).chain([text.len()]);
        self.documents.iter().zip(ends).enumerate().map(|(number, (entry, end))| {
            let part = &text[entry.start..end];
            (self.id(number), part.strip_suffix('\n').unwrap_or(part))
        })
    }

    /// How many documents there are.
    pub(crate) fn len(&self) -> usize {
        self.documents.len()
    }

    /// The number of the document that holds byte `at`.
    fn at(&self, at: usize) -> usize {
        self.documents.partition_point(|entry| entry.start <= at).saturating_sub(1)
    }

    /// What the spans of document `number` count.
    fn spans_of(&self, number: usize) -> &SpansOf {
        let known = self.others.binary_search_by_key(&number, |(number, _)| *number);
        known.map_or(&SpansOf::Document, |at| &self.others[at].1)
    }

    /// The byte at which the next document begins after byte `at`.
    fn next_start(&self, at: usize) -> Option<usize> {
        self.documents.get(self.documents.partition_point(|entry| entry.start <= at)).map(|entry| entry.start)
    }

    fn id(&self, number: usize) -> &str {
        let start = number.checked_sub(1).map_or(0, |previous| self.documents[previous].id_end);
        &self.ids[start..self.documents[number].id_end]
    }
}

/// Where a blank line ends that follows byte `from` of `text`, if there is one: no paragraph reaches over it.
pub(crate) fn blank_line(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(feed) = memchr::memchr(b'\n', bytes.get(at..)?) {
        at += feed + 1;
        let rest = &bytes[at..];
        let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'>')).count();
        if rest.get(blank) == Some(&b'\n') {
            return Some(at + blank + 1);
        }
    }
    None
}

/// Where the block ends that holds byte `from` of the text of a document.
pub(crate) fn block_end(document: &Document<'_>, from: usize) -> usize {
    let text = document.text;
    let end = match document.layout {
        Layout::One | Layout::Decoded(_) => blank_line(text, from),
        Layout::Lines { .. } => memchr::memchr(b'\n', &text.as_bytes()[from..]).map(|feed| from + feed + 1),
        Layout::Many(entries) => {
            let next = entries.next_start(document.offset + from).map(|start| start - document.offset);
            next.into_iter().chain(blank_line(text, from)).min()
        }
    };
    end.unwrap_or(text.len()).min(text.len())
}

/// The blocks of a document: what stands between blank lines, and between documents if the text holds several.
pub(crate) fn blocks<'t>(document: &Document<'t>) -> impl Iterator<Item = Document<'t>> {
    let mut rest = (!document.text.is_empty()).then_some(*document);
    std::iter::from_fn(move || {
        let document = rest.take()?;
        let end = block_end(&document, 0);
        let feeds = memchr::memchr_iter(b'\n', &document.text.as_bytes()[..end]).count();
        let (block, after) = document.split_at(end, feeds);
        rest = (!after.text.is_empty()).then_some(after);
        Some(block)
    })
}

/// How many documents there are in the text of `document`, if it begins with one.
#[inline]
pub(crate) fn documents(document: &Document<'_>) -> usize {
    match document.layout {
        Layout::One | Layout::Decoded(_) => 1,
        Layout::Lines { .. } => {
            let feeds = memchr::memchr_iter(b'\n', document.text.as_bytes()).count();
            feeds + usize::from(!document.text.ends_with('\n'))
        }
        Layout::Many(entries) => entries.len(),
    }
}

/// Sends what was found in the text of `document` to `sink` as what it is in the document that it belongs to. Who is on
/// the hot path asks first whether there is but one, for which this is not worth a call.
#[inline(never)]
pub(crate) fn send<S: Sink + ?Sized>(
    document: &Document<'_>,
    association: &Association<'_>,
    sink: &mut S,
) -> Result<ControlFlow<()>, S::Error> {
    match document.layout {
        Layout::One => sink.association(association),
        Layout::Decoded(origin) => {
            let frame = Frame::Original { origin, shift: 0, base: 0 };
            sink.association(&Association { frame, ..association.clone() })
        }
        Layout::Lines { first, origin } => {
            let at = association.spans.source.start - document.offset;
            let start = memchr::memrchr(b'\n', &document.text.as_bytes()[..at]).map_or(0, |feed| feed + 1);
            let frame = origin.as_ref().map_or(Frame::Document, |origin| {
                let shift = document.offset + start;
                Frame::Original { origin, shift, base: origin.original(&(shift..shift)).start }
            });
            sink.association(&Association {
                document: &format!("{}:{}", document.id, association.line),
                document_index: document.index + association.line - first,
                line: 1,
                context: Context { text: &document.text[start..], offset: 0, line_is_document: true },
                frame,
                ..association.moved(document.offset + start, 0)
            })
        }
        Layout::Many(entries) => {
            let number = entries.at(association.spans.source.start);
            let Entry { start, line, .. } = entries.documents[number];
            let spans_of = entries.spans_of(number);
            let text = &document.text[start.saturating_sub(document.offset)..];
            // A part of the text may begin within the document.
            let offset = document.offset.saturating_sub(start);
            sink.association(&Association {
                document: entries.id(number),
                document_index: document.index + number,
                line: association.line - line + 1,
                context: Context { text, offset, line_is_document: false },
                frame: match spans_of {
                    SpansOf::Document => Frame::Document,
                    SpansOf::Original(origin) => Frame::Original { origin, shift: 0, base: 0 },
                    SpansOf::Extract => Frame::Extract,
                },
                ..association.moved(start, 0)
            })
        }
    }
}

impl Association<'_> {
    /// The association with every span moved, so that byte `from` comes to be byte `to`.
    #[inline]
    pub(crate) fn moved(&self, from: usize, to: usize) -> Self {
        let moved = |span: Span| Span { start: span.start - from + to, end: span.end - from + to };
        let head = |(text, span)| (text, moved(span));
        let Spans { source, trigger, target } = self.spans;
        Association {
            spans: Spans { source: moved(source), trigger: moved(trigger), target: moved(target) },
            reading: self.reading.map(|reading| Reading {
                source_head: reading.source_head.map(head),
                target_head: reading.target_head.map(head),
                sentence: reading.sentence.map(moved),
                ..reading
            }),
            ..self.clone()
        }
    }
}
