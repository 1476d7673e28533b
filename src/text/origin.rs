//! Where an extracted text was in what it was extracted from: decoded, or out of markup.

use std::ops::Range;

/// Maps the bytes of a text to the bytes that they were made of.
///
/// The text is pieces, each some units of so many bytes of the text, made of units of so many bytes of the original. What
/// was copied has units of one byte on both sides, ASCII out of UTF-16 one byte of two, and an entity such as `&amp;` is a
/// single unit. Bytes of the text that no piece holds were put in, as the blank line between paragraphs; bytes of the
/// original that none holds are markup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    text: usize,
    original: usize,
    units: usize,
    text_unit: usize,
    original_unit: usize,
}

impl Piece {
    fn text_end(&self) -> usize {
        self.text + self.units * self.text_unit
    }

    fn original_end(&self) -> usize {
        self.original + self.units * self.original_unit
    }

    /// The bytes that the byte `at` of the text, which is in the piece, was made of.
    fn unit(&self, at: usize) -> Range<usize> {
        let start = self.original + (at - self.text) / self.text_unit * self.original_unit;
        start..start + self.original_unit
    }
}

#[cfg_attr(not(feature = "io"), expect(dead_code, reason = "only readers make such texts"))]
impl Origin {
    /// Notes that the `len` bytes at `text` are those at `original`. Pieces come in the order of the text.
    pub(crate) fn copied(&mut self, text: usize, original: usize, len: usize) {
        self.push(Piece { text, original, units: len, text_unit: 1, original_unit: 1 });
    }

    /// Notes that each of the `units` bytes at `text` was made of as many bytes, one after another from `original`.
    pub(crate) fn encoded(&mut self, text: usize, original: usize, units: usize, original_unit: usize) {
        self.push(Piece { text, original, units, text_unit: 1, original_unit });
    }

    /// Notes that the bytes `text` were made of the bytes `original`, all together.
    pub(crate) fn made(&mut self, text: Range<usize>, original: Range<usize>) {
        let (text_unit, original_unit) = (text.len(), original.len());
        self.push(Piece { text: text.start, original: original.start, units: 1, text_unit, original_unit });
    }

    fn push(&mut self, piece: Piece) {
        if piece.units == 0 || piece.text_unit == 0 {
            return;
        }
        if let Some(last) = self.pieces.last_mut()
            && (last.text_unit, last.original_unit) == (piece.text_unit, piece.original_unit)
            && (last.text_end(), last.original_end()) == (piece.text, piece.original)
        {
            last.units += piece.units;
        } else {
            self.pieces.push(piece);
        }
    }

    /// Takes out what maps the text up to `end`.
    pub(crate) fn split_off_front(&mut self, end: usize) -> Origin {
        let whole = self.pieces.partition_point(|piece| piece.text_end() <= end);
        let mut front = Origin { pieces: self.pieces.drain(..whole).collect() };
        if let Some(piece) = self.pieces.first_mut()
            && piece.text < end
        {
            let units = (end - piece.text) / piece.text_unit;
            front.push(Piece { units, ..*piece });
            piece.text += units * piece.text_unit;
            piece.original += units * piece.original_unit;
            piece.units -= units;
        }
        front
    }

    /// The map through both: the text of `self` was made of the text of `before`.
    pub(crate) fn after(&self, before: &Origin) -> Origin {
        let mut both = Origin::default();
        for piece in &self.pieces {
            if (piece.text_unit, piece.original_unit) == (1, 1) {
                both.push_through(piece, before);
                continue;
            }
            for unit in 0..piece.units {
                let (text, middle) = (piece.text + unit * piece.text_unit, piece.original + unit * piece.original_unit);
                both.made(text..text + piece.text_unit, before.original(&(middle..middle + piece.original_unit)));
            }
        }
        both
    }

    /// Adds what `before` says of the bytes that `copied` was copied from.
    fn push_through(&mut self, copied: &Piece, before: &Origin) {
        let (middle, end) = (copied.original, copied.original_end());
        let first = before.pieces.partition_point(|piece| piece.text_end() <= middle);
        for piece in before.pieces[first..].iter().take_while(|piece| piece.text < end) {
            // Whole units: a copy begins and ends at ends of characters, and so do units.
            let from = middle.max(piece.text);
            let units = (end.min(piece.text_end()) - from) / piece.text_unit;
            let text = copied.text + (from - middle);
            self.push(Piece { text, original: piece.unit(from).start, units, ..*piece });
        }
    }

    /// The bytes that `text` was made of. What was put in is made of the place at which it was. Logarithmic.
    pub(crate) fn original(&self, text: &Range<usize>) -> Range<usize> {
        let start = self.start(text.start);
        if text.is_empty() {
            return start..start;
        }
        start..self.end(text.end).max(start)
    }

    fn start(&self, at: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.text_end() <= at);
        match self.pieces.get(next) {
            Some(piece) if piece.text <= at => piece.unit(at).start,
            Some(piece) => piece.original,
            None => self.pieces.last().map_or(at, Piece::original_end),
        }
    }

    fn end(&self, end: usize) -> usize {
        let after = self.pieces.partition_point(|piece| piece.text < end);
        match after.checked_sub(1).map(|last| &self.pieces[last]) {
            Some(piece) if end <= piece.text_end() => piece.unit(end - 1).end,
            Some(piece) => piece.original_end(),
            None => self.pieces.first().map_or(end, |piece| piece.original),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Tom & Ann` of `<b>Tom</b> &amp; Ann`.
    fn tom_and_ann() -> Origin {
        let mut origin = Origin::default();
        origin.copied(0, 3, 3);
        origin.copied(3, 10, 1);
        origin.made(4..5, 11..16);
        origin.copied(5, 16, 4);
        origin
    }

    #[test]
    fn spans_lead_back() {
        let markup = "<b>Tom</b> &amp; Ann";
        let cases = [(0..3, "Tom"), (4..5, "&amp;"), (0..9, "Tom</b> &amp; Ann"), (6..9, "Ann"), (4..4, "")];
        for (span, original) in cases {
            assert_eq!(&markup[tom_and_ann().original(&span)], original, "{span:?}");
        }
    }

    #[test]
    fn what_was_put_in_is_at_its_place() {
        let mut origin = Origin::default();
        origin.copied(0, 3, 1);
        origin.copied(3, 12, 1);
        assert_eq!([0..4, 1..4, 0..2, 1..3].map(|span| origin.original(&span)), [3..13, 12..13, 3..4, 12..12]);
        assert_eq!(Origin::default().original(&(2..5)), 2..5, "without a piece it is the original");
    }

    #[test]
    fn through_a_decoder() {
        // Every byte of the markup was two.
        let mut decoded = Origin::default();
        for at in 0..20 {
            decoded.made(at..at + 1, 2 + 2 * at..4 + 2 * at);
        }
        assert_eq!(decoded.pieces.len(), 1, "equal units are one piece");
        let both = tom_and_ann().after(&decoded);
        for span in [0..3, 4..5, 0..9, 6..9, 3..6] {
            let middle = tom_and_ann().original(&span);
            assert_eq!(both.original(&span), 2 + 2 * middle.start..2 + 2 * middle.end, "{span:?}");
        }
    }

    #[test]
    fn a_front_taken_out_maps_as_before() {
        for cut in 0..10 {
            let mut back = tom_and_ann();
            let front = back.split_off_front(cut);
            for at in 0..9 {
                let part = if at < cut { &front } else { &back };
                assert_eq!(part.original(&(at..at + 1)), tom_and_ann().original(&(at..at + 1)), "{at} of {cut}");
            }
        }
    }
}
