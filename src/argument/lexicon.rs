//! The words that the rules know, and what an inflected form owes to its base.
//!
//! `closed.tsv` lists the closed classes, written by hand; `lexicon.tsv` lists open-class words, made by
//! `scripts/lexicon.py` from `WordNet` 3.0. Regular forms in -s, -ed, -ing are led back to their base.

use std::collections::HashMap;
use std::hint::select_unpredictable;

use foldhash::fast::FixedState;

use super::class::{self, Classes};
use super::named::{LISTS, Named};
use super::vocabulary::key;
use crate::text::{HIGH_BITS, ascii_lower, eight_bytes};

/// Longest word that is looked up, in bytes. Longer words have no class but what their letters say.
const WORD_LIMIT: usize = 24;

/// Words with their classes, in an open-addressed table.
#[derive(Debug)]
pub(crate) struct Lexicon {
    slots: Box<[Slot]>,
    /// Some bits of the hash of each, 0 where there is none: what is not listed, as half of what is looked up, is not
    /// looked for in the slots, which are far away.
    tags: Box<[u8]>,
    /// The words of closed classes that have at most eight bytes, each in the only pair where it can be, so that to look
    /// one up takes no branch.
    closed: Box<[[(u64, Classes); 2]]>,
    /// Some bits of the hash of each, 0 where there is none. Most words that are looked up are none of these: the tags
    /// stay in the nearest cache, and say so.
    closed_tags: Box<[[u8; 2]]>,
    closed_factor: u64,
    /// The lists of the words that the rules name, by the keys of a vocabulary.
    named: HashMap<u64, Named, FixedState>,
}

const CLOSED: usize = 1 << CLOSED_BITS;
const CLOSED_BITS: u32 = 12;

/// A word by its [key](Lower::key), 0 if the slot is free, and its classes: a look-up reads one line of the cache.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: u64,
    classes: Classes,
}

/// A word in lower case, for look-up; empty if it is none of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lower {
    /// The bytes of the word, and zeros.
    parts: [u64; WORD_LIMIT / 8],
    len: usize,
}

impl Lower {
    /// The ASCII word of at most eight bytes that these are, in lower case.
    pub(super) fn of_short(lower: u64, len: usize) -> Self {
        Lower { parts: [lower, 0, 0], len }
    }

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

    /// Whether it is more than the empty word.
    pub(super) fn is_known(&self) -> bool {
        self.len > 0
    }

    /// Whether it holds a `-`.
    pub(super) fn has_hyphen(&self) -> bool {
        const ONES: u64 = 0x0101_0101_0101_0101;
        // Not zero where one of the bytes is.
        let zeros = |part: u64| part.wrapping_sub(ONES) & !part & HIGH_BITS;
        self.parts.iter().any(|part| zeros(part ^ (ONES * u64::from(b'-'))) != 0)
    }

    /// The last eight bytes, the last one highest, with zeros before the word.
    fn tail(&self) -> u64 {
        let [a, b, c] = self.parts;
        let (before, last) = if self.len <= 8 {
            (0, a)
        } else if self.len <= 16 {
            (a, b)
        } else {
            (b, c)
        };
        // How many of the eight are in the last part.
        let held = 8 * ((self.len + 7) % 8 + 1);
        let held = u32::try_from(held).unwrap_or(64);
        before.unbounded_shr(held) | last.unbounded_shl(64 - held)
    }

    /// The word without its last `count` bytes, of which it has more.
    fn cut(&self, count: usize) -> Lower {
        let len = self.len - count;
        let kept = |part: usize| u32::try_from(8 * len.saturating_sub(8 * part).min(8)).unwrap_or(64);
        let part = |part: usize| self.parts[part] & !u64::MAX.unbounded_shl(kept(part));
        Lower { parts: [part(0), part(1), part(2)], len }
    }

