//! What can be wrong with a pattern, said so that it can be put right.

use std::fmt;
use std::ops::Range;

/// The part of a pattern that a fault is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// The pattern as a whole.
    Pattern,
    /// Its name.
    Name,
    /// Its relation.
    Relation,
    /// Its regex.
    Regex,
    /// Its trigger.
    Trigger,
    /// Its source group.
    Source,
    /// Its target group.
    Target,
    /// Its direction.
    Direction,
    /// Its argument mode.
    Argument,
    /// Its reach.
    Reach,
    /// Its lists.
    Lists,
    /// Whether it unwraps.
    Unwrap,
    /// Its condition on the left argument.
    Left,
    /// Its condition on the right argument.
    Right,
    /// Its reference.
    Reference,
    /// Its evidence.
    Evidence,
    /// Its confidence.
    Confidence,
    /// One of its examples.
    Examples,
    /// One of a rule's verbs.
    Verbs,
    /// One of a rule's adjectives.
    Adjectives,
    /// One of a rule's nouns.
    Nouns,
    /// One of a rule's sequences.
    Sequences,
    /// What a rule asks of its source.
    SourceIs,
    /// What a rule asks of its target.
    TargetIs,
    /// The nouns that a rule looks through.
    Through,
    /// The predicate of a rule.
    Predicate,
    /// The polarity of a rule.
    Polarity,
}

/// One thing wrong with one pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternError {
    pub(crate) kind: PatternErrorKind,
    pub(crate) field: Field,
    /// Bytes within the field's own text, where the fault is in a part of it.
    pub(crate) within: Option<Range<usize>>,
    /// The number of the entry, if the field is a list.
    pub(crate) entry: Option<usize>,
    pub(crate) pattern: Option<String>,
    pub(crate) index: Option<usize>,
    pub(crate) location: Option<Location>,
}

/// A place in a pattern file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The bytes of the file that the fault covers.
    pub span: Range<usize>,
}

