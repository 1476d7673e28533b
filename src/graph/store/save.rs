//! What a batch writes.

use rayon::slice::ParallelSliceMut;
use rusqlite::{CachedStatement, Connection, Transaction, TransactionBehavior, params};

use super::error::StoreErrorKind;
use super::saved::{ASSOCIATION_BLOCK, InputProgress, LIST_BLOCK, Saved};
use super::segment::{put, write_lists};
use crate::graph::edges::Node;
use crate::graph::id::ConceptId;
use crate::graph::view::ConceptGraph;

/// Writes everything of `graph` that is not in `saved`, and the progress, in one transaction.
pub(super) fn save(
    connection: &mut Connection,
    saved: Saved,
    graph: &mut ConceptGraph,
    progress: &[InputProgress],
) -> Result<Saved, StoreErrorKind> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let batch = saved.batches;
    concepts(&transaction, saved, graph, batch)?;
    words(&transaction, saved, graph, batch)?;
    kinds(&transaction, saved, graph)?;
    associations(&transaction, saved, graph)?;
    concept_associations(&transaction, saved, graph, batch)?;
    met_again(&transaction, graph, batch)?;
    for input in progress {
        let sql = "INSERT OR REPLACE INTO input (name, rows, is_done) VALUES (?1, ?2, ?3)";
        transaction.prepare_cached(sql)?.execute(params![input.name, input.rows.cast_signed(), input.is_done])?;
    }
    let now = Saved {
        batches: batch + 1,
        concepts: count(graph.nodes.len()),
        words: count(graph.nodes.words().len()),
        kinds: count(graph.edges.kinds().len()),
        associations: count(graph.edges.len()),
    };
    let sql = "INSERT INTO batch (number, concepts, words, associations) VALUES (?1, ?2, ?3, ?4)";
    transaction.execute(sql, params![batch, now.concepts, now.words, now.associations])?;
    transaction.commit()?;
    Ok(now)
}

/// Forgets what has been saved.
pub(super) fn forget(graph: &mut ConceptGraph) {
    if let Some(journal) = &mut graph.nodes.journal {
        journal.learned_again.clear();
        journal.word_concepts.clear();
    }
    if let Some(journal) = &mut graph.edges.journal {
        journal.met_again.clear();
        journal.kinds.clear();
    }
}

/// A number of things that a graph numbers with 32 bits.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// An id as `SQLite` holds it: the same 64 bits, signed.
pub(super) fn signed(id: ConceptId) -> i64 {
    id.to_bits().cast_signed()
}

fn concepts(
    transaction: &Transaction<'_>,
    saved: Saved,
    graph: &mut ConceptGraph,
    batch: u32,
) -> Result<(), StoreErrorKind> {
    if let Some(journal) = &mut graph.nodes.journal {
        let again = &mut journal.learned_again;
        again.sort_unstable();
        again.dedup();
        let sql = "UPDATE concept SET strength = ?2, access_count = ?3 WHERE number = ?1";
        let mut update = transaction.prepare_cached(sql)?;
        let journal = graph.nodes.journal.as_ref();
        let again = journal.into_iter().flat_map(|journal| &journal.learned_again);
        for &node in again.take_while(|node| node.0 < saved.concepts) {
            let record = graph.nodes.record(node);
            update.execute(params![node.0, record.strength, record.access_count])?;
        }
    }
    let sql = "INSERT INTO concept (number, id, content, strength, confidence, access_count, source, category)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let mut insert = transaction.prepare_cached(sql)?;
    for number in saved.concepts..count(graph.nodes.len()) {
        let node = Node(number);
        let record = graph.nodes.record(node);
        insert.execute(params![
            number,
            signed(record.id),
            graph.nodes.content(node),
            record.strength,
            record.confidence,
            record.access_count,
            graph.nodes.source(node),
            graph.nodes.category(node),
        ])?;
    }
    concept_ids(transaction, saved, graph, batch)
}

/// The numbers of new concepts by id.
fn concept_ids(
    transaction: &Transaction<'_>,
    saved: Saved,
    graph: &ConceptGraph,
    batch: u32,
) -> Result<(), StoreErrorKind> {
    let numbers = saved.concepts..count(graph.nodes.len());
    let mut ids: Vec<(u64, u32)> =
        numbers.map(|number| (graph.nodes.record(Node(number)).id.to_bits(), number)).collect();
    ids.par_sort_unstable();
    let sql = "INSERT INTO concept_ids (block, batch, data) VALUES (?1, ?2, ?3)";
    let mut insert = transaction.prepare_cached(sql)?;
    let mut write = segment(&mut insert, batch);
    let mut data = Vec::new();
    for block in ids.chunk_by(|x, y| id_block(x.0) == id_block(y.0)) {
        data.clear();
        for &(id, number) in block {
            data.extend_from_slice(&id.to_be_bytes());
            put(&mut data, number);
        }
        write(id_block(block[0].0), &data)?;
    }
    Ok(())
}

