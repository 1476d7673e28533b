//! Exact lower-casing into an arena, with a map from the lowered text back to the original.
//!
//! The result is that of [`str::to_lowercase`]: full Unicode lower-casing, in which U+0130 becomes two characters and
//! a capital sigma at the end of a word becomes a final sigma. ASCII is lowered in bulk.

use bumpalo::Bump;
use bumpalo::collections::{String as BumpString, Vec as BumpVec};
use std::ops::Range;

/// A lower-cased text in an arena.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lowered<'a> {
    pub(crate) text: &'a str,
    pub(crate) map: OffsetMap<'a>,
}

impl<'a> Lowered<'a> {
    /// A text that was lowered without changing the length of any character.
    pub(crate) fn unshifted(text: &'a str) -> Self {
        Lowered { text, map: OffsetMap { shifts: &[] } }
    }
}

/// Where the bytes of a lowered text were in the original.
///
/// Only characters that change their length are written down, so the map of nearly every text is empty and the
/// offsets are equal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OffsetMap<'a> {
    shifts: &'a [Shift],
}

/// A character whose lowered form has another length.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shift {
    lowered: Range<usize>,
    original: Range<usize>,
}

impl OffsetMap<'_> {
    /// Whether any character changed its length, so that offsets after it differ.
    pub(crate) fn is_shifted(&self) -> bool {
        !self.shifts.is_empty()
    }

    /// The span in the original of what became `lowered`. An end within a character that became several covers the
    /// whole of it. Logarithmic in the number of characters that changed their length.
    pub(crate) fn original(&self, lowered: &Range<usize>) -> Range<usize> {
        if self.shifts.is_empty() {
            return lowered.clone();
        }
        let start = self.locate(lowered.start).start;
        if lowered.is_empty() {
            return start..start;
        }
        start..self.locate(lowered.end).end
    }

    /// The span in the lowered text of `original`, whose ends are ends of characters. Logarithmic, as above.
    pub(crate) fn lowered(&self, original: &Range<usize>) -> Range<usize> {
        let locate = |at: usize| {
            let after = self.shifts.partition_point(|shift| shift.original.start < at);
            match after.checked_sub(1).map(|last| &self.shifts[last]) {
                Some(shift) => shift.lowered.end + at.saturating_sub(shift.original.end),
                None => at,
            }
        };
        locate(original.start)..locate(original.end)
    }

    /// The offset in the original: the start and the end of the character if `at` is within a changed one.
    fn locate(&self, at: usize) -> Range<usize> {
        let after = self.shifts.partition_point(|shift| shift.lowered.start <= at);
        let Some(shift) = after.checked_sub(1).map(|last| &self.shifts[last]) else { return at..at };
        if at == shift.lowered.start {
            return shift.original.start..shift.original.start;
        }
        if at < shift.lowered.end {
            return shift.original.clone();
        }
        let offset = shift.original.end + (at - shift.lowered.end);
        offset..offset
    }
}

/// Lowers `text` into `arena`. Linear in the text.
pub(crate) fn lower_in<'a>(arena: &'a Bump, text: &str) -> Lowered<'a> {
    if text.is_ascii() {
        let lowered = arena.alloc_str(text);
        lowered.make_ascii_lowercase();
        return Lowered::unshifted(lowered);
    }
    let lowered = BumpString::with_capacity_in(capacity(text), arena);
    let Writer { text, shifts, .. } = Writer::new(lowered, BumpVec::new_in(arena)).write(text);
    Lowered { text: text.into_bump_str(), map: OffsetMap { shifts: shifts.into_bump_slice() } }
}

/// A lower-cased text in memory of its own.
#[derive(Clone, Debug)]
pub(crate) struct OwnLowered {
    text: String,
    shifts: Vec<Shift>,
}

impl OwnLowered {
    /// Lowers `text`. Linear in the text.
    pub(crate) fn new(text: &str) -> Self {
        if text.is_ascii() {
            return OwnLowered { text: text.to_ascii_lowercase(), shifts: Vec::new() };
        }
        let Writer { text, shifts, .. } = Writer::new(String::with_capacity(capacity(text)), Vec::new()).write(text);
        OwnLowered { text, shifts }
    }

