//! From a candidate place to the needle that stands there: a filter of keys, a table, then one comparison.
//!
//! The filter rules out nearly all candidates, in a loop without branches. A table leads from the hash of a key to its
//! needle, or to a short chain of needles whose hashes meet there; where many needles have one key, to *bundles*, other
//! tables of what stands before and after it.

use super::kernel::{BLOCK, Kernel, Words};
use super::keys::{Filter, Probe, Table, context_at, word_at};
use super::phases::{Places, STRIP};

/// Bytes of a needle that are compared at once.
pub(super) const HEAD: usize = 32;
/// The needle that is equal to no text: what empty places of a table, and the ends of chains, lead to.
pub(super) const NOTHING: u32 = 0;
/// The length of an entry that stands for the needles of a bundle.
const BUNDLE: u32 = u32::MAX;

/// An occurrence of a needle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Occurrence {
    pub(crate) start: usize,
    pub(crate) needle: u32,
}

/// The beginning of a needle: text is equal to it if `text[i] | fold[i] == head.text[i]` for all i. Beyond the needle
/// both are 0xff, which is true of any text.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) text: [u8; HEAD],
    pub(super) fold: [u8; HEAD],
}

/// A needle, or a bundle of needles, which is equal to no text.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    head: Head,
    /// Where its window begins.
    anchor: u32,
    len: u32,
    number: u32,
    /// The next of the chain, or [`NOTHING`].
    pub(super) next: u32,
}

/// All needles, ready to be found from candidates.
#[derive(Clone, Debug)]
pub(super) struct Needles {
    /// One or two: if windows are wide, needles that have less than a whole window are apart.
    pub(super) filters: Box<[Filter]>,
    /// Whether some needle has no key in the filters, and begins with a byte that is not ASCII: any candidate that begins
    /// with such a byte is kept.
    pub(super) has_foreign: bool,
    /// Keys are looked up in each of these, three at most.
    pub(super) tables: Box<[Table]>,
    /// Whether tables and entries may not be in a near cache when they are needed.
    pub(super) is_large: bool,
    /// The first one is equal to no text.
    pub(super) entries: Box<[Needle]>,
    /// Needles that have one key, by their context.
    pub(super) bundles: Box<[Table]>,
    /// At most so many entries are looked at for a key.
    pub(super) longest_chain: usize,
    /// The needles longer than a head, whole; empty for the others.
    pub(super) whole: Box<[Box<[u8]>]>,
}

impl Needles {
    /// Writes those candidates that have the key of some needle to the front of `kept`, in order, and returns how
    /// many they are. `candidates` are those of the strip of `text` from `base` on, in the blocks that `marked` has a
    /// bit for; so are places. `places` is for all candidates.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "the memory of the caller is lent piece by piece")]
    pub(super) unsafe fn select<K: Kernel>(
        &self,
        kernel: &K,
        text: &[u8],
        base: usize,
        candidates: &Words,
        mut marked: u64,
        places: &mut Places,
        kept: &mut Places,
    ) -> usize {
        let mut count = 0;
        while marked != 0 {
            let block = marked.trailing_zeros();
            marked &= marked - 1;
            let candidates = candidates[block as usize];
            // There are as many places as bytes, and room for one block more.
            let Some(places) = places[count % STRIP..].first_chunk_mut() else { break };
            // SAFETY: the caller answers for the CPU.
            unsafe { kernel.places(candidates, block as u16 * BLOCK as u16, places) };
            count += candidates.count_ones() as usize;
        }
        let places = &places[..count];
        let strip = &text[base..];
        // SAFETY: they are places of ones in the words of a strip.
        let count = unsafe {
            match strip.first_chunk() {
                Some(strip) => self.filter(Whole(strip), places, kept),
                None => self.filter(Last(strip), places, kept),
            }
        };
        // Among few places it is quicker to look at once.
        let foreign = self.has_foreign && (!self.is_large || !is_ascii(&strip[..strip.len().min(STRIP)]));
        let count = if foreign { add_foreign(strip, places, count, kept) } else { count };
        // SAFETY: the caller answers for the CPU.
        if self.is_large { unsafe { self.look_up(kernel, strip, &mut kept[..count]) } } else { count }
    }

