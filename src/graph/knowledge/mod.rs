//! A graph in which every edge knows the places that said it: documents, names, edges and their evidence, in `SQLite`.
//!
//! A document is learned as a whole, in one transaction: learned again it takes the place of what it said before, and
//! forgotten it takes its evidence with it and nothing else. Memory: what one document says.

mod names;
mod questions;
mod schema;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};

use super::store::{StoreError, StoreErrorKind};
use crate::extract::{Association, Span};

pub use names::name_key;
pub use questions::{Fact, KnowledgeCounts, Place};

/// How long a writer waits for another one.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a document says at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundFact {
    source: String,
    target: String,
    keys: [String; 2],
    relation: String,
    pattern: String,
    confidence: f64,
    negated: bool,
    hedged: bool,
    sentence: String,
    parts: [Span; 3],
    span: Span,
}

impl FoundFact {
    /// Copies what a [`Sink`](crate::Sink) is shown; `None` if an argument [names nothing](name_key), if both are the same
    /// node, or if the association has no text. Linear in the sentence.
    #[must_use]
    pub fn of(association: &Association<'_>) -> Option<Self> {
        if association.pronoun() {
            return None;
        }
        let (sentence, parts) = association.quote()?;
        let [source, _, target] = parts.map(|part| &sentence[part.range()]);
        let opens = |part: Span| sentence[..part.start].chars().all(|c| !c.is_alphanumeric());
        let keys = [name_key(source, opens(parts[0]))?, name_key(target, opens(parts[2]))?];
        let spans = [association.source_span(), association.trigger_span(), association.target_span()];
        let start = spans.iter().map(|span| span.start).min()?;
        let end = spans.iter().map(|span| span.end).max()?;
        (keys[0] != keys[1]).then(|| FoundFact {
            source: names::shown(source),
            target: names::shown(target),
            keys,
            relation: association.relation().as_str().to_owned(),
            pattern: association.pattern().to_owned(),
            confidence: association.confidence(),
            negated: association.negated(),
            hedged: association.hedged(),
            sentence: sentence.to_owned(),
            parts,
            span: Span { start, end },
        })
    }
}

/// A document that was read to its end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LearnedDocument {
    /// Its path, or another id: the document of that name is replaced.
    pub name: String,
    /// The hash of its text, in hexadecimal digits.
    pub hash: String,
    /// Bytes of its text.
    pub bytes: u64,
    /// What it says.
    pub facts: Vec<FoundFact>,
}

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was not known.
    New,
    /// It was known with another text, or gave other associations: what it had said is gone.
    Changed,
    /// It is as it was; nothing was done.
    Unchanged,
    /// This run has learned a document of that name already; nothing was done.
    Repeated,
}

/// A store of the profile `graph`.
///
/// One process writes, any number read at the same time (write-ahead log).
#[derive(Debug)]
pub struct FactStore {
    path: PathBuf,
    connection: Connection,
    run: i64,
}

impl FactStore {
    /// Whether the file is such a store. False for one that is not there or cannot be read.
    #[must_use]
    pub fn is_at(path: &Path) -> bool {
        let open = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
        let id = open.and_then(|store| store.pragma_query_value(None, "application_id", |row| row.get::<_, i64>(0)));
        id.is_ok_and(|id| id == schema::APPLICATION_ID)
    }

