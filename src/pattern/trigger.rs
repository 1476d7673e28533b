//! The language of triggers for bounded arguments: words, their inflected forms, alternatives, optional adverbs.
//!
//! ```text
//! {cause}                 any form of the verb: cause, causes, caused, causing
//! {cause:participle} ~ by caused by, caused directly by
//! (due|owing) ~ to        due to, owing largely to
//! {be} ~ (a|an) _? cause of
//! ```

use std::ops::Range;

use super::error::{Field, PatternError, PatternErrorKind};
use crate::language::inflect::{Form, forms};

/// Most word sequences that one element may stand for.
const ALTERNATIVES_LIMIT: usize = 256;
/// Most elements of a trigger.
const ELEMENTS_LIMIT: usize = 32;
/// Most adverbs that one `~` stands for.
pub(crate) const ADVERBS_LIMIT: usize = 4;

/// A trigger: its elements stand one after another, with white space between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trigger {
    pub(crate) elements: Vec<Element>,
    /// Whether it begins with a verb, so that auxiliaries before it belong to it.
    pub(crate) verbal: bool,
}

/// A part of a trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) kind: ElementKind,
    pub(crate) optional: bool,
}

/// What a part of a trigger stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ElementKind {
    /// One of these sequences of words or marks, the first that fits.
    Words(Vec<Vec<String>>),
    /// Up to [`ADVERBS_LIMIT`] adverbs, as many as there are.
    Adverbs,
    /// Any one word.
    Any,
}

impl Element {
    /// Whether it must be there, and each of its sequences has a word that the search can look for.
    pub(crate) fn is_searchable(&self) -> bool {
        let searchable = |words: &Vec<String>| words.iter().any(|word| is_searchable(word));
        !self.optional && matches!(&self.kind, ElementKind::Words(all) if all.iter().all(searchable))
    }
}

