//! How far an argument reaches: the bounded modes `sentence`, `clause` and `phrase`, by rules of English.
//!
//! This room reads one line at a time, in its original form, and knows nothing of documents or engines. A
//! [`Grammar`] holds the rules of all patterns with bounded arguments and says which words to look for.

mod anchor;
mod check;
mod class;
mod glance;
mod grammar;
mod head;
mod lexicon;
mod list;
mod named;
mod oracle;
mod phrase;
mod quick;
mod recent;
mod rule;
mod run;
mod sentence;
mod steps;
mod stop;
mod subject;
mod token;
mod verb;
mod vocabulary;
mod word;

pub(crate) use grammar::{AnchorHit, Grammar, Reading, Wanted};
pub(crate) use oracle::Oracle;
pub(crate) use rule::{Argument, Found};
pub(crate) use stop::Stop;
