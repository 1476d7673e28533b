//! The shape of a pattern: what the scanner can look for, and what has to be verified.
//!
//! A regex `(.+?) MIDDLE (.+)` is *split*: within a line, its match is decided by the leftmost place where MIDDLE
//! stands with something before and after it. Where MIDDLE is one of a few literals, finding the literal is the
//! whole work. Every other regex is kept whole, with a set of literals one of which any match must hold, if there is
//! such a set.

use std::ops::Range;

use regex_automata::nfa::thompson;
use regex_syntax::hir::literal::{ExtractKind, Extractor, Literal, Seq};
use regex_syntax::hir::{Capture, Dot, Hir, HirKind};

use super::condition::{self, Condition};
use super::definition::{ArgumentMode, Group, Lists, Matcher, Pattern};
use super::error::{Field, PatternError, PatternErrorKind};
use super::trigger::{self, Trigger};
use crate::rule::{Checked, RulePart};

/// Longest regex or trigger, in bytes.
pub(crate) const TEXT_LIMIT: usize = 4096;
/// Largest compiled form of one regex, in bytes.
pub(crate) const COMPILED_LIMIT: usize = 1 << 20;
/// Largest compiled form of all regexes of a set together, in bytes.
pub(crate) const TOTAL_LIMIT: usize = 64 << 20;
/// Deepest nesting of one regex.
pub(crate) const NEST_LIMIT: u32 = 64;
/// Longest literal that is looked for as a whole, in bytes; no alternative of a split middle may be longer.
const LITERAL_LIMIT: usize = 256;

/// What a checked pattern looks like to the compiler.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// `(.+?) MIDDLE (.+)`.
    Split { middle: Middle, left_is_source: bool },
    /// A trigger with bounded arguments.
    Bounded(Bounded),
    /// Anything else.
    Whole(Whole),
    /// A rule over phrases, which no scan of the text looks for.
    Rule(Box<Checked>),
}

/// A trigger, and what is asked of the arguments around it.
#[derive(Clone, Debug)]
pub(crate) struct Bounded {
    pub(crate) trigger: Trigger,
    pub(crate) left: Condition,
    pub(crate) right: Condition,
}

/// The middle of a split pattern.
#[derive(Clone, Debug)]
pub(crate) enum Middle {
    /// One of these, preferred in this order where several match at one place.
    Literals(Vec<Vec<u8>>),
    /// Not finite, or not few: `required` as in [`Whole`].
    Regex { hir: Hir, required: Option<Vec<Vec<u8>>> },
}

/// A regex that is matched as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    pub(crate) hir: Hir,
    pub(crate) source: usize,
    pub(crate) target: usize,
    /// The group named `trigger`, if there is one.
    pub(crate) trigger: Option<usize>,
    /// Literals, one of which is in every match; `None` if there is no such set worth looking for.
    pub(crate) required: Option<Vec<Vec<u8>>>,
}

/// Checks the trigger or regex of `pattern` and says what shape it has.
///
/// The number is the size of its compiled form in bytes; 0 if only literals are looked for.
pub(crate) fn shape(pattern: &Pattern) -> Result<(Shape, usize), PatternError> {
    check_rules(pattern)?;
    match (&pattern.matcher, pattern.argument) {
        (Matcher::Rule(rule), _) => match rule.check() {
            Ok(checked) => Ok((Shape::Rule(Box::new(checked)), 0)),
            Err(error) => {
                let field = match error.part {
                    RulePart::Rule => Field::Pattern,
                    RulePart::Verbs => Field::Verbs,
                    RulePart::Adjectives => Field::Adjectives,
                    RulePart::Nouns => Field::Nouns,
                    RulePart::Sequences => Field::Sequences,
                    RulePart::Source => Field::Source,
                    RulePart::Target => Field::Target,
                    RulePart::SourceIs => Field::SourceIs,
                    RulePart::TargetIs => Field::TargetIs,
                };
                let mut fault = PatternError::new(PatternErrorKind::Rule(error.message), field);
                fault.entry = Some(error.entry);
                fault.within = error.within;
                Err(fault)
            }
        },
        (Matcher::Trigger(trigger), ArgumentMode::Line) => Ok((trigger_shape(trigger)?, 0)),
        (Matcher::Trigger(trigger), _) => Ok((bounded_shape(trigger, pattern)?, 0)),
        (Matcher::Regex { regex, source, target }, ArgumentMode::Line) => regex_shape(regex, source, target),
        (Matcher::Regex { .. }, _) => Err(PatternError::new(PatternErrorKind::BoundedRegex, Field::Argument)),
    }
}

