//! The associations of a graph: a table for every source, to find them by their ends, and chains by target.
//!
//! Knows nothing of texts: a concept is an index here. Weight and confidence of an association depend only on its
//! first confidence and on how often it was met again, so a count is held and not the figures.

use std::collections::HashMap;

use super::error::GraphFull;
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

/// Kind and count of an association: the kind in the upper 24 bits, the count in the lower 8.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State(u32);

impl State {
    pub(crate) fn new(kind: KindId, count: u8) -> Self {
        State(kind.0 << 8 | u32::from(count.min(SATURATED)))
    }

    pub(crate) fn kind(self) -> KindId {
        KindId(self.0 >> 8)
    }

    /// How often it was met again, up to [`SATURATED`].
    #[allow(clippy::cast_possible_truncation)] // the lower 8 bits are meant
    pub(crate) fn count(self) -> u8 {
        self.0 as u8
    }
}

/// An association in the table of its source.
#[derive(Clone, Copy, Debug)]
struct Slot {
    target: Node,
    /// The number of the association, or [`NONE`] if the slot is free.
    at: u32,
    state: State,
}

const FREE: Slot = Slot { target: Node(NONE), at: NONE, state: State(0) };

/// Where the associations of a source are: a table of a size that follows from how many there are.
#[derive(Clone, Copy, Debug, Default)]
struct Table {
    start: u32,
    len: u32,
}

impl Table {
    /// Up to four are searched one by one; more by hash, in a power of two with a fifth left free.
    #[inline]
    fn capacity(self) -> u32 {
        match self.len {
            0 => 0,
            1..=4 => 4,
            len => (len + len / 4).next_power_of_two(),
        }
    }
}

/// Where the table of a concept is, and where a concept is looked for in the tables of others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Probe {
    start: u32,
    mask: u32,
    hash: u32,
}

/// The bits of a hash that say where a search begins. Small tables are searched from their beginning.
#[inline]
fn mask(capacity: u32) -> u32 {
    if capacity <= 4 { 0 } else { capacity - 1 }
}

/// All associations of a graph.
///
/// Every source has a table of its own, from target to association: what one content asks for has few sources, and
/// most of their tables are a cache line or two. A table for all would cost a miss for every pair.
#[derive(Clone, Debug)]
pub(crate) struct Edges {
    /// The ends of every association, in order.
    ends: Vec<(Node, Node)>,
    tables: Vec<Table>,
    slots: Vec<Slot>,
    /// The beginnings of parts of `slots` that are free again, by the binary logarithm of their size.
    free: [Vec<u32>; 32],
    seed: Seed,
    /// The last association of every target, and for every association the one of the same target before it.
    last_in: Vec<u32>,
    next_in: Vec<u32>,
    kinds: Vec<Kind>,
    kind_ids: HashMap<(RelationType, u64), KindId>,
    weights: Vec<f64>,
    /// What a store wants to know.
    pub(crate) journal: Option<Journal>,
}

/// What was added, and what changed of what was there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    /// The kinds of new associations, in order.
    pub(crate) kinds: Vec<KindId>,
    /// The associations that were met again and changed.
    pub(crate) met_again: Vec<u32>,
}

