//! The scan, in phases that are nearly free of branches: a mispredicted branch costs as much as classifying a
//! kilobyte, so what is found is written down in any case and kept by moving a counter.
//!
//! A strip of text is small enough to stay in the nearest cache between the phases, and to leave the memory no time to
//! rest: while one is worked on the next is on its way. Several strips together would save mispredicted branches at the
//! ends of lists, and lose more by that.
//! 1. *classify*: for every block a word of candidates and a word of line feeds;
//! 2. *place*: the candidates as a list of places;
//! 3. *find*: the needles that stand there;
//! 4. *report*: the line of each.

use std::hint::black_box;
use std::ops::ControlFlow;

use super::kernel::{BLOCK, BLOCKS, Kernel, Words, classify};
use super::lines::{Feeds, Lines, Strip};
use super::table::{Looked, Occurrence, Table};
use super::{End, Found, Hit, Told};

/// Bytes of text that go through the phases together.
pub(super) const STRIP: usize = BLOCK * BLOCKS;

/// A strip is dense if more needles than this are looked at in vain: an automaton would be faster.
const DENSE: usize = STRIP / 4;
/// More strips than this, one after another, have to be dense to give up, unless somebody is more patient.
pub(crate) const PATIENCE: usize = 4;

/// A text that is no longer than this is not worth what a strip takes.
const SHORT: usize = 8 * BLOCK;

/// Places in a strip, and room to write those of a block before they are counted.
type Places = [u16; STRIP + BLOCK];

/// Memory that the phases hand on in, to be used for one scan after another. It does not grow with the text, but for
/// the occurrences of one strip.
#[derive(Clone, Debug)]
pub(crate) struct Scratch {
    candidates: Box<Words>,
    feeds: Box<Words>,
    /// For each block of a short text, the line feeds of those before it.
    before: Box<Words>,
    places: Box<Places>,
    occurrences: Vec<Occurrence>,
    hits: Vec<Hit>,
    /// How many strips, one after another, may be dense. In here, as the next, so that what a search takes and returns
    /// fits into registers.
    pub(crate) patience: usize,
    /// How far all has been told, if a search gave up.
    pub(crate) told: Told,
}

impl Default for Scratch {
    fn default() -> Self {
        Scratch {
            candidates: Box::new([0; BLOCKS]),
            feeds: Box::new([0; BLOCKS]),
            before: Box::new([0; BLOCKS]),
            places: Box::new([0; _]),
            occurrences: Vec::new(),
            hits: Vec::new(),
            patience: PATIENCE,
            told: Told::default(),
        }
    }
}

/// Finds every needle in `text` and reports strip by strip. Gives up when more strips than
/// [`Scratch::patience`] one after another were dense.
///
/// # Safety
///
/// The CPU has the instructions that `kernel` needs.
#[inline(always)]
pub(super) unsafe fn scan<K: Kernel, T: Table>(
    kernel: &K,
    table: &T,
    text: &[u8],
    scratch: &mut Scratch,
    found: Found<'_>,
) -> ControlFlow<End> {
    if text.len() <= SHORT {
        // SAFETY: the caller answers for the CPU.
        return unsafe { scan_short(kernel, table, text, scratch, found) }.map_break(|()| End::Asked);
    }
    let Scratch { candidates, feeds, places, occurrences, hits, patience, told, .. } = scratch;
    // A function of its own, which the compiler does not see through: within this one it reads the tables of the kernel
    // before the loop, and keeps them on the stack instead of in registers.
    let classify = black_box(classify::<K> as unsafe fn(&K, &[u8], &mut Words, &mut Words) -> u64);
    let mut lines = Lines::default();
    let mut base = 0;
    let mut dense = 0;
    while base < text.len() {
        // SAFETY: the caller answers for the CPU, in each of these.
        unsafe {
            let marked = classify(kernel, &text[base..], candidates, feeds);
            let placed = place(kernel, candidates, marked, places);
            // What is found has to be told, whoever finds it; what is not was looked at in vain.
            let Looked { found: verified, in_vain } =
                table.find(kernel, text, base, &mut places[..placed], occurrences);
            dense = if in_vain > DENSE { dense + 1 } else { 0 };
            lines.report(kernel, &Strip { text, base, feeds }, &occurrences[..verified], hits);
        }
        base += STRIP;
        if !hits.is_empty() {
            found(hits, base).map_break(|()| End::Asked)?;
        }
        if dense > *patience && base < text.len() {
            *told = Told { until: lines.open, feeds: lines.feeds };
            return ControlFlow::Break(End::Dense);
        }
    }
    ControlFlow::Continue(())
}

/// Writes the places of the `candidates`, in the blocks that `marked` has a bit for, to the front of `places`, in order,
/// and returns how many they are.
///
/// # Safety
///
/// The CPU has the instructions that `kernel` needs.
#[inline(always)]
unsafe fn place<K: Kernel>(kernel: &K, candidates: &Words, mut marked: u64, places: &mut Places) -> usize {
    let mut count = 0;
    let is_full = marked.count_ones() as usize > BLOCKS / 2;
    while marked != 0 {
        let block = marked.trailing_zeros() as usize;
        marked &= marked - 1;
        let word = candidates[block];
        let first = (block * BLOCK) as u16;
        // There are as many places as bytes, and room for one block more.
        let Some(places) = places[count % STRIP..].first_chunk_mut::<BLOCK>() else { break };
        // One or two, as most blocks have, unless needles are many: then it is not to be predicted.
        let others = word & word.wrapping_sub(1);
        if !is_full {
            places[0] = first + word.trailing_zeros() as u16;
            places[1] = first + others.trailing_zeros() as u16;
        }
        if is_full || others & others.wrapping_sub(1) != 0 {
            // SAFETY: the caller answers for the CPU.
            unsafe { kernel.places(word, first, places) };
        }
        count += word.count_ones() as usize;
    }
    count
}

/// The same for a text of at most [`SHORT`] bytes. What is to be known of all its blocks is gathered as they are
/// classified: to read it back takes longer than to work it out, as it has only just been written.
///
/// # Safety
///
/// The CPU has the instructions that `kernel` needs.
#[inline(always)]
unsafe fn scan_short<K: Kernel, T: Table>(
    kernel: &K,
    table: &T,
    text: &[u8],
    scratch: &mut Scratch,
    found: Found<'_>,
) -> ControlFlow<()> {
    let Scratch { candidates, feeds, before, places, occurrences, hits, .. } = scratch;
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
    // SAFETY: the caller answers for the CPU, in both.
    let verified = unsafe {
        let placed = place(kernel, candidates, marked, places);
        table.find(kernel, text, 0, &mut places[..placed], occurrences).found
    };
    if verified == 0 {
        return ControlFlow::Continue(());
    }
    hits.clear();
    let known = Feeds { words: feeds, some, before };
    Lines::default().hits(&Strip { text, base: 0, feeds }, &known, &occurrences[..verified], hits);
    found(hits, STRIP)
}
