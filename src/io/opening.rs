//! From an input to its reader: what it is packed in, its encoding, its format.

use std::io::{self, Read};

use super::ahead::Ahead;
use super::buffers::Buffers;
use super::decode::{Decoded, Decoding, decode_whole};
use super::encoding::{self, Encoding, Known};
use super::error::ReadErrorKind;
use super::files::binary_at;
use super::format::InputFormat;
use super::jsonl::Fields;
use super::lines::LineBlocks;
use super::row::{Fault, Row, RowId, Rows, guarded};
use super::unpack::{MAX_DEPTH, Packing};
use crate::extract::SpansOf;
use crate::text::Origin;

/// Bytes that are looked at to tell what an input is, and in which encoding.
const LOOK_BYTES: usize = 64 << 10;
/// A document that is read as a whole is read no further.
pub(super) const MAX_WHOLE_BYTES: usize = 64 << 20;

/// How inputs are read.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) format: InputFormat,
    pub(super) encoding: Option<Encoding>,
    pub(super) fields: Fields,
    pub(super) with_code: bool,
    /// Whether texts may be cut at any line end.
    pub(super) by_line: bool,
    /// In how many files the file is.
    #[cfg_attr(not(feature = "compression"), expect(dead_code, reason = "only archives hold files"))]
    pub(super) depth: usize,
}

/// An input that is open.
pub(super) struct Opened {
    pub(super) format: InputFormat,
    pub(super) known: Known,
    pub(super) is_packed: bool,
    pub(super) reader: Reader,
}

/// What gives the documents of an input.
pub(super) enum Reader {
    /// Lines of text.
    Lines(TextLines),
    Rows(Rows),
}

/// Text as UTF-8, in blocks of whole lines.
pub(super) struct TextLines {
    pub(super) blocks: LineBlocks<Box<dyn Read + Send>>,
    /// What is known of it if it was not UTF-8.
    pub(super) decoding: Option<Decoding>,
}

