//! JSON that is not a value a line: an array of rows, or rows broken into lines as they like, read one after another.

use std::io::Read;

use super::error::ReadErrorKind;
use super::jsonl::Fields;
use super::row::{Fault, Row, RowId};
use crate::extract::SpansOf;

/// A row larger than this is given up: most likely a quote is missing, and it would be all of the file.
const MAX_ROW_BYTES: usize = 64 << 20;

/// The rows of an array, or of values one after another.
pub(super) struct Values {
    input: Box<dyn Read + Send>,
    fields: Fields,
    buffer: Vec<u8>,
    /// How far the buffer has been read.
    at: usize,
    line: usize,
    /// How deep in arrays the next value is.
    arrays: usize,
    /// The bytes of the value that is being read.
    value: Vec<u8>,
    ended: bool,
}

/// How a value came to its end.
enum End {
    Whole,
    /// It is broken off, or grows too large.
    Never(ReadErrorKind),
}

impl Values {
    pub(super) fn new(input: Box<dyn Read + Send>, fields: Fields) -> Self {
        Values { input, fields, buffer: Vec::new(), at: 0, line: 1, arrays: 0, value: Vec::new(), ended: false }
    }

    /// The next byte, which is not read yet.
    fn peek(&mut self) -> Result<Option<u8>, ReadErrorKind> {
        while self.at == self.buffer.len() {
            self.buffer.resize(64 << 10, 0);
            self.at = 0;
            let read = self.input.read(&mut self.buffer);
            self.buffer.truncate(*read.as_ref().unwrap_or(&0));
            match read {
                Ok(0) => return Ok(None),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
                read => drop(read?),
            }
        }
        Ok(self.buffer.get(self.at).copied())
    }

    /// Passes over what stands between values; the byte that a value begins with.
    fn begin(&mut self) -> Result<Option<u8>, ReadErrorKind> {
        while let Some(byte) = self.peek()? {
            match byte {
                b'\n' => self.line += 1,
                b'[' => self.arrays += 1,
                b']' => self.arrays = self.arrays.saturating_sub(1),
                b',' => {}
                _ if byte.is_ascii_whitespace() => {}
                _ => return Ok(Some(byte)),
            }
            self.at += 1;
        }
        Ok(None)
    }

    /// Reads the value that begins here.
    fn value(&mut self, first: u8) -> Result<End, ReadErrorKind> {
        self.value.clear();
        let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
        while let Some(byte) = self.peek()? {
            if !in_string && depth == 0 && !self.value.is_empty() && b",]\n".contains(&byte) {
                return Ok(End::Whole);
            }
            self.at += 1;
            self.line += usize::from(byte == b'\n');
            self.value.push(byte);
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                b'{' | b'[' if !in_string => depth += 1,
                b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && !in_string && (first == b'{' || first == b'"') {
                return Ok(End::Whole);
            }
            if self.value.len() > MAX_ROW_BYTES {
                return Ok(End::Never(ReadErrorKind::TooLarge { what: "a row", bytes: MAX_ROW_BYTES }));
            }
        }
        let is_scalar = first != b'{' && !in_string;
        let reason =
            if in_string { "a string that is begun does not end" } else { "an object that is begun does not end" };
        let broken = ReadErrorKind::Broken { format: "JSON", reason: format!("{reason}; is the file cut short?") };
        Ok(if is_scalar { End::Whole } else { End::Never(broken) })
    }

    fn row(&mut self) -> Result<Option<Row>, (Option<usize>, ReadErrorKind)> {
        let Some(first) = self.begin().map_err(|kind| (None, kind))? else {
            self.ended = true;
            if self.arrays == 0 {
                return Ok(None);
            }
            let reason = "the array does not end; is the file cut short?".to_owned();
            return Err((Some(self.line), ReadErrorKind::Broken { format: "JSON", reason }));
        };
        let line = self.line;
        let at_line = |kind| (Some(line), kind);
        if let End::Never(kind) = self.value(first).map_err(at_line)? {
            self.ended = true;
            return Err(at_line(kind));
        }
        let (mut text, mut id) = (String::new(), String::new());
        if first == b'"' {
            text = serde_json::from_slice(&self.value).map_err(|error| at_line(ReadErrorKind::row(&error)))?;
            return Ok(Some(Row { id: RowId::Line(line), text, spans_of: SpansOf::Document }));
        }
        let has_id = self.fields.read(&self.value, &mut text, &mut id).map_err(at_line)?;
        let id = if has_id { RowId::Own(id) } else { RowId::Line(line) };
        Ok(Some(Row { id, text, spans_of: SpansOf::Document }))
    }
}

impl Iterator for Values {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.row();
        if matches!(row, Err((_, ReadErrorKind::Io(_)))) {
            self.ended = true;
        }
        row.map_err(|(line, kind)| Fault { kind, line, member: None }).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(json: &'static str) -> Vec<String> {
        let values = Values::new(Box::new(json.as_bytes()), Fields::default());
        let told = |row: Result<Row, Fault>| match row {
            Ok(Row { id: RowId::Own(id), text, .. }) => format!("{id}={text}"),
            Ok(Row { id: RowId::Line(line), text, .. }) => format!("{line}:{text}"),
            Ok(row) => row.text,
            Err(fault) => format!("{:?} {}", fault.line, fault.kind),
        };
        values.map(told).collect()
    }

    #[test]
    fn arrays_and_values() {
        assert_eq!(rows(r#"[{"id":"a","text":"x\n]\"{"},{"text":"y","z":[[{}]]}]"#), ["a=x\n]\"{", "1:y"]);
        assert_eq!(rows("{\n \"text\": \"x\"\n}\n{\"content\":\n\"y\"}"), ["1:x", "4:y"]);
        assert_eq!(rows("[\"one\", \"two\"]"), ["1:one", "1:two"]);
        assert_eq!(rows(""), [""; 0]);
        assert_eq!(rows("[]\n"), [""; 0]);
        let bad = rows("[{\"text\": 1},\n nonsense, {\"text\": \"x\"}, 5]");
        assert!(bad[0].starts_with("Some(1) invalid type: integer `1`"), "{bad:?}");
        assert!(bad[1].starts_with("Some(2) expected"), "{bad:?}");
        assert_eq!(bad[2], "2:x");
        assert!(bad[3].starts_with("Some(2) "), "{bad:?}");
        let cut = rows("[{\"text\": \"x\"}, {\"text\": \"y");
        assert_eq!(cut[0], "1:x");
        assert!(cut[1].contains("a string that is begun does not end") && cut.len() == 2, "{cut:?}");
        assert!(rows("[{\"text\": \"x\"},").last().is_some_and(|row| row.contains("the array does not end")));
    }
}
