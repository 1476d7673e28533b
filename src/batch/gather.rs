//! Small documents, gathered into one text: an extraction of its own for each would cost more than to copy it.
//!
//! A line feed stands between them, and no pattern crosses one, so what is found in the text is what is found in the
//! documents; only places and names have to be put right.

use std::ops::ControlFlow;

use super::tap::Tap;
use super::wave::{Place, Texts};
use crate::extract::{Association, Document, Layout, Sink};

/// The size up to which a document is small.
const SMALL_BYTES: usize = 256;
/// How much is gathered, so that it stays in the cache.
const GATHERED_BYTES: usize = 32 << 10;

/// The text of several documents.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    text: String,
    parts: Vec<Part>,
}

/// A document in the text.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// Where it begins.
    start: usize,
    /// The number of the document.
    number: usize,
}

impl Gathered {
    /// Gathers the small documents between `place` and `end`; the place behind them, or `place` if it is not worth it.
    pub(super) fn fill(&mut self, texts: &impl Texts, place: Place, end: Place) -> Place {
        self.text.clear();
        self.parts.clear();
        let mut number = place.text;
        if place.at > 0 || number + 1 >= end.text {
            return place;
        }
        while number < end.text {
            let document = texts.document(number);
            let start = self.text.len();
            let is_small = document.text.len() <= SMALL_BYTES && matches!(document.layout, Layout::One);
            if !is_small || start > GATHERED_BYTES {
                break;
            }
            // Once, and not by and by.
            self.text.reserve(if self.text.capacity() == 0 { GATHERED_BYTES + 2 * SMALL_BYTES } else { 0 });
            self.text.push_str(document.text);
            self.text.push('\n');
            self.parts.push(Part { start, number });
            number += 1;
        }
        if self.parts.len() > 1 { Place::of(number) } else { place }
    }

    /// All of it as one document.
    pub(super) fn document(&self) -> Document<'_> {
        Document::new(&self.text)
    }
}

/// Gives what is found in a gathered text to the document that it was found in.
pub(super) struct Split<'s, 't, X, S> {
    texts: &'t X,
    /// The part that the last association was found in, and those behind it.
    parts: &'s [Part],
    tap: &'s mut Tap<'t, S>,
}

impl<'s, 't, X: Texts, S: Sink> Split<'s, 't, X, S> {
    pub(super) fn new(texts: &'t X, gathered: &'s Gathered, tap: &'s mut Tap<'t, S>) -> Self {
        if let Some(first) = gathered.parts.first() {
            tap.enter(first.number, texts.document(first.number));
        }
        Split { texts, parts: &gathered.parts, tap }
    }
}

impl<X: Texts, S: Sink> Sink for Split<'_, '_, X, S> {
    type Error = S::Error;

    fn association(&mut self, found: &Association<'_>) -> Result<ControlFlow<()>, S::Error> {
        let at = found.spans.source.start;
        let behind = self.parts.iter().skip(1).take_while(|part| part.start <= at).count();
        self.parts = &self.parts[behind..];
        // Of two parts or more one is always left.
        let Some(&Part { start, number }) = self.parts.first() else { return Ok(ControlFlow::Continue(())) };
        let document = self.texts.document(number);
        if behind > 0 {
            self.tap.enter(number, document);
        }
        let before = document.text.as_bytes().get(..at - start).unwrap_or_default();
        self.tap.association(&Association {
            document: document.id,
            document_index: document.index,
            line: document.line + memchr::memchr_iter(b'\n', before).count(),
            context: document.context(),
            ..found.moved(start, document.offset)
        })
    }
}
