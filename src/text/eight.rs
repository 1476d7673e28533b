//! Eight bytes of text in one number, the first one lowest, and what is asked of them all at once.

/// The high bit of each byte.
pub(crate) const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
const ONES: u64 = 0x0101_0101_0101_0101;

/// The high bit of each byte that is an ASCII letter.
#[inline]
pub(crate) fn letters(bytes: u64) -> u64 {
    let small = (bytes | (ONES * 0x20)) & !HIGH_BITS;
    let from_a = small + ONES * u64::from(0x80 - b'a');
    let beyond_z = small + ONES * u64::from(0x7f - b'z');
    from_a & !beyond_z & !bytes & HIGH_BITS
}

/// Eight bytes with capitals lowered; those that are not ASCII are kept.
pub(crate) fn ascii_lower(bytes: u64) -> u64 {
    // The high bit of a byte is set where it is at least `A`, and where it is beyond `Z`.
    let low = bytes & !HIGH_BITS;
    let from_a = low + ONES * u64::from(0x80 - b'A');
    let beyond_z = low + ONES * u64::from(0x7f - b'Z');
    bytes | ((from_a & !beyond_z & !bytes & HIGH_BITS) >> 2)
}

/// The first eight bytes of `bytes[start..end]`, with zeros where they are fewer.
#[inline]
pub(crate) fn eight_bytes(bytes: &[u8], start: usize, end: usize) -> u64 {
    let len = end - start;
    let eight = match bytes[start..].first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => last_bytes(&bytes[start..]),
    };
    if len < 8 { eight & ((1 << (8 * len)) - 1) } else { eight }
}

/// [`eight_bytes`] with capitals lowered.
#[inline]
pub(crate) fn eight_lower(bytes: &[u8], start: usize, end: usize) -> u64 {
    ascii_lower(eight_bytes(bytes, start, end))
}

#[cold]
fn last_bytes(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |all, &byte| all << 8 | u64::from(byte))
}
