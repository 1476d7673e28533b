//! What the bytes of ASCII text are, sixteen at a time and a bit for each: by SSE2, which every x86-64 has, elsewhere in
//! plain Rust.

/// Bytes that are classified together.
pub(crate) const CHARACTERS: usize = 64;

/// A bit for each byte of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Characters {
    /// Letters and digits.
    pub(crate) letters: u64,
    /// Spaces, tabs, line feeds and the like.
    pub(crate) spaces: u64,
}

impl Characters {
    /// Those of a block of ASCII; of other bytes nothing is said.
    #[inline]
    pub(crate) fn of(block: &[u8; CHARACTERS]) -> Self {
        let mut all = Characters::default();
        for (i, part) in block.as_chunks().0.iter().enumerate() {
            let (letters, spaces) = sixteen(part);
            all.letters |= u64::from(letters) << (16 * i);
            all.spaces |= u64::from(spaces) << (16 * i);
        }
        all
    }
}

#[cfg(not(target_arch = "x86_64"))]
use plain as sixteen;

#[cfg(target_arch = "x86_64")]
#[inline]
fn sixteen(part: &[u8; 16]) -> (u16, u16) {
    use std::arch::x86_64::*;
    // SAFETY: every x86-64 has SSE2, and sixteen bytes are read from an array of sixteen.
    unsafe {
        let text = _mm_loadu_si128(part.as_ptr().cast());
        // Whether a byte is one of the `count` from `first` on.
        let within = |text, first: u8, count: u8| {
            let from = _mm_sub_epi8(text, _mm_set1_epi8(first.cast_signed()));
            _mm_cmpeq_epi8(_mm_min_epu8(from, _mm_set1_epi8((count - 1).cast_signed())), from)
        };
        let letters = within(_mm_or_si128(text, _mm_set1_epi8(0x20)), b'a', 26);
        let digits = within(text, b'0', 10);
        let spaces = _mm_cmpeq_epi8(text, _mm_set1_epi8(b' '.cast_signed()));
        let others = within(text, b'\t', 5);
        let bits = |bytes| _mm_movemask_epi8(bytes).cast_unsigned() as u16;
        (bits(_mm_or_si128(letters, digits)), bits(_mm_or_si128(spaces, others)))
    }
}

/// The twin in plain Rust.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn plain(part: &[u8; 16]) -> (u16, u16) {
    // The product moves the lowest bit of each byte to the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let bits = |is: fn(u8) -> bool| {
        let flags = part.map(|byte| u8::from(is(byte)));
        let [low, high] = [0, 8].map(|from| flags[from..].first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight)));
        [low, high].map(|eight| (eight.wrapping_mul(GATHER) >> 56) as u16)
    };
    let join = |[low, high]: [u16; 2]| low | high << 8;
    (join(bits(|byte| byte.is_ascii_alphanumeric())), join(bits(|byte| matches!(byte, b' ' | b'\t'..=b'\r'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_what_it_is() {
        for byte in 0..0x80_u8 {
            for at in 0..16 {
                for around in [b' ', b'a', b'.'] {
                    let mut part = [around; 16];
                    part[at] = byte;
                    assert_eq!(sixteen(&part), plain(&part), "{byte} at {at}");
                }
            }
            let all = Characters::of(&[byte; CHARACTERS]);
            assert_eq!(all.letters, if byte.is_ascii_alphanumeric() { u64::MAX } else { 0 });
            assert_eq!(all.spaces, if matches!(byte, b' ' | b'\t'..=b'\r') { u64::MAX } else { 0 });
        }
    }
}
