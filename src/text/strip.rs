//! White space at the ends of an argument, as Python's `str.strip` sees it.

use std::ops::Range;

/// Whether Python's `str.isspace` holds for `c`: Unicode white space, and U+001C to U+001F besides.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// The part of `span` in `text` that is left without white space at its ends; empty if nothing is left.
#[inline]
pub(crate) fn strip(text: &str, span: Range<usize>) -> Range<usize> {
    // Nearly every argument has no space at its ends, and nearly every trigger has one.
    match text.as_bytes()[span.clone()] {
        [b'!'..=b'~', .., b'!'..=b'~'] => span,
        [b' ', b'!'..=b'~', .., b'!'..=b'~', b' '] => span.start + 1..span.end - 1,
        _ => strip_chars(text, span),
    }
}

/// [`strip`], character by character.
#[inline(never)]
fn strip_chars(text: &str, span: Range<usize>) -> Range<usize> {
    let part = &text[span.clone()];
    let start = span.end - part.trim_start_matches(is_space).len();
    start..start + text[start..span.end].trim_end_matches(is_space).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_is_what_python_calls_space() {
        // Every character for which Python 3.11 says isspace().
        let python: Vec<char> =
            "\t\n\u{b}\u{c}\r\u{1c}\u{1d}\u{1e}\u{1f} \u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\
            \u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}"
                .chars()
                .collect();
        let ours: Vec<char> = ('\0'..=char::MAX).filter(|&c| is_space(c)).collect();
        assert_eq!(ours, python);
    }

    #[test]
    fn ends_are_stripped() {
        let cases =
            [("", ""), (" ", ""), ("\u{1c}\u{3000}", ""), (" a b\u{1f}", "a b"), ("é\u{2003}", "é"), ("a", "a")];
        for (text, want) in cases {
            let padded = format!("x{text}y");
            assert_eq!(&padded[strip(&padded, 1..1 + text.len())], want, "{text:?}");
            assert_eq!(&padded[strip_chars(&padded, 1..1 + text.len())], want, "{text:?}");
        }
    }

    #[test]
    fn bytes_are_stripped_as_characters_are() {
        for c in '\0'..='\u{fff}' {
            for text in [format!("{c}"), format!("{c}a"), format!("a{c}"), format!(" {c}é{c} "), format!("{c} {c}")] {
                assert_eq!(text[strip(&text, 0..text.len())], text[strip_chars(&text, 0..text.len())], "{text:?}");
            }
        }
    }
}
