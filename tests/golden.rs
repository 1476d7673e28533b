//! The golden vectors of the original extractor, on every engine.

mod common;

use relscan::PatternSet;
use serde_json::Value;

/// An association as the vectors have it: source, target, relation, confidence.
type Row = (String, String, String, f64);

fn expected(row: &Value) -> Vec<Row> {
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let associations = row["associations"].as_array().expect("an array").iter();
    associations.map(|a| (text(&a[0]), text(&a[1]), text(&a[2]), a[3].as_f64().expect("a number"))).collect()
}

fn check(file: &str, rows_expected: usize) {
    let rows = common::rows(file);
    assert_eq!(rows.len(), rows_expected, "{file}");
    let mut associations = 0;
    for (name, extractor) in common::engines(&PatternSet::seed()) {
        for row in &rows {
            let mut found = common::extract(&extractor, row["text"].as_str().expect("a string"));
            let order: Vec<&str> = extractor.patterns().iter().map(relscan::Pattern::name).collect();
            // The vectors are in the seed's order, by pattern and then position; ours go line by line.
            found.sort_by_key(|a| (order.iter().position(|name| *name == a.pattern), a.line));
            let found: Vec<Row> =
                found.into_iter().map(|a| (a.source, a.target, a.relation.to_string(), a.confidence)).collect();
            assert_eq!(found, expected(row), "{file} {} on {name}", row["id"]);
            associations += found.len();
        }
    }
    assert!(associations > rows_expected, "the vectors of {file} hold associations");
}

#[test]
fn corner() {
    check("corner.jsonl.gz", 997);
}

#[test]
fn random() {
    check("random.jsonl.gz", 1_500);
}

#[test]
fn prose() {
    check("prose.jsonl.gz", 1_500);
}
