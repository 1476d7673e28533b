//! From a candidate place to the needle that stands there: a filter of fingerprints, then one comparison.
//!
//! The *key* of a needle is what its first bytes from the window on hash to. A bitmap says which keys there are; a
//! table leads from a key to its needle, or to a short chain of needles whose keys meet in the table. With many
//! needles, keys of four bytes would be shared by too many: needles that are long enough then have keys of eight.

use super::kernel::{BLOCK, Kernel, Words};
use super::phases::STRIP;
use super::window::{WINDOW, Windows};

/// Bytes of a needle that are compared at once.
pub(super) const HEAD: usize = 32;
/// No more needles than this may meet at one place of a table: what is done for one candidate has a bound.
const LONGEST_CHAIN: usize = 12;
/// With more needles than this those that are long enough have keys of [`WIDE`] bytes.
const FEW: usize = 48;
const WIDE: usize = 8;
/// The bit that tells the cases of a letter apart, in every byte. Setting it in other bytes as well makes some keys
/// equal that need not be; the comparison tells them apart.
const FOLD: u64 = 0x2020_2020_2020_2020;
/// The needle that is equal to no text: what empty places of a table, and the ends of chains, lead to.
const NOTHING: u32 = 0;

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

#[derive(Clone, Debug)]
struct Needle {
    head: Head,
    /// Where its window begins.
    anchor: u32,
    len: u32,
    number: u32,
    /// The next of the chain, or [`NOTHING`].
    next: u32,
}

/// The needles by key.
#[derive(Clone, Debug)]
struct Keys {
    /// Which bytes of the text make the key.
    mask: u64,
    /// A bit for each value of the upper bits of a hash.
    filter: Box<[u64]>,
    filter_shift: u32,
    /// For each value of the upper bits of a hash, the first needle of the chain, or [`NOTHING`].
    heads: Box<[u32]>,
    head_shift: u32,
}

/// All needles, ready to be found from candidates.
#[derive(Clone, Debug)]
pub(super) struct Needles {
    keys: Vec<Keys>,
    /// The first one is equal to no text.
    entries: Box<[Needle]>,
    longest_chain: usize,
    /// The needles longer than a head, whole; empty for the others.
    whole: Box<[Box<[u8]>]>,
}

impl Needles {
    /// `None` if too many needles have equal keys.
    pub(super) fn new(needles: &[Box<[u8]>], windows: &Windows) -> Option<Self> {
        let mut built = Needles {
            keys: Vec::new(),
            entries: [].into(),
            longest_chain: 0,
            whole: needles.iter().map(|needle| if needle.len() > HEAD { needle.clone() } else { [].into() }).collect(),
        };
        let mut entries = Vec::with_capacity(needles.len() + 1);
        entries.push(Needle::of_no_text());
        let width_of = widths(needles, windows);
        let mut widths = width_of.clone();
        widths.sort_unstable();
        widths.dedup();
        for width in widths {
            let members = || (0..needles.len()).filter(|&number| width_of[number] == width);
            let mut keys = Keys::new(width, members().count());
            for number in members() {
                let anchor = windows.anchors[number];
                let head = keys.insert(word_at(&needles[number], anchor as usize));
                let next = *head;
                *head = u32::try_from(entries.len()).ok()?;
                entries.push(Needle::new(&needles[number], anchor, number, next)?);
            }
            built.keys.push(keys);
        }
        built.entries = entries.into();
        // A needle comes after those that it leads to.
        let mut lengths = vec![0; built.entries.len()];
        for (at, needle) in built.entries.iter().enumerate().skip(1) {
            lengths[at] = lengths[needle.next as usize] + 1;
            built.longest_chain = built.longest_chain.max(lengths[at]);
        }
        (built.longest_chain <= LONGEST_CHAIN).then_some(built)
    }

