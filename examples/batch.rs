//! Many documents at once: `cargo run --release --example batch -- FILE...`

use std::error::Error;
use std::fs;

use relscan::Extractor;

fn main() -> Result<(), Box<dyn Error>> {
    let mut documents: Vec<(String, String)> = Vec::new();
    for path in std::env::args().skip(1) {
        let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
        documents.push((path, text));
    }
    if documents.is_empty() {
        // Every paragraph of an example text is a document.
        let text = include_str!("data/jargon.txt");
        let paragraphs = text.lines().enumerate().map(|(i, text)| (format!("paragraph {i}"), text.to_owned()));
        documents.extend(paragraphs);
    }

    // By as many threads as are free, if there is enough to do; the order is that of the documents all the same.
    let extractor = Extractor::seed();
    let collected = extractor.batch().max_document_bytes(1 << 30).collect(&documents);

    for ((id, _), found) in documents.iter().zip(collected.iter()) {
        match found {
            Ok(found) if found.len() > 2 => println!("{id}: {} associations", found.len()),
            Ok(_) => {}
            Err(error) => println!("{error}"),
        }
    }
    // The report is for logs: it serialises.
    println!("{}", serde_json::to_string_pretty(collected.report())?);
    Ok(())
}
