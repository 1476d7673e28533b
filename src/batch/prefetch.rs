//! Reads a stream ahead.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::document::AsDocument;
use super::failure::{DocumentError, Failure};
use super::growth::GrowingSize;
use super::sink::message;

/// A wave that has been read for so long is not filled further.
const READ_TIME: Duration = Duration::from_millis(20);
/// What a piece takes besides its text.
const PIECE_COST: usize = 128;

/// Reads what a wave holds.
#[derive(Debug)]
pub(super) struct Reader<I> {
    pieces: I,
    /// How much a wave holds.
    pub(super) wave: GrowingSize,
    /// The index that the next document is likely to have.
    next_index: usize,
    pub(super) ended: bool,
}

/// What was read besides texts.
#[derive(Debug)]
pub(super) struct Read {
    /// Each with the number of the text that it comes before.
    pub(super) errors: Vec<(usize, DocumentError)>,
    /// Whether the stream is slow, so that what was read should not wait for what comes.
    pub(super) slow: bool,
    /// Bytes of text.
    pub(super) bytes: usize,
}

impl<P: AsDocument, E: Into<DocumentError>, I: Iterator<Item = Result<P, E>>> Reader<I> {
    pub(super) fn new(pieces: I, wave: GrowingSize) -> Self {
        Reader { pieces, wave, next_index: 0, ended: false }
    }

    /// Reads a wave into `texts`, whatever was there before; nothing at the end of the stream.
    pub(super) fn read(&mut self, texts: &mut Vec<P>) -> Option<Read> {
        texts.clear();
        let begin = Instant::now();
        let enough = self.wave.step();
        let mut read = Read { errors: Vec::new(), slow: false, bytes: 0 };
        let mut cost = 0;
        while !self.ended && (cost == 0 || cost < enough) && !read.slow {
            cost += PIECE_COST;
            match catch_unwind(AssertUnwindSafe(|| self.pieces.next())) {
                Ok(Some(Ok(piece))) => {
                    let document = piece.as_document();
                    self.next_index = document.index.saturating_add(1);
                    cost += document.text.len();
                    read.bytes += document.text.len();
                    texts.push(piece);
                }
                Ok(Some(Err(error))) => {
                    let error = error.into();
                    self.next_index = error.index.saturating_add(1);
                    read.errors.push((texts.len(), error));
                }
                Ok(None) => self.ended = true,
                Err(panic) => {
                    self.ended = true;
                    let failure = Failure::Panic(message(panic.as_ref()));
                    read.errors.push((texts.len(), DocumentError::new("", self.next_index, failure)));
                }
            }
            read.slow = begin.elapsed() > READ_TIME;
        }
        (!texts.is_empty() || !read.errors.is_empty()).then_some(read)
    }
}
