//! The threads that an extractor keeps between batches.

use std::sync::{Arc, Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// A pool of threads, started when first asked for and kept until the extractor is dropped.
#[derive(Debug, Default)]
pub(crate) struct Threads(Mutex<Option<Kept>>);

#[derive(Debug)]
struct Kept {
    pool: Arc<ThreadPool>,
    process: u32,
}

impl Threads {
    /// A pool of at least `count` threads: the one that is there, or a new one in its place.
    pub(crate) fn at_least(&self, count: usize) -> Result<Arc<ThreadPool>, ThreadPoolBuildError> {
        // Nothing panics between one change and the next, so what a poisoned lock guards is whole.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let process = std::process::id();
        match kept.take() {
            // A forked child has the pool but not its threads: to wait for them, or to end them, would hang.
            Some(parents) if parents.process != process => std::mem::forget(parents),
            Some(ours) if ours.pool.current_num_threads() >= count => {
                return Ok(Arc::clone(&kept.insert(ours).pool));
            }
            _ => {}
        }
        let name = |index| format!("relscan-{index}");
        let pool = Arc::new(ThreadPoolBuilder::new().num_threads(count).thread_name(name).build()?);
        *kept = Some(Kept { pool: Arc::clone(&pool), process });
        Ok(pool)
    }
}
