//! The concepts of a graph, and the words they are found by.
//!
//! Knows nothing of associations. Texts stand one after another in one buffer.

use std::collections::HashMap;

use super::edges::Node;
use super::error::GraphFull;
use super::hash::Seed;
use super::id::ConceptId;
use super::index::Index;
use crate::text::index_words;

/// The first strength of a concept.
const FIRST_STRENGTH: f64 = 1.0;
/// The highest strength.
const STRENGTH_CAP: f64 = 10.0;
/// What the strength is multiplied by when a concept is learned again.
const STRENGTH_GAIN: f64 = 1.02;
/// Concepts below this are difficult, and their strength is then multiplied by [`DIFFICULT_GAIN`].
pub(crate) const DIFFICULT_BELOW: f64 = 4.0;
const DIFFICULT_GAIN: f64 = 1.15;
/// Concepts above this are easy, and their strength is then multiplied by [`EASY_GAIN`].
pub(crate) const EASY_ABOVE: f64 = 7.0;
const EASY_GAIN: f64 = 1.01;

/// No label: a concept without source or category.
const NO_LABEL: u32 = u32::MAX;

/// A concept as it is held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) id: ConceptId,
    /// Where its text ends in the buffer; it begins where that of the concept before ends.
    content_end: usize,
    pub(crate) strength: f64,
    pub(crate) confidence: f64,
    pub(crate) access_count: u32,
    source: u32,
    category: u32,
}

impl Record {
    /// Learned once more.
    fn strengthen(&mut self) {
        self.access_count = self.access_count.saturating_add(1);
        let strength = (self.strength * STRENGTH_GAIN).min(STRENGTH_CAP);
        self.strength = if strength < DIFFICULT_BELOW {
            (strength * DIFFICULT_GAIN).min(STRENGTH_CAP)
        } else if strength > EASY_ABOVE {
            (strength * EASY_GAIN).min(STRENGTH_CAP)
        } else {
            strength
        };
    }

    pub(crate) fn is_difficult(&self) -> bool {
        self.strength < DIFFICULT_BELOW
    }
}

/// What a new concept is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewConcept<'a> {
    pub(crate) id: ConceptId,
    pub(crate) content: &'a str,
    pub(crate) confidence: f64,
    pub(crate) source: Option<&'a str>,
    pub(crate) category: Option<&'a str>,
}

/// A word with its hash and key, which were found on another thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HashedWord<'a> {
    pub(crate) text: &'a str,
    pub(crate) hash: u64,
    pub(crate) key: WordKey,
}

/// The text of a word of up to 15 bytes, or nothing for a longer one: most words are compared without a look at a
/// text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WordKey([u8; 16]);

impl WordKey {
    const LONG: WordKey = WordKey([0xff; 16]);

    fn of(text: &str) -> Self {
        let mut key = [0; 16];
        match key.get_mut(..text.len()) {
            Some(bytes) if text.len() < 16 => {
                bytes.copy_from_slice(text.as_bytes());
                key[15] = u8::try_from(text.len()).unwrap_or(u8::MAX);
                WordKey(key)
            }
            _ => Self::LONG,
        }
    }

    /// The text, unless it is a long one.
    fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.0.get(..usize::from(self.0[15]))?).ok()
    }
}

impl<'a> HashedWord<'a> {
    pub(crate) fn new(seed: Seed, text: &'a str) -> Self {
        HashedWord { text, hash: seed.text(text), key: WordKey::of(text) }
    }
}

/// The concepts of a graph.
#[derive(Clone, Debug)]
pub(crate) struct Nodes {
    records: Vec<Record>,
    contents: String,
    by_id: Index,
    labels: Labels,
    words: Words,
    seed: Seed,
    /// What a store wants to know.
    pub(crate) journal: Option<Journal>,
}

/// What changed of the concepts that were there, and of the index of words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    pub(crate) learned_again: Vec<Node>,
    /// A word, and the concept that was entered under it.
    pub(crate) word_concepts: Vec<(u32, u32)>,
}

