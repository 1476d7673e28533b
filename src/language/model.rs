//! The tagger as tables: words to classes, classes in their context to tags.
//!
//! # Format
//! The bytes `relscan-tagger 1\n`, the number of words (u32), the words; the number of endings (u32), the endings; the table.
//! A word is its length (u8), its bytes, its class in lower case and its class with a capital; an ending is its shape, its
//! length, its bytes and its class. Numbers are little endian. The table has a tag for each class, class of the next token
//! and tag of the token before: `[class][next class][previous tag]`.

use foldhash::HashMap;

use super::lexicon::{Shape, WordKey, endings};
use super::tag::Tag;

const MAGIC: &[u8] = b"relscan-tagger 1\n";

/// How many word classes there are, one of them, [`BOUNDARY`], for what stands beyond the sentence.
pub(super) const CLASSES: usize = 256;
/// The class of what stands before and after a sentence.
pub(super) const BOUNDARY: u8 = 255;
/// The number that stands for the tag of what is before a sentence.
#[expect(clippy::cast_possible_truncation, reason = "there are 18 tags")]
pub(super) const START: u8 = Tag::COUNT as u8;
/// Previous tags that the table tells apart.
pub(super) const PREVIOUS: usize = Tag::COUNT + 1;
/// The size of the table, in bytes.
pub(super) const TABLE: usize = CLASSES * CLASSES * PREVIOUS;

/// A tagger, as [`train`](super::train()) makes it from a treebank.
#[derive(Clone)]
pub struct Model {
    pub(super) words: HashMap<String, [u8; 2]>,
    pub(super) endings: [HashMap<String, u8>; Shape::ALL.len()],
    pub(super) table: Box<[u8]>,
}

/// A model that cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("byte {at} of the model: {what}; make it anew with the example train_tagger")]
pub struct ModelError {
    at: usize,
    what: &'static str,
}

/// The index of a context in the table.
pub(super) fn context(class: u8, next: u8, previous: u8) -> usize {
    (usize::from(class) * CLASSES + usize::from(next)) * PREVIOUS + usize::from(previous)
}

impl Model {
    /// Returns the class of a word; `first` says that it opens its sentence, so that its capital says nothing.
    pub(super) fn class(&self, word: &str, first: bool) -> u8 {
        let key = WordKey::new(word, first);
        if let Some(classes) = self.words.get(&key.word) {
            let class = classes[usize::from(key.capital)];
            if class != BOUNDARY {
                return class;
            }
        }
        let shape = &self.endings[Shape::of(word, key.capital) as usize];
        endings(&key.word).find_map(|ending| shape.get(ending)).copied().unwrap_or(0)
    }

    /// Returns the number of the tag for a class in its context.
    pub(super) fn tag(&self, class: u8, next: u8, previous: u8) -> u8 {
        self.table[context(class, next, previous)]
    }

    /// Writes the model. The same model gives the same bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let count = |bytes: &mut Vec<u8>, count: usize| {
            bytes.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
        };
        let text = |bytes: &mut Vec<u8>, text: &str| {
            bytes.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
            bytes.extend(text.as_bytes());
        };
        let mut words: Vec<_> = self.words.iter().filter(|(word, _)| word.len() <= MAX_WORD).collect();
        words.sort_unstable();
        count(&mut bytes, words.len());
        for (word, classes) in words {
            text(&mut bytes, word);
            bytes.extend(classes);
        }
        count(&mut bytes, self.endings.iter().map(HashMap::len).sum());
        for (shape, endings) in (0u8..).zip(&self.endings) {
            let mut endings: Vec<_> = endings.iter().collect();
            endings.sort_unstable();
            for (ending, class) in endings {
                bytes.push(shape);
                text(&mut bytes, ending);
                bytes.push(*class);
            }
        }
        bytes.extend(&self.table);
        bytes
    }

    /// Reads a model.
    ///
    /// # Errors
    /// If the bytes are not those of a model: with the byte at which that shows.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut reader = Reader { bytes, at: 0 };
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(ModelError { at: 0, what: "this is not a model of this version" });
        }
        let mut words = HashMap::default();
        for _ in 0..reader.number()? {
            let word = reader.text()?;
            words.insert(word, [reader.byte()?, reader.byte()?]);
        }
        let mut endings: [HashMap<String, u8>; Shape::ALL.len()] = Default::default();
        for _ in 0..reader.number()? {
            let at = reader.at;
            let shape = usize::from(reader.byte()?);
            let ending = reader.text()?;
            let class = reader.byte()?;
            endings.get_mut(shape).ok_or(ModelError { at, what: "no such shape" })?.insert(ending, class);
        }
        let at = reader.at;
        let table: Box<[u8]> = reader.take(TABLE)?.into();
        if let Some(wrong) = table.iter().position(|tag| usize::from(*tag) >= Tag::COUNT) {
            return Err(ModelError { at: at + wrong, what: "no such tag" });
        }
        if reader.at != bytes.len() {
            return Err(ModelError { at: reader.at, what: "the model should end here" });
        }
        Ok(Self { words, endings, table })
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").field("words", &self.words.len()).finish_non_exhaustive()
    }
}

/// The longest word that the lexicon keeps, in bytes.
pub(super) const MAX_WORD: usize = 255;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], ModelError> {
        let end = self.at.saturating_add(length);
        let taken =
            self.bytes.get(self.at..end).ok_or(ModelError { at: self.bytes.len(), what: "the model breaks off" })?;
        self.at = end;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, ModelError> {
        Ok(self.take(1)?[0])
    }

    fn number(&mut self) -> Result<u32, ModelError> {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(self.take(4)?);
        Ok(u32::from_le_bytes(bytes))
    }

    fn text(&mut self) -> Result<String, ModelError> {
        let length = usize::from(self.byte()?);
        let at = self.at;
        let bytes = self.take(length)?;
        let text = std::str::from_utf8(bytes).map_err(|_| ModelError { at, what: "a word is not UTF-8" })?;
        Ok(text.to_owned())
    }
}
