//! The whole graph, read back.

use rusqlite::{Connection, Row};

use super::error::StoreErrorKind;
use super::save::signed;
use super::saved::{ASSOCIATION_BLOCK, LIST_BLOCK, Saved};
use super::segment::{Damaged, Reader, read_lists};
use crate::graph::edges::Node;
use crate::graph::error::{GraphFull, LearnError};
use crate::graph::id::ConceptId;
use crate::graph::nodes::NewConcept;
use crate::graph::view::ConceptGraph;
use crate::pattern::RelationType;

impl From<Damaged> for StoreErrorKind {
    fn from(_: Damaged) -> Self {
        corrupt("a segment is cut or garbled")
    }
}

impl From<GraphFull> for StoreErrorKind {
    fn from(full: GraphFull) -> Self {
        LearnError::from(full).into()
    }
}

pub(super) fn corrupt(what: impl Into<String>) -> StoreErrorKind {
    StoreErrorKind::Corrupt(what.into())
}

/// Reads the graph, and checks that it is all that was saved.
pub(super) fn load(connection: &Connection, saved: Saved) -> Result<ConceptGraph, StoreErrorKind> {
    let mut graph = ConceptGraph::new();
    concepts(connection, &mut graph)?;
    words(connection, &mut graph)?;
    kinds(connection, &mut graph)?;
    associations(connection, &mut graph)?;
    let found = [graph.concept_count(), graph.word_count(), graph.association_count()];
    let wanted = [saved.concepts, saved.words, saved.associations].map(|count| count as usize);
    if found != wanted {
        return Err(corrupt(format!(
            "{found:?} concepts, words and associations are there, and {wanted:?} were saved"
        )));
    }
    Ok(graph)
}

/// Calls `take` with every row of a query.
fn each_row(
    connection: &Connection,
    sql: &str,
    mut take: impl FnMut(&Row<'_>) -> Result<(), StoreErrorKind>,
) -> Result<(), StoreErrorKind> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

/// A text column, borrowed.
fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, StoreErrorKind> {
    row.get_ref(column)?.as_str().map_err(|error| corrupt(error.to_string()))
}

fn blob<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r [u8], StoreErrorKind> {
    row.get_ref(column)?.as_blob().map_err(|error| corrupt(error.to_string()))
}

fn optional_text<'r>(row: &'r Row<'_>, column: usize) -> Result<Option<&'r str>, StoreErrorKind> {
    row.get_ref(column)?.as_str_or_null().map_err(|error| corrupt(error.to_string()))
}

fn concepts(connection: &Connection, graph: &mut ConceptGraph) -> Result<(), StoreErrorKind> {
    let sql = "SELECT number, id, content, confidence, source, category, strength, access_count
        FROM concept ORDER BY number";
    each_row(connection, sql, |row| {
        let content = text(row, 2)?;
        let id = ConceptId::of(content);
        let number: u32 = row.get(0)?;
        if number as usize != graph.nodes.len() || row.get::<_, i64>(1)? != signed(id) {
            return Err(corrupt(format!("concept {number} is out of place, or its id is not that of its text")));
        }
        if graph.nodes.find(id).is_some() {
            return Err(corrupt(format!("concept {number} is there twice")));
        }
        let node = graph.nodes.insert(&NewConcept {
            id,
            content,
            confidence: row.get(3)?,
            source: optional_text(row, 4)?,
            category: optional_text(row, 5)?,
        })?;
        graph.nodes.restore(node, row.get(6)?, row.get(7)?);
        Ok(())
    })
}

fn words(connection: &Connection, graph: &mut ConceptGraph) -> Result<(), StoreErrorKind> {
    each_row(connection, "SELECT number, text FROM word ORDER BY number", |row| {
        let number: u32 = row.get(0)?;
        if graph.nodes.restore_word(text(row, 1)?)? != number {
            return Err(corrupt(format!("word {number} is out of place")));
        }
        Ok(())
    })?;
    each_row(connection, "SELECT block, data FROM word_concepts ORDER BY block, batch", |row| {
        read_lists(blob(row, 1)?, row.get(0)?, LIST_BLOCK, |word, concept| {
            if !graph.nodes.restore_word_concept(word, Node(concept))? {
                return Err(corrupt(format!("word {word} or concept {concept} is not there, or is there twice")));
            }
            Ok(())
        })
    })
}

fn kinds(connection: &Connection, graph: &mut ConceptGraph) -> Result<(), StoreErrorKind> {
    each_row(connection, "SELECT number, relation, confidence FROM kind ORDER BY number", |row| {
        let number: u32 = row.get(0)?;
        let relation: RelationType =
            text(row, 1)?.parse().map_err(|error| corrupt(format!("kind {number}: {error}")))?;
        if graph.edges.intern_kind(&relation, row.get(2)?)?.0 != number {
            return Err(corrupt(format!("kind {number} is out of place")));
        }
        Ok(())
    })
}

fn associations(connection: &Connection, graph: &mut ConceptGraph) -> Result<(), StoreErrorKind> {
    let concepts = graph.nodes.len();
    let edges = &mut graph.edges;
    each_row(connection, "SELECT first, data FROM association ORDER BY first", |row| {
        if row.get::<_, u32>(0)? as usize != edges.len() {
            return Err(corrupt("a segment of associations is missing"));
        }
        let mut reader = Reader::new(blob(row, 1)?);
        while !reader.is_at_end() {
            let (source, target) = (Node(reader.number()?), Node(reader.number()?));
            let kind = edges.kind_of_number(reader.number()?).ok_or(Damaged)?;
            if source.max(target).index() >= concepts || edges.find(source, target).is_some() {
                return Err(corrupt(format!("association {} is there twice, or without its concepts", edges.len())));
            }
            edges.insert(source, target, kind)?;
        }
        Ok(())
    })?;
    each_row(connection, "SELECT block, data FROM met_again", |row| {
        let first = row.get::<_, u32>(0)?.checked_mul(ASSOCIATION_BLOCK).ok_or(Damaged)?;
        let mut reader = Reader::new(blob(row, 1)?);
        while !reader.is_at_end() {
            let at = first.checked_add(reader.number()?).filter(|&at| (at as usize) < edges.len()).ok_or(Damaged)?;
            edges.restore_count(at, reader.number()?);
        }
        Ok(())
    })
}
