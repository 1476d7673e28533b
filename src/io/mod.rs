//! Documents in, records out, by format.
//!
//! [`Documents`] reads files, folders and standard input as a stream of [`Block`]s: whole lines of one
//! document, or of several small ones, so that neither a huge file nor a million tiny documents costs more than its
//! bytes. A [batch](crate::Batch::stream) takes them; [`RecordWriter`] is a sink that writes JSONL, TSV or text.
//!
//! This room reads and writes what it is given. It prints nothing and knows no arguments of the command line.

mod block;
mod buffers;
mod contents;
mod documents;
mod error;
mod files;
mod graph;
mod jsonl;
mod lines;
mod writer;

pub use block::Block;
pub use contents::{Content, ContentPosition, ContentStep, Contents};
pub use documents::{Documents, InputFormat, ReadCounts};
pub use error::{ReadError, ReadErrorKind};
pub use files::{Input, Skipped};
pub use graph::{GraphFormat, write_graph, write_neo4j};
pub use writer::{Palette, RecordFormat, RecordWriter};
