//! Pattern files: TOML in, patterns out, or everything that is wrong with the file and where.
//!
//! ```toml
//! [[pattern]]
//! name = "causes"
//! relation = "causal"
//! regex = '(.+?) causes (.+)'          # or: trigger = "causes"
//! source = 1                           # the default; a number or a group's name
//! target = 2
//! direction = "forward"                # or "reversed"
//! argument = "line"                    # or "sentence", "clause", "phrase"
//! confidence = 0.8
//! examples = [{ text = "Smoking causes cancer.", expect = [["smoking", "cancer."]] }]
//! ```

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::definition::{ArgumentMode, Direction, Example, Group, Lists, Matcher, Pattern, Reach};
use super::error::{Field, Location, PatternError, PatternErrorKind, PatternErrors};
use super::relation::RelationType;
use super::rule_file::WordLists;
use super::set::PatternSet;

pub(super) type Value<'i> = Spanned<DeValue<'i>>;

const DIRECTIONS: [(Direction, &str); 2] = [(Direction::Forward, "forward"), (Direction::Reversed, "reversed")];

impl PatternSet {
    /// Reads patterns from the text of a TOML file; `origin` is its name in errors.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the file, each with line, column, pattern and remedy, in the order of the file.
    pub fn parse(origin: &str, text: &str) -> Result<Self, PatternErrors> {
        let mut reader = Reader { text, index: Index::new(text), errors: Vec::new(), spans: Vec::new() };
        let patterns = reader.file();
        let Reader { mut errors, spans, index, .. } = reader;
        // What lacks a name, a relation or a matcher is not checked further: its fault is known already.
        let (indices, patterns): (Vec<usize>, Vec<Pattern>) =
            patterns.into_iter().enumerate().filter_map(|(i, pattern)| Some((i, pattern?))).unzip();
        let nothing_read = patterns.is_empty() && !errors.is_empty();
        let (set, faults) = PatternSet::check(patterns);
        if !nothing_read {
            for mut fault in faults {
                fault.index = fault.index.map(|i| indices[i]);
                let span = fault.index.map_or(0..0, |i| spans[i].of(fault.field, fault.within.clone(), text));
                fault.location = Some(index.locate(text, span));
                errors.push(fault);
            }
        }
        if errors.is_empty() {
            return Ok(set);
        }
        errors.sort_by_key(|error| error.location.as_ref().map(|location| location.span.start));
        Err(PatternErrors { origin: Some(origin.to_owned()), errors })
    }
}

/// Where the parts of one pattern are in the file.
pub(super) struct Spans {
    pub(super) pattern: Range<usize>,
    pub(super) fields: Vec<(Field, Range<usize>)>,
}

impl Spans {
    /// The bytes of `field`, or of the part `within` its text where that can be told.
    fn of(&self, field: Field, within: Option<Range<usize>>, text: &str) -> Range<usize> {
        // A group that is not written is missing from the regex.
        let written = [field, Field::Regex].iter().find_map(|wanted| self.fields.iter().find(|(f, _)| f == wanted));
        let Some((_, whole)) = written else { return self.pattern.clone() };
        let written = &text[whole.clone()];
        let quote = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quote| written.starts_with(quote));
        match (quote, within) {
            // Offsets in the text are offsets in the file as long as nothing is escaped or cut off.
            (Some(quote), Some(within))
                if quote.starts_with('\'') || !written.contains('\\') && !written[quote.len()..].starts_with('\n') =>
            {
                let start = whole.start + quote.len();
                let span = start + within.start..start + within.end;
                if text.is_char_boundary(span.start) && text.is_char_boundary(span.end) { span } else { whole.clone() }
            }
            _ => whole.clone(),
        }
    }
}

/// Bytes between two places at which an [`Index`] knows the characters before.
const INDEX_STEP: usize = 1_024;

/// Where lines begin in a text, and how many characters come before: made once, in linear time, for all errors.
struct Index {
    line_starts: Vec<usize>,
    /// Characters before every [`INDEX_STEP`]th byte.
    characters: Vec<usize>,
}

