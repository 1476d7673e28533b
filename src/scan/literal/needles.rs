//! From a candidate place to the needle that stands there: a filter of keys, a table, then one comparison.
//!
//! The filter rules out nearly all candidates, in a loop without branches. A table leads from the hash of a key to its
//! needle, or to a short chain of needles whose hashes meet there; where many needles have one key, to *bundles*, other
//! tables of what stands before and after it.

use super::kernel::Kernel;
use super::keys::{Filter, Keys, Probe, context_at, word_at};
use super::phases::STRIP;
use super::table::{Looked, Needle, Occurrence, Table};

/// The entry that is equal to no text: what empty places of a table, and the ends of chains, lead to.
pub(super) const NOTHING: u32 = 0;

/// A needle, and the next one of its chain; or a bundle of needles, and a needle that is equal to no text.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) needle: Needle,
    pub(super) bundle: Option<u32>,
    /// [`NOTHING`] at the end of the chain.
    pub(super) next: u32,
}

/// Many needles, ready to be found from candidates; or few that are much alike.
#[derive(Clone, Debug)]
pub(super) struct Needles {
    /// One or two: if windows are wide, needles that have less than a whole window are apart.
    pub(super) filters: Box<[Filter]>,
    /// Whether some needle has no key in the filters, and begins with a byte that is not ASCII: any candidate that begins
    /// with such a byte is kept.
    pub(super) has_foreign: bool,
    /// Keys are looked up in each of these, three at most.
    pub(super) keys: Box<[Keys]>,
    /// Whether tables and entries may not be in a near cache when they are needed.
    pub(super) is_large: bool,
    /// The first one is [`NOTHING`].
    pub(super) entries: Box<[Entry]>,
    /// Needles that have one key, by their context.
    pub(super) bundles: Box<[Keys]>,
    /// At most so many entries are looked at for a key.
    pub(super) longest_chain: usize,
    /// How many needles there are.
    pub(super) count: usize,
}

impl Needles {
    /// Keeps those of `places`, which are counted from the beginning of `strip`, that may have a needle, in order, and
    /// returns how many they are.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs, and the places are less than [`STRIP`].
    #[inline(always)]
    unsafe fn select<K: Kernel>(&self, kernel: &K, strip: &[u8], places: &mut [u16]) -> usize {
        // Among few places it is quicker to look at each.
        let foreign = self.has_foreign && !(self.is_large && is_ascii(&strip[..strip.len().min(STRIP)]));
        // SAFETY: the caller answers for the CPU and the places.
        unsafe {
            let count = match strip.first_chunk() {
                Some(strip) => self.filter(Whole(strip), places, foreign),
                None => self.filter(Last(strip), places, foreign),
            };
            if self.is_large { self.look_up(kernel, strip, &mut places[..count]) } else { count }
        }
    }

    /// Keeps the places at which there is a key, in order, and returns how many they are.
    ///
    /// # Safety
    ///
    /// The places are less than [`STRIP`].
    #[inline(always)]
    unsafe fn filter(&self, strip: impl StripText, places: &mut [u16], foreign: bool) -> usize {
        // SAFETY: the caller answers for the places.
        unsafe {
            match (&*self.filters, foreign) {
                ([keys], false) => keep::<1, false>(strip, places, [keys.probe()]),
                ([keys], true) => keep::<1, true>(strip, places, [keys.probe()]),
                ([keys, short], false) => keep::<2, false>(strip, places, [keys.probe(), short.probe()]),
                ([keys, short], true) => keep::<2, true>(strip, places, [keys.probe(), short.probe()]),
                _ => keep::<0, true>(strip, places, []),
            }
        }
    }

    /// Keeps the places at which there is a key that a table leads on from, and asks for what it leads to: all at once,
    /// since it may be far away.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs.
    #[inline(always)]
    unsafe fn look_up<K: Kernel>(&self, kernel: &K, strip: &[u8], places: &mut [u16]) -> usize {
        let mut kept = 0;
        for i in 0..places.len() {
            let place = places[i];
            places[kept] = place;
            let word = word_at(strip, usize::from(place));
            let mut any = NOTHING;
            for keys in &self.keys {
                let first = keys.first(word);
                any |= first;
                let entry = self.entries.as_ptr().wrapping_add(first as usize);
                // SAFETY: the caller answers for the CPU.
                unsafe { kernel.prefetch(entry.cast(), size_of::<Entry>()) };
            }
            kept += usize::from(any != NOTHING);
        }
        kept
    }

