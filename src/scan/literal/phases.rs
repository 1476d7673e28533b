//! The scan, in phases that are nearly free of branches: a mispredicted branch costs as much as classifying a
//! kilobyte, so what is found is written down in any case and kept by moving a counter.
//!
//! A strip of text is small enough to stay in the nearest cache between the phases, and to leave the memory no time to
//! rest: while one is worked on the next is on its way.
//! 1. *classify*: for every block a word of candidates and a word of line feeds;
//! 2. *select*: the candidates that have the key of a needle;
//! 3. *verify*: the needles that stand there;
//! 4. *report*: the line of each.

use std::hint::{black_box, select_unpredictable};
use std::ops::ControlFlow;

use super::kernel::{BLOCK, BLOCKS, Kernel, Words};
use super::needles::{Needles, Occurrence};
use super::{End, Found, Hit, Line};

/// Bytes of text that go through the phases together.
pub(super) const STRIP: usize = BLOCK * BLOCKS;

/// A strip is dense if more needles than this are looked at in vain: an automaton would be faster.
const DENSE: usize = STRIP / 8;
/// So many strips after one another have to be dense to give up.
pub(super) const PATIENCE: usize = 4;

/// Places in a strip, and room to write those of a block before they are counted.
pub(super) type Places = [u16; STRIP + BLOCK];

/// A text that is no longer than this is not worth what a strip takes.
const SHORT: usize = 8 * BLOCK;

/// Memory that the phases hand on in, to be used for one scan after another. It does not grow with the text, but for
/// the occurrences of one strip.
#[derive(Clone, Debug)]
pub(crate) struct Scratch {
    candidates: Box<Words>,
    feeds: Box<Words>,
    places: Box<Places>,
    /// Those of the places that may have a needle.
    kept: Box<Places>,
    occurrences: Vec<Occurrence>,
    hits: Vec<Hit>,
}

impl Default for Scratch {
    fn default() -> Self {
        Scratch {
            candidates: Box::new([0; BLOCKS]),
            feeds: Box::new([0; BLOCKS]),
            places: Box::new([0; _]),
            kept: Box::new([0; _]),
            occurrences: Vec::new(),
            hits: Vec::new(),
        }
    }
}

/// Finds every needle in `text` and reports strip by strip.
///
/// # Safety
///
/// The CPU has the instructions that `kernel` needs.
#[inline(always)]
pub(super) unsafe fn scan<K: Kernel>(
    kernel: &K,
    needles: &Needles,
    patience: usize,
    text: &[u8],
    scratch: &mut Scratch,
    found: Found<'_>,
) -> ControlFlow<End> {
    if text.len() <= SHORT {
        // SAFETY: the caller answers for the CPU.
        return unsafe { scan_short(kernel, needles, text, scratch, found) }.map_break(|()| End::Asked);
    }
    let Scratch { candidates, feeds, places, kept, occurrences, hits } = scratch;
    // A function of its own, which the compiler does not see through: within this one it reads the tables of the kernel
    // before the loop, and keeps them on the stack instead of in registers.
    let classify = black_box(K::CLASSIFY);
    let mut lines = Lines::default();
    let mut base = 0;
    let mut dense = 0;
    while base < text.len() {
        // SAFETY: the caller answers for the CPU, in each of these.
        unsafe {
            classify(kernel, &text[base..], candidates, feeds);
            let marked = kernel.nonzero(candidates);
            let selected = needles.select(kernel, text, base, candidates, marked, places, kept);
            let verified = needles.verify(kernel, text, base, &kept[..selected], occurrences);
            // What is found has to be told, whoever finds it; what is not was looked at in vain.
            let in_vain = (selected * needles.looks()).saturating_sub(verified);
            dense = if in_vain > DENSE { dense + 1 } else { 0 };
            lines.report(kernel, text, base, feeds, &occurrences[..verified], hits);
        }
        base += STRIP;
        if !hits.is_empty() {
            found(hits, base).map_break(|()| End::Asked)?;
        }
        if dense >= patience && base < text.len() {
            return ControlFlow::Break(End::Dense { start: lines.open, feeds: lines.feeds });
        }
    }
    ControlFlow::Continue(())
}

/// The same for a text of at most [`SHORT`] bytes. What is to be known of all its blocks is gathered as they are
/// classified: to read it back takes longer than to work it out, as it has only just been written.
///
/// # Safety
///
/// The CPU has the instructions that `kernel` needs.
#[inline(always)]
unsafe fn scan_short<K: Kernel>(
    kernel: &K,
    needles: &Needles,
    text: &[u8],
    scratch: &mut Scratch,
    found: Found<'_>,
) -> ControlFlow<()> {
    let Scratch { candidates, feeds, places, kept, occurrences, hits } = scratch;
    let mut before = [0; BLOCKS];
    let (mut marked, mut some, mut count) = (0, 0, 0);
    for block in 0..text.len().div_ceil(BLOCK) {
        // SAFETY: the caller answers for the CPU.
        let marks = unsafe {
            match text[block * BLOCK..].first_chunk() {
                Some(text) => kernel.block(text),
                None => kernel.end(&text[block * BLOCK..]),
            }
        };
        (candidates[block], feeds[block], before[block]) = (marks.candidates, marks.feeds, count);
        marked |= u64::from(marks.candidates != 0) << block;
        some |= u64::from(marks.feeds != 0) << block;
        count += u64::from(marks.feeds.count_ones());
    }
    // SAFETY: as above.
    let verified = unsafe {
        let selected = needles.select(kernel, text, 0, candidates, marked, places, kept);
        needles.verify(kernel, text, 0, &kept[..selected], occurrences)
    };
    if verified == 0 {
        return ControlFlow::Continue(());
    }
    Lines::default().hits(&Strip { text, base: 0, feeds, some, before }, &occurrences[..verified], hits);
    found(hits, STRIP)
}