impl Index {
    fn new(text: &str) -> Self {
        let feeds = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let mut characters = vec![0];
        for block in text.as_bytes().chunks_exact(INDEX_STEP) {
            characters.push(characters.last().copied().unwrap_or_default() + begun(block));
        }
        Index { line_starts: std::iter::once(0).chain(feeds).collect(), characters }
    }

    fn characters_before(&self, text: &str, at: usize) -> usize {
        let step = at / INDEX_STEP;
        self.characters[step] + begun(&text.as_bytes()[step * INDEX_STEP..at])
    }

    /// Line and column of `span` in `text`. Logarithmic in the number of lines.
    fn locate(&self, text: &str, span: Range<usize>) -> Location {
        let start = text.floor_char_boundary(span.start);
        let line = self.line_starts.partition_point(|line_start| *line_start <= start);
        let before = self.characters_before(text, self.line_starts[line - 1]);
        Location {
            line,
            column: self.characters_before(text, start) - before + 1,
            span: start..span.end.min(text.len()).max(start),
        }
    }
}

/// How many characters begin in `bytes` of a text.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

pub(super) struct Reader<'t> {
    text: &'t str,
    index: Index,
    errors: Vec<PatternError>,
    /// One for each pattern of the file, right or wrong.
    spans: Vec<Spans>,
}

