//! What to look for: patterns as data, checked.
//!
//! This room knows nothing of text or engines. It turns what users write into a [`PatternSet`] and says, for the
//! compiler, what shape each pattern has.

pub(crate) mod condition;
mod definition;
mod error;
mod file;
mod relation;
mod rule_file;
mod set;
pub(crate) mod shape;
pub(crate) mod trigger;

pub use definition::{ArgumentMode, Direction, Example, Group, Lists, Matcher, Pattern, Reach};
pub use error::{Field, Location, PatternError, PatternErrorKind, PatternErrors};
pub use relation::{InvalidName, RelationType};
pub(crate) use set::MAX_PATTERNS;
pub use set::{PatternId, PatternSet};
