//! All that is known of a word in one lookup by its bytes: its number, its classes, its roles.
//!
//! The table takes words of at most 16 bytes. A word of the text is asked for as it stands, with its ASCII letters in
//! lower case; words with other letters are in the table only if nothing of them changes in lower case. So what is found
//! is right, and of ASCII words that are short enough what is not found is not known.

use std::ops::Range;

use foldhash::HashMap;

use super::lexicon::{MAX_ENDING, Shape, WordKey, endings};
use super::model::{BOUNDARY, Model};
use super::profile::{Profile, Roles};

/// The number of a word that a language knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WordId {
    /// A word of the language's tables.
    Known(u32),
    /// Not a word of the tables.
    Unknown,
    /// A long word, or one with letters that are not ASCII: only its letters tell.
    #[default]
    Spelled,
}

/// The bytes of a word of at most 16, ASCII letters in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    halves: [u64; 2],
    /// The high bit of each byte that was an ASCII capital.
    capitals: [u64; 2],
    len: u8,
}

/// The longest word of the table, in bytes.
const MAX_BYTES: usize = 16;

impl Key {
    /// The key of `text[start..end]`; `None` of a longer word.
    #[inline]
    pub(super) fn new(text: &[u8], start: usize, end: usize) -> Option<Self> {
        let len = end - start;
        if len > MAX_BYTES || len == 0 {
            return None;
        }
        let bytes = text[start..].first_chunk::<MAX_BYTES>().copied().unwrap_or_else(|| {
            let mut bytes = [0; MAX_BYTES];
            bytes[..len].copy_from_slice(&text[start..end]);
            bytes
        });
        let (halves, _) = bytes.as_chunks::<8>();
        let halves = [halves[0], halves[1]].map(u64::from_le_bytes);
        // What stands behind the word goes.
        let halves = [halves[0] & WITHIN[len][0], halves[1] & WITHIN[len][1]];
        let capitals = halves.map(capitals);
        let halves = [halves[0] | capitals[0] >> 2, halves[1] | capitals[1] >> 2];
        #[expect(clippy::cast_possible_truncation, reason = "at most 16")]
        let len = len as u8;
        Some(Self { halves, capitals, len })
    }

    /// Tells whether all letters are ASCII.
    #[inline]
    pub(super) fn is_ascii(self) -> bool {
        (self.halves[0] | self.halves[1]) & HIGH == 0
    }

    /// Tells whether an ASCII word has a capital that says something; the `first` letter of a sentence says nothing alone.
    #[inline]
    fn capital(self, first: bool) -> bool {
        let wanted = if first { 0x8080 } else { 0x80 };
        self.capitals[0] & wanted == wanted
    }

    fn bytes(self) -> [u8; MAX_BYTES] {
        let mut bytes = [0; MAX_BYTES];
        bytes[..8].copy_from_slice(&self.halves[0].to_le_bytes());
        bytes[8..].copy_from_slice(&self.halves[1].to_le_bytes());
        bytes
    }
}

/// For each length the bytes of a word within it.
const WITHIN: [[u64; 2]; MAX_BYTES + 1] = {
    let mut within = [[0; 2]; MAX_BYTES + 1];
    let mut len = 1;
    while len <= MAX_BYTES {
        within[len][0] = if len < 8 { (1 << (8 * len)) - 1 } else { u64::MAX };
        within[len][1] = if len > 8 { u64::MAX >> (8 * (MAX_BYTES - len)) } else { 0 };
        len += 1;
    }
    within
};

const ONES: u64 = u64::MAX / 255;
const HIGH: u64 = 0x80 * ONES;

/// The high bit of each byte that is an ASCII capital.
#[inline]
const fn capitals(bytes: u64) -> u64 {
    let low = bytes & !HIGH;
    let from_a = low + (0x80 - b'A' as u64) * ONES;
    let past_z = low + (0x80 - b'Z' as u64 - 1) * ONES;
    from_a & !past_z & !bytes & HIGH
}

#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Slot {
    key: [u64; 2],
    number: u32,
    roles: Roles,
    classes: [u8; 2],
    len: u8,
}

/// What the tables say of a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) id: WordId,
    pub(super) roles: Roles,
    pub(super) class: u8,
}

/// The table.
#[derive(Clone, Debug)]
pub(super) struct Words {
    slots: Box<[Slot]>,
    shift: u32,
    count: u32,
    /// The class of an ending of ASCII letters, by its shape and bytes.
    endings: HashMap<u64, u8>,
}

const EMPTY: Slot = Slot { key: [0; 2], number: u32::MAX, roles: Roles::NONE, classes: [BOUNDARY; 2], len: 0 };

impl Words {
    pub(super) fn new(model: &Model, profile: &Profile) -> Self {
        let capacity = (4 * (model.words.len() + profile.words().count())).next_power_of_two().max(4);
        let shift = 64 - capacity.trailing_zeros();
        let mut words = Self { slots: vec![EMPTY; capacity].into(), shift, count: 0, endings: HashMap::default() };
        // In order, so that the numbers are the same each time.
        let mut spellings: Vec<String> = profile.words().map(str::to_owned).collect();
        for word in model.words.keys() {
            if word.contains('\'') {
                spellings.push(word.replace('\'', "’"));
            }
            spellings.push(word.clone());
        }
        spellings.sort_unstable();
        spellings.dedup();
        for word in spellings {
            words.insert(&word, model, profile);
        }
        for (shape, known) in Shape::ALL.into_iter().zip(&model.endings) {
            for (ending, class) in known {
                if let Some(key) = ending_key(shape, ending.as_bytes()) {
                    words.endings.insert(key, *class);
                }
            }
        }
        words
    }

