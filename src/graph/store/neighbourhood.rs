//! One concept with its neighbours, or one word with its concepts, read without the rest of the graph.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::StoreErrorKind;
use super::load::corrupt;
use super::save::id_block;
use super::saved::{ASSOCIATION_BLOCK, LIST_BLOCK};
use super::segment::{Damaged, Reader, read_lists};
use crate::graph::edges::{Edges, Node, State};
use crate::graph::hash::Seed;
use crate::graph::id::ConceptId;
use crate::pattern::RelationType;

/// A concept as it is stored.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StoredConcept {
    /// The id.
    pub id: ConceptId,
    /// The text.
    pub content: String,
    /// How well it is known, from 1 to 10.
    pub strength: f64,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// How often it was learned after it was there.
    pub access_count: u32,
    /// Where it comes from.
    pub source: Option<String>,
    /// What it is about.
    pub category: Option<String>,
}

/// An association of a concept, and the concept at its other end.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Neighbour {
    /// The other concept; the same for an association of a concept with itself.
    pub concept: StoredConcept,
    /// Whether the association goes out to the other concept, and does not come in from it.
    pub is_outgoing: bool,
    /// The relation.
    pub relation: RelationType,
    /// How strong the association is, from 1 to 5.
    pub weight: f64,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
}

/// A concept and its associations, in the order in which they were made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Neighbourhood {
    /// The concept.
    pub concept: StoredConcept,
    /// Its associations in both directions.
    pub neighbours: Vec<Neighbour>,
}

const COLUMNS: &str = "SELECT id, content, strength, confidence, access_count, source, category, number FROM concept";

fn concept(row: &Row<'_>) -> rusqlite::Result<(u32, StoredConcept)> {
    let concept = StoredConcept {
        id: ConceptId::from_bits(row.get::<_, i64>(0)?.cast_unsigned()),
        content: row.get(1)?,
        strength: row.get(2)?,
        confidence: row.get(3)?,
        access_count: row.get(4)?,
        source: row.get(5)?,
        category: row.get(6)?,
    };
    Ok((row.get(7)?, concept))
}

fn concept_at(connection: &Connection, number: u32) -> Result<StoredConcept, StoreErrorKind> {
    let mut query = connection.prepare_cached(&format!("{COLUMNS} WHERE number = ?1"))?;
    let found = query.query_row([number], concept).optional()?;
    found.map(|(_, concept)| concept).ok_or_else(|| corrupt(format!("concept {number} is missing")))
}

pub(super) fn concepts_with_word(
    connection: &Connection,
    word: &str,
    limit: usize,
) -> Result<Vec<StoredConcept>, StoreErrorKind> {
    let number = connection.query_row("SELECT number FROM word WHERE text = ?1", [word], |row| row.get(0));
    let Some(number) = number.optional()? else { return Ok(Vec::new()) };
    let mut numbers = list(connection, "word_concepts", number)?;
    numbers.truncate(limit);
    numbers.into_iter().map(|number| concept_at(connection, number)).collect()
}

pub(super) fn read(connection: &Connection, id: ConceptId) -> Result<Option<Neighbourhood>, StoreErrorKind> {
    let Some(number) = number_of(connection, id)? else { return Ok(None) };
    let concept = concept_at(connection, number)?;
    let mut edges = Edges::new(Seed::new());
    let mut query = connection.prepare("SELECT relation, confidence FROM kind ORDER BY number")?;
    let mut kinds = query.query([])?;
    while let Some(row) = kinds.next()? {
        let relation: String = row.get(0)?;
        let relation: RelationType = relation.parse().map_err(|_| corrupt("a relation has no name"))?;
        edges.intern_kind(&relation, row.get(1)?)?;
    }
    let mut blocks = Blocks { connection, edges: &edges, read: HashMap::new() };
    let mut neighbours = Vec::new();
    for at in list(connection, "concept_associations", number)? {
        let record = blocks.record(at)?;
        let is_outgoing = record.source.0 == number;
        let other = if is_outgoing { record.target } else { record.source };
        neighbours.push(Neighbour {
            concept: concept_at(connection, other.0)?,
            is_outgoing,
            relation: edges.kind(record.state.kind()).relation.clone(),
            weight: edges.weight(record.state),
            confidence: edges.confidence(record.state),
        });
    }
    Ok(Some(Neighbourhood { concept, neighbours }))
}

