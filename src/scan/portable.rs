//! Literals by aho-corasick: packed SIMD search (Teddy) where it takes them, an automaton for what nothing else takes.

use aho_corasick::packed;
use aho_corasick::{AhoCorasick, MatchKind};

use super::literal::rare_places;
use super::{Hit, Scanner};
use crate::error::BuildError;

/// Scans for literals only.
#[derive(Debug)]
pub(crate) enum Portable {
    /// Teddy looks for the ends of literals, from a place on that is rare: it asks about the first bytes of what it looks
    /// for, and most literals begin like many words. It reports the longest end at a place; `literals` holds, for each
    /// end, the literals that end with it or with what it begins with.
    Packed { searcher: packed::Searcher, literals: Vec<Vec<Split>> },
    /// For more literals than Teddy is good for.
    Automaton(Box<AhoCorasick>),
}

/// A literal that is split before its end.
#[derive(Clone, Debug)]
pub(crate) struct Split {
    needle: usize,
    front: Box<[u8]>,
    /// Bytes of its end.
    len: usize,
}

impl Portable {
    /// Teddy for `literals`, all different and none empty; `None` if it does not take them, because they are many or the
    /// CPU has none of its instructions.
    pub(crate) fn teddy(literals: &[Box<[u8]>]) -> Option<Self> {
        let places = literals.iter().zip(rare_places(literals));
        let fronts_and_ends: Vec<(&[u8], &[u8])> = places.map(|(literal, at)| literal.split_at(at)).collect();
        let mut ends: Vec<_> = fronts_and_ends.iter().map(|(_, end)| *end).collect();
        ends.sort_unstable();
        ends.dedup();
        let config = packed::Config::new().match_kind(packed::MatchKind::LeftmostLongest).clone();
        let searcher = config.builder().extend(&ends).build()?;
        let literals_of = |longest: &&[u8]| {
            let all = fronts_and_ends.iter().enumerate().filter(|(_, (_, end))| longest.starts_with(end));
            all.map(|(needle, (front, end))| Split { needle, front: (*front).into(), len: end.len() }).collect()
        };
        Some(Portable::Packed { searcher, literals: ends.iter().map(literals_of).collect() })
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
            Portable::Packed { searcher, literals } => {
                let mut span = aho_corasick::Span::from(0..haystack.len());
                while let Some(longest) = searcher.find_in(haystack, span) {
                    let before = &haystack.as_bytes()[..longest.start()];
                    for literal in &literals[longest.pattern().as_usize()] {
                        if before.ends_with(&literal.front) {
                            found(Hit { needle: literal.needle, end: longest.start() + literal.len });
                        }
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
            Portable::Packed { searcher, literals } => {
                let splits = literals.iter().flatten().map(|literal| size_of_val(literal) + literal.front.len());
                searcher.memory_usage() + size_of_val(literals.as_slice()) + splits.sum::<usize>()
            }
            Portable::Automaton(automaton) => automaton.memory_usage(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_literal_is_found_however_it_is_split() {
        let literals = [" is a ", " is an ", "is a", "this a", "s", " causes ", "uses ", "é", "aéb", " causes of "];
        let literals: Vec<Box<[u8]>> = literals.map(|literal| literal.as_bytes().into()).into();
        let text = "this is a basis and is an aéb\nthis a  causes of  causes  uses is\n is a";
        let occurrences = |(needle, literal): (usize, &[u8])| {
            let windows = text.as_bytes().windows(literal.len()).zip(literal.len()..);
            windows.filter(|(window, _)| *window == literal).map(|(_, end)| (needle, end)).collect::<Vec<_>>()
        };
        let all: Vec<_> = literals.iter().map(|literal| &**literal).enumerate().flat_map(occurrences).collect();
        // Teddy is not for every CPU.
        for portable in [Portable::teddy(&literals), Portable::automaton(&literals).ok()].into_iter().flatten() {
            let mut found = Vec::new();
            portable.scan(text, &mut |hit| found.push((hit.needle, hit.end)));
            found.sort_unstable();
            assert_eq!(found, all, "{}", portable.name());
        }
    }
}