    /// Keeps the places at which there is a key, in order, and returns how many they are.
    ///
    /// # Safety
    ///
    /// The places are less than [`STRIP`].
    #[inline(always)]
    unsafe fn filter(&self, strip: impl StripText, places: &[u16], kept: &mut Places) -> usize {
        // SAFETY: the caller answers for the places.
        unsafe {
            match &*self.filters {
                [keys] => keep(strip, places, kept, [keys.probe()]),
                [keys, short] => keep(strip, places, kept, [keys.probe(), short.probe()]),
                _ => 0,
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
            for table in &self.tables {
                let first = table.first(word);
                any |= first;
                let entry = self.entries.as_ptr().wrapping_add(first as usize);
                // SAFETY: the caller answers for the CPU.
                unsafe { kernel.prefetch(entry.cast(), size_of::<Needle>()) };
            }
            kept += usize::from(any != NOTHING);
        }
        kept
    }

    /// Writes the needles that stand at `places` to the front of `found`, in the order of the places, and returns how
    /// many they are. `found` grows as it must.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs.
    #[inline(always)]
    pub(super) unsafe fn verify<K: Kernel>(
        &self,
        kernel: &K,
        text: &[u8],
        base: usize,
        places: &[u16],
        found: &mut Vec<Occurrence>,
    ) -> usize {
        let mut count = 0;
        // Chains that are as short as that are gone through whole, so that there is nothing to predict.
        let fixed = if self.longest_chain <= 2 && self.bundles.is_empty() { self.longest_chain } else { 0 };
        let most = places.len() * self.tables.len() * fixed;
        if found.len() < most {
            found.resize(most, Occurrence::default());
        }
        for &place in places {
            let at = base + usize::from(place);
            let word = word_at(text, at);
            for table in &self.tables {
                let mut next = table.first(word);
                // Which of the tables leads to a needle is mostly the same one.
                if next == NOTHING {
                    continue;
                }
                let mut left = fixed;
                loop {
                    let needle = &self.entries[next as usize];
                    let start = at.wrapping_sub(needle.anchor as usize);
                    // Written in any case and kept if equal: a branch would be mispredicted every other time.
                    if fixed == 0 && count == found.len() {
                        found.resize(2 * count + 64, Occurrence::default());
                    }
                    found[count] = Occurrence { start, needle: needle.number };
                    // SAFETY: the caller answers for the CPU.
                    count += usize::from(unsafe { self.equal(kernel, text, start, needle) });
                    if fixed == 0 && needle.len == BUNDLE {
                        // SAFETY: as above.
                        count = unsafe { self.verify_bundle(kernel, text, at, needle.number, found, count) };
                    }
                    next = needle.next;
                    left = left.wrapping_sub(1);
                    if if fixed > 0 { left == 0 } else { next == NOTHING } {
                        break;
                    }
                }
            }
        }
        count
    }

    /// Adds those needles of a bundle whose window is at `at` to the `count` that were `found`, and returns how many
    /// they are then.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs.
    #[inline(always)]
    unsafe fn verify_bundle<K: Kernel>(
        &self,
        kernel: &K,
        text: &[u8],
        at: usize,
        bundle: u32,
        found: &mut Vec<Occurrence>,
        mut count: usize,
    ) -> usize {
        let mut next = self.bundles[bundle as usize].first(context_at(text, at));
        while next != NOTHING {
            let needle = &self.entries[next as usize];
            let start = at.wrapping_sub(needle.anchor as usize);
            // SAFETY: the caller answers for the CPU.
            if unsafe { self.equal(kernel, text, start, needle) } {
                found.truncate(count);
                found.push(Occurrence { start, needle: needle.number });
                count += 1;
            }
            next = needle.next;
        }
        count
    }

    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs.
    #[inline(always)]
    unsafe fn equal<K: Kernel>(&self, kernel: &K, text: &[u8], start: usize, needle: &Needle) -> bool {
        // A needle that would begin before the text wraps around, and is beyond its end.
        let Some(head) = text.get(start..).and_then(<[u8]>::first_chunk) else {
            return equal_near_the_end(text, start, needle);
        };
        // SAFETY: the caller answers for the CPU.
        let equal = unsafe { kernel.equal(head, &needle.head) };
        if needle.len as usize <= HEAD {
            return equal;
        }
        equal && self.equal_whole(text, start, needle)
    }

    #[cold]
    fn equal_whole(&self, text: &[u8], start: usize, needle: &Needle) -> bool {
        let text = text.get(start..).and_then(|text| text.get(..needle.len as usize));
        text.is_some_and(|text| text.eq_ignore_ascii_case(&self.whole[needle.number as usize]))
    }

    /// At most so many needles are compared for a key.
    pub(super) fn looks(&self) -> usize {
        self.longest_chain
    }

    pub(super) fn len(&self) -> usize {
        self.whole.len()
    }

    pub(super) fn memory_usage(&self) -> usize {
        let filters = self.filters.iter().map(Filter::memory_usage);
        let tables = self.tables.iter().chain(&self.bundles).map(Table::memory_usage);
        let whole = self.whole.iter().map(|needle| size_of_val(needle) + needle.len());
        filters.chain(tables).chain(whole).sum::<usize>() + size_of_val(&*self.entries)
    }
}

/// The places of `places` that have a key. A function of its own, so that all that it needs is in registers.
///
/// # Safety
///
/// The places are less than [`STRIP`].
#[inline(never)]
unsafe fn keep<const N: usize>(
    strip: impl StripText,
    places: &[u16],
    kept: &mut Places,
    filters: [Probe<'_>; N],
) -> usize {
    let mut count = 0;
    let mut keep = |place: u16| {
        // SAFETY: no more are kept than there were places before this one, which are fewer than `kept` has.
        unsafe { *kept.get_unchecked_mut(count) = place };
        // SAFETY: the caller answers for the place.
        let word = unsafe { strip.word(place) };
        count += usize::from(filters.iter().fold(false, |has, filter| has | filter.has(word)));
    };
    // Some at a time, which the compiler does not think of.
    let (chunks, rest) = places[..places.len().min(STRIP)].as_chunks::<8>();
    for chunk in chunks {
        chunk.iter().for_each(|&place| keep(place));
    }
    rest.iter().for_each(|&place| keep(place));
    count
}

/// The compiler makes vectors of it.
#[inline(always)]
fn is_ascii(text: &[u8]) -> bool {
    text.iter().fold(0, |all, byte| all | byte) < 0x80
}

/// Adds those of `places` that begin with a byte that is not ASCII to the `count` that are `kept`.
#[inline(always)]
fn add_foreign(strip: &[u8], places: &[u16], count: usize, kept: &mut Places) -> usize {
    let first = |place: u16| strip.get(usize::from(place)).copied().unwrap_or_default();
    let all = places.iter().fold(0, |all, &place| all | first(place));
    if all.is_ascii() {
        count
    } else {
        add(places.iter().copied().filter(|&place| !first(place).is_ascii()), count, kept)
    }
}

/// Adds places to the `count` that are `kept`, all of them in order, but those that are there already.
#[cold]
fn add(places: impl Iterator<Item = u16>, count: usize, kept: &mut Places) -> usize {
    let mut all = count;
    for place in places {
        if kept[..count].binary_search(&place).is_err() {
            kept[all] = place;
            all += 1;
        }
    }
    kept[..all].sort_unstable();
    all
}

/// Compares where less than a head is left of the text; a needle longer than a head does not fit.
#[cold]
fn equal_near_the_end(text: &[u8], start: usize, needle: &Needle) -> bool {
    let Some(text) = text.get(start..).filter(|text| text.len() >= needle.len as usize) else { return false };
    let head = &needle.head;
    text.iter().zip(&head.fold).zip(&head.text).all(|((byte, fold), want)| byte | fold == *want)
}

/// The text of a strip.
trait StripText {
    /// The eight bytes from `place` on, with zeros where the text ends.
    ///
    /// # Safety
    ///
    /// The place is less than [`STRIP`].
    unsafe fn word(&self, place: u16) -> u64;
}

/// A strip with text behind it.
struct Whole<'t>(&'t [u8; STRIP + 8]);

impl StripText for Whole<'_> {
    #[inline(always)]
    unsafe fn word(&self, place: u16) -> u64 {
        debug_assert!(usize::from(place) < STRIP);
        // SAFETY: eight bytes follow the last place of a strip.
        u64::from_le_bytes(unsafe { self.0.as_ptr().add(usize::from(place)).cast::<[u8; 8]>().read() })
    }
}

