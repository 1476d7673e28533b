//! Associations as columns, to be serialised.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::association::{Span, Spans};
use super::associations::Associations;
use super::labels::{Label, Labels};
use super::page::{Kept, Page, Record};
use crate::pattern::{MAX_PATTERNS, PatternId, RelationType};

/// The columns; their meaning is told at [`Associations`].
#[derive(Default, Serialize, Deserialize)]
struct Columns<'a> {
    text: Cow<'a, str>,
    patterns: Vec<(u32, Cow<'a, str>, RelationType)>,
    documents: Vec<(usize, usize, usize, usize)>,
    pattern: Vec<usize>,
    line: Vec<usize>,
    confidence: Vec<f64>,
    source_start: Vec<usize>,
    target_start: Vec<usize>,
    target_end: Vec<usize>,
    source_span: Vec<Span>,
    trigger_span: Vec<Span>,
    target_span: Vec<Span>,
    reading: Vec<Option<Cow<'a, Kept>>>,
    /// Which associations have spans that count extracted text, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    of_extract: Vec<usize>,
}

impl<'a> From<&'a Associations> for Columns<'a> {
    fn from(from: &'a Associations) -> Self {
        let row = |label: &'a Label| (label.id.0, Cow::from(&*label.name), label.relation.clone());
        let mut columns = Columns {
            text: Cow::from(&from.kept.text),
            patterns: from.labels.iter().map(row).collect(),
            ..Columns::default()
        };
        for (number, record) in from.kept.records.iter().enumerate() {
            let document = (record.document_index, record.document.start, record.document.end);
            match columns.documents.last_mut() {
                Some((index, start, end, count)) if (*index, *start, *end) == document => *count += 1,
                _ => columns.documents.push((document.0, document.1, document.2, 1)),
            }
            columns.pattern.push(record.label);
            columns.line.push(record.line);
            columns.confidence.push(record.confidence);
            columns.source_start.push(record.source.start);
            columns.target_start.push(record.target.start);
            columns.target_end.push(record.target.end);
            columns.source_span.push(record.spans.source);
            columns.trigger_span.push(record.spans.trigger);
            columns.target_span.push(record.spans.target);
            columns.reading.push(record.reading.as_ref().map(Cow::Borrowed));
            if record.of_extract {
                columns.of_extract.push(number);
            }
        }
        columns
    }
}

impl Columns<'_> {
    /// The associations, or what does not fit.
    fn associations(self) -> Result<Associations, String> {
        let count = self.pattern.len();
        let lengths = [
            ("line", self.line.len()),
            ("confidence", self.confidence.len()),
            ("source_start", self.source_start.len()),
            ("target_start", self.target_start.len()),
            ("target_end", self.target_end.len()),
            ("source_span", self.source_span.len()),
            ("trigger_span", self.trigger_span.len()),
            ("target_span", self.target_span.len()),
            ("reading", self.reading.len()),
        ];
        if let Some((column, len)) = lengths.iter().find(|(_, len)| *len != count) {
            return Err(format!("`{column}` has {len} entries, `pattern` has {count}"));
        }
        if let Some((id, name, _)) = self.patterns.iter().find(|(id, ..)| *id as usize >= MAX_PATTERNS) {
            return Err(format!("pattern `{name}` has the place {id}, a set has at most {MAX_PATTERNS}"));
        }
        let is_text = |range: &Range<usize>| self.text.get(range.clone()).is_some();
        let mut records = Vec::with_capacity(count);
        for &(document_index, start, end, associations) in &self.documents {
            if !is_text(&(start..end)) {
                return Err(format!("the id of document {document_index} is not in `text`"));
            }
            for i in records.len()..records.len().saturating_add(associations) {
                let &label = self.pattern.get(i).ok_or("`documents` has more associations than `pattern`")?;
                let record = Record {
                    document: start..end,
                    document_index,
                    line: self.line[i],
                    label,
                    confidence: self.confidence[i],
                    source: self.source_start[i]..self.target_start[i],
                    target: self.target_start[i]..self.target_end[i],
                    spans: Spans {
                        source: self.source_span[i],
                        trigger: self.trigger_span[i],
                        target: self.target_span[i],
                    },
                    reading: self.reading[i].as_deref().cloned(),
                    of_extract: self.of_extract.binary_search(&i).is_ok(),
                };
                if label >= self.patterns.len() {
                    return Err(format!("association {i} has pattern {label} of {}", self.patterns.len()));
                }
                if !is_text(&record.source) || !is_text(&record.target) {
                    return Err(format!("the arguments of association {i} are not in `text`"));
                }
                if let Some(head) = record.reading.iter().flat_map(Kept::heads).find(|head| !is_text(head)) {
                    return Err(format!("the head {head:?} of association {i} is not in `text`"));
                }
                records.push(record);
            }
        }
        if records.len() < count {
            return Err(format!("`documents` has {} associations, `pattern` has {count}", records.len()));
        }
        let label =
            |(id, name, relation): (u32, Cow<'_, str>, _)| Label { id: PatternId(id), name: name.into(), relation };
        let labels: Labels = self.patterns.into_iter().map(label).collect();
        Ok(Associations { labels, kept: Page { records, text: self.text.into_owned() } })
    }
}