/// Where lines are, from strip to strip.
#[derive(Debug, Default)]
struct Lines {
    /// Where the line begins that is not over at the end of the last strip.
    open: usize,
    /// Where the last line ends that was open at the end of a strip and that anything was found in.
    end: usize,
    /// Line feeds before this strip.
    feeds: usize,
}

impl Lines {
    /// Makes `hits` of the `occurrences`, all in the strip that begins at `base`.
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
        hits: &mut Vec<Hit>,
    ) {
        // SAFETY: the caller answers for the CPU, here and below.
        let some = unsafe { kernel.nonzero(feeds) };
        hits.clear();
        if occurrences.is_empty() {
            // SAFETY: as above.
            self.feeds += unsafe { kernel.ones(feeds) };
        } else {
            // SAFETY: as above.
            let strip = Strip { text, base, feeds, some, before: unsafe { kernel.before(feeds) } };
            self.hits(&strip, occurrences, hits);
            self.feeds += strip.before[BLOCKS - 1] as usize + feeds[BLOCKS - 1].count_ones() as usize;
        }
        if some != 0 {
            self.open = base + after_last(some, feeds);
        }
    }

    /// Makes `hits` of the `occurrences` in `strip`.
    #[inline(always)]
    fn hits(&mut self, strip: &Strip<'_>, occurrences: &[Occurrence], hits: &mut Vec<Hit>) {
        // A loop, and no iterator: its functions would not be compiled for the instructions of the kernel.
        hits.resize(occurrences.len(), Hit::default());
        for (hit, found) in hits.iter_mut().zip(occurrences) {
            // A needle that begins before the strip is on the line that the strip begins in.
            let line = self.line_at(strip, found.start.saturating_sub(strip.base));
            *hit = Hit { start: found.start, needle: found.needle, line };
        }
    }

    /// The line that holds byte `at` of the strip. Nothing here can be predicted, so that nothing is a branch, but that
    /// a line begins and ends in one strip, as most do.
    #[inline(always)]
    fn line_at(&mut self, strip: &Strip<'_>, at: usize) -> Line {
        let Strip { text, base, feeds, some, before } = strip;
        let (block, bit) = (at / BLOCK % BLOCKS, at % BLOCK);
        let (front, back) = (feeds[block] & ((1 << bit) - 1), feeds[block] & (u64::MAX << bit));
        // Its line feed, and the one before it: in the block, or in the nearest block that has one.
        let earlier = some & ((1 << block) - 1);
        let nearest = (earlier | 1).ilog2() as usize;
        let in_block = front != 0;
        let from = select_unpredictable(in_block, block, nearest);
        let word = select_unpredictable(in_block, front, feeds[nearest]);
        let start = base + from * BLOCK + (BLOCK - word.leading_zeros() as usize);
        let start = if front | earlier == 0 { self.open } else { start };
        let later = some & (u64::MAX << 1 << block);
        let nearest = (later | 1 << 63).trailing_zeros() as usize;
        let in_block = back != 0;
        let to = select_unpredictable(in_block, block, nearest);
        let word = select_unpredictable(in_block, back, feeds[nearest]);
        let end = base + to * BLOCK + word.trailing_zeros() as usize;
        let end = if back | later == 0 { self.end_beyond(text, base + STRIP) } else { end };
        Line { start, end, feeds: self.feeds + before[block] as usize + front.count_ones() as usize }
    }

    /// Where the line ends that is open at `at`, the end of a strip. A line of many strips is looked through once.
    #[cold]
    fn end_beyond(&mut self, text: &[u8], at: usize) -> usize {
        if self.end < at {
            let rest = text.get(at..).unwrap_or_default();
            self.end = memchr::memchr(b'\n', rest).map_or(text.len(), |feed| at + feed);
        }
        self.end
    }
}

/// What is known of the lines of a strip.
struct Strip<'s> {
    text: &'s [u8],
    base: usize,
    feeds: &'s Words,
    /// Which of the `feeds` are not 0.
    some: u64,
    /// For each block, the line feeds of those before it.
    before: Words,
}

/// One past the last bit of those `words` that `some`, which is not 0, speaks of.
#[inline(always)]
fn after_last(some: u64, words: &Words) -> usize {
    let last = some.ilog2() as usize;
    last * BLOCK + BLOCK - words[last].leading_zeros() as usize
}