    fn insert(&mut self, word: &str, model: &Model, profile: &Profile) {
        let plain = WordKey::new(word, true).word;
        // Such words are asked for letter by letter, or by nobody.
        let changes = !word.is_ascii() && plain.replace('\'', "’") != word.replace('\'', "’");
        let lower = word.chars().flat_map(char::to_lowercase).eq(word.chars());
        let Some(key) = Key::new(word.as_bytes(), 0, word.len()).filter(|_| lower && !changes) else { return };
        let mut at = self.place(key.halves);
        while self.slots[at].number != u32::MAX {
            at = (at + 1) & (self.slots.len() - 1);
        }
        let classes = [model.class_of_key(&plain, false), model.class_of_key(&plain, true)];
        self.slots[at] =
            Slot { key: key.halves, number: self.count, roles: profile.roles(word), classes, len: key.len };
        self.count += 1;
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "so many bits as the table has places")]
    fn place(&self, key: [u64; 2]) -> usize {
        let mixed = (key[0] ^ key[1].wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        ((mixed ^ mixed >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93) >> self.shift) as usize
    }

    #[inline]
    fn find(&self, key: Key) -> Option<&Slot> {
        let mut at = self.place(key.halves);
        loop {
            let slot = &self.slots[at];
            if slot.key == key.halves && slot.len == key.len {
                return Some(slot);
            }
            if slot.number == u32::MAX {
                return None;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// How many words are known.
    pub(super) fn len(&self) -> usize {
        self.count as usize
    }

    /// The number of a word in lower case.
    pub(super) fn id(&self, word: &str) -> WordId {
        match Key::new(word.as_bytes(), 0, word.len()) {
            Some(key) => match self.find(key) {
                Some(slot) => WordId::Known(slot.number),
                None if key.is_ascii() => WordId::Unknown,
                None => WordId::Spelled,
            },
            None => WordId::Spelled,
        }
    }

    /// What is known of the token of `text`; `opening` says that it opens its sentence.
    #[inline]
    pub(super) fn look_up(&self, text: &str, token: Range<usize>, opening: bool, with: Source<'_>) -> Found {
        let Some(key) = Key::new(text.as_bytes(), token.start, token.end) else {
            return with.spelled(&text[token], opening);
        };
        match self.find(key) {
            Some(slot) if key.is_ascii() => Found {
                id: WordId::Known(slot.number),
                roles: slot.roles,
                class: slot.classes[usize::from(key.capital(opening))],
            },
            Some(slot) => Found {
                id: WordId::Known(slot.number),
                roles: slot.roles,
                class: slot.classes[usize::from(WordKey::is_capital(&text[token], opening))],
            },
            None if key.is_ascii() => {
                Found { id: WordId::Unknown, roles: Roles::NONE, class: self.class_by_ending(key, opening) }
            }
            None => with.spelled(&text[token], opening),
        }
    }

    /// The class of an ASCII word that is not known, by its shape and ending.
    fn class_by_ending(&self, key: Key, opening: bool) -> u8 {
        let bytes = key.bytes();
        let len = usize::from(key.len);
        let word = &bytes[..len];
        let shape = Shape::of_ascii(word, key.capital(opening));
        let endings = (0..=MAX_ENDING.min(len)).rev().map(|ending| &word[len - ending..]);
        endings
            .filter_map(|ending| ending_key(shape, ending))
            .find_map(|ending| self.endings.get(&ending).copied())
            .unwrap_or(0)
    }
}

/// A number for an ending of a shape; `None` of what is longer than is asked for, or not ASCII.
fn ending_key(shape: Shape, ending: &[u8]) -> Option<u64> {
    if ending.len() > MAX_ENDING || !ending.is_ascii() {
        return None;
    }
    let letters = ending.iter().fold(0, |letters, byte| letters << 8 | u64::from(*byte));
    Some(letters | (ending.len() as u64) << 48 | (shape as u64) << 56)
}

/// Where words are asked for letter by letter.
#[derive(Clone, Copy)]
pub(super) struct Source<'l> {
    pub(super) model: &'l Model,
    pub(super) profile: &'l Profile,
}

impl Source<'_> {
    /// What is known of a word that no table by bytes can have.
    pub(super) fn spelled(self, word: &str, opening: bool) -> Found {
        let lower: String = word.chars().flat_map(char::to_lowercase).collect();
        Found { id: WordId::Spelled, roles: self.profile.roles(&lower), class: self.model.class(word, opening) }
    }
}

impl Model {
    /// The class of a word by its key.
    fn class_of_key(&self, key: &str, capital: bool) -> u8 {
        if let Some(classes) = self.words.get(key) {
            return classes[usize::from(capital)];
        }
        let shape = &self.endings[Shape::of(key, capital) as usize];
        endings(key).find_map(|ending| shape.get(ending)).copied().unwrap_or(0)
    }

    /// Returns the class of a word; `first` says that it opens its sentence, so that its capital says nothing.
    pub(super) fn class(&self, word: &str, first: bool) -> u8 {
        let key = WordKey::new(word, first);
        self.class_of_key(&key.word, key.capital)
    }
}
