//! Lower-casing of short text in which only ASCII changes, which is what most lines with a needle are.

use std::ops::Range;

use super::Kernels;
use super::kernel::{BLOCK, Kernel, Task};
use crate::text::is_caseless;

/// A longer text is not lowered here.
const LONGEST: usize = 1 << 17;
/// So much memory is taken for the first text.
const SHORTEST: usize = 1 << 14;

/// Memory for one lowered text after another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    /// Where a line of the cache begins in them: what is written from there on does not cross one with each store.
    first: usize,
    /// Which bytes of the text stand lowered in front.
    held: Range<usize>,
}

/// A part of a text in lower case, every character where it was.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held<'b> {
    text: &'b str,
    /// Its first byte in the text.
    start: usize,
}

impl<'b> Held<'b> {
    /// The `span` of the text, which is within this part of it.
    #[inline]
    pub(crate) fn get(self, span: Range<usize>) -> &'b str {
        &self.text[span.start - self.start..span.end - self.start]
    }
}

impl Buffer {
    /// The most bytes that it held.
    pub(crate) fn peak(&self) -> usize {
        self.bytes.len()
    }

    /// Forgets the text, before another one.
    pub(crate) fn forget(&mut self) {
        self.held = 0..0;
    }

    /// [`Literals::lower`](super::Literals::lower).
    #[inline]
    pub(super) fn lower(&mut self, kernel: &Kernels, text: &str, span: Range<usize>) -> Option<Held<'_>> {
        if self.held.start > span.start || self.held.end < span.end {
            self.hold(kernel, text, span);
            if self.held.is_empty() {
                return None;
            }
        }
        // SAFETY: UTF-8 of which some ASCII bytes were made other ASCII bytes is UTF-8.
        let text = unsafe { std::str::from_utf8_unchecked(&self.bytes[self.first..self.first + self.held.len()]) };
        Some(Held { text, start: self.held.start })
    }

    /// Lowers the `span` of `text`, in place of what was held, so that parts of it need not be lowered one by one. Holds
    /// nothing if it is long, or a character of it may have another lower case than itself that is not ASCII.
    pub(super) fn hold(&mut self, kernel: &Kernels, text: &str, span: Range<usize>) {
        self.held = 0..0;
        let text = text[span.clone()].as_bytes();
        if text.len() > LONGEST {
            return;
        }
        if self.bytes.len() < text.len() + BLOCK {
            // Twice as long each time, so that it rarely grows.
            self.bytes = vec![0; (text.len() + BLOCK).next_power_of_two().max(SHORTEST)];
            self.first = self.bytes.as_ptr().align_offset(BLOCK).min(BLOCK);
        }
        if kernel.run(Lower { text, lowered: &mut self.bytes[self.first..] }) {
            self.held = span;
        }
    }
}

/// Writes `text` in lower case to the front of `lowered`, which is as long or longer, and says whether no character but
/// those of ASCII changes.
struct Lower<'t> {
    text: &'t [u8],
    lowered: &'t mut [u8],
}

impl Task for Lower<'_> {
    type Output = bool;
    const WITHOUT_MASKS: bool = true;

    #[inline(always)]
    unsafe fn run<K: Kernel>(self, kernel: &K) -> bool {
        let Lower { text, lowered } = self;
        let mut unchanged = true;
        for (block, (from, to)) in text.as_chunks().0.iter().zip(lowered.as_chunks_mut().0).enumerate() {
            // SAFETY: the caller answers for the CPU, here and below.
            let others = unsafe { kernel.lower(from, to) };
            if others != 0 {
                unchanged &= are_caseless(text, block * BLOCK, others);
            }
        }
        if text.len().is_multiple_of(BLOCK) {
            return unchanged;
        }
        // The last bytes of a long text are lowered with those before them, a second time.
        if let (Some(from), Some(to)) = (text.last_chunk(), lowered[..text.len()].last_chunk_mut()) {
            // SAFETY: as above.
            let others = unsafe { kernel.lower(from, to) };
            unchanged &= others == 0 || are_caseless(text, text.len() - BLOCK, others);
        } else {
            let (mut from, mut to) = ([0; BLOCK], [0; BLOCK]);
            from[..text.len()].copy_from_slice(text);
            // SAFETY: as above.
            let others = unsafe { kernel.lower(&from, &mut to) };
            lowered[..text.len()].copy_from_slice(&to[..text.len()]);
            unchanged &= others == 0 || are_caseless(text, 0, others);
        }
        unchanged
    }
}

