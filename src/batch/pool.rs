//! Memory that threads take and give back.

use std::sync::{Arc, Mutex, PoisonError};

/// Things that are not in use. Clones are one pool.
#[derive(Debug)]
pub(crate) struct Pool<T>(Arc<Mutex<Vec<T>>>);

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Pool(Arc::default())
    }
}

impl<T> Clone for Pool<T> {
    fn clone(&self) -> Self {
        Pool(Arc::clone(&self.0))
    }
}

impl<T> Pool<T> {
    /// One of them, if there are any.
    pub(crate) fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Takes back all `things`.
    pub(crate) fn give(&self, things: impl IntoIterator<Item = T>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(things);
    }
}
