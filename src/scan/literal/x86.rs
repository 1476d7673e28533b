//! Kernels for x86-64: AVX2, and AVX-512 with VBMI.

use std::arch::x86_64::*;

use super::Instructions;
use super::kernel::{BLOCK, BLOCKS, Kernel, Marks, READ, Task, Words};
use super::table::{HEAD, Head};
use super::window::{Classes, NARROW};

/// How far ahead text is asked for, so that it is near when it is classified: a strip and a half, as measured, and into
/// the second cache. In the nearest it would be in the way, and half a strip comes too late.
const AHEAD: usize = 6144;

/// For windows of `WIDTH` bytes, 32 at a time. The class of a byte is what the tables for its lower and its upper half agree on: exact for one
/// byte, and in a class of several it lets in some more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2<const WIDTH: usize> {
    low: [__m256i; WIDTH],
    high: [__m256i; WIDTH],
}

impl<const WIDTH: usize> Avx2<WIDTH> {
    /// The buckets of each byte at one place of a window.
    ///
    /// # Safety
    ///
    /// The CPU has AVX2.
    #[inline(always)]
    unsafe fn buckets(&self, text: __m256i, place: usize) -> __m256i {
        // SAFETY: the caller answers for AVX2; no memory is touched.
        unsafe {
            let half = _mm256_set1_epi8(15);
            let low = _mm256_shuffle_epi8(self.low[place], _mm256_and_si256(text, half));
            let high = _mm256_and_si256(_mm256_srli_epi16::<4>(text), half);
            _mm256_and_si256(low, _mm256_shuffle_epi8(self.high[place], high))
        }
    }

    /// Candidates and line feeds among the 32 bytes from `text` on.
    ///
    /// # Safety
    ///
    /// The CPU has AVX2, and 31 + `WIDTH` bytes from `text` on can be read.
    #[inline(always)]
    unsafe fn half(&self, text: *const u8) -> (u32, u32) {
        // SAFETY: the caller answers for AVX2 and for 32 bytes from each of the places on.
        unsafe {
            let load = |place: usize| _mm256_loadu_si256(text.add(place).cast());
            let first = load(0);
            let mut all = self.buckets(first, 0);
            for place in 1..WIDTH {
                all = _mm256_and_si256(all, self.buckets(load(place), place));
            }
            let none = _mm256_cmpeq_epi8(all, _mm256_setzero_si256());
            let feeds = _mm256_cmpeq_epi8(first, _mm256_set1_epi8(b'\n'.cast_signed()));
            (!_mm256_movemask_epi8(none).cast_unsigned(), _mm256_movemask_epi8(feeds).cast_unsigned())
        }
    }
}

/// [`Kernel::lower`], 32 bytes at a time.
///
/// # Safety
///
/// The CPU has AVX2.
#[inline(always)]
unsafe fn lower_by_halves(text: &[u8; BLOCK], lowered: &mut [u8; BLOCK]) -> u64 {
    let mut others = 0;
    for at in [0, BLOCK / 2] {
        // SAFETY: the caller answers for the CPU; both arrays have two halves of 32 bytes.
        unsafe {
            let text = _mm256_loadu_si256(text.as_ptr().add(at).cast());
            // The distance of a capital letter from `A` is less than 26, and that of any other byte is not.
            let from_a = _mm256_sub_epi8(text, _mm256_set1_epi8(b'A'.cast_signed()));
            let upper = _mm256_cmpeq_epi8(_mm256_min_epu8(from_a, _mm256_set1_epi8(25)), from_a);
            let folded = _mm256_or_si256(text, _mm256_and_si256(upper, _mm256_set1_epi8(0x20)));
            _mm256_storeu_si256(lowered.as_mut_ptr().add(at).cast(), folded);
            others |= u64::from(_mm256_movemask_epi8(text).cast_unsigned()) << at;
        }
    }
    others
}

/// [`Kernel::prefetch`], for every x86-64.
#[inline(always)]
fn prefetch(at: *const u8, len: usize) {
    for line in (0..len).step_by(64).chain([len - 1]) {
        // SAFETY: a prefetch reads nothing that the program could see, and may be given any address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.wrapping_add(line).cast()) };
    }
}

