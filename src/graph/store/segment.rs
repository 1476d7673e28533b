//! Numbers in blobs: little-endian base 128, and lists of ascending numbers by their differences.

use rayon::slice::ParallelSliceMut;

/// A blob that is being read, or has ended too soon.
pub(crate) struct Reader<'b> {
    rest: &'b [u8],
}

/// A blob that does not hold what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

/// Appends a number: 7 bits a byte, lowest first, the top bit set on all but the last.
#[allow(clippy::cast_possible_truncation)] // 7 bits are meant
pub(crate) fn put(blob: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        blob.push(number as u8 | 0x80);
        number >>= 7;
    }
    blob.push(number as u8);
}

impl<'b> Reader<'b> {
    pub(crate) fn new(blob: &'b [u8]) -> Self {
        Reader { rest: blob }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn eight_bytes(&mut self) -> Result<[u8; 8], Damaged> {
        let (&bytes, rest) = self.rest.split_first_chunk().ok_or(Damaged)?;
        self.rest = rest;
        Ok(bytes)
    }

    pub(crate) fn number(&mut self) -> Result<u32, Damaged> {
        let mut number = 0_u64;
        for shift in (0..35).step_by(7) {
            let (&byte, rest) = self.rest.split_first().ok_or(Damaged)?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return u32::try_from(number).map_err(|_| Damaged);
            }
        }
        Err(Damaged)
    }
}

/// Sorts pairs (a, b) into blobs by block of `a`, and gives each blob with its block: for every `a` its place in the
/// block, how many `b` it has, and their differences. Pairs that are there twice are written twice.
pub(crate) fn write_lists<E>(
    pairs: &mut [(u32, u32)],
    block_size: u32,
    mut write: impl FnMut(u32, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    pairs.par_sort_unstable();
    let mut blob = Vec::new();
    for block in pairs.chunk_by(|x, y| x.0 / block_size == y.0 / block_size) {
        blob.clear();
        for list in block.chunk_by(|x, y| x.0 == y.0) {
            put(&mut blob, list[0].0 % block_size);
            // A list is part of the pairs, which a graph numbers with 32 bits.
            put(&mut blob, u32::try_from(list.len()).unwrap_or(u32::MAX));
            let mut last = 0;
            for &(_, b) in list {
                put(&mut blob, b - last);
                last = b;
            }
        }
        write(block[0].0 / block_size, &blob)?;
    }
    Ok(())
}

/// Reads what [`write_lists`] wrote, pair by pair.
pub(crate) fn read_lists<E: From<Damaged>>(
    blob: &[u8],
    block: u32,
    block_size: u32,
    mut take: impl FnMut(u32, u32) -> Result<(), E>,
) -> Result<(), E> {
    let mut reader = Reader::new(blob);
    while !reader.is_at_end() {
        let place = reader.number()?;
        let a = block.checked_mul(block_size).and_then(|first| first.checked_add(place));
        let a = a.filter(|_| place < block_size).ok_or(Damaged)?;
        let mut b = 0_u32;
        for _ in 0..reader.number()? {
            b = b.checked_add(reader.number()?).ok_or(Damaged)?;
            take(a, b)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        let numbers = [0, 1, 127, 128, 300, 16_383, 16_384, 1 << 21, (1 << 28) - 1, 1 << 28, u32::MAX];
        let mut blob = Vec::new();
        for number in numbers {
            put(&mut blob, number);
        }
        let mut reader = Reader::new(&blob);
        for number in numbers {
            assert_eq!(reader.number(), Ok(number));
        }
        assert!(reader.is_at_end());
        assert_eq!(reader.number(), Err(Damaged));
        for damaged in [&[0x80_u8][..], &[0xff; 5], &[0xff, 0xff, 0xff, 0xff, 0x7f], &[0x80; 6]] {
            assert_eq!(Reader::new(damaged).number(), Err(Damaged), "{damaged:?}");
        }
    }

    #[test]
    fn lists_come_back_sorted() {
        let pairs = [(5, 9), (0, 3), (5, 2), (255, 1), (256, 7), (5, 9), (70_000, u32::MAX), (70_000, 0)];
        let mut sorted = pairs.to_vec();
        let mut blobs = Vec::new();
        write_lists(&mut sorted, 256, |block, blob| {
            blobs.push((block, blob.to_vec()));
            Ok::<(), Damaged>(())
        })
        .unwrap();
        assert_eq!(blobs.iter().map(|(block, _)| *block).collect::<Vec<_>>(), [0, 1, 273]);
        let mut back = Vec::new();
        for (block, blob) in &blobs {
            read_lists(blob, *block, 256, |a, b| {
                back.push((a, b));
                Ok::<(), Damaged>(())
            })
            .unwrap();
            for cut in 1..blob.len() {
                // A cut blob is damaged or ends between two lists: never a panic.
                let _ = read_lists(&blob[..cut], *block, 256, |_, _| Ok::<(), Damaged>(()));
            }
        }
        assert_eq!(back, sorted);
        assert_eq!(read_lists(&[1, 200], 0, 256, |_, _| Ok(())), Err(Damaged));
        assert_eq!(read_lists(&[0, 1, 0], u32::MAX, 256, |_, _| Ok(())), Err(Damaged));
    }
}
