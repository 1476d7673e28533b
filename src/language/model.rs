//! The tagger as tables: words to classes, classes and tags in their context to scores.
//!
//! A tag is the one with the highest sum of the scores that eight pairs give it: the class of the token with the class of
//! each neighbour, and the tags before it with that class, with the next one and with each other. The scores are the
//! weights of a perceptron in eight bits.
//!
//! # Format
//! The bytes `relscan-tagger 5\n`, the number of words (u32), the words; the number of endings (u32), the endings; for each
//! class how often in a hundred its words are finite verbs (u8); for each kind of pair the number of rows (u32) and the rows. A word is its length (u8), its bytes, its class in lower case and
//! its class with a capital; an ending is its shape, its length, its bytes and its class; a row is the number of the pair
//! (u16) and a score (i8) for each tag. Numbers are little endian.

use foldhash::HashMap;

use super::lexicon::Shape;
use super::tag::Tag;

const MAGIC: &[u8] = b"relscan-tagger 5\n";

/// How many word classes there are, one of them, [`BOUNDARY`], for what stands beyond the sentence.
pub(super) const CLASSES: usize = 256;
/// The class of what stands before and after a sentence.
pub(super) const BOUNDARY: u8 = 255;
/// The number that stands for the tag of what is before a sentence.
#[expect(clippy::cast_possible_truncation, reason = "there are 21 tags")]
pub(super) const START: u8 = Tag::COUNT as u8;
/// Tags that can stand before a token, [`START`] among them.
pub(super) const PREVIOUS: usize = Tag::COUNT + 1;

/// The scores of a pair, one for each tag; the rest of the row is never looked at.
pub(super) type Row = [i8; LANES];
/// Scores in a row: as many as fill a register of 32 bytes.
const LANES: usize = 32;

/// The kinds of pairs.
pub(super) const PAIRS: usize = 8;
/// The kind of pair that is the class of the token and the tag before it.
pub(super) const CLASS_AND_TAG: usize = 4;
/// How many pairs there are of each kind.
pub(super) const ROWS: [usize; PAIRS] = [
    CLASSES * CLASSES,
    CLASSES * CLASSES,
    CLASSES * CLASSES,
    CLASSES * CLASSES,
    CLASSES * PREVIOUS,
    CLASSES * PREVIOUS,
    CLASSES * PREVIOUS,
    PREVIOUS * PREVIOUS,
];

/// What a token is tagged by: its class, those around it, and the tags before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    /// The class of the token.
    pub(super) class: u8,
    /// The classes of the next token and of the one after.
    pub(super) next: [u8; 2],
    /// The classes of the token before and of the one before that.
    pub(super) before: [u8; 2],
    /// The tags of the token before and of the one before that.
    pub(super) tags: [u8; 2],
}

impl Context {
    /// The number of each pair of this context, by kind.
    pub(super) fn pairs(self) -> [usize; PAIRS] {
        let of_classes = |other: u8| usize::from(self.class) * CLASSES + usize::from(other);
        let of_tag = |class: u8, tag: u8| usize::from(class) * PREVIOUS + usize::from(tag);
        [
            of_classes(self.next[0]),
            of_classes(self.next[1]),
            of_classes(self.before[0]),
            of_classes(self.before[1]),
            of_tag(self.class, self.tags[0]),
            of_tag(self.class, self.tags[1]),
            of_tag(self.next[0], self.tags[0]),
            usize::from(self.tags[0]) * PREVIOUS + usize::from(self.tags[1]),
        ]
    }
}

/// A walk over the classes of a sentence, from context to context.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    /// The classes of this token and those after it, two [`BOUNDARY`] at the end.
    classes: &'a [u8],
    before: [u8; 2],
    tags: [u8; 2],
}

impl<'a> Walk<'a> {
    /// Begins a walk; two [`BOUNDARY`] stand at the end of `classes`.
    pub(super) fn new(classes: &'a [u8]) -> Self {
        Self { classes, before: [BOUNDARY; 2], tags: [START; 2] }
    }

    /// Returns the context of the token at which the walk has come; `None` at the end of the sentence.
    pub(super) fn context(&self) -> Option<Context> {
        let [class, first, second, ..] = *self.classes else { return None };
        Some(Context { class, next: [first, second], before: self.before, tags: self.tags })
    }

    /// Goes on to the next token: this one has that tag.
    pub(super) fn step(&mut self, tag: u8) {
        let [class, rest @ ..] = self.classes else { return };
        self.classes = rest;
        self.before = [*class, self.before[0]];
        self.tags = [tag, self.tags[0]];
    }
}

