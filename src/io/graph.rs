//! A graph written for other programs.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::graph::{Association, Concept, ConceptGraph, ConceptId};

/// How a graph is written. Concepts come before associations, both in the order in which they were learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GraphFormat {
    /// A JSON object a line, with `kind` `concept` or `association`.
    Jsonl,
    /// GraphML, for yEd, Gephi, NetworkX and others.
    GraphMl,
    /// Two CSV files as `neo4j-admin database import` reads them; see [`write_neo4j`].
    Neo4jCsv,
    /// DOT, for Graphviz.
    Dot,
    /// N-Triples: concepts and relations as `urn:relscan:...`, weights by reification.
    NTriples,
}

impl GraphFormat {
    /// The formats, and what the command line calls them.
    pub const ALL: [(GraphFormat, &'static str); 5] = [
        (GraphFormat::Jsonl, "jsonl"),
        (GraphFormat::GraphMl, "graphml"),
        (GraphFormat::Neo4jCsv, "neo4j-csv"),
        (GraphFormat::Dot, "dot"),
        (GraphFormat::NTriples, "ntriples"),
    ];
}

/// Writes a graph in one of the formats that are one file; [`GraphFormat::Neo4jCsv`] has its concepts first and its
/// associations after them, each under its line of names. Linear in the graph.
///
/// ```
/// use relscan::graph::Learner;
/// use relscan::io::{GraphFormat, write_graph};
///
/// let mut learner = Learner::new(relscan::Extractor::seed())?;
/// learner.learn("Rain causes floods", None, None)?;
/// let mut written = Vec::new();
/// write_graph(learner.graph(), GraphFormat::Dot, &mut written)?;
/// assert!(String::from_utf8(written)?.contains(r#"[label="causal""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// What `out` returns.
pub fn write_graph(graph: &ConceptGraph, format: GraphFormat, mut out: impl Write) -> io::Result<()> {
    match format {
        GraphFormat::Jsonl => write_jsonl(graph, &mut out),
        GraphFormat::GraphMl => write_graphml(graph, &mut out),
        GraphFormat::Neo4jCsv => {
            write_csv_concepts(graph, &mut out)?;
            write_csv_associations(graph, &mut out)
        }
        GraphFormat::Dot => write_dot(graph, &mut out),
        GraphFormat::NTriples => write_ntriples(graph, &mut out),
    }?;
    out.flush()
}

/// Writes the two files that `neo4j-admin database import full --nodes=CONCEPTS --relationships=ASSOCIATIONS` reads.
///
/// # Errors
///
/// What `concepts` or `associations` returns.
pub fn write_neo4j(graph: &ConceptGraph, mut concepts: impl Write, mut associations: impl Write) -> io::Result<()> {
    write_csv_concepts(graph, &mut concepts)?;
    concepts.flush()?;
    write_csv_associations(graph, &mut associations)?;
    associations.flush()
}

#[derive(Serialize)]
struct ConceptRow<'g> {
    kind: &'static str,
    id: ConceptId,
    content: &'g str,
    strength: f64,
    confidence: f64,
    access_count: u32,
    source: Option<&'g str>,
    category: Option<&'g str>,
}

#[derive(Serialize)]
struct AssociationRow<'g> {
    kind: &'static str,
    source: ConceptId,
    target: ConceptId,
    r#type: &'g str,
    weight: f64,
    confidence: f64,
}

