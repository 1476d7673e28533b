//! Counts by name, for reports: a handful, made for every batch, so that names are shared and not copied.

use std::fmt;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::extract::Counts;
use crate::pattern::{PatternId, PatternSet, RelationType};

/// How many there are of each name, in the order of the patterns; names of which there are none are left out.
/// Serialised as a map.
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
enum Name {
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
        self.iter().find(|(known, _)| *known == name).map_or(0, |(_, count)| count)
    }

    /// Names and counts, in the order of the patterns.
    #[must_use]
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

impl Tally {
    /// How many associations there are of each pattern of `set`, by `counts`, which are in order.
    pub(super) fn of_patterns(set: &PatternSet, counts: &Counts) -> Self {
        let named = |(id, count): (PatternId, u64)| (Name::Shared(Arc::clone(&set.get(id).name)), count);
        Tally(counts.iter().map(named).collect())
    }

    /// How many there are of each relation.
    pub(super) fn of_relations(set: &PatternSet, counts: &Counts) -> Self {
        let mut relations: Vec<(Name, u64)> = Vec::new();
        for (id, count) in counts.iter() {
            let relation = set.get(id).relation();
            match relations.iter_mut().find(|(known, _)| known.as_str() == relation.as_str()) {
                Some((_, sum)) => *sum += count,
                None => relations.push((relation.into(), count)),
            }
        }
        Tally(relations)
    }
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Tally {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;

        impl<'de> Visitor<'de> for Names {
            type Value = Tally;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("counts by name")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Tally, M::Error> {
                let mut counts = Vec::new();
                while let Some((name, count)) = map.next_entry::<String, u64>()? {
                    counts.push((Name::Shared(name.into()), count));
                }
                Ok(Tally(counts))
            }
        }

        deserializer.deserialize_map(Names)
    }
}
