//! The table of few needles: the window at a place leads to the only needle that can stand there, or to the few that
//! share the window. Eight bytes of each are compared, and where they are equal, which is nearly always where the needle
//! stands, the whole of it.
//!
//! What is asked about every candidate takes no more than a kilobyte: all of it stays in the nearest cache, which the
//! text flows through. Nothing is a branch.

use super::kernel::Kernel;
use super::table::{Needle, Occurrence, Table};
use super::window::{FEW, WINDOW, Windows, window};

/// Values of the hash of a window.
const SLOTS: usize = 1 << 8;
/// Bits of a hash that are dropped.
const SHIFT: u32 = u32::BITS - SLOTS.trailing_zeros();
/// At most so many needles share a window.
const MOST_ALIKE: usize = 4;
/// So many hash functions are tried. One in three hundred suits, at worst.
const TRIES: u32 = 10_000;
/// The bit that tells the cases of a letter apart, in every byte of a window.
const FOLD: u32 = 0x2020_2020;
/// Of the eight bytes that are compared first so many are before the window.
const BEFORE: usize = 2;

/// Few needles, ready to be found from candidates.
#[derive(Clone, Debug)]
pub(super) struct Few {
    /// The bytes of a window that all needles have: some may be shorter than a window.
    mask: u32,
    multiplier: u32,
    /// For each hash of a window, its number, which is 0 for all that no needle has.
    slots: Box<[u8; SLOTS]>,
    /// For each number of a window, `alike` needles.
    cores: Box<[Core]>,
    alike: usize,
    needles: Box<[Needle]>,
}

/// The bytes around the window of a needle: text is equal to it if `text | fold == want`. Beyond the needle both are
/// 0xff, which is true of any text.
#[derive(Clone, Copy, Debug)]
struct Core {
    fold: u64,
    want: u64,
    needle: u32,
}

impl Core {
    /// What empty places of the table lead to, so that they need no branch.
    const OF_NO_TEXT: Core = Core { fold: u64::MAX, want: 0, needle: 0 };

    fn new(needle: &[u8], anchor: usize, number: usize) -> Option<Self> {
        let (mut fold, mut want) = ([0xff; 8], [0xff; 8]);
        for (i, (fold, want)) in fold.iter_mut().zip(&mut want).enumerate() {
            if let Some(&byte) = (anchor + i).checked_sub(BEFORE).and_then(|at| needle.get(at)) {
                (*fold, *want) = (if byte.is_ascii_lowercase() { 0x20 } else { 0 }, byte);
            }
        }
        let [fold, want] = [fold, want].map(u64::from_le_bytes);
        Some(Core { fold, want, needle: number.try_into().ok()? })
    }
}

impl Few {
    /// `None` if they are not few, or too many have the same window.
    pub(super) fn new(needles: &[Box<[u8]>], windows: &Windows) -> Option<Self> {
        if needles.len() > FEW {
            return None;
        }
        let anchor = |number: usize| windows.anchors[number] as usize;
        let of = |number: usize| window(&needles[number], anchor(number));
        let shortest = (0..needles.len()).map(|number| of(number).len()).min()?;
        let mask = u32::MAX >> (u32::BITS as usize - 8 * shortest);
        let key = |number: usize| key(mask, padded(of(number)));
        let mut order: Vec<usize> = (0..needles.len()).collect();
        order.sort_by_key(|&number| key(number));
        let groups: Vec<&[usize]> = order.chunk_by(|&a, &b| key(a) == key(b)).collect();
        let alike = groups.iter().map(|group| group.len()).max().filter(|&alike| alike <= MOST_ALIKE)?;
        let keys: Vec<u32> = groups.iter().map(|group| key(group[0])).collect();
        let (multiplier, slots) = perfect_hash(&keys)?;
        let mut cores = vec![Core::OF_NO_TEXT; alike * (1 + groups.len())];
        for (group, cores) in groups.iter().zip(cores.chunks_exact_mut(alike).skip(1)) {
            for (&number, core) in group.iter().zip(cores) {
                *core = Core::new(&needles[number], anchor(number), number)?;
            }
        }
        let compiled = (0..needles.len()).map(|number| Needle::new(&needles[number], windows.anchors[number], number));
        Some(Few { mask, multiplier, slots, cores: cores.into(), alike, needles: compiled.collect::<Option<_>>()? })
    }

