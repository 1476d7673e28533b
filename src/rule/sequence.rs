//! Sequences of phrases and words: `target=NP ,? such as source=NP*`.

use std::ops::Range;

use super::argument::{Argument, arguments, clause_from, clause_to};
use crate::language::{ItemKind, Mark, Phrase, Role, SentenceView, Syntax, Tag, VerbForm};

/// A sequence that has been read: what stands before its anchor (from the anchor on), the anchor, and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sequence {
    left: Vec<Element>,
    anchor: Vec<Literal>,
    right: Vec<Element>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Element {
    capture: Option<Capture>,
    optional: bool,
    kind: ElementKind,
}

/// Which argument an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Capture {
    Source,
    Target,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ElementKind {
    /// One of some words or marks.
    Any(Vec<Literal>),
    /// A noun phrase with what `of` hangs on it.
    Phrase,
    /// A noun group by itself.
    Group,
    /// A coordinated list of noun groups.
    Groups,
    /// A coordinated list of noun phrases.
    List,
    /// A list that need not end with a coordinator.
    OpenList,
    /// A clause.
    Clause,
    /// A clause, a gerund with its object, or a noun phrase.
    Event,
    /// What a noun group says before the name that ends it: `British ship` of `the British ship Endurance`.
    Title,
    /// The name that ends a noun group after its title.
    Name,
    /// Prepositions with their phrases, one or more.
    Prepositional,
    /// What a noun group says before a hyphen: `insulin` of `insulin-induced edema`.
    Compound,
    /// A verb in any form with its object.
    Action,
    /// A gerund with its object.
    Gerund,
    /// A verb that is a form of `be`.
    Be,
    /// The start of the sentence or of a clause in it.
    Start,
    /// The end of the sentence, a mark that ends a clause, or a closing bracket.
    End,
}

/// A word or a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Literal {
    Word(String),
    Mark(Mark),
}

/// What a sequence found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Captures {
    pub(crate) sources: Vec<Argument>,
    pub(crate) targets: Vec<Argument>,
    /// The tokens of the anchor.
    pub(crate) trigger: Range<usize>,
}

const KINDS: [(&str, ElementKind); 16] = [
    ("COMPOUND", ElementKind::Compound),
    ("ACTION", ElementKind::Action),
    ("GROUP+", ElementKind::Groups),
    ("PP", ElementKind::Prepositional),
    ("GERUND", ElementKind::Gerund),
    ("TITLE", ElementKind::Title),
    ("NAME", ElementKind::Name),
    ("NP", ElementKind::Phrase),
    ("GROUP", ElementKind::Group),
    ("NP+", ElementKind::List),
    ("NP*", ElementKind::OpenList),
    ("CLAUSE", ElementKind::Clause),
    ("EVENT", ElementKind::Event),
    ("BE", ElementKind::Be),
    ("^", ElementKind::Start),
    ("$", ElementKind::End),
];

impl Sequence {
    /// Reads a sequence; one for each alternative of its anchor.
    pub(crate) fn parse(text: &str) -> Result<Vec<Self>, (Range<usize>, String)> {
        let mut elements = Vec::new();
        for (span, word) in words(text) {
            elements.push(Element::parse(word).map_err(|message| (span, message))?);
        }
        let is_anchor = |element: &Element| !element.optional && matches!(element.kind, ElementKind::Any(_));
        let is_word = |element: &Element| {
            is_anchor(element)
                && matches!(&element.kind, ElementKind::Any(all) if all.iter().all(|one| matches!(one, Literal::Word(_))))
        };
        let whole = 0..text.len();
        if elements.first().is_some_and(|element| element.kind == ElementKind::Title) {
            return Ok(vec![Self { left: Vec::new(), anchor: Vec::new(), right: elements }]);
        }
        // A word is rarer than a mark.
        let at = elements.iter().position(is_word).or_else(|| elements.iter().position(is_anchor));
        let Some(at) = at else {
            return Err((whole, "a sequence needs a word or a mark that is not optional".to_owned()));
        };
        let captures = |wanted: Capture| elements.iter().filter(|element| element.capture == Some(wanted)).count();
        if captures(Capture::Source) != 1 || captures(Capture::Target) != 1 {
            return Err((whole, "a sequence needs one `source=` and one `target=`".to_owned()));
        }
        let ElementKind::Any(alternatives) = elements[at].kind.clone() else { return Ok(Vec::new()) };
        let single =
            |element: &&Element| is_anchor(element) && matches!(&element.kind, ElementKind::Any(all) if all.len() == 1);
        let more = elements[at + 1..].iter().take_while(single).count();
        let literals = elements[at + 1..at + 1 + more].iter().filter_map(|element| match &element.kind {
            ElementKind::Any(all) => all.first().cloned(),
            _ => None,
        });
        let literals: Vec<_> = literals.collect();
        Ok(alternatives
            .into_iter()
            .map(|first| Self {
                left: elements[..at].iter().rev().cloned().collect(),
                anchor: std::iter::once(first).chain(literals.iter().cloned()).collect(),
                right: elements[at + 1 + more..].to_vec(),
            })
            .collect())
    }

