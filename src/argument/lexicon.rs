//! The words that the rules know, and what an inflected form owes to its base.
//!
//! `closed.tsv` lists the closed classes, written by hand; `lexicon.tsv` lists open-class words, made by
//! `scripts/lexicon.py` from `WordNet` 3.0. Regular forms in -s, -ed, -ing are led back to their base.

use std::cell::Cell;
use std::ops::Range;

use super::class::{self, Classes};

/// Longest word that is looked up, in bytes. Longer words have no class but what their letters say.
const WORD_LIMIT: usize = 24;

/// Words with their classes, in an open-addressed table.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// All words, one after another.
    text: Vec<u8>,
    slots: Box<[Slot]>,
    /// The words of closed classes that have at most eight bytes, in a table that stays in the nearest cache.
    closed: Box<[(u64, Classes)]>,
}

/// Where a word is in the text; of length 0 if the slot is free.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    classes: Classes,
    start: u32,
    len: u8,
    /// Some bits of the hash, so that few other words are compared.
    tag: u8,
}

/// A word in lower case, for look-up; empty if it is none of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lower {
    /// The bytes of the word, and zeros.
    parts: [u64; WORD_LIMIT / 8],
    len: usize,
}

/// Classes of words that were looked up lately: few words make up most of a text.
#[derive(Debug)]
pub(crate) struct Recent {
    /// Words of at most eight bytes.
    short: Box<[Cell<(u64, Classes)>]>,
    long: Box<[Cell<(Lower, Classes)>]>,
}

impl Default for Recent {
    fn default() -> Self {
        const SHORT: usize = 16_384;
        const LONG: usize = 4096;
        Recent {
            short: vec![Cell::new((0, Classes::NONE)); SHORT].into_boxed_slice(),
            long: vec![Cell::new((Lower::default(), Classes::NONE)); LONG].into_boxed_slice(),
        }
    }
}

/// The lexicon, and what was looked up in it lately.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vocabulary<'v> {
    pub(crate) lexicon: &'v Lexicon,
    pub(crate) recent: &'v Recent,
}

impl Vocabulary<'_> {
    /// The closed classes of the word `text[span]`, whose first eight bytes in lower case are `lower`.
    #[inline]
    pub(super) fn closed_classes(self, text: &str, span: Range<usize>, lower: u64) -> Classes {
        if span.len() > 8 {
            return self.of_long(text, span);
        }
        if lower == US && is_us(&text[span]) {
            return Classes::NONE;
        }
        let (known, classes) = self.lexicon.closed[self.lexicon.closed_slot(lower)];
        if known == lower { classes } else { Classes::NONE }
    }

    /// The classes of the word `text[span]`: what is listed of it, and what its letters say.
    #[inline]
    pub(crate) fn classes(self, text: &str, span: Range<usize>) -> Classes {
        let bytes = text.as_bytes();
        if span.len() > 8 {
            return self.of_long(text, span);
        }
        let word = eight_bytes(bytes, span.start, span.end);
        let lower = ascii_lower(word);
        let entry = &self.recent.short[index(mixed(lower), self.recent.short.len())];
        let (known, mut classes) = entry.get();
        if known != lower {
            classes = self.of_short(text, span.clone());
            entry.set((lower, classes));
        }
        let first = bytes.get(span.start).copied().unwrap_or_default();
        if !first.is_ascii_lowercase() {
            if lower == US && is_us(&text[span.clone()]) {
                classes = class::WORD | class::NOUN;
            }
            classes |= of_first_letter(&text[span]);
        }
        classes
    }

    #[inline(never)]
    fn of_short(self, text: &str, span: Range<usize>) -> Classes {
        self.lexicon.classes(&Lower::within(text, span.start, span.end)) | class::WORD | of_hyphen(&text[span])
    }

    #[inline(never)]
    fn of_long(self, text: &str, span: Range<usize>) -> Classes {
        let lower = Lower::within(text, span.start, span.end);
        let word = &text[span];
        let entry = &self.recent.long[index(lower.hash(), self.recent.long.len())];
        let (known, mut classes) = entry.get();
        if known != lower {
            classes = self.lexicon.classes(&lower);
            entry.set((lower, classes));
        }
        classes | class::WORD | of_first_letter(word) | of_hyphen(word)
    }
}

/// `us` as the first eight bytes of a word.
const US: u64 = u64::from_le_bytes(*b"us\0\0\0\0\0\0");

