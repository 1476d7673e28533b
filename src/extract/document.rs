//! What is extracted from.

use super::association::Context;
use super::layout::Layout;

/// A document, or the part of one that begins at a line.
///
/// ```
/// use relscan::Document;
///
/// let whole = Document::new("Rain leads to floods").with_id("weather.txt");
/// let part = Document::new("Heat leads to drought").with_id("weather.txt").starting_at(21, 2);
/// let extractor = relscan::Extractor::seed();
/// let mut found = Vec::new();
/// for document in [&whole, &part] {
///     extractor.extract_document(document, &mut found)?;
/// }
/// assert_eq!(found[1].line, 2);
/// assert_eq!(found[1].source_span.range(), 21..25);
/// # Ok::<(), std::convert::Infallible>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document<'t> {
    pub(crate) id: &'t str,
    pub(crate) index: usize,
    pub(crate) text: &'t str,
    pub(crate) offset: usize,
    pub(crate) line: usize,
    pub(crate) layout: &'t Layout,
}

impl<'t> Document<'t> {
    /// A whole document, without an id.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        Document { id: "", index: 0, text, offset: 0, line: 1, layout: &Layout::One }
    }

    /// Gives it an id, which its associations carry.
    #[must_use]
    pub fn with_id(mut self, id: &'t str) -> Self {
        self.id = id;
        self
    }

    /// Gives it a place in a batch, from 0, which its associations carry.
    #[must_use]
    pub fn with_index(mut self, index: usize) -> Self {
        self.index = index;
        self
    }

    /// Says that the text is a part of a larger document: it begins at byte `offset`, where line `line` (from 1)
    /// begins. Spans and line numbers are then those of the larger document.
    #[must_use]
    pub fn starting_at(mut self, offset: usize, line: usize) -> Self {
        self.offset = offset;
        self.line = line;
        self
    }

    /// The id; empty if it was given none.
    #[must_use]
    pub fn id(&self) -> &'t str {
        self.id
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Says that the text holds several documents.
    #[cfg_attr(not(feature = "io"), expect(dead_code, reason = "only readers make such texts"))]
    pub(crate) fn with_layout(mut self, layout: &'t Layout) -> Self {
        self.layout = layout;
        self
    }

    /// The part before byte `at` of the text, where a line begins with `feeds` line feeds before it, and the rest.
    pub(crate) fn split_at(&self, at: usize, feeds: usize) -> (Self, Self) {
        let (front, back) = self.text.split_at(at);
        (
            Document { text: front, ..*self },
            Document { text: back, ..*self }.starting_at(self.offset + at, self.line + feeds),
        )
    }

    /// Where the lines of its associations are.
    pub(crate) fn context(&self) -> Context<'t> {
        Context { text: self.text, offset: self.offset, line_is_document: false }
    }
}
