//! Cuts text into paragraphs: a single line break within one is white space.

use std::ops::Range;

/// Calls `each` with every paragraph of `text`, in order, without the white space around it. Takes time linear in the text.
///
/// Blank lines, form feeds and U+2029 end a paragraph; a bullet, a numbered item, a heading or a row of a table begins one.
pub(super) fn paragraphs(text: &str, mut each: impl FnMut(Range<usize>)) {
    let mut start = None;
    let mut end = 0;
    let mut alone = false;
    for line in lines(text) {
        let content = &text[line.clone()];
        let bare = content.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '>');
        if bare.trim_end().is_empty() {
            if let Some(start) = start.take() {
                each(start..end);
            }
            continue;
        }
        let row = is_row(bare);
        if let Some(first) = start
            && (alone || row || begins_item(bare, &text[first..end]))
        {
            each(first..end);
            start = None;
        }
        alone = row || marker(bare) == Some('#');
        let trimmed = content.trim_end().len();
        start.get_or_insert(line.end - bare.len());
        end = line.start + trimmed;
    }
    if let Some(start) = start {
        each(start..end);
    }
}

/// The length of the white space that `text` begins with, and of the marks of quoted mail (`> > `) after its line breaks.
pub(super) fn space(text: &str) -> usize {
    let mut rest = text;
    loop {
        let bare = rest.trim_start();
        let broken = rest[..rest.len() - bare.len()].contains(ends_line);
        if !broken || !bare.starts_with('>') {
            return text.len() - bare.len();
        }
        rest = bare.trim_start_matches(|letter| {
            letter == '>' || (letter != '\n' && letter != '\r' && char::is_whitespace(letter))
        });
        if rest.len() == bare.len() {
            return text.len() - rest.len();
        }
    }
}

/// The lines of `text`, without what ends them.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= text.len() {
            return None;
        }
        let start = at;
        let rest = &text[start..];
        let Some((offset, letter)) = rest.char_indices().find(|(_, letter)| ends_line(*letter)) else {
            at = text.len();
            return Some(start..text.len());
        };
        let after = start + offset + letter.len_utf8();
        at = if letter == '\r' && text[after..].starts_with('\n') { after + 1 } else { after };
        Some(start..start + offset)
    })
}

const fn ends_line(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Tells whether a line begins an item of a list or is a heading of Markdown, where `before` is the paragraph so far.
///
/// A dash or a number at the start of a line may be there because the line was wrapped. It begins an item only after an
/// item of the same kind, or after a mark that ends what stands before.
fn begins_item(line: &str, before: &str) -> bool {
    let Some(marker) = marker(line) else { return false };
    matches!(marker, '•' | '#') || self::marker(before) == Some(marker) || before.ends_with(['.', '!', '?', ':', ';'])
}

/// The kind of the marker that a line begins with: a bullet, a dash, `#` for a heading, `1` for a number.
fn marker(line: &str) -> Option<char> {
    let mut letters = line.chars();
    match letters.next()? {
        '•' | '‣' | '◦' | '▪' | '·' => Some('•'),
        dash @ ('*' | '-' | '+' | '–' | '—') => letters.next().is_some_and(char::is_whitespace).then_some(dash),
        '#' => letters.as_str().trim_start_matches('#').starts_with(' ').then_some('#'),
        digit if digit.is_ascii_digit() => {
            let rest = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
            (line.len() - rest.len() <= 3 && (rest.starts_with(". ") || rest.starts_with(") "))).then_some('1')
        }
        _ => None,
    }
}

/// Tells whether a line is a row of a table: cells between bars, or set apart by tabs.
fn is_row(line: &str) -> bool {
    let line = line.trim_end();
    (line.starts_with('|') && line.ends_with('|') && line.len() > 1) || line.contains('\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_cut_where_text_says() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            (" \n\t\n", &[]),
            ("one\ntwo", &["one\ntwo"]),
            ("one\n\ntwo\n", &["one", "two"]),
            ("one\r\n \r\ntwo", &["one", "two"]),
            ("one\rtwo\r\rthree", &["one\rtwo", "three"]),
            ("- one\n- two\n  and more", &["- one", "- two\n  and more"]),
            ("1. one\n2. two", &["1. one", "2. two"]),
            ("Take three:\n- one\n- two", &["Take three:", "- one", "- two"]),
            ("it was so\n- or was it", &["it was so\n- or was it"]),
            ("in the year\n1998. Then", &["in the year\n1998. Then"]),
            ("# Head\ntext", &["# Head", "text"]),
            ("| a | b |\n| c | d |\nend", &["| a | b |", "| c | d |", "end"]),
            ("> quoted\n> text\n>\n> more", &["quoted\n> text", "more"]),
            ("a\u{2028}b\u{85}c\u{c}\u{c}d", &["a\u{2028}b\u{85}c", "d"]),
        ];
        for (text, wanted) in cases {
            let mut found = Vec::new();
            paragraphs(text, |span| found.push(&text[span]));
            assert_eq!(&found, wanted, "{text:?}");
        }
    }
}
