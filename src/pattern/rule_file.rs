//! Rules in pattern files: `[[rule]]` tables, and the `[lists]` of words that they share.

use std::collections::HashMap;

use toml::de::DeValue;

use super::definition::{Matcher, Pattern};
use super::error::{Field, PatternErrorKind};
use super::file::{Reader, Spans, Value};
use super::relation::RelationType;
use crate::rule::{Polarity, Rule};

const POLARITIES: [(Polarity, &str); 2] = [(Polarity::Positive, "positive"), (Polarity::Negative, "negative")];

/// Named lists of words.
#[derive(Debug, Default)]
pub(super) struct WordLists(HashMap<String, Vec<String>>);

impl Reader<'_> {
    /// Reads the table `[lists]`: a list of words for each name.
    pub(super) fn word_lists(&mut self, value: &Value<'_>) -> WordLists {
        const FORM: &str = "a table of lists: [lists] name = [\"word\", ...]";
        let mut lists = WordLists::default();
        let DeValue::Table(entries) = value.get_ref() else {
            self.wrong_type("lists", FORM, Field::Lists, value.span());
            return lists;
        };
        for (name, value) in entries {
            if let Some(words) = self.strings("lists", value, Field::Lists) {
                lists.0.insert(name.get_ref().to_string(), words);
            }
        }
        lists
    }

    /// Reads one table `[[rule]]`.
    pub(super) fn rule(&mut self, table: &Value<'_>, lists: &WordLists) -> Option<Pattern> {
        let DeValue::Table(entries) = table.get_ref() else {
            self.wrong_type("rule", "a table: [[rule]]", Field::Pattern, table.span());
            return None;
        };
        let (mut name, mut relation) = (None, None);
        let mut rule = Rule::default();
        let mut pattern = Pattern::rule(String::new(), RelationType::Semantic, Rule::default());
        for (key, value) in entries {
            let field = match key.get_ref().as_ref() {
                "name" => Field::Name,
                "relation" => Field::Relation,
                "verbs" => Field::Verbs,
                "adjectives" => Field::Adjectives,
                "nouns" => Field::Nouns,
                "sequences" => Field::Sequences,
                "source" => Field::Source,
                "target" => Field::Target,
                "source-is" => Field::SourceIs,
                "target-is" => Field::TargetIs,
                "through" => Field::Through,
                "predicate" => Field::Predicate,
                "polarity" => Field::Polarity,
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
                Field::Verbs => rule.verbs = self.expanded("verbs", value, field, lists),
                Field::Adjectives => rule.adjectives = self.expanded("adjectives", value, field, lists),
                Field::Nouns => rule.nouns = self.expanded("nouns", value, field, lists),
                Field::Sequences => {
                    let texts = self.strings("sequences", value, field).unwrap_or_default();
                    rule.sequences = texts.iter().map(|text| self.inlined(text, value, field, lists, "|")).collect();
                }
                Field::Source => rule.source = self.string("source", value, field),
                Field::Target => rule.target = self.string("target", value, field),
                Field::SourceIs => rule.source_is = self.condition("source-is", value, field, lists),
                Field::TargetIs => rule.target_is = self.condition("target-is", value, field, lists),
                Field::Through => rule.through = self.expanded("through", value, field, lists),
                Field::Predicate => rule.predicate = self.string("predicate", value, field),
                Field::Polarity => rule.polarity = self.one_of("polarity", &POLARITIES, value, field),
                Field::Reference => pattern.reference = self.string("reference", value, field),
                Field::Evidence => pattern.evidence = self.count("evidence", value, field),
                Field::Confidence => pattern.confidence = self.number("confidence", value).unwrap_or_default(),
                Field::Examples => pattern.examples = self.examples(value),
                _ => {}
            }
        }
        self.require(table);
        pattern.name = name?.into();
        pattern.relation = relation?;
        pattern.matcher = Matcher::Rule(rule);
        Some(pattern)
    }

    fn condition(&mut self, key: &str, value: &Value<'_>, field: Field, lists: &WordLists) -> Option<String> {
        let text = self.string(key, value, field)?;
        Some(self.inlined(&text, value, field, lists, " "))
    }

    /// The entries of a list of words, with `@name` replaced by the words of that list.
    fn expanded(&mut self, key: &str, value: &Value<'_>, field: Field, lists: &WordLists) -> Vec<String> {
        let mut words = Vec::new();
        for entry in self.strings(key, value, field).unwrap_or_default() {
            match entry.strip_prefix('@') {
                None => words.push(entry),
                Some(name) => match lists.0.get(name) {
                    Some(list) => words.extend(list.iter().cloned()),
                    None => self.fault(PatternErrorKind::UnknownList(name.to_owned()), field, value.span()),
                },
            }
        }
        words
    }

    /// A text with every `@name` replaced by the words of that list, in brackets.
    fn inlined(&mut self, text: &str, value: &Value<'_>, field: Field, lists: &WordLists, joint: &str) -> String {
        let mut whole = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('@') {
            let (before, after) = (&rest[..at], &rest[at + 1..]);
            let end = after.find(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '-' | '_'));
            let (name, after) = after.split_at(end.unwrap_or(after.len()));
            whole.push_str(before);
            match lists.0.get(name) {
                Some(list) => {
                    whole.push('(');
                    whole.push_str(&list.join(joint));
                    whole.push(')');
                }
                None => self.fault(PatternErrorKind::UnknownList(name.to_owned()), field, value.span()),
            }
            rest = after;
        }
        whole.push_str(rest);
        whole
    }

    fn strings(&mut self, key: &str, value: &Value<'_>, field: Field) -> Option<Vec<String>> {
        const FORM: &str = "a list of strings";
        let values = self.array(key, value, FORM, field)?;
        let strings: Option<Vec<String>> =
            values.iter().map(|value| value.get_ref().as_str().map(str::to_owned)).collect();
        if strings.is_none() {
            self.wrong_type(key, FORM, field, value.span());
        }
        strings
    }
}

impl Spans {
    /// The spans of nothing yet, for one table of the file.
    pub(super) fn of_table(table: &Value<'_>) -> Self {
        Spans { pattern: table.span(), fields: Vec::new() }
    }
}
