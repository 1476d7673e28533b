//! What the scanner is to look for, made from the shapes of the patterns.

use std::collections::HashMap;

use regex_syntax::hir::Hir;

use crate::pattern::shape::{Middle, Shape, Whole};
use crate::pattern::{PatternId, PatternSet};

/// The needles of a pattern set, each with the patterns that it speaks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    literals: Vec<Box<[u8]>>,
    /// Needles that only an automaton can look for, numbered after the literals.
    regexes: Vec<Hir>,
    /// For each needle.
    postings: Vec<Vec<Posting>>,
    /// Patterns without a needle: every line has to be tried.
    unfiltered: Vec<PatternId>,
}

/// What an occurrence of a needle means for one pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Posting {
    /// The needle is the middle of the pattern; of several that begin at one place the lowest rank counts.
    Middle { pattern: PatternId, rank: u32 },
    /// The line may hold a match of the pattern, and has to be tried.
    Candidate { pattern: PatternId },
    /// The needle is a space and this anchor of a trigger with bounded arguments.
    Anchor { anchor: usize },
}

/// Which needles a scanner takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needles {
    /// Literals only.
    Literals,
    /// Literals and regexes.
    Any,
}

impl Plan {
    /// The plan for `set`. Patterns with bounded arguments are looked for by `anchors`, words in lower case, each after
    /// a space.
    pub(crate) fn new<'a>(set: &PatternSet, needles: Needles, anchors: impl IntoIterator<Item = &'a str>) -> Self {
        let mut builder = Builder { plan: Plan::default(), numbers: HashMap::default(), regexes: Vec::new() };
        builder.numbers.reserve(set.len());
        for (pattern, shape) in set.ids().zip(set.shapes()) {
            builder.pattern(pattern, shape, needles);
        }
        for (anchor, word) in anchors.into_iter().enumerate() {
            builder.literal(format!(" {word}").as_bytes(), Posting::Anchor { anchor });
        }
        builder.finish()
    }

    /// How many patterns of `set` would be [unfiltered](Self::unfiltered).
    pub(crate) fn count_unfiltered(set: &PatternSet, needles: Needles) -> usize {
        set.shapes().iter().filter(|shape| matches!(Sought::of(shape, needles), Sought::Nothing)).count()
    }

    /// The literals, all different.
    pub(crate) fn literals(&self) -> &[Box<[u8]>] {
        &self.literals
    }

    /// The needles that are not literals.
    pub(crate) fn regexes(&self) -> &[Hir] {
        &self.regexes
    }

    /// What an occurrence of needle `number` means.
    pub(crate) fn postings(&self, number: usize) -> &[Posting] {
        &self.postings[number]
    }

    /// The patterns that have to be tried on every line, in order.
    pub(crate) fn unfiltered(&self) -> &[PatternId] {
        &self.unfiltered
    }

    /// The length of needle `number`; 0 if it is a regex.
    pub(crate) fn literal_len(&self, number: usize) -> usize {
        self.literals.get(number).map_or(0, |literal| literal.len())
    }
}

/// What is looked for, for the sake of one pattern.
enum Sought<'s> {
    /// Its middles.
    Middles(&'s [Vec<u8>]),
    /// Its middle, by an automaton.
    Regex(&'s Hir),
    /// Literals of which every match holds one.
    Required(&'s [Vec<u8>]),
    /// The anchors of its trigger, which the grammar knows.
    Anchors,
    Nothing,
}

impl<'s> Sought<'s> {
    fn of(shape: &'s Shape, needles: Needles) -> Self {
        let required = match shape {
            Shape::Split { middle: Middle::Literals(literals), .. } => return Sought::Middles(literals),
            Shape::Split { middle: Middle::Regex { hir, .. }, .. } if needles == Needles::Any && is_needle(hir) => {
                return Sought::Regex(hir);
            }
            Shape::Split { middle: Middle::Regex { required, .. }, .. } | Shape::Whole(Whole { required, .. }) => {
                required
            }
            Shape::Bounded(_) | Shape::Rule(_) => return Sought::Anchors,
        };
        required.as_deref().map_or(Sought::Nothing, Sought::Required)
    }
}

struct Builder {
    plan: Plan,
    /// The number of each literal.
    numbers: HashMap<Box<[u8]>, usize, foldhash::fast::RandomState>,
    regexes: Vec<(Hir, PatternId)>,
}

impl Builder {
    fn pattern(&mut self, pattern: PatternId, shape: &Shape, needles: Needles) {
        match Sought::of(shape, needles) {
            Sought::Middles(literals) => {
                for (rank, literal) in (0..).zip(literals) {
                    self.literal(literal, Posting::Middle { pattern, rank });
                }
            }
            Sought::Regex(hir) => self.regexes.push((hir.clone(), pattern)),
            Sought::Required(literals) => {
                for literal in literals {
                    self.literal(literal, Posting::Candidate { pattern });
                }
            }
            Sought::Nothing => self.plan.unfiltered.push(pattern),
            Sought::Anchors => {}
        }
    }

    fn literal(&mut self, literal: &[u8], posting: Posting) {
        let plan = &mut self.plan;
        let number = *self.numbers.entry(literal.into()).or_insert_with(|| {
            plan.literals.push(literal.into());
            plan.postings.push(Vec::new());
            plan.literals.len() - 1
        });
        plan.postings[number].push(posting);
    }

    fn finish(mut self) -> Plan {
        for (hir, pattern) in self.regexes {
            self.plan.regexes.push(hir);
            self.plan.postings.push(vec![Posting::Candidate { pattern }]);
        }
        self.plan
    }
}

/// Whether the automaton can look for `hir` in many lines at once: it must not look around, since the ends of a line
/// are not the ends of what it reads, and must not be empty.
fn is_needle(hir: &Hir) -> bool {
    let properties = hir.properties();
    properties.look_set().is_empty() && properties.minimum_len().is_some_and(|len| len > 0)
}