    /// Opens a store to learn into, and makes it if it is not there. A writer that meets another waits 10 s.
    ///
    /// # Errors
    ///
    /// If the file is something else, damaged, of a newer version, held by another writer, or cannot be written.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let open = || {
            let mut connection = Connection::open(path)?;
            connection.busy_timeout(PATIENCE)?;
            if schema::check(&connection)?.is_none() {
                schema::make(&mut connection)?;
            }
            connection.pragma_update(None, "journal_mode", "wal")?;
            connection.pragma_update(None, "synchronous", "normal")?;
            let run = connection.query_row("SELECT coalesce(max(run), 0) + 1 FROM documents", [], |row| row.get(0))?;
            Ok(FactStore { path: path.to_owned(), connection, run })
        };
        open().map_err(|kind: StoreErrorKind| StoreError::new(path, kind))
    }

    /// Opens a store to ask.
    ///
    /// # Errors
    ///
    /// If there is none, or it is something else, damaged or of a newer version.
    pub fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let open = || {
            if !path.exists() {
                return Err(StoreErrorKind::Missing);
            }
            let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            connection.busy_timeout(PATIENCE)?;
            schema::check(&connection)?.ok_or(StoreErrorKind::Foreign)?;
            Ok(FactStore { path: path.to_owned(), connection, run: 0 })
        };
        open().map_err(|kind| StoreError::new(path, kind))
    }

    /// Learns a document, in one transaction: what a document of that name said before is replaced.
    ///
    /// # Errors
    ///
    /// If the store cannot be written; it is then as it was.
    pub fn learn(&mut self, document: &LearnedDocument) -> Result<Outcome, StoreError> {
        let run = self.run;
        self.write(|transaction| {
            let known = transaction
                .query_row("SELECT id, run FROM documents WHERE name = ?1", [&document.name], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
                })
                .optional()?;
            let mut touched = Touched::default();
            match known {
                Some((_, last)) if last == run => return Ok(Outcome::Repeated),
                Some((id, _)) if is_same(transaction, id, document)? => {
                    transaction.execute("UPDATE documents SET run = ?1 WHERE id = ?2", [run, id])?;
                    return Ok(Outcome::Unchanged);
                }
                Some((id, _)) => remove(transaction, id, &mut touched)?,
                None => {}
            }
            insert(transaction, document, run, &mut touched)?;
            touched.settle(transaction)?;
            Ok(if known.is_some() { Outcome::Changed } else { Outcome::New })
        })
    }

    /// Takes a document away with all that it said; false if there is none of that name.
    ///
    /// # Errors
    ///
    /// If the store cannot be written; it is then as it was.
    pub fn forget(&mut self, document: &str) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let id = transaction.query_row("SELECT id FROM documents WHERE name = ?1", [document], |row| row.get(0));
            let Some(id) = id.optional()? else { return Ok(false) };
            let mut touched = Touched::default();
            remove(transaction, id, &mut touched)?;
            touched.settle(transaction)?;
            Ok(true)
        })
    }

    fn write<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreErrorKind>) -> Result<T, StoreError> {
        let write = || {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        write().map_err(|kind: StoreErrorKind| StoreError::new(&self.path, kind))
    }
}

/// Edges and nodes whose evidence changed.
#[derive(Default)]
struct Touched {
    edges: BTreeSet<i64>,
    nodes: BTreeSet<i64>,
}

impl Touched {
    /// Brings what is counted to what the evidence says; what has none left goes.
    fn settle(&self, transaction: &Transaction<'_>) -> Result<(), StoreErrorKind> {
        let mut places =
            transaction.prepare_cached("SELECT confidence, negated FROM evidence WHERE edge = ?1 ORDER BY id")?;
        let mut update =
            transaction.prepare_cached("UPDATE edges SET asserted = ?2, denied = ?3, confidence = ?4 WHERE id = ?1")?;
        for edge in &self.edges {
            let (mut asserted, mut denied, mut doubt) = (0_i64, 0_i64, 1.0);
            let mut rows = places.query([edge])?;
            while let Some(row) = rows.next()? {
                if row.get(1)? {
                    denied += 1;
                } else {
                    asserted += 1;
                    doubt *= 1.0 - row.get::<_, f64>(0)?;
                }
            }
            if asserted + denied == 0 {
                transaction.execute("DELETE FROM edges WHERE id = ?1", [edge])?;
            } else {
                update.execute(params![edge, asserted, denied, 1.0 - doubt])?;
            }
        }
        for node in &self.nodes {
            transaction.execute("DELETE FROM names WHERE node = ?1 AND mentions <= 0", [node])?;
            let changed = transaction
                .prepare_cached(
                    "UPDATE nodes SET mentions = s.total, name = s.name FROM (SELECT sum(mentions) OVER () AS total, name
                     FROM names WHERE node = ?1 ORDER BY mentions DESC, name DESC LIMIT 1) AS s WHERE id = ?1",
                )?
                .execute([node])?;
            if changed == 0 {
                transaction.execute("DELETE FROM nodes WHERE id = ?1", [node])?;
            }
        }
        Ok(())
    }
}

