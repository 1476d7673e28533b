//! The text that is taken out of markup, as it is built: paragraphs with a blank line between, and where each byte was.

use std::ops::Range;

use crate::text::Origin;

/// What stands between two pieces of text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    /// White space, made of these bytes.
    Space(usize, usize),
    /// The end of a line that matters.
    Line,
    /// The end of a paragraph.
    Block,
}

/// A text, with where its bytes were in the markup that it was taken out of.
///
/// White space comes to be one space, as readers of the page see it, so that what runs over several lines of the markup is
/// one line of the text. Only what has text on both sides is put in.
#[derive(Debug)]
pub(super) struct Extracted {
    text: String,
    origin: Origin,
    gap: Gap,
}

impl Extracted {
    pub(super) fn new() -> Self {
        Extracted { text: String::new(), origin: Origin::default(), gap: Gap::None }
    }

    /// Adds what stands at byte `at` of the markup, as it is but for its white space.
    pub(super) fn push(&mut self, source: &str, at: usize) {
        let mut rest = source;
        let mut at = at;
        while !rest.is_empty() {
            let word = rest.find(is_space).unwrap_or(rest.len());
            if word > 0 {
                self.close_gap();
                self.origin.copied(self.text.len(), at, word);
                self.text.push_str(&rest[..word]);
            }
            let space = rest[word..].find(|c| !is_space(c)).unwrap_or(rest.len() - word);
            if space > 0 {
                self.space(at + word..at + word + space);
            }
            at += word + space;
            rest = &rest[word + space..];
        }
    }

    /// Adds `text`, which the bytes `source` of the markup stand for.
    pub(super) fn push_made(&mut self, text: &str, source: Range<usize>) {
        for (number, word) in text.split(is_space).enumerate() {
            if number > 0 {
                self.space(source.clone());
            }
            if !word.is_empty() {
                self.close_gap();
                self.origin.made(self.text.len()..self.text.len() + word.len(), source.clone());
                self.text.push_str(word);
            }
        }
    }

    /// White space in the bytes `source`.
    pub(super) fn space(&mut self, source: Range<usize>) {
        if self.gap == Gap::None {
            self.gap = Gap::Space(source.start, source.end);
        }
    }

    /// The end of a line that matters, as after `<br>`.
    pub(super) fn line(&mut self) {
        self.gap = self.gap.clone().max(Gap::Line);
    }

    /// The end of a paragraph, or of whatever else has its text to itself.
    pub(super) fn block(&mut self) {
        self.gap = Gap::Block;
    }

    fn close_gap(&mut self) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        if self.text.is_empty() {
            return;
        }
        match gap {
            Gap::None => {}
            Gap::Space(start, end) => {
                self.origin.made(self.text.len()..self.text.len() + 1, start..end);
                self.text.push(' ');
            }
            Gap::Line => self.text.push('\n'),
            Gap::Block => self.text.push_str("\n\n"),
        }
    }

    /// The text and its map.
    pub(super) fn finish(self) -> (String, Origin) {
        (self.text, self.origin)
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c' | '\u{a0}')
}

/// Asserts it of the text of `markup`.
#[cfg(all(fuzzing, feature = "markdown", feature = "html"))]
pub(crate) fn check_markup(markup: &str, is_html: bool, is_xml: bool, with_code: bool) {
    let (text, origin) = if is_html {
        super::html::text_of(markup, is_xml, with_code)
    } else {
        super::markdown::text_of(markup, with_code)
    };
    check(markup, &text, &origin);
}

/// Asserts that every character of `text` leads to where it stands in `source`, or to what stands for it.
#[cfg(any(test, fuzzing))]
pub(crate) fn check(source: &str, text: &str, origin: &Origin) {
    let mut last = 0;
    for (at, c) in text.char_indices() {
        let range = origin.original(&(at..at + c.len_utf8()));
        assert!(
            range.start >= last && range.end <= source.len(),
            "{c:?} at {at} of {text:?} is {range:?} of {source:?}"
        );
        last = range.start;
        let original = source.get(range.clone()).unwrap_or_else(|| panic!("{range:?} cuts a character of {source:?}"));
        let is_itself = original.len() != c.len_utf8() || original.starts_with(c);
        assert!(
            is_itself || is_space(c) || original.contains('\0'),
            "{c:?} at {at} of {text:?} is {original:?} of {source:?}"
        );
    }
    let paragraphs: Vec<&str> = text.split("\n\n").collect();
    let are_tidy = paragraphs.iter().all(|text| !text.is_empty() && text.trim_matches(is_space) == *text);
    assert!(text.is_empty() || are_tidy, "{text:?}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_close_where_text_follows() {
        let source = "  Soot\n  causes &amp; x  ";
        let mut text = Extracted::new();
        text.block();
        text.push(&source[..16], 0);
        text.push_made("&", 16..21);
        text.push(&source[21..], 21);
        text.line();
        text.space(0..0);
        text.push_made("\u{a0}", 1..2);
        text.push("end", 40);
        text.block();
        text.line();
        text.push("new", 50);
        text.block();
        let (text, origin) = text.finish();
        assert_eq!(text, "Soot causes & x\nend\n\nnew");
        assert_eq!(origin.original(&(0..11)), 2..15);
        assert_eq!(origin.original(&(4..5)), 6..9);
        assert_eq!(origin.original(&(12..13)), 16..21);
        assert_eq!(origin.original(&(21..24)), 50..53);
    }
}
