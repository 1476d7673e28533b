//! From a candidate place to the needle that stands there: a filter of fingerprints, then one comparison.
//!
//! The *key* of a needle is what its first bytes from the window on hash to. A bitmap says which keys there are; a
//! table leads from a key to its needle, or to a short chain of needles whose keys meet in the table. With many
//! needles, keys of four bytes would be shared by too many, and those of eight by all that begin with the same long
//! word: needles that are long enough then have keys of eight or twelve.

use super::kernel::Kernel;
use super::phases::STRIP;
use super::table::{Needle, Occurrence, Table};
use super::window::{FEW, WIDE, WIDER, WINDOW, Windows};

/// No more needles than this may meet at one place of a table: what is done for one candidate has a bound.
const LONGEST_CHAIN: usize = 24;
/// The bit that tells the cases of a letter apart, in every byte. Setting it in other bytes as well makes some keys
/// equal that need not be; the comparison tells them apart.
const FOLD: u64 = 0x2020_2020_2020_2020;
/// The needle that is equal to no text: what empty places of a table, and the ends of chains, lead to.
const NOTHING: u32 = 0;

/// A needle, and the next one of its chain, or [`NOTHING`].
#[derive(Clone, Debug)]
struct Entry {
    needle: Needle,
    next: u32,
}

/// Which hashes there are, and some that there are not.
#[derive(Clone, Debug)]
struct Filter {
    /// A bit for each value of the upper bits of a hash.
    bits: Box<[u64]>,
    shift: u32,
}

/// A filter of hashes that fits the nearest cache, however many there are: it is asked about every candidate.
#[derive(Clone, Debug)]
struct ShortFilter {
    /// As in a [`Filter`]. Of an array it is known where it ends.
    words: Box<[u64; SHORT_WORDS]>,
    shift: u32,
}

const SHORT_WORDS: usize = 1 << 11;

/// The needles by key.
#[derive(Clone, Debug)]
struct Keys {
    /// Which bytes of the text make the key.
    mask: Word,
    filter: Filter,
    /// For each value of the upper bits of a hash, the first needle of the chain, or [`NOTHING`].
    heads: Box<[u32]>,
    head_shift: u32,
}

/// The bytes of the text from a place on, as many as the widest key has and more.
type Word = [u64; 2];

/// All needles, ready to be found from candidates.
#[derive(Clone, Debug)]
pub(super) struct Needles {
    keys: Vec<Keys>,
    /// Which of the first eight bytes of a text make a short key, such as every needle has that begins with ASCII from
    /// its window on.
    short_mask: u64,
    short: ShortFilter,
    /// Whether keys are worth looking at before needles are compared: not for few, which have few more than short ones.
    has_long: bool,
    /// The first one is equal to no text.
    entries: Box<[Entry]>,
    longest_chain: usize,
}

