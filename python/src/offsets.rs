//! From bytes to characters, which Python's strings are counted in.

/// Bytes between two places whose character is known.
const STRIDE: usize = 128;

/// Where characters are in a text.
#[derive(Debug)]
pub(crate) enum Offsets {
    /// Every byte is a character.
    Ascii,
    /// The number of characters before each multiple of [`STRIDE`] bytes.
    Counted(Vec<usize>),
}

impl Offsets {
    /// Goes through `text` once.
    pub(crate) fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Offsets::Ascii;
        }
        let mut before = 0;
        let counted = text.as_bytes().chunks(STRIDE).map(|chunk| {
            let here = before;
            before += starts(chunk);
            here
        });
        Offsets::Counted(counted.collect())
    }

    /// The characters before byte `at` of `text`.
    pub(crate) fn character(&self, text: &str, at: usize) -> usize {
        match self {
            Offsets::Ascii => at,
            Offsets::Counted(counts) => {
                let block = (at / STRIDE).min(counts.len().saturating_sub(1));
                let known = counts.get(block).copied().unwrap_or(0);
                known + text.as_bytes().get(block * STRIDE..at).map_or(0, starts)
            }
        }
    }
}

/// How many characters begin in `bytes`.
pub(crate) fn starts(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_as_python_counts_them() {
        for text in ["", "plain", &"é".repeat(500), &"aé𝄞".repeat(300)] {
            let offsets = Offsets::of(text);
            let places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            for (character, at) in places.enumerate() {
                assert_eq!(offsets.character(text, at), character, "{at}");
            }
        }
    }
}
