//! The tables of a graph with evidence. Any `SQLite` client can read them; LEARNING.md says what they mean.

use rusqlite::{Connection, TransactionBehavior};

use crate::graph::store::StoreErrorKind;

/// Tells these files from others, and from stores of the profile `sutra`: "rlkg".
pub(super) const APPLICATION_ID: i64 = 0x726c_6b67;

/// The version that this code reads and writes.
pub(super) const VERSION: i64 = 1;

const TABLES: &str = "
    CREATE TABLE documents (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,          -- its path, or the id of its row
        hash TEXT NOT NULL,                 -- MD5 of the text that was read
        bytes INTEGER NOT NULL,             -- of that text
        run INTEGER NOT NULL,               -- the run that learned or last met it
        learned_at TEXT NOT NULL            -- UTC
    ) STRICT;
    CREATE TABLE nodes (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,           -- case folded, singular, without article
        name TEXT NOT NULL,                 -- the commonest form in the texts
        mentions INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE names (
        node INTEGER NOT NULL REFERENCES nodes,
        name TEXT NOT NULL,                 -- a form in the texts
        mentions INTEGER NOT NULL,
        PRIMARY KEY (node, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE edges (
        id INTEGER PRIMARY KEY,
        source INTEGER NOT NULL REFERENCES nodes,
        relation TEXT NOT NULL,
        target INTEGER NOT NULL REFERENCES nodes,
        origin TEXT NOT NULL,               -- extracted
        asserted INTEGER NOT NULL,          -- places that say it
        denied INTEGER NOT NULL,            -- places that deny it
        confidence REAL NOT NULL,           -- noisy-or of the places that say it; 0 if none does
        UNIQUE (source, relation, target, origin)
    ) STRICT;
    CREATE INDEX edges_by_target ON edges (target);
    CREATE TABLE evidence (
        id INTEGER PRIMARY KEY,
        edge INTEGER NOT NULL REFERENCES edges,
        document INTEGER NOT NULL REFERENCES documents,
        sentence TEXT NOT NULL,             -- the sentence, and where in it the parts are, in bytes
        source_start INTEGER NOT NULL, source_end INTEGER NOT NULL,
        trigger_start INTEGER NOT NULL, trigger_end INTEGER NOT NULL,
        target_start INTEGER NOT NULL, target_end INTEGER NOT NULL,
        start INTEGER NOT NULL,             -- where the association is in the document, in bytes
        end INTEGER NOT NULL,
        source_name TEXT NOT NULL,
        target_name TEXT NOT NULL,
        pattern TEXT NOT NULL,
        confidence REAL NOT NULL,
        negated INTEGER NOT NULL,
        hedged INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX evidence_by_edge ON evidence (edge);
    CREATE INDEX evidence_by_document ON evidence (document);
";

/// Whether a file holds such tables; `None` if it holds nothing.
pub(super) fn check(connection: &Connection) -> Result<Option<()>, StoreErrorKind> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (pragma("application_id")?, pragma("user_version")?) {
        (APPLICATION_ID, VERSION) => Ok(Some(())),
        (APPLICATION_ID, found) => Err(StoreErrorKind::Newer { found, known: VERSION }),
        (0, 0) if tables == 0 => Ok(None),
        _ => Err(StoreErrorKind::Foreign),
    }
}

/// Makes the tables.
pub(super) fn make(connection: &mut Connection) -> Result<(), StoreErrorKind> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if check(&transaction)?.is_none() {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()?;
    Ok(())
}
