//! The cases of tests/cases, on every engine.
//!
//! A case has a text, patterns (the seed's if none are given), and what is expected: pattern, source and target of
//! each association in order, and, if given, the bytes of source, trigger and target.

mod common;

use relscan::PatternSet;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    text: String,
    patterns: Option<String>,
    expect: Vec<[String; 3]>,
    spans: Option<Vec<[usize; 6]>>,
}

/// Empty lines around a case, which must not change what it gives, beyond moving it.
const PADDINGS: [usize; 6] = [0, 1, 7, 63, 64, 1_000];

fn run(case: &Case, file: &str) {
    let patterns = case.patterns.as_deref().map_or_else(PatternSet::seed, |text| {
        PatternSet::parse(&case.name, text).unwrap_or_else(|errors| panic!("{file}: {errors}"))
    });
    for (engine, extractor) in common::engines(&patterns) {
        for padding in PADDINGS {
            let before = "\n".repeat(padding);
            let text = format!("{before}{}\n{before}", case.text);
            let found = common::extract(&extractor, &text);
            let what = format!("{file}: {} ({engine}, padding {padding})", case.name);
            let arguments: Vec<[&str; 3]> = found.iter().map(|a| [a.pattern.as_str(), &a.source, &a.target]).collect();
            assert_eq!(arguments, case.expect, "{what}");
            if let Some(spans) = &case.spans {
                let found: Vec<[usize; 6]> = found
                    .iter()
                    .map(|a| {
                        let (s, t, o) = (a.source_span, a.trigger_span, a.target_span);
                        [s.start, s.end, t.start, t.end, o.start, o.end].map(|at| at - before.len())
                    })
                    .collect();
                assert_eq!(&found, spans, "{what}");
            }
        }
    }
}

#[test]
fn every_case_on_every_engine() {
    let folder = format!("{}/tests/cases", env!("CARGO_MANIFEST_DIR"));
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let file: File =
            toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
        for case in &file.case {
            run(case, &name);
            cases += 1;
        }
    }
    assert!(cases >= 45, "only {cases} cases were read");
}
