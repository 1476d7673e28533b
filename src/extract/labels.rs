//! What associations that are kept share: the names and relations of their patterns.

use crate::pattern::{PatternId, RelationType};

/// Labels, each once, in the order in which they were first seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Labels {
    all: Vec<Label>,
    /// By the place of the pattern in its set: one more than the place of its label, or 0.
    places: Vec<u32>,
}

/// What is known of the pattern of an association that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) id: PatternId,
    pub(super) name: Box<str>,
    pub(super) relation: RelationType,
}

impl FromIterator<Label> for Labels {
    fn from_iter<I: IntoIterator<Item = Label>>(labels: I) -> Self {
        Labels { all: labels.into_iter().collect(), places: Vec::new() }
    }
}

impl Labels {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn get(&self, place: usize) -> &Label {
        &self.all[place]
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Label> {
        self.all.iter()
    }

    /// The place of a label, which is added if it is new. Constant time, unless the patterns of several sets are mixed.
    pub(super) fn place(&mut self, id: PatternId, name: &str, relation: &RelationType) -> usize {
        let same = |label: &Label| label.id == id && *label.name == *name && label.relation == *relation;
        let likely = self.places.get(id.index()).map_or(0, |&place| place as usize);
        if likely > 0 && same(&self.all[likely - 1]) {
            return likely - 1;
        }
        let place = self.all.iter().position(same).unwrap_or_else(|| {
            self.all.push(Label { id, name: name.into(), relation: relation.clone() });
            self.all.len() - 1
        });
        if self.places.len() <= id.index() {
            self.places.resize(id.index() + 1, 0);
        }
        self.places[id.index()] = u32::try_from(place + 1).unwrap_or(0);
        place
    }
}
