//! Small documents, gathered into one text: an extraction of its own for each would cost more than to copy it.
//!
//! A line feed stands between them, and no pattern crosses one, so what is found in the text is what is found in the
//! documents; only places and names have to be put right.

use std::ops::ControlFlow;

use super::guard::GuardedSink;
use super::partition::{Position, Texts};
use crate::extract::{Association, Document, Gathered, Layout, Sink};

/// The size up to which a document is small.
const SMALL_BYTES: usize = 256;
/// How much is gathered, so that it stays in the cache.
const GATHERED_BYTES: usize = 32 << 10;

impl Gathered {
    /// Gathers the small documents between `place` and `end`; the place behind them, or `place` if it is not worth it.
    pub(super) fn fill(&mut self, texts: &impl Texts, place: Position, end: Position) -> Position {
        if place.at > 0 || place.text + 1 >= end.text || !is_small(&texts.document(place.text)) {
            return place;
        }
        let Gathered { text, starts, first } = self;
        text.clear();
        starts.clear();
        *first = place.text;
        // Reserve once instead of growing step by step.
        text.reserve(GATHERED_BYTES + 2 * SMALL_BYTES);
        for number in place.text..end.text {
            let document = texts.document(number);
            if !is_small(&document) || text.len() > GATHERED_BYTES {
                break;
            }
            starts.push(text.len());
            text.push_str(document.text);
            text.push('\n');
        }
        if starts.len() > 1 { Position::of(place.text + starts.len()) } else { place }
    }

    /// All of it as one document.
    pub(super) fn document(&self) -> Document<'_> {
        Document::new(&self.text)
    }
}

fn is_small(document: &Document<'_>) -> bool {
    document.text.len() <= SMALL_BYTES && matches!(document.layout, Layout::One)
}

/// Gives what is found in a gathered text to the document that it was found in.
pub(super) struct Splitter<'s, 't, X, S> {
    texts: &'t X,
    gathered: &'s Gathered,
    /// The place among them of the document that the last association was found in, and its line in the text.
    place: usize,
    line: usize,
    guarded: &'s mut GuardedSink<'t, S>,
}

impl<'s, 't, X: Texts, S: Sink> Splitter<'s, 't, X, S> {
    pub(super) fn new(texts: &'t X, gathered: &'s Gathered, guarded: &'s mut GuardedSink<'t, S>) -> Self {
        guarded.enter(gathered.first, texts.document(gathered.first));
        Splitter { texts, gathered, place: 0, line: 1, guarded }
    }

    /// The place of the document that holds byte `at`, which is on `line`. Both are behind those of the last call.
    #[inline]
    fn find(&mut self, at: usize, line: usize) -> usize {
        let starts = &self.gathered.starts;
        // As many documents on as lines: right away if they have one line each, as most do, else too far.
        let mut place = (self.place + line.saturating_sub(self.line)).min(starts.len() - 1);
        while starts[place] > at {
            place -= 1;
        }
        self.line = line;
        place
    }
}

impl<X: Texts, S: Sink> Sink for Splitter<'_, '_, X, S> {
    type Error = S::Error;

    fn reads_text(&self) -> bool {
        self.guarded.reads_text()
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "so that only what goes on to the sink is written")]
    fn association(&mut self, found: &Association<'_>) -> Result<ControlFlow<()>, S::Error> {
        let at = found.spans.source.start;
        let place = self.find(at, found.line);
        let (start, number) = (self.gathered.starts[place], self.gathered.first + place);
        let document = self.texts.document(number);
        if place != self.place {
            self.place = place;
            self.guarded.enter(number, document);
        }
        let before = document.text.as_bytes().get(..at - start).unwrap_or_default();
        self.guarded.association(&Association {
            document: document.id,
            document_index: document.index,
            line: document.line + memchr::memchr_iter(b'\n', before).count(),
            context: document.context(),
            ..found.moved(start, document.offset)
        })
    }
}
