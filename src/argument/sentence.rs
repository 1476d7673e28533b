//! Where sentences end: at a full stop, question or exclamation mark that white space and a fresh start follow.
//!
//! Abbreviations (`e.g. `, `Dr. `), initials (`J. Smith`), decimals and what goes on in lower case do not end one.

use std::ops::Range;

use crate::text::eight_lower;

/// A sentence longer than this is cut at the next space, so that no text makes the rules slow. Bytes.
pub(super) const SENTENCE_LIMIT: usize = 2048;

/// Words whose full stop does not end a sentence, in lower case.
pub(super) const ABBREVIATIONS: [&str; 50] = [
    "al", "approx", "apr", "aug", "ca", "cf", "co", "col", "corp", "dec", "dr", "e.g", "ed", "eds", "eq", "etc", "feb",
    "fig", "gen", "hon", "i.e", "inc", "jan", "jr", "jul", "jun", "lit", "ltd", "mar", "mr", "mrs", "ms", "no", "nov",
    "oct", "pl", "pp", "prof", "rev", "sep", "sept", "sgt", "sr", "st", "u.k", "u.s", "viz", "vol", "vs", "wt",
];

/// Gives the sentences of a line one after another, without going back.
#[derive(Debug)]
pub(crate) struct Sentences<'t> {
    text: &'t str,
    /// The last sentence, or what is known of it.
    current: Range<usize>,
    /// The end of the sentence that was given before, where the last one may begin; nothing if its beginning is known.
    floor: Option<usize>,
}

impl<'t> Sentences<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Sentences { text, current: 0..0, floor: None }
    }

    /// The sentence that holds the word at byte `at`, from there or from an earlier byte on. `at` is within the last
    /// sentence given or beyond it.
    pub(crate) fn from(&mut self, at: usize) -> Range<usize> {
        if self.text.len() <= SENTENCE_LIMIT {
            // None is cut for its length: whether one ends is seen from what is near.
            if at >= self.current.end {
                self.floor = Some(self.current.end);
                self.current = at..first_end(self.text, at).unwrap_or(self.text.len());
            }
        } else {
            while at >= self.current.end && self.current.end < self.text.len() {
                let start = self.current.end;
                self.current = start..first_end(self.text, start).unwrap_or(cut(self.text.as_bytes(), start));
            }
        }
        self.current.clone()
    }

    /// Whether the last sentence was given from its beginning on.
    pub(crate) fn is_whole(&self) -> bool {
        self.floor.is_none()
    }

    /// The last sentence from its beginning on.
    pub(crate) fn whole(&mut self) -> Range<usize> {
        if let Some(floor) = self.floor.take() {
            let mut before = self.current.start;
            self.current.start = loop {
                let rest = &self.text.as_bytes()[floor..before];
                let Some(found) = memchr::memrchr3(b'.', b'!', b'?', rest) else { break floor };
                before = floor + found;
                if let Some(end) = ends_at(self.text, 0, before) {
                    break end;
                }
            };
        }
        self.current.clone()
    }
}

/// The first end of a sentence after `start`, if one is found before it has to be cut: one past its closing marks.
fn first_end(text: &str, start: usize) -> Option<usize> {
    let limit = cut(text.as_bytes(), start);
    let stops = memchr::memchr3_iter(b'.', b'!', b'?', &text.as_bytes()[start..limit]);
    stops.map(|found| start + found).find_map(|stop| ends_at(text, start, stop))
}

/// Where the sentence ends that begins at `start`, if it does so with the mark at `stop`.
fn ends_at(text: &str, start: usize, stop: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let closing = bytes[stop + 1..].iter().take_while(|b| matches!(b, b'"' | b'\'' | b')' | b']')).count();
    let end = stop + 1 + closing;
    let apart = matches!(bytes.get(end), Some(b' ' | b'\t' | b'\r'));
    let ends = apart && starts_sentence(text, end) && !(bytes[stop] == b'.' && is_abbreviated(text, start, stop));
    ends.then_some(end)
}

/// Where a sentence from `start` on is cut for its length.
fn cut(bytes: &[u8], start: usize) -> usize {
    match bytes.get(start + SENTENCE_LIMIT..) {
        None => bytes.len(),
        Some(rest) => memchr::memchr(b' ', rest).map_or(bytes.len(), |space| start + SENTENCE_LIMIT + space),
    }
}

/// Whether what follows the white space at `at` may begin a sentence: anything but a small letter or a mark that goes on.
fn starts_sentence(text: &str, at: usize) -> bool {
    // Mostly there is one space, and a letter.
    if let [b' ', next, ..] = &text.as_bytes()[at..]
        && next.is_ascii_alphabetic()
    {
        return next.is_ascii_uppercase();
    }
    let next = text[at..].chars().find(|c| !c.is_whitespace());
    next.is_none_or(|c| !c.is_lowercase() && !matches!(c, ',' | ';' | ':' | ')'))
}

/// Whether the full stop at `stop` belongs to an abbreviation or an initial.
fn is_abbreviated(text: &str, start: usize, stop: usize) -> bool {
    let word_start = text.as_bytes()[start..stop]
        .iter()
        .rposition(|b| !(b.is_ascii_alphanumeric() || *b == b'.'))
        .map_or(start, |before| start + before + 1);
    let word = &text[word_start..stop];
    let initial = word.len() == 1 && word.as_bytes()[0].is_ascii_uppercase();
    // The longest has six letters.
    let key = || eight_lower(text.as_bytes(), word_start, stop);
    initial || word.len() <= 6 && KEYS.contains(&key())
}

/// The [`ABBREVIATIONS`] as numbers, which are compared many at a time.
const KEYS: [u64; ABBREVIATIONS.len()] = {
    let mut keys = [0; ABBREVIATIONS.len()];
    let mut number = 0;
    while number < keys.len() {
        let word = ABBREVIATIONS[number].as_bytes();
        let mut at = word.len();
        while at > 0 {
            at -= 1;
            keys[number] = keys[number] << 8 | word[at] as u64;
        }
        number += 1;
    }
    keys
};

#[cfg(test)]
mod tests {
    use super::*;

    /// All sentences, each asked for by its first word.
    fn sentences(text: &str) -> Vec<&str> {
        let mut sentences = Sentences::new(text);
        let mut found = Vec::new();
        let mut at = 0;
        while at < text.len() {
            sentences.from(at);
            let span = sentences.whole();
            at = span.end;
            found.push(text[span].trim());
        }
        found
    }

    #[test]
    fn bounds() {
        let cases: &[(&str, &[&str])] = &[
            ("One. Two! Three? Four", &["One.", "Two!", "Three?", "Four"]),
            ("Dr. Low met J. Day. It rained.", &["Dr. Low met J. Day.", "It rained."]),
            ("It is 3.5 km, e.g. here. Then", &["It is 3.5 km, e.g. here.", "Then"]),
            ("He said \"stop.\" Then left.", &["He said \"stop.\"", "Then left."]),
            ("a vs. b. c", &["a vs. b. c"]),
            ("", &[]),
        ];
        for &(text, want) in cases {
            assert_eq!(sentences(text), want, "{text:?}");
        }
    }

    #[test]
    fn long_sentences_are_cut_at_a_space() {
        let text = "word ".repeat(2000);
        let parts = sentences(&text);
        assert!(parts.len() > 3 && parts.iter().all(|part| part.len() <= SENTENCE_LIMIT + 8), "{}", parts.len());
    }
}