fn write_jsonl(graph: &ConceptGraph, out: &mut impl Write) -> io::Result<()> {
    for concept in graph.concepts() {
        let row = ConceptRow {
            kind: "concept",
            id: concept.id(),
            content: concept.content(),
            strength: concept.strength(),
            confidence: concept.confidence(),
            access_count: concept.access_count(),
            source: concept.source(),
            category: concept.category(),
        };
        serde_json::to_writer(&mut *out, &row)?;
        out.write_all(b"\n")?;
    }
    for association in graph.associations() {
        let row = AssociationRow {
            kind: "association",
            source: association.source().id(),
            target: association.target().id(),
            r#type: association.relation().as_str(),
            weight: association.weight(),
            confidence: association.confidence(),
        };
        serde_json::to_writer(&mut *out, &row)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

const GRAPHML_HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
<key id="content" for="node" attr.name="content" attr.type="string"/>
<key id="strength" for="node" attr.name="strength" attr.type="double"/>
<key id="confidence" for="all" attr.name="confidence" attr.type="double"/>
<key id="access_count" for="node" attr.name="access_count" attr.type="long"/>
<key id="source" for="node" attr.name="source" attr.type="string"/>
<key id="category" for="node" attr.name="category" attr.type="string"/>
<key id="type" for="edge" attr.name="type" attr.type="string"/>
<key id="weight" for="edge" attr.name="weight" attr.type="double"/>
<graph id="concepts" edgedefault="directed">
"#;

fn write_graphml(graph: &ConceptGraph, out: &mut impl Write) -> io::Result<()> {
    out.write_all(GRAPHML_HEAD.as_bytes())?;
    let mut line = String::new();
    for concept in graph.concepts() {
        line.clear();
        let _ = write!(line, "<node id=\"{}\"><data key=\"content\">", concept.id());
        push_xml(&mut line, concept.content());
        let _ = write!(
            line,
            "</data><data key=\"strength\">{:?}</data><data key=\"confidence\">{:?}</data>\
             <data key=\"access_count\">{}</data>",
            concept.strength(),
            concept.confidence(),
            concept.access_count()
        );
        for (key, value) in [("source", concept.source()), ("category", concept.category())] {
            if let Some(value) = value {
                let _ = write!(line, "<data key=\"{key}\">");
                push_xml(&mut line, value);
                line.push_str("</data>");
            }
        }
        line.push_str("</node>\n");
        out.write_all(line.as_bytes())?;
    }
    for association in graph.associations() {
        writeln!(
            out,
            "<edge source=\"{}\" target=\"{}\"><data key=\"type\">{}</data><data key=\"weight\">{:?}</data>\
             <data key=\"confidence\">{:?}</data></edge>",
            association.source().id(),
            association.target().id(),
            association.relation(),
            association.weight(),
            association.confidence()
        )?;
    }
    out.write_all(b"</graph>\n</graphml>\n")
}

/// Appends text to XML. What XML 1.0 cannot hold, even escaped, becomes U+FFFD.
fn push_xml(line: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => line.push_str("&lt;"),
            '>' => line.push_str("&gt;"),
            '&' => line.push_str("&amp;"),
            '"' => line.push_str("&quot;"),
            // Kept from being normalised.
            '\r' => line.push_str("&#13;"),
            '\t' | '\n' => line.push(c),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => line.push('\u{fffd}'),
            _ => line.push(c),
        }
    }
}

fn write_csv_concepts(graph: &ConceptGraph, out: &mut impl Write) -> io::Result<()> {
    let names = "id:ID,content,strength:double,confidence:double,access_count:long,source,category,:LABEL\n";
    out.write_all(names.as_bytes())?;
    let mut line = String::new();
    for concept in graph.concepts() {
        line.clear();
        let _ = write!(line, "{},", concept.id());
        push_csv(&mut line, concept.content());
        let _ = write!(line, ",{:?},{:?},{},", concept.strength(), concept.confidence(), concept.access_count());
        // An empty field is no value; an empty text is quoted.
        if let Some(source) = concept.source() {
            push_csv(&mut line, source);
        }
        line.push(',');
        if let Some(category) = concept.category() {
            push_csv(&mut line, category);
        }
        line.push_str(",Concept\n");
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

fn write_csv_associations(graph: &ConceptGraph, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b":START_ID,:END_ID,:TYPE,weight:double,confidence:double\n")?;
    for association in graph.associations() {
        writeln!(
            out,
            "{},{},{},{:?},{:?}",
            association.source().id(),
            association.target().id(),
            association.relation(),
            association.weight(),
            association.confidence()
        )?;
    }
    Ok(())
}

/// Appends a quoted field, quotes doubled.
fn push_csv(line: &mut String, text: &str) {
    line.push('"');
    for part in text.split_inclusive('"') {
        line.push_str(part);
        if part.ends_with('"') {
            line.push('"');
        }
    }
    line.push('"');
}

fn write_dot(graph: &ConceptGraph, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"digraph concepts {\n")?;
    let mut line = String::new();
    for concept in graph.concepts() {
        line.clear();
        let _ = write!(line, "  \"{}\" [label=\"", concept.id());
        for c in concept.content().chars() {
            match c {
                '"' => line.push_str("\\\""),
                '\\' => line.push_str("\\\\"),
                '\n' => line.push_str("\\n"),
                // A string ends at the first NUL.
                '\0' => line.push('\u{fffd}'),
                _ => line.push(c),
            }
        }
        let _ = writeln!(line, "\", strength={:?}, confidence={:?}];", concept.strength(), concept.confidence());
        out.write_all(line.as_bytes())?;
    }
    for association in graph.associations() {
        writeln!(
            out,
            "  \"{}\" -> \"{}\" [label=\"{}\", weight={:?}, confidence={:?}];",
            association.source().id(),
            association.target().id(),
            association.relation(),
            association.weight(),
            association.confidence()
        )?;
    }
    out.write_all(b"}\n")
}

