//! The table of few needles: the window at a place, and what all needles have around it, lead by a hash to the only
//! needle that can stand there, or to the few that share all this. Eight bytes are compared with it, and where they are
//! equal, as seldom but where it stands, the whole of it.
//!
//! What is asked about every candidate takes four kilobytes: all of it stays in the nearest cache, which the text flows
//! through. Nothing is a branch.

use super::kernel::Kernel;
use super::keys::{FOLD, hash};
use super::table::{Looked, Needle, Occurrence, Table};
use super::window::{FEW, Windows};

/// Values of a hash.
const SLOTS: usize = 1 << 8;
/// Bits of a hash that are dropped.
const SHIFT: u32 = u64::BITS - SLOTS.trailing_zeros();
/// At most so many needles share a window.
const MOST_ALIKE: usize = 4;
/// So many hash functions are tried. One in three hundred suits, at worst.
const TRIES: u64 = 10_000;
/// Of the eight bytes around a window so many are before it.
const BEFORE: usize = 2;

/// Few needles, ready to be found from candidates.
#[derive(Clone, Debug)]
pub(super) struct Few {
    /// Which of the eight bytes around a window all needles have.
    mask: u64,
    multiplier: u64,
    /// For each hash, what the needles of the key that has it have in common, or what no text is equal to.
    cores: Box<[Core; SLOTS]>,
    /// For each hash, the number of its key.
    numbers: Box<[u8; SLOTS]>,
    /// For each number of a key, `alike` needles.
    needles: Box<[Needle]>,
    alike: usize,
    len: usize,
}

/// Bytes around a window: text is equal to them if `text | fold == want`. Where both are 0xff, this is true of any text.
#[derive(Clone, Copy, Debug)]
struct Core {
    fold: u64,
    want: u64,
}

impl Core {
    const OF_NO_TEXT: Core = Core { fold: u64::MAX, want: 0 };

    /// Those of `bytes`, around a window of a needle, that `mask` has.
    fn new(bytes: u64, mask: u64) -> Self {
        let (bytes, mask) = (bytes.to_le_bytes(), mask.to_le_bytes());
        let fold = |i: usize| match bytes[i] {
            _ if mask[i] == 0 => 0xff,
            b'a'..=b'z' => 0x20,
            _ => 0,
        };
        let want = |i: usize| if mask[i] == 0 { 0xff } else { bytes[i] };
        let word = |byte: &dyn Fn(usize) -> u8| u64::from_le_bytes(std::array::from_fn(byte));
        Core { fold: word(&fold), want: word(&want) }
    }
}

impl Few {
    /// `None` if they are not few, or too many have the same key.
    pub(super) fn new(needles: &[Box<[u8]>], windows: &Windows) -> Option<Self> {
        if needles.len() > FEW {
            return None;
        }
        let around = |number: usize| around(&needles[number], windows.anchors[number] as usize);
        let mask = (0..needles.len()).map(|number| around(number).1).reduce(|all, mask| all & mask)?;
        let key = |number: usize| key(mask, around(number).0);
        let mut order: Vec<usize> = (0..needles.len()).collect();
        order.sort_by_key(|&number| key(number));
        let groups: Vec<&[usize]> = order.chunk_by(|&a, &b| key(a) == key(b)).collect();
        let alike = groups.iter().map(|group| group.len()).max().filter(|&alike| alike <= MOST_ALIKE)?;
        let keys: Vec<u64> = groups.iter().map(|group| key(group[0])).collect();
        let (multiplier, numbers) = perfect_hash(&keys)?;
        let mut cores = Box::new([Core::OF_NO_TEXT; SLOTS]);
        let mut compiled = Vec::with_capacity(alike * groups.len());
        for (group, &key) in groups.iter().zip(&keys) {
            let (bytes, _) = around(group[0]);
            // What all have, and is the same.
            let common = |mask, number: &usize| mask & around(*number).1 & same_bytes(bytes, around(*number).0);
            cores[slot(multiplier, key)] = Core::new(bytes, group.iter().fold(u64::MAX, common));
            for &number in *group {
                compiled.push(Needle::new(&needles[number], windows.anchors[number], number)?);
            }
            compiled.extend((group.len()..alike).map(|_| Needle::of_no_text()));
        }
        Some(Few { mask, multiplier, cores, numbers, needles: compiled.into(), alike, len: needles.len() })
    }

    /// Keeps those of the `places` where a core stands, in front, and returns how many they are. The `strip` begins
    /// [`BEFORE`] the first place, or `shift` bytes later, where the text does.
    #[inline(always)]
    fn keep(&self, strip: &[u8], shift: usize, places: &mut [u16]) -> usize {
        let mut kept = 0;
        for i in 0..places.len() {
            let place = places[i];
            // Before the text begins this wraps around, to beyond its end.
            let word = word_at(strip, usize::from(place).wrapping_sub(shift));
            let Core { fold, want } = self.cores[slot(self.multiplier, key(self.mask, word))];
            // Written in any case and kept if equal: a branch would be mispredicted every other time.
            places[kept] = place;
            kept += usize::from(word | fold == want);
        }
        kept
    }

