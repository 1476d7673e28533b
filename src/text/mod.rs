//! How text is held: lower-cased into an arena, with a map back to the original, cut at line ends, and split into words.
//!
//! This room knows nothing of patterns.

mod chunk;
mod eight;
mod lower;
mod origin;
mod strip;
mod words;

pub(crate) use chunk::chunks;
pub(crate) use eight::{HIGH_BITS, ascii_lower, eight_bytes, eight_lower, letters};
pub(crate) use lower::{Lowered, OwnLowered, is_caseless, lower_in};
pub(crate) use origin::Origin;
pub(crate) use strip::{is_space, strip};
pub use words::{clean_text, extract_words, word_overlap};
pub(crate) use words::{index_words, overlap, push_lowercase};
