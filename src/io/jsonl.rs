//! Rows of JSONL: one object a line, of which an id and a text are read.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use serde::Deserialize as _;
use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::ReadErrorKind;

/// The fields of a row that are read. A name with dots, as `a.b`, is that of a field `b` of the object `a`.
#[derive(Clone, Debug)]
pub(crate) struct Fields {
    pub(crate) id: String,
    pub(crate) text: Texts,
}

/// The fields that hold the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Texts {
    /// The first of those by which texts are called that a row has.
    Usual,
    /// All of these that a row has, in this order.
    All(Vec<String>),
}

/// What texts are called, the likelier first.
const USUAL: [&str; 3] = ["text", "content", "body"];

impl Texts {
    /// The names, in order.
    pub(crate) fn names(&self) -> Cow<'_, [&str]> {
        match self {
            Texts::Usual => Cow::Borrowed(&USUAL),
            Texts::All(names) => names.iter().map(String::as_str).collect(),
        }
    }

    /// What is missing where there is none of them.
    pub(crate) fn missing(&self) -> ReadErrorKind {
        ReadErrorKind::NoText { field: self.names().join("`, `") }
    }
}

impl Default for Fields {
    fn default() -> Self {
        Fields { id: "id".to_owned(), text: Texts::Usual }
    }
}

/// What stands between the texts of several fields.
pub(crate) const BETWEEN_TEXTS: &str = "\n\n";

impl Fields {
    /// Appends the text of `row` to `text` and its id to `id`; says whether it has an id. After an error both are as
    /// they were.
    pub(crate) fn read(&self, row: &[u8], text: &mut String, id: &mut String) -> Result<bool, ReadErrorKind> {
        let row = std::str::from_utf8(row).map_err(|error| ReadErrorKind::Utf8 { column: error.valid_up_to() + 1 })?;
        let (text_len, id_len) = (text.len(), id.len());
        let mut reader = serde_json::Deserializer::from_str(row);
        let names = self.text.names();
        // Only several fields make a text of what is in each: else nothing is kept for a row.
        let several = self.text != Texts::Usual && names.len() > 1;
        let found = Found { texts: vec![None; if several { names.len() } else { 0 }], best: usize::MAX, has_id: false };
        let mut wanted = Wanted {
            id_field: &self.id,
            names,
            is_usual: self.text == Texts::Usual,
            text: &mut *text,
            begin: text_len,
            id: &mut *id,
            found,
        };
        let object = Object { wanted: &mut wanted, prefix: "" };
        let outcome = object.deserialize(&mut reader).and_then(|()| reader.end());
        let Found { texts, best, has_id } = wanted.found;
        let error = match outcome {
            Ok(()) if best != usize::MAX => return Ok(has_id),
            Ok(()) if texts.iter().any(Option::is_some) => {
                let texts: Vec<String> = texts.into_iter().flatten().collect();
                text.push_str(&texts.join(BETWEEN_TEXTS));
                return Ok(has_id);
            }
            Ok(()) => self.text.missing(),
            Err(error) => ReadErrorKind::row(&error),
        };
        text.truncate(text_len);
        id.truncate(id_len);
        Err(error)
    }
}

/// What has been found of a row.
struct Found {
    /// Where several fields make a text, what is in each.
    texts: Vec<Option<String>>,
    /// Where one does, its place among the names.
    best: usize,
    has_id: bool,
}

/// What is sought in a row, and what was found.
struct Wanted<'a> {
    id_field: &'a str,
    names: Cow<'a, [&'a str]>,
    is_usual: bool,
    text: &'a mut String,
    /// Where the text of the row begins.
    begin: usize,
    id: &'a mut String,
    found: Found,
}

impl Wanted<'_> {
    /// What the field `key` of the object whose fields begin with `prefix` is.
    fn key(&self, prefix: &str, key: &str) -> Key {
        let is = |name: &str| name.strip_prefix(prefix) == Some(key);
        let is_in = |name: &str| {
            name.strip_prefix(prefix).and_then(|name| name.strip_prefix(key)).is_some_and(|rest| rest.starts_with('.'))
        };
        if let Some(place) = self.names.iter().position(|name| is(name)) {
            Key::Text(place)
        } else if is(self.id_field) {
            Key::Id
        } else if is_in(self.id_field) || self.names.iter().any(|name| is_in(name)) {
            Key::Object(format!("{prefix}{key}."))
        } else {
            Key::Other
        }
    }

    fn read_text<'de, A: MapAccess<'de>>(&mut self, place: usize, map: &mut A) -> Result<(), A::Error> {
        let field = self.names[place];
        let is_one = self.names.len() == 1 || self.is_usual;
        if self.found.best == place || self.found.texts.get(place).is_some_and(Option::is_some) {
            return Err(twice(field));
        }
        if !is_one {
            let mut text = String::new();
            map.next_value_seed(Text { field, into: &mut text })?;
            self.found.texts[place] = Some(text);
        } else if self.found.best < place {
            map.next_value::<IgnoredAny>()?;
        } else if place == 0 {
            // What a likelier field holds replaces what a less likely one held.
            self.text.truncate(self.begin);
            map.next_value_seed(Text { field, into: self.text })?;
            self.found.best = 0;
        } else {
            // Many things are called `content` or `body`: only a string is a text.
            let Some(text) = map.next_value_seed(AnyText)? else { return Ok(()) };
            self.text.truncate(self.begin);
            self.text.push_str(&text);
            self.found.best = place;
        }
        Ok(())
    }
}

