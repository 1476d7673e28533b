//! Patterns of one's own, in code and from text: `cargo run --example own_patterns`

use std::error::Error;

use relscan::{Direction, Extractor, Pattern, PatternSet, RelationType};

const FILE: &str = r#"
[[pattern]]
name = "because-of"
relation = "causal"
regex = '(?<effect>.+?) because of (?<cause>.+)'
source = "cause"
target = "effect"
examples = [{ text = "Crops fail because of drought", expect = [["drought", "crops fail"]] }]
"#;

fn main() -> Result<(), Box<dyn Error>> {
    // In code: a trigger stands between source and target, or between target and source.
    let own = PatternSet::new([
        Pattern::trigger("prevents", RelationType::Causal, "prevents"),
        Pattern::trigger("part-of", RelationType::Compositional, "is part of").with_direction(Direction::Reversed),
        Pattern::trigger("cites", "cites".parse()?, "cites"),
    ])?;
    // From a file, with errors that say line and column.
    let file = PatternSet::parse("own.toml", FILE)?;
    if let Err(errors) = PatternSet::parse("faulty.toml", &FILE.replace("causal", "Causal!")) {
        println!("a faulty file is refused:\n{errors}\n");
    }

    let extractor = Extractor::builder().patterns(PatternSet::join([PatternSet::seed(), own, file])?).build()?;
    // Examples in patterns are tests.
    assert!(extractor.check_examples().is_empty());
    let text = "Salt prevents ice\nThe wheel is part of the car\nFloods rise because of rain\nRust is a language";
    for a in &extractor.extract(text) {
        println!("{:12} {:?} -{}-> {:?}", a.pattern(), a.source(), a.relation(), a.target());
    }
    Ok(())
}
