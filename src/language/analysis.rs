//! A language and what reading a text with it gives.

use std::ops::Range;
use std::sync::OnceLock;

use super::inflect;
use super::model::{BOUNDARY, Model, ModelError, Tagging};
use super::profile::{Profile, ProfileError, Roles};
use super::sentence::sentences;
use super::tag::Tag;
use super::token::tokens;
use super::words::{Found, Source, WordId, Words};

/// How a language is read: its [`Profile`] and its [`Model`].
#[derive(Clone, Debug)]
pub struct Language {
    profile: Profile,
    model: Model,
    words: Words,
}

/// A language that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LanguageError {
    /// The profile is wrong.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The model is wrong.
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl Language {
    /// Returns English, the language that ships with the crate.
    ///
    /// Its model is trained from UD English EWT, and carries that treebank's licence (`patterns/language/LICENSE`).
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "both are files of the crate, and a test reads them")]
    pub fn english() -> &'static Self {
        static ENGLISH: OnceLock<Language> = OnceLock::new();
        ENGLISH.get_or_init(|| {
            let profile = include_str!("../../patterns/language/english.toml");
            let model = include_bytes!("../../patterns/language/english.model");
            // Never fails: both are files of the crate, and a test reads them.
            Self::new(profile, model).expect("the files of the crate are read by its tests")
        })
    }

    /// Reads a language from a profile in TOML and the bytes of a model.
    ///
    /// # Errors
    /// If either cannot be read.
    pub fn new(profile: &str, model: &[u8]) -> Result<Self, LanguageError> {
        let (profile, model) = (Profile::from_toml(profile)?, Model::from_bytes(model)?);
        Ok(Self { words: Words::new(&model, &profile), profile, model })
    }

    /// Returns the profile.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Reads `text` whole into `analysis`, whose memory is used again.
    ///
    /// Texts of over 4 GiB are read up to there; cut them into pieces. Takes time linear in the text.
    pub fn read(&self, text: &str, analysis: &mut Analysis) {
        analysis.clear();
        let text = &text[..text.floor_char_boundary(u32::MAX as usize)];
        sentences(text, &self.profile, |sentence| {
            let Analysis { sentences, spans, words, tagging, classes } = &mut *analysis;
            let first = spans.len();
            classes.clear();
            let mut opening = true;
            tokens(text, sentence, &self.profile, |token| {
                let found = self.look_up(text, &token, &mut opening);
                spans.push(narrow(&token));
                words.push((found.id, found.roles));
                classes.push(found.class);
            });
            if let Some(last) = spans[first..].last() {
                sentences.push([first, spans.len()]);
                self.tag(ends_sentence(&text[wide(*last)]), classes, tagging);
            }
        });
    }

    /// What is known of a token of `text`; of those before it in its sentence none had a letter if it is `opening`.
    #[inline]
    fn look_up(&self, text: &str, token: &Range<usize>, opening: &mut bool) -> Found {
        let source = Source { model: &self.model, profile: &self.profile };
        let found = self.words.look_up(text, token.clone(), *opening, source);
        // Quotes and brackets before the first word of a sentence do not take its capital.
        if *opening {
            *opening = !text[token.clone()].chars().any(char::is_alphanumeric);
        }
        found
    }

    /// Returns the number of a word in lower case.
    pub(crate) fn word_id(&self, word: &str) -> WordId {
        self.words.id(word)
    }

    /// Returns how many words have a number.
    pub(crate) fn known_words(&self) -> usize {
        self.words.len()
    }

    /// Returns the base form of a verb in lower case: `cause` of `causing`.
    ///
    /// ```
    /// use relscan::language::Language;
    ///
    /// assert_eq!(Language::english().base_form("causing"), "cause");
    /// assert_eq!(Language::english().base_form("led"), "lead");
    /// ```
    #[must_use]
    pub fn base_form(&self, verb: &str) -> String {
        inflect::base(verb, |word| self.model.knows(word))
    }

    /// Returns the singular of a noun in lower case, or the word itself if it is none in the plural, or not known.
    ///
    /// ```
    /// use relscan::language::Language;
    ///
    /// assert_eq!(Language::english().singular("whales"), "whale");
    /// assert_eq!(Language::english().singular("news"), "news");
    /// ```
    #[must_use]
    pub fn singular(&self, noun: &str) -> String {
        /// Words that are no plurals of what is left of them.
        const NONE: [&str; 7] = ["news", "means", "series", "species", "diabetes", "odds", "goods"];
        if NONE.contains(&noun) || ["ss", "us", "is", "ics"].iter().any(|ending| noun.ends_with(ending)) {
            return noun.to_owned();
        }
        let changes = [("ies", "y"), ("ves", "f"), ("ves", "fe"), ("s", ""), ("es", "")];
        let singulars =
            changes.iter().filter_map(|(ending, instead)| Some(format!("{}{instead}", noun.strip_suffix(ending)?)));
        let mut known = singulars.filter(|word| self.model.knows(word) && inflect::plural(word) == noun);
        known.next().unwrap_or_else(|| noun.to_owned())
    }

    /// Appends the tags of the words of one sentence to `tags`.
    ///
    /// ```
    /// use relscan::language::{Language, Tag};
    ///
    /// let words = ["It", "causes", "the", "flood", "."];
    /// let mut tags = Vec::new();
    /// Language::english().tag_words(words, &mut tags);
    /// assert_eq!(tags, [Tag::Pronoun, Tag::VerbThird, Tag::Determiner, Tag::Noun, Tag::Mark]);
    /// ```
    pub fn tag_words<'a>(&self, words: impl IntoIterator<Item = &'a str>, tags: &mut Vec<Tag>) {
        let mut tagging = Tagging::default();
        let (mut classes, mut opening, mut complete) = (Vec::new(), true, false);
        for word in words {
            classes.push(self.look_up(word, &(0..word.len()), &mut opening).class);
            complete = ends_sentence(word);
        }
        self.tag(complete, &mut classes, &mut tagging);
        tags.append(&mut tagging.tags);
    }

    /// Tags the sentence that has these classes; `complete` if a mark ends it.
    fn tag(&self, complete: bool, classes: &mut Vec<u8>, tagging: &mut Tagging) {
        let verbal = classes.iter().map(|class| self.model.may_be_finite(*class));
        tagging.verbal.extend(verbal);
        classes.extend([BOUNDARY; 2]);
        self.model.tag_sentence(classes, complete, tagging);
    }
}

