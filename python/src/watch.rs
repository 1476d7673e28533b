//! Long work: without the interpreter's lock, and with an eye on the keyboard.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use relscan::CancelToken;

use crate::errors::panic_error;

/// How often the interpreter is asked whether a signal has come.
const TICK: Duration = Duration::from_millis(25);

/// Does `work` on a thread of its own, while this one looks for signals and calls `tick`. If either raises, `token` is
/// cancelled, and the exception comes when `work` has ended.
pub(crate) fn watched<T: Send>(
    py: Python<'_>,
    token: &CancelToken,
    mut tick: impl FnMut(Python<'_>) -> PyResult<()> + Send,
    work: impl FnOnce() -> T + Send,
) -> PyResult<T> {
    py.detach(|| {
        thread::scope(|scope| {
            let (done, waiting) = sync_channel::<()>(1);
            let work = move || {
                let result = catch_unwind(AssertUnwindSafe(work));
                drop(done);
                result
            };
            let worker = thread::Builder::new().name("relscan".into()).spawn_scoped(scope, work).map_err(|error| {
                PyRuntimeError::new_err(format!("the system gives no thread to work on ({error}); end some others"))
            })?;
            let mut failure = None;
            while matches!(waiting.recv_timeout(TICK), Err(RecvTimeoutError::Timeout)) {
                if failure.is_none()
                    && let Err(error) = Python::attach(|py| py.check_signals().and_then(|()| tick(py)))
                {
                    token.cancel();
                    failure = Some(error);
                }
            }
            let result = match worker.join() {
                Ok(Ok(result)) => Ok(result),
                Ok(Err(panic)) | Err(panic) => Err(panic_error(panic.as_ref())),
            };
            failure.map_or(result, Err)
        })
    })
}

/// Nothing to do meanwhile.
#[expect(clippy::unnecessary_wraps, reason = "it stands where others may raise")]
pub(crate) fn idle(_: Python<'_>) -> PyResult<()> {
    Ok(())
}

/// Does short work at once.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panic_error(panic.as_ref()))
}
