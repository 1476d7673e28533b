//! What can go wrong with a store.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::graph::error::LearnError;

/// Why a store could not be opened, read or written. What was saved before is still there, whole.
#[derive(Debug, thiserror::Error)]
#[error("{}: {kind}", path.display())]
pub struct StoreError {
    path: PathBuf,
    kind: StoreErrorKind,
}

/// The kinds of [`StoreError`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// There is no such file.
    #[error("there is no such store; `relscan learn --store` makes one")]
    Missing,
    /// The file is something else.
    #[error("this is not a store of relscan; name another file")]
    Foreign,
    /// A newer version of this crate wrote the file.
    #[error("its schema is version {found}, and this relscan knows versions up to {known}; use a newer relscan")]
    Newer {
        /// The version of the file.
        found: i64,
        /// The newest version that can be read.
        known: i64,
    },
    /// The file does not hold what a store holds.
    #[error("the file is damaged ({0}); take it from a backup, or learn the inputs again into a new store")]
    Corrupt(String),
    /// Another process uses the file.
    #[error("another process uses the store; wait until it has ended")]
    Locked,
    /// There is no space left to write to.
    #[error("the disk is full; make space and learn again with --resume: all batches before this one are saved")]
    DiskFull,
    /// The file cannot be written, or not read, by this user.
    #[error("it cannot be opened or written: {0}")]
    Access(String),
    /// The graph is not the one that was loaded from this store.
    #[error("the graph to save is not the one that was loaded from here")]
    OtherGraph,
    /// Learning failed.
    #[error(transparent)]
    Learn(#[from] LearnError),
    /// Anything else that the database says.
    #[error("the database says: {0}")]
    Other(String),
}

impl StoreError {
    pub(crate) fn new(path: &Path, kind: impl Into<StoreErrorKind>) -> Self {
        StoreError { path: path.to_owned(), kind: kind.into() }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &StoreErrorKind {
        &self.kind
    }
}

impl From<rusqlite::Error> for StoreErrorKind {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
                StoreErrorKind::Locked
            }
            Some(ErrorCode::DiskFull) => StoreErrorKind::DiskFull,
            Some(ErrorCode::NotADatabase) => StoreErrorKind::Foreign,
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
                StoreErrorKind::Access(error.to_string())
            }
            // Without a code: a column that is not there, or of another type.
            Some(ErrorCode::DatabaseCorrupt) | None => StoreErrorKind::Corrupt(error.to_string()),
            Some(_) => StoreErrorKind::Other(error.to_string()),
        }
    }
}