impl Needles {
    /// `None` if too many needles have equal keys.
    pub(super) fn new(needles: &[Box<[u8]>], windows: &Windows) -> Option<Self> {
        let behind = |number: usize| &needles[number][windows.anchors[number] as usize..];
        let ascii = (0..needles.len()).map(behind).filter(|behind| behind[0].is_ascii());
        let width = ascii.clone().map(<[u8]>::len).min().unwrap_or(WIDE).min(WIDE);
        let mut built = Needles {
            keys: Vec::new(),
            short_mask: u64::MAX >> (64 - 8 * width),
            short: ShortFilter::new(needles.len()),
            has_long: needles.len() > FEW,
            entries: [].into(),
            longest_chain: 0,
        };
        for behind in ascii {
            built.short.insert(short_hash(built.short_mask, word_at(behind, 0)[0]));
        }
        let mut entries = Vec::with_capacity(needles.len() + 1);
        entries.push(Entry { needle: Needle::of_no_text(), next: NOTHING });
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
                entries.push(Entry { needle: Needle::new(&needles[number], anchor, number)?, next });
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

    /// Keeps the places at which there is the key of some needle, in order, and returns how many they are.
    #[inline(always)]
    fn select(&self, text: &[u8], base: usize, places: &mut [u16]) -> usize {
        let short = match text[base..].first_chunk() {
            Some(part) => self.keep_short(&Whole(part), places),
            None => self.keep_short(&Last { text, base }, places),
        };
        if self.has_long { self.keep_long(text, base, &mut places[..short]) } else { short }
    }

    /// Keeps the places at which there is a short key or something that is not ASCII, in order, and returns how many
    /// they are.
    #[inline(always)]
    fn keep_short(&self, strip: &impl StripText, places: &mut [u16]) -> usize {
        let mut kept = 0;
        for i in 0..places.len() {
            let place = places[i];
            places[kept] = place;
            let word = strip.word(place);
            let is_foreign = (word >> 7 & 1) as usize;
            kept += usize::from(self.short.has(short_hash(self.short_mask, word))) | is_foreign;
        }
        kept
    }

    /// Keeps the places at which there is a key.
    #[inline(always)]
    fn keep_long(&self, text: &[u8], base: usize, places: &mut [u16]) -> usize {
        let mut kept = 0;
        for i in 0..places.len() {
            let place = places[i];
            places[kept] = place;
            let word = word_at(text, base + usize::from(place));
            let mut has = false;
            for keys in &self.keys {
                has |= keys.filter.has(keys.hash(word));
            }
            kept += usize::from(has);
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
    unsafe fn verify<K: Kernel>(
        &self,
        kernel: &K,
        text: &[u8],
        base: usize,
        places: &[u16],
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
            let at = base + usize::from(place);
            let word = word_at(text, at);
            for keys in &self.keys {
                let mut next = keys.head(word);
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
                    next = entry.next;
                    left = left.wrapping_sub(1);
                    if if fixed > 0 { left == 0 } else { next == NOTHING } {
                        break;
                    }
                }
            }
        }
        count
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
    ) -> usize {
        let selected = self.select(text, base, places);
        // SAFETY: the caller answers for the CPU.
        unsafe { self.verify(kernel, text, base, &places[..selected], found) }
    }

    fn looks(&self) -> usize {
        self.longest_chain
    }

    fn len(&self) -> usize {
        self.entries.len() - 1
    }

    fn memory_usage(&self) -> usize {
        let keys = self
            .keys
            .iter()
            .map(|keys| size_of_val(keys) + size_of_val(&*keys.filter.bits) + size_of_val(&*keys.heads));
        let entries = self.entries.iter().map(|entry| entry.needle.memory_usage() + size_of_val(&entry.next));
        keys.sum::<usize>() + size_of_val(&*self.short.words) + entries.sum::<usize>()
    }
}

/// How many bytes make the key of each needle: as many as there are from its window on, but of at most four widths.
fn widths(needles: &[Box<[u8]>], windows: &Windows) -> Vec<usize> {
    let behind = needles.iter().zip(&windows.anchors).map(|(needle, &anchor)| needle.len() - anchor as usize);
    let shortest = behind.clone().min().unwrap_or(WINDOW);
    // Those that have a whole window.
    let common = behind.clone().filter(|&behind| behind >= WINDOW).min().unwrap_or(WINDOW).min(WIDE);
    let width = |behind| match behind {
        WIDER.. if needles.len() > FEW => WIDER,
        WIDE.. if needles.len() > FEW => WIDE,
        WINDOW.. => common,
        _ => shortest,
    };
    behind.map(width).collect()
}

/// The text of a strip.
trait StripText {
    /// The eight bytes from `place` on, with zeros where the text ends.
    fn word(&self, place: u16) -> u64;
}

/// A strip with text behind it.
struct Whole<'t>(&'t [u8; STRIP + 8]);

