//! Looking at the first bytes of an input before it is read.

use std::fs::File;
use std::io::{self, Read};

/// Bytes that tell every kind of file apart that is told by its first bytes, but for text.
const MAGIC_BYTES: usize = 6;

/// An input whose first bytes can be looked at.
pub(super) struct Ahead {
    input: Box<dyn Read + Send>,
    /// The file that it is, if it is one as it lies on the disk.
    #[cfg_attr(
        not(feature = "parquet"),
        expect(dead_code, reason = "others are read from their beginning to their end")
    )]
    file: Option<File>,
    /// The first bytes, and how many of them have been read on.
    start: Vec<u8>,
    given: usize,
    /// What went wrong when they were read, after them.
    failure: Option<io::Error>,
    ended: bool,
}

impl Ahead {
    pub(super) fn new(input: Box<dyn Read + Send>) -> Self {
        Ahead { input, file: None, start: Vec::new(), given: 0, failure: None, ended: false }
    }

    /// The same, of a file that a reader may want to read in another order.
    pub(super) fn of_file(input: Box<dyn Read + Send>, file: Option<File>) -> Self {
        Ahead { file, ..Ahead::new(input) }
    }

    /// The file, if it is one.
    #[cfg(feature = "parquet")]
    pub(super) fn take_file(&mut self) -> Option<File> {
        self.file.take()
    }

    /// The first `most` bytes, or all that there are. Of an input that may come slowly only those that are there at once,
    /// if they are enough to tell what it is.
    pub(super) fn look(&mut self, most: usize, is_slow: bool) -> io::Result<&[u8]> {
        while self.start.len() < most && !self.ended && self.failure.is_none() {
            let is_line = self.start.first().is_some_and(u8::is_ascii_graphic) && self.start.contains(&b'\n');
            if is_slow && (self.start.len() >= MAGIC_BYTES || is_line) {
                break;
            }
            let filled = self.start.len();
            self.start.resize(most, 0);
            let outcome = self.input.read(&mut self.start[filled..]);
            self.start.truncate(filled + *outcome.as_ref().unwrap_or(&0));
            match outcome {
                Ok(0) => self.ended = true,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(error),
                Err(error) if self.start.is_empty() => return Err(error),
                Err(error) => self.failure = Some(error),
            }
        }
        Ok(&self.start)
    }

    /// Whether what [`look`](Self::look) gave is all there is.
    pub(super) fn is_whole(&self) -> bool {
        self.ended
    }

    /// Leaves out the first `count` bytes that were looked at.
    pub(super) fn skip(&mut self, count: usize) {
        self.given = count.min(self.start.len());
    }
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given < self.start.len() {
            let count = (&self.start[self.given..]).read(buffer)?;
            self.given += count;
            if self.given == self.start.len() {
                (self.start, self.given) = (Vec::new(), 0);
            }
            return Ok(count);
        }
        match self.failure.take() {
            Some(error) => Err(error),
            None if self.ended => Ok(0),
            None => self.input.read(buffer),
        }
    }
}
