//! Graphs written for other programs: read back, nothing is missing.

mod common;

use common::graph::{assert_same, lessons, state};
use relscan::Extractor;
use relscan::graph::{ConceptGraph, Learner};
use relscan::io::{GraphFormat, write_graph, write_neo4j};
use serde_json::{Map, Value, json};

const NASTY: &str = "say \"a\\b\", <c> & 'd';\r\n\t\u{1}\0 causes \u{fffe} \u{1f600}\\";

fn graph() -> ConceptGraph {
    let rows = common::rows("learn.jsonl.gz");
    let mut learner = Learner::new(Extractor::seed()).unwrap();
    learner.learn(NASTY, Some("the, \"source\""), Some("")).unwrap();
    for row in &rows[..8] {
        learner.learn_batch(&lessons(row)).unwrap();
    }
    learner.into_graph()
}

fn written(graph: &ConceptGraph, format: GraphFormat) -> String {
    let mut written = Vec::new();
    write_graph(graph, format, &mut written).unwrap();
    String::from_utf8(written).unwrap()
}

#[test]
fn jsonl_holds_the_state_in_order() {
    let graph = graph();
    let want = state(&graph, &[]);
    let (mut concepts, mut associations) = (Vec::new(), Vec::new());
    for line in written(&graph, GraphFormat::Jsonl).lines() {
        let mut row: Map<String, Value> = serde_json::from_str(line).unwrap();
        match row.remove("kind").unwrap().as_str().unwrap() {
            "concept" => concepts.push(Value::Object(row)),
            "association" => associations.push(Value::Object(row)),
            other => panic!("{other}"),
        }
    }
    assert_same(&json!(concepts), &want["concepts"], "concepts");
    assert_same(&json!(associations), &want["associations"], "associations");
    assert!(associations.len() > 200);
}

/// Splits CSV as RFC 4180 has it; `None` for a field that is empty and not quoted.
fn csv(text: &str) -> Vec<Vec<Option<String>>> {
    let mut rows = vec![vec![]];
    let mut chars = text.chars().peekable();
    while chars.peek().is_some() {
        let mut field = String::new();
        let quoted = chars.next_if_eq(&'"').is_some();
        while let Some(c) = chars.next_if(|&c| quoted || !",\n".contains(c)) {
            if quoted && c == '"' && chars.next_if_eq(&'"').is_none() {
                break;
            }
            field.push(c);
        }
        rows.last_mut().unwrap().push((quoted || !field.is_empty()).then_some(field));
        match chars.next() {
            Some(',') => {
                if chars.peek() == Some(&'\n') {
                    rows.last_mut().unwrap().push(None);
                }
            }
            Some('\n') if chars.peek().is_some() => rows.push(vec![]),
            Some('\n') | None => {}
            Some(c) => panic!("{c:?} after a field"),
        }
    }
    rows
}

#[test]
fn neo4j_csv_holds_every_field() {
    let graph = graph();
    let (mut concepts, mut associations) = (Vec::new(), Vec::new());
    write_neo4j(&graph, &mut concepts, &mut associations).unwrap();
    let both = [concepts.clone(), associations.clone()].concat();
    assert_eq!(written(&graph, GraphFormat::Neo4jCsv).as_bytes(), both);
    let concepts = csv(std::str::from_utf8(&concepts).unwrap());
    assert_eq!(concepts.len(), graph.concept_count() + 1);
    assert_eq!(concepts[0].len(), 8);
    for (row, concept) in concepts[1..].iter().zip(graph.concepts()) {
        let want = [
            Some(concept.id().to_string()),
            Some(concept.content().to_owned()),
            Some(format!("{:?}", concept.strength())),
            Some(format!("{:?}", concept.confidence())),
            Some(concept.access_count().to_string()),
            concept.source().map(str::to_owned),
            concept.category().map(str::to_owned),
            Some("Concept".to_owned()),
        ];
        assert_eq!(row[..], want);
    }
    let associations = csv(std::str::from_utf8(&associations).unwrap());
    assert_eq!(associations.len(), graph.association_count() + 1);
    for (row, association) in associations[1..].iter().zip(graph.associations()) {
        assert_eq!(row[0], Some(association.source().id().to_string()));
        assert_eq!(row[1], Some(association.target().id().to_string()));
        assert_eq!(row[2].as_deref(), Some(association.relation().as_str()));
        assert_eq!(row[3].as_ref().unwrap().parse(), Ok(association.weight()));
        assert_eq!(row[4].as_ref().unwrap().parse(), Ok(association.confidence()));
    }
}

#[test]
fn ntriples_are_one_a_line_and_read_back() {
    let graph = graph();
    let text = written(&graph, GraphFormat::NTriples);
    let triple = regex::Regex::new(
        r#"^(<urn:[a-z0-9:_-]+>|_:a[0-9]+) <[a-z0-9:/.#_A-Z-]+> (<[^<>" ]+>|_:a[0-9]+|"((?:[^"\\\n\r]|\\["\\nr])*)"(\^\^<[^<>" ]+>)?) \.$"#,
    )
    .unwrap();
    let mut labels = Vec::new();
    // Not `lines`, which takes a carriage return away.
    for line in text.split_terminator('\n') {
        let parts = triple.captures(line).unwrap_or_else(|| panic!("{line}"));
        if line.contains("rdf-schema#label") {
            let escaped = &parts[3];
            let text = escaped.replace("\\\\", "\u{e000}").replace("\\\"", "\"").replace("\\n", "\n");
            labels.push(text.replace("\\r", "\r").replace('\u{e000}', "\\"));
        }
    }
    assert_eq!(labels, graph.concepts().map(|concept| concept.content().to_owned()).collect::<Vec<_>>());
    assert_eq!(text.matches("#Statement>").count(), graph.association_count());
}

#[test]
fn graphml_and_dot_are_well_formed() {
    let graph = graph();
    let xml = written(&graph, GraphFormat::GraphMl);
    assert_eq!(xml.matches("<node id=").count(), graph.concept_count());
    assert_eq!(xml.matches("<edge source=").count(), graph.association_count());
    assert!(!xml.contains(|c: char| c < ' ' && !"\n\t".contains(c)));
    assert!(xml.contains("say &quot;a\\b&quot;, &lt;c&gt; &amp; 'd';&#13;\n\t\u{fffd}\u{fffd} causes \u{fffd}"));
    // Every tag that is opened is closed, in order.
    let tag = regex::Regex::new(r"<(/?)([a-z]+)[^<>]*?(/?)>").unwrap();
    let mut open = Vec::new();
    for parts in tag.captures_iter(&xml) {
        match (&parts[1], &parts[3]) {
            ("/", _) => assert_eq!(open.pop().as_deref(), Some(&parts[2])),
            (_, "/") => {}
            _ => open.push(parts[2].to_owned()),
        }
    }
    assert!(open.is_empty());
    let dot = written(&graph, GraphFormat::Dot);
    let statement = regex::Regex::new(
        r#"(?s)^  "[0-9a-f]{16}"( -> "[0-9a-f]{16}")? \[label="(?:[^"\\\n]|\\.)*"(, [a-z]+=[0-9.]+)+\];$"#,
    )
    .unwrap();
    let lines: Vec<&str> = dot.split_terminator('\n').collect();
    assert_eq!((lines[0], lines[lines.len() - 1]), ("digraph concepts {", "}"));
    assert_eq!(lines.len(), 2 + graph.concept_count() + graph.association_count());
    for line in &lines[1..lines.len() - 1] {
        assert!(statement.is_match(line), "{line}");
    }
}
