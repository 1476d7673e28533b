//! Reads a language: text to sentences, sentences to tokens, tokens to tags.
//!
//! Each stage is a function from one compact array to the next, can be run alone, and knows only the stage before it.
//! What belongs to one language is data: a [profile](Profile) (abbreviations, clitics) and a [model](Model) (word classes
//! and the table of tags), which [`train`] makes from a treebank. The room knows no rule and no pattern.

mod analysis;
mod clause;
pub(crate) mod inflect;
mod lemma;
mod lexicon;
mod mend;
mod model;
mod noun_group;
mod paragraph;
mod phrase;
mod profile;
mod sentence;
mod sentence_view;
mod syntax;
mod tag;
mod token;
mod train;
mod words;

pub use analysis::{Analysis, Language, LanguageError, TaggedToken};
pub use clause::{ClauseKind, Phrase, Predicate, predicates};
pub use lemma::Category;
pub use model::{Model, ModelError};
pub use phrase::{Determiner, Item, ItemKind, Mark, NounGroup, Token, VerbForm, VerbGroup, phrases};
pub use profile::{Profile, ProfileError, Role, Roles};
pub use sentence::sentences;
pub use sentence_view::SentenceView;
pub use syntax::Syntax;
pub use tag::{Tag, TagSet};
pub use token::tokens;
pub use train::{KnownLemma, TrainingToken, train};
pub use words::WordId;
