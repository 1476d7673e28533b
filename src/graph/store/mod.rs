//! A graph on disk: one `SQLite` file, written a batch at a time.
//!
//! A batch is saved in one transaction, together with how far its inputs have been read: whatever happens to the
//! process, the file holds the batches that were saved, whole, and says where to go on. While a file is learned into,
//! no other process can open it.

mod error;
mod load;
mod neighbourhood;
mod save;
mod saved;
mod schema;
mod segment;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, OptionalExtension};

pub use error::{StoreError, StoreErrorKind};
pub use neighbourhood::{Neighbour, Neighbourhood, StoredConcept};
pub use saved::InputProgress;

use super::config::LearnConfig;
use super::hash::Seed;
use super::id::ConceptId;
use super::learner::Learner;
use super::lesson::Lesson;
use super::view::ConceptGraph;
use crate::extract::Extractor;
use saved::Saved;

/// How long another process is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// A file that holds a [`ConceptGraph`].
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    /// What of the graph is in the file.
    saved: Saved,
    /// The graph that was loaded, if one was.
    loaded: Option<Seed>,
}

impl Store {
    /// Opens a store to learn into; makes it if there is no such file, and brings an older one to the newest schema.
    /// No other process can open it until it is dropped.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind`] lists what can be wrong with the file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let at = |kind| StoreError::new(path, kind);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = connect(path, flags).map_err(at)?;
        prepare(&mut connection).map_err(at)?;
        Self::of(connection, path)
    }

    /// Opens a store to read. Others can read it too, but none can learn into it at the time.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind`] lists what can be wrong with the file.
    pub fn open_to_read(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let at = |kind| StoreError::new(path, kind);
        if !path.exists() {
            return Err(at(StoreErrorKind::Missing));
        }
        // Not read-only: what a killed process left beside the file has to be brought in first.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = connect(path, flags).map_err(at)?;
        connection.busy_timeout(PATIENCE).map_err(|error| at(error.into()))?;
        match schema::version(&connection) {
            Ok(Some(_)) => Self::of(connection, path),
            Ok(None) => Err(at(StoreErrorKind::Foreign)),
            Err(kind) => Err(at(kind)),
        }
    }

    fn of(connection: Connection, path: &Path) -> Result<Self, StoreError> {
        let saved = Saved::read(&connection).map_err(|kind| StoreError::new(path, kind))?;
        Ok(Store { connection, path: path.to_owned(), saved, loaded: None })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many concepts are stored.
    #[must_use]
    pub fn concept_count(&self) -> usize {
        self.saved.concepts as usize
    }

    /// How many words are indexed.
    #[must_use]
    pub fn word_count(&self) -> usize {
        self.saved.words as usize
    }

    /// How many associations are stored.
    #[must_use]
    pub fn association_count(&self) -> usize {
        self.saved.associations as usize
    }

    /// How many batches were saved.
    #[must_use]
    pub fn batch_count(&self) -> usize {
        self.saved.batches as usize
    }

    /// Loads the whole graph. Linear in its size.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Corrupt`] if the file does not hold a whole graph.
    pub fn load(&mut self) -> Result<ConceptGraph, StoreError> {
        let mut graph = load::load(&self.connection, self.saved).map_err(|kind| StoreError::new(&self.path, kind))?;
        graph.nodes.journal = Some(super::nodes::Journal::default());
        graph.edges.journal = Some(super::edges::Journal::default());
        self.loaded = Some(graph.seed);
        Ok(graph)
    }

    /// Saves what was learned into `graph`, which was loaded from here, since it was last saved, and how far the
    /// inputs have been read: both or, after an error, neither. Linear in what is new.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::OtherGraph`] for a graph from elsewhere; otherwise what the database says. The graph still
    /// knows what is not saved, so that saving can be tried again.
    pub fn save(&mut self, graph: &mut ConceptGraph, progress: &[InputProgress]) -> Result<(), StoreError> {
        let at = |kind| StoreError::new(&self.path, kind);
        if self.loaded != Some(graph.seed) {
            return Err(at(StoreErrorKind::OtherGraph));
        }
        self.saved = save::save(&mut self.connection, self.saved, graph, progress).map_err(at)?;
        save::forget(graph);
        Ok(())
    }

    /// Begins a run that does not go on with the last one: forgets how far inputs were read.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn forget_progress(&mut self) -> Result<(), StoreError> {
        let deleted = self.connection.execute("DELETE FROM input", []);
        deleted.map(drop).map_err(|error| StoreError::new(&self.path, error))
    }

    /// How far the inputs of the last run were read, in the order of their names.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn progress(&self) -> Result<Vec<InputProgress>, StoreError> {
        let read = || {
            // The first schema knew no inputs.
            let query = "SELECT count(*) FROM sqlite_schema WHERE name = 'input'";
            if self.connection.query_row(query, [], |row| row.get::<_, u32>(0))? == 0 {
                return Ok(Vec::new());
            }
            let mut query = self.connection.prepare("SELECT name, rows, is_done FROM input ORDER BY name")?;
            let inputs = query.query_map([], |row| {
                Ok(InputProgress {
                    name: row.get(0)?,
                    rows: row.get::<_, i64>(1)?.cast_unsigned(),
                    is_done: row.get(2)?,
                })
            })?;
            inputs.collect::<Result<Vec<_>, rusqlite::Error>>()
        };
        read().map_err(|error| StoreError::new(&self.path, error))
    }

    /// A concept with all that it is associated with, by id. Reads the concept's part of the file, not the rest.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn neighbourhood(&self, id: ConceptId) -> Result<Option<Neighbourhood>, StoreError> {
        neighbourhood::read(&self.connection, id).map_err(|kind| StoreError::new(&self.path, kind))
    }

    /// The first `limit` concepts whose text has `word`, which must be in lower case. Reads the word's part of the
    /// file, not the rest.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn concepts_with_word(&self, word: &str, limit: usize) -> Result<Vec<StoredConcept>, StoreError> {
        let found = neighbourhood::concepts_with_word(&self.connection, word, limit);
        found.map_err(|kind| StoreError::new(&self.path, kind))
    }
}

