//! The regex crate, as one would use it without us.

use std::ops::Range;

use regex::{Regex, RegexSet};

use super::Finder;
use crate::lines::{CHUNK, Lowering, chunks, strip};
use crate::tally::{Match, Tally};

fn compile(regexes: &[String]) -> Vec<Regex> {
    regexes.iter().map(|regex| Regex::new(regex).expect("a sound regex")).collect()
}

/// Hands on every match of `regex` in the lowered text at `at`.
fn captures(regex: &Regex, pattern: u32, lowering: &Lowering, lines: Range<usize>, offset: usize, tally: &mut Tally) {
    let text = &lowering.text()[lines.clone()];
    for captures in regex.captures_iter(text) {
        let [source, target] = [1, 2].map(|group| captures.get(group).expect("every match has both groups").range());
        let trigger = strip(text, source.end..target.start);
        let [source, target] = [source, target].map(|span| strip(text, span));
        if source.is_empty() || target.is_empty() {
            continue;
        }
        let original = |span: &Range<usize>| {
            offset + lowering.original(lines.start + span.start)..offset + lowering.original(lines.start + span.end)
        };
        tally.add(&Match {
            pattern,
            source: original(&source),
            trigger: original(&trigger),
            target: original(&target),
            source_text: &text[source],
            target_text: &text[target],
        });
    }
}

/// One regex after another over the lowered text.
pub struct Naive {
    regexes: Vec<Regex>,
    lowering: Lowering,
}

impl Naive {
    pub fn new(regexes: &[String]) -> Self {
        Naive { regexes: compile(regexes), lowering: Lowering::default() }
    }
}

impl Finder for Naive {
    fn find(&mut self, text: &str, tally: &mut Tally) {
        for (offset, chunk) in chunks(text, CHUNK) {
            self.lowering.lower(chunk);
            for (pattern, regex) in (0..).zip(&self.regexes) {
                captures(regex, pattern, &self.lowering, 0..self.lowering.text().len(), offset, tally);
            }
        }
    }
}

/// A `RegexSet` of the middles says which regexes to try on a line.
pub struct Set {
    middles: RegexSet,
    regexes: Vec<Regex>,
    lowering: Lowering,
}

impl Set {
    pub fn new(regexes: &[String], middles: &[String]) -> Self {
        let middles = RegexSet::new(middles).expect("sound regexes");
        Set { middles, regexes: compile(regexes), lowering: Lowering::default() }
    }
}

impl Finder for Set {
    fn find(&mut self, text: &str, tally: &mut Tally) {
        for (offset, chunk) in chunks(text, CHUNK) {
            self.lowering.lower(chunk);
            let mut start = 0;
            for line in self.lowering.text().split_inclusive('\n') {
                for number in self.middles.matches(line) {
                    let pattern = u32::try_from(number).expect("few patterns");
                    captures(&self.regexes[number], pattern, &self.lowering, start..start + line.len(), offset, tally);
                }
                start += line.len();
            }
        }
    }
}
