//! The kernel for 64-bit ARM: NEON.
#![expect(clippy::needless_range_loop, reason = "of the few vectors of a block, which are to be in registers")]

use std::arch::aarch64::*;
use std::arch::{asm, is_aarch64_feature_detected};

use super::Instructions;
use super::kernel::{BLOCK, Kernel, Marks, READ, Task, Words};
use super::table::{HEAD, Head};
use super::window::Classes;

/// Bytes of a vector.
const VECTOR: usize = 16;
/// Vectors of a block.
const VECTORS: usize = BLOCK / VECTOR;

/// For windows of `WIDTH` bytes, 16 at a time. One look-up by the lower five bits of a byte gives its class: letters are
/// never mixed up, and a space only with bytes that are rare.
///
/// A look-up in two registers costs the CPU as much as in one, and in four, for six bits as with AVX-512, three times as
/// much; six bits let no fewer candidates through, unless needles are ten thousand. Two tables for the halves of a byte,
/// as with AVX2, cost twice as much, and let up to twice as many candidates through.
#[derive(Clone, Copy, Debug)]
pub(super) struct Neon<const WIDTH: usize> {
    tables: [uint8x16x2_t; WIDTH],
    /// For each of eight bytes a bit of its own, twice. If the compiler knew them it would see that no two of them are
    /// added, and make three instructions of each sum.
    bit_each: uint8x16_t,
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

    /// A bit for each byte of two blocks: whether it is ones.
    ///
    /// # Safety
    ///
    /// The CPU has NEON.
    #[inline(always)]
    unsafe fn bits(&self, one: Bytes, other: Bytes) -> (u64, u64) {
        // SAFETY: the caller answers for NEON; no memory is touched.
        unsafe {
            let both = vreinterpretq_u64_u8(vpaddq_u8(self.fours(one), self.fours(other)));
            (vgetq_lane_u64::<0>(both), vgetq_lane_u64::<1>(both))
        }
    }

    /// The bits of each four bytes. Where eight follow one another each keeps a bit of its own, and neighbours are added.
    ///
    /// # Safety
    ///
    /// The CPU has NEON.
    #[inline(always)]
    unsafe fn fours(&self, [a, b, c, d]: Bytes) -> uint8x16_t {
        // SAFETY: the caller answers for NEON; no memory is touched.
        unsafe {
            let (a, b) = (vandq_u8(a, self.bit_each), vandq_u8(b, self.bit_each));
            let (c, d) = (vandq_u8(c, self.bit_each), vandq_u8(d, self.bit_each));
            vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d))
        }
    }
}

/// 64 bytes, all ones or all zeros each.
type Bytes = [uint8x16_t; VECTORS];

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
        // SAFETY: the CPU has NEON; 16 bytes are read from an array of 16.
        let bit_each = unsafe { load(&std::array::from_fn::<u8, VECTOR, _>(|byte| 1 << (byte % 8)), 0) };
        Some(Neon { tables: std::array::from_fn(table), bit_each })
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
        unsafe {
            let mut some = [vdupq_n_u8(0); VECTORS];
            let mut feeds = some;
            for vector in 0..VECTORS {
                let first = load(text, vector * VECTOR);
                let mut all = self.buckets(first, 0);
                for place in 1..WIDTH {
                    all = vandq_u8(all, self.buckets(load(text, vector * VECTOR + place), place));
                }
                some[vector] = vtstq_u8(all, all);
                feeds[vector] = vceqq_u8(first, vdupq_n_u8(b'\n'));
            }
            let (candidates, feeds) = self.bits(some, feeds);
            Marks { candidates, feeds }
        }
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
            let mut others = [vdupq_n_u8(0); VECTORS];
            for vector in 0..VECTORS {
                let text = load(text, vector * VECTOR);
                // The distance of a capital letter from `A` is less than 26, and that of any other byte is not.
                let upper = vcltq_u8(vsubq_u8(text, vdupq_n_u8(b'A')), vdupq_n_u8(26));
                let folded = vorrq_u8(text, vandq_u8(upper, vdupq_n_u8(0x20)));
                vst1q_u8(lowered.as_mut_ptr().add(vector * VECTOR), folded);
                others[vector] = vcltzq_s8(vreinterpretq_s8_u8(text));
            }
            self.bits(others, others).0
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
        // SAFETY: the caller answers for the CPU; each of four times 16 words is in the array.
        unsafe {
            let mut some = [vdupq_n_u8(0); VECTORS];
            for vector in 0..VECTORS {
                let at = words.as_ptr().add(vector * VECTOR);
                some[vector] = vuzp1q_u8(eight_nonzero(at), eight_nonzero(at.add(8)));
            }
            self.bits(some, some).0
        }
    }
}

/// For each of eight words two bytes of ones, or of zeros if it is 0.
///
/// # Safety
///
/// The CPU has NEON, and eight words can be read.
#[inline(always)]
unsafe fn eight_nonzero(at: *const u64) -> uint8x16_t {
    // SAFETY: the caller answers for NEON and eight words.
    unsafe {
        let four = vuzp1q_u32(two_nonzero(at), two_nonzero(at.add(2)));
        let more = vuzp1q_u32(two_nonzero(at.add(4)), two_nonzero(at.add(6)));
        vreinterpretq_u8_u16(vuzp1q_u16(vreinterpretq_u16_u32(four), vreinterpretq_u16_u32(more)))
    }
}

/// For each of two words eight bytes of ones, or of zeros if it is 0.
///
/// # Safety
///
/// The CPU has NEON, and two words can be read.
#[inline(always)]
unsafe fn two_nonzero(at: *const u64) -> uint32x4_t {
    // SAFETY: the caller answers for NEON and two words.
    unsafe {
        let two = vld1q_u64(at);
        vreinterpretq_u32_u64(vtstq_u64(two, two))
    }
}
