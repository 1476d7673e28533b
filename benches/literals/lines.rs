//! What every peer needs besides its search: the lines of what it found, arguments stripped and in lower case, and
//! places in the original text. Written to be fast, since it counts as the peer's time.

use std::ops::Range;

use memchr::{memchr, memrchr};

use super::tally::{Match, Tally};

/// Text in lower case, as `str::to_lowercase` does it, and where characters changed their length.
#[derive(Debug, Default)]
pub struct Lowering {
    text: String,
    /// For each character that did: where it ends in the lowered text, and what to add from there on for the place in
    /// the original.
    shifts: Vec<(usize, isize)>,
}

impl Lowering {
    /// Lowers `text` into memory that is used again.
    pub fn lower(&mut self, text: &str) {
        self.text.clear();
        self.shifts.clear();
        let mut rest = text;
        let mut shift = 0;
        while !rest.is_empty() {
            let (ascii, others) = rest.split_at(ascii_prefix(rest.as_bytes()));
            self.text.push_str(ascii);
            rest = others;
            while let Some(c) = rest.chars().next().filter(|c| !c.is_ascii()) {
                rest = &rest[c.len_utf8()..];
                // Nothing here changes; these are most of what is not ASCII in English text.
                if matches!(c, '\u{80}'..='\u{bf}' | '\u{df}'..='\u{ff}' | '\u{2000}'..='\u{20ff}') {
                    self.text.push(c);
                    continue;
                }
                let start = self.text.len();
                self.text.extend(c.to_lowercase());
                let change = c.len_utf8().cast_signed() - (self.text.len() - start).cast_signed();
                if change != 0 {
                    shift += change;
                    self.shifts.push((self.text.len(), shift));
                }
            }
        }
        self.text.make_ascii_lowercase();
        if text.contains('Σ') {
            // It has two small letters, of one length; which one depends on the text around.
            self.text = text.to_lowercase();
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where byte `at` of the lowered text is in the original.
    pub fn original(&self, at: usize) -> usize {
        let shifted = self.shifts.partition_point(|(end, _)| *end <= at);
        at.saturating_add_signed(self.shifts[..shifted].last().map_or(0, |(_, shift)| *shift))
    }

    /// Where byte `at` of the original is in the lowered text.
    fn lowered(&self, at: usize) -> usize {
        let shifted = self.shifts.partition_point(|(end, shift)| end.saturating_add_signed(*shift) <= at);
        at.saturating_add_signed(-self.shifts[..shifted].last().map_or(0, |(_, shift)| *shift))
    }
}

/// How many bytes at the beginning are ASCII.
fn ascii_prefix(bytes: &[u8]) -> usize {
    let blocks = bytes.as_chunks::<32>().0.iter().take_while(|block| block.is_ascii()).count() * 32;
    blocks + bytes[blocks..].iter().take_while(|byte| byte.is_ascii()).count()
}

/// What is left of `span` without white space at its ends, as Python's `str.strip` has it.
pub fn strip(text: &str, span: Range<usize>) -> Range<usize> {
    let is_space = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
    let part = &text[span.clone()];
    if let [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] = part.as_bytes() {
        return span;
    }
    let start = span.end - part.trim_start_matches(is_space).len();
    start..start + text[start..span.end].trim_end_matches(is_space).len()
}

/// Parts of about `bytes` bytes, each of whole lines, and where they begin: what stays in the cache.
pub fn chunks(text: &str, bytes: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let end = match rest.as_bytes().get(bytes..) {
            None => rest.len(),
            Some(beyond) => memchr(b'\n', beyond).map_or(rest.len(), |feed| bytes + feed + 1),
        };
        let chunk = (start, &rest[..end]);
        start += end;
        Some(chunk)
    })
}

/// Bytes lowered and searched at a time.
pub const CHUNK: usize = 64 << 10;

/// The text in which a peer found literals.
pub enum Form<'l> {
    /// The original; lines that hold something are lowered.
    Raw(&'l mut Lowering),
    /// All of it was lowered.
    Lowered(&'l Lowering),
}

/// The leftmost place of a pattern's middle in a line.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pattern: u32,
    start: usize,
    end: usize,
}

/// Makes associations of places of middles, line by line.
pub struct Lines<'l> {
    text: &'l str,
    /// Where the text begins in the document.
    offset: usize,
    form: Form<'l>,
    line: Range<usize>,
    places: &'l mut Vec<Place>,
    tally: &'l mut Tally,
}

impl<'l> Lines<'l> {
    pub fn new(text: &'l str, offset: usize, form: Form<'l>, places: &'l mut Vec<Place>, tally: &'l mut Tally) -> Self {
        Lines { text, offset, form, line: 0..0, places, tally }
    }

    /// Notes that the middle of `pattern` was found; ends must not go back from line to line.
    #[inline]
    pub fn note(&mut self, pattern: u32, start: usize, end: usize) {
        if end > self.line.end {
            self.finish();
            let bytes = self.text.as_bytes();
            let before = self.line.end;
            let first = memrchr(b'\n', &bytes[before..start]).map_or(before, |feed| before + feed + 1);
            self.line = first..memchr(b'\n', &bytes[end..]).map_or(bytes.len(), |feed| end + feed);
        }
        // Each argument must have at least one character.
        if start == self.line.start || end == self.line.end {
            return;
        }
        match self.places.iter_mut().find(|place| place.pattern == pattern) {
            None => self.places.push(Place { pattern, start, end }),
            Some(place) if start < place.start => *place = Place { pattern, start, end },
            Some(_) => {}
        }
    }

    /// Hands on what the current line gave.
    pub fn finish(&mut self) {
        match self.places.as_slice() {
            [] => return,
            [_] => {}
            _ => self.places.sort_unstable_by_key(|place| place.pattern),
        }
        if let Form::Raw(lowering) = &mut self.form
            && !self.tally.spans_only
        {
            lowering.lower(&self.text[self.line.clone()]);
        }
        for place in self.places.drain(..) {
            let source = strip(self.text, self.line.start..place.start);
            let target = strip(self.text, place.end..self.line.end);
            if source.is_empty() || target.is_empty() {
                continue;
            }
            let trigger = place.start + 1..place.end - 1;
            let of_document = |range: &Range<usize>| self.offset + range.start..self.offset + range.end;
            match &self.form {
                Form::Raw(_) if self.tally.spans_only => self.tally.add(&Match {
                    pattern: place.pattern,
                    source: of_document(&source),
                    trigger: of_document(&trigger),
                    target: of_document(&target),
                    source_text: "",
                    target_text: "",
                }),
                Form::Raw(lowering) => {
                    let of_line = |range: &Range<usize>| {
                        lowering.lowered(range.start - self.line.start)..lowering.lowered(range.end - self.line.start)
                    };
                    self.tally.add(&Match {
                        pattern: place.pattern,
                        source: of_document(&source),
                        trigger: of_document(&trigger),
                        target: of_document(&target),
                        source_text: &lowering.text()[of_line(&source)],
                        target_text: &lowering.text()[of_line(&target)],
                    });
                }
                Form::Lowered(lowering) => {
                    let original = |range: &Range<usize>| {
                        of_document(&(lowering.original(range.start)..lowering.original(range.end)))
                    };
                    self.tally.add(&Match {
                        pattern: place.pattern,
                        source: original(&source),
                        trigger: original(&trigger),
                        target: original(&target),
                        source_text: &self.text[source],
                        target_text: &self.text[target],
                    });
                }
            }
        }
    }
}
