//! What a file is: by its first bytes, then by its name.

/// How an input is divided into documents, and where its text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InputFormat {
    /// By the first bytes of the file, and where they tell nothing by its name; all else is text.
    #[default]
    Auto,
    /// A file is a document; its path is the id.
    Text,
    /// A line is a document; `path:line` is the id.
    Lines,
    /// A line is a JSON object with a text and, if it likes, an id; without one the id is `path:line`.
    Jsonl,
    /// A JSON array of such objects, or such objects one after another however they are broken into lines.
    Json,
    /// Rows of values with commas between (or semicolons, tabs or bars, as the first row has it) under a row of names; a row
    /// is a document, with its value under `id` for an id, or `path:line`.
    Csv,
    /// The same with tabs between.
    Tsv,
    /// Markdown: the text without code and front matter.
    Markdown,
    /// HTML or XHTML: the visible text.
    Html,
    /// A message of e-mail.
    Email,
    /// A box of messages; a message is a document, its Message-ID the id.
    Mbox,
    /// Pages of the web, or their text (WET); a page is a document, its address the id.
    Warc,
    /// A zip of files, each read as what it is; `path!file` is the id.
    Zip,
    /// A tar of files, likewise.
    Tar,
    /// A book: the text of its pages, in order.
    Epub,
    /// PDF: the text of its pages, in order.
    Pdf,
    /// A table of Parquet; a row is a document, as for CSV.
    Parquet,
    /// A table of Arrow IPC (Feather), a file or a stream, likewise.
    Arrow,
}

impl InputFormat {
    /// The formats, and what the command line calls them.
    pub const ALL: &[(InputFormat, &'static str)] = &[
        (InputFormat::Auto, "auto"),
        (InputFormat::Text, "text"),
        (InputFormat::Lines, "lines"),
        (InputFormat::Jsonl, "jsonl"),
        (InputFormat::Json, "json"),
        (InputFormat::Csv, "csv"),
        (InputFormat::Tsv, "tsv"),
        (InputFormat::Markdown, "markdown"),
        (InputFormat::Html, "html"),
        (InputFormat::Email, "eml"),
        (InputFormat::Mbox, "mbox"),
        (InputFormat::Warc, "warc"),
        (InputFormat::Zip, "zip"),
        (InputFormat::Tar, "tar"),
        (InputFormat::Epub, "epub"),
        (InputFormat::Pdf, "pdf"),
        (InputFormat::Parquet, "parquet"),
        (InputFormat::Arrow, "arrow"),
    ];

    /// What the command line calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        InputFormat::ALL.iter().find(|(format, _)| *format == self).map_or("", |(_, name)| name)
    }

    /// Whether it holds files that are read each as what it is.
    pub(super) fn is_container(self) -> bool {
        matches!(self, InputFormat::Zip | InputFormat::Tar)
    }

    /// The format of an input that begins with the bytes `start`, if it is none of text. Files within an archive are read as
    /// what is chosen, the archive is not.
    pub(super) fn of_bytes(self, start: &[u8]) -> Option<Self> {
        let found = if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
            let is_epub = start.get(30..).is_some_and(|start| start.starts_with(b"mimetypeapplication/epub+zip"));
            Some(if is_epub { InputFormat::Epub } else { InputFormat::Zip })
        } else if start.get(257..).is_some_and(|start| start.starts_with(b"ustar")) {
            Some(InputFormat::Tar)
        } else if start.starts_with(b"PAR1") {
            Some(InputFormat::Parquet)
        } else if start.starts_with(b"ARROW1\0\0") || begins_arrow_stream(start) {
            Some(InputFormat::Arrow)
        } else if memchr::memmem::find(&start[..start.len().min(1_024)], b"%PDF-")
            .is_some_and(|at| at == 0 || start[0] != b'<')
        {
            Some(InputFormat::Pdf)
        } else {
            None
        };
        found.filter(|found| self == InputFormat::Auto || found.is_container() && self != InputFormat::Epub)
    }

    /// The format of an input called `path` whose text begins with `start`, unless another is chosen.
    pub(super) fn of(self, path: &str, start: &[u8]) -> Self {
        if self != InputFormat::Auto {
            return self;
        }
        by_content(start).or_else(|| by_name(path)).unwrap_or(InputFormat::Text)
    }
}

/// Whether it is a stream of Arrow: a mark, the length of the message that follows, and a place in that.
fn begins_arrow_stream(start: &[u8]) -> bool {
    let number = |at: usize| Some(u32::from_le_bytes(start.get(at..at + 4)?.try_into().ok()?));
    let (Some(mark), Some(len), Some(place)) = (number(0), number(4), number(8)) else { return false };
    mark == u32::MAX && len % 8 == 0 && (4..1 << 24).contains(&len) && (4..len).contains(&place)
}