impl StripText for Whole<'_> {
    #[inline(always)]
    fn word(&self, place: u16) -> u64 {
        let place = usize::from(place) % STRIP;
        self.0[place..place + 8].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }
}

/// A strip in which the text ends, or soon after.
struct Last<'t> {
    text: &'t [u8],
    base: usize,
}

impl StripText for Last<'_> {
    #[inline(always)]
    fn word(&self, place: u16) -> u64 {
        word_at(self.text, self.base + usize::from(place))[0]
    }
}

/// The bytes of `text` from `at` on, with zeros where it ends.
#[inline(always)]
fn word_at(text: &[u8], at: usize) -> Word {
    match text.get(at..).and_then(<[u8]>::first_chunk) {
        Some(bytes) => word(bytes),
        None => last_word(text, at),
    }
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

impl ShortFilter {
    /// For `count` hashes. One bit in 64 or fewer is set, if there is room.
    fn new(count: usize) -> Self {
        let bits = (64 * count).next_power_of_two().clamp(1 << 12, 64 * SHORT_WORDS);
        ShortFilter { words: Box::new([0; SHORT_WORDS]), shift: 64 - bits.trailing_zeros() }
    }

    #[inline(always)]
    fn has(&self, hash: u64) -> bool {
        let bit = (hash >> self.shift) as usize;
        self.words[bit / 64 % SHORT_WORDS] >> (bit % 64) & 1 != 0
    }

    fn insert(&mut self, hash: u64) {
        let bit = (hash >> self.shift) as usize;
        self.words[bit / 64 % SHORT_WORDS] |= 1 << (bit % 64);
    }
}

impl Filter {
    /// For `count` hashes, of which one bit in 16 or fewer is set.
    fn new(count: usize) -> Self {
        let bits = (16 * count).next_power_of_two().clamp(1 << 12, 1 << 22);
        Filter { bits: vec![0; bits / 64].into(), shift: 64 - bits.trailing_zeros() }
    }

    #[inline(always)]
    fn has(&self, hash: u64) -> bool {
        let bit = (hash >> self.shift) as usize;
        self.bits[bit / 64] >> (bit % 64) & 1 != 0
    }

    fn insert(&mut self, hash: u64) {
        let bit = (hash >> self.shift) as usize;
        self.bits[bit / 64] |= 1 << (bit % 64);
    }
}

/// Fibonacci hashing: the upper bits depend on all bytes of the key.
#[inline(always)]
fn short_hash(mask: u64, word: u64) -> u64 {
    ((word | FOLD) & mask).wrapping_mul(FIBONACCI)
}

/// 2 to the 64th by the golden ratio.
const FIBONACCI: u64 = 0x9e37_79b9_7f4a_7c15;

impl Keys {
    /// For keys of `width` bytes of `count` needles.
    fn new(width: usize, count: usize) -> Self {
        let heads = (2 * count).next_power_of_two().clamp(1 << 8, 1 << 20);
        Keys {
            mask: [u64::MAX >> (64 - 8 * width.min(8)), u64::MAX.unbounded_shr((128 - 8 * width.max(8)) as u32)],
            filter: Filter::new(count),
            heads: vec![0; heads].into(),
            head_shift: 64 - heads.trailing_zeros(),
        }
    }

    #[inline(always)]
    fn hash(&self, word: Word) -> u64 {
        let rest = (word[1] | FOLD) & self.mask[1];
        short_hash(self.mask[0], word[0]).wrapping_add(rest.wrapping_mul(0xd1b5_4a32_d192_ed03))
    }

    #[inline(always)]
    fn head(&self, word: Word) -> u32 {
        self.heads[(self.hash(word) >> self.head_shift) as usize]
    }

    /// Marks the key in the filter and returns its place in the table.
    fn insert(&mut self, word: Word) -> &mut u32 {
        let hash = self.hash(word);
        self.filter.insert(hash);
        &mut self.heads[(hash >> self.head_shift) as usize]
    }
}
