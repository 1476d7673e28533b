//! What a kernel is: how 64 bytes of text are classified, and how a needle is compared.
//!
//! The algorithm is written once over [`Kernel`]. [`Plain`] is the kernel without intrinsics that every other is
//! tested against; the rest are in the modules named after the CPUs that they are for. A task is written once as well
//! ([`Task`]), and each kernel has a way to run any task compiled for its instructions.

use super::Instructions;
use super::table::{HEAD, Head};
use super::window::{Classes, WIDE};

/// Bytes of text classified at a time: one bit each in a word.
pub(super) const BLOCK: usize = 64;
/// Bytes that are read to classify a block: the last window that begins in it ends beyond it.
pub(super) const READ: usize = BLOCK + WIDE;

/// Blocks of a strip: one bit each in a word.
pub(super) const BLOCKS: usize = 64;

/// A word for each block of a strip.
pub(super) type Words = [u64; BLOCKS];

/// What is known of a block; bit i speaks of byte i.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// Where a window may stand. Kernels may differ in how many places they mark in vain.
    pub(super) candidates: u64,
    /// Where a line feed is.
    pub(super) feeds: u64,
}

/// What is to be done with a kernel, whichever it is.
pub(super) trait Task {
    type Output;
    /// Whether it takes longer with the masks of AVX-512 than with AVX2, compiled for which it is run then.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "only AVX-512 has masks"))]
    const WITHOUT_MASKS: bool = false;

    /// Does it. To be inlined into [`Kernel::run`].
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs.
    unsafe fn run<K: Kernel>(self, kernel: &K) -> Self::Output;
}

/// A way to classify and to compare.
///
/// The methods but for [`run`](Self::run) are to be inlined into a task, and with it into a function that is compiled for
/// the instructions of the kernel.
pub(super) trait Kernel: Sized {
    /// What it needs.
    const INSTRUCTIONS: Instructions;
    /// The most bytes of a window that it looks at.
    const WIDTH: usize;

    /// Whether the CPU has the instructions.
    fn is_available() -> bool;

    /// `None` unless the CPU has the instructions: who has a kernel can run it.
    fn new(classes: &Classes) -> Option<Self>;

    /// Runs `task` by this kernel, compiled for its instructions: what is inlined into this function is.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that the kernel needs.
    unsafe fn run<T: Task>(&self, task: T) -> T::Output;

    /// Classifies the first [`BLOCK`] of the [`READ`] bytes.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that the kernel needs.
    unsafe fn block(&self, text: &[u8; READ]) -> Marks;

    /// Classifies the first [`BLOCK`] bytes where the text ends too soon to read [`READ`], or even within the block.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that the kernel needs.
    #[inline(always)]
    unsafe fn end(&self, text: &[u8]) -> Marks {
        let len = text.len().min(READ);
        let mut padded = [0; READ];
        padded[..len].copy_from_slice(&text[..len]);
        // SAFETY: the caller answers for the CPU.
        let marks = unsafe { self.block(&padded) };
        let valid = if len < BLOCK { (1 << len) - 1 } else { u64::MAX };
        Marks { candidates: marks.candidates & valid, feeds: marks.feeds & valid }
    }

    /// 1 if `word` is not 0, which it is otherwise.
    #[inline(always)]
    fn any(word: u64) -> u64 {
        u64::from(word != 0)
    }

    /// Whether `text` is the beginning of the needle in upper and lower case.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that the kernel needs.
    unsafe fn equal(&self, text: &[u8; HEAD], head: &Head) -> bool;

    /// Writes `text` to `lowered` with its ASCII letters in lower case, and returns a bit for each byte: whether it is not
    /// ASCII. The compiler makes vectors of it.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that the kernel needs.
    #[inline(always)]
    unsafe fn lower(&self, text: &[u8; BLOCK], lowered: &mut [u8; BLOCK]) -> u64 {
        let mut seen = 0;
        for i in 0..BLOCK {
            seen |= text[i];
            lowered[i] = text[i].to_ascii_lowercase();
        }
        if seen.is_ascii() {
            return 0;
        }
        (0..).zip(text).fold(0, |others, (at, &byte)| others | u64::from(!byte.is_ascii()) << at)
    }

    /// Asks for `len` bytes of memory, which need not be there.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that the kernel needs.
    #[inline(always)]
    unsafe fn prefetch(&self, at: *const u8, len: usize) {
        let _ = (at, len);
    }

    /// A bit for each of the `words`: whether it is not 0.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that the kernel needs.
    #[inline(always)]
    unsafe fn nonzero(&self, words: &Words) -> u64 {
        (0..).zip(words).fold(0, |bits, (at, &word)| bits | u64::from(word != 0) << at)
    }

