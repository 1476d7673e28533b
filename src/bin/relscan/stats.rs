//! The statistics of an extraction, as `--stats` writes them.

use relscan::io::ReadCounts;
use relscan::{Pattern, PatternSet, Report};
use serde::{Serialize, Serializer};

/// Everything that is known about a run.
#[derive(Serialize)]
pub(crate) struct Stats<'a> {
    pub(crate) version: &'static str,
    pub(crate) packs: &'a [String],
    pub(crate) patterns: usize,
    pub(crate) engine: &'static str,
    pub(crate) threads: usize,
    /// Why so many.
    pub(crate) threads_because: &'a str,
    #[serde(flatten)]
    pub(crate) read: ReadCounts,
    pub(crate) interrupted: bool,
    pub(crate) associations: Associations<'a>,
    pub(crate) seconds: Seconds,
}

/// Where the time went, in seconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Seconds {
    /// From begin to end.
    pub(crate) wall: f64,
    /// Of the processor, in the program and in the system.
    pub(crate) user: f64,
    pub(crate) system: f64,
    /// Reading and cutting documents, with the wait for them.
    pub(crate) reading: f64,
    /// Scanning and rendering, all threads together.
    pub(crate) scanning: f64,
    /// Writing, with the wait for whoever reads it.
    pub(crate) writing: f64,
}

/// How many associations there are, in all, by relation and by pattern. All relations and patterns are named, in the
/// order of the packs.
pub(crate) struct Associations<'a> {
    pub(crate) patterns: &'a PatternSet,
    pub(crate) report: &'a Report,
}

impl Serialize for Associations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            total: u64,
            by_relation: Pairs<'a>,
            by_pattern: Pairs<'a>,
        }
        let Report { relations, patterns, associations, .. } = self.report;
        let mut by_relation: Vec<(&str, u64)> = Vec::new();
        for relation in self.patterns.iter().map(|pattern| pattern.relation().as_str()) {
            if by_relation.iter().all(|(known, _)| *known != relation) {
                by_relation.push((relation, relations.get(relation)));
            }
        }
        // Both are in the order of the packs.
        let mut counted = patterns.iter().peekable();
        let count =
            |pattern: &Pattern| counted.next_if(|(name, _)| *name == pattern.name()).map_or(0, |(_, count)| count);
        let by_pattern = self.patterns.iter().map(Pattern::name).zip(self.patterns.iter().map(count)).collect();
        Form { total: *associations, by_relation: Pairs(by_relation), by_pattern: Pairs(by_pattern) }
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