    /// The words of which one begins the anchor; none if a mark does.
    pub(crate) fn anchor_words(&self) -> impl Iterator<Item = &str> {
        self.anchor.first().into_iter().filter_map(|literal| match literal {
            Literal::Word(word) => Some(word.as_str()),
            Literal::Mark(_) => None,
        })
    }

    /// The mark that begins the anchor, if one does.
    pub(crate) fn anchor_mark(&self) -> Option<Mark> {
        match self.anchor.first() {
            Some(Literal::Mark(mark)) => Some(*mark),
            _ => None,
        }
    }

    /// Tells whether a noun group begins the sequence, and no word or mark.
    pub(crate) fn begins_with_group(&self) -> bool {
        self.anchor.is_empty()
    }

    /// Matches the sequence with its anchor at a token.
    pub(crate) fn find(&self, syntax: &Syntax, view: &SentenceView<'_>, token: usize) -> Option<Captures> {
        // `is associated with` is a predicate, and `associated with` after a noun modifies it.
        let in_group = syntax.item_of(token).is_some_and(|item| {
            view.verb(item).is_some_and(|group| group.verb == token) && view.items[item].tokens.start != token
        });
        if in_group && !self.anchor.is_empty() {
            return None;
        }
        let mut end = token;
        for literal in &self.anchor {
            end = skip_quotes(view, end);
            if !literal.is(view, end) {
                return None;
            }
            end += 1;
        }
        let side = Side { syntax, view };
        let mut captures = Captures { trigger: token..end.max(token + 1), ..Captures::default() };
        (side.forward(&self.right, end, &mut captures) && side.backward(&self.left, token, &mut captures))
            .then_some(captures)
    }
}

/// The words of a text with their places.
fn words(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    text.split_whitespace().map(move |word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        (start..start + word.len(), word)
    })
}

impl Element {
    fn parse(text: &str) -> Result<Self, String> {
        let (capture, rest) = match text.split_once('=') {
            Some(("source", rest)) => (Some(Capture::Source), rest),
            Some(("target", rest)) => (Some(Capture::Target), rest),
            Some((name, _)) if !name.is_empty() => {
                return Err(format!("`{name}` is no argument; use source= or target="));
            }
            _ => (None, text),
        };
        if let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == rest) {
            return Ok(Self { capture, optional: false, kind: kind.clone() });
        }
        let (rest, optional) = match rest.strip_suffix('?') {
            Some(inner) if !inner.is_empty() => (inner, true),
            _ => (rest, false),
        };
        if let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == rest) {
            return Ok(Self { capture, optional, kind: kind.clone() });
        }
        if capture.is_some() {
            let known: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
            return Err(format!("`{rest}` cannot be an argument; use one of {}", known.join(", ")));
        }
        let inner = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).filter(|inner| !inner.is_empty());
        let literals = inner.map_or_else(|| vec![rest], |inner| inner.split('|').collect());
        let literals = literals.into_iter().map(Literal::parse).collect::<Result<_, _>>()?;
        Ok(Self { capture, optional, kind: ElementKind::Any(literals) })
    }
}

