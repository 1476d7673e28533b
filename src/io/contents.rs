//! The stream of contents to learn: rows with a source and a category, lines, or whole files.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, Visitor};

use super::ahead::Ahead;
use super::buffers::Buffers;
use super::encoding::Encoding;
use super::error::{ReadError, ReadErrorKind};
use super::files::{Files, Found, Input, Skipped};
use super::format::InputFormat;
use super::jsonl::{AnyText, BETWEEN_TEXTS, Fields as RowFields, Texts};
use super::lines::is_not_yet;
use super::opening::{Opened, Options, Reader, open};
use super::row::{RowId, Rows};

/// Bytes read at a time.
const BLOCK_BYTES: usize = 256 << 10;

/// Something to learn, and what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Content {
    /// The text.
    pub text: String,
    /// Where it comes from: the field of the row, or the file of the line.
    pub source: Option<String>,
    /// What it is about: the field of the row.
    pub category: Option<String>,
}

/// What comes next of some inputs.
#[derive(Debug)]
#[non_exhaustive]
pub enum ContentStep {
    /// A content.
    Content(Content),
    /// What could not be read; the rest comes after it.
    Fault(ReadError),
    /// An input has come to its end.
    End(ContentPosition),
    /// An input could not be read to its end; the fault was told before. What it gave until then has been given, but
    /// for a line, or a whole file, that was begun.
    BrokenOff(ContentPosition),
}

/// How far an input has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContentPosition {
    /// What the input is called: its path as text, or `-`. From the second time that an input is named, with the
    /// number of the time after it.
    pub input: Arc<str>,
    /// Rows or lines read, those that could not be read among them; empty ones do not count.
    pub rows: u64,
}

/// The contents of files, folders and standard input, in the order of the inputs.
///
/// Of JSONL and tables every row is a content; of other files every line of the text that is not empty (without its line end,
/// `\n` or `\r\n`), or, as [`InputFormat::Text`], the whole file. Formats, encodings and what is compressed are told as
/// [`Documents`](super::Documents) tells them. What cannot be read comes as a fault in its place.
///
/// ```
/// use relscan::io::{ContentStep, Contents};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("rows.jsonl");
/// # std::fs::write(&path, r#"{"content":"Rain causes floods","category":"weather"}"#)?;
/// for step in Contents::new([path.into()]) {
///     if let ContentStep::Content(content) = step {
///         assert_eq!(content.category.as_deref(), Some("weather"));
///     }
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Contents {
    files: Files,
    format: InputFormat,
    encoding: Option<Encoding>,
    fields: Fields,
    stdin: Option<Box<dyn Read + Send>>,
    buffers: Buffers,
    /// Rows to pass over, by input.
    read_before: HashMap<String, u64>,
    /// How often each input was opened.
    opened: HashMap<Arc<str>, usize>,
    done_before: HashSet<String>,
    open: Option<Open>,
    ready: VecDeque<Ready>,
    position: ContentPosition,
}

/// A step with how many rows the input had given before and with it.
type Ready = (u64, ContentStep);

/// The file being read.
struct Open {
    id: Arc<str>,
    /// See [`ContentPosition::input`].
    name: Arc<str>,
    format: InputFormat,
    reader: Reader,
    /// The encoding that it was in.
    encoding: &'static str,
    /// Of a whole file, what was read so far.
    whole: Vec<u8>,
    line: usize,
    rows: u64,
    /// Rows that a run before this one has read.
    passed_over: u64,
    replaced: usize,
    is_broken_off: bool,
}

impl Open {
    /// How many rows have been read, by a run before this one or by this.
    fn reached(&self) -> u64 {
        self.rows.max(self.passed_over)
    }
}

impl Contents {
    /// The contents of `inputs`.
    pub fn new(inputs: impl IntoIterator<Item = Input>) -> Self {
        Contents {
            files: Files::new(inputs.into_iter().collect()),
            format: InputFormat::Auto,
            encoding: None,
            fields: Fields { text: Texts::Usual, source: "source".to_owned(), category: "category".to_owned() },
            stdin: None,
            buffers: Buffers::new(BLOCK_BYTES),
            read_before: HashMap::new(),
            opened: HashMap::new(),
            done_before: HashSet::new(),
            open: None,
            ready: VecDeque::new(),
            position: ContentPosition::default(),
        }
    }

