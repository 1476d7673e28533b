//! Trains the tagger, and says how well it tags.
//!
//! ```console
//! $ cargo run --release --example train_tagger -- train ewt-train.tsv.gz english.model
//! $ cargo run --release --example train_tagger -- test ewt-dev.tsv.gz english.model
//! ```
//!
//! A treebank is a file of one token a line, form, lemma, universal tag and Penn tag apart by tabs; an empty line ends a
//! sentence, `#` begins a comment. It may be compressed by gzip. The same treebank gives the same model, byte for byte.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read};

use relscan::language::{Language, Tag, TrainingToken, train};

const PROFILE: &str = include_str!("../patterns/language/english.toml");

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [task, treebank, model] = arguments.as_slice() else {
        return Err("usage: train_tagger train|test TREEBANK MODEL".into());
    };
    let sentences = read(treebank)?;
    match task.as_str() {
        "train" => fs::write(model, train(&sentences).to_bytes())?,
        "test" => test(&Language::new(PROFILE, &fs::read(model)?)?, &sentences),
        _ => return Err(format!("`{task}` is neither `train` nor `test`").into()),
    }
    Ok(())
}

fn read(path: &str) -> Result<Vec<Vec<TrainingToken>>, Box<dyn Error>> {
    let file = fs::File::open(path).map_err(|error| format!("{path}: {error}"))?;
    let is_gzip = fs::read(path)?.starts_with(&[0x1f, 0x8b]);
    let bytes: Box<dyn Read> = if is_gzip { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut sentences = vec![Vec::new()];
    for (number, line) in (1..).zip(BufReader::new(bytes).lines()) {
        let line = line?;
        let columns: Vec<&str> = line.split('\t').collect();
        match columns.as_slice() {
            [""] => sentences.push(Vec::new()),
            [form, _, universal, penn, ..] => {
                let token = TrainingToken { form: (*form).to_owned(), tag: Tag::from_treebank(universal, penn) };
                sentences.last_mut().ok_or("no sentence")?.push(token);
            }
            [comment] if comment.starts_with('#') => {}
            _ => return Err(format!("{path}:{number}: four columns, apart by tabs, are wanted").into()),
        }
    }
    sentences.retain(|sentence| !sentence.is_empty());
    Ok(sentences)
}

fn test(language: &Language, sentences: &[Vec<TrainingToken>]) {
    // By name of the tag: right, wanted, found.
    let mut table: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let [mut right, mut universal, mut merged, mut total] = [0; 4];
    let mut tags = Vec::new();
    for sentence in sentences {
        tags.clear();
        language.tag_words(sentence.iter().map(|token| token.form.as_str()), &mut tags);
        for (token, found) in sentence.iter().zip(&tags) {
            total += 1;
            right += usize::from(token.tag == *found);
            universal += usize::from(token.tag.universal() == found.universal());
            merged += usize::from(nouns_as_one(token.tag) == nouns_as_one(*found));
            table.entry(token.tag.name()).or_default()[1] += 1;
            table.entry(found.name()).or_default()[2] += 1;
            table.entry(found.name()).or_default()[0] += usize::from(token.tag == *found);
        }
    }
    println!("tag    precision recall  wanted");
    for (name, [right, wanted, found]) in table {
        println!("{name:6} {:9.3} {:6.3} {wanted:7}", share(right, found), share(right, wanted));
    }
    println!("{total} tokens");
    println!("17 tags, names with nouns: {:.4}", share(merged, total));
    println!("18 tags, names apart:      {:.4}", share(right, total));
    println!("universal tags:            {:.4}", share(universal, total));
}

#[expect(clippy::cast_precision_loss, reason = "a treebank has fewer than 2^52 tokens")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn nouns_as_one(tag: Tag) -> Tag {
    if tag == Tag::Name { Tag::Noun } else { tag }
}