impl Nodes {
    pub(crate) fn new(seed: Seed) -> Self {
        Nodes {
            records: Vec::new(),
            contents: String::new(),
            by_id: Index::default(),
            labels: Labels::default(),
            words: Words::default(),
            seed,
            journal: None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    pub(crate) fn record(&self, node: Node) -> &Record {
        &self.records[node.index()]
    }

    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    pub(crate) fn content(&self, node: Node) -> &str {
        let start = node.index().checked_sub(1).map_or(0, |before| self.records[before].content_end);
        &self.contents[start..self.records[node.index()].content_end]
    }

    pub(crate) fn source(&self, node: Node) -> Option<&str> {
        self.labels.get(self.record(node).source)
    }

    pub(crate) fn category(&self, node: Node) -> Option<&str> {
        self.labels.get(self.record(node).category)
    }

    pub(crate) fn find(&self, id: ConceptId) -> Option<Node> {
        let hash = self.seed.number(id.to_bits());
        self.by_id.find(hash, |at| self.records[at as usize].id == id).map(Node)
    }

    pub(crate) fn strengthen(&mut self, node: Node) {
        self.records[node.index()].strengthen();
        if let Some(journal) = &mut self.journal {
            journal.learned_again.push(node);
        }
    }

    /// Puts back the figures of a concept that was stored.
    #[cfg(feature = "store")]
    pub(crate) fn restore(&mut self, node: Node, strength: f64, access_count: u32) {
        let record = &mut self.records[node.index()];
        record.strength = strength;
        record.access_count = access_count;
    }

    /// Adds a concept that is not there yet, without indexing its words.
    pub(crate) fn insert(&mut self, new: &NewConcept<'_>) -> Result<Node, GraphFull> {
        let at = u32::try_from(self.records.len()).ok().filter(|&at| at != u32::MAX);
        let at = at.ok_or(GraphFull("2^32 - 1 concepts"))?;
        let source = self.labels.intern(self.seed, new.source)?;
        let category = self.labels.intern(self.seed, new.category)?;
        self.contents.push_str(new.content);
        self.records.push(Record {
            id: new.id,
            content_end: self.contents.len(),
            strength: FIRST_STRENGTH,
            confidence: new.confidence,
            access_count: 0,
            source,
            category,
        });
        self.by_id.insert(self.seed.number(new.id.to_bits()), at);
        Ok(Node(at))
    }

    /// Enters `node` under a word, and returns the place of the word.
    pub(crate) fn index_word(&mut self, word: HashedWord<'_>, node: Node) -> Result<u32, GraphFull> {
        let at = self.words.intern(word)?;
        let is_new = self.words.entries[at as usize].push(&mut self.words.overflow, node)?;
        if let Some(journal) = self.journal.as_mut().filter(|_| is_new) {
            journal.word_concepts.push((at, node.0));
        }
        Ok(at)
    }

    /// Enters a word that was stored, which is not there yet.
    #[cfg(feature = "store")]
    pub(crate) fn restore_word(&mut self, text: &str) -> Result<u32, GraphFull> {
        self.words.intern(HashedWord::new(self.seed, text))
    }

    /// Enters a concept under a word that is there. False if either is not, or if it was entered last.
    #[cfg(feature = "store")]
    pub(crate) fn restore_word_concept(&mut self, word: u32, node: Node) -> Result<bool, GraphFull> {
        let words = &mut self.words;
        match words.entries.get_mut(word as usize) {
            Some(entry) if node.index() < self.records.len() => entry.push(&mut words.overflow, node),
            _ => Ok(false),
        }
    }

    /// The place of a word, if any concept has it.
    pub(crate) fn find_word(&self, word: HashedWord<'_>) -> Option<u32> {
        self.words.find(word)
    }

    /// The concepts whose text has `word`, in order.
    pub(crate) fn with_word(&self, word: &str) -> impl Iterator<Item = Node> + '_ {
        self.find_word(HashedWord::new(self.seed, word)).into_iter().flat_map(|at| self.words.concepts(at))
    }

    /// Bytes held by concepts with their texts, and by the index of words, for statistics.
    pub(crate) fn memory_usage(&self) -> (usize, usize) {
        let concepts = self.records.capacity() * size_of::<Record>()
            + self.contents.capacity()
            + self.by_id.memory_usage()
            + self.labels.memory_usage();
        (concepts, self.words.memory_usage())
    }
}

/// Sources and categories, each held once, by number in the order in which they were first met.
#[derive(Clone, Debug, Default)]
struct Labels {
    buffer: String,
    ends: Vec<usize>,
    by_text: Index,
}

impl Labels {
    fn get(&self, at: u32) -> Option<&str> {
        let at = at as usize;
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.buffer[start..end])
    }

    fn intern(&mut self, seed: Seed, text: Option<&str>) -> Result<u32, GraphFull> {
        let Some(text) = text else { return Ok(NO_LABEL) };
        let hash = seed.text(text);
        if let Some(known) = self.by_text.find(hash, |at| self.get(at) == Some(text)) {
            return Ok(known);
        }
        let at = u32::try_from(self.ends.len()).ok().filter(|&at| at != NO_LABEL);
        let at = at.ok_or(GraphFull("2^32 - 1 sources and categories"))?;
        self.buffer.push_str(text);
        self.ends.push(self.buffer.len());
        self.by_text.insert(hash, at);
        Ok(at)
    }

    fn memory_usage(&self) -> usize {
        self.buffer.capacity() + self.ends.capacity() * size_of::<usize>() + self.by_text.memory_usage()
    }
}

/// The concepts of every word, in the order in which they were entered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    by_text: Index,
    entries: Vec<Entry>,
    /// The texts of long words.
    long: HashMap<u32, Box<str>>,
    /// What entries with more than two concepts hold beyond the first two.
    overflow: Vec<Vec<Node>>,
}

