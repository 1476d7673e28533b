//! A sentence cut into words and marks, each with its classes.

use super::class::{self, Classes};
use super::lexicon::{Lexicon, Lower, Recent};

/// A word or a mark of a sentence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    /// Bytes of the line.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) classes: Classes,
}

/// Appends the tokens of `text[span]` to `tokens`. Linear.
///
/// A word is a run of letters and digits, with single marks `-'’.&/_` between them; the `'s` of a genitive is a token
/// of its own, as is every other mark.
pub(crate) fn tokenize(
    lexicon: &Lexicon,
    recent: &mut Recent,
    text: &str,
    span: std::ops::Range<usize>,
    tokens: &mut Vec<Token>,
) {
    let mut at = span.start;
    while at < span.end {
        let first = text.as_bytes()[at];
        if first == b' ' {
            at += 1;
            continue;
        }
        let Some(c) = text[at..].chars().next() else { break };
        if first.is_ascii_alphanumeric() || c.is_alphanumeric() {
            let end = word_end(text, at, span.end);
            at = push_word(lexicon, recent, text, at..end, tokens);
        } else {
            if !c.is_whitespace() {
                tokens.push(mark(text, at, c));
            }
            at += c.len_utf8();
        }
    }
}

/// Where the word that begins at `at` ends.
fn word_end(text: &str, at: usize, limit: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at;
    while end < limit {
        let byte = bytes[end];
        if byte.is_ascii_alphanumeric() {
            end += 1;
            while end < limit && bytes[end].is_ascii_alphanumeric() {
                end += 1;
            }
        } else if byte.is_ascii() {
            let joins = matches!(byte, b'-' | b'\'' | b'.' | b'&' | b'/' | b'_');
            if !(joins && begins_word(text, end + 1, limit)) {
                break;
            }
            end += 1;
        } else {
            let Some(c) = text[end..limit].chars().next() else { break };
            let joins = c == '’' && begins_word(text, end + c.len_utf8(), limit);
            // A mark that combines with the letter before it belongs to the word.
            let combining = ('\u{300}'..='\u{36f}').contains(&c);
            if !(c.is_alphanumeric() || joins || combining) {
                break;
            }
            end += c.len_utf8();
        }
    }
    end
}

fn begins_word(text: &str, at: usize, limit: usize) -> bool {
    let byte = text.as_bytes().get(at).filter(|_| at < limit);
    byte.is_some_and(u8::is_ascii_alphanumeric)
        || !byte.is_none_or(u8::is_ascii) && text[at..limit].chars().next().is_some_and(char::is_alphanumeric)
}

/// Pushes the word, and the `'s` at its end as a token of its own; returns where they end.
fn push_word(
    lexicon: &Lexicon,
    recent: &mut Recent,
    text: &str,
    span: std::ops::Range<usize>,
    tokens: &mut Vec<Token>,
) -> usize {
    let (start, end) = (span.start, span.end);
    let word = &text[span];
    let in_s = matches!(word.as_bytes().last(), Some(b's' | b'S'));
    let stem = ["'s", "’s", "'S", "’S"].iter().filter(|_| in_s).find_map(|ending| word.strip_suffix(ending));
    let stem = stem.filter(|stem| !stem.is_empty()).unwrap_or(word);
    let stem_end = start + stem.len();
    tokens.push(Token {
        start,
        end: stem_end,
        classes: word_classes(stem, recent.classes(lexicon, &Lower::within(text, start, stem_end))),
    });
    if stem_end < end {
        tokens.push(Token { start: stem_end, end, classes: class::APOSTROPHE_S });
    }
    end
}

/// The classes of a word, from what is `listed` of it and from its letters.
pub(super) fn word_classes(word: &str, listed: Classes) -> Classes {
    let mut classes = class::WORD | listed;
    let first = word.chars().next();
    if first.is_some_and(|c| !c.is_ascii_lowercase() && c.is_uppercase()) {
        classes |= class::CAPITAL;
    }
    if first.is_some_and(|c| !c.is_ascii_lowercase() && c.is_numeric()) {
        classes |= class::DIGIT | class::MODIFIER;
    }
    if word.as_bytes().contains(&b'-') {
        classes |= class::HYPHEN | class::MODIFIER;
    }
    classes
}

fn mark(text: &str, at: usize, c: char) -> Token {
    let classes = match c {
        ',' => class::COMMA,
        '(' | '{' => class::OPEN,
        ')' | '}' => class::CLOSE,
        '"' | '“' | '”' | '„' | '«' | '»' | '`' | '‘' | '’' | '\'' | '[' | ']' => class::QUOTE,
        _ => Classes::NONE,
    };
    debug_assert!(text[at..].starts_with(c));
    Token { start: at, end: at + c.len_utf8(), classes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_marks() {
        let lexicon = Lexicon::english();
        let cases: &[(&str, &[&str])] = &[
            ("Rain, hail.", &["Rain", ",", "hail", "."]),
            ("a 36-bit word", &["a", "36-bit", "word"]),
            ("the dog's tail", &["the", "dog", "'s", "tail"]),
            ("U.S. law, 3.5 km", &["U.S", ".", "law", ",", "3.5", "km"]),
            ("don't (stop)", &["don't", "(", "stop", ")"]),
            ("caf\u{e9} a\u{f1}os", &["caf\u{e9}", "a\u{f1}os"]),
            ("it’s “odd”", &["it", "’s", "“", "odd", "”"]),
            ("", &[]),
        ];
        for &(text, want) in cases {
            let mut tokens = Vec::new();
            tokenize(&lexicon, &mut Recent::default(), text, 0..text.len(), &mut tokens);
            let got: Vec<&str> = tokens.iter().map(|t| &text[t.start..t.end]).collect();
            assert_eq!(got, want, "{text:?}");
        }
    }
}
