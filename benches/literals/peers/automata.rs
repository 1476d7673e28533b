//! aho-corasick and daachorse.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, packed};
use daachorse::DoubleArrayAhoCorasick;

use super::Finder;
use crate::lines::{CHUNK, Form, Lines, Lowering, Place, chunks};
use crate::tally::Tally;

/// The automaton of aho-corasick as a DFA, without regard to case over the text as it is: faster than lowering first.
pub struct Automaton {
    dfa: AhoCorasick,
    patterns: Vec<u32>,
    lowering: Lowering,
    places: Vec<Place>,
}

impl Automaton {
    pub fn new(literals: &[(String, u32)]) -> Self {
        let dfa = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(literals.iter().map(|(literal, _)| literal))
            .expect("few literals");
        let patterns = literals.iter().map(|(_, pattern)| *pattern).collect();
        Automaton { dfa, patterns, lowering: Lowering::default(), places: Vec::new() }
    }
}

impl Finder for Automaton {
    fn find(&mut self, text: &str, tally: &mut Tally) {
        let mut lines = Lines::new(text, 0, Form::Raw(&mut self.lowering), &mut self.places, tally);
        for found in self.dfa.find_overlapping_iter(text) {
            lines.note(self.patterns[found.pattern()], found.start(), found.end());
        }
        lines.finish();
    }
}

/// Teddy, the SIMD search of aho-corasick, begun again after the start of each match, since middles share their spaces.
pub struct Teddy {
    searcher: packed::Searcher,
    patterns: Vec<u32>,
    lowering: Lowering,
    places: Vec<Place>,
}

impl Teddy {
    /// None of the literals may begin with another: Teddy would report one of the two.
    pub fn new(literals: &[(String, u32)]) -> Self {
        let begins = |(number, (literal, _)): (usize, &(String, u32))| {
            literals.iter().enumerate().any(|(other, (prefix, _))| other != number && literal.starts_with(prefix))
        };
        assert!(!literals.iter().enumerate().any(begins), "a literal begins with another");
        let searcher = packed::Searcher::new(literals.iter().map(|(literal, _)| literal)).expect("few literals");
        let patterns = literals.iter().map(|(_, pattern)| *pattern).collect();
        Teddy { searcher, patterns, lowering: Lowering::default(), places: Vec::new() }
    }
}

impl Finder for Teddy {
    fn find(&mut self, text: &str, tally: &mut Tally) {
        for (offset, chunk) in chunks(text, CHUNK) {
            self.lowering.lower(chunk);
            let text = self.lowering.text();
            let mut lines = Lines::new(text, offset, Form::Lowered(&self.lowering), &mut self.places, tally);
            let mut rest = aho_corasick::Span::from(0..text.len());
            while let Some(found) = self.searcher.find_in(text, rest) {
                lines.note(self.patterns[found.pattern()], found.start(), found.end());
                rest.start = found.start() + 1;
            }
            lines.finish();
        }
    }
}

/// The double array of daachorse, over lowered text.
pub struct Daachorse {
    automaton: DoubleArrayAhoCorasick<u32>,
    lowering: Lowering,
    places: Vec<Place>,
}

impl Daachorse {
    pub fn new(literals: &[(String, u32)]) -> Self {
        let literals = literals.iter().map(|(literal, pattern)| (literal, *pattern));
        let automaton = DoubleArrayAhoCorasick::with_values(literals).expect("few literals");
        Daachorse { automaton, lowering: Lowering::default(), places: Vec::new() }
    }
}

impl Finder for Daachorse {
    fn find(&mut self, text: &str, tally: &mut Tally) {
        for (offset, chunk) in chunks(text, CHUNK) {
            self.lowering.lower(chunk);
            let text = self.lowering.text();
            let mut lines = Lines::new(text, offset, Form::Lowered(&self.lowering), &mut self.places, tally);
            for found in self.automaton.find_overlapping_iter(text) {
                lines.note(found.value(), found.start(), found.end());
            }
            lines.finish();
        }
    }
}
