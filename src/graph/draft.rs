//! What can be found out about lessons without the graph: their associations, ids, words and hashes.
//!
//! Drafts of different lessons know nothing of each other, so they are made on several threads, ahead of the graph.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::hash::Seed;
use super::id::ConceptId;
use super::lesson::Lesson;
use super::nodes::{HashedWord, WordKey, hashed_words};
use crate::extract::{Extractor, sink_fn};
use crate::text::push_lowercase;

/// The drafts of several lessons in a row, in memory that is used again.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    /// Lower-cased contents, and the texts of arguments, which are lower-case as they come.
    lowered: String,
    mentions: Vec<Mention>,
    words: Vec<Word>,
    pub(crate) edges: Vec<DraftEdge>,
    lessons: Vec<DraftLesson>,
    /// Time spent on extraction.
    pub(crate) extraction: Duration,
    /// Time spent on words and ids.
    pub(crate) text: Duration,
}

/// A text that names a concept: that of a lesson, or an argument.
#[derive(Clone, Debug)]
struct Mention {
    id: ConceptId,
    lowered: Range<usize>,
    words: Range<usize>,
}

#[derive(Clone, Debug)]
struct Word {
    hash: u64,
    key: WordKey,
    text: Range<usize>,
}

/// An association that was extracted. Its ends are places among the mentions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DraftEdge {
    pub(crate) pattern: usize,
    pub(crate) confidence: f64,
    pub(crate) source: usize,
    pub(crate) target: usize,
}

#[derive(Clone, Debug)]
struct DraftLesson {
    mention: usize,
    edges: Range<usize>,
}

/// The draft of one lesson.
#[derive(Clone, Copy)]
pub(crate) struct Draft<'d> {
    drafts: &'d Drafts,
    lesson: &'d DraftLesson,
}

/// A mention as the graph sees it.
#[derive(Clone, Copy)]
pub(crate) struct MentionView<'d> {
    drafts: &'d Drafts,
    mention: &'d Mention,
}

impl Drafts {
    /// Makes the drafts of `lessons`, and forgets what was held before.
    pub(crate) fn fill(&mut self, extractor: &Extractor, seed: Seed, lessons: &[Lesson<'_>]) {
        self.lowered.clear();
        self.mentions.clear();
        self.words.clear();
        self.edges.clear();
        self.lessons.clear();
        let start = Instant::now();
        for &(content, ..) in lessons {
            self.extract(extractor, content);
        }
        let extracted = Instant::now();
        for (at, &(content, ..)) in lessons.iter().enumerate() {
            self.read_content(at, content, seed);
        }
        self.read_arguments(seed);
        self.extraction = extracted - start;
        self.text = extracted.elapsed();
    }

    /// Finds the associations of a content and puts them in the order of the seed: by pattern, then position.
    fn extract(&mut self, extractor: &Extractor, content: &str) {
        let mention = self.mentions.len();
        self.mentions.push(Mention { id: ConceptId::from_bits(0), lowered: 0..0, words: 0..0 });
        let first = self.edges.len();
        let Drafts { lowered, mentions, edges, .. } = self;
        let mut keep = |text: &str| {
            let start = lowered.len();
            lowered.push_str(text);
            mentions.push(Mention { id: ConceptId::from_bits(0), lowered: start..lowered.len(), words: 0..0 });
            mentions.len() - 1
        };
        let mut sink = sink_fn(|association| {
            edges.push(DraftEdge {
                pattern: association.pattern_id().index(),
                confidence: association.confidence(),
                source: keep(association.source()),
                target: keep(association.target()),
            });
        });
        match extractor.extract_into(content, &mut sink) {
            Ok(_) => {}
            Err(never) => match never {},
        }
        // They come by line, pattern and position: a stable sort leaves line and position in order.
        self.edges[first..].sort_by_key(|edge| edge.pattern);
        self.lessons.push(DraftLesson { mention, edges: first..self.edges.len() });
    }

    fn read_content(&mut self, lesson: usize, content: &str, seed: Seed) {
        let start = self.lowered.len();
        push_lowercase(&mut self.lowered, content);
        let mention = self.lessons[lesson].mention;
        self.mentions[mention].lowered = start..self.lowered.len();
        self.mentions[mention].id = ConceptId::of(content);
        self.read_words(mention, seed);
    }

    /// Finds ids and words of all mentions that are arguments.
    fn read_arguments(&mut self, seed: Seed) {
        for edge in 0..self.edges.len() {
            for mention in [self.edges[edge].source, self.edges[edge].target] {
                self.read_words(mention, seed);
            }
        }
        let arguments: Vec<usize> = self.edges.iter().flat_map(|edge| [edge.source, edge.target]).collect();
        let ids = ConceptId::of_all(arguments.iter().map(|&at| &self.lowered[self.mentions[at].lowered.clone()]));
        for (mention, id) in arguments.into_iter().zip(ids) {
            self.mentions[mention].id = id;
        }
    }

    fn read_words(&mut self, mention: usize, seed: Seed) {
        let first = self.words.len();
        let lowered = self.mentions[mention].lowered.clone();
        let text = &self.lowered[lowered.clone()];
        let offset = lowered.start;
        self.words.extend(hashed_words(text, seed).map(|word| {
            // A word is a part of the text, so this is its place in it.
            let start = offset + (word.text.as_ptr() as usize - text.as_ptr() as usize);
            Word { hash: word.hash, key: word.key, text: start..start + word.text.len() }
        }));
        self.mentions[mention].words = first..self.words.len();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Draft<'_>> {
        self.lessons.iter().map(|lesson| Draft { drafts: self, lesson })
    }
}

impl<'d> Draft<'d> {
    /// The content itself.
    pub(crate) fn content(self) -> MentionView<'d> {
        self.mention(self.lesson.mention)
    }

    pub(crate) fn edges(self) -> &'d [DraftEdge] {
        &self.drafts.edges[self.lesson.edges.clone()]
    }

    pub(crate) fn mention(self, at: usize) -> MentionView<'d> {
        MentionView { drafts: self.drafts, mention: &self.drafts.mentions[at] }
    }
}

impl<'d> MentionView<'d> {
    pub(crate) fn id(self) -> ConceptId {
        self.mention.id
    }

    /// The text in lower case: that of an argument as it is, that of a content for its words only.
    pub(crate) fn lowered(self) -> &'d str {
        &self.drafts.lowered[self.mention.lowered.clone()]
    }

    /// The hashes of its words.
    pub(crate) fn word_hashes(self) -> impl Iterator<Item = u64> {
        self.drafts.words[self.mention.words.clone()].iter().map(|word| word.hash)
    }

    pub(crate) fn words(self) -> impl Iterator<Item = HashedWord<'d>> {
        let words = &self.drafts.words[self.mention.words.clone()];
        words.iter().map(move |word| HashedWord {
            text: &self.drafts.lowered[word.text.clone()],
            hash: word.hash,
            key: word.key,
        })
    }
}
