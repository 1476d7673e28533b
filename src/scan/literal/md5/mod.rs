//! MD5 of many short texts at once, a text in each lane of a vector.
//!
//! Ids of concepts are MD5, and most arguments are shorter than one block of it: one after another they cost several
//! times what finding them does. MD5 is a chain of operations each of which needs the one before, so there is nothing
//! to gain within a text; 16 or 32 texts side by side keep the CPU busy. The `md-5` crate does what is not worth a
//! lane, and all of it where the CPU has no lanes; every kernel is tested against it.

mod lanes;
#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod neon;
#[cfg(target_arch = "x86_64")]
mod x86;

use md5::{Digest, Md5};

/// Bytes of a block of MD5.
const BLOCK: usize = 64;
/// Words of a block.
const WORDS: usize = 16;
/// Texts that are hashed side by side, at most.
const GROUP: usize = 32;
/// Texts of more blocks go to the `md-5` crate: too few are equally long to fill the lanes.
const BLOCKS: usize = 4;

/// A block of each text of a group, word by word.
type Message = [[u32; GROUP]; WORDS];
/// The first two words of the digests of a group: an id needs no more.
type Digests = [[u32; GROUP]; 2];

/// How digests are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hasher {
    /// One after another.
    Scalar,
    /// 8 lanes of AVX2, four times side by side.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 16 lanes of AVX-512, twice side by side.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// 4 lanes of NEON, four times side by side.
    #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
    Neon,
}

impl Hasher {
    /// The fastest on this CPU.
    pub(crate) fn best() -> Self {
        Self::available().into_iter().next().unwrap_or(Hasher::Scalar)
    }

    /// Those that this CPU can do, from the fastest to the slowest.
    pub(crate) fn available() -> Vec<Self> {
        let all = [
            #[cfg(target_arch = "x86_64")]
            (Hasher::Avx512, x86::has_avx512()),
            #[cfg(target_arch = "x86_64")]
            (Hasher::Avx2, x86::has_avx2()),
            #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
            (Hasher::Neon, neon::has_neon()),
            (Hasher::Scalar, true),
        ];
        all.into_iter().filter(|(_, there)| *there).map(|(hasher, _)| hasher).collect()
    }

    /// The first eight bytes of the MD5 of each of the `texts`, as numbers with the first byte highest, in order.
    /// Linear in the texts.
    pub(crate) fn ids<'t>(self, texts: impl ExactSizeIterator<Item = &'t [u8]>) -> Vec<u64> {
        if self == Hasher::Scalar {
            return texts.map(id).collect();
        }
        let mut ids = vec![0; texts.len()];
        let mut groups: [Group<'t>; BLOCKS] = Default::default();
        for (at, text) in texts.enumerate() {
            match groups.get_mut(blocks(text) - 1) {
                None => ids[at] = id(text),
                Some(group) => {
                    group.push((at, text));
                    if group.len() == GROUP {
                        self.finish(group, &mut ids);
                    }
                }
            }
        }
        for group in &mut groups {
            self.finish(group, &mut ids);
        }
        ids
    }

    /// Empties `group`, whose texts are of as many blocks each, into `ids`.
    fn finish(self, group: &mut Group<'_>, ids: &mut [u64]) {
        let Some(&(_, first)) = group.first() else { return };
        let mut messages = [[[0; GROUP]; WORDS]; BLOCKS];
        let messages = &mut messages[..blocks(first)];
        for (number, message) in messages.iter_mut().enumerate() {
            self.fill(message, group, number);
        }
        let Some(digests) = self.digests(messages) else {
            return group.drain(..).for_each(|(at, text)| ids[at] = id(text));
        };
        for (lane, (at, _)) in group.drain(..).enumerate() {
            let [high, low] = digests.map(|words| words[lane].swap_bytes());
            ids[at] = u64::from(high) << 32 | u64::from(low);
        }
    }

    /// Writes block `number` of each text of `group` to its lane of `message`.
    #[cfg_attr(not(target_arch = "x86_64"), expect(clippy::unused_self, reason = "only AVX-512 has a way of its own"))]
    fn fill(self, message: &mut Message, group: &Group<'_>, number: usize) {
        #[cfg(target_arch = "x86_64")]
        if self == Hasher::Avx512 {
            // SAFETY: it is made by `available` only, which asks the CPU.
            return unsafe { x86::fill_avx512(message, group, number) };
        }
        fill(message, group, number);
    }

    /// `None` if there are no lanes.
    fn digests(self, messages: &[Message]) -> Option<Digests> {
        match self {
            Hasher::Scalar => None,
            // SAFETY: these are made by `available` only, which asks the CPU.
            #[cfg(target_arch = "x86_64")]
            Hasher::Avx2 => Some(unsafe { x86::digests_avx2(messages) }),
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Hasher::Avx512 => Some(unsafe { x86::digests_avx512(messages) }),
            // SAFETY: as above.
            #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
            Hasher::Neon => Some(unsafe { neon::digests_neon(messages) }),
        }
    }
}