/// Whether a word that is `us` in small letters is the name of a state.
fn is_us(word: &str) -> bool {
    word == "US"
}

fn of_hyphen(word: &str) -> Classes {
    if word.as_bytes().contains(&b'-') { class::HYPHEN | class::MODIFIER } else { Classes::NONE }
}

/// What a first letter other than a small one says.
fn of_first_letter(word: &str) -> Classes {
    let first = word.chars().next();
    let capital = if first.is_some_and(char::is_uppercase) { class::CAPITAL } else { Classes::NONE };
    let digit = if first.is_some_and(char::is_numeric) { class::DIGIT | class::MODIFIER } else { Classes::NONE };
    capital | digit
}

impl Lower {
    /// `word` in lower case; empty if it is longer than any word known, or not ASCII.
    pub(crate) fn new(word: &str) -> Self {
        let bytes = word.as_bytes();
        let mut padded = [0; WORD_LIMIT];
        let Some(start) = padded.get_mut(..bytes.len()) else { return Lower::default() };
        start.copy_from_slice(bytes);
        Self::of_padded(padded, bytes.len())
    }

    /// The word `text[start..end]`, without a copy of unknown length where the text goes on far enough.
    pub(crate) fn within(text: &str, start: usize, end: usize) -> Self {
        let len = end - start;
        let word = match text.as_bytes()[start..].first_chunk::<WORD_LIMIT>() {
            Some(bytes) if len <= WORD_LIMIT => Self::of_padded(*bytes, len),
            _ => Self::new(&text[start..end]),
        };
        // `don’t` is `don't`
        if word.len == 0 && text[start..end].contains('’') {
            Self::new(&text[start..end].replace('’', "'"))
        } else {
            word
        }
    }

    /// The word that the first `len` bytes hold.
    fn of_padded(bytes: [u8; WORD_LIMIT], len: usize) -> Self {
        let mut lower = Lower { parts: [0; WORD_LIMIT / 8], len };
        let mut all = 0;
        for (i, (to, from)) in lower.parts.iter_mut().zip(bytes.chunks_exact(8)).enumerate() {
            let mut part = [0; 8];
            part.copy_from_slice(from);
            // What is beyond the word becomes zeros.
            let kept = len.saturating_sub(i * 8).min(8);
            let mask = if kept == 8 { u64::MAX } else { (1 << (kept * 8)) - 1 };
            let part = u64::from_le_bytes(part) & mask;
            all |= part;
            *to = ascii_lower(part);
        }
        if all & HIGH_BITS == 0 { lower } else { Lower::default() }
    }

    fn bytes(&self) -> [u8; WORD_LIMIT] {
        let mut bytes = [0; WORD_LIMIT];
        for (to, from) in bytes.chunks_exact_mut(8).zip(self.parts) {
            to.copy_from_slice(&from.to_le_bytes());
        }
        bytes
    }

    fn hash(&self) -> u64 {
        const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut hash = self.len as u64;
        for part in self.parts {
            hash = (hash.rotate_left(29) ^ part).wrapping_mul(FACTOR);
            hash ^= hash >> 32;
        }
        hash
    }
}

pub(super) const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
const ONES: u64 = 0x0101_0101_0101_0101;

/// The high bit of each byte that is an ASCII letter.
pub(super) fn letters(bytes: u64) -> u64 {
    let small = (bytes | (ONES * 0x20)) & !HIGH_BITS;
    let from_a = small + ONES * u64::from(0x80 - b'a');
    let beyond_z = small + ONES * u64::from(0x7f - b'z');
    from_a & !beyond_z & !bytes & HIGH_BITS
}

/// Eight bytes with capitals lowered; those that are not ASCII are kept.
pub(super) fn ascii_lower(bytes: u64) -> u64 {
    // The high bit of a byte is set where it is at least `A`, and where it is beyond `Z`.
    let low = bytes & !HIGH_BITS;
    let from_a = low + ONES * u64::from(0x80 - b'A');
    let beyond_z = low + ONES * u64::from(0x7f - b'Z');
    bytes | ((from_a & !beyond_z & !bytes & HIGH_BITS) >> 2)
}

/// The first eight bytes of `bytes[start..end]`, with zeros where they are fewer.
#[inline]
pub(super) fn eight_bytes(bytes: &[u8], start: usize, end: usize) -> u64 {
    let len = end - start;
    let eight = match bytes[start..].first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => last_bytes(&bytes[start..]),
    };
    if len < 8 { eight & ((1 << (8 * len)) - 1) } else { eight }
}

