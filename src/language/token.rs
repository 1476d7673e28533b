//! Cuts sentences into tokens: words, numbers, marks, and the clitics that are written with a word.

use std::ops::Range;

use super::paragraph::space;
use super::profile::Profile;

/// Calls `each` with the span of every token of the sentence `text[sentence]`, in order.
///
/// Words are letters, digits and combining marks, with apostrophes and stops within; a hyphen stands alone, as in the
/// treebanks of Universal Dependencies. Numbers keep their stops and commas, addresses of the web and of mail stay whole,
/// and a run of stops or dashes is one mark. Takes time linear in the sentence.
///
/// ```
/// use relscan::language::{Language, tokens};
///
/// let text = "It doesn't cost $1,200.50.";
/// let mut found = Vec::new();
/// tokens(text, 0..text.len(), Language::english().profile(), |span| found.push(&text[span]));
/// assert_eq!(found, ["It", "does", "n't", "cost", "$", "1,200.50", "."]);
/// ```
pub fn tokens(text: &str, sentence: Range<usize>, profile: &Profile, mut each: impl FnMut(Range<usize>)) {
    let mut at = sentence.start;
    while at < sentence.end {
        let rest = &text[at..sentence.end];
        let Some(first) = rest.chars().next() else { break };
        if is_invisible(first) {
            at += first.len_utf8();
            continue;
        }
        if first.is_whitespace() {
            at += space(rest);
            continue;
        }
        let length = address(rest).or_else(|| word(rest, profile)).unwrap_or_else(|| mark(rest, first));
        let end = at + length;
        cut_clitics(text, at..end, profile, &mut each);
        at = end;
    }
}

/// Characters that show nothing: zero-width spaces, joiners, byte order marks. A soft hyphen within a word is a part of it.
const fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// The length of the address of the web or of mail that text begins with.
fn address(text: &str) -> Option<usize> {
    if !web_address(text) && !mail_address(text) {
        return None;
    }
    let end = text.find(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '"' | '“' | '”'));
    let run = &text[..end.unwrap_or(text.len())];
    let bare = run.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '’', '*']);
    (!bare.is_empty()).then_some(bare.len())
}

fn web_address(text: &str) -> bool {
    ["http://", "https://", "ftp://", "www."].iter().any(|scheme| {
        let start = text.as_bytes().get(..=scheme.len());
        start.is_some_and(|start| {
            start[..scheme.len()].eq_ignore_ascii_case(scheme.as_bytes()) && !start[scheme.len()].is_ascii_whitespace()
        })
    })
}

/// Tells whether text begins with a name of at most 64 characters (RFC 5321), an `@` and a host with a stop in it.
fn mail_address(text: &str) -> bool {
    let is_named = |letter: char| letter.is_ascii_alphanumeric() || "._-+%".contains(letter);
    let name = text.chars().take(65).take_while(|letter| is_named(*letter)).count();
    let Some(host) = text[name..].strip_prefix('@').filter(|_| (1..=64).contains(&name)) else { return false };
    let length = host.chars().take(254).take_while(|letter| is_named(*letter)).count();
    host.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && host[..length].trim_end_matches('.').contains('.')
}

/// The length of the word or number that text begins with.
fn word(text: &str, profile: &Profile) -> Option<usize> {
    let mut letters = text.char_indices().peekable();
    let mut end = 0;
    let mut last = None;
    let mut digits = true;
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let inside = match letter {
            _ if is_letter(letter) => true,
            '\'' | '’' => end > 0 && next.is_some_and(is_letter),
            '.' => {
                end > 0
                    && (next.is_some_and(is_letter)
                        && (digits == next.is_some_and(|next| next.is_ascii_digit()) || !digits))
            }
            ',' => {
                last.is_some_and(|last: char| last.is_ascii_digit()) && next.is_some_and(|next| next.is_ascii_digit())
            }
            ':' => digits && end > 0 && next.is_some_and(|next| next.is_ascii_digit()),
            _ => end > 0 && (is_invisible(letter) && next.is_some_and(is_letter)),
        };
        if !inside {
            break;
        }
        digits &= letter.is_ascii_digit() || matches!(letter, '.' | ',' | ':');
        end = at + letter.len_utf8();
        last = Some(letter);
    }
    if end == 0 {
        return None;
    }
    let word = &text[..end];
    let lower = word.to_lowercase();
    let stopped = text[end..].starts_with('.') && !text[end + 1..].starts_with('.');
    let goes_on = !text[end..].trim_start_matches('.').trim_end().is_empty();
    let abbreviated = profile.continues(&lower)
        || profile.may_close(&lower)
        || (lower.contains('.') && lower.split('.').all(|part| part.chars().count() == 1))
        || (word.chars().count() == 1 && word.chars().all(char::is_uppercase) && word != "I");
    // `U.S.` at the end of a sentence keeps its stop only if it is spelled with stops.
    let keeps = abbreviated && stopped && !digits && (goes_on || lower.contains('.'));
    Some(if keeps { end + 1 } else { end })
}

/// Letters and digits of every script, and the marks that combine with them.
fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || is_combining(letter)
}

/// Combining marks of the blocks that hold nothing else.
const fn is_combining(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}'
        | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}'
        | '\u{e47}'..='\u{e4e}')
}

/// The length of the mark that text begins with: a run of stops, dashes or equal signs, or one character with what joins it.
fn mark(text: &str, first: char) -> usize {
    if matches!(first, '.' | '-' | '=' | '*' | '_' | '~' | '!' | '?') {
        let rest = text.trim_start_matches(first);
        return text.len() - rest.len();
    }
    let mut end = first.len_utf8();
    let mut joined = false;
    for letter in text[end..].chars() {
        // Emoji: a joiner takes the next one in, as do skin tones and variants.
        let extends = joined || is_combining(letter) || matches!(letter, '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}');
        if !extends || letter.is_whitespace() {
            break;
        }
        joined = letter == '\u{200d}';
        end += letter.len_utf8();
    }
    end
}

/// Hands on a word, with the clitics at its end as tokens of their own.
fn cut_clitics(text: &str, span: Range<usize>, profile: &Profile, each: &mut impl FnMut(Range<usize>)) {
    let word = &text[span.clone()];
    let cut = profile.contraction(word).or_else(|| profile.clitic(word).map(|clitic| word.len() - clitic));
    match cut {
        Some(cut) if 0 < cut && cut < word.len() => {
            cut_clitics(text, span.start..span.start + cut, profile, each);
            each(span.start + cut..span.end);
        }
        _ => each(span),
    }
}
