//! A sentence cut into words and marks. What classes a word is of is looked up when somebody asks.

use std::cell::Cell;
use std::ops::Range;

use super::class::{self, Classes};
use super::head::Answers;
use super::named::{self, Named};
use super::vocabulary::{Known, Vocabulary};
use crate::scan::literal::characters::{CHARACTERS, Characters};

/// A word or a mark of a sentence.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// Bytes of the line.
    pub(crate) start: usize,
    pub(crate) end: usize,
    classes: Cell<Classes>,
    /// The lists that the word is of, and what it answers as a head, once its classes are known.
    named: Cell<Named>,
    answers: Cell<Answers>,
}

impl Token {
    fn word(start: usize, end: usize) -> Self {
        Token { start, end, classes: Cell::new(class::WORD), named: Cell::default(), answers: Cell::default() }
    }

    fn mark(start: usize, end: usize, classes: Classes, named: Named) -> Self {
        let classes = Cell::new(classes.or(class::LOOKED_UP));
        Token { start, end, classes, named: Cell::new(named), answers: Cell::default() }
    }

    pub(crate) fn is_word(&self) -> bool {
        self.classes.get().any(class::WORD)
    }

    /// The classes of the token, which is one of `text`.
    #[inline]
    pub(crate) fn classes(&self, text: &str, vocabulary: Vocabulary<'_>) -> Classes {
        let classes = self.classes.get();
        if classes.any(class::LOOKED_UP) {
            return classes;
        }
        self.look_up(text, vocabulary)
    }

    #[inline(never)]
    fn look_up(&self, text: &str, vocabulary: Vocabulary<'_>) -> Classes {
        let Known { classes, named, answers } = vocabulary.known(text, self.start..self.end);
        self.classes.set(classes.or(class::LOOKED_UP));
        self.named.set(named);
        self.answers.set(answers);
        self.classes.get()
    }

    /// The lists that the token, one of `text`, is of.
    #[inline]
    pub(super) fn named(&self, text: &str, vocabulary: Vocabulary<'_>) -> Named {
        self.classes(text, vocabulary);
        self.named.get()
    }

    /// What the token, one of `text`, answers as a head; `None` if each question has to be asked by itself.
    #[inline]
    pub(super) fn answers(&self, text: &str, vocabulary: Vocabulary<'_>) -> Option<Answers> {
        self.classes(text, vocabulary);
        self.answers.get().known()
    }
}

/// Appends the tokens of `text[span]` to `tokens`. Linear.
///
/// A word is a run of letters and digits, with single marks `-'’.&/_` between them; the `'s` of a genitive is a token
/// of its own, as is every other mark.
pub(crate) fn tokenize(text: &str, span: Range<usize>, tokens: &mut Vec<Token>) {
    let bytes = text.as_bytes();
    let mut at = span.start;
    while at < span.end {
        // What is not ASCII is cut out with the words that it belongs to: no token holds a space.
        let rest = &bytes[at..span.end];
        if rest.is_ascii() {
            return tokenize_ascii(bytes, at..span.end, tokens);
        }
        let foreign = rest.iter().take_while(|byte| byte.is_ascii()).count();
        let from = memchr::memrchr(b' ', &rest[..foreign]).unwrap_or(0);
        let to = memchr::memchr(b' ', &rest[foreign..]).map_or(rest.len(), |space| foreign + space);
        tokenize_ascii(bytes, at..at + from, tokens);
        tokenize_any(text, at + from..at + to, tokens);
        at += to;
    }
}