    /// Writes the places where the core of a needle stands, and the needle, to the front of `found`, and returns how many
    /// they are.
    #[inline(always)]
    fn cores<const ALIKE: usize>(
        &self,
        text: &[u8],
        base: usize,
        places: &[u16],
        found: &mut Vec<Occurrence>,
    ) -> usize {
        if found.len() < places.len() * ALIKE {
            found.resize(places.len() * ALIKE, Occurrence::default());
        }
        let found = found.as_mut_slice();
        let cores = self.cores.as_chunks::<ALIKE>().0;
        let mut count = 0;
        for &place in places {
            let at = base + usize::from(place);
            // Before the text begins this wraps around, to beyond its end.
            let word = match text.get(at.wrapping_sub(BEFORE)..).and_then(<[u8]>::first_chunk) {
                Some(bytes) => u64::from_le_bytes(*bytes),
                None => word_near_an_end(text, at),
            };
            let number = self.slots[slot(self.multiplier, key(self.mask, (word >> (8 * BEFORE)) as u32))];
            for core in &cores[usize::from(number)] {
                // Written in any case and kept if equal: a branch would be mispredicted every other time.
                found[count] = Occurrence { start: at, needle: core.needle };
                count += usize::from(word | core.fold == core.want);
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
    ) -> usize {
        let kept = match self.alike {
            1 => self.cores::<1>(text, base, places, found),
            2 => self.cores::<2>(text, base, places, found),
            3 => self.cores::<3>(text, base, places, found),
            _ => self.cores::<MOST_ALIKE>(text, base, places, found),
        };
        let mut count = 0;
        for i in 0..kept {
            let needle = &self.needles[found[i].needle as usize];
            let occurrence = needle.at(found[i].start);
            found[count] = occurrence;
            // SAFETY: the caller answers for the CPU.
            count += usize::from(unsafe { needle.is_at(kernel, text, occurrence.start) });
        }
        count
    }

    fn looks(&self) -> usize {
        self.alike
    }

    fn len(&self) -> usize {
        self.needles.len()
    }

    fn memory_usage(&self) -> usize {
        SLOTS + size_of_val(&*self.cores) + self.needles.iter().map(Needle::memory_usage).sum::<usize>()
    }
}

/// What is hashed of the four bytes at a place: some places are alike that need not be, and the comparison tells them
/// apart.
#[inline(always)]
fn key(mask: u32, word: u32) -> u32 {
    (word | FOLD) & mask
}

#[inline(always)]
fn slot(multiplier: u32, key: u32) -> usize {
    (key.wrapping_mul(multiplier) >> SHIFT) as usize
}

/// A multiplier that gives each of the `keys`, all different, a slot of its own, and the numbers of the slots, from 1.
fn perfect_hash(keys: &[u32]) -> Option<(u32, Box<[u8; SLOTS]>)> {
    (1..TRIES).find_map(|attempt| {
        // Odd numbers without a pattern.
        let multiplier = attempt.wrapping_mul(0x9e37_79b9).rotate_left(13).wrapping_mul(0x85eb_ca6b) | 1;
        let mut slots = Box::new([0; SLOTS]);
        for (number, &key) in (1..).zip(keys) {
            let place = &mut slots[slot(multiplier, key)];
            if *place != 0 {
                return None;
            }
            *place = number;
        }
        Some((multiplier, slots))
    })
}

fn padded(window: &[u8]) -> u32 {
    let mut bytes = [0; WINDOW];
    bytes[..window.len()].copy_from_slice(window);
    u32::from_le_bytes(bytes)
}

/// The bytes around place `at` that are in the text, with zeros around them.
#[cold]
fn word_near_an_end(text: &[u8], at: usize) -> u64 {
    let byte = |i: usize| (at + i).checked_sub(BEFORE).and_then(|at| text.get(at)).copied().unwrap_or_default();
    u64::from_le_bytes(std::array::from_fn(byte))
}