/// Refuses rules for noun phrases where the arguments are none.
fn check_rules(pattern: &Pattern) -> Result<(), PatternError> {
    let rules = &pattern.rules;
    let given = [
        (rules.reach.is_some(), "reach", Field::Reach),
        (rules.lists != Lists::default(), "lists", Field::Lists),
        (rules.unwrap, "unwrap", Field::Unwrap),
        (rules.left.is_some(), "left", Field::Left),
        (rules.right.is_some(), "right", Field::Right),
    ];
    match given.into_iter().find(|(given, ..)| *given) {
        Some((_, key, field)) if pattern.argument != ArgumentMode::Phrase => {
            Err(PatternError::new(PatternErrorKind::NotPhrase(key), field))
        }
        _ => Ok(()),
    }
}

fn bounded_shape(trigger: &str, pattern: &Pattern) -> Result<Shape, PatternError> {
    if trigger.len() > TEXT_LIMIT {
        let kind = PatternErrorKind::Size { what: "trigger", limit: TEXT_LIMIT, compiled: false };
        return Err(PatternError::new(kind, Field::Trigger));
    }
    let condition = |text: &Option<String>, field| match text {
        Some(text) => condition::parse(text, field),
        None => Ok(Condition::default()),
    };
    Ok(Shape::Bounded(Bounded {
        trigger: trigger::parse(trigger)?,
        left: condition(&pattern.rules.left, Field::Left)?,
        right: condition(&pattern.rules.right, Field::Right)?,
    }))
}

fn trigger_shape(trigger: &str) -> Result<Shape, PatternError> {
    let fault = |kind| Err(PatternError::new(kind, Field::Trigger));
    let words = trigger.trim();
    if words.is_empty() {
        return fault(PatternErrorKind::EmptyTrigger);
    }
    if words.contains('\n') {
        return fault(PatternErrorKind::LineFeed);
    }
    if words.len() + 2 > LITERAL_LIMIT {
        return fault(PatternErrorKind::Size { what: "trigger", limit: LITERAL_LIMIT - 2, compiled: false });
    }
    let literal = format!(" {} ", words.to_lowercase());
    Ok(Shape::Split { middle: Middle::Literals(vec![literal.into_bytes()]), left_is_source: true })
}

fn regex_shape(regex: &str, source: &Group, target: &Group) -> Result<(Shape, usize), PatternError> {
    let fault = |kind| Err(PatternError::new(kind, Field::Regex));
    if regex.len() > TEXT_LIMIT {
        return fault(PatternErrorKind::Size { what: "regex", limit: TEXT_LIMIT, compiled: false });
    }
    let hir = parse(regex)?;
    match hir.properties().minimum_len() {
        None => return fault(PatternErrorKind::NeverMatches),
        Some(0) => return fault(PatternErrorKind::MatchesEmpty),
        Some(_) => {}
    }
    check_literals(&hir)?;
    let names = group_names(&hir);
    let source = group_index(&names, source, Field::Source)?;
    let target = group_index(&names, target, Field::Target)?;
    if source == target {
        return Err(PatternError::new(PatternErrorKind::SameGroup, Field::Target));
    }
    let trigger = names.iter().position(|name| name.as_deref() == Some("trigger"));
    if trigger.is_none()
        && let Some((middle, left_is_source)) = split(&hir, source, target)
    {
        let middle = middle_shape(middle);
        let size = match &middle {
            Middle::Literals(_) => 0,
            Middle::Regex { hir, .. } => compiled_size(hir)?,
        };
        return Ok((Shape::Split { middle, left_is_source }, size));
    }
    let size = compiled_size(&hir)?;
    let required = required(&hir);
    Ok((Shape::Whole(Whole { hir, source, target, trigger, required }), size))
}

