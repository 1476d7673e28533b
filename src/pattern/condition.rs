//! What an argument must be: a condition over word classes and words, as `left = "artifact|body & !time"`.

use super::error::{Field, PatternError, PatternErrorKind};

/// All of these must hold, each by one of its alternatives. Empty for no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) all: Vec<Vec<Term>>,
}

/// One alternative of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) negated: bool,
    pub(crate) test: Test,
}

/// What is asked of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// The head is of the class of this name.
    Class(String),
    /// The head is this word.
    Word(String),
    /// There is no determiner, or only one that leaves the number open: `several`, `various`.
    Bare,
    /// The determiner is `a` or `an`.
    Indefinite,
    /// The phrase begins the sentence, but for its determiner.
    Opening,
    /// `to` and a verb follow the phrase: `it causes the clerk to resign`.
    Infinitive,
    /// A verb follows the phrase: it is the subject of a clause.
    Clause,
    /// A comma and `which` follow the phrase; what they describe may be the whole clause.
    Aside,
    /// The phrase is a bare noun that a preposition makes an adverb: `in error`, `at work`.
    Adverbial,
    /// The head may be a verb in the third person after its subject: `the statement starts`.
    Third,
    /// The phrase begins with a participle, without a determiner: `closing doors`, `showed interest`.
    Participle,
    /// `to` follows the phrase: it is where a range begins, as in `from good to bad`.
    Range,
}

/// The classes that a condition can name.
pub(crate) const CLASS_NAMES: [&str; 43] = [
    "act",
    "animal",
    "artifact",
    "attribute",
    "body",
    "cognition",
    "communication",
    "event",
    "feeling",
    "food",
    "group",
    "location",
    "object",
    "person",
    "phenomenon",
    "plant",
    "possession",
    "process",
    "quantity",
    "relation",
    "shape",
    "state",
    "substance",
    "time",
    "container",
    "collection",
    "part",
    "thing",
    "noun",
    "plural",
    "verb",
    "past",
    "gerund",
    "adjective",
    "adverb",
    "modifier",
    "measure",
    "classifier",
    "generic",
    "numeral",
    "capital",
    "hyphen",
    "digit",
];

/// Parses `text`; `field` is where it stands in the pattern.
pub(crate) fn parse(text: &str, field: Field) -> Result<Condition, PatternError> {
    let mut condition = Condition::default();
    let mut at = 0;
    for clause in text.split('&') {
        let mut alternatives = Vec::new();
        let mut inner = at;
        for part in clause.split('|') {
            let start = inner + (part.len() - part.trim_start().len());
            let name = part.trim();
            alternatives.push(term(name).ok_or_else(|| {
                let kind = PatternErrorKind::UnknownValue { what: "word class", value: name.to_owned() };
                PatternError::new(kind, field).at(start..start + name.len())
            })?);
            inner += part.len() + 1;
        }
        condition.all.push(alternatives);
        at += clause.len() + 1;
    }
    Ok(condition)
}

fn term(name: &str) -> Option<Term> {
    let (negated, name) = name.strip_prefix('!').map_or((false, name), |rest| (true, rest.trim()));
    let test = match name {
        "bare" => Test::Bare,
        "indefinite" => Test::Indefinite,
        "opening" => Test::Opening,
        "infinitive" => Test::Infinitive,
        "clause" => Test::Clause,
        "aside" => Test::Aside,
        "adverbial" => Test::Adverbial,
        "third" => Test::Third,
        "participle" => Test::Participle,
        "range" => Test::Range,
        _ => match name.strip_prefix('=') {
            Some(word) if !word.is_empty() && !word.contains(char::is_uppercase) => Test::Word(word.to_owned()),
            None if CLASS_NAMES.contains(&name) => Test::Class(name.to_owned()),
            _ => return None,
        },
    };
    Some(Term { negated, test })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions() {
        let condition = parse("artifact | =head & !time", Field::Left).unwrap();
        assert_eq!(condition.all.len(), 2);
        assert_eq!(condition.all[0][1], Term { negated: false, test: Test::Word("head".into()) });
        assert_eq!(condition.all[1], [Term { negated: true, test: Test::Class("time".into()) }]);
    }

    #[test]
    fn faults_point_at_their_place() {
        for (text, place) in [("arti", 0..4), ("part & nothing", 7..14), ("part|", 5..5), ("=Up", 0..3), ("", 0..0)] {
            let error = parse(text, Field::Left).unwrap_err();
            assert_eq!(error.within, Some(place), "{text}");
        }
    }
}
