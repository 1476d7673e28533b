//! One pattern, as data: what a user writes, in a file or in code.

use std::sync::Arc;

use super::relation::RelationType;
use crate::rule::Rule;

/// A pattern: a regex with a source and a target group, or just a trigger, and what a match of it means.
///
/// A pattern is plain data until a [`PatternSet`](super::PatternSet) checks it.
///
/// ```
/// use relscan::{Direction, Pattern, RelationType};
///
/// let by_trigger = Pattern::trigger("prevents", RelationType::Causal, "prevents").with_confidence(0.7);
/// let by_regex = Pattern::regex("because-of", RelationType::Causal, r"(?<effect>.+?) because of (?<cause>.+)")
///     .with_source("cause")
///     .with_target("effect");
/// let reversed = Pattern::trigger("is-caused-by", RelationType::Causal, "is caused by")
///     .with_direction(Direction::Reversed);
/// assert_eq!(reversed.name(), "is-caused-by");
/// # let _ = (by_trigger, by_regex);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    pub(crate) name: Arc<str>,
    pub(crate) relation: RelationType,
    pub(crate) matcher: Matcher,
    pub(crate) direction: Direction,
    pub(crate) argument: ArgumentMode,
    pub(crate) rules: ArgumentRules,
    pub(crate) confidence: f64,
    pub(crate) evidence: Option<u32>,
    pub(crate) reference: Option<String>,
    pub(crate) examples: Vec<Example>,
}

/// What a pattern asks of bounded arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ArgumentRules {
    pub(crate) reach: Option<Reach>,
    pub(crate) lists: Lists,
    pub(crate) unwrap: bool,
    pub(crate) left: Option<String>,
    pub(crate) right: Option<String>,
}

/// How a pattern recognises its place in the text.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Matcher {
    /// With arguments that reach to the ends of the line, a phrase, lower-cased and set between one space on each
    /// side: `causes` is the regex `(.+?) causes (.+)`. With bounded arguments, an expression in the language of
    /// triggers: `{cause:participle} ~ by`.
    Trigger(String),
    /// A regex in the syntax of the `regex` crate, matched against one line of lowered text at a time.
    Regex {
        /// The regex as written.
        regex: String,
        /// The group that holds the source; 1 unless said otherwise.
        source: Group,
        /// The group that holds the target; 2 unless said otherwise.
        target: Group,
    },
    /// A rule over phrases, matched against sentences that have been read.
    Rule(Rule),
}

/// A capture group of a regex, by number or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Group {
    /// A group by its number, from 1.
    Number(usize),
    /// A group by its name, as in `(?<cause>...)`.
    Name(String),
}

impl From<usize> for Group {
    fn from(number: usize) -> Self {
        Group::Number(number)
    }
}

impl From<&str> for Group {
    fn from(name: &str) -> Self {
        Group::Name(name.to_owned())
    }
}

/// Whether the argument on the left is the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// The source group is the source.
    #[default]
    Forward,
    /// The source group holds the target and the other way round, as in `X is caused by Y`.
    Reversed,
}

/// How far an argument reaches from its trigger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArgumentMode {
    /// As far as the regex group reaches: for a trigger, to the bounds of the line.
    #[default]
    Line,
    /// To the bounds of the sentence.
    Sentence,
    /// To the nearest punctuation or conjunction.
    Clause,
    /// A noun phrase of at most six words, found by rules of English; coordinated phrases give an association each.
    Phrase,
}

