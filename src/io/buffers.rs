//! Buffers that are read into, used again when the blocks made of them are gone.

use std::ops::Deref;

use crate::batch::Pool;

/// Buffers that nobody uses, each with room for a block.
#[derive(Clone, Debug)]
pub(super) struct Buffers {
    bytes: usize,
    spare: Pool<Vec<u8>>,
}

impl Buffers {
    pub(super) fn new(bytes: usize) -> Self {
        Buffers { bytes, spare: Pool::default() }
    }

    /// An empty buffer with room for a block.
    pub(super) fn take(&self) -> Vec<u8> {
        let mut buffer = self.spare.take().unwrap_or_default();
        buffer.clear();
        buffer.reserve_exact(self.bytes);
        buffer
    }

    /// Whether a text of `len` bytes is to have memory of its own: in a buffer it would hold on to far more than it is
    /// reckoned to take.
    pub(super) fn are_large_for(&self, len: usize) -> bool {
        len < self.bytes / 2
    }

    /// An empty text with room for `len` bytes.
    pub(super) fn text(&self, len: usize) -> String {
        let mut text = String::new();
        if !self.are_large_for(len) {
            text = String::from_utf8(self.take()).unwrap_or_default();
        }
        text.reserve_exact(len);
        text
    }

    /// Takes a buffer back; not one that was too small for a block, or has grown for a long line.
    pub(super) fn give(&self, buffer: Vec<u8>) {
        if (self.bytes..=2 * self.bytes).contains(&buffer.capacity()) {
            self.spare.give([buffer]);
        }
    }

    /// `text`, whose memory comes back here.
    pub(super) fn lend(&self, text: String) -> Text {
        Text { text, home: Some(self.clone()) }
    }
}

/// A text whose memory goes back when it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Text {
    text: String,
    home: Option<Buffers>,
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl Clone for Text {
    fn clone(&self) -> Self {
        Text { text: self.text.clone(), home: None }
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        if let Some(home) = &self.home {
            home.give(std::mem::take(&mut self.text).into_bytes());
        }
    }
}
