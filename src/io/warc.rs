//! Pages of web archives: WARC, and WET, which has their text.

use std::io::{BufRead, BufReader, Read};

use super::ahead::Ahead;
use super::encoding;
use super::error::ReadErrorKind;
use super::format::InputFormat;
use super::opening::{Options, extract};
use super::row::{Fault, Next, Row, RowId};
use super::unpack::Packing;
use crate::extract::SpansOf;

/// A page is read no further.
const MAX_PAGE_BYTES: usize = 16 << 20;
/// A line of a header is read no further.
const MAX_LINE_BYTES: u64 = 64 << 10;

/// The pages of an archive. The address is the id.
pub(super) struct Pages {
    input: BufReader<Ahead>,
    options: Options,
    /// The records begun.
    records: usize,
    /// What follows the page that was given.
    ready: Option<Fault>,
    ended: bool,
}

/// What is said of a record.
#[derive(Debug, Default)]
struct Header {
    kind: String,
    uri: Option<String>,
    media: String,
    length: Option<u64>,
}

impl Pages {
    pub(super) fn new(input: Ahead, options: &Options) -> Self {
        let input = BufReader::with_capacity(64 << 10, input);
        Pages { input, options: options.clone(), records: 0, ready: None, ended: false }
    }

    fn line(&mut self) -> std::io::Result<Option<String>> {
        let mut line = Vec::new();
        let count = (&mut self.input).take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
        Ok((count > 0).then(|| String::from_utf8_lossy(&line).trim_end().to_owned()))
    }

    /// Finds the next record and reads what is said of it; whether something had to be passed over to find it.
    fn header(&mut self) -> std::io::Result<Option<(Header, bool)>> {
        let mut passed_over = false;
        loop {
            match self.line()? {
                None => return Ok(None),
                Some(line) if line.starts_with("WARC/") => break,
                Some(line) => passed_over |= !line.is_empty(),
            }
        }
        self.records += 1;
        let mut header = Header::default();
        while let Some(line) = self.line()?.filter(|line| !line.is_empty()) {
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match &*name.trim().to_ascii_lowercase() {
                "warc-type" => header.kind = value.to_ascii_lowercase(),
                "warc-target-uri" => header.uri = Some(value.trim_matches(['<', '>']).to_owned()),
                "content-type" => header.media = value.to_ascii_lowercase(),
                "content-length" => header.length = value.parse().ok(),
                _ => {}
            }
        }
        Ok(Some((header, passed_over)))
    }

    /// The page of the next record, if it holds one.
    fn page(&mut self) -> Result<Next<Row>, Fault> {
        let failed = |error: std::io::Error| Fault::from(ReadErrorKind::from(error));
        let Some((header, passed_over)) = self.header().map_err(failed)? else { return Ok(Next::End) };
        let member = header.uri.clone().unwrap_or_else(|| format!("record {}", self.records));
        let broken = |reason: &str| Fault {
            kind: ReadErrorKind::Broken { format: "WARC", reason: reason.to_owned() },
            line: None,
            member: Some(member.clone()),
        };
        if passed_over {
            self.ready =
                Some(broken("the record before this one is longer than it says; the rest of that was left out"));
        }
        let Some(length) = header.length else { return Err(broken("the record does not say how long it is")) };
        let is_read = matches!(&*header.kind, "response" | "resource" | "conversion");
        let mut bytes = Vec::new();
        if is_read {
            (&mut self.input).take(length.min(MAX_PAGE_BYTES as u64)).read_to_end(&mut bytes).map_err(failed)?;
        }
        let rest = length - bytes.len() as u64;
        let skipped = std::io::copy(&mut (&mut self.input).take(rest), &mut std::io::sink()).map_err(failed)?;
        if skipped < rest {
            self.ready = Some(broken("the file ends within the record"));
        } else if is_read && rest > 0 {
            let kind = ReadErrorKind::TooLarge { what: "the page", bytes: MAX_PAGE_BYTES };
            self.ready = Some(Fault { kind, line: None, member: Some(member.clone()) });
        }
        let row = if is_read { self.row(&header, &member, &bytes) } else { None };
        Ok(row.map_or(Next::PassedOver, Next::Found))
    }

    /// The text of a page.
    fn row(&self, header: &Header, member: &str, bytes: &[u8]) -> Option<Row> {
        let id = RowId::Own(member.to_owned());
        if header.kind == "conversion" {
            let text = String::from_utf8_lossy(bytes).into_owned();
            return Some(Row { id, text, spans_of: SpansOf::Document });
        }
        let (mut media, mut body) = (&*header.media, bytes);
        let head;
        if media.starts_with("application/http") {
            let end = memchr::memmem::find(bytes, b"\r\n\r\n").map(|at| at + 4);
            let end = end.or_else(|| memchr::memmem::find(bytes, b"\n\n").map(|at| at + 2))?;
            head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            media = head.lines().find_map(|line| line.strip_prefix("content-type:"))?.trim();
            body = &bytes[end..];
        }
        let format = match media.split(';').next().map(str::trim) {
            Some("text/html" | "application/xhtml+xml") => InputFormat::Html,
            Some("text/plain") => InputFormat::Text,
            Some("text/markdown") => InputFormat::Markdown,
            _ => return None,
        };
        let unpacked;
        if let Some(packing) = Packing::of(body) {
            let mut input = packing.unpack(Ahead::new(Box::new(std::io::Cursor::new(body.to_vec())))).ok()?;
            let mut bytes = Vec::new();
            // What came before the damage is a page, too.
            let _ = (&mut input).take(MAX_PAGE_BYTES as u64).read_to_end(&mut bytes);
            unpacked = bytes;
            body = &unpacked;
        }
        let declared = media.split_once("charset=").map(|(_, name)| name.trim_matches(['"', '\'', ' ']).to_owned());
        let declared = declared.or_else(|| encoding::declared(body));
        let known = encoding::known(body, true, self.options.encoding, declared.as_deref());
        let (text, origin, _) = extract(body, known, format, self.options.with_code);
        Some(Row { id, text, spans_of: SpansOf::Original(origin) })
    }
}

impl Iterator for Pages {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            if let Some(fault) = self.ready.take() {
                return Some(Err(fault));
            }
            match self.page() {
                Ok(Next::Found(row)) => return Some(Ok(row)),
                Ok(Next::PassedOver) => {}
                Ok(Next::End) => self.ended = true,
                Err(fault) => {
                    self.ended = matches!(fault.kind, ReadErrorKind::Io(_));
                    return Some(Err(fault));
                }
            }
        }
        self.ready.take().map(Err)
    }
}