/// The block of an id: its first byte.
pub(super) fn id_block(id: u64) -> u32 {
    u32::from(id.to_be_bytes()[0])
}

fn words(
    transaction: &Transaction<'_>,
    saved: Saved,
    graph: &mut ConceptGraph,
    batch: u32,
) -> Result<(), StoreErrorKind> {
    let words = graph.nodes.words();
    let mut insert = transaction.prepare_cached("INSERT INTO word (number, text) VALUES (?1, ?2)")?;
    for number in saved.words..count(words.len()) {
        insert.execute(params![number, words.text(number)])?;
    }
    let sql = "INSERT INTO word_concepts (block, batch, data) VALUES (?1, ?2, ?3)";
    let mut insert = transaction.prepare_cached(sql)?;
    match &mut graph.nodes.journal {
        Some(journal) => write_lists(&mut journal.word_concepts, LIST_BLOCK, segment(&mut insert, batch)),
        None => Ok(()),
    }
}

fn kinds(transaction: &Transaction<'_>, saved: Saved, graph: &ConceptGraph) -> Result<(), StoreErrorKind> {
    let sql = "INSERT INTO kind (number, relation, confidence) VALUES (?1, ?2, ?3)";
    let mut insert = transaction.prepare_cached(sql)?;
    for (number, kind) in (0..).zip(graph.edges.kinds()).skip(saved.kinds as usize) {
        insert.execute(params![number, kind.relation.as_str(), kind.confidence])?;
    }
    Ok(())
}

fn associations(transaction: &Transaction<'_>, saved: Saved, graph: &ConceptGraph) -> Result<(), StoreErrorKind> {
    let mut insert = transaction.prepare_cached("INSERT INTO association (first, data) VALUES (?1, ?2)")?;
    let end = count(graph.edges.len());
    let journal = graph.edges.journal.as_ref();
    let mut first = saved.associations;
    let mut data = Vec::new();
    while first < end {
        // A segment stays within a block, so that few bytes are read for one association.
        let next = (first / ASSOCIATION_BLOCK + 1).saturating_mul(ASSOCIATION_BLOCK).min(end);
        data.clear();
        for at in first..next {
            let (source, target) = graph.edges.ends()[at as usize];
            put(&mut data, source.0);
            put(&mut data, target.0);
            let kind = journal.and_then(|journal| journal.kinds.get((at - saved.associations) as usize));
            put(&mut data, kind.map_or_else(|| graph.edges.state(at).kind().0, |kind| kind.0));
        }
        insert.execute(params![first, data])?;
        first = next;
    }
    Ok(())
}

/// The new associations of every concept, in both directions.
fn concept_associations(
    transaction: &Transaction<'_>,
    saved: Saved,
    graph: &ConceptGraph,
    batch: u32,
) -> Result<(), StoreErrorKind> {
    let mut ends = Vec::new();
    for at in saved.associations..count(graph.edges.len()) {
        let (source, target) = graph.edges.ends()[at as usize];
        ends.push((source.0, at));
        if target != source {
            ends.push((target.0, at));
        }
    }
    let sql = "INSERT INTO concept_associations (block, batch, data) VALUES (?1, ?2, ?3)";
    write_lists(&mut ends, LIST_BLOCK, segment(&mut transaction.prepare_cached(sql)?, batch))
}

/// How often associations were met again, by block.
fn met_again(transaction: &Transaction<'_>, graph: &mut ConceptGraph, batch: u32) -> Result<(), StoreErrorKind> {
    let Some(journal) = &mut graph.edges.journal else { return Ok(()) };
    let met = &mut journal.met_again;
    met.par_sort_unstable();
    let sql = "INSERT INTO met_again (block, batch, data) VALUES (?1, ?2, ?3)";
    let mut insert = transaction.prepare_cached(sql)?;
    let mut write = segment(&mut insert, batch);
    let mut data = Vec::new();
    for block in met.chunk_by(|x, y| x / ASSOCIATION_BLOCK == y / ASSOCIATION_BLOCK) {
        data.clear();
        for same in block.chunk_by(|x, y| x == y) {
            put(&mut data, same[0] % ASSOCIATION_BLOCK);
            put(&mut data, count(same.len()));
        }
        write(block[0] / ASSOCIATION_BLOCK, &data)?;
    }
    Ok(())
}

/// Writes a segment of `batch` with an INSERT of block, batch and data.
fn segment<'s>(
    insert: &'s mut CachedStatement<'_>,
    batch: u32,
) -> impl FnMut(u32, &[u8]) -> Result<(), StoreErrorKind> + 's {
    move |block, data| Ok(insert.execute(params![block, batch, data]).map(drop)?)
}
