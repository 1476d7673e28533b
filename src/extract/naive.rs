//! The oracle: one `regex` per pattern, one line after another, written to be obviously right.
//!
//! It shares nothing with the compiled engine but the patterns and what a space is. It is slow; tests and benchmarks
//! compare with it, and so can a user.

use std::ops::{ControlFlow, Range};

use regex::{Captures, Regex, RegexBuilder};

use super::Emit;
use super::association::{Association, Frame, Reading, Spans};
use super::document::Document;
use crate::argument::{Argument, Found, Oracle};
use crate::error::BuildError;
use crate::pattern::{ArgumentMode, Direction, Group, Matcher, Pattern, PatternId, PatternSet};
use crate::text::is_space;

#[derive(Debug)]
pub(crate) struct Naive {
    /// For each pattern; none for one with bounded arguments.
    regexes: Vec<Option<Regex>>,
    /// For the patterns with bounded arguments.
    oracle: Option<Oracle>,
}

impl Naive {
    pub(crate) fn new(set: &PatternSet) -> Result<Self, BuildError> {
        let compile = |pattern: &Pattern| {
            if pattern.argument() != ArgumentMode::Line {
                return Ok(None);
            }
            let regex = match pattern.matcher() {
                Matcher::Trigger(trigger) => {
                    format!("(.+?) {} (.+)", regex::escape(&trigger.trim().to_lowercase()))
                }
                Matcher::Regex { regex, .. } => regex.clone(),
                Matcher::Rule(_) => return Ok(None),
            };
            let regex = RegexBuilder::new(&regex).nest_limit(crate::pattern::shape::NEST_LIMIT).build();
            regex.map(Some).map_err(|error| BuildError::pattern(pattern, &error))
        };
        Ok(Naive { regexes: set.iter().map(compile).collect::<Result<_, _>>()?, oracle: Oracle::new(set)? })
    }

    /// Every association of `document`, in order.
    pub(crate) fn extract(&self, set: &PatternSet, document: &Document<'_>, emit: &mut dyn Emit) -> ControlFlow<()> {
        let mut offset = document.offset;
        for (number, line) in (document.line..).zip(document.text.split('\n')) {
            let lowered = line.to_lowercase();
            let original = original_offsets(line, offset);
            let place = Line { number, lowered: &lowered, original: &original };
            let bounded = self.oracle.as_ref().map_or_else(Vec::new, |oracle| oracle.read(line));
            for (id, regex) in set.ids().zip(&self.regexes) {
                for found in bounded.iter().filter(|found| found.pattern == id) {
                    emit.emit(&bounded_association(set, document, &place, offset, line, found))?;
                }
                for captures in regex.iter().flat_map(|regex| regex.captures_iter(&lowered)) {
                    if let Some(association) = association(set, id, document, &place, &captures) {
                        emit.emit(&association)?;
                    }
                }
            }
            offset += line.len() + 1;
        }
        ControlFlow::Continue(())
    }
}

struct Line<'l> {
    number: usize,
    lowered: &'l str,
    original: &'l [Range<usize>],
}

/// For each byte of the lowered `line`, the bytes of the character it came from; `offset` is where the line begins.
fn original_offsets(line: &str, offset: usize) -> Vec<Range<usize>> {
    let mut offsets = Vec::new();
    for (at, c) in line.char_indices() {
        let start = offset + at;
        // A byte of a character that keeps its length stays where it was.
        let lowered: usize = c.to_lowercase().map(char::len_utf8).sum();
        if lowered == c.len_utf8() {
            offsets.extend((0..lowered).map(|i| start + i..start + i + 1));
        } else {
            offsets.extend((0..lowered).map(|_| start..start + c.len_utf8()));
        }
    }
    let end = offset + line.len();
    offsets.push(end..end);
    offsets
}

