//! One text: `cargo run --example one_text -- "Smoking causes cancer."`

use relscan::Extractor;

fn main() {
    let text = std::env::args().nth(1).unwrap_or_else(|| {
        "Smoking causes lung cancer, doctors say.\nAn owl is a bird.\nThe keyboard includes Σ.".to_owned()
    });
    // Built once, and shared: a clone is a pointer.
    let extractor = Extractor::seed();
    for association in &extractor.extract(&text) {
        println!(
            "line {}: {:?} -{}-> {:?}, confidence {}",
            association.line(),
            association.source(),
            association.relation(),
            association.target(),
            association.confidence()
        );
        // Arguments are lowered; spans lead back to the text as it was written.
        println!("    written: {:?}", &text[association.source_span().range()]);
    }
}
