//! What a graph with evidence can be asked.

use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

use super::{FactStore, name_key};
use crate::graph::store::{StoreError, StoreErrorKind};

/// How much a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KnowledgeCounts {
    /// Documents.
    pub documents: u64,
    /// Nodes.
    pub nodes: u64,
    /// Edges.
    pub edges: u64,
    /// Places that say or deny an edge.
    pub places: u64,
}

/// An edge, with the names of its ends.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Fact {
    /// Its number in the table `edges`.
    pub id: i64,
    /// The source, as the texts most often write it.
    pub source: String,
    /// The kind of relation.
    pub relation: String,
    /// The target.
    pub target: String,
    /// Where it comes from: `extracted`.
    pub origin: String,
    /// Places that say it.
    pub asserted: u64,
    /// Places that deny it.
    pub denied: u64,
    /// From 0 to 1: one less the chance that all places that say it are wrong, as if they were independent; 0 if none does.
    pub confidence: f64,
}

/// A place that says an edge.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// The document.
    pub document: String,
    /// The sentence.
    pub sentence: String,
    /// Where the source is in the sentence, in bytes.
    pub source: (u64, u64),
    /// Where the trigger is.
    pub trigger: (u64, u64),
    /// Where the target is.
    pub target: (u64, u64),
    /// Where the association is in the document, in bytes.
    pub span: (u64, u64),
    /// The pattern that found it.
    pub pattern: String,
    /// How far the place is to be trusted.
    pub confidence: f64,
    /// Whether it denies the edge.
    pub negated: bool,
    /// Whether it says only that it may be so.
    pub hedged: bool,
}

impl FactStore {
    /// How much there is.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub fn counts(&self) -> Result<KnowledgeCounts, StoreError> {
        let count = |table: &str| -> Result<u64, StoreErrorKind> {
            let count =
                self.connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| natural(row, 0))?;
            Ok(count)
        };
        let counts = || {
            Ok(KnowledgeCounts {
                documents: count("documents")?,
                nodes: count("nodes")?,
                edges: count("edges")?,
                places: count("evidence")?,
            })
        };
        counts().map_err(|kind: StoreErrorKind| StoreError::new(&self.path, kind))
    }

    /// The edges of the node that has this name, in whatever form; those that are said most surely first. `None` if there is
    /// no such node.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub fn facts_of(&self, name: &str) -> Result<Option<Vec<Fact>>, StoreError> {
        let facts = || {
            let by_key = "SELECT id FROM nodes WHERE key = ?1";
            let by_name = "SELECT node FROM names WHERE name = ?1 ORDER BY mentions DESC LIMIT 1";
            let keys = [name_key(name, false), name_key(name, true)];
            let mut node: Option<i64> = None;
            for (query, text) in keys.iter().flatten().map(|key| (by_key, key.as_str())).chain([(by_name, name)]) {
                if node.is_none() {
                    node = self.connection.query_row(query, [text], |row| row.get(0)).optional()?;
                }
            }
            let Some(node) = node else { return Ok(None) };
            let mut query = self.connection.prepare_cached(
                "SELECT e.id, s.name, e.relation, t.name, e.origin, e.asserted, e.denied, e.confidence
                 FROM edges e JOIN nodes s ON s.id = e.source JOIN nodes t ON t.id = e.target
                 WHERE e.source = ?1 OR e.target = ?1 ORDER BY e.confidence DESC, e.asserted DESC, e.id",
            )?;
            let facts = query.query_map([node], fact)?.collect::<Result<Vec<_>, _>>()?;
            Ok(Some(facts))
        };
        facts().map_err(|kind: StoreErrorKind| StoreError::new(&self.path, kind))
    }

    /// The first `limit` places that say or deny an edge, in the order in which they were learned.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub fn places_of(&self, edge: i64, limit: u32) -> Result<Vec<Place>, StoreError> {
        let places = || {
            let mut query = self.connection.prepare_cached(
                "SELECT d.name, e.sentence, e.source_start, e.source_end, e.trigger_start, e.trigger_end, e.target_start,
                 e.target_end, e.start, e.end, e.pattern, e.confidence, e.negated, e.hedged
                 FROM evidence e JOIN documents d ON d.id = e.document WHERE e.edge = ?1 ORDER BY e.id LIMIT ?2",
            )?;
            let places = query.query_map(params![edge, limit], place)?.collect::<Result<Vec<_>, _>>()?;
            Ok(places)
        };
        places().map_err(|kind: StoreErrorKind| StoreError::new(&self.path, kind))
    }
}

/// A count or a position; a file that holds another number is damaged.
fn natural(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(at)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(at, number))
}

fn fact(row: &Row<'_>) -> rusqlite::Result<Fact> {
    Ok(Fact {
        id: row.get(0)?,
        source: row.get(1)?,
        relation: row.get(2)?,
        target: row.get(3)?,
        origin: row.get(4)?,
        asserted: natural(row, 5)?,
        denied: natural(row, 6)?,
        confidence: row.get(7)?,
    })
}

fn place(row: &Row<'_>) -> rusqlite::Result<Place> {
    let span = |at: usize| Ok::<_, rusqlite::Error>((natural(row, at)?, natural(row, at + 1)?));
    Ok(Place {
        document: row.get(0)?,
        sentence: row.get(1)?,
        source: span(2)?,
        trigger: span(4)?,
        target: span(6)?,
        span: span(8)?,
        pattern: row.get(10)?,
        confidence: row.get(11)?,
        negated: row.get(12)?,
        hedged: row.get(13)?,
    })
}