fn parse(regex: &str) -> Result<Hir, PatternError> {
    let parsed = regex_syntax::ParserBuilder::new().nest_limit(NEST_LIMIT).build().parse(regex);
    parsed.map_err(|error| {
        use regex_syntax::ast::ErrorKind as Ast;
        let (kind, span) = match &error {
            regex_syntax::Error::Parse(error) => {
                let kind = match error.kind() {
                    Ast::UnsupportedLookAround => PatternErrorKind::LookAround,
                    Ast::UnsupportedBackreference => PatternErrorKind::BackReference,
                    Ast::NestLimitExceeded(limit) => PatternErrorKind::Nesting(*limit),
                    other => PatternErrorKind::Syntax(other.to_string()),
                };
                (kind, bytes_of(error.span()))
            }
            regex_syntax::Error::Translate(error) => {
                (PatternErrorKind::Syntax(error.kind().to_string()), bytes_of(error.span()))
            }
            other => (PatternErrorKind::Syntax(other.to_string()), 0..regex.len()),
        };
        PatternError::new(kind, Field::Regex).at(span)
    })
}

fn bytes_of(span: &regex_syntax::ast::Span) -> Range<usize> {
    span.start.offset..span.end.offset
}

/// Refuses literals that no line of lowered text can hold.
fn check_literals(hir: &Hir) -> Result<(), PatternError> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = String::from_utf8_lossy(&literal.0);
            if text.contains('\n') {
                return Err(PatternError::new(PatternErrorKind::LineFeed, Field::Regex));
            }
            match text.chars().find(|&c| !is_lowered(c)) {
                Some(c) => Err(PatternError::new(PatternErrorKind::UpperCase(c), Field::Regex)),
                None => Ok(()),
            }
        }
        HirKind::Repetition(repetition) => check_literals(&repetition.sub),
        HirKind::Capture(capture) => check_literals(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().try_for_each(check_literals),
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => Ok(()),
    }
}

/// Whether lower-casing leaves `c` as it is, so that lowered text can hold it.
fn is_lowered(c: char) -> bool {
    c.to_lowercase().eq([c])
}

/// The name of each group by its number; group 0, the whole match, has none.
fn group_names(hir: &Hir) -> Vec<Option<String>> {
    fn visit(hir: &Hir, names: &mut Vec<Option<String>>) {
        match hir.kind() {
            HirKind::Capture(Capture { index, name, sub }) => {
                let index = *index as usize;
                if names.len() <= index {
                    names.resize(index + 1, None);
                }
                names[index] = name.as_deref().map(str::to_owned);
                visit(sub, names);
            }
            HirKind::Repetition(repetition) => visit(&repetition.sub, names),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => {
                for part in parts {
                    visit(part, names);
                }
            }
            HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => {}
        }
    }
    let mut names = vec![None];
    visit(hir, &mut names);
    names
}

fn group_index(names: &[Option<String>], group: &Group, field: Field) -> Result<usize, PatternError> {
    let index = match group {
        Group::Number(number) => (1..names.len()).contains(number).then_some(*number),
        Group::Name(name) => names.iter().position(|n| n.as_deref() == Some(name)),
    };
    index.ok_or_else(|| {
        let written = match group {
            Group::Number(number) => number.to_string(),
            Group::Name(name) => format!("`{name}`"),
        };
        PatternError::new(PatternErrorKind::MissingGroup(written), field)
    })
}

