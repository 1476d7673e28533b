//! How text is held: lower-cased into an arena, with a map back to the original, and cut at line ends.
//!
//! This room knows nothing of patterns.

mod chunk;
mod lower;
mod strip;

pub(crate) use chunk::chunks;
pub(crate) use lower::{Lowered, lower_in};
pub(crate) use strip::{is_space, strip};