/// A tagger, as [`train`](super::train()) makes it from a treebank.
#[derive(Clone)]
pub struct Model {
    pub(super) words: HashMap<String, [u8; 2]>,
    pub(super) endings: [HashMap<String, u8>; Shape::ALL.len()],
    /// How often in a hundred the words of a class are finite verbs.
    pub(super) finite: [u8; CLASSES],
    pub(super) scores: [Vec<Row>; PAIRS],
}

/// A model that cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("byte {at} of the model: {what}; make it anew with the example train_tagger")]
pub struct ModelError {
    at: usize,
    what: &'static str,
}

impl Model {
    /// Returns a model that knows words and endings, and has no scores.
    pub(super) fn new(
        words: HashMap<String, [u8; 2]>,
        endings: [HashMap<String, u8>; Shape::ALL.len()],
        finite: [u8; CLASSES],
    ) -> Self {
        Self { words, endings, finite, scores: ROWS.map(|rows| vec![[0; LANES]; rows]) }
    }

    /// Tells whether the lexicon has a word in lower case.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }

    /// Tells whether words of a class are finite verbs now and then.
    pub(super) fn may_be_finite(&self, class: u8) -> bool {
        self.finite[usize::from(class)] >= MIN_FINITE
    }

    /// Returns the score of each tag, in the order of their numbers; what stands after them says nothing.
    pub(super) fn sums(&self, context: Context) -> [i16; LANES] {
        let mut sums = [0i16; LANES];
        for (rows, pair) in self.scores.iter().zip(context.pairs()) {
            for (sum, score) in sums.iter_mut().zip(rows[pair]) {
                *sum += i16::from(score);
            }
        }
        sums
    }

    /// Tags the sentence whose classes these are, two [`BOUNDARY`] at their end.
    ///
    /// The tags are chosen from left to right. A complete sentence, one with a mark at its end, in which no verb was found
    /// that could be its predicate is tagged again: of the words between noun phrases that can be verbs, the one that is
    /// nearest to it is a finite verb then.
    pub(super) fn tag_sentence(&self, classes: &[u8], complete: bool, tagging: &mut Tagging) {
        let first = tagging.tags.len();
        self.tag_forward(classes, None, tagging);
        let is_predicate = |tag: &Tag| tag.is_finite() || matches!(tag, Tag::Auxiliary | Tag::VerbBase);
        if !complete || tagging.tags[first..].iter().any(is_predicate) {
            return;
        }
        let tags = &tagging.tags[first..];
        let may_be_finite =
            |at: usize| self.may_be_finite(classes[at]) && tags[at - 1].is_nominal() && begins_object(tags[at + 1]);
        if (1..tags.len().saturating_sub(1)).any(may_be_finite) {
            let losses = self.losses(classes, tags);
            let candidates = (1..tags.len() - 1).filter(|at| may_be_finite(*at));
            let nearest = candidates.min_by_key(|at| losses[*at]).filter(|at| losses[*at] <= MAX_LOSS);
            if let Some(at) = nearest {
                tagging.tags.truncate(first);
                tagging.margins.truncate(first);
                self.tag_forward(classes, Some(at), tagging);
            }
        }
    }

    /// Tags from left to right; the token number `finite` is to be a finite verb.
    fn tag_forward(&self, classes: &[u8], finite: Option<usize>, tagging: &mut Tagging) {
        let mut walk = Walk::new(classes);
        let mut at = 0;
        while let Some(context) = walk.context() {
            let sums = self.sums(context);
            let (mut tag, margin) = best(&sums);
            if finite == Some(at) {
                tag = best_finite(&sums);
            }
            at += 1;
            walk.step(tag as u8);
            tagging.tags.push(tag);
            tagging.margins.push(margin);
        }
    }

    /// By how much a finite verb trails, for each token of a sentence that has been tagged.
    fn losses(&self, classes: &[u8], tags: &[Tag]) -> Vec<i16> {
        let mut walk = Walk::new(classes);
        let loss = |tag: &Tag| {
            let sums = self.sums(walk.context()?);
            walk.step(*tag as u8);
            Some(sums[*tag as usize] - sums[best_finite(&sums) as usize])
        };
        tags.iter().map_while(loss).collect()
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
        bytes.extend(self.finite);
        for rows in &self.scores {
            let written = |row: &Row| row[..Tag::COUNT].iter().any(|score| *score != 0);
            count(&mut bytes, rows.iter().filter(|row| written(row)).count());
            for (pair, row) in (0..=u16::MAX).zip(rows).filter(|(_, row)| written(row)) {
                bytes.extend(pair.to_le_bytes());
                bytes.extend(row[..Tag::COUNT].iter().map(|score| score.to_le_bytes()[0]));
            }
        }
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
        let mut model = Self::new(words, endings, reader.array()?);
        for rows in &mut model.scores {
            for _ in 0..reader.number()? {
                let at = reader.at;
                let pair = usize::from(reader.short()?);
                let row = rows.get_mut(pair).ok_or(ModelError { at, what: "no such pair" })?;
                for (score, byte) in row.iter_mut().zip(reader.take(Tag::COUNT)?) {
                    *score = i8::from_le_bytes([*byte]);
                }
            }
        }
        if reader.at != bytes.len() {
            return Err(ModelError { at: reader.at, what: "the model should end here" });
        }
        Ok(model)
    }
}

