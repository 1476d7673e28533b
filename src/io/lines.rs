//! Bytes cut into blocks of whole lines while they are read.

use std::io::{self, Read};

use super::buffers::Buffers;

/// A paragraph that is longer than so many blocks is cut within.
const MAX_BLOCKS: usize = 32;

/// Cuts what `input` gives just after line feeds, into blocks of about `block_bytes`. A line is never cut: one that is
/// longer makes a longer block. Every byte is read into the block that it is given in; only what follows the last line
/// feed of a block is moved to the next, and a small block is copied.
pub(crate) struct LineBlocks<R> {
    input: R,
    block_bytes: usize,
    /// Whether a block is given as soon as it holds a line, for inputs that come slowly.
    eager: bool,
    /// Whether blocks end at blank lines, as long as there are any within reason.
    by_paragraph: bool,
    /// The beginning of the next block, in its first bytes.
    buffer: Vec<u8>,
    /// How many.
    filled: usize,
    buffers: Buffers,
    /// How many of them are known to hold no line feed.
    searched: usize,
    ended: bool,
}

impl<R: Read> LineBlocks<R> {
    /// Reads `input` into `buffers`.
    pub(super) fn new(input: R, block_bytes: usize, eager: bool, buffers: Buffers) -> Self {
        let (block_bytes, buffer) = (block_bytes.max(1), buffers.take());
        LineBlocks {
            input,
            block_bytes,
            eager,
            by_paragraph: false,
            buffer,
            filled: 0,
            buffers,
            searched: 0,
            ended: false,
        }
    }

    /// Says whether blocks are to end at blank lines. A paragraph of over [`MAX_BLOCKS`] blocks is cut at a line all the same.
    pub(super) fn by_paragraph(mut self, by_paragraph: bool) -> Self {
        self.by_paragraph = by_paragraph;
        self
    }

    /// Where the last paragraph ends that the buffer holds whole.
    fn last_border(&self) -> Option<usize> {
        if self.by_paragraph && self.filled < self.block_bytes.saturating_mul(MAX_BLOCKS) {
            // A line that was not whole may turn out blank.
            let from = memchr::memrchr(b'\n', &self.buffer[..self.searched]).unwrap_or(0);
            return last_blank_line(&self.buffer[from..self.filled]).map(|end| from + end);
        }
        let searched = if self.by_paragraph { 0 } else { self.searched };
        memchr::memrchr(b'\n', &self.buffer[searched..self.filled]).map(|feed| searched + feed + 1)
    }

    /// The next block; empty at the end.
    pub(crate) fn next_block(&mut self) -> io::Result<Vec<u8>> {
        loop {
            let full = self.filled >= self.block_bytes;
            if (full || self.eager) && self.searched < self.filled {
                if let Some(end) = self.last_border() {
                    let block = self.hand_out(end);
                    self.searched = self.filled;
                    return Ok(block);
                }
                self.searched = self.filled;
            }
            if self.ended {
                self.searched = 0;
                return Ok(self.hand_out(self.filled));
            }
            self.read()?;
        }
    }

    /// The first `len` bytes; what follows them begins the next block.
    fn hand_out(&mut self, len: usize) -> Vec<u8> {
        let rest = len..self.filled;
        self.filled = rest.len();
        if self.buffers.are_large_for(len) {
            let block = self.buffer[..len].to_vec();
            self.buffer.copy_within(rest, 0);
            return block;
        }
        let mut next = self.buffers.take();
        next.extend_from_slice(&self.buffer[rest]);
        self.buffer.truncate(len);
        std::mem::replace(&mut self.buffer, next)
    }

    /// Reads once: what is missing to a block, or for a line longer than that a block more.
    fn read(&mut self) -> io::Result<()> {
        let wanted = if self.filled < self.block_bytes { self.block_bytes - self.filled } else { self.block_bytes };
        let end = self.filled + wanted;
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        let outcome = loop {
            match self.input.read(&mut self.buffer[self.filled..end]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome,
            }
        };
        // After an error what was read before it is still given, and if it is only that nothing is there yet, the rest.
        self.ended = !matches!(&outcome, Ok(1..)) && !outcome.as_ref().is_err_and(is_not_yet);
        self.filled += *outcome.as_ref().unwrap_or(&0);
        outcome.map(drop)
    }
}

impl<R> Drop for LineBlocks<R> {
    fn drop(&mut self) {
        self.buffers.give(std::mem::take(&mut self.buffer));
    }
}

/// Where the last blank line ends.
fn last_blank_line(text: &[u8]) -> Option<usize> {
    let mut end = memchr::memrchr(b'\n', text)?;
    while let Some(before) = memchr::memrchr(b'\n', &text[..end]) {
        if text[before + 1..end].iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'>')) {
            return Some(end + 1);
        }
        end = before;
    }
    None
}

/// Whether the error only says that the input has nothing yet.
pub(crate) fn is_not_yet(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives `text` in pieces of `step` bytes, and fails at its end if told to.
    struct Slow<'t> {
        text: &'t [u8],
        step: usize,
        fails: bool,
        turn: usize,
    }

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.turn += 1;
            match self.turn % 3 {
                0 => return Err(io::ErrorKind::Interrupted.into()),
                1 => return Err(io::ErrorKind::WouldBlock.into()),
                _ => {}
            }
            if self.text.is_empty() && self.fails {
                self.fails = false;
                return Err(io::ErrorKind::TimedOut.into());
            }
            let count = self.step.min(buffer.len()).min(self.text.len());
            buffer[..count].copy_from_slice(&self.text[..count]);
            self.text = &self.text[count..];
            Ok(count)
        }
    }

    #[test]
    fn blocks_are_whole_lines_and_cover_the_input() {
        for text in ["", "\n", "a", "a\n", "a\nbb\nccc", "\n\n\n\n", "one long line without an end", "a\n\nbb\n"] {
            for (block_bytes, step, eager, fails) in (1..9)
                .flat_map(|block| [1, 2, 3, 100].map(|step| (block, step)))
                .flat_map(|(block, step)| [(block, step, false), (block, step, true)])
                .flat_map(|(block, step, eager)| [(block, step, eager, false), (block, step, eager, true)])
            {
                let case = format!("{text:?} {block_bytes} {step} {eager} {fails}");
                let slow = Slow { text: text.as_bytes(), step, fails, turn: 1 };
                let mut blocks = LineBlocks::new(slow, block_bytes, eager, Buffers::new(block_bytes));
                let mut parts: Vec<Vec<u8>> = Vec::new();
                let mut failures = 0;
                loop {
                    match blocks.next_block() {
                        Ok(block) if block.is_empty() => break,
                        Ok(block) => parts.push(block),
                        Err(error) if is_not_yet(&error) => {}
                        Err(_) => failures += 1,
                    }
                }
                assert_eq!(String::from_utf8(parts.concat()).unwrap(), text, "{case}");
                assert_eq!(failures, usize::from(fails), "{case}");
                for part in parts.iter().rev().skip(1) {
                    assert!(part.ends_with(b"\n"), "{part:?} of {case}");
                }
            }
        }
    }
}