/// Opens `input`, which is called `name`: finds out what it is, and what reads it. Where an input that comes slowly has
/// nothing yet, that is the error, and it can be opened again.
pub(super) fn open(
    input: &mut Ahead,
    name: &str,
    options: &Options,
    (block_bytes, is_slow): (usize, bool),
    buffers: &Buffers,
) -> Result<Opened, ReadErrorKind> {
    let mut name = name;
    let mut is_packed = false;
    for depth in 0.. {
        let Some(packing) = Packing::of(input.look(LOOK_BYTES, is_slow)?) else { break };
        if depth == MAX_DEPTH {
            let reason = format!("packed more than {MAX_DEPTH} times");
            return Err(ReadErrorKind::Broken { format: packing.name(), reason });
        }
        let packed = std::mem::replace(input, Ahead::new(Box::new(io::empty())));
        *input = packing.unpack(packed)?;
        name = packing.inner_name(name);
        is_packed = true;
    }
    let is_whole = input.is_whole();
    let start = input.look(LOOK_BYTES, is_slow)?.to_vec();
    let is_whole = is_whole || input.is_whole();
    let forced = Some(options.format).filter(|format| is_of_bytes(*format));
    if let Some(format) = options.format.of_bytes(&start).or(forced) {
        if let Some(kind) = not_built(format) {
            return Err(kind);
        }
        let input = std::mem::replace(input, Ahead::new(Box::new(io::empty())));
        let known = Known { encoding: encoding_rs::UTF_8, mark: 0, guessed: false };
        return Ok(Opened {
            format,
            known,
            is_packed,
            reader: Reader::Rows(open_bytes(format, input, name, options)?),
        });
    }
    let looks = options.format.of(name, &start);
    let declared = encoding::declared(&start).filter(|_| looks == InputFormat::Html);
    // JSON is in UTF-8, but for what begins with another mark.
    let declared = if is_json(looks) { Some("utf-8".to_owned()) } else { declared };
    let known = encoding::known(&start, is_whole, options.encoding, declared.as_deref());
    let is_utf8 = known.encoding == encoding_rs::UTF_8;
    let text = if is_utf8 { start } else { decode_whole(&start, known.encoding, known.mark).0.into_bytes() };
    let format = options.format.of(name, &text);
    let has_parts = matches!(format, InputFormat::Email | InputFormat::Mbox | InputFormat::Warc);
    if options.format == InputFormat::Auto
        && !has_parts
        && let Some(at) = binary_at(&text)
    {
        return Err(ReadErrorKind::Binary { at });
    }
    // Each part of these says in which encoding it is.
    let known = Known { guessed: known.guessed && !has_parts, ..known };
    let mut input = std::mem::replace(input, Ahead::new(Box::new(io::empty())));
    if let Some(kind) = not_built(format) {
        return Err(kind);
    }
    #[cfg(feature = "mail")]
    if matches!(format, InputFormat::Email | InputFormat::Mbox) {
        let messages = super::mail::Messages::new(input, format == InputFormat::Mbox);
        return Ok(Opened { format, known, is_packed, reader: Reader::Rows(Box::new(messages)) });
    }
    #[cfg(feature = "html")]
    if format == InputFormat::Warc {
        let pages = super::warc::Pages::new(input, options);
        return Ok(Opened { format, known, is_packed, reader: Reader::Rows(Box::new(pages)) });
    }
    if is_whole_format(format) {
        let rows = Whole { input, known, format, with_code: options.with_code, ready: None };
        return Ok(Opened { format, known, is_packed, reader: Reader::Rows(Box::new(rows)) });
    }
    input.skip(known.mark);
    let mut decoding = None;
    let input: Box<dyn Read + Send> = if is_utf8 {
        Box::new(input)
    } else {
        let (decoded, progress) = Decoded::new(input, known.encoding, known.mark);
        decoding = Some(progress);
        Box::new(decoded)
    };
    let reader = match format {
        InputFormat::Json => Reader::Rows(Box::new(super::json::Values::new(input, options.fields.clone()))),
        #[cfg(feature = "csv")]
        InputFormat::Csv | InputFormat::Tsv => {
            let tabs = format == InputFormat::Tsv;
            Reader::Rows(Box::new(super::csv::Table::new(input, &text, tabs, options.fields.clone())))
        }
        _ => {
            let by_paragraph = format == InputFormat::Text && !options.by_line;
            let blocks = LineBlocks::new(input, block_bytes, is_slow, buffers.clone()).by_paragraph(by_paragraph);
            Reader::Lines(TextLines { blocks, decoding })
        }
    };
    Ok(Opened { format, known, is_packed, reader })
}

fn is_json(format: InputFormat) -> bool {
    matches!(format, InputFormat::Json | InputFormat::Jsonl)
}

/// Whether what is in `format` is no text, but bytes that have their own.
fn is_of_bytes(format: InputFormat) -> bool {
    matches!(
        format,
        InputFormat::Zip
            | InputFormat::Tar
            | InputFormat::Epub
            | InputFormat::Pdf
            | InputFormat::Parquet
            | InputFormat::Arrow
    )
}

/// The reader of `input`, which is no text.
#[cfg_attr(
    not(feature = "compression"),
    allow(clippy::needless_pass_by_value, unused_variables, reason = "without readers")
)]
fn open_bytes(format: InputFormat, input: Ahead, name: &str, options: &Options) -> Result<Rows, ReadErrorKind> {
    match format {
        #[cfg(feature = "compression")]
        InputFormat::Zip => super::archive::zip(input, name, options),
        #[cfg(feature = "compression")]
        InputFormat::Tar => Ok(super::archive::tar(input, name, options)),
        #[cfg(all(feature = "compression", feature = "html"))]
        InputFormat::Epub => super::archive::epub(input, options.with_code),
        #[cfg(feature = "pdf")]
        InputFormat::Pdf => Ok(super::pdf::pages(input)),
        #[cfg(feature = "parquet")]
        InputFormat::Parquet => super::table::parquet(input, &options.fields),
        #[cfg(feature = "parquet")]
        InputFormat::Arrow => super::table::arrow(input, &options.fields),
        _ => Err(ReadErrorKind::NotBuilt { format: format.name(), feature: "full" }),
    }
}

/// Whether a document of `format` can be read only as a whole.
fn is_whole_format(format: InputFormat) -> bool {
    matches!(format, InputFormat::Markdown | InputFormat::Html)
}