    /// What inputs are; by their first bytes and their names unless said otherwise.
    #[must_use]
    pub fn format(mut self, format: InputFormat) -> Self {
        self.format = format;
        self
    }

    /// The encoding that texts are in; as their first bytes have it unless said otherwise.
    #[must_use]
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = Some(encoding);
        self
    }

    /// The field of a row that holds the content; the first of `text`, `content` and `body` that is there unless said
    /// otherwise.
    #[must_use]
    pub fn text_field(mut self, field: impl Into<String>) -> Self {
        self.fields.text = Texts::All(vec![field.into()]);
        self
    }

    /// Reads this where the inputs name standard input.
    #[must_use]
    pub fn stdin(mut self, input: impl Read + Send + 'static) -> Self {
        self.stdin = Some(Box::new(input));
        self
    }

    /// Passes over the first `rows` of `input`, or all of it if it is `done`: a run before this one has read them.
    #[must_use]
    pub fn after(mut self, input: &str, rows: u64, done: bool) -> Self {
        if done {
            self.done_before.insert(input.to_owned());
        } else {
            self.read_before.insert(input.to_owned(), rows);
        }
        self
    }

    /// What was passed over in folders so far.
    #[must_use]
    pub fn skipped(&self) -> Skipped {
        self.files.skipped
    }

    /// How far the input has been read that the last step was of.
    #[must_use]
    pub fn reached(&self) -> &ContentPosition {
        &self.position
    }

    /// Opens the next input; `false` if there is none.
    fn open_next(&mut self) -> bool {
        let Some(found) = self.files.next() else { return false };
        match found.and_then(|found| self.open(&found)) {
            Ok(open) => {
                self.open = open;
                self.position = ContentPosition::default();
                if let Some(open) = &self.open {
                    self.position = ContentPosition { input: Arc::clone(&open.name), rows: open.passed_over };
                }
            }
            Err(error) => self.ready.push_back((self.position.rows, ContentStep::Fault(error))),
        }
        true
    }

    fn open(&mut self, found: &Found) -> Result<Option<Open>, ReadError> {
        let fault = |error: std::io::Error| ReadError::new(&found.id, error);
        let times = self.opened.entry(Arc::clone(&found.id)).or_default();
        *times += 1;
        let name = if *times == 1 { Arc::clone(&found.id) } else { format!("{} ({times})", found.id).into() };
        if self.done_before.contains(&*name) {
            return Ok(None);
        }
        let (input, file): (Box<dyn Read + Send>, Option<File>) = match &found.input {
            Input::Stdin => (self.stdin.take().unwrap_or_else(|| Box::new(std::io::stdin())), None),
            Input::Path(path) => {
                let file = File::open(path).map_err(fault)?;
                let same = file.try_clone().ok().filter(|file| file.metadata().is_ok_and(|file| file.is_file()));
                (Box::new(file), same)
            }
        };
        let is_slow = found.input == Input::Stdin;
        let options = Options {
            format: self.format,
            encoding: self.encoding,
            fields: RowFields { text: self.fields.text.clone(), ..RowFields::default() },
            with_code: false,
            by_line: false,
            depth: 0,
        };
        let mut ahead = Ahead::of_file(input, file);
        let opened = loop {
            match open(&mut ahead, &found.id, &options, (BLOCK_BYTES, is_slow), &self.buffers) {
                Err(ReadErrorKind::Io(error)) if is_not_yet(&error) => {}
                Err(ReadErrorKind::Binary { .. }) if !found.named => {
                    self.files.skipped.binary += 1;
                    return Ok(None);
                }
                opened => break opened.map_err(|kind| ReadError::new(&found.id, kind))?,
            }
        };
        let Opened { format, known, reader, .. } = opened;
        let encoding = known.encoding.name();
        if known.guessed {
            let fault = ReadError::new(&found.id, ReadErrorKind::Guessed { encoding });
            self.ready.push_back((self.position.rows, ContentStep::Fault(fault)));
        }
        Ok(Some(Open {
            id: Arc::clone(&found.id),
            format,
            reader,
            encoding,
            whole: Vec::new(),
            line: 0,
            rows: 0,
            passed_over: self.read_before.get(&*name).copied().unwrap_or(0),
            name,
            replaced: 0,
            is_broken_off: false,
        }))
    }

    /// Reads a block of the open file; at its end closes it.
    fn read(&mut self, mut open: Open) {
        let lines = match &mut open.reader {
            Reader::Lines(lines) => lines,
            Reader::Rows(rows) => {
                let rows = std::mem::replace(rows, Box::new(std::iter::empty()));
                return self.read_rows(open, rows);
            }
        };
        let bytes = match lines.blocks.next_block() {
            Ok(bytes) => bytes,
            Err(error) => {
                // What was read before is still there, and what a run before this one has read it need not read again.
                open.is_broken_off = true;
                self.ready.push_back((open.reached(), ContentStep::Fault(ReadError::new(&open.id, error))));
                return self.open = Some(open);
            }
        };
        let whole_file = open.format == InputFormat::Text && self.format == InputFormat::Text;
        if bytes.is_empty() {
            if whole_file && !open.is_broken_off {
                let whole = std::mem::take(&mut open.whole);
                self.take_line(&mut open, &whole);
            }
            let encoding = open.encoding;
            let undecodable = lines_replaced(&open.reader);
            let fault = match (open.replaced, undecodable) {
                (0, 0) => None,
                (0, count) => Some(ReadErrorKind::Undecodable { count, encoding }),
                (count, _) => Some(ReadErrorKind::Replaced { count }),
            };
            if let Some(kind) = fault {
                self.ready.push_back((open.rows, ContentStep::Fault(ReadError::new(&open.id, kind))));
            }
            self.end(open);
            return;
        }
        if whole_file {
            open.whole.extend_from_slice(&bytes);
        } else {
            for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                open.line += 1;
                let whole = line.strip_suffix(b"\n");
                if whole.is_none() && open.is_broken_off {
                    break;
                }
                let line = whole.unwrap_or(line);
                self.take_line(&mut open, line.strip_suffix(b"\r").unwrap_or(line));
            }
        }
        self.buffers.give(bytes);
        self.open = Some(open);
    }

    /// Says that the file has come to its end.
    fn end(&mut self, open: Open) {
        let rows = if open.is_broken_off { open.reached() } else { open.rows };
        let end = ContentPosition { rows, input: open.name };
        let step = if open.is_broken_off { ContentStep::BrokenOff } else { ContentStep::End };
        self.ready.push_back((rows, step(end)));
    }

    /// Reads the next of the rows of the open file; at their end closes it.
    fn read_rows(&mut self, mut open: Open, mut rows: Rows) {
        match rows.next() {
            None => return self.end(open),
            Some(Err(fault)) => {
                open.is_broken_off |= matches!(fault.kind, ReadErrorKind::Io(_));
                self.ready.push_back((open.reached(), ContentStep::Fault(fault.of(&open.id))));
            }
            // A document is what a file of text is: its lines, or all of it.
            Some(Ok(row)) if row.id == RowId::Input && self.format != InputFormat::Text => {
                row.text.lines().for_each(|line| self.take_text(&mut open, line));
            }
            Some(Ok(row)) => self.take_text(&mut open, &row.text),
        }
        open.reader = Reader::Rows(rows);
        self.open = Some(open);
    }

    /// Makes a step of a text, unless it is blank or was read before.
    fn take_text(&mut self, open: &mut Open, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        open.rows += 1;
        if open.rows > open.passed_over {
            let source = Some(open.id.to_string());
            let content = Content { text: text.to_owned(), source, category: None };
            self.ready.push_back((open.rows, ContentStep::Content(content)));
        }
    }

    /// Makes a step of a row, a line or a whole file, unless it is blank or was read before.
    fn take_line(&mut self, open: &mut Open, bytes: &[u8]) {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        open.rows += 1;
        if open.rows <= open.passed_over {
            return;
        }
        let step = if open.format == InputFormat::Jsonl {
            let read = self.fields.read(bytes);
            read.map_or_else(
                |kind| ContentStep::Fault(ReadError::new(&open.id, kind).at_line(open.line)),
                ContentStep::Content,
            )
        } else {
            let chunks = bytes.utf8_chunks();
            open.replaced += chunks.filter(|chunk| !chunk.invalid().is_empty()).count();
            ContentStep::Content(Content {
                text: String::from_utf8_lossy(bytes).into_owned(),
                source: Some(open.id.to_string()),
                category: None,
            })
        };
        self.ready.push_back((open.rows, step));
    }
}

