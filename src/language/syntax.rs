//! One sentence read to its clauses.

use super::analysis::{Analysis, TaggedToken};
use super::clause::{Predicate, predicates};
use super::mend::mend;
use super::phrase::{Item, ItemKind, Mark, Token, phrases};
use super::sentence_view::SentenceView;
use super::tag::Tag;

/// What a sentence says of itself: its tokens with their roles, its phrases, its predicates. Its memory is used again for
/// the next sentence.
///
/// ```
/// use relscan::language::{Analysis, Language, Syntax};
///
/// let (english, text) = (Language::english(), "Heavy rain causes floods and landslides.");
/// let mut analysis = Analysis::default();
/// english.read(text, &mut analysis);
/// let mut syntax = Syntax::default();
/// syntax.read(text, &analysis, 0);
/// let predicate = &syntax.predicates()[0];
/// let view = syntax.view(text);
/// assert_eq!(&text[view.span(predicate.subjects[0])], "Heavy rain");
/// assert_eq!(&text[view.span(predicate.objects[1])], "landslides");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Syntax {
    tokens: Vec<Token>,
    items: Vec<Item>,
    predicates: Vec<Predicate>,
    item_of: Vec<usize>,
}

impl Syntax {
    /// Reads sentence number `sentence` of what a language made of `text`. Takes time linear in its tokens but for
    /// clauses, each of which looks for its subject.
    pub fn read(&mut self, text: &str, analysis: &Analysis, sentence: usize) {
        self.tokens.clear();
        self.tokens.extend(analysis.tokens(sentence).map(|token| new_token(&token, &text[token.span.clone()])));
        for at in 0..self.tokens.len() {
            if self.tokens[at].mark == Mark::Break && joins(&self.tokens, at, text) {
                self.tokens[at].mark = Mark::Hyphen;
            }
        }
        unwrap_links(&mut self.tokens);
        mend(&mut self.tokens, text);
        phrases(&self.tokens, &mut self.items);
        self.item_of.clear();
        self.item_of.resize(self.tokens.len(), usize::MAX);
        for (number, item) in self.items.iter().enumerate() {
            self.item_of[item.tokens.clone()].fill(number);
        }
        let mut found = std::mem::take(&mut self.predicates);
        predicates(&self.view(text), &mut found);
        self.predicates = found;
    }

    /// Returns the sentence with the text that it is in.
    #[must_use]
    pub fn view<'a>(&'a self, text: &'a str) -> SentenceView<'a> {
        SentenceView { text, tokens: &self.tokens, items: &self.items }
    }

    /// Returns the predicates, in order of their verbs.
    #[must_use]
    pub fn predicates(&self) -> &[Predicate] {
        &self.predicates
    }

    /// Returns the number of the item that holds a token; none if it is a quotation mark between items.
    #[must_use]
    pub fn item_of(&self, token: usize) -> Option<usize> {
        self.item_of.get(token).copied().filter(|item| *item != usize::MAX)
    }

    /// Returns the predicate whose verb is in this item.
    #[must_use]
    pub fn predicate_of(&self, item: usize) -> Option<&Predicate> {
        let at = self.predicates.binary_search_by_key(&item, |predicate| predicate.verb);
        at.ok().map(|at| &self.predicates[at])
    }

    /// Tells whether an item is a verb in a finite form.
    #[must_use]
    pub fn is_finite(&self, item: usize) -> bool {
        matches!(&self.items[item].kind, ItemKind::Verb(group) if group.form == super::VerbForm::Finite)
    }
}

fn new_token(token: &TaggedToken, word: &str) -> Token {
    #[expect(clippy::cast_possible_truncation, reason = "an analysis holds at most 4 GiB of text")]
    Token {
        start: token.span.start as u32,
        end: token.span.end as u32,
        tag: token.tag,
        margin: token.margin,
        verbal: token.verbal,
        word: token.word,
        roles: token.roles,
        mark: mark(word, token.tag),
        capital: word.chars().next().is_some_and(char::is_uppercase),
    }
}

/// Makes quotation marks of brackets that hold a part of a phrase, as links do: `a [[property]] of`.
fn unwrap_links(tokens: &mut [Token]) {
    for at in 1..tokens.len() {
        let before = &tokens[at - 1];
        let inside = matches!(before.tag, Tag::Determiner | Tag::Adjective)
            || before.mark == Mark::Quote && before.end > before.start;
        let after_link = at >= 2 && tokens[at - 2].mark == Mark::Quote && tokens[at - 1].mark == Mark::Open;
        if tokens[at].mark != Mark::Open || !(inside || after_link) {
            continue;
        }
        let mut depth = 0usize;
        let close = (at..tokens.len()).find(|at| {
            match tokens[*at].mark {
                Mark::Open => depth += 1,
                Mark::Close => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        if let Some(close) = close.filter(|close| *close <= at + 8) {
            tokens[at].mark = Mark::Quote;
            tokens[close].mark = Mark::Quote;
        }
    }
}

/// Which mark a token is.
fn mark(word: &str, tag: Tag) -> Mark {
    if word.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) {
        return Mark::None;
    }
    let Some(first) = word.chars().next().filter(|_| !word.contains(char::is_alphanumeric)) else { return Mark::None };
    match first {
        ',' | '،' | '、' | '，' => Mark::Comma,
        '(' | '[' | '{' => Mark::Open,
        ')' | ']' | '}' => Mark::Close,
        // The possessive of a plural is a particle.
        '\'' | '’' if tag == Tag::Particle => Mark::None,
        '\'' | '’' | '*' | '_' | '"' | '“' | '”' | '„' | '«' | '»' | '`' | '‘' => Mark::Quote,
        '-' | '‐' | '‑' | '–' | '—' | ':' | ';' => Mark::Break,
        '%' | '$' | '&' | '/' | '€' | '£' | '¥' | '+' | '=' | '#' | '°' | '~' | '§' => Mark::Symbol,
        _ => Mark::Stop,
    }
}

/// Tells whether a dash joins the words on both sides, with no space between.
fn joins(tokens: &[Token], at: usize, text: &str) -> bool {
    let (Some(before), Some(after)) = (at.checked_sub(1).map(|at| &tokens[at]), tokens.get(at + 1)) else {
        return false;
    };
    let token = &tokens[at];
    let dash = &text[token.start as usize..token.end as usize];
    matches!(dash, "-" | "‐" | "‑" | "–")
        && before.end == token.start
        && after.start == token.end
        && before.mark == Mark::None
        && after.mark == Mark::None
}