/// The concepts of one word. Most words have one or two, and the first two are what co-occurrence asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    key: WordKey,
    first: [Node; 2],
    len: u32,
    overflow: u32,
}

impl Entry {
    /// Enters a concept, unless it was entered last: a word can stand several times in one text. Says whether it did.
    fn push(&mut self, overflow: &mut Vec<Vec<Node>>, node: Node) -> Result<bool, GraphFull> {
        match self.len {
            0 => self.first[0] = node,
            1 if self.first[0] == node => return Ok(false),
            1 => self.first[1] = node,
            2 if self.first[1] == node => return Ok(false),
            2 => {
                self.overflow = u32::try_from(overflow.len()).map_err(|_| GraphFull("2^32 words"))?;
                overflow.push(vec![node]);
            }
            _ => {
                let rest = &mut overflow[self.overflow as usize];
                if rest.last() == Some(&node) {
                    return Ok(false);
                }
                rest.push(node);
            }
        }
        self.len += 1;
        Ok(true)
    }

    /// The first two, or as many as there are.
    #[inline]
    pub(crate) fn first(&self) -> &[Node] {
        &self.first[..self.len.min(2) as usize]
    }
}

impl Words {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The word at `at`; empty if there is none.
    pub(crate) fn text(&self, at: u32) -> &str {
        let short = self.entries.get(at as usize).and_then(|entry| entry.key.text());
        short.or_else(|| self.long.get(&at).map(|text| &**text)).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn entry(&self, at: u32) -> &Entry {
        &self.entries[at as usize]
    }

    /// The concepts of the word at `at`, in order.
    pub(crate) fn concepts(&self, at: u32) -> impl Iterator<Item = Node> + '_ {
        let entry = &self.entries[at as usize];
        let rest: &[Node] = if entry.len > 2 { &self.overflow[entry.overflow as usize] } else { &[] };
        entry.first().iter().chain(rest).copied()
    }

    #[inline]
    fn find(&self, word: HashedWord<'_>) -> Option<u32> {
        self.by_text.find(word.hash, |at| {
            let is_same = self.entries[at as usize].key == word.key;
            is_same && (word.key != WordKey::LONG || self.text(at) == word.text)
        })
    }

    /// Reads the memory that a search for a word begins at, and what it may find there.
    #[inline]
    pub(crate) fn touch(&self, hash: u64) -> u32 {
        self.entries.get(self.by_text.touch(hash) as usize).map_or(0, |entry| entry.len)
    }

    fn intern(&mut self, word: HashedWord<'_>) -> Result<u32, GraphFull> {
        if let Some(known) = self.find(word) {
            return Ok(known);
        }
        let at = u32::try_from(self.entries.len()).ok().filter(|&at| at != u32::MAX);
        let at = at.ok_or(GraphFull("2^32 - 1 words"))?;
        if word.key == WordKey::LONG {
            self.long.insert(at, word.text.into());
        }
        self.entries.push(Entry { key: word.key, first: [Node(0); 2], len: 0, overflow: 0 });
        self.by_text.insert(word.hash, at);
        Ok(at)
    }

    fn memory_usage(&self) -> usize {
        self.by_text.memory_usage()
            + self.entries.capacity() * size_of::<Entry>()
            + self.long.values().map(|text| text.len() + 32).sum::<usize>()
            + self.overflow.capacity() * size_of::<Vec<Node>>()
            + self.overflow.iter().map(|rest| rest.capacity() * size_of::<Node>()).sum::<usize>()
    }
}

/// The words of a concept's text, with their hashes.
pub(crate) fn hashed_words(lowered: &str, seed: Seed) -> impl Iterator<Item = HashedWord<'_>> {
    index_words(lowered).map(move |text| HashedWord::new(seed, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_length_are_found_by_their_text() {
        let seed = Seed::new();
        let mut nodes = Nodes::new(seed);
        let words: Vec<String> =
            (1..40).flat_map(|len| ["a", "z", "é", "日"].map(|letter| letter.repeat(len))).collect();
        for (number, word) in (0..).zip(&words) {
            let word = HashedWord::new(seed, word);
            assert_eq!(nodes.find_word(word), None);
            assert_eq!(nodes.index_word(word, Node(number)), Ok(number));
            assert_eq!(nodes.index_word(word, Node(number)), Ok(number));
            assert_eq!(nodes.words().concepts(number).collect::<Vec<_>>(), [Node(number)]);
        }
        for (number, word) in (0..).zip(&words) {
            assert_eq!(nodes.words().text(number), word);
            for more in 1..6 {
                nodes.index_word(HashedWord::new(seed, word), Node(number + more)).unwrap();
            }
            let found: Vec<Node> = nodes.with_word(word).collect();
            assert_eq!(found, (number..number + 6).map(Node).collect::<Vec<_>>());
        }
        assert_eq!(nodes.words().len(), words.len());
    }
}
