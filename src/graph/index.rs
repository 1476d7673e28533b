//! A table from hashes to numbers: what concepts and words are found by.
//!
//! Every entry is 8 bytes in one place, the number and half of the hash, so that a search costs one miss and growing
//! needs no hash computed again. (With `hashbrown` control bytes and numbers are two misses, and growing reads every
//! key: learning a million contents took a tenth longer.)

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    /// A power of two of them, or none; at least a quarter is free.
    slots: Vec<Slot>,
    len: usize,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// The upper half of the hash.
    tag: u32,
    /// [`FREE`] if there is none.
    number: u32,
}

const FREE: u32 = u32::MAX;

#[allow(clippy::cast_possible_truncation)] // the upper half is shifted down
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

impl Index {
    /// Where the search for a tag begins: at the upper bits of it. Not for an empty table.
    #[inline]
    fn home(&self, tag: u32) -> usize {
        ((u64::from(tag) * self.slots.len() as u64) >> 32) as usize
    }

    /// The number with this hash that `is_it` agrees to.
    #[inline]
    pub(crate) fn find(&self, hash: u64, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let tag = tag(hash);
        let mut place = self.home(tag);
        loop {
            let slot = self.slots[place];
            if slot.number == FREE {
                return None;
            }
            if slot.tag == tag && is_it(slot.number) {
                return Some(slot.number);
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
    }

    /// Reads the memory that a search begins at, and returns what may be the number that is found.
    #[inline]
    pub(crate) fn touch(&self, hash: u64) -> u32 {
        if self.slots.is_empty() { FREE } else { self.slots[self.home(tag(hash))].number }
    }

    /// Adds a number, which is not `u32::MAX`, and not there yet.
    pub(crate) fn insert(&mut self, hash: u64, number: u32) {
        if self.len >= self.slots.len() / 4 * 3 {
            let capacity = (self.slots.len() * 2).max(16);
            let slots = std::mem::replace(&mut self.slots, vec![Slot { tag: 0, number: FREE }; capacity]);
            for slot in slots.into_iter().filter(|slot| slot.number != FREE) {
                self.put(slot);
            }
        }
        self.put(Slot { tag: tag(hash), number });
        self.len += 1;
    }

    fn put(&mut self, slot: Slot) {
        let mut place = self.home(slot.tag);
        while self.slots[place].number != FREE {
            place = (place + 1) & (self.slots.len() - 1);
        }
        self.slots[place] = slot;
    }

    /// Bytes held, for statistics.
    pub(crate) fn memory_usage(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_found_whatever_the_hashes() {
        let spreads: [fn(u64) -> u64; 3] =
            [|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15), |number| (number % 3) << 62, |_| u64::MAX];
        for (spread, count) in spreads.into_iter().zip([20_000, 300, 300]) {
            let mut index = Index::default();
            for number in 0..count {
                assert_eq!(index.find(spread(number), |found| u64::from(found) == number), None);
                assert_eq!(index.find(spread(number), |_| false), None);
                index.insert(spread(number), u32::try_from(number).unwrap());
            }
            for number in 0..count {
                let found = index.find(spread(number), |found| u64::from(found) == number);
                assert_eq!(found.map(u64::from), Some(number));
            }
            assert!(index.memory_usage() < 200 + 22 * usize::try_from(count).unwrap());
        }
    }
}