impl Literal {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "," => Ok(Self::Mark(Mark::Comma)),
            "(" => Ok(Self::Mark(Mark::Open)),
            ")" => Ok(Self::Mark(Mark::Close)),
            ":" | ";" | "-" => Ok(Self::Mark(Mark::Break)),
            "~" => Ok(Self::Mark(Mark::Hyphen)),
            word if word.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '\'' | '.'))
                && !word.is_empty() =>
            {
                Ok(Self::Word(word.to_lowercase()))
            }
            other => Err(format!("`{other}` is neither a word, a mark nor a kind of phrase")),
        }
    }

    fn is(&self, view: &SentenceView<'_>, token: usize) -> bool {
        match self {
            Self::Word(word) => view.is_word(token, word),
            Self::Mark(mark) => view.tokens.get(token).is_some_and(|token| token.mark == *mark),
        }
    }
}

fn skip_quotes(view: &SentenceView<'_>, mut token: usize) -> usize {
    while view.tokens.get(token).is_some_and(|token| token.mark == Mark::Quote) {
        token += 1;
    }
    token
}

/// A sentence in which elements are matched, by trying: an optional element first, and then without it.
struct Side<'s> {
    syntax: &'s Syntax,
    view: &'s SentenceView<'s>,
}

impl Side<'_> {
    /// Matches elements from a token on.
    fn forward(&self, elements: &[Element], token: usize, captures: &mut Captures) -> bool {
        let Some((element, rest)) = elements.split_first() else { return true };
        if let Some((end, found)) = self.one_forward(&element.kind, token) {
            keep(element, found, captures);
            if self.forward(rest, end, captures) {
                return true;
            }
        }
        element.optional && self.forward(rest, token, captures)
    }

    fn one_forward(&self, kind: &ElementKind, token: usize) -> Option<(usize, Vec<Argument>)> {
        let view = self.view;
        let token = skip_quotes(view, token);
        let item = || self.syntax.item_of(token).filter(|item| view.items[*item].tokens.start == token);
        // A word of the sequence may be a part of the group: `other` of `other metals`.
        let noun = || {
            let item = self.syntax.item_of(token)?;
            view.noun(item).filter(|group| token <= group.head).map(|_| item)
        };
        let cut = |mut found: Vec<Argument>| {
            if let Some(first) = found.first_mut() {
                first.tokens.start = first.tokens.start.max(token);
            }
            found
        };
        let end_of = |last: usize| view.items[last].tokens.end;
        match kind {
            ElementKind::Any(literals) => {
                literals.iter().any(|literal| literal.is(view, token)).then(|| (token + 1, Vec::new()))
            }
            ElementKind::Phrase => {
                let phrase = match noun() {
                    Some(noun) => view.phrase_from(noun),
                    None => view.gerund_from(item().filter(|item| is_gerund(view, *item))?),
                };
                Some((end_of(phrase.last), cut(arguments(view, &[phrase]))))
            }
            ElementKind::Group => {
                let item = noun()?;
                let phrase = Phrase { first: item, head: item, last: item, clause: false };
                Some((end_of(item), cut(arguments(view, &[phrase]))))
            }
            ElementKind::Title => {
                let item = item()?;
                let name = name_after_title(view, item)?;
                let content = view.noun(item)?.content;
                Some((name, vec![Argument::part(view, content..name, false)?]))
            }
            ElementKind::Name => {
                let item = noun()?;
                let tokens = token..end_of(item);
                Some((tokens.end, vec![Argument::part(view, tokens, true)?]))
            }
            ElementKind::List | ElementKind::OpenList | ElementKind::Groups => {
                let phrases = if let Some(noun) = noun() {
                    view.list_from(noun, *kind == ElementKind::OpenList)
                } else {
                    vec![view.gerund_from(item().filter(|item| is_gerund(view, *item))?)]
                };
                Some((end_of(phrases.last()?.last), cut(arguments(view, &phrases))))
            }
            ElementKind::Clause => {
                let clause = clause_from(view, item()?)?;
                Some((clause.tokens.end, vec![clause]))
            }
            ElementKind::Event => self.event_from(item()?),
            ElementKind::Prepositional => Some((end_of(self.prepositions_from(item()?)?), Vec::new())),
            ElementKind::Action => {
                let item = self.syntax.item_of(token)?;
                let group = view.verb(item).filter(|group| token <= group.verb)?;
                let last = view.gerund_from(item).last;
                let argument = Argument::clause(view, item, last);
                let tokens = token..argument.tokens.end;
                Some((tokens.end, vec![Argument { tokens, head: group.verb, ..argument }]))
            }
            ElementKind::Gerund => {
                let phrase = view.gerund_from(item().filter(|item| is_gerund(view, *item))?);
                Some((end_of(phrase.last), arguments(view, &[phrase])))
            }
            ElementKind::Be => {
                let item = item().filter(|item| view.verb(*item).is_some_and(|group| group.copula))?;
                Some((end_of(item), Vec::new()))
            }
            ElementKind::Start | ElementKind::Compound => None,
            ElementKind::End => self.is_end(token, item()).then(|| (token, Vec::new())),
        }
    }

    /// A clause, a gerund with its object or a noun phrase that begins with an item, and the token at which it ends.
    fn event_from(&self, first: usize) -> Option<(usize, Vec<Argument>)> {
        let view = self.view;
        if view.noun(first).is_some() && view.is_subject(first) {
            let clause = clause_from(view, first)?;
            return Some((clause.tokens.end, vec![clause]));
        }
        let phrase = if is_gerund(view, first) {
            view.gerund_from(first)
        } else {
            view.noun(first).map(|_| view.phrase_from(first))?
        };
        Some((view.items[phrase.last].tokens.end, arguments(view, &[phrase])))
    }

    /// The last item of the prepositions with their phrases that begin with an item.
    fn prepositions_from(&self, first: usize) -> Option<usize> {
        let view = self.view;
        let (mut next, mut last) = (Some(first), None);
        while let Some(preposition) = next.filter(|next| view.items[*next].kind == ItemKind::Preposition)
            && let Some(noun) = view.right(preposition).filter(|noun| view.noun(*noun).is_some())
        {
            last = Some(view.of_end(noun));
            next = last.and_then(|last| view.right(last));
        }
        last
    }

    /// Tells whether the sentence ends at a token, or a mark ends a clause, or what modifies the phrase before begins.
    fn is_end(&self, token: usize, item: Option<usize>) -> bool {
        let view = self.view;
        let ends = view.tokens.get(token).is_none_or(|token| {
            matches!(token.mark, Mark::Comma | Mark::Stop | Mark::Break | Mark::Close | Mark::Open)
        });
        ends || item.is_some_and(|item| {
            let form = view.verb(item).map(|group| group.form);
            matches!(form, Some(VerbForm::Ing | VerbForm::Participle)) || view.items[item].kind == ItemKind::Relative
        })
    }

    /// Matches elements, the nearest first, so that they end before a token.
    fn backward(&self, elements: &[Element], token: usize, captures: &mut Captures) -> bool {
        let Some((element, rest)) = elements.split_first() else { return true };
        if let Some((start, found)) = self.one_backward(&element.kind, token) {
            keep(element, found, captures);
            if self.backward(rest, start, captures) {
                return true;
            }
        }
        element.optional && self.backward(rest, token, captures)
    }

    fn one_backward(&self, kind: &ElementKind, token: usize) -> Option<(usize, Vec<Argument>)> {
        let view = self.view;
        let before = (0..token).rev().find(|at| view.tokens[*at].mark != Mark::Quote);
        let item = || self.last_item_before(token);
        let start_of = |first: usize| view.items[first].tokens.start;
        match kind {
            ElementKind::Any(literals) => {
                let at = before?;
                literals.iter().any(|literal| literal.is(view, at)).then(|| (at, Vec::new()))
            }
            ElementKind::Phrase => {
                let phrase = view.phrase_ending_at(item()?)?;
                Some((start_of(phrase.first), arguments(view, &[phrase])))
            }
            ElementKind::Group => {
                let item = item().filter(|item| view.noun(*item).is_some())?;
                let phrase = Phrase { first: item, head: item, last: item, clause: false };
                Some((start_of(item), arguments(view, &[phrase])))
            }
            ElementKind::Groups => {
                let phrases = view.groups_ending_at(item().filter(|item| view.noun(*item).is_some())?, true);
                Some((start_of(phrases.first()?.first), arguments(view, &phrases)))
            }
            ElementKind::List | ElementKind::OpenList => {
                let phrases = view.list_ending_at(item().filter(|item| view.noun(*item).is_some())?);
                Some((start_of(phrases.first()?.first), arguments(view, &phrases)))
            }
            ElementKind::Clause => {
                let clause = clause_to(view, item()?)?;
                // What leads up to the clause, and the subordinator before it, belong to it for what comes before.
                let first = self.syntax.item_of(clause.tokens.start)?;
                Some((start_of(first), vec![clause]))
            }
            ElementKind::Event => {
                let last = item()?;
                if let Some(clause) = clause_to(view, last) {
                    return Some((clause.tokens.start, vec![clause]));
                }
                let phrase = view.phrase_ending_at(last)?;
                Some((start_of(phrase.first), arguments(view, &[phrase])))
            }
            ElementKind::Be => {
                let item = item().filter(|item| view.verb(*item).is_some_and(|group| group.copula))?;
                Some((start_of(item), Vec::new()))
            }
            ElementKind::Start => {
                let starts = before.is_none_or(|at| {
                    matches!(view.tokens[at].mark, Mark::Stop | Mark::Break | Mark::Open)
                        || self.last_item_before(token).is_some_and(|item| {
                            matches!(view.items[item].kind, ItemKind::Coordinator | ItemKind::Subordinator)
                        })
                });
                starts.then(|| (token, Vec::new()))
            }
            ElementKind::Compound => {
                let item = self.syntax.item_of(before?)?;
                let content = view.noun(item)?.content;
                let found = Argument::part(view, content..token, false).filter(|_| content < token)?;
                Some((content, vec![found]))
            }
            ElementKind::Prepositional => {
                let noun = item().filter(|item| view.noun(*item).is_some())?;
                let top = view.top(noun);
                let first = (top..noun).find(|at| view.items[*at].kind == ItemKind::Preposition)?;
                Some((start_of(first), Vec::new()))
            }
            ElementKind::End | ElementKind::Title | ElementKind::Name | ElementKind::Gerund | ElementKind::Action => {
                None
            }
        }
    }

    /// The item that ends before a token, adverbs left out, and what brackets enclose.
    fn last_item_before(&self, token: usize) -> Option<usize> {
        let next = self.view.items.partition_point(|item| item.tokens.end <= token);
        self.view.left(next)
    }
}

