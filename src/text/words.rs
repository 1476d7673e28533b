//! Words as Python's `re` sees them, and what is done with them: an index of words, a cleaned text, an overlap.
//!
//! A word is a run of letters, numbers and underscores: exactly `[\p{L}\p{N}_]+`, which is what `\w+` means to Python.
//! (`\w` of the `regex` crate adds marks, other connectors and joiners.) The Unicode tables are those of
//! `regex-syntax`; letters newer than Unicode 14 are words to us and not to Python 3.11.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex_syntax::hir::{Class, HirKind};

use super::is_space;

/// The words of `text` that are worth indexing: lower-cased, longer than two characters, not stop words; in order,
/// with repetitions. Linear in the text.
///
/// ```
/// assert_eq!(relscan::extract_words("The cat's 2 coats: it IS_A cat"), ["cat", "coats", "is_a", "cat"]);
/// ```
#[must_use]
pub fn extract_words(text: &str) -> Vec<String> {
    index_words(&text.to_lowercase()).map(str::to_owned).collect()
}

/// `text` without white space at its ends, with every run of white space as one space, and then without what is
/// neither of a word, nor white space, nor one of `-.,;:!?()`. Linear in the text.
///
/// ```
/// assert_eq!(relscan::clean_text(" a\t\tb* (c) \u{2014} d! "), "a b (c)  d!");
/// ```
#[must_use]
pub fn clean_text(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut after_space = false;
    for c in text.trim_matches(is_space).chars() {
        if is_space(c) {
            if !after_space {
                cleaned.push(' ');
            }
            after_space = true;
        } else {
            after_space = false;
            if is_word_char(c) || "-.,;:!?()".contains(c) {
                cleaned.push(c);
            }
        }
    }
    cleaned
}

/// How much of the smaller of two sets of words is in the other: from 0 to 1, and 0 if either is empty. Repetitions
/// count once. Linear in the words.
///
/// ```
/// assert_eq!(relscan::word_overlap(&["big", "cat"], &["cat", "dog", "cow"]), 0.5);
/// assert_eq!(relscan::word_overlap::<&str, &str>(&[], &["cat"]), 0.0);
/// ```
#[must_use]
pub fn word_overlap<A: AsRef<str>, B: AsRef<str>>(a: &[A], b: &[B]) -> f64 {
    let a: HashSet<&str> = a.iter().map(AsRef::as_ref).collect();
    let b: HashSet<&str> = b.iter().map(AsRef::as_ref).collect();
    overlap(a.intersection(&b).count(), a.len(), b.len())
}

/// The overlap of two sets of the given sizes that share `common` members.
#[allow(clippy::cast_precision_loss)] // no text has 2^53 words
pub(crate) fn overlap(common: usize, a: usize, b: usize) -> f64 {
    let smaller = a.min(b);
    if smaller == 0 { 0.0 } else { common as f64 / smaller as f64 }
}

/// Puts `text` in lower case at the end of `buffer`.
pub(crate) fn push_lowercase(buffer: &mut String, text: &str) {
    if text.is_ascii() {
        let start = buffer.len();
        buffer.push_str(text);
        buffer[start..].make_ascii_lowercase();
    } else {
        buffer.push_str(&text.to_lowercase());
    }
}

/// The words of a lower-cased text that are worth indexing.
pub(crate) fn index_words(lowered: &str) -> impl Iterator<Item = &str> {
    Words { text: lowered, at: 0 }.filter(|word| is_long(word) && !is_stop_word(word))
}

/// Every maximal run of word characters.
struct Words<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Words<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let start = self.run_end(false);
        self.at = start;
        let end = self.run_end(true);
        self.at = end;
        (start < end).then(|| &self.text[start..end])
    }
}

impl Words<'_> {
    /// The end of the run of characters from here that are (or are not) of words.
    fn run_end(&self, of_words: bool) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        while let Some(&byte) = bytes.get(at) {
            if byte < 0x80 {
                if ASCII_WORD[usize::from(byte)] != of_words {
                    break;
                }
                at += 1;
            } else {
                // A byte beyond ASCII where a character begins: there is a character.
                let Some(c) = self.text[at..].chars().next() else { break };
                if is_word_char(c) != of_words {
                    break;
                }
                at += c.len_utf8();
            }
        }
        at
    }
}

/// Whether `word` has more than two characters.
fn is_long(word: &str) -> bool {
    word.len() > 2 && (word.len() > 8 || word.chars().nth(2).is_some())
}

/// Whether `word`, longer than two characters, is too common to tell anything. (The stop words of up to two
/// characters never come here: a an or in on at to of by is be do.)
fn is_stop_word(word: &str) -> bool {
    match word.len() {
        3 => matches!(word, "the" | "and" | "but" | "for" | "was" | "are" | "has" | "had" | "did" | "may" | "can"),
        4 => matches!(word, "with" | "this" | "that" | "have" | "been" | "were" | "will" | "does" | "must"),
        5 => matches!(word, "being" | "could" | "might" | "shall" | "these" | "those" | "would"),
        6 => word == "should",
        _ => false,
    }
}

/// Whether `c` can stand in a word: a letter, a number or an underscore.
fn is_word_char(c: char) -> bool {
    let code = c as usize;
    if code < 0x80 { ASCII_WORD[code] } else { WORD_CHARS[code / 64] >> (code % 64) & 1 == 1 }
}

const ASCII_WORD: [bool; 128] = {
    let mut word = [false; 128];
    let mut byte = 0;
    while byte < 128 {
        let c = byte as u8;
        word[byte] = c.is_ascii_alphanumeric() || c == b'_';
        byte += 1;
    }
    word
};

/// A bit for every code point.
static WORD_CHARS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let mut bits = vec![0; (char::MAX as usize + 1) / 64];
    let mut parser = regex_syntax::Parser::new();
    // A constant class, which the tests parse too: it is always there.
    let hir = parser.parse(r"[\p{L}\p{N}_]");
    if let Ok(HirKind::Class(Class::Unicode(class))) = hir.as_ref().map(|hir| hir.kind()) {
        for code in class.iter().flat_map(|range| range.start() as usize..=range.end() as usize) {
            bits[code / 64] |= 1 << (code % 64);
        }
    }
    bits
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_characters_are_letters_numbers_and_the_underscore() {
        let class = regex::Regex::new(r"^[\p{L}\p{N}_]$").unwrap();
        for c in '\0'..=char::MAX {
            assert_eq!(is_word_char(c), class.is_match(c.encode_utf8(&mut [0; 4])), "{c:?}");
        }
    }

    #[test]
    fn stop_words_are_forty() {
        let words = "the a an and or but in on at to for of with by is was are were be been being have has had do \
            does did will would could should may might can must shall this that these those";
        assert_eq!(words.split(' ').count(), 40);
        assert_eq!(extract_words(words), Vec::<String>::new());
        assert_eq!(
            extract_words("thee ands thus then cans shoulder\u{301} \u{130}ab \u{3a3}\u{3a3}\u{3a3}"),
            ["thee", "ands", "thus", "then", "cans", "shoulder", "\u{3c3}\u{3c3}\u{3c2}"]
        );
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(extract_words("éé ééé 日本 日本語 𝒳𝒳 𝒳𝒳𝒳 ab_ ab"), ["ééé", "日本語", "𝒳𝒳𝒳", "ab_"]);
    }
}
