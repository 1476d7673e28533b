//! The oracle for bounded arguments: written to be obviously right, and slow.
//!
//! It reads every sentence of every line, looks for the trigger of each pattern by a regex of its own, and hands every
//! match to the argument rules. It shares with the [`Grammar`] the tokens and the argument rules; what it judges is
//! everything that makes the grammar fast: anchors, the look at neighbouring words, the order of reading, the bounds
//! of sentences, the matching of triggers, what is remembered of words.

use std::ops::Range;

use regex::Regex;

use super::class;
use super::grammar::{Grammar, Wanted};
use super::phrase::Sentence;
use super::recent::Recent;
use super::rule::{Found, Shared};
use super::sentence::{ABBREVIATIONS, SENTENCE_LIMIT};
use super::token::tokenize_any;
use super::vocabulary::Vocabulary;
use crate::error::BuildError;
use crate::pattern::PatternSet;
use crate::pattern::trigger::{ADVERBS_LIMIT, Element, ElementKind, Trigger};

/// All patterns with bounded arguments, and a regex for each trigger.
#[derive(Debug)]
pub(crate) struct Oracle {
    grammar: Grammar,
    triggers: Vec<Regex>,
}

impl Oracle {
    /// The oracle for `set`; `None` if no pattern has bounded arguments.
    pub(crate) fn new(set: &PatternSet) -> Result<Option<Self>, BuildError> {
        let Some(grammar) = Grammar::new(set, Wanted { negated: true, pronouns: true }) else { return Ok(None) };
        let compile = |rule: &super::rule::Rule| {
            Regex::new(&trigger_regex(&rule.trigger))
                .map_err(|error| BuildError::pattern(set.get(rule.pattern), &error))
        };
        let triggers = grammar.rules().iter().map(compile).collect::<Result<_, _>>()?;
        Ok(Some(Oracle { grammar, triggers }))
    }

    /// What the rules find in `line`, by pattern and then position.
    pub(crate) fn read(&self, line: &str) -> Vec<Found> {
        let mut found = Vec::new();
        let recent = Recent::default();
        let vocabulary = Vocabulary { lexicon: self.grammar.lexicon(), recent: &recent, questions: None };
        for span in sentences(line) {
            let mut tokens = Vec::new();
            tokenize_any(line, span, &mut tokens);
            let sentence = Sentence { text: line, tokens: &tokens, vocabulary };
            for (rule, trigger) in self.grammar.rules().iter().zip(&self.triggers) {
                for start in 0..tokens.len() {
                    let rest: String = (start..tokens.len()).map(|at| written(&sentence, at)).collect();
                    if let Some(matched) = trigger.find(&rest) {
                        let len = matched.as_str().matches(']').count();
                        rule.arguments(&sentence, start..start + len, &mut Shared::default(), &mut found);
                    }
                }
            }
        }
        found.sort_by_key(|found| (found.pattern, found.trigger.start));
        found
    }
}

/// A token as the regexes see it: a space before it if what separates it from the token before begins and ends with
/// one, else `<`; the word in small letters; within brackets an `a` for an adverb, a `w` for a word of no closed class,
/// an `m` for a mark; and `>` if a trigger cannot end with it, since it is a word that no space follows.
fn written(sentence: &Sentence<'_>, at: usize) -> String {
    let (line, token) = (sentence.text, &sentence.tokens[at]);
    let before = at.checked_sub(1).map_or(0, |previous| sentence.tokens[previous].end);
    let gap = &line[before..token.start];
    let apart = gap.ends_with(' ') && (at == 0 || gap.starts_with(' '));
    let word = line[token.start..token.end].to_ascii_lowercase().replace(['[', ']', '<', '>', ' '], "#");
    let classes = sentence.classes(at);
    let adverb = classes.any(class::WORD)
        && (classes.any(class::LIGHT_ADVERB)
            || (word.is_ascii() && word.len() > 3 && word.ends_with("ly") && !classes.any(class::NOUN)));
    let open = classes.is_open_word();
    let is_word = classes.any(class::WORD);
    let letters = [(adverb, 'a'), (open, 'w'), (!is_word, 'm')];
    let letters: String = letters.iter().filter(|(is, _)| *is).map(|(_, letter)| *letter).collect();
    let ends = !is_word || line[token.end..].starts_with(' ');
    format!("{}{word}[{letters}]{}", if apart { ' ' } else { '<' }, if ends { "" } else { ">" })
}

fn trigger_regex(trigger: &Trigger) -> String {
    let part = |element: &Element| {
        let inner = match &element.kind {
            ElementKind::Any => r">? [^\[]*\[[am]*w[am]*\]".to_owned(),
            ElementKind::Adverbs => format!(r"(?:>? [^\[]*\[a[wm]*\]){{0,{ADVERBS_LIMIT}}}"),
            ElementKind::Words(all) => {
                // A mark need not follow a space; a word must.
                let word = |word: &String| format!(r"(?:>?<{0}\[[aw]*m[aw]*\]|>? {0}\[[awm]*\])", regex::escape(word));
                let sequence = |words: &Vec<String>| words.iter().map(word).collect::<String>();
                all.iter().map(sequence).collect::<Vec<_>>().join("|")
            }
        };
        format!("(?:{inner}){}", if element.optional { "?" } else { "" })
    };
    let parts: String = trigger.elements.iter().map(part).collect();
    format!("^{parts}(?:[ <]|$)")
}

/// The sentences of `line`, by looking at every place where one might end.
fn sentences(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < line.len() {
        let limit = cut(line, start);
        let ends = |(at, c): (usize, char)| {
            let stop = start + at;
            let closing = line[stop + 1..].chars().take_while(|c| "\"')]".contains(*c)).count();
            let end = stop + 1 + closing;
            (".!?".contains(c) && ends_sentence(line, start, stop, end)).then_some(end)
        };
        let end = line[start..limit].char_indices().filter(|(_, c)| c.is_ascii()).find_map(ends).unwrap_or(limit);
        found.push(start..end);
        start = end;
    }
    found
}

fn cut(line: &str, start: usize) -> usize {
    let spaces = line.char_indices().filter(|&(at, c)| c == ' ' && at >= start + SENTENCE_LIMIT);
    spaces.map(|(at, _)| at).next().unwrap_or(line.len())
}

/// Whether the mark at `stop` ends the sentence from `start` on, the next one beginning at `end`.
fn ends_sentence(line: &str, start: usize, stop: usize, end: usize) -> bool {
    let rest = &line[end..];
    if !rest.starts_with([' ', '\t', '\r']) {
        return false;
    }
    let goes_on = rest.trim_start().chars().next().is_some_and(|c| c.is_lowercase() || ",;:)".contains(c));
    let before = &line[start..stop];
    let word: String = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).next().unwrap_or("").into();
    let initial = word.len() == 1 && word.chars().all(|c| c.is_ascii_uppercase());
    let abbreviated = initial || ABBREVIATIONS.contains(&word.to_ascii_lowercase().as_str());
    let in_abbreviation = line[stop..].starts_with('.') && abbreviated;
    !(goes_on || in_abbreviation)
}
