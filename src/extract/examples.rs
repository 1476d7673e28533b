//! The examples of patterns, run as tests.

use super::extractor::Extractor;
use crate::pattern::PatternId;

/// An example that did not come out as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExampleFailure {
    /// The pattern.
    pub pattern: String,
    /// The number of the example within the pattern, from 1.
    pub number: usize,
    /// The text of the example.
    pub text: String,
    /// The (source, target) pairs that were expected.
    pub expected: Vec<(String, String)>,
    /// Those that came out.
    pub found: Vec<(String, String)>,
}

impl std::fmt::Display for ExampleFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ExampleFailure { pattern, number, text, expected, found } = self;
        write!(f, "pattern `{pattern}`, example {number}: {text:?}\n  expected: {}", Pairs(expected))?;
        write!(f, "\n  found:    {}", Pairs(found))
    }
}

struct Pairs<'a>(&'a [(String, String)]);

impl std::fmt::Display for Pairs<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing");
        }
        for (i, (source, target)) in self.0.iter().enumerate() {
            write!(f, "{}{source:?} -> {target:?}", if i > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

pub(crate) fn check(extractor: &Extractor) -> Vec<ExampleFailure> {
    let mut failures = Vec::new();
    for (index, pattern) in extractor.patterns().iter().enumerate() {
        for (number, example) in (1..).zip(pattern.examples()) {
            let found = pairs(extractor, index, &example.text);
            if found != example.expect {
                failures.push(ExampleFailure {
                    pattern: pattern.name().to_owned(),
                    number,
                    text: example.text.clone(),
                    expected: example.expect.clone(),
                    found,
                });
            }
        }
    }
    failures
}

/// What the pattern at `index` finds in `text`.
fn pairs(extractor: &Extractor, index: usize, text: &str) -> Vec<(String, String)> {
    let of_pattern = |id: PatternId| id.index() == index;
    let found = extractor.extract(text);
    let own = found.iter().filter(|association| of_pattern(association.pattern_id()));
    own.map(|association| (association.source().to_owned(), association.target().to_owned())).collect()
}
