//! The tables of a store, by version, and how a file comes to the newest.
//!
//! Concepts and words are rows. What there is too much of for rows (17 associations and more for every concept, by
//! co-occurrence), or what would be scattered all over an index (ids), is held in segments: one blob for what a batch
//! adds to a block of neighbouring numbers. Segments are only ever added, so a batch writes what is new and nothing
//! else, and a concept is read with its neighbours from the segments of its block.

use rusqlite::{Connection, TransactionBehavior};

use super::error::StoreErrorKind;

/// Tells `SQLite` files of ours from others: "rlsc".
pub(crate) const APPLICATION_ID: i64 = 0x726c_7363;

/// What each version adds to the one before it. A file of version n has had the first n of them.
const MIGRATIONS: [&str; 2] = [
    "
    CREATE TABLE concept (
        number INTEGER PRIMARY KEY,         -- in the order of learning, from 0
        id INTEGER NOT NULL,                -- the 16 digits of the id as a signed number
        content TEXT NOT NULL,
        strength REAL NOT NULL,
        confidence REAL NOT NULL,
        access_count INTEGER NOT NULL,
        source TEXT,
        category TEXT
    ) STRICT;
    CREATE TABLE concept_ids (
        block INTEGER NOT NULL,             -- the first byte of the id
        batch INTEGER NOT NULL,
        data BLOB NOT NULL,                 -- new ids of the block, 8 bytes each in order, and the concepts' numbers
        PRIMARY KEY (block, batch)
    ) STRICT;
    CREATE TABLE word (
        number INTEGER PRIMARY KEY,         -- in the order of learning, from 0
        text TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE kind (
        number INTEGER PRIMARY KEY,
        relation TEXT NOT NULL,
        confidence REAL NOT NULL            -- that associations of this kind begin with
    ) STRICT;
    CREATE TABLE association (
        first INTEGER PRIMARY KEY,          -- the number of the first one in the segment
        data BLOB NOT NULL                  -- for each: source, target, kind
    ) STRICT;
    CREATE TABLE met_again (
        block INTEGER NOT NULL,             -- the association's number / 4096
        batch INTEGER NOT NULL,
        data BLOB NOT NULL,                 -- associations of the block, how often the batch met each again
        PRIMARY KEY (block, batch)
    ) STRICT;
    CREATE TABLE concept_associations (
        block INTEGER NOT NULL,             -- the concept's number / 256
        batch INTEGER NOT NULL,
        data BLOB NOT NULL,                 -- concepts of the block, the associations that the batch gave each
        PRIMARY KEY (block, batch)
    ) STRICT;
    CREATE TABLE word_concepts (
        block INTEGER NOT NULL,             -- the word's number / 256
        batch INTEGER NOT NULL,
        data BLOB NOT NULL,                 -- words of the block, the concepts that the batch gave each
        PRIMARY KEY (block, batch)
    ) STRICT;
    CREATE TABLE batch (
        number INTEGER PRIMARY KEY,
        concepts INTEGER NOT NULL,          -- how many there are after it
        words INTEGER NOT NULL,
        associations INTEGER NOT NULL
    ) STRICT;
    ",
    "
    CREATE TABLE input (
        name TEXT PRIMARY KEY,
        rows INTEGER NOT NULL,              -- how many have been read from it in this run
        is_done INTEGER NOT NULL
    ) STRICT;
    ",
];

/// The version that this code reads and writes.
#[allow(clippy::cast_possible_wrap)] // two
pub(crate) const VERSION: i64 = MIGRATIONS.len() as i64;

/// Checks that a file is a store, of a version that can be read. `None` for an empty file.
pub(crate) fn version(connection: &Connection) -> Result<Option<i64>, StoreErrorKind> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let (application, found) = (pragma("application_id")?, pragma("user_version")?);
    match application {
        APPLICATION_ID if found > VERSION => Err(StoreErrorKind::Newer { found, known: VERSION }),
        APPLICATION_ID if found > 0 => Ok(Some(found)),
        0 if found == 0 && tables == 0 => Ok(None),
        _ => Err(StoreErrorKind::Foreign),
    }
}

/// Brings a file to the newest version, in one transaction.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), StoreErrorKind> {
    let from = version(connection)?.unwrap_or(0);
    if from == VERSION {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for (_, migration) in (0..).zip(MIGRATIONS).skip_while(|&(version, _)| version < from) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
pub(crate) fn make_version(connection: &Connection, version: i64) {
    for (_, migration) in (0..version).zip(MIGRATIONS) {
        connection.execute_batch(migration).unwrap();
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
    connection.pragma_update(None, "user_version", version).unwrap();
}