impl Iterator for Contents {
    type Item = ContentStep;

    fn next(&mut self) -> Option<ContentStep> {
        loop {
            if let Some((rows, step)) = self.ready.pop_front() {
                self.position.rows = rows;
                return Some(step);
            }
            match self.open.take() {
                Some(open) => self.read(open),
                None if self.open_next() => {}
                None => return None,
            }
        }
    }
}

impl fmt::Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contents")
            .field("format", &self.format)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

/// How many sequences had to be replaced to decode the text.
fn lines_replaced(reader: &Reader) -> usize {
    match reader {
        Reader::Lines(lines) => lines.decoding.as_ref().map_or(0, super::decode::Decoding::replaced),
        Reader::Rows(_) => 0,
    }
}

/// The fields of a row that are read.
#[derive(Clone, Debug)]
struct Fields {
    text: Texts,
    source: String,
    category: String,
}

impl Fields {
    fn read(&self, row: &[u8]) -> Result<Content, ReadErrorKind> {
        let row = std::str::from_utf8(row).map_err(|error| ReadErrorKind::Utf8 { column: error.valid_up_to() + 1 })?;
        let mut reader = serde_json::Deserializer::from_str(row);
        let read = Row(self).deserialize(&mut reader).and_then(|found| reader.end().map(|()| found));
        match read {
            Ok(Some(content)) => Ok(content),
            Ok(None) => Err(self.text.missing()),
            Err(error) => Err(ReadErrorKind::row(&error)),
        }
    }
}

