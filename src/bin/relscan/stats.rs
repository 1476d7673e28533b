//! The statistics of an extraction, as `--stats` writes them.

use relscan::io::ReadCounts;
use relscan::{Extractor, PatternId, PatternSet};
use serde::{Serialize, Serializer};

/// How many associations each pattern found.
#[derive(Clone, Debug)]
pub(crate) struct Counts(Vec<u64>);

impl Counts {
    pub(crate) fn new(patterns: &PatternSet) -> Self {
        Counts(vec![0; patterns.len()])
    }

    pub(crate) fn add(&mut self, pattern: PatternId) {
        self.0[pattern.index()] += 1;
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

/// Everything that is known about a run.
#[derive(Serialize)]
pub(crate) struct Stats<'a> {
    pub(crate) version: &'static str,
    pub(crate) packs: &'a [String],
    pub(crate) patterns: usize,
    pub(crate) engine: &'static str,
    pub(crate) threads: usize,
    #[serde(flatten)]
    pub(crate) read: ReadCounts,
    pub(crate) interrupted: bool,
    pub(crate) associations: Associations<'a>,
    pub(crate) seconds: Seconds,
}

/// Where the time went, in seconds. With several threads scanning is the sum of theirs.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Seconds {
    pub(crate) wall: f64,
    pub(crate) reading: f64,
    pub(crate) scanning: f64,
    pub(crate) writing: f64,
}

/// How many associations there are, in all, by relation and by pattern. All relations and patterns are named, in the
/// order of the packs.
pub(crate) struct Associations<'a> {
    pub(crate) extractor: &'a Extractor,
    pub(crate) counts: &'a Counts,
}

impl Serialize for Associations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            total: u64,
            by_relation: Pairs<'a>,
            by_pattern: Pairs<'a>,
        }
        let patterns = || self.extractor.patterns().iter().zip(&self.counts.0);
        let mut by_relation: Vec<(&str, u64)> = Vec::new();
        for (pattern, count) in patterns() {
            let relation = pattern.relation().as_str();
            match by_relation.iter_mut().find(|(known, _)| *known == relation) {
                Some((_, sum)) => *sum += count,
                None => by_relation.push((relation, *count)),
            }
        }
        let by_pattern = patterns().map(|(pattern, count)| (pattern.name(), *count)).collect();
        Form { total: self.counts.total(), by_relation: Pairs(by_relation), by_pattern: Pairs(by_pattern) }
            .serialize(serializer)
    }
}

/// An object with its keys in order.
struct Pairs<'a>(Vec<(&'a str, u64)>);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}