/// [`Hasher::fill`] for any CPU.
fn fill(message: &mut Message, group: &Group<'_>, number: usize) {
    for (lane, (_, text)) in group.iter().enumerate() {
        let block = block(text, number);
        for (words, bytes) in message.iter_mut().zip(block.as_chunks::<4>().0) {
            words[lane] = u32::from_le_bytes(*bytes);
        }
    }
}

/// Texts of as many blocks each, and where their ids belong.
type Group<'t> = Vec<(usize, &'t [u8])>;

/// The id of one text.
pub(crate) fn id(text: &[u8]) -> u64 {
    let digest: [u8; 16] = Md5::digest(text).into();
    digest.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// How many blocks a text has: after it come a byte, zeros, and its length in eight bytes.
fn blocks(text: &[u8]) -> usize {
    (text.len() + 8) / BLOCK + 1
}

/// Block `number` of `text` as MD5 takes it.
fn block(text: &[u8], number: usize) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let rest = text.get(number * BLOCK..).unwrap_or_default();
    let here = &rest[..rest.len().min(BLOCK)];
    block[..here.len()].copy_from_slice(here);
    // A text that ends with a block has this byte in the next.
    if here.len() < BLOCK && number * BLOCK <= text.len() {
        block[here.len()] = 0x80;
    }
    if number + 1 == blocks(text) {
        block[BLOCK - 8..].copy_from_slice(&(text.len() as u64 * 8).to_le_bytes());
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_digests() {
        // RFC 1321.
        let known =
            [("", 0xd41d_8cd9_8f00_b204), ("a", 0x0cc1_75b9_c0f1_b6a8), ("message digest", 0xf96b_697d_7cb7_938d)];
        for hasher in Hasher::available() {
            let ids = hasher.ids(known.iter().map(|(text, _)| text.as_bytes()));
            assert_eq!(ids, known.map(|(_, id)| id), "{hasher:?}");
        }
    }

    #[test]
    fn every_length_in_every_lane() {
        let bytes: Vec<u8> = (0..2_000_u32).map(|i| (i.wrapping_mul(0x9e37_79b9) >> 24) as u8).collect();
        for hasher in Hasher::available() {
            for len in 0..=300 {
                // As many as fill a group and part of another; each different.
                let texts: Vec<&[u8]> = (0..GROUP + 5).map(|start| &bytes[start..start + len]).collect();
                let want: Vec<u64> = texts.iter().map(|text| id(text)).collect();
                assert_eq!(hasher.ids(texts.iter().copied()), want, "{hasher:?} {len}");
            }
        }
    }

    proptest! {
        #[test]
        fn texts_of_any_lengths_keep_their_order(
            texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..400), 0..200),
        ) {
            let want: Vec<u64> = texts.iter().map(|text| id(text)).collect();
            for hasher in Hasher::available() {
                prop_assert_eq!(hasher.ids(texts.iter().map(Vec::as_slice)), want.clone(), "{:?}", hasher);
            }
        }
    }
}
