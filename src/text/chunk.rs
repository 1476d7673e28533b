//! Text cut into chunks of whole lines.

use std::ops::Range;

/// Cuts `text` just after the first line end at or beyond every `bytes`: a line is never split, so a long one makes
/// a long chunk. No chunk is empty.
pub(crate) fn chunks(text: &str, bytes: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        if start == text.len() {
            return None;
        }
        let least = start.saturating_add(bytes.max(1));
        let end = match text.as_bytes().get(least - 1..) {
            Some(rest) => memchr::memchr(b'\n', rest).map_or(text.len(), |at| least + at),
            None => text.len(),
        };
        let span = start..end;
        start = end;
        Some(span)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_whole_lines_and_cover_the_text() {
        for text in ["", "\n", "a", "a\n", "a\nbb\nccc", "\n\n\n", "long line without end", "é\nü\n"] {
            for bytes in 0..12 {
                let parts: Vec<&str> = chunks(text, bytes).map(|chunk| &text[chunk]).collect();
                assert_eq!(parts.concat(), text, "{bytes}");
                for part in parts.iter().rev().skip(1) {
                    assert!(part.ends_with('\n') && part.len() >= bytes.max(1), "{part:?} of {text:?} at {bytes}");
                }
                for part in &parts {
                    let before_the_last_line = part.trim_end_matches('\n').rfind('\n').map_or(0, |at| at + 1);
                    assert!(before_the_last_line < bytes.max(1), "{part:?} of {text:?} at {bytes}");
                }
            }
        }
    }
}