/// Builds the regex to its automaton and forgets it, to learn its size and whether that is within [`COMPILED_LIMIT`].
fn compiled_size(hir: &Hir) -> Result<usize, PatternError> {
    let config = thompson::Config::new().nfa_size_limit(Some(COMPILED_LIMIT));
    match thompson::Compiler::new().configure(config).build_from_hir(hir) {
        Ok(nfa) => Ok(nfa.memory_usage()),
        Err(error) => {
            let kind = if error.size_limit().is_some() {
                PatternErrorKind::Size { what: "regex", limit: COMPILED_LIMIT, compiled: true }
            } else {
                PatternErrorKind::Syntax(error.to_string())
            };
            Err(PatternError::new(kind, Field::Regex))
        }
    }
}

/// The MIDDLE of `(.+?) MIDDLE (.+)`, if `hir` has that form and its two groups are the arguments, and whether the
/// left one is the source.
fn split(hir: &Hir, source: usize, target: usize) -> Option<(Hir, bool)> {
    let HirKind::Concat(parts) = hir.kind() else { return None };
    let [left, middle @ .., right] = parts.as_slice() else { return None };
    let left = argument_group(left, false)?;
    let right = argument_group(right, true)?;
    let arguments = (left, right) == (source, target) || (left, right) == (target, source);
    (arguments && !middle.is_empty()).then(|| (Hir::concat(middle.to_vec()), left == source))
}

/// The number of the group, if `hir` is `(.+)` (greedy) or `(.+?)` (not greedy).
fn argument_group(hir: &Hir, greedy: bool) -> Option<usize> {
    let HirKind::Capture(capture) = hir.kind() else { return None };
    let HirKind::Repetition(repetition) = capture.sub.kind() else { return None };
    let any = *repetition.sub == Hir::dot(Dot::AnyCharExceptLF) || *repetition.sub == Hir::dot(Dot::AnyChar);
    let fits = any && repetition.min == 1 && repetition.max.is_none() && repetition.greedy == greedy;
    fits.then_some(capture.index as usize)
}

fn middle_shape(hir: Hir) -> Middle {
    // The extractor reads a look-around as the empty string, so it is exact only without any.
    if hir.properties().look_set().is_empty() {
        let seq = extractor().limit_literal_len(LITERAL_LIMIT).extract(&hir);
        let literals = seq.literals().filter(|_| seq.is_exact()).and_then(|_| to_needles(&seq));
        if let Some(literals) = literals {
            return Middle::Literals(literals);
        }
    }
    let required = required(&hir);
    Middle::Regex { hir, required }
}

fn extractor() -> Extractor {
    let mut extractor = Extractor::new();
    extractor.kind(ExtractKind::Prefix);
    extractor
}

/// The literals of `seq` that a line of lowered text can hold; `None` if they are not finite or one is empty.
fn to_needles(seq: &Seq) -> Option<Vec<Vec<u8>>> {
    let literals = seq.literals()?;
    if literals.iter().any(Literal::is_empty) {
        return None;
    }
    let possible = |bytes: &&[u8]| {
        let lowered = std::str::from_utf8(bytes).map_or(true, |text| text.chars().all(is_lowered));
        lowered && !bytes.contains(&b'\n')
    };
    Some(literals.iter().map(Literal::as_bytes).filter(possible).map(<[u8]>::to_vec).collect())
}

/// Literals, one of which stands in every match of `hir`.
fn required(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    match hir.kind() {
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Alternation(parts) => {
            let all: Option<Vec<_>> = parts.iter().map(required).collect();
            Some(all?.into_iter().flatten().collect())
        }
        HirKind::Concat(parts) => {
            let tails = (0..parts.len()).filter_map(|i| prefixes(&Hir::concat(parts[i..].to_vec())));
            tails.chain(parts.iter().filter_map(required)).max_by_key(|needles| worth(needles))
        }
        _ => prefixes(hir),
    }
}

/// The literals that a match of `hir` begins with, if they are few and telling.
fn prefixes(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut seq = extractor().limit_literal_len(16).limit_total(64).extract(hir);
    seq.dedup();
    to_needles(&seq).filter(|needles| worth(needles).is_some())
}

