//! Deciding whether and where a pattern matches in a line that the scanner pointed out.

use std::ops::{ControlFlow, Range};

use regex_automata::Input;
use regex_automata::meta;
use regex_syntax::hir::{Dot, Hir};

use super::hits::Place;
use crate::error::BuildError;
use crate::pattern::shape::{Middle, Shape};
use crate::pattern::{Direction, Pattern, PatternSet};

/// Decides whether and where a pattern matches in a line.
#[derive(Debug)]
pub(super) struct Verifier {
    /// Whether the argument on the left, or in the source group, is the source.
    pub(super) forward: bool,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// The scanner's hits decide it.
    Literal,
    /// A regex for the middle of a split pattern and one character after it.
    Middle(meta::Regex),
    /// The grammar decides it.
    Bounded,
    /// The whole regex.
    Whole { regex: meta::Regex, source: usize, target: usize, trigger: Option<usize> },
}

/// Where a pattern matched in the lowered text.
pub(super) struct Match {
    pub(super) source: Range<usize>,
    pub(super) trigger: Range<usize>,
    pub(super) target: Range<usize>,
}

impl Verifier {
    /// One for each pattern of `set`, in order.
    pub(super) fn for_all(set: &PatternSet) -> Result<Vec<Self>, BuildError> {
        set.iter().zip(set.shapes()).map(|(pattern, shape)| Self::new(pattern, shape)).collect()
    }

    fn new(pattern: &Pattern, shape: &Shape) -> Result<Self, BuildError> {
        let compile = |hir: &Hir| {
            let config = meta::Config::new().nfa_size_limit(None).onepass_size_limit(Some(1 << 20));
            let regex = meta::Builder::new().configure(config).build_from_hir(hir);
            regex.map_err(|error| BuildError::pattern(pattern, &error))
        };
        let forward = pattern.direction() == Direction::Forward;
        Ok(match shape {
            Shape::Split { middle: Middle::Literals(_), left_is_source } => {
                Verifier { forward: forward == *left_is_source, kind: Kind::Literal }
            }
            Shape::Split { middle: Middle::Regex { hir, .. }, left_is_source } => {
                let regex = compile(&Hir::concat(vec![hir.clone(), Hir::dot(Dot::AnyChar)]))?;
                Verifier { forward: forward == *left_is_source, kind: Kind::Middle(regex) }
            }
            Shape::Bounded(_) | Shape::Rule(_) => Verifier { forward, kind: Kind::Bounded },
            Shape::Whole(whole) => {
                let (source, target, trigger) = (whole.source, whole.target, whole.trigger);
                Verifier { forward, kind: Kind::Whole { regex: compile(&whole.hir)?, source, target, trigger } }
            }
        })
    }

    /// Whether the grammar finds the matches, and not [`matches`](Self::matches).
    pub(super) fn is_bounded(&self) -> bool {
        matches!(self.kind, Kind::Bounded)
    }

    /// Whether it splits a line at a hit.
    pub(super) fn splits(&self) -> bool {
        matches!(self.kind, Kind::Literal)
    }

    /// Calls `found` for each match in `line` of `text`; `place` is the hit of a literal middle.
    pub(super) fn matches(
        &self,
        text: &str,
        line: &Range<usize>,
        place: Place,
        found: &mut dyn FnMut(Match) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let split = |middle: Range<usize>| Match {
            source: line.start..middle.start,
            trigger: middle.clone(),
            target: middle.end..line.end,
        };
        match &self.kind {
            Kind::Bounded => ControlFlow::Continue(()),
            Kind::Literal => found(split(place.start..place.end)),
            Kind::Middle(regex) => {
                let line_text = &text[line.clone()];
                let Some(first) = line_text.chars().next() else { return ControlFlow::Continue(()) };
                let Some(hit) = regex.find(Input::new(line_text).range(first.len_utf8()..)) else {
                    return ControlFlow::Continue(());
                };
                let last = line_text[hit.range()].chars().next_back().map_or(0, char::len_utf8);
                found(split(line.start + hit.start()..line.start + hit.end() - last))
            }
            Kind::Whole { regex, source, target, trigger } => {
                for captures in regex.captures_iter(&text[line.clone()]) {
                    let group = |index: usize| {
                        captures.get_group(index).map(|span| line.start + span.start..line.start + span.end)
                    };
                    let (Some(source), Some(target)) = (group(*source), group(*target)) else { continue };
                    let trigger = match trigger.and_then(group) {
                        Some(trigger) => trigger,
                        None if source.end <= target.start => source.end..target.start,
                        None if target.end <= source.start => target.end..source.start,
                        None => group(0).unwrap_or(source.start..target.end),
                    };
                    found(Match { source, trigger, target })?;
                }
                ControlFlow::Continue(())
            }
        }
    }
}
