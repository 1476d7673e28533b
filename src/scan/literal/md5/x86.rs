//! Lanes of x86-64: eight of AVX2, sixteen of AVX-512.

use std::arch::x86_64::*;

use super::lanes::{Lanes, digests};
use super::{BLOCK, Digests, GROUP, Group, Message, WORDS, blocks};

pub(super) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
}

pub(super) fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("bmi2")
}

/// # Safety
///
/// The CPU has AVX2.
#[target_feature(enable = "avx2")]
pub(super) unsafe fn digests_avx2(messages: &[Message]) -> Digests {
    // SAFETY: the caller answers for AVX2; four times eight lanes are a group.
    unsafe { digests::<Eight, 4>(messages) }
}

/// # Safety
///
/// The CPU has AVX-512F.
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn digests_avx512(messages: &[Message]) -> Digests {
    // SAFETY: the caller answers for AVX-512F; two times sixteen lanes are a group.
    unsafe { digests::<Sixteen, 2>(messages) }
}

/// [`fill`](super::fill) with a load for each text, and sixteen texts turned into sixteen words at a time.
///
/// # Safety
///
/// The CPU has AVX-512 with BW, and BMI2.
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
pub(super) unsafe fn fill_avx512(message: &mut Message, group: &Group<'_>, number: usize) {
    for (half, texts) in group.chunks(Sixteen::LANES).enumerate() {
        let mut rows = [_mm512_setzero_si512(); WORDS];
        for (row, (_, text)) in rows.iter_mut().zip(texts) {
            // SAFETY: the caller answers for the CPU.
            *row = unsafe { block(text, number) };
        }
        for (words, row) in message.iter_mut().zip(transposed(&rows)) {
            // SAFETY: the caller answers for the CPU; a group has sixteen lanes from either half on.
            unsafe { Sixteen(row).store(words, half * Sixteen::LANES) }
        }
    }
}

/// [`block`](super::block) as a vector.
///
/// # Safety
///
/// The CPU has AVX-512 with BW, and BMI2.
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
unsafe fn block(text: &[u8], number: usize) -> __m512i {
    let rest = text.get(number * BLOCK..).unwrap_or_default();
    let here = rest.len().min(BLOCK);
    let valid = _bzhi_u64(u64::MAX, here as u32);
    // SAFETY: no more than the `here` bytes of `rest` are read.
    let bytes = unsafe { _mm512_maskz_loadu_epi8(valid, rest.as_ptr().cast()) };
    // The byte after the text, unless that is in another block.
    let ends = u64::from(number * BLOCK <= text.len() && here < BLOCK);
    let bytes = _mm512_mask_mov_epi8(bytes, ends << (here % BLOCK), _mm512_set1_epi8(0x80_u8.cast_signed()));
    let last = u8::from(number + 1 == blocks(text)) << 7;
    _mm512_mask_set1_epi64(bytes, last, (text.len() as u64 * 8).cast_signed())
}

/// Rows made columns: word i of row j becomes word j of row i.
#[target_feature(enable = "avx512f")]
fn transposed(rows: &[__m512i; 16]) -> [__m512i; 16] {
    let mut pairs = *rows;
    for i in 0..8 {
        pairs[2 * i] = _mm512_unpacklo_epi32(rows[2 * i], rows[2 * i + 1]);
        pairs[2 * i + 1] = _mm512_unpackhi_epi32(rows[2 * i], rows[2 * i + 1]);
    }
    // Word 4k + w of rows 4q to 4q + 3 is in quarter k of fours[4q + w].
    let mut fours = pairs;
    for q in 0..4 {
        for w in 0..2 {
            fours[4 * q + 2 * w] = _mm512_unpacklo_epi64(pairs[4 * q + w], pairs[4 * q + 2 + w]);
            fours[4 * q + 2 * w + 1] = _mm512_unpackhi_epi64(pairs[4 * q + w], pairs[4 * q + 2 + w]);
        }
    }
    let mut columns = fours;
    for w in 0..4 {
        let [a, b, c, d] = [fours[w], fours[4 + w], fours[8 + w], fours[12 + w]];
        let even = (_mm512_shuffle_i32x4::<0x88>(a, b), _mm512_shuffle_i32x4::<0x88>(c, d));
        let odd = (_mm512_shuffle_i32x4::<0xdd>(a, b), _mm512_shuffle_i32x4::<0xdd>(c, d));
        columns[w] = _mm512_shuffle_i32x4::<0x88>(even.0, even.1);
        columns[8 + w] = _mm512_shuffle_i32x4::<0xdd>(even.0, even.1);
        columns[4 + w] = _mm512_shuffle_i32x4::<0x88>(odd.0, odd.1);
        columns[12 + w] = _mm512_shuffle_i32x4::<0xdd>(odd.0, odd.1);
    }
    columns
}