/// Returns the tag with the highest sum, the first of equals, and by how much it leads, 255 at most.
#[inline]
fn best(sums: &[i16; LANES]) -> (Tag, u8) {
    // A sum is within 8 x 127, so that sum and tag fit into one number, and the greatest has both.
    let mut both = [i16::MIN; LANES];
    for at in 0..LANES {
        both[at] = sums[at] << 5 | NUMBERS[at];
    }
    both[Tag::COUNT..].fill(i16::MIN);
    let best = greatest(&both);
    let tag = u8::try_from(31 - (best & 31)).ok().and_then(Tag::from_number).unwrap_or(Tag::Other);
    for both in &mut both {
        *both = if *both == best { i16::MIN } else { *both };
    }
    let second = greatest(&both);
    (tag, u8::try_from((best >> 5).abs_diff(second >> 5)).unwrap_or(u8::MAX))
}

/// What tells the tags of equal sums apart: the first is the greatest.
const NUMBERS: [i16; LANES] = {
    let mut numbers = [31; LANES];
    let mut tag = 1;
    while tag < LANES {
        numbers[tag] = numbers[tag - 1] - 1;
        tag += 1;
    }
    numbers
};

/// The greatest of the numbers, by halves, so that it takes few steps.
#[inline]
fn greatest(numbers: &[i16; LANES]) -> i16 {
    let mut halves = *numbers;
    let mut len = LANES / 2;
    while len > 0 {
        for at in 0..len {
            halves[at] = halves[at].max(halves[at + len]);
        }
        len /= 2;
    }
    halves[0]
}

/// Returns the finite verb with the highest sum, the last of equals.
fn best_finite(sums: &[i16; LANES]) -> Tag {
    let verbs = [Tag::VerbThird, Tag::VerbPresent, Tag::VerbPast];
    verbs.into_iter().max_by_key(|verb| sums[*verb as usize]).unwrap_or(Tag::VerbPast)
}

/// The tags of tokens, sentence after sentence.
#[derive(Clone, Debug, Default)]
pub(super) struct Tagging {
    pub(super) tags: Vec<Tag>,
    /// By how much each tag leads.
    pub(super) margins: Vec<u8>,
    /// Whether the words of its class are finite verbs now and then, for each token.
    pub(super) verbal: Vec<bool>,
}

impl Tagging {
    pub(super) fn clear(&mut self) {
        self.tags.clear();
        self.margins.clear();
        self.verbal.clear();
    }
}

/// How far from being a finite verb a token may be to become one where a sentence has none.
const MAX_LOSS: i16 = 120;
/// How often in a hundred the words of a class must be finite verbs for one to become a verb so.
const MIN_FINITE: u8 = 5;

/// Tells whether a noun phrase can begin with this tag, or a preposition that a verb asks for.
const fn begins_object(tag: Tag) -> bool {
    tag.is_nominal() || matches!(tag, Tag::Determiner | Tag::Adjective | Tag::Number | Tag::Pronoun | Tag::Adposition)
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
        let broken = ModelError { at: self.bytes.len(), what: "the model breaks off" };
        let taken = self.bytes.get(self.at..end).ok_or(broken)?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N)?);
        Ok(bytes)
    }

    fn byte(&mut self) -> Result<u8, ModelError> {
        Ok(self.array::<1>()?[0])
    }

    fn short(&mut self) -> Result<u16, ModelError> {
        self.array().map(u16::from_le_bytes)
    }

    fn number(&mut self) -> Result<u32, ModelError> {
        self.array().map(u32::from_le_bytes)
    }

    fn text(&mut self) -> Result<String, ModelError> {
        let length = usize::from(self.byte()?);
        let at = self.at;
        let text = std::str::from_utf8(self.take(length)?);
        Ok(text.map_err(|_| ModelError { at, what: "a word is not UTF-8" })?.to_owned())
    }
}