    /// Writes the needles that stand at `places` to the front of `found`, in the order of the places. `found` grows as it
    /// must.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs.
    #[inline(always)]
    unsafe fn verify<K: Kernel>(
        &self,
        kernel: &K,
        text: &[u8],
        base: usize,
        places: &[u16],
        found: &mut Vec<Occurrence>,
    ) -> Looked {
        let (mut count, mut looks) = (0, 0);
        // Chains that are as short as that are gone through whole, so that there is nothing to predict.
        let fixed = if self.longest_chain <= 2 && self.bundles.is_empty() { self.longest_chain } else { 0 };
        let most = places.len() * self.keys.len() * fixed;
        if found.len() < most {
            found.resize(most, Occurrence::default());
        }
        for &place in places {
            let at = base + usize::from(place);
            let word = word_at(text, at);
            for keys in &self.keys {
                let mut next = keys.first(word);
                // Which of the tables leads to a needle is mostly the same one.
                if next == NOTHING {
                    continue;
                }
                let mut left = fixed;
                loop {
                    let entry = &self.entries[next as usize];
                    // Written in any case and kept if equal: a branch would be mispredicted every other time.
                    if fixed == 0 && count == found.len() {
                        found.resize(2 * count + 64, Occurrence::default());
                    }
                    let occurrence = entry.needle.at(at);
                    found[count] = occurrence;
                    // SAFETY: the caller answers for the CPU.
                    count += usize::from(unsafe { entry.needle.is_at(kernel, text, occurrence.start) });
                    if fixed == 0
                        && let Some(bundle) = entry.bundle
                    {
                        // SAFETY: as above.
                        unsafe { self.verify_bundle(kernel, text, at, bundle, found, &mut count, &mut looks) };
                    }
                    looks += 1;
                    next = entry.next;
                    left = left.wrapping_sub(1);
                    if if fixed > 0 { left == 0 } else { next == NOTHING } {
                        break;
                    }
                }
            }
        }
        Looked { found: count, in_vain: looks - count.min(looks) }
    }

    /// Adds those needles of a bundle whose window is at `at` to the `count` that were `found`.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "it is the inside of a loop")]
    unsafe fn verify_bundle<K: Kernel>(
        &self,
        kernel: &K,
        text: &[u8],
        at: usize,
        bundle: u32,
        found: &mut Vec<Occurrence>,
        count: &mut usize,
        looks: &mut usize,
    ) {
        let mut next = self.bundles[bundle as usize].first(context_at(text, at));
        while next != NOTHING {
            let entry = &self.entries[next as usize];
            let occurrence = entry.needle.at(at);
            // SAFETY: the caller answers for the CPU.
            if unsafe { entry.needle.is_at(kernel, text, occurrence.start) } {
                match found.get_mut(*count) {
                    Some(found) => *found = occurrence,
                    None => found.push(occurrence),
                }
                *count += 1;
            }
            *looks += 1;
            next = entry.next;
        }
    }
}

impl Table for Needles {
    #[inline(always)]
    unsafe fn find<K: Kernel>(
        &self,
        kernel: &K,
        text: &[u8],
        base: usize,
        places: &mut [u16],
        found: &mut Vec<Occurrence>,
    ) -> Looked {
        // SAFETY: the caller answers for the CPU and the places.
        unsafe {
            let selected = self.select(kernel, &text[base..], places);
            self.verify(kernel, text, base, &places[..selected], found)
        }
    }

    fn len(&self) -> usize {
        self.count
    }

    fn memory_usage(&self) -> usize {
        let filters = self.filters.iter().map(Filter::memory_usage);
        let keys = self.keys.iter().chain(&self.bundles).map(Keys::memory_usage);
        let entries = self.entries.iter().map(|entry| size_of_val(entry) + entry.needle.whole_len());
        filters.chain(keys).chain(entries).sum()
    }
}

/// Keeps the places that have a key, or, if `FOREIGN`, begin with a byte that is not ASCII. A function of its own, so that
/// all that it needs is in registers.
///
/// # Safety
///
/// The places are less than [`STRIP`].
#[inline(never)]
pub(super) unsafe fn keep<const N: usize, const FOREIGN: bool>(
    strip: impl StripText,
    places: &mut [u16],
    filters: [Probe<'_>; N],
) -> usize {
    let len = places.len();
    let mut count = 0;
    let mut keep = |at: usize| {
        // SAFETY: `at` is less than the number of places, and no more are kept than there were before it; the caller
        // answers for the place.
        unsafe {
            let place = *places.get_unchecked(at);
            *places.get_unchecked_mut(count) = place;
            let word = strip.word(place);
            let has = filters.iter().fold(false, |has, filter| has | filter.has(word));
            let is_foreign = FOREIGN && word as u8 >= 0x80;
            count += usize::from(has | is_foreign);
        }
    };
    // Some at a time, which the compiler does not think of.
    for chunk in 0..len / 8 {
        (0..8).for_each(|at| keep(8 * chunk + at));
    }
    (len / 8 * 8..len).for_each(keep);
    count
}

/// The compiler makes vectors of it.
#[inline(always)]
fn is_ascii(text: &[u8]) -> bool {
    text.iter().fold(0, |all, byte| all | byte) < 0x80
}

/// The text of a strip.
pub(super) trait StripText: Copy {
    /// The eight bytes from `place` on, with zeros where the text ends.
    ///
    /// # Safety
    ///
    /// The place is less than [`STRIP`].
    unsafe fn word(&self, place: u16) -> u64;
}

/// A strip with text behind it.
#[derive(Clone, Copy)]
pub(super) struct Whole<'t>(pub(super) &'t [u8; STRIP + 8]);

impl StripText for Whole<'_> {
    #[inline(always)]
    unsafe fn word(&self, place: u16) -> u64 {
        debug_assert!(usize::from(place) < STRIP);
        // SAFETY: eight bytes follow the last place of a strip.
        u64::from_le_bytes(unsafe { self.0.as_ptr().add(usize::from(place)).cast::<[u8; 8]>().read() })
    }
}

/// A strip in which the text ends, or soon after.
#[derive(Clone, Copy)]
pub(super) struct Last<'t>(pub(super) &'t [u8]);

impl StripText for Last<'_> {
    #[inline(always)]
    unsafe fn word(&self, place: u16) -> u64 {
        word_at(self.0, usize::from(place))[0]
    }
}
