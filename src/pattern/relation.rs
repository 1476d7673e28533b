//! The kinds of relation an association can have.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What kind of relation holds between a source and a target.
///
/// The five named kinds are those of the seed pack; [`RelationType::Other`] carries a user's own name.
///
/// ```
/// use relscan::RelationType;
///
/// assert_eq!("causal".parse::<RelationType>()?, RelationType::Causal);
/// assert_eq!("inhibits".parse::<RelationType>()?.as_str(), "inhibits");
/// assert!("Not A Name".parse::<RelationType>().is_err());
/// # Ok::<(), relscan::InvalidName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RelationType {
    /// The source brings the target about.
    Causal,
    /// The source is a kind or an instance of the target (the target is the hypernym).
    Hierarchical,
    /// The target is a part, a member or the content of the source.
    Compositional,
    /// The source is defined by, or is close in meaning to, the target.
    Semantic,
    /// The source stands before or after the target in time.
    Temporal,
    /// A relation of the user's own, by name (see [`InvalidName`] for its form).
    Other(Arc<str>),
}

impl RelationType {
    /// The five named kinds, in the order of the seed pack.
    pub const NAMED: [RelationType; 5] = [
        RelationType::Causal,
        RelationType::Hierarchical,
        RelationType::Compositional,
        RelationType::Semantic,
        RelationType::Temporal,
    ];

    /// The name as written in pattern files and in output records.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self.name() {
            Ok(named) => named,
            Err(own) => own,
        }
    }

    /// The name: that of a named kind, or the user's own.
    pub(crate) fn name(&self) -> Result<&'static str, &Arc<str>> {
        match self {
            RelationType::Causal => Ok("causal"),
            RelationType::Hierarchical => Ok("hierarchical"),
            RelationType::Compositional => Ok("compositional"),
            RelationType::Semantic => Ok("semantic"),
            RelationType::Temporal => Ok("temporal"),
            RelationType::Other(name) => Err(name),
        }
    }
}

impl fmt::Display for RelationType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for RelationType {
    type Err = InvalidName;

    fn from_str(name: &str) -> Result<Self, InvalidName> {
        if let Some(named) = Self::NAMED.iter().find(|kind| kind.as_str() == name) {
            return Ok(named.clone());
        }
        check_name(name)?;
        Ok(RelationType::Other(name.into()))
    }
}

impl Serialize for RelationType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RelationType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

/// A name of a pattern or relation that is not of the form `[a-z0-9][a-z0-9_.-]*`, at most 64 bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a name: use 1 to 64 of the characters a-z, 0-9, `_`, `-` and `.`, beginning with a letter or digit"
)]
pub struct InvalidName(String);

/// Checks that `name` has the form that pattern and relation names share.
pub(crate) fn check_name(name: &str) -> Result<(), InvalidName> {
    let letter_or_digit = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = name.as_bytes();
    let fits = (1..=64).contains(&bytes.len())
        && letter_or_digit(bytes[0])
        && bytes.iter().all(|&b| letter_or_digit(b) || b"_-.".contains(&b));
    if fits { Ok(()) } else { Err(InvalidName(name.to_owned())) }
}