/// The kinds of fault. The text of each says what is wrong; [`PatternError::remedy`] says what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternErrorKind {
    /// The file is not TOML.
    #[error("not valid TOML: {0}")]
    Toml(String),
    /// A key that no pattern has.
    #[error("unknown key `{0}`")]
    UnknownKey(String),
    /// A key that every pattern must have.
    #[error("missing key `{0}`")]
    MissingKey(&'static str),
    /// A value of the wrong type.
    #[error("`{key}` must be {expected}")]
    WrongType {
        /// The key.
        key: String,
        /// What is expected there.
        expected: &'static str,
    },
    /// A name of the wrong form.
    #[error(transparent)]
    Name(#[from] super::relation::InvalidName),
    /// Two patterns of one name.
    #[error("the name `{0}` is taken by an earlier pattern")]
    DuplicateName(String),
    /// A value that is not among those that exist.
    #[error("`{value}` is not the name of a {what}")]
    UnknownValue {
        /// What the value should name.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// Both a trigger and a regex, or neither.
    #[error("a pattern has either a `regex` or a `trigger`, and exactly one of them")]
    TriggerOrRegex,
    /// Groups given for a trigger.
    #[error("a trigger has no groups")]
    GroupOfTrigger,
    /// A trigger of nothing but white space, or of nothing but optional parts.
    #[error("the trigger is empty")]
    EmptyTrigger,
    /// A trigger with bounded arguments that has no word which the search could look for: of its elements that are not
    /// optional, each is a mark, or has an alternative that is, or one of words with other marks than `-` in them.
    #[error(
        "the trigger has no word to look for: marks, and words such as `don't` or `e.g`, are found only beside one"
    )]
    UnsearchableTrigger,
    /// A trigger that is not in the language of triggers.
    #[error("the trigger does not parse: {0}")]
    TriggerSyntax(String),
    /// A regex with bounded arguments.
    #[error("a regex has arguments of its own; bounded arguments need a `trigger`")]
    BoundedRegex,
    /// Rules for noun phrases where the arguments are none.
    #[error("`{0}` has a meaning only with argument = \"phrase\"")]
    NotPhrase(&'static str),
    /// A regex that does not parse.
    #[error("the regex does not parse: {0}")]
    Syntax(String),
    /// Look-ahead or look-behind.
    #[error("look-around is not supported")]
    LookAround,
    /// A back-reference.
    #[error("back-references are not supported")]
    BackReference,
    /// A regex nested too deep.
    #[error("the regex is nested deeper than {0} levels")]
    Nesting(u32),
    /// A regex or trigger that is too long or compiles to too much.
    #[error("the {what} is larger than {limit} bytes{}", if *.compiled { " when compiled" } else { "" })]
    Size {
        /// What is too large.
        what: &'static str,
        /// The limit, in bytes.
        limit: usize,
        /// Whether the compiled form is meant.
        compiled: bool,
    },
    /// Regexes that compile to too much together.
    #[error("the regexes up to this one are larger than {0} bytes together when compiled")]
    TotalSize(usize),
    /// A regex that matches the empty string.
    #[error("the regex can match the empty string")]
    MatchesEmpty,
    /// A regex that matches nothing at all.
    #[error("the regex can never match")]
    NeverMatches,
    /// A line feed in the text of a trigger or regex.
    #[error("a line feed can never match: patterns are matched within one line")]
    LineFeed,
    /// A letter that lowered text does not hold.
    #[error("`{0}` can never match: text is lower-cased before matching")]
    UpperCase(char),
    /// A group that the regex does not have.
    #[error("the regex has no group {0}")]
    MissingGroup(String),
    /// One group for both arguments.
    #[error("source and target are the same group")]
    SameGroup,
    /// A confidence that is not a number from 0 to 1.
    #[error("the confidence {0} is not within 0 to 1")]
    Confidence(f64),
    /// A rule that cannot be read.
    #[error("{0}")]
    Rule(String),
    /// A list of words that is not there.
    #[error("there is no list `{0}`")]
    UnknownList(String),
    /// A file without patterns.
    #[error("there are no patterns")]
    Empty,
    /// Too many patterns.
    #[error("more than {0} patterns")]
    TooMany(usize),
}

impl PatternError {
    pub(crate) fn new(kind: PatternErrorKind, field: Field) -> Self {
        PatternError { kind, field, within: None, entry: None, pattern: None, index: None, location: None }
    }

    pub(crate) fn at(mut self, within: Range<usize>) -> Self {
        self.within = Some(within);
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &PatternErrorKind {
        &self.kind
    }

    /// Which part of the pattern it is in.
    #[must_use]
    pub fn field(&self) -> Field {
        self.field
    }

    /// The name of the pattern, where it has one.
    #[must_use]
    pub fn pattern(&self) -> Option<&str> {
        self.pattern.as_deref()
    }

    /// The place of the pattern in its set, from 0.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// Where in the file it is, if the pattern came from one.
    #[must_use]
    pub fn location(&self) -> Option<&Location> {
        self.location.as_ref()
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        use PatternErrorKind as K;
        match &self.kind {
            K::Toml(_) => "mend the file's syntax; values are quoted, tables are written [[pattern]]",
            K::UnknownKey(_) => {
                "a pattern has the keys name, relation, regex or trigger, source, target, direction, argument, reach, lists, unwrap, left, right, confidence, evidence, reference, examples"
            }
            K::MissingKey(_) => "add the key",
            K::WrongType { .. } => "write a value of that type",
            K::Name(_) | K::DuplicateName(_) => "choose another name",
            K::UnknownValue { what: "word class", .. } => {
                "use a class that docs/PATTERNS.md lists, `=word`, or `!` before either; join by `|` and `&`"
            }
            K::UnknownValue { .. } => {
                "use one of: forward, reversed (direction); line, sentence, clause, phrase (argument); near, subject, opening (reach); both, left, right, open, none (lists)"
            }
            K::TriggerSyntax(_) => "mend the trigger; docs/PATTERNS.md describes its language",
            K::BoundedRegex => "write a `trigger` instead of the `regex`, or remove `argument`",
            K::NotPhrase(_) => "add argument = \"phrase\", or remove the key",
            K::TriggerOrRegex => "keep the one that says what you mean",
            K::GroupOfTrigger => "remove `source` and `target`; to swap the arguments write direction = \"reversed\"",
            K::UnsearchableTrigger => {
                "add a word of letters, digits and `-` that is always there, in each alternative of a group"
            }
            K::EmptyTrigger => "write the words that stand between the arguments",
            K::Syntax(_) => "mend the regex; the syntax is that of the regex crate",
            K::LookAround => "capture the context in a group of its own, or use two patterns",
            K::BackReference => "write the alternatives out",
            K::Nesting(_) => "flatten the groups",
            K::Size { .. } => "shorten it, or lower the bounds of its repetitions",
            K::MatchesEmpty => "ask for at least one character, as in `(.+?) trigger (.+)`",
            K::NeverMatches => "remove the empty class or the contradicting anchors",
            K::LineFeed => "remove it; to join lines, join them before extraction",
            K::UpperCase(_) => "write it in lower case",
            K::MissingGroup(_) => "add the group, or name one that exists",
            K::SameGroup => "name two different groups",
            K::Confidence(_) => "write a number from 0 to 1",
            K::Rule(_) => "mend the entry; docs/PATTERNS.md describes rules",
            K::UnknownList(_) => "write it under [lists], above or below, or mend the name",
            K::Empty => "add at least one [[pattern]]",
            K::TooMany(_) | K::TotalSize(_) => "split the set",
        }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.pattern, self.index) {
            (Some(name), _) => write!(f, "pattern `{name}`: ")?,
            (None, Some(index)) => write!(f, "pattern {}: ", index + 1)?,
            (None, None) => {}
        }
        write!(f, "{} ({})", self.kind, self.remedy())
    }
}

impl std::error::Error for PatternError {}

/// Everything wrong with a set of patterns: at least one [`PatternError`], in the order of the patterns.
///
/// Its text has a line for each error, with `origin:line:column` where the patterns came from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternErrors {
    pub(crate) origin: Option<String>,
    pub(crate) errors: Vec<PatternError>,
}

impl PatternErrors {
    /// The file, or whatever name was given to [`PatternSet::parse`](super::PatternSet::parse).
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// The errors, at least one.
    #[must_use]
    pub fn errors(&self) -> &[PatternError] {
        &self.errors
    }
}

impl fmt::Display for PatternErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.errors.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            if let Some(origin) = &self.origin {
                write!(f, "{origin}:")?;
                if let Some(Location { line, column, .. }) = error.location {
                    write!(f, "{line}:{column}:")?;
                }
                write!(f, " ")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PatternErrors {}