/// The first byte of a character that is not ASCII is at least this, and the others are less.
const LEAD: u8 = 0xc0;

/// Whether the characters that the bytes `others` are of, places from byte `base` of the text on, are all of blocks in
/// which none has a lower case.
#[inline(never)]
fn are_caseless(text: &[u8], base: usize, mut others: u64) -> bool {
    let mut caseless = true;
    while others != 0 {
        let bit = others.trailing_zeros();
        let mut width = 1;
        // In UTF-8 others follow the first byte of such a character, which begins with as many ones as there are bytes.
        if let [first, second, ..] = text[base + bit as usize..]
            && first >= LEAD
        {
            caseless &= is_caseless(first, second);
            width = first.leading_ones();
        }
        others &= u64::MAX.unbounded_shl(bit + width);
    }
    caseless
}

#[cfg(test)]
mod tests {
    use super::super::{Instructions, Literals};
    use super::*;

    #[test]
    fn lowers_text_of_any_length_if_nothing_but_ascii_changes() {
        let ascii: String = (0..=0x7f_u8).map(char::from).cycle().take(400).collect();
        for instructions in Instructions::ALL {
            let Ok(literals) = Literals::new(&[b" is a ".as_slice().into()], instructions) else { continue };
            let mut buffer = Buffer::default();
            let mut lower = |text: &str| {
                buffer.forget();
                literals.lower(&mut buffer, text, 0..text.len()).map(|held| held.get(0..text.len()).to_owned())
            };
            for len in 1..=300 {
                let text = &ascii[len / 3..len / 3 + len];
                assert_eq!(lower(text), Some(text.to_lowercase()), "{instructions:?}");
                for at in [0, len / 2, len] {
                    for same in ["é", "’", "汉", "😀"] {
                        let text = format!("{}{same}{}", &text[..at], &text[at..]);
                        assert_eq!(lower(&text), Some(text.to_lowercase()), "{text:?}");
                    }
                    for other in ["É", "Σ", "ẞ", "\u{130}", "\u{212a}"] {
                        let text = format!("{}{other}{}", &text[..at], &text[at..]);
                        assert_eq!(lower(&text), None, "{instructions:?} {text:?}");
                    }
                }
            }
            let long = ascii.repeat(LONGEST / ascii.len() + 1);
            let longest = &long[..LONGEST];
            assert_eq!(lower(longest), Some(longest.to_lowercase()));
            assert_eq!(lower(&long[..=LONGEST]), None);
            assert_eq!(lower("Short"), Some("short".to_owned()));
        }
    }

    #[test]
    fn what_is_held_is_not_lowered_again() {
        let literals = Literals::new(&[b" is a ".as_slice().into()], Instructions::Plain).expect("any CPU does");
        let mut buffer = Buffer::default();
        let text = "É One Two’s THREE Four É";
        let (one, four) = (text.find("One").expect("it is there"), text.find("Four").expect("it is there"));
        let lines = [one..one + 3, one + 4..four, one..four + 4];
        for ahead in [one..four + 4, one + 1..four, 0..text.len(), 0..0] {
            buffer.forget();
            literals.hold(&mut buffer, text, ahead.clone());
            for line in &lines {
                let lowered = literals.lower(&mut buffer, text, line.clone()).map(|held| held.get(line.clone()));
                assert_eq!(lowered, Some(&*text[line.clone()].to_lowercase()), "{ahead:?} {line:?}");
            }
            assert!(literals.lower(&mut buffer, text, 0..four).is_none());
        }
        buffer.forget();
        let other = text.to_lowercase();
        assert_eq!(literals.lower(&mut buffer, &other, 0..8).map(|held| held.get(0..8)), Some(&other[0..8]));
    }
}