impl Reader<'_> {
    pub(super) fn fault(&mut self, kind: PatternErrorKind, field: Field, span: Range<usize>) {
        let mut error = PatternError::new(kind, field);
        error.location = Some(self.index.locate(self.text, span));
        self.errors.push(error);
    }

    /// Every pattern of the file in order, `None` where one is not even well formed.
    fn file(&mut self) -> Vec<Option<Pattern>> {
        let (root, syntax_errors) = DeTable::parse_recoverable(self.text);
        for error in &syntax_errors {
            let span = error.span().unwrap_or(0..0);
            self.fault(PatternErrorKind::Toml(error.message().to_owned()), Field::Pattern, span);
        }
        if !syntax_errors.is_empty() {
            return Vec::new();
        }
        let lists = root.get_ref().iter().find(|(key, _)| key.get_ref() == "lists");
        let lists = lists.map_or_else(WordLists::default, |(_, value)| self.word_lists(value));
        let mut patterns = Vec::new();
        for (key, value) in root.get_ref() {
            let (is_rule, form) = match key.get_ref().as_ref() {
                "lists" => continue,
                "pattern" => (false, "an array of tables: [[pattern]]"),
                "rule" => (true, "an array of tables: [[rule]]"),
                other => {
                    let kind = PatternErrorKind::UnknownKey(other.to_owned());
                    self.fault(kind, Field::Pattern, key.span());
                    continue;
                }
            };
            let Some(tables) = self.array(key.get_ref(), value, form, Field::Pattern) else { continue };
            for table in tables {
                let index = self.spans.len();
                let errors_before = self.errors.len();
                self.spans.push(Spans::of_table(table));
                let pattern = if is_rule { self.rule(table, &lists) } else { self.pattern(table) };
                let name = pattern.as_ref().map(|p| p.name.to_string()).or_else(|| name_of(table));
                for error in &mut self.errors[errors_before..] {
                    error.index = Some(index);
                    error.pattern.clone_from(&name);
                }
                patterns.push(pattern);
            }
        }
        patterns
    }

    fn pattern(&mut self, table: &Value<'_>) -> Option<Pattern> {
        let DeValue::Table(entries) = table.get_ref() else {
            self.wrong_type("pattern", "a table: [[pattern]]", Field::Pattern, table.span());
            return None;
        };
        let mut name = None;
        let mut relation = None;
        let (mut regex, mut trigger, mut source, mut target) = (None, None, None, None);
        let mut pattern = Pattern::new(String::new(), RelationType::Semantic, Matcher::Trigger(String::new()));
        for (key, value) in entries {
            let field = match key.get_ref().as_ref() {
                "name" => Field::Name,
                "relation" => Field::Relation,
                "regex" => Field::Regex,
                "trigger" => Field::Trigger,
                "source" => Field::Source,
                "target" => Field::Target,
                "direction" => Field::Direction,
                "argument" => Field::Argument,
                "reach" => Field::Reach,
                "lists" => Field::Lists,
                "unwrap" => Field::Unwrap,
                "left" => Field::Left,
                "right" => Field::Right,
                "reference" => Field::Reference,
                "evidence" => Field::Evidence,
                "confidence" => Field::Confidence,
                "examples" => Field::Examples,
                other => {
                    self.fault(PatternErrorKind::UnknownKey(other.to_owned()), Field::Pattern, key.span());
                    continue;
                }
            };
            self.note(field, value.span());
            match field {
                Field::Name => name = self.string("name", value, field),
                Field::Relation => relation = self.relation(value),
                Field::Regex => regex = self.string("regex", value, field),
                Field::Trigger => trigger = self.string("trigger", value, field),
                Field::Source => source = self.group("source", value, field),
                Field::Target => target = self.group("target", value, field),
                Field::Direction => {
                    pattern.direction = self.one_of("direction", &DIRECTIONS, value, field).unwrap_or_default();
                }
                Field::Argument => {
                    pattern.argument = self.one_of("argument", &ArgumentMode::ALL, value, field).unwrap_or_default();
                }
                Field::Reach => pattern.rules.reach = self.one_of("reach", &Reach::ALL, value, field),
                Field::Lists => {
                    pattern.rules.lists = self.one_of("lists", &Lists::ALL, value, field).unwrap_or_default();
                }
                Field::Unwrap => pattern.rules.unwrap = self.boolean("unwrap", value, field).unwrap_or_default(),
                Field::Left => pattern.rules.left = self.string("left", value, field),
                Field::Right => pattern.rules.right = self.string("right", value, field),
                Field::Reference => pattern.reference = self.string("reference", value, field),
                Field::Evidence => pattern.evidence = self.count("evidence", value, field),
                Field::Confidence => pattern.confidence = self.number("confidence", value).unwrap_or_default(),
                Field::Examples => pattern.examples = self.examples(value),
                _ => {}
            }
        }
        self.require(table);
        if self.has(Field::Regex) == self.has(Field::Trigger) {
            self.fault(PatternErrorKind::TriggerOrRegex, Field::Pattern, table.span());
        }
        if self.has(Field::Trigger) && (source.is_some() || target.is_some()) {
            self.fault(PatternErrorKind::GroupOfTrigger, Field::Trigger, table.span());
        }
        pattern.name = name?.into();
        pattern.relation = relation?;
        pattern.matcher = match (regex, trigger) {
            (Some(regex), None) => Matcher::Regex {
                regex,
                source: source.unwrap_or(Group::Number(1)),
                target: target.unwrap_or(Group::Number(2)),
            },
            (None, Some(trigger)) => Matcher::Trigger(trigger),
            _ => return None,
        };
        Some(pattern)
    }

    /// Notes where the value for `field` of the table being read is.
    pub(super) fn note(&mut self, field: Field, span: Range<usize>) {
        if let Some(spans) = self.spans.last_mut() {
            spans.fields.push((field, span));
        }
    }

    /// Asks for what every table must have.
    pub(super) fn require(&mut self, table: &Value<'_>) {
        for (key, missing) in [("name", Field::Name), ("relation", Field::Relation)] {
            if !self.has(missing) {
                self.fault(PatternErrorKind::MissingKey(key), missing, table.span());
            }
        }
    }

    /// Whether the pattern being read has a value for `field`.
    fn has(&self, field: Field) -> bool {
        self.spans.last().is_some_and(|spans| spans.fields.iter().any(|(f, _)| *f == field))
    }

    pub(super) fn wrong_type(&mut self, key: &str, expected: &'static str, field: Field, span: Range<usize>) {
        self.fault(PatternErrorKind::WrongType { key: key.to_owned(), expected }, field, span);
    }

    pub(super) fn string(&mut self, key: &str, value: &Value<'_>, field: Field) -> Option<String> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text.to_string());
        }
        self.wrong_type(key, "a string", field, value.span());
        None
    }

    pub(super) fn array<'v, 'i>(
        &mut self,
        key: &str,
        value: &'v Value<'i>,
        expected: &'static str,
        field: Field,
    ) -> Option<&'v DeArray<'i>> {
        if let DeValue::Array(values) = value.get_ref() {
            return Some(values);
        }
        self.wrong_type(key, expected, field, value.span());
        None
    }

    pub(super) fn relation(&mut self, value: &Value<'_>) -> Option<RelationType> {
        match self.string("relation", value, Field::Relation)?.parse() {
            Ok(relation) => Some(relation),
            Err(invalid) => {
                self.fault(PatternErrorKind::Name(invalid), Field::Relation, value.span());
                None
            }
        }
    }

    fn group(&mut self, key: &str, value: &Value<'_>, field: Field) -> Option<Group> {
        match value.get_ref() {
            DeValue::String(name) => Some(Group::Name(name.to_string())),
            DeValue::Integer(number) => {
                // A number too large or below zero names no group either.
                let number = usize::from_str_radix(number.as_str(), number.radix()).unwrap_or(usize::MAX);
                Some(Group::Number(number))
            }
            _ => {
                self.wrong_type(key, "a group's number or name", field, value.span());
                None
            }
        }
    }

    /// The value that `names` gives to the string.
    pub(super) fn one_of<T: Copy>(
        &mut self,
        key: &'static str,
        names: &[(T, &str)],
        value: &Value<'_>,
        field: Field,
    ) -> Option<T> {
        let text = self.string(key, value, field)?;
        let found = names.iter().find(|(_, name)| *name == text).map(|(known, _)| *known);
        if found.is_none() {
            let what = if field == Field::Argument { "mode of arguments" } else { key };
            self.fault(PatternErrorKind::UnknownValue { what, value: text }, field, value.span());
        }
        found
    }

    fn boolean(&mut self, key: &str, value: &Value<'_>, field: Field) -> Option<bool> {
        if let DeValue::Boolean(found) = value.get_ref() {
            return Some(*found);
        }
        self.wrong_type(key, "true or false", field, value.span());
        None
    }

    pub(super) fn count(&mut self, key: &str, value: &Value<'_>, field: Field) -> Option<u32> {
        let count = match value.get_ref() {
            DeValue::Integer(number) => u32::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if count.is_none() {
            self.wrong_type(key, "a whole number", field, value.span());
        }
        count
    }

    pub(super) fn number(&mut self, key: &str, value: &Value<'_>) -> Option<f64> {
        let number = match value.get_ref() {
            DeValue::Float(float) => float.as_str().parse().ok(),
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong_type(key, "a number", Field::Confidence, value.span());
        }
        number
    }

    pub(super) fn examples(&mut self, value: &Value<'_>) -> Vec<Example> {
        const FORM: &str = "a list of { text = \"...\", expect = [[\"source\", \"target\"], ...] }";
        let Some(values) = self.array("examples", value, FORM, Field::Examples) else { return Vec::new() };
        let mut examples = Vec::with_capacity(values.len());
        for value in values {
            match example(value) {
                Some(example) => examples.push(example),
                None => self.wrong_type("examples", FORM, Field::Examples, value.span()),
            }
        }
        examples
    }
}

/// The name in `table`, if it has a well-formed one.
fn name_of(table: &Value<'_>) -> Option<String> {
    table.get_ref().get("name").and_then(|name| name.get_ref().as_str()).map(str::to_owned)
}

fn example(value: &Value<'_>) -> Option<Example> {
    let table = value.get_ref().as_table()?;
    if table.len() != 2 {
        return None;
    }
    let text = table.get("text")?.get_ref().as_str()?.to_owned();
    let pairs = table.get("expect")?.get_ref().as_array()?;
    let expect = pairs.iter().map(|pair| {
        let pair: Vec<&Value<'_>> = pair.get_ref().as_array()?.iter().collect();
        let [source, target] = pair.as_slice() else { return None };
        Some((source.get_ref().as_str()?.to_owned(), target.get_ref().as_str()?.to_owned()))
    });
    Some(Example { text, expect: expect.collect::<Option<_>>()? })
}
