//! The kernel for AArch64: NEON.

use std::arch::aarch64::*;
use std::arch::{asm, is_aarch64_feature_detected};

use super::Instructions;
use super::kernel::{BLOCK, Kernel, Marks, READ, Task, Words};
use super::lower::LEAD;
use super::table::{HEAD, Head};
use super::window::Classes;

/// Bytes of a vector.
const VECTOR: usize = 16;
/// Vectors of a block.
const VECTORS: usize = BLOCK / VECTOR;

/// For windows of `WIDTH` bytes, 16 at a time. One look-up by the lower five bits of a byte gives its class: letters are
/// never mixed up, and a space only with bytes that are rare.
///
/// A look-up in two registers takes the time of one in a single register, and a look-up in four three times that. Tables
/// for either half of a byte let more candidates through than tables for five bits, and take twice the instructions;
/// tables for six bits, as AVX-512 has them, let a few less through and take three times the work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Neon<const WIDTH: usize> {
    tables: [uint8x16x2_t; WIDTH],
}

impl<const WIDTH: usize> Neon<WIDTH> {
    /// The buckets of each byte at one place of a window.
    ///
    /// # Safety
    ///
    /// The CPU has NEON.
    #[inline(always)]
    unsafe fn buckets(&self, text: uint8x16_t, place: usize) -> uint8x16_t {
        // SAFETY: the caller answers for NEON; no memory is touched.
        unsafe { vqtbl2q_u8(self.tables[place], vandq_u8(text, vdupq_n_u8(31))) }
    }
}

/// 16 bytes.
///
/// # Safety
///
/// The CPU has NEON, and `at` is within an array that holds 16 bytes from there on.
#[inline(always)]
unsafe fn load(bytes: &[u8], at: usize) -> uint8x16_t {
    debug_assert!(at + VECTOR <= bytes.len());
    // SAFETY: the caller answers for NEON and the bytes.
    unsafe { vld1q_u8(bytes.as_ptr().add(at)) }
}

/// For each word of 64 bytes that are all ones or all zeros, a bit of each byte: two words at once.
///
/// # Safety
///
/// The CPU has NEON.
#[inline(always)]
unsafe fn bits(words: [[uint8x16_t; VECTORS]; 2]) -> [u64; 2] {
    const ONE_EACH: [u8; VECTOR] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
    // SAFETY: the caller answers for NEON; 16 bytes are read from an array of 16.
    unsafe {
        // Of eight bytes that follow one another each keeps a bit of its own, and three times neighbours are added.
        let one_each = load(&ONE_EACH, 0);
        let sums = words.map(|word| {
            let [a, b, c, d] = word.map(|bytes| vandq_u8(bytes, one_each));
            vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d))
        });
        let both = vreinterpretq_u64_u8(vpaddq_u8(sums[0], sums[1]));
        [vgetq_lane_u64::<0>(both), vgetq_lane_u64::<1>(both)]
    }
}

impl<const WIDTH: usize> Kernel for Neon<WIDTH> {
    const INSTRUCTIONS: Instructions = Instructions::Neon;
    const WIDTH: usize = WIDTH;

    fn is_available() -> bool {
        is_aarch64_feature_detected!("neon")
    }

    fn new(classes: &Classes) -> Option<Self> {
        if !Self::is_available() {
            return None;
        }
        let table = |place: usize| {
            let mut table = [0; 32];
            for (byte, buckets) in classes[place].iter().enumerate() {
                table[byte & 31] |= buckets;
            }
            // SAFETY: the CPU has NEON; 16 bytes are read from either half of 32.
            unsafe { uint8x16x2_t(load(&table, 0), load(&table, VECTOR)) }
        };
        Some(Neon { tables: std::array::from_fn(table) })
    }

    // What `is_available` asks for.
    #[target_feature(enable = "neon")]
    unsafe fn run<T: Task>(&self, task: T) -> T::Output {
        // SAFETY: the caller answers for the CPU.
        unsafe { task.run(self) }
    }

