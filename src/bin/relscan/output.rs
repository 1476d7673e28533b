//! Where records go: whole ones only, as far as that can be had.
//!
//! A file is written under its name with `.partial` added, and takes its own name when it is complete: whoever finds
//! the file finds all of it, and an interrupted run leaves what it had under the other name.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::outcome::Failure;

/// Bytes gathered before they are written.
const BUFFER_BYTES: usize = 64 << 10;

/// A destination for records.
pub(crate) struct Output {
    name: String,
    target: Target,
    buffer: Vec<u8>,
    /// Bytes that were written.
    written: u64,
    /// Where the last whole record ends, in bytes written or in the buffer.
    record_end: u64,
    /// Where the last whole record ends that was written.
    written_record_end: u64,
    /// The time that it took.
    pub(crate) time: Duration,
}

enum Target {
    Stdout(io::Stdout),
    /// A pipe, a device, or whatever else cannot be renamed.
    Special(File),
    File {
        file: File,
        partial: PathBuf,
        path: PathBuf,
    },
}

impl Output {
    /// Opens `path`, or standard output without one; not if that would destroy one of the files that are `read`.
    pub(crate) fn open<'p>(path: Option<&Path>, read: impl IntoIterator<Item = &'p Path>) -> Result<Self, Failure> {
        let (name, target) = match path {
            None => ("standard output".to_owned(), Target::Stdout(io::stdout())),
            Some(path) => {
                keep(path, read)?;
                let name = path.display().to_string();
                let target = Target::open(path)
                    .map_err(|error| Failure::usage(format_args!("{name} cannot be written: {error}")))?;
                (name, target)
            }
        };
        let buffer = Vec::with_capacity(2 * BUFFER_BYTES);
        Ok(Output { name, target, buffer, written: 0, record_end: 0, written_record_end: 0, time: Duration::ZERO })
    }

    /// The files that are written to, so that they are not read.
    pub(crate) fn files(&self) -> Vec<same_file::Handle> {
        match &self.target {
            Target::Stdout(_) => same_file::Handle::stdout()
                .into_iter()
                .filter(|handle| handle.as_file().metadata().is_ok_and(|metadata| metadata.is_file()))
                .collect(),
            Target::Special(_) => Vec::new(),
            Target::File { partial, path, .. } => {
                [partial, path].into_iter().flat_map(same_file::Handle::from_path).collect()
            }
        }
    }

    /// Whether someone may be looking at it as it is written.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(&self.target, Target::Stdout(stdout) if stdout.is_terminal())
    }

    /// Says that what was written so far is whole records.
    pub(crate) fn end_record(&mut self) -> io::Result<()> {
        self.record_end = self.written + self.buffer.len() as u64;
        if self.buffer.len() >= BUFFER_BYTES { self.flush() } else { Ok(()) }
    }

    /// Writes whole records.
    pub(crate) fn write_records(&mut self, records: &[u8]) -> io::Result<()> {
        if records.len() < BUFFER_BYTES {
            self.buffer.extend_from_slice(records);
            return self.end_record();
        }
        self.flush()?;
        self.record_end = self.written + records.len() as u64;
        self.put(records)
    }

    /// Writes `bytes` now.
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        let begin = Instant::now();
        let outcome = self.target.write_all(bytes);
        self.time += begin.elapsed();
        match (&outcome, &self.target) {
            (Ok(()), _) => {
                self.written += bytes.len() as u64;
                self.written_record_end = self.record_end;
            }
            // Of a record that was begun when the disk was full nothing is left.
            (Err(_), Target::File { file, .. }) => file.set_len(self.written_record_end)?,
            (Err(_), _) => {}
        }
        outcome
    }

    /// What goes wrong with it, said with its name.
    pub(crate) fn failure(&self, error: io::Error) -> Failure {
        Failure::Write { name: self.name.clone(), error }
    }

    /// Takes back that it was opened: nothing is to be written.
    pub(crate) fn discard(self) {
        if let Target::File { partial, .. } = &self.target {
            // If it cannot be removed, an empty file is left, and what went wrong before is said.
            let _ = std::fs::remove_file(partial);
        }
    }

    /// Writes what is left, and gives a complete file its name; an incomplete one keeps the other, which is returned.
    pub(crate) fn finish(mut self, complete: bool) -> Result<Option<PathBuf>, Failure> {
        let flushed = self.flush();
        flushed.map_err(|error| self.failure(error))?;
        match &self.target {
            Target::File { partial, .. } if !complete => Ok(Some(partial.clone())),
            Target::File { partial, path, .. } => {
                std::fs::rename(partial, path).map_err(|error| self.failure(error))?;
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}

/// The name of a file until it is complete.
fn partial_of(path: &Path) -> PathBuf {
    let mut partial = path.to_owned().into_os_string();
    partial.push(".partial");
    partial.into()
}

/// Refuses to write to `path` where that would destroy one of the files that are `read`.
pub(crate) fn keep<'p>(path: &Path, read: impl IntoIterator<Item = &'p Path>) -> Result<(), Failure> {
    let written = [path.to_owned(), partial_of(&path.canonicalize().unwrap_or_else(|_| path.to_owned()))];
    // A terminal or a pipe may well be both.
    let written: Vec<&PathBuf> = written.iter().filter(|written| written.is_file()).collect();
    for input in read {
        if written.iter().any(|written| same_file::is_same_file(written, input).unwrap_or(false)) {
            let (path, input) = (path.display(), input.display());
            return Err(Failure::usage(format_args!(
                "writing to {path} would destroy {input}, which is to be read; write elsewhere"
            )));
        }
    }
    Ok(())
}

impl Target {
    fn open(path: &Path) -> io::Result<Self> {
        if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
            return Ok(Target::Special(File::options().write(true).open(path)?));
        }
        // A link stays, and what it points to is replaced.
        let path = if path.is_symlink() { path.canonicalize()? } else { path.to_owned() };
        let partial = partial_of(&path);
        Ok(Target::File { file: File::create(&partial)?, partial, path })
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Target::Stdout(stdout) => stdout.write_all(bytes),
            Target::Special(file) | Target::File { file, .. } => file.write_all(bytes),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A record that is too long for the buffer goes out in parts.
        if self.buffer.len() >= 2 * BUFFER_BYTES {
            self.flush()?;
        }
        let taken = bytes.len().min(2 * BUFFER_BYTES);
        self.buffer.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        let outcome = self.put(&buffer);
        buffer.clear();
        self.buffer = buffer;
        outcome
    }
}

/// Whether colours are welcome where `is_terminal` says what there is: on a terminal that can show them, unless the
/// user has set `NO_COLOR` (see no-color.org).
pub(crate) fn takes_colour(is_terminal: bool) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    is_terminal && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
