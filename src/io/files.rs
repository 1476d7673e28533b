//! Which files are read: those that are named, and those in the folders that are named.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::ReadError;

/// Something to read documents from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Standard input, whose id is `-`.
    Stdin,
    /// A file, or a folder with everything in it.
    Path(PathBuf),
}

impl Input {
    /// The bytes of the file, or of the files of the folder that are not hidden; `None` if it is no file. Looks at every
    /// entry of a folder.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        let Input::Path(path) = self else { return None };
        let visible = |entry: &walkdir::DirEntry| entry.depth() == 0 || !is_hidden(entry.file_name());
        let files = walkdir::WalkDir::new(path).follow_root_links(true).into_iter().filter_entry(visible).flatten();
        let mut bytes = 0;
        for entry in files.filter(|entry| !entry.file_type().is_dir()) {
            let metadata = if entry.depth() == 0 { entry.path().metadata().ok()? } else { entry.metadata().ok()? };
            if metadata.is_file() {
                bytes += metadata.len();
            } else if entry.depth() == 0 {
                return None;
            }
        }
        Some(bytes)
    }
}

impl From<PathBuf> for Input {
    fn from(path: PathBuf) -> Self {
        Input::Path(path)
    }
}

/// How many entries of folders were not read, by reason. A hidden folder counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Skipped {
    /// Files and folders whose name begins with a dot.
    pub hidden: usize,
    /// Files with a NUL byte near their beginning.
    pub binary: usize,
    /// Links, pipes, sockets and devices.
    pub special: usize,
    /// Files that are being written, as told by [`Documents::leave_out`](super::Documents::leave_out).
    pub output: usize,
}

/// A file to be read.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) input: Input,
    /// The path as text.
    pub(crate) id: Arc<str>,
    /// Whether the caller named it, as opposed to a folder that it is in.
    pub(crate) named: bool,
}

/// The files of the inputs, folders walked in the order of their names.
pub(crate) struct Files {
    inputs: std::vec::IntoIter<Input>,
    folder: Option<walkdir::IntoIter>,
    pub(crate) skipped: Skipped,
}

impl Files {
    pub(crate) fn new(inputs: Vec<Input>) -> Self {
        Files { inputs: inputs.into_iter(), folder: None, skipped: Skipped::default() }
    }

    fn next_in_folder(&mut self) -> Option<Result<Found, ReadError>> {
        let folder = self.folder.as_mut()?;
        loop {
            let entry = match folder.next()? {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().map_or_else(|| Arc::from("?"), text_of);
                    return Some(Err(ReadError::new(&path, std::io::Error::from(error))));
                }
            };
            let kind = entry.file_type();
            if is_hidden(entry.file_name()) {
                self.skipped.hidden += 1;
                if kind.is_dir() {
                    folder.skip_current_dir();
                }
            } else if kind.is_file() {
                let id = text_of(entry.path());
                return Some(Ok(Found { input: Input::Path(entry.into_path()), id, named: false }));
            } else if !kind.is_dir() {
                self.skipped.special += 1;
            }
        }
    }
}

impl Iterator for Files {
    type Item = Result<Found, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(found) = self.next_in_folder() {
                return Some(found);
            }
            self.folder = None;
            match self.inputs.next()? {
                Input::Path(path) if path.is_dir() => {
                    self.folder = Some(walkdir::WalkDir::new(path).min_depth(1).sort_by_file_name().into_iter());
                }
                Input::Path(path) => {
                    let id = text_of(&path);
                    return Some(Ok(Found { id, input: Input::Path(path), named: true }));
                }
                Input::Stdin => return Some(Ok(Found { id: Arc::from("-"), input: Input::Stdin, named: true })),
            }
        }
    }
}

/// How far a file is searched for a NUL byte, which no text has.
const BINARY_BYTES: usize = 8 << 10;

/// Where the first NUL byte is of a file that begins with `start`, if that is near its beginning: it is no text then.
pub(crate) fn binary_at(start: &[u8]) -> Option<usize> {
    memchr::memchr(0, &start[..start.len().min(BINARY_BYTES)])
}

/// The path as text; what is not Unicode in it is replaced.
fn text_of(path: &Path) -> Arc<str> {
    path.to_string_lossy().into()
}

fn is_hidden(name: &std::ffi::OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}