    /// Writes the places of the ones of `word`, the first of which is `first`, to `places`, and something behind them.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that the kernel needs.
    #[inline(always)]
    unsafe fn places(&self, mut word: u64, first: u16, places: &mut [u16; BLOCK]) {
        // Some at a time, whether there are so many or not: how many there are is hard to predict.
        for some in places.as_chunks_mut::<8>().0 {
            for place in some {
                *place = first + word.trailing_zeros() as u16;
                word &= word.wrapping_sub(1);
            }
            if word == 0 {
                break;
            }
        }
    }

    /// How many ones are in the `words`.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that the kernel needs.
    #[inline(always)]
    unsafe fn ones(&self, words: &Words) -> usize {
        words.iter().map(|word| word.count_ones()).sum::<u32>() as usize
    }

    /// For each of the `words`, how many ones are in those before it.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that the kernel needs.
    #[inline(always)]
    unsafe fn before(&self, words: &Words) -> Words {
        let mut sum = 0;
        words.map(|word| {
            let before = sum;
            sum += u64::from(word.count_ones());
            before
        })
    }
}

/// Classifies the blocks at the front of `text`, compiled for the instructions of `kernel`, and returns a bit for each:
/// whether it has a candidate. Where the text ends sooner than there are words the rest are 0.
///
/// # Safety
///
/// The CPU has the instructions that `kernel` needs.
pub(super) unsafe fn classify<K: Kernel>(kernel: &K, text: &[u8], candidates: &mut Words, feeds: &mut Words) -> u64 {
    // SAFETY: the caller answers for the CPU.
    unsafe { kernel.run(Classify { text, candidates, feeds }) }
}

struct Classify<'w> {
    text: &'w [u8],
    candidates: &'w mut Words,
    feeds: &'w mut Words,
}

impl Task for Classify<'_> {
    type Output = u64;

    #[inline(always)]
    unsafe fn run<K: Kernel>(self, kernel: &K) -> u64 {
        let Classify { text, candidates, feeds } = self;
        let whole = ((text.len() + BLOCK).saturating_sub(READ) / BLOCK).min(BLOCKS);
        // To look for words that are not 0 once all are written takes longer: they would have to reach the cache first.
        // The first block comes to be the highest bit.
        let mut marked = 0;
        for block in 0..whole {
            // SAFETY: block < whole, so the bytes from block * BLOCK to block * BLOCK + READ are in the text; the caller
            // answers for the CPU.
            let marks = unsafe { kernel.block(&*text.as_ptr().add(block * BLOCK).cast::<[u8; READ]>()) };
            candidates[block] = marks.candidates;
            feeds[block] = marks.feeds;
            marked = marked << 1 | K::any(marks.candidates);
        }
        let blocks = text.len().div_ceil(BLOCK).min(BLOCKS);
        for block in whole..blocks {
            // SAFETY: the caller answers for the CPU.
            let marks = unsafe { kernel.end(&text[block * BLOCK..]) };
            candidates[block] = marks.candidates;
            feeds[block] = marks.feeds;
            marked = marked << 1 | K::any(marks.candidates);
        }
        candidates[blocks..].fill(0);
        feeds[blocks..].fill(0);
        marked.reverse_bits().unbounded_shr((BLOCKS - blocks) as u32)
    }
}

/// The kernel in plain Rust: the twin of the others.
#[derive(Clone, Debug)]
pub(super) struct Plain {
    /// For each byte, its buckets at each place of a window: the first place in the lowest byte.
    classes: Box<[u64; 256]>,
}

impl Kernel for Plain {
    const INSTRUCTIONS: Instructions = Instructions::Plain;
    const WIDTH: usize = WIDE;

    fn is_available() -> bool {
        true
    }

    fn new(classes: &Classes) -> Option<Self> {
        let of = |byte: usize| u64::from_le_bytes(std::array::from_fn(|place| classes[place][byte]));
        Some(Plain { classes: Box::new(std::array::from_fn(of)) })
    }

    #[inline(always)]
    unsafe fn run<T: Task>(&self, task: T) -> T::Output {
        // SAFETY: it needs no instructions but those that the crate is compiled for.
        unsafe { task.run(self) }
    }

    #[inline(always)]
    unsafe fn block(&self, text: &[u8; READ]) -> Marks {
        let mut marks = Marks::default();
        // The byte for place p holds the buckets that the last p + 1 bytes agree with.
        let mut state = 0;
        for (at, &byte) in text[..BLOCK + WIDE - 1].iter().enumerate() {
            state = (state << 8 | 0xff) & self.classes[usize::from(byte)];
            if at >= WIDE - 1 {
                marks.candidates |= u64::from(state >> 56 != 0) << (at + 1 - WIDE);
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
