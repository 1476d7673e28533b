//! A block: the lines that are read and extracted from at a time.

use std::sync::Arc;

use super::buffers::Text;
use crate::extract::{Entries, Layout};
use crate::{AsDocument, Document};

/// Whole lines of one document, or of several: the unit in which documents are read.
///
/// Small documents share a block, so that they cost no more than their bytes. No pattern crosses a line, and documents
/// in a block end at line ends, so what is found is what would be found in each by itself.
#[derive(Clone, Debug)]
pub struct Block {
    pub(crate) id: Arc<str>,
    pub(crate) index: usize,
    pub(super) text: Text,
    pub(crate) offset: usize,
    pub(crate) line: usize,
    pub(crate) layout: Layout,
}

impl Block {
    /// A block of several documents, the first with this index.
    pub(super) fn many(index: usize, text: Text, entries: Entries) -> Self {
        let layout = Layout::Many(Arc::new(entries));
        Block { id: Arc::from(""), index, text, offset: 0, line: 1, layout }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What to extract from. Its associations are told apart by document all the same where it holds several.
    #[must_use]
    pub fn as_document(&self) -> Document<'_> {
        Document::new(&self.text)
            .with_id(&self.id)
            .with_index(self.index)
            .starting_at(self.offset, self.line)
            .with_layout(&self.layout)
    }
}

impl AsDocument for Block {
    fn as_document(&self) -> Document<'_> {
        self.as_document()
    }
}