/// Whether the search can look for the word: one of letters and digits, with single hyphens between them, and no mark.
pub(crate) fn is_searchable(word: &str) -> bool {
    word.split('-').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Parses `text`; the faults point into it.
pub(crate) fn parse(text: &str) -> Result<Trigger, PatternError> {
    let mut parser = Parser { text, at: 0 };
    let mut elements = Vec::new();
    let mut verbal = false;
    loop {
        parser.skip_spaces();
        if parser.at == text.len() {
            break;
        }
        let (element, is_verb) = parser.element()?;
        if elements.is_empty() {
            verbal = is_verb;
        }
        elements.push(element);
        if elements.len() > ELEMENTS_LIMIT {
            return Err(parser.fault(&format!("it has more than {ELEMENTS_LIMIT} elements"), 0..text.len()));
        }
    }
    if !elements.iter().any(|element| !element.optional && matches!(element.kind, ElementKind::Words(_))) {
        return Err(PatternError::new(PatternErrorKind::EmptyTrigger, Field::Trigger));
    }
    if !elements.iter().any(Element::is_searchable) {
        return Err(PatternError::new(PatternErrorKind::UnsearchableTrigger, Field::Trigger));
    }
    Ok(Trigger { elements, verbal })
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl Parser<'_> {
    fn fault(&self, message: &str, span: Range<usize>) -> PatternError {
        let kind = PatternErrorKind::TriggerSyntax(message.to_owned());
        PatternError::new(kind, Field::Trigger).at(span.start..span.end.min(self.text.len()))
    }

    fn skip_spaces(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// Takes `c` if it comes next.
    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    /// The next element, and whether it is a verb.
    fn element(&mut self) -> Result<(Element, bool), PatternError> {
        let (kind, verb) = if self.take('~') {
            (ElementKind::Adverbs, false)
        } else if self.take('_') {
            (ElementKind::Any, false)
        } else if self.peek() == Some('(') {
            let (alternatives, verb) = self.group()?;
            (ElementKind::Words(alternatives), verb)
        } else {
            let (forms, verb) = self.word()?;
            (ElementKind::Words(forms.into_iter().map(|form| vec![form]).collect()), verb)
        };
        let optional = self.take('?');
        if self.peek().is_some_and(|c| !c.is_whitespace()) {
            return Err(self.fault("a space is missing between two elements", self.at..self.at + 1));
        }
        Ok((Element { kind, optional }, verb))
    }

    /// `(a|b c|{verb})`.
    fn group(&mut self) -> Result<(Vec<Vec<String>>, bool), PatternError> {
        let start = self.at;
        self.take('(');
        let mut alternatives: Vec<Vec<String>> = Vec::new();
        let mut verbal = false;
        loop {
            let mut sequences: Vec<Vec<String>> = vec![Vec::new()];
            let mut first = true;
            loop {
                self.skip_spaces();
                match self.peek() {
                    None => return Err(self.fault("the group is not closed with `)`", start..self.at)),
                    Some('|' | ')') => break,
                    Some(_) => {}
                }
                let (forms, verb) = self.word()?;
                if std::mem::take(&mut first) {
                    verbal |= verb;
                }
                sequences = product(&sequences, &forms);
                if sequences.len() + alternatives.len() > ALTERNATIVES_LIMIT {
                    let message =
                        format!("the group stands for more than {ALTERNATIVES_LIMIT} phrases; use several patterns");
                    return Err(self.fault(&message, start..self.at));
                }
            }
            if first {
                return Err(self.fault("an alternative is empty; write `(...)?` for an optional group", start..self.at));
            }
            alternatives.append(&mut sequences);
            if self.take(')') {
                return Ok((alternatives, verbal));
            }
            self.take('|');
        }
    }

    /// A word, a mark, or `{verb}` with its forms; and whether it is a verb.
    fn word(&mut self) -> Result<(Vec<String>, bool), PatternError> {
        if self.peek() == Some('{') {
            return Ok((self.inflected()?, true));
        }
        let rest = &self.text[self.at..];
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '\'' | '.' | '&' | '/');
        let mut len = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        if len == 0 {
            let mark = rest.chars().next().filter(|c| matches!(c, ',' | ':' | ';' | '"'));
            let Some(mark) = mark else {
                let message = "expected a word, `{verb}`, `(a|b)`, `~` or `_`; words hold letters, digits, `-` and `'`";
                return Err(self.fault(message, self.at..self.at + 1));
            };
            len = mark.len_utf8();
        }
        let word = &rest[..len];
        if let Some(c) = word.chars().find(|c| c.is_uppercase()) {
            return Err(PatternError::new(PatternErrorKind::UpperCase(c), Field::Trigger).at(self.at..self.at + len));
        }
        if !word.is_ascii() {
            return Err(self.fault("only ASCII words can be looked for", self.at..self.at + len));
        }
        self.at += len;
        Ok((vec![word.to_owned()], false))
    }

    /// `{verb}` or `{verb:form}`.
    fn inflected(&mut self) -> Result<Vec<String>, PatternError> {
        let start = self.at;
        let rest = &self.text[start..];
        let Some(len) = rest.find('}') else { return Err(self.fault("`{` without `}`", start..self.text.len())) };
        let inside = &rest[1..len];
        self.at += len + 1;
        let (verb, form) = inside.split_once(':').map_or((inside, Form::Any), |(verb, name)| (verb, Form::of(name)));
        if verb.is_empty() || !verb.bytes().all(|b| b.is_ascii_lowercase()) {
            return Err(self.fault("`{...}` holds the base form of a verb in small letters", start..self.at));
        }
        if form == Form::Unknown {
            let message = "the forms are base, third, past, participle, gerund and finite";
            return Err(self.fault(message, start..self.at));
        }
        Ok(forms(verb, form))
    }
}

fn product(sequences: &[Vec<String>], forms: &[String]) -> Vec<Vec<String>> {
    let extended = |sequence: &Vec<String>| {
        let sequence = sequence.clone();
        forms.iter().map(move |form| sequence.iter().cloned().chain([form.clone()]).collect())
    };
    sequences.iter().flat_map(extended).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let trigger = parse(text).unwrap();
        let shown = |element: &Element| {
            let kind = match &element.kind {
                ElementKind::Words(all) => all.iter().map(|w| w.join(" ")).collect::<Vec<_>>().join("|"),
                ElementKind::Adverbs => "~".to_owned(),
                ElementKind::Any => "_".to_owned(),
            };
            if element.optional { format!("{kind}?") } else { kind }
        };
        trigger.elements.iter().map(shown).collect()
    }

    #[test]
    fn elements() {
        assert_eq!(words("{cause}"), ["cause|causes|caused|causing"]);
        assert_eq!(words("{cause:participle} ~ by"), ["caused", "~", "by"]);
        assert_eq!(words("(because of|due to)"), ["because of|due to"]);
        assert_eq!(words("({bear:past} out|x) _? , y"), ["bore out|x", "_?", ",", "y"]);
        assert!(parse("{be} a").unwrap().verbal && !parse("because of").unwrap().verbal);
        assert!(parse("({lead}|{bring}) to").unwrap().verbal);
    }

    #[test]
    fn faults_point_at_their_place() {
        let cases = [
            ("", None),
            ("~ _", None),
            (",", None),
            ("-", None),
            ("a--b", None),
            ("don't ~", None),
            ("(such as|,) such?", None),
            ("(don't|e.g) (rain|;)", None),
            ("a (b|c", Some(2..6)),
            ("a (b||c)", Some(2..5)),
            ("{Cause}", Some(0..7)),
            ("{cause:passive}", Some(0..15)),
            ("{cause", Some(0..6)),
            ("a Bc", Some(2..4)),
            ("a)b", Some(1..2)),
            ("é", Some(0..2)),
        ];
        for (text, place) in cases {
            let error = parse(text).unwrap_err();
            assert_eq!(error.within, place, "{text}: {error}");
        }
    }
}
