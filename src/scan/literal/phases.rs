//! The scan, in phases that are nearly free of branches: a mispredicted branch costs as much as classifying a
//! kilobyte, so what is found is written down in any case and kept by moving a counter.
//!
//! A strip of text is small enough to stay in the nearest cache between the phases:
//! 1. *classify*: for every block a word of candidates and a word of line feeds;
//! 2. *gather*: the places of the candidates, as a list;
//! 3. *filter*: those that have the key of a needle;
//! 4. *verify*: the needles that stand there;
//! 5. *report*: the needles of one line after another.

use std::ops::ControlFlow;

use super::kernel::{BLOCK, Kernel};
use super::needles::{Needles, Occurrence};
use super::{Found, Line};

/// Bytes of text that go through the phases together.
pub(super) const STRIP: usize = 16 << 10;
const BLOCKS: usize = STRIP / BLOCK;
/// Candidates of a block are written down four at a time, and so up to three more than there are.
const GATHERED: usize = 4;

/// Memory that the phases hand on in, to be used for one scan after another. It does not grow with the text, but for
/// the occurrences of one strip.
#[derive(Clone, Debug)]
pub(crate) struct Scratch {
    candidates: Box<[u64]>,
    feeds: Box<[u64]>,
    /// The blocks that have candidates.
    blocks: Box<[u32]>,
    places: Box<[u32]>,
    occurrences: Vec<Occurrence>,
}

impl Default for Scratch {
    fn default() -> Self {
        Scratch {
            candidates: vec![0; BLOCKS].into(),
            feeds: vec![0; BLOCKS].into(),
            blocks: vec![0; BLOCKS].into(),
            places: vec![0; STRIP + GATHERED].into(),
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
    let mut lines = Lines::default();
    let mut base = 0;
    while base < text.len() {
        let len = STRIP.min(text.len() - base);
        let blocks = len.div_ceil(BLOCK);
        let (candidates, feeds) = (&mut scratch.candidates[..blocks], &mut scratch.feeds[..blocks]);
        scratch.occurrences.clear();
        // SAFETY: the caller answers for the CPU, in each of these.
        unsafe {
            kernel.classify(&text[base..], candidates, feeds);
            let marked = kernel.marked(candidates, &mut scratch.blocks);
            let gathered = gather(candidates, &scratch.blocks[..marked], &mut scratch.places);
            let kept = needles.filter(text, base, &mut scratch.places[..gathered]);
            needles.verify(kernel, text, base, &scratch.places[..kept], &mut scratch.occurrences);
        }
        lines.report(text, base, feeds, &scratch.occurrences, found)?;
        base += len;
    }
    ControlFlow::Continue(())
}

/// Writes the places of the bits of `candidates` in the blocks numbered `blocks` to `places`, in order, and returns
/// how many there are.
#[inline(always)]
fn gather(candidates: &[u64], blocks: &[u32], places: &mut [u32]) -> usize {
    let mut count = 0;
    for &block in blocks {
        let mut bits = candidates[block as usize];
        let first = block * BLOCK as u32;
        let here = bits.count_ones() as usize;
        // Nearly every block has four at most, and then there is nothing to predict.
        let mut written = 0;
        while written < here {
            for place in &mut places[count + written..count + written + GATHERED] {
                *place = first + bits.trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
            written += GATHERED;
        }
        count += here;
    }
    count
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
    #[inline(always)]
    fn report(
        &mut self,
        text: &[u8],
        base: usize,
        feeds: &[u64],
        occurrences: &[Occurrence],
        found: Found<'_>,
    ) -> ControlFlow<()> {
        let mut counted = Counted::default();
        let mut rest = occurrences;
        while let Some(first) = rest.first() {
            // A needle that begins before the strip is on the line that the strip begins in.
            let at = first.start.max(base);
            if at >= self.last.end {
                self.last = self.line_at(text, base, feeds, at - base, &mut counted);
            }
            let here = rest.iter().position(|occurrence| occurrence.start >= self.last.end).unwrap_or(rest.len());
            let (line, others) = rest.split_at(here);
            found(&self.last, line)?;
            rest = others;
        }
        counted.up_to(feeds, feeds.len());
        self.feeds += counted.feeds;
        if let Some(last) = feeds.iter().rposition(|&word| word != 0) {
            self.open = base + last * BLOCK + BLOCK - feeds[last].leading_zeros() as usize;
        }
        ControlFlow::Continue(())
    }

    /// The line that holds byte `at` of the strip.
    #[inline(always)]
    fn line_at(&self, text: &[u8], base: usize, feeds: &[u64], at: usize, counted: &mut Counted) -> Line {
        let (block, bit) = (at / BLOCK, at % BLOCK);
        let before = feeds[block] & ((1 << bit) - 1);
        let after = feeds[block] & !before;
        let start_in = |block: usize, word: u64| base + block * BLOCK + BLOCK - word.leading_zeros() as usize;
        let start = if before != 0 {
            start_in(block, before)
        } else {
            feeds[..block].iter().rposition(|&word| word != 0).map_or(self.open, |last| start_in(last, feeds[last]))
        };
        let end_in = |block: usize, word: u64| base + block * BLOCK + word.trailing_zeros() as usize;
        let end = if after != 0 {
            end_in(block, after)
        } else {
            let next = feeds[block + 1..].iter().position(|&word| word != 0).map(|next| block + 1 + next);
            next.map_or_else(|| end_beyond(text, base + STRIP), |next| end_in(next, feeds[next]))
        };
        counted.up_to(feeds, block);
        Line { start, end, feeds: self.feeds + counted.feeds + before.count_ones() as usize }
    }
}

/// Where the line that is open at `at` ends.
#[cold]
fn end_beyond(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |feed| at + feed)
}

/// Line feeds counted so far in a strip.
#[derive(Debug, Default)]
struct Counted {
    blocks: usize,
    feeds: usize,
}

impl Counted {
    #[inline(always)]
    fn up_to(&mut self, feeds: &[u64], blocks: usize) {
        self.feeds += feeds[self.blocks..blocks].iter().map(|word| word.count_ones() as usize).sum::<usize>();
        self.blocks = blocks;
    }
}
