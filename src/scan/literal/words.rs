//! The table of words: needles that are one word between two spaces. Their beginnings are the windows, and the word at a
//! place, however long it is, is the key: nearly all that is looked at is found.

use super::kernel::Kernel;
use super::keys::{FOLD, Filter, Keys, mask, word_at};
use super::needles::{Entry, Last, NOTHING, Whole, keep};
use super::table::{Looked, Needle, Occurrence, Table};
use super::window::FEW;
use crate::text::{HIGH_BITS, letters};

/// Bytes of a needle that the filter knows: the space, and the beginning of the word.
const FILTERED: usize = 5;
/// No more words than this may begin with the same eight letters.
const LONGEST_CHAIN: usize = 8;

/// Needles that are words, ready to be found from candidates.
#[derive(Clone, Debug)]
pub(super) struct WordTable {
    filter: Filter,
    /// By the letters of the words, eight at most, and what ends them.
    keys: Keys,
    /// The first one is [`NOTHING`].
    entries: Box<[Entry]>,
}

impl WordTable {
    /// Whether `needles` are for this table: more than few words.
    pub(super) fn suits(needles: &[Box<[u8]>]) -> bool {
        let is_word = |needle: &[u8]| match needle {
            [b' ', first, rest @ .., b' '] => {
                first.is_ascii_lowercase()
                    && rest.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
            }
            _ => false,
        };
        needles.len() > FEW && needles.iter().all(|needle| is_word(needle))
    }

    /// For `needles` that [suit](Self::suits), with windows at their [starts](super::window::Windows::at_starts).
    /// `None` if too many begin alike.
    pub(super) fn new(needles: &[Box<[u8]>]) -> Option<Self> {
        let mut entries = vec![Entry { needle: Needle::of_no_text(), bundle: None, next: NOTHING }];
        // Of each entry, how many of its chain come after it.
        let mut lengths = vec![0];
        let mut keys = Keys::new(mask(8), needles.len());
        for (number, needle) in needles.iter().enumerate() {
            let next = keys.insert([key_at(needle, 1), 0], entries.len())?;
            let behind = if next == NOTHING { 0 } else { lengths[next as usize] + 1 };
            if behind >= LONGEST_CHAIN {
                return None;
            }
            lengths.push(behind);
            entries.push(Entry { needle: Needle::new(needle, 0, number)?, bundle: None, next });
        }
        Some(WordTable { filter: filter(needles), keys, entries: entries.into() })
    }
}

impl Table for WordTable {
    #[inline(always)]
    unsafe fn find<K: Kernel>(
        &self,
        kernel: &K,
        text: &[u8],
        base: usize,
        places: &mut [u16],
        found: &mut Vec<Occurrence>,
    ) -> Looked {
        let strip = &text[base..];
        // SAFETY: the caller answers for the places.
        let kept = unsafe {
            match strip.first_chunk() {
                Some(strip) => keep::<1, false>(Whole(strip), places, [self.filter.probe()]),
                None => keep::<1, false>(Last(strip), places, [self.filter.probe()]),
            }
        };
        // At most one needle stands at a place.
        if found.len() < kept {
            found.resize(kept, Occurrence::default());
        }
        let (mut count, mut looks) = (0, 0);
        for &place in &places[..kept] {
            let at = base + usize::from(place);
            let mut next = self.keys.first([key_at(text, at + 1), 0]);
            while next != NOTHING {
                let entry = &self.entries[next as usize];
                // Written in any case and kept if equal.
                found[count] = entry.needle.at(at);
                // SAFETY: the caller answers for the CPU.
                let is_equal = unsafe { entry.needle.is_at(kernel, text, at) };
                count += usize::from(is_equal);
                looks += 1;
                next = if is_equal { NOTHING } else { entry.next };
            }
        }
        Looked { found: count, in_vain: looks - count }
    }

    fn len(&self) -> usize {
        self.entries.len() - 1
    }

    fn memory_usage(&self) -> usize {
        let whole = self.entries.iter().map(|entry| entry.needle.whole_len());
        self.filter.memory_usage() + self.keys.memory_usage() + size_of_val(&*self.entries) + whole.sum::<usize>()
    }
}

/// What the needles begin with; those that are one byte too short, with any byte after them.
fn filter(needles: &[Box<[u8]>]) -> Filter {
    let shortest = needles.iter().map(|needle| needle.len()).min().unwrap_or_default();
    let len = FILTERED.min(shortest + 1);
    let mut filter = Filter::new(mask(len)[0], needles.len());
    for needle in needles {
        let mut begin = [0; 8];
        let known = needle.len().min(len);
        begin[..known].copy_from_slice(&needle[..known]);
        for byte in 0..=u8::MAX {
            if known < len {
                begin[known] = byte;
            }
            filter.insert(u64::from_le_bytes(begin));
        }
    }
    filter
}

/// The letters from `at` on, eight at most, in lower case, and the byte that ends them but for its highest bit, with zeros
/// behind it.
#[inline(always)]
fn key_at(text: &[u8], at: usize) -> u64 {
    let [eight, _] = word_at(text, at);
    let others = !letters(eight) & HIGH_BITS;
    // All bits below the high one of the first byte that is no letter.
    (eight | FOLD) & (others & others.wrapping_neg()).wrapping_sub(1)
}
