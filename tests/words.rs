//! The golden vectors of the original's text helpers.

mod common;

use serde_json::Value;

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().expect("an array").iter().map(|item| item.as_str().expect("a string")).collect()
}

#[test]
fn text_helpers_equal_the_originals() {
    let rows = common::rows("text.jsonl.gz");
    assert_eq!(rows.len(), 277);
    for row in rows {
        let (given, want) = (&row["in"], &row["out"]);
        match row["fn"].as_str() {
            Some("extract_words") => {
                assert_eq!(relscan::extract_words(given.as_str().expect("a string")), strings(want), "{given}");
            }
            Some("clean_text") => {
                assert_eq!(relscan::clean_text(given.as_str().expect("a string")), want.as_str().expect("a string"));
            }
            Some("word_overlap") => {
                let overlap = relscan::word_overlap(&strings(&given[0]), &strings(&given[1]));
                assert!((overlap - want.as_f64().expect("a number")).abs() < 1e-9, "{given}");
            }
            other => panic!("no helper called {other:?}"),
        }
    }
}