/// The number of the concept with an id.
fn number_of(connection: &Connection, id: ConceptId) -> Result<Option<u32>, StoreErrorKind> {
    let mut query = connection.prepare("SELECT data FROM concept_ids WHERE block = ?1")?;
    let mut rows = query.query([id_block(id.to_bits())])?;
    while let Some(row) = rows.next()? {
        let mut reader = Reader::new(row.get_ref(0)?.as_blob().map_err(|error| corrupt(error.to_string()))?);
        while !reader.is_at_end() {
            let (found, number) = (reader.eight_bytes()?, reader.number()?);
            if found == id.to_bits().to_be_bytes() {
                return Ok(Some(number));
            }
        }
    }
    Ok(None)
}

/// The list of number `of` in a table of segments.
fn list(connection: &Connection, table: &str, of: u32) -> Result<Vec<u32>, StoreErrorKind> {
    let mut query = connection.prepare(&format!("SELECT data FROM {table} WHERE block = ?1 ORDER BY batch"))?;
    let mut rows = query.query([of / LIST_BLOCK])?;
    let mut numbers = Vec::new();
    while let Some(row) = rows.next()? {
        let data = row.get_ref(0)?.as_blob().map_err(|error| corrupt(error.to_string()))?;
        read_lists(data, of / LIST_BLOCK, LIST_BLOCK, |a, b| {
            if a == of {
                numbers.push(b);
            }
            Ok::<(), StoreErrorKind>(())
        })?;
    }
    Ok(numbers)
}

/// An association as it is stored.
#[derive(Clone, Copy)]
struct Record {
    source: Node,
    target: Node,
    state: State,
}

/// Blocks of associations, each read once.
struct Blocks<'c> {
    connection: &'c Connection,
    edges: &'c Edges,
    read: HashMap<u32, Vec<Record>>,
}

impl Blocks<'_> {
    fn record(&mut self, at: u32) -> Result<Record, StoreErrorKind> {
        let block = at / ASSOCIATION_BLOCK;
        if !self.read.contains_key(&block) {
            let records = self.read_block(block)?;
            self.read.insert(block, records);
        }
        let place = (at % ASSOCIATION_BLOCK) as usize;
        let found = self.read.get(&block).and_then(|records| records.get(place));
        found.copied().ok_or_else(|| corrupt(format!("association {at} is missing")))
    }

    fn read_block(&self, block: u32) -> Result<Vec<Record>, StoreErrorKind> {
        let first = block * ASSOCIATION_BLOCK;
        let end = first.saturating_add(ASSOCIATION_BLOCK);
        let mut ends = Vec::new();
        let sql = "SELECT data FROM association WHERE first >= ?1 AND first < ?2 ORDER BY first";
        let mut query = self.connection.prepare_cached(sql)?;
        let mut rows = query.query(params![first, end])?;
        while let Some(row) = rows.next()? {
            let mut reader = Reader::new(row.get_ref(0)?.as_blob().map_err(|error| corrupt(error.to_string()))?);
            while !reader.is_at_end() {
                let (source, target) = (Node(reader.number()?), Node(reader.number()?));
                ends.push((source, target, self.edges.kind_of_number(reader.number()?).ok_or(Damaged)?));
            }
        }
        let mut counts = vec![0_u8; ends.len()];
        let mut query = self.connection.prepare_cached("SELECT data FROM met_again WHERE block = ?1")?;
        let mut rows = query.query([block])?;
        while let Some(row) = rows.next()? {
            let mut reader = Reader::new(row.get_ref(0)?.as_blob().map_err(|error| corrupt(error.to_string()))?);
            while !reader.is_at_end() {
                let count = counts.get_mut(reader.number()? as usize).ok_or(Damaged)?;
                *count = count.saturating_add(u8::try_from(reader.number()?).unwrap_or(u8::MAX));
            }
        }
        let records = ends.into_iter().zip(counts);
        Ok(records
            .map(|((source, target, kind), count)| Record { source, target, state: State::new(kind, count) })
            .collect())
    }
}
