//! The conditions on an argument, compiled: what its head must be, and what must stand around it.

use super::class;
use super::head::{HeadTest, OneOf, Question, Questions};
use super::named;
use super::phrase::{Phrase, Sentence};
use crate::pattern::condition::{Condition, Term, Test};

/// A compiled condition: all of it must hold.
#[derive(Debug, Default)]
pub(super) struct Checks {
    /// What the head alone tells.
    head: HeadTest,
    /// How that is asked of a word that answers all questions together.
    question: Option<Question>,
    /// The rest.
    clauses: Vec<Clause>,
}

/// A part of a condition that holds by one of its alternatives.
#[derive(Debug, Default)]
struct Clause {
    /// What the head may be,
    head: OneOf,
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
            match clause.others.as_slice() {
                [] if clause.head.is_of_word() => checks.head.add(clause.head),
                [(true, Other::Word(word))] if terms.len() == 1 => checks.head.refused.push(word.clone()),
                _ => checks.clauses.push(clause),
            }
        }
        checks
    }

    /// Has what is asked of the head asked together with all other `questions`.
    pub(super) fn join(&mut self, questions: &mut Questions) {
        self.question = if self.head.is_empty() { None } else { questions.add(&self.head) };
    }

    pub(super) fn hold(&self, sentence: &Sentence<'_>, phrase: &Phrase) -> bool {
        self.hold_of_head(sentence, phrase.head) && self.clauses.iter().all(|clause| clause.holds(sentence, phrase))
    }

    fn hold_of_head(&self, sentence: &Sentence<'_>, head: usize) -> bool {
        match self.question.and_then(|question| Some((question, sentence.answers(head)?))) {
            Some((question, answers)) => answers.hold(question),
            None => self.head.is_empty() || self.head.holds(sentence.word(head), sentence.classes(head)),
        }
    }

    /// Whether no determiner may say which is meant, or where `bare` is not so, whether one must.
    pub(super) fn ask_for_bare(&self, bare: bool) -> bool {
        self.clauses.iter().any(|clause| clause.is_only(&(!bare, Other::Bare)))
    }

    /// How what the head alone tells is asked; nothing if it has to be asked by itself, or there is nothing.
    pub(super) fn question(&self) -> Option<Question> {
        self.question
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
                    let classes = if *negated { &mut clause.head.lacking } else { &mut clause.head.classes };
                    *classes |= class;
                    continue;
                }
                Test::Word(word) if !negated => {
                    clause.head.words.push(word.as_str().into());
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

    fn holds(&self, sentence: &Sentence<'_>, phrase: &Phrase) -> bool {
        self.head.holds(sentence.word(phrase.head), sentence.classes(phrase.head))
            || self.others.iter().any(|(negated, other)| other.holds(sentence, phrase) != *negated)
    }

    /// Whether it says this and nothing else.
    fn is_only(&self, other: &(bool, Other)) -> bool {
        self.head == OneOf::default() && matches!(self.others.as_slice(), [only] if only == other)
    }
}

impl Other {
    fn holds(&self, sentence: &Sentence<'_>, phrase: &Phrase) -> bool {
        match self {
            Other::Word(word) => sentence.reads(phrase.head, word),
            Other::Bare => sentence.is_bare(phrase),
            Other::Indefinite => phrase.determiner.is_some_and(|at| sentence.is(at, named::A_OR_AN)),
            Other::Opening => phrase.first == 0,
            Other::Infinitive => sentence.infinitive_follows(phrase.reach()),
            Other::Clause => {
                let next = sentence.classes(phrase.reach());
                next.any(class::AUXILIARY) || next.is_verb()
            }
            Other::Aside => {
                let end = phrase.reach();
                sentence.has(end, class::COMMA) && sentence.is(end + 1, named::WHICH)
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
            Other::Range => sentence.is(phrase.reach(), named::TO),
        }
    }
}
