//! How large the waves of a batch become.

/// A size that grows: the first wave is small, so that all workers soon have something to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct GrowingSize {
    pub(super) bytes: usize,
    pub(super) most: usize,
}

impl GrowingSize {
    /// The size, which is doubled for the next time.
    pub(super) fn step(&mut self) -> usize {
        let bytes = self.bytes.min(self.most);
        self.bytes = bytes.saturating_mul(2);
        bytes
    }
}
