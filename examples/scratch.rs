//! scratch
use std::io::{BufRead, Write};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let set = relscan::PatternSet::parse(&args[1], &std::fs::read_to_string(&args[1]).unwrap()).unwrap_or_else(|e| panic!("{e}"));
    let ex = relscan::Extractor::builder().patterns(set).build().unwrap();
    for f in ex.check_examples() { eprintln!("{f}"); }
    let out = std::io::stdout(); let mut out = std::io::BufWriter::new(out.lock());
    for file in &args[2..] {
        for line in std::io::BufReader::new(std::fs::File::open(file).unwrap()).lines() {
            let v: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            let id = match &v["id"] { serde_json::Value::String(s) => s.clone(), o => o.to_string() };
            let text = v["text"].as_str().unwrap();
            let doc = relscan::Document::new(text).with_id(&id);
            let mut found: Vec<String> = Vec::new();
            ex.extract_document(&doc, &mut relscan::sink_fn(|a| found.push(serde_json::to_string(a).unwrap()))).unwrap();
            for f in found { writeln!(out, "{f}").unwrap(); }
        }
    }
}
