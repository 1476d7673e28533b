//! A block: the lines that are read and extracted from at a time.

use std::borrow::Cow;
use std::sync::Arc;

use super::buffers::Text;
use crate::extract::{Entries, Layout};
use crate::{AsDocument, Document};

/// A document of a [`Block`], or as much of it as the block holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part<'b> {
    /// The id of the document.
    pub id: Cow<'b, str>,
    /// Its place in the stream: parts of a document have the same one.
    pub index: usize,
    /// The text.
    pub text: &'b str,
}

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

    /// The documents in it, each with its text; a document that is larger than a block goes on in the next.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let mut parts = Vec::new();
        match &self.layout {
            Layout::One | Layout::Decoded(_) => {
                parts.push(Part { id: (&*self.id).into(), index: self.index, text: &self.text });
            }
            Layout::Lines { first, .. } => {
                let lines = self.text.split_inclusive('\n').map(|line| line.strip_suffix('\n').unwrap_or(line));
                let id = |number: usize| Cow::from(format!("{}:{}", self.id, first + number));
                parts.extend(lines.enumerate().map(|(number, line)| Part {
                    id: id(number),
                    index: self.index + number,
                    text: line,
                }));
            }
            Layout::Many(entries) => {
                let texts = entries.parts(&self.text).enumerate();
                parts.extend(texts.map(|(number, (id, text))| Part {
                    id: id.into(),
                    index: self.index + number,
                    text,
                }));
            }
        }
        parts.into_iter()
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