impl<const WIDTH: usize> Kernel for Avx2<WIDTH> {
    const INSTRUCTIONS: Instructions = Instructions::Avx2;
    const WIDTH: usize = WIDTH;

    fn is_available() -> bool {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt")
            && is_x86_feature_detected!("lzcnt")
    }

    fn new(classes: &Classes) -> Option<Self> {
        if !Self::is_available() {
            return None;
        }
        let table = |place: usize, half: fn(usize) -> usize| {
            let mut table = [0; 32];
            for (byte, buckets) in classes[place].iter().enumerate() {
                table[half(byte)] |= buckets;
                table[half(byte) + 16] |= buckets;
            }
            // SAFETY: any 32 bytes are a vector.
            unsafe { std::mem::transmute::<[u8; 32], __m256i>(table) }
        };
        Some(Avx2 {
            low: std::array::from_fn(|place| table(place, |byte| byte & 15)),
            high: std::array::from_fn(|place| table(place, |byte| byte >> 4)),
        })
    }

    // What `is_available` asks for.
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
    unsafe fn run<T: Task>(&self, task: T) -> T::Output {
        // SAFETY: the caller answers for the CPU.
        unsafe { task.run(self) }
    }

    #[inline(always)]
    unsafe fn block(&self, text: &[u8; READ]) -> Marks {
        let text = text.as_ptr();
        // SAFETY: the caller answers for the CPU. The halves read 31 + `WIDTH` bytes each, of the 72 that there are; a
        // prefetch reads nothing that the program could see, and may be given any address.
        unsafe {
            _mm_prefetch::<_MM_HINT_T1>(text.wrapping_add(AHEAD).cast());
            let (low, low_feeds) = self.half(text);
            let (high, high_feeds) = self.half(text.add(BLOCK / 2));
            let join = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
            Marks { candidates: join(low, high), feeds: join(low_feeds, high_feeds) }
        }
    }

    #[inline(always)]
    unsafe fn equal(&self, text: &[u8; HEAD], head: &Head) -> bool {
        // SAFETY: the caller answers for AVX2; each of the three arrays has 32 bytes.
        unsafe {
            let load = |bytes: &[u8; HEAD]| _mm256_loadu_si256(bytes.as_ptr().cast());
            let folded = _mm256_or_si256(load(text), load(&head.fold));
            let differ = _mm256_xor_si256(folded, load(&head.text));
            _mm256_testz_si256(differ, differ) != 0
        }
    }

    #[inline(always)]
    unsafe fn lower(&self, text: &[u8; BLOCK], lowered: &mut [u8; BLOCK]) -> u64 {
        // SAFETY: the caller answers for the CPU.
        unsafe { lower_by_halves(text, lowered) }
    }

    #[inline(always)]
    unsafe fn prefetch(&self, at: *const u8, len: usize) {
        prefetch(at, len);
    }

    #[inline(always)]
    unsafe fn nonzero(&self, words: &Words) -> u64 {
        // SAFETY: the caller answers for the CPU; four words are read from each array of four.
        let zero = unsafe {
            words.as_chunks::<4>().0.iter().enumerate().fold(0, |bits, (at, four)| {
                let four = _mm256_loadu_si256(four.as_ptr().cast());
                let zero = _mm256_castsi256_pd(_mm256_cmpeq_epi64(four, _mm256_setzero_si256()));
                bits | u64::from(_mm256_movemask_pd(zero).cast_unsigned()) << (4 * at)
            })
        };
        !zero
    }
}

/// 0 to 63.
const COUNT: [u8; BLOCK] = {
    let mut count = [0; BLOCK];
    let mut i = 0;
    while i < BLOCK {
        count[i] = i as u8;
        i += 1;
    }
    count
};

/// For windows of `WIDTH` bytes, a multiple of four, 64 at a time. One table look-up by the lower six bits of a byte gives its class: letters are never mixed up,
/// and what else is has to be told apart by the comparison.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx512<const WIDTH: usize> {
    tables: [__m512i; WIDTH],
}