    /// The word with `byte` after it; itself if it would be too long.
    fn with(mut self, byte: u8) -> Lower {
        if let Some(part) = self.parts.get_mut(self.len / 8) {
            *part |= u64::from(byte) << (8 * (self.len % 8));
            self.len += 1;
        }
        self
    }

    /// A number that tells the word from all others: its bytes if they are at most eight. Longer words have the highest
    /// bit set, which no ASCII has, and a hash of 63 bits: two words met by chance have the same one time in 2^63.
    pub(super) fn key(&self) -> u64 {
        const FACTORS: [u64; WORD_LIMIT / 8] = [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03, 0x8cb9_2ba7_2f3d_8dd7];
        if self.len <= 8 {
            return self.parts[0];
        }
        let [a, b, c] = [0, 1, 2].map(|i| self.parts[i].wrapping_mul(FACTORS[i]));
        mixed(a ^ b.rotate_left(21) ^ c.rotate_left(42)) | 1 << 63
    }
}

/// A number that all bits of `word` have a part in.
pub(super) fn mixed(word: u64) -> u64 {
    let product = word.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ product >> 32
}

/// A place among `len`, a power of two.
#[expect(clippy::cast_possible_truncation, reason = "the low bits choose the place")]
pub(super) fn index(hash: u64, len: usize) -> usize {
    hash as usize & (len - 1)
}

/// Bits of a hash that do not choose the place.
fn tag(hash: u64) -> u8 {
    hash.to_be_bytes()[0] | 1
}

