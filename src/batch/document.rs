//! What a batch is made of.

use std::borrow::Cow;
use std::sync::Arc;

use crate::extract::Document;

/// Anything that a batch can read: a text, and an id if it has one.
///
/// Texts (`&str`, `String`, `Box<str>`, `Arc<str>`, `Cow<str>`) are documents without an id, a pair is an id and a
/// text.
///
/// ```
/// use relscan::{AsDocument, Document};
///
/// struct Page { url: String, body: String }
///
/// impl AsDocument for Page {
///     fn as_document(&self) -> Document<'_> {
///         Document::new(&self.body).with_id(&self.url)
///     }
/// }
///
/// assert_eq!(("a.txt", "Rain leads to floods").as_document().id(), "a.txt");
/// ```
pub trait AsDocument {
    /// The document. Called several times; must be cheap, and the same each time. [`Batch::run`](crate::Batch::run)
    /// gives it its index.
    fn as_document(&self) -> Document<'_>;
}

impl<T: AsDocument + ?Sized> AsDocument for &T {
    fn as_document(&self) -> Document<'_> {
        (**self).as_document()
    }
}

impl AsDocument for Document<'_> {
    fn as_document(&self) -> Document<'_> {
        *self
    }
}

impl<I: AsRef<str>, T: AsRef<str>> AsDocument for (I, T) {
    fn as_document(&self) -> Document<'_> {
        Document::new(self.1.as_ref()).with_id(self.0.as_ref())
    }
}

macro_rules! texts {
    ($($text:ty),*) => {
        $(impl AsDocument for $text {
            fn as_document(&self) -> Document<'_> {
                Document::new(self)
            }
        })*
    };
}

texts!(str, String, Box<str>, Arc<str>, Cow<'_, str>);

/// A document, or the part of one that begins at a line, with a text of its own: what a stream is made of.
///
/// The parts of a document come one after another, all with its id and index. A part ends with a line feed, unless it
/// is the last: no pattern crosses a line, so the parts give the same associations as the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The id of the document; empty if it has none.
    pub id: Arc<str>,
    /// The place of the document in the stream, from 0.
    pub index: usize,
    /// The text of this part.
    pub text: String,
    /// The byte of the document at which the part begins.
    pub offset: usize,
    /// The line of the document with which the part begins, from 1.
    pub line: usize,
}

impl Piece {
    /// A whole document.
    #[must_use]
    pub fn new(id: impl Into<Arc<str>>, index: usize, text: impl Into<String>) -> Self {
        Piece { id: id.into(), index, text: text.into(), offset: 0, line: 1 }
    }

    /// Says that the text is a part of a larger document: it begins at byte `offset`, where line `line` (from 1)
    /// begins.
    #[must_use]
    pub fn starting_at(mut self, offset: usize, line: usize) -> Self {
        self.offset = offset;
        self.line = line;
        self
    }
}

impl AsDocument for Piece {
    fn as_document(&self) -> Document<'_> {
        Document::new(&self.text).with_id(&self.id).with_index(self.index).starting_at(self.offset, self.line)
    }
}
