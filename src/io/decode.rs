//! Text of any encoding made UTF-8 while it is read, with a map back to its bytes.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use encoding_rs::{CoderResult, Encoding, UTF_16BE, UTF_16LE};

use super::ahead::Ahead;
use crate::text::Origin;

/// Decodes bytes, and notes which bytes each character was made of.
pub(super) struct Decoder {
    steps: encoding_rs::Decoder,
    is_ascii_compatible: bool,
    /// Of UTF-16, which byte of a pair holds ASCII.
    ascii_byte: Option<usize>,
    /// The bytes read, and where the character begins that is being read.
    read: usize,
    begin: usize,
    /// The bytes written.
    written: usize,
    /// How many sequences that are none were replaced by U+FFFD.
    pub(super) replaced: usize,
}

impl Decoder {
    /// A decoder for what follows a mark of so many bytes.
    pub(super) fn new(encoding: &'static Encoding, mark: usize) -> Self {
        Decoder {
            steps: encoding.new_decoder_without_bom_handling(),
            is_ascii_compatible: encoding.is_ascii_compatible(),
            ascii_byte: match encoding {
                _ if encoding == UTF_16LE => Some(0),
                _ if encoding == UTF_16BE => Some(1),
                _ => None,
            },
            read: mark,
            begin: mark,
            written: 0,
            replaced: 0,
        }
    }

    /// Decodes the next `bytes`, the last ones if `ended`.
    pub(super) fn decode(&mut self, bytes: &[u8], ended: bool, text: &mut Vec<u8>, origin: &mut Origin) {
        let mut rest = bytes;
        while let Some((byte, after)) = rest.split_first() {
            if self.is_ascii_compatible && self.begin == self.read {
                let ascii = Encoding::ascii_valid_up_to(rest);
                if ascii > 0 {
                    text.extend_from_slice(&rest[..ascii]);
                    origin.copied(self.written, self.read, ascii);
                    self.written += ascii;
                    self.read += ascii;
                    self.begin = self.read;
                    rest = &rest[ascii..];
                    continue;
                }
            }
            if let Some(ascii) = self.ascii_byte.filter(|_| self.begin == self.read) {
                // Most of most texts; the other byte of each pair is NUL.
                let is_ascii = |pair: &&[u8; 2]| pair[1 - ascii] == 0 && pair[ascii].is_ascii();
                let count = rest.as_chunks::<2>().0.iter().take_while(is_ascii).count();
                if count > 0 {
                    text.extend(rest[..2 * count].as_chunks::<2>().0.iter().map(|pair| pair[ascii]));
                    origin.encoded(self.written, self.read, count, 2);
                    self.written += count;
                    self.read += 2 * count;
                    self.begin = self.read;
                    rest = &rest[2 * count..];
                    continue;
                }
            }
            self.step(&[*byte], false, text, origin);
            rest = after;
        }
        if ended {
            self.step(&[], true, text, origin);
        }
    }

    /// Decodes a byte by itself, so that it is known which character ends with it.
    fn step(&mut self, byte: &[u8], ended: bool, text: &mut Vec<u8>, origin: &mut Origin) {
        let mut made = [0; 64];
        let (outcome, _, mut count, failed) = self.steps.decode_to_utf8(byte, &mut made, ended);
        debug_assert_eq!(outcome, CoderResult::InputEmpty);
        self.replaced += usize::from(failed);
        self.read += byte.len();
        if count == 0 {
            return;
        }
        text.extend_from_slice(&made[..count]);
        // A byte that breaks a character off may be one itself.
        let is_itself = failed && count > 1 && self.read - self.begin > 1 && byte == &made[count - 1..count];
        count -= usize::from(is_itself);
        let end = self.read - usize::from(is_itself);
        if count == end - self.begin && !failed {
            origin.copied(self.written, self.begin, count);
        } else {
            origin.made(self.written..self.written + count, self.begin..end);
        }
        self.written += count;
        if is_itself {
            origin.copied(self.written, end, 1);
            self.written += 1;
        }
        self.begin = self.read;
    }
}

/// Decodes all of `bytes` after a mark of so many; with how many sequences were replaced.
pub(super) fn decode_whole(bytes: &[u8], encoding: &'static Encoding, mark: usize) -> (String, Origin, usize) {
    let mut decoder = Decoder::new(encoding, mark);
    let (mut text, mut origin) = (Vec::with_capacity(bytes.len()), Origin::default());
    decoder.decode(&bytes[mark.min(bytes.len())..], true, &mut text, &mut origin);
    // Decoders write nothing but UTF-8.
    (String::from_utf8(text).unwrap_or_default(), origin, decoder.replaced)
}

/// What is known of a text that is decoded as it is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Decoding(Arc<Mutex<Progress>>);

#[derive(Debug, Default)]
struct Progress {
    origin: Origin,
    replaced: usize,
}

