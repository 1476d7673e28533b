//! Standard input, read so that a wait for it can be given up.

use std::fs::File;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use crate::interrupt::Interrupt;

/// Bytes read at a time: what a pipe holds.
const CHUNK_BYTES: usize = 64 << 10;
/// Chunks read ahead.
const CHUNKS_AHEAD: usize = 4;
/// How long a read waits before it says that there is nothing yet: so soon an interrupt is seen, and what was found
/// before is written.
const PATIENCE: Duration = Duration::from_millis(25);

/// Opens standard input; after an interrupt it cannot be read further, so that nobody takes half a line for a whole one.
pub(crate) fn open(interrupt: &Interrupt) -> Box<dyn Read + Send> {
    open_to(interrupt, false)
}

/// Opens standard input; after an interrupt it is at its end. Where nothing is there yet it says so, as
/// [`WouldBlock`](io::ErrorKind::WouldBlock).
pub(crate) fn open_with_pauses(interrupt: &Interrupt) -> Box<dyn Read + Send> {
    open_to(interrupt, true)
}

fn open_to(interrupt: &Interrupt, pauses: bool) -> Box<dyn Read + Send> {
    match regular_file() {
        Some(file) => Box::new(file),
        None => Box::new(Waiting::new(interrupt.clone(), pauses)),
    }
}

/// Standard input as a file, if it is one, which never has to be waited for.
#[cfg(unix)]
fn regular_file() -> Option<File> {
    use std::os::fd::AsFd;
    let file = File::from(io::stdin().as_fd().try_clone_to_owned().ok()?);
    file.metadata().is_ok_and(|metadata| metadata.is_file()).then_some(file)
}

#[cfg(not(unix))]
fn regular_file() -> Option<File> {
    None
}

/// Reads what a thread of its own has read: that one may wait for ever.
struct Waiting {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: Vec<u8>,
    /// Bytes of `chunk` that have been read.
    consumed: usize,
    interrupt: Interrupt,
    pauses: bool,
}

impl Waiting {
    fn new(interrupt: Interrupt, pauses: bool) -> Self {
        let (sender, chunks) = sync_channel(CHUNKS_AHEAD);
        std::thread::spawn(move || {
            let mut buffer = vec![0; CHUNK_BYTES];
            loop {
                let read = match io::stdin().read(&mut buffer) {
                    Ok(0) => break,
                    Ok(count) => Ok(buffer[..count].to_vec()),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => Err(error),
                };
                let failed = read.is_err();
                if sender.send(read).is_err() || failed {
                    break;
                }
            }
        });
        Waiting { chunks, chunk: Vec::new(), consumed: 0, interrupt, pauses }
    }
}

impl Read for Waiting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.consumed == self.chunk.len() {
            if self.interrupt.is_asked() {
                return if self.pauses { Ok(0) } else { Err(io::Error::other("interrupted")) };
            }
            match self.chunks.recv_timeout(PATIENCE) {
                Ok(chunk) => (self.chunk, self.consumed) = (chunk?, 0),
                Err(RecvTimeoutError::Timeout) if self.pauses => return Err(io::ErrorKind::WouldBlock.into()),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            }
        }
        let count = (&self.chunk[self.consumed..]).read(buffer)?;
        self.consumed += count;
        Ok(count)
    }
}