impl Serialize for Associations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Columns::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Associations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Columns::deserialize(deserializer)?.associations().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{Document, Extractor};

    fn some() -> Associations {
        let extractor = Extractor::seed();
        let mut found = Associations::new();
        let texts =
            [("a", "Rain leads to floods\nA dog is a mammal"), ("b", "É causes ΑΣ"), ("", ""), ("c", "x is a y")];
        for (index, (id, text)) in texts.into_iter().enumerate() {
            let Ok(_) = extractor.extract_document(&Document::new(text).with_id(id).with_index(index), &mut found);
        }
        found
    }

    /// With heads, hedges and negations.
    fn read() -> Associations {
        let builder = Extractor::builder().patterns(crate::PatternSet::english()).negated(true);
        let found = builder.build().unwrap().extract("Heavy rain may cause floods.\nSalt does not cause cancer.");
        assert!(found.iter().any(|a| a.hedged() && a.source_head() == Some("rain")), "{found:?}");
        assert!(found.iter().any(|a| a.negated()), "{found:?}");
        found
    }

    fn same(left: &Associations, right: &Associations) -> bool {
        left.iter().eq(right.iter())
    }

    #[test]
    fn columns_come_back_as_they_were() {
        for found in [Associations::new(), some(), read()] {
            let json = serde_json::to_string(&found).unwrap();
            let mut back: Associations = serde_json::from_str(&json).unwrap();
            assert!(same(&back, &found), "{json}");
            // And can be added to.
            let mut both = found.clone();
            both.append(&found);
            back.append(&found);
            assert!(same(&back, &both));
        }
        let found = some();
        let columns: Value = serde_json::to_value(&found).unwrap();
        assert_eq!(columns["text"], "arain\u{66}loodsa dogmammalbé\u{3b1}\u{3c2}cxy");
        assert_eq!(columns["documents"], json!([[0, 0, 1, 2], [1, 22, 23, 1], [3, 29, 30, 1]]));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let good = serde_json::to_value(some()).unwrap();
        let cases = [
            ("/line", json!([1]), "`line` has 1 entries, `pattern` has 4"),
            ("/pattern/0", json!(9), "association 0 has pattern 9 of 3"),
            ("/patterns/0/0", json!(100_000), "at most 100000"),
            ("/documents/0/2", json!(1000), "the id of document 0"),
            ("/documents/0/1", json!(2), "the id of document 0"),
            ("/documents/0/3", json!(1), "`documents` has 3 associations"),
            ("/documents/0/3", json!(u64::MAX), "more associations than"),
            ("/source_start/2", json!(24), "association 2"), // within a character
            ("/target_end/3", json!(100), "association 3"),
            ("/target_start/3", json!(0), "association 3"),
        ];
        for (place, value, message) in cases {
            let mut bad = good.clone();
            *bad.pointer_mut(place).unwrap() = value;
            let error = serde_json::from_value::<Associations>(bad).unwrap_err().to_string();
            assert!(error.contains(message), "{place}: {error}");
        }
    }

    #[test]
    fn sets_of_patterns_can_be_mixed() {
        let other = crate::PatternSet::new([crate::Pattern::trigger("prevents", RelationType::Causal, "prevents")]);
        let other = Extractor::builder().patterns(other.unwrap()).build().unwrap();
        let mut found = some();
        for _ in 0..2 {
            let Ok(_) = other.extract_into("Salt prevents ice", &mut found);
            found.append(&other.extract("Salt prevents rust"));
            let Ok(_) = Extractor::seed().extract_into("Haste causes waste", &mut found);
        }
        let names: Vec<&str> = found.iter().map(|a| a.pattern()).collect();
        let new = ["prevents", "prevents", "causes", "prevents", "prevents", "causes"];
        assert_eq!(names[4..], new);
    }
}
