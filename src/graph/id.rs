//! What a concept is called: the first half of the MD5 of its text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::scan::literal::md5::{self, Hasher};

/// The id of a concept: the first 16 hexadecimal digits of the MD5 of its text in UTF-8. Written and serialised as
/// those digits, in lower case.
///
/// ```
/// use relscan::graph::ConceptId;
///
/// let id = ConceptId::of("a");
/// assert_eq!(id.to_string(), "0cc175b9c0f1b6a8");
/// assert_eq!("0cc175b9c0f1b6a8".parse(), Ok(id));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConceptId(u64);

impl ConceptId {
    /// The id of the concept whose text is `text`. Linear in the text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        ConceptId(md5::id(text.as_bytes()))
    }

    /// The ids of the concepts whose texts are `texts`, in order: several times faster than one after another where
    /// the CPU can compute them side by side. Linear in the texts.
    ///
    /// ```
    /// use relscan::graph::ConceptId;
    ///
    /// assert_eq!(ConceptId::of_all(["a", "b"]), [ConceptId::of("a"), ConceptId::of("b")]);
    /// ```
    #[must_use]
    pub fn of_all<'t, I>(texts: I) -> Vec<Self>
    where
        I: IntoIterator<Item = &'t str, IntoIter: ExactSizeIterator>,
    {
        let ids = Hasher::best().ids(texts.into_iter().map(str::as_bytes));
        ids.into_iter().map(ConceptId).collect()
    }

    /// The id whose 16 digits are those of `bits`, highest first.
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        ConceptId(bits)
    }

    /// The 16 digits as a number.
    #[must_use]
    pub fn to_bits(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ConceptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for ConceptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConceptId({self})")
    }
}

/// A text that is not the id of a concept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the id of a concept: 16 hexadecimal digits in lower case")]
pub struct InvalidId(String);

impl FromStr for ConceptId {
    type Err = InvalidId;

    fn from_str(digits: &str) -> Result<Self, InvalidId> {
        let well_formed = digits.len() == 16 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match u64::from_str_radix(digits, 16) {
            Ok(bits) if well_formed => Ok(ConceptId(bits)),
            _ => Err(InvalidId(digits.to_owned())),
        }
    }
}

impl Serialize for ConceptId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ConceptId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back() {
        for text in ["", "a", "é", "Python is a language"] {
            let id = ConceptId::of(text);
            assert_eq!(id.to_string().parse(), Ok(id), "{text}");
            assert_eq!(ConceptId::from_bits(id.to_bits()), id);
        }
        for wrong in
            ["", "0cc175b9c0f1b6a", "0cc175b9c0f1b6a88", "0CC175B9C0F1B6A8", "+cc175b9c0f1b6a8", "zcc175b9c0f1b6a8"]
        {
            assert_eq!(wrong.parse::<ConceptId>(), Err(InvalidId(wrong.to_owned())));
        }
    }
}
