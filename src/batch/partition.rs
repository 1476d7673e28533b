//! How the texts of a batch are cut: into units that one thread scans at a time, and waves of units.
//!
//! A unit is cut by bytes: whole documents until there are enough of them, or whole lines of a document that is larger
//! than a unit. Nothing is kept per document.

use crate::extract::{Document, layout};

use super::document::AsDocument;
use super::failure::{DocumentError, Failure};
use super::growth::GrowingSize;
use super::plan::Plan;

/// What a document costs besides its text, so that a unit of empty documents ends too.
const DOCUMENT_COST: usize = 32;
/// The last units of a wave may be so many times smaller than the others.
const LAST_UNITS: usize = 8;
/// A wave ends after so many units, however small they are.
const MAX_UNITS: usize = 4_096;

/// The texts of a wave, by number.
pub(super) trait Texts: Sync {
    /// The text `number` with its id and index.
    fn document(&self, number: usize) -> Document<'_>;
}

/// The documents of a caller.
pub(super) struct Borrowed<'d, D>(pub(super) &'d [D]);

impl<D> Default for Borrowed<'_, D> {
    fn default() -> Self {
        Borrowed(&[])
    }
}

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
pub(super) struct Position {
    /// The number of the text.
    pub(super) text: usize,
    /// The byte of the text at which the line begins.
    pub(super) at: usize,
    /// How many lines of the text come before. A [`LineCount`] knows; when texts are cut nobody has looked yet.
    pub(super) lines: usize,
}

impl Position {
    /// The beginning of text `number`.
    pub(super) fn of(number: usize) -> Self {
        Position { text: number, at: 0, lines: 0 }
    }
}

/// What one thread scans at a time: everything between two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) start: Position,
    /// One past the last byte.
    pub(super) end: Position,
    pub(super) bytes: usize,
    /// How many documents begin in it.
    pub(super) documents: usize,
}

/// What is to be done next, in the order of the texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum WorkItem {
    Scan(Unit),
    /// A document that is not to be scanned; whether it is counted here.
    Refuse(DocumentError, bool),
}

/// Counts the lines of texts that are cut, unit by unit in order, just before each is scanned: who scans it finds it in
/// the cache then.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LineCount {
    /// Lines of the text that was cut last, up to the cut.
    lines: usize,
}

impl LineCount {
    /// Notes where `step`, which comes next, begins and ends.
    pub(super) fn note(&mut self, texts: &impl Texts, step: &mut WorkItem) {
        let WorkItem::Scan(unit) = step else { return };
        unit.start.lines = if unit.start.at == 0 { 0 } else { self.lines };
        if unit.end.at > 0 {
            // Only a unit of a single text ends within one.
            let text = texts.document(unit.end.text).text.as_bytes();
            let feeds = memchr::memchr_iter(b'\n', &text[unit.start.at..unit.end.at]).count();
            unit.end.lines = unit.start.lines + feeds;
            self.lines = unit.end.lines;
        }
    }
}

impl WorkItem {
    fn bytes(&self) -> usize {
        match self {
            WorkItem::Scan(unit) => unit.bytes,
            WorkItem::Refuse(..) => 0,
        }
    }
}

/// Cuts texts into units.
#[derive(Debug)]
pub(super) struct Partitioner {
    /// The size from which a unit is large enough.
    unit_bytes: usize,
    /// The size from which the next unit is.
    target_bytes: usize,
    workers: usize,
    /// The size from which a wave is large enough.
    wave: GrowingSize,
    max_document_bytes: usize,
    by_paragraph: bool,
    place: Position,
    /// The index of the document that was met last.
    met: Option<usize>,
    /// The index of the document that was refused last.
    refused: Option<usize>,
}

impl Partitioner {
    #[inline]
    pub(super) fn new(plan: &Plan<'_>, wave: GrowingSize, max_document_bytes: usize) -> Self {
        let unit_bytes = plan.unit_bytes.max(1);
        Partitioner {
            unit_bytes,
            target_bytes: unit_bytes,
            workers: plan.workers,
            wave,
            max_document_bytes,
            by_paragraph: plan.by_paragraph,
            place: Position::default(),
            met: None,
            refused: None,
        }
    }

    /// Goes on at the first text, of a new wave.
    pub(super) fn rewind(&mut self) {
        self.place = Position::default();
    }

    /// Whether the document with `index` has not been met before; it has been met then.
    pub(super) fn meet(&mut self, index: usize) -> bool {
        self.met.replace(index) != Some(index)
    }

    /// Adds the steps of all texts up to `end`, which hold about `bytes`.
    pub(super) fn all(&mut self, texts: &impl Texts, end: usize, bytes: usize, steps: &mut Vec<WorkItem>) {
        let mut left = bytes;
        while let Some(step) = self.step(texts, end, left) {
            left = left.saturating_sub(step.bytes());
            steps.push(step);
        }
    }