impl Lexicon {
    /// The lexicon of English. Takes some milliseconds.
    pub(crate) fn english() -> Self {
        let open = include_str!("lexicon.tsv");
        let closed = || closed_words(include_str!("closed.tsv"));
        let slots = (open.lines().count() * 3 / 2).next_power_of_two();
        let mut lexicon = Lexicon {
            slots: vec![Slot::default(); slots].into(),
            tags: vec![0; slots].into(),
            closed: vec![[(0, Classes::NONE); 2]; CLOSED].into(),
            closed_tags: vec![[0; 2]; CLOSED].into(),
            closed_factor: 1,
            named: HashMap::default(),
        };
        for (word, classes) in open.lines().filter_map(open_word).chain(closed()) {
            lexicon.insert(word, classes);
        }
        // Some factor leaves no more than two words in any place.
        while !lexicon.fill_closed(closed()) {
            lexicon.closed_factor = lexicon.closed_factor.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        for &(list, words) in LISTS {
            for word in words {
                let lists = lexicon.named.entry(key(word, &(0..word.len()))).or_default();
                *lists = lists.or(list);
            }
        }
        lexicon
    }

    /// The lists of the word with this key.
    pub(super) fn named(&self, key: u64) -> Named {
        self.named.get(&key).copied().unwrap_or_default()
    }

    /// Puts the words of at most eight bytes in their pairs; whether they fit in.
    fn fill_closed<'w>(&mut self, words: impl Iterator<Item = (&'w str, Classes)>) -> bool {
        self.closed.fill([(0, Classes::NONE); 2]);
        self.closed_tags.fill([0; 2]);
        for (word, classes) in words.filter(|(word, _)| word.len() <= 8) {
            let key = eight_bytes(word.as_bytes(), 0, word.len());
            let (pair, tag) = self.closed_place(key);
            let free_or_same = |(known, _): &(u64, Classes)| *known == key || *known == 0;
            let Some(place) = self.closed[pair].iter().position(free_or_same) else { return false };
            self.closed_tags[pair][place] = tag;
            self.closed[pair][place].0 = key;
            self.closed[pair][place].1 |= classes;
        }
        true
    }

    /// The closed classes of the word of at most eight bytes, in lower case, that these are.
    #[inline]
    pub(super) fn closed(&self, lower: u64) -> Classes {
        let (pair, tag) = self.closed_place(lower);
        let [one, other] = self.closed_tags[pair];
        // All words that are none of these are looked for in one place.
        let pair = select_unpredictable(one == tag || other == tag, pair, 0);
        let [(one, of_one), (other, of_other)] = self.closed[pair];
        let known = select_unpredictable(one == lower, of_one, Classes::NONE);
        known | select_unpredictable(other == lower, of_other, Classes::NONE)
    }

    /// The number of the pair where a word would be, and its tag.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "some bits of the hash are the tag")]
    fn closed_place(&self, lower: u64) -> (usize, u8) {
        let hash = lower.wrapping_mul(self.closed_factor);
        ((hash >> (64 - CLOSED_BITS)) as usize, (hash >> (56 - CLOSED_BITS)) as u8 | 1)
    }

    /// Adds classes to a word.
    fn insert(&mut self, word: &str, classes: Classes) {
        let key = Lower::new(word).key();
        if key == 0 {
            return;
        }
        let hash = mixed(key);
        let mut at = index(hash, self.slots.len());
        while self.tags[at] != 0 && self.slots[at].key != key {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.tags[at] = tag(hash);
        let slot = &mut self.slots[at];
        slot.key = key;
        slot.classes |= classes;
    }

    /// The classes of `word`, which is in lower case, as the files have them.
    fn listed(&self, word: &Lower) -> Classes {
        let key = word.key();
        let hash = mixed(key);
        let mut at = index(hash, self.slots.len());
        loop {
            match self.tags[at] {
                0 => return Classes::NONE,
                known if known == tag(hash) && self.slots[at].key == key => return self.slots[at].classes,
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }

    /// The classes of `word`, inflected or not.
    pub(crate) fn classes(&self, word: &Lower) -> Classes {
        let mut classes = self.listed(word);
        let tail = Tail(word.tail());
        if tail.ends(b"s") {
            if word.len > 3 && !tail.ends(b"ss") {
                classes |= self.of_s_form(word, tail);
            }
            let known = class::NOUN.or(class::VERB).or(class::ADJECTIVE).or(class::ADVERB).or(class::STOP);
            let before = tail.byte(1);
            if !classes.any(known) && before.is_ascii_lowercase() && !matches!(before, b's' | b'u' | b'i') {
                // A word that is not listed: most in -s are plurals.
                classes |= class::PLURAL;
            }
        } else if tail.ends(b"ed") && word.len > 2 {
            classes |= class::PAST | self.of_verb_form(word, tail, 2);
        } else if tail.ends(b"ing") && word.len > 3 {
            let verb = self.of_verb_form(word, tail, 3);
            if !verb.is_empty() {
                classes |= verb | class::ING;
            }
        }
        if is_modifier(word.len, tail, classes) {
            classes |= class::MODIFIER;
        }
        classes
    }

    /// What a word in -s owes to its base: a plural, or the third person of a verb.
    fn of_s_form(&self, word: &Lower, tail: Tail) -> Classes {
        let of_base = |base: Classes| {
            let plural = if base.any(class::NOUN) { base.and(NOMINAL) | class::PLURAL } else { Classes::NONE };
            plural | base.and(class::VERB)
        };
        let found = of_base(self.listed(&word.cut(1)));
        if tail.ends(b"ies") {
            found | of_base(self.listed(&word.cut(3).with(b'y')))
        } else if tail.ends(b"es") && matches!(tail.byte(2), b's' | b'x' | b'z' | b'h' | b'o') {
            found | of_base(self.listed(&word.cut(2)))
        } else {
            found
        }
    }

    /// [`class::VERB`] if `word` without its last `ending` bytes leads back to a verb.
    fn of_verb_form(&self, word: &Lower, tail: Tail, ending: usize) -> Classes {
        let stem = word.cut(ending);
        let (last, before) = (tail.byte(ending), tail.byte(ending + 1));
        let mut found = self.listed(&stem) | self.listed(&stem.with(b'e'));
        if last == before {
            found |= self.listed(&stem.cut(1));
        }
        if last == b'i' {
            found |= self.listed(&stem.cut(1).with(b'y'));
        }
        found.and(class::VERB)
    }

    /// Bytes of memory it holds.
    pub(crate) fn memory_usage(&self) -> usize {
        size_of_val(&*self.slots)
            + size_of_val(&*self.tags)
            + size_of_val(&*self.closed)
            + size_of_val(&*self.closed_tags)
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

/// The last eight bytes of a word, the last one highest.
#[derive(Clone, Copy, Debug)]
struct Tail(u64);

impl Tail {
    /// Whether the word ends so.
    #[inline]
    fn ends<const N: usize>(self, ending: &[u8; N]) -> bool {
        let mut bytes = [0; 8];
        bytes[8 - N..].copy_from_slice(ending);
        self.0 >> (64 - 8 * N) == u64::from_le_bytes(bytes) >> (64 - 8 * N)
    }

    /// The byte that so many others follow.
    #[inline]
    fn byte(self, behind: usize) -> u8 {
        self.0.to_be_bytes()[behind]
    }
}

/// Whether a word may stand before a noun without being the head, by its class or its ending.
fn is_modifier(len: usize, tail: Tail, classes: Classes) -> bool {
    let of_two = tail.ends(b"al") | tail.ends(b"ic");
    let of_three = tail.ends(b"ous") | tail.ends(b"ive") | tail.ends(b"ful") | tail.ends(b"ary");
    let of_four = tail.ends(b"able") | tail.ends(b"ible") | tail.ends(b"less");
    let by_ending = (of_two && len > 3) || (of_three && len > 4) || (of_four && len > 5);
    let adverb_in_ly = tail.ends(b"ly") && !classes.any(class::NOUN);
    classes.any(class::ADJECTIVE) || adverb_in_ly || tail.ends(b"ed") || classes.is_verb_only() || by_ending
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::argument::recent::Recent;
    use crate::argument::vocabulary::Vocabulary;

    #[test]
    fn every_listed_word_is_found() {
        let lexicon = Lexicon::english();
        for (word, classes) in closed_words(include_str!("closed.tsv")) {
            assert!(!classes.is_empty(), "{word}: unknown class");
            assert!(lexicon.classes(&Lower::new(word)).any(classes), "{word}");
            let recent = Recent::default();
            let vocabulary = Vocabulary { lexicon: &lexicon, recent: &recent, questions: None };
            let lower = eight_bytes(word.as_bytes(), 0, word.len());
            assert!(vocabulary.closed_classes(word, 0..word.len(), lower).any(classes), "{word}");
        }
        for (word, classes) in include_str!("lexicon.tsv").lines().filter_map(open_word) {
            assert!(word.len() <= WORD_LIMIT, "{word}");
            let found = lexicon.listed(&Lower::new(word));
            assert_eq!(found.and(classes), classes, "{word}");
        }
        assert!(lexicon.listed(&Lower::new("zzyzx")).is_empty());
        let mut words: Vec<&str> =
            include_str!("lexicon.tsv").lines().filter_map(open_word).map(|(word, _)| word).collect();
        words.extend(closed_words(include_str!("closed.tsv")).map(|(word, _)| word));
        words.sort_unstable();
        words.dedup();
        let used = lexicon.slots.iter().filter(|slot| slot.key != 0).count();
        assert_eq!(used, words.len(), "two words have one key");
    }

    #[test]
    fn words_are_lowered() {
        for word in ["", "a", "ABCXYZabcxyz@[`{", "eight888", "exactly-twenty-four-0123", "it's"] {
            let (lower, padded) = (Lower::new(word), format!("{word} and what follows after it"));
            let bytes = lower.parts.map(u64::to_le_bytes).concat();
            assert_eq!(&bytes[..lower.len], word.to_ascii_lowercase().as_bytes());
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