    /// Writes the needles that stand at the `places`, at each of which a core does, to the front of `found`, and
    /// returns how many they are.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs.
    #[inline(always)]
    unsafe fn needles<K: Kernel, const ALIKE: usize>(
        &self,
        kernel: &K,
        text: &[u8],
        base: usize,
        places: &[u16],
        found: &mut Vec<Occurrence>,
    ) -> usize {
        if found.len() < places.len() * ALIKE {
            found.resize(places.len() * ALIKE, Occurrence::default());
        }
        let found = found.as_mut_slice();
        let needles = self.needles.as_chunks::<ALIKE>().0;
        let mut count = 0;
        for &place in places {
            let at = base + usize::from(place);
            let number = self.numbers[slot(self.multiplier, key(self.mask, word_at(text, at.wrapping_sub(BEFORE))))];
            for needle in &needles[usize::from(number)] {
                let occurrence = needle.at(at);
                found[count] = occurrence;
                // SAFETY: the caller answers for the CPU.
                count += usize::from(unsafe { needle.is_at(kernel, text, occurrence.start) });
            }
        }
        count
    }
}

impl Table for Few {
    #[inline(always)]
    unsafe fn find<K: Kernel>(
        &self,
        kernel: &K,
        text: &[u8],
        base: usize,
        places: &mut [u16],
        found: &mut Vec<Occurrence>,
    ) -> Looked {
        let kept = match text.get(base.wrapping_sub(BEFORE)..) {
            Some(strip) => self.keep(strip, 0, places),
            None => self.keep(text, BEFORE, places),
        };
        let windows = &places[..kept];
        // SAFETY: the caller answers for the CPU.
        let count = unsafe {
            match self.alike {
                1 => self.needles::<K, 1>(kernel, text, base, windows, found),
                2 => self.needles::<K, 2>(kernel, text, base, windows, found),
                3 => self.needles::<K, 3>(kernel, text, base, windows, found),
                _ => self.needles::<K, MOST_ALIKE>(kernel, text, base, windows, found),
            }
        };
        Looked { found: count, in_vain: places.len().saturating_sub(count) }
    }

    fn len(&self) -> usize {
        self.len
    }

    fn memory_usage(&self) -> usize {
        size_of_val(&*self.cores)
            + size_of_val(&*self.numbers)
            + size_of_val(&*self.needles)
            + self.needles.iter().map(Needle::whole_len).sum::<usize>()
    }
}

/// What is hashed of the eight bytes around a place: some are alike that need not be, and the comparison tells them
/// apart.
#[inline(always)]
fn key(mask: u64, word: u64) -> u64 {
    (word | FOLD) & mask
}

#[inline(always)]
fn slot(multiplier: u64, key: u64) -> usize {
    (key.wrapping_mul(multiplier) >> SHIFT) as usize
}

/// A multiplier that gives each of the `keys`, all different, a slot of its own, and the number of each slot's key.
fn perfect_hash(keys: &[u64]) -> Option<(u64, Box<[u8; SLOTS]>)> {
    (1..TRIES).find_map(|attempt| {
        // Odd numbers without a pattern.
        let multiplier = hash(attempt).rotate_left(29).wrapping_mul(0xbf58_476d_1ce4_e5b9) | 1;
        let (mut numbers, mut taken) = (Box::new([0; SLOTS]), [false; SLOTS]);
        for (number, &key) in (0..).zip(keys) {
            let slot = slot(multiplier, key);
            if std::mem::replace(&mut taken[slot], true) {
                return None;
            }
            numbers[slot] = number;
        }
        Some((multiplier, numbers))
    })
}

/// 0xff for each byte that is the same in both.
fn same_bytes(one: u64, other: u64) -> u64 {
    let (one, other) = (one.to_le_bytes(), other.to_le_bytes());
    u64::from_le_bytes(std::array::from_fn(|i| if one[i] == other[i] { 0xff } else { 0 }))
}

/// The eight bytes around byte `at` of a needle, with zeros around the needle, and a mask for those that it has.
fn around(needle: &[u8], at: usize) -> (u64, u64) {
    let byte = |i: usize| (at + i).checked_sub(BEFORE).and_then(|at| needle.get(at)).copied();
    let bytes = |of: fn(Option<u8>) -> u8| u64::from_le_bytes(std::array::from_fn(|i| of(byte(i))));
    (bytes(Option::unwrap_or_default), bytes(|byte| if byte.is_some() { 0xff } else { 0 }))
}

/// The eight bytes from byte `start` of the text on, with zeros around it: it may be as many bytes as there are
/// [`BEFORE`] a window less than 0, and wrapped around.
#[inline(always)]
fn word_at(text: &[u8], start: usize) -> u64 {
    match text.get(start..start.wrapping_add(size_of::<u64>())).and_then(<[u8]>::first_chunk) {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => word_near_an_end(text, start),
    }
}

#[cold]
fn word_near_an_end(text: &[u8], start: usize) -> u64 {
    around(text, start.wrapping_add(BEFORE)).0
}