    /// The next step in texts up to `end`, of a wave without end.
    pub(super) fn next(&mut self, texts: &impl Texts, end: usize) -> Option<WorkItem> {
        self.step(texts, end, usize::MAX)
    }

    /// Adds the steps of texts up to `end`, until there are enough for a wave.
    pub(super) fn wave(&mut self, texts: &impl Texts, end: usize, steps: &mut Vec<WorkItem>) {
        let mut left = self.wave.step();
        while steps.is_empty() || (left > 0 && steps.len() < MAX_UNITS) {
            let Some(step) = self.step(texts, end, left) else { return };
            left = left.saturating_sub(step.bytes());
            steps.push(step);
        }
    }

    /// The next step in texts up to `end`, when the wave has `left` bytes to go.
    fn step(&mut self, texts: &impl Texts, end: usize, left: usize) -> Option<WorkItem> {
        // Units become smaller towards the end of a wave, so that no worker waits long for another.
        let share = if self.workers > 1 { left / (2 * self.workers) } else { usize::MAX };
        self.target_bytes = share.clamp((self.unit_bytes / LAST_UNITS).max(1), self.unit_bytes);
        let start = self.place;
        let mut unit = Unit { start, end: start, bytes: 0, documents: 0 };
        let mut cost = 0;
        while self.place.text < end && cost < self.target_bytes {
            if self.take_whole(texts, end, &mut unit, &mut cost) {
                continue;
            }
            let document = texts.document(self.place.text);
            let known = self.refused == Some(document.index);
            // Of a text that holds several documents, none is known to be too large.
            let is_large = document.offset + document.text.len() > self.max_document_bytes && document.layout.is_one();
            if (known || is_large) && self.place.at == 0 {
                if unit.start != unit.end {
                    break;
                }
                self.place = Position::of(self.place.text + 1);
                (unit.start, unit.end) = (self.place, self.place);
                if known {
                    continue;
                }
                return Some(self.refuse(&document));
            }
            let rest = document.text.len() - self.place.at;
            if rest <= self.target_bytes {
                self.place = Position::of(self.place.text + 1);
                unit.bytes += rest;
                cost += rest + DOCUMENT_COST;
            } else if unit.start == unit.end {
                unit.bytes = self.cut(&document.text[self.place.at..]);
                cost = self.target_bytes;
            } else {
                break;
            }
            if self.meet(document.index) {
                unit.documents += layout::documents(&document);
            }
            unit.end = self.place;
        }
        (unit.start != unit.end).then_some(WorkItem::Scan(unit))
    }

    /// Takes documents into `unit`, as long as they are whole, small and not to be refused, which nearly all are; whether
    /// there were any.
    #[inline]
    fn take_whole(&mut self, texts: &impl Texts, end: usize, unit: &mut Unit, cost: &mut usize) -> bool {
        let (mut number, mut met) = (self.place.text, self.met);
        if self.place.at > 0 {
            return false;
        }
        while number < end && *cost < self.target_bytes {
            let document = texts.document(number);
            let bytes = document.text.len();
            let is_large = bytes > self.target_bytes || document.offset + bytes > self.max_document_bytes;
            if is_large || self.refused == Some(document.index) {
                break;
            }
            unit.bytes += bytes;
            *cost += bytes + DOCUMENT_COST;
            if met.replace(document.index) != Some(document.index) {
                unit.documents += layout::documents(&document);
            }
            number += 1;
        }
        let any = number > self.place.text;
        if any {
            (self.met, self.place) = (met, Position::of(number));
            unit.end = self.place;
        }
        any
    }

    /// Cuts `rest` after the line or paragraph with which it is large enough; the number of bytes.
    fn cut(&mut self, rest: &str) -> usize {
        let end = if self.by_paragraph {
            layout::blank_line(rest, self.target_bytes - 1)
        } else {
            let feed = memchr::memchr(b'\n', &rest.as_bytes()[self.target_bytes - 1..]);
            feed.map(|at| self.target_bytes + at)
        };
        let len = end.unwrap_or(rest.len());
        if len == rest.len() {
            self.place = Position::of(self.place.text + 1);
        } else {
            self.place.at += len;
        }
        len
    }

    fn refuse(&mut self, document: &Document<'_>) -> WorkItem {
        self.refused = Some(document.index);
        let bytes = document.offset + document.text.len();
        let failure = Failure::TooLarge { bytes, limit: self.max_document_bytes };
        WorkItem::Refuse(DocumentError::new(document.id, document.index, failure), self.meet(document.index))
    }
}
