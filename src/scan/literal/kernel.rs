//! What a kernel is: how 64 bytes of text are classified, and how a needle is compared.
//!
//! The algorithm is written once over [`Kernel`]. [`Plain`] is the kernel without intrinsics that every other is
//! tested against; the rest are in the modules named after the instructions that they need.

use super::needles::{HEAD, Head};
use super::window::{Classes, WINDOW};

/// Bytes of text classified at a time: one bit each in a word.
pub(super) const BLOCK: usize = 64;
/// Bytes that are read to classify a block: the last window that begins in it ends beyond it.
pub(super) const READ: usize = BLOCK + WINDOW - 1;

/// What is known of a block; bit i speaks of byte i.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// Where a window may stand. Kernels may differ in how many places they mark in vain.
    pub(super) candidates: u64,
    /// Where a line feed is.
    pub(super) feeds: u64,
}

/// A way to classify and to compare.
///
/// The methods are to be inlined into a function that is compiled for the instructions of the kernel.
pub(super) trait Kernel {
    /// Classifies the first [`BLOCK`] of the [`READ`] bytes.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that the kernel needs.
    unsafe fn block(&self, text: &[u8; READ]) -> Marks;

    /// Classifies the blocks at the front of `text`, as many as there are words for. This is [`classify`], compiled
    /// by itself: within a larger function the tables would not stay in registers.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that the kernel needs.
    unsafe fn classify(&self, text: &[u8], candidates: &mut [u64], feeds: &mut [u64]);

    /// Whether `text` is the beginning of the needle in upper and lower case.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that the kernel needs.
    unsafe fn equal(&self, text: &[u8; HEAD], head: &Head) -> bool;

    /// Writes the numbers of the words of `marks` that are not 0 to the front of `numbers`, which is as long, and
    /// returns how many there are. What stands after them is without meaning.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that the kernel needs.
    #[inline(always)]
    unsafe fn marked(&self, marks: &[u64], numbers: &mut [u32]) -> usize {
        let mut count = 0;
        for (number, &word) in (0..).zip(marks) {
            numbers[count] = number;
            count += usize::from(word != 0);
        }
        count
    }
}

/// Classifies the blocks at the front of `text`, as many as there are words for.
///
/// # Safety
///
/// The CPU has the instructions that `kernel` needs.
#[inline(always)]
pub(super) unsafe fn classify<K: Kernel>(kernel: &K, text: &[u8], candidates: &mut [u64], feeds: &mut [u64]) {
    let readable = (text.len() + BLOCK).saturating_sub(READ) / BLOCK;
    let whole = readable.min(candidates.len());
    let words = candidates.iter_mut().zip(feeds.iter_mut());
    for (block, (candidates, feeds)) in words.enumerate().take(whole) {
        // SAFETY: block < readable, so the bytes from block * BLOCK to block * BLOCK + READ are in the text; the
        // caller answers for the CPU.
        let marks = unsafe { kernel.block(&*text.as_ptr().add(block * BLOCK).cast::<[u8; READ]>()) };
        *candidates = marks.candidates;
        *feeds = marks.feeds;
    }
    for block in whole..candidates.len() {
        // SAFETY: the caller answers for the CPU.
        let marks = unsafe { classify_end(kernel, &text[block * BLOCK..]) };
        candidates[block] = marks.candidates;
        feeds[block] = marks.feeds;
    }
}

/// Classifies a block beyond which the text ends too soon.
///
/// # Safety
///
/// The CPU has the instructions that `kernel` needs.
#[inline(always)]
unsafe fn classify_end<K: Kernel>(kernel: &K, text: &[u8]) -> Marks {
    let len = text.len().min(READ);
    let mut padded = [0; READ];
    padded[..len].copy_from_slice(&text[..len]);
    // SAFETY: the caller answers for the CPU.
    let marks = unsafe { kernel.block(&padded) };
    let valid = if len < BLOCK { (1 << len) - 1 } else { u64::MAX };
    Marks { candidates: marks.candidates & valid, feeds: marks.feeds & valid }
}

/// The kernel in plain Rust: the twin of the others.
#[derive(Clone, Debug)]
pub(super) struct Plain {
    /// For each byte, its buckets at each place of a window: the first place in the lowest byte.
    classes: Box<[u32; 256]>,
}

impl Plain {
    pub(super) fn new(classes: &Classes) -> Self {
        let of = |byte: usize| u32::from_le_bytes(std::array::from_fn(|place| classes[place][byte]));
        Plain { classes: Box::new(std::array::from_fn(of)) }
    }
}

impl Kernel for Plain {
    unsafe fn classify(&self, text: &[u8], candidates: &mut [u64], feeds: &mut [u64]) {
        // SAFETY: it needs no instructions but those that the crate is compiled for.
        unsafe { classify(self, text, candidates, feeds) }
    }

    #[inline(always)]
    unsafe fn block(&self, text: &[u8; READ]) -> Marks {
        let mut marks = Marks::default();
        // The byte for place p holds the buckets that the last p + 1 bytes agree with.
        let mut state = 0;
        for (at, &byte) in text.iter().enumerate() {
            state = (state << 8 | 0xff) & self.classes[usize::from(byte)];
            if at >= WINDOW - 1 {
                marks.candidates |= u64::from(state >> 24 != 0) << (at + 1 - WINDOW);
            }
        }
        for (at, &byte) in text[..BLOCK].iter().enumerate() {
            marks.feeds |= u64::from(byte == b'\n') << at;
        }
        marks
    }

    #[inline(always)]
    unsafe fn equal(&self, text: &[u8; HEAD], head: &Head) -> bool {
        (0..HEAD).fold(0, |differ, i| differ | ((text[i] | head.fold[i]) ^ head.text[i])) == 0
    }
}