impl<const WIDTH: usize> Avx512<WIDTH> {
    /// Candidates and line feeds, with `load` giving the 64 bytes from a place on.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions.
    #[inline(always)]
    unsafe fn marks(&self, load: impl Fn(usize) -> __m512i) -> Marks {
        // SAFETY: the caller answers for the CPU; no memory is touched.
        unsafe {
            let first = load(0);
            let (mut all, mut here) = (_mm512_set1_epi8(-1), first);
            for place in (0..WIDTH).step_by(NARROW) {
                // What begins within a line of the cache and ends in the next is loaded twice: of what begins at the
                // next three places two are shifted together instead.
                let fifth = load(place + NARROW);
                let (second, fourth) = (_mm512_shrdi_epi32::<8>(here, fifth), _mm512_shrdi_epi32::<24>(here, fifth));
                let one = _mm512_permutexvar_epi8(here, self.tables[place]);
                let two = _mm512_permutexvar_epi8(second, self.tables[place + 1]);
                let three = _mm512_permutexvar_epi8(load(place + 2), self.tables[place + 2]);
                let four = _mm512_permutexvar_epi8(fourth, self.tables[place + 3]);
                all = _mm512_and_si512(all, _mm512_and_si512(one, _mm512_ternarylogic_epi64::<0x80>(two, three, four)));
                here = fifth;
            }
            let feed = _mm512_set1_epi8(b'\n'.cast_signed());
            Marks { candidates: _mm512_test_epi8_mask(all, all), feeds: _mm512_cmpeq_epi8_mask(first, feed) }
        }
    }

    /// [`Kernel::run`].
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that are named here, which [`Kernel::is_available`] asks for.
    #[target_feature(
        enable = "avx2,bmi1,bmi2,popcnt,lzcnt,avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,avx512vpopcntdq"
    )]
    unsafe fn run_by_avx512<T: Task>(&self, task: T) -> T::Output {
        // SAFETY: the caller answers for the CPU.
        unsafe { task.run(self) }
    }

    /// The same, compiled for AVX2.
    ///
    /// # Safety
    ///
    /// The CPU has all instructions of the kernel.
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
    unsafe fn run_by_avx2<T: Task>(&self, task: T) -> T::Output {
        // SAFETY: the caller answers for the CPU.
        unsafe { task.run(self) }
    }
}

impl<const WIDTH: usize> Kernel for Avx512<WIDTH> {
    const INSTRUCTIONS: Instructions = Instructions::Avx512;
    const WIDTH: usize = WIDTH;

    fn is_available() -> bool {
        Avx2::<WIDTH>::is_available()
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vbmi")
            && is_x86_feature_detected!("avx512vbmi2")
            && is_x86_feature_detected!("avx512vpopcntdq")
    }

    fn new(classes: &Classes) -> Option<Self> {
        if !Self::is_available() {
            return None;
        }
        let table = |place: usize| {
            let mut table = [0; 64];
            for (byte, buckets) in classes[place].iter().enumerate() {
                table[byte & 63] |= buckets;
            }
            // SAFETY: any 64 bytes are a vector.
            unsafe { std::mem::transmute::<[u8; 64], __m512i>(table) }
        };
        Some(Avx512 { tables: std::array::from_fn(table) })
    }

    #[inline(always)]
    unsafe fn run<T: Task>(&self, task: T) -> T::Output {
        // SAFETY: the caller answers for the CPU.
        unsafe { if T::WITHOUT_MASKS { self.run_by_avx2(task) } else { self.run_by_avx512(task) } }
    }

    #[inline(always)]
    unsafe fn block(&self, text: &[u8; READ]) -> Marks {
        let text = text.as_ptr();
        // SAFETY: the caller answers for the CPU. 64 bytes are read from some of the first nine places, of the 72 that
        // there are; a prefetch reads nothing that the program could see, and may be given any address.
        unsafe {
            _mm_prefetch::<_MM_HINT_T1>(text.wrapping_add(AHEAD).cast());
            self.marks(|place| _mm512_loadu_si512(text.add(place).cast()))
        }
    }

    /// Of a comparison with 0 the compiler makes one of vectors, besides the one that `word` comes from.
    #[inline(always)]
    fn any(word: u64) -> u64 {
        u64::from(word.count_ones() + 127) >> 7
    }

    #[inline(always)]
    unsafe fn end(&self, text: &[u8]) -> Marks {
        let len = text.len().min(READ);
        let valid = |place: usize| u64::MAX.unbounded_shr((BLOCK + place).saturating_sub(len) as u32);
        // SAFETY: the caller answers for the CPU. What is read from each place is before the end of the text.
        unsafe {
            let at = |place: usize| text.as_ptr().wrapping_add(place).cast();
            let marks = self.marks(|place| _mm512_maskz_loadu_epi8(valid(place), at(place)));
            Marks { candidates: marks.candidates & valid(0), feeds: marks.feeds }
        }
    }