#[cold]
fn last_bytes(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |all, &byte| all << 8 | u64::from(byte))
}

/// A number that all bits of `word` have a part in.
fn mixed(word: u64) -> u64 {
    let product = word.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ product >> 32
}

/// A place among `len`, a power of two.
#[expect(clippy::cast_possible_truncation, reason = "the low bits choose the place")]
fn index(hash: u64, len: usize) -> usize {
    hash as usize & (len - 1)
}

impl Lexicon {
    /// The lexicon of English. Takes some milliseconds.
    pub(crate) fn english() -> Self {
        let open = include_str!("lexicon.tsv");
        let closed = || closed_words(include_str!("closed.tsv"));
        let mut lexicon = Lexicon {
            text: Vec::with_capacity(open.len()),
            slots: vec![Slot::default(); (open.lines().count() * 3 / 2).next_power_of_two()].into(),
            closed: vec![(0, Classes::NONE); (closed().count() * 2).next_power_of_two()].into(),
        };
        for (word, classes) in open.lines().filter_map(open_word).chain(closed()) {
            lexicon.insert(word, classes);
        }
        for (word, classes) in closed().filter(|(word, _)| word.len() <= 8) {
            let lower = eight_bytes(word.as_bytes(), 0, word.len());
            let slot = lexicon.closed_slot(lower);
            lexicon.closed[slot].0 = lower;
            lexicon.closed[slot].1 |= classes;
        }
        lexicon
    }

    /// The slot of a word of closed classes, or the free one where it would be.
    #[inline]
    fn closed_slot(&self, lower: u64) -> usize {
        let mut at = index(mixed(lower), self.closed.len());
        while self.closed[at].0 != lower && self.closed[at].0 != 0 {
            at = (at + 1) & (self.closed.len() - 1);
        }
        at
    }

    /// Adds classes to a word.
    #[expect(clippy::cast_possible_truncation, reason = "the files are small, and a test looks every word up")]
    fn insert(&mut self, word: &str, classes: Classes) {
        let lower = Lower::new(word);
        if lower.len == 0 {
            return;
        }
        let at = self.slot(&lower);
        let slot = &mut self.slots[at];
        if slot.len == 0 {
            let start = self.text.len() as u32;
            *slot = Slot { classes: Classes::NONE, start, len: lower.len as u8, tag: tag(lower.hash()) };
            self.text.extend_from_slice(word.as_bytes());
        }
        slot.classes |= classes;
    }

