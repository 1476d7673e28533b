//! How much of a graph and of its inputs a store holds.

/// Associations in a block: their counts are stored by block.
pub(super) const ASSOCIATION_BLOCK: u32 = 4096;
/// Concepts, or words, in a block: their lists are stored by block.
pub(super) const LIST_BLOCK: u32 = 256;

/// How much of a graph has been saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Saved {
    pub(super) batches: u32,
    pub(super) concepts: u32,
    pub(super) words: u32,
    pub(super) kinds: u32,
    pub(super) associations: u32,
}

/// How far an input has been learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputProgress {
    /// What the input is called.
    pub name: String,
    /// How many of its rows have been read, those that could not be learned among them.
    pub rows: u64,
    /// Whether those were all.
    pub is_done: bool,
}
