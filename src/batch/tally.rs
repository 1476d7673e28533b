//! Counts by name, for reports: a handful, made for every batch, so that names are shared and not copied.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::pattern::{Pattern, RelationType};

/// How many there are of each name, in the order of the names; names of which there are none are left out. Serialised
/// as a map.
///
/// ```
/// let extractor = relscan::Extractor::seed();
/// let collected = extractor.batch().collect(&["Rain leads to floods", "Haste causes waste"]);
/// let report = collected.report();
/// assert_eq!((report.relations.get("causal"), report.patterns.get("causes"), report.patterns.get("means")), (2, 1, 0));
/// assert_eq!(report.patterns.iter().collect::<Vec<_>>(), [("causes", 1), ("leads-to", 1)]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(Vec<(Name, u64)>);

#[derive(Clone, Debug)]
pub(super) enum Name {
    Known(&'static str),
    Shared(Arc<str>),
}

impl Name {
    fn as_str(&self) -> &str {
        match self {
            Name::Known(name) => name,
            Name::Shared(name) => name,
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Name {}

impl From<&Pattern> for Name {
    fn from(pattern: &Pattern) -> Self {
        Name::Shared(Arc::clone(&pattern.name))
    }
}

impl From<&RelationType> for Name {
    fn from(relation: &RelationType) -> Self {
        match relation.name() {
            Ok(named) => Name::Known(named),
            Err(own) => Name::Shared(Arc::clone(own)),
        }
    }
}

impl Tally {
    /// How many there are of `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> u64 {
        let place = self.0.binary_search_by(|(known, _)| known.as_str().cmp(name));
        place.map_or(0, |place| self.0[place].1)
    }

    /// Names and counts, in the order of the names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, u64)> {
        self.0.iter().map(|(name, count)| (name.as_str(), *count))
    }

    /// How many names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Counts of one name are added up.
impl<N: Into<Name>> FromIterator<(N, u64)> for Tally {
    fn from_iter<I: IntoIterator<Item = (N, u64)>>(counts: I) -> Self {
        let mut counts: Vec<(Name, u64)> = counts.into_iter().map(|(name, count)| (name.into(), count)).collect();
        if counts.len() < 2 {
            return Tally(counts);
        }
        counts.sort_unstable_by(|(a, _), (b, _)| a.as_str().cmp(b.as_str()));
        counts.dedup_by(|(name, count), (kept, sum)| {
            let same = name == kept;
            *sum += if same { *count } else { 0 };
            same
        });
        Tally(counts)
    }
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Tally {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let counts: BTreeMap<String, u64> = BTreeMap::deserialize(deserializer)?;
        Ok(counts.into_iter().map(|(name, count)| (Name::Shared(name.into()), count)).collect())
    }
}
