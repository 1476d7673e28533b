//! The associations of a graph: fixed records, a table to find them by their ends, and chains to walk them by.
//!
//! Knows nothing of texts: a concept is an index here. Weight and confidence of an association depend only on its
//! first confidence and on how often it was met again, so a record holds a count and not the figures.

use std::collections::HashMap;

use hashbrown::HashTable;

use super::GraphFull;
use super::hash::Seed;
use crate::pattern::RelationType;

/// The place of a concept in its graph, in the order in which concepts were first met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Node(pub(crate) u32);

impl Node {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The first weight of an association.
const FIRST_WEIGHT: f64 = 1.0;
/// What the weight is multiplied by when an association is met again.
const WEIGHT_GAIN: f64 = 1.1;
/// The highest weight.
const WEIGHT_CAP: f64 = 5.0;
/// What is added to the confidence when an association is met again.
const CONFIDENCE_STEP: f64 = 0.02;
/// The highest confidence.
const CONFIDENCE_CAP: f64 = 1.0;
/// Being met again so often changes neither weight nor confidence any more, whatever the first confidence was.
pub(crate) const SATURATED: u8 = 64;

/// No record: the end of a chain.
const NONE: u32 = u32::MAX;

/// What kind of association: its relation and the confidence it began with. An index into [`Edges::kinds`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KindId(pub(crate) u32);

/// See [`KindId`].
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    pub(crate) relation: RelationType,
    pub(crate) confidence: f64,
    /// The confidence after it was met again 0, 1, 2... times, up to the cap.
    confidences: Vec<f64>,
}

/// An association as it is held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) source: Node,
    pub(crate) target: Node,
    /// The association of the same source before this one.
    next_out: u32,
    /// The association of the same target before this one.
    next_in: u32,
    /// Kind in the upper 24 bits, count in the lower 8.
    kind_and_count: u32,
}

impl Record {
    pub(crate) fn kind(&self) -> KindId {
        KindId(self.kind_and_count >> 8)
    }

    /// How often it was met again, up to [`SATURATED`].
    #[allow(clippy::cast_possible_truncation)] // the lower 8 bits are meant
    pub(crate) fn count(&self) -> u8 {
        self.kind_and_count as u8
    }

    pub(crate) fn new(source: Node, target: Node, kind: KindId, count: u8) -> Self {
        let kind_and_count = kind.0 << 8 | u32::from(count.min(SATURATED));
        Record { source, target, next_out: NONE, next_in: NONE, kind_and_count }
    }
}

/// Where the chains of a concept begin: its last association as source, and as target.
#[derive(Clone, Copy, Debug)]
struct Chains {
    out: u32,
    into: u32,
}

/// All associations of a graph.
#[derive(Clone, Debug)]
pub(crate) struct Edges {
    records: Vec<Record>,
    by_ends: HashTable<u32>,
    seed: Seed,
    chains: Vec<Chains>,
    kinds: Vec<Kind>,
    kind_ids: HashMap<(RelationType, u64), KindId>,
    weights: Vec<f64>,
    /// The associations that were met again and changed, in order, if a store wants to know.
    pub(crate) met_again: Option<Vec<u32>>,
}

