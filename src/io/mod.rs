//! Documents in, records out, by format.
//!
//! [`Documents`] reads files, folders and standard input as a stream of [`Block`]s: whole lines of one
//! document, or of several small ones, so that neither a huge file nor a million tiny documents costs more than its
//! bytes. A [batch](crate::Batch::stream) takes them; [`RecordWriter`] is a sink that writes JSONL, TSV or text.
//!
//! This room reads and writes what it is given. It prints nothing and knows no arguments of the command line.

mod ahead;
#[cfg(feature = "compression")]
mod archive;
mod block;
mod buffers;
#[cfg(any(feature = "csv", feature = "parquet"))]
mod columns;
mod contents;
#[cfg(feature = "csv")]
mod csv;
mod decode;
mod documents;
mod encoding;
mod error;
#[cfg(any(feature = "markdown", feature = "html"))]
pub(crate) mod extracted;
mod files;
mod format;
mod graph;
#[cfg(feature = "html")]
mod html;
#[cfg(feature = "compression")]
mod inflate;
mod json;
mod jsonl;
mod lines;
#[cfg(feature = "mail")]
mod mail;
#[cfg(feature = "markdown")]
mod markdown;
#[cfg(feature = "compression")]
mod member;
mod opening;
#[cfg(feature = "pdf")]
mod pdf;
mod row;
#[cfg(feature = "parquet")]
mod table;
#[cfg(feature = "parquet")]
mod table_writer;
mod unpack;
#[cfg(feature = "html")]
mod warc;
mod writer;

pub use block::{Block, Part};
pub use contents::{Content, ContentPosition, ContentStep, Contents};
pub use documents::{Documents, ReadCounts};
pub use encoding::Encoding;
pub use error::{ReadError, ReadErrorKind};
pub use files::{Input, Skipped};
pub use format::InputFormat;
pub use graph::{GraphFormat, write_graph, write_neo4j};
#[cfg(feature = "parquet")]
pub use table_writer::{TablePart, TableWriter};
pub use writer::{Palette, RecordFormat, RecordWriter};