impl Edges {
    pub(crate) fn new(seed: Seed) -> Self {
        Edges {
            ends: Vec::new(),
            tables: Vec::new(),
            slots: Vec::new(),
            free: std::array::from_fn(|_| Vec::new()),
            seed,
            last_in: Vec::new(),
            next_in: Vec::new(),
            kinds: Vec::new(),
            kind_ids: HashMap::new(),
            weights: curve(FIRST_WEIGHT, |weight| (weight * WEIGHT_GAIN).min(WEIGHT_CAP)),
            journal: None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Source and target of every association, in order.
    pub(crate) fn ends(&self) -> &[(Node, Node)] {
        &self.ends
    }

    #[cfg(feature = "store")]
    pub(crate) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    pub(crate) fn kind(&self, id: KindId) -> &Kind {
        &self.kinds[id.0 as usize]
    }

    /// The kind with this number, if there is one.
    #[cfg(feature = "store")]
    pub(crate) fn kind_of_number(&self, number: u32) -> Option<KindId> {
        ((number as usize) < self.kinds.len()).then_some(KindId(number))
    }

    /// Kind and count of the association at `at`.
    pub(crate) fn state(&self, at: u32) -> State {
        let (source, target) = self.ends[at as usize];
        // What has ends has a slot.
        self.find_slot(source, target).map_or(State(0), |slot| self.slots[slot].state)
    }

    pub(crate) fn weight(&self, state: State) -> f64 {
        at_most(&self.weights, state.count())
    }

    pub(crate) fn confidence(&self, state: State) -> f64 {
        at_most(&self.kind(state.kind()).confidences, state.count())
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

    /// The number of the association from `source` to `target`, if there is one.
    pub(crate) fn find(&self, source: Node, target: Node) -> Option<u32> {
        self.find_slot(source, target).map(|slot| self.slots[slot].at)
    }

    /// The slot of the association from `source` to `target`, if there is one.
    #[inline]
    fn find_slot(&self, source: Node, target: Node) -> Option<usize> {
        let table = *self.tables.get(source.index())?;
        let capacity = table.capacity();
        let start = table.start as usize;
        let slots = &self.slots[start..start + capacity as usize];
        let mut place = self.home(target, capacity);
        for _ in 0..capacity {
            let slot = &slots[place as usize];
            if slot.target == target {
                return Some(start + place as usize);
            }
            if slot.at == NONE {
                return None;
            }
            place = (place + 1) & (capacity - 1);
        }
        None
    }

    /// Where the search for `target` begins in a table of `capacity`, a power of two or 0.
    #[inline]
    fn home(&self, target: Node, capacity: u32) -> u32 {
        self.hash(target) & mask(capacity)
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // half of the hash is enough
    fn hash(&self, target: Node) -> u32 {
        self.seed.number(u64::from(target.0)) as u32
    }

    /// What [`touch`](Self::touch) needs to know of a concept.
    #[inline]
    pub(crate) fn probe(&self, node: Node) -> Probe {
        let table = self.tables.get(node.index()).copied().unwrap_or_default();
        Probe { start: table.start, mask: mask(table.capacity()), hash: self.hash(node) }
    }

    /// Reads the memory that a search for an association begins at, so that it is near when it is searched. Few
    /// instructions, and none that waits for what is read: so many such reads are under way together.
    #[inline]
    pub(crate) fn touch(&self, source: Probe, target: Probe) -> u32 {
        self.slots.get((source.start + (target.hash & source.mask)) as usize).map_or(0, |slot| slot.at)
    }

    /// Strengthens the association from `source` to `target`, or makes one of `kind`. True if it is new.
    #[inline]
    pub(crate) fn meet(&mut self, source: Node, target: Node, kind: KindId) -> Result<bool, GraphFull> {
        match self.find_slot(source, target) {
            Some(slot) => {
                self.strengthen_slot(slot);
                Ok(false)
            }
            None => self.insert(source, target, kind).map(|()| true),
        }
    }

    #[inline]
    fn strengthen_slot(&mut self, slot: usize) {
        let slot = &mut self.slots[slot];
        if slot.state.count() < SATURATED {
            slot.state.0 += 1;
            if let Some(journal) = &mut self.journal {
                journal.met_again.push(slot.at);
            }
        }
    }

    /// Strengthens the association at `at` several times.
    #[cfg(feature = "store")]
    pub(crate) fn restore_count(&mut self, at: u32, times: u32) {
        let (source, target) = self.ends[at as usize];
        if let Some(slot) = self.find_slot(source, target) {
            let state = &mut self.slots[slot].state;
            let count = u32::from(state.count()).saturating_add(times).min(u32::from(SATURATED));
            state.0 = state.0 & !0xff | count;
        }
    }

    /// Adds an association that is not there yet.
    pub(crate) fn insert(&mut self, source: Node, target: Node, kind: KindId) -> Result<(), GraphFull> {
        let at = u32::try_from(self.ends.len()).ok().filter(|&at| at != NONE);
        let at = at.ok_or(GraphFull("2^32 - 1 associations"))?;
        if self.tables.len() <= source.index() {
            self.tables.resize(source.index() + 1, Table::default());
        }
        self.grow(source)?;
        let table = &mut self.tables[source.index()];
        table.len += 1;
        let table = *table;
        self.put(table, Slot { target, at, state: State::new(kind, 0) });
        self.ends.push((source, target));
        if let Some(journal) = &mut self.journal {
            journal.kinds.push(kind);
        }
        if self.last_in.len() <= target.index() {
            self.last_in.resize(target.index() + 1, NONE);
        }
        self.next_in.push(std::mem::replace(&mut self.last_in[target.index()], at));
        Ok(())
    }

    /// Puts `slot` where it belongs in a table with space for it.
    fn put(&mut self, table: Table, slot: Slot) {
        let capacity = table.capacity();
        let start = table.start as usize;
        let mut place = self.home(slot.target, capacity);
        let slots = &mut self.slots[start..start + capacity as usize];
        while slots[place as usize].at != NONE {
            place = (place + 1) & (capacity - 1);
        }
        slots[place as usize] = slot;
    }

    /// Makes space for one more association of `source`.
    fn grow(&mut self, source: Node) -> Result<(), GraphFull> {
        let old = self.tables[source.index()];
        let (from, to) = (old.capacity(), Table { len: old.len + 1, ..old }.capacity());
        if from == to {
            return Ok(());
        }
        if old.len >= 1 << 30 {
            return Err(GraphFull("2^30 associations of one concept"));
        }
        let start = if let Some(start) = self.free[to.ilog2() as usize].pop() {
            start
        } else {
            let start = u32::try_from(self.slots.len()).ok().filter(|start| start.checked_add(to).is_some());
            self.slots.resize(self.slots.len() + to as usize, FREE);
            start.ok_or(GraphFull("tables of 2^32 slots"))?
        };
        self.tables[source.index()].start = start;
        // Its capacity is that of one more association than there are.
        let table = Table { start, len: old.len + 1 };
        for place in old.start..old.start + from {
            let slot = std::mem::replace(&mut self.slots[place as usize], FREE);
            if slot.at != NONE {
                self.put(table, slot);
            }
        }
        if from > 0 {
            self.free[from.ilog2() as usize].push(old.start);
        }
        Ok(())
    }

    /// The associations whose source is `node`, in order.
    pub(crate) fn outgoing(&self, node: Node) -> Vec<u32> {
        let table = self.tables.get(node.index()).copied().unwrap_or_default();
        let slots = &self.slots[table.start as usize..(table.start + table.capacity()) as usize];
        let mut places: Vec<u32> = slots.iter().map(|slot| slot.at).filter(|&at| at != NONE).collect();
        places.sort_unstable();
        places
    }

    /// The associations whose target is `node`, in order.
    pub(crate) fn incoming(&self, node: Node) -> Vec<u32> {
        let existing = |at: u32| (at != NONE).then_some(at);
        let last = self.last_in.get(node.index()).copied().and_then(existing);
        let mut places: Vec<u32> = std::iter::successors(last, |&at| existing(self.next_in[at as usize])).collect();
        places.reverse();
        places
    }

    /// Bytes held, for statistics.
    pub(crate) fn memory_usage(&self) -> usize {
        self.ends.capacity() * size_of::<(Node, Node)>()
            + self.tables.capacity() * size_of::<Table>()
            + self.slots.capacity() * size_of::<Slot>()
            + self.free.iter().map(Vec::capacity).sum::<usize>() * size_of::<u32>()
            + (self.last_in.capacity() + self.next_in.capacity()) * size_of::<u32>()
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
                let state = edges.state(0);
                assert_eq!(edges.weight(state).to_bits(), weight.to_bits(), "{confidence} after {count}");
                assert_eq!(edges.confidence(state).to_bits(), now.to_bits(), "{confidence} after {count}");
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
            let in_order = |wanted: fn(&(u32, u32)) -> u32| {
                let places = (0..).zip(&pairs).filter(|(_, pair)| wanted(pair) == node);
                places.map(|(at, _)| at).collect::<Vec<u32>>()
            };
            assert_eq!(edges.outgoing(Node(node)), in_order(|pair| pair.0));
            assert_eq!(edges.incoming(Node(node)), in_order(|pair| pair.1));
        }
        assert_eq!(edges.find(Node(2), Node(2)), Some(2));
        assert_eq!(edges.find(Node(2), Node(0)), None);
    }

    #[test]
    fn tables_of_every_size_hold_what_was_put_in() {
        let mut edges = Edges::new(Seed::new());
        let kind = edges.intern_kind(&RelationType::Causal, 0.8).unwrap();
        let mut known = std::collections::HashMap::new();
        let mut random = 1_u32;
        for round in 0..40_000_u32 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Few sources have most of the targets.
            let (source, target) = ((random >> 24).checked_ilog2().unwrap_or(0) * 3, random >> 8 & 0x3fff);
            let next = known.len();
            let times: &mut (usize, u32) = known.entry((source, target)).or_insert((next, 0));
            times.1 += 1;
            assert_eq!(edges.meet(Node(source), Node(target), kind).unwrap(), times.1 == 1, "{round}");
        }
        assert_eq!(edges.len(), known.len());
        for (&(source, target), &(at, times)) in &known {
            let found = edges.find(Node(source), Node(target)).unwrap();
            assert_eq!(found as usize, at);
            assert_eq!(edges.ends()[at], (Node(source), Node(target)));
            assert_eq!(u32::from(edges.state(found).count()), times - 1);
        }
        let held: usize = (0..40).map(|source| edges.outgoing(Node(source)).len()).sum();
        assert_eq!(held, edges.len());
    }
}
