//! The conditions on an argument, compiled: what its head must be, and what must stand around it.

use super::class::{self, Classes};
use super::glance::Key;
use super::phrase::{Phrase, Sentence};
use super::quick::{OneOf, QuickHead};
use crate::pattern::condition::{Condition, Term, Test};

/// A compiled condition: all of it must hold.
#[derive(Debug, Default)]
pub(super) struct Checks {
    /// The head must be of none of these classes.
    forbidden: Classes,
    /// And of each of these.
    required: Classes,
    clauses: Vec<Clause>,
}

/// A part of a condition that holds by one of its alternatives.
#[derive(Debug, Default)]
struct Clause {
    /// The head is of one of these classes,
    classes: Classes,
    /// or lacks one of these,
    lacking: Classes,
    /// or is one of these words,
    words: Vec<Box<str>>,
    /// or this holds, or does not where that is said.
    others: Vec<(bool, Other)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Other {
    Word(Box<str>),
    Bare,
    Indefinite,
    Opening,
    Infinitive,
    Clause,
    Aside,
    Adverbial,
    Third,
    Participle,
    Range,
}

impl Checks {
    pub(super) fn new(condition: &Condition) -> Self {
        let mut checks = Checks::default();
        for terms in &condition.all {
            let clause = Clause::new(terms);
            let of_classes = clause.words.is_empty() && clause.others.is_empty() && terms.len() == 1;
            if of_classes {
                checks.forbidden |= clause.lacking;
                checks.required |= clause.classes;
            } else {
                checks.clauses.push(clause);
            }
        }
        checks
    }

    pub(super) fn hold(&self, sentence: &Sentence<'_>, phrase: &Phrase) -> bool {
        let classes = sentence.classes(phrase.head);
        !classes.any(self.forbidden)
            && classes.and(self.required) == self.required
            && self.clauses.iter().all(|clause| clause.holds(sentence, phrase, classes))
    }

    /// Whether no determiner may say which is meant.
    pub(super) fn ask_for_bare(&self) -> bool {
        self.clauses.iter().any(|clause| clause.is_only(&(false, Other::Bare)))
    }

    /// What the head alone tells of it.
    pub(super) fn quick(&self) -> QuickHead {
        let mut quick = QuickHead { forbidden: self.forbidden, required: self.required, asked: Vec::new() };
        // Otherwise what stands around the head decides, or any word but one will do.
        for clause in self.clauses.iter().filter(|clause| clause.others.is_empty()) {
            quick.asked.push(OneOf {
                classes: clause.classes,
                lacking: clause.lacking,
                words: clause.words.iter().map(|word| Key::of(word)).collect(),
            });
        }
        quick
    }
}

impl Clause {
    fn new(terms: &[Term]) -> Self {
        let mut clause = Clause::default();
        for Term { negated, test } in terms {
            let other = match test {
                Test::Class(name) => {
                    // The names were checked when the pattern was. Each is of one class.
                    let class = class::by_name(name).unwrap_or_default();
                    let classes = if *negated { &mut clause.lacking } else { &mut clause.classes };
                    *classes |= class;
                    continue;
                }
                Test::Word(word) if !negated => {
                    clause.words.push(word.as_str().into());
                    continue;
                }
                Test::Word(word) => Other::Word(word.as_str().into()),
                Test::Bare => Other::Bare,
                Test::Indefinite => Other::Indefinite,
                Test::Opening => Other::Opening,
                Test::Infinitive => Other::Infinitive,
                Test::Clause => Other::Clause,
                Test::Aside => Other::Aside,
                Test::Adverbial => Other::Adverbial,
                Test::Third => Other::Third,
                Test::Participle => Other::Participle,
                Test::Range => Other::Range,
            };
            clause.others.push((*negated, other));
        }
        clause
    }

    fn holds(&self, sentence: &Sentence<'_>, phrase: &Phrase, head: Classes) -> bool {
        head.any(self.classes)
            || head.and(self.lacking) != self.lacking
            || self.words.iter().any(|word| sentence.is(phrase.head, word))
            || self.others.iter().any(|(negated, other)| other.holds(sentence, phrase) != *negated)
    }

    /// Whether it says this and nothing else.
    fn is_only(&self, other: &(bool, Other)) -> bool {
        let of_head = self.classes.or(self.lacking).is_empty() && self.words.is_empty();
        of_head && matches!(self.others.as_slice(), [only] if only == other)
    }
}

impl Other {
    fn holds(&self, sentence: &Sentence<'_>, phrase: &Phrase) -> bool {
        match self {
            Other::Word(word) => sentence.is(phrase.head, word),
            Other::Bare => sentence.is_bare(phrase),
            Other::Indefinite => phrase.determiner.is_some_and(|at| sentence.is_one_of(at, &["a", "an"])),
            Other::Opening => phrase.first == 0,
            Other::Infinitive => sentence.infinitive_follows(phrase.reach()),
            Other::Clause => {
                let next = sentence.classes(phrase.reach());
                next.any(class::AUXILIARY) || next.is_verb()
            }
            Other::Aside => {
                let end = phrase.reach();
                sentence.has(end, class::COMMA) && sentence.is(end + 1, "which")
            }
            Other::Adverbial => sentence.is_adverbial(phrase),
            Other::Third => {
                let third = sentence.classes(phrase.head);
                let noun = phrase.head.checked_sub(1).filter(|_| phrase.start < phrase.head);
                third.any(class::VERB)
                    && third.any(class::PLURAL)
                    && noun.is_some_and(|at| sentence.has(at, class::NOUN))
            }
            Other::Participle => {
                phrase.determiner.is_none() && phrase.start < phrase.head && sentence.is_participial(phrase.start)
            }
            Other::Range => sentence.is(phrase.reach(), "to"),
        }
    }
}