    #[inline(always)]
    unsafe fn block(&self, text: &[u8; READ]) -> Marks {
        // SAFETY: the caller answers for the CPU. 16 bytes are read from the first places of each of the four vectors,
        // up to byte 48 + 7 + 16 of the 72 that there are.
        let [candidates, feeds] = unsafe {
            let mut candidates = [vdupq_n_u8(0); VECTORS];
            let mut feeds = candidates;
            for (vector, (candidates, feeds)) in candidates.iter_mut().zip(&mut feeds).enumerate() {
                let first = load(text, vector * VECTOR);
                let mut all = self.buckets(first, 0);
                for place in 1..WIDTH {
                    all = vandq_u8(all, self.buckets(load(text, vector * VECTOR + place), place));
                }
                *candidates = vtstq_u8(all, all);
                *feeds = vceqq_u8(first, vdupq_n_u8(b'\n'));
            }
            bits([candidates, feeds])
        };
        Marks { candidates, feeds }
    }

    #[inline(always)]
    unsafe fn equal(&self, text: &[u8; HEAD], head: &Head) -> bool {
        // SAFETY: the caller answers for the CPU; 16 bytes are read from either half of three arrays of 32.
        unsafe {
            let differ = |at: usize| veorq_u8(vorrq_u8(load(text, at), load(&head.fold, at)), load(&head.text, at));
            vmaxvq_u32(vreinterpretq_u32_u8(vorrq_u8(differ(0), differ(VECTOR)))) == 0
        }
    }

    #[inline(always)]
    unsafe fn lower(&self, text: &[u8; BLOCK], lowered: &mut [u8; BLOCK]) -> u64 {
        // SAFETY: the caller answers for the CPU; 16 bytes are read from, and written to, four times 16.
        unsafe {
            let mut leads = [vdupq_n_u8(0); VECTORS];
            for (vector, leads) in leads.iter_mut().enumerate() {
                let text = load(text, vector * VECTOR);
                // The distance of a capital letter from `A` is less than 26, and that of any other byte is not.
                let upper = vcltq_u8(vsubq_u8(text, vdupq_n_u8(b'A')), vdupq_n_u8(26));
                let folded = vorrq_u8(text, vandq_u8(upper, vdupq_n_u8(0x20)));
                vst1q_u8(lowered.as_mut_ptr().add(vector * VECTOR), folded);
                *leads = vcgeq_u8(text, vdupq_n_u8(LEAD));
            }
            let [leads, _] = bits([leads, leads]);
            leads
        }
    }

    #[inline(always)]
    unsafe fn prefetch(&self, at: *const u8, len: usize) {
        for line in (0..len).step_by(64).chain([len - 1]) {
            // SAFETY: a prefetch reads nothing that the program could see, and may be given any address.
            unsafe {
                asm!("prfm pldl1keep, [{}]", in(reg) at.wrapping_add(line), options(nostack, preserves_flags, readonly));
            }
        }
    }

    #[inline(always)]
    unsafe fn nonzero(&self, words: &Words) -> u64 {
        // SAFETY: the caller answers for the CPU; two words are read from each array of two.
        unsafe {
            // A byte for each word: the lowest of it, of eight words four times.
            let mut some = [vdupq_n_u8(0); VECTORS];
            for (some, words) in some.iter_mut().zip(words.as_chunks::<VECTOR>().0) {
                let mut twos = words.as_chunks::<2>().0.iter().map(|two| {
                    let two = vld1q_u64(two.as_ptr());
                    vreinterpretq_u32_u64(vtstq_u64(two, two))
                });
                let mut two = || twos.next().unwrap_or(vdupq_n_u32(0));
                let mut four = || vreinterpretq_u16_u32(vuzp1q_u32(two(), two()));
                let mut eight = || vreinterpretq_u8_u16(vuzp1q_u16(four(), four()));
                *some = vuzp1q_u8(eight(), eight());
            }
            let [some, _] = bits([some, some]);
            some
        }
    }
}
