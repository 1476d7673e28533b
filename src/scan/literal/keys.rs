//! Keys, by which candidates are told apart: bytes of a needle from its window on, hashed.
//!
//! A [`Filter`] is asked about every candidate, and says which are worth to be looked up among [`Keys`].

use std::hint::select_unpredictable;

/// The bytes of a text that a key is made of, and more.
pub(super) type Word = [u64; 2];

/// The bit that tells the cases of a letter apart, in every byte.
pub(super) const FOLD: u64 = 0x2020_2020_2020_2020;
/// All other bits. Clearing the one in other bytes as well makes some keys equal that need not be; the comparison tells
/// them apart.
const CASELESS: u64 = !FOLD;

/// 2 to the 64th by the golden ratio.
const FIBONACCI: u64 = 0x9e37_79b9_7f4a_7c15;

/// Fibonacci hashing: the upper bits depend on all bytes of the key.
#[inline(always)]
pub(super) fn hash(key: u64) -> u64 {
    key.wrapping_mul(FIBONACCI)
}

/// The mask for keys of the first `len` bytes of a word.
pub(super) fn mask(len: usize) -> Word {
    let half = |len: usize| if len == 0 { 0 } else { u64::MAX >> (64 - 8 * len.min(8)) & CASELESS };
    [half(len), half(len.saturating_sub(8))]
}

/// Which keys there are, and some that there are not.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    /// Which of eight bytes of the text make the key.
    mask: u64,
    /// A bit for each value of the upper bits of a hash.
    bits: Box<[u64]>,
    shift: u32,
}

impl Filter {
    /// For `count` keys of the bytes of `mask`: one bit in 64 or fewer is set, if there is room.
    pub(super) fn new(mask: u64, count: usize) -> Self {
        let bits = (64 * count).next_power_of_two().clamp(1 << 12, 1 << 22);
        Filter { mask, bits: vec![0; bits / 64].into(), shift: 64 - bits.trailing_zeros() }
    }

    /// A copy to be asked in a loop that writes: what the loop writes might be the filter itself, for all that the
    /// compiler knows.
    #[inline(always)]
    pub(super) fn probe(&self) -> Probe<'_> {
        Probe { mask: self.mask, bits: &self.bits, shift: self.shift }
    }

    pub(super) fn insert(&mut self, word: u64) {
        let bit = (hash(word & self.mask) >> self.shift) as usize;
        self.bits[bit / 64] |= 1 << (bit % 64);
    }

    pub(super) fn memory_usage(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.bits)
    }
}

/// A [`Filter`] at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe<'f> {
    mask: u64,
    bits: &'f [u64],
    shift: u32,
}

impl Probe<'_> {
    /// Whether there may be a needle with the key of `word`.
    #[inline(always)]
    pub(super) fn has(self, word: u64) -> bool {
        let bit = (hash(word & self.mask) >> self.shift) as usize;
        // SAFETY: there is a bit for each value that 64 - `shift` bits have.
        let bits = unsafe { self.bits.get_unchecked(bit / 64) };
        bits >> (bit % 64) & 1 != 0
    }
}

/// Keys of the same bytes, and the needles that have them.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    /// Which bytes of the text make the key.
    mask: Word,
    /// For each value of the upper bits of a hash, the first needle of a chain in the lower [`LINK`] bits, and in the
    /// others one for each needle of the chain, by other bits of its hash: where they are 0, no needle is worth to be
    /// looked at.
    heads: Box<[u32]>,
    shift: u32,
}

/// Bits of the number of a needle in a table; all needles have smaller ones.
const LINK: u32 = 24;

impl Keys {
    /// For `count` keys of the bytes of `mask`.
    pub(super) fn new(mask: Word, count: usize) -> Self {
        let heads = (4 * count).next_power_of_two().clamp(1 << 4, 1 << LINK);
        Keys { mask, heads: vec![0; heads].into(), shift: 64 - heads.trailing_zeros() }
    }

    #[inline(always)]
    fn hash(&self, word: Word) -> u64 {
        let rest = word[1] & self.mask[1];
        hash(word[0] & self.mask[0]).wrapping_add(rest.wrapping_mul(0xd1b5_4a32_d192_ed03))
    }

    /// The bit of a head that a hash sets.
    #[inline(always)]
    fn tag(hash: u64) -> u32 {
        1 << (LINK + (hash >> 32) as u32 % (u32::BITS - LINK))
    }

    /// The first of the needles that may have the key, or 0.
    #[inline(always)]
    pub(super) fn first(&self, word: Word) -> u32 {
        let hash = self.hash(word);
        let head = self.heads[(hash >> self.shift) as usize];
        select_unpredictable(head & Self::tag(hash) != 0, head & ((1 << LINK) - 1), 0)
    }

    /// Puts needle `first` before the chain of those whose keys meet that of `word`, and returns the next of the chain,
    /// or 0; `None` if there are too many needles.
    pub(super) fn insert(&mut self, word: Word, first: usize) -> Option<u32> {
        let first = u32::try_from(first).ok().filter(|first| first >> LINK == 0)?;
        let hash = self.hash(word);
        let head = &mut self.heads[(hash >> self.shift) as usize];
        let next = *head & ((1 << LINK) - 1);
        *head = (*head - next) | Self::tag(hash) | first;
        Some(next)
    }

    /// The bytes of `word` that make the key.
    pub(super) fn key(&self, word: Word) -> Word {
        [word[0] & self.mask[0], word[1] & self.mask[1]]
    }

    pub(super) fn memory_usage(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.heads)
    }
}

/// The bytes of `text` from `at` on, with zeros where it ends.
#[inline(always)]
pub(super) fn word_at(text: &[u8], at: usize) -> Word {
    match text.get(at..).and_then(<[u8]>::first_chunk) {
        Some(bytes) => word(bytes),
        None => last_word(text, at),
    }
}

/// The eight bytes before `at`, and those from the eighth after it on, with zeros where there is no text.
#[inline(always)]
pub(super) fn context_at(text: &[u8], at: usize) -> Word {
    let before = match at.checked_sub(8) {
        Some(before) => word_at(text, before)[0],
        // Before the text there is nothing.
        None => word_at(text, 0)[0].unbounded_shl(64 - 8 * at as u32),
    };
    [before, word_at(text, at + 8)[0]]
}

/// The mask for contexts of so many bytes `before` and `after`.
pub(super) fn context_mask(before: usize, after: usize) -> Word {
    // The last bytes of the first half.
    [!mask(8 - before.min(8))[0] & CASELESS, mask(after.min(8))[0]]
}

#[cold]
fn last_word(text: &[u8], at: usize) -> Word {
    let mut bytes = [0; 16];
    let left = text.get(at..).unwrap_or_default();
    bytes[..left.len()].copy_from_slice(left);
    word(&bytes)
}

#[inline(always)]
fn word(bytes: &[u8; 16]) -> Word {
    let (low, high) = (bytes.first_chunk(), bytes.last_chunk());
    // An array of 16 bytes has two chunks of 8.
    [low, high].map(|chunk| chunk.map_or(0, |chunk| u64::from_le_bytes(*chunk)))
}