    #[inline(always)]
    unsafe fn equal(&self, text: &[u8; HEAD], head: &Head) -> bool {
        // SAFETY: the caller answers for the CPU; each of the three arrays has 32 bytes.
        unsafe {
            let load = |bytes: &[u8; HEAD]| _mm256_loadu_si256(bytes.as_ptr().cast());
            let folded = _mm256_or_si256(load(text), load(&head.fold));
            _mm256_cmpneq_epi8_mask(folded, load(&head.text)) == 0
        }
    }

    #[inline(always)]
    unsafe fn lower(&self, text: &[u8; BLOCK], lowered: &mut [u8; BLOCK]) -> u64 {
        // SAFETY: the caller answers for the CPU.
        unsafe { lower_by_halves(text, lowered) }
    }

    #[inline(always)]
    unsafe fn prefetch(&self, at: *const u8, len: usize) {
        prefetch(at, len);
    }

    #[inline(always)]
    unsafe fn nonzero(&self, words: &Words) -> u64 {
        // SAFETY: the caller answers for the CPU; eight words are read from each array of eight.
        unsafe {
            words.as_chunks::<8>().0.iter().enumerate().fold(0, |bits, (at, eight)| {
                let eight = _mm512_loadu_si512(eight.as_ptr().cast());
                bits | u64::from(_mm512_test_epi64_mask(eight, eight)) << (8 * at)
            })
        }
    }

    #[inline(always)]
    unsafe fn places(&self, word: u64, first: u16, places: &mut [u16; BLOCK]) {
        // SAFETY: the caller answers for the CPU. 32 places are written to each half of 64.
        unsafe {
            let all = _mm512_maskz_compress_epi8(word, _mm512_loadu_si512(COUNT.as_ptr().cast()));
            let first = _mm512_set1_epi16(first.cast_signed());
            let low = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(all));
            _mm512_storeu_si512(places.as_mut_ptr().cast(), _mm512_add_epi16(low, first));
            // More than half of the places are rare.
            if word.count_ones() > 32 {
                let high = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64::<1>(all));
                _mm512_storeu_si512(places.as_mut_ptr().add(32).cast(), _mm512_add_epi16(high, first));
            }
        }
    }

    #[inline(always)]
    unsafe fn ones(&self, words: &Words) -> usize {
        // SAFETY: the caller answers for the CPU; eight words are read from each array of eight.
        let sum = unsafe {
            let sums = words.as_chunks::<8>().0.iter();
            let sum = sums.fold(_mm512_setzero_si512(), |sum, eight| {
                _mm512_add_epi64(sum, _mm512_popcnt_epi64(_mm512_loadu_si512(eight.as_ptr().cast())))
            });
            _mm512_reduce_add_epi64(sum)
        };
        usize::try_from(sum).unwrap_or_default()
    }

    #[inline(always)]
    unsafe fn before(&self, words: &Words) -> Words {
        let mut before = [0; BLOCKS];
        // SAFETY: the caller answers for the CPU; eight words are read from, and written to, each array of eight.
        unsafe {
            let none = _mm512_setzero_si512();
            let last = _mm512_set1_epi64(7);
            let mut sum = none;
            for (eight, before) in words.as_chunks::<8>().0.iter().zip(before.as_chunks_mut::<8>().0) {
                let ones = _mm512_popcnt_epi64(_mm512_loadu_si512(eight.as_ptr().cast()));
                let two = _mm512_add_epi64(ones, _mm512_alignr_epi64::<7>(ones, none));
                let four = _mm512_add_epi64(two, _mm512_alignr_epi64::<6>(two, none));
                let eight = _mm512_add_epi64(four, _mm512_alignr_epi64::<4>(four, none));
                let up_to = _mm512_add_epi64(eight, sum);
                _mm512_storeu_si512(before.as_mut_ptr().cast(), _mm512_sub_epi64(up_to, ones));
                sum = _mm512_permutexvar_epi64(last, up_to);
            }
        }
        before
    }
}
