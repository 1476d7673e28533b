//! Lower-casing of short text in which only ASCII changes, which is what most lines with a needle are.

use super::Kernels;
use crate::text::is_caseless;

/// Bytes lowered at a time.
const STEP: usize = 64;
/// A longer text is not lowered here.
const LONGEST: usize = 1 << 14;

/// Memory for one lowered text after another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
}

impl Buffer {
    /// The most bytes that it held.
    pub(crate) fn peak(&self) -> usize {
        self.bytes.len()
    }

    /// `text` in lower case if it is short, and no character but those of ASCII has another lower case than itself;
    /// `None` otherwise. It may be `None` all the same for characters that are rare.
    #[inline]
    pub(super) fn lower(&mut self, kernel: &Kernels, text: &str) -> Option<&str> {
        if text.len() > LONGEST {
            return None;
        }
        if self.bytes.is_empty() {
            self.bytes = vec![0; LONGEST.next_multiple_of(2 * STEP)];
        }
        let unchanged = match kernel {
            Kernels::Plain(_) => lower(text.as_bytes(), &mut self.bytes),
            // SAFETY: the kernel could only be made because the CPU has the instructions.
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx2(_) | Kernels::Avx2Wide(_) => unsafe { lower_avx2(text.as_bytes(), &mut self.bytes) },
            // SAFETY: the kernel could only be made because the CPU has the instructions.
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx512(_) | Kernels::Avx512Wide(_) => unsafe { lower_avx512(text.as_bytes(), &mut self.bytes) },
        };
        // SAFETY: UTF-8 of which some ASCII bytes were made other ASCII bytes is UTF-8.
        unchanged.then(|| unsafe { std::str::from_utf8_unchecked(&self.bytes[..text.len()]) })
    }
}

/// # Safety
///
/// The CPU has AVX2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn lower_avx2(text: &[u8], lowered: &mut [u8]) -> bool {
    lower(text, lowered)
}

/// # Safety
///
/// The CPU has AVX-512 with BW and VL.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2,lzcnt,popcnt")]
unsafe fn lower_avx512(text: &[u8], lowered: &mut [u8]) -> bool {
    use std::arch::x86_64::*;
    let lower = |step: usize, to: &mut [u8; STEP]| {
        let valid = u64::MAX.unbounded_shr((STEP * (step + 1)).saturating_sub(text.len()) as u32);
        // SAFETY: a masked load reads no more than the bytes of the text; the array has 64 to be written.
        unsafe {
            let text = _mm512_maskz_loadu_epi8(valid, text.as_ptr().wrapping_add(STEP * step).cast());
            let from_a = _mm512_sub_epi8(text, _mm512_set1_epi8(b'A'.cast_signed()));
            let upper = _mm512_cmplt_epu8_mask(from_a, _mm512_set1_epi8(26));
            let lower = _mm512_mask_add_epi8(text, upper, text, _mm512_set1_epi8(0x20));
            _mm512_storeu_si512(to.as_mut_ptr().cast(), lower);
            _mm512_cmpge_epu8_mask(text, _mm512_set1_epi8(LEAD.cast_signed()))
        }
    };
    let mut unchanged = true;
    // Two at a time: how many a line takes is hard to predict.
    for (pair, [to, next]) in lowered.as_chunks_mut().0.as_chunks_mut().0.iter_mut().enumerate() {
        let step = 2 * pair;
        if step * STEP >= text.len() {
            break;
        }
        let leads = [lower(step, to), lower(step + 1, next)];
        unchanged &= leads == [0; 2]
            || (are_caseless(text, step * STEP, leads[0]) && are_caseless(text, (step + 1) * STEP, leads[1]));
    }
    unchanged
}

/// Writes `text` in lower case to the front of `lowered`, which is as long rounded up to two steps, and says whether
/// no character but those of ASCII changes. The compiler makes vectors of it.
#[inline(always)]
fn lower(text: &[u8], lowered: &mut [u8]) -> bool {
    let mut unchanged = true;
    for (step, (from, to)) in text.chunks(STEP).zip(lowered.as_chunks_mut::<STEP>().0).enumerate() {
        let mut padded = [0; STEP];
        let from = <&[u8; STEP]>::try_from(from).unwrap_or_else(|_| {
            padded[..from.len()].copy_from_slice(from);
            &padded
        });
        let mut seen = 0;
        for i in 0..STEP {
            seen |= from[i];
            to[i] = from[i].to_ascii_lowercase();
        }
        unchanged &= seen < 0x80 || {
            let leads = (0..).zip(from).fold(0, |leads, (at, &byte)| leads | u64::from(byte >= LEAD) << at);
            are_caseless(text, step * STEP, leads)
        };
    }
    unchanged
}

/// The first byte of a character that is not ASCII is at least this.
const LEAD: u8 = 0xc0;

/// Whether the characters that begin at the `leads`, places from byte `base` of the text on, are all of blocks in which
/// none has a lower case.
#[inline(always)]
fn are_caseless(text: &[u8], base: usize, mut leads: u64) -> bool {
    let mut caseless = true;
    while leads != 0 {
        let at = base + leads.trailing_zeros() as usize;
        // In UTF-8 another byte follows.
        caseless &= matches!(text[at..], [first, second, ..] if is_caseless(first, second));
        leads &= leads - 1;
    }
    caseless
}

#[cfg(test)]
mod tests {
    use super::super::{Instructions, Literals};
    use super::*;

    #[test]
    fn lowers_text_of_any_length_if_nothing_but_ascii_changes() {
        let ascii: String = (0..=0x7f_u8).map(char::from).cycle().take(400).collect();
        for instructions in [Instructions::Plain, Instructions::Avx2, Instructions::Avx512] {
            let Ok(literals) = Literals::new(&[b" is a ".as_slice().into()], instructions) else { continue };
            let mut buffer = Buffer::default();
            for len in 0..=300 {
                let text = &ascii[len / 3..len / 3 + len];
                assert_eq!(literals.lower(&mut buffer, text), Some(&*text.to_lowercase()), "{instructions:?}");
                for at in [0, len / 2, len] {
                    for same in ["é", "’", "汉", "😀"] {
                        let text = format!("{}{same}{}", &text[..at], &text[at..]);
                        assert_eq!(literals.lower(&mut buffer, &text), Some(&*text.to_lowercase()), "{text:?}");
                    }
                    for other in ["É", "Σ", "ẞ", "\u{130}", "\u{212a}"] {
                        let text = format!("{}{other}{}", &text[..at], &text[at..]);
                        assert_eq!(literals.lower(&mut buffer, &text), None, "{instructions:?} {text:?}");
                    }
                }
            }
            let long = ascii.repeat(200);
            let longest = &long[..LONGEST];
            assert_eq!(literals.lower(&mut buffer, longest), Some(&*longest.to_lowercase()));
            assert_eq!(literals.lower(&mut buffer, &long[..=LONGEST]), None);
            assert_eq!(literals.lower(&mut buffer, "Short"), Some("short"));
        }
    }
}