/// Where the name begins that ends a noun group after a title: a common noun, or a word that is one in capitals too.
fn name_after_title(view: &SentenceView<'_>, item: usize) -> Option<usize> {
    let group = view.noun(item).filter(|group| group.name && group.head > group.content)?;
    let is_name = |at: usize| view.tokens[at].tag == Tag::Name;
    let is_title = |at: usize| {
        let token = &view.tokens[at];
        token.roles.has(Role::Title) || token.tag == Tag::Noun && !token.capital
    };
    let mut name = group.head;
    while name > group.content + 1
        && !is_title(name - 1)
        && (is_name(name - 1) || view.tokens[name - 1].mark == Mark::Stop)
    {
        name -= 1;
    }
    let all_capital = (name..=group.head).all(|at| view.tokens[at].capital || view.tokens[at].mark != Mark::None);
    let named = (name..=group.head).all(|at| !view.tokens[at].roles.has(Role::Time));
    let worded =
        name > group.content && view.word(name - 1).chars().all(|letter| letter.is_alphabetic() || letter == '-');
    (named && worded && is_title(name - 1) && all_capital && group.head + 1 == view.items[item].tokens.end)
        .then_some(name)
}

fn is_gerund(view: &SentenceView<'_>, item: usize) -> bool {
    view.verb(item).is_some_and(|group| group.form == VerbForm::Ing)
}

fn keep(element: &Element, found: Vec<Argument>, captures: &mut Captures) {
    match element.capture {
        Some(Capture::Source) => captures.sources = found,
        Some(Capture::Target) => captures.targets = found,
        None => {}
    }
}