    /// The slot of `word`, or the free one where it would be.
    fn slot(&self, word: &Lower) -> usize {
        let hash = word.hash();
        let bytes = word.bytes();
        let mut at = index(hash, self.slots.len());
        loop {
            let slot = self.slots[at];
            let start = slot.start as usize;
            if slot.len == 0
                || slot.tag == tag(hash)
                    && usize::from(slot.len) == word.len
                    && self.text[start..start + word.len] == bytes[..word.len]
            {
                return at;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// The classes of `word`, which is in lower case, as the files have them.
    fn listed(&self, word: &[u8]) -> Classes {
        let mut bytes = [0; WORD_LIMIT];
        let Some(start) = bytes.get_mut(..word.len()) else { return Classes::NONE };
        start.copy_from_slice(word);
        self.slots[self.slot(&Lower::of_padded(bytes, word.len()))].classes
    }

    /// The classes of `word`, inflected or not.
    pub(crate) fn classes(&self, word: &Lower) -> Classes {
        let mut classes = if word.len == 0 { Classes::NONE } else { self.slots[self.slot(word)].classes };
        let bytes = word.bytes();
        let word = &bytes[..word.len];
        match word {
            [.., b's', b's'] | [_, b's'] | [_, _, b's'] => {}
            [.., b's'] => classes |= self.of_s_form(word),
            [.., _, b'e', b'd'] => classes |= class::PAST | self.of_verb_form(word, 2),
            [.., _, b'i', b'n', b'g'] => {
                let verb = self.of_verb_form(word, 3);
                if !verb.is_empty() {
                    classes |= verb | class::ING;
                }
            }
            _ => {}
        }
        if let [.., before, b's'] = word
            && !classes.any(class::NOUN.or(class::VERB).or(class::ADJECTIVE).or(class::ADVERB).or(class::STOP))
            && before.is_ascii_lowercase()
            && !matches!(before, b's' | b'u' | b'i')
        {
            // A word that is not listed: most in -s are plurals.
            classes |= class::PLURAL;
        }
        if is_modifier(word, classes) {
            classes |= class::MODIFIER;
        }
        classes
    }

    /// What a word in -s owes to its base: a plural, or the third person of a verb.
    fn of_s_form(&self, word: &[u8]) -> Classes {
        let mut found = Classes::NONE;
        let mut take = |base: Classes| {
            if base.any(class::NOUN) {
                found |= base.and(NOMINAL) | class::PLURAL;
            }
            if base.any(class::VERB) {
                found |= class::VERB;
            }
        };
        take(self.listed(&word[..word.len() - 1]));
        if let [stem @ .., b'i', b'e', b's'] = word {
            take(self.with_ending(stem, b"y"));
        } else if let [stem @ .., b's' | b'x' | b'z' | b'h' | b'o', b'e', b's'] = word {
            take(self.listed(&word[..=stem.len()]));
        }
        found
    }

    /// [`class::VERB`] if `word` without its last `ending` bytes leads back to a verb.
    fn of_verb_form(&self, word: &[u8], ending: usize) -> Classes {
        let stem = &word[..word.len() - ending];
        let undoubled = match stem {
            [.., a, b] if a == b => &stem[..stem.len() - 1],
            _ => stem,
        };
        let bases = [self.listed(stem), self.with_ending(stem, b"e"), self.listed(undoubled)];
        let in_y = match stem {
            [start @ .., b'i'] => self.with_ending(start, b"y"),
            _ => Classes::NONE,
        };
        bases.into_iter().fold(in_y, Classes::or).and(class::VERB)
    }

    fn with_ending(&self, stem: &[u8], ending: &[u8]) -> Classes {
        let mut word = [0; WORD_LIMIT];
        let len = stem.len() + ending.len();
        let Some(space) = word.get_mut(..len) else { return Classes::NONE };
        space[..stem.len()].copy_from_slice(stem);
        space[stem.len()..].copy_from_slice(ending);
        self.listed(space)
    }

    /// Bytes of memory it holds.
    pub(crate) fn memory_usage(&self) -> usize {
        self.text.len() + size_of_val(&*self.slots) + size_of_val(&*self.closed)
    }
}

/// What a plural has from its singular: all but the parts of speech.
const NOMINAL: Classes = class::ACT
    .or(class::ANIMAL)
    .or(class::ARTIFACT)
    .or(class::ATTRIBUTE)
    .or(class::BODY)
    .or(class::COGNITION)
    .or(class::COMMUNICATION)
    .or(class::EVENT)
    .or(class::FEELING)
    .or(class::FOOD)
    .or(class::GROUP)
    .or(class::LOCATION)
    .or(class::OBJECT)
    .or(class::PERSON)
    .or(class::PHENOMENON)
    .or(class::PLANT)
    .or(class::POSSESSION)
    .or(class::PROCESS)
    .or(class::QUANTITY)
    .or(class::RELATION)
    .or(class::SHAPE)
    .or(class::STATE)
    .or(class::SUBSTANCE)
    .or(class::TIME)
    .or(class::CONTAINER)
    .or(class::COLLECTION)
    .or(class::PART)
    .or(class::THING)
    .or(class::NOUN);

/// Whether a word may stand before a noun without being the head, by its class or its ending.
fn is_modifier(word: &[u8], classes: Classes) -> bool {
    const ENDINGS: [&[u8]; 9] = [b"al", b"ous", b"ive", b"able", b"ible", b"ic", b"ful", b"less", b"ary"];
    let adverb_in_ly = word.ends_with(b"ly") && !classes.any(class::NOUN);
    classes.any(class::ADJECTIVE)
        || adverb_in_ly
        || word.ends_with(b"ed")
        || classes.is_verb_only()
        || ENDINGS.iter().any(|ending| word.len() > ending.len() + 1 && word.ends_with(ending))
}

fn closed_words(file: &str) -> impl Iterator<Item = (&str, Classes)> {
    let lines = file.lines().filter_map(|line| line.split_once('\t'));
    lines.flat_map(|(name, words)| {
        let classes = class::by_name(name).unwrap_or_default();
        words.split(' ').map(move |word| (word, classes))
    })
}

fn open_word(line: &str) -> Option<(&str, Classes)> {
    let (word, letters) = line.split_once('\t')?;
    Some((word, letters.chars().map(of_letter).fold(Classes::NONE, Classes::or)))
}

/// The class that `scripts/lexicon.py` writes as `letter`.
fn of_letter(letter: char) -> Classes {
    match letter {
        'n' => class::NOUN,
        'p' => class::PLURAL,
        'v' => class::VERB,
        'f' => class::VERB | class::PAST,
        'a' => class::ADJECTIVE,
        'r' => class::ADVERB,
        'A' => class::ACT,
        'B' => class::ANIMAL,
        'C' => class::ARTIFACT,
        'D' => class::ATTRIBUTE,
        'E' => class::BODY,
        'F' => class::COGNITION,
        'G' => class::COMMUNICATION,
        'H' => class::EVENT,
        'I' => class::FEELING,
        'J' => class::FOOD,
        'K' => class::GROUP,
        'L' => class::LOCATION,
        'N' => class::OBJECT,
        'O' => class::PERSON,
        'P' => class::PHENOMENON,
        'Q' => class::PLANT,
        'R' => class::POSSESSION,
        'S' => class::PROCESS,
        'T' => class::QUANTITY,
        'U' => class::RELATION,
        'V' => class::SHAPE,
        'W' => class::STATE,
        'X' => class::SUBSTANCE,
        'Y' => class::TIME,
        '1' => class::CONTAINER,
        '2' => class::COLLECTION,
        '3' => class::PART,
        '4' => class::THING,
        _ => Classes::NONE,
    }
}

fn tag(hash: u64) -> u8 {
    (hash >> 56) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_word_is_found() {
        let lexicon = Lexicon::english();
        for (word, classes) in closed_words(include_str!("closed.tsv")) {
            assert!(!classes.is_empty(), "{word}: unknown class");
            assert!(lexicon.classes(&Lower::new(word)).any(classes), "{word}");
            let vocabulary = Vocabulary { lexicon: &lexicon, recent: &Recent::default() };
            let lower = eight_bytes(word.as_bytes(), 0, word.len());
            assert!(vocabulary.closed_classes(word, 0..word.len(), lower).any(classes), "{word}");
        }
        for (word, classes) in include_str!("lexicon.tsv").lines().filter_map(open_word) {
            assert!(word.len() <= WORD_LIMIT, "{word}");
            let found = lexicon.listed(word.as_bytes());
            assert_eq!(found.and(classes), classes, "{word}");
        }
        assert!(lexicon.listed(b"zzyzx").is_empty());
    }

    #[test]
    fn words_are_lowered() {
        for word in ["", "a", "ABCXYZabcxyz@[`{", "eight888", "exactly-twenty-four-0123", "it's"] {
            let (lower, padded) = (Lower::new(word), format!("{word} and what follows after it"));
            assert_eq!(&lower.bytes()[..lower.len], word.to_ascii_lowercase().as_bytes());
            assert_eq!(Lower::within(&padded, 0, word.len()), lower, "{word}");
        }
        assert_eq!(Lower::new("caf\u{e9}"), Lower::default());
        assert_eq!(Lower::within("caf\u{e9} and what follows after it", 0, 3), Lower::new("caf"));
        assert_eq!(Lower::new("longer-than-twenty-four-00"), Lower::default());
    }

    #[test]
    fn inflected_forms_are_led_back() {
        let lexicon = Lexicon::english();
        let cases = [
            ("boxes", class::CONTAINER | class::PLURAL),
            ("factories", class::ARTIFACT | class::PLURAL),
            ("children", class::PERSON | class::PLURAL),
            ("Affects", class::VERB),
            ("stopped", class::VERB | class::PAST),
            ("carried", class::VERB),
            ("making", class::ING),
            ("running", class::ING),
            ("gave", class::PAST),
            ("THE", class::DETERMINER),
            ("quickly", class::MODIFIER),
            ("zorgous", class::MODIFIER),
        ];
        for (word, want) in cases {
            let found = lexicon.classes(&Lower::new(word));
            assert_eq!(found.and(want), want, "{word}");
        }
        assert!(!lexicon.classes(&Lower::new("glass")).any(class::PLURAL));
        assert!(!lexicon.classes(&Lower::new("thing")).any(class::ING));
    }
}