/// Opens the file at `path`, whatever `SQLite` would make of its name: what is learned into `:memory:` would be lost.
fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreErrorKind> {
    Ok(Connection::open_with_flags(Path::new(".").join(path), flags)?)
}

/// Makes a connection ready to write: exclusive, with a write-ahead log, and the newest schema.
fn prepare(connection: &mut Connection) -> Result<(), StoreErrorKind> {
    connection.busy_timeout(PATIENCE)?;
    // Before anything is changed: the file may be someone else's.
    schema::version(connection)?;
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "cache_size", -(64 << 10))?;
    schema::migrate(connection)?;
    // Takes the lock even if there was nothing to migrate.
    connection.execute_batch("BEGIN IMMEDIATE; COMMIT")?;
    Ok(())
}

impl Saved {
    fn read(connection: &Connection) -> Result<Self, StoreErrorKind> {
        let kinds = connection.query_row("SELECT count(*) FROM kind", [], |row| row.get(0))?;
        let query = "SELECT number + 1, concepts, words, associations FROM batch ORDER BY number DESC LIMIT 1";
        let last = connection.query_row(query, [], |row| {
            Ok(Saved {
                batches: row.get(0)?,
                concepts: row.get(1)?,
                words: row.get(2)?,
                kinds,
                associations: row.get(3)?,
            })
        });
        Ok(last.optional()?.unwrap_or_default())
    }
}

/// A [`Learner`] whose graph is saved after every batch.
///
/// ```
/// use relscan::Extractor;
/// use relscan::graph::{LearnConfig, Store, StoreLearner};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("graph.db");
/// let mut learner = StoreLearner::open(&path, Extractor::seed(), LearnConfig::default())?;
/// learner.learn_batch(&[("Rain causes floods", None, None)], &[])?;
/// drop(learner);
///
/// let graph = Store::open(&path)?.load()?;
/// assert_eq!(graph.concept_count(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct StoreLearner {
    learner: Learner,
    store: Store,
}

impl StoreLearner {
    /// Opens the store at `path` as [`Store::open`] does, and goes on with its graph.
    ///
    /// # Errors
    ///
    /// See [`Store::open`] and [`Learner::into_existing`].
    pub fn open(path: impl AsRef<Path>, extractor: Extractor, config: LearnConfig) -> Result<Self, StoreError> {
        let mut store = Store::open(path)?;
        let graph = store.load()?;
        let learner = Learner::into_existing(extractor, config, graph);
        let learner = learner.map_err(|error| StoreError::new(&store.path, error))?;
        Ok(StoreLearner { learner, store })
    }

    /// The learner, with its graph and reports.
    #[must_use]
    pub fn learner(&self) -> &Learner {
        &self.learner
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// See [`Store::forget_progress`].
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn forget_progress(&mut self) -> Result<(), StoreError> {
        self.store.forget_progress()
    }

    /// Learns contents as [`Learner::learn_batch`] does, and saves the graph together with how far the inputs have
    /// been read.
    ///
    /// # Errors
    ///
    /// See [`Learner::learn_batch`] and [`Store::save`]. After a failure to save, the next call saves both batches.
    pub fn learn_batch(
        &mut self,
        lessons: &[Lesson<'_>],
        progress: &[InputProgress],
    ) -> Result<Vec<ConceptId>, StoreError> {
        let learned = self.learner.learn_batch(lessons);
        let ids = learned.map_err(|error| StoreError::new(&self.store.path, error))?;
        let start = Instant::now();
        let saved = self.store.save(self.learner.graph_mut(), progress);
        self.learner.add_store_time(start.elapsed());
        saved.map(|()| ids)
    }
}
