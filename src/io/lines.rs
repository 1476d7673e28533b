//! Bytes cut into blocks of whole lines while they are read.

use std::io::{self, Read};

/// Cuts what `input` gives just after line feeds, into blocks of about `block_bytes`. A line is never cut: one that is
/// longer makes a longer block. Every byte is read into the block that it is given in; only what follows the last line
/// feed of a block is moved to the next.
pub(crate) struct LineBlocks<R> {
    input: R,
    block_bytes: usize,
    /// Whether a block is given as soon as it holds a line, for inputs that come slowly.
    eager: bool,
    /// The beginning of the next block.
    buffer: Vec<u8>,
    /// Bytes of `buffer` known to hold no line feed.
    searched: usize,
    ended: bool,
}

impl<R: Read> LineBlocks<R> {
    pub(crate) fn new(input: R, block_bytes: usize, eager: bool) -> Self {
        LineBlocks { input, block_bytes: block_bytes.max(1), eager, buffer: Vec::new(), searched: 0, ended: false }
    }

    /// The first bytes, at most a block of them and without waiting for a whole line; empty only if there are none.
    pub(crate) fn peek(&mut self) -> io::Result<&[u8]> {
        if self.buffer.is_empty() && !self.ended {
            self.read()?;
        }
        Ok(&self.buffer)
    }

    /// Leaves out the first `count` of the bytes that [`peek`](Self::peek) showed.
    pub(crate) fn skip(&mut self, count: usize) {
        self.buffer.drain(..count);
    }

    /// The next block; empty at the end.
    pub(crate) fn next_block(&mut self) -> io::Result<Vec<u8>> {
        loop {
            let full = self.buffer.len() >= self.block_bytes;
            if (full || self.eager) && self.searched < self.buffer.len() {
                if let Some(feed) = memchr::memrchr(b'\n', &self.buffer[self.searched..]) {
                    let next = self.searched + feed + 1;
                    let mut rest = Vec::new();
                    if next < self.buffer.len() {
                        rest.reserve_exact(self.block_bytes.max(self.buffer.len() - next));
                        rest.extend_from_slice(&self.buffer[next..]);
                    }
                    self.buffer.truncate(next);
                    self.searched = rest.len();
                    return Ok(std::mem::replace(&mut self.buffer, rest));
                }
                self.searched = self.buffer.len();
            }
            if self.ended {
                self.searched = 0;
                return Ok(std::mem::take(&mut self.buffer));
            }
            self.read()?;
        }
    }

    /// Reads once: what is missing to a block, or for a line longer than that a block more.
    fn read(&mut self) -> io::Result<()> {
        let len = self.buffer.len();
        let wanted = if len < self.block_bytes { self.block_bytes - len } else { self.block_bytes };
        if len == 0 {
            self.buffer.reserve_exact(wanted);
        }
        self.buffer.resize(len + wanted, 0);
        let outcome = loop {
            match self.input.read(&mut self.buffer[len..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome,
            }
        };
        // After an error what was read before it is still given.
        self.ended = !matches!(outcome, Ok(1..));
        self.buffer.truncate(len + *outcome.as_ref().unwrap_or(&0));
        outcome.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives `text` in pieces of `step` bytes, and fails at its end if told to.
    struct Slow<'t> {
        text: &'t [u8],
        step: usize,
        fails: bool,
        interrupted: bool,
    }

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.interrupted = !self.interrupted;
            if self.interrupted {
                return Err(io::ErrorKind::Interrupted.into());
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
                let slow = Slow { text: text.as_bytes(), step, fails, interrupted: false };
                let mut blocks = LineBlocks::new(slow, block_bytes, eager);
                let peeked = blocks.peek().is_ok_and(|bytes| !bytes.is_empty());
                assert_eq!(peeked, !text.is_empty(), "{case}");
                let mut parts: Vec<Vec<u8>> = Vec::new();
                let mut failures = 0;
                loop {
                    match blocks.next_block() {
                        Ok(block) if block.is_empty() => break,
                        Ok(block) => parts.push(block),
                        Err(_) => failures += 1,
                    }
                }
                assert_eq!(String::from_utf8(parts.concat()).unwrap(), text, "{case}");
                assert_eq!(failures, usize::from(fails && !text.is_empty()), "{case}");
                for part in parts.iter().rev().skip(1) {
                    assert!(part.ends_with(b"\n"), "{part:?} of {case}");
                }
            }
        }
    }
}