/// As [`tokenize`], for ASCII: a block at a time, a bit for each byte.
fn tokenize_ascii(line: &[u8], span: Range<usize>, tokens: &mut Vec<Token>) {
    let joins = |byte: u8| matches!(byte, b'-' | b'\'' | b'.' | b'&' | b'/' | b'_');
    // Whether the byte before the block is a letter or digit, and then the last token is a word that may go on.
    let mut open = 0;
    for base in span.clone().step_by(CHARACTERS) {
        let padded;
        // What follows the span in its last block may be anything, and is taken for spaces.
        let block = if let Some(block) = line[base..].first_chunk() {
            block
        } else {
            padded = last_block(&line[base..]);
            &padded
        };
        let within = u64::MAX >> (CHARACTERS - CHARACTERS.min(span.end - base));
        let Characters { letters, spaces } = Characters::of(block);
        let (letters, spaces) = (letters & within, spaces | !within);
        let others = !letters & !spaces;
        let next = base + CHARACTERS < span.end && line[base + CHARACTERS].is_ascii_alphanumeric();
        let mut between = others & (letters << 1 | open) & (letters >> 1 | u64::from(next) << (CHARACTERS - 1));
        let (mut joined, mut genitive) = (0, false);
        while between != 0 {
            let bit = between & between.wrapping_neg();
            between &= !bit;
            let mark = block[bit.trailing_zeros() as usize];
            joined |= if joins(mark) { bit } else { 0 };
            genitive |= mark == b'\'';
        }
        let words = letters | joined;
        let mut begun = words;
        if open != 0
            && let Some(last) = tokens.last_mut()
        {
            last.end += words.trailing_ones() as usize;
            begun &= words.wrapping_add(1);
            if words != u64::MAX {
                part_genitive(line, tokens);
            }
        }
        open = words >> (CHARACTERS - 1);
        let before = tokens.len();
        push_tokens(block, base, (begun, others & !joined), tokens);
        // The last word is looked at when its end is known.
        if genitive {
            part_genitives(line, before, open != 0, tokens);
        }
    }
    if open != 0 {
        part_genitive(line, tokens);
    }
}

/// Pushes the tokens of the `block` from byte `base` on: its runs of `words`, and each of its `marks`.
fn push_tokens(block: &[u8; CHARACTERS], base: usize, (words, marks): (u64, u64), tokens: &mut Vec<Token>) {
    // Both kinds without a branch, which nothing would predict.
    let mut firsts = words & !(words << 1) | marks;
    let mut lasts = words & !(words >> 1) | marks;
    tokens.extend((0..firsts.count_ones()).map(|_| {
        let (first, last) = (firsts.trailing_zeros() as usize, lasts.trailing_zeros() as usize);
        firsts &= firsts.wrapping_sub(1);
        lasts &= lasts.wrapping_sub(1);
        let (classes, named) = ASCII[usize::from(block[first % CHARACTERS])];
        let (classes, named) = (Cell::new(classes), Cell::new(named));
        Token { start: base + first, end: base + last + 1, classes, named, answers: Cell::default() }
    }));
}

/// Fewer bytes than a block has, and spaces.
fn last_block(bytes: &[u8]) -> [u8; CHARACTERS] {
    let mut block = [b' '; CHARACTERS];
    block[..bytes.len()].copy_from_slice(bytes);
    block
}

/// Makes the `'s` at the end of the last token, an ASCII word, a token of its own.
fn part_genitive(line: &[u8], tokens: &mut Vec<Token>) {
    let Some(last) = tokens.last_mut() else { return };
    if let [_, .., b'\'', b's' | b'S'] = &line[last.start..last.end] {
        let end = last.end;
        last.end -= 2;
        tokens.push(Token::mark(end - 2, end, class::APOSTROPHE_S, Named::NONE));
    }
}

/// The same of all tokens from number `first` on, but for the last one if it is `open`.
fn part_genitives(line: &[u8], first: usize, open: bool, tokens: &mut Vec<Token>) {
    let is_genitive = |token: &Token| matches!(line[token.start..token.end], [_, .., b'\'', b's' | b'S']);
    let mut at = first;
    while at + usize::from(open) < tokens.len() {
        if is_genitive(&tokens[at]) {
            let end = tokens[at].end;
            tokens[at].end -= 2;
            tokens.insert(at + 1, Token::mark(end - 2, end, class::APOSTROPHE_S, Named::NONE));
            at += 1;
        }
        at += 1;
    }
}

/// As [`tokenize`], character by character.
pub(super) fn tokenize_any(text: &str, span: Range<usize>, tokens: &mut Vec<Token>) {
    let mut at = span.start;
    while at < span.end {
        let Some(c) = text[at..].chars().next() else { break };
        if c.is_alphanumeric() {
            let end = word_end(text, at, span.end);
            push_word(text, at..end, tokens);
            at = end;
        } else {
            if !c.is_whitespace() {
                tokens.push(Token::mark(at, at + c.len_utf8(), mark_classes(c), named::of_mark(c)));
            }
            at += c.len_utf8();
        }
    }
}

