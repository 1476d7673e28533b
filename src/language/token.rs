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
    let bytes = &text.as_bytes()[..sentence.end];
    let mut at = sentence.start;
    while at < sentence.end {
        if let Some(end) = plain(bytes, at, profile) {
            match bytes[at] {
                b' ' | b'\n' => {}
                _ if end - at > 1 && profile.may_be_cut(&bytes[at..end]) => {
                    cut_clitics(text, at..end, profile, &mut each);
                }
                _ => each(at..end),
            }
            at = end;
            continue;
        }
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

/// What a byte is where a token may begin or end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A space or a line feed.
    Space,
    /// A letter, a digit, an underscore.
    Letter,
    /// A mark of ASCII that is a token by itself.
    Mark,
    /// One that is a token by itself unless it is repeated.
    Run,
    /// A mark that names of mail may have, `@` and the stop left out.
    Name,
    /// All else: what other scripts have, controls, `.` and `@`.
    Other,
}

const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut byte = 0u8;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b' ' | b'\n' => Kind::Space,
            b'_' => Kind::Letter,
            b'=' | b'*' | b'~' | b'!' | b'?' => Kind::Run,
            b'-' | b'%' | b'+' => Kind::Name,
            b'.' | b'@' => Kind::Other,
            _ if byte.is_ascii_alphanumeric() => Kind::Letter,
            _ if byte.is_ascii_punctuation() => Kind::Mark,
            _ => Kind::Other,
        };
        byte += 1;
    }
    kinds
};

fn kind(bytes: &[u8], at: usize) -> Kind {
    bytes.get(at).map_or(Kind::Space, |byte| KINDS[usize::from(*byte)])
}

/// The end of the token or the white space that begins at `at`, where a glance tells; `None` where only a second look does.
///
/// What is told so: one space, a mark, and a run of ASCII letters and digits with nothing after it over which it could go
/// on as a word, a number, an address or an abbreviation.
#[inline]
fn plain(bytes: &[u8], at: usize, profile: &Profile) -> Option<usize> {
    let end = match kind(bytes, at) {
        Kind::Letter => return plain_word(bytes, at, profile),
        Kind::Space => {
            let next = *bytes.get(at + 1)?;
            // After a line feed may stand the marks of quoted mail.
            let told = next.is_ascii_graphic() && next != b'>' || is_typographic(bytes, at + 1);
            return told.then_some(at + 1);
        }
        Kind::Run if bytes.get(at + 1) != Some(&bytes[at]) => at + 1,
        Kind::Name if bytes.get(at + 1) != Some(&bytes[at]) && !names_mail(bytes, at) => at + 1,
        Kind::Mark => at + 1,
        Kind::Other if is_typographic(bytes, at) => at + 3,
        _ => return None,
    };
    // What is not ASCII may join a mark.
    bytes.get(end).is_none_or(u8::is_ascii).then_some(end)
}

fn plain_word(bytes: &[u8], at: usize, profile: &Profile) -> Option<usize> {
    let mut end = at + 1;
    while bytes.get(end).is_some_and(|byte| KINDS[usize::from(*byte)] == Kind::Letter) {
        end += 1;
    }
    let Some(next) = bytes.get(end) else { return Some(end) };
    let after = bytes.get(end + 1);
    let blank = after.is_none_or(|after| matches!(after, b' ' | b'\n'));
    let ends = match next {
        b',' => !after.is_some_and(u8::is_ascii_digit),
        b'.' => blank && (after.is_none() || !may_keep_stop(&bytes[at..end], profile)),
        b':' => blank,
        b'\'' => after.is_none_or(|after| after.is_ascii() && KINDS[usize::from(*after)] != Kind::Letter),
        _ => match KINDS[usize::from(*next)] {
            Kind::Space | Kind::Mark | Kind::Run => true,
            Kind::Name => !names_mail(bytes, end),
            // A typographic apostrophe may go on with the word.
            _ => is_typographic(bytes, end) && bytes[end + 2] != 0x99,
        },
    };
    ends.then_some(end)
}

/// Tells whether a word of ASCII letters and digits keeps the stop after it.
fn may_keep_stop(word: &[u8], profile: &Profile) -> bool {
    let initial = word.len() == 1 && word[0].is_ascii_uppercase() && word[0] != b'I';
    !word.iter().all(u8::is_ascii_digit) && (initial || profile.is_abbreviation(word))
}

/// Tells whether one of U+2010 to U+2027 stands here, dashes and quotation marks most of them.
fn is_typographic(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..), Some([0xe2, 0x80, 0x90..=0xa7, ..]))
}

/// Tells whether an `@` follows the letters and marks of a name of mail, of which there may be too many.
fn names_mail(bytes: &[u8], at: usize) -> bool {
    let is_named = |byte: &u8| *byte == b'.' || matches!(KINDS[usize::from(*byte)], Kind::Letter | Kind::Name);
    let name = bytes[at..].iter().take(65).take_while(|byte| is_named(byte)).count();
    bytes.get(at + name) == Some(&b'@')
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
