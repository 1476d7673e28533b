//! A rule as data.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::frame::{Frame, Slot};
use super::sequence::Sequence;

/// A rule over phrases: words, and which of the phrases that belong to them are source and target; or sequences of phrases
/// and words.
///
/// ```toml
/// [[rule]]
/// name = "lead-to"
/// relation = "causal"
/// verbs = ["lead to", "give rise to"]     # every form, voice and clause of a verb follows
/// nouns = ["cause of"]                    # `X is the cause of Y`, `the cause of Y was X`
/// source = "subject"                      # the default
/// ```
///
/// The parts are checked when a [`PatternSet`](crate::PatternSet) is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Verbs, in their base form, each with the noun and the prepositions that belong to it: `give rise to`.
    pub verbs: Vec<String>,
    /// Adjectives with their prepositions: `responsible for`.
    pub adjectives: Vec<String>,
    /// Nouns with their prepositions: `effect on`.
    pub nouns: Vec<String>,
    /// Sequences: `target=NP ,? such as source=NP*`.
    pub sequences: Vec<String>,
    /// Which phrase is the source: `subject` unless said otherwise.
    pub source: Option<String>,
    /// Which phrase is the target: that of the last preposition unless said otherwise, or `object` if there is none.
    pub target: Option<String>,
    /// What the source must be: `plural|name & !pronoun`.
    pub source_is: Option<String>,
    /// What the target must be.
    pub target_is: Option<String>,
    /// Nouns that are looked through, in source and target, to what hangs on them: `treatment` of `treatment with insulin`.
    pub through: Vec<String>,
    /// What relates the arguments, where the words of the rule do not say it.
    pub predicate: Option<String>,
    /// Whether the source is good or bad for the target.
    pub polarity: Option<Polarity>,
}

/// Whether something is good or bad for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Polarity {
    /// `improves`.
    Positive,
    /// `damages`.
    Negative,
}

impl Polarity {
    /// What pattern files and records call it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Polarity::Positive => "positive",
            Polarity::Negative => "negative",
        }
    }
}

/// A part of a rule, to say where an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RulePart {
    Rule,
    Verbs,
    Adjectives,
    Nouns,
    Sequences,
    Source,
    Target,
    SourceIs,
    TargetIs,
}

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RuleError {
    pub(crate) part: RulePart,
    /// The number of the entry, if the part is a list.
    pub(crate) entry: usize,
    /// The bytes of the entry.
    pub(crate) within: Option<Range<usize>>,
    pub(crate) message: String,
}

/// A rule that has been checked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checked {
    pub(crate) verbs: Vec<Frame>,
    pub(crate) adjectives: Vec<Frame>,
    pub(crate) nouns: Vec<Frame>,
    pub(crate) sequences: Vec<Sequence>,
    pub(crate) source_is: Condition,
    pub(crate) target_is: Condition,
    pub(crate) through: Vec<String>,
    pub(crate) predicate: Option<String>,
    pub(crate) polarity: Option<Polarity>,
}

impl Rule {
    /// Checks every part.
    pub(crate) fn check(&self) -> Result<Checked, RuleError> {
        let fault = |part: RulePart, entry: usize, message: String| RuleError { part, entry, within: None, message };
        let slot = |part: RulePart, slot: &Option<String>| {
            slot.as_deref().map(Slot::parse).transpose().map_err(|message| fault(part, 0, message))
        };
        let source = slot(RulePart::Source, &self.source)?;
        let target = slot(RulePart::Target, &self.target)?;
        let frames = |part: RulePart, entries: &[String]| {
            let parsed = entries.iter().enumerate().map(|(entry, text)| {
                let frame = Frame::parse(text, part, source.clone(), target.clone());
                frame.map_err(|message| fault(part, entry, message))
            });
            parsed.collect::<Result<Vec<_>, _>>()
        };
        let mut sequences = Vec::new();
        for (entry, text) in self.sequences.iter().enumerate() {
            let parsed = Sequence::parse(text).map_err(|(within, message)| RuleError {
                part: RulePart::Sequences,
                entry,
                within: Some(within),
                message,
            })?;
            sequences.extend(parsed);
        }
        let condition = |part: RulePart, condition: &Option<String>| {
            let parsed = condition.as_deref().map(Condition::parse).transpose();
            parsed.map(Option::unwrap_or_default).map_err(|message| fault(part, 0, message))
        };
        let checked = Checked {
            verbs: frames(RulePart::Verbs, &self.verbs)?,
            adjectives: frames(RulePart::Adjectives, &self.adjectives)?,
            nouns: frames(RulePart::Nouns, &self.nouns)?,
            sequences,
            source_is: condition(RulePart::SourceIs, &self.source_is)?,
            target_is: condition(RulePart::TargetIs, &self.target_is)?,
            through: self.through.clone(),
            predicate: self.predicate.clone(),
            polarity: self.polarity,
        };
        if checked.verbs.is_empty()
            && checked.adjectives.is_empty()
            && checked.nouns.is_empty()
            && checked.sequences.is_empty()
        {
            let message = "a rule needs `verbs`, `adjectives`, `nouns` or `sequences`".to_owned();
            return Err(fault(RulePart::Rule, 0, message));
        }
        Ok(checked)
    }
}