impl ArgumentMode {
    /// The modes, and what pattern files call them.
    pub const ALL: [(ArgumentMode, &'static str); 4] = [
        (ArgumentMode::Line, "line"),
        (ArgumentMode::Sentence, "sentence"),
        (ArgumentMode::Clause, "clause"),
        (ArgumentMode::Phrase, "phrase"),
    ];
}

/// How far from the trigger the left argument of mode [`Phrase`](ArgumentMode::Phrase) may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reach {
    /// It is the noun phrase that ends where the trigger begins. The default of triggers that begin with no verb.
    Near,
    /// It is the subject of the verb that the trigger begins with: `cuts in the spine cause pain` gives `cuts`, not
    /// `spine`. The default of triggers that begin with a verb.
    Subject,
    /// As [`Subject`](Reach::Subject), and where only names and asides stand between, the phrase that opens the
    /// sentence.
    Opening,
}

impl Reach {
    /// The reaches, and what pattern files call them.
    pub const ALL: [(Reach, &'static str); 3] =
        [(Reach::Near, "near"), (Reach::Subject, "subject"), (Reach::Opening, "opening")];
}

/// On which sides of the trigger `A, B and C` is a list of arguments, in mode [`Phrase`](ArgumentMode::Phrase).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lists {
    /// On both.
    #[default]
    Both,
    /// On the left only.
    Left,
    /// On the right only.
    Right,
    /// On the right only, and a list need not end with a conjunction: `metals such as iron, tin`.
    Open,
    /// On neither.
    None,
}

impl Lists {
    /// The values, and what pattern files call them.
    pub const ALL: [(Lists, &'static str); 5] = [
        (Lists::Both, "both"),
        (Lists::Left, "left"),
        (Lists::Right, "right"),
        (Lists::Open, "open"),
        (Lists::None, "none"),
    ];
}

/// A text and the associations that one pattern must find in it: a test that travels with the pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The text to extract from.
    pub text: String,
    /// The expected (source, target) pairs in order; empty if the pattern must not match.
    pub expect: Vec<(String, String)>,
}

impl Pattern {
    /// The confidence of a pattern that states none: that of the seed pack.
    pub const DEFAULT_CONFIDENCE: f64 = 0.8;

    /// A pattern whose trigger stands between its arguments, with one space on each side.
    pub fn trigger(name: impl Into<String>, relation: RelationType, trigger: impl Into<String>) -> Self {
        Self::new(name.into(), relation, Matcher::Trigger(trigger.into()))
    }

    /// A pattern given as a regex whose group 1 is the source and group 2 the target.
    pub fn regex(name: impl Into<String>, relation: RelationType, regex: impl Into<String>) -> Self {
        let matcher = Matcher::Regex { regex: regex.into(), source: Group::Number(1), target: Group::Number(2) };
        Self::new(name.into(), relation, matcher)
    }

    /// A rule over phrases.
    ///
    /// ```
    /// use relscan::{Extractor, Pattern, PatternSet, RelationType, Rule};
    ///
    /// let rule = Rule { verbs: vec!["lead to".into()], ..Rule::default() };
    /// let patterns = PatternSet::new([Pattern::rule("lead-to", RelationType::Causal, rule)])?;
    /// let extractor = Extractor::builder().patterns(patterns).build()?;
    /// let found = extractor.extract("Years of heavy\nsmoking have often led to cancer.");
    /// let first = found.iter().next().expect("one is found");
    /// assert_eq!((first.source(), first.target()), ("years of heavy smoking", "cancer"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rule(name: impl Into<String>, relation: RelationType, rule: Rule) -> Self {
        Self::new(name.into(), relation, Matcher::Rule(rule))
    }

    pub(crate) fn new(name: String, relation: RelationType, matcher: Matcher) -> Self {
        Pattern {
            name: name.into(),
            relation,
            matcher,
            direction: Direction::default(),
            argument: ArgumentMode::default(),
            rules: ArgumentRules::default(),
            confidence: Self::DEFAULT_CONFIDENCE,
            evidence: None,
            reference: None,
            examples: Vec::new(),
        }
    }

    /// Says which group of the regex is the source. Without effect on a trigger, which has no groups.
    #[must_use]
    pub fn with_source(mut self, group: impl Into<Group>) -> Self {
        if let Matcher::Regex { source, .. } = &mut self.matcher {
            *source = group.into();
        }
        self
    }