    pub(crate) fn lowered(&self) -> Lowered<'_> {
        Lowered { text: &self.text, map: OffsetMap { shifts: &self.shifts } }
    }
}

/// Bytes to lower `text` in, with space for characters that grow, so that it rarely has to be moved.
fn capacity(text: &str) -> usize {
    text.len() + text.len() / 64 + 16
}

/// A string that grows, whoever allocates it.
trait Growing {
    fn text(&mut self) -> &mut str;
    fn push(&mut self, text: &str);
}

impl Growing for String {
    fn text(&mut self) -> &mut str {
        self
    }

    fn push(&mut self, text: &str) {
        self.push_str(text);
    }
}

impl Growing for BumpString<'_> {
    fn text(&mut self) -> &mut str {
        self
    }

    fn push(&mut self, text: &str) {
        self.push_str(text);
    }
}

struct Writer<T, S> {
    text: T,
    shifts: S,
    /// Bytes of the original that have been lowered.
    consumed: usize,
}

impl<T: Growing, S: Extend<Shift>> Writer<T, S> {
    fn new(text: T, shifts: S) -> Self {
        Writer { text, shifts, consumed: 0 }
    }

    fn write(mut self, text: &str) -> Self {
        let mut rest = text;
        while let Some(sigma) = memchr::memmem::find(rest.as_bytes(), "Σ".as_bytes()) {
            // Which sigma it becomes depends on the letters around it, but on nothing beyond a space or line feed.
            let between = |byte: &u8| *byte == b' ' || *byte == b'\n';
            let start = rest.as_bytes()[..sigma].iter().rposition(between).map_or(0, |at| at + 1);
            let end = rest.as_bytes()[sigma..].iter().position(between).map_or(rest.len(), |at| sigma + at);
            self.push(&rest[..start]);
            self.push_word_with_sigma(&rest[start..end]);
            rest = &rest[end..];
        }
        self.push(rest);
        self
    }

    /// Lowers text in which no sigma is capital: every character by itself.
    fn push(&mut self, mut text: &str) {
        while !text.is_empty() {
            let (kept, rest) = text.split_at(unchanged_or_ascii_prefix(text));
            let at = self.text.text().len();
            self.text.push(kept);
            self.text.text()[at..].make_ascii_lowercase();
            self.consumed += kept.len();
            text = rest;
            if let Some(c) = text.chars().next() {
                let at = self.text.text().len();
                c.to_lowercase().for_each(|c| self.text.push(c.encode_utf8(&mut [0; 4])));
                let lowered = self.text.text().len() - at;
                self.note(c.len_utf8(), at, lowered);
                text = &text[c.len_utf8()..];
            }
        }
    }

    /// Lowers a word whole, as the standard library does.
    fn push_word_with_sigma(&mut self, word: &str) {
        let mut at = self.text.text().len();
        self.text.push(&word.to_lowercase());
        for c in word.chars() {
            // Either sigma is as long as the capital one.
            let lowered = c.to_lowercase().map(char::len_utf8).sum();
            self.note(c.len_utf8(), at, lowered);
            at += lowered;
        }
    }

    /// Writes down that a character of `original` bytes became `lowered` bytes at `at`.
    fn note(&mut self, original: usize, at: usize, lowered: usize) {
        if original != lowered {
            let original = self.consumed..self.consumed + original;
            self.shifts.extend([Shift { lowered: at..at + lowered, original }]);
        }
        self.consumed += original;
    }
}

/// How many bytes at the start of `text` are ASCII or belong to blocks in which no character has a lower case.
fn unchanged_or_ascii_prefix(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += ascii_prefix(&bytes[at..]);
        match bytes[at..] {
            [first, second, ..] if is_caseless(first, second) => {
                at += match first {
                    ..0xe0 => 2,
                    0xe0..0xf0 => 3,
                    0xf0.. => 4,
                }
            }
            _ => return at,
        }
    }
}

