//! Rows of JSONL: one object a line, of which an id and a text are read.

use std::fmt::{self, Write as _};

use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::ReadErrorKind;

/// The fields of a row that are read.
#[derive(Clone, Debug)]
pub(crate) struct Fields {
    pub(crate) id: String,
    pub(crate) text: String,
}

impl Fields {
    /// Appends the text of `row` to `text` and its id to `id`; says whether it has an id. After an error both are as
    /// they were.
    pub(crate) fn read(&self, row: &[u8], text: &mut String, id: &mut String) -> Result<bool, ReadErrorKind> {
        let row = std::str::from_utf8(row).map_err(|error| ReadErrorKind::Utf8 { column: error.valid_up_to() + 1 })?;
        let (text_len, id_len) = (text.len(), id.len());
        let mut reader = serde_json::Deserializer::from_str(row);
        let object = Object { fields: self, text: &mut *text, id: &mut *id };
        let outcome = object.deserialize(&mut reader).and_then(|found| reader.end().map(|()| found));
        let error = match outcome {
            Ok(Found { text: true, id }) => return Ok(id),
            Ok(Found { text: false, .. }) => ReadErrorKind::NoText { field: self.text.clone() },
            Err(error) => ReadErrorKind::row(&error),
        };
        text.truncate(text_len);
        id.truncate(id_len);
        Err(error)
    }
}

/// Which fields a row has.
struct Found {
    text: bool,
    id: bool,
}

struct Object<'a> {
    fields: &'a Fields,
    text: &'a mut String,
    id: &'a mut String,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = Found;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut found = Found { text: false, id: false };
        let twice = |field: &str| de::Error::custom(format_args!("the field `{field}` is there twice"));
        while let Some(key) = map.next_key_seed(KeyOf(self.fields))? {
            match key {
                Key::Text if found.text => return Err(twice(&self.fields.text)),
                Key::Text => {
                    map.next_value_seed(Text { field: &self.fields.text, into: self.text })?;
                    found.text = true;
                }
                Key::Id if found.id => return Err(twice(&self.fields.id)),
                Key::Id => found.id = read_id(&self.fields.id, map.next_value()?, self.id)?,
                Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}

/// Appends the id that `value` is to `id`, if it is one. Numbers are taken as written, so that none loses digits.
fn read_id<E: de::Error>(field: &str, value: &RawValue, id: &mut String) -> Result<bool, E> {
    let value = value.get();
    match value.as_bytes().first() {
        Some(b'"') => {
            let mut reader = serde_json::Deserializer::from_str(value);
            Text { field, into: id }.deserialize(&mut reader).map_err(E::custom)?;
            Ok(true)
        }
        Some(b'0'..=b'9' | b'-') => {
            id.push_str(value);
            Ok(true)
        }
        Some(b'n') => Ok(false),
        _ => Err(E::custom(format_args!("the field `{field}` is neither a string nor a number"))),
    }
}

enum Key {
    Id,
    Text,
    Other,
}

/// Tells which key is read.
struct KeyOf<'a>(&'a Fields);

impl<'de> DeserializeSeed<'de> for KeyOf<'_> {
    type Value = Key;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyOf<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Key, E> {
        Ok(match key {
            _ if key == self.0.text => Key::Text,
            _ if key == self.0.id => Key::Id,
            _ => Key::Other,
        })
    }
}

/// Appends a string without a copy between.
struct Text<'a> {
    field: &'a str,
    into: &'a mut String,
}

impl<'de> DeserializeSeed<'de> for Text<'_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Text<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string in the field `")?;
        f.write_str(self.field)?;
        f.write_char('`')
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.into.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(row: &str) -> Result<(String, Option<String>), String> {
        let fields = Fields { id: "id".to_owned(), text: "text".to_owned() };
        let (mut text, mut id) = ("before".to_owned(), "before".to_owned());
        match fields.read(row.as_bytes(), &mut text, &mut id) {
            Ok(has_id) => Ok((text["before".len()..].to_owned(), has_id.then(|| id["before".len()..].to_owned()))),
            Err(error) => {
                assert_eq!((text.as_str(), id.as_str()), ("before", "before"), "{row}");
                Err(error.to_string())
            }
        }
    }

    #[test]
    fn rows() {
        let cases = [
            (r#"{"text": "a"}"#, "a", None),
            (r#" {"id": "x", "text": "a\nb\u00e9\ud83d\ude00"} "#, "a\nbé😀", Some("x")),
            (r#"{"text": "", "id": "\"", "more": [{"text": 1}, null, 1e400]}"#, "", Some("\"")),
            (r#"{"id": 7, "text": "a"}"#, "a", Some("7")),
            (r#"{"id": -1.50, "text": "a"}"#, "a", Some("-1.50")),
            (r#"{"id": 123456789012345678901234567890, "text": "a"}"#, "a", Some("123456789012345678901234567890")),
            (r#"{"id": null, "text": "a"}"#, "a", None),
            (r#"{"\u0069d": 1, "te\u0078t": "a", "Text": "b"}"#, "a", Some("1")),
        ];
        for (row, text, id) in cases {
            assert_eq!(read(row), Ok((text.to_owned(), id.map(str::to_owned))), "{row}");
        }
    }

    #[test]
    fn faults() {
        let cases = [
            ("[1]", "expected an object at column 1"),
            (r#""text""#, "expected an object at column 6"),
            ("{", "EOF while parsing an object at column 1"),
            (r#"{"text": "a"} x"#, "trailing characters at column 15"),
            (r#"{"text": "a", "text": "b"}"#, "the field `text` is there twice at column 20"),
            (r#"{"id": 1, "id": "b"}"#, "the field `id` is there twice at column 14"),
            (r#"{"text": 5}"#, "invalid type: integer `5`, expected a string in the field `text` at column 10"),
            (r#"{"text": null}"#, "invalid type: null, expected a string in the field `text` at column 13"),
            (r#"{"text": "a", "id": ["b"]}"#, "the field `id` is neither a string nor a number at column 26"),
            (r#"{"text": "\ud800"}"#, "unexpected end of hex escape at column 17"),
            (r#"{"id": "x"}"#, "no field `text`"),
            ("{}", "no field `text`"),
            ("", "EOF while parsing a value at column 1"),
        ];
        for (row, want) in cases {
            let error = read(row).expect_err(row);
            assert!(error.contains(want), "{row}: {error}");
            assert!(error.ends_with("the row was left out"), "{error}");
        }
        let fields = Fields { id: "id".to_owned(), text: "text".to_owned() };
        let error = fields.read(b"{\"text\": \"\xff\"}", &mut String::new(), &mut String::new()).unwrap_err();
        assert_eq!(error.to_string(), "the row is not valid UTF-8 at byte 11; it was left out");
    }
}
