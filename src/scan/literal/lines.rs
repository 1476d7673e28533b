//! The lines of what is found: from line feeds, a bit for each byte, to where a line begins and ends. Nothing here can be
//! predicted, so that nothing is a branch, but that a line begins and ends in one strip, as most do.

use std::hint::select_unpredictable;

use super::kernel::{BLOCK, BLOCKS, Kernel, Words};
use super::phases::STRIP;
use super::table::Occurrence;
use super::{Hit, Line};

/// Where lines are, from strip to strip.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Where the line begins that is not over at the end of the last strip.
    pub(super) open: usize,
    /// Where the last line ends that was open at the end of a strip and that anything was found in.
    end: usize,
    /// Line feeds before the next strip.
    pub(super) feeds: usize,
}

/// A strip of the text.
pub(super) struct Strip<'s> {
    pub(super) text: &'s [u8],
    /// Where it begins.
    pub(super) base: usize,
    pub(super) feeds: &'s Words,
}

/// What is known of the line feeds of a strip.
pub(super) struct Feeds<'s> {
    /// Those that there are blocks for.
    pub(super) words: &'s Words,
    /// Which of these words are not 0.
    pub(super) some: u64,
    /// For each of these blocks, the line feeds of those before it.
    pub(super) before: &'s Words,
}

impl Lines {
    /// Makes `hits` of the `occurrences`, all in `strip`.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs.
    #[inline(always)]
    pub(super) unsafe fn report<K: Kernel>(
        &mut self,
        kernel: &K,
        strip: &Strip<'_>,
        occurrences: &[Occurrence],
        hits: &mut Vec<Hit>,
    ) {
        let words = strip.feeds;
        // SAFETY: the caller answers for the CPU, here and below.
        let some = unsafe { kernel.nonzero(words) };
        hits.clear();
        if occurrences.is_empty() {
            // SAFETY: as above.
            self.feeds += unsafe { kernel.ones(words) };
        } else {
            // SAFETY: as above.
            let before = unsafe { kernel.before(words) };
            self.hits(strip, &Feeds { words, some, before: &before }, occurrences, hits);
            self.feeds += before[BLOCKS - 1] as usize + words[BLOCKS - 1].count_ones() as usize;
        }
        if some != 0 {
            self.open = strip.base + after_last(some, words);
        }
    }

    /// Makes `hits` of the `occurrences`, all in `strip`.
    #[inline(always)]
    pub(super) fn hits(
        &mut self,
        strip: &Strip<'_>,
        feeds: &Feeds<'_>,
        occurrences: &[Occurrence],
        hits: &mut Vec<Hit>,
    ) {
        // A loop, and no iterator: its functions would not be compiled for the instructions of the kernel.
        hits.resize(occurrences.len(), Hit::default());
        for (hit, found) in hits.iter_mut().zip(occurrences) {
            // A needle that begins before the strip is on the line that the strip begins in.
            let line = self.line_at(strip, feeds, found.start.saturating_sub(strip.base));
            *hit = Hit { start: found.start, needle: found.needle, line };
        }
    }

    /// The line that holds byte `at` of the strip.
    #[inline(always)]
    fn line_at(&mut self, strip: &Strip<'_>, feeds: &Feeds<'_>, at: usize) -> Line {
        let Feeds { words, some, before } = feeds;
        let (block, bit) = (at / BLOCK % BLOCKS, at % BLOCK);
        let (front, back) = (words[block] & ((1 << bit) - 1), words[block] & (u64::MAX << bit));
        // Its line feed, and the one before it: in the block, or in the nearest block that has one.
        let earlier = some & ((1 << block) - 1);
        let nearest = (earlier | 1).ilog2() as usize;
        let in_block = front != 0;
        let from = select_unpredictable(in_block, block, nearest);
        let word = select_unpredictable(in_block, front, words[nearest]);
        let start = strip.base + from * BLOCK + (BLOCK - word.leading_zeros() as usize);
        let start = select_unpredictable(front | earlier == 0, self.open, start);
        let later = some & (u64::MAX << 1 << block);
        let nearest = (later | 1 << 63).trailing_zeros() as usize;
        let in_block = back != 0;
        let to = select_unpredictable(in_block, block, nearest);
        let word = select_unpredictable(in_block, back, words[nearest]);
        let end = strip.base + to * BLOCK + word.trailing_zeros() as usize;
        let end = if back | later == 0 { self.end_beyond(strip) } else { end };
        Line { start, end, feeds: self.feeds + before[block] as usize + front.count_ones() as usize }
    }

    /// Where the line ends that is open at the end of `strip`. A line of many strips is looked through once.
    #[cold]
    fn end_beyond(&mut self, strip: &Strip<'_>) -> usize {
        let at = strip.base + STRIP;
        if self.end < at {
            let rest = strip.text.get(at..).unwrap_or_default();
            self.end = memchr::memchr(b'\n', rest).map_or(strip.text.len(), |feed| at + feed);
        }
        self.end
    }
}

/// One past the last bit of those `words` that `some`, which is not 0, speaks of.
#[inline(always)]
fn after_last(some: u64, words: &Words) -> usize {
    let last = some.ilog2() as usize;
    last * BLOCK + BLOCK - words[last].leading_zeros() as usize
}