/// How many ASCII bytes `bytes` begins with.
fn ascii_prefix(bytes: &[u8]) -> usize {
    const BLOCK: usize = 32;
    let whole = bytes.chunks_exact(BLOCK).take_while(|block| block.is_ascii()).count() * BLOCK;
    whole + bytes[whole..].iter().take_while(|byte| byte.is_ascii()).count()
}

/// Whether a character that begins with these two bytes, the first of them not ASCII, is of a block that lower-casing
/// leaves alone: Latin-1 signs and small letters, Hebrew to Tibetan, general punctuation, CJK and Hangul, pictographs.
#[inline]
pub(crate) fn is_caseless(first: u8, second: u8) -> bool {
    match first {
        0xc2 | 0xd7..=0xe0 | 0xe3..=0xe9 | 0xeb..=0xed => true,
        0xc3 => second >= 0x9f,
        0xd6 => second >= 0x90,
        0xe2 => matches!(second, 0x80..=0x83 | 0xba..),
        0xea => !(0x99..0xb0).contains(&second),
        0xf0 => second == 0x9f,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Compares with the standard library, and the map with one built character by character.
    fn check(text: &str) {
        let arena = Bump::new();
        let lowered = lower_in(&arena, text);
        assert_eq!(lowered.text, text.to_lowercase(), "{text:?}");
        let own = OwnLowered::new(text);
        assert_eq!((own.lowered().text, own.lowered().map.shifts), (lowered.text, lowered.map.shifts), "{text:?}");
        let mut at = 0;
        for (start, c) in text.char_indices() {
            let len: usize = c.to_lowercase().map(char::len_utf8).sum();
            let original = start..start + c.len_utf8();
            assert_eq!(lowered.map.original(&(at..at + len)), original, "{c:?} of {text:?}");
            assert_eq!(lowered.map.original(&(at..at + 1)).start, start, "{c:?} of {text:?}");
            assert_eq!(lowered.map.original(&(at + len - 1..at + len)).end, original.end, "{c:?} of {text:?}");
            assert_eq!(lowered.map.original(&(0..at + len)), 0..original.end, "{c:?} of {text:?}");
            assert_eq!(lowered.map.original(&(at..at)), start..start, "{c:?} of {text:?}");
            assert_eq!(lowered.map.lowered(&original), at..at + len, "{c:?} of {text:?}");
            at += len;
        }
        assert_eq!(lowered.map.original(&(0..at)), 0..text.len());
    }

    #[test]
    fn every_character_alone_and_among_others() {
        for c in '\0'..=char::MAX {
            check(&format!("A{c}b"));
        }
    }

    #[test]
    fn caseless_blocks_have_no_lower_case() {
        let mut count = 0;
        for c in '\u{80}'..=char::MAX {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes);
            if is_caseless(bytes[0], bytes[1]) {
                assert!(c.to_lowercase().eq([c]), "{c:?}");
                count += 1;
            }
        }
        assert!(count > 45_000, "{count}");
    }

    #[test]
    fn lowering_twice_changes_nothing() {
        // What the scanner relies on when it drops needles that lowered text cannot hold.
        for c in '\0'..=char::MAX {
            assert!(c.to_lowercase().all(|l| l.to_lowercase().eq([l])), "{c:?}");
        }
    }

    #[test]
    fn sigmas() {
        for text in [
            "Σ",
            "ΑΣ",
            "ΑΣ Σ",
            "ΑΣΑ",
            "ΑΣ.",
            "ΑΣ.Α",
            "ΑΣ'Α",
            "Α\u{301}Σ\u{301}",
            "ΣΣ ΣΣ\nΣ",
            "İΣ İ",
            "ΑΣ\tΑ",
            "ΑΣ\u{3000}Α",
            "x\u{ad}Σ\u{ad}",
            "ΑΣ\u{200d}",
            "ẞΣẞ ẞ",
        ] {
            check(text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn any_text(text in r"(?s)[ \nA-Za-zİ\u{212a}ΣσςẞéÉȺ.'\u{301}\u{ad}汉😀ﬁᾈ]{0,60}") {
            check(&text);
        }

        #[test]
        fn any_characters(text in any::<String>()) {
            check(&text);
        }
    }
}