/// A strip in which the text ends, or soon after.
struct Last<'t>(&'t [u8]);

impl StripText for Last<'_> {
    #[inline(always)]
    unsafe fn word(&self, place: u16) -> u64 {
        word_at(self.0, usize::from(place))[0]
    }
}

impl Needle {
    pub(super) fn new(needle: &[u8], anchor: u32, number: u32, next: u32) -> Option<Self> {
        let mut head = Head { text: [0xff; HEAD], fold: [0xff; HEAD] };
        for (i, &byte) in needle.iter().take(HEAD).enumerate() {
            head.text[i] = byte;
            head.fold[i] = if byte.is_ascii_lowercase() { 0x20 } else { 0 };
        }
        let len = needle.len().try_into().ok()?;
        Some(Needle { head, anchor, len, number, next }).filter(|needle| needle.len != BUNDLE)
    }

    /// What an empty place of a table leads to, so that it needs no branch.
    pub(super) fn of_no_text() -> Self {
        let head = Head { text: [0; HEAD], fold: [0xff; HEAD] };
        Needle { head, anchor: 0, len: 1, number: 0, next: NOTHING }
    }

    /// What leads to the needles of bundle `number`.
    pub(super) fn of_bundle(number: u32, next: u32) -> Self {
        Needle { len: BUNDLE, number, next, ..Self::of_no_text() }
    }
}
