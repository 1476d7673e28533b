//! Lower-casing of short ASCII text, which is what most lines with a needle are.

use super::Kernels;

/// Bytes lowered at a time.
const STEP: usize = 64;
/// A longer text is not lowered here: if it were not ASCII after all, it would take its memory twice.
const LONGEST: usize = 1 << 20;

/// Memory for one lowered text after another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    peak: usize,
}

impl Buffer {
    /// The most bytes that it held.
    pub(crate) fn peak(&self) -> usize {
        self.peak
    }

    /// `text` in lower case if it is ASCII and not long; `None` otherwise.
    pub(super) fn lower(&mut self, kernel: &Kernels, text: &str) -> Option<&str> {
        if text.len() > LONGEST {
            return None;
        }
        let padded = text.len().next_multiple_of(STEP);
        if self.bytes.len() < padded {
            self.bytes = vec![0; padded.max(STEP * 64)];
            self.peak = self.peak.max(self.bytes.len());
        }
        let lowered = &mut self.bytes[..padded];
        let ascii = match kernel {
            Kernels::Plain(_) => lower(text.as_bytes(), lowered),
            // SAFETY: the kernel could only be made because the CPU has the instructions.
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx2(_) => unsafe { lower_avx2(text.as_bytes(), lowered) },
            // SAFETY: the kernel could only be made because the CPU has the instructions.
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx512(_) => unsafe { lower_avx512(text.as_bytes(), lowered) },
        };
        // SAFETY: a text of ASCII bytes, some of them made other ASCII bytes, is UTF-8.
        ascii.then(|| unsafe { std::str::from_utf8_unchecked(&self.bytes[..text.len()]) })
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
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi2")]
unsafe fn lower_avx512(text: &[u8], lowered: &mut [u8]) -> bool {
    use std::arch::x86_64::*;
    let mut seen = _mm512_setzero_si512();
    for (from, to) in text.chunks(STEP).zip(lowered.as_chunks_mut::<STEP>().0) {
        let valid = u64::MAX >> (STEP - from.len());
        // SAFETY: a masked load reads no more than the bytes of `from`; the array has 64 to be written.
        unsafe {
            let text = _mm512_maskz_loadu_epi8(valid, from.as_ptr().cast());
            seen = _mm512_or_si512(seen, text);
            let from_a = _mm512_sub_epi8(text, _mm512_set1_epi8(b'A'.cast_signed()));
            let upper = _mm512_cmplt_epu8_mask(from_a, _mm512_set1_epi8(26));
            let lower = _mm512_mask_add_epi8(text, upper, text, _mm512_set1_epi8(0x20));
            _mm512_storeu_si512(to.as_mut_ptr().cast(), lower);
        }
    }
    _mm512_movepi8_mask(seen) == 0
}

/// Writes `text` in lower case to the front of `lowered`, which is as long and up to [`STEP`] longer, and says whether
/// it was ASCII. The compiler makes vectors of it.
#[inline(always)]
fn lower(text: &[u8], lowered: &mut [u8]) -> bool {
    let (steps, rest) = text.as_chunks::<STEP>();
    let mut seen = [0; STEP];
    let mut step = |from: &[u8; STEP], to: &mut [u8; STEP]| {
        for i in 0..STEP {
            seen[i] |= from[i];
            to[i] = from[i].to_ascii_lowercase();
        }
    };
    let (to, _) = lowered.as_chunks_mut::<STEP>();
    for (from, to) in steps.iter().zip(&mut *to) {
        step(from, to);
    }
    if let (false, Some(to)) = (rest.is_empty(), to.last_mut()) {
        let mut padded = [0; STEP];
        padded[..rest.len()].copy_from_slice(rest);
        step(&padded, to);
    }
    seen.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::super::{Instructions, Literals};
    use super::*;

    #[test]
    fn lowers_ascii_of_any_length_and_nothing_else() {
        let ascii: String = (0..=0x7f_u8).map(char::from).cycle().take(400).collect();
        for instructions in [Instructions::Plain, Instructions::Avx2, Instructions::Avx512] {
            let Ok(literals) = Literals::new(&[b" is a ".as_slice().into()], instructions) else { continue };
            let mut buffer = Buffer::default();
            for len in 0..=300 {
                let text = &ascii[len / 3..len / 3 + len];
                assert_eq!(literals.lower(&mut buffer, text), Some(&*text.to_lowercase()), "{instructions:?}");
                for at in [0, len / 2, len] {
                    let foreign = format!("{}é{}", &text[..at], &text[at..]);
                    assert_eq!(literals.lower(&mut buffer, &foreign), None, "{instructions:?} {foreign:?}");
                }
            }
            let long = ascii.repeat(20_000);
            let longest = &long[..LONGEST];
            assert_eq!(literals.lower(&mut buffer, longest), Some(&*longest.to_lowercase()));
            assert_eq!(literals.lower(&mut buffer, &long[..=LONGEST]), None);
            assert_eq!(literals.lower(&mut buffer, "Short"), Some("short"));
        }
    }
}