    /// Writes those candidates that have the key of some needle to the front of `places`, in order, and returns how
    /// many they are. `candidates` are those of the strip of `text` from `base` on, in the blocks that `marked` has a
    /// bit for; so are places.
    #[inline(always)]
    pub(super) fn select(
        &self,
        text: &[u8],
        base: usize,
        candidates: &Words,
        marked: u64,
        places: &mut [u32; STRIP],
    ) -> usize {
        match &self.keys[..] {
            [one] => select_by(text, base, candidates, marked, places, |word| one.has(word)),
            [one, two] => select_by(text, base, candidates, marked, places, |word| one.has(word) | two.has(word)),
            keys => select_by(text, base, candidates, marked, places, |word| keys.iter().any(|keys| keys.has(word))),
        }
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
        places: &[u32],
        found: &mut Vec<Occurrence>,
    ) -> usize {
        let mut count = 0;
        // Chains that are as short as that are gone through whole, so that there is nothing to predict.
        let fixed = if self.longest_chain <= 2 { self.longest_chain } else { 0 };
        let most = places.len() * self.keys.len() * fixed;
        if found.len() < most {
            found.resize(most, Occurrence::default());
        }
        for &place in places {
            let at = base + place as usize;
            let word = word_at(text, at);
            for keys in &self.keys {
                let mut next = keys.head(word);
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

    pub(super) fn len(&self) -> usize {
        self.whole.len()
    }

    pub(super) fn memory_usage(&self) -> usize {
        let keys =
            self.keys.iter().map(|keys| size_of_val(keys) + size_of_val(&*keys.filter) + size_of_val(&*keys.heads));
        let whole = self.whole.iter().map(|needle| size_of_val(needle) + needle.len());
        keys.sum::<usize>() + size_of_val(&*self.entries) + whole.sum::<usize>()
    }
}

/// How many bytes make the key of each needle: as many as there are from its window on, but of at most three widths.
fn widths(needles: &[Box<[u8]>], windows: &Windows) -> Vec<usize> {
    let behind = needles.iter().zip(&windows.anchors).map(|(needle, &anchor)| needle.len() - anchor as usize);
    let shortest = behind.clone().min().unwrap_or(WINDOW);
    // Those that have a whole window.
    let common = behind.clone().filter(|&behind| behind >= WINDOW).min().unwrap_or(WINDOW).min(WIDE);
    let width = |behind| match behind {
        WIDE.. if needles.len() > FEW => WIDE,
        WINDOW.. => common,
        _ => shortest,
    };
    behind.map(width).collect()
}

/// Compares where less than a head is left of the text; a needle longer than a head does not fit.
#[cold]
fn equal_near_the_end(text: &[u8], start: usize, needle: &Needle) -> bool {
    let Some(text) = text.get(start..).filter(|text| text.len() >= needle.len as usize) else { return false };
    let head = &needle.head;
    text.iter().zip(&head.fold).zip(&head.text).all(|((byte, fold), want)| byte | fold == *want)
}

#[inline(always)]
fn select_by(
    text: &[u8],
    base: usize,
    candidates: &Words,
    mut marked: u64,
    places: &mut [u32; STRIP],
    keep: impl Fn(u64) -> bool,
) -> usize {
    let mut kept = 0;
    while marked != 0 {
        let block = marked.trailing_zeros();
        marked &= marked - 1;
        let mut bits = candidates[block as usize];
        // Of most blocks this is the only one.
        loop {
            let place = block * BLOCK as u32 + bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
            // There are as many places as bytes, and `kept` stays behind those.
            places[kept % STRIP] = place;
            kept += usize::from(keep(word_at(text, base + place as usize)));
            if bits == 0 {
                break;
            }
        }
    }
    kept
}

/// Eight bytes of `text` from `at` on, with zeros where it ends.
#[inline(always)]
fn word_at(text: &[u8], at: usize) -> u64 {
    match text.get(at..).and_then(<[u8]>::first_chunk) {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => last_word(text, at),
    }
}

#[cold]
fn last_word(text: &[u8], at: usize) -> u64 {
    let mut bytes = [0; 8];
    let left = text.get(at..).unwrap_or_default();
    bytes[..left.len()].copy_from_slice(left);
    u64::from_le_bytes(bytes)
}

impl Needle {
    fn new(needle: &[u8], anchor: u32, number: usize, next: u32) -> Option<Self> {
        let mut head = Head { text: [0xff; HEAD], fold: [0xff; HEAD] };
        for (i, &byte) in needle.iter().take(HEAD).enumerate() {
            head.text[i] = byte;
            head.fold[i] = if byte.is_ascii_lowercase() { 0x20 } else { 0 };
        }
        Some(Needle { head, anchor, len: needle.len().try_into().ok()?, number: number.try_into().ok()?, next })
    }

    /// What an empty place of a table leads to, so that it needs no branch.
    fn of_no_text() -> Self {
        let head = Head { text: [0; HEAD], fold: [0xff; HEAD] };
        Needle { head, anchor: 0, len: 1, number: 0, next: NOTHING }
    }
}

impl Keys {
    /// For keys of `width` bytes of `count` needles.
    fn new(width: usize, count: usize) -> Self {
        // One bit in 16 is set, so that the filter of 10,000 needles fits the nearest cache.
        let bits = (16 * count).next_power_of_two().clamp(1 << 12, 1 << 22);
        let heads = (2 * count).next_power_of_two().clamp(1 << 8, 1 << 20);
        Keys {
            mask: u64::MAX >> (64 - 8 * width),
            filter: vec![0; bits / 64].into(),
            filter_shift: 64 - bits.trailing_zeros(),
            heads: vec![0; heads].into(),
            head_shift: 64 - heads.trailing_zeros(),
        }
    }

    #[inline(always)]
    fn hash(&self, word: u64) -> u64 {
        // Fibonacci hashing: the upper bits depend on all bytes of the key.
        ((word | FOLD) & self.mask).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    #[inline(always)]
    fn has(&self, word: u64) -> bool {
        let bit = (self.hash(word) >> self.filter_shift) as usize;
        self.filter[bit / 64] >> (bit % 64) & 1 != 0
    }

    #[inline(always)]
    fn head(&self, word: u64) -> u32 {
        self.heads[(self.hash(word) >> self.head_shift) as usize]
    }

    /// Marks the key in the filter and returns its place in the table.
    fn insert(&mut self, word: u64) -> &mut u32 {
        let hash = self.hash(word);
        let bit = (hash >> self.filter_shift) as usize;
        self.filter[bit / 64] |= 1 << (bit % 64);
        &mut self.heads[(hash >> self.head_shift) as usize]
    }
}