#[derive(Clone, Copy)]
struct Eight(__m256i);

// In each method: the caller of the trait answers for AVX2.
impl Lanes for Eight {
    const LANES: usize = 8;

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: touches no memory.
        unsafe { Eight(_mm256_set1_epi32(word.cast_signed())) }
    }

    #[inline(always)]
    unsafe fn load(words: &[u32; GROUP], first: usize) -> Self {
        debug_assert!(first + Self::LANES <= GROUP);
        // SAFETY: the caller says that eight words follow the first.
        unsafe { Eight(_mm256_loadu_si256(words.as_ptr().add(first).cast())) }
    }

    #[inline(always)]
    unsafe fn store(self, words: &mut [u32; GROUP], first: usize) {
        debug_assert!(first + Self::LANES <= GROUP);
        // SAFETY: the caller says that eight words follow the first.
        unsafe { _mm256_storeu_si256(words.as_mut_ptr().add(first).cast(), self.0) }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: touches no memory.
        unsafe { Eight(_mm256_add_epi32(self.0, other.0)) }
    }

    #[inline(always)]
    unsafe fn rotate<const LEFT: i32, const RIGHT: i32>(self) -> Self {
        // SAFETY: touches no memory.
        unsafe { Eight(_mm256_or_si256(_mm256_slli_epi32::<LEFT>(self.0), _mm256_srli_epi32::<RIGHT>(self.0))) }
    }

    #[inline(always)]
    unsafe fn choose(x: Self, y: Self, z: Self) -> Self {
        // SAFETY: touches no memory.
        unsafe { Eight(_mm256_xor_si256(z.0, _mm256_and_si256(x.0, _mm256_xor_si256(y.0, z.0)))) }
    }

    #[inline(always)]
    unsafe fn parity(x: Self, y: Self, z: Self) -> Self {
        // SAFETY: touches no memory.
        unsafe { Eight(_mm256_xor_si256(_mm256_xor_si256(x.0, y.0), z.0)) }
    }

    #[inline(always)]
    unsafe fn last(x: Self, y: Self, z: Self) -> Self {
        // SAFETY: touches no memory.
        unsafe {
            let not_z = _mm256_xor_si256(z.0, _mm256_set1_epi32(-1));
            Eight(_mm256_xor_si256(y.0, _mm256_or_si256(x.0, not_z)))
        }
    }
}

#[derive(Clone, Copy)]
struct Sixteen(__m512i);

// In each method: the caller of the trait answers for AVX-512F. The constants of the ternary logic are the results for
// x, y, z from 000 to 111.
impl Lanes for Sixteen {
    const LANES: usize = 16;

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: touches no memory.
        unsafe { Sixteen(_mm512_set1_epi32(word.cast_signed())) }
    }

    #[inline(always)]
    unsafe fn load(words: &[u32; GROUP], first: usize) -> Self {
        debug_assert!(first + Self::LANES <= GROUP);
        // SAFETY: the caller says that sixteen words follow the first.
        unsafe { Sixteen(_mm512_loadu_si512(words.as_ptr().add(first).cast())) }
    }

    #[inline(always)]
    unsafe fn store(self, words: &mut [u32; GROUP], first: usize) {
        debug_assert!(first + Self::LANES <= GROUP);
        // SAFETY: the caller says that sixteen words follow the first.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().add(first).cast(), self.0) }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: touches no memory.
        unsafe { Sixteen(_mm512_add_epi32(self.0, other.0)) }
    }

    #[inline(always)]
    unsafe fn rotate<const LEFT: i32, const RIGHT: i32>(self) -> Self {
        // SAFETY: touches no memory.
        unsafe { Sixteen(_mm512_rol_epi32::<LEFT>(self.0)) }
    }

    #[inline(always)]
    unsafe fn choose(x: Self, y: Self, z: Self) -> Self {
        // SAFETY: touches no memory.
        unsafe { Sixteen(_mm512_ternarylogic_epi32::<0xca>(x.0, y.0, z.0)) }
    }

    #[inline(always)]
    unsafe fn parity(x: Self, y: Self, z: Self) -> Self {
        // SAFETY: touches no memory.
        unsafe { Sixteen(_mm512_ternarylogic_epi32::<0x96>(x.0, y.0, z.0)) }
    }

    #[inline(always)]
    unsafe fn last(x: Self, y: Self, z: Self) -> Self {
        // SAFETY: touches no memory.
        unsafe { Sixteen(_mm512_ternarylogic_epi32::<0x39>(x.0, y.0, z.0)) }
    }
}
