//! Relations by rules over phrases: what a rule says, how rules are compiled into one index, and how they are found in a
//! sentence that has been read.
//!
//! A rule names words (verbs, adjectives, nouns) and says which of the phrases that belong to them are source and target,
//! or it gives a sequence of phrases and words. The room knows how English is read, and nothing of documents.

mod argument;
mod condition;
mod definition;
mod finder;
mod frame;
mod index;
mod sequence;

pub(crate) use argument::Argument;
pub(crate) use definition::{Checked, RulePart};
pub use definition::{Polarity, Rule};
pub(crate) use finder::{Finder, Hit};
pub(crate) use index::Index;