fn write_ntriples(graph: &ConceptGraph, out: &mut impl Write) -> io::Result<()> {
    let mut lines = String::new();
    for concept in graph.concepts() {
        lines.clear();
        push_concept_triples(&mut lines, concept);
        out.write_all(lines.as_bytes())?;
    }
    for (number, association) in graph.associations().enumerate() {
        lines.clear();
        push_association_triples(&mut lines, number, association);
        out.write_all(lines.as_bytes())?;
    }
    Ok(())
}

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const DOUBLE: &str = "<http://www.w3.org/2001/XMLSchema#double>";
const INTEGER: &str = "<http://www.w3.org/2001/XMLSchema#integer>";

fn push_concept_triples(lines: &mut String, concept: Concept<'_>) {
    let subject = format!("<urn:relscan:concept:{}>", concept.id());
    let mut literal = |predicate: &str, text: &str| {
        let _ = write!(lines, "{subject} <{predicate}> \"");
        for c in text.chars() {
            match c {
                '"' => lines.push_str("\\\""),
                '\\' => lines.push_str("\\\\"),
                '\n' => lines.push_str("\\n"),
                '\r' => lines.push_str("\\r"),
                _ => lines.push(c),
            }
        }
        lines.push_str("\" .\n");
    };
    literal("http://www.w3.org/2000/01/rdf-schema#label", concept.content());
    for (name, value) in [("source", concept.source()), ("category", concept.category())] {
        if let Some(value) = value {
            literal(&format!("urn:relscan:{name}"), value);
        }
    }
    let _ = writeln!(lines, "{subject} <urn:relscan:strength> \"{:?}\"^^{DOUBLE} .", concept.strength());
    let _ = writeln!(lines, "{subject} <urn:relscan:confidence> \"{:?}\"^^{DOUBLE} .", concept.confidence());
    let _ = writeln!(lines, "{subject} <urn:relscan:access_count> \"{}\"^^{INTEGER} .", concept.access_count());
}

fn push_association_triples(lines: &mut String, number: usize, association: Association<'_>) {
    let source = format!("<urn:relscan:concept:{}>", association.source().id());
    let target = format!("<urn:relscan:concept:{}>", association.target().id());
    let relation = format!("<urn:relscan:relation:{}>", association.relation());
    let _ = writeln!(lines, "{source} {relation} {target} .");
    let _ = writeln!(lines, "_:a{number} <{RDF}type> <{RDF}Statement> .");
    for (part, value) in [("subject", &source), ("predicate", &relation), ("object", &target)] {
        let _ = writeln!(lines, "_:a{number} <{RDF}{part}> {value} .");
    }
    let _ = writeln!(lines, "_:a{number} <urn:relscan:weight> \"{:?}\"^^{DOUBLE} .", association.weight());
    let _ = writeln!(lines, "_:a{number} <urn:relscan:confidence> \"{:?}\"^^{DOUBLE} .", association.confidence());
}