impl Edges {
    pub(crate) fn new(seed: Seed) -> Self {
        Edges {
            records: Vec::new(),
            by_ends: HashTable::new(),
            seed,
            chains: Vec::new(),
            kinds: Vec::new(),
            kind_ids: HashMap::new(),
            weights: curve(FIRST_WEIGHT, |weight| (weight * WEIGHT_GAIN).min(WEIGHT_CAP)),
            met_again: None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    pub(crate) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    pub(crate) fn kind(&self, record: &Record) -> &Kind {
        self.kind_at(record.kind())
    }

    pub(crate) fn kind_at(&self, id: KindId) -> &Kind {
        &self.kinds[id.0 as usize]
    }

    /// The kind with this number, if there is one.
    #[cfg(feature = "store")]
    pub(crate) fn kind_of_number(&self, number: u32) -> Option<KindId> {
        ((number as usize) < self.kinds.len()).then_some(KindId(number))
    }

    /// The association at `at`.
    pub(crate) fn record(&self, at: u32) -> Record {
        self.records[at as usize]
    }

    pub(crate) fn weight(&self, record: &Record) -> f64 {
        at_most(&self.weights, record.count())
    }

    pub(crate) fn confidence(&self, record: &Record) -> f64 {
        at_most(&self.kind(record).confidences, record.count())
    }

    /// The kind of associations of `relation` that begin with `confidence`.
    pub(crate) fn intern_kind(&mut self, relation: &RelationType, confidence: f64) -> Result<KindId, GraphFull> {
        let key = (relation.clone(), confidence.to_bits());
        if let Some(&known) = self.kind_ids.get(&key) {
            return Ok(known);
        }
        let index = u32::try_from(self.kinds.len()).ok().filter(|&index| index < 1 << 24);
        let id = KindId(index.ok_or(GraphFull("2^24 kinds of associations"))?);
        let confidences = curve(confidence, |confidence| (confidence + CONFIDENCE_STEP).min(CONFIDENCE_CAP));
        self.kinds.push(Kind { relation: relation.clone(), confidence, confidences });
        self.kind_ids.insert(key, id);
        Ok(id)
    }

    /// The place of the association from `source` to `target`, if there is one.
    pub(crate) fn find(&self, source: Node, target: Node) -> Option<u32> {
        let hash = self.seed.pair(source, target);
        self.by_ends.find(hash, |&at| self.joins(at, source, target)).copied()
    }

    fn joins(&self, at: u32, source: Node, target: Node) -> bool {
        let record = &self.records[at as usize];
        record.source == source && record.target == target
    }

    /// Strengthens the association from `source` to `target`, or makes one of `kind`. True if it is new.
    pub(crate) fn meet(&mut self, source: Node, target: Node, kind: KindId) -> Result<bool, GraphFull> {
        match self.find(source, target) {
            Some(at) => {
                self.strengthen(at);
                Ok(false)
            }
            None => self.insert(Record::new(source, target, kind, 0)).map(|()| true),
        }
    }

    pub(crate) fn strengthen(&mut self, at: u32) {
        let record = &mut self.records[at as usize];
        if record.count() < SATURATED {
            record.kind_and_count += 1;
            if let Some(met_again) = &mut self.met_again {
                met_again.push(at);
            }
        }
    }

    /// Adds an association that is not there yet.
    pub(crate) fn insert(&mut self, mut record: Record) -> Result<(), GraphFull> {
        let at = u32::try_from(self.records.len()).ok().filter(|&at| at != NONE);
        let at = at.ok_or(GraphFull("2^32 - 1 associations"))?;
        let needed = record.source.max(record.target).index() + 1;
        if self.chains.len() < needed {
            self.chains.resize(needed, Chains { out: NONE, into: NONE });
        }
        record.next_out = std::mem::replace(&mut self.chains[record.source.index()].out, at);
        record.next_in = std::mem::replace(&mut self.chains[record.target.index()].into, at);
        self.records.push(record);
        let (records, seed) = (&self.records, self.seed);
        self.by_ends.insert_unique(seed.pair(record.source, record.target), at, |&at| {
            let record = &records[at as usize];
            seed.pair(record.source, record.target)
        });
        Ok(())
    }

    /// The associations whose source is `node`, latest first.
    pub(crate) fn outgoing(&self, node: Node) -> impl Iterator<Item = u32> + '_ {
        let first = self.chains.get(node.index()).map_or(NONE, |chains| chains.out);
        self.chain(first, |record| record.next_out)
    }

    /// The associations whose target is `node`, latest first.
    pub(crate) fn incoming(&self, node: Node) -> impl Iterator<Item = u32> + '_ {
        let first = self.chains.get(node.index()).map_or(NONE, |chains| chains.into);
        self.chain(first, |record| record.next_in)
    }

    fn chain(&self, first: u32, next: fn(&Record) -> u32) -> impl Iterator<Item = u32> + '_ {
        let existing = |at: u32| (at != NONE).then_some(at);
        std::iter::successors(existing(first), move |&at| existing(next(&self.records[at as usize])))
    }

    /// Bytes held, for statistics.
    pub(crate) fn memory_usage(&self) -> usize {
        self.records.capacity() * size_of::<Record>()
            + self.by_ends.allocation_size()
            + self.chains.capacity() * size_of::<Chains>()
    }
}

/// `first` and what `next` makes of it, again and again, until it changes no more.
fn curve(first: f64, next: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut values = vec![first];
    let mut last = first;
    for _ in 0..SATURATED {
        let following = next(last);
        if following.to_bits() == last.to_bits() {
            break;
        }
        values.push(following);
        last = following;
    }
    values
}

/// The value at `count`, or the last.
fn at_most(values: &[f64], count: u8) -> f64 {
    values[usize::from(count).min(values.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_ends_before_the_count_does() {
        for confidence in [0.0, f64::MIN_POSITIVE, 0.5, 0.6, 0.8, 1.0] {
            let mut edges = Edges::new(Seed::new());
            let kind = edges.intern_kind(&RelationType::Semantic, confidence).unwrap();
            let (mut weight, mut now) = (1.0_f64, confidence);
            for count in 0..300 {
                assert_eq!(edges.meet(Node(3), Node(4), kind).unwrap(), count == 0);
                let record = edges.records()[0];
                assert_eq!(edges.weight(&record).to_bits(), weight.to_bits(), "{confidence} after {count}");
                assert_eq!(edges.confidence(&record).to_bits(), now.to_bits(), "{confidence} after {count}");
                weight = (weight * 1.1).min(5.0);
                now = (now + 0.02).min(1.0);
            }
        }
    }

    #[test]
    fn chains_hold_what_was_added() {
        let mut edges = Edges::new(Seed::new());
        let kind = edges.intern_kind(&RelationType::Causal, 0.8).unwrap();
        let pairs = [(0, 1), (1, 0), (2, 2), (0, 2), (5, 0), (0, 5)];
        for (source, target) in pairs {
            assert!(edges.meet(Node(source), Node(target), kind).unwrap());
        }
        for node in 0..7 {
            let latest_first = |wanted: fn(&(u32, u32)) -> u32| {
                let places = pairs.iter().enumerate().filter(|(_, pair)| wanted(pair) == node);
                places.map(|(at, _)| at as u32).rev().collect::<Vec<u32>>()
            };
            assert_eq!(edges.outgoing(Node(node)).collect::<Vec<_>>(), latest_first(|pair| pair.0));
            assert_eq!(edges.incoming(Node(node)).collect::<Vec<_>>(), latest_first(|pair| pair.1));
        }
        assert_eq!(edges.find(Node(2), Node(2)), Some(2));
        assert_eq!(edges.find(Node(2), Node(0)), None);
    }
}
