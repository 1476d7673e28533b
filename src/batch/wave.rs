//! How the texts of a batch are cut: into units that one thread scans at a time, and waves of units.
//!
//! A unit is cut by bytes: whole documents until there are enough of them, or whole lines of a document that is larger
//! than a unit. Nothing is kept per document.

use crate::extract::{Document, Layout, layout};

use super::document::AsDocument;
use super::error::{DocumentError, Failure};

/// What a document costs besides its text, so that a unit of empty documents ends too.
const DOCUMENT_COST: usize = 32;
/// A wave ends after so many units, however small they are.
const MAX_UNITS: usize = 4_096;

/// The texts of a wave, by number.
pub(super) trait Texts: Sync {
    /// The text `number` with its id and index.
    fn document(&self, number: usize) -> Document<'_>;
}

/// The documents of a caller.
pub(super) struct Borrowed<'d, D>(pub(super) &'d [D]);

impl<D: AsDocument + Sync> Texts for Borrowed<'_, D> {
    fn document(&self, number: usize) -> Document<'_> {
        self.0[number].as_document().with_index(number)
    }
}

impl<P: AsDocument + Sync> Texts for Vec<P> {
    fn document(&self, number: usize) -> Document<'_> {
        self[number].as_document()
    }
}

/// A place in the texts: a line of one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// The number of the text.
    pub(super) text: usize,
    /// The byte of the text at which the line begins.
    pub(super) at: usize,
    /// How many lines of the text come before.
    pub(super) lines: usize,
}

impl Place {
    /// The beginning of text `number`.
    pub(super) fn of(number: usize) -> Self {
        Place { text: number, at: 0, lines: 0 }
    }
}

/// What one thread scans at a time: everything between two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) start: Place,
    /// One past the last byte.
    pub(super) end: Place,
    pub(super) bytes: usize,
    /// How many documents begin in it.
    pub(super) documents: usize,
}

/// What is to be done next, in the order of the texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Scan(Unit),
    /// A document that is not to be scanned; whether it is counted here.
    Refuse(DocumentError, bool),
}

/// Cuts texts into units.
#[derive(Debug)]
pub(super) struct Cutter {
    /// The size from which a unit is large enough.
    pub(super) unit_bytes: usize,
    /// The size from which a wave is large enough.
    pub(super) wave_bytes: usize,
    pub(super) max_document_bytes: usize,
    place: Place,
    /// The index of the document that was met last.
    met: Option<usize>,
    /// The index of the document that was refused last.
    refused: Option<usize>,
}

impl Cutter {
    pub(super) fn new(unit_bytes: usize, wave_bytes: usize, max_document_bytes: usize) -> Self {
        let place = Place::default();
        Cutter { unit_bytes: unit_bytes.max(1), wave_bytes, max_document_bytes, place, met: None, refused: None }
    }

    /// Goes on at the first text, of a new wave.
    pub(super) fn rewind(&mut self) {
        self.place = Place::default();
    }

    /// Whether the document with `index` has not been met before; it has been met then.
    pub(super) fn meet(&mut self, index: usize) -> bool {
        self.met.replace(index) != Some(index)
    }

    /// Adds the steps of all texts up to `end`.
    pub(super) fn all(&mut self, texts: &impl Texts, end: usize, steps: &mut Vec<Step>) {
        while let Some(step) = self.step(texts, end) {
            steps.push(step);
        }
    }

    /// Adds the steps of texts up to `end`, until there are enough for a wave.
    pub(super) fn wave(&mut self, texts: &impl Texts, end: usize, steps: &mut Vec<Step>) {
        let mut bytes = 0;
        while steps.is_empty() || (bytes < self.wave_bytes && steps.len() < MAX_UNITS) {
            let Some(step) = self.step(texts, end) else { return };
            if let Step::Scan(unit) = &step {
                bytes += unit.bytes;
            }
            steps.push(step);
        }
    }

    /// The next step in texts up to `end`.
    fn step(&mut self, texts: &impl Texts, end: usize) -> Option<Step> {
        let start = self.place;
        let mut unit = Unit { start, end: start, bytes: 0, documents: 0 };
        let mut cost = 0;
        while self.place.text < end && cost < self.unit_bytes {
            let document = texts.document(self.place.text);
            let known = self.refused == Some(document.index);
            // Of a text that holds several documents, none is known to be too large.
            let is_large = matches!(document.layout, Layout::One)
                && document.offset + document.text.len() > self.max_document_bytes;
            if self.place.at == 0 && (known || is_large) {
                if unit.start != unit.end {
                    break;
                }
                self.place = Place::of(self.place.text + 1);
                (unit.start, unit.end) = (self.place, self.place);
                if known {
                    continue;
                }
                return Some(self.refuse(&document));
            }
            let rest = &document.text[self.place.at..];
            if rest.len() <= self.unit_bytes {
                self.place = Place::of(self.place.text + 1);
                unit.bytes += rest.len();
                cost += rest.len() + DOCUMENT_COST;
            } else if unit.start == unit.end {
                unit.bytes = self.cut(rest);
                cost = self.unit_bytes;
            } else {
                break;
            }
            if self.meet(document.index) {
                unit.documents += layout::documents(&document);
            }
            unit.end = self.place;
        }
        (unit.start != unit.end).then_some(Step::Scan(unit))
    }

    /// Cuts `rest` after the line with which it is large enough; the number of bytes.
    fn cut(&mut self, rest: &str) -> usize {
        let bytes = rest.as_bytes();
        let feed = memchr::memchr(b'\n', &bytes[self.unit_bytes - 1..]);
        let len = feed.map_or(rest.len(), |at| self.unit_bytes + at);
        if len == rest.len() {
            self.place = Place::of(self.place.text + 1);
        } else {
            self.place.at += len;
            self.place.lines += memchr::memchr_iter(b'\n', &bytes[..len]).count();
        }
        len
    }

    fn refuse(&mut self, document: &Document<'_>) -> Step {
        self.refused = Some(document.index);
        let bytes = document.offset + document.text.len();
        let failure = Failure::TooLarge { bytes, limit: self.max_document_bytes };
        Step::Refuse(DocumentError::new(document.id, document.index, failure), self.meet(document.index))
    }
}