/// Reads the object of a row; `None` without a content.
struct Row<'f>(&'f Fields);

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = Option<Content>;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Option<Content>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Fields { text: text_fields, source: source_field, category: category_field } = self.0;
        let names = text_fields.names();
        let mut texts: Vec<Option<Option<String>>> = vec![None; names.len()];
        let (mut source, mut category): (Option<Option<String>>, Option<Option<String>>) = (None, None);
        while let Some(key) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            let is_known = if let Some(place) = names.iter().position(|name| *name == key) {
                // Of the usual names only a string in the first that is there is a text.
                let text = if place > 0 && *text_fields == Texts::Usual {
                    map.next_value_seed(AnyText)?
                } else {
                    Some(map.next_value()?)
                };
                texts[place].replace(text).is_some()
            } else if *key == **source_field {
                source.replace(map.next_value()?).is_some()
            } else if *key == **category_field {
                category.replace(map.next_value()?).is_some()
            } else {
                map.next_value::<IgnoredAny>()?;
                false
            };
            if is_known {
                return Err(de::Error::custom(format_args!("the field `{key}` is there twice")));
            }
        }
        let found: Vec<String> = texts.into_iter().flatten().flatten().collect();
        let text = match text_fields {
            Texts::Usual => found.into_iter().next(),
            Texts::All(_) => (!found.is_empty()).then(|| found.join(BETWEEN_TEXTS)),
        };
        Ok(text.map(|text| Content { text, source: source.flatten(), category: category.flatten() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(text: &'static str, format: InputFormat) -> Contents {
        Contents::new([Input::Stdin]).stdin(text.as_bytes()).format(format)
    }

    fn steps(contents: &mut Contents) -> Vec<(u64, String)> {
        let mut steps = Vec::new();
        while let Some(step) = contents.next() {
            let text = match step {
                ContentStep::Content(content) => {
                    format!("{} {:?} {:?}", content.text, content.source, content.category)
                }
                ContentStep::Fault(error) => error.to_string(),
                ContentStep::End(end) => format!("end of {} after {}", end.input, end.rows),
                ContentStep::BrokenOff(end) => format!("{} breaks off after {}", end.input, end.rows),
            };
            steps.push((contents.reached().rows, text));
        }
        steps
    }

    const ROWS: &str = concat!(
        r#"{"content":"a","source":"s","category":"c"}"#,
        "\n\n",
        r#"{"category":null,"x":[1],"content":"b\n"}"#,
        "\r\n[1]\n",
        r#"{"content":1}"#,
        "\n",
        r#"{"source":"s"}"#,
        "\n",
        r#"{"content":"c","content":"d"}"#,
        "\n",
        r#"{"content":"last"}"#,
    );

    #[test]
    fn rows_are_read_and_faults_say_where() {
        let all = steps(&mut contents(ROWS, InputFormat::Jsonl));
        let texts: Vec<&str> = all.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts[0], r#"a Some("s") Some("c")"#);
        assert_eq!(texts[1], "b\n None None");
        assert!(texts[2].starts_with("-:4: invalid type: sequence, expected an object"), "{}", texts[2]);
        assert!(texts[3].starts_with("-:5: no field `text`, `content`, `body`"), "{}", texts[3]);
        assert!(texts[4].starts_with("-:6: no field `text`, `content`, `body`"), "{}", texts[4]);
        assert!(texts[5].starts_with("-:7: the field `content` is there twice"), "{}", texts[5]);
        assert_eq!(texts[6..], ["last None None", "end of - after 7"]);
        assert_eq!(all.iter().map(|(rows, _)| *rows).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 7]);
    }

    #[test]
    fn what_was_read_before_is_passed_over() {
        let all = steps(&mut contents(ROWS, InputFormat::Jsonl));
        for rows in 0..9 {
            let rest = steps(&mut contents(ROWS, InputFormat::Jsonl).after("-", rows, false));
            let from = usize::try_from(rows).unwrap().min(7);
            assert_eq!(rest, all[from..], "{rows}");
        }
        assert_eq!(steps(&mut contents(ROWS, InputFormat::Jsonl).after("-", 3, true)), []);
    }

    /// Gives its text, then fails.
    struct Broken(&'static [u8]);

    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0.is_empty() { Err(std::io::ErrorKind::TimedOut.into()) } else { self.0.read(buffer) }
        }
    }

    #[test]
    fn what_breaks_off_gives_what_is_whole_and_is_not_done() {
        let fault = "-: cannot be read: timed out".to_owned();
        let input = || Contents::new([Input::Stdin]).stdin(Broken(b"one\ntwo\nhalf a li"));
        let broken = |format| steps(&mut input().format(format));
        let content = |text: &str| format!("{text} Some(\"-\") None");
        let lines = broken(InputFormat::Lines);
        let end = "- breaks off after 2".to_owned();
        assert_eq!(lines, [(1, content("one")), (2, content("two")), (2, fault.clone()), (2, end)]);
        assert_eq!(broken(InputFormat::Text), [(0, fault.clone()), (0, "- breaks off after 0".to_owned())]);
        let resumed = steps(&mut input().after("-", 5, false));
        assert_eq!(resumed, [(5, fault), (5, "- breaks off after 5".to_owned())], "what was learned stays known");
    }

    #[test]
    fn what_looks_binary_is_what_does_for_documents() {
        for (before, is_text) in [(0, false), (8_191, false), (8_192, true)] {
            let text = format!("{}\0\n", "a".repeat(before)).leak();
            let steps = steps(&mut contents(text, InputFormat::Auto));
            let documents: Vec<_> = super::super::Documents::new([Input::Stdin]).stdin(text.as_bytes()).collect();
            assert_eq!(steps[0].1.contains("looks binary"), !is_text, "{before}");
            assert_eq!(documents[0].is_ok(), is_text, "{before}");
        }
    }

    #[test]
    fn lines_and_whole_files() {
        let text = "one\r\n \ntwo\u{85}\nthree";
        let lines = steps(&mut contents(text, InputFormat::Lines));
        let texts: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(
            texts,
            ["one Some(\"-\") None", "two\u{85} Some(\"-\") None", "three Some(\"-\") None", "end of - after 3"]
        );
        assert_eq!(steps(&mut contents(text, InputFormat::Auto)), lines);
        let whole = steps(&mut contents(text, InputFormat::Text));
        assert_eq!(whole[0].1, format!("{text} Some(\"-\") None"));
    }
}
