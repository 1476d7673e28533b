//! Rules over phrases, applied to documents: paragraph by paragraph, so that neither line breaks nor the cutting of work
//! change what is found.

use std::ops::{ControlFlow, Range};

use bumpalo::Bump;
use bumpalo::collections::String as ArenaString;

use super::Emit;
use super::association::{Association, Frame, Reading, Spans, confidence};
use super::document::Document;
use super::hits::Hits;
use crate::language::{Analysis, Language, SentenceView, Syntax};
use crate::pattern::shape::Shape;
use crate::pattern::{PatternId, PatternSet};
use crate::rule::{Argument, Finder, Hit, Index};

/// The rules of a set, and the language that they are about.
#[derive(Debug)]
pub(super) struct Ruled {
    index: Index,
    ids: Vec<PatternId>,
    language: &'static Language,
}

/// Memory that one paragraph after another uses again.
#[derive(Debug, Default)]
pub(super) struct Paper {
    analysis: Analysis,
    syntax: Syntax,
    hits: Vec<Hit>,
    arena: Bump,
}

impl Ruled {
    /// The rules of `set`; `None` if it has none.
    pub(super) fn new(set: &PatternSet) -> Option<Self> {
        let mut index = Index::default();
        let ids: Vec<PatternId> = set.ids().collect();
        for (id, shape) in ids.iter().zip(set.shapes()) {
            if let Shape::Rule(checked) = shape {
                index.add(id.index(), (**checked).clone());
            }
        }
        if index.is_empty() {
            return None;
        }
        let language = Language::english();
        index.number(language);
        Some(Self { index, ids, language })
    }

    /// Emits what the rules find in the text of `document`, a paragraph or a few, by sentence and trigger; nothing more once
    /// `wish` says to stop.
    pub(super) fn extract(
        &self,
        set: &PatternSet,
        paper: &mut Paper,
        wish: &Hits,
        document: &Document<'_>,
        emit: &mut impl Emit,
    ) -> ControlFlow<()> {
        let text = document.text;
        self.language.read(text, &mut paper.analysis);
        let mut lines = Lines { text, at: 0, line: document.line };
        for sentence in 0..paper.analysis.sentences().len() {
            if wish.are_stopped() {
                return ControlFlow::Continue(());
            }
            if !self.index.may_match(text, &paper.analysis, sentence) {
                continue;
            }
            paper.syntax.read(text, &paper.analysis, sentence);
            paper.hits.clear();
            Finder::new(&self.index, self.language, &paper.syntax, text).find(&mut paper.hits);
            let view = paper.syntax.view(text);
            for hit in &paper.hits {
                paper.arena.reset();
                let line = lines.of(hit.source.span(&view).start);
                let polarity = self.index.facts(hit.rule).and_then(|facts| facts.polarity);
                let found = association(set, self.ids[hit.rule], document, &view, hit, line, &paper.arena);
                let reading = found.reading.map(|reading| Reading { polarity, ..reading });
                emit.emit(&Association { reading, ..found })?;
            }
        }
        ControlFlow::Continue(())
    }
}

/// Counts lines, forwards.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn of(&mut self, at: usize) -> usize {
        if at < self.at {
            return self.line - memchr::memchr_iter(b'\n', &self.text.as_bytes()[at..self.at]).count();
        }
        self.line += memchr::memchr_iter(b'\n', &self.text.as_bytes()[self.at..at]).count();
        self.at = at;
        self.line
    }
}

fn association<'a>(
    set: &'a PatternSet,
    id: PatternId,
    document: &Document<'a>,
    view: &SentenceView<'_>,
    hit: &Hit,
    line: usize,
    arena: &'a Bump,
) -> Association<'a> {
    let pattern = set.get(id);
    let span = |span: Range<usize>| (document.offset + span.start..document.offset + span.end).into();
    let token = |at: usize| view.tokens[at].start as usize..view.tokens[at].end as usize;
    let head = |argument: &Argument| {
        argument.group.map(|_| (lowered(&view.text[token(argument.head)], arena), span(token(argument.head))))
    };
    let sentence = token(0).start..token(view.tokens.len() - 1).end;
    let trigger = token(hit.trigger.start).start..token(hit.trigger.end - 1).end;
    Association {
        document: document.id,
        document_index: document.index,
        line,
        pattern_id: id,
        pattern: pattern.name(),
        relation: pattern.relation(),
        confidence: confidence(pattern, hit.hedged),
        source: lowered(&view.text[hit.source.span(view)], arena).into(),
        target: lowered(&view.text[hit.target.span(view)], arena).into(),
        spans: Spans {
            source: span(hit.source.span(view)),
            trigger: span(trigger),
            target: span(hit.target.span(view)),
        },
        context: document.context(),
        frame: Frame::Document,
        reading: Some(Reading {
            negated: hit.negated,
            hedged: hit.hedged,
            pronoun: hit.source.pronoun || hit.target.pronoun,
            source_head: head(&hit.source),
            target_head: head(&hit.target),
            predicate: Some(arena.alloc_str(&hit.predicate)),
            polarity: None,
            sentence: Some(span(sentence)),
        }),
    }
}

/// A text in lower case, with one space for white space, and for the marks of quoted mail after a line break.
fn lowered<'a>(text: &str, arena: &'a Bump) -> &'a str {
    let mut lowered = ArenaString::with_capacity_in(text.len(), arena);
    for word in text.split_whitespace() {
        if word.bytes().all(|byte| byte == b'>') {
            continue;
        }
        if !lowered.is_empty() {
            lowered.push(' ');
        }
        lowered.extend(word.chars().filter(|letter| !is_invisible(*letter)).flat_map(char::to_lowercase));
    }
    lowered.into_bump_str()
}

/// Tells whether a character has no width: a soft hyphen, a zero-width space or joint.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}