/// How well a set of literals tells lines apart, more being better; `None` if it is not worth looking for.
fn worth(needles: &[Vec<u8>]) -> Option<(usize, std::cmp::Reverse<usize>)> {
    // A lone letter or any amount of white space is in nearly every line.
    let weight = |needle: &Vec<u8>| {
        let marks = needle.iter().filter(|b| !b.is_ascii_whitespace()).count();
        let common = marks == 0 || (marks == 1 && needle.iter().any(u8::is_ascii_alphanumeric));
        if common { 0 } else { marks.min(8) }
    };
    let least = needles.iter().map(weight).min().unwrap_or(8);
    (least > 0).then_some((least, std::cmp::Reverse(needles.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RelationType;

    fn shape_of(regex: &str) -> Shape {
        shape(&Pattern::regex("p", RelationType::Causal, regex)).unwrap().0
    }

    fn texts(needles: &[Vec<u8>]) -> Vec<&str> {
        needles.iter().map(|n| std::str::from_utf8(n).unwrap()).collect()
    }

    fn required_of(regex: &str) -> Option<Vec<String>> {
        let required = match shape_of(regex) {
            Shape::Whole(whole) => whole.required,
            Shape::Bounded(_) | Shape::Rule(_) => panic!("{regex} is no trigger"),
            Shape::Split { middle: Middle::Regex { required, .. }, .. } => required,
            other @ Shape::Split { .. } => panic!("{regex} has the shape {other:?}"),
        };
        required.map(|needles| texts(&needles).iter().map(|&t| t.to_owned()).collect())
    }

    #[test]
    fn finite_middles_become_literals_in_order_of_preference() {
        let cases: &[(&str, &[&str])] = &[
            ("(.+?) causes (.+)", &[" causes "]),
            ("(.+?) is (?:a|an) (.+)", &[" is a ", " is an "]),
            ("(.+?) are (?:a|an|types? of) (.+)", &[" are a ", " are an ", " are types of ", " are type of "]),
            ("(.+?) types?? of(.+)", &[" type of", " types of"]),
            ("(.+?) (?i:OK) (.+)", &[" ok "]),
            ("(.+?)[\\n,]x(.+)", &[",x"]),
            ("(?s)(.+?), (.+)", &[", "]),
            ("(.+?)(, )(.+)", &[", "]),
        ];
        for &(regex, want) in cases {
            let regex = regex.to_owned();
            let pattern = Pattern::regex("p", RelationType::Causal, &*regex);
            let pattern = if regex.contains("(, )") { pattern.with_target(3) } else { pattern };
            match shape(&pattern) {
                Ok((Shape::Split { middle: Middle::Literals(got), .. }, 0)) => assert_eq!(texts(&got), want, "{regex}"),
                other => panic!("{regex}: {other:?}"),
            }
        }
    }

    #[test]
    fn the_rest_is_kept_whole_or_split_at_a_regex() {
        for regex in ["(.+?) (?:often )*causes (.+)", r"(.+?)\bcauses\b(.+)", r"(.+?)\s+causes\s+(.+)"] {
            assert!(matches!(shape_of(regex), Shape::Split { middle: Middle::Regex { .. }, .. }), "{regex}");
        }
        for regex in ["(.+) causes (.+)", "^(.+?) causes (.+)", "(.*?) causes (.+)", r"(\w+) causes (\w+)"] {
            assert!(matches!(shape_of(regex), Shape::Whole(_)), "{regex}");
        }
    }

    #[test]
    fn required_literals() {
        let cases: &[(&str, Option<&[&str]>)] = &[
            (r"(\w+) causes (\w+)", Some(&[" causes "])),
            (r"(\w+)\s+(?:causes|triggers)\s+(\w+)", Some(&["causes", "triggers"])),
            (r"(\w+) (\w+)", None),
            (r"(?:(\w+) begets (\w+)|x=(\w+))", Some(&[" begets ", "x="])),
            (r"(\w+)(?: causes)? (\w+)", None),
            (r"(\w+): (\d+)%", Some(&["%"])),
        ];
        for &(regex, want) in cases {
            let want = want.map(|w| w.iter().map(|&s| s.to_owned()).collect::<Vec<_>>());
            assert_eq!(required_of(regex), want, "{regex}");
        }
    }
}