    /// Says which group of the regex is the target. Without effect on a trigger, which has no groups.
    #[must_use]
    pub fn with_target(mut self, group: impl Into<Group>) -> Self {
        if let Matcher::Regex { target, .. } = &mut self.matcher {
            *target = group.into();
        }
        self
    }

    /// Sets the direction.
    #[must_use]
    pub fn with_direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// Sets how far arguments reach.
    #[must_use]
    pub fn with_argument(mut self, mode: ArgumentMode) -> Self {
        self.argument = mode;
        self
    }

    /// Sets how far the left argument may be from the trigger.
    #[must_use]
    pub fn with_reach(mut self, reach: Reach) -> Self {
        self.rules.reach = Some(reach);
        self
    }

    /// Sets where lists of arguments are seen.
    #[must_use]
    pub fn with_lists(mut self, lists: Lists) -> Self {
        self.rules.lists = lists;
        self
    }

    /// Looks through nouns that only measure or classify: of `a kind of fish` the argument is `fish`.
    #[must_use]
    pub fn with_unwrap(mut self, unwrap: bool) -> Self {
        self.rules.unwrap = unwrap;
        self
    }

    /// Sets what the left argument must be, as `artifact|body & !time`.
    #[must_use]
    pub fn with_left(mut self, condition: impl Into<String>) -> Self {
        self.rules.left = Some(condition.into());
        self
    }

    /// Sets what the right argument must be.
    #[must_use]
    pub fn with_right(mut self, condition: impl Into<String>) -> Self {
        self.rules.right = Some(condition.into());
        self
    }

    /// Says where the pattern comes from.
    #[must_use]
    pub fn with_reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Sets the confidence, from 0 to 1.
    #[must_use]
    pub fn with_confidence(mut self, confidence: f64) -> Self {
        self.confidence = confidence;
        self
    }

    /// Adds an example: `text` must give exactly the (source, target) pairs of `expect`.
    #[must_use]
    pub fn with_example(mut self, text: impl Into<String>, expect: &[(&str, &str)]) -> Self {
        let expect = expect.iter().map(|&(source, target)| (source.to_owned(), target.to_owned())).collect();
        self.examples.push(Example { text: text.into(), expect });
        self
    }

    /// The name, unique within its set.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The relation that a match asserts.
    #[must_use]
    pub fn relation(&self) -> &RelationType {
        &self.relation
    }

    /// The trigger or regex.
    #[must_use]
    pub fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    /// The confidence of every association of this pattern, from 0 to 1.
    #[must_use]
    pub fn confidence(&self) -> f64 {
        self.confidence
    }

    /// How far the left argument may be from the trigger, if the pattern says so.
    #[must_use]
    pub fn reach(&self) -> Option<Reach> {
        self.rules.reach
    }

    /// Where lists of arguments are seen.
    #[must_use]
    pub fn lists(&self) -> Lists {
        self.rules.lists
    }

    /// Whether nouns that only measure or classify are looked through.
    #[must_use]
    pub fn unwrap(&self) -> bool {
        self.rules.unwrap
    }

    /// What the left argument must be, if anything is asked of it.
    #[must_use]
    pub fn left(&self) -> Option<&str> {
        self.rules.left.as_deref()
    }

    /// What the right argument must be, if anything is asked of it.
    #[must_use]
    pub fn right(&self) -> Option<&str> {
        self.rules.right.as_deref()
    }

    /// How many judged matches the confidence was measured on, if it was measured.
    #[must_use]
    pub fn evidence(&self) -> Option<u32> {
        self.evidence
    }

    /// Where the pattern comes from, if it says so.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// The direction.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// How far arguments reach.
    #[must_use]
    pub fn argument(&self) -> ArgumentMode {
        self.argument
    }

    /// The examples, in the order given.
    #[must_use]
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }
}