fn ends_sentence(word: &str) -> bool {
    matches!(word, "." | "!" | "?")
}

/// What reading a text gives: sentences, tokens, tags, each in an array of its own that is used again for the next text.
///
/// ```
/// use relscan::language::{Analysis, Language};
///
/// let text = "Rain causes floods. They do harm.";
/// let mut analysis = Analysis::default();
/// Language::english().read(text, &mut analysis);
/// assert_eq!(analysis.sentences().count(), 2);
/// let words: Vec<_> = analysis.tokens(1).map(|token| &text[token.span]).collect();
/// assert_eq!(words, ["They", "do", "harm", "."]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    sentences: Vec<[usize; 2]>,
    spans: Vec<[u32; 2]>,
    words: Vec<(WordId, Roles)>,
    tagging: Tagging,
    classes: Vec<u8>,
}

/// A token with its tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaggedToken {
    /// The bytes of the text that the token takes.
    pub span: Range<usize>,
    /// Its part of speech.
    pub tag: Tag,
    /// By how much the tag leads the next best one: 0 for a tie, a few units for a doubtful tag, 255 at most.
    pub margin: u8,
    /// Whether words like it are finite verbs now and then, whatever this one is: `causes`.
    pub verbal: bool,
    /// Its number among the words of the language.
    pub word: WordId,
    /// What it does if it is of a closed class.
    pub roles: Roles,
}

impl Analysis {
    fn clear(&mut self) {
        self.sentences.clear();
        self.spans.clear();
        self.words.clear();
        self.tagging.clear();
    }

    /// Returns the span of each sentence, from its first token to its last, in bytes of the text.
    #[must_use]
    pub fn sentences(&self) -> impl ExactSizeIterator<Item = Range<usize>> + '_ {
        self.sentences.iter().map(|[first, end]| wide([self.spans[*first][0], self.spans[end - 1][1]]))
    }

    /// Returns the tokens of a sentence; none if there is no such sentence.
    #[must_use]
    pub fn tokens(&self, sentence: usize) -> impl ExactSizeIterator<Item = TaggedToken> + '_ {
        let [first, end] = self.sentences.get(sentence).copied().unwrap_or_default();
        (first..end).map(|at| TaggedToken {
            span: wide(self.spans[at]),
            tag: self.tagging.tags[at],
            margin: self.tagging.margins[at],
            verbal: self.tagging.verbal[at],
            word: self.words[at].0,
            roles: self.words[at].1,
        })
    }
}

/// A span in 32 bits: the text is at most 4 GiB long.
#[expect(clippy::cast_possible_truncation, reason = "`read` cuts the text at 4 GiB")]
fn narrow(span: &Range<usize>) -> [u32; 2] {
    [span.start as u32, span.end as u32]
}

fn wide([start, end]: [u32; 2]) -> Range<usize> {
    start as usize..end as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_can_be_read() {
        assert!(Language::english().profile().opens("the"));
    }
}