/// What only one format begins with.
fn by_content(start: &[u8]) -> Option<InputFormat> {
    let start = start.strip_prefix("\u{feff}".as_bytes()).unwrap_or(start).trim_ascii_start();
    if begins_html(start) {
        return Some(InputFormat::Html);
    }
    if start.starts_with(b"WARC/1.") || start.starts_with(b"WARC/0.") {
        return Some(InputFormat::Warc);
    }
    if let Some(mail) = mail(start) {
        return Some(mail);
    }
    if start.starts_with(b"[") && start[1..].trim_ascii_start().starts_with(b"{") {
        return Some(InputFormat::Json);
    }
    if start.starts_with(b"{") {
        let line = memchr::memchr(b'\n', start).map_or(start, |feed| &start[..feed]);
        return serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok().then_some(InputFormat::Jsonl);
    }
    None
}

/// Whether it is a message, or a box of them: a header with fields that every message has.
fn mail(start: &[u8]) -> Option<InputFormat> {
    let (format, header) = match start.strip_prefix(b"From ") {
        Some(start) => (InputFormat::Mbox, &start[memchr::memchr(b'\n', start)? + 1..]),
        None => (InputFormat::Email, start),
    };
    let mut fields = [false; 2];
    for line in header.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") || line.starts_with(b">From ") {
            continue;
        }
        let name = &line[..memchr::memchr(b':', line)?];
        if !name.iter().all(u8::is_ascii_graphic) {
            return None;
        }
        let is = |names: &[&str]| names.iter().any(|wanted| name.eq_ignore_ascii_case(wanted.as_bytes()));
        fields[0] |= is(&["from"]);
        fields[1] |= is(&["date", "message-id", "received", "mime-version", "delivered-to"]);
    }
    (fields == [true; 2]).then_some(format)
}

fn begins_html(start: &[u8]) -> bool {
    let mut start = start;
    loop {
        let begins = |with: &[u8]| start.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with));
        let end = if begins(b"<!--") { &b"-->"[..] } else { b">" };
        if begins(b"<!doctype html") || begins(b"<html") || begins(b"<head>") || begins(b"<body") {
            return true;
        }
        if !(begins(b"<!--") || begins(b"<?xml")) {
            return false;
        }
        let Some(at) = memchr::memmem::find(start, end) else { return false };
        start = start[at + end.len()..].trim_ascii_start();
    }
}

fn by_name(path: &str) -> Option<InputFormat> {
    let (_, ending) = path.rsplit_once('.')?;
    Some(match &*ending.to_ascii_lowercase() {
        "jsonl" | "ndjson" => InputFormat::Jsonl,
        "json" => InputFormat::Json,
        "csv" => InputFormat::Csv,
        "tsv" | "tab" => InputFormat::Tsv,
        "md" | "markdown" | "mkd" | "mdown" => InputFormat::Markdown,
        "eml" => InputFormat::Email,
        "mbox" => InputFormat::Mbox,
        "warc" | "wet" => InputFormat::Warc,
        "html" | "htm" | "xhtml" | "xht" => InputFormat::Html,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_content_then_by_name() {
        let cases = [
            ("a.txt", "Rain", InputFormat::Text),
            ("a", "", InputFormat::Text),
            ("a.jsonl", "", InputFormat::Jsonl),
            ("a.NDJSON", "{", InputFormat::Jsonl),
            ("-", "{\"text\": \"a\"}\n{", InputFormat::Jsonl),
            ("a.json", "{\n \"text\": 1}", InputFormat::Json),
            ("a.txt", " [\n {\"text\": 1", InputFormat::Json),
            ("a.txt", "[1] Smith", InputFormat::Text),
            ("a.md", "# T", InputFormat::Markdown),
            ("a.md", "<!DOCTYPE html>", InputFormat::Html),
            ("a", "\u{feff}<?xml version='1.0'?>\n<!-- x -->\n<!DOCTYPE HTML PUBLIC>", InputFormat::Html),
            ("a.xml", "<?xml version='1.0'?><feed>", InputFormat::Text),
            ("a.HTM", "<p>", InputFormat::Html),
            ("a.csv", "a,b", InputFormat::Csv),
            ("a", "Received: x\r\n by y\r\nFrom: a@b.example\r\n\r\nx", InputFormat::Email),
            ("a", "From a@b Thu Jan 1 00:00:00 1970\nFrom: a\nDate: x\n\nx", InputFormat::Mbox),
            ("a", "From here: on\n\nDate: x", InputFormat::Text),
            ("a", "From: a\n\nDate: x", InputFormat::Text),
            ("a", "WARC/1.0\r\n", InputFormat::Warc),
            ("x.y/a", "a,b", InputFormat::Text),
        ];
        for (path, start, format) in cases {
            assert_eq!(InputFormat::Auto.of(path, start.as_bytes()), format, "{path} {start}");
        }
        assert_eq!(InputFormat::Lines.of("a.html", b"<html>"), InputFormat::Lines);
    }
}