impl Decoding {
    /// The map of the text up to byte `end`, which nobody asks for again.
    pub(super) fn origin_to(&self, end: usize) -> Origin {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).origin.split_off_front(end)
    }

    /// How many sequences were replaced.
    pub(super) fn replaced(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).replaced
    }
}

/// An input, decoded.
pub(super) struct Decoded {
    input: Ahead,
    decoder: Decoder,
    decoding: Decoding,
    bytes: Vec<u8>,
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl Decoded {
    /// Decodes `input`, whose mark of so many bytes has been skipped.
    pub(super) fn new(input: Ahead, encoding: &'static Encoding, mark: usize) -> (Self, Decoding) {
        let (decoder, decoding) = (Decoder::new(encoding, mark), Decoding::default());
        let (bytes, text) = (vec![0; 16 << 10], Vec::new());
        (Decoded { input, decoder, decoding: decoding.clone(), bytes, text, given: 0, ended: false }, decoding)
    }
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            let count = self.input.read(&mut self.bytes)?;
            self.ended = count == 0;
            self.text.clear();
            self.given = 0;
            let mut progress = self.decoding.0.lock().unwrap_or_else(PoisonError::into_inner);
            self.decoder.decode(&self.bytes[..count], self.ended, &mut self.text, &mut progress.origin);
            progress.replaced = self.decoder.replaced;
        }
        let count = (&self.text[self.given..]).read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, GB18030, ISO_2022_JP, SHIFT_JIS, UTF_8, WINDOWS_1252};

    use super::*;

    #[test]
    fn every_character_leads_back_to_its_bytes() {
        let text = "Ärger causes Übel; 雨が洪水 \u{1f600} is a x";
        for encoding in [UTF_8, UTF_16LE, UTF_16BE, WINDOWS_1252, SHIFT_JIS, GB18030, BIG5, ISO_2022_JP] {
            let chars: Vec<(Vec<u8>, char)> = text
                .chars()
                .map(|c| {
                    let bytes = match encoding.name() {
                        "UTF-16LE" => c.encode_utf16(&mut [0; 2]).iter().flat_map(|u| u.to_le_bytes()).collect(),
                        "UTF-16BE" => c.encode_utf16(&mut [0; 2]).iter().flat_map(|u| u.to_be_bytes()).collect(),
                        _ => encoding.encode(c.encode_utf8(&mut [0; 4])).0.into_owned(),
                    };
                    (bytes, c)
                })
                .filter(|(bytes, c)| !bytes.starts_with(b"&#") && (encoding != ISO_2022_JP || c.is_ascii()))
                .collect();
            let bytes: Vec<u8> = chars.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
            let (decoded, origin, replaced) = decode_whole(&bytes, encoding, 0);
            assert_eq!(replaced, 0, "{}", encoding.name());
            let (mut at, mut from) = (0, 0);
            for (bytes, c) in &chars {
                assert!(decoded[at..].starts_with(*c), "{} {c} in {decoded}", encoding.name());
                let original = origin.original(&(at..at + c.len_utf8()));
                assert_eq!(original, from..from + bytes.len(), "{} {c}", encoding.name());
                at += c.len_utf8();
                from += bytes.len();
            }
            assert_eq!(at, decoded.len());
        }
    }

    #[test]
    fn what_is_broken_is_replaced_at_its_place() {
        let bytes = b"caf\xc3 x \xe6\xb1\xe9";
        let (text, origin, replaced) = decode_whole(bytes, UTF_8, 0);
        assert_eq!(text, String::from_utf8_lossy(bytes));
        assert_eq!(replaced, 3);
        let x = text.find('x').unwrap();
        assert_eq!(origin.original(&(x..x + 1)), 5..6);
        assert_eq!(origin.original(&(3..6)), 3..4, "the replacement");
    }

    #[test]
    fn read_in_parts() {
        let bytes: Vec<u8> =
            "Soot causes Ärger.\n雨 is a 雨\n".repeat(9_000).encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (whole, origin, _) = decode_whole(&bytes, UTF_16LE, 0);
        let (mut decoded, decoding) = Decoded::new(Ahead::new(Box::new(io::Cursor::new(bytes))), UTF_16LE, 0);
        let (mut text, mut part) = (Vec::new(), vec![0; 10_007]);
        loop {
            let count = decoded.read(&mut part).unwrap();
            if count == 0 {
                break;
            }
            let start = text.len();
            text.extend_from_slice(&part[..count]);
            let map = decoding.origin_to(text.len());
            for at in [start + 4, start + count / 2, start + count - 5] {
                if whole.as_bytes()[at].is_ascii() {
                    assert_eq!(map.original(&(at..at + 1)), origin.original(&(at..at + 1)), "{at}");
                }
            }
        }
        assert_eq!(String::from_utf8(text).unwrap(), whole);
    }
}
