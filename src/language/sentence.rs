//! Cuts paragraphs into sentences.

use std::ops::Range;

use super::paragraph::{paragraphs, space};
use super::profile::Profile;

/// The most bytes of a sentence: a longer one (a list, a table, a minified file) is cut, at white space if there is some.
const MAX_BYTES: usize = 4096;

/// Calls `each` with the span of every sentence of `text`, in order, without the white space around it.
///
/// A single line break within a paragraph is white space, so text gives the same sentences however it is wrapped. A sentence
/// of over 4,096 bytes is cut. Takes time linear in the text.
///
/// ```
/// use relscan::language::{Language, sentences};
///
/// let text = "Dr. Smith came\nat 5 p.m. yesterday. He left!";
/// let mut found = Vec::new();
/// sentences(text, Language::english().profile(), |span| found.push(&text[span]));
/// assert_eq!(found, ["Dr. Smith came\nat 5 p.m. yesterday.", "He left!"]);
/// ```
pub fn sentences(text: &str, profile: &Profile, mut each: impl FnMut(Range<usize>)) {
    paragraphs(text, |paragraph| {
        let mut start = paragraph.start;
        let mut at = paragraph.start;
        while let Some(stop) = next_stop(text, at..paragraph.end) {
            at = after_marks(text, stop..paragraph.end);
            if at == paragraph.end {
                break;
            }
            if ends(text, start..stop, stop..at, at..paragraph.end, profile) {
                bounded(text, start..at, &mut each);
                start = at + space(&text[at..paragraph.end]);
                at = start;
            }
        }
        bounded(text, start..paragraph.end, &mut each);
    });
}

/// The next mark that may end a sentence.
fn next_stop(text: &str, within: Range<usize>) -> Option<usize> {
    text[within.clone()].find(['.', '!', '?', '…', '。', '！', '？']).map(|offset| within.start + offset)
}

/// Where the marks at the start of a span are over: stops, then closing quotes and brackets, then references (`[3]`).
fn after_marks(text: &str, within: Range<usize>) -> usize {
    let rest = &text[within.clone()];
    let after_stops = rest.trim_start_matches(['.', '!', '?', '…', '。', '！', '？']);
    let mut closed = after_stops.trim_start_matches(['"', '\'', '”', '’', '»', ')', ']', '}', '*', '_']);
    while let Some(inner) = closed.strip_prefix('[')
        && let Some(close) = inner.find(']').filter(|close| *close <= 12)
        && inner[..close].chars().all(|letter| letter.is_ascii_digit() || matches!(letter, ',' | ' ' | '-' | '–'))
    {
        closed = &inner[close + 1..];
    }
    within.end - closed.len()
}

/// Tells whether the sentence that began at `before.start` ends with `marks`, given what stands after.
fn ends(text: &str, before: Range<usize>, marks: Range<usize>, after: Range<usize>, profile: &Profile) -> bool {
    let (before, marks, after) = (&text[before], &text[marks], &text[after]);
    let next = after.trim_start();
    let spaced = next.len() < after.len();
    let opening = next.trim_start_matches(|letter: char| {
        matches!(letter, '"' | '\'' | '“' | '‘' | '«' | '(' | '[' | '*' | '_' | '-' | '–' | '—' | '>' | '¿' | '¡')
            || letter.is_whitespace()
    });
    let Some(first) = opening.chars().next() else { return false };
    if marks.starts_with(['。', '！', '？']) {
        return true;
    }
    let word = word_at_end(before);
    let follower = first_word(opening);
    if !spaced {
        return first.is_uppercase() && joins_sentences(word, follower, profile) && !before.ends_with(['/', '@']);
    }
    if first.is_lowercase() {
        return false;
    }
    if !first.is_alphanumeric() {
        return marks.starts_with(['!', '?']);
    }
    if marks.starts_with(['!', '?']) {
        // A quotation that goes on: `"Why?" John asked` cannot be told from a new sentence; a capital decides.
        return true;
    }
    if marks.starts_with("..") || marks.starts_with('…') {
        return first.is_uppercase();
    }
    if before.len() <= 3 && before.bytes().all(|byte| byte.is_ascii_digit()) {
        // `1. The first item`: the number of an item.
        return false;
    }
    let lower = word.to_lowercase();
    if profile.continues(&lower) {
        return false;
    }
    let opens = profile.opens(&follower.to_lowercase()) && first.is_uppercase();
    if profile.may_close(&lower) || is_initialism(word) {
        return opens;
    }
    if is_initial(word) {
        return opens && word != "I";
    }
    true
}

/// Tells whether a stop between two words without white space was meant to end a sentence: `the end.The next`.
fn joins_sentences(word: &str, follower: &str, profile: &Profile) -> bool {
    let lower_end = word.len() > 1 && word.chars().all(char::is_alphabetic) && word.ends_with(char::is_lowercase);
    lower_end && profile.opens(&follower.to_lowercase()) && follower.chars().skip(1).all(char::is_lowercase)
}

/// The word that text ends with: letters, digits, and stops and apostrophes within.
fn word_at_end(text: &str) -> &str {
    let begins = text
        .char_indices()
        .rev()
        .take_while(|(_, letter)| letter.is_alphanumeric() || matches!(letter, '.' | '\'' | '’'))
        .take(32)
        .last();
    begins.map_or("", |(at, _)| text[at..].trim_start_matches(['.', '\'', '’']))
}

/// The word that text begins with.
fn first_word(text: &str) -> &str {
    let end = text.char_indices().take(32).find(|(_, letter)| !letter.is_alphanumeric());
    end.map_or(text, |(at, _)| &text[..at])
}

/// `J`, as in `J. Smith`.
fn is_initial(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
}

/// `U.S` or `J.R`, whose last stop is not in the word.
fn is_initialism(word: &str) -> bool {
    word.contains('.') && word.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic))
}

/// Hands on a sentence in pieces of at most [`MAX_BYTES`].
fn bounded(text: &str, mut span: Range<usize>, each: &mut impl FnMut(Range<usize>)) {
    while span.len() > MAX_BYTES {
        let limit = text.floor_char_boundary(span.start + MAX_BYTES);
        let piece = &text[span.start..limit];
        let cut = piece.rfind(char::is_whitespace).filter(|cut| *cut > 0).map_or(limit, |cut| span.start + cut);
        each(span.start..span.start + text[span.start..cut].trim_end().len());
        span.start = cut + space(&text[cut..span.end]);
    }
    if !span.is_empty() {
        each(span);
    }
}
