//! Hashes of words and numbers. Seeded at random, so that no text can be written to collide; no order ever
//! depends on them.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::{FixedState, RandomState};

/// What the hashes of one graph begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seed {
    text: u64,
    number: u64,
}

impl Seed {
    pub(crate) fn new() -> Self {
        let random = RandomState::default();
        Seed { text: random.hash_one(0_u64), number: random.hash_one(1_u64) }
    }

    pub(crate) fn text(self, text: &str) -> u64 {
        let mut hasher = FixedState::with_seed(self.text).build_hasher();
        hasher.write(text.as_bytes());
        hasher.finish()
    }

    /// One folded multiplication.
    #[allow(clippy::cast_possible_truncation)] // both halves are taken
    pub(crate) fn number(self, number: u64) -> u64 {
        let wide = u128::from(number ^ self.number) * u128::from(0x9e37_79b9_7f4a_7c15_u64);
        wide as u64 ^ (wide >> 64) as u64
    }
}