/// Why `format` cannot be read, if this build cannot.
fn not_built(format: InputFormat) -> Option<ReadErrorKind> {
    let (built, feature) = match format {
        InputFormat::Csv | InputFormat::Tsv => (cfg!(feature = "csv"), "csv"),
        InputFormat::Markdown => (cfg!(feature = "markdown"), "markdown"),
        InputFormat::Html | InputFormat::Warc => (cfg!(feature = "html"), "html"),
        InputFormat::Email | InputFormat::Mbox => (cfg!(feature = "mail"), "mail"),
        InputFormat::Zip | InputFormat::Tar => (cfg!(feature = "compression"), "compression"),
        InputFormat::Pdf => (cfg!(feature = "pdf"), "pdf"),
        InputFormat::Parquet | InputFormat::Arrow => (cfg!(feature = "parquet"), "parquet"),
        InputFormat::Epub => (cfg!(all(feature = "compression", feature = "html")), "html` and `compression"),
        _ => return None,
    };
    (!built).then(|| ReadErrorKind::NotBuilt { format: format.name(), feature })
}

/// A document that is read as a whole.
struct Whole {
    input: Ahead,
    known: Known,
    format: InputFormat,
    with_code: bool,
    /// What comes after the document: `None` before it was read.
    ready: Option<std::vec::IntoIter<Fault>>,
}

impl Iterator for Whole {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(ready) = &mut self.ready {
            return ready.next().map(Err);
        }
        let (bytes, failure) = read_whole(&mut self.input, MAX_WHOLE_BYTES, "the document");
        let mut faults: Vec<Fault> = failure.map(Fault::from).into_iter().collect();
        let extracted = guarded(self.format.name(), || Ok(extract(&bytes, self.known, self.format, self.with_code)));
        let (text, origin, replaced) = extracted.unwrap_or_else(|kind| {
            faults.push(kind.into());
            Default::default()
        });
        if replaced > 0 {
            let encoding = self.known.encoding.name();
            faults.push(ReadErrorKind::Undecodable { count: replaced, encoding }.into());
        }
        self.ready = Some(faults.into_iter());
        Some(Ok(Row { id: RowId::Input, text, spans_of: SpansOf::Original(origin) }))
    }
}

/// All that `input` has, or the `most` bytes that may be read of it, and why it is not all; `what` it is called then.
pub(super) fn read_whole(input: &mut dyn Read, most: usize, what: &'static str) -> (Vec<u8>, Option<ReadErrorKind>) {
    let mut bytes = Vec::new();
    let mut limited = input.take(most as u64 + 1);
    let failure = loop {
        match limited.read_to_end(&mut bytes) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            read => break read.err().map(ReadErrorKind::from),
        }
    };
    if bytes.len() > most {
        bytes.truncate(most);
        return (bytes, Some(ReadErrorKind::TooLarge { what, bytes: most }));
    }
    (bytes, failure)
}

/// The text of the whole document `bytes`, where its bytes were, and how many sequences had to be replaced to decode it.
pub(super) fn extract(bytes: &[u8], known: Known, format: InputFormat, with_code: bool) -> (String, Origin, usize) {
    let rest = &bytes[known.mark.min(bytes.len())..];
    let (decoded, before, replaced);
    let text = match std::str::from_utf8(rest) {
        Ok(text) if known.encoding == encoding_rs::UTF_8 && known.mark == 0 => {
            (before, replaced) = (None, 0);
            text
        }
        _ => {
            let origin;
            (decoded, origin, replaced) = decode_whole(bytes, known.encoding, known.mark);
            before = Some(origin);
            &decoded
        }
    };
    let (text, origin) = match format {
        #[cfg(feature = "markdown")]
        InputFormat::Markdown => super::markdown::text_of(text, with_code),
        #[cfg(feature = "html")]
        InputFormat::Html => super::html::text_of(text, text.trim_start().starts_with("<?xml"), with_code),
        _ => {
            // Only what is built gets here.
            let _ = with_code;
            let mut origin = Origin::default();
            origin.copied(0, 0, text.len());
            (text.to_owned(), origin)
        }
    };
    (text, before.as_ref().map_or_else(|| origin.clone(), |before| origin.after(before)), replaced)
}