/// Where the word that begins at `at` ends.
fn word_end(text: &str, at: usize, limit: usize) -> usize {
    let begins_word = |at: usize| text[at..limit].chars().next().is_some_and(char::is_alphanumeric);
    let mut end = at;
    for c in text[at..limit].chars() {
        let joins = matches!(c, '-' | '\'' | '.' | '&' | '/' | '_' | '’') && begins_word(end + c.len_utf8());
        // A mark that combines with the letter before it belongs to the word.
        let combining = ('\u{300}'..='\u{36f}').contains(&c);
        if !(c.is_alphanumeric() || joins || combining) {
            break;
        }
        end += c.len_utf8();
    }
    end
}

/// Pushes the word, and the `'s` at its end as a token of its own.
fn push_word(text: &str, span: Range<usize>, tokens: &mut Vec<Token>) {
    let word = &text[span.clone()];
    let stem = ["'s", "’s", "'S", "’S"].iter().find_map(|ending| word.strip_suffix(ending));
    let stem_end = span.start + stem.filter(|stem| !stem.is_empty()).unwrap_or(word).len();
    tokens.push(Token::word(span.start, stem_end));
    if stem_end < span.end {
        tokens.push(Token::mark(stem_end, span.end, class::APOSTROPHE_S, Named::NONE));
    }
}

/// What is known of a token by the ASCII byte that it begins with: all of a mark, and that a word is one.
static ASCII: [(Classes, Named); 256] = {
    let mut all = [(Classes::NONE, Named::NONE); 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        let mark = (mark_classes(byte as char).or(class::LOOKED_UP), named::of_mark(byte as char));
        all[byte as usize] = if byte.is_ascii_alphanumeric() { (class::WORD, Named::NONE) } else { mark };
        byte += 1;
    }
    all
};

const fn mark_classes(mark: char) -> Classes {
    match mark {
        ',' => class::COMMA,
        '(' | '{' => class::OPEN,
        ')' | '}' => class::CLOSE,
        '"' | '“' | '”' | '„' | '«' | '»' | '`' | '‘' | '’' | '\'' | '[' | ']' => class::QUOTE,
        _ => Classes::NONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str, with: fn(&str, Range<usize>, &mut Vec<Token>)) -> Vec<(&str, bool)> {
        let mut tokens = Vec::new();
        with(text, 0..text.len(), &mut tokens);
        tokens.iter().map(|token| (&text[token.start..token.end], token.is_word())).collect()
    }

    #[test]
    fn words_and_marks() {
        let cases: &[(&str, &[&str])] = &[
            ("Rain, hail.", &["Rain", ",", "hail", "."]),
            ("a 36-bit word", &["a", "36-bit", "word"]),
            ("the dog's tail", &["the", "dog", "'s", "tail"]),
            ("U.S. law, 3.5 km", &["U.S", ".", "law", ",", "3.5", "km"]),
            ("don't (stop)", &["don't", "(", "stop", ")"]),
            ("caf\u{e9} a\u{f1}os", &["caf\u{e9}", "a\u{f1}os"]),
            ("it’s “odd”", &["it", "’s", "“", "odd", "”"]),
            ("a--b 's -c- e.g.", &["a", "-", "-", "b", "'", "s", "-", "c", "-", "e.g", "."]),
            ("", &[]),
        ];
        for &(text, want) in cases {
            let got: Vec<&str> = cut(text, tokenize).into_iter().map(|(token, _)| token).collect();
            assert_eq!(got, want, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn blocks_are_cut_as_characters_are(text in "[a-c1Sé'.\\-_,(\" \t]{0,200}", long in "[ab'.s]{60,70}") {
            for text in [&text, &format!("{text}{long}"), &format!("{long} {text}{long}{long}")] {
                prop_assert_eq!(cut(text, tokenize), cut(text, tokenize_any));
            }
        }
    }
}