fn association<'a>(
    set: &'a PatternSet,
    id: PatternId,
    document: &Document<'a>,
    line: &Line<'a>,
    captures: &Captures<'_>,
) -> Option<Association<'a>> {
    let pattern = set.get(id);
    let first = Group::Number(1);
    let second = Group::Number(2);
    let (source, target) = match pattern.matcher() {
        Matcher::Trigger(_) => (&first, &second),
        Matcher::Regex { source, target, .. } => (source, target),
        Matcher::Rule(_) => return None,
    };
    let group = |group: &Group| match group {
        Group::Number(number) => captures.get(*number).map(|m| m.range()),
        Group::Name(name) => captures.name(name).map(|m| m.range()),
    };
    let (source, target) = (group(source)?, group(target)?);
    let between = match captures.name("trigger") {
        Some(trigger) => trigger.range(),
        None if source.end <= target.start => source.end..target.start,
        None if target.end <= source.start => target.end..source.start,
        None => captures.get_match().range(),
    };
    let (source, target) = match pattern.direction() {
        Direction::Forward => (source, target),
        Direction::Reversed => (target, source),
    };
    let [source, trigger, target] = [source, between, target].map(|span| stripped(line.lowered, span));
    if source.is_empty() || target.is_empty() {
        return None;
    }
    let original = |span: &Range<usize>| {
        let start = line.original[span.start].start;
        let end = if span.is_empty() { start } else { line.original[span.end - 1].end };
        (start..end).into()
    };
    Some(Association {
        document: document.id,
        document_index: document.index,
        line: line.number,
        pattern_id: id,
        pattern: pattern.name(),
        relation: pattern.relation(),
        confidence: pattern.confidence(),
        source: (&line.lowered[source.clone()]).into(),
        target: (&line.lowered[target.clone()]).into(),
        spans: Spans { source: original(&source), trigger: original(&trigger), target: original(&target) },
        frame: Frame::Document,
        context: document.context(),
        reading: None,
    })
}

/// What the rules found in the line `text` at `offset` in the document; the texts are those of the lowered line.
fn bounded_association<'a>(
    set: &'a PatternSet,
    document: &Document<'a>,
    line: &Line<'a>,
    offset: usize,
    text: &str,
    found: &Found,
) -> Association<'a> {
    let pattern = set.get(found.pattern);
    let (source, target) = match pattern.direction() {
        Direction::Forward => (&found.left, &found.right),
        Direction::Reversed => (&found.right, &found.left),
    };
    // How long the text before `at` is in lower case: either sigma is as long as the capital one.
    let lowered_len = |at: usize| text[..at].to_lowercase().len();
    let lowered = |span: &Range<usize>| &line.lowered[lowered_len(span.start)..lowered_len(span.end)];
    let original = |span: &Range<usize>| (offset + span.start..offset + span.end).into();
    let head = |argument: &Argument| argument.head.as_ref().map(|head| (lowered(head), original(head)));
    Association {
        document: document.id,
        document_index: document.index,
        line: line.number,
        pattern_id: found.pattern,
        pattern: pattern.name(),
        relation: pattern.relation(),
        confidence: super::association::confidence(pattern, found.hedged),
        source: lowered(&source.span).into(),
        target: lowered(&target.span).into(),
        spans: Spans {
            source: original(&source.span),
            trigger: original(&found.trigger),
            target: original(&target.span),
        },
        frame: Frame::Document,
        context: document.context(),
        reading: Some(Reading {
            negated: found.negated,
            hedged: found.hedged,
            pronoun: source.pronoun || target.pronoun,
            source_head: head(source),
            target_head: head(target),
            ..Reading::default()
        }),
    }
}

fn stripped(text: &str, span: Range<usize>) -> Range<usize> {
    let mut rest = text[span.clone()].char_indices().filter(|(_, c)| !is_space(*c));
    match (rest.next(), rest.next_back()) {
        (None, _) => span.end..span.end,
        (Some((first, c)), None) => span.start + first..span.start + first + c.len_utf8(),
        (Some((first, _)), Some((last, c))) => span.start + first..span.start + last + c.len_utf8(),
    }
}
