//! A language and what reading a text with it gives.

use std::ops::Range;
use std::sync::OnceLock;

use super::inflect;
use super::model::{BOUNDARY, Model, ModelError, Tagging};
use super::profile::{Profile, ProfileError};
use super::sentence::sentences;
use super::tag::Tag;
use super::token::tokens;

/// How a language is read: its [`Profile`] and its [`Model`].
#[derive(Clone, Debug)]
pub struct Language {
    profile: Profile,
    model: Model,
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
        Ok(Self { profile: Profile::from_toml(profile)?, model: Model::from_bytes(model)? })
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
            let first = analysis.spans.len();
            tokens(text, sentence, &self.profile, |token| analysis.spans.push(narrow(&token)));
            if analysis.spans.len() > first {
                analysis.sentences.push([first, analysis.spans.len()]);
                let spans = &analysis.spans[first..];
                self.tag(spans.iter().map(|span| &text[wide(*span)]), &mut analysis.classes, &mut analysis.tagging);
            }
        });
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
        self.tag(words.into_iter(), &mut Vec::new(), &mut tagging);
        tags.append(&mut tagging.tags);
    }

    fn tag<'a>(&self, words: impl Iterator<Item = &'a str>, classes: &mut Vec<u8>, tagging: &mut Tagging) {
        classes.clear();
        let mut opening = true;
        let mut complete = false;
        for word in words {
            classes.push(self.model.class(word, opening));
            // Quotes and brackets before the first word of a sentence do not take its capital.
            opening &= !word.chars().any(char::is_alphanumeric);
            complete = matches!(word, "." | "!" | "?");
        }
        classes.extend([BOUNDARY; 2]);
        self.model.tag_sentence(classes, complete, tagging);
        let verbal = classes.iter().take(classes.len() - 2).map(|class| self.model.may_be_finite(*class));
        tagging.verbal.extend(verbal);
    }
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
}

impl Analysis {
    fn clear(&mut self) {
        self.sentences.clear();
        self.spans.clear();
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