fn twice<E: de::Error>(field: &str) -> E {
    E::custom(format_args!("the field `{field}` is there twice"))
}

/// Reads an object: the row, or one within it whose fields are sought.
struct Object<'a, 'w> {
    wanted: &'a mut Wanted<'w>,
    /// What the names of its fields begin with.
    prefix: &'a str,
}

impl<'de> DeserializeSeed<'de> for Object<'_, '_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")?;
        if self.prefix.is_empty() { Ok(()) } else { write!(f, " in the field `{}`", self.prefix.trim_end_matches('.')) }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Object { wanted, prefix } = self;
        while let Some(key) = map.next_key_seed(KeyOf { wanted, prefix })? {
            match key {
                Key::Text(place) => wanted.read_text(place, &mut map)?,
                Key::Id if wanted.found.has_id => return Err(twice(wanted.id_field)),
                Key::Id => wanted.found.has_id = read_id(wanted.id_field, map.next_value()?, wanted.id)?,
                Key::Object(prefix) => map.next_value_seed(Object { wanted, prefix: &prefix })?,
                Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
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
    /// A text, by the place of its name.
    Text(usize),
    /// An object with fields that are sought, and what their names begin with.
    Object(String),
    Other,
}

/// Tells which key is read.
struct KeyOf<'a, 'w> {
    wanted: &'a Wanted<'w>,
    prefix: &'a str,
}

impl<'de> DeserializeSeed<'de> for KeyOf<'_, '_> {
    type Value = Key;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyOf<'_, '_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Key, E> {
        Ok(self.wanted.key(self.prefix, key))
    }
}

/// Reads a string; of anything else nothing.
pub(super) struct AnyText;

impl<'de> DeserializeSeed<'de> for AnyText {
    type Value = Option<String>;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Option<String>, D::Error> {
        let value = <&RawValue>::deserialize(deserializer)?.get();
        if value.starts_with('"') { serde_json::from_str(value).map(Some).map_err(de::Error::custom) } else { Ok(None) }
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
        let fields = Fields::default();
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
            (r#"{"body": "a", "text": "b", "content": "c"}"#, "b", None),
            (r#"{"body": "a", "content": "c", "text_": 1}"#, "c", None),
            (r#"{"body": {"text": 1}, "content": "c"}"#, "c", None),
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
        let fields = Fields::default();
        let error = fields.read(b"{\"text\": \"\xff\"}", &mut String::new(), &mut String::new()).unwrap_err();
        assert_eq!(error.to_string(), "the row is not valid UTF-8 at byte 11; it was left out");
    }

    #[test]
    fn fields_within_fields() {
        let read = |names: &[&str], id: &str, row: &str| {
            let text = Texts::All(names.iter().map(|name| (*name).to_owned()).collect());
            let (mut text_found, mut id_found) = ("before".to_owned(), String::new());
            Fields { id: id.to_owned(), text }
                .read(row.as_bytes(), &mut text_found, &mut id_found)
                .map(|_| (text_found["before".len()..].to_owned(), id_found))
                .map_err(|error| error.to_string())
        };
        let row = r#"{"a": {"b": {"c": "deep", "id": 5}, "b.d": "dotted"}, "e": "top", "f": null}"#;
        assert_eq!(read(&["a.b.c"], "a.b.id", row), Ok(("deep".to_owned(), "5".to_owned())));
        assert_eq!(read(&["a.b.d"], "id", row), Ok(("dotted".to_owned(), String::new())));
        assert_eq!(read(&["e", "a.b.c", "no"], "id", row), Ok(("top\n\ndeep".to_owned(), String::new())));
        let error = read(&["e.x"], "id", row).unwrap_err();
        assert!(error.contains("expected an object in the field `e`"), "{error}");
        assert!(read(&["a.x", "y"], "id", row).unwrap_err().starts_with("no field `a.x`, `y`"));
    }
}