/// Whether a document is as it was learned, and says the same as it did: other patterns may read it.
fn is_same(transaction: &Transaction<'_>, id: i64, document: &LearnedDocument) -> Result<bool, StoreErrorKind> {
    let hash: String = transaction.query_row("SELECT hash FROM documents WHERE id = ?1", [id], |row| row.get(0))?;
    if hash != document.hash {
        return Ok(false);
    }
    let mut rows = transaction.prepare_cached(
        "SELECT e.pattern, e.start, e.end, e.confidence, e.negated, g.relation FROM evidence e JOIN edges g ON g.id = e.edge
         WHERE e.document = ?1 ORDER BY e.id",
    )?;
    let mut rows = rows.query([id])?;
    for fact in &document.facts {
        let Some(row) = rows.next()? else { return Ok(false) };
        let is_same = row.get::<_, String>(0)? == fact.pattern
            && row.get::<_, i64>(1)? == signed(fact.span.start)
            && row.get::<_, i64>(2)? == signed(fact.span.end)
            && row.get::<_, f64>(3)?.to_bits() == fact.confidence.to_bits()
            && row.get::<_, bool>(4)? == fact.negated
            && row.get::<_, String>(5)? == fact.relation;
        if !is_same {
            return Ok(false);
        }
    }
    Ok(rows.next()?.is_none())
}

/// Takes a document and its evidence away.
fn remove(transaction: &Transaction<'_>, id: i64, touched: &mut Touched) -> Result<(), StoreErrorKind> {
    let mut said = transaction.prepare_cached(
        "SELECT e.edge, g.source, g.target, e.source_name, e.target_name FROM evidence e JOIN edges g ON g.id = e.edge
         WHERE e.document = ?1",
    )?;
    let mut less =
        transaction.prepare_cached("UPDATE names SET mentions = mentions - 1 WHERE node = ?1 AND name = ?2")?;
    let mut rows = said.query([id])?;
    while let Some(row) = rows.next()? {
        touched.edges.insert(row.get(0)?);
        for (node, name) in [(1, 3), (2, 4)] {
            let node: i64 = row.get(node)?;
            touched.nodes.insert(node);
            less.execute(params![node, row.get::<_, String>(name)?])?;
        }
    }
    transaction.execute("DELETE FROM evidence WHERE document = ?1", [id])?;
    transaction.execute("DELETE FROM documents WHERE id = ?1", [id])?;
    Ok(())
}

/// Enters a document and its evidence.
fn insert(
    transaction: &Transaction<'_>,
    document: &LearnedDocument,
    run: i64,
    touched: &mut Touched,
) -> Result<(), StoreErrorKind> {
    transaction.execute(
        "INSERT INTO documents (name, hash, bytes, run, learned_at) VALUES (?1, ?2, ?3, ?4, datetime('now'))",
        params![document.name, document.hash, i64::try_from(document.bytes).unwrap_or(i64::MAX), run],
    )?;
    let id = transaction.last_insert_rowid();
    for fact in &document.facts {
        let source = mention(transaction, &fact.keys[0], &fact.source)?;
        let target = mention(transaction, &fact.keys[1], &fact.target)?;
        touched.nodes.extend([source, target]);
        let edge: i64 = transaction
            .prepare_cached(
                "INSERT INTO edges (source, relation, target, origin, asserted, denied, confidence)
                 VALUES (?1, ?2, ?3, 'extracted', 0, 0, 0.0)
                 ON CONFLICT (source, relation, target, origin) DO UPDATE SET origin = origin RETURNING id",
            )?
            .query_row(params![source, fact.relation, target], |row| row.get(0))?;
        touched.edges.insert(edge);
        let [from, by, to] = fact.parts;
        transaction
            .prepare_cached(
                "INSERT INTO evidence (edge, document, sentence, source_start, source_end, trigger_start, trigger_end,
                 target_start, target_end, start, end, source_name, target_name, pattern, confidence, negated, hedged)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            )?
            .execute(params![
                edge,
                id,
                fact.sentence,
                signed(from.start),
                signed(from.end),
                signed(by.start),
                signed(by.end),
                signed(to.start),
                signed(to.end),
                signed(fact.span.start),
                signed(fact.span.end),
                fact.source,
                fact.target,
                fact.pattern,
                fact.confidence,
                fact.negated,
                fact.hedged,
            ])?;
    }
    Ok(())
}

/// Counts a name, and returns its node.
fn mention(transaction: &Transaction<'_>, key: &str, name: &str) -> Result<i64, StoreErrorKind> {
    let node: i64 = transaction
        .prepare_cached(
            "INSERT INTO nodes (key, name, mentions) VALUES (?1, ?2, 0)
             ON CONFLICT (key) DO UPDATE SET key = key RETURNING id",
        )?
        .query_row([key, name], |row| row.get(0))?;
    transaction
        .prepare_cached(
            "INSERT INTO names (node, name, mentions) VALUES (?1, ?2, 1)
             ON CONFLICT (node, name) DO UPDATE SET mentions = mentions + 1",
        )?
        .execute(params![node, name])?;
    Ok(node)
}

/// A position as `SQLite` holds it; no text is longer.
fn signed(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}
