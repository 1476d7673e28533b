//! Literals by aho-corasick: packed SIMD search (Teddy) where it takes them, an automaton for what nothing else takes.

use aho_corasick::packed;
use aho_corasick::{AhoCorasick, MatchKind};

use super::{Hit, Scanner};
use crate::error::BuildError;

/// Scans for literals only.
#[derive(Debug)]
pub(crate) enum Portable {
    /// Teddy reports the longest literal at a place; `prefixes` holds, for each literal, those that it begins with,
    /// itself included, which are all the literals that occur there.
    Packed { searcher: packed::Searcher, prefixes: Vec<Vec<Prefix>> },
    /// For more literals than Teddy is good for.
    Automaton(Box<AhoCorasick>),
}

/// A literal that another one begins with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prefix {
    needle: usize,
    len: usize,
}

impl Portable {
    /// Teddy for `literals`, all different and none empty; `None` if it does not take them, because they are many or the
    /// CPU has none of its instructions.
    pub(crate) fn teddy(literals: &[Box<[u8]>]) -> Option<Self> {
        let config = packed::Config::new().match_kind(packed::MatchKind::LeftmostLongest).clone();
        let searcher = config.builder().extend(literals).build()?;
        let prefixes_of = |literal: &[u8]| {
            let all = literals.iter().enumerate().filter(|(_, prefix)| literal.starts_with(prefix));
            all.map(|(needle, prefix)| Prefix { needle, len: prefix.len() }).collect()
        };
        Some(Portable::Packed { searcher, prefixes: literals.iter().map(|literal| prefixes_of(literal)).collect() })
    }

    /// An automaton for `literals`, all different and none empty.
    pub(crate) fn automaton(literals: &[Box<[u8]>]) -> Result<Self, BuildError> {
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(literals);
        Ok(Portable::Automaton(Box::new(automaton.map_err(|error| BuildError::automaton(&error))?)))
    }
}

impl Scanner for Portable {
    fn name(&self) -> &'static str {
        match self {
            Portable::Packed { .. } => "portable (Teddy)",
            Portable::Automaton(_) => "portable (Aho-Corasick)",
        }
    }

    fn scan(&self, haystack: &str, found: &mut dyn FnMut(Hit)) {
        match self {
            Portable::Packed { searcher, prefixes } => {
                let mut span = aho_corasick::Span::from(0..haystack.len());
                while let Some(longest) = searcher.find_in(haystack, span) {
                    for prefix in &prefixes[longest.pattern().as_usize()] {
                        found(Hit { needle: prefix.needle, end: longest.start() + prefix.len });
                    }
                    span.start = longest.start() + 1;
                }
            }
            Portable::Automaton(automaton) => {
                for occurrence in automaton.find_overlapping_iter(haystack) {
                    found(Hit { needle: occurrence.pattern().as_usize(), end: occurrence.end() });
                }
            }
        }
    }

    fn memory_usage(&self) -> usize {
        match self {
            Portable::Packed { searcher, prefixes } => {
                let prefixes = prefixes.iter().map(|prefixes| size_of_val(prefixes) + size_of_val(prefixes.as_slice()));
                searcher.memory_usage() + prefixes.sum::<usize>()
            }
            Portable::Automaton(automaton) => automaton.memory_usage(),
        }
    }
}
