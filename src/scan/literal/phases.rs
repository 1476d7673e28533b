//! The scan, in phases that are nearly free of branches: a mispredicted branch costs as much as classifying a
//! kilobyte, so what is found is written down in any case and kept by moving a counter.
//!
//! A strip of text is small enough to stay in the nearest cache between the phases, and to leave the memory no time to
//! rest: while one is worked on the next is on its way.
//! 1. *classify*: for every block a word of candidates and a word of line feeds;
//! 2. *select*: the candidates that have the key of a needle;
//! 3. *verify*: the needles that stand there;
//! 4. *report*: the needles of one line after another.

use std::hint::black_box;
use std::ops::ControlFlow;

use super::kernel::{BLOCK, BLOCKS, Kernel, Words};
use super::needles::{Needles, Occurrence};
use super::{Found, Line};

/// Bytes of text that go through the phases together.
pub(super) const STRIP: usize = BLOCK * BLOCKS;

/// Memory that the phases hand on in, to be used for one scan after another. It does not grow with the text, but for
/// the occurrences of one strip.
#[derive(Clone, Debug)]
pub(crate) struct Scratch {
    candidates: Box<Words>,
    feeds: Box<Words>,
    places: Box<[u32; STRIP]>,
    occurrences: Vec<Occurrence>,
}

impl Default for Scratch {
    fn default() -> Self {
        Scratch {
            candidates: Box::new([0; BLOCKS]),
            feeds: Box::new([0; BLOCKS]),
            places: Box::new([0; STRIP]),
            occurrences: Vec::new(),
        }
    }
}

/// Finds every needle in `text` and reports line by line.
///
/// # Safety
///
/// The CPU has the instructions that `kernel` needs.
#[inline(always)]
pub(super) unsafe fn scan<K: Kernel>(
    kernel: &K,
    needles: &Needles,
    text: &[u8],
    scratch: &mut Scratch,
    found: Found<'_>,
) -> ControlFlow<()> {
    let Scratch { candidates, feeds, places, occurrences } = scratch;
    // A function of its own, which the compiler does not see through: within this one it reads the tables of the kernel
    // before the loop, and keeps them on the stack instead of in registers.
    let classify = black_box(K::CLASSIFY);
    let mut lines = Lines::default();
    let mut base = 0;
    while base < text.len() {
        occurrences.clear();
        // SAFETY: the caller answers for the CPU, in each of these.
        unsafe {
            classify(kernel, &text[base..], candidates, feeds);
            let marked = kernel.nonzero(candidates);
            let selected = needles.select(text, base, candidates, marked, places);
            needles.verify(kernel, text, base, &places[..selected], occurrences);
            lines.report(kernel, text, base, feeds, occurrences, found)?;
        }
        base += STRIP;
    }
    ControlFlow::Continue(())
}

/// Where lines are, from strip to strip.
#[derive(Debug, Default)]
struct Lines {
    /// Where the line begins that is not over at the end of the last strip.
    open: usize,
    /// Line feeds before this strip.
    feeds: usize,
    /// The line of the last occurrence.
    last: Line,
}

impl Lines {
    /// Calls `found` for each line that has some of the `occurrences`, all in the strip that begins at `base`.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs.
    #[inline(always)]
    unsafe fn report<K: Kernel>(
        &mut self,
        kernel: &K,
        text: &[u8],
        base: usize,
        feeds: &Words,
        occurrences: &[Occurrence],
        found: Found<'_>,
    ) -> ControlFlow<()> {
        // SAFETY: the caller answers for the CPU, here and below.
        let some = unsafe { kernel.nonzero(feeds) };
        let mut rest = occurrences;
        while let Some(first) = rest.first() {
            // A needle that begins before the strip is on the line that the strip begins in.
            let at = first.start.max(base);
            if at >= self.last.end {
                // SAFETY: as above.
                self.last = unsafe { self.line_at(kernel, text, base, feeds, some, at - base) };
            }
            let here = rest.iter().position(|occurrence| occurrence.start >= self.last.end).unwrap_or(rest.len());
            let (line, others) = rest.split_at(here);
            found(&self.last, line)?;
            rest = others;
        }
        // SAFETY: as above.
        self.feeds += unsafe { kernel.ones(feeds, u64::MAX) };
        if some != 0 {
            self.open = base + after_last(some, feeds);
        }
        ControlFlow::Continue(())
    }

    /// The line that holds byte `at` of the strip. `some` says which words of `feeds` are not 0.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs.
    #[inline(always)]
    unsafe fn line_at<K: Kernel>(
        &self,
        kernel: &K,
        text: &[u8],
        base: usize,
        feeds: &Words,
        some: u64,
        at: usize,
    ) -> Line {
        let (block, bit) = (at / BLOCK % BLOCKS, at % BLOCK);
        let before_block = (1 << block) - 1;
        let before = feeds[block] & ((1 << bit) - 1);
        let after = feeds[block] & !before;
        let start = if before != 0 {
            base + block * BLOCK + BLOCK - before.leading_zeros() as usize
        } else if some & before_block != 0 {
            base + after_last(some & before_block, feeds)
        } else {
            self.open
        };
        let some_after = some & !before_block & !(1 << block);
        let end = if after != 0 {
            base + block * BLOCK + after.trailing_zeros() as usize
        } else if some_after != 0 {
            let next = some_after.trailing_zeros() as usize;
            base + next * BLOCK + feeds[next].trailing_zeros() as usize
        } else {
            end_beyond(text, base + STRIP)
        };
        // SAFETY: the caller answers for the CPU.
        let before_block = unsafe { kernel.ones(feeds, before_block) };
        Line { start, end, feeds: self.feeds + before_block + before.count_ones() as usize }
    }
}

/// One past the last bit of those `words` that `some`, which is not 0, speaks of.
#[inline(always)]
fn after_last(some: u64, words: &Words) -> usize {
    let last = some.ilog2() as usize;
    last * BLOCK + BLOCK - words[last].leading_zeros() as usize
}

/// Where the line that is open at `at` ends.
#[cold]
fn end_beyond(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |feed| at + feed)
}
