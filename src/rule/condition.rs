//! What a rule asks of an argument.

use super::argument::Argument;
use crate::language::{Determiner, Role, SentenceView, Tag};

/// A conjunction of alternatives: `plural|name & !pronoun`. An empty one holds always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Condition(Vec<Vec<Term>>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    denied: bool,
    kind: TermKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum TermKind {
    Plural,
    Name,
    Pronoun,
    Number,
    Indefinite,
    Definite,
    Possessive,
    Bare,
    Quantified,
    Clause,
    Gerund,
    Year,
    Superlative,
    Modified,
    Measured,
    Listed,
    Noun,
    Counted,
    Lower,
    Word(Vec<String>),
}

/// The terms that need no words.
const TERMS: [(&str, TermKind); 19] = [
    ("plural", TermKind::Plural),
    ("name", TermKind::Name),
    ("pronoun", TermKind::Pronoun),
    ("number", TermKind::Number),
    ("indefinite", TermKind::Indefinite),
    ("definite", TermKind::Definite),
    ("possessive", TermKind::Possessive),
    ("bare", TermKind::Bare),
    ("quantified", TermKind::Quantified),
    ("clause", TermKind::Clause),
    ("gerund", TermKind::Gerund),
    ("year", TermKind::Year),
    ("superlative", TermKind::Superlative),
    ("modified", TermKind::Modified),
    ("measured", TermKind::Measured),
    ("listed", TermKind::Listed),
    ("noun", TermKind::Noun),
    ("counted", TermKind::Counted),
    ("lower", TermKind::Lower),
];

impl Condition {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        text.split('&').map(|part| part.split('|').map(Term::parse).collect()).collect::<Result<_, _>>().map(Self)
    }

    /// Tells whether an argument is what is asked for.
    pub(crate) fn holds(&self, view: &SentenceView<'_>, argument: &Argument) -> bool {
        self.0.iter().all(|part| part.iter().any(|term| term.kind.holds(view, argument) != term.denied))
    }
}

impl Term {
    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (denied, name) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest.trim()));
        if let Some(words) = name.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            let words = words.split_whitespace().map(str::to_lowercase).collect();
            return Ok(Self { denied, kind: TermKind::Word(words) });
        }
        if let Some((_, kind)) = TERMS.iter().find(|(known, _)| *known == name) {
            return Ok(Self { denied, kind: kind.clone() });
        }
        let known: Vec<_> = TERMS.iter().map(|(name, _)| *name).collect();
        Err(format!("`{name}` is no condition; use {}, or head words in brackets", known.join(", ")))
    }
}

impl TermKind {
    fn holds(&self, view: &SentenceView<'_>, argument: &Argument) -> bool {
        let group = argument.group.as_ref();
        let has = |determiner: Determiner| group.is_some_and(|group| group.determiner == determiner);
        let head = || view.word(argument.head);
        match self {
            Self::Plural => group.is_some_and(|group| group.plural) || argument.coordinated,
            Self::Name => group.is_some_and(|group| group.name),
            Self::Pronoun => argument.pronoun,
            Self::Number => group.is_some_and(|group| group.number),
            Self::Indefinite => has(Determiner::Indefinite),
            Self::Definite => has(Determiner::Definite),
            Self::Possessive => has(Determiner::Possessive) || argument.tokens.clone().any(|at| is_possessor(view, at)),
            Self::Bare => has(Determiner::None),
            Self::Quantified => has(Determiner::Other),
            Self::Clause => argument.clause,
            Self::Gerund => view.tokens[argument.head].tag == Tag::VerbIng,
            Self::Year => head().len() == 4 && head().bytes().all(|byte| byte.is_ascii_digit()),
            Self::Superlative => argument.tokens.clone().any(|at| is_superlative(view, at)),
            Self::Modified => argument.tokens.len() > 1,
            Self::Measured => argument.measured,
            Self::Listed => argument.coordinated,
            Self::Noun => view.tokens[argument.head].tag.is_nominal(),
            Self::Counted => argument.tokens.clone().any(|at| view.tokens[at].tag == Tag::Number),
            Self::Lower => !view.tokens[argument.head].capital,
            Self::Word(words) => {
                let lower = head().to_lowercase();
                words.iter().any(|word| lower == *word || lower.strip_suffix('s') == Some(word))
            }
        }
    }
}

fn is_possessor(view: &SentenceView<'_>, token: usize) -> bool {
    view.tokens[token].roles.has(Role::Possessive)
        || view.tokens[token].tag == Tag::Particle && view.tokens[token].roles.has(Role::Genitive)
}

/// Tells whether a word makes what it modifies one of its kind: `largest`, `first`, `main`.
fn is_superlative(view: &SentenceView<'_>, token: usize) -> bool {
    let word = view.word(token).to_lowercase();
    let tag = view.tokens[token].tag;
    view.tokens[token].roles.has(Role::Unique)
        || matches!(tag, Tag::Adjective | Tag::Adverb) && word.len() > 4 && word.ends_with("est")
}
